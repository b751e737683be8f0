"""Counts of what was recorded: by sector, by weapon, by side of the line, and over the days before."""

from collections.abc import Callable, Iterable, Mapping

from trucekeeper.findings.evidence import SENSED
from trucekeeper.observations.model import WEAPONS
from trucekeeper.reports.counting import Happening, figure, split
from trucekeeper.reports.effort import effort
from trucekeeper.reports.model import Beside, Cell, Compared, Figure, Prose, Row, Section, Table, Words
from trucekeeper.reports.placing import PLACELESS, placed_label, sided
from trucekeeper.reports.scene import Scene
from trucekeeper.reports.units import COUNTED, ORDER, plural
from trucekeeper.reports.watch import EVERYWHERE, Watch

RECORDED = "Recorded, not adjudicated."
UNDETERMINED = "Undetermined"


def acts_section(scene: Scene, watch: Watch) -> Section:
    """What was recorded, in named units, each count beside that of the period before."""
    acts = acts_in((*scene.now, *scene.earlier))
    if not acts:
        return Section("acts", "What was recorded", ((f"Nothing countable was recorded. {RECORDED}",),))
    words = (
        f"{RECORDED} Each number is of the unit that heads its column; the smaller number after it is that of the "
        "period before. A plus sign means at least that many."
    )
    beside = (
        "In the table by sector each number stands over the chance that such an act, at any time of the period and any "
        "place of the sector alike, would have been noticed by somebody on record as looking for it. A low chance "
        "means that a low number says little."
    )
    tables = (by_sector(scene, acts, watch), by_weapon(scene, acts), by_side(scene, acts), by_step(scene))
    told: tuple[Prose, ...] = ((words,), (beside,)) if scene.agreement.sectors else ((words,),)
    return Section("acts", "What was recorded", told, tuple(one for one in tables if one.rows))


def acts_in(happenings: Iterable[Happening]) -> tuple[str, ...]:
    """The acts that occur, in the order of reports."""
    seen = {one.act for one in happenings}
    return (*(act for act in ORDER if act in seen), *sorted(seen - set(ORDER)))


def by_sector(scene: Scene, acts: tuple[str, ...], watch: Watch) -> Table:
    """Sector by act, each count beside its chance. A nought where nobody looked is not printed as a number."""
    rows: list[Row] = []
    for key, pair in _sorted(scene, scene.places.sector_of, scene.agreement.sectors):
        row = _row(scene, key, placed_label(key, scene.sector), pair, acts)
        rows.append(_watched(scene, row, key, acts, watch) if key in scene.agreement.sectors else row)
    note = (
        "A happening counts in a sector only if its whole uncertain region surely lies there; one that may lie in "
        "several stands under place uncertain and is not divided. Under all: the chance in the sectors together."
    )
    total = _total(scene, acts)
    if scene.agreement.sectors:
        total = _watched(scene, total, EVERYWHERE, acts, watch)
    return Table("by-sector", "By sector", ("Sector", *map(plural, acts)), (*rows, total), note)


def _watched(scene: Scene, row: Row, key: str, acts: tuple[str, ...], watch: Watch) -> Row:
    """Each number of a row with its chance; only the total is printed as nought where nobody looked."""
    cells: list[Cell] = []
    for act, cell in zip(acts, row.cells, strict=True):
        if isinstance(cell, Figure | Compared):
            now = cell.now if isinstance(cell, Compared) else cell
            other = watch.beside(key, act, scene.interval)
            silent = isinstance(other, Words) and not now.refs and key != EVERYWHERE
            cells.append(other if silent else Beside(cell, "chance", other))
    unseen = all(isinstance(cell, Words) for cell in cells)
    return Row(row.label, tuple(cells), "blind" if unseen else row.mark)


def by_weapon(scene: Scene, acts: tuple[str, ...]) -> Table:
    """Weapon class by act, for acts that involve a weapon at all."""
    armed = tuple(act for act in acts if act in COUNTED)
    now = (one for one in scene.now if one.act in armed)
    pairs = _pairs(now, (one for one in scene.earlier if one.act in armed), weapon_of)
    order = (*WEAPONS, *sorted(set(pairs) - {*WEAPONS, UNDETERMINED}), UNDETERMINED)
    rows = tuple(_row(scene, key, _weapon_label(key), pairs[key], armed) for key in order if key in pairs)
    note = "Undetermined: no observer could tell the weapon, or observers of one happening differ."
    return Table("by-weapon", "By weapon", ("Weapon", *map(plural, armed)), rows, note)


def by_side(scene: Scene, acts: tuple[str, ...]) -> Table:
    """Where it happened by side of the line: area control as the agreement draws it, never blame."""
    sides = sided(scene.agreement)
    if not sides:
        return Table("by-side", "By side of the line", (), ())
    rows = tuple(
        _row(scene, key, placed_label(key, lambda party: f"Side of {scene.party(party)}"), pair, acts)
        for key, pair in _sorted(scene, scene.places.side_of, sides)
    )
    note = "Where it was seen or heard, by the agreement's line. It does not say who did it."
    return Table("by-side", "By side of the line", ("Side", *map(plural, acts)), rows, note)


def by_step(scene: Scene) -> Table:
    """The series of days (or years) that ends with this report."""
    acts = acts_in(scene.series)[:5]
    rows: list[Row] = []
    for step in scene.steps:
        inside = tuple(one for one in scene.series if step.interval.holds(one.start))
        of = split(inside, lambda one: one.act)
        looks = (one for one in scene.coverage if step.interval.overlaps(one.observation.when))
        looked = effort(looks, step.interval, scene.places.ground, None)
        cells = tuple(_counted(of.get(act, ()), blind=looked.blind and act not in SENSED) for act in acts)
        hours: Cell = Words("nobody looked", "blind") if looked.blind else looked.minutes
        rows.append(Row(step.label, (*cells, hours), "now" if step.interval == scene.interval else ""))
    note = "As known when this report was made: what arrived late is counted where it belongs."
    columns = ("Period ending", *map(plural, acts), "observer-hours")
    return Table("by-day", "Over time", columns, tuple(rows), note, "days")


def _counted(ones: tuple[Happening, ...], *, blind: bool) -> Cell:
    """The number, or that nobody looked: never a nought for what nobody could have seen."""
    return Words("nobody looked", "blind") if blind and not ones else figure(ones)


def weapon_of(happening: Happening) -> str:
    """The weapon class that its observers agree on; silence of some does not count against others."""
    told = {
        member.observation.weapon.category
        for member in happening.members
        if member.observation.weapon is not None and member.observation.weapon.category is not None
    }
    return told.pop() if len(told) == 1 else UNDETERMINED


def _weapon_label(key: str) -> str:
    known = {"mlrs": "Multiple-launch rockets", "uav": "Unmanned aircraft", "ifv": "Infantry fighting vehicle",
             "ied": "Improvised device", "anti-air": "Anti-aircraft"}  # fmt: skip
    return known.get(key, key.replace("-", " ").capitalize())


_Pair = tuple[tuple[Happening, ...], tuple[Happening, ...]]


def _pairs(
    now: Iterable[Happening], before: Iterable[Happening], key: Callable[[Happening], str]
) -> Mapping[str, _Pair]:
    ones, others = split(now, key), split(before, key)
    return {name: (ones.get(name, ()), others.get(name, ())) for name in (*ones, *others)}


def _sorted(
    scene: Scene, key: Callable[[Happening], str], named: tuple[str, ...]
) -> Iterable[tuple[str, _Pair]]:
    pairs = _pairs(scene.now, scene.earlier, key)
    for name in named:
        yield name, pairs.get(name, ((), ()))
    for name, _ in PLACELESS:
        if name in pairs:
            yield name, pairs[name]


def _row(scene: Scene, key: str, label: str, pair: _Pair, acts: tuple[str, ...]) -> Row:
    cells = tuple(_cell(scene, pair, act) for act in acts)
    return Row(label, cells, "unplaced" if key.startswith("?") else "")


def _cell(scene: Scene, pair: _Pair, act: str) -> Figure | Compared:
    now = figure(one for one in pair[0] if one.act == act)
    before = figure(one for one in pair[1] if one.act == act)
    return now if scene.before is None else Compared(now, before)


def _total(scene: Scene, acts: tuple[str, ...]) -> Row:
    cells = tuple(_cell(scene, (scene.now, scene.earlier), act) for act in acts)
    return Row("All", cells, "total")
