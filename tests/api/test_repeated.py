"""The same request twice: one entry, one answer, also after the office was closed in between."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.desk_kit import Desk, new_desk
from tests.api.test_notices import NOTICES, problem, taken_down
from tests.movements import sample
from trucekeeper.movements.wire import notices
from trucekeeper.stores.answers import KEPT_MS


@pytest.fixture
def desk(founded: Path, tmp_path: Path) -> Iterator[Desk]:
    made = new_desk(founded, tmp_path / "office")
    yield made
    made.close()


def announced(desk: Desk) -> list[int]:
    return [one.index for one in desk.office.record.entries(kinds=(notices.KIND,))]


def test_a_form_that_is_sent_twice_under_one_key_is_one_notice(desk: Desk) -> None:
    first = desk.ask("clerk-1", "POST", NOTICES, taken_down(), idempotency_key="k1")
    again = desk.ask("clerk-1", "POST", NOTICES, taken_down(), idempotency_key="k1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert again.headers["etag"] == first.headers["etag"]
    assert again.headers["idempotency-replayed"] == "true"
    assert "idempotency-replayed" not in first.headers
    assert len(announced(desk)) == 1


def test_a_key_stands_for_one_request(desk: Desk) -> None:
    assert desk.ask("clerk-1", "POST", NOTICES, taken_down(), idempotency_key="k1").status_code == 201
    problem(desk.ask("clerk-1", "POST", NOTICES, taken_down(staff=4), idempotency_key="k1"), 422)
    assert len(announced(desk)) == 1


def test_a_key_is_its_callers_own(desk: Desk) -> None:
    for clerk in ("clerk-1", "clerk-2"):
        assert desk.ask(clerk, "POST", NOTICES, taken_down(), idempotency_key="k1").status_code == 201
    assert len(announced(desk)) == 2


def test_a_key_is_remembered_when_the_office_was_closed(desk: Desk) -> None:
    first = desk.ask("clerk-1", "POST", NOTICES, taken_down(), idempotency_key="k1")
    desk.reopen()
    again = desk.ask("clerk-1", "POST", NOTICES, taken_down(), idempotency_key="k1")
    assert again.content == first.content
    problem(desk.ask("clerk-1", "POST", NOTICES, taken_down(staff=4), idempotency_key="k1"), 422)
    assert len(announced(desk)) == 1


def test_what_was_recorded_before_a_crash_is_not_recorded_again(desk: Desk) -> None:
    """The answer is lost, and so may be the file of answers: the record knows the entry all the same."""
    first = desk.ask("clerk-1", "POST", NOTICES, taken_down(), idempotency_key="k1")
    desk.close()
    for file in (desk.root / "projections").glob("answers.sqlite*"):
        file.unlink()
    desk.clock.at = type(desk.clock.at)(desk.clock.at + 2_000)
    desk.open()
    again = desk.ask("clerk-1", "POST", NOTICES, taken_down(), idempotency_key="k1")
    assert again.status_code == 201, again.text
    assert again.json()["entry"] == first.json()["entry"]
    assert again.json()["receipt"] == first.json()["receipt"]
    assert len(announced(desk)) == 1


def test_a_key_is_free_again_after_a_day(desk: Desk) -> None:
    assert desk.ask("clerk-1", "POST", NOTICES, taken_down(), idempotency_key="k1").status_code == 201
    desk.clock.at = type(desk.clock.at)(desk.clock.at + KEPT_MS + 1_000)
    later = taken_down(staff=4)
    assert desk.ask("clerk-1", "POST", NOTICES, later, idempotency_key="k1").status_code == 201


def test_a_refused_request_may_be_mended_under_its_key(desk: Desk) -> None:
    problem(desk.ask("clerk-1", "POST", NOTICES, {"kind": "site"}, idempotency_key="k1"), 400)
    assert desk.ask("clerk-1", "POST", NOTICES, taken_down(), idempotency_key="k1").status_code == 201


def test_an_envelope_that_is_sent_twice_is_one_notice_without_any_key(desk: Desk) -> None:
    envelope = desk.envelope("relief-1", notices.KIND, notices.body(sample.site()))
    first, again = (desk.ask("relief-1", "POST", NOTICES, envelope) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json()["receipt"] == first.json()["receipt"]
    assert len(announced(desk)) == 1


def test_a_uid_that_stands_for_something_else_is_refused(desk: Desk) -> None:
    one = desk.envelope("relief-1", notices.KIND, notices.body(sample.site()), uid="a" * 32)
    other = desk.envelope("relief-1", notices.KIND, notices.body(sample.site(staff=4)), uid="a" * 32)
    assert desk.ask("relief-1", "POST", NOTICES, one).status_code == 201
    problem(desk.ask("relief-1", "POST", NOTICES, other), 422)


@pytest.mark.parametrize("key", ["x" * 201, "\x01"])
def test_a_key_that_is_none_is_refused(desk: Desk, key: str) -> None:
    problem(desk.ask("clerk-1", "POST", NOTICES, taken_down(), idempotency_key=key), 400)
