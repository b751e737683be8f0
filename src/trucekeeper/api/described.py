"""What OpenAPI says of the desk's routes beyond what the framework finds by itself."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from trucekeeper.api.answers import Problem
from trucekeeper.api.callers import SCOPE
from trucekeeper.api.questions import QuestionV1
from trucekeeper.kernel.canon import Json
from trucekeeper.movements.wire.notices import NoticeV1
from trucekeeper.movements.wire.steps import AcknowledgementV1, StepV1
from trucekeeper.parties.wire import Strict

TEMPLATE = "#/components/schemas/{model}"
PROBLEM = "application/problem+json"
_OWN_422 = "HTTPValidationError"


class StatementV1(Strict):
    """What an author signed: see the reference on the record's forms."""

    at: str
    body: dict[str, object]
    key: str
    kind: str
    origin: str
    uid: str


class EnvelopeV1(Strict):
    """A signed entry in canonical JSON. ``d`` are the disclosures of the fields that are told apart."""

    d: list[str] | None = None
    s: StatementV1
    sig: str


_BODIES: tuple[type[BaseModel], ...] = (EnvelopeV1, NoticeV1, StepV1, AcknowledgementV1, QuestionV1)

SCHEMES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "token": {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
            "description": f"RS256; sub is the id of a holder in the key set, scope names {SCOPE}.",
        },
        "signature": {
            "type": "apiKey",
            "in": "header",
            "name": "Signature",
            "description": "RFC 9421 with Ed25519 by a key of the key set. Signature-Input covers @method, "
            "@target-uri (or @authority, @path and @query), and content-digest where there is a body; it bears "
            "created, nonce and keyid.",
        },
    }
)

_SAYS: Mapping[int, str] = MappingProxyType(
    {
        400: "The request is not as it has to be.",
        401: "Nobody whom the office knows asks.",
        403: "The caller may not do this.",
        404: "There is no such thing, or none that the caller may see.",
        409: "It cannot be the next step now.",
        412: "The notice has changed since.",
        413: "The body is too long.",
        422: "The key or the uid stands for another request already.",
        428: "If-Match is missing.",
        429: "Asked too fast; Retry-After says when to come again.",
        503: "Too much waits already; Retry-After says when to come again.",
    }
)


def problems(*statuses: int) -> dict[int | str, dict[str, object]]:
    """The refusals that a route may answer with, beside those that every route has."""
    every = sorted({400, 401, 403, 404, 413, 429, 503, *statuses})
    return {status: {"model": Problem, "description": _SAYS[status]} for status in every}


def takes(*forms: str, security: bool = True) -> dict[str, object]:
    """The body of a route: one of these forms; and who may send it."""
    schema: dict[str, object] = (
        {"$ref": TEMPLATE.format(model=forms[0])}
        if len(forms) == 1
        else {"anyOf": [{"$ref": TEMPLATE.format(model=one)} for one in forms]}
    )
    body = {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}
    return {**(body if forms else {}), **(closed() if security else {})}


def closed() -> dict[str, object]:
    """Either way of being known will do."""
    return {"security": [{name: list[str]()} for name in SCHEMES]}


class Api(FastAPI):
    """An application that describes itself with bodies, security and problems."""

    def openapi(self) -> dict[str, object]:
        """Made once, when first asked for."""
        if self.openapi_schema is None:
            self.openapi_schema = dict(_made(self))
        return self.openapi_schema


def _made(app: FastAPI) -> dict[str, Json]:
    found: dict[str, Json] = get_openapi(
        title=app.title, version=app.version, description=app.description, routes=app.routes
    )
    components = found.setdefault("components", {})
    assert isinstance(components, dict)  # noqa: S101 - so OpenAPI has it
    schemas = components.setdefault("schemas", {})
    assert isinstance(schemas, dict)  # noqa: S101 - so OpenAPI has it
    _, added = models_json_schema([(one, "validation") for one in _BODIES], ref_template=TEMPLATE)
    for name, schema in added.get("$defs", {}).items():
        schemas.setdefault(name, schema)
    components["securitySchemes"] = {name: dict(scheme) for name, scheme in SCHEMES.items()}
    for operation in _operations(found):
        _tidy(operation)
    for name in (_OWN_422, "ValidationError"):
        schemas.pop(name, None)
    found["components"] = {**components, "schemas": dict(sorted(schemas.items()))}
    return found


def _operations(found: Mapping[str, Json]) -> Sequence[dict[str, Json]]:
    paths = found.get("paths")
    by_path = paths.values() if isinstance(paths, dict) else ()
    return [
        operation
        for methods in by_path
        if isinstance(methods, dict)
        for operation in methods.values()
        if isinstance(operation, dict)
    ]


def _tidy(operation: dict[str, Json]) -> None:
    """Problems come as problem details, and bad parameters as 400."""
    responses = operation.get("responses")
    if not isinstance(responses, dict):
        return
    for status, said in list(responses.items()):
        content = said.get("content") if isinstance(said, dict) else None
        if not isinstance(content, dict):
            continue
        if _OWN_422 in str(content):
            del responses[status]
        elif "schemas/Problem" in str(content) and isinstance(said, dict):
            said["content"] = {PROBLEM: content["application/json"]}
