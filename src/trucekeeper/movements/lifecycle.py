"""What became of a notice, worked out from its lines of the record alone, in their order.

A line that does not fit is kept in the record and counts for nothing here; :func:`refusal` says why, and the desk asks
it before anything is written. Acknowledged is a word of the recipient; nothing here ever means approved.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from trucekeeper.kernel.clock import Instant
from trucekeeper.kernel.errors import NotFound
from trucekeeper.movements.model import Acknowledgement, Answer, Corridor, Grade, Notice, Op, State, Step
from trucekeeper.record.role import Role

OVER = frozenset({State.CLOSED, State.WITHDRAWN})
"""States from which a notice does not come back; a new one is announced instead."""


@dataclass(frozen=True, slots=True)
class Line:
    """An entry about a notice: who signed it in which role, when it was admitted, and what it says."""

    entry: int
    at: Instant
    holder: str
    role: Role
    what: Notice | Step | Acknowledgement


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a notice, and whose it is: the signer, or the caller whose words the office took down."""

    entry: int
    at: Instant
    notifier: str
    notice: Notice


@dataclass(frozen=True, slots=True)
class Told:
    """What one recipient was sent, and said.

    ``transmitted`` is when it first went out and ``version`` the newest entry that did, by ``channel``; None: not yet.
    ``answer`` is the recipient's latest word, about the version ``seen``, ``answered`` when, by the entry ``entry``,
    with ``grade``. ``escalated`` lists to whom it went when no answer came (``hotline`` at the end).
    """

    recipient: str
    transmitted: Instant | None = None
    version: int | None = None
    channel: str | None = None
    sent: Instant | None = None
    answer: Answer | None = None
    answered: Instant | None = None
    grade: Grade | None = None
    seen: int | None = None
    entry: int | None = None
    escalated: tuple[tuple[str, Instant, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Dossier:
    """A notice through its whole life. ``notice`` is the entry of its first version, by which it is named.

    ``stale`` marks a site that nobody confirmed for long: still protected, and to be confirmed. ``waived`` are the
    notices, and ``waived_zones`` the zones, that it knowingly overlaps, each by a named waiver.
    ``released`` are the purposes that its notifier
    consented to. ``newest`` is the last entry that counted. ``origin`` names the record that it was handed over from;
    its versions and steps are then entries of that record.
    """

    notice: int
    versions: tuple[Version, ...]
    state: State
    told: tuple[Told, ...]
    confirmed: Instant
    stale: bool = False
    waived: tuple[int, ...] = ()
    waived_zones: tuple[str, ...] = ()
    released: frozenset[str] = frozenset()
    steps: tuple[Line, ...] = ()
    newest: int = 0
    passed_over: tuple[tuple[int, str], ...] = ()
    origin: str | None = None

    @property
    def current(self) -> Version:
        """The newest version."""
        return self.versions[-1]

    @property
    def notifier(self) -> str:
        """Whose notice it is, from its first version on."""
        return self.versions[0].notifier

    @property
    def live(self) -> bool:
        """Whether others can still meet it: neither closed nor withdrawn. Its own time is for the volumes to say."""
        return self.state not in OVER

    @property
    def checked(self) -> bool:
        """Whether the office has checked the newest version, whatever has become of it since."""
        return any(
            isinstance(line.what, Step) and line.what.op is Op.CHECK and line.entry > self.current.entry
            for line in self.steps
        )

    @property
    def amended(self) -> bool:
        """Whether some recipient has been sent an older version than the newest."""
        return any(one.version is not None and one.version < self.current.entry for one in self.told)

    def of(self, recipient: str) -> Told | None:
        """What a recipient was sent and said; None for one that was never named."""
        return next((one for one in self.told if one.recipient == recipient), None)

    def ends(self) -> Instant | None:
        """The last moment that the newest version speaks of; None without end."""
        where = self.current.notice.where
        return where.waypoints[-1].latest if isinstance(where, Corridor) else where.end


def dossier(lines: Iterable[Line]) -> Dossier:
    """The notice that ``lines`` tell of, the first of which announced it; NotFound where none did."""
    found: Dossier | None = None
    for line in lines:
        found = _opened(line) if found is None else then(found, line)
    if found is None:
        msg = "there is no notice of that number; take one from `truce notice list`"
        raise NotFound(msg)
    return found


def then(found: Dossier, line: Line) -> Dossier:
    """The notice after one more line."""
    why = refusal(found, line)
    if why is not None:
        return replace(found, passed_over=(*found.passed_over, (line.entry, why)))
    return replace(_after(found, line), steps=(*found.steps, line), newest=line.entry)


def refusal(found: Dossier, line: Line) -> str | None:
    """Why ``line`` cannot be the next step of this notice, in one sentence; None where it can."""
    if found.origin is not None:
        return f"notice {found.notice} was handed over by another office; have that office move it on"
    match line.what:
        case Notice():
            return _amendment_refused(found, line)
        case Acknowledgement():
            return _answer_refused(found, line, line.what)
        case Step():
            return _step_refused(found, line, line.what)


def notifier_of(line: Line) -> str:
    """Who announces: the signer, or the caller where the office took the words down."""
    said = line.what
    if isinstance(said, Notice) and said.taken_down is not None:
        return said.taken_down.caller
    return line.holder


def _opened(line: Line) -> Dossier:
    if not isinstance(line.what, Notice) or line.what.amends is not None:
        msg = f"entry {line.entry} is not the first version of a notice; name the entry that announced it"
        raise NotFound(msg)
    first = Version(line.entry, line.at, notifier_of(line), line.what)
    told = tuple(Told(one) for one in line.what.recipients)
    return Dossier(line.entry, (first,), State.SUBMITTED, told, line.at, steps=(line,), newest=line.entry)


def _amendment_refused(found: Dossier, line: Line) -> str | None:
    if not found.live:
        return f"notice {found.notice} is {found.state.value}; announce a new one"
    if notifier_of(line) != found.notifier:
        return f"notice {found.notice} is not that of its amender; let its own notifier amend it"
    if isinstance(line.what, Notice) and line.what.kind is not found.current.notice.kind:
        return f"notice {found.notice} is a {found.current.notice.kind.value}; its kind does not change"
    if isinstance(line.what, Notice):
        return _dropped(found, line.what)
    return None


def _dropped(found: Dossier, newer: Notice) -> str | None:
    """Whoever was told goes on hearing: it would otherwise trust old words for ever."""
    for told in found.told:
        if told.transmitted is not None and told.recipient not in newer.recipients:
            return (
                f"notice {found.notice} went to {told.recipient}, who would not hear of the change; keep it among "
                "the recipients, or withdraw the notice and announce a new one"
            )
    return None


def _answer_refused(found: Dossier, line: Line, word: Acknowledgement) -> str | None:
    told = found.of(word.recipient)
    if told is None or told.transmitted is None:
        return f"notice {found.notice} was not transmitted to that recipient; answer what you were sent"
    standing_in = {to for to, _, _ in told.escalated}
    if word.taken_down is None and line.holder != word.recipient and line.holder not in standing_in:
        return f"only a recipient, or the alternate it went on to, answers notice {found.notice} for itself"
    if word.taken_down is not None and line.role is not Role.OFFICE:
        return "only the office takes down what came by telephone, radio or fax"
    if word.version not in {version.entry for version in found.versions}:
        return f"entry {word.version} is no version of notice {found.notice}; give the entry that was seen"
    if told.version is not None and word.version > told.version:
        return f"entry {word.version} was not yet transmitted to that recipient; answer what you were sent"
    return None


_OFFICE_ALONE = frozenset({Op.CHECK, Op.TRANSMIT, Op.ESCALATE, Op.CALL, Op.STALE})
_NEEDS_TRANSMITTED = frozenset({Op.ESCALATE, Op.CALL})
_NOTIFIERS = frozenset({Op.WITHDRAW, Op.CONFIRM, Op.RELEASE})


def _step_refused(found: Dossier, line: Line, step: Step) -> str | None:
    office = line.role is Role.OFFICE
    if step.op in _OFFICE_ALONE and not office:
        return f"the step {step.op.value} is the office's; leave it to the office"
    if not office and line.holder != found.notifier:
        return f"only its notifier or the office moves notice {found.notice} on"
    if (
        step.op in _NOTIFIERS
        and line.holder != found.notifier
        and step.read_back is None
        and step.says is None
    ):
        return f"the step {step.op.value} is the notifier's; say how the office came to know of it"
    if step.op is Op.RELEASE and line.holder != found.notifier and step.read_back is None:
        return "a release is the notifier's consent; the office writes it down only as read back by two of its staff"
    if not found.live and step.op is not Op.RELEASE:
        return f"notice {found.notice} is {found.state.value}; nothing more happens to it"
    return _order_refused(found, step)


def _order_refused(found: Dossier, step: Step) -> str | None:
    if step.recipient is not None:
        told = found.of(step.recipient)
        if told is None or step.recipient not in found.current.notice.recipients:
            return f"notice {found.notice} does not name that recipient; its notifier chooses who is told"
        if step.op in _NEEDS_TRANSMITTED and told.transmitted is None:
            return f"notice {found.notice} was not yet transmitted to that recipient; transmit it first"
    if step.op is Op.TRANSMIT and not found.checked:
        return f"notice {found.notice} was not yet checked; check it first"
    if step.op is Op.CHECK and found.checked:
        return f"notice {found.notice} was checked already; amend it where there is more to say"
    if step.op is Op.DEVIATE and found.state not in {State.ACTIVE, State.DEVIATING}:
        return f"notice {found.notice} is not active; what has not begun does not deviate"
    return None


_STATES = {
    Op.CHECK: State.CHECKED,
    Op.ACTIVATE: State.ACTIVE,
    Op.DEVIATE: State.DEVIATING,
    Op.CLOSE: State.CLOSED,
    Op.WITHDRAW: State.WITHDRAWN,
}


def _after(found: Dossier, line: Line) -> Dossier:
    match line.what:
        case Notice():
            version = Version(line.entry, line.at, found.notifier, line.what)
            named = {one.recipient for one in found.told}
            new = tuple(Told(one) for one in line.what.recipients if one not in named)
            return replace(
                found,
                versions=(*found.versions, version),
                state=State.SUBMITTED,
                told=(*found.told, *new),
                confirmed=line.at,
                stale=False,
                # a waiver knew the version it was given for, and no other
                waived=(),
                waived_zones=(),
            )
        case Acknowledgement():
            return _answered(found, line, line.what)
        case Step():
            return _stepped(found, line, line.what)


def _answered(found: Dossier, line: Line, word: Acknowledgement) -> Dossier:
    told = found.of(word.recipient)
    if told is None:  # pragma: no cover - refused before
        return found
    changed = replace(
        told, answer=word.answer, answered=line.at, grade=word.grade, seen=word.version, entry=line.entry
    )
    return _with(found, changed)


def _stepped(found: Dossier, line: Line, step: Step) -> Dossier:
    told = None if step.recipient is None else found.of(step.recipient)
    if step.op is Op.TRANSMIT and told is not None:
        first = line.at if told.transmitted is None else told.transmitted
        changed = replace(
            told, transmitted=first, sent=line.at, version=found.current.entry, channel=step.channel
        )
        state = State.TRANSMITTED if found.state is State.CHECKED else found.state
        return replace(_with(found, changed), state=state)
    if step.op is Op.ESCALATE and told is not None and step.to is not None:
        return _with(found, replace(told, escalated=(*told.escalated, (step.to, line.at, line.entry))))
    if step.op is Op.CONFIRM:
        return replace(found, confirmed=line.at, stale=False)
    if step.op is Op.STALE:
        return replace(found, stale=True)
    if step.op is Op.WAIVE:
        return replace(
            found,
            waived=tuple(sorted({*found.waived, *step.meets})),
            waived_zones=tuple(sorted({*found.waived_zones, *step.zones})),
        )
    if step.op is Op.RELEASE and step.purpose is not None:
        return replace(found, released=found.released | {step.purpose})
    if step.op is Op.CHECK and found.state is not State.SUBMITTED:
        return found
    return replace(found, state=_STATES.get(step.op, found.state))


def _with(found: Dossier, changed: Told) -> Dossier:
    told = tuple(changed if one.recipient == changed.recipient else one for one in found.told)
    return replace(found, told=told)
