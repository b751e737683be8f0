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


_BODIES: tuple[type[BaseModel], ...] = (Problem, EnvelopeV1, NoticeV1, StepV1, AcknowledgementV1, QuestionV1)

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

_ALWAYS = ("RateLimit", "RateLimit-Policy")
_HEADERS: Mapping[str, str] = MappingProxyType(
    {
        "ETag": "Strong: the newest entry that counts for the notice.",
        "If-Match": "The ETag of what is changed.",
        "If-None-Match": "The ETag of what the caller has.",
        "Idempotency-Key": "Kept for a day: the same request with the same key is done once and answered alike.",
        "Idempotency-Replayed": "true where the answer was given before.",
        "Link": "The next page, rel=next; none at the end.",
        "Location": "The address of the notice.",
        "RateLimit": "What is left of the caller's rate.",
        "RateLimit-Policy": "The caller's rate.",
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
    """The refusals that a route of the desk may answer with, beside those that every one of them has."""
    return refusals(400, 401, 403, 404, 413, 429, 503, *statuses)


def refusals(*statuses: int) -> dict[int | str, dict[str, object]]:
    """The refusals that a route may answer with."""
    return {status: {"model": Problem, "description": _SAYS[status]} for status in sorted(set(statuses))}


def plain(media: str, description: str) -> dict[int | str, dict[str, object]]:
    """An answer that is no JSON of ours."""
    return {200: {"description": description, "content": {media: {"schema": {"type": "string"}}}}}


def done(status: int, form: type[BaseModel] | None, *headers: str) -> dict[int | str, dict[str, object]]:
    """What a route answers with where it does what it is asked, and the headers that go with it."""
    said = {one: {"description": _HEADERS[one], "schema": {"type": "string"}} for one in (*headers, *_ALWAYS)}
    model: dict[str, object] = {} if form is None else {"model": form}
    return {status: {**model, "description": "Done.", "headers": said}}


def sends(name: str, *, required: bool = False) -> dict[str, object]:
    """A header that a route reads."""
    return {
        "name": name,
        "in": "header",
        "required": required,
        "description": _HEADERS[name],
        "schema": {"type": "string", "maxLength": 200},
    }


def takes(
    *forms: str, headers: Sequence[Mapping[str, object]] = (), open_: bool = False
) -> dict[str, object]:
    """The body of a route, one of these forms, and the headers that it reads; ``open_`` to whoever sends it."""
    schema: dict[str, object] = (
        {"$ref": TEMPLATE.format(model=forms[0])}
        if len(forms) == 1
        else {"anyOf": [{"$ref": TEMPLATE.format(model=one)} for one in forms]}
    )
    body = {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}
    read: dict[str, object] = {"parameters": list(headers)} if headers else {}
    return {**(body if forms else {}), **read, **({} if open_ else closed())}


def closed(*headers: Mapping[str, object]) -> dict[str, object]:
    """Either way of being known will do; ``headers`` are read besides."""
    read: dict[str, object] = {"parameters": list(headers)} if headers else {}
    return {"security": [{name: list[str]()} for name in SCHEMES], **read}


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


def _problem() -> dict[str, Json]:
    return {"$ref": TEMPLATE.format(model="Problem")}


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
            responses.setdefault(
                "400", {"description": _SAYS[400], "content": {PROBLEM: {"schema": _problem()}}}
            )
        elif "schemas/Problem" in str(content) and isinstance(said, dict):
            said["content"] = {PROBLEM: content["application/json"]}
