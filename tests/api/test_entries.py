"""Signed entries in by HTTP: recorded, or refused with problem details and without a trace."""

import json
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from tests.office_kit import START, seen
from tests.serving import Answer, Served, served
from trucekeeper.drill import people
from trucekeeper.findings import wire as findings_wire
from trucekeeper.findings.model import Ballot, Position, Reply
from trucekeeper.kernel.canon import LIMIT_BYTES
from trucekeeper.kernel.clock import Instant, SystemClock
from trucekeeper.kernel.keys import Ed25519Signer
from trucekeeper.observations import wire
from trucekeeper.observations.model import Observation
from trucekeeper.office.verifying import authentic as verify_bundle
from trucekeeper.record import checkpoint, entry
from trucekeeper.record.receipt import verify_receipt
from trucekeeper.record.ref import Ref

SEED = 2026
STRANGER = Ed25519Signer(b"s" * 32)


@pytest.fixture(scope="module")
def desk(drilled: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The drill's office, writable and served."""
    root = Path(shutil.copytree(drilled, tmp_path_factory.mktemp("served") / "office"))
    with served(root) as one:
        yield one


def sealed(
    desk: Served,
    body: dict,
    *,
    by: str | Ed25519Signer = "monitor-lake",
    kind: str = wire.KIND,
    uid: str = "",
    origin: str = "",
    at: Instant | None = None,
) -> bytes:
    key = people.signer(SEED, by) if isinstance(by, str) else by
    uid = uid or sha256(f"{json.dumps(body)} {by} {kind}".encode()).hexdigest()[:32]
    return entry.seal(key, kind, origin or desk.office.record.origin, uid, at or SystemClock().now(), body)


def note(uid: str, **changed: object) -> dict:
    return wire.body(replace(seen(uid), **changed))


def posted(desk: Served, envelope: bytes) -> Answer:
    return desk.ask("/api/v1/entries", envelope)


def problem(answer: Answer) -> str:
    """What a refusal says, in problem details of one sentence."""
    assert answer.headers["content-type"] == "application/problem+json"
    assert set(answer.json) == {"type", "title", "status", "detail"}
    assert answer.json["status"] == answer.status
    assert answer.json["detail"].endswith(".")
    assert "\n" not in answer.json["detail"]
    assert "Traceback" not in answer.text
    return answer.json["detail"]


def test_an_observation_is_recorded_and_can_be_found(desk: Served) -> None:
    size = desk.office.record.size()
    answer = posted(desk, sealed(desk, note("posted-1")))
    assert (answer.status, answer.json["entry"], answer.json["kind"]) == (201, size, wire.KIND)
    promised = verify_receipt(answer.json["receipt"].encode(), desk.office.record.vkey)
    assert (promised.index, promised.leaf) == (size, desk.office.record.leaf(size))
    assert desk.office.record.size() == size + 1
    recorded = desk.office.casebook.recorded("patrol-lake", ("posted-1",))
    assert recorded == {"posted-1": Ref(size)}
    assert desk.ask(f"/entries/{size}").status == 200


WRONG = {
    "nothing": (lambda _: b"", 400, "not JSON"),
    "not JSON": (lambda _: b"hello", 400, "not JSON"),
    "not UTF-8": (lambda _: b"\xff\xfe", 400, "not UTF-8"),
    "deep": (lambda _: b"[" * 60_000, 400, "nests deeper"),
    "too long": (lambda _: b" " * (LIMIT_BYTES + 1), 400, f"longer than {LIMIT_BYTES} bytes"),
    "a list": (lambda _: b"[]", 400, "object"),
    "not canonical": (lambda desk: sealed(desk, note("w1")).replace(b",", b", ", 1), 400, "canonical"),
    "a flipped signature": (lambda desk: flipped(sealed(desk, note("w2"))), 401, "signature"),
    "a stranger's key": (lambda desk: sealed(desk, note("w3"), by=STRANGER), 401, "key"),
    "another log": (lambda desk: sealed(desk, note("w4"), origin="else.example/r"), 401, "another record"),
    "before the mandate": (lambda desk: sealed(desk, note("w5"), at=Instant(START - 9 * 86_400_000)), 401, ""),
    "a role that may not": (lambda desk: sealed(desk, note("w6"), by="panel-first"), 403, "may not sign"),
    "a kind of the office": (lambda desk: sealed(desk, {}, kind="report/v1"), 400, "not taken from outside"),
    "a kind that nobody knows": (lambda desk: sealed(desk, {}, kind="rumour/v9"), 400, "not taken from outside"),
    "a body of another form": (lambda desk: sealed(desk, {"uid": "w7"}), 400, "observation"),
    "an unknown field": (lambda desk: sealed(desk, {**note("w8"), "mood": "grim"}), 400, "mood"),
    "an impossible place": (
        lambda desk: sealed(desk, {**note("w9"), "where": {"disc": [-91_000_000, 0, 5]}}), 400, "where",
    ),
    "another party's source": (
        lambda desk: sealed(desk, note("w10", source="liaison-b"), by="liaison-a"), 403, "party-a alone",
    ),
    "an observation sent twice": (
        lambda desk: posted(desk, sealed(desk, note("twice"))) and sealed(desk, note("twice"), uid="2" * 32),
        409, "stands at entry",
    ),
    "a reply to no case": (
        lambda desk: sealed(
            desk, findings_wire.reply_body(Reply(Ref(0), "party-a", Position.DISPUTES, "No.")),
            by="liaison-a", kind=findings_wire.REPLY,
        ), 404, "",
    ),
    "a vote on no case": (
        lambda desk: sealed(
            desk, findings_wire.vote_body(Ballot(Ref(0), "0" * 64, approves=True, says="Yes.")),
            by="panel-first", kind=findings_wire.VOTE,
        ), 404, "",
    ),
}  # fmt: skip


def flipped(envelope: bytes) -> bytes:
    """The same envelope with another first letter in its signature."""
    at = envelope.index(b'"sig":"') + len(b'"sig":"') + 10
    return envelope[:at] + (b"B" if envelope[at : at + 1] == b"A" else b"A") + envelope[at + 1 :]


@pytest.mark.parametrize("case", WRONG)
def test_what_cannot_be_taken_is_refused_with_one_sentence(case: str, desk: Served) -> None:
    make, status, says = WRONG[case]
    envelope = make(desk)
    size, known = desk.office.record.size(), desk.office.record.checkpoint()
    answer = posted(desk, envelope)
    assert says in problem(answer)
    assert answer.status == status
    assert (desk.office.record.size(), desk.office.record.checkpoint()) == (size, known)


def test_a_vote_that_would_not_count_is_refused(desk: Served) -> None:
    case = next(one for one in desk.office.casebook.cases() if one.state == "decided")
    body = findings_wire.vote_body(Ballot(case.ref, case.digest, approves=True, says="Once more."))
    answer = posted(desk, sealed(desk, body, by="panel-first", kind=findings_wire.VOTE))
    assert answer.status == 403
    assert "would not count" in problem(answer)


def test_one_entry_sent_by_many_at_once_is_recorded_once(desk: Served) -> None:
    envelope = sealed(desk, note("rush"))
    size = desk.office.record.size()
    with ThreadPoolExecutor(8) as threads:
        statuses = sorted(threads.map(lambda _: posted(desk, envelope).status, range(8)))
    assert statuses[0] == 201
    assert set(statuses[1:]) == {409}
    assert desk.office.record.size() == size + 1


def test_many_at_once_are_each_recorded_once_and_can_be_found(desk: Served) -> None:
    size = desk.office.record.size()
    envelopes = [sealed(desk, note(f"crowd-{number}")) for number in range(24)]
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda one: posted(desk, one), envelopes))
    assert [one.status for one in answers] == [201] * 24
    assert {one.json["entry"] for one in answers} == set(range(size, size + 24))
    for number, one in enumerate(answers):
        body = json.loads(desk.office.record.opened(one.json["entry"]).entry.body_bytes)
        assert body["uid"] == f"crowd-{number}"


def test_a_liaison_may_reply_by_the_api(desk: Served) -> None:
    case = next((one for one in desk.office.casebook.cases() if one.silent), None)
    assert case is not None, "the drill left no case waiting"
    party = case.silent[0]
    body = findings_wire.reply_body(Reply(case.ref, party, Position.DISPUTES, "We were not there."))
    answer = posted(desk, sealed(desk, body, by=f"liaison-{party[-1]}", kind=findings_wire.REPLY))
    assert answer.status == 201
    assert Ref(answer.json["entry"]) in desk.office.casebook.case(case.ref).replies


# --- what comes out --------------------------------------------------------------------------------


def test_the_checkpoint_verifies_under_the_key_that_is_handed_out(desk: Served) -> None:
    note, vkey = desk.ask("/api/v1/checkpoint"), desk.ask("/api/v1/vkey")
    signed = checkpoint.verified(note.body, vkey.text.strip())
    assert signed.size == desk.office.record.size()


def test_a_bundle_that_was_downloaded_verifies(desk: Served) -> None:
    (path,) = (desk.office.folder.root / "bundles").iterdir()
    answer = desk.ask(f"/api/v1/bundles/{path.stem}")
    assert (answer.status, answer.body) == (200, path.read_bytes())
    assert verify_bundle(answer.body, desk.ask("/api/v1/vkey").text.strip()).subject == path.stem


def test_reports_are_listed_and_are_the_published_bytes(desk: Served) -> None:
    listed = desk.ask("/api/v1/reports").json
    assert [one["day"] for one in listed] == ["2026-03-01", "2026-03-02", "2026-03-03"]
    for one in listed:
        answer = desk.ask(f"/api/v1/reports/{one['day']}")
        assert answer.body == (desk.office.folder.reports / one["day"] / "daily.json").read_bytes()


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/v1/reports/2026-03-09", 404),
        ("/api/v1/reports/yesterday", 400),
        ("/api/v1/reports/2026-02-29", 400),
        ("/api/v1/bundles/INC-2026-999999", 404),
        ("/api/v1/bundles/nonsense", 400),
        ("/api/v1/bundles/..%2f..%2fkeys%2fofficer.pem", 404),
        ("/api/v1/bundles/%2e%2e", 400),
        ("/api/v1/reports/..%2f..%2foffice.toml", 404),
        ("/api/v1/nothing", 404),
        ("/api/v1/entries", 405),
    ],
)
def test_what_is_not_there_is_said_in_problem_details(desk: Served, path: str, status: int) -> None:
    answer = desk.ask(path)
    problem(answer)
    assert answer.status == status
    assert b"PRIVATE KEY" not in answer.body


def test_the_api_describes_itself(desk: Served) -> None:
    described = desk.ask("/api/v1/openapi.json").json
    assert sorted(described["paths"]) == [
        "/api/v1/bundles/{incident}", "/api/v1/checkpoint", "/api/v1/commitments", "/api/v1/conflicts",
        "/api/v1/entries",
        "/api/v1/notices", "/api/v1/notices/{number}", "/api/v1/notices/{number}/acknowledgements",
        "/api/v1/notices/{number}/recipients", "/api/v1/notices/{number}/sheet.pdf",
        "/api/v1/notices/{number}/steps", "/api/v1/reports", "/api/v1/reports/{day}", "/api/v1/sightings",
        "/api/v1/vkey", "/log/open/index", "/log/{path}",
    ]  # fmt: skip


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "192.168.1.2", ""])
def test_another_host_is_not_answered(desk: Served, host: str) -> None:
    size = desk.office.record.size()
    assert desk.ask("/api/v1/checkpoint", host=host).status == 400
    assert desk.ask("/api/v1/entries", sealed(desk, note(f"host-{host}")), host=host).status == 400
    assert desk.office.record.size() == size


def test_an_observation_of_the_future_form_is_not_guessed_at(desk: Served) -> None:
    assert isinstance(seen("x"), Observation)
    answer = posted(desk, sealed(desk, note("v2"), kind="observation/v2"))
    assert answer.status == 400
    problem(answer)
