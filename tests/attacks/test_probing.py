"""Somebody who is not cleared asks ten thousand times about thin volumes to find hidden sites, and learns their cells.

The attacker knows the algorithm, the agreed cell, how large a site is and all answers so far, and asks on from them.
The same attacker finds a site within metres where answers come from its true volume: so the attack is a real one.
"""

import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from pyproj import Geod

from tests.api.desk_kit import Desk, found_desk, new_desk
from tests.movements import sample
from trucekeeper.kernel.clock import Instant, format_utc
from trucekeeper.movements.cells import Cell, cell_of
from trucekeeper.movements.overlap import overlap
from trucekeeper.movements.volume import Footprint, Form, Volume
from trucekeeper.places.position import Position

WGS84 = Geod(ellps="WGS84")
CELL_M = 10_000
SITE_CM = 30_000
DAY_MS = 86_400_000
NOW = Instant(1_772_000_000_000)
SITES, PROBES = 25, 400

Answer = frozenset[tuple[str, Instant | None, Instant | None]]
Ask = Callable[[Volume], Answer]


def moved(at: Position, bearing: float, metres: float) -> Position:
    lon, lat, _ = WGS84.fwd(at.lon_u / 1e6, at.lat_u / 1e6, bearing, metres)
    return Position(round(lat * 1e6), round(lon * 1e6))


def site(at: Position) -> Volume:
    return Volume(Footprint(Form.POINT, (at,), SITE_CM), NOW, None)


def shown(cell: Cell) -> Answer:
    return frozenset({(str(cell.uuid), cell.start, cell.end)})


def meets(probe: Volume, volumes: Sequence[Volume]) -> bool:
    return any(overlap(probe, one) for one in volumes)


def as_the_desk(hidden: Volume) -> Ask:
    cell = cell_of((hidden,), CELL_M)
    return lambda probe: shown(cell) if meets(probe, cell.volumes) else frozenset()


def as_the_truth(hidden: Volume) -> Ask:
    return lambda probe: frozenset({("hit", None, None)}) if overlap(probe, hidden) else frozenset()


@dataclass
class Attacker:
    """Knows about where the site is, to 60 km; asks, and keeps what it asked."""

    ask: Ask
    about: Position
    draw: random.Random
    now: Instant = NOW
    asked: list[tuple[Volume, Answer]] = field(default_factory=list)

    def hits(self, footprint: Footprint, **bounds: int) -> bool:
        start = Instant(bounds.get("start", self.now + 5 * DAY_MS))
        end = Instant(bounds.get("end", start + 1_000))
        probe = Volume(footprint, start, end, bounds.get("low"), bounds.get("high"))
        answer = self.ask(probe)
        self.asked.append((probe, answer))
        return bool(answer)

    def line(self, bearing: float, far_m: float) -> Footprint:
        """A line without width across ``bearing``, so far along it."""
        foot = moved(self.about, bearing, far_m)
        return Footprint(Form.PATH, (moved(foot, bearing - 90, 90_000), moved(foot, bearing + 90, 90_000)))

    def half(self, bearing: float, far_m: float) -> Footprint:
        """A strip behind such a line, 120 km deep."""
        deep = [self.line(bearing, far_m).points, self.line(bearing, far_m + 120_000).points]
        return Footprint(Form.RING, (*deep[0], *reversed(deep[1])))

    def bisect(self, bearing: float) -> float:
        """Where along ``bearing`` what answers ends, to a metre."""
        low, high = -100_000.0, 100_000.0
        while high - low > 1:
            middle = (low + high) / 2
            low, high = (middle, high) if self.hits(self.half(bearing, middle)) else (low, middle)
        return low

    def attack(self, probes: int) -> tuple[float, float]:
        """Every way of asking in turn; gives the estimate that follows, in metres east and north of ``about``."""
        edges = {bearing: self.bisect(bearing) for bearing in (0, 45, 90, 135, 180, 225, 270, 315)}
        guess = (edges[90] - edges[270]) / 2, (edges[0] - edges[180]) / 2
        for footprint, bounds in self._ideas(guess):
            if len(self.asked) >= probes:
                break
            self.hits(footprint, **bounds)
        return guess

    def _ideas(self, guess: tuple[float, float]) -> Iterator[tuple[Footprint, dict[str, int]]]:
        while True:
            bearing, far = self.draw.uniform(0, 360), self.draw.gauss(0, 9_000)
            at = moved(moved(self.about, 90, guess[0]), 0, guess[1])
            spot = moved(at, bearing, far)
            small = Footprint(Form.POINT, (spot,), self.draw.choice([0, 100, 5_000, 200_000]))
            yield small, {}
            yield self.line(bearing, far + guess[0]), {}
            yield Footprint(Form.PATH, (spot, moved(spot, bearing + 90, 3_000)), 50), {}
            early = self.now + self.draw.randint(-2 * DAY_MS, DAY_MS)
            yield small, {"start": early, "end": early + self.draw.choice([0, 1_000, 3_600_000])}
            low = self.draw.randint(-10_000, 900_000)
            yield small, {"low": low, "high": low + 1}


def hidden_sites() -> list[Position]:
    """All over the Earth, some near poles and the antimeridian."""
    draw = random.Random(20_260_301)
    found = [
        Position(
            round(math.degrees(math.asin(draw.uniform(-1, 1))) * 1e6), round(draw.uniform(-180, 180) * 1e6)
        )
        for _ in range(SITES - 4)
    ]
    return [
        *found,
        Position(89_990_000, 10_000_000),
        Position(-89_200_000, -120_000_000),
        Position(12_345_678, 179_999_000),
        Position(-60_000_000, -179_998_000),
    ]


def possible_m2(attacker: Attacker, cell: Cell, draw: random.Random) -> float:
    """The area of places at which a site would have given all the answers that were given."""
    disc = cell.footprints[0]
    radius_m = disc.reach_cm / 100
    tries, consistent = 400, 0
    for _ in range(tries):
        at = moved(disc.points[0], draw.uniform(0, 360), math.sqrt(draw.random()) * radius_m)
        other = cell_of((site(at),), CELL_M)
        if other == cell or all(
            (shown(other) if meets(probe, other.volumes) else frozenset()) == answer
            for probe, answer in attacker.asked
        ):
            consistent += 1
    return consistent / tries * math.pi * radius_m**2


def test_ten_thousand_adaptive_probes_find_no_site_within_its_cell() -> None:
    draw = random.Random(7)
    asked = 0
    for at in hidden_sites():
        about = moved(at, draw.uniform(0, 360), draw.uniform(0, 60_000))
        attacker = Attacker(as_the_desk(site(at)), about, draw)
        attacker.attack(PROBES)
        asked += len(attacker.asked)
        assert {answer for _, answer in attacker.asked} <= {frozenset(), shown(cell_of((site(at),), CELL_M))}
        assert any(answer for _, answer in attacker.asked)
        assert possible_m2(attacker, cell_of((site(at),), CELL_M), draw) >= CELL_M**2
    assert asked == 10_000


def over_http(desk: Desk) -> Ask:
    """The whole door: signed requests of a notifier who was not told of the site."""

    def ask(probe: Volume) -> Answer:
        area: dict[str, object] = {
            "form": probe.footprint.form.value,
            "points": [[at.lat_u, at.lon_u] for at in probe.footprint.points],
            "reach_cm": probe.footprint.reach_cm,
        }
        assert probe.start is not None
        assert probe.end is not None
        asked = {"footprint": area, "start": format_utc(probe.start), "end": format_utc(probe.end)}
        if probe.low_cm is not None and probe.high_cm is not None:
            asked |= {"low_m": probe.low_cm // 100, "high_m": probe.high_cm // 100 + 1}
        answer = desk.ask("relief-2", "POST", "/api/v1/conflicts", {"volumes": [asked]})
        assert answer.status_code == 200, answer.text
        (note,) = set(answer.json()) - {"conflicts"}
        assert note == "note"
        cells = [one.pop("cell") for one in answer.json()["conflicts"]]
        return frozenset({(one["id"], one["start"], one.get("end")) for one in cells})

    return ask


def test_the_door_itself_answers_every_probe_with_the_cell_or_with_nothing(tmp_path: Path) -> None:
    found_desk(tmp_path / "founded")
    desk = new_desk(tmp_path / "founded", tmp_path / "office", probes_an_hour=100_000)
    try:
        at = Position(9_500_000, -18_200_000)
        number = desk.announced(sample.site(at.lat_u, at.lon_u))
        dossier = desk.office.movements.register.dossier(number)
        cell = desk.office.movements.desk.cell(dossier)
        draw = random.Random(11)
        attacker = Attacker(over_http(desk), moved(at, 130, 20_000), draw, sample.NOW)
        attacker.attack(220)
        assert cell.start is not None
        told = frozenset({(str(cell.uuid), format_utc(cell.start), None)})
        for probe, answer in attacker.asked:
            assert answer == (told if meets(probe, cell.volumes) else frozenset())
        assert {answer for _, answer in attacker.asked} == {told, frozenset()}
        asked = next(one for one in desk.office.movements.looking.counts() if one.caller == "relief-2")
        assert asked.asked == len(attacker.asked) == 220
    finally:
        desk.close()


def test_the_same_attack_on_true_volumes_would_find_the_site() -> None:
    draw = random.Random(8)
    at = Position(9_500_000, -18_200_000)
    about = moved(at, 77, 31_000)
    attacker = Attacker(as_the_truth(site(at)), about, draw)
    east, north = attacker.attack(PROBES)
    found = moved(moved(about, 90, east), 0, north)
    assert WGS84.inv(found.lon_u / 1e6, found.lat_u / 1e6, at.lon_u / 1e6, at.lat_u / 1e6)[2] < 400


@pytest.mark.parametrize("at", [Position(9_500_000, -18_200_000), Position(70_000_000, 179_999_900)])
def test_a_second_site_in_the_cell_changes_no_answer(at: Position) -> None:
    cell = cell_of((site(at),), CELL_M)
    draw = random.Random(9)
    neighbours = [moved(at, draw.uniform(0, 360), draw.uniform(0, 9_000)) for _ in range(60)]
    inside = [one for one in neighbours if cell_of((site(one),), CELL_M).id == cell.id]
    assert inside
    assert {cell_of((site(one),), CELL_M) for one in inside} == {cell}


def test_a_site_registered_again_and_again_shows_nothing_new() -> None:
    at = Position(9_500_000, -18_200_000)
    again = {
        cell_of((Volume(site(at).footprint, Instant(NOW + n * 60_000), None),), CELL_M) for n in range(20)
    }
    assert len({(one.id, one.footprints) for one in again}) == 1
