"""Asks holders of a log's checkpoints what they were shown, and compares it."""

import hashlib
from collections.abc import Callable, Sequence

from trucekeeper.kernel import merkle, note
from trucekeeper.kernel.errors import BadInput, NotFound, TruceError
from trucekeeper.peers.fetching import Source, Unreachable
from trucekeeper.peers.mirror import nodes_of
from trucekeeper.record import gossip, mirroring
from trucekeeper.record.gossip import Compared, Outcome, Shown
from trucekeeper.record.witness import Log

Trees = Callable[[int], merkle.Nodes]


def places(log: Log) -> tuple[str, ...]:
    """Where, below an address, a checkpoint of the log may lie: of a mirror, a witness, an office, or itself."""
    return "checkpoint", f"checkpoint/{hashlib.sha256(log.origin.encode()).hexdigest()}", "log/checkpoint", ""


def view(source: Source, log: Log) -> tuple[Shown, Trees | None]:
    """The checkpoint that a holder shows, and the hashes that it can give, where it serves any."""
    for place in places(log):
        try:
            data = source.fetch({place: mirroring.LIMIT_CHECKPOINT})[place]
            if data is not None:
                note.parse(data)
        except (BadInput, Unreachable) as error:
            if place == places(log)[-1]:
                msg = f"{source.name} gave no checkpoint ({error}); name where one lies"
                raise Unreachable(msg) from error
            continue
        if data is not None:
            found = gossip.shown(source.name, data, log)
            return found, nodes_of(source, found.stated.size) if place == "checkpoint" else None
    msg = f"{source.name} holds no checkpoint of {log.origin}; name another holder"
    raise NotFound(msg)


def compared(one: Shown, other: Shown, trees: Sequence[Trees]) -> Compared:
    """The first comparison that proves something, by the hashes of whoever has them; they need not be trusted."""
    found = gossip.compared(one, other)
    for tree in trees:
        if found.outcome is not Outcome.UNKNOWN:
            break
        try:
            found = gossip.compared(one, other, tree)
        except TruceError as error:
            found = Compared(Outcome.UNKNOWN, f"the tiles of the larger log were not to be had ({error})")
    return found
