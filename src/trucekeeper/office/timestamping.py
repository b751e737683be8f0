"""Has the published checkpoint dated by outside authorities, and checks such dates again without network.

An authority that does not answer is said, and the office goes on. Below log/timestamps/<size>/ each authority has
``<name>.tsr``, its answer, and ``<name>.json``, what it was asked with the checkpoint that it covers.
"""

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import structlog
from structlog.typing import FilteringBoundLogger

from trucekeeper.kernel.errors import BadInput, Damaged, NotFound, NotTrusted, TruceError
from trucekeeper.office.folder import written
from trucekeeper.office.settings import TimestampSettings
from trucekeeper.office.wiring import Office
from trucekeeper.peers import timestamps
from trucekeeper.peers.fetching import LIMIT_S
from trucekeeper.peers.timestamps import Dated, Stamped
from trucekeeper.record import checkpoint, gossip

HOUR_MS = 3_600_000
ENOUGH = 2
"""Authorities: one alone could be wrong, or be made to lie."""

_LOG: FilteringBoundLogger = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one authority: a date, or why there is none."""

    name: str
    stamped: Stamped | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Round:
    """One asking of all authorities about the checkpoint of ``size`` leaves."""

    size: int
    answers: tuple[Answer, ...]

    @property
    def enough(self) -> bool:
        """Whether two authorities have dated it."""
        return sum(one.stamped is not None for one in self.answers) >= ENOUGH


def tick(office: Office) -> Round | None:
    """What an office that is being served does every hour; None where it has no authority.

    An authority that gave a token within the last hour, by the office's clock, is not asked again.
    """
    if not office.settings.timestamp:
        return None
    made = take(office, pause_ms=HOUR_MS)
    missing = [one.name for one in made.answers if one.stamped is None]
    _LOG.info("checkpoint.dated" if made.enough else "checkpoint.undated", size=made.size, missing=missing)
    return made


def take(office: Office, limit_s: float = LIMIT_S, pause_ms: int = 0) -> Round:
    """Ask every authority of office.toml for a token over the published checkpoint, all at once."""
    published = office.record.checkpoint()
    size = checkpoint.verified(published, office.record.vkey).size
    folder = office.folder.log / "timestamps" / str(size)
    now = office.clock.now()

    def one(authority: TimestampSettings) -> Answer:
        try:
            roots = _root(office.folder.root, authority)
            held = _newest(office, authority.name, roots)
            if held is not None and (held.size == size or abs(now - held.stamped.at) < pause_ms):
                return Answer(authority.name, held.stamped, f"dated already, at {held.size} leaves")
            query = timestamps.asked(published)
            answer, stamped = timestamps.taken(query, authority.url, roots, limit_s)
            folder.mkdir(parents=True, exist_ok=True)
            written(folder / f"{authority.name}.json", query.data(), 0o644)
            written(folder / f"{authority.name}.tsr", answer, 0o644)
        except TruceError as error:
            return Answer(authority.name, None, str(error))
        return Answer(authority.name, stamped)

    asked = office.settings.timestamp
    with ThreadPoolExecutor(max(1, len(asked))) as pool:
        return Round(size, tuple(pool.map(one, asked)))


def certificates(root: Path, authorities: Iterable[TimestampSettings]) -> Mapping[str, bytes]:
    """The root certificates of the authorities, by name."""
    return {one.name: _root(root, one) for one in authorities}


def checked(
    tokens: Sequence[Path], roots: Mapping[str, bytes], anybody: bytes, vkey: str
) -> tuple[Dated, ...]:
    """Every token with its date, smallest checkpoint first; NotTrusted at the first that does not hold.

    A token has to chain to its authority's root in ``roots``, or where that is not known to one of ``anybody`` (PEM).
    Needs no network. NotTrusted too where a token is earlier than one over a smaller checkpoint: it was back-dated.
    """
    found = sorted((_checked(one, roots.get(one.stem, anybody), vkey) for one in tokens), key=_order)
    pairs = timestamps.backdated(found)
    if pairs:
        msg = f"a timestamp was back-dated: {timestamps.told(pairs[0])}; keep both, and ask both authorities"
        raise NotTrusted(msg)
    return tuple(found)


def tokens_of(paths: Iterable[Path]) -> tuple[Path, ...]:
    """The token files that are named, or that lie in the named office, log or mirror folders."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = sorted({*path.glob("*.tsr"), *path.glob("**/timestamps/*/*.tsr")})
            if not inside:
                msg = f"there is no timestamp in {path.name}; name an office, a log's folder, or .tsr files"
                raise NotFound(msg)
            found += inside
        else:
            found.append(path)
    return tuple(found)


def _order(one: Dated) -> tuple[int, int]:
    return one.size, one.stamped.at


def _checked(token: Path, roots: bytes, vkey: str) -> Dated:
    where = f"{token.parent.name}/{token.name}"
    if not roots:
        msg = f"the root of the authority {token.stem} is not known; name its certificate with --root"
        raise BadInput(msg)
    try:
        query = timestamps.query(token.with_suffix(".json").read_bytes())
        size = gossip.shown("the timestamp", query.checkpoint, gossip.log_of(vkey)).stated.size
        stamped = timestamps.verified(token.read_bytes(), query, roots)
    except OSError as error:
        msg = f"{where} or the .json file beside it cannot be read ({error.strerror}); restore both"
        raise Damaged(msg) from error
    except TruceError as error:
        msg = f"{where}: {error}"
        raise NotTrusted(msg) from error
    return Dated(token.stem, size, stamped)


def _newest(office: Office, name: str, roots: bytes) -> Dated | None:
    sizes = (int(one.name) for one in (office.folder.log / "timestamps").glob("*") if one.name.isdigit())
    for size in sorted(sizes, reverse=True):
        token = office.folder.log / "timestamps" / str(size) / f"{name}.tsr"
        if token.is_file():
            return _checked(token, roots, office.record.vkey)
    return None


def _root(root: Path, authority: TimestampSettings) -> bytes:
    try:
        return (root / authority.certificate).read_bytes()
    except OSError as error:
        msg = f"the certificate of the authority {authority.name} cannot be read ({error.strerror}); put it there"
        raise NotFound(msg) from error
