"""report/v1: what the record says of a published report, so that a copy can be held against it."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from trucekeeper.kernel import canon
from trucekeeper.kernel.canon import Json
from trucekeeper.kernel.errors import BadInput, NotTrusted
from trucekeeper.reports.model import Report

REPORT = "report/v1"
FORMS = ("json", "html", "pdf")

Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


@dataclass(frozen=True, slots=True)
class Published:
    """A published report as the record knows it; ``digests`` holds (form, SHA-256 in hex)."""

    kind: str
    id: str
    day: str
    upto: int
    digests: tuple[tuple[str, str], ...]
    size: int
    root: str

    @property
    def folder(self) -> str:
        """The folder that its files lie in: the day, or the period's name."""
        return folder_of(self.id, self.day)


class CheckpointV1(BaseModel):
    """The checkpoint that the report cites."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    size: Annotated[int, Field(ge=0)]
    root: Digest


class ReportV1(BaseModel):
    """The body of a report/v1 entry."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    kind: Literal["daily", "period"]
    id: Annotated[str, Field(min_length=1, max_length=200)]
    day: Annotated[str, Field(pattern=r"^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
    upto: Annotated[int, Field(ge=0)]
    html: Digest
    json_: Annotated[Digest, Field(alias="json")]
    pdf: Digest
    checkpoint: CheckpointV1


def folder_of(report_id: str, day: str) -> str:
    """The name of the folder for a report's files: its day, or ``period-FROM-TO``."""
    return day or report_id.partition("/")[2].replace("/", "-")


def report_body(report: Report, files: Mapping[str, bytes]) -> dict[str, Json]:
    """The body to be signed, from a report and what :func:`~trucekeeper.reports.render.render` made of it."""
    digests: dict[str, Json] = {form: sha256(files[f"{report.kind}.{form}"]).hexdigest() for form in FORMS}
    return {
        "kind": report.kind,
        "id": report.id,
        "day": report.day,
        "upto": report.upto,
        **digests,
        "checkpoint": {"size": report.checkpoint.size, "root": report.checkpoint.root},
    }


def read_report(body: bytes) -> Published:
    """What a recorded body says; BadInput for any other bytes."""
    try:
        read = ReportV1.model_validate(canon.decode_object(body))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the body"
        msg = f"report/v1: {where} is not as the form wants it ({first['msg']}); make the report again"
        raise BadInput(msg) from error
    digests = (("json", read.json_), ("html", read.html), ("pdf", read.pdf))
    return Published(
        read.kind, read.id, read.day, read.upto, digests, read.checkpoint.size, read.checkpoint.root
    )


def check(published: Published, form: str, data: bytes) -> None:
    """NotTrusted unless ``data`` is the published file of that form, byte for byte."""
    if dict(published.digests).get(form) != sha256(data).hexdigest():
        msg = f"the {form} file of {published.id} is not the one that the record names; fetch it again from the office"
        raise NotTrusted(msg)
