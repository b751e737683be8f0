"""The signed forms: what is read is what was written, and nothing else is taken."""

import copy
import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.movements.sample import NOW, call, convoy, site, step, word
from trucekeeper.kernel import canon
from trucekeeper.kernel.canon import Json
from trucekeeper.kernel.clock import Instant
from trucekeeper.kernel.errors import BadInput
from trucekeeper.movements.model import (
    Acknowledgement,
    Altitudes,
    Answer,
    Corridor,
    Ground,
    Kind,
    Notice,
    Op,
    Step,
    Vehicle,
    Waypoint,
)
from trucekeeper.movements.volume import Footprint, Form
from trucekeeper.movements.wire import notices, steps
from trucekeeper.places.position import Position

positions = st.builds(Position, st.integers(-90_000_000, 90_000_000), st.integers(-180_000_000, 180_000_000))
moments = st.integers(NOW, NOW + 10**10).map(Instant)
rings = st.lists(positions, min_size=3, max_size=6).map(tuple)
footprints = st.one_of(
    st.builds(Footprint, st.just(Form.POINT), st.tuples(positions), st.integers(0, 10_000_000)),
    st.builds(
        Footprint,
        st.just(Form.RING),
        rings,
        st.integers(0, 10_000_000),
        st.lists(rings, max_size=2).map(tuple),
    ),
)
grounds = st.builds(
    Ground, st.lists(footprints, min_size=1, max_size=3).map(tuple), moments, st.none() | moments
)
waypoints = st.builds(Waypoint, positions, moments, moments)
corridors = st.builds(
    Corridor, st.lists(waypoints, min_size=2, max_size=5).map(tuple), st.integers(1, 100_000)
)
words = st.text("abc ÄЖ", min_size=1, max_size=20).map(str.strip).filter(bool)
announcements = st.builds(
    replace,
    st.just(site()),
    kind=st.sampled_from(Kind),
    organisation=words,
    where=grounds | corridors,
    uncertainty_m=st.integers(0, 100_000),
    altitudes=st.none() | st.builds(Altitudes, st.just(-5), st.integers(0, 500)),
    vehicles=st.lists(st.builds(Vehicle, words, words, st.none() | words), max_size=3).map(tuple),
    staff=st.none() | st.integers(0, 900),
    cargo=st.none() | words,
    photo_sha256=st.none() | st.just("ab" * 32),
    emergency=st.booleans(),
    amends=st.none() | st.integers(2, 10**9),
    taken_down=st.none() | st.just(call()),
)


@given(announcements)
def test_a_notice_is_read_as_it_was_written_through_canonical_bytes(notice: Notice) -> None:
    body = notices.body(notice)
    assert notices.read(json.loads(canon.encode(body))) == notice


@pytest.mark.parametrize(
    "said",
    [
        Step(10, Op.CHECK),
        Step(10, Op.TRANSMIT, recipient="liaison-a", channel="sheet"),
        Step(10, Op.WAIVE, says="both know", meets=(3, 9), by="officer"),
        Step(10, Op.CALL, recipient="liaison-a", read_back=call()),
        Step(10, Op.RELEASE, purpose="case", read_back=call("fax")),
    ],
)
def test_a_step_is_read_as_it_was_written(said: Step) -> None:
    assert steps.read_step(json.loads(canon.encode(steps.step_body(said)))) == said


@given(st.sampled_from(Answer), st.none() | st.just(call("radio")), st.integers(2, 10**6), st.integers(0, 10))
def test_an_answer_is_read_as_it_was_written(answer: Answer, down: object, notice: int, more: int) -> None:
    said = Acknowledgement(notice, notice + more, "liaison-a", answer, "we ask why")
    said = replace(said, taken_down=down)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    assert steps.read_answer(json.loads(canon.encode(steps.answer_body(said)))) == said


def _set(path: str, value: Json) -> Callable[[dict[str, Json]], None]:
    def change(body: dict[str, Json]) -> None:
        names = path.split(".")
        at: Json = body
        for name in names[:-1]:
            assert isinstance(at, dict | list)
            at = at[int(name)] if isinstance(at, list) else at[name]
        assert isinstance(at, dict)
        at[names[-1]] = value

    return change


@pytest.mark.parametrize(
    ("path", "value", "says"),
    [
        ("kind", "parade", "kind is none that is known"),
        ("recipients", [], "names nobody, so nobody would know"),
        ("recipients", ["liaison-a", "liaison-a"], "names somebody twice"),
        ("recipients", ["liaison a"], "no id of a holder"),
        ("contact.number", "call us", "number that can be called from abroad"),
        ("uncertainty_m", 20.5, "uncertainty_m is not a whole number"),
        ("uncertainty_m", 100_001, "between 0 and 100,000"),
        ("low_m", 10, "go together"),
        ("source", "a friend", "source is none that is known"),
        ("where.areas.0.points", [[9_500_000]], "no pair"),
        ("where.areas.0.points", [[95_000_000, 0]], "beyond the poles"),
        ("where.areas.0.form", "star", "is none of point, path, ring"),
        ("where.areas", [], "holds none"),
        ("where.width_m", 5, "neither areas with a start, nor waypoints"),
        ("where.start", "tomorrow", "write UTC"),
        ("designation", " ", "empty"),
        ("photo_sha256", "face", "no SHA-256"),
        ("vehicles", [], "leave it out"),
        (
            "taken_down",
            {"by": "c", "caller": "x", "channel": "fax", "heard_by": "c"},
            "takes two members of staff",
        ),
        ("taken_down", {"by": "c", "caller": "x", "channel": "pigeon", "heard_by": "d"}, "channel is none"),
        ("amends", 1, "no entry of a notice"),
        ("approved", True, "is not a field of this form"),
        ("staff", None, "leave out what is not known"),
    ],
)
def test_a_notice_that_is_none_is_refused_in_one_sentence(path: str, value: Json, says: str) -> None:
    body = copy.deepcopy(notices.body(site()))
    _set(path, value)(body)
    with pytest.raises(BadInput, match=says):
        notices.read(body)


def test_a_million_points_are_refused_before_any_is_looked_at() -> None:
    body = notices.body(site())
    _set("where.areas", [{"form": "ring", "points": [[0, 0]] * 1_000_000, "reach_cm": 0}])(body)
    with pytest.raises(BadInput, match="more than 10000; simplify"):
        notices.read(body)


def test_a_route_of_one_place_or_of_no_width_is_refused() -> None:
    body = notices.body(convoy())
    _set("where.waypoints", [])(body)
    with pytest.raises(BadInput, match="fewer than 2"):
        notices.read(body)
    body = notices.body(convoy())
    _set("where.width_m", 0)(body)
    with pytest.raises(BadInput, match="width_m is not between"):
        notices.read(body)


@pytest.mark.parametrize(
    ("said", "says"),
    [
        ({"op": "transmit", "recipient": "liaison-a"}, "channel is missing; the step transmit needs it"),
        ({"op": "transmit", "recipient": "liaison-a", "channel": "pigeon"}, "channel is none"),
        ({"op": "waive", "says": "so", "by": "officer"}, "meets is missing"),
        ({"op": "waive", "says": "so", "by": "officer", "meets": [9, 3]}, "ascending order"),
        ({"op": "check", "purpose": "case"}, "does not belong to the step check"),
        ({"op": "release", "purpose": "press"}, "purpose is none"),
        ({"op": "approve"}, "op is none that is known"),
        ({"op": "check", "notice": 1}, "no entry of a notice"),
    ],
)
def test_a_step_that_is_none_is_refused_in_one_sentence(said: dict[str, Json], says: str) -> None:
    with pytest.raises(BadInput, match=says):
        steps.read_step({"notice": 10, **said})


def test_who_queries_or_objects_says_what() -> None:
    body = steps.answer_body(Acknowledgement(10, 10, "liaison-a", Answer.ACKNOWLEDGED))
    with pytest.raises(BadInput, match="says is missing; say what is objected"):
        steps.read_answer({**body, "answer": "objected"})
    with pytest.raises(BadInput, match="older than the notice"):
        steps.read_answer({**body, "version": 9})


def test_the_lines_of_the_samples_are_forms_too() -> None:
    for line in (step(Op.CHECK, 11), step(Op.CALL, 12, recipient="liaison-a", read_back=call())):
        assert isinstance(line.what, Step)
        assert steps.read_step(steps.step_body(line.what)) == line.what
    said = word(Answer.RECEIVED, 13).what
    assert isinstance(said, Acknowledgement)
    assert steps.read_answer(steps.answer_body(said)) == said
