"""The airspace standard over HTTP: tokens of a test authority, and answers held against the standard's own schema."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import jsonschema
import jwt
import yaml
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from fastapi import FastAPI
from fastapi.testclient import TestClient

from tests.airspace.kit import EVERY, Kit, new_kit
from trucekeeper.api.f3548.routes import routes
from trucekeeper.api.tokens import Verifier

AUDIENCE = "dss.example"
ISSUER = "https://authority.example/token"
BEYOND = {("PUT", "/dss/v1/uss_availability/{uss_id}"): {409}}
"""Codes that the specification asks for and the schema does not list."""


@cache
def authority() -> rsa.RSAPrivateKey:
    """The test authority's key, one for each run."""
    return rsa.generate_private_key(65_537, 2048)


def public_pem(key: rsa.RSAPrivateKey | None = None) -> bytes:
    found = (key or authority()).public_key()
    return found.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def token(now_ms: int, sub: str = "uss1", scopes: object = EVERY, **other: object) -> str:
    """A token that holds, but for what is said otherwise; None leaves a claim out."""
    scope = scopes if isinstance(scopes, str) or scopes is None else " ".join(sorted(scopes))  # type: ignore[call-overload]
    claims = {
        "sub": sub,
        "aud": AUDIENCE,
        "iss": ISSUER,
        "exp": now_ms // 1000 + 1800,
        "scope": scope,
        "jti": "1",
        **other,
    }
    return jwt.encode(
        {name: value for name, value in claims.items() if value is not None}, authority(), algorithm="RS256"
    )


class Schema:
    """utm.yaml: what each operation answers."""

    def __init__(self, folder: Path) -> None:
        self.document = yaml.safe_load((folder / "f3548" / "utm.yaml").read_text(encoding="utf-8"))
        self.operations = [
            (method.upper(), path, re.compile(re.sub(r"\{[^}]+\}", "[^/]+", path)), said["responses"])
            for path, item in self.document["paths"].items()
            for method, said in item.items()
            if method in {"get", "put", "post", "delete"}
        ]

    def check(self, method: str, path: str, status: int, body: bytes) -> None:
        """The status is one that the operation knows, and the body has the form that it says."""
        for verb, template, pattern, responses in self.operations:
            if verb != method or not pattern.fullmatch(path):
                continue
            if str(status) not in responses:
                assert status in BEYOND.get((method, template), ()), (method, template, status)
                continue
            content = responses[str(status)].get("content")
            if content is None:
                assert body == b""
                return
            root = content["application/json"]["schema"] | {"components": self.document["components"]}
            jsonschema.Draft4Validator(root).validate(json.loads(body))
            return


@dataclass
class Said:
    """What came back."""

    status: int
    json: dict
    headers: Mapping[str, str]


@dataclass
class Dss:
    """The interface in this process, over a desk whose clock is set by hand."""

    kit: Kit
    schema: Schema | None
    http: TestClient
    statuses: set[int] = field(default_factory=set)

    def ask(
        self,
        method: str,
        path: str,
        body: object = None,
        sub: str = "uss1",
        scopes: object = EVERY,
        **headers: str,
    ) -> Said:
        """One request with a token of ``sub``; whatever is answered has the form of the standard."""
        sent = {"Authorization": f"Bearer {token(self.kit.clock.now(), sub, scopes)}", **headers}
        return self.raw(method, path, None if body is None else json.dumps(body).encode(), sent)

    def raw(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Said:
        """One request as it is told."""
        address = path if path.startswith("/") else f"/dss/v1/{path}"
        answer = self.http.request(method, address, content=body, headers=dict(headers))
        if self.schema is not None:
            self.schema.check(method, address, answer.status_code, answer.content)
        assert answer.headers["content-type"] == "application/json"
        assert answer.status_code < 500
        return Said(answer.status_code, answer.json(), answer.headers)


def new_dss(kit: Kit | None = None, schema: Schema | None = None) -> Dss:
    kit = kit or new_kit()
    app = FastAPI()
    verifier = Verifier.of([(public_pem(), None)], frozenset({AUDIENCE}), kit.clock)
    app.include_router(routes(kit.desk, verifier))
    return Dss(kit, schema, TestClient(app, base_url="http://127.0.0.1"))
