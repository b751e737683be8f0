"""What is malformed or means nothing is refused with 400, in the standard's form, and changes nothing."""

import json
from copy import deepcopy
from time import monotonic

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.airspace.kit import (
    CONFORMANCE,
    HOUR,
    NOW,
    URL,
    an_id,
    box,
    circle,
    constraint,
    intent,
    polygon,
    subscription,
    time,
    volume,
)
from tests.f3548 import Dss, new_dss, token

INTENTS, CONSTRAINTS, SUBSCRIPTIONS = (
    "operational_intent_references",
    "constraint_references",
    "subscriptions",
)
PATHS = {INTENTS: intent, CONSTRAINTS: constraint, SUBSCRIPTIONS: subscription}
GONE = object()


@pytest.fixture
def dss() -> Dss:
    return new_dss()


def changed(body: object, path: str, value: object) -> object:
    """The body with one thing in it put otherwise, or taken away."""
    made = deepcopy(body)
    *way, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    inner = made
    for step in way:
        inner = inner[step]  # type: ignore[index]
    if value is GONE:
        del inner[last]  # type: ignore[attr-defined]
    else:
        inner[last] = value  # type: ignore[index]
    return made


def unchanged(dss: Dss) -> None:
    book = dss.kit.desk.state()
    assert not any((book.intents, book.constraints, book.subscriptions, book.standings))
    assert dss.kit.record.size() == 0


CENTRE, RADIUS = "volume.outline_circle.center", "volume.outline_circle.radius"
OUTLINES = [
    ("volume", GONE),
    ("volume", []),
    ("volume.outline_circle", GONE),
    ("volume.outline_circle", {}),
    ("volume.outline_polygon", box(47.9, 36.9, 48.1, 37.1)["outline_polygon"]),
    (CENTRE, GONE),
    (f"{CENTRE}.lat", 90.0000001),
    (f"{CENTRE}.lat", -91),
    (f"{CENTRE}.lat", "48"),
    (f"{CENTRE}.lat", True),
    (f"{CENTRE}.lat", GONE),
    (f"{CENTRE}.lng", 180.5),
    (f"{CENTRE}.lng", 10**400),
    (RADIUS, GONE),
    (f"{RADIUS}.value", 0),
    (f"{RADIUS}.value", -1),
    (f"{RADIUS}.value", 1e300),
    (f"{RADIUS}.units", "FT"),
    (f"{RADIUS}.units", GONE),
    ("time_start.value", "yesterday"),
    ("time_start.value", "2026-03-01T12:00:00"),
    ("time_start.value", "2026-02-30T12:00:00Z"),
    ("time_start.value", "2026-03-01 "),
    ("time_start.value", 5),
    ("time_start.format", "ISO"),
    ("time_start.format", GONE),
    ("time_start", time(NOW + 2 * HOUR)),
    ("time_start", "2026-03-01T12:00:00Z"),
    ("volume.altitude_lower.units", "FT"),
    ("volume.altitude_lower.reference", "AGL"),
    ("volume.altitude_lower.reference", GONE),
    ("volume.altitude_lower.value", -8000.5),
    ("volume.altitude_upper.value", 100_001),
    ("volume.altitude_upper.value", 49.99),
]
RINGS = [
    polygon((48, 37), (48.1, 37)),
    polygon((48, 37), (48.1, 37), (48, 37)),
    polygon((48, 37), (48.1, 37), (48.1, 37.1), (48, 37)),
    polygon((48, 37), (48.1, 37.1), (48, 37.1), (48.1, 37)),
    polygon((48, 37), (48, 37.2), (48.1, 37.1), (47.9, 37.1)),
    polygon((0, 179.9), (0, 180), (0.1, -180), (0, -180)),
    {"outline_polygon": {"vertices": {}}},
    {"outline_polygon": {"vertices": [1, 2, 3]}},
    {"outline_polygon": {}},
]


@pytest.mark.parametrize(("path", "value"), OUTLINES)
@pytest.mark.parametrize("resource", PATHS)
def test_a_volume_that_is_not_one_is_refused_everywhere(dss, resource, path, value):
    wrong = changed(volume(), path, value)
    body = PATHS[resource](wrong)
    code = dss.ask("PUT", f"{resource}/{an_id(1)}", body).status
    assert code == 400
    asked = dss.ask("POST", f"{resource}/query", {"area_of_interest": wrong}).status
    assert asked == 400
    unchanged(dss)


@pytest.mark.parametrize("outline", RINGS)
@pytest.mark.parametrize("resource", PATHS)
def test_a_ring_that_encloses_no_area_is_refused(dss, resource, outline):
    body = PATHS[resource](volume(outline))
    assert dss.ask("PUT", f"{resource}/{an_id(1)}", body).status == 400
    unchanged(dss)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("extents", GONE),
        ("extents", {}),
        ("extents", []),
        ("extents", None),
        ("extents", [None]),
        ("extents", "x"),
        ("extents.0.time_start", GONE),
        ("extents.0.time_end", None),
        ("extents.0.volume.altitude_lower", GONE),
        ("extents.0.volume.altitude_upper", None),
        ("uss_base_url", GONE),
        ("uss_base_url", "http://uss.example"),
        ("uss_base_url", "https://"),
        ("uss_base_url", "https://a b"),
        ("uss_base_url", "https://[x"),
        ("uss_base_url", "https://é.example"),
        ("uss_base_url", 5),
        ("state", "Ended"),
        ("state", "Activated"),
        ("state", "Nonconforming"),
        ("state", "Contingent"),
        ("state", "accepted"),
        ("state", GONE),
        ("key", "x"),
        ("key", [1]),
        ("subscription_id", an_id(99)),
        ("subscription_id", "x"),
        ("new_subscription", []),
        ("new_subscription", {}),
        ("new_subscription", {"uss_base_url": "http://x.example"}),
        ("new_subscription", {"uss_base_url": URL, "notify_for_constraints": "yes"}),
        ("requested_ovn_suffix", "x"),
        ("requested_ovn_suffix", an_id(1)),
    ],
)
def test_an_intent_that_means_nothing_is_refused(dss, path, value):
    body = changed(intent(), path, value)
    assert dss.ask("PUT", f"{INTENTS}/{an_id(1)}", body).status == 400
    unchanged(dss)


def test_both_subscriptions_at_once_are_refused(dss):
    body = intent(subscription_id=an_id(1), new_subscription={"uss_base_url": URL})
    assert dss.ask("PUT", f"{INTENTS}/{an_id(1)}", body).status == 400
    unchanged(dss)


def test_only_the_end_of_all_extents_counts_as_past(dss):
    past, ahead = volume(start=NOW - 2 * HOUR, end=NOW - 1), volume(start=NOW, end=NOW)
    for resource, body in ((INTENTS, intent), (CONSTRAINTS, constraint)):
        assert dss.ask("PUT", f"{resource}/{an_id(1)}", body(past)).status == 400
        assert dss.ask("PUT", f"{resource}/{an_id(1)}", body(past, ahead)).status == 201
    assert dss.ask("PUT", f"{SUBSCRIPTIONS}/{an_id(1)}", subscription(past)).status == 400


def test_an_intent_is_put_into_no_state_that_is_not_its_own_to_choose(dss):
    made = dss.ask("PUT", f"{INTENTS}/{an_id(1)}", intent()).json["operational_intent_reference"]
    path = f"{INTENTS}/{an_id(1)}/{made['ovn']}"
    assert dss.ask("PUT", path, intent(state="Ended")).status == 400
    for state in ("Activated", "Nonconforming", "Contingent"):
        assert (
            dss.ask(
                "PUT", path, intent(state=state), scopes=f"{CONFORMANCE} utm.strategic_coordination"
            ).status
            == 400
        )
    assert dss.ask("GET", f"{INTENTS}/{an_id(1)}").json["operational_intent_reference"] == made


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("extents", [volume()]),
        ("extents", GONE),
        ("notify_for_operational_intents", False),
        ("notify_for_operational_intents", 1),
        ("uss_base_url", "ftp://x.example"),
        ("extents.time_start", time(NOW - 301_000)),
        ("extents.time_end", time(NOW + 25 * HOUR)),
        ("extents.time_end", time(NOW - 1)),
    ],
)
def test_a_subscription_that_means_nothing_is_refused(dss, path, value):
    body = changed(subscription(), path, value)
    assert dss.ask("PUT", f"{SUBSCRIPTIONS}/{an_id(1)}", body).status == 400
    unchanged(dss)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"availability": "Normal"},
        {"old_version": ""},
        {"old_version": "", "availability": "Sleeping"},
        {"old_version": 5, "availability": "Normal"},
    ],
)
def test_an_availability_that_means_nothing_is_refused(dss, body):
    assert dss.ask("PUT", "uss_availability/x", body).status == 400
    unchanged(dss)


EXCHANGE = {"url": URL, "method": "GET", "recorder_role": "Client", "request_time": time(NOW)}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("exchange", GONE),
        ("exchange.url", GONE),
        ("exchange.method", 5),
        ("exchange.recorder_role", "Spy"),
        ("exchange.request_time.value", "noon"),
        ("exchange.response_code", 1.5),
        ("exchange.response_code", 10**30),
        ("exchange.headers", ["a", 5]),
        ("exchange.headers", ["\ud800"]),
        ("exchange.problem", "\ud800"),
        ("exchange.request_body", "x" * 400_001),
    ],
)
def test_a_report_that_means_nothing_is_refused(dss, path, value):
    body = changed({"exchange": EXCHANGE}, path, value)
    assert dss.ask("POST", "reports", body).status == 400
    unchanged(dss)


DEEP = b"[" * 100_000
BODIES = [
    b"",
    b"   ",
    b"null",
    b"[]",
    b'"x"',
    b"5",
    b"{",
    b"\xff\xfe",
    b"\xef\xbb\xbf{}",
    b'{"extents": NaN}',
    b'{"extents": Infinity}',
    b'{"extents": ' + b"9" * 5_000 + b"}",
    b'{"extents": 1e' + b"9" * 30 + b"}",
    b'{"extents": 1e400}',
    b'{"state": "Accepted", "state": "Activated"}',
    DEEP,
    b'{"a":' * 50_000,
    b'{"extents": ' + DEEP + b"]" * 100_000 + b"}",
]


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", f"{INTENTS}/{an_id(1)}"),
        ("POST", f"{INTENTS}/query"),
        ("PUT", f"{SUBSCRIPTIONS}/{an_id(1)}"),
        ("PUT", "uss_availability/x"),
        ("POST", "reports"),
    ],
)
def test_a_body_that_is_no_object_is_refused(dss, method, path, body):
    header = {"Authorization": f"Bearer {token(NOW)}", "Content-Type": "application/json"}
    assert dss.raw(method, path, body, header).status == 400
    unchanged(dss)


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "nonsense"]
)
def test_the_body_is_read_for_what_it_is_whatever_it_is_called(dss, kind):
    header = {"Authorization": f"Bearer {token(NOW)}", "Content-Type": kind}
    assert dss.raw("PUT", f"{INTENTS}/{an_id(1)}", json.dumps(intent()).encode(), header).status == 201
    assert dss.raw("PUT", f"{INTENTS}/{an_id(2)}", b"a=1&b=2", header).status == 400


def test_fields_that_the_standard_does_not_know_are_ignored_and_nulls_are_left_out(dss):
    body = intent(
        volume() | {"more": {"deep": [1.5]}}, more=1, key=None, subscription_id=None, new_subscription=None
    )
    assert dss.ask("PUT", f"{INTENTS}/{an_id(1)}", body).status == 201


def test_a_polygon_of_a_million_corners_is_refused_quickly(dss):
    header = {"Authorization": f"Bearer {token(NOW)}"}
    corners = b",".join([b'{"lat":48.0,"lng":37.0}'] * 1_000_000)
    body = b'{"extents":[{"volume":{"outline_polygon":{"vertices":[' + corners + b"]}}}]}"
    began = monotonic()
    assert dss.raw("PUT", f"{INTENTS}/{an_id(1)}", body, header).status == 413
    assert monotonic() - began < 2
    unchanged(dss)


def test_as_many_corners_as_are_served_are_answered_in_time(dss):
    teeth = [(48 + (at % 2) * 0.05, 37 + at * 0.00001) for at in range(2_498)]
    outline = polygon(*teeth, (48.1, 37.02498), (48.1, 37))
    began = monotonic()
    assert dss.ask("PUT", f"{INTENTS}/{an_id(1)}", intent(volume(outline))).status == 201
    assert monotonic() - began < 10
    too_many = [volume(circle(lat=48 + at / 1e4)) for at in range(501)]
    assert dss.ask("PUT", f"{INTENTS}/{an_id(2)}", intent(*too_many)).status == 400


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from([URL, an_id(1)]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
SPOTS = st.sampled_from([path for path, _ in OUTLINES])


@given(resource=st.sampled_from(list(PATHS)), spot=SPOTS, value=ANYTHING, query=st.booleans())
def test_whatever_stands_anywhere_in_a_volume_is_answered(resource, spot, value, query):
    dss = new_dss()
    wrong = changed(volume(), spot, value)
    header = {"Authorization": f"Bearer {token(NOW)}"}
    body = {"area_of_interest": wrong} if query else PATHS[resource](wrong)
    path = f"{resource}/query" if query else f"{resource}/{an_id(1)}"
    answer = dss.raw("POST" if query else "PUT", path, json.dumps(body).encode(), header)
    assert answer.status in {200, 201, 400, 413}
