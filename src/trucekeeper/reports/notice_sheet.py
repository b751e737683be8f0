"""A notice as its recipient reads it: the plain text of a message, and one printed page for whoever is offline.

The page carries a QR code with a receipt request and ten digits to read back by telephone or radio. What counts is the
signed entry; text and page are copies for reading, and say so.
"""

import io
import json
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import resources

import segno
import typst

from trucekeeper.kernel.canon import Json
from trucekeeper.kernel.clock import Instant, to_datetime
from trucekeeper.kernel.errors import BadInput, Damaged
from trucekeeper.movements import read_back
from trucekeeper.movements.lifecycle import Line, Version
from trucekeeper.movements.model import Corridor, Notice, Op, Step
from trucekeeper.movements.read_back import Subject
from trucekeeper.movements.volume import Footprint, Form
from trucekeeper.places.coordinates import Notation, written
from trucekeeper.places.position import Position
from trucekeeper.reports import notice_map
from trucekeeper.reports.clean import clean
from trucekeeper.reports.phrases import day_words

NOT_APPROVED = (
    "Acknowledged is not approved: an acknowledgement says that this notice was read, and nothing else."
)
LAW = (
    "No notice, and no lack of one, lowers the protection that international humanitarian law gives.",
    "What is stale, late, withdrawn or closed here is not for that reason unprotected.",
)
ZERO_WIDTH = "\u200b"
LISTED = 12
"""How many waypoints, areas or vehicles the page lists; the signed entry has all."""
_LONGEST_WORD = 24

_HAPPENED = {
    Op.DEVIATE: "Deviating: what was announced is not where or when it was announced to be",
    Op.CLOSE: "Closed: it is over",
    Op.WITHDRAW: "Withdrawn by its notifier",
    Op.STALE: "Stale: nobody has confirmed this site for long; it is protected all the same",
}

Rows = tuple[tuple[str, tuple[str, ...]], ...]
"""Labels, each with one line or several."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One version of a notice for one recipient; ``step`` is what happened to it, where that is what is told.

    ``of`` names the entry that is read back: the version, or the step. ``stands_for`` is the recipient in whose
    place this one is told.
    """

    of: Subject
    shown: Version
    stale: bool = False
    step: Line | None = None
    stands_for: str | None = None

    @property
    def happened(self) -> str | None:
        """What happened to the notice, in words; None where the version itself is told."""
        if self.step is None or not isinstance(self.step.what, Step):
            return None
        says = self.step.what.says
        told = _HAPPENED.get(self.step.what.op, self.step.what.op.value)
        at = moment(self.step.at)
        return f"{told} ({at}): {clean(says)}" if says else f"{told} ({at})"

    @property
    def code(self) -> str:
        """The ten digits, as they are read."""
        return read_back.spoken(read_back.code(self.of))


def rows(sheet: Sheet) -> Rows:
    """Every field of the notice with its label, as far as the recipient was shown it."""
    notice = sheet.shown.notice
    told: list[tuple[str, str | list[str]]] = [
        ("Kind", f"{notice.kind.value}, {notice.category}" + (", EMERGENCY" if notice.emergency else "")),
        ("Organisation", notice.organisation),
        ("Name", notice.designation),
        ("Call, any hour", f"{notice.contact.name}, {notice.contact.number}"),
        ("Purpose", notice.purpose),
        *_where(notice),
        (
            "Coordinates",
            f"WGS 84 (degrees, MGRS), from {notice.source}; true to within {notice.uncertainty_m:,} m",
        ),
        ("Altitude", _altitude(notice)),
    ]
    if notice.vehicles:
        told.append((f"Vehicles ({len(notice.vehicles)})", _vehicles(notice)))
    if notice.staff is not None:
        told.append(("People", f"{notice.staff:,}"))
    told += [("Cargo", notice.cargo)] if notice.cargo is not None else []
    told += [("Photo, SHA-256", notice.photo_sha256)] if notice.photo_sha256 is not None else []
    told.append(("Sent to", ", ".join(_listed(notice.recipients))))
    return tuple(
        (label, tuple(clean(one) for one in ([says] if isinstance(says, str) else says)))
        for label, says in told
    )


def as_text(sheet: Sheet) -> str:
    """The plain text of a message."""
    head = f"Deconfliction notice {sheet.of.notice}, entry {sheet.of.version} of {sheet.of.origin}"
    lines = [head, "=" * len(head), ""]
    lines += [f"{sheet.happened}.", ""] if sheet.happened else []
    lines += [f"{one}." for one in _remarks(sheet)]
    lines += ["", *(f"{label}: {'; '.join(says)}" for label, says in rows(sheet)), ""]
    lines += [NOT_APPROVED, *LAW, ""]
    lines += [
        "Please answer by a signed acknowledgement, query or objection; or call the office and read it back.",
        f"Read-back code: {sheet.code}",
        f"Digest of the signed entry: {sheet.of.digest}",
        "",
    ]
    return "\n".join(lines)


def view(sheet: Sheet) -> dict[str, Json]:
    """What the page shows, as JSON for its template."""
    return {
        "notice": str(sheet.of.notice),
        "version": str(sheet.of.version),
        "origin": clean(sheet.of.origin),
        "digest": sheet.of.digest,
        "recipient": clean(sheet.of.recipient),
        "shown": _shown(sheet),
        "happened": sheet.happened or "",
        "remarks": [*_remarks(sheet)],
        "rows": [{"label": label, "says": [_broken(one) for one in says]} for label, says in rows(sheet)],
        "code": sheet.code,
        "not_approved": NOT_APPROVED,
        "law": [*LAW],
    }


def qr(sheet: Sheet) -> str:
    """The receipt request as a QR code, in SVG."""
    made = segno.make_qr(read_back.receipt_request(sheet.of), error="m")
    drawn = io.BytesIO()
    made.save(drawn, kind="svg", border=3, scale=4)
    return drawn.getvalue().decode()


def as_pdf(sheet: Sheet) -> bytes:
    """One page of A4: the same bytes for the same sheet."""
    template = resources.files("trucekeeper.reports.templates").joinpath("notice.typ").read_bytes()
    inputs = {
        "view": json.dumps(view(sheet), sort_keys=True),
        "qr": qr(sheet),
        "map": notice_map.picture(sheet.shown.notice),
    }
    compiler = typst.Compiler(template, ignore_system_fonts=True, sys_inputs=inputs)
    made = compiler.compile(format="pdf", timestamp=sheet.shown.at // 1000, pdf_tags=True)
    if not isinstance(made, bytes):
        msg = "a sheet could not be set as PDF, Typst gave no document; install the locked version of Typst"
        raise Damaged(msg)
    return made


def moment(at: Instant) -> str:
    """``14 March 2026, 19:30 UTC``."""
    utc = to_datetime(at)
    return f"{day_words(utc)}, {utc:%H:%M} UTC"


def place(at: Position) -> str:
    """``12.345678 N 045.678901 E, 38PKU1234567890``: in degrees, and as the military grid has it where it reaches."""
    north, east = "N" if at.lat_u >= 0 else "S", "E" if at.lon_u >= 0 else "W"
    lat, lon = abs(at.lat_u), abs(at.lon_u)
    degrees = f"{lat // 10**6:02d}.{lat % 10**6:06d} {north} {lon // 10**6:03d}.{lon % 10**6:06d} {east}"
    try:
        return f"{degrees}, {written(at, Notation.MGRS)}"
    except BadInput:  # nearer to a pole than the grid
        return degrees


def _shown(sheet: Sheet) -> str:
    said = f"version of {moment(sheet.shown.at)}"
    if sheet.step is None:
        return f"Entry {sheet.of.version}, {said}"
    return f"Entry {sheet.of.version} says what happened; below is entry {sheet.shown.entry}, {said}"


def _broken(text: str) -> str:
    """The same words, of which the longest may be broken anywhere: none runs over the edge of its column."""
    return " ".join(word if len(word) <= _LONGEST_WORD else ZERO_WIDTH.join(word) for word in text.split(" "))


def _remarks(sheet: Sheet) -> list[str]:
    found: list[str] = []
    if sheet.stands_for is not None:
        found.append(f"You are told in the place of {clean(sheet.stands_for)}, who has not acknowledged it")
    if sheet.stale and (
        sheet.step is None or not isinstance(sheet.step.what, Step) or sheet.step.what.op is not Op.STALE
    ):
        found.append(_HAPPENED[Op.STALE])
    if sheet.shown.notice.amends is not None:
        found.append("This version amends an earlier one, which it replaces")
    return found


def _where(notice: Notice) -> list[tuple[str, str | list[str]]]:
    where = notice.where
    if isinstance(where, Corridor):
        told = [
            f"{number}. {place(one.at)}, {_between(one.earliest, one.latest)}"
            for number, one in enumerate(where.waypoints, 1)
        ]
        shown = (
            told if len(told) <= LISTED else [*told[: LISTED - 1], f"({len(told) - LISTED} more)", told[-1]]
        )
        return [
            ("Route", f"{len(told)} waypoints, {where.width_m:,} m wide"),
            ("Waypoints", shown),
        ]
    end = ", without end" if where.end is None else f" to {moment(where.end)}"
    areas = _listed(line for one in where.areas for line in _area(one))
    return [("Time", f"{moment(where.start)}{end}"), ("Place", areas)]


def _between(earliest: Instant, latest: Instant) -> str:
    first, last = moment(earliest), moment(latest)
    if first == last:
        return first
    day, _, clock = last.partition(", ")
    return f"{first.removesuffix(' UTC')} to {clock if first.startswith(f'{day},') else last}"


def _area(one: Footprint) -> list[str]:
    """An area in a few lines, a place in each."""
    points = [place(point) for point in one.points]
    around = f", and {one.reach_cm // 100:,} m around" if one.reach_cm else ""
    if one.form is Form.POINT:
        return [f"{points[0]}{around}"]
    less = f", less {len(one.holes)} within" if one.holes else ""
    shown = (
        points
        if len(points) <= LISTED
        else [*points[: LISTED - 2], f"({len(points) - LISTED + 1} more)", points[-1]]
    )
    return [f"{'along' if one.form is Form.PATH else 'within'} {len(points)} places{around}{less}:", *shown]


def _altitude(notice: Notice) -> str:
    if notice.altitudes is None:
        return "full height"
    return f"{notice.altitudes.low_m:,} to {notice.altitudes.high_m:,} m above the WGS 84 ellipsoid"


def _vehicles(notice: Notice) -> list[str]:
    told = (
        f"{one.type} {one.plate}" + (f" ({one.marking})" if one.marking else "") for one in notice.vehicles
    )
    return _listed(told)


def _listed(told: Iterable[str]) -> list[str]:
    every = list(told)
    return (
        every
        if len(every) <= LISTED
        else [*every[:LISTED], f"and {len(every) - LISTED} more in the signed entry"]
    )
