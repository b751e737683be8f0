"""``truce mirror`` and ``truce gossip``: keep a verified copy of a log, and compare what its holders were shown."""

import re
import time
from collections.abc import Callable, Iterable, Sequence
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from trucekeeper.cli.options import contents, put, tell
from trucekeeper.kernel.errors import BadInput

if TYPE_CHECKING:
    from trucekeeper.kernel.merkle import Nodes
    from trucekeeper.peers.mirror import Mirror, Synced
    from trucekeeper.record.gossip import Compared, Shown
    from trucekeeper.record.witness import Log

LogKey = Annotated[Path, typer.Option("--key", help="File with the log's verifier key, log.vkey.")]
Origin = Annotated[
    str | None, typer.Option(help="First line of the log's checkpoints, where it is not the key's name.")
]
_COMPARED = {"consistent": 0, "could not be compared": 6, "split view": 3}


def add(app: typer.Typer) -> None:
    """Hang the commands into ``truce``."""
    app.command()(mirror)
    app.command()(gossip)


def mirror(
    source: Annotated[str, typer.Argument(help="Folder or address below which the log's checkpoint lies.")],
    into: Annotated[Path, typer.Option("--into", help="The copy's folder.")],
    key: LogKey,
    policy: Annotated[
        Path | None, typer.Option(help="Witness policy: take only checkpoints that its quorum cosigned.")
    ] = None,
    once: Annotated[bool, typer.Option("--once", help="Bring the copy up to date once, and end.")] = False,
    every: Annotated[int, typer.Option(help="Seconds between two looks.", min=1)] = 60,
    origin: Origin = None,
) -> None:
    """Keep a verified copy of a log; a log that shrinks or forks is refused, and the proof of it kept."""
    from trucekeeper.peers.fetching import Unreachable
    from trucekeeper.peers.fetching import source as opened
    from trucekeeper.peers.mirror import sync
    from trucekeeper.stores.durable import WriterLock

    copy = _mirror(into, _log(key, origin), policy)
    opened(source)
    into.mkdir(parents=True, exist_ok=True)
    lock = WriterLock(into / "lock")
    try:
        while True:
            try:
                typer.echo(_synced(sync(copy, opened(source))))
            except Unreachable as error:
                if once:
                    raise
                typer.echo(f"truce: {error}.", err=True)
            if once:
                return
            time.sleep(every)
    finally:
        lock.release()


def gossip(
    sources: Annotated[
        list[str] | None,
        typer.Argument(help="Checkpoint files, folders, or addresses of mirrors, offices and witnesses."),
    ] = None,
    *,
    key: LogKey,
    mirror: Annotated[
        Path | None, typer.Option("--mirror", help="A mirror of one's own: one more view.")
    ] = None,
    office: Annotated[
        Path | None, typer.Option("--office", help="An office's folder: one more view.")
    ] = None,
    evidence: Annotated[Path | None, typer.Option(help="Check this evidence file again instead.")] = None,
    into: Annotated[Path, typer.Option("--into", help="Folder for the evidence of a split view.")] = Path(),
    origin: Origin = None,
    as_json: Annotated[bool, typer.Option("--json", help="Answer as JSON.")] = False,
) -> None:
    """Compare checkpoints that several holders have; two that contradict each other are kept as evidence."""
    from trucekeeper.record.gossip import rechecked

    log = _log(key, origin)
    if evidence is not None:
        found = [rechecked(contents(evidence), log)]
    else:
        folders = [str(one) for one in (mirror, office and office / "log") if one]
        seen = [_seen(one, log) for one in (*folders, *(sources or ()))]
        if len(seen) < 2:
            msg = "one checkpoint alone cannot be compared; name a second one, or a mirror of your own"
            raise BadInput(msg)
        nodes = [tree for _, tree in seen if tree is not None]
        found = [(one, other, _best(one, other, nodes)) for (one, _), (other, _) in combinations(seen, 2)]
    kept = [] if evidence is not None else _kept(found, into)
    tell(
        [
            {"between": [one.source, other.source], "outcome": said.outcome.value, "why": said.why}
            for one, other, said in found
        ],
        [f"{one.source} and {other.source}: {said.outcome.value}, {said.why}." for one, other, said in found]
        + [f"Keep {name}: whoever has the log's key can check it." for name in kept],
        as_json=as_json,
    )
    worst = [_COMPARED[said.outcome.value] for _, _, said in found]
    if any(worst):
        raise typer.Exit(3 if 3 in worst else 6)


def _log(key: Path, origin: str | None) -> "Log":
    from trucekeeper.record.gossip import log_of

    try:
        return log_of(contents(key).decode("ascii"), origin)
    except UnicodeDecodeError as error:
        msg = f"{key.name} holds no verifier key; name the log.vkey that the log's office gave out"
        raise BadInput(msg) from error


def _mirror(into: Path, log: "Log", policy: Path | None) -> "Mirror":
    from trucekeeper.kernel.clock import SystemClock
    from trucekeeper.peers.mirror import Mirror
    from trucekeeper.record.policy import Policy
    from trucekeeper.stores.tile_folder import TileFolder

    terms = None if policy is None else Policy.parse(contents(policy).decode("utf-8", "replace"))
    return Mirror(TileFolder(into), FolderBeside(into), log, terms, SystemClock())


class FolderBeside:
    """Fulfils ``peers.mirror.Beside``."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def get(self, name: str) -> bytes | None:
        """The bytes of one file; None where there is none."""
        file = self._root / name
        return file.read_bytes() if file.is_file() else None

    def put(self, name: str, data: bytes) -> None:
        """Lay the file down, whole and durably."""
        from trucekeeper.stores.durable import replace, sync_folder

        file = self._root / name
        fresh = not file.parent.is_dir()
        file.parent.mkdir(parents=True, exist_ok=True)
        replace(file, data)
        if fresh:
            sync_folder(file.parent.parent)


def _synced(made: "Synced") -> str:
    grown = (
        f"grew from {made.before:,} to {made.size:,} leaves" if made.size > made.before else "did not grow"
    )
    listed = (
        "no list of open entries is served" if made.opened is None else f"{made.opened:,} open entries came"
    )
    return f"The copy holds {made.size:,} leaves and {grown}: {made.files:,} files were checked, {listed}."


def _seen(source: str, log: "Log") -> "tuple[Shown, Callable[[int], Nodes] | None]":
    """What a holder shows, and the hashes that it can give."""
    from trucekeeper.peers.fetching import source as opened
    from trucekeeper.peers.gossip import view

    if "://" not in source and not Path(source).is_dir():
        from trucekeeper.record.gossip import shown

        return shown(Path(source).name, contents(Path(source)), log), None
    return view(opened(source), log)


def _best(one: "Shown", other: "Shown", trees: "Sequence[Callable[[int], Nodes]]") -> "Compared":
    """The first comparison that proves something."""
    from trucekeeper.peers.gossip import compared

    return compared(one, other, trees)


def _kept(found: "Iterable[tuple[Shown, Shown, Compared]]", into: Path) -> list[str]:
    from trucekeeper.kernel.clock import SystemClock
    from trucekeeper.record.gossip import Outcome, evidence

    names: list[str] = []
    for one, other, said in found:
        if said.outcome is not Outcome.SPLIT:
            continue
        small, large = sorted((one.stated, other.stated), key=lambda stated: stated.size)
        roots = f"{small.root.hex()[:8]}-{large.root.hex()[:8]}"
        file = into / re.sub(r"[^0-9a-z.-]", "", f"evidence-{small.size}-{large.size}-{roots}.json")
        if not file.exists():
            put(file, evidence(one, other, said, SystemClock().now()))
        names.append(file.name)
    return names
