"""What a write will change, once every rule holds; nothing is changed here."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from trucekeeper.airspace import rules
from trucekeeper.airspace.answers import Answers, native_ovn
from trucekeeper.airspace.model import (
    NO_SUBSCRIPTION,
    Client,
    Constraint,
    Intent,
    NativeConstraint,
    Report,
    Resource,
    Standing,
    Subscription,
    Write,
)
from trucekeeper.airspace.ports import Hidden
from trucekeeper.airspace.refusals import Unaware
from trucekeeper.airspace.requests import (
    AvailabilityRequest,
    ConstraintRequest,
    IntentRequest,
    NewSubscription,
    SubscriptionRequest,
)
from trucekeeper.kernel.canon import Json
from trucekeeper.kernel.clock import Instant
from trucekeeper.kernel.errors import BadInput, Conflict
from trucekeeper.movements.volume import Volume


@dataclass(frozen=True, slots=True)
class Scene:
    """What is looked at while deciding: what stands, the moment, and what is drawn by chance (a UUIDv4)."""

    answers: Answers
    hidden: Hidden
    now: Instant
    draw: Callable[[], str]


@dataclass(frozen=True, slots=True)
class Planned:
    """A write that may be made, and the subscriptions to be told, with the indexes that they will have."""

    write: Write
    told: tuple[Subscription, ...] = ()


def put_intent(scene: Scene, client: Client, key: str, ovn: str | None, request: IntentRequest) -> Planned:
    """Create an intent, or update the one whose newest OVN is ``ovn``."""
    book = scene.answers.book
    old = book.intents.get(key)
    if ovn is None:
        rules.begins(request.state)
        rules.new(Resource.INTENT, old)
    else:
        rules.own_newest(client, Resource.INTENT, old, ovn)
    rules.ahead(request.volumes, scene.now)
    rules.may_be(client, request.state)
    if request.state.planned:
        rules.up(book.standing(client.sub))
    request = _without_none(request)
    rules.subscribed(request)
    subscription, implicit = _subscription(scene, client, request)
    if request.state.planned:
        _aware(scene, client, key, request, subscription)
    intent = Intent(
        id=key,
        manager=client.sub,
        ovn=rules.ovn(request, key, scene.draw(), old, scene.now),
        version=1 if old is None else old.version + 1,
        state=request.state,
        volumes=request.volumes,
        uss_base_url=request.uss_base_url,
        subscription=None if subscription is None else subscription.id,
    )
    told = _listeners(scene, _both(old, intent), intents=True, own=subscription)
    write = Write(
        client.sub,
        Resource.INTENT,
        key,
        scene.now,
        intent,
        implicit,
        _dropped(scene, old, intent),
        _ids(told),
    )
    return Planned(write, told)


def delete_intent(scene: Scene, client: Client, key: str, ovn: str) -> Planned:
    """End an intent."""
    book = scene.answers.book
    old = rules.found(Resource.INTENT, book.intents.get(key))
    rules.owned(client, old)
    rules.newest(old.ovn, ovn)
    rules.up(book.standing(client.sub))
    own = None if old.subscription is None else book.live(old.subscription, scene.now)
    told = _listeners(scene, old.volumes, intents=True, own=own)
    dropped = _dropped(scene, old, None)
    return Planned(
        Write(client.sub, Resource.INTENT, key, scene.now, dropped=dropped, notified=_ids(told)), told
    )


def put_constraint(
    scene: Scene, client: Client, key: str, ovn: str | None, request: ConstraintRequest
) -> Planned:
    """Create a constraint, or update the one whose newest OVN is ``ovn``."""
    old = scene.answers.book.constraints.get(key)
    if ovn is None:
        rules.new(Resource.CONSTRAINT, old)
    else:
        rules.own_newest(client, Resource.CONSTRAINT, old, ovn)
    rules.ahead(request.volumes, scene.now)
    version = 1 if old is None else old.version + 1
    constraint = Constraint(key, client.sub, scene.draw(), version, request.volumes, request.uss_base_url)
    told = _listeners(scene, _both(old, constraint), intents=False)
    write = Write(client.sub, Resource.CONSTRAINT, key, scene.now, constraint, notified=_ids(told))
    return Planned(write, told)


def delete_constraint(scene: Scene, client: Client, key: str, ovn: str) -> Planned:
    """End a constraint."""
    old = rules.found(Resource.CONSTRAINT, scene.answers.book.constraints.get(key))
    rules.owned(client, old)
    rules.newest(old.ovn, ovn)
    told = _listeners(scene, old.volumes, intents=False)
    return Planned(Write(client.sub, Resource.CONSTRAINT, key, scene.now, notified=_ids(told)), told)


def put_subscription(
    scene: Scene, client: Client, key: str, version: str | None, request: SubscriptionRequest
) -> Planned:
    """Create a subscription, or update the one with this version; an implicit one becomes explicit."""
    book = scene.answers.book
    rules.may_hear(client, intents=request.intents, constraints=request.constraints)
    old = book.live(key, scene.now)
    if version is None:
        rules.new(Resource.SUBSCRIPTION, old or book.subscriptions.get(key))
        if key == NO_SUBSCRIPTION:
            msg = "this id stands for no subscription; make another UUIDv4"
            raise BadInput(msg)
    else:
        standing = rules.updatable(Resource.SUBSCRIPTION, old)
        rules.owned(client, standing)
        rules.newest(standing.version, version)
    made = Subscription(
        id=key,
        manager=client.sub,
        version=scene.draw(),
        volumes=(rules.spanned(request, old, scene.now),),
        uss_base_url=request.uss_base_url,
        intents=request.intents,
        constraints=request.constraints,
        index=0 if old is None else old.index,
    )
    rules.still_serves(made, [book.intents[one] for one in book.dependents(key)], scene.now)
    return Planned(Write(client.sub, Resource.SUBSCRIPTION, key, scene.now, made))


def delete_subscription(scene: Scene, client: Client, key: str, version: str) -> Planned:
    """End a subscription that nothing rests on."""
    book = scene.answers.book
    old = rules.found(Resource.SUBSCRIPTION, book.live(key, scene.now))
    rules.owned(client, old)
    rules.newest(old.version, version)
    rules.alone(book.dependents(key))
    return Planned(Write(client.sub, Resource.SUBSCRIPTION, key, scene.now))


def put_availability(scene: Scene, client: Client, uss: str, request: AvailabilityRequest) -> Planned:
    """Declare what a USS counts as."""
    if scene.answers.book.standing(uss).version != request.old_version:
        msg = (
            "old_version is not the newest version of this USS's availability; read it again and decide anew"
        )
        raise Conflict(msg)
    standing = Standing(uss, request.availability, scene.draw())
    return Planned(Write(client.sub, Resource.AVAILABILITY, uss, scene.now, standing))


def file_report(scene: Scene, client: Client, exchange: dict[str, Json]) -> Planned:
    """Keep a report."""
    report = Report(scene.draw(), exchange)
    return Planned(Write(client.sub, Resource.REPORT, report.id, scene.now, report))


def native_change(scene: Scene, volumes: Sequence[Volume], name: str) -> Planned:
    """The office's own notices have changed in these cells: whoever listens for constraints there is to be told."""
    told = _listeners(scene, volumes, intents=False)
    return Planned(Write(name, Resource.NATIVE, "cells", scene.now, notified=_ids(told)), told)


def _without_none(request: IntentRequest) -> IntentRequest:
    """A client may send back what a reference told it: that there is no subscription."""
    return replace(request, subscription=None) if request.subscription == NO_SUBSCRIPTION else request


def _subscription(
    scene: Scene, client: Client, request: IntentRequest
) -> tuple[Subscription | None, Subscription | None]:
    """The subscription that the intent will rest on, and the implicit one to be made for it, if any."""
    if request.new_subscription is not None:
        return _made(scene, client, request.new_subscription)
    if request.subscription is None:
        return None, None
    book = scene.answers.book
    found = book.subscriptions.get(request.subscription)
    if found is None or (not found.implicit and book.live(found.id, scene.now) is None):
        msg = "subscription_id names no subscription; create it first, or send new_subscription"
        raise BadInput(msg)
    rules.owned(client, found)
    rules.serves(found, request.volumes, scene.now)
    return found, None


def _made(scene: Scene, client: Client, asked: NewSubscription) -> tuple[Subscription, Subscription]:
    rules.may_hear(client, intents=False, constraints=asked.constraints)
    made = Subscription(
        id=scene.draw(),
        manager=client.sub,
        version=scene.draw(),
        volumes=(),
        uss_base_url=asked.uss_base_url,
        intents=True,
        constraints=asked.constraints,
        implicit=True,
    )
    return made, made


def _aware(
    scene: Scene, client: Client, key: str, request: IntentRequest, subscription: Subscription | None
) -> None:
    """The key holds the OVNs of all that the intent meets, and has to know of."""
    answers = scene.answers
    intents = [one for one in answers.book.relevant(key, request.volumes) if one.ovn not in request.key]
    constraints: list[Constraint | NativeConstraint] = []
    if subscription is not None and subscription.constraints:
        met = answers.book.constraints_meeting(request.volumes)
        constraints += [one for one in met if one.ovn not in request.key]
        native = scene.hidden.meeting(request.volumes, client.sub)
        constraints += [one for one in native if native_ovn(one) not in request.key]
    if intents or constraints:
        raise Unaware(
            [answers.intent(one, client.sub) for one in intents],
            [answers.constraint(one, client.sub) for one in constraints],
        )


def _both(old: Intent | Constraint | None, new: Intent | Constraint) -> tuple[Volume, ...]:
    return new.volumes if old is None else old.volumes + new.volumes


def _listeners(
    scene: Scene, volumes: Sequence[Volume], *, intents: bool, own: Subscription | None = None
) -> tuple[Subscription, ...]:
    """Who is to be told of a change in these volumes, with the indexes that they will have.

    Whoever listens there; and whatever an intent that is met rests on, should it stick out of its subscription a
    little. ``own`` is what the changed intent rests on: it may be new, or about to grow.
    """
    book = scene.answers.book
    resting = {one.subscription for one in book.intents_meeting(volumes)}
    found = {one.id: one for one in book.subscriptions_meeting(volumes, scene.now)}
    for key in resting:
        one = None if key is None else book.live(key, scene.now)
        if one is not None:
            found[one.id] = one
    if own is not None:
        found[own.id] = own
    wanted = (one for _, one in sorted(found.items()) if (one.intents if intents else one.constraints))
    return tuple(replace(one, index=one.index + 1) for one in wanted)


def _dropped(scene: Scene, old: Intent | None, new: Intent | None) -> tuple[str, ...]:
    """The implicit subscription that nothing rests on any more."""
    book = scene.answers.book
    if old is None or old.subscription is None or (new is not None and new.subscription == old.subscription):
        return ()
    left = book.subscriptions.get(old.subscription)
    last = book.dependents(old.subscription) == (old.id,)
    return (old.subscription,) if left is not None and left.implicit and last else ()


def _ids(told: Iterable[Subscription]) -> tuple[str, ...]:
    return tuple(one.id for one in told)
