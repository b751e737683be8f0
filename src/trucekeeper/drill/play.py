"""Plays the drill: thirty evenings in a ceasefire's office, through the doors that a real one has."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from random import Random

from trucekeeper.agreement.calendar import local_day
from trucekeeper.desks.triage import Suggestion
from trucekeeper.drill import people, story
from trucekeeper.drill.field import CLOSES, Day
from trucekeeper.drill.notices import Desk
from trucekeeper.drill.world import DAY_MS, local
from trucekeeper.findings import wire
from trucekeeper.findings.decision import standing
from trucekeeper.findings.model import Ballot, Case, Erratum, Position, Question, Reply
from trucekeeper.kernel.canon import Json
from trucekeeper.kernel.clock import Instant, Interval, SetClock
from trucekeeper.kernel.keys import Signer
from trucekeeper.kernel.truth import Truth
from trucekeeper.observations.model import Kind
from trucekeeper.office.files import take
from trucekeeper.office.wiring import Office
from trucekeeper.places.position import Disc
from trucekeeper.record.entry import seal
from trucekeeper.record.ref import Ref

CORRECTED_DAY = 22
"""The day on which the office corrects one of its own drafts, in public."""


@dataclass(frozen=True, slots=True)
class Evening:
    """What one evening added: lines received, rows imported and refused, incidents, drafts, decisions."""

    day: int
    received: int
    imported: int
    refused: int
    incidents: int
    drafted: int
    decided: int


@dataclass(slots=True)
class Play:
    """One run of the drill. ``clock`` is the office's own clock, moved by the play."""

    office: Office
    clock: SetClock
    seed: int
    random: Random
    places: Mapping[str, Disc]
    notices: Desk

    def open_register(self) -> None:
        """The first evening's first act: the register of sources."""
        for source in story.SOURCES:
            self.office.intake.register_source(source, self.office.signer)

    def evenings(self, days: tuple[Day, ...], step: Callable[[Evening], None]) -> None:
        """Receive, import, link, draft, hear, decide and publish, day by day."""
        for day in days:
            step(self._evening(day))

    def _evening(self, day: Day) -> Evening:
        self._at(day, 0)
        received = self.office.intake.receive(day.signed) if day.signed else ()
        imported = refused = 0
        for file in day.files:
            outcome = take(self.office, file, places=self.places)
            imported, refused = imported + outcome.recorded, refused + len(outcome.refused)
        self._at(day, 5)
        incidents = self._link()
        self._at(day, 10)
        drafted = self._draft()
        self._at(day, 20)
        self._hear()
        decided = self._decide()
        if day.number == CORRECTED_DAY:
            self._correct()
        self._at(day, 30)
        today = local_day(self.clock.now(), self.office.agreement.timezone)
        self.office.publication.publish(today, self.office.signer)
        self._at(day, 40)
        self.notices.evening(day.number)
        return Evening(day.number, len(received), imported, refused, incidents, drafted, decided)

    def _at(self, day: Day, minute: int) -> None:
        self.clock.at = local(self.office.agreement, day.number, CLOSES, minute)

    def _link(self) -> int:
        """Accept what linking suggests for the last two days; what a single sensor saw alone is left waiting."""
        now = self.clock.now()
        found = self.office.triage.suggest(Interval(Instant(now - 2 * DAY_MS), now))
        suggestions = [one for one in found if not _lone_sensor(one)]
        self.office.triage.accept(suggestions, self.office.signer)
        return len(suggestions)

    def _draft(self) -> int:
        """Draft findings on what touches a term and is two days old or graver, and invite the named sides."""
        drafted = 0
        for incident in self._ripe():
            receipt = self.office.inquiry.draft(incident, self.office.signer)
            self.office.inquiry.invite_all(Ref(receipt.index), self.office.signer)
            drafted += 1
        return drafted

    def _ripe(self) -> Iterator[str]:
        """Incidents that ended a day ago, touch a term and have no case yet."""
        now = self.clock.now()
        cased = {case.findings[0].incident for case in self.office.casebook.cases()}
        window = Interval(Instant(now - 3 * DAY_MS), Instant(now - DAY_MS))
        for incident in self.office.casebook.incidents(window):
            ended = incident.when.end if incident.when.end is not None else incident.when.start
            refs = tuple(one.ref for one in incident.members)
            if ended <= now - DAY_MS and incident.id not in cased and self.office.casebook.touchings_of(refs):
                yield incident.id

    def _hear(self) -> None:
        """The sides reply to about half of what names them, each through its own liaison."""
        for case in tuple(self.office.casebook.cases()):
            if standing(case, self.clock.now()) != "awaiting-reply":
                continue
            for party in case.silent:
                if self.random.random() < 0.5:
                    self._reply(case, party)

    def _reply(self, case: Case, party: str) -> None:
        admits = self.random.random() < 0.1
        reply = Reply(
            case.ref,
            party,
            Position.ACCEPTS if admits else Position.DISPUTES,
            "The unit's commander has been spoken to." if admits else "Our units did not fire in that area.",
        )
        liaison = people.signer(self.seed, f"liaison-{party[-1]}")
        self.office.liaison.receive(self._sealed(liaison, wire.REPLY, wire.reply_body(reply)))

    def _decide(self) -> int:
        """Two members of the panel sign what is before them; the third dissents where staging was found."""
        decided = 0
        for case in tuple(self.office.casebook.cases()):
            if standing(case, self.clock.now()) != "with-panel":
                continue
            if self._looks_staged(case):
                self._vote(
                    case, people.PANEL[2], approves=False, says="A firing cable is not proof of who laid it."
                )
            for member in people.PANEL[:2]:
                case = self._vote(case, member, approves=True, says="The reasons hold.")  # noqa: PLW2901 - it moves on
            decided += case.state == "decided"
        return decided

    def _looks_staged(self, case: Case) -> bool:
        incident = self.office.casebook.incident(case.findings[0].incident)
        return any(one.observation.uid.startswith("staged") for one in incident.members)

    def _vote(self, case: Case, member: str, *, approves: bool, says: str) -> Case:
        ballot = Ballot(case.ref, case.digest, approves, says)
        key = people.signer(self.seed, member)
        return self.office.panel.receive(self._sealed(key, wire.VOTE, wire.vote_body(ballot)))

    def _correct(self) -> None:
        """One decided case is withdrawn, visibly: the calibre had been read from the wrong photograph."""
        for case in self.office.casebook.cases():
            established = any(
                one.question is Question.VIOLATION and one.answer is Truth.YES for one in case.findings
            )
            if case.state == "decided" and established:
                says = "The calibre was read from a photograph of another day; the case is withdrawn."
                self.office.panel.correct(Erratum(case.ref, None, says), self.office.signer)
                return

    def _sealed(self, key: Signer, kind: str, body: dict[str, Json]) -> bytes:
        uid = self.random.randbytes(16).hex()
        return seal(key, kind, self.office.record.origin, uid, self.clock.now(), body)


def _lone_sensor(suggestion: Suggestion) -> bool:
    kinds = {(one.observation.kind, one.observation.source) for one in suggestion.members}
    return len(kinds) == 1 and next(iter(kinds))[0] is Kind.DETECTION
