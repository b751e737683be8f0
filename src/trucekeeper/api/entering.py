"""Takes what is to be recorded about a notice: a signed envelope, or a form that the office's own staff fills in."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from trucekeeper.api.callers import Asked
from trucekeeper.api.refusals import Reused
from trucekeeper.api.room import Room, uid_of
from trucekeeper.kernel import canon
from trucekeeper.kernel.canon import Json
from trucekeeper.kernel.errors import BadInput, NotPermitted
from trucekeeper.record import entry
from trucekeeper.record.role import Role

Body: TypeAlias = Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Sent:
    """What came: the envelope to record, its uid, and the body that it holds."""

    envelope: bytes
    uid: str
    body: Body


def sent(room: Room, asked: Asked, kind: str, apart: Iterable[str], key: str | None) -> Sent:
    """The entry of ``kind`` that a request brings.

    An envelope (an object with ``sig``) is what its author signed. A form is signed by the office, and so it is for
    the office's own staff alone; whose words it took down stands in the form.
    """
    if b'"sig"' in asked.body and (envelope := _envelope(asked.body, kind)) is not None:
        return envelope
    said = form(asked.body)
    if asked.caller.role is not Role.OFFICE:
        msg = "a form is for the office's own staff; seal the entry with your key and send its envelope"
        raise NotPermitted(msg)
    pen = room.desk.pen
    uid = uid_of(asked, key, pen.record.origin) or pen.draw(16).hex()
    signer, now = room.office.signer, pen.clock.now()
    envelope_ = entry.seal(signer, kind, pen.record.origin, uid, now, said, apart=apart, draw=pen.draw)
    return Sent(envelope_, uid, said)


def entered(room: Room, what: Sent, record: Callable[[bytes], int]) -> int:
    """The entry that holds it: recorded now by ``record``, or before, where the same came twice."""
    known = room.office.record.find(what.uid)
    if known is None:
        return record(what.envelope)
    there = room.office.record.entry(known)
    if dict(there.body) != dict(what.body):
        msg = f"entry {known} has the same uid and says something else; seal the entry anew"
        raise Reused(msg)
    return known


def _envelope(body: bytes, kind: str) -> Sent | None:
    try:
        value = canon.decode_object(body, entry.LIMIT_BYTES)
    except BadInput:
        return None
    if "sig" not in value:
        return None
    opened = entry.opened(body)
    if opened.kind != kind:
        msg = f"what came is of kind {opened.kind} where {kind} belongs; send it to the route that takes it"
        raise BadInput(msg)
    return Sent(body, opened.uid, opened.body)


def form(body: bytes) -> dict[str, Json]:
    """A form in JSON as people write it; then as strict as what is signed."""
    try:
        value: Json = json.loads(body)
    except (ValueError, RecursionError) as error:
        msg = "the body is not JSON; send one object"
        raise BadInput(msg) from error
    return canon.decode_object(canon.encode(value), len(body) * 6 + 64)
