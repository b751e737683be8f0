"""Looks through the public files of a log: each is held against the others, and all against the checkpoints.

Leaves are in three places: the vault, the bundles, and (hashed) the lowest tiles. Where these differ the most of them
are believed, so that it is the damaged one that is named. Every tile above follows from the ones below it. One tile
of each level is in memory at a time.
"""

from collections import Counter
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from pathlib import Path

from trucekeeper.kernel import merkle, note
from trucekeeper.kernel.errors import BadInput, TruceError
from trucekeeper.record import checkpoint, sealing, tiles
from trucekeeper.record.checkpoint import Checkpoint
from trucekeeper.stores.complaint import Complaint

WIDTH = tiles.WIDTH
VAULT = "vault"

_MIRROR = "restore it from a mirror of the log, or from a backup"
_BACKUP = "restore it from a backup"

Leaves = Callable[[int, int], Sequence[bytes] | None]
"""The vault's leaves from one index up to another; None where it cannot give them."""


def examined(
    log: Path, stated: "Stated", leaves: Leaves, size: Callable[[], int] | None
) -> Iterator[Complaint]:
    """All that is wrong with the log in the folder; ``size`` says how many leaves the vault has, as of now.

    What the log has ``stated`` is read before the vault's size: an office may be writing meanwhile.
    """
    yield from stated.complaints
    inside = max((one.size for one in stated.all), default=0) if size is None else size()
    for one in stated.all:
        if one.size > inside:
            what = f"has {inside} leaves where the log has signed {one.size}"
            yield Complaint("vault", what, "restore the vault from a backup")
    walk = _Walk(log, leaves, inside, {one.size: one.root for one in stated.all})
    yield from walk.complaints()
    yield from _strays(log, size)


class Stated:
    """What the log has signed and published, as far as it can be read."""

    def __init__(self, log: Path) -> None:
        self.complaints: list[Complaint] = []
        self.origin: str | None = None
        vkey = self._vkey(log / "log.vkey")
        self.signed = None if vkey is None else self._note(log / "signed", vkey)
        self.published = None if vkey is None else self._note(log / "checkpoint", vkey)
        self.all = [one for one in (self.signed, self.published) if one is not None]
        if self.signed is not None and self.published is not None:
            if self.published.size > self.signed.size:
                self._complain("log/signed", "is older than the published checkpoint", _BACKUP)
            elif self.published.size == self.signed.size and self.published.root != self.signed.root:
                self._complain(
                    "log", "has two roots for one size", "keep both checkpoints, they are evidence of a fork"
                )

    def _vkey(self, path: Path) -> str | None:
        try:
            text = path.read_text("ascii")
            vkey = note.Verifier.parse(text.strip())
        except FileNotFoundError:
            self._complain("log/log.vkey", "is lost", _BACKUP)
            return None
        except (ValueError, TruceError):
            self._complain("log/log.vkey", "holds no verifier key", _BACKUP)
            return None
        self.origin = vkey.name
        if f"{vkey.vkey}\n" != text:
            self._complain("log/log.vkey", "is not as it was written", _BACKUP)
        return vkey.vkey

    def _note(self, path: Path, vkey: str) -> Checkpoint | None:
        where = f"log/{path.name}"
        try:
            data = path.read_bytes()
            stated = checkpoint.verified(data, vkey)
        except FileNotFoundError:
            policy = path.with_name("policy").exists()
            if path.name == "signed" or not policy:
                self._complain(where, "is lost", "open the office, which signs it anew over the same leaves")
            return None
        except (TruceError, ValueError) as error:
            self._complain(where, f"is no checkpoint of this log ({error})", _BACKUP)
            return None
        return stated

    def _complain(self, where: str, what: str, todo: str) -> None:
        self.complaints.append(Complaint(where, what, todo))


class _Walk:
    """One pass over all leaves, from the lowest tiles up to the roots."""

    def __init__(self, log: Path, leaves: Leaves, size: int, roots: Mapping[int, bytes]) -> None:
        self._log = log
        self._leaves = leaves
        self._roots = roots
        self._needed = max(roots, default=0)
        self._size = max(size, self._needed)
        self._frontier = merkle.Frontier()
        self._above: dict[int, list[bytes]] = {}

    def complaints(self) -> Iterator[Complaint]:
        for number in range(-(-self._size // WIDTH)):
            found = yield from self._lowest(number)
            yield from self._taken(found)
            if len(found) < min(WIDTH, self._needed - number * WIDTH):
                where = f"log, leaf {number * WIDTH + len(found)}"
                yield Complaint(where, "is nowhere to be found, nor what follows", _MIRROR)
                return
        for level, hashes in self._above.items():
            yield from self._tile(level, self._frontier.size >> (8 * (level + 1)), hashes)

    def _taken(self, hashes: Sequence[bytes]) -> Iterator[Complaint]:
        """Add leaf hashes to the tree; check the tiles and roots that they complete."""
        for leaf in hashes:
            for height, number, value in self._frontier.append(leaf):
                if height and height % 8 == 0:
                    level = height // 8
                    row = self._above.setdefault(level, [])
                    row.append(value)
                    if len(row) == WIDTH:
                        yield from self._tile(level, number // WIDTH, row)
                        row.clear()
            root = self._roots.get(self._frontier.size)
            if root is not None and self._frontier.root() != root:
                what = f"does not follow from the first {self._frontier.size} leaves"
                yield Complaint(
                    "log, signed root", what, "restore the log from a mirror, and keep this one as evidence"
                )

    def _tile(self, level: int, number: int, hashes: Sequence[bytes]) -> Iterator[Complaint]:
        """The files of one tile above the lowest level."""
        whole = b"".join(hashes)
        kept = self._kept(tiles.tile_path(level, number))
        for width, path in kept.items():
            data = (self._log / path).read_bytes()
            if data != whole[: 32 * width] or len(data) != 32 * width:
                yield Complaint(f"log/{path}", "does not follow from the tiles below it", _MIRROR)
        yield from self._lacking(tiles.tile_path(level, number), level, number, kept)

    def _lowest(self, number: int) -> Generator[Complaint, None, tuple[bytes, ...]]:
        """The leaf hashes of one bundle, once every file that tells of them is held against the others."""
        first = number * WIDTH
        told: dict[str, tuple[bytes, ...] | None] = {}
        inside = self._leaves(first, min(first + WIDTH, self._size))
        if inside is not None:
            told[VAULT] = tuple(merkle.leaf_hash(leaf) for leaf in inside)
        for path in (tiles.bundle_path(number), tiles.tile_path(0, number)):
            kept = self._kept(path)
            yield from self._lacking(path, 0, number, kept)
            for width, file in kept.items():
                told[file] = _hashes(file, (self._log / file).read_bytes(), width)
        believed = _believed([one for one in told.values() if one is not None])
        for where, hashes in told.items():
            if hashes is None:
                yield Complaint(f"log/{where}", "is torn, or not of the form it has to have", _MIRROR)
            elif hashes[: len(believed)] != believed[: len(hashes)] and where == VAULT:
                yield Complaint(
                    "vault",
                    f"has other leaves than the log from {first} on",
                    "restore the vault from a backup",
                )
            elif hashes[: len(believed)] != believed[: len(hashes)]:
                yield Complaint(f"log/{where}", "has other content than the rest of the log", _MIRROR)
        return believed

    def _kept(self, path: str) -> dict[int, str]:
        """The files of one tile or bundle that are there, by width."""
        kept = {WIDTH: path} if (self._log / path).is_file() else {}
        partial = self._log / f"{path}.p"
        if partial.is_dir():
            for file in partial.iterdir():
                name = f"{path}.p/{file.name}"
                parsed = tiles.parse_path(name)
                if parsed is not None:
                    kept[parsed.width] = name
        return dict(sorted(kept.items()))

    def _lacking(self, path: str, level: int, number: int, kept: Mapping[int, str]) -> Iterator[Complaint]:
        for size in self._roots:
            width = min(WIDTH, (size >> (8 * level)) - number * WIDTH)
            if width > 0 and width not in kept and WIDTH not in kept:
                name = path if width == WIDTH else f"{path}.p/{width}"
                yield Complaint(f"log/{name}", "is lost", _MIRROR)


def _hashes(path: str, data: bytes, width: int) -> tuple[bytes, ...] | None:
    """The leaf hashes that a bundle or tile tells; None where it is no such file."""
    if not path.startswith("tile/entries/"):
        found = tuple(data[at : at + 32] for at in range(0, len(data), 32))
        return found if len(data) == 32 * width else None
    try:
        leaves = tiles.unbundle(data)
    except BadInput:
        return None
    if len(leaves) != width or any(len(leaf) != sealing.LEAF_BYTES for leaf in leaves):
        return None
    return tuple(merkle.leaf_hash(leaf) for leaf in leaves)


def _believed(told: Sequence[tuple[bytes, ...]]) -> tuple[bytes, ...]:
    """What they say, and hash by hash what most of them say where they differ."""
    longest = max(told, key=len, default=())
    if all(one == longest[: len(one)] for one in told):
        return longest
    votes = [Counter(one[at] for one in told if at < len(one)) for at in range(len(longest))]
    return tuple(vote.most_common(1)[0][0] for vote in votes)


def _strays(log: Path, size: Callable[[], int] | None) -> Iterator[Complaint]:
    """What a crash left beside its place, tiles of leaves that nobody has, and whatever does not belong here."""
    reach, furthest = 0, ""
    for file in (log / "tile").rglob("*"):
        path = file.relative_to(log).as_posix()
        if not file.is_file():
            continue
        parsed = tiles.parse_path(path)
        if file.name.endswith(".new"):
            yield Complaint(
                f"log/{path}", "was left by a crash", "delete it while the office is closed", damaged=False
            )
        elif parsed is None:
            yield Complaint(f"log/{path}", "is no file of a log", "take it away", damaged=False)
        else:
            level = parsed.level if isinstance(parsed, tiles.Tile) else 0
            covered = (parsed.number * WIDTH + parsed.width) << (8 * level)
            reach, furthest = max((reach, furthest), (covered, path))
    inside = reach if size is None else size()
    if reach > inside:
        what = f"tells of {reach} leaves where the vault has {inside}"
        yield Complaint(f"log/{furthest}", what, "restore the vault from a backup")
