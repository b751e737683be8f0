"""What may be written, and by whom. Each rule is silent where it holds, and raises one sentence where it does not."""

import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from trucekeeper.airspace.covering import covers, remaining
from trucekeeper.airspace.model import (
    Client,
    Constraint,
    Intent,
    Resource,
    Standing,
    State,
    Subscription,
    latest,
)
from trucekeeper.airspace.refusals import DownNow
from trucekeeper.airspace.requests import IntentRequest, SubscriptionRequest
from trucekeeper.airspace.scopes import CONFORMANCE, COORDINATION, PROCESSING
from trucekeeper.kernel.clock import Instant
from trucekeeper.kernel.errors import BadInput, Conflict, NotFound, NotPermitted
from trucekeeper.movements.volume import Volume

_T = TypeVar("_T")
_Entity = TypeVar("_Entity", Intent, Constraint)

LONGEST_MS = 86_400_000
"""How long a subscription may last."""

LATE_MS = 300_000
"""How far back a subscription may start, and a client's clock may differ from ours."""

_ROUNDED_MS = 2
"""Starts go down and ends up to the millisecond, so that 24 hours may come out longer by this."""


def new(resource: Resource, old: object | None) -> None:
    """What is created is not there yet."""
    if old is not None:
        msg = f"{resource.value}: there is one with this id; update it, naming its version"
        raise Conflict(msg)


def found(resource: Resource, old: _T | None) -> _T:
    """What is asked for is there."""
    if old is None:
        msg = f"{resource.value}: there is none with this id; look for it with a query"
        raise NotFound(msg)
    return old


def updatable(resource: Resource, old: _T | None) -> _T:
    """What is updated is there; the standard knows no 404 where something is put."""
    if old is None:
        msg = f"{resource.value}: there is none with this id to update; create it without naming a version"
        raise BadInput(msg)
    return old


def own_newest(client: Client, resource: Resource, old: _Entity | None, ovn: str) -> _Entity:
    """What is updated is there and the client's own, and ``ovn`` its newest OVN."""
    entity = updatable(resource, old)
    owned(client, entity)
    newest(entity.ovn, ovn)
    return entity


def owned(client: Client, old: Intent | Constraint | Subscription) -> None:
    """Only its manager touches it."""
    if old.manager != client.sub:
        msg = "this belongs to another client; only its manager may do that"
        raise NotPermitted(msg)


def newest(old: str, named: str) -> None:
    """The version that is named is the one that stands."""
    if not named:
        msg = "the address names no version; put the newest one at its end"
        raise BadInput(msg)
    if old != named:
        msg = "the version in the address is not the newest; read it again and decide anew"
        raise Conflict(msg)


def ahead(volumes: Sequence[Volume], now: Instant) -> None:
    """The volumes, as a whole, do not end in the past."""
    end = latest(volumes)
    if end is not None and end < now:
        msg = "the extents end in the past; send some that are not over"
        raise BadInput(msg)


def begins(state: State) -> None:
    """An intent begins as accepted."""
    if state is not State.ACCEPTED:
        msg = f"an intent cannot begin as {state.value}; create it as Accepted and update it"
        raise BadInput(msg)


def may_be(client: Client, state: State) -> None:
    """Who is off its plan says so by conformance monitoring."""
    if not state.planned and CONFORMANCE not in client.scopes:
        msg = f"to make an intent {state.value} needs the scope {CONFORMANCE}; get a token with it"
        raise NotPermitted(msg)


def up(standing: Standing) -> None:
    """A USS that is down neither plans nor deletes (F3548-21, UssAvailabilityState)."""
    if standing.down:
        msg = "this USS was declared down, and may not do that before arbitration declares it normal"
        raise DownNow(msg)


def may_hear(client: Client, *, intents: bool, constraints: bool) -> None:
    """A subscription tells only of what its client's scopes let it read."""
    for asked, scope in ((intents, COORDINATION), (constraints, PROCESSING)):
        if asked and scope not in client.scopes:
            msg = f"to be notified of that needs the scope {scope}; get a token with it"
            raise NotPermitted(msg)


def subscribed(request: IntentRequest) -> None:
    """Whoever flies is told of changes."""
    none = request.subscription is None and request.new_subscription is None
    if none and request.state is not State.ACCEPTED:
        msg = f"an intent that is {request.state.value} needs a subscription; send subscription_id or new_subscription"
        raise BadInput(msg)


def serves(subscription: Subscription, volumes: Sequence[Volume], now: Instant) -> None:
    """A subscription tells of intents, and covers what is to come of the one resting on it; an implicit one grows."""
    if not subscription.intents:
        msg = "the subscription does not notify for operational intents; name one that does"
        raise BadInput(msg)
    if not subscription.implicit and not all(_covered(subscription, one) for one in remaining(volumes, now)):
        msg = "the subscription does not cover the intent in area, altitude and time; make it larger first"
        raise BadInput(msg)


def spanned(request: SubscriptionRequest, old: Subscription | None, now: Instant) -> Volume:
    """The volume of a subscription, with its times chosen where they were left open.

    An update that names no start goes on from the old one, so that flights under way stay covered.
    """
    before = old.volumes[0].start if old is not None and old.volumes else None
    going_on = now if before is None else min(before, now)
    start = request.volume.start if request.volume.start is not None else going_on
    end = request.volume.end if request.volume.end is not None else Instant(start + LONGEST_MS)
    if start < now - LATE_MS and start not in {before, going_on}:
        msg = "extents.time_start is more than 5 minutes in the past; start the subscription now"
        raise BadInput(msg)
    if end < start:
        msg = "extents.time_end is before the start of the subscription; correct one of the two"
        raise BadInput(msg)
    if end < now:
        msg = "extents.time_end is in the past; let the subscription end later"
        raise BadInput(msg)
    if end - start > LONGEST_MS + _ROUNDED_MS:
        msg = "the subscription is longer than 24 hours; let it end sooner and renew it"
        raise BadInput(msg)
    return replace(request.volume, start=start, end=end)


def still_serves(subscription: Subscription, dependents: Sequence[Intent], now: Instant) -> None:
    """What rests on a subscription is covered by its new form too."""
    for intent in dependents:
        serves(subscription, intent.volumes, now)


def alone(dependents: Sequence[str]) -> None:
    """A subscription goes only once nothing rests on it."""
    if dependents:
        msg = f"{len(dependents)} operational intents rest on this subscription; delete or update them first"
        raise BadInput(msg)


def ovn(request: IntentRequest, intent: str, drawn: str, old: Intent | None, now: Instant) -> str:
    """The next OVN: drawn by chance, or with the ending that the client asked for, a UUIDv7 of this moment."""
    suffix = request.ovn_suffix
    if suffix is None:
        return drawn
    if abs((uuid.UUID(suffix).int >> 80) - now) > LATE_MS:
        msg = "requested_ovn_suffix was not made within the last 5 minutes; make a new UUIDv7"
        raise BadInput(msg)
    asked = f"{intent}_{suffix}"
    if old is not None and old.ovn == asked:
        msg = "requested_ovn_suffix is that of the newest version; make a new UUIDv7"
        raise BadInput(msg)
    return asked


def _covered(subscription: Subscription, volume: Volume) -> bool:
    return any(covers(one, volume) for one in subscription.volumes)
