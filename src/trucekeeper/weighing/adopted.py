"""fit/v1 as an entry of the record: the tables, and what they were learnt from. In force once another approves it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from trucekeeper.kernel.canon import Fields, Json
from trucekeeper.kernel.errors import BadInput
from trucekeeper.weighing.entry import fit_body, fit_of
from trucekeeper.weighing.fit import Fit

KIND = "fit/v1"

_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Adopted:
    """``evidence`` is the SHA-256, in hex, of the evidence/v1 file that the fit was learnt from."""

    fit: Fit
    evidence: str


def body(adopted: Adopted) -> dict[str, Json]:
    """The body of a fit/v1 entry."""
    return {"evidence": adopted.evidence, "tables": fit_body(adopted.fit)}


def read(value: Mapping[str, Json]) -> Adopted:
    """The fit that a fit/v1 entry holds; BadInput names what is wrong in it."""
    fields = Fields(value, "a fit").only("evidence", "tables")
    evidence = fields.text("evidence")
    if not _DIGEST.fullmatch(evidence):
        msg = "the field 'evidence' is no SHA-256 in small hex; give that of the file that the fit was learnt from"
        raise BadInput(msg)
    return Adopted(fit_of(fields.mapping("tables")), evidence)
