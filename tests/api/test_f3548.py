"""Each operation of the airspace standard: what it answers, held against the standard's own schema."""

import pytest

from tests.airspace.kit import (
    ARBITRATION,
    CONFORMANCE,
    COORDINATION,
    EVERY,
    HOUR,
    MANAGEMENT,
    NOW,
    PROCESSING,
    URL,
    Cells,
    an_id,
    circle,
    constraint,
    intent,
    new_kit,
    notified,
    subscription,
    time,
    volume,
)
from tests.f3548 import Dss, Schema, new_dss
from trucekeeper.airspace.model import NO_SUBSCRIPTION, NOT_YOURS, NativeConstraint
from trucekeeper.kernel.clock import Instant
from trucekeeper.movements.volume import Footprint, Form, Volume
from trucekeeper.places.position import Position

INTENTS, CONSTRAINTS, SUBSCRIPTIONS = (
    "operational_intent_references",
    "constraint_references",
    "subscriptions",
)
CELL = Volume(Footprint(Form.POINT, (Position(48_000_000, 37_000_000),), 2_500_000), None, None)


@pytest.fixture(scope="module")
def schema(needs_data) -> Schema:
    if not (needs_data / "f3548" / "utm.yaml").is_file():
        pytest.skip("not run: needs f3548/utm.yaml of the real data; name its folder in TRUCE_DATA")
    return Schema(needs_data)


@pytest.fixture
def dss(schema: Schema) -> Dss:
    return new_dss(schema=schema)


def area(**other: object) -> dict[str, object]:
    return {"area_of_interest": volume(circle(radius=500), **other)}


def made(dss: Dss, number: int = 1, sub: str = "uss1", **said: object) -> dict:
    answer = dss.ask("PUT", f"{INTENTS}/{an_id(number)}", intent(**said), sub)
    assert answer.status == 201, answer.json
    return answer.json["operational_intent_reference"]


def test_an_intent_is_made_read_found_changed_and_ended(dss):
    first = made(dss)
    assert (first["version"], first["state"], first["manager"]) == (1, "Accepted", "uss1")
    assert first["subscription_id"] == NO_SUBSCRIPTION
    path = f"{INTENTS}/{an_id(1)}"
    assert dss.ask("GET", path).json["operational_intent_reference"] == first
    assert dss.ask("POST", f"{INTENTS}/query", area()).json[INTENTS] == [first]
    body = intent(state="Activated", new_subscription={"uss_base_url": URL})
    second = dss.ask("PUT", f"{path}/{first['ovn']}", body)
    assert second.status == 200
    reference = second.json["operational_intent_reference"]
    assert (reference["version"], reference["state"]) == (2, "Activated")
    assert reference["ovn"] != first["ovn"]
    assert notified(second.json) == {reference["subscription_id"]: 1}
    gone = dss.ask("DELETE", f"{path}/{reference['ovn']}")
    assert gone.status == 200
    assert gone.json["operational_intent_reference"] == reference
    assert notified(gone.json) == {reference["subscription_id"]: 2}
    assert dss.ask("GET", path).status == 404
    assert dss.ask("GET", f"{SUBSCRIPTIONS}/{reference['subscription_id']}").status == 404


def test_a_constraint_is_made_read_found_changed_and_ended(dss):
    path = f"{CONSTRAINTS}/{an_id(1)}"
    answer = dss.ask("PUT", path, constraint())
    assert answer.status == 201
    first = answer.json["constraint_reference"]
    assert dss.ask("GET", path).json["constraint_reference"] == first
    assert dss.ask("POST", f"{CONSTRAINTS}/query", area()).json[CONSTRAINTS] == [first]
    second = dss.ask("PUT", f"{path}/{first['ovn']}", constraint())
    assert (second.status, second.json["constraint_reference"]["version"]) == (200, 2)
    gone = dss.ask("DELETE", f"{path}/{second.json['constraint_reference']['ovn']}")
    assert (gone.status, dss.ask("GET", path).status) == (200, 404)


def test_a_subscription_is_made_read_found_changed_and_ended(dss):
    made(dss)
    path = f"{SUBSCRIPTIONS}/{an_id(5)}"
    answer = dss.ask("PUT", path, subscription(notify_for_constraints=True))
    assert answer.status == 200
    first = answer.json["subscription"]
    assert [one["id"] for one in answer.json[INTENTS]] == [an_id(1)]
    assert (first["notification_index"], first["implicit_subscription"]) == (0, False)
    assert dss.ask("GET", path).json["subscription"] == first
    assert dss.ask("POST", f"{SUBSCRIPTIONS}/query", area()).json[SUBSCRIPTIONS] == [first]
    second = dss.ask("PUT", f"{path}/{first['version']}", subscription())
    assert (second.status, second.json["subscription"]["version"] != first["version"]) == (200, True)
    gone = dss.ask("DELETE", f"{path}/{second.json['subscription']['version']}")
    assert (gone.status, dss.ask("GET", path).status) == (200, 404)


def test_availability_is_declared_in_any_case_and_read(dss):
    path = "uss_availability/uss7"
    assert dss.ask("GET", path).json == {"version": "", "status": {"uss": "uss7", "availability": "Unknown"}}
    first = dss.ask("PUT", path, {"old_version": "", "availability": "DOWN"})
    assert first.json["status"] == {"uss": "uss7", "availability": "Down"}
    assert dss.ask("GET", path).json == first.json
    assert dss.ask("PUT", path, {"old_version": "", "availability": "Normal"}).status == 409
    second = dss.ask("PUT", path, {"old_version": first.json["version"], "availability": "normal"})
    assert (second.status, second.json["status"]["availability"]) == (200, "Normal")


def test_a_report_is_kept_and_echoed_with_an_id(dss):
    exchange = {
        "url": "https://uss2.example/x",
        "method": "PUT",
        "headers": ["Authorization: Bearer x"],
        "recorder_role": "Client",
        "request_time": time(NOW),
        "request_source": "uss1",
        "response_code": 500,
        "problem": "no answer",
    }
    answer = dss.ask("POST", "reports", {"exchange": exchange, "report_id": "mine", "more": 1.5})
    assert (answer.status, answer.json["exchange"]) == (201, exchange)
    assert answer.json["report_id"] not in {"", "mine"}
    dss.kit.matches()


def test_an_ovn_is_told_to_its_manager_alone_wherever_it_stands(dss):
    mine = made(dss, sub="uss1")
    path = f"{INTENTS}/{an_id(1)}"
    assert dss.ask("GET", path, sub="uss2").json["operational_intent_reference"]["ovn"] == NOT_YOURS
    assert dss.ask("POST", f"{INTENTS}/query", area(), "uss2").json[INTENTS][0]["ovn"] == NOT_YOURS
    refused = dss.ask("PUT", f"{INTENTS}/{an_id(2)}", intent(), "uss2")
    assert refused.status == 409
    assert [one["ovn"] for one in refused.json["missing_operational_intents"]] == [NOT_YOURS]
    listed = dss.ask("PUT", f"{SUBSCRIPTIONS}/{an_id(3)}", subscription(), "uss2").json[INTENTS]
    assert [one["ovn"] for one in listed] == [NOT_YOURS]
    own = dss.ask("PUT", f"{INTENTS}/{an_id(4)}", intent()).json["missing_operational_intents"]
    assert [one["ovn"] for one in own] == [mine["ovn"]]


def test_ids_are_taken_without_hyphens_and_echoed_in_canonical_form(dss):
    bare = an_id(9).replace("-", "").upper()
    answer = dss.ask("PUT", f"{INTENTS}/{bare}", intent())
    assert (answer.status, answer.json["operational_intent_reference"]["id"]) == (201, an_id(9))
    assert dss.ask("GET", f"{INTENTS}/{an_id(9)}").status == 200
    sub = dss.ask("PUT", f"{SUBSCRIPTIONS}/{bare}", subscription())
    assert sub.json["subscription"]["id"] == an_id(9)


@pytest.mark.parametrize(
    "bad", ["nonsense", "0", an_id(1)[:-1], "{" + an_id(1) + "}", an_id(1).replace("-4", "-1", 1)]
)
@pytest.mark.parametrize("resource", [INTENTS, CONSTRAINTS, SUBSCRIPTIONS])
def test_an_id_that_is_no_uuid_of_version_4_is_refused(dss, resource, bad):
    assert dss.ask("GET", f"{resource}/{bad}").status == 400


@pytest.mark.parametrize(
    ("resource", "body"), [(INTENTS, intent()), (CONSTRAINTS, constraint()), (SUBSCRIPTIONS, subscription())]
)
def test_what_is_not_there_or_not_theirs_or_not_the_newest_is_refused_by_its_own_code(dss, resource, body):
    path = f"{resource}/{an_id(1)}"
    assert dss.ask("GET", path).status == 404
    assert dss.ask("DELETE", f"{path}/{'x' * 20}").status == 404
    assert dss.ask("PUT", f"{path}/{'x' * 20}", body).status == 400
    answer = dss.ask("PUT", path, body).json
    version = (
        answer["subscription"]["version"]
        if resource == SUBSCRIPTIONS
        else next(one["ovn"] for one in answer.values() if isinstance(one, dict))
    )
    assert dss.ask("PUT", path, body).status == 409
    assert dss.ask("PUT", path, body, "uss2").status == 409
    assert dss.ask("PUT", f"{path}/{version}", body, "uss2").status == 403
    assert dss.ask("DELETE", f"{path}/{version}", sub="uss2").status == 403
    assert dss.ask("GET", path, sub="uss2").status == (403 if resource == SUBSCRIPTIONS else 200)
    assert dss.ask("PUT", f"{path}/{'x' * 20}", body).status == 409
    assert dss.ask("DELETE", f"{path}/{'x' * 20}").status == 409
    assert dss.ask("DELETE", f"{path}/").status == 400
    assert dss.ask("PUT", f"{path}/", body).status == 400
    assert dss.ask("DELETE", f"{path}/{version}").status == 200
    dss.kit.matches()


def test_unknown_addresses_and_methods_are_refused_in_the_standards_form(dss):
    assert dss.ask("GET", "nothing/here").status == 404
    assert dss.ask("GET", "").status == 404
    assert dss.ask("GET", "/uss/v1/operational_intents/x").status == 404
    assert dss.ask("PATCH", f"{INTENTS}/{an_id(1)}").status == 405
    refused = dss.ask("DELETE", f"{INTENTS}/{an_id(1)}")
    assert (refused.status, refused.headers["allow"]) == (405, "GET, PUT")
    assert dss.ask("GET", f"{SUBSCRIPTIONS}/{an_id(1)}/").status in {404, 405}


SCOPES = [
    ("POST", f"{INTENTS}/query", {COORDINATION, CONFORMANCE}),
    ("GET", f"{INTENTS}/{an_id(1)}", {COORDINATION, CONFORMANCE}),
    ("PUT", f"{INTENTS}/{an_id(1)}", {COORDINATION, CONFORMANCE}),
    ("PUT", f"{INTENTS}/{an_id(1)}/{'x' * 20}", {COORDINATION, CONFORMANCE}),
    ("DELETE", f"{INTENTS}/{an_id(1)}/{'x' * 20}", {COORDINATION, CONFORMANCE}),
    ("POST", f"{CONSTRAINTS}/query", {MANAGEMENT, PROCESSING}),
    ("GET", f"{CONSTRAINTS}/{an_id(1)}", {MANAGEMENT, PROCESSING}),
    ("PUT", f"{CONSTRAINTS}/{an_id(1)}", {MANAGEMENT}),
    ("PUT", f"{CONSTRAINTS}/{an_id(1)}/{'x' * 20}", {MANAGEMENT}),
    ("DELETE", f"{CONSTRAINTS}/{an_id(1)}/{'x' * 20}", {MANAGEMENT}),
    ("POST", f"{SUBSCRIPTIONS}/query", {COORDINATION, PROCESSING}),
    ("GET", f"{SUBSCRIPTIONS}/{an_id(1)}", {COORDINATION, PROCESSING}),
    ("PUT", f"{SUBSCRIPTIONS}/{an_id(1)}", {COORDINATION, PROCESSING}),
    ("PUT", f"{SUBSCRIPTIONS}/{an_id(1)}/{'x' * 20}", {COORDINATION, PROCESSING}),
    ("DELETE", f"{SUBSCRIPTIONS}/{an_id(1)}/{'x' * 20}", {COORDINATION, PROCESSING}),
    ("GET", "uss_availability/uss1", {ARBITRATION, COORDINATION, CONFORMANCE}),
    ("PUT", "uss_availability/uss1", {ARBITRATION}),
    ("POST", "reports", set(EVERY)),
    ("GET", f"/uss/v1/constraints/{an_id(1)}", {PROCESSING}),
]


@pytest.mark.parametrize(("method", "path", "enough"), SCOPES)
def test_each_operation_wants_one_of_its_scopes_and_no_other_will_do(dss, method, path, enough):
    for scope in [*sorted(EVERY), "rid.display_provider", "utm.strategic_coordination.not", ""]:
        answer = dss.ask(method, path, {} if method in {"PUT", "POST"} else None, scopes=scope)
        assert (answer.status == 403) == (scope not in enough), (scope, answer.json)
        assert answer.status != 401
    for scope in enough:
        assert dss.ask(method, path, scopes=f"x {scope} y").status not in {401, 403}


def test_who_may_not_hear_of_something_cannot_subscribe_to_it(dss):
    path = f"{SUBSCRIPTIONS}/{an_id(1)}"
    assert dss.ask("PUT", path, subscription(), scopes=PROCESSING).status == 403
    both = subscription(notify_for_constraints=True)
    assert dss.ask("PUT", path, both, scopes=COORDINATION).status == 403
    implicit = intent(new_subscription={"uss_base_url": URL, "notify_for_constraints": True})
    assert dss.ask("PUT", f"{INTENTS}/{an_id(1)}", implicit, scopes=COORDINATION).status == 403
    assert dss.ask("PUT", path, both, scopes=f"{COORDINATION} {PROCESSING}").status == 200


def test_who_is_off_its_plan_needs_the_conformance_scope_and_no_key(dss):
    made(dss, 1, "uss2")
    mine = made(
        dss,
        2,
        key=[dss.ask("GET", f"{INTENTS}/{an_id(1)}", sub="uss2").json["operational_intent_reference"]["ovn"]],
    )
    path = f"{INTENTS}/{an_id(2)}"
    for state in ("Nonconforming", "Contingent"):
        body = intent(state=state, new_subscription={"uss_base_url": URL})
        assert dss.ask("PUT", f"{path}/{mine['ovn']}", body, scopes=COORDINATION).status == 403
        answer = dss.ask("PUT", f"{path}/{mine['ovn']}", body, scopes=CONFORMANCE)
        assert (answer.status, answer.json["operational_intent_reference"]["state"]) == (200, state)
        mine = answer.json["operational_intent_reference"]


def test_a_uss_that_is_down_neither_plans_nor_deletes_and_its_plans_bind_nobody(dss):
    planned = made(dss, 1, "uss2")
    down = dss.ask("PUT", "uss_availability/uss2", {"old_version": "", "availability": "Down"}).json
    assert dss.ask("PUT", f"{INTENTS}/{an_id(3)}", intent(volume(circle(10.0))), "uss2").status == 412
    assert dss.ask("DELETE", f"{INTENTS}/{an_id(1)}/{planned['ovn']}", sub="uss2").status == 412
    assert made(dss, 2)["uss_availability"] == "Unknown"
    seen = dss.ask("GET", f"{INTENTS}/{an_id(1)}").json["operational_intent_reference"]
    assert seen["uss_availability"] == "Down"
    dss.ask("PUT", "uss_availability/uss2", {"old_version": down["version"], "availability": "Normal"})
    assert dss.ask("PUT", f"{INTENTS}/{an_id(4)}", intent()).status == 409


def test_what_flies_of_a_uss_that_is_down_still_binds(dss):
    planned = made(dss, 1, "uss2")
    flying = intent(state="Activated", new_subscription={"uss_base_url": URL})
    assert dss.ask("PUT", f"{INTENTS}/{an_id(1)}/{planned['ovn']}", flying, "uss2").status == 200
    dss.ask("PUT", "uss_availability/uss2", {"old_version": "", "availability": "Down"})
    refused = dss.ask("PUT", f"{INTENTS}/{an_id(2)}", intent())
    assert [one["id"] for one in refused.json["missing_operational_intents"]] == [an_id(1)]


def test_constraints_have_to_be_known_by_who_is_told_of_them(dss):
    ovn = dss.ask("PUT", f"{CONSTRAINTS}/{an_id(1)}", constraint(), "uss2").json["constraint_reference"][
        "ovn"
    ]
    path = f"{INTENTS}/{an_id(2)}"
    aware = {"uss_base_url": URL, "notify_for_constraints": True}
    refused = dss.ask("PUT", path, intent(new_subscription=aware))
    assert refused.status == 409
    assert [one["id"] for one in refused.json["missing_constraints"]] == [an_id(1)]
    assert refused.json["missing_constraints"][0]["ovn"] == NOT_YOURS
    assert dss.ask("PUT", path, intent(new_subscription=aware, key=[ovn])).status == 201
    assert dss.ask("PUT", f"{INTENTS}/{an_id(3)}", intent(volume(low=125, high=130))).status == 201


def test_the_offices_own_notices_are_constraints_of_whole_cells(schema):
    native = NativeConstraint(an_id(77), 3, (CELL,))
    dss = new_dss(new_kit(hidden=Cells((native,))), schema)
    found = dss.ask("POST", f"{CONSTRAINTS}/query", area()).json[CONSTRAINTS]
    assert [(one["id"], one["manager"], one["ovn"], one["version"]) for one in found] == [
        (an_id(77), "office", NOT_YOURS, 3)
    ]
    assert dss.ask("GET", f"{CONSTRAINTS}/{an_id(77)}").json["constraint_reference"] == found[0]
    aware = {"uss_base_url": URL, "notify_for_constraints": True}
    refused = dss.ask("PUT", f"{INTENTS}/{an_id(2)}", intent(new_subscription=aware))
    assert refused.json["missing_constraints"] == found
    details = dss.ask("GET", f"/uss/v1/constraints/{an_id(77)}").json["constraint"]
    assert details["details"]["volumes"][0]["volume"]["outline_circle"] == {
        "center": {"lat": 48.0, "lng": 37.0},
        "radius": {"value": 25_000.0, "units": "M"},
    }
    key = [details["reference"]["ovn"]]
    assert dss.ask("PUT", f"{INTENTS}/{an_id(2)}", intent(new_subscription=aware, key=key)).status == 201
    listed = dss.ask("PUT", f"{SUBSCRIPTIONS}/{an_id(3)}", subscription(notify_for_constraints=True)).json
    assert listed[CONSTRAINTS] == found
    assert dss.ask("PUT", f"{CONSTRAINTS}/{an_id(77)}/{key[0]}", constraint()).status == 400
    assert dss.ask("DELETE", f"{CONSTRAINTS}/{an_id(77)}/{key[0]}").status == 404
    assert dss.ask("GET", f"/uss/v1/constraints/{an_id(78)}").status == 404


def test_an_area_or_a_body_that_is_too_large_is_refused_unread(dss):
    for radius in (28_500, 199_000, 201_000, 20_000_000):
        refuses_as_too_large(dss, volume(circle(radius=radius)))
    fits = intent(volume(circle(radius=28_100)))
    assert dss.ask("PUT", f"{INTENTS}/{an_id(1)}", fits).status == 201
    assert dss.ask("PUT", f"{INTENTS}/{an_id(2)}", {"key": ["x" * 2_100_000]}).status == 413


def refuses_as_too_large(dss: Dss, wide: dict[str, object]) -> None:
    for path, code in ((INTENTS, 413), (CONSTRAINTS, 413), (SUBSCRIPTIONS, 400)):
        body = {INTENTS: intent(wide), CONSTRAINTS: constraint(wide), SUBSCRIPTIONS: subscription(wide)}[path]
        assert dss.ask("PUT", f"{path}/{an_id(1)}", body).status == code
        assert dss.ask("POST", f"{path}/query", {"area_of_interest": wide}).status == 413


def test_a_query_may_lie_in_the_past_and_leave_bounds_open(dss):
    made(dss)
    dss.kit.clock.at = Instant(NOW + 50 * HOUR)
    outline = {"volume": circle(radius=500)}
    for asked in (outline, volume(start=NOW, end=NOW), volume(start=None, end=NOW), volume(low=None)):
        assert len(dss.ask("POST", f"{INTENTS}/query", {"area_of_interest": asked}).json[INTENTS]) == 1
    later = volume(start=NOW + HOUR + 1, end=None)
    assert dss.ask("POST", f"{INTENTS}/query", {"area_of_interest": later}).json[INTENTS] == []
