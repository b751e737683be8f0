"""Entries in: what people outside the office sign. Entries out: the checkpoint and proofs, never a body."""

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool

from trucekeeper.api.described import plain, refusals, takes
from trucekeeper.kernel.canon import LIMIT_BYTES
from trucekeeper.kernel.errors import BadInput
from trucekeeper.office.handover import hand_over
from trucekeeper.office.receipts import issued
from trucekeeper.office.wiring import Office


def routes(office: Office) -> APIRouter:
    """The routes over an open office."""
    router = APIRouter(tags=["record"])

    @router.post(
        "/entries",
        status_code=201,
        responses=refusals(400, 401, 403, 404, 409, 503),
        openapi_extra=takes("EnvelopeV1", open_=True),
    )
    async def receive(request: Request) -> dict[str, int | str]:
        """Record one entry that its author signed: an observation, a reply or a vote.

        The answer bears the signed receipt, as text: keep it byte for byte.
        """
        envelope = await _body(request)
        return await run_in_threadpool(_taken, office, envelope)

    @router.get("/checkpoint", response_class=Response, responses=plain("text/plain", "A signed note."))
    def checkpoint() -> Response:
        """The signed checkpoint, a C2SP note."""
        return Response(office.record.checkpoint(), media_type="text/plain; charset=utf-8")

    @router.get("/vkey", response_class=Response, responses=plain("text/plain", "One line."))
    def vkey() -> Response:
        """The log's verifier key; compare it with the one that you were handed."""
        return Response(office.record.vkey + "\n", media_type="text/plain; charset=utf-8")

    return router


def _taken(office: Office, envelope: bytes) -> dict[str, int | str]:
    ((index, kind),) = hand_over(office, [envelope])
    return {"entry": index, "kind": kind, "receipt": issued(office, index).data.decode()}


async def _body(request: Request) -> bytes:
    """The body as it came, for it was signed so; refused as soon as it is too long."""
    read = bytearray()
    async for part in request.stream():
        read += part
        if len(read) > LIMIT_BYTES:
            msg = f"the entry is longer than {LIMIT_BYTES} bytes; send a smaller one"
            raise BadInput(msg)
    return bytes(read)
