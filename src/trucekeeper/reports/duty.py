"""Where the obligations stand at the cut-off, by what was decided; to whom the agreement gives findings."""

from trucekeeper.agreement.obligations import State
from trucekeeper.findings.duties import Duty, duties
from trucekeeper.reports.answers import may_read
from trucekeeper.reports.counting import entries
from trucekeeper.reports.model import Cell, Row, Section, Table, Words
from trucekeeper.reports.scene import Scene
from trucekeeper.reports.touched import reading_label, term_label

STATES = {
    State.DORMANT: "not yet in force",
    State.PENDING: "binds",
    State.FULFILLED: "fulfilled",
    State.VIOLATED: "violated",
    State.EXCUSED: "excused",
    State.LAPSED: "lapsed",
    State.CONTESTED: "violated, contested by the bearer",
}
"""The states in the report's words; a state that binds is no proof that it was kept."""


def duties_section(scene: Scene) -> Section:
    """A row for each term, and for each rival reading that stands differently."""
    title = "Where the obligations stand"
    if not may_read(scene, scene.agreement.publication.findings):
        words = "The agreement gives findings to fewer than this report, so the states are not printed."
        return Section("duties", title, ((words,),))
    end = scene.interval.end if scene.interval.end is not None else scene.interval.start
    cases = tuple(scene.book.cases(scene.upto))
    began = {one.id: one.when.start for one in scene.book.incidents(None, scene.upto)}
    replies = ((one.reply, one.at) for one in scene.book.replies(scene.upto))
    found = duties(scene.agreement, cases, began, replies, end)
    main = {duty.term.id: duty for duty in found if not duty.term.reading}
    rows = tuple(
        _row(scene, duty) for duty in found if not duty.term.reading or _differs(duty, main.get(duty.term.id))
    )
    words = (
        "By decided cases alone, from the first day on. That an obligation binds is no proof that it was kept, and a "
        "breach whose author is not known counts against nobody."
    )
    columns = ("Term", "Reading", "Binds", "State", "Breaches by the bearer", "Breaches, author not known")
    return Section("duties", title, ((words,),), (Table("duties", "By term", columns, rows),))


def _differs(duty: Duty, main: Duty | None) -> bool:
    return main is None or (duty.state, duty.breached, duty.unattributed) != (
        main.state,
        main.breached,
        main.unattributed,
    )


def _row(scene: Scene, duty: Duty) -> Row:
    cells: tuple[Cell, ...] = (
        Words(reading_label(scene, duty.term), "differs" if duty.term.reading else ""),
        Words(scene.party(duty.term.party)),
        Words(STATES[duty.state]),
        entries(duty.breached),
        entries(duty.unattributed),
    )
    return Row("" if duty.term.reading else term_label(scene, duty.term), cells)
