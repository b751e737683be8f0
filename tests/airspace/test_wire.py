"""airspace/v1 reads back exactly what was written, and the state made from the record is the live one."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.airspace.kit import (
    HOUR,
    NOW,
    ONE,
    TWO,
    URL,
    Kit,
    an_id,
    circle,
    constraint,
    intent,
    new_kit,
    subscription,
    volume,
)
from trucekeeper.airspace import wire
from trucekeeper.airspace.model import (
    Availability,
    Constraint,
    Intent,
    Report,
    Resource,
    Standing,
    State,
    Subscription,
    Write,
)
from trucekeeper.airspace.requests import AvailabilityRequest
from trucekeeper.kernel import canon
from trucekeeper.kernel.clock import Instant
from trucekeeper.kernel.errors import BadInput, TruceError
from trucekeeper.movements.volume import Footprint, Form, Volume
from trucekeeper.places.position import Position

instants = st.integers(0, 4 * 10**12).map(Instant)
ids = st.integers(0, 2**128 - 1).map(an_id)
tokens = st.text("abcXYZ019-_.", min_size=16, max_size=128)
names = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)
positions = st.builds(Position, st.integers(-90_000_000, 90_000_000), st.integers(-180_000_000, 180_000_000))


@st.composite
def footprints(draw: st.DrawFn) -> Footprint:
    form = draw(st.sampled_from(Form))
    least, most = {Form.POINT: (1, 1), Form.PATH: (2, 4), Form.RING: (3, 5)}[form]
    points = draw(st.lists(positions, min_size=least, max_size=most))
    return Footprint(form, tuple(points), draw(st.integers(0, 10**7)))


@st.composite
def volumes(draw: st.DrawFn) -> Volume:
    times, levels = (
        sorted(draw(st.tuples(instants, instants))),
        sorted(draw(st.tuples(st.integers(), st.integers()))),
    )
    start, end = (draw(st.sampled_from((None, one))) for one in times)
    low, high = (draw(st.sampled_from((None, max(-(2**40), min(2**40, one))))) for one in levels)
    return Volume(draw(footprints()), start, end, low, high)


some = st.lists(volumes(), min_size=1, max_size=3).map(tuple)
urls = st.just(URL)
intents = st.builds(
    Intent, ids, names, tokens, st.integers(1, 99), st.sampled_from(State), some, urls, st.none() | ids
)
constraints = st.builds(Constraint, ids, names, tokens, st.integers(1, 99), some, urls)
explicit = st.builds(
    Subscription, ids, names, tokens, some, urls, st.booleans(), st.booleans(), st.just(False), st.integers(0, 99)
)  # fmt: skip
implicit = st.builds(
    Subscription, ids, names, tokens, st.just(()), urls, st.just(True), st.booleans(), st.just(True), st.integers(0, 9)
)  # fmt: skip
EXCHANGE = {
    "url": URL,
    "method": "GET",
    "recorder_role": "Server",
    "request_time": {"value": "2026-03-01T12:00:00Z", "format": "RFC3339"},
}
reports = st.builds(Report, ids, st.dictionaries(st.just("problem"), names).map(lambda more: EXCHANGE | more))
standings = st.builds(Standing, names, st.sampled_from(Availability), tokens)
lists = st.lists(ids, max_size=3, unique=True).map(tuple)


@st.composite
def writes(draw: st.DrawFn) -> Write:
    resource = draw(st.sampled_from(Resource))
    written = {
        Resource.INTENT: intents,
        Resource.CONSTRAINT: constraints,
        Resource.SUBSCRIPTION: explicit,
        Resource.AVAILABILITY: standings,
        Resource.REPORT: reports,
        Resource.NATIVE: st.none(),
    }[resource]
    one = draw(written if resource in {Resource.AVAILABILITY, Resource.REPORT} else written | st.none())
    key = one.uss if isinstance(one, Standing) else draw(ids) if one is None else one.id
    more = draw(implicit) if resource is Resource.INTENT and draw(st.booleans()) else None
    return Write(draw(names), resource, key, draw(instants), one, more, draw(lists), draw(lists))


@given(write=writes())
def test_what_is_written_is_read_back(write):
    body = wire.body(write)
    assert wire.read(canon.decode_object(canon.encode(body), 2**20)) == write


@given(
    write=writes(), field=st.sampled_from(("owner", "resource", "id", "at", "notified", "more", "standing"))
)
def test_a_body_of_another_form_is_refused(write, field):
    body = wire.body(write)
    body[field] = 1.5  # type: ignore[assignment]
    with pytest.raises(BadInput):
        wire.read(body)


@pytest.mark.parametrize(
    "wrong",
    [
        Write("a", Resource.INTENT, an_id(1), NOW, Standing("a")),
        Write("a", Resource.INTENT, "x", NOW),
        Write("", Resource.INTENT, an_id(1), NOW),
        Write("a", Resource.INTENT, an_id(1), NOW, dropped=("x",)),
        Write("a", Resource.INTENT, an_id(1), NOW, notified=("x",)),
        Write("a", Resource.NATIVE, "cells", NOW, Standing("a")),
        Write(
            "a",
            Resource.SUBSCRIPTION,
            an_id(1),
            NOW,
            Subscription(an_id(2), "a", "x" * 16, (), URL, True, True),
        ),
        Write(
            "a",
            Resource.SUBSCRIPTION,
            an_id(1),
            NOW,
            Subscription(an_id(1), "a", "x" * 16, (), URL, True, True),
        ),
        Write("a", Resource.CONSTRAINT, an_id(1), NOW, Constraint(an_id(1), "a", "short", 1, (), URL)),
    ],
)
def test_a_write_that_means_nothing_cannot_be_written(wrong):
    with pytest.raises(BadInput):
        wire.body(wrong)


SPOTS = (48.0, 48.002, 50.0)
steps = st.tuples(
    st.sampled_from(("intent", "constraint", "subscription", "delete", "availability", "report", "wait")),
    st.integers(0, 3),
    st.sampled_from((ONE, TWO)),
    st.sampled_from(SPOTS),
    st.booleans(),
)


@given(story=st.lists(steps, max_size=25))
def test_the_state_made_from_the_record_is_the_live_one(story):
    kit = new_kit()
    for step in story:
        with suppress(TruceError):
            _act(kit, *step)
        kit.matches()
    for found in kit.desk.state().subscriptions.values():
        assert not found.implicit or kit.desk.state().dependents(found.id)


def _act(kit: Kit, kind: str, number: int, client: object, lat: float, more: bool) -> None:
    book, key, now = kit.desk.state(), an_id(number), kit.clock.now()
    body = volume(circle(lat), now, now + HOUR)
    if kind == "wait":
        kit.clock.at = Instant(now + 40 * 60_000)
    elif kind == "intent":
        old = book.intents.get(key)
        known = [one.ovn for one in (*book.intents.values(), *book.constraints.values())]
        rest: dict[str, object] = {"new_subscription": {"uss_base_url": URL, "notify_for_constraints": more}}
        own = [one.id for one in book.subscriptions.values() if one.manager == client.sub]  # type: ignore[attr-defined]
        if own and not more:
            rest = {"subscription_id": own[number % len(own)]}
        kit.intent(client, key, intent(body, key=known, **rest), None if old is None else old.ovn)  # type: ignore[arg-type]
    elif kind == "constraint":
        old_one = book.constraints.get(key)
        kit.constraint(client, key, constraint(body), None if old_one is None else old_one.ovn)  # type: ignore[arg-type]
    elif kind == "subscription":
        old_sub = book.subscriptions.get(an_id(10 + number))
        wide = volume(circle(lat, radius=900), None, None, None, None)
        said = subscription(wide, notify_for_constraints=more)
        kit.subscription(client, an_id(10 + number), said, None if old_sub is None else old_sub.version)  # type: ignore[arg-type]
    elif kind == "availability":
        request = AvailabilityRequest(
            book.standing("uss1").version, Availability.DOWN if more else Availability.NORMAL
        )
        kit.desk.put_availability(client, "uss1", request)  # type: ignore[arg-type]
    elif kind == "report":
        kit.desk.report(client, dict(EXCHANGE))  # type: ignore[arg-type]
    elif more and key in book.intents:
        kit.desk.delete_intent(client, key, book.intents[key].ovn)  # type: ignore[arg-type]
    elif key in book.constraints:
        kit.desk.delete_constraint(client, key, book.constraints[key].ovn)  # type: ignore[arg-type]


def test_an_entry_that_was_erased_breaks_none_of_those_after_it():
    kit = new_kit()
    kit.subscription(ONE, an_id(8), subscription())
    made = kit.intent(ONE, an_id(1), intent(subscription_id=an_id(8)))
    ovn = made["operational_intent_reference"]["ovn"]
    kit.desk.delete_intent(ONE, an_id(1), ovn)
    whole = list(kit.record.lines)
    for gone in range(len(whole)):
        kit.record.lines[:] = whole[:gone] + whole[gone + 1 :]
        assert set(kit.rebuilt().intents) == ({an_id(1)} if gone == 2 else set())
