"""delivery/v1: how a delivery ended, as the office signed it. ``read`` and ``body`` undo each other exactly."""

import re
from collections.abc import Mapping
from typing import NoReturn

from trucekeeper.kernel.canon import Json
from trucekeeper.kernel.errors import BadInput
from trucekeeper.movements.delivery import Delivery, Outcome
from trucekeeper.parties.wire import IDENTIFIER, Strict, parsed

KIND = "delivery/v1"
CHANNELS = ("webhook", "email", "sheet", "telephone", "radio", "fax")
MOST_ATTEMPTS = 1_000_000

_KEY = re.compile(r"[0-9a-f]{64}")
_WHY = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_OUTCOMES = {one.value: one for one in Outcome}


class DeliveryV1(Strict):
    """The body of a delivery/v1 entry."""

    notice: int
    version: int
    recipient: str
    channel: str
    key: str
    outcome: str
    attempts: int
    why: str | None = None


def read(body: Mapping[str, Json]) -> Delivery:
    """The delivery that ``body`` (delivery/v1) tells of."""
    form = parsed(DeliveryV1, "delivery", body)
    if form.outcome not in _OUTCOMES:
        _refuse("outcome", f"is none that is known; write one of {', '.join(_OUTCOMES)}")
    made = Delivery(
        form.notice,
        form.version,
        form.recipient,
        form.channel,
        form.key,
        _OUTCOMES[form.outcome],
        form.attempts,
        form.why,
    )
    _check(made)
    return made


def body(delivery: Delivery) -> dict[str, Json]:
    """The delivery/v1 body of ``delivery``; refuses what :func:`read` would refuse."""
    _check(delivery)
    form: dict[str, Json] = {
        "notice": delivery.notice,
        "version": delivery.version,
        "recipient": delivery.recipient,
        "channel": delivery.channel,
        "key": delivery.key,
        "outcome": delivery.outcome.value,
        "attempts": delivery.attempts,
    }
    if delivery.why is not None:
        form["why"] = delivery.why
    return form


def _check(made: Delivery) -> None:
    if made.notice < 2:
        _refuse("notice", "is no entry of a notice; entries 0 and 1 are the keys and the agreement")
    if made.version < made.notice:
        _refuse("version", "is older than the notice itself; give the entry that was told")
    if not IDENTIFIER.fullmatch(made.recipient):
        _refuse("recipient", "is no id of a holder; use letters, digits and . _ : -")
    if made.channel not in CHANNELS:
        _refuse("channel", f"is none that is known; write one of {', '.join(CHANNELS)}")
    if not _KEY.fullmatch(made.key):
        _refuse("key", "is no SHA-256 digest; write 64 digits of 0-9 and a-f")
    if not 1 <= made.attempts <= MOST_ATTEMPTS:
        _refuse("attempts", f"are none, or more than {MOST_ATTEMPTS}; count again")
    if made.why is not None and not _WHY.fullmatch(made.why):
        _refuse("why", "is no word like http-503; use small letters, digits and -, and no address")


def _refuse(field: str, why: str) -> NoReturn:
    msg = f"delivery: {field} {why}"
    raise BadInput(msg)
