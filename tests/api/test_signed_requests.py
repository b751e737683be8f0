"""Requests signed by RFC 9421: what holds, and whatever is changed, replayed, late or not covered does not."""

import base64
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from http_message_signatures import HTTPMessageSigner, HTTPSignatureKeyResolver, algorithms

from tests.api.desk_kit import HOST, Desk, new_desk, signed
from tests.movements import sample
from tests.office_kit import key_of
from trucekeeper.api.refusals import Unauthenticated
from trucekeeper.api.signed_requests import MOST_NONCES, WINDOW_MS, Lines, Message, Nonces
from trucekeeper.kernel.clock import Instant
from trucekeeper.kernel.keys import Ed25519Signer

PATH = "/api/v1/notices"
NOW_S = sample.NOW // 1000


@pytest.fixture(scope="module")
def desk(founded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    made = new_desk(founded, tmp_path_factory.mktemp("signed") / "office")
    yield made
    made.close()


def asked(desk: Desk, nonce: str, path: str = PATH, **changed: str) -> int:
    """The status of a signed GET; ``changed`` is what the signature says instead."""
    created = int(changed.pop("created", NOW_S))
    fields = signed(key_of("relief-1"), "GET", path, b"", created, nonce, **changed)
    return desk.send("GET", path, b"", fields).status_code


def test_a_signed_request_is_let_in_once(desk: Desk) -> None:
    fields = signed(key_of("relief-1"), "GET", PATH, b"", NOW_S, "once")
    assert desk.send("GET", PATH, b"", fields).status_code == 200
    again = desk.send("GET", PATH, b"", fields)
    assert again.status_code == 401
    assert "nonce" in again.json()["detail"]


def test_two_people_may_use_the_same_nonce(desk: Desk) -> None:
    for person in ("relief-1", "relief-2"):
        fields = signed(key_of(person), "GET", PATH, b"", NOW_S, "shared")
        assert desk.send("GET", PATH, b"", fields).status_code == 200


@pytest.mark.parametrize(
    ("seconds", "status"), [(0, 200), (-299, 200), (299, 200), (-301, 401), (301, 401), (10**12, 401)]
)
def test_a_signature_holds_for_five_minutes_either_way(desk: Desk, seconds: int, status: int) -> None:
    opened = desk.office.record.as_of(desk.office.record.size())
    assert opened < sample.NOW
    desk.clock.at = Instant(sample.NOW + 1_000_000)
    try:
        created = (desk.clock.at // 1000) + seconds
        fields = signed(key_of("relief-1"), "GET", PATH, b"", created, f"at{seconds}")
        assert desk.send("GET", PATH, b"", fields).status_code == status
    finally:
        desk.clock.at = sample.NOW


def test_what_was_signed_before_the_office_was_opened_may_have_been_used(desk: Desk) -> None:
    assert asked(desk, "early", created=str(NOW_S - 60)) == 401


@pytest.mark.parametrize(
    "changed",
    [
        {"signed_method": "POST"},
        {"target": f"http://{HOST}/api/v1/sightings"},
        {"target": f"http://{HOST}{PATH}?limit=2"},
        {"target": f"https://{HOST}{PATH}"},
        {"target": f"http://another.example{PATH}"},
    ],
)
def test_a_signature_over_another_request_does_not_hold(desk: Desk, changed: dict[str, str]) -> None:
    assert asked(desk, "other" + str(changed), **changed) == 401


KEY = key_of("relief-1").key_id


@pytest.mark.parametrize(
    "params",
    [
        f'("@target-uri");created={NOW_S};keyid="{KEY}";nonce="a"',
        f'("@method");created={NOW_S};keyid="{KEY}";nonce="b"',
        f'("@method" "@path");created={NOW_S};keyid="{KEY}";nonce="c"',
        f'("@method" "@target-uri");keyid="{KEY}";nonce="d"',
        f'("@method" "@target-uri");created={NOW_S};keyid="{KEY}"',
        f'("@method" "@target-uri");created={NOW_S};nonce="e"',
        f'("@method" "@target-uri");created={NOW_S};keyid="{KEY}";nonce=""',
        f'("@method" "@target-uri");created={NOW_S};keyid="{"0" * 32}";nonce="f"',
        f'("@method" "@target-uri");created={NOW_S};keyid="{KEY}";nonce="g";alg="hmac-sha256"',
        f'("@method" "@target-uri");created={NOW_S};keyid="{KEY}";nonce="{"n" * 101}"',
        "()",
        "nonsense",
        '("@method" "@target-uri");created="now"',
    ],
)
def test_a_signature_that_lacks_something_does_not_hold(desk: Desk, params: str) -> None:
    lines = {"@method": "GET", "@target-uri": f"http://{HOST}{PATH}", "@path": PATH}
    covered = [name for name in lines if f'"{name}"' in params.partition(")")[0]]
    base = "".join(f'"{name}": {lines[name]}\n' for name in sorted(covered, key=params.index))
    signature = base64.b64encode(key_of("relief-1").sign(f'{base}"@signature-params": {params}'.encode()))
    fields = {"Signature-Input": f"sig={params}", "Signature": f"sig=:{signature.decode()}:"}
    assert desk.send("GET", PATH, b"", fields).status_code == 401


def test_method_authority_path_and_query_will_do(desk: Desk) -> None:
    params = f'("@method" "@authority" "@path" "@query");created={NOW_S};keyid="{KEY}";nonce="parts"'
    base = (
        f'"@method": GET\n"@authority": {HOST}\n"@path": {PATH}\n"@query": ?limit=3\n'
        f'"@signature-params": {params}'
    )
    signature = base64.b64encode(key_of("relief-1").sign(base.encode())).decode()
    fields = {"Signature-Input": f"sig={params}", "Signature": f"sig=:{signature}:"}
    assert desk.send("GET", f"{PATH}?limit=3", b"", fields).status_code == 200


def test_a_body_is_covered_by_its_digest(desk: Desk) -> None:
    question = b'{"volumes":[{"footprint":{"form":"point","points":[[0,0]],"reach_cm":0}}]}'
    where = "/api/v1/conflicts"

    def status(body: bytes, nonce: str, **changed: str) -> int:
        fields = signed(key_of("relief-1"), "POST", where, body, NOW_S, nonce, **changed)
        return desk.send("POST", where, question, fields).status_code

    assert status(question, "whole") == 200
    assert status(question + b" ", "altered") == 401
    assert status(question, "false digest", digested="something else") == 401
    assert status(b"", "no digest") == 401


def test_a_key_that_is_in_nobodys_mandate_opens_nothing(desk: Desk) -> None:
    assert desk.ask(Ed25519Signer(b"s" * 32), "GET", PATH).status_code == 401


def test_two_signatures_are_one_too_many(desk: Desk) -> None:
    one = signed(key_of("relief-1"), "GET", PATH, b"", NOW_S, "left")
    other = signed(key_of("clerk-1"), "GET", PATH, b"", NOW_S, "right")
    both = {
        name: f"{one[name]}, {other[name].replace('sig=', 'other=', 1)}"
        for name in ("Signature-Input", "Signature")
    }
    assert desk.send("GET", PATH, b"", both).status_code == 401


def test_fields_that_are_too_long_are_not_read(desk: Desk) -> None:
    fields = {"Signature-Input": "sig=" + "(" * 10_000, "Signature": "sig=:AAAA:"}
    assert desk.send("GET", PATH, b"", fields).status_code == 401


class _Keys(HTTPSignatureKeyResolver):
    def resolve_private_key(self, key_id: str):
        key = key_of("relief-1")
        assert key_id == key.key_id
        return key._key


def test_what_a_library_signs_is_let_in(desk: Desk) -> None:
    """The test's own signer is written by hand; this one is not."""
    signer = HTTPMessageSigner(signature_algorithm=algorithms.ED25519, key_resolver=_Keys())

    class Sent(dict[str, str]):
        pass

    body = b'{"volumes":[{"footprint":{"form":"point","points":[[0,0]],"reach_cm":0}}]}'
    headers = Sent()
    message = Message("POST", f"http://{HOST}/api/v1/conflicts", headers)  # type: ignore[arg-type]

    signer.sign(
        message, key_id=KEY, created=datetime.fromtimestamp(NOW_S, UTC), nonce="library", body=body,
        covered_component_ids=("@method", "@target-uri"),
    )  # fmt: skip
    assert desk.send("POST", "/api/v1/conflicts", body, dict(headers)).status_code == 200


def test_nonces_are_forgotten_when_they_cannot_come_again() -> None:
    nonces = Nonces(Instant(0))
    nonces.use("k", "n", Instant(10_000), Instant(10_000))
    with pytest.raises(Unauthenticated):
        nonces.use("k", "n", Instant(10_000), Instant(10_000 + WINDOW_MS))
    later = Instant(20_000 + 2 * WINDOW_MS)
    nonces.use("k", "m", later, later)
    assert len(nonces._seen) == 1
    assert len(nonces._seen) < MOST_NONCES


def test_lines_keep_the_order_in_which_they_came() -> None:
    assert list(Lines((("a", "1"), ("a", "2"))).items()) == [("a", "1"), ("a", "2")]
