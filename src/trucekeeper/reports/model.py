"""What a report says: every number carries the entries of the record that it was counted from."""

from dataclasses import dataclass
from enum import Enum

from trucekeeper.kernel.clock import Instant, Interval
from trucekeeper.kernel.span import Span
from trucekeeper.places.position import Position
from trucekeeper.record.ref import Ref


class Form(Enum):
    """How a whole number is to be read: as itself, as minutes, or as a quotient in thousandths or millionths.

    A chance and a share are in millionths too, and are printed in whole per cent, rounded down. A chance is never
    printed as nought: somebody looked.
    """

    COUNT = "count"
    MINUTES = "minutes"
    MILLI = "milli"
    PPM = "ppm"
    CHANCE = "chance"
    SHARE = "share"


@dataclass(frozen=True, slots=True)
class Figure:
    """A number and the entries it was counted from; a nought rests on no entry."""

    value: Span
    refs: tuple[Ref, ...]
    form: Form = Form.COUNT


@dataclass(frozen=True, slots=True)
class Compared:
    """A figure beside the same figure of the period before."""

    now: Figure
    before: Figure


@dataclass(frozen=True, slots=True)
class Words:
    """A cell of words. ``mark`` is "" or ``blind`` (nobody looked), ``differs`` or ``quiet``; never colour alone."""

    text: str
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Beside:
    """A figure that never stands alone: ``name`` says what the other one, or the words in its place, is."""

    figure: Figure | Compared
    name: str
    other: Figure | Words


Cell = Figure | Compared | Beside | Words
Prose = tuple[str | Figure, ...]
"""A paragraph: words and the figures between them."""


@dataclass(frozen=True, slots=True)
class Row:
    """``label`` heads the row; ``mark`` is "", total, blind, now, differs, unplaced or quiet."""

    label: str
    cells: tuple[Cell, ...]
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """``columns`` names the row heads, then the columns of cells; ``note`` says how to read it.

    ``picture`` names the chart drawn from this very table: ``days`` or ``effort``, or "" for none.
    """

    id: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    note: str = ""
    picture: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A headed part; a section that has nothing to tell says so in its words."""

    id: str
    title: str
    words: tuple[Prose, ...]
    tables: tuple[Table, ...] = ()


@dataclass(frozen=True, slots=True)
class Spot:
    """Where something happened, as it may be drawn: on the published grid, without who saw it from where."""

    centre: Position
    radius_m: int
    count: Figure


@dataclass(frozen=True, slots=True)
class Outline:
    """A thing of the agreement's own geometry: a ring (closed) or a line. ``kind`` is line, sector or zone."""

    id: str
    kind: str
    label: str
    points: tuple[Position, ...]


@dataclass(frozen=True, slots=True)
class Sketch:
    """The map before it is drawn. ``unplaced`` counts what has no place on it.

    ``sided`` are the parties left and right of the first line drawn, or empty. ``chances`` tells for each sector's id
    the chance that one of ``sought`` (such as explosions) would have been seen there; empty where there is none.
    """

    outlines: tuple[Outline, ...]
    spots: tuple[Spot, ...]
    grid_m: int
    unplaced: Figure
    sided: tuple[str, ...] = ()
    sought: str = ""
    chances: tuple[tuple[str, Figure | Words], ...] = ()


@dataclass(frozen=True, slots=True)
class Cited:
    """The checkpoint that a report rests on: the record's size, its root in hex, and when it was signed."""

    size: int
    root: str
    at: Instant


@dataclass(frozen=True, slots=True)
class Headline:
    """One of the few numbers that stand at the head of a report."""

    label: str
    figure: Compared | Figure


@dataclass(frozen=True, slots=True)
class Report:
    """A daily report, or one on a historical period (``kind`` is ``daily`` or ``period``).

    ``interval`` is what it reports on, ``before`` what it compares with. Only entries below ``upto`` were known.
    ``audience`` is whom the agreement lets read it. ``sides`` are (party id, name). ``zone_name`` names the local time.
    """

    kind: str
    id: str
    title: str
    agreement_id: str
    agreement_title: str
    agreement_digest: str
    historical: bool
    day: str
    interval: Interval
    before: Interval | None
    span_words: str
    zone_name: str
    audience: tuple[str, ...]
    upto: int
    checkpoint: Cited
    sides: tuple[tuple[str, str], ...]
    headlines: tuple[Headline, ...]
    sections: tuple[Section, ...]
    sketch: Sketch
