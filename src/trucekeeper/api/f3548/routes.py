"""ASTM F3548-21, the DSS's operations, and what the office owes as the USS that manages its own constraints."""

from collections.abc import Callable
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from starlette.routing import Match

from trucekeeper.airspace import requests, scopes, sent
from trucekeeper.airspace.model import Client
from trucekeeper.api.f3548.gate import Answering, Gate
from trucekeeper.api.tokens import Verifier
from trucekeeper.desks.airspace import AirspaceDesk
from trucekeeper.kernel.errors import BadInput, NotFound

DSS = "/dss/v1"
USS = "/uss/v1"
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"]


@dataclass(frozen=True, slots=True)
class _Shape:
    """One resource with the five operations that all three have in common; bodies come as bytes."""

    path: str
    reading: frozenset[str]
    writing: frozenset[str]
    created: int
    query: Callable[[Client, bytes], object]
    get: Callable[[Client, str], object]
    put: Callable[[Client, str, str | None, bytes], object]
    delete: Callable[[Client, str, str], object]


def routes(desk: AirspaceDesk, verifier: Verifier) -> APIRouter:
    """The standard's operations over a desk, for whoever ``verifier`` lets in. To be included without a prefix.

    They stand in no OpenAPI document of ours: the standard publishes its own.
    """
    router = APIRouter(route_class=Answering, include_in_schema=False)
    gate = Gate(desk, verifier)
    for shape in _shapes(desk):
        _entities(router, gate, shape)
    _availability(router, gate)
    _others(router, gate)
    _unknown(router)
    return router


def _shapes(desk: AirspaceDesk) -> tuple[_Shape, ...]:
    return (
        _Shape(
            path="operational_intent_references",
            reading=scopes.INTENTS,
            writing=scopes.INTENTS,
            created=201,
            query=lambda client, body: desk.intents(client, requests.area(sent.parse(body))),
            get=desk.intent,
            put=lambda client, key, ovn, body: desk.put_intent(
                client, key, ovn, requests.intent(sent.parse(body))
            ),
            delete=desk.delete_intent,
        ),
        _Shape(
            path="constraint_references",
            reading=scopes.READ_CONSTRAINTS,
            writing=scopes.WRITE_CONSTRAINTS,
            created=201,
            query=lambda client, body: desk.constraints(client, requests.area(sent.parse(body))),
            get=desk.constraint,
            put=lambda client, key, ovn, body: desk.put_constraint(
                client, key, ovn, requests.constraint(sent.parse(body))
            ),
            delete=desk.delete_constraint,
        ),
        _Shape(
            path="subscriptions",
            reading=scopes.SUBSCRIPTIONS,
            writing=scopes.SUBSCRIPTIONS,
            created=200,
            query=lambda client, body: desk.subscriptions(client, requests.area(sent.parse(body))),
            get=desk.subscription,
            put=lambda client, key, version, body: desk.put_subscription(
                client, key, version, requests.subscription(sent.parse(body))
            ),
            delete=desk.delete_subscription,
        ),
    )


def _entities(router: APIRouter, gate: Gate, shape: _Shape) -> None:
    base = f"{DSS}/{shape.path}"

    @router.post(f"{base}/query")
    async def query(request: Request) -> Response:
        """Everything of this kind that meets an area."""
        return await gate.answered(request, shape.reading, shape.query)

    @router.get(f"{base}/{{key}}")
    async def get(request: Request, key: str) -> Response:
        """One of them."""
        return await gate.answered(
            request, shape.reading, lambda client, _: shape.get(client, requests.entity_id(key))
        )

    @router.put(f"{base}/{{key}}", status_code=shape.created)
    async def create(request: Request, key: str) -> Response:
        """Make one, under an id of the client's choosing."""
        return await gate.answered(
            request,
            shape.writing,
            lambda client, body: shape.put(client, requests.entity_id(key), None, body),
            status=shape.created,
        )

    @router.put(f"{base}/{{key}}/")
    @router.put(f"{base}/{{key}}/{{version}}")
    async def update(request: Request, key: str, version: str = "") -> Response:
        """Change one, naming its newest version."""
        return await gate.answered(
            request,
            shape.writing,
            lambda client, body: shape.put(client, requests.entity_id(key), _named(version), body),
        )

    @router.delete(f"{base}/{{key}}/")
    @router.delete(f"{base}/{{key}}/{{version}}")
    async def delete(request: Request, key: str, version: str = "") -> Response:
        """End one, naming its newest version."""
        return await gate.answered(
            request,
            shape.writing,
            lambda client, _: shape.delete(client, requests.entity_id(key), _named(version)),
        )


def _availability(router: APIRouter, gate: Gate) -> None:
    path = f"{DSS}/uss_availability/{{uss}}"

    @router.get(path)
    async def get(request: Request, uss: str) -> Response:
        """What arbitration says of a USS."""
        return await gate.answered(
            request, scopes.READ_AVAILABILITY, lambda _, __: gate.desk.availability(_uss(uss))
        )

    @router.put(path)
    async def put(request: Request, uss: str) -> Response:
        """Declare what a USS counts as."""
        return await gate.answered(
            request,
            scopes.WRITE_AVAILABILITY,
            lambda client, body: gate.desk.put_availability(
                client, _uss(uss), requests.availability(sent.parse(body))
            ),
        )


def _others(router: APIRouter, gate: Gate) -> None:
    @router.post(f"{DSS}/reports", status_code=201)
    async def report(request: Request) -> Response:
        """Keep a report of an exchange that went wrong."""
        return await gate.answered(
            request,
            scopes.REPORTS,
            lambda client, body: gate.desk.report(client, requests.report(sent.parse(body))),
            status=201,
        )

    @router.get(f"{USS}/constraints/{{key}}")
    async def details(request: Request, key: str) -> Response:
        """The whole cells of one of the office's own constraints, with the OVN that a key needs."""
        return await gate.answered(
            request,
            scopes.CONSTRAINT_DETAILS,
            lambda client, _: gate.desk.details(client, requests.entity_id(key)),
        )


def _unknown(router: APIRouter) -> None:
    """What the standard has no operation for is refused in its own form, not in the rest of the API's."""

    async def unknown(request: Request) -> Response:
        known = [route for route in router.routes[:-2] if route.matches(request.scope)[0] is Match.PARTIAL]
        if not known:
            msg = "there is nothing at this address; see the operations of ASTM F3548-21"
            raise NotFound(msg)
        allowed = {method for route in known for method in getattr(route, "methods", None) or ()}
        said = {"message": "this address knows no such method; see the operations of ASTM F3548-21."}
        return JSONResponse(said, 405, {"Allow": ", ".join(sorted(allowed))})

    for base in (DSS, USS):
        router.add_api_route(f"{base}/{{rest:path}}", unknown, methods=METHODS)


def _named(version: str) -> str:
    if not version:
        msg = "the address names no version; put the newest one at its end"
        raise BadInput(msg)
    return version


def _uss(name: str) -> str:
    if len(name) > 255 or not name.isprintable():
        msg = "the address names no USS; put the sub of its tokens at its end"
        raise BadInput(msg)
    return name
