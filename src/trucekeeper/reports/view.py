"""The one JSON-able view of a report, from which JSON, HTML and PDF are all made."""

from dataclasses import dataclass, field

from trucekeeper.kernel.canon import Json
from trucekeeper.kernel.clock import format_utc
from trucekeeper.reports.clean import clean
from trucekeeper.reports.model import (
    Beside,
    Cell,
    Compared,
    Figure,
    Prose,
    Report,
    Section,
    Sketch,
    Table,
    Words,
)
from trucekeeper.reports.phrases import number_words
from trucekeeper.reports.refs import compress

FORM = "trucekeeper-report/v1"


@dataclass(slots=True)
class _Pen:
    """Numbers the figures in reading order.

    ``most`` is None where each carries all its entries itself; else they
    stand in a list at the end, at most so many of their ranges each.
    """

    most: int | None
    sources: list[Json] = field(default_factory=list[Json])
    place: tuple[str, str] = ("", "")
    count: int = 0

    def figure(self, figure: Figure, column: str = "") -> Json:
        """One figure: its bounds, its words, and its entries as text or by the id of a line in the list."""
        text, refs = number_words(figure.value, figure.form), compress(figure.refs)
        view: dict[str, Json] = {"low": figure.value.low, "high": figure.value.high, "text": text}
        if figure.refs:
            self.count += 1
            view["id"] = f"f{self.count}"
        if self.most is None:
            view["form"], view["refs"] = figure.form.value, refs
            return view
        if figure.refs:
            ranges: list[Json] = list(refs.split(", "))
            where = " · ".join(clean(part) for part in (*self.place, column) if part)
            self.sources.append(
                {
                    "id": view["id"],
                    "where": where,
                    "text": text,
                    "ranges": ranges[: self.most],
                    "more": max(0, len(ranges) - self.most),
                }
            )
        return view


def view_of(report: Report) -> dict[str, Json]:
    """The whole report as JSON: text cleaned, times in UTC, every figure with all its entries."""
    return _view(report, _Pen(None))


def page_view(report: Report, most: int) -> dict[str, Json]:
    """The same for a page: figures lead by id to ``sources``, where up to ``most`` ranges of entries are listed."""
    pen = _Pen(most)
    view = _view(report, pen)
    view["sources"] = pen.sources
    return view


def _view(report: Report, pen: _Pen) -> dict[str, Json]:
    headlines = [_headline(pen, line.label, line.figure) for line in report.headlines]
    sections: list[Json] = [_section(pen, section) for section in report.sections]
    sketch = _sketch(pen, report.sketch)
    sides: list[Json] = [{"id": side, "name": clean(name)} for side, name in report.sides]
    return {
        "form": FORM,
        "kind": report.kind,
        "id": report.id,
        "title": report.title,
        "recorded": "recorded, not adjudicated",
        "agreement": {
            "id": report.agreement_id,
            "title": clean(report.agreement_title),
            "digest": report.agreement_digest,
            "historical": report.historical,
        },
        "sides": sides,
        "day": report.day,
        "from": format_utc(report.interval.start),
        "to": None if report.interval.end is None else format_utc(report.interval.end),
        "span": report.span_words,
        "zone": report.zone_name,
        "audience": list(report.audience),
        "upto": report.upto,
        "checkpoint": {
            "size": report.checkpoint.size,
            "root": report.checkpoint.root,
            "at": format_utc(report.checkpoint.at),
        },
        "headlines": list(headlines),
        "sections": sections,
        "map": sketch,
    }


def _headline(pen: _Pen, label: str, figure: Compared | Figure) -> Json:
    pen.place = ("At a glance", label)
    return {"label": label, "cell": _cell(pen, figure, "")}


def _section(pen: _Pen, section: Section) -> Json:
    pen.place = (section.title, "")
    words: list[Json] = [_prose(pen, one) for one in section.words]
    tables: list[Json] = [_table(pen, one) for one in section.tables if one.rows]
    return {"id": section.id, "title": section.title, "words": words, "tables": tables}


def _prose(pen: _Pen, prose: Prose) -> Json:
    return [_spaced(part) if isinstance(part, str) else pen.figure(part) for part in prose]


def _spaced(text: str) -> str:
    """Cleaned, with the spaces at its ends kept: they part it from the figures beside it."""
    before, after = text[:1].isspace(), text[-1:].isspace()
    return f"{' ' if before else ''}{clean(text)}{' ' if after else ''}"


def _table(pen: _Pen, table: Table) -> Json:
    rows: list[Json] = []
    for row in table.rows:
        pen.place = (table.title, row.label)
        heads = table.columns[1:]
        cells: list[Json] = [_cell(pen, cell, head) for cell, head in zip(row.cells, heads, strict=True)]
        rows.append({"label": clean(row.label), "cells": cells, "mark": row.mark})
    return {
        "id": table.id,
        "title": table.title,
        "columns": [clean(column) for column in table.columns],
        "numeric": [_numeric(table, index) for index in range(len(table.columns) - 1)],
        "rows": rows,
        "note": clean(table.note),
        "picture": table.picture,
    }


def _numeric(table: Table, index: int) -> bool:
    return any(not isinstance(row.cells[index], Words) for row in table.rows)


def _cell(pen: _Pen, cell: Cell, column: str) -> dict[str, Json]:
    if isinstance(cell, Words):
        return {"words": clean(cell.text), "mark": cell.mark}
    if isinstance(cell, Beside):
        own, name = _cell(pen, cell.figure, column), cell.name
        other = _cell(pen, cell.other, f"{column}, {name}" if column else name)
        return {**own, "beside": {**other, "name": name}}
    if isinstance(cell, Compared):
        return {
            "now": pen.figure(cell.now, column),
            "before": pen.figure(cell.before, f"{column}, before" if column else "before"),
        }
    return {"now": pen.figure(cell, column)}


def _sketch(pen: _Pen, sketch: Sketch) -> Json:
    """The numbers of the map; its spots and chances only where no page draws them."""
    pen.place = ("Map", "")
    drawn = pen.most is not None
    spots: list[Json] = [
        {
            "lat_u": spot.centre.lat_u,
            "lon_u": spot.centre.lon_u,
            "radius_m": spot.radius_m,
            "count": pen.figure(spot.count),
        }
        for spot in (() if drawn else sketch.spots)
    ]
    chances: list[Json] = [
        {"sector": name, **_cell(pen, chance, "")} for name, chance in (() if drawn else sketch.chances)
    ]
    unplaced = pen.figure(sketch.unplaced, "without a place")
    return {
        "spots": spots,
        "grid_m": sketch.grid_m,
        "unplaced": unplaced,
        "sought": sketch.sought,
        "chances": chances,
    }
