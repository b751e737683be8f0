"""The lines and zones of an agreement: read from GeoJSON, derived from a line, or supplied by its user."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial

from trucekeeper.agreement.marked import Complaints, Fields, Marked
from trucekeeper.kernel.clock import Interval
from trucekeeper.kernel.errors import BadInput
from trucekeeper.places import geojson
from trucekeeper.places.zone import Area, Band, Line, Shape, Side, Zone

FURTHEST_M = 2_000_000
"""No band reaches further: beyond it, "beside the line" means nothing on a globe."""


@dataclass(slots=True)
class Ground:
    """What the file says of the ground. ``missing`` names lines and zones whose geometry nobody supplied."""

    lines: dict[str, Line] = field(default_factory=dict[str, Line])
    sides: dict[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])
    as_of: dict[str, str] = field(default_factory=dict[str, str])
    zones: dict[str, Zone] = field(default_factory=dict[str, Zone])
    missing: dict[str, str] = field(default_factory=dict[str, str])
    asked: set[str] = field(default_factory=set[str])
    marks: dict[str, int] = field(default_factory=dict[str, int])


@dataclass(frozen=True, slots=True)
class GroundReader:
    """Reads the sections ``lines`` and ``zones``; ``supplied`` is geometry by the name that the file asks for."""

    parties: tuple[str, ...]
    files: Mapping[str, bytes]
    supplied: Mapping[str, bytes]
    complaints: Complaints

    def read(self, lines: Marked | None, zones: Marked | None) -> Ground:
        """Everything that can be read; what cannot becomes a complaint."""
        ground = Ground()
        for key, value in lines.entries() if lines else ():
            self.complaints.attempt(partial(self._line, ground, key, value))
        for key, value in zones.entries() if zones else ():
            ground.marks[key.text()] = key.line
            self.complaints.attempt(partial(self._zone, ground, key, value))
        for name in sorted(set(self.supplied) - ground.asked):
            self.complaints.add(
                1, f"{name!r} was supplied, but the agreement asks for no geometry of that name"
            )
        return ground

    def _line(self, ground: Ground, key: Marked, value: Marked) -> None:
        name = key.identifier()
        fields = value.fields((), ("file", "supplied", "as_of", "left", "right"))
        self._sides(ground, name, fields)
        as_of = fields.get("as_of")
        if as_of is not None:
            ground.as_of[name] = as_of.text()
        raw = self._bytes(ground, name, fields)
        if raw is None:
            return
        try:
            ground.lines[name] = geojson.line(raw, name)
        except BadInput as error:
            value.refuse(f"the line {name!r}: {error}")

    def _sides(self, ground: Ground, name: str, fields: Fields) -> None:
        left, right = fields.get("left"), fields.get("right")
        if left is None and right is None:
            return
        given = (left or right or fields.whole).one_of(self.parties, "party of this agreement")
        others = tuple(party for party in self.parties if party != given)
        if left is not None and right is not None:
            ground.sides[name] = (given, right.one_of(others, "other party of this agreement"))
        elif len(others) != 1:
            fields.whole.refuse(
                "the line needs both 'left' and 'right', because there are not just two parties"
            )
        else:
            ground.sides[name] = (given, others[0]) if left is not None else (others[0], given)

    def _zone(self, ground: Ground, key: Marked, value: Marked) -> None:
        name = key.identifier()
        fields = value.fields((), ("file", "derive", "supplied", "valid"))
        valid = fields.get("valid")
        if valid is None:
            value.refuse(
                f"the zone {name!r} has no validity; write valid: [from, to], with null for an open end"
            )
        interval = _validity(valid)
        shape = self._shape(ground, name, fields)
        if shape is not None:
            ground.zones[name] = Zone(name, shape, interval)

    def _shape(self, ground: Ground, name: str, fields: Fields) -> Shape | None:
        derive = fields.get("derive")
        if derive is not None:
            if fields.get("file") or fields.get("supplied"):
                fields.whole.refuse("a zone has one origin: keep one of file, derive, supplied")
            return self._band(ground, name, derive.fields(("band",))["band"])
        raw = self._bytes(ground, name, fields)
        if raw is None:
            return None
        try:
            found: Area = geojson.area(raw)
        except BadInput as error:
            fields.whole.refuse(f"the zone {name!r}: {error}")
        return found

    def _band(self, ground: Ground, name: str, value: Marked) -> Band | None:
        fields = value.fields(("line", "from_km", "to_km", "side"))
        from_m, to_m = (fields[end].scaled(1000, "metres") for end in ("from_km", "to_km"))
        if not 0 <= from_m < to_m <= FURTHEST_M:
            value.refuse("a band runs from 0 or more kilometres to more than that, and to 2000 at most")
        line = fields["line"].identifier()
        party = fields["side"].one_of((*self.parties, "both"), "side of the line")
        if line in ground.missing:
            ground.missing[name] = ground.missing[line]
            return None
        if line not in ground.lines:
            fields["line"].refuse(f"{line!r} is no line of this agreement, or its geometry could not be read")
        side = Side.BOTH
        if party != "both":
            if line not in ground.sides:
                fields["side"].refuse(
                    f"the line {line!r} does not say which party is on its left; add left: PARTY"
                )
            side = Side.LEFT if ground.sides[line][0] == party else Side.RIGHT
            if party not in ground.sides[line]:
                fields["side"].refuse(f"the line {line!r} has {party!r} on neither side")
        return Band(ground.lines[line], from_m, to_m, side)

    def _bytes(self, ground: Ground, name: str, fields: Fields) -> bytes | None:
        file, wanted = fields.get("file"), fields.get("supplied")
        if (file is None) == (wanted is None):
            fields.whole.refuse("a geometry has one origin: write one of file, derive, supplied")
        if wanted is not None:
            asked = wanted.identifier()
            ground.asked.add(asked)
            if asked not in self.supplied:
                ground.missing[name] = asked
            return self.supplied.get(asked)
        path = (file or fields.whole).text()
        if path not in self.files or not path.startswith("zones/"):
            fields.whole.refuse(
                f"{path[:60]!r} is no file of this folder; name one such as zones/contact.geojson"
            )
        return self.files[path]


def _validity(value: Marked) -> Interval:
    ends = value.items()
    if len(ends) != 2:
        value.refuse("a validity has two ends: [from, to], with null for an open end")
    start, end = ends[0].instant(), None if ends[1].is_null else ends[1].instant()
    if end is not None and end <= start:
        value.refuse("the validity ends before it starts; swap the two or correct one")
    return Interval(start, end)
