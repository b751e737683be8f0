"""notice/v1: one version of an announcement, as signed. ``read`` and ``body`` undo each other exactly."""

import re
from collections.abc import Mapping, Sequence
from typing import NoReturn

from trucekeeper.kernel.canon import Json
from trucekeeper.kernel.clock import format_utc, parse_utc
from trucekeeper.kernel.errors import BadInput
from trucekeeper.movements.model import (
    Altitudes,
    Contact,
    Corridor,
    Ground,
    Kind,
    Notice,
    ReadBack,
    Vehicle,
    Waypoint,
)
from trucekeeper.movements.volume import Footprint, Form
from trucekeeper.parties.wire import IDENTIFIER, Strict, parsed, unfit
from trucekeeper.places.position import Position

KIND = "notice/v1"
APART = ("contact", "designation", "photo_sha256", "vehicles", "where")
"""What is told apart: each may be shown, kept back or destroyed without the rest."""

SOURCES = ("gps", "map", "survey", "address")
"""How coordinates were got."""
CHANNELS = ("telephone", "radio", "fax")
MOST_RECIPIENTS = 100
MOST_AREAS = 50
MOST_POINTS = 10_000
MOST_WAYPOINTS = 500
MOST_VEHICLES = 200
FARTHEST_M = 100_000
"""How far an announced radius, width or uncertainty goes."""

_SHA256 = re.compile(r"[0-9a-f]{64}")
_WORD = re.compile(r"[a-z][a-z0-9-]{0,39}")
_NUMBER = re.compile(r"\+[0-9][0-9 ]{4,24}")


class ContactV1(Strict):
    """A person or post that answers day and night."""

    name: str
    number: str


class FootprintV1(Strict):
    """A core and how far around it; points are pairs of latitude and longitude in microdegrees."""

    form: str
    points: list[list[int]]
    reach_cm: int
    holes: list[list[list[int]]] | None = None


class WaypointV1(Strict):
    """A place on a route and when one may be there."""

    at: list[int]
    earliest: str
    latest: str


class WhereV1(Strict):
    """Either areas from start to end, or waypoints and a width."""

    areas: list[FootprintV1] | None = None
    start: str | None = None
    end: str | None = None
    waypoints: list[WaypointV1] | None = None
    width_m: int | None = None


class VehicleV1(Strict):
    """One vehicle."""

    type: str
    plate: str
    marking: str | None = None


class ReadBackV1(Strict):
    """Who took down, and who heard read back, what came by telephone, radio or fax."""

    channel: str
    by: str
    heard_by: str
    caller: str


class NoticeV1(Strict):
    """The body of a notice/v1 entry."""

    kind: str
    category: str
    organisation: str
    designation: str
    contact: ContactV1
    where: WhereV1
    uncertainty_m: int
    source: str
    recipients: list[str]
    purpose: str
    low_m: int | None = None
    high_m: int | None = None
    vehicles: list[VehicleV1] | None = None
    staff: int | None = None
    cargo: str | None = None
    photo_sha256: str | None = None
    emergency: bool
    amends: int | None = None
    taken_down: ReadBackV1 | None = None


def read(body: Mapping[str, Json]) -> Notice:
    """The notice that ``body`` (notice/v1) holds; one sentence for the first thing that is wrong with its form.

    Whether it makes sense on the ground is for ``movements.soundness``.
    """
    form = parsed(NoticeV1, "notice", body)
    if form.kind not in {kind.value for kind in Kind}:
        _refuse("kind", f"is none that is known; write one of {', '.join(kind.value for kind in Kind)}")
    if (form.low_m is None) != (form.high_m is None):
        _refuse("low_m", "and high_m go together; give both or neither")
    band = None if form.low_m is None or form.high_m is None else Altitudes(form.low_m, form.high_m)
    notice = Notice(
        kind=Kind(form.kind),
        category=form.category,
        organisation=form.organisation,
        designation=form.designation,
        contact=Contact(form.contact.name, form.contact.number),
        where=_where(form.where),
        uncertainty_m=form.uncertainty_m,
        source=form.source,
        recipients=tuple(form.recipients),
        purpose=form.purpose,
        altitudes=band,
        vehicles=tuple(Vehicle(one.type, one.plate, one.marking) for one in form.vehicles or ()),
        staff=form.staff,
        cargo=form.cargo,
        photo_sha256=form.photo_sha256,
        emergency=form.emergency,
        amends=form.amends,
        taken_down=taken_down(form.taken_down, "notice"),
    )
    check(notice)
    if form.vehicles == []:
        _refuse("vehicles", "is empty; leave it out where there are none")
    return notice


def body(notice: Notice) -> dict[str, Json]:
    """The notice/v1 body of ``notice``; refuses what :func:`read` would refuse."""
    check(notice)
    form: dict[str, Json] = {
        "kind": notice.kind.value,
        "category": notice.category,
        "organisation": notice.organisation,
        "designation": notice.designation,
        "contact": {"name": notice.contact.name, "number": notice.contact.number},
        "where": _where_body(notice.where),
        "uncertainty_m": notice.uncertainty_m,
        "source": notice.source,
        "recipients": list(notice.recipients),
        "purpose": notice.purpose,
        "emergency": notice.emergency,
    }
    if notice.altitudes is not None:
        form |= {"low_m": notice.altitudes.low_m, "high_m": notice.altitudes.high_m}
    if notice.vehicles:
        form["vehicles"] = [_vehicle_body(one) for one in notice.vehicles]
    optional: Mapping[str, Json] = {
        "staff": notice.staff, "cargo": notice.cargo, "photo_sha256": notice.photo_sha256, "amends": notice.amends,
    }  # fmt: skip
    form |= {name: value for name, value in optional.items() if value is not None}
    if notice.taken_down is not None:
        form["taken_down"] = taken_down_body(notice.taken_down)
    return form


def taken_down(form: ReadBackV1 | None, what: str) -> ReadBack | None:
    """What came by telephone, radio or fax, and the two members of staff who heard it."""
    if form is None:
        return None
    said = ReadBack(form.channel, form.by, form.heard_by, form.caller)
    _check_read_back(said, what)
    return said


def taken_down_body(said: ReadBack, what: str = "notice") -> dict[str, Json]:
    """The form that :func:`taken_down` reads; refuses what that would refuse."""
    _check_read_back(said, what)
    return {"channel": said.channel, "by": said.by, "heard_by": said.heard_by, "caller": said.caller}


def _check_read_back(said: ReadBack, what: str) -> None:
    if said.channel not in CHANNELS:
        msg = f"{what}: taken_down.channel is none that is known; write one of {', '.join(CHANNELS)}"
        raise BadInput(msg)
    for name, who in (("by", said.by), ("heard_by", said.heard_by), ("caller", said.caller)):
        if not IDENTIFIER.fullmatch(who):
            msg = f"{what}: taken_down.{name} is no id; use letters, digits and . _ : -"
            raise BadInput(msg)
    if said.by == said.heard_by:
        msg = f"{what}: one person took it down and heard it read back; it takes two members of staff"
        raise BadInput(msg)


def where(form: Json) -> Ground | Corridor:
    """The field ``where`` by itself, such as in a question about conflicts."""
    if not isinstance(form, dict):
        _refuse("where", "is not an object; write its fields between braces")
    return _where(parsed(WhereV1, "where", form))


def _where(form: WhereV1) -> Ground | Corridor:
    if form.areas is not None and form.start is not None and form.waypoints is None and form.width_m is None:
        if not 0 < len(form.areas) <= MOST_AREAS:
            _refuse("where.areas", f"holds none, or more than {MOST_AREAS}; announce the rest apart")
        areas = tuple(_footprint(one) for one in form.areas)
        return Ground(areas, parse_utc(form.start), None if form.end is None else parse_utc(form.end))
    if (
        form.waypoints is None
        or form.width_m is None
        or (form.areas, form.start, form.end) != (None, None, None)
    ):
        _refuse("where", "is neither areas with a start, nor waypoints with a width; give one of the two")
    if not 2 <= len(form.waypoints) <= MOST_WAYPOINTS:
        _refuse("where.waypoints", f"are fewer than 2 or more than {MOST_WAYPOINTS}; correct the route")
    points = tuple(
        Waypoint(_position(one.at), parse_utc(one.earliest), parse_utc(one.latest)) for one in form.waypoints
    )
    return Corridor(points, form.width_m)


def _where_body(where: Ground | Corridor) -> dict[str, Json]:
    if isinstance(where, Corridor):
        return {
            "waypoints": [
                {"at": _pair(one.at), "earliest": format_utc(one.earliest), "latest": format_utc(one.latest)}
                for one in where.waypoints
            ],
            "width_m": where.width_m,
        }
    form: dict[str, Json] = {
        "areas": [_footprint_body(one) for one in where.areas],
        "start": format_utc(where.start),
    }
    if where.end is not None:
        form["end"] = format_utc(where.end)
    return form


def _footprint(form: FootprintV1) -> Footprint:
    if form.form not in {one.value for one in Form}:
        _refuse("where.areas.form", f"is none of {', '.join(one.value for one in Form)}; write one of them")
    if form.holes == []:
        _refuse("where.areas.holes", "is empty; leave it out where there are none")
    if len(form.points) + sum(len(hole) for hole in form.holes or ()) > MOST_POINTS:
        _refuse("where.areas.points", f"are more than {MOST_POINTS}; simplify the outline")
    holes = tuple(tuple(_position(one) for one in hole) for hole in form.holes or ())
    return Footprint(Form(form.form), tuple(_position(one) for one in form.points), form.reach_cm, holes)


def _footprint_body(footprint: Footprint) -> dict[str, Json]:
    form: dict[str, Json] = {
        "form": footprint.form.value,
        "points": [_pair(one) for one in footprint.points],
        "reach_cm": footprint.reach_cm,
    }
    if footprint.holes:
        form["holes"] = [[_pair(one) for one in hole] for hole in footprint.holes]
    return form


def _position(pair: Sequence[int]) -> Position:
    if len(pair) != 2:
        _refuse("where", "holds a point that is no pair; write latitude and longitude in microdegrees")
    return Position(pair[0], pair[1])


def _pair(position: Position) -> list[Json]:
    return [position.lat_u, position.lon_u]


def _vehicle_body(vehicle: Vehicle) -> dict[str, Json]:
    form: dict[str, Json] = {"type": vehicle.type, "plate": vehicle.plate}
    if vehicle.marking is not None:
        form["marking"] = vehicle.marking
    return form


def check(notice: Notice) -> None:
    """Refuse what cannot be signed: words that are none, numbers out of all bounds, a notice to nobody."""
    _check_words(notice)
    _check_recipients(notice.recipients)
    _check_numbers(notice)


def _check_words(notice: Notice) -> None:
    words = [
        ("organisation", notice.organisation, 200), ("designation", notice.designation, 200),
        ("contact.name", notice.contact.name, 200), ("purpose", notice.purpose, 1000), ("cargo", notice.cargo, 200),
    ]  # fmt: skip
    for number, one in enumerate(notice.vehicles):
        words += [(f"vehicles.{number}.type", one.type, 60), (f"vehicles.{number}.plate", one.plate, 40)]
        words.append((f"vehicles.{number}.marking", one.marking, 60))
    for name, text, most in words:
        if text is not None and (fault := unfit(text, most)):
            _refuse(name, fault)
    if not _WORD.fullmatch(notice.category):
        _refuse("category", "is no word like hospital or aid-convoy; use small letters, digits and -")
    if not _NUMBER.fullmatch(notice.contact.number):
        _refuse("contact.number", "is no number that can be called from abroad; write it like +00 12 345 678")
    if notice.source not in SOURCES:
        _refuse("source", f"is none that is known; write one of {', '.join(SOURCES)}")
    if len(notice.vehicles) > MOST_VEHICLES:
        _refuse("vehicles", f"are more than {MOST_VEHICLES}; announce the rest as a movement of its own")
    if notice.photo_sha256 is not None and not _SHA256.fullmatch(notice.photo_sha256):
        _refuse("photo_sha256", "is no SHA-256 digest; write 64 digits of 0-9 and a-f")


def _check_recipients(recipients: tuple[str, ...]) -> None:
    if not recipients:
        _refuse("recipients", "names nobody, so nobody would know; name at least one recipient")
    if len(recipients) > MOST_RECIPIENTS or len(set(recipients)) < len(recipients):
        _refuse("recipients", f"names somebody twice, or more than {MOST_RECIPIENTS}; name each once")
    if not all(IDENTIFIER.fullmatch(one) for one in recipients):
        _refuse("recipients", "holds what is no id of a holder; use letters, digits and . _ : -")


def _check_numbers(notice: Notice) -> None:
    if not 0 <= notice.uncertainty_m <= FARTHEST_M:
        _refuse("uncertainty_m", "is not between 0 and 100,000 metres; correct it")
    if isinstance(notice.where, Corridor) and not 0 < notice.where.width_m <= FARTHEST_M:
        _refuse("where.width_m", "is not between 1 and 100,000 metres; correct it")
    if isinstance(notice.where, Ground) and any(
        one.reach_cm > FARTHEST_M * 100 for one in notice.where.areas
    ):
        _refuse("where.areas.reach_cm", "is more than 100 km; announce areas of less")
    if notice.staff is not None and not 0 <= notice.staff <= 100_000:
        _refuse("staff", "is no number of people; count again")
    if (
        notice.altitudes is not None
        and not -1_000 <= notice.altitudes.low_m <= notice.altitudes.high_m <= 100_000
    ):
        _refuse("low_m", "and high_m are no band between -1,000 and 100,000 metres; correct them")
    if notice.amends is not None and notice.amends < 2:
        _refuse("amends", "is no entry of a notice; give the number of its first version")


def _refuse(field: str, why: str) -> NoReturn:
    msg = f"notice: {field} {why}"
    raise BadInput(msg)
