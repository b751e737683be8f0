"""Whose token is taken: signed with RS256 by an accepted key, for this audience, for an hour at most."""

import base64
import json

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.airspace.kit import NOW, an_id, new_kit
from tests.f3548 import AUDIENCE, ISSUER, authority, new_dss, public_pem, token
from trucekeeper.api.tokens import Key, Verifier
from trucekeeper.kernel.clock import Instant, SetClock
from trucekeeper.kernel.errors import BadInput, NotTrusted

CLOCK = SetClock(NOW)
SECONDS = NOW // 1000


def verifier(*keys: tuple[bytes, str | None], audiences: frozenset[str] = frozenset({AUDIENCE})) -> Verifier:
    return Verifier.of(keys or ((public_pem(), None),), audiences, CLOCK)


def forged(header: dict[str, object], claims: dict[str, object], signature: bytes = b"") -> str:
    parts = [base64.urlsafe_b64encode(json.dumps(one).encode()).rstrip(b"=") for one in (header, claims)]
    return b".".join([*parts, base64.urlsafe_b64encode(signature).rstrip(b"=")]).decode()


def test_a_token_tells_whose_it_is_and_what_it_may():
    claims = verifier().claims(f"bearer {token(NOW, 'uss9', 'utm.a  utm.b')}")
    assert (claims.sub, claims.scopes, claims.iss) == ("uss9", {"utm.a", "utm.b"}, ISSUER)


@pytest.mark.parametrize(
    "other",
    [
        {"exp": None},
        {"exp": SECONDS},
        {"exp": SECONDS - 1},
        {"exp": SECONDS + 3_660},
        {"exp": "soon"},
        {"exp": True},
        {"exp": float("nan")},
        {"exp": float("inf")},
        {"nbf": SECONDS + 60},
        {"aud": None},
        {"aud": "another.example"},
        {"aud": []},
        {"aud": [1, "another.example"]},
        {"aud": {"a": 1}},
        {"sub": None},
        {"sub": ""},
        {"sub": "x" * 256},
        {"sub": "a\nb"},
    ],
)
def test_a_claim_that_does_not_hold_is_refused(other):
    with pytest.raises(NotTrusted):
        verifier().claims(f"Bearer {token(NOW, **other)}")


def test_scopes_are_one_text():
    said = {"sub": "a", "aud": AUDIENCE, "exp": SECONDS + 60, "scope": ["utm.strategic_coordination"]}
    with pytest.raises(NotTrusted):
        verifier().claims(f"Bearer {jwt.encode(said, authority(), 'RS256')}")


def test_an_issuer_that_is_no_text_is_no_issuer():
    said = {"sub": "a", "aud": AUDIENCE, "exp": SECONDS + 60, "iss": ["x"]}
    text = jwt.PyJWS().encode(json.dumps(said).encode(), authority(), "RS256")
    for one in (verifier(), verifier((public_pem(), ISSUER))):
        with pytest.raises(NotTrusted):
            one.claims(f"Bearer {text}")


@pytest.mark.parametrize("seconds", [1, 3_600])
def test_a_token_holds_up_to_an_hour(seconds):
    assert verifier().claims(f"Bearer {token(NOW, exp=SECONDS + seconds)}").sub == "uss1"


def test_one_of_several_audiences_is_enough_and_no_scope_is_no_scope():
    claims = verifier().claims(f"Bearer {token(NOW, scopes=None, aud=['x', AUDIENCE])}")
    assert claims.scopes == frozenset()


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Basic abc", "Bearer a b", "Bearer é.b.c", "Bearer a.b", "x"]
)
def test_what_is_no_bearer_token_is_refused(header):
    with pytest.raises(NotTrusted):
        verifier().claims(header)


def test_only_rs256_counts():
    claims = {"sub": "uss1", "aud": AUDIENCE, "exp": SECONDS + 60, "scope": ""}
    pem = public_pem()
    curve = ec.generate_private_key(ec.SECP256R1())
    tokens = [
        forged({"alg": "none"}, claims),
        forged({"alg": "none", "typ": "JWT"}, claims, b"x"),
        jwt.encode(claims, authority(), "RS384"),
        jwt.encode(claims, authority(), "PS256"),
        jwt.encode(claims, curve, "ES256"),
        jwt.encode(claims, "a secret of thirty-two characters", "HS256"),
        forged({"alg": "HS256"}, claims, pem[:32]),
        forged({"alg": "RS256"}, claims, b"x" * 256),
        forged({"alg": ["RS256"]}, claims, b"x" * 256),
        token(NOW)[:-6] + "AAAAAA",
    ]
    for one in tokens:
        with pytest.raises(NotTrusted):
            verifier().claims(f"Bearer {one}")


def test_a_key_bound_to_an_issuer_signs_for_it_alone():
    bound = verifier((public_pem(), ISSUER))
    assert bound.claims(f"Bearer {token(NOW)}").iss == ISSUER
    for other in ("https://another.example", None):
        with pytest.raises(NotTrusted):
            bound.claims(f"Bearer {token(NOW, iss=other)}")
    free = rsa.generate_private_key(65_537, 2048)
    both = verifier((public_pem(free), None), (public_pem(), ISSUER))
    assert both.claims(f"Bearer {token(NOW)}").sub == "uss1"


def test_without_a_key_or_an_audience_nobody_is_let_in():
    header = f"Bearer {token(NOW)}"
    for shut in (Verifier((), frozenset({AUDIENCE}), CLOCK), verifier(audiences=frozenset())):
        with pytest.raises(NotTrusted):
            shut.claims(header)


def test_only_rsa_keys_that_can_be_read_are_accepted():
    curve = ec.generate_private_key(ec.SECP256R1()).public_key()
    bad = [b"", b"nonsense", curve.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)]
    for pem in bad:
        with pytest.raises(BadInput):
            Key.parse(pem)
    short = rsa.generate_private_key(65_537, 1024)
    assert Key.parse(public_pem(short)).weak
    assert not Key.parse(public_pem()).weak


def test_the_token_is_looked_at_before_the_body_and_the_answer_says_what_to_bring():
    dss = new_dss()
    path = f"/dss/v1/subscriptions/{an_id(1)}"
    for headers in ({}, {"Authorization": "Bearer x"}, {"Authorization": f"Bearer {token(NOW, aud='x')}"}):
        answer = dss.raw("PUT", path, b"x" * 3_000_000, headers)
        assert (answer.status, list(answer.json)) == (401, ["message"])
        assert answer.headers["www-authenticate"].startswith("Bearer")
    poor = {"Authorization": f"Bearer {token(NOW, scopes='utm.none')}"}
    answer = dss.raw("PUT", path, b"x" * 3_000_000, poor)
    assert (answer.status, answer.headers["www-authenticate"].startswith("Bearer")) == (403, True)


def test_a_token_ends_when_the_clock_says_so():
    kit = new_kit()
    dss = new_dss(kit)
    header = {"Authorization": f"Bearer {token(NOW)}"}
    assert dss.raw("GET", "uss_availability/x", None, header).status == 200
    kit.clock.at = Instant(NOW + 1_800_000)
    assert dss.raw("GET", "uss_availability/x", None, header).status == 401
