"""The two ledgers: what each side says of the same happenings, matched and set side by side."""

from collections.abc import Iterable, Mapping

from trucekeeper.incidents.ledger import Column, LedgerLine, Standing, ledgers
from trucekeeper.incidents.model import Incident, Sighting
from trucekeeper.kernel.clock import Interval
from trucekeeper.kernel.span import Span
from trucekeeper.observations.model import Kind
from trucekeeper.parties.model import Source
from trucekeeper.record.ref import Ref
from trucekeeper.reports.model import Cell, Figure, Prose, Row, Section, Table, Words
from trucekeeper.reports.refs import compress
from trucekeeper.reports.scene import Scene

LISTED = 24
"""How many lines a report lists; all of them are counted."""

MEANING = {
    Standing.AGREED: ("Agreed", "Both sides say that it happened and do not name different authors."),
    Standing.DISPUTED: ("Disputed", "One side affirms and the other denies, or they name different sides."),
    Standing.ONE_SIDED: ("One-sided", "One side alone affirms it; the other is silent."),
    Standing.SELF_REPORTED: ("Self-reported", "A side alone affirms it, and names itself."),
}


def claims_section(scene: Scene) -> Section:
    """How many happenings are agreed, disputed, one-sided or self-reported, and the lines themselves."""
    title = "The two ledgers"
    lines = ledger_lines(scene)
    if not lines:
        return Section("ledgers", title, (("Neither side claimed anything in this period.",),))
    rows = tuple(
        Row(label, (figure_of(one for one in lines if one.standing is standing), Words(meaning)))
        for standing, (label, meaning) in MEANING.items()
    )
    words: Prose = (
        "What the sides' own sources say, matched by incident; monitors' reports neither make nor change a line.",
    )
    counts = Table("by-standing", "How the ledgers agree", ("Standing", "Happenings", "Meaning"), rows)
    return Section("ledgers", title, (words,), (counts, _list(scene, lines)))


def figure_of(lines: Iterable[LedgerLine]) -> Figure:
    """How many lines, bound to what the sides said in them."""
    ones = tuple(lines)
    return Figure(Span.exactly(len(ones)), tuple(sorted({ref for one in ones for ref in one.refs})))


def ledger_lines(scene: Scene) -> tuple[LedgerLine, ...]:
    """The lines of the incidents that began in the period, and of claims that nobody has linked."""
    begun = {
        incident.id: incident
        for incident in scene.linked.values()
        if scene.interval.holds(min(one.observation.when.start for one in incident.members))
    }
    incidents = (*begun.values(), *_unlinked(scene))
    names = {one.observation.source for incident in incidents for one in incident.members}
    sources: Mapping[str, Source] = {name: scene.book.source(name, scene.upto) for name in sorted(names)}
    return ledgers(incidents, sources, scene.agreement.parties)


def _unlinked(scene: Scene) -> tuple[Incident, ...]:
    """A claim outside all incidents stands alone, with the denials that name it."""
    denials: dict[str, list[Sighting]] = {}
    reach = Interval(scene.interval.start, None)
    for one in scene.book.sightings(reach, (Kind.DENIAL,), scene.upto):
        if one.observation.of is not None and one.ref not in scene.linked:
            denials.setdefault(one.observation.of, []).append(one)
    alone = (one for one in scene.of_kind(Kind.CLAIM) if one.ref not in scene.linked)
    return tuple(
        Incident(f"entry {one.ref}", (one, *denials.get(_name(one), ())), one.observation.when)
        for one in alone
    )


def _name(one: Sighting) -> str:
    return f"{one.observation.source}/{one.observation.uid}"


def _list(scene: Scene, lines: tuple[LedgerLine, ...]) -> Table:
    order = list(MEANING)
    ranked = sorted(lines, key=lambda line: (order.index(line.standing), line.incident))
    rows = tuple(_row(line) for line in ranked[:LISTED])
    left = len(lines) - len(rows)
    note = f"Of {len(lines)} lines, {left} more are counted above and not listed." if left else ""
    heads = (f"{party.name} says" for party in scene.agreement.parties)
    return Table("ledger", "Line by line", ("Happening", "Standing", *heads), rows, note)


def _row(line: LedgerLine) -> Row:
    cells: tuple[Cell, ...] = (Words(MEANING[line.standing][0]), *(Words(_said(one)) for one in line.columns))
    return Row(line.incident, cells)


def _said(column: Column) -> str:
    parts = [
        f"{verb} ({_cited(refs)})"
        for verb, refs in (("affirms", column.affirms), ("denies", column.denies))
        if refs
    ]
    return ", ".join(parts) or "silent"


def _cited(refs: tuple[Ref, ...]) -> str:
    return f"{'entry' if len(refs) == 1 else 'entries'} {compress(refs)}"
