"""What is refused, and that each refusal names the field and keeps the value to itself."""

from dataclasses import replace

import pytest

from trucekeeper.kernel.canon import Json
from trucekeeper.kernel.clock import Instant, Interval, parse_utc
from trucekeeper.kernel.errors import BadInput
from trucekeeper.kernel.span import Span
from trucekeeper.observations import wire
from trucekeeper.observations.model import Coverage, Harm, Kind, Observation, Weapon
from trucekeeper.places.position import Disc, Position, Sector

START = parse_utc("2026-03-05T12:30:00.000Z")
SEEN = Observation(
    uid="P3-0017",
    kind=Kind.REPORT,
    source="patrol-3",
    when=Interval(START, Instant(START + 60_000)),
    where=Sector(Position(-20_504_200, -19_012_500), 50, 5000, 7000, 6),
    act="explosion",
    means="heard",
    weapon=Weapon("artillery", Span(100, 152)),
    count=Span(101, None),
)


def test_the_body_of_an_observation_is_what_the_reference_shows() -> None:
    assert wire.body(SEEN) == {
        "uid": "P3-0017",
        "kind": "report",
        "source": "patrol-3",
        "when": {"start": "2026-03-05T12:30:00.000Z", "end": "2026-03-05T12:31:00.000Z"},
        "where": {
            "lat_u": -20_504_200,
            "lon_u": -19_012_500,
            "radius_m": 50,
            "near_m": 5000,
            "far_m": 7000,
            "bearing": 6,
        },
        "act": "explosion",
        "means": "heard",
        "weapon": {"category": "artillery", "calibre_mm": {"low": 100, "high": 152}},
        "count": {"low": 101},
        "credibility": 6,
    }


SECRET = "Jane Roe of 12 Mill Lane"


@pytest.mark.parametrize(
    ("change", "names"),
    [
        ({"kind": SECRET}, "kind is not known"),
        ({"act": SECRET}, "act is not a word"),
        ({"means": "guess"}, "means is not a word"),
        ({"phase": "boom"}, "phase is not a word"),
        ({"by": SECRET}, "by is not an identifier"),
        ({"source": "a/b"}, "source is not an identifier"),
        ({"uid": ""}, "uid is empty"),
        ({"uid": " a"}, "uid is empty, or begins"),
        ({"uid": "x" * 201}, "uid is longer than 200"),
        ({"note": SECRET + "\n"}, "note is empty, or begins or ends"),
        ({"note": SECRET + "\nb"}, "note holds control characters"),
        ({"note": "a\u202eb"}, "note holds control characters"),
        ({"note": "a\ud800b"}, "note holds control characters"),
        ({"note": "e\u0301"}, "note is not in Unicode form NFC"),
        ({"note": "x" * 2001}, "note is longer than 2000"),
        ({"note": 5}, "note is not text"),
        ({"count": {"low": -1}}, "count is out of its range"),
        ({"count": {"low": 5, "high": 3}}, "count: a range runs from"),
        ({"count": {"low": 1.0}}, "count.low is not a whole number"),
        ({"count": {"low": True}}, "count.low is not a whole number"),
        ({"count": 5}, "count is not an object"),
        ({"credibility": 0}, "credibility is out of its range"),
        ({"credibility": "3"}, "credibility is not a whole number"),
        ({"heading": 16}, "heading is out of its range"),
        ({"harm": {}}, "harm says neither"),
        ({"harm": {"killed": {"low": -1}}}, "harm.killed is out of its range"),
        ({"where": {"lat_u": 90_000_001, "lon_u": 0, "radius_m": 1}}, "where: a latitude is beyond"),
        ({"where": {"lat_u": 0, "lon_u": 0}}, "where.radius_m is missing"),
        ({"where": {"lat_u": 0, "lon_u": 0, "radius_m": -1}}, "where: a distance is negative"),
        (
            {"where": {"lat_u": 0, "lon_u": 0, "radius_m": 1, "near_m": 1}},
            "where lacks near_m, far_m or bearing",
        ),
        ({"where": {"lat_u": 0, "lon_u": 0, "radius_m": 30_000_000}}, "where.radius_m is out"),
        ({"when": {"start": "2026-03-05T12:30:00Z"}}, "when.start: a signed time"),
        ({"when": {"start": "2026-02-29T12:30:00.000Z"}}, "when.start: a time does not exist"),
        ({"when": {"start": "0000-02-28T12:30:00.000Z"}}, "when.start: a time does not exist"),
        ({"when": {"start": "1899-12-31T23:59:59.999Z"}}, "when is not between the years"),
        (
            {"when": {"start": "2026-03-05T12:30:00.000Z", "end": "2026-03-05T12:29:00.000Z"}},
            "when: an interval ends before",
        ),
        ({"weapon": {"category": "catapult"}}, "weapon.category is not a word"),
        ({"weapon": {"calibre_mm": {"low": 0}}}, "weapon.calibre_mm is out"),
        ({"weapon": {"colour": 1}}, "weapon.colour is not a field"),
        ({"coverage": {"acts": [], "chance_ppm": 1}}, "coverage.acts is empty"),
        ({"coverage": {"acts": ["shot", "shot"], "chance_ppm": 1}}, "coverage.acts is empty or names"),
        ({"coverage": {"acts": ["shot"], "chance_ppm": 1_000_001}}, "coverage.chance_ppm is out"),
        ({"access": {}}, "access.denied is missing"),
        ({"access": {"denied": 1}}, "access.denied is not true or false"),
        ({"holding": {"status": "lost"}}, "holding.status is not a word"),
        ({"of": "nobody"}, "of does not name an observation"),
        ({"grounds": []}, "grounds is an empty list"),
        ({"grounds": ["a", "a"]}, "grounds has over 100 members"),
        ({"grounds": "a"}, "grounds is not a list"),
        ({"media": ["abc"]}, "media holds what is no SHA-256"),
        ({"act": None}, "act is null"),
        ({"weapon": {"system": None}}, "weapon.system is null"),
        ({"surprise": 1}, "surprise is not a field"),
        ({"kind": "coverage"}, "coverage is missing"),
        ({"kind": "access-refused"}, "access is missing"),
        ({"kind": "holding"}, "holding is missing"),
        ({"kind": "denial"}, "of is missing"),
    ],
)
def test_a_body_outside_the_form_is_refused_with_its_field(change: dict[str, Json], names: str) -> None:
    with pytest.raises(BadInput) as refusal:
        wire.read(wire.body(SEEN) | change)
    sentence = str(refusal.value)
    assert sentence.startswith(f"observation: {names}")
    assert SECRET not in sentence
    assert "-20504200" not in sentence
    assert ";" in sentence or "write" in sentence


def test_a_holding_needs_a_weapon() -> None:
    body = wire.body(SEEN) | {"kind": "holding", "holding": {"status": "missing"}}
    del body["weapon"]
    with pytest.raises(BadInput, match="weapon is missing"):
        wire.read(body)


@pytest.mark.parametrize(
    "unsound",
    [
        replace(SEEN, act="nonsense"),
        replace(SEEN, harm=Harm()),
        replace(SEEN, kind=Kind.COVERAGE),
        replace(SEEN, coverage=Coverage(("shot",), -1)),
        replace(SEEN, where=Disc(Position(0, 0), 10**9)),
    ],
)
def test_what_could_not_be_read_back_is_never_written(unsound: Observation) -> None:
    with pytest.raises(BadInput):
        wire.body(unsound)


def test_a_deeply_nested_body_is_refused_without_recursion() -> None:
    deep: Json = 1
    for _ in range(100_000):
        deep = {"a": deep}
    with pytest.raises(BadInput, match="note is not text"):
        wire.read(wire.body(SEEN) | {"note": deep})
    # Taken down by hand: the interpreter would recurse in freeing it.
    while isinstance(deep, dict):
        deep = deep["a"]
