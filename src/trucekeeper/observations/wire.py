"""observation/v1: the body of an observation, as signed. ``read`` and ``body`` undo each other exactly."""

from collections.abc import Mapping

from trucekeeper.kernel.canon import Json
from trucekeeper.kernel.clock import Instant, Interval, format_utc, parse_utc
from trucekeeper.kernel.errors import BadInput
from trucekeeper.kernel.span import Span
from trucekeeper.observations.model import Access, Coverage, Harm, Holding, Kind, Observation, Weapon
from trucekeeper.observations.soundness import check
from trucekeeper.parties.wire import Strict, parsed
from trucekeeper.places.position import Disc, Position, Region, Sector

KIND = "observation/v1"

APART = ("media", "note", "of", "relays", "source", "uid", "where")
"""The fields that are told apart when an observation is sealed: what would help to aim, or to find who spoke.

The place; the source, and the other observations that name a source; the source's own numbering; free words; and
pictures, which are taken from somewhere by somebody.
"""

UNREAD = ("media", "note")
"""Of those, the fields that no rule reads: without them an observation says the same."""

_CLASSES = ("class", "content", "kind")
_REFERRED = ("survivor-account", "medical-record")

_KINDS = {kind.value: kind for kind in Kind}


class SpanV1(Strict):
    """A range of whole numbers; without ``high`` no upper bound is known."""

    low: int
    high: int | None = None


class WhenV1(Strict):
    """From ``start`` up to, not including, ``end``; UTC with milliseconds."""

    start: str
    end: str | None = None


class WhereV1(Strict):
    """A disc; or, with ``near_m``, ``far_m`` and ``bearing``, a sector seen from the disc."""

    lat_u: int
    lon_u: int
    radius_m: int
    near_m: int | None = None
    far_m: int | None = None
    bearing: int | None = None


class WeaponV1(Strict):
    """An empty one is a weapon that could not be determined."""

    category: str | None = None
    calibre_mm: SpanV1 | None = None
    system: str | None = None


class HarmV1(Strict):
    """Civilians, in persons."""

    killed: SpanV1 | None = None
    injured: SpanV1 | None = None


class CoverageV1(Strict):
    """What was looked for, and the chance of noticing it in parts per million."""

    acts: list[str]
    chance_ppm: int


class AccessV1(Strict):
    """A denial or delay of the monitors' movement."""

    denied: bool
    by: str | None = None
    delay_min: int | None = None
    patrol_size: int | None = None
    stated_reason: str | None = None
    prior_notice: bool | None = None


class HoldingV1(Strict):
    """Weapons against withdrawal lines and storage."""

    status: str
    posture: str | None = None
    in_storage: bool | None = None


class ObservationV1(Strict):
    """The body of an observation/v1 entry or batch row."""

    uid: str
    kind: str
    source: str
    when: WhenV1
    where: WhereV1 | None = None
    act: str | None = None
    means: str | None = None
    phase: str | None = None
    weapon: WeaponV1 | None = None
    count: SpanV1 | None = None
    by: str | None = None
    heading: int | None = None
    harm: HarmV1 | None = None
    of: str | None = None
    relays: str | None = None
    grounds: list[str] | None = None
    credibility: int
    coverage: CoverageV1 | None = None
    access: AccessV1 | None = None
    holding: HoldingV1 | None = None
    note: str | None = None
    media: list[str] | None = None


def read(body: Mapping[str, Json]) -> Observation:
    """The observation that ``body`` states; else one :class:`BadInput` sentence naming the field at fault.

    What says of itself that it is a survivor's account or a medical record is refused, and sent elsewhere.
    """
    for name in _CLASSES:
        if body.get(name) in _REFERRED:
            msg = (
                f"observation: {name} says that this is a survivor's account or a medical record, which a record that "
                "is shown to others does not take; refer the person to a service that keeps it safe, and record that "
                "alone with `truce refer`"
            )
            raise BadInput(msg)
    form = parsed(ObservationV1, "observation", body)
    kind = _KINDS.get(form.kind)
    if kind is None:
        msg = f"observation: kind is not known; write one of {', '.join(_KINDS)}"
        raise BadInput(msg)
    seen = Observation(
        uid=form.uid,
        kind=kind,
        source=form.source,
        when=_when(form.when),
        where=None if form.where is None else _where(form.where),
        act=form.act,
        means=form.means,
        phase=form.phase,
        weapon=None if form.weapon is None else _weapon(form.weapon),
        count=_span("count", form.count),
        by=form.by,
        heading=form.heading,
        harm=None if form.harm is None else _harm(form.harm),
        of=form.of,
        relays=form.relays,
        grounds=_members("grounds", form.grounds),
        credibility=form.credibility,
        coverage=None
        if form.coverage is None
        else Coverage(tuple(form.coverage.acts), form.coverage.chance_ppm),
        access=None if form.access is None else _access(form.access),
        holding=None if form.holding is None else _holding(form.holding),
        note=form.note,
        media=_members("media", form.media),
    )
    check(seen)
    return seen


def body(seen: Observation) -> dict[str, Json]:
    """The observation/v1 body of ``seen``, without what is not known; refuses what :func:`read` would refuse."""
    check(seen)
    form: dict[str, Json] = {
        "uid": seen.uid,
        "kind": seen.kind.value,
        "source": seen.source,
        "when": _when_body(seen.when),
        "credibility": seen.credibility,
    }
    if seen.where is not None:
        form["where"] = _where_body(seen.where)
    if seen.weapon is not None:
        form["weapon"] = _weapon_body(seen.weapon)
    if seen.count is not None:
        form["count"] = _span_body(seen.count)
    if seen.harm is not None:
        harm = (("killed", seen.harm.killed), ("injured", seen.harm.injured))
        form["harm"] = {name: _span_body(span) for name, span in harm if span is not None}
    if seen.coverage is not None:
        form["coverage"] = {"acts": list(seen.coverage.acts), "chance_ppm": seen.coverage.chance_ppm}
    if seen.access is not None:
        form["access"] = _access_body(seen.access)
    if seen.holding is not None:
        form["holding"] = _known(
            status=seen.holding.status, posture=seen.holding.posture, in_storage=seen.holding.in_storage
        )
    if seen.grounds:
        form["grounds"] = list(seen.grounds)
    if seen.media:
        form["media"] = list(seen.media)
    _add_plain(form, seen)
    return form


def _add_plain(form: dict[str, Json], seen: Observation) -> None:
    # Written out, not looped over by name: this runs once for each of 100,000 rows.
    if seen.act is not None:
        form["act"] = seen.act
    if seen.means is not None:
        form["means"] = seen.means
    if seen.phase is not None:
        form["phase"] = seen.phase
    if seen.by is not None:
        form["by"] = seen.by
    if seen.heading is not None:
        form["heading"] = seen.heading
    if seen.of is not None:
        form["of"] = seen.of
    if seen.relays is not None:
        form["relays"] = seen.relays
    if seen.note is not None:
        form["note"] = seen.note


def _known(**fields: Json) -> dict[str, Json]:
    return {name: value for name, value in fields.items() if value is not None}


def _when(form: WhenV1) -> Interval:
    start = _instant("start", form.start)
    end = None if form.end is None else _instant("end", form.end)
    try:
        return Interval(start, end)
    except BadInput as error:
        raise BadInput(_within("when", error)) from error


def _instant(field: str, text: str) -> Instant:
    try:
        return parse_utc(text)
    except BadInput as error:
        raise BadInput(_within(f"when.{field}", error)) from error


def _when_body(when: Interval) -> dict[str, Json]:
    if when.end is None:
        return {"start": format_utc(when.start)}
    return {"start": format_utc(when.start), "end": format_utc(when.end)}


def _where(form: WhereV1) -> Region:
    sector = (form.near_m, form.far_m, form.bearing)
    if None in sector and sector != (None, None, None):
        msg = "observation: where lacks near_m, far_m or bearing; give all three, or none for a disc"
        raise BadInput(msg)
    try:
        centre = Position(form.lat_u, form.lon_u)
        if form.near_m is None or form.far_m is None or form.bearing is None:
            return Disc(centre, form.radius_m)
        return Sector(centre, form.radius_m, form.near_m, form.far_m, form.bearing)
    except BadInput as error:
        raise BadInput(_within("where", error)) from error


def _where_body(where: Region) -> dict[str, Json]:
    if isinstance(where, Disc):
        return {"lat_u": where.centre.lat_u, "lon_u": where.centre.lon_u, "radius_m": where.radius_m}
    return {
        "lat_u": where.observer.lat_u,
        "lon_u": where.observer.lon_u,
        "radius_m": where.observer_radius_m,
        "near_m": where.near_m,
        "far_m": where.far_m,
        "bearing": where.bearing,
    }


def _span(field: str, form: SpanV1 | None) -> Span | None:
    if form is None:
        return None
    try:
        return Span(form.low, form.high)
    except BadInput as error:
        raise BadInput(_within(field, error)) from error


def _span_body(span: Span) -> dict[str, Json]:
    return {"low": span.low} if span.high is None else {"low": span.low, "high": span.high}


def _weapon(form: WeaponV1) -> Weapon:
    return Weapon(form.category, _span("weapon.calibre_mm", form.calibre_mm), form.system)


def _weapon_body(weapon: Weapon) -> dict[str, Json]:
    calibre = None if weapon.calibre_mm is None else _span_body(weapon.calibre_mm)
    return _known(category=weapon.category, calibre_mm=calibre, system=weapon.system)


def _harm(form: HarmV1) -> Harm:
    return Harm(_span("harm.killed", form.killed), _span("harm.injured", form.injured))


def _access(form: AccessV1) -> Access:
    return Access(
        form.by, form.denied, form.delay_min, form.patrol_size, form.stated_reason, form.prior_notice
    )


def _access_body(access: Access) -> dict[str, Json]:
    return _known(
        by=access.by,
        denied=access.denied,
        delay_min=access.delay_min,
        patrol_size=access.patrol_size,
        stated_reason=access.stated_reason,
        prior_notice=access.prior_notice,
    )


def _holding(form: HoldingV1) -> Holding:
    return Holding(form.status, form.posture, form.in_storage)


def _members(field: str, form: list[str] | None) -> tuple[str, ...]:
    if form is not None and not form:
        msg = f"observation: {field} is an empty list; leave it out"
        raise BadInput(msg)
    return tuple(form or ())


def _within(field: str, error: BadInput) -> str:
    return f"observation: {field}: {error}"
