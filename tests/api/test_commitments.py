"""Sites registered without telling where: signed entries in, and a count that anyone may ask for."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.desk_kit import Desk, new_desk
from tests.committing import CLINIC, revealing, secret
from trucekeeper.movements.wire import commitment as wire


@pytest.fixture
def desk(founded: Path, tmp_path: Path) -> Iterator[Desk]:
    made = new_desk(founded, tmp_path / "office")
    yield made
    made.close()


def hand_in(desk: Desk, who: str, kind: str, body: dict) -> tuple[int, dict]:
    answer = desk.send("POST", "/api/v1/entries", desk.envelope(who, kind, body), {})
    return answer.status_code, answer.json()


def count(desk: Desk) -> list[dict]:
    return desk.send("GET", "/api/v1/commitments", b"", {}).json()


def test_a_notifier_registers_and_reveals_and_anyone_may_count(desk: Desk) -> None:
    kept = secret()
    assert count(desk) == []
    status, said = hand_in(desk, "relief-1", wire.COMMITMENT, wire.commitment_body(kept.commitment))
    assert (status, said["kind"]) == (201, "commitment/v1")
    assert count(desk) == [{"notifier": "relief-1", "sealed": 1, "revealed": 0}]
    status, _ = hand_in(desk, "relief-1", wire.REVEAL, wire.reveal_body(revealing(kept)))
    assert status == 201
    assert count(desk) == [{"notifier": "relief-1", "sealed": 0, "revealed": 1}]


def test_what_does_not_stand_is_refused_and_recorded_nowhere(desk: Desk) -> None:
    kept = secret()
    size = desk.office.record.size()
    for who, kind, body, status in (
        ("relief-2", wire.COMMITMENT, wire.commitment_body(kept.commitment), 403),
        ("relief-1", wire.REVEAL, wire.reveal_body(revealing(kept)), 409),
        ("relief-1", wire.COMMITMENT, {"label": "clinic"}, 400),
    ):
        assert hand_in(desk, who, kind, body)[0] == status
    assert desk.office.record.size() == size


def test_whoever_asks_for_conflicts_there_meets_nothing(desk: Desk) -> None:
    kept = secret()
    spot = {"form": "point", "points": [[CLINIC.lat_u, CLINIC.lon_u]], "reach_cm": 50_000}
    body = {"volumes": [{"footprint": spot}]}
    before = desk.ask("liaison-a", "POST", "/api/v1/conflicts", body)
    assert (before.status_code, before.json()["conflicts"]) == (200, []), before.text
    hand_in(desk, "relief-1", wire.COMMITMENT, wire.commitment_body(kept.commitment))
    assert desk.ask("liaison-a", "POST", "/api/v1/conflicts", body).json() == before.json()
    hand_in(desk, "relief-1", wire.REVEAL, wire.reveal_body(revealing(kept)))
    assert desk.ask("liaison-a", "POST", "/api/v1/conflicts", body).json() == before.json()
