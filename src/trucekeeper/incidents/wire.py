"""incident/v1: a person's act at triage, as it stands in the record.

``body`` gives the JSON value to be signed, ``read`` takes the recorded bytes. Both are strict: what ``read``
accepts is, byte for byte, what ``body`` writes.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from trucekeeper.incidents.act import Act, Op
from trucekeeper.incidents.model import PairScore, Part
from trucekeeper.kernel import canon
from trucekeeper.kernel.errors import BadInput
from trucekeeper.record.ref import Ref

KIND = "incident/v1"

IncidentId = Annotated[str, Field(pattern=r"^INC-[0-9]{4}-[0-9]{6,}$", max_length=24)]
RefText = Annotated[str, Field(pattern=r"^[0-9]{1,15}(\.[0-9]{1,15})?$")]
Members = Annotated[tuple[RefText, ...], Field(min_length=1, max_length=10_000)]
Words = Annotated[str, Field(max_length=4_000)]
Year = Annotated[int, Field(ge=1, le=9999)]


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class PartV1(_Form):
    """One ground of a score."""

    test: Annotated[str, Field(max_length=40)]
    milli: int
    says: Words


class PairV1(_Form):
    """How much spoke for two observations being of one happening."""

    one: RefText
    other: RefText
    parts: tuple[PartV1, ...]
    barred: Words | None


class _ActV1(_Form):
    grounds: tuple[PairV1, ...]
    says: Words


class OpenV1(_ActV1):
    """A new incident."""

    op: Literal["open"]
    members: Members
    year: Year


class AddV1(_ActV1):
    """More observations of an incident that is there."""

    op: Literal["add"]
    incident: IncidentId
    members: Members


class MergeV1(_ActV1):
    """Two incidents were one."""

    op: Literal["merge"]
    incident: IncidentId
    other: IncidentId


class SplitV1(_ActV1):
    """One incident was two."""

    op: Literal["split"]
    incident: IncidentId
    members: Members
    other: IncidentId | None
    year: Year


_FORM: TypeAdapter[OpenV1 | AddV1 | MergeV1 | SplitV1] = TypeAdapter(
    Annotated[OpenV1 | AddV1 | MergeV1 | SplitV1, Field(discriminator="op")]
)


def body(act: Act) -> dict[str, canon.Json]:
    """The act as a JSON value, ready to be sealed as incident/v1."""
    value: dict[str, canon.Json] = {
        "op": act.op.value,
        "grounds": [_pair_json(pair) for pair in act.grounds],
        "says": act.says,
    }
    if act.op is not Op.OPEN:
        value["incident"] = act.incident
    if act.op is not Op.MERGE:
        value["members"] = [str(ref) for ref in act.members]
    if act.op in {Op.MERGE, Op.SPLIT}:
        value["other"] = act.other
    if act.op in {Op.OPEN, Op.SPLIT}:
        value["year"] = act.year
    return value


def read(raw: bytes) -> Act:
    """The act that recorded bytes hold; BadInput where they are not exactly an incident/v1 body."""
    try:
        form = _FORM.validate_json(raw)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        at = ".".join(str(step) for step in first["loc"]) or "the body"
        msg = f"an incident/v1 body does not hold at {at} ({first['msg']}); write it as the form asks"
        raise BadInput(msg) from error
    act = _act(form)
    if canon.encode(body(act)) != raw:
        msg = "an incident/v1 body is not in canonical form; write the bytes that the office writes"
        raise BadInput(msg)
    return act


def _act(form: OpenV1 | AddV1 | MergeV1 | SplitV1) -> Act:
    return Act(
        op=Op(form.op),
        members=() if isinstance(form, MergeV1) else tuple(Ref.parse(text) for text in form.members),
        incident=None if isinstance(form, OpenV1) else form.incident,
        other=form.other if isinstance(form, MergeV1 | SplitV1) else None,
        year=form.year if isinstance(form, OpenV1 | SplitV1) else None,
        grounds=tuple(_pair(pair) for pair in form.grounds),
        says=form.says,
    )


def _pair(form: PairV1) -> PairScore:
    parts = tuple(Part(part.test, part.milli, part.says) for part in form.parts)
    return PairScore(Ref.parse(form.one), Ref.parse(form.other), parts, form.barred)


def _pair_json(pair: PairScore) -> canon.Json:
    parts: list[canon.Json] = [
        {"test": part.test, "milli": part.milli, "says": part.says} for part in pair.parts
    ]
    return {"one": str(pair.one), "other": str(pair.other), "parts": parts, "barred": pair.barred}
