"""Charts drawn from a report's own tables: small multiples over time, and effort against what was seen.

All coordinates are whole numbers, so that the same report is the same picture byte for byte.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from trucekeeper.reports.clean import clean
from trucekeeper.reports.model import Beside, Cell, Compared, Figure, Report, Row, Table, Words
from trucekeeper.reports.phrases import number_words
from trucekeeper.reports.templates import drawn

PANEL_W, PANEL_H, GAP = 230, 62, 15
ROW_H = 26


@dataclass(frozen=True, slots=True)
class Bar:
    """``h`` is surely there; ``more`` may be on top of it; ``open`` says that it has no upper bound."""

    x: int
    w: int
    h: int
    more: int
    open: bool
    blind: bool
    now: bool


@dataclass(frozen=True, slots=True)
class Panel:
    """One series: its name, the last value in words, the highest in words, its bars, and where it stands."""

    x: int
    y: int
    name: str
    last: str
    top: str
    bars: tuple[Bar, ...]
    first_label: str
    last_label: str


@dataclass(frozen=True, slots=True)
class Pair:
    """One sector: effort to the left, happenings to the right."""

    y: int
    name: str
    left: int
    right: int
    left_words: str
    right_words: str
    blind: bool


def pictures(report: Report) -> dict[str, str]:
    """SVG by the id of the table that it is drawn from."""
    tables = (table for section in report.sections for table in section.tables if table.rows)
    draw = {"days": days, "effort": effort_against}
    return {table.id: draw[table.picture](table) for table in tables if table.picture}


def days(table: Table) -> str:
    """Small multiples: one panel for each column, one bar for each row."""
    panels = tuple(_panel(table.rows, index, name) for index, name in enumerate(table.columns[1:]))
    across = min(3, len(panels))
    down = -(-len(panels) // across)
    return drawn(
        "days.svg",
        title=f"{table.title}: one panel for each unit, one bar for each period; the last is this report's",
        panels=panels, panel_w=PANEL_W, panel_h=PANEL_H,
        width=across * (PANEL_W + GAP) - GAP, height=down * (PANEL_H + 50),
    )  # fmt: skip


def effort_against(table: Table) -> str:
    """Observer-hours to the left and happenings to the right of each sector's name."""
    hours = [_bounds(row.cells[0])[0] for row in table.rows]
    seen = [_bounds(row.cells[2])[0] for row in table.rows]
    pairs = tuple(
        Pair(
            y=20 + index * ROW_H,
            name=clean(row.label),
            left=_scaled(hours[index], max(hours), 230),
            right=_scaled(seen[index], max(seen), 230),
            left_words=_words(row.cells[0]),
            right_words=_words(row.cells[2]),
            blind=row.mark == "blind",
        )
        for index, row in enumerate(table.rows)
    )
    title = "Observer-hours to the left, happenings to the right, by sector"
    return drawn("effort.svg", title=title, pairs=pairs, height=24 + len(pairs) * ROW_H, row_h=ROW_H)


def _panel(rows: Sequence[Row], index: int, name: str) -> Panel:
    cells = [row.cells[index] for row in rows]
    reach = [_bounds(cell) for cell in cells]
    top = max((high if high is not None else low for low, high in reach), default=0)
    slot = PANEL_W // len(rows)
    bars = tuple(
        Bar(
            x=place * slot,
            w=max(slot - 3, 1),
            h=_scaled(low, top, PANEL_H),
            more=_scaled((high or low) - low, top, PANEL_H),
            open=high is None,
            blind=isinstance(cells[place], Words),
            now=rows[place].mark == "now",
        )
        for place, (low, high) in enumerate(reach)
    )
    return Panel(
        x=index % 3 * (PANEL_W + GAP),
        y=index // 3 * (PANEL_H + 50),
        name=name,
        last=_words(cells[-1]),
        top=_words(cells[max(range(len(cells)), key=lambda place: reach[place][1] or reach[place][0])]),
        bars=bars,
        first_label=rows[0].label,
        last_label=rows[-1].label,
    )


def _figure(cell: Cell) -> Figure | None:
    if isinstance(cell, Words):
        return None
    if isinstance(cell, Beside):
        return _figure(cell.figure)
    return cell.now if isinstance(cell, Compared) else cell


def _bounds(cell: Cell) -> tuple[int, int | None]:
    figure = _figure(cell)
    return (0, 0) if figure is None else (figure.value.low, figure.value.high)


def _words(cell: Cell) -> str:
    figure = _figure(cell)
    return cell.text if isinstance(cell, Words) else number_words(figure.value, figure.form) if figure else ""


def _scaled(value: int, top: int, length: int) -> int:
    if not top or not value:
        return 0
    return max(1, (value * length + top // 2) // top)
