"""airspace/v1: one write through the airspace standard, as signed. ``read`` and ``body`` undo each other exactly."""

import re
from collections.abc import Mapping
from typing import NoReturn, TypeVar

from trucekeeper.airspace import requests
from trucekeeper.airspace.model import (
    Availability,
    Constraint,
    Intent,
    Report,
    Resource,
    Standing,
    State,
    Subscription,
    Write,
    Written,
)
from trucekeeper.kernel.canon import Json
from trucekeeper.kernel.clock import format_utc, parse_utc
from trucekeeper.kernel.errors import BadInput
from trucekeeper.movements.volume import Footprint, Form, Volume
from trucekeeper.parties.wire import Strict, parsed
from trucekeeper.places.position import Position

KIND = "airspace/v1"

_T = TypeVar("_T")

_RESOURCES = {one.value: one for one in Resource}
_STATES = {one.value: one for one in State}
_FORMS = {one.value: one for one in Form}
_AVAILABILITY = {one.value: one for one in Availability}
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_OVN = re.compile(r"[!-~]{16,128}")
_URL = re.compile(r"https://[!-~]+")
_LONGEST_NAME = 255
_OWN_IDS = frozenset({Resource.AVAILABILITY, Resource.NATIVE})
"""What stands under an id that is no UUID: the name of a USS, or of what changed."""


class VolumeV1(Strict):
    """A core and how far around it, between two altitudes and two moments; points are pairs in microdegrees."""

    form: str
    points: list[list[int]]
    reach_cm: int
    start: str | None = None
    end: str | None = None
    low_cm: int | None = None
    high_cm: int | None = None


class IntentV1(Strict):
    """What an intent is now."""

    manager: str
    ovn: str
    version: int
    state: str
    volumes: list[VolumeV1]
    uss_base_url: str
    subscription: str | None = None


class ConstraintV1(Strict):
    """What a constraint is now."""

    manager: str
    ovn: str
    version: int
    volumes: list[VolumeV1]
    uss_base_url: str


class SubscriptionV1(Strict):
    """What a subscription is now; an implicit one has the volumes of its intents."""

    id: str
    manager: str
    version: str
    volumes: list[VolumeV1]
    uss_base_url: str
    intents: bool
    constraints: bool
    implicit: bool
    index: int


class StandingV1(Strict):
    """What a USS counts as now."""

    availability: str
    version: str


class TimeV1(Strict):
    """A moment as the standard writes it."""

    value: str
    format: str


class ExchangeV1(Strict):
    """An exchange that went wrong, as it was reported."""

    url: str
    method: str
    recorder_role: str
    request_time: TimeV1
    request_source: str | None = None
    request_body: str | None = None
    headers: list[str] | None = None
    response_time: TimeV1 | None = None
    response_body: str | None = None
    response_code: int | None = None
    problem: str | None = None


class AirspaceV1(Strict):
    """The body of an airspace/v1 entry; of the forms at the end one is there, or none where something was deleted."""

    owner: str
    resource: str
    id: str
    at: str
    notified: list[str]
    dropped: list[str]
    implicit: SubscriptionV1 | None = None
    intent: IntentV1 | None = None
    constraint: ConstraintV1 | None = None
    subscription: SubscriptionV1 | None = None
    standing: StandingV1 | None = None
    report: ExchangeV1 | None = None


def read(body: Mapping[str, Json]) -> Write:
    """The write that ``body`` (airspace/v1) describes."""
    form = parsed(AirspaceV1, "airspace", body)
    write = Write(
        owner=form.owner,
        resource=_known(_RESOURCES, "resource", form.resource),
        id=form.id,
        at=parse_utc(form.at),
        written=_written(form),
        implicit=None if form.implicit is None else _subscription(form.implicit),
        dropped=tuple(form.dropped),
        notified=tuple(form.notified),
    )
    _check(write)
    return write


def body(write: Write) -> dict[str, Json]:
    """The airspace/v1 body of ``write``; refuses what :func:`read` would refuse."""
    _check(write)
    form: dict[str, Json] = {
        "owner": write.owner,
        "resource": write.resource.value,
        "id": write.id,
        "at": format_utc(write.at),
        "notified": list(write.notified),
        "dropped": list(write.dropped),
    }
    if write.implicit is not None:
        form["implicit"] = _subscription_body(write.implicit)
    match write.written:
        case Intent() as intent:
            form["intent"] = _intent_body(intent)
        case Constraint() as constraint:
            form["constraint"] = _constraint_body(constraint)
        case Subscription() as subscription:
            form["subscription"] = _subscription_body(subscription)
        case Standing() as standing:
            form["standing"] = {"availability": standing.availability.value, "version": standing.version}
        case Report() as report:
            form["report"] = dict(report.exchange)
        case None:
            pass
    return form


def _written(form: AirspaceV1) -> Written | None:
    found: list[Written] = []
    if form.intent is not None:
        found.append(_intent(form.id, form.intent))
    if form.constraint is not None:
        found.append(_constraint(form.id, form.constraint))
    if form.subscription is not None:
        found.append(_subscription(form.subscription))
    if form.standing is not None:
        known = _known(_AVAILABILITY, "standing.availability", form.standing.availability)
        found.append(Standing(form.id, known, form.standing.version))
    if form.report is not None:
        found.append(Report(form.id, requests.exchange(form.report.model_dump(exclude_none=True))))
    if len(found) > 1:
        _refuse("written", "is more than one thing; write one entry for each")
    return found[0] if found else None


def _intent(key: str, form: IntentV1) -> Intent:
    state = _known(_STATES, "intent.state", form.state)
    volumes = tuple(_volume(one) for one in form.volumes)
    return Intent(
        key, form.manager, form.ovn, form.version, state, volumes, form.uss_base_url, form.subscription
    )


def _constraint(key: str, form: ConstraintV1) -> Constraint:
    volumes = tuple(_volume(one) for one in form.volumes)
    return Constraint(key, form.manager, form.ovn, form.version, volumes, form.uss_base_url)


def _subscription(form: SubscriptionV1) -> Subscription:
    return Subscription(
        id=form.id,
        manager=form.manager,
        version=form.version,
        volumes=tuple(_volume(one) for one in form.volumes),
        uss_base_url=form.uss_base_url,
        intents=form.intents,
        constraints=form.constraints,
        implicit=form.implicit,
        index=form.index,
    )


def _volume(form: VolumeV1) -> Volume:
    if any(len(pair) != 2 for pair in form.points):
        _refuse("points", "are pairs of latitude and longitude in microdegrees; write two numbers each")
    points = tuple(Position(lat, lon) for lat, lon in form.points)
    return Volume(
        Footprint(_known(_FORMS, "form", form.form), points, form.reach_cm),
        None if form.start is None else parse_utc(form.start),
        None if form.end is None else parse_utc(form.end),
        form.low_cm,
        form.high_cm,
    )


def _intent_body(intent: Intent) -> dict[str, Json]:
    form: dict[str, Json] = {
        "manager": intent.manager,
        "ovn": intent.ovn,
        "version": intent.version,
        "state": intent.state.value,
        "volumes": [_volume_body(one) for one in intent.volumes],
        "uss_base_url": intent.uss_base_url,
    }
    if intent.subscription is not None:
        form["subscription"] = intent.subscription
    return form


def _constraint_body(constraint: Constraint) -> dict[str, Json]:
    return {
        "manager": constraint.manager,
        "ovn": constraint.ovn,
        "version": constraint.version,
        "volumes": [_volume_body(one) for one in constraint.volumes],
        "uss_base_url": constraint.uss_base_url,
    }


def _subscription_body(subscription: Subscription) -> dict[str, Json]:
    return {
        "id": subscription.id,
        "manager": subscription.manager,
        "version": subscription.version,
        "volumes": [_volume_body(one) for one in subscription.volumes],
        "uss_base_url": subscription.uss_base_url,
        "intents": subscription.intents,
        "constraints": subscription.constraints,
        "implicit": subscription.implicit,
        "index": subscription.index,
    }


def _volume_body(volume: Volume) -> dict[str, Json]:
    footprint = volume.footprint
    form: dict[str, Json] = {
        "form": footprint.form.value,
        "points": [[one.lat_u, one.lon_u] for one in footprint.points],
        "reach_cm": footprint.reach_cm,
    }
    for name, at in (("start", volume.start), ("end", volume.end)):
        if at is not None:
            form[name] = format_utc(at)
    levels = (("low_cm", volume.low_cm), ("high_cm", volume.high_cm))
    return form | {name: level for name, level in levels if level is not None}


def _check(write: Write) -> None:
    if not 0 < len(write.owner) <= _LONGEST_NAME or not 0 < len(write.id) <= _LONGEST_NAME:
        _refuse("owner or id", f"is empty or longer than {_LONGEST_NAME} characters; correct it")
    ids = () if write.resource in _OWN_IDS else (write.id,)
    for key in (*ids, *write.dropped, *write.notified):
        if not _ID.fullmatch(key):
            _refuse("an id", "is no UUID of version 4 in canonical form; write it so")
    expected: dict[Resource, type[Written]] = {
        Resource.INTENT: Intent,
        Resource.CONSTRAINT: Constraint,
        Resource.SUBSCRIPTION: Subscription,
        Resource.AVAILABILITY: Standing,
        Resource.REPORT: Report,
    }
    kind = expected.get(write.resource)
    if write.written is not None and (kind is None or not isinstance(write.written, kind)):
        _refuse("written", "is of another kind than the resource; write what belongs to it")
    if isinstance(write.written, Subscription) and write.written.id != write.id:
        _refuse("subscription.id", "is not the id of the write; correct one of the two")
    for one in (write.written, write.implicit):
        _check_written(one)


def _check_written(one: Written | None) -> None:
    if isinstance(one, Intent | Constraint):
        if not _OVN.fullmatch(one.ovn) or one.version < 1 or not one.volumes:
            _refuse("ovn, version or volumes", "are not as the standard has them; correct them")
        _check_address(one.uss_base_url)
    if isinstance(one, Intent) and one.subscription is not None and not _ID.fullmatch(one.subscription):
        _refuse("intent.subscription", "is no UUID of version 4 in canonical form; write it so")
    if isinstance(one, Subscription):
        if not _ID.fullmatch(one.id) or not _OVN.fullmatch(one.version) or one.index < 0:
            _refuse("a subscription's id, version or index", "is not as the standard has it; correct it")
        if one.implicit == bool(one.volumes):
            _refuse("a subscription's volumes", "are there if and only if it is explicit; correct them")
        _check_address(one.uss_base_url)


def _check_address(url: str) -> None:
    if not _URL.fullmatch(url):
        _refuse("uss_base_url", "is not of the form https://uss.example; write it so")


def _known(known: Mapping[str, _T], field: str, text: str) -> _T:
    if text not in known:
        _refuse(field, f"is none that is known; use one of {', '.join(known)}")
    return known[text]


def _refuse(field: str, why: str) -> NoReturn:
    msg = f"airspace: {field} {why}"
    raise BadInput(msg)
