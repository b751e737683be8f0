"""The words of ASTM F3548-21: intents, constraints, subscriptions, availability, and what one write changed.

Who asks is named by the ``sub`` of its token. Positions, altitudes and times are those of :mod:`movements.volume`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from trucekeeper.kernel.canon import Json
from trucekeeper.kernel.clock import Instant
from trucekeeper.movements.volume import Volume

NO_SUBSCRIPTION = "00000000-0000-4000-8000-000000000000"
"""What an intent reports that has no subscription."""

NOT_YOURS = "Available from USS"
"""What an OVN reads to everybody but the entity's manager."""


class State(Enum):
    """How far an operational intent is. One that has ended is deleted."""

    ACCEPTED = "Accepted"
    ACTIVATED = "Activated"
    NONCONFORMING = "Nonconforming"
    CONTINGENT = "Contingent"

    @property
    def planned(self) -> bool:
        """Whether an intent in this state is flown as planned, and so must know of all that it meets."""
        return self in {State.ACCEPTED, State.ACTIVATED}


class Availability(Enum):
    """What arbitration says of a USS; one that was never spoken of is unknown."""

    UNKNOWN = "Unknown"
    NORMAL = "Normal"
    DOWN = "Down"


class Resource(Enum):
    """What a write was about, as the address names it."""

    INTENT = "operational_intent_references"
    CONSTRAINT = "constraint_references"
    SUBSCRIPTION = "subscriptions"
    AVAILABILITY = "uss_availability"
    REPORT = "reports"
    NATIVE = "native"
    """A change of the office's own notices, of which the subscribers to constraints are to be told."""


def earliest(volumes: Sequence[Volume]) -> Instant | None:
    """When the first of them starts; None where one has no start."""
    starts = [one.start for one in volumes]
    known = [start for start in starts if start is not None]
    return min(known) if known and len(known) == len(starts) else None


def latest(volumes: Sequence[Volume]) -> Instant | None:
    """When the last of them ends; None where one has no end."""
    ends = [one.end for one in volumes]
    known = [end for end in ends if end is not None]
    return max(known) if known and len(known) == len(ends) else None


@dataclass(frozen=True, slots=True)
class Client:
    """Who asks, by the name that its authority gave it, and what it may do here."""

    sub: str
    scopes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Intent:
    """An operational intent reference. Each of its volumes has times and altitudes."""

    id: str
    manager: str
    ovn: str
    version: int
    state: State
    volumes: tuple[Volume, ...]
    uss_base_url: str
    subscription: str | None


@dataclass(frozen=True, slots=True)
class Constraint:
    """A constraint reference. Each of its volumes has times."""

    id: str
    manager: str
    ovn: str
    version: int
    volumes: tuple[Volume, ...]
    uss_base_url: str


@dataclass(frozen=True, slots=True)
class Subscription:
    """Where and when its manager wants to be told of changes.

    An implicit one covers what its intents cover, and its ``volumes`` follow from them. ``index`` counts the
    notifications; it is no part of the version.
    """

    id: str
    manager: str
    version: str
    volumes: tuple[Volume, ...]
    uss_base_url: str
    intents: bool
    constraints: bool
    implicit: bool = False
    index: int = 0


@dataclass(frozen=True, slots=True)
class Standing:
    """The availability of a USS; the version is empty where nobody has spoken of it."""

    uss: str
    availability: Availability = Availability.UNKNOWN
    version: str = ""

    @property
    def down(self) -> bool:
        """Whether it was declared down."""
        return self.availability is Availability.DOWN


@dataclass(frozen=True, slots=True)
class Report:
    """What a client reported of an exchange that went wrong, as it was sent, under the id that it was given."""

    id: str
    exchange: Mapping[str, Json]


Written = Intent | Constraint | Subscription | Standing | Report


@dataclass(frozen=True, slots=True)
class Write:
    """One write as it was recorded: all that it changed, so that the state follows from the writes alone.

    ``written`` is what stands under ``id`` from now on, None where it was deleted. ``implicit`` is a subscription
    that came with an intent, ``dropped`` those that went with one. ``notified`` are the subscriptions whose managers
    are to be told, in order; each of their indexes rises by one.
    """

    owner: str
    resource: Resource
    id: str
    at: Instant
    written: Written | None = None
    implicit: Subscription | None = None
    dropped: tuple[str, ...] = ()
    notified: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NativeConstraint:
    """A notice of the office's own, as far as a caller may know of it: whole cells and a time, nothing else.

    ``id`` is a UUIDv4 in its canonical form; it and the volumes are the same for every question. ``version`` rises
    when the volumes change.
    """

    id: str
    version: int
    volumes: tuple[Volume, ...]
