"""What a client asks for in a body, read strictly; BadInput says which field is wrong (F3548-21, annex A4)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from trucekeeper.airspace import extents
from trucekeeper.airspace.extents import Needs
from trucekeeper.airspace.model import Availability, State
from trucekeeper.airspace.refusals import TooLarge
from trucekeeper.airspace.sent import Given, Sent
from trucekeeper.kernel.canon import Json
from trucekeeper.kernel.errors import BadInput
from trucekeeper.movements.volume import Volume

MOST_HEADERS = 200
LONGEST_BODY = 400_000
"""How long a reported body may be, in characters: a report is kept in one entry of the record."""

_URL = re.compile(r"https://[!-~]+")
_HEX = re.compile(r"[0-9a-f]{32}")
_GROUPED = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_AVAILABILITY = {one.value.lower(): one for one in Availability}
_INT32 = 2**31


@dataclass(frozen=True, slots=True)
class NewSubscription:
    """A subscription that comes and goes with its intents."""

    uss_base_url: str
    constraints: bool


@dataclass(frozen=True, slots=True)
class IntentRequest:
    """What an intent is to be. ``ovn_suffix`` is the id that the client wants its OVN to end with."""

    volumes: tuple[Volume, ...]
    state: State
    uss_base_url: str
    key: frozenset[str]
    subscription: str | None
    new_subscription: NewSubscription | None
    ovn_suffix: str | None


@dataclass(frozen=True, slots=True)
class ConstraintRequest:
    """What a constraint is to be."""

    volumes: tuple[Volume, ...]
    uss_base_url: str


@dataclass(frozen=True, slots=True)
class SubscriptionRequest:
    """What a subscription is to be; times that are open are chosen for it."""

    volume: Volume
    uss_base_url: str
    intents: bool
    constraints: bool


@dataclass(frozen=True, slots=True)
class AvailabilityRequest:
    """What a USS is to count as, if ``old_version`` is still its newest."""

    old_version: str
    availability: Availability


def entity_id(text: str, name: str = "the id in the address", version: str = "4") -> str:
    """A UUID in its canonical form, with or without hyphens in ``text``."""
    lowered = text.lower()
    digits = lowered.replace("-", "")
    written_so = _GROUPED.fullmatch(lowered) or _HEX.fullmatch(lowered)
    if not written_so or digits[12] != version or digits[16] not in "89ab":
        msg = f"{name} is no UUID of version {version} (RFC 4122); make one"
        raise BadInput(msg)
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def intent(body: Mapping[str, Sent]) -> IntentRequest:
    """PutOperationalIntentReferenceParameters."""
    given = Given(body)
    volumes = extents.volumes(given, Needs(times=True, altitudes=True))
    if given.has("subscription_id") and given.has("new_subscription"):
        given.refuse("subscription_id", "and new_subscription are both there; send one of them")
    new = _new_subscription(given.object("new_subscription")) if given.has("new_subscription") else None
    request = IntentRequest(
        volumes=volumes,
        state=State(given.one_of("state", *(one.value for one in State))),
        uss_base_url=_url(given),
        key=frozenset(given.texts("key")),
        subscription=_id(given, "subscription_id", "4"),
        new_subscription=new,
        ovn_suffix=_id(given, "requested_ovn_suffix", "7"),
    )
    extents.fits(volumes)
    return request


def constraint(body: Mapping[str, Sent]) -> ConstraintRequest:
    """PutConstraintReferenceParameters."""
    given = Given(body)
    request = ConstraintRequest(extents.volumes(given, Needs(times=True)), _url(given))
    extents.fits(request.volumes)
    return request


def subscription(body: Mapping[str, Sent]) -> SubscriptionRequest:
    """PutSubscriptionParameters."""
    given = Given(body)
    try:
        volume = extents.volume(given.object("extents"), Needs())
        extents.fits((volume,))
    except TooLarge as error:  # the standard knows no 413 here
        raise BadInput(str(error)) from error
    intents, constraints = (
        given.truth(f"notify_for_{kind}") for kind in ("operational_intents", "constraints")
    )
    if not intents and not constraints:
        given.refuse("notify_for_operational_intents", "and notify_for_constraints are both false; set one")
    return SubscriptionRequest(volume, _url(given), intents, constraints)


def area(body: Mapping[str, Sent]) -> Volume:
    """The area of interest of any query."""
    volume = extents.volume(Given(body).object("area_of_interest"), Needs())
    extents.fits((volume,))
    return volume


def availability(body: Mapping[str, Sent]) -> AvailabilityRequest:
    """SetUssAvailabilityStatusParameters."""
    given = Given(body)
    said = given.text("availability").lower()
    if said not in _AVAILABILITY:
        given.refuse("availability", "is not Unknown, Normal or Down; write it so")
    return AvailabilityRequest(given.text("old_version", 128), _AVAILABILITY[said])


def report(body: Mapping[str, Sent]) -> dict[str, Json]:
    """The exchange that an ErrorReport is about: what the standard knows of it, as it was sent."""
    return exchange(Given(body).object("exchange").fields)


def exchange(fields: Mapping[str, Sent]) -> dict[str, Json]:
    """An ExchangeRecord, less what the standard does not know."""
    given = Given(fields, "exchange")
    found: dict[str, Json] = {
        "url": given.text("url"),
        "method": given.text("method", 40),
        "recorder_role": given.one_of("recorder_role", "Client", "Server"),
        "request_time": _time(given, "request_time"),
    }
    for name in ("request_source", "problem", "request_body", "response_body"):
        if given.has(name):
            found[name] = given.text(name, LONGEST_BODY)
    if given.has("headers"):
        headers = given.texts("headers")
        if len(headers) > MOST_HEADERS or sum(map(len, headers)) > LONGEST_BODY:
            given.refuse("headers", "are too many or too long; send fewer")
        found["headers"] = [
            Given({"headers": one}, given.at).text("headers", LONGEST_BODY) for one in headers
        ]
    if given.has("response_time"):
        found["response_time"] = _time(given, "response_time")
    if given.has("response_code"):
        code = given.number("response_code", -_INT32, _INT32 - 1)
        if code != code.to_integral_value():
            given.refuse("response_code", "is not whole; write the status of an HTTP response")
        found["response_code"] = int(code)
    return found


def _new_subscription(given: Given) -> NewSubscription:
    return NewSubscription(_url(given), given.truth("notify_for_constraints"))


def _id(given: Given, name: str, version: str) -> str | None:
    return entity_id(given.text(name), name, version) if given.has(name) else None


def _url(given: Given) -> str:
    url = given.text("uss_base_url")
    try:
        host = urlsplit(url).hostname if _URL.fullmatch(url) else None
    except ValueError:
        host = None
    return (
        url if host else given.refuse("uss_base_url", "is not of the form https://uss.example; write it so")
    )


def _time(given: Given, name: str) -> dict[str, Json]:
    extents.instant(given, name, up=False)
    return {"value": given.object(name).text("value"), "format": "RFC3339"}
