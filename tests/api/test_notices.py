"""Notices by HTTP: who may, what is recorded, what is shown to whom, and what is refused."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from tests.api.desk_kit import Desk, new_desk
from tests.movements import sample
from trucekeeper.movements.wire import notices, sight, steps
from trucekeeper.record.receipt import verify_receipt

NOTICES = "/api/v1/notices"


@pytest.fixture
def desk(founded: Path, tmp_path: Path) -> Iterator[Desk]:
    made = new_desk(founded, tmp_path / "office")
    yield made
    made.close()


@pytest.fixture(scope="module")
def door(founded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One office for all that is refused and leaves no trace."""
    made = new_desk(founded, tmp_path_factory.mktemp("door") / "office")
    yield made
    made.close()


def problem(answer, status: int) -> str:
    """What a refusal says, in problem details of one sentence."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status
    assert "Traceback" not in answer.text
    return answer.json()["detail"]


def taken_down(**changed: object) -> dict:
    said = sample.call()
    form = notices.body(sample.site(**changed))
    form["taken_down"] = {
        "channel": said.channel,
        "by": said.by,
        "heard_by": said.heard_by,
        "caller": said.caller,
    }
    return form


def test_a_notice_is_announced_by_its_signed_envelope(desk: Desk) -> None:
    answer = desk.announce(sample.site())
    told = answer.json()
    assert answer.status_code == 201, answer.text
    promised = verify_receipt(told["receipt"].encode(), desk.office.record.vkey)
    assert promised.index == told["entry"] == told["notice"]
    assert answer.headers["location"] == f"{NOTICES}/{told['notice']}"
    assert answer.headers["etag"] == f'"{told["entry"]}"'
    assert told["state"] == "submitted"
    assert desk.office.record.entry(told["entry"]).body == notices.body(sample.site())


@pytest.mark.parametrize("path", ["", "/recipients"])
def test_every_answer_about_a_notice_says_what_it_is_not(desk: Desk, path: str) -> None:
    number = desk.announced(sample.site())
    note = desk.ask("relief-1", "GET", f"{NOTICES}/{number}{path}").json()["note"]
    assert "never an approval" in note
    assert "humanitarian law" in note


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", NOTICES), ("POST", NOTICES), ("GET", f"{NOTICES}/2"), ("PUT", f"{NOTICES}/2"),
        ("POST", f"{NOTICES}/2/steps"), ("POST", f"{NOTICES}/2/acknowledgements"),
        ("GET", f"{NOTICES}/2/recipients"), ("GET", f"{NOTICES}/2/sheet.pdf"), ("POST", "/api/v1/conflicts"),
        ("GET", "/api/v1/sightings"),
    ],
)  # fmt: skip
def test_nobody_is_let_in_unknown(door: Desk, method: str, path: str) -> None:
    answer = door.send(method, path, b"" if method == "GET" else b"{}", {})
    problem(answer, 401)
    assert "Bearer" in answer.headers["www-authenticate"]


def test_a_token_of_a_holder_lets_in_as_what_the_key_set_says(desk: Desk) -> None:
    number = desk.announced(sample.site())
    assert desk.bear(desk.token("relief-1"), "GET", f"{NOTICES}/{number}").status_code == 200
    problem(desk.bear(desk.token("relief-2"), "GET", f"{NOTICES}/{number}"), 404)


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"aud": "another.example"}, 401), ({"scope": "utm.strategic_coordination"}, 403),
        ({"sub": "nobody"}, 401), ({"exp": 1}, 401), ({"scope": ""}, 403),
    ],
)  # fmt: skip
def test_a_token_for_something_else_lets_nobody_in(door: Desk, changed: dict, status: int) -> None:
    problem(door.bear(door.token("relief-1", **changed), "GET", NOTICES), status)


def test_a_recipient_sees_it_once_it_was_sent_and_others_never_do(desk: Desk) -> None:
    number = desk.announced(sample.site())
    path = f"{NOTICES}/{number}"
    missing = problem(desk.ask("liaison-a", "GET", f"{NOTICES}/999999"), 404)
    assert problem(desk.ask("liaison-a", "GET", path), 404) == missing
    desk.office.movements.desk.step(
        steps.read_step({"notice": number, "op": "transmit", "recipient": "liaison-a", "channel": "sheet"}),
        desk.office.signer,
    )
    shown = desk.ask("liaison-a", "GET", path)
    assert shown.json()["content"] == notices.body(sample.site())
    assert problem(desk.ask("liaison-b", "GET", path), 404) == missing
    assert problem(desk.ask("ada", "GET", path), 404) == missing


def test_a_site_is_written_down_as_read_before_it_is_shown(desk: Desk) -> None:
    number = desk.announced(sample.site(), sent=["liaison-a"])
    path = f"{NOTICES}/{number}"
    assert desk.ask("relief-1", "GET", path).status_code == 200
    assert desk.recorded(sight.KIND) == []
    assert desk.ask("liaison-a", "GET", path).status_code == 200
    assert desk.ask("liaison-a", "GET", NOTICES).status_code == 200
    assert desk.ask("clerk-1", "GET", f"{path}/recipients").status_code == 200
    assert desk.recorded(sight.KIND) == [
        {"caller": "liaison-a", "notices": [number], "by": "notice"},
        {"caller": "liaison-a", "notices": [number], "by": "list"},
        {"caller": "clerk-1", "notices": [number], "by": "recipients"},
    ]


def test_what_cannot_be_written_down_is_not_shown(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    number = desk.announced(sample.site(), sent=["liaison-a"])

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(type(desk.office.movements.desk.pen), "write", refuse)
    answer = desk.ask("liaison-a", "GET", f"{NOTICES}/{number}")
    assert answer.status_code == 500
    assert "Hospital" not in answer.text


def test_a_movement_is_read_without_being_written_down(desk: Desk) -> None:
    number = desk.announced(sample.convoy(), sent=["liaison-a"])
    assert desk.ask("liaison-a", "GET", f"{NOTICES}/{number}").status_code == 200
    assert desk.recorded(sight.KIND) == []


def test_the_office_takes_a_call_down_by_a_form(desk: Desk) -> None:
    answer = desk.ask("clerk-1", "POST", NOTICES, taken_down())
    assert answer.status_code == 201, answer.text
    mine = desk.ask("relief-1", "GET", f"{NOTICES}/{answer.json()['notice']}")
    assert mine.json()["notifier"] == "relief-1"
    assert mine.json()["content"]["taken_down"]["heard_by"] == "clerk-2"


def test_a_form_is_for_the_offices_own_staff(door: Desk) -> None:
    size = door.office.record.size()
    assert "envelope" in problem(door.ask("relief-1", "POST", NOTICES, notices.body(sample.site())), 403)
    assert door.office.record.size() == size


def test_what_has_not_changed_is_not_sent_again(desk: Desk) -> None:
    number = desk.announced(sample.site(), sent=["liaison-a"])
    first = desk.ask("liaison-a", "GET", f"{NOTICES}/{number}")
    again = desk.ask("liaison-a", "GET", f"{NOTICES}/{number}", if_none_match=first.headers["etag"])
    assert (again.status_code, again.content) == (304, b"")
    assert len(desk.recorded(sight.KIND)) == 1
    desk.step("relief-1", number, "confirm")
    changed = desk.ask("liaison-a", "GET", f"{NOTICES}/{number}", if_none_match=first.headers["etag"])
    assert changed.status_code == 200
    assert changed.headers["etag"] != first.headers["etag"]


def amendment(desk: Desk, number: int, who: str = "relief-1", metres: int = 25) -> bytes:
    newer = replace(sample.site(), amends=number, uncertainty_m=metres)
    return desk.envelope(who, notices.KIND, notices.body(newer))


def test_an_amendment_names_what_it_has_seen(desk: Desk) -> None:
    number = desk.announced(sample.site())
    path = f"{NOTICES}/{number}"
    tag = desk.ask("relief-1", "GET", path).headers["etag"]
    size = desk.office.record.size()
    problem(desk.ask("relief-1", "PUT", path, amendment(desk, number)), 428)
    stale = desk.ask("relief-1", "PUT", path, amendment(desk, number), if_match='"1"')
    problem(stale, 412)
    assert stale.headers["etag"] == tag
    problem(desk.ask("relief-1", "PUT", path, amendment(desk, number), if_match=f"W/{tag}"), 412)
    assert desk.office.record.size() == size
    done = desk.ask("relief-1", "PUT", path, amendment(desk, number), if_match=tag)
    assert done.status_code == 200, done.text
    assert done.headers["etag"] != tag
    assert desk.ask("relief-1", "GET", path).json()["content"]["uncertainty_m"] == 25


def test_of_twenty_amendments_at_once_one_is_taken(desk: Desk) -> None:
    number = desk.announced(sample.site())
    path = f"{NOTICES}/{number}"
    tag = desk.ask("relief-1", "GET", path).headers["etag"]
    sent = [amendment(desk, number, metres=30 + one) for one in range(20)]
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda one: desk.ask("relief-1", "PUT", path, one, if_match=tag), sent))
    assert sorted(one.status_code for one in answers) == [200] + [412] * 19
    assert len(desk.ask("relief-1", "GET", path).json()["versions"]) == 2


def test_nobody_amends_what_they_do_not_see(desk: Desk) -> None:
    number = desk.announced(sample.site())
    answer = desk.ask(
        "relief-2", "PUT", f"{NOTICES}/{number}", amendment(desk, number, "relief-2"), if_match="*"
    )
    problem(answer, 404)


def test_an_amendment_goes_to_the_address_of_its_notice(desk: Desk) -> None:
    first, second = desk.announced(sample.site()), desk.announced(sample.site())
    problem(desk.ask("relief-1", "POST", NOTICES, amendment(desk, first)), 400)
    answer = desk.ask("relief-1", "PUT", f"{NOTICES}/{second}", amendment(desk, first), if_match="*")
    problem(answer, 400)


def test_the_life_of_a_notice_is_moved_on_and_answered(desk: Desk) -> None:
    number = desk.announced(sample.convoy(), sent=["liaison-a"])
    path = f"{NOTICES}/{number}"
    word = {"notice": number, "version": number, "recipient": "liaison-a", "answer": "acknowledged"}
    said = desk.ask(
        "liaison-a", "POST", f"{path}/acknowledgements", desk.envelope("liaison-a", steps.ANSWER, word)
    )
    assert said.status_code == 201, said.text
    board = desk.ask("relief-1", "GET", f"{path}/recipients").json()["recipients"]
    assert [(one["recipient"], one.get("answer"), one.get("grade")) for one in board] == [
        ("liaison-a", "acknowledged", "signed"),
        ("liaison-b", None, None),
    ]
    assert "approved" not in json.dumps(board)
    done = desk.step("relief-1", number, "withdraw", says="The road is closed.")
    assert (done.status_code, done.json()["state"]) == (201, "withdrawn")
    problem(desk.step("relief-1", number, "close"), 409)


def test_a_word_that_was_read_back_is_taken_down_by_the_office(desk: Desk) -> None:
    number = desk.announced(sample.convoy(), sent=["liaison-a"])
    form = {
        "notice": number, "version": number, "recipient": "liaison-a", "answer": "received",
        "taken_down": {"channel": "radio", "by": "clerk-1", "heard_by": "clerk-2", "caller": "liaison-a"},
    }  # fmt: skip
    path = f"{NOTICES}/{number}/acknowledgements"
    problem(desk.ask("liaison-a", "POST", path, form), 403)
    assert desk.ask("clerk-1", "POST", path, form).status_code == 201
    board = desk.ask("clerk-1", "GET", f"{NOTICES}/{number}/recipients").json()
    assert board["recipients"][0]["grade"] == "read-back"


def test_a_step_is_sent_to_the_notice_that_it_is_about(desk: Desk) -> None:
    first, second = desk.announced(sample.convoy()), desk.announced(sample.convoy())
    body = {"notice": first, "op": "close"}
    answer = desk.ask(
        "relief-1", "POST", f"{NOTICES}/{second}/steps", desk.envelope("relief-1", steps.STEP, body)
    )
    problem(answer, 400)


def test_an_envelope_of_another_kind_is_sent_where_it_belongs(desk: Desk) -> None:
    number = desk.announced(sample.convoy())
    body = {"notice": number, "op": "close"}
    assert steps.STEP in problem(
        desk.ask("relief-1", "POST", NOTICES, desk.envelope("relief-1", steps.STEP, body)), 400
    )


def test_a_list_comes_in_pages(desk: Desk) -> None:
    numbers = [desk.announced(sample.convoy()) for _ in range(5)]
    desk.announced(sample.convoy(), "relief-2")
    found, path = [], f"{NOTICES}?limit=2"
    while path:
        answer = desk.ask("relief-1", "GET", path)
        assert answer.status_code == 200, answer.text
        found.append([one["notice"] for one in answer.json()["notices"]])
        link = answer.headers.get("link", "")
        path = link.removeprefix("<").partition(">")[0]
        assert not link or link.endswith('rel="next"')
    assert [one for one in found if one] == [numbers[:2], numbers[2:4], numbers[4:]]


def test_a_list_is_of_one_kind_or_state_where_that_is_asked(desk: Desk) -> None:
    convoy, site = desk.announced(sample.convoy()), desk.announced(sample.site())
    listed = desk.ask("relief-1", "GET", f"{NOTICES}?kind=site").json()["notices"]
    assert [one["notice"] for one in listed] == [site]
    assert "end" not in listed[0]
    desk.step("relief-1", convoy, "close")
    closed = desk.ask("relief-1", "GET", f"{NOTICES}?state=closed").json()["notices"]
    assert [one["notice"] for one in closed] == [convoy]


@pytest.mark.parametrize(
    "query", ["cursor=abc", "cursor=YWZ0ZXI6LTE", "cursor=%00", "limit=0", "limit=9999", "kind=hospital"]
)
def test_a_list_that_is_asked_for_wrongly_is_refused(door: Desk, query: str) -> None:
    problem(door.ask("relief-1", "GET", f"{NOTICES}?{query}"), 400)


@pytest.mark.parametrize(
    "body",
    [
        b"", b"no JSON", b"[]", b"{}", b'{"sig"', b"\xff\xfe", b'{"kind":1e400}', b"[" * 100_000, b"9" * 5000,
        b'{"kind":NaN}', b'{"kind":"\\ud800"}',
    ],
)  # fmt: skip
def test_what_is_no_notice_is_refused_without_a_trace(door: Desk, body: bytes) -> None:
    size = door.office.record.size()
    problem(door.ask("clerk-1", "POST", NOTICES, body), 400)
    assert door.office.record.size() == size


def test_a_body_without_end_is_given_up(door: Desk) -> None:
    problem(door.ask("clerk-1", "POST", NOTICES, b" " * 300_000), 413)


def test_a_sheet_is_printed_for_a_recipient(desk: Desk) -> None:
    number = desk.announced(sample.site(), sent=["liaison-a"])
    path = f"{NOTICES}/{number}/sheet.pdf"
    mine = desk.ask("liaison-a", "GET", path)
    assert (mine.status_code, mine.headers["content-type"]) == (200, "application/pdf")
    assert mine.content.startswith(b"%PDF-")
    assert desk.ask("clerk-1", "GET", f"{path}?recipient=liaison-b").status_code == 200
    problem(desk.ask("liaison-a", "GET", f"{path}?recipient=liaison-b"), 403)
    problem(desk.ask("clerk-1", "GET", path), 400)
    assert [one["by"] for one in desk.recorded(sight.KIND)] == ["sheet", "sheet"]
