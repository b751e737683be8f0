"""Civilian harm, as ranges: where reports of one happening differ, both ends stay."""

from collections.abc import Callable, Iterable
from functools import reduce
from operator import add

from trucekeeper.incidents.model import Sighting
from trucekeeper.kernel.span import Span
from trucekeeper.observations.model import Harm, Kind
from trucekeeper.record.ref import Ref
from trucekeeper.reports.model import Cell, Figure, Prose, Row, Section, Table
from trucekeeper.reports.placing import PLACELESS, placed_label, sided
from trucekeeper.reports.scene import Scene

_Part = Callable[[Harm], Span | None]


def harm_section(scene: Scene) -> Section:
    """Killed and injured by side; what the sides claim stands apart and is not added."""
    title = "Civilian harm"
    every = tuple(one for one in scene.of_kind(Kind.REPORT, Kind.DETECTION, Kind.CLAIM) if _tells(one))
    told = tuple(one for one in every if scene.neutral.counts(one))
    claimed = tuple(
        one for one in every
        if one.observation.kind is Kind.CLAIM or scene.neutral.interest(one.observation.source) is not None
    )  # fmt: skip
    if not told and not claimed:
        return Section("harm", title, (("No civilian harm was reported.",),))
    side = {one.ref: scene.places.side_at(one.observation.where) for one in (*told, *claimed)}
    keys = (*sided(scene.agreement), *(key for key, _ in PLACELESS))
    rows = [
        _row(scene, placed_label(key, lambda party: f"Side of {scene.party(party)}"), ones)
        for key in keys
        if (ones := tuple(one for one in told if side[one.ref] == key)) or not key.startswith("?")
    ]
    rows.append(_row(scene, "All", told, "total"))
    if claimed:
        rows.append(_row(scene, "Claimed by the sides, not added", claimed, "unplaced"))
    words: Prose = (
        "Persons, as reported; not yet confirmed unless a finding says so. A range keeps both ends of what was told.",
    )
    note = "Reports that a person has linked into one incident count once: from the lowest to the highest number told."
    return Section(
        "harm",
        title,
        (words,),
        (Table("harm", "Killed and injured", ("Where", "Killed", "Injured"), tuple(rows), note),),
    )


def harmed(scene: Scene, seen: Iterable[Sighting], part: _Part) -> Figure:
    """The sum over happenings; within one, from the lowest to the highest number told."""
    groups: dict[str | Ref, list[Span]] = {}
    refs: list[Ref] = []
    for one in seen:
        harm = one.observation.harm
        span = part(harm) if harm else None
        if span is not None and one.observation.relays is None:
            incident = scene.linked.get(one.ref)
            groups.setdefault(incident.id if incident else one.ref, []).append(span)
            refs.append(one.ref)
    total = reduce(add, (hull(spans) for spans in groups.values()), Span.exactly(0))
    return Figure(total, tuple(sorted(refs)))


def hull(spans: Iterable[Span]) -> Span:
    """From the lowest to the highest number told."""
    told = tuple(spans)
    highs = [span.high for span in told]
    high = None if None in highs else max(value for value in highs if value is not None)
    return Span(min(span.low for span in told), high)


def _tells(one: Sighting) -> bool:
    harm = one.observation.harm
    return harm is not None and (harm.killed is not None or harm.injured is not None)


def _row(scene: Scene, label: str, seen: tuple[Sighting, ...], mark: str = "") -> Row:
    cells: tuple[Cell, ...] = (
        harmed(scene, seen, lambda harm: harm.killed), harmed(scene, seen, lambda harm: harm.injured),
    )  # fmt: skip
    return Row(label, cells, mark)
