"""The section on observation effort: who could have seen, how much they saw per hour, and parity between the sides."""

from collections.abc import Mapping

from trucekeeper.kernel.clock import Interval
from trucekeeper.observations.model import Kind
from trucekeeper.reports.counting import entries, number_of, split
from trucekeeper.reports.effort import Effort, effort, rate
from trucekeeper.reports.model import Cell, Prose, Row, Section, Table, Words
from trucekeeper.reports.placing import sided
from trucekeeper.reports.scene import Scene

EVERYWHERE = ""
"""The key of the effort over all sectors and outside them."""


def efforts_in(scene: Scene, period: Interval) -> Mapping[str, Effort]:
    """The effort of each sector, and of all places together under EVERYWHERE."""
    ground = scene.places.ground
    looks = tuple(one for one in scene.coverage if period.overlaps(one.observation.when))
    found = {name: effort(looks, period, ground, shape) for name, shape in scene.places.sectors}
    return {**found, EVERYWHERE: effort(looks, period, ground, None)}


def looking_section(scene: Scene, efforts: Mapping[str, Effort]) -> Section:
    """Counts per effort; a sector that nobody watched is named in the first sentence."""
    tables = (_by_sector(scene, efforts), _parity(scene))
    return Section(
        "effort",
        "Who looked, and for how long",
        _words(scene, efforts),
        tuple(one for one in tables if one.rows),
    )


def silent_sectors(scene: Scene, efforts: Mapping[str, Effort]) -> tuple[str, ...]:
    """The sectors in which nobody looked."""
    return tuple(name for name in scene.agreement.sectors if name in efforts and efforts[name].blind)


def _words(scene: Scene, efforts: Mapping[str, Effort]) -> tuple[Prose, ...]:
    everywhere = efforts[EVERYWHERE]
    if everywhere.blind:
        return (("No observation effort is on record for this period. Low counts say nothing about calm.",),)
    opening: Prose = ("Observers looked for ", everywhere.minutes, " in all (hours added over observers).")
    silent = silent_sectors(scene, efforts)
    if not silent:
        return (opening,)
    names = ", ".join(scene.sector(name) for name in silent)
    return (
        opening,
        (f"Nobody looked in: {names}. That no report came from there is not calm; it is not known.",),
    )


def _by_sector(scene: Scene, efforts: Mapping[str, Effort]) -> Table:
    placed = split(scene.now, scene.places.sector_of)
    rows: list[Row] = []
    for name in scene.agreement.sectors:
        one, happened = efforts[name], number_of(placed.get(name, ()))
        rates: Cell = Words("not known", "blind") if one.blind else rate(happened, one.minutes)
        counted: Cell = Words("nobody looked", "blind") if one.blind and not happened.refs else happened
        cells = (one.minutes, one.watched, counted, rates)
        rows.append(Row(scene.sector(name), cells, "blind" if one.blind else ""))
    note = (
        "Observer-hours: the time of each coverage entry within the period, times the share of its region in the "
        "sector, added up. Watched: time with at least one observer. Happenings: linked reports count once. "
        "Rate: happenings per ten observer-hours."
    )
    columns = ("Sector", "Observer-hours", "Watched", "Happenings", "Per 10 hours")
    return Table("by-effort", "Effort by sector", columns, tuple(rows), note, "effort")


def _parity(scene: Scene) -> Table:
    claims = scene.of_kind(Kind.CLAIM)
    rows: list[Row] = []
    for party, shape in scene.places.sides:
        here = tuple(one for one in scene.now if scene.places.side_of(one) == party)
        looked = effort(
            (one for one in scene.coverage if scene.interval.overlaps(one.observation.when)),
            scene.interval, scene.places.ground, shape,
        )  # fmt: skip
        own = entries(
            one.ref for one in claims
            if scene.book.source(one.observation.source, scene.upto).interest == party
        )  # fmt: skip
        reports = entries(ref for one in here for ref in one.refs)
        rows.append(Row(f"Side of {scene.party(party)}", (looked.minutes, reports, own)))
    note = "How evenly the two sides were looked at. Claims: made by sources that share the side's interest."
    columns = ("Side", "Observer-hours", "Reports counted", "Claims made by it")
    return Table(
        "parity",
        "The same measure for both sides",
        columns,
        tuple(rows) if sided(scene.agreement) else (),
        note,
    )
