"""A small office under the drill's agreement, for tests of desks, stores and whole ways."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import trucekeeper.drill
from trucekeeper.kernel.clock import Instant, Interval, SetClock, parse_utc
from trucekeeper.kernel.keys import Ed25519Signer
from trucekeeper.kernel.span import Span
from trucekeeper.observations import wire
from trucekeeper.observations.model import Coverage, Kind, Observation, Weapon
from trucekeeper.office.creation import create_office
from trucekeeper.office.wiring import Office, open_office
from trucekeeper.parties.model import Source
from trucekeeper.places.position import Disc, Position
from trucekeeper.record import entry
from trucekeeper.record.keyset import Holder, HolderKey, Role
from trucekeeper.record.ref import Ref

LAKESIDE = Path(trucekeeper.drill.__file__).parent / "lakeside"
START = parse_utc("2026-03-01T00:00:00.000Z")
HOUR_MS = 3_600_000
PEOPLE = {
    "ada": (Role.MONITOR, None),
    "ben": (Role.MONITOR, None),
    "cleo": (Role.PANEL, None),
    "dag": (Role.PANEL, None),
    "eve": (Role.PANEL, None),
    "liaison-a": (Role.LIAISON, "party-a"),
    "liaison-b": (Role.LIAISON, "party-b"),
}
SOURCES = (
    Source("patrol-lake", None, "mission", "patrol", "A"),
    Source("camera-lake", None, "mission-camera", "camera", "A"),
    Source("liaison-a", "party-a", "party-a", "liaison", "C"),
    Source("liaison-b", "party-b", "party-b", "liaison", "C"),
)
SPOT = Position(-21_000_000, -19_000_000)


def key_of(person: str) -> Ed25519Signer:
    """A person's key: the same in every run."""
    return Ed25519Signer(person.encode().ljust(32, b"."))


def holder(person: str) -> Holder:
    role, party = PEOPLE[person]
    return Holder(person, role, party, (HolderKey(key_of(person).public, Interval(START, None)),))


def seen(uid: str, at: Instant = START, **other: object) -> Observation:
    """An explosion of artillery on the lake, unless told otherwise."""
    said: dict[str, object] = {
        "kind": Kind.REPORT,
        "source": "patrol-lake",
        "when": Interval(at, Instant(at + 60_000)),
        "where": Disc(SPOT, 300),
        "act": "explosion",
        "means": "saw",
        "weapon": Weapon("artillery", Span.exactly(122)),
        "count": Span.exactly(3),
        "by": "party-a",
        "credibility": 1,
    }
    return Observation(uid=uid, **{**said, **other})  # type: ignore[arg-type]


def looked(uid: str, at: Instant = START, **other: object) -> Observation:
    """A shift of six hours on which the acts would have been noticed."""
    said: dict[str, object] = {
        "kind": Kind.COVERAGE,
        "source": "camera-lake",
        "when": Interval(at, Instant(at + 6 * HOUR_MS)),
        "where": Disc(SPOT, 5_000),
        "means": "camera",
        "coverage": Coverage(("explosion", "burst"), 900_000),
        "credibility": 1,
    }
    return Observation(uid=uid, **{**said, **other})  # type: ignore[arg-type]


@dataclass(slots=True)
class Kit:
    """An open office whose clock is set by hand, with everybody's keys at hand."""

    root: Path
    clock: SetClock
    office: Office
    uids: Iterator[int] = field(default_factory=lambda: count(1))

    def sealed(self, person: str, kind: str, body: object) -> bytes:
        """An envelope that this person signs now."""
        uid = f"{next(self.uids):032x}"
        origin = self.office.record.origin
        return entry.seal(key_of(person), kind, origin, uid, self.clock.now(), body)  # type: ignore[arg-type]

    def observe(self, person: str, *seen: Observation) -> tuple[Ref, ...]:
        """Received observations that this person signs."""
        envelopes = [self.sealed(person, wire.KIND, wire.body(one)) for one in seen]
        return tuple(Ref(receipt.index) for receipt in self.office.intake.receive(envelopes))

    def reopen(self) -> None:
        """Close the office and open it again."""
        self.office.close()
        self.office = open_office(self.root, self.clock)


def new_kit(root: Path) -> Kit:
    """A new office with its sources registered; the caller closes ``kit.office``."""
    clock = SetClock(START)
    people = [holder(person) for person in PEOPLE]
    create_office(root, LAKESIDE, people, origin="office.example/test", clock=clock)
    kit = Kit(root, clock, open_office(root, clock))
    for source in SOURCES:
        kit.office.intake.register_source(source, kit.office.signer)
    return kit
