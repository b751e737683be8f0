"""What the API says of itself is the golden file, and what it answers is what it says."""

import json
import os
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from tests.api.desk_kit import HOST, Desk, new_desk
from tests.movements import sample

GOLDEN = Path(__file__).parent.parent / "golden" / "openapi.json"
SCHEMATHESIS_CHECKS = (
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
)


@pytest.fixture(scope="module")
def desk(founded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    made = new_desk(founded, tmp_path_factory.mktemp("described") / "office", probes_an_hour=100_000)
    made.announced(sample.site(), sent=["liaison-a"])
    made.announced(sample.convoy())
    yield made
    made.close()


@pytest.fixture(scope="module")
def described(desk: Desk) -> dict:
    return desk.client.get("/api/v1/openapi.json").json()


def test_the_description_is_the_golden_one(described: dict) -> None:
    """``TRUCE_GOLDEN=1`` writes it anew."""
    found = json.dumps(described, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    if os.environ.get("TRUCE_GOLDEN") == "1":
        GOLDEN.write_text(found, "utf-8")
    assert found == GOLDEN.read_text("utf-8")


def operations(described: dict) -> list[tuple[str, str, dict]]:
    return [
        (path, method, operation)
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
    ]


def test_every_reference_leads_to_a_schema(described: dict) -> None:
    schemas = described["components"]["schemas"]
    text = json.dumps(described)
    named = {part.partition('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert named <= set(schemas)
    assert {name for name in schemas if name not in named} == set()
    for schema in schemas.values():
        Draft202012Validator.check_schema(schema)


def test_every_route_of_the_desk_is_closed_and_says_how_it_refuses(described: dict) -> None:
    for path, method, operation in operations(described):
        if not path.startswith(("/api/v1/notices", "/api/v1/conflicts", "/api/v1/sightings")):
            continue
        assert operation["security"] == [{"token": []}, {"signature": []}], path
        assert {"400", "401", "403", "413", "429", "503"} <= set(operation["responses"]), (path, method)
        assert ("requestBody" in operation) == (method in {"post", "put"}), (path, method)
        for status, said in operation["responses"].items():
            if int(status) >= 400:
                assert list(said["content"]) == ["application/problem+json"], (path, status)


def test_no_form_is_called_what_the_framework_calls_it(described: dict) -> None:
    assert "HTTPValidationError" not in json.dumps(described)


@pytest.mark.parametrize("who", ["clerk-1", "relief-1"])
def test_whatever_is_sent_is_answered_as_described(desk: Desk, who: str) -> None:
    """Requests made from the description, right ones and wrong ones, to every route; bounded in number."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        schema = schemathesis.openapi.from_asgi(
            "/api/v1/openapi.json", desk.client.app, headers={"Host": HOST}
        )
    answered: set[int] = set()
    headers = {"Authorization": f"Bearer {desk.token(who)}", "Host": HOST}
    for found in schema.get_all_operations():
        operation = found.ok()

        @settings(
            max_examples=8,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
            database=None,
            derandomize=True,
        )
        @given(case=st.one_of(operation.as_strategy(), operation.as_strategy(generation_mode=_wrong())))
        def sent(case: schemathesis.Case) -> None:
            response = case.call(base_url=f"http://{HOST}", headers=headers)
            answered.add(response.status_code)
            case.validate_response(response, checks=SCHEMATHESIS_CHECKS)

        sent()
    assert {200, 400} <= answered
    assert 500 not in answered


def _wrong() -> schemathesis.GenerationMode:
    return schemathesis.GenerationMode.NEGATIVE
