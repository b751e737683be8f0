"""An airspace desk over a record in memory, an index that asks `overlap` of everything, and requests to send it."""

import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count

import pytest

from trucekeeper.airspace import requests, wire
from trucekeeper.airspace.book import Book, Indexes
from trucekeeper.airspace.model import Client, NativeConstraint
from trucekeeper.airspace.refusals import Unaware
from trucekeeper.airspace.sent import parse
from trucekeeper.desks.airspace import AirspaceDesk, Itself
from trucekeeper.kernel.clock import Instant, SetClock, format_utc, parse_utc
from trucekeeper.kernel.keys import Ed25519Signer
from trucekeeper.movements.overlap import overlap
from trucekeeper.movements.ports import Index
from trucekeeper.movements.volume import Meeting, Volume
from trucekeeper.record import entry
from trucekeeper.record.entry import Entry
from trucekeeper.record.pen import Pen

NOW = parse_utc("2026-03-01T12:00:00.000Z")
HOUR = 3_600_000
COORDINATION = "utm.strategic_coordination"
CONFORMANCE = "utm.conformance_monitoring_sa"
MANAGEMENT = "utm.constraint_management"
PROCESSING = "utm.constraint_processing"
ARBITRATION = "utm.availability_arbitration"
EVERY = frozenset({COORDINATION, CONFORMANCE, MANAGEMENT, PROCESSING, ARBITRATION})
ONE, TWO = Client("uss1", EVERY), Client("uss2", EVERY)
SIGNER = Ed25519Signer(b"an office".ljust(32, b"."))
URL = "https://uss1.example/utm"
NEW = {"uss_base_url": URL}
REFERENCE = "operational_intent_reference"


@dataclass
class PlainIndex:
    """What every index must answer: each pair is asked for."""

    held: dict[str, tuple[Volume, ...]] = field(default_factory=dict)

    def put(self, key: str, volumes: Sequence[Volume]) -> None:
        self.held[key] = tuple(volumes)

    def fill(self, items: Mapping[str, Sequence[Volume]]) -> None:
        for key, volumes in items.items():
            self.put(key, volumes)

    def remove(self, key: str) -> None:
        self.held.pop(key, None)

    def meeting(self, volumes: Sequence[Volume]) -> tuple[Meeting, ...]:
        return tuple(
            Meeting(key, number, by)
            for key, kept in sorted(self.held.items())
            for number, one in enumerate(kept)
            for by, asked in enumerate(volumes)
            if overlap(one, asked)
        )

    def volumes(self, key: str) -> tuple[Volume, ...]:
        return self.held.get(key, ())

    def keys(self) -> Iterator[str]:
        return iter(tuple(self.held))

    def clear(self) -> None:
        self.held.clear()


@dataclass
class Line:
    index: int
    entry: Entry


@dataclass
class MemoryRecord:
    """As much of a record as a desk asks for."""

    origin: str = "office.example/record"
    lines: list[bytes] = field(default_factory=list)

    def append(self, envelopes: Sequence[bytes]) -> tuple[Line, ...]:
        first = len(self.lines)
        self.lines.extend(envelopes)
        return tuple(Line(first + at, entry.opened(envelope)) for at, envelope in enumerate(envelopes))

    def size(self) -> int:
        return len(self.lines)

    def entries(self, kinds: Sequence[str] = ()) -> Iterator[Line]:
        for index, envelope in enumerate(self.lines):
            found = entry.opened(envelope)
            if found.kind in kinds:
                yield Line(index, found)


@dataclass
class Cells:
    """The office's own constraints, met as `overlap` says."""

    known: tuple[NativeConstraint, ...] = ()

    def meeting(self, volumes: Sequence[Volume], sub: str) -> tuple[NativeConstraint, ...]:
        assert sub
        return tuple(
            one
            for one in self.known
            if any(overlap(cell, asked) for cell in one.volumes for asked in volumes)
        )

    def named(self, key: str, sub: str) -> NativeConstraint | None:
        assert sub
        return next((one for one in self.known if one.id == key), None)


@dataclass
class Kit:
    """A desk whose clock is set by hand."""

    clock: SetClock
    record: MemoryRecord
    hidden: Cells
    desk: AirspaceDesk

    def intent(self, client: Client, key: str, body: object, ovn: str | None = None):
        return self.desk.put_intent(client, key, ovn, requests.intent(sent(body)))

    def constraint(self, client: Client, key: str, body: object, ovn: str | None = None):
        return self.desk.put_constraint(client, key, ovn, requests.constraint(sent(body)))

    def subscription(self, client: Client, key: str, body: object, version: str | None = None):
        return self.desk.put_subscription(client, key, version, requests.subscription(sent(body)))

    def rebuilt(self) -> Book:
        """The state made anew from the record alone."""
        book = Book(indexes())
        book.replay(wire.read(dict(line.entry.body)) for line in self.record.entries((wire.KIND,)))
        return book

    def matches(self) -> None:
        """The live state is what the record says."""
        live, anew = self.desk.state(), self.rebuilt()
        for name in ("intents", "constraints", "subscriptions", "standings"):
            assert getattr(live, name) == getattr(anew, name)
        for name in ("intents", "constraints", "subscriptions"):
            one, other = getattr(live.indexes, name), getattr(anew.indexes, name)
            assert _content(one) == _content(other)
        for key in live.subscriptions:
            assert live.dependents(key) == anew.dependents(key)


def _content(index: Index) -> dict[str, tuple[Volume, ...]]:
    keys = tuple(index.keys())
    return {key: index.volumes(key) for key in keys}


def indexes() -> Indexes:
    return Indexes(PlainIndex(), PlainIndex(), PlainIndex())


def new_kit(made: Indexes | None = None, hidden: Cells | None = None) -> Kit:
    clock, record, cells, drawn = SetClock(NOW), MemoryRecord(), hidden or Cells(), count(1_000_000)

    def draw(size: int) -> bytes:
        return next(drawn).to_bytes(size, "big")

    pen = Pen(record, clock, draw)  # type: ignore[arg-type]
    desk = AirspaceDesk(
        pen, lambda: SIGNER, lambda: made or indexes(), Itself("office", "https://office.example"), cells
    )
    return Kit(clock, record, cells, desk)


def sent(body: object):
    """A body as the wire would bring it."""
    return parse(written(body))


def written(body: object) -> bytes:
    return json.dumps(body).encode()


def an_id(number: int) -> str:
    """A UUIDv4, the same for the same number."""
    return str(uuid.UUID(int=number, version=4))


def time(at: int) -> dict[str, str]:
    return {"value": format_utc(Instant(at)), "format": "RFC3339"}


def altitude(value: float) -> dict[str, object]:
    return {"value": value, "reference": "W84", "units": "M"}


def circle(lat: float = 48.0, lng: float = 37.0, radius: float = 300.0) -> dict[str, object]:
    return {"outline_circle": {"center": {"lat": lat, "lng": lng}, "radius": {"value": radius, "units": "M"}}}


def polygon(*corners: tuple[float, float]) -> dict[str, object]:
    return {"outline_polygon": {"vertices": [{"lat": lat, "lng": lng} for lat, lng in corners]}}


def box(south: float, west: float, north: float, east: float) -> dict[str, object]:
    return polygon((south, west), (south, east), (north, east), (north, west))


def volume(
    outline: Mapping[str, object] | None = None,
    start: int | None = NOW,
    end: int | None = NOW + HOUR,
    low: float | None = 50,
    high: float | None = 120,
) -> dict[str, object]:
    solid = dict(circle() if outline is None else outline)
    if low is not None:
        solid["altitude_lower"] = altitude(low)
    if high is not None:
        solid["altitude_upper"] = altitude(high)
    said: dict[str, object] = {"volume": solid}
    if start is not None:
        said["time_start"] = time(start)
    if end is not None:
        said["time_end"] = time(end)
    return said


def intent(*volumes: dict[str, object], **other: object) -> dict[str, object]:
    """An intent to be accepted; anything about it may be said otherwise."""
    return {
        "extents": list(volumes or (volume(),)),
        "state": "Accepted",
        "uss_base_url": URL,
        "key": [],
        **other,
    }


def constraint(*volumes: dict[str, object]) -> dict[str, object]:
    return {"extents": list(volumes or (volume(),)), "uss_base_url": URL}


def subscription(extents: dict[str, object] | None = None, **other: object) -> dict[str, object]:
    return {
        "extents": volume() if extents is None else extents,
        "uss_base_url": URL,
        "notify_for_operational_intents": True,
        "notify_for_constraints": False,
        **other,
    }


def notified(answer: Mapping[str, object]) -> dict[str, int]:
    """The subscriptions that are to be told, each with its index."""
    return {
        state["subscription_id"]: state["notification_index"]
        for one in answer["subscribers"]  # type: ignore[attr-defined]
        for state in one["subscriptions"]
    }


def put(kit: Kit, number: int, client: Client = ONE, ovn: str | None = None, **said: object) -> dict:
    volumes = said.pop("volumes", (volume(),))
    return kit.intent(client, an_id(number), intent(*volumes, **said), ovn)[REFERENCE]


def missing(kit: Kit, number: int, client: Client = ONE, ovn: str | None = None, **said: object) -> set[str]:
    with pytest.raises(Unaware) as refused:
        put(kit, number, client, ovn, **said)
    return {one["id"] for one in refused.value.intents}


def seen(kit: Kit, key: str, client: Client = ONE) -> dict:
    return kit.desk.subscription(client, key)["subscription"]
