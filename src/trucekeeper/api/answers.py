"""The forms of what the desk's routes answer. What is not known is left out."""

from collections.abc import Mapping, Sequence

from fastapi import Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from trucekeeper.airspace.model import Intent, earliest, latest
from trucekeeper.desks.deconfliction import Conflicting
from trucekeeper.kernel.clock import Instant, format_utc
from trucekeeper.movements.cells import Cell
from trucekeeper.movements.clocks import begins
from trucekeeper.movements.lifecycle import Dossier, Line, Told
from trucekeeper.movements.model import Acknowledgement, Notice
from trucekeeper.movements.volume import Footprint
from trucekeeper.movements.watching import Probes, Read
from trucekeeper.movements.wire import notices
from trucekeeper.movements.wire.notices import FootprintV1, NoticeV1

NOTE = (
    "An acknowledgement says that a notice was read; it is never an approval. "
    "No notice and no lack of one takes away protection under international humanitarian law."
)
"""What every answer about a notice says, whoever asks."""


class Form(BaseModel):
    """One answer, or a part of one."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Problem(Form):
    """Problem details (RFC 9457); ``title`` is stable, ``detail`` is one sentence for people."""

    type: str
    title: str
    status: int
    detail: str


class VersionForm(Form):
    """One version of a notice: its entry in the record, and when it was admitted."""

    entry: int
    at: str


class StepForm(Form):
    """One line in the life of a notice."""

    entry: int
    at: str
    by: str
    what: str
    recipient: str | None = None
    says: str | None = None


class NoticeLine(Form):
    """A notice in a list: no place, no people."""

    notice: int
    kind: str
    category: str
    organisation: str
    state: str
    stale: bool
    start: str
    end: str | None = None


class NoticePage(Form):
    """One page of the notices that the caller sees; the Link header has the next."""

    notices: list[NoticeLine]
    note: str


class NoticeForm(Form):
    """A notice whole. ``content`` is its newest version, the entry ``version``."""

    notice: int
    version: int
    state: str
    stale: bool
    amended: bool = Field(
        description="Whether some recipient has been sent an older version than the newest."
    )
    notifier: str
    confirmed: str
    content: NoticeV1
    versions: list[VersionForm]
    steps: list[StepForm]
    waived: list[int]
    released: list[str]
    note: str


class ToldForm(Form):
    """What one recipient was sent, and said. Acknowledged is not approved."""

    recipient: str
    transmitted: str | None = None
    version: int | None = None
    channel: str | None = None
    answer: str | None = None
    answered: str | None = None
    grade: str | None = None
    seen: int | None = None
    escalated: list[str]


class BoardForm(Form):
    """All recipients of a notice."""

    notice: int
    version: int
    state: str
    recipients: list[ToldForm]
    note: str


class CellForm(Form):
    """Where some constraint holds, and no more exactly: within any of ``areas``, at every height, on these days."""

    id: str
    areas: list[FootprintV1]
    start: str | None = None
    end: str | None = None


class ConflictForm(Form):
    """What volume ``by`` of the question meets: a notice that the caller sees, a zone, or a cell."""

    by: int
    notice: int | None = None
    kind: str | None = None
    zone: str | None = None
    start: str | None = None
    end: str | None = None
    cell: CellForm | None = None


class FlightForm(Form):
    """A flight that an operator of drones announced by the airspace standard."""

    id: str
    manager: str
    state: str
    start: str | None = None
    end: str | None = None


class ConflictsForm(Form):
    """All that the question would meet, as far as the caller may know; ``flights`` are for the office's own staff."""

    conflicts: list[ConflictForm]
    flights: list[FlightForm] | None = None
    note: str


class TakenForm(Form):
    """What was recorded. ``receipt`` is signed by the log: keep it byte for byte."""

    notice: int
    entry: int
    state: str
    receipt: str
    note: str


class SubmittedForm(TakenForm):
    """A notice that was recorded, and what it meets as far as the caller may know."""

    conflicts: list[ConflictForm]


class SightingForm(Form):
    """A line of sight/v1: protected sites that were read, or questions that were counted."""

    entry: int | None = Field(default=None, description="Missing for a count that is still going on.")
    at: str | None = None
    caller: str
    notices: list[int] | None = None
    by: str | None = None
    start: str | None = None
    end: str | None = None
    asked: int | None = None
    met: int | None = None
    refused: int | None = None


class SightingPage(Form):
    """Who read which protected site, and how much was asked; counts that are still going on come first."""

    sightings: list[SightingForm]


def answered(form: Form, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """The answer as it goes out; nothing on the way keeps it for anybody else."""
    own = {"Cache-Control": "private, no-cache", "Vary": "Authorization, Signature-Input"}
    return JSONResponse(
        form.model_dump(mode="json", exclude_none=True),
        status_code=status,
        headers={**own, **(headers or {})},
    )


def line(dossier: Dossier) -> NoticeLine:
    """A notice in a list."""
    notice = dossier.current.notice
    return NoticeLine(
        notice=dossier.notice,
        kind=notice.kind.value,
        category=notice.category,
        organisation=notice.organisation,
        state=dossier.state.value,
        stale=dossier.stale,
        start=format_utc(begins(notice)),
        end=_utc(dossier.ends()),
    )


def whole(dossier: Dossier, visible: frozenset[int]) -> NoticeForm:
    """A notice whole; ``visible`` are the other notices that may be named in it."""
    return NoticeForm(
        notice=dossier.notice,
        version=dossier.current.entry,
        state=dossier.state.value,
        stale=dossier.stale,
        amended=dossier.amended,
        notifier=dossier.notifier,
        confirmed=format_utc(dossier.confirmed),
        content=NoticeV1.model_validate(notices.body(dossier.current.notice)),
        versions=[VersionForm(entry=one.entry, at=format_utc(one.at)) for one in dossier.versions],
        steps=[_step(one) for one in dossier.steps],
        waived=[one for one in dossier.waived if one in visible],
        released=sorted(dossier.released),
        note=NOTE,
    )


def board(dossier: Dossier) -> BoardForm:
    """All recipients of a notice."""
    return BoardForm(
        notice=dossier.notice,
        version=dossier.current.entry,
        state=dossier.state.value,
        recipients=[_told(one) for one in dossier.told],
        note=NOTE,
    )


def conflict(one: Conflicting) -> ConflictForm:
    """One thing that is met; of a cell nothing but the cell."""
    if one.cell is not None:
        return ConflictForm(by=one.by, cell=cell(one.cell))
    return ConflictForm(
        by=one.by,
        notice=one.notice,
        kind=None if one.kind is None else one.kind.value,
        zone=one.zone,
        start=_utc(one.start),
        end=_utc(one.end),
    )


def conflicts(found: Sequence[Conflicting]) -> list[ConflictForm]:
    """All that is met, in the desk's order."""
    return [conflict(one) for one in found]


def flight(one: Intent) -> FlightForm:
    """A flight by its manager and its times, without where it goes."""
    return FlightForm(
        id=one.id,
        manager=one.manager,
        state=one.state.value,
        start=_utc(earliest(one.volumes)),
        end=_utc(latest(one.volumes)),
    )


def cell(one: Cell) -> CellForm:
    """An agreed cell."""
    areas = [_area(footprint) for footprint in one.footprints]
    return CellForm(id=str(one.uuid), areas=areas, start=_utc(one.start), end=_utc(one.end))


def sighting(seen: Read | Probes, entry: int | None = None, at: Instant | None = None) -> SightingForm:
    """A line of sight/v1, or a count that is still going on."""
    if isinstance(seen, Read):
        return SightingForm(
            entry=entry, at=_utc(at), caller=seen.caller, notices=list(seen.notices), by=seen.by
        )
    return SightingForm(
        entry=entry,
        at=_utc(at),
        caller=seen.caller,
        start=format_utc(seen.start),
        end=format_utc(seen.end),
        asked=seen.asked,
        met=seen.met,
        refused=seen.refused,
    )


def _area(one: Footprint) -> FootprintV1:
    points = [[point.lat_u, point.lon_u] for point in one.points]
    return FootprintV1(form=one.form.value, points=points, reach_cm=one.reach_cm)


def _step(one: Line) -> StepForm:
    what = one.what
    if isinstance(what, Notice):
        return StepForm(entry=one.entry, at=format_utc(one.at), by=one.holder, what="notice")
    name = what.answer.value if isinstance(what, Acknowledgement) else what.op.value
    return StepForm(
        entry=one.entry,
        at=format_utc(one.at),
        by=one.holder,
        what=name,
        recipient=what.recipient,
        says=what.says,
    )


def _told(one: Told) -> ToldForm:
    return ToldForm(
        recipient=one.recipient,
        transmitted=_utc(one.transmitted),
        version=one.version,
        channel=one.channel,
        answer=None if one.answer is None else one.answer.value,
        answered=_utc(one.answered),
        grade=None if one.grade is None else one.grade.value,
        seen=one.seen,
        escalated=[to for to, _, _ in one.escalated],
    )


def _utc(at: Instant | None) -> str | None:
    return None if at is None else format_utc(at)
