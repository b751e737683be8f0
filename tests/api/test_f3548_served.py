"""The airspace standard from `truce serve` itself, asked by clients in processes of their own."""

import json
import os
import socket
import subprocess
import sys
import time as clock
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.generation import GenerationMode
from schemathesis.schemas import APIOperation

from tests import postgres
from tests.airspace.kit import HOUR, PROCESSING, an_id, circle, intent, volume
from tests.f3548 import AUDIENCE, Schema, public_pem, token
from tests.office_kit import new_kit
from tests.truce import command
from trucekeeper.kernel.clock import Instant, SystemClock
from trucekeeper.office import settings as office_settings
from trucekeeper.office.settings import DeskSettings
from trucekeeper.office.wiring import open_office
from trucekeeper.stores.index_postgis import PostgisIndex
from trucekeeper.stores.index_sqlite import SqliteIndex

INTENTS = "/dss/v1/operational_intent_references"
CLIENTS = 20

CLIENT = """
import json, sys, time
from http.client import HTTPConnection
port, start, path, token = int(sys.argv[1]), float(sys.argv[2]), sys.argv[3], sys.argv[4]
body = sys.stdin.buffer.read()
connection = HTTPConnection("127.0.0.1", port, timeout=60)
connection.connect()
time.sleep(max(0.0, start - time.time()))
connection.request("PUT", path, body, {"Authorization": "Bearer " + token, "Content-Type": "application/json"})
answer = connection.getresponse()
print(json.dumps([answer.status, json.loads(answer.read())]))
"""


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """`truce serve` over a new office, told by its environment whose tokens to take."""
    folder = tmp_path_factory.mktemp("served")
    kit = new_kit(folder / "office")
    kit.office.close()
    (folder / "token.pem").write_bytes(public_pem())
    told = {"TRUCE_F3548_PUBLIC_KEYS": str(folder / "token.pem"), "TRUCE_F3548_AUDIENCES": f"x,{AUDIENCE}"}
    with serving(folder / "office", told) as number:
        yield number


@contextmanager
def serving(office: Path, told: dict[str, str]) -> Iterator[int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number = free.getsockname()[1]
    words = command("serve", "--office", office, "--port", number)
    server = subprocess.Popen(words, env=os.environ | told, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        assert "Serving" in server.stdout.readline()
        yield number
    finally:
        server.terminate()
        server.communicate(timeout=30)


def now() -> Instant:
    return SystemClock().now()


def flight(**other: object) -> dict[str, object]:
    start = now()
    return intent(volume(circle(**other), start, start + HOUR))  # type: ignore[arg-type]


def ask(port: int, method: str, path: str, body: object = None, **said: object) -> tuple[int, dict]:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    header = {"Authorization": f"Bearer {token(now(), **said)}"}  # type: ignore[arg-type]
    connection.request(method, path, None if body is None else json.dumps(body), header)
    answer = connection.getresponse()
    try:
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


@pytest.fixture(params=["memory", "sqlite", "postgis"])
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[int]:
    """`truce serve` over an office that keeps its indexes there, and its folder."""
    with ExitStack() as held:
        index = request.param
        if index == "postgis":
            why = postgres.missing_postgis()
            if why is not None:
                pytest.skip(why)
            index = postgres.new_database(held.enter_context(postgres.served()))
        kit = new_kit(tmp_path / "office")
        kit.office.close()
        file = tmp_path / "office" / "office.toml"
        written = office_settings.read(file).model_copy(update={"desk": DeskSettings(index=index)})
        file.write_text(office_settings.text(written))
        (tmp_path / "token.pem").write_bytes(public_pem())
        told = {"TRUCE_F3548_PUBLIC_KEYS": str(tmp_path / "token.pem"), "TRUCE_F3548_AUDIENCES": AUDIENCE}
        yield held.enter_context(serving(tmp_path / "office", told))
        if request.param == "sqlite":
            searched = SqliteIndex(tmp_path / "office" / "projections" / "airspace_intents.sqlite")
        elif request.param == "postgis":
            searched = PostgisIndex(index, "airspace_intents")
        else:
            return
        assert len(list(held.enter_context(searched).keys())) == 1


def test_of_twenty_clients_in_twenty_processes_one_alone_gets_the_airspace(kept: int):
    port = kept
    body, start = json.dumps(flight(lat=10.0)).encode(), clock.time() + 4
    clients = [
        subprocess.Popen(
            [
                sys.executable,
                "-c",
                CLIENT,
                str(port),
                str(start),
                f"{INTENTS}/{an_id(number)}",
                token(now(), f"uss{number}"),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        for number in range(CLIENTS)
    ]
    for one in clients:
        assert one.stdin is not None
        one.stdin.write(body)
        one.stdin.close()
        one.stdin = None
    answers = [json.loads(one.communicate(timeout=60)[0]) for one in clients]
    statuses = sorted(status for status, _ in answers)
    assert statuses == [201] + [409] * (CLIENTS - 1)
    (won,) = [said["operational_intent_reference"] for status, said in answers if status == 201]
    lost = [said["missing_operational_intents"] for status, said in answers if status == 409]
    assert all([one["id"] for one in missing] == [won["id"]] for missing in lost)


def test_the_environment_says_whose_tokens_are_taken(port: int):
    assert ask(port, "GET", f"{INTENTS}/{an_id(500)}")[0] == 404
    assert ask(port, "GET", f"{INTENTS}/{an_id(500)}", aud="x")[0] == 404
    assert ask(port, "GET", f"{INTENTS}/{an_id(500)}", aud="y")[0] == 401
    assert ask(port, "GET", f"/dss/v1/constraint_references/{an_id(500)}", scopes=PROCESSING)[0] == 404


def test_an_unknown_address_is_refused_in_the_standards_form_here_too(port: int):
    assert ask(port, "GET", "/dss/v1/nothing") == (
        404,
        {"message": "there is nothing at this address; see the operations of ASTM F3548-21."},
    )
    assert ask(port, "GET", "/api/v1/nothing")[1]["status"] == 404


def test_what_was_answered_is_there_when_the_office_opens_again(tmp_path: Path):
    kit = new_kit(tmp_path / "office")
    kit.office.close()
    (tmp_path / "office" / "token.pem").write_bytes(public_pem())
    settings = tmp_path / "office" / "office.toml"
    settings.write_text(
        settings.read_text()
        + f'\n[f3548]\naudiences = ["{AUDIENCE}"]\n\n[[f3548.public_keys]]\nfile = "token.pem"\n'
    )
    with serving(tmp_path / "office", {}) as number:
        status, said = ask(number, "PUT", f"{INTENTS}/{an_id(1)}", flight(lat=30.0))
        assert status == 201
    with open_office(tmp_path / "office") as office:
        assert set(office.airspace.state().intents) == {an_id(1)}
    with serving(tmp_path / "office", {}) as number:
        assert ask(number, "GET", f"{INTENTS}/{an_id(1)}") == (
            200,
            {"operational_intent_reference": said["operational_intent_reference"]},
        )


def test_without_keys_nobody_is_let_in(tmp_path: Path):
    kit = new_kit(tmp_path / "office")
    kit.office.close()
    with serving(tmp_path / "office", {"TRUCE_F3548_AUDIENCES": AUDIENCE}) as number:
        assert ask(number, "GET", f"{INTENTS}/{an_id(1)}")[0] == 401


def operations(data: Path) -> list[APIOperation]:
    """The standard's own description of what the service answers."""
    document = Schema(data).document
    document["servers"] = [{"url": "/"}]
    described = schemathesis.openapi.from_dict(document).include(path_regex="^/dss/|^/uss/v1/constraints/")
    return [one.ok() for one in described.get_all_operations()]


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_whatever_fits_or_breaks_the_schema_meets_no_fault_of_ours(
    port: int, needs_data: Path, mode: GenerationMode
):
    statuses: Counter[int] = Counter()
    for operation in operations(needs_data):

        @settings(
            max_examples=6, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
        )
        @given(case=operation.as_strategy(generation_mode=mode))
        def tried(case: schemathesis.Case) -> None:
            header = {"Authorization": f"Bearer {token(now())}"}
            answer = case.call(base_url=f"http://127.0.0.1:{port}", headers=header)
            statuses[answer.status_code] += 1
            assert answer.status_code < 500, answer.text

        with suppress(Unsatisfiable):  # an operation without parameters cannot be sent wrongly
            tried()
    assert statuses.total() > 50
    assert 401 not in statuses
