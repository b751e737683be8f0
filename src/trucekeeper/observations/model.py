"""Observations: who saw what, where, when and how. Absent means unknown, never no."""

from dataclasses import dataclass
from enum import Enum

from trucekeeper.kernel.clock import Interval
from trucekeeper.kernel.span import Span
from trucekeeper.places.position import Region


class Kind(Enum):
    """What sort of statement it is."""

    REPORT = "report"
    DETECTION = "detection"
    CLAIM = "claim"
    DENIAL = "denial"
    COVERAGE = "coverage"
    ACCESS_REFUSED = "access-refused"
    HOLDING = "holding"


ACTS = (
    "explosion", "burst", "shot", "projectile", "flight", "movement", "assault", "mine-laying", "hold-weapon",
    "obstruction", "jamming", "detention", "aid-blockage", "fire-detected", "alarm", "fighting", "other",
)  # fmt: skip
"""What happened. ``fire-detected`` (thermal) and ``alarm`` (siren) are what sensors give, ``fighting`` what event
data give."""

WEAPONS = ("artillery", "mlrs", "mortar", "tank", "ifv", "anti-tank", "anti-air", "missile", "small-arms",
           "grenade", "uav", "aircraft", "mine", "ied")  # fmt: skip
MEANS = ("saw", "heard", "camera", "uav", "satellite", "siren", "interview", "document", "telephone")
PHASES = ("outgoing", "impact", "airburst", "undetermined")
STATUSES = ("in-violation", "outside-storage", "not-verifiable", "in-situ", "missing", "again-missing")
"""Weapon holdings as missions publish them: in violation of withdrawal lines; beyond the lines but outside
designated storage; could not be verified as withdrawn; in situ, missing, again missing."""


@dataclass(frozen=True, slots=True)
class Weapon:
    """What was used or held; ``category`` None is "undetermined"."""

    category: str | None = None
    calibre_mm: Span | None = None
    system: str | None = None


@dataclass(frozen=True, slots=True)
class Harm:
    """Civilian harm as reported, in persons."""

    killed: Span | None = None
    injured: Span | None = None


@dataclass(frozen=True, slots=True)
class Coverage:
    """What was looked for: the acts the observer would have noticed, and the chance of it in ppm."""

    acts: tuple[str, ...]
    chance_ppm: int


@dataclass(frozen=True, slots=True)
class Access:
    """A denial or delay of the monitors' own movement."""

    by: str | None
    denied: bool
    delay_min: int | None
    patrol_size: int | None
    stated_reason: str | None
    prior_notice: bool | None


@dataclass(frozen=True, slots=True)
class Holding:
    """Weapons seen at a place, against withdrawal lines and storage."""

    status: str
    posture: str | None = None
    in_storage: bool | None = None


@dataclass(frozen=True, slots=True)
class Observation:
    """One statement of one source. ``uid`` is unique within its source.

    ``when`` holds every moment at which it may have happened (for coverage: when one looked).
    ``where`` None means that the place is not known. ``by`` is the party said or seen to have done
    it. ``of`` is the ``source/uid`` that a denial denies. ``relays`` is the ``source/uid`` or source id it is
    copied from. ``heading`` is an index into the compass points of places. ``grounds`` are the exemptions that
    the observation itself gives grounds for.
    ``credibility`` is the Admiralty digit, 1 to 6. ``media`` are SHA-256 digests in hex.
    """

    uid: str
    kind: Kind
    source: str
    when: Interval
    where: Region | None = None
    act: str | None = None
    means: str | None = None
    phase: str | None = None
    weapon: Weapon | None = None
    count: Span | None = None
    by: str | None = None
    heading: int | None = None
    harm: Harm | None = None
    of: str | None = None
    relays: str | None = None
    grounds: tuple[str, ...] = ()
    credibility: int = 6
    coverage: Coverage | None = None
    access: Access | None = None
    holding: Holding | None = None
    note: str | None = None
    media: tuple[str, ...] = ()
