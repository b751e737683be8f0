"""The frame of every importer: one file in, one row out for each row in it, accepted or refused with a reason."""

import hashlib
import unicodedata
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NoReturn, Protocol

from trucekeeper.kernel.errors import BadInput
from trucekeeper.observations.model import Observation
from trucekeeper.observations.soundness import check
from trucekeeper.parties.wire import UNPRINTABLE
from trucekeeper.places.position import Disc, Position


@dataclass(frozen=True, slots=True)
class Accepted:
    """Row ``number`` of the file (the header is row 1) as an observation."""

    number: int
    observation: Observation


@dataclass(frozen=True, slots=True)
class Refused:
    """Row ``number``, the column at fault (None: the whole row), what is wrong and what to do.

    Neither text repeats what stood in the cell: it may be a place or a name.
    """

    number: int
    column: str | None
    what: str
    remedy: str

    def __str__(self) -> str:
        column = "" if self.column is None else f", column {self.column}"
        return f"Row {self.number}{column}: {self.what}; {self.remedy}."


Row = Accepted | Refused


@dataclass(frozen=True, slots=True)
class Feed:
    """What files of one kind look like. ``version`` grows when the same file would be read differently.

    ``optional`` None means that columns which are not named here are passed over.
    """

    name: str
    version: int
    title: str
    required: tuple[str, ...]
    optional: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Area:
    """A box in microdegrees that a file's places are expected in; used only to notice swapped coordinates."""

    south_u: int
    west_u: int
    north_u: int
    east_u: int

    def holds(self, place: Position) -> bool:
        """Whether ``place`` lies in the box (which may cross the antimeridian)."""
        if not self.south_u <= place.lat_u <= self.north_u:
            return False
        if self.west_u <= self.east_u:
            return self.west_u <= place.lon_u <= self.east_u
        return place.lon_u >= self.west_u or place.lon_u <= self.east_u


class CellRefused(Exception):
    """One cell cannot be read; becomes a :class:`Refused` with its row's number and never leaves this room."""

    def __init__(self, column: str | None, what: str, remedy: str) -> None:
        super().__init__(what)
        self.column, self.what, self.remedy = column, what, remedy


class Cells(dict[str, str]):
    """The cells of one row by column name, trimmed. Empty and missing cells read as ""."""

    def __missing__(self, column: str) -> str:
        return ""

    def text(self, column: str) -> str | None:
        """One line of NFC text, None when empty; refuses formulas and control characters."""
        value = self[column]
        if not value:
            return None
        if value[0] in "=+-@":
            self.refuse(column, "begins like a formula", "begin it with a letter or a digit")
        if not (value.isascii() and value.isprintable()):
            value = unicodedata.normalize("NFC", " ".join(value.split()))
            if UNPRINTABLE.search(value):
                self.refuse(column, "holds control characters", "write plain text")
        return value

    def must(self, column: str) -> str:
        """The cell as text; refuses an empty one."""
        value = self.text(column)
        if value is None:
            self.refuse(column, "is empty", "fill it in")
        return value

    def choice(
        self, column: str, known: Collection[str], what: str = "is not a word of this form"
    ) -> str | None:
        """One of ``known`` in any case, None when empty."""
        value = self.text(column)
        if value is None or value in known:
            return value
        folded = {word.casefold(): word for word in known}
        if value.casefold() not in folded:
            self.refuse(column, what, f"write one of {', '.join(known)}")
        return folded[value.casefold()]

    def refuse(self, column: str | None, what: str, remedy: str) -> NoReturn:
        """Refuse the row for this cell."""
        raise CellRefused(column, what, remedy)


class FeedMapping(Protocol):
    """How rows of one feed become observations; all a new feed has to bring."""

    @property
    def feed(self) -> Feed:
        """What its files look like."""
        ...

    def observation(self, cells: Cells) -> Observation:
        """The observation of one row; raises :class:`CellRefused` or :class:`BadInput` with the reason."""
        ...


@dataclass(frozen=True, slots=True)
class RawRow:
    """A row as the file format gave it; ``broken`` says why it cannot be read at all."""

    number: int
    values: Sequence[str]
    broken: CellRefused | None = None


@dataclass(slots=True)
class Table:
    """A file opened as a table: its header in normal form, and its rows still to come."""

    header: tuple[str, ...]
    rows: Iterator[RawRow]


def meaning_uid(*parts: str | int | None) -> str:
    """A uid for a row that has none of its own: 32 hex digits of the SHA-256 of what it says."""
    text = "\x1f".join(["" if part is None else str(part) for part in parts])
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def header_form(name: str) -> str:
    """A column name as compared: trimmed, lower case, spaces as underscores."""
    return "_".join(name.strip().casefold().split())


def observed(table: Table, mapping: FeedMapping, area: Area | None = None) -> Iterator[Row]:
    """Every row of ``table``, in its order, accepted or refused; a wrong header is refused at once."""
    _judge_header(table.header, mapping.feed)
    return _rows(table.rows, table.header, mapping.observation, area)


def _rows(
    raw: Iterator[RawRow],
    header: tuple[str, ...],
    convert: Callable[[Cells], Observation],
    area: Area | None,
) -> Iterator[Row]:
    first: dict[tuple[str, str], int] = {}
    width = len(header)
    for row in raw:
        try:
            if row.broken is not None:
                raise row.broken
            if len(row.values) != width:
                _wrong_width(len(row.values), width)
            seen = convert(Cells(zip(header, map(str.strip, row.values), strict=True)))
            if area is not None:
                _not_swapped(seen, area)
            check(seen)
            before = first.setdefault((seen.source, seen.uid), row.number)
            if before != row.number:
                raise CellRefused(None, f"it repeats row {before}", "remove one of the two")  # noqa: TRY301
        except CellRefused as refusal:
            yield Refused(row.number, refusal.column, refusal.what, refusal.remedy)
        except BadInput as error:
            yield _refused(row.number, str(error), header)
        else:
            yield Accepted(row.number, seen)


def _refused(number: int, sentence: str, header: tuple[str, ...]) -> Refused:
    """What an observation's own check said, against the column where there is one of the field's name."""
    what, _, remedy = sentence.removeprefix("observation: ").rpartition("; ")
    field, _, rest = what.partition(" ")
    return Refused(number, field, rest, remedy) if field in header else Refused(number, None, what, remedy)


def _judge_header(header: tuple[str, ...], feed: Feed) -> None:
    lacking = [name for name in feed.required if name not in header]
    if lacking:
        columns = ", ".join(lacking)
        msg = (
            f"row 1: the header of a {feed.title} lacks {columns}; add the columns, or choose the right feed"
        )
        raise BadInput(msg)
    known = (*feed.required, *(feed.optional or ()))
    for name in known:
        if header.count(name) > 1:
            msg = f"row 1: the column {name} stands twice; keep one of them"
            raise BadInput(msg)
    if feed.optional is not None:
        for at, name in enumerate(header, start=1):
            if name and name not in known:
                shown = name[:40] if name.isascii() and name.isprintable() else f"number {at}"
                msg = f"row 1: the column {shown} is not one of a {feed.title}; rename or remove it"
                raise BadInput(msg)


def _wrong_width(found: int, width: int) -> NoReturn:
    raise CellRefused(
        None, f"it has {found} cells and the header has {width}", "complete it, or quote its commas"
    )


def _not_swapped(seen: Observation, area: Area) -> None:
    if seen.where is None:
        return
    place = seen.where.centre if isinstance(seen.where, Disc) else seen.where.observer
    if area.holds(place) or abs(place.lon_u) > 90_000_000:
        return
    if area.holds(Position(place.lon_u, place.lat_u)):
        raise CellRefused(None, "latitude and longitude seem to be swapped", "swap them")


def with_meaning_uid(seen: Observation, content: bytes) -> Observation:
    """``seen`` under a uid made from its canonical ``content``."""
    return replace(seen, uid=hashlib.sha256(content).hexdigest()[:32])
