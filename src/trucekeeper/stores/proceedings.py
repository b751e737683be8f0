"""Cases: what the record says of each draft, handed to the rules of decision in the order of the record."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa

from trucekeeper.agreement.model import Procedure
from trucekeeper.findings import decision, wire
from trucekeeper.findings.decision import Corrected, Drafted, Event, Invited, Replied, Voted
from trucekeeper.findings.model import Ballot, Case, Vote
from trucekeeper.kernel.clock import Instant
from trucekeeper.kernel.errors import NotFound
from trucekeeper.record import replay
from trucekeeper.record.keyset import KeySet, KeySets, Role
from trucekeeper.record.ref import Ref
from trucekeeper.stores.tables import ENTRIES, ERASED
from trucekeeper.stores.tail import Line, Tail

HOUR_MS = 3_600_000
_EVENTS = (wire.INVITATION, wire.REPLY, wire.VOTE, wire.ERRATUM)


@dataclass(frozen=True, slots=True)
class Proceedings:
    """Folds drafts, invitations, replies, votes and errata into cases, by the agreement's procedure.

    ``keysets`` gives the history of the keys as it stands when it is asked.
    """

    procedure: Procedure
    keysets: Callable[[], KeySets]
    _drafts: Tail[Drafted] = field(init=False)
    _events: Tail[Event] = field(init=False)
    _logged: Tail[Instant | None] = field(init=False)
    """The time of each checkpoint that was logged with its quorum."""
    _folded: dict[int, tuple[int, Case]] = field(default_factory=dict[int, tuple[int, Case]], compare=False)
    """The case of each draft and how many events it was folded from: the record only grows, so that names it."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "_drafts", Tail((wire.FINDING,), self._drafted))
        object.__setattr__(self, "_events", Tail(_EVENTS, self._event))
        object.__setattr__(self, "_logged", Tail((replay.COSIGNED,), self._witnessed))

    def cases(self, connection: sa.Connection, upto: int | None) -> tuple[Case, ...]:
        """Every case below ``upto``, in the order of the record."""
        events: dict[int, list[Event]] = {}
        for _, event in self._events.upto(connection, upto):
            events.setdefault(_about(event), []).append(event)
        drafts = self._drafts.upto(connection, upto)
        return tuple(self._case(drafted, events.get(entry, ())) for entry, drafted in drafts)

    def case(self, connection: sa.Connection, ref: Ref, upto: int | None) -> Case:
        """The case that a finding entry opened; NotFound where it opened none."""
        drafted = dict(self._drafts.upto(connection, upto)).get(ref.entry)
        if drafted is None or ref.row >= 0:
            msg = f"entry {ref} is no finding; take its number from the list of cases"
            raise NotFound(msg)
        events = [event for _, event in self._events.upto(connection, upto) if _about(event) == ref.entry]
        return self._case(drafted, events)

    def _case(self, drafted: Drafted, events: Sequence[Event]) -> Case:
        known = self._folded.get(drafted.ref.entry)
        if known is not None and known[0] == len(events):
            return known[1]
        case = decision.fold(drafted, events)
        self._folded[drafted.ref.entry] = (len(events), case)
        return case

    def tried(self, connection: sa.Connection, ballot: Ballot, voter: str, key: str, at: Instant) -> Vote:
        """What would become of this vote if it were recorded now; its ``void`` says why it would not count."""
        entry = ballot.finding.entry
        drafted = dict(self._drafts.upto(connection, entry + 1)).get(entry)
        if drafted is None:
            msg = f"entry {ballot.finding} is no finding; vote on one from the list of cases"
            raise NotFound(msg)
        events = [event for _, event in self._events.upto(connection, None) if _about(event) == entry]
        clock = self._clock(connection, None, at)
        vote = Voted(Ref(entry), ballot, voter, key, panel(self.keysets().latest, at), at, clock)
        return decision.fold(drafted, (*events, vote)).votes[-1]

    def _drafted(self, connection: sa.Connection, line: Line) -> Drafted:
        draft = wire.read_finding(line.body)
        return Drafted(
            ref=Ref(line.entry),
            draft=draft,
            digest=line.digest,
            by=line.holder,
            at=line.at,
            submitters=submitters(connection, draft.members),
            reply_ms=self.procedure.reply_hours * HOUR_MS,
            needed=self.procedure.panel_votes,
        )

    def _event(self, connection: sa.Connection, line: Line) -> Event:
        ref = Ref(line.entry)
        if line.kind == wire.INVITATION:
            return Invited(ref, wire.read_invitation(line.body), line.at)
        if line.kind == wire.REPLY:
            return Replied(ref, wire.read_reply(line.body), line.party or "", line.at)
        if line.kind == wire.VOTE:
            members = panel(self.keysets().at(line.entry), line.at)
            clock = self._clock(connection, line.entry, line.at)
            return Voted(ref, wire.read_vote(line.body), line.holder, line.key, members, line.at, clock)
        return Corrected(ref, wire.read_erratum(line.body), line.at)

    def _clock(self, connection: sa.Connection, entry: int | None, at: Instant) -> Instant:
        """How far reply clocks have run at ``entry`` (None: now): by the witnesses where there is a policy."""
        history = self.keysets()
        keys = history.latest if entry is None else history.at(entry)
        if replay.policy_of(keys) is None:
            return at
        known = self._logged.upto(connection, None if entry is None else entry + 1)
        times = [(index, time) for index, time in known if time is not None]
        found = replay.replay_time(times, times[-1][0] if times else 0)
        return Instant(0) if found is None else found

    def _witnessed(self, _connection: sa.Connection, line: Line) -> Instant | None:
        policy = replay.policy_of(self.keysets().at(line.entry))
        return None if policy is None else replay.logged_time(line.body, policy)


def panel(keyset: KeySet, at: Instant) -> tuple[str, ...]:
    """Everybody who holds a mandate as a member of the panel at ``at``, by name."""
    return tuple(
        sorted(
            holder.id
            for holder in keyset.holders
            if holder.role is Role.PANEL and any(key.valid.holds(at) for key in holder.keys)
        )
    )


def submitters(connection: sa.Connection, members: tuple[Ref, ...]) -> tuple[str, ...]:
    """Who signed the entries that these observations came in, each once, by name."""
    entries = {ref.entry for ref in members}
    found: set[str] = set()
    for entry in entries:
        asked = sa.select(ENTRIES.c.holder).where(ENTRIES.c.entry == entry)
        found.update(connection.execute(asked).scalars())
        # Who submitted what was erased since is still none of those who decide on it.
        gone = sa.select(ERASED.c.author).where(ERASED.c.entry == entry)
        found.update(connection.execute(gone).scalars())
    return tuple(sorted(found))


def _about(event: Event) -> int:
    match event:
        case Invited():
            return event.invitation.finding.entry
        case Replied():
            return event.reply.finding.entry
        case Voted():
            return event.ballot.finding.entry
        case Corrected():
            return event.erratum.corrects.entry
