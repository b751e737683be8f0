"""The form that a notifier fills in: a YAML file, every complaint about which names the line.

Coordinates stand in any notation that ``places.coordinates`` reads; what a notation leaves open is added to the
uncertainty. Areas and routes may also come from a drawn file (GeoJSON, KML, GPX) that the form names.
"""

from collections.abc import Callable
from typing import TypeVar

from trucekeeper.agreement.marked import Fields, Marked, Refused, read_marked
from trucekeeper.feeds import drawn
from trucekeeper.kernel.clock import Instant
from trucekeeper.kernel.errors import BadInput, TruceError
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
from trucekeeper.movements.wire import notices
from trucekeeper.places import coordinates
from trucekeeper.places.position import Position

_NEEDED = ("kind", "category", "organisation", "designation", "contact", "purpose", "recipients", "source")
_OPTIONAL = (
    "start", "end", "area", "route", "altitudes", "uncertainty_m", "vehicles", "staff", "cargo", "photo_sha256",
    "emergency",
)  # fmt: skip
_M = notices.FARTHEST_M

File = Callable[[str], bytes]
"""The bytes of a drawn file that the form names; BadInput where there is none."""

T = TypeVar("T")


def read(raw: bytes, file: File, taken_down: ReadBack | None = None, amends: int | None = None) -> Notice:
    """The notice in a filled-in form; BadInput with the line and one sentence for the first thing that is wrong."""
    try:
        form = read_marked(raw).fields(_NEEDED, _OPTIONAL)
        notice = _notice(form, file, taken_down, amends)
    except Refused as refusal:
        msg = f"line {refusal.line} of the form: {refusal.says}"
        raise BadInput(msg) from refusal
    notices.check(notice)
    return notice


def _notice(form: Fields, file: File, taken_down: ReadBack | None, amends: int | None) -> Notice:
    contact = form["contact"].fields(("name", "number"))
    where, inherent_m = _where(form, file)
    given = form.get("uncertainty_m")
    stated_m = inherent_m if given is None else given.whole(0, _M)
    return Notice(
        kind=Kind(form["kind"].one_of(tuple(kind.value for kind in Kind), "kind of notice")),
        category=form["category"].identifier(),
        organisation=form["organisation"].text(),
        designation=form["designation"].text(),
        contact=Contact(contact["name"].text(), contact["number"].text()),
        where=where,
        uncertainty_m=max(stated_m, inherent_m),
        source=form["source"].one_of(notices.SOURCES, "way to get coordinates"),
        recipients=tuple(one.text() for one in form["recipients"].one_or_more()),
        purpose=form["purpose"].text(),
        altitudes=_altitudes(form.get("altitudes")),
        vehicles=_vehicles(form.get("vehicles")),
        staff=_optional(form, "staff", lambda value: value.whole(0, 100_000)),
        cargo=_optional(form, "cargo", Marked.text),
        photo_sha256=_optional(form, "photo_sha256", Marked.text),
        emergency=_optional(form, "emergency", Marked.truth) or False,
        amends=amends,
        taken_down=taken_down,
    )


def _optional(form: Fields, name: str, read_as: Callable[[Marked], T]) -> T | None:
    value = form.get(name)
    return None if value is None else read_as(value)


def _where(form: Fields, file: File) -> tuple[Ground | Corridor, int]:
    """Where and when, and what the notation of the coordinates leaves open, in metres."""
    route, area = form.get("route"), form.get("area")
    if route is not None and area is None:
        for name in ("start", "end"):
            if (stray := form.get(name)) is not None:
                stray.refuse("a route has its times at its waypoints; leave this out")
        return _route(route, file)
    if area is None or route is not None:
        form.whole.refuse("say where: either an area with a start, or a route")
    start = form.get("start")
    if start is None:
        form.whole.refuse("an area needs a start, and an end unless it is without one")
    found = [_area(one, file) for one in area.one_or_more()]
    areas = tuple(footprint for footprints, _ in found for footprint in footprints)
    end = _optional(form, "end", Marked.instant)
    return Ground(areas, start.instant(), end), max(inherent for _, inherent in found)


def _area(value: Marked, file: File) -> tuple[tuple[Footprint, ...], int]:
    (said, how), *more = value.entries()
    if more or said.text() not in {"circle", "polygon", "file"}:
        value.refuse("say one of circle, polygon and file")
    if said.text() == "circle":
        fields = how.fields(("at", "radius_m"))
        at, inherent = _position(fields["at"])
        return (Footprint(Form.POINT, (at,), fields["radius_m"].whole(0, _M) * 100),), inherent
    if said.text() == "polygon":
        corners = [_position(one) for one in how.items()]
        ring = _made(how, lambda: Footprint(Form.RING, tuple(at for at, _ in corners)))
        return (ring,), max(inherent for _, inherent in corners)
    return _made(how, lambda: drawn.areas(how.text(), file(how.text()))), 0


def _route(value: Marked, file: File) -> tuple[Corridor, int]:
    given = value.fields(("width_m",), ("waypoints", "file", "early_minutes", "late_minutes"))
    width_m = given["width_m"].whole(1, _M)
    points, named = given.get("waypoints"), given.get("file")
    if (points is None) == (named is None):
        value.refuse("say either waypoints or file")
    if named is not None:
        early, late = (
            0 if (minutes := given.get(name)) is None else minutes.whole(0, 10_000) * 60_000
            for name in ("early_minutes", "late_minutes")
        )
        return _made(named, lambda: drawn.route(named.text(), file(named.text()), width_m, early, late)), 0
    found = [_waypoint(one) for one in points.items()] if points is not None else []
    return Corridor(tuple(at for at, _ in found), width_m), max(
        (inherent for _, inherent in found), default=0
    )


def _waypoint(value: Marked) -> tuple[Waypoint, int]:
    given = value.fields(("at", "earliest", "latest"))
    at, inherent = _position(given["at"])
    earliest: Instant = given["earliest"].instant()
    return Waypoint(at, earliest, given["latest"].instant()), inherent


def _position(value: Marked) -> tuple[Position, int]:
    return _made(value, lambda: coordinates.parse(value.text()))


def _altitudes(value: Marked | None) -> Altitudes | None:
    if value is None:
        return None
    given = value.fields(("low_m", "high_m"))
    return Altitudes(given["low_m"].whole(-1_000, 100_000), given["high_m"].whole(-1_000, 100_000))


def _vehicles(value: Marked | None) -> tuple[Vehicle, ...]:
    found: list[Vehicle] = []
    for one in value.items() if value is not None else ():
        given = one.fields(("type", "plate"), ("marking",))
        marking = given.get("marking")
        found.append(
            Vehicle(given["type"].text(), given["plate"].text(), None if marking is None else marking.text())
        )
    return tuple(found)


def _made(value: Marked, make: Callable[[], T]) -> T:
    """What ``make`` gives; what it refuses is a complaint about this line."""
    try:
        return make()
    except TruceError as error:
        raise Refused(value.line, str(error)) from error
