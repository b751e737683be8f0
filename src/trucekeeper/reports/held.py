"""Weapons seen against the withdrawal lines, with the statuses that missions publish."""

from collections.abc import Iterable
from functools import reduce
from operator import add

from trucekeeper.incidents.model import Sighting
from trucekeeper.kernel.span import Span
from trucekeeper.observations.model import STATUSES, Kind, Observation
from trucekeeper.reports.model import Cell, Figure, Row, Section, Table, Words
from trucekeeper.reports.placing import PLACELESS, placed_label, sided
from trucekeeper.reports.scene import Scene
from trucekeeper.reports.sketching import place_words

STATUS_WORDS = {
    "in-violation": "In violation of withdrawal lines",
    "outside-storage": "Beyond the lines, outside designated storage",
    "not-verifiable": "Could not be verified as withdrawn",
    "in-situ": "In storage, as listed",
    "missing": "Missing from storage",
    "again-missing": "Again missing from storage",
}


def holdings_section(scene: Scene) -> Section:
    """How many weapons stand in which status, and where each was seen."""
    held = scene.neutral_of(Kind.HOLDING)
    seen = tuple(one for one in held if one.observation.holding and not one.observation.relays)
    if not seen:
        return Section("holdings", "Weapons and withdrawal lines", (("No weapon holding was reported.",),))
    words = (
        "Numbers are of weapons as seen, recorded and not adjudicated; a status is the observers' own word."
    )
    return Section(
        "holdings", "Weapons and withdrawal lines", ((words,),), (_statuses(scene, seen), _list(scene, seen))
    )


def weapons(seen: Iterable[Sighting]) -> Figure:
    """How many weapons: a holding without a number means at least one."""
    ones = tuple(seen)
    spans = (one.observation.count or Span(1, None) for one in ones)
    return Figure(reduce(add, spans, Span.exactly(0)), tuple(sorted({one.ref for one in ones})))


def weapon_words(observation: Observation) -> str:
    """System, class and calibre, as far as they were told."""
    weapon = observation.weapon
    if weapon is None:
        return "undetermined"
    calibre = f"{weapon.calibre_mm} mm" if weapon.calibre_mm else ""
    return (
        " ".join(part for part in (weapon.system or "", weapon.category or "", calibre) if part)
        or "undetermined"
    )


def _statuses(scene: Scene, seen: tuple[Sighting, ...]) -> Table:
    places = [*sided(scene.agreement), *(key for key, _ in PLACELESS)]
    side = {one.ref: scene.places.side_at(one.observation.where) for one in seen}
    used = [key for key in places if key in side.values() or not key.startswith("?")]
    rows: list[Row] = []
    for status in STATUSES:
        ones = [one for one in seen if one.observation.holding and one.observation.holding.status == status]
        cells: tuple[Cell, ...] = (
            *(weapons(one for one in ones if side[one.ref] == key) for key in used), weapons(ones),
        )  # fmt: skip
        rows.append(Row(STATUS_WORDS[status], cells))
    heads = (placed_label(key, lambda party: f"Side of {scene.party(party)}") for key in used)
    return Table("by-status", "By status and side", ("Status", *heads, "All"), tuple(rows))


def _list(scene: Scene, seen: tuple[Sighting, ...]) -> Table:
    rows = tuple(_row(scene, one) for one in seen)
    note = "Places are rounded to a hundredth of a degree (about 1 km). Observers are named by class only."
    columns = ("Weapon", "Number", "Place", "Side", "Posture", "Seen by", "Status")
    return Table("holdings", "Each holding", columns, rows, note)


def _row(scene: Scene, one: Sighting) -> Row:
    told, holding = one.observation, one.observation.holding
    side = placed_label(scene.places.side_at(told.where), scene.party)
    source = scene.book.source(told.source, scene.upto)
    status = STATUS_WORDS.get(holding.status, holding.status) if holding else ""
    posture = (holding.posture if holding else None) or "not stated"
    words = (place_words(told.where), side, posture, source.medium, status)
    return Row(weapon_words(told), (weapons((one,)), *(Words(text) for text in words)))
