"""What has to go out to whom, worked out from a notice's life alone, and how long to wait between attempts.

Delivered is not received: a machine took the message. Only the recipient's own word says that a person has it.
"""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum

from trucekeeper.kernel import canon
from trucekeeper.kernel.clock import Instant
from trucekeeper.movements.lifecycle import Dossier, Line
from trucekeeper.movements.model import Notice, Op, Step

HOTLINE = "hotline"
"""To whom an escalation goes at the end: a person calls, by the number in the office's settings."""

FAILED_AFTER = 6
"""After so many failures in a row a delivery counts as failed: about two and a half minutes."""

FIRST_WAIT_MS = 5_000
LONGEST_WAIT_MS = 900_000

TOLD_OF = frozenset({Op.DEVIATE, Op.CLOSE, Op.WITHDRAW, Op.STALE})
"""Steps of which everybody hears to whom the notice was transmitted."""


class Outcome(Enum):
    """How a delivery ended, or that it does not get through."""

    DELIVERED = "delivered"
    """The recipient's machine has taken it (HTTP 2xx, SMTP accepted), or a person has handed the sheet over."""
    FAILED = "failed"
    """It was tried again and again. Trying goes on; the alternate is told at once."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A delivery/v1 entry. ``version`` is the entry that was told: a version of the notice, or a step in its life.

    ``attempts`` counts those that the outbox remembers. ``why`` is one word of ours, never what a machine said.
    """

    notice: int
    version: int
    recipient: str
    channel: str
    key: str
    outcome: Outcome
    attempts: int
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of sending once. ``final`` says that sending the same again will hardly help.

    ``away`` says that nothing was handed over, because the other machine was not reached: then nothing else reaches
    it now either. ``answer`` is an envelope that the recipient sent back at once, of which nothing is known yet.
    """

    delivered: bool
    why: str
    final: bool = False
    away: bool = False
    answer: bytes | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that is to be told to one recipient.

    ``version`` is the entry to tell, ``op`` the step where it is one. ``channel`` None is left to the office's
    settings. ``stands_for`` is the recipient that did not answer, where this one is its alternate. ``ordered`` is
    the entry that wants it told, ``since`` when that was admitted.
    """

    notice: int
    version: int
    recipient: str
    channel: str | None
    ordered: int
    since: Instant
    op: Op | None = None
    stands_for: str | None = None


def key(origin: str, item: Item) -> str:
    """The idempotency key, 64 hex digits: the same for every attempt, also after a crash."""
    said: dict[str, canon.Json] = {
        "channel": item.channel or "",
        "notice": item.notice,
        "origin": origin,
        "recipient": item.recipient,
        "version": item.version,
    }
    return hashlib.sha256(canon.encode(said)).hexdigest()


def items(dossier: Dossier) -> tuple[Item, ...]:
    """All that this notice wants told and that nothing newer has overtaken, the oldest first.

    A version is overtaken for a recipient once a newer one is transmitted to it, and for everybody once the notice
    is closed or withdrawn; that is then told instead, for a message that seemed lost may have arrived.
    """
    wanted: dict[tuple[int, str, str | None], Item] = {}
    version = dossier.notice
    for line in dossier.steps:
        if isinstance(line.what, Notice):
            version = line.entry
        elif isinstance(line.what, Step):
            wanted = _after(wanted, dossier, line, line.what, version)
    return tuple(sorted(wanted.values(), key=lambda one: (one.ordered, one.recipient)))


def undelivered(found: Iterable[Item], deliveries: Iterable[Delivery]) -> tuple[Item, ...]:
    """Of ``found``, what no channel has delivered yet; failed is not the end of it."""
    done = {(one.version, one.recipient) for one in deliveries if one.outcome is Outcome.DELIVERED}
    return tuple(one for one in found if (one.version, one.recipient) not in done)


def wait_ms(failures: int, draw: Callable[[int], bytes]) -> int:
    """How long to wait after so many failures in a row: doubling, at most 15 minutes, the last half of it by lot.

    ``draw`` gives that many random bytes: so that many senders do not come back in the same moment.
    """
    whole = min(LONGEST_WAIT_MS, FIRST_WAIT_MS << min(max(failures, 1) - 1, 20))
    half = whole // 2
    return half + int.from_bytes(draw(4)) % (whole - half + 1)


_Wanted = dict[tuple[int, str, str | None], Item]


def _after(wanted: _Wanted, dossier: Dossier, line: Line, step: Step, version: int) -> _Wanted:
    if step.op is Op.TRANSMIT and step.recipient is not None:
        kept = {
            place: one
            for place, one in wanted.items()
            if one.version >= version or step.recipient not in (one.recipient, one.stands_for)
        }
        item = Item(dossier.notice, version, step.recipient, step.channel, line.entry, line.at)
        return {**kept, **({} if _place(item) in kept else {_place(item): item})}
    if step.op is Op.ESCALATE and step.recipient is not None and step.to not in (None, HOTLINE):
        return {**wanted, **_escalated(wanted, dossier, line, step, version)}
    if step.op in TOLD_OF:
        over = step.op in (Op.CLOSE, Op.WITHDRAW)
        return {**({} if over else wanted), **_tidings(dossier, line, step.op)}
    return wanted


def _escalated(wanted: _Wanted, dossier: Dossier, line: Line, step: Step, version: int) -> _Wanted:
    """The version that the recipient was sent goes to the alternate too."""
    sent = [one.version for one in wanted.values() if one.recipient == step.recipient and one.op is None]
    item = Item(
        dossier.notice,
        max(sent, default=version),
        step.to or "",
        None,
        line.entry,
        line.at,
        stands_for=step.recipient,
    )
    return {} if _place(item) in wanted else {_place(item): item}


def _tidings(dossier: Dossier, step: Line, op: Op) -> _Wanted:
    """One item for each recipient, and for each alternate, to whom the notice went before the step."""
    found: _Wanted = {}
    channels: dict[str, str | None] = {}
    for line in dossier.steps:
        said = line.what
        if line.entry >= step.entry or not isinstance(said, Step) or said.recipient is None:
            continue
        if said.op is Op.TRANSMIT:
            channels[said.recipient] = said.channel
        elif said.op is Op.ESCALATE and said.to not in (None, HOTLINE):
            channels.setdefault(said.to or "", None)
    for who, channel in channels.items():
        item = Item(dossier.notice, step.entry, who, channel, step.entry, step.at, op)
        found[_place(item)] = item
    return found


def _place(item: Item) -> tuple[int, str, str | None]:
    return item.version, item.recipient, item.channel
