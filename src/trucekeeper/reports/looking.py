"""The section on observation effort: who could have seen, with what chance, and how much they saw per hour."""

from collections.abc import Mapping

from trucekeeper.kernel.clock import Interval
from trucekeeper.reports.counting import number_of, split
from trucekeeper.reports.effort import Effort, effort, rate
from trucekeeper.reports.model import Cell, Compared, Prose, Row, Section, Table, Words
from trucekeeper.reports.scene import Scene
from trucekeeper.reports.units import ORDER, plural
from trucekeeper.reports.watch import EVERYWHERE, Watch


def efforts_in(scene: Scene, period: Interval) -> Mapping[str, Effort]:
    """The effort of each sector, and of all places together (outside the sectors too) under EVERYWHERE."""
    ground = scene.places.ground
    looks = tuple(one for one in scene.coverage if period.overlaps(one.observation.when))
    found = {name: effort(looks, period, ground, shape) for name, shape in scene.places.sectors}
    return {**found, EVERYWHERE: effort(looks, period, ground, None)}


def looking_section(scene: Scene, efforts: Mapping[str, Effort], watch: Watch) -> Section:
    """Counts per effort; a sector that nobody watched is named in the first sentence."""
    tables = (_by_sector(scene, efforts), _chances(scene, watch))
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


def _chances(scene: Scene, watch: Watch) -> Table:
    """Sector by act, for all that was looked for; acts with the same chances share a column."""
    acts = [act for act in ORDER if act in watch.acts]
    keys = (*scene.agreement.sectors, EVERYWHERE)
    columns: dict[tuple[Cell, ...], list[str]] = {}
    for act in acts:
        columns.setdefault(tuple(_chance(scene, watch, key, act) for key in keys), []).append(plural(act))
    rows: list[Row] = []
    for place, key in enumerate(keys):
        cells = tuple(column[place] for column in columns)
        unseen = all(isinstance(cell, Words) for cell in cells)
        label = scene.sector(key) if key else "All sectors"
        rows.append(Row(label, cells, "blind" if unseen else "total" if not key else ""))
    note = (
        "The chance that one such act, at any time of the period and any place of the sector alike, would have been "
        "noticed, in parts of a hundred, rounded down; the smaller number is that of the period before. Each coverage "
        "entry counts with the chance it states, where and while it looked; sources are taken to miss independently "
        "of each other. What the sides' own sources say they watched, and what is only relayed, is not counted."
    )
    heads = (", ".join(acts) for acts in columns.values())
    return Table(
        "chances", "Chance of having been seen", ("Sector", *heads), tuple(rows) if columns else (), note
    )


def _chance(scene: Scene, watch: Watch, key: str, act: str) -> Cell:
    now, before = watch.beside(key, act, scene.interval), watch.chance(key, act, scene.before)
    return now if isinstance(now, Words) or before is None else Compared(now, before)
