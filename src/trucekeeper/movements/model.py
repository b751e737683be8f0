"""The words of deconfliction: what is announced, to whom, and the steps of its life.

A notice protects nobody by itself, and its absence takes no protection away: international humanitarian law does
neither. An acknowledgement says that a notice was read; it is never an approval.
"""

from dataclasses import dataclass
from enum import Enum

from trucekeeper.kernel.clock import Instant
from trucekeeper.movements.volume import Footprint
from trucekeeper.places.position import Position


class Kind(Enum):
    """What is announced."""

    SITE = "site"
    MOVEMENT = "movement"
    ACTIVITY = "activity"
    HAZARD = "hazard"


class State(Enum):
    """How far a notice is, as a whole; what each recipient did with it is :class:`Standing`.

    ``stale`` is a mark beside the state, never a state: what is stale is not unprotected.
    """

    SUBMITTED = "submitted"
    CHECKED = "quality-checked"
    TRANSMITTED = "transmitted"
    ACTIVE = "active"
    DEVIATING = "deviating"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


class Answer(Enum):
    """What a recipient did. Only the recipient says so; no answer means the one before it. None is an approval."""

    RECEIVED = "received"
    ACKNOWLEDGED = "acknowledged"
    QUERIED = "queried"
    OBJECTED = "objected"


class Grade(Enum):
    """How sure it is that a word came from who is said to have given it."""

    SIGNED = "signed"
    READ_BACK = "read-back"
    """By telephone, radio or fax: two of the office's staff heard it read back."""


@dataclass(frozen=True, slots=True)
class Contact:
    """A person or post that answers day and night: ``name``, and ``number`` with the country's code."""

    name: str
    number: str


@dataclass(frozen=True, slots=True)
class Vehicle:
    """One vehicle of a movement."""

    type: str
    plate: str
    marking: str | None = None


@dataclass(frozen=True, slots=True)
class Waypoint:
    """A place on a route, and the earliest and latest moment at which the movement may be there."""

    at: Position
    earliest: Instant
    latest: Instant


@dataclass(frozen=True, slots=True)
class Corridor:
    """A route with a schedule; ``width_m`` is the whole width. Between waypoints one goes the shortest way."""

    waypoints: tuple[Waypoint, ...]
    width_m: int


@dataclass(frozen=True, slots=True)
class Ground:
    """Areas that are held from ``start`` to ``end`` (None: without end). Reaches are as announced: no stand-off yet."""

    areas: tuple[Footprint, ...]
    start: Instant
    end: Instant | None


@dataclass(frozen=True, slots=True)
class Altitudes:
    """A band above the WGS 84 ellipsoid, in metres."""

    low_m: int
    high_m: int


@dataclass(frozen=True, slots=True)
class ReadBack:
    """Who took down and who heard read back what came by telephone, radio or fax: two different ids of staff."""

    channel: str
    by: str
    heard_by: str
    caller: str


@dataclass(frozen=True, slots=True)
class Notice:
    """One version of an announcement, as its notifier signed it, or as the office took it down.

    ``where`` says where and when; ``uncertainty_m`` how far the truth may lie from its coordinates, ``source`` how
    they were got (gps, map, survey, address), in WGS 84. ``altitudes`` None is full height, always so on the ground.
    ``recipients`` are ids of holders: nobody else is told. ``designation``, ``contact``, ``where``, ``vehicles``
    and ``photo_sha256`` are told apart in the record, each to be shown or kept back by itself. ``amends`` is the
    entry of the first version; None for a first one. ``category`` is the type and function: hospital, water,
    warehouse, convoy, repair, drone, rotation, exercise, demining, no-go and so on.
    """

    kind: Kind
    category: str
    organisation: str
    designation: str
    contact: Contact
    where: Ground | Corridor
    uncertainty_m: int
    source: str
    recipients: tuple[str, ...]
    purpose: str
    altitudes: Altitudes | None = None
    vehicles: tuple[Vehicle, ...] = ()
    staff: int | None = None
    cargo: str | None = None
    photo_sha256: str | None = None
    emergency: bool = False
    amends: int | None = None
    taken_down: ReadBack | None = None


class Op(Enum):
    """What the office or the notifier did with a notice; each is an entry of its own (notice-step/v1)."""

    CHECK = "check"
    TRANSMIT = "transmit"
    ESCALATE = "escalate"
    CALL = "call"
    WAIVE = "waive"
    ACTIVATE = "activate"
    DEVIATE = "deviate"
    CLOSE = "close"
    WITHDRAW = "withdraw"
    CONFIRM = "confirm"
    STALE = "stale"
    RELEASE = "release"


@dataclass(frozen=True, slots=True)
class Step:
    """One step in the life of the notice whose first version is the entry ``notice``.

    ``recipient`` and ``channel`` (webhook, email, sheet, telephone, radio, fax) belong to transmit, escalate and
    call; ``to`` is who an escalation goes to (a holder's id, or ``hotline``). ``meets`` are the first entries of the
    notices that a waiver knowingly overlaps, ``zones`` the agreement's, and ``by`` is who answers for it by name.
    ``purpose`` is what a release
    allows: ``case`` opens a notified-then-struck case, ``report`` lets it appear, coarse and delayed, in reports,
    ``handover`` lets another office have it, of the fields that are told apart those that it ``shows`` alone.
    """

    notice: int
    op: Op
    says: str | None = None
    recipient: str | None = None
    channel: str | None = None
    to: str | None = None
    meets: tuple[int, ...] = ()
    zones: tuple[str, ...] = ()
    by: str | None = None
    purpose: str | None = None
    shows: tuple[str, ...] = ()
    read_back: ReadBack | None = None


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """A recipient's word on a notice (acknowledgement/v1). ``version`` is the entry that the recipient had seen.

    ``taken_down`` where the office wrote down what came by telephone, radio or fax: a lower grade, the same clocks.
    """

    notice: int
    version: int
    recipient: str
    answer: Answer
    says: str | None = None
    taken_down: ReadBack | None = None

    @property
    def grade(self) -> Grade:
        """Signed by the recipient, or heard read back."""
        return Grade.SIGNED if self.taken_down is None else Grade.READ_BACK
