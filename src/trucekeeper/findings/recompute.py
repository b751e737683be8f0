"""Recomputes what a finding/v1 entry says from the inputs that it names, and compares the bytes.

Three outcomes: the same bytes; other bytes, with the first field that differs; or no answer, because an input was
erased or is not disclosed, or a rule is another one than at hand. A lack is never turned into a different answer.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from trucekeeper.agreement.model import Agreement
from trucekeeper.findings import wire
from trucekeeper.findings.drafting import Inputs, drafted, rests_on
from trucekeeper.findings.model import Draft
from trucekeeper.kernel import canon
from trucekeeper.kernel.canon import Json
from trucekeeper.kernel.errors import BadInput, TruceError
from trucekeeper.record.ref import Ref
from trucekeeper.weighing.ports import Weigher


class Outcome(Enum):
    """What came of recomputing one finding."""

    SAME = "same"
    DIFFERENT = "DIFFERENT"
    ATTESTED = "attested, not recomputable"


@dataclass(frozen=True, slots=True)
class Recomputed:
    """A finding entry and what came of it.

    ``stated`` and ``computed`` are SHA-256 of the body, in hex; ``computed`` is None where there was nothing to
    compute. ``why`` names the first field that differs, or what is lacking; ``missing`` the inputs that are not
    there. ``unheeded``: the record held more when it was drafted, and with that the answer would have been another.
    """

    ref: Ref
    incident: str
    outcome: Outcome
    stated: str
    computed: str | None = None
    rests_on: tuple[Ref, ...] = ()
    missing: tuple[Ref, ...] = ()
    why: str = ""
    unheeded: bool = False


class Known(Protocol):
    """What an auditor has."""

    def missing(self, refs: Sequence[Ref]) -> tuple[Ref, ...]:
        """Which of these were erased, in whole or in part, or were never disclosed to the auditor."""
        ...

    def agreed(self, entry: int) -> str | None:
        """The digest of the agreement in force for that entry; None where the auditor cannot tell."""
        ...

    def inputs(self, draft: Draft) -> Inputs:
        """The inputs of a draft, all of which are there."""
        ...

    def later(self, draft: Draft, entry: int) -> Inputs | None:
        """The inputs as the record stood just before ``entry``; None where they are those that the draft took."""
        ...


@dataclass(frozen=True, slots=True)
class Rules:
    """The rule set: the agreement's text, and each way of weighing that is known, by the method it is named by."""

    agreement: Agreement
    weighers: Mapping[str, Weigher]


def recompute(ref: Ref, body: bytes, known: Known, rules: Rules) -> Recomputed:
    """What comes of the finding in ``body``, the canonical bytes that entry ``ref`` holds."""
    stated = hashlib.sha256(body).hexdigest()
    try:
        draft = wire.read_finding(body)
    except BadInput as error:
        return Recomputed(ref, "", Outcome.DIFFERENT, stated, why=str(error))
    named = rests_on(draft)
    base = Recomputed(ref, draft.incident, Outcome.ATTESTED, stated, rests_on=named)
    wrong = _cannot_be(draft, ref, named, known.agreed(ref.entry))
    if wrong is not None:
        return _with(base, Outcome.DIFFERENT, wrong)
    lacking = _lacking(draft, rules)
    if lacking is not None:
        return _with(base, Outcome.ATTESTED, lacking)
    missing = known.missing(named)
    if missing:
        return _with(base, Outcome.ATTESTED, "inputs were erased or are not disclosed", missing=missing)
    try:
        computed = canon.encode(wire.finding_body(_drafted(known.inputs(draft), rules, draft.method)))
    except TruceError as error:
        return _with(base, Outcome.DIFFERENT, f"nothing can be drafted from what it names ({error})")
    output = hashlib.sha256(computed).hexdigest()
    if computed != body:
        where = first_difference(canon.decode(body), canon.decode(computed))
        return _with(base, Outcome.DIFFERENT, where, computed=output)
    later = known.later(draft, ref.entry)
    unheeded = later is not None and _drafted(later, rules, draft.method).findings != draft.findings
    return _with(base, Outcome.SAME, "", computed=output, unheeded=unheeded)


def first_difference(stated: Json, computed: Json, at: str = "") -> str:
    """The path of the first field, in the order of canonical JSON, where two values differ; empty where none does."""
    if isinstance(stated, dict) and isinstance(computed, dict):
        for name in sorted({*stated, *computed}):
            way = f"{at}.{name}" if at else name
            if name not in stated or name not in computed:
                return way
            found = first_difference(stated[name], computed[name], way)
            if found:
                return found
        return ""
    if isinstance(stated, list) and isinstance(computed, list):
        for number, (one, other) in enumerate(zip(stated, computed, strict=False)):
            found = first_difference(one, other, f"{at}.{number}")
            if found:
                return found
        return "" if len(stated) == len(computed) else f"{at}.{min(len(stated), len(computed))}"
    same = type(stated) is type(computed) and stated == computed  # for Python, false is 0
    return "" if same else at or "the whole"


def _drafted(inputs: Inputs, rules: Rules, method: str) -> Draft:
    return drafted(inputs, rules.agreement, rules.weighers[method], method)


def _cannot_be(draft: Draft, ref: Ref, named: Sequence[Ref], agreed: str | None) -> str | None:
    """The field by which no draft that was made here could have come to be."""
    if draft.upto > ref.entry:
        return "upto"
    if any(one.entry >= draft.upto for one in named):
        return "a reference to what was not on the record yet"
    return "agreement" if agreed is not None and agreed != draft.agreement else None


def _lacking(draft: Draft, rules: Rules) -> str | None:
    if draft.agreement != rules.agreement.digest:
        return f"it was drafted under another agreement ({draft.agreement[:16]}) than the one at hand"
    if draft.method not in rules.weighers:
        known = ", ".join(rules.weighers)
        return f"it was drafted by the method {draft.method}, and this software knows {known}"
    return None


def _with(
    base: Recomputed,
    outcome: Outcome,
    why: str,
    *,
    computed: str | None = None,
    missing: tuple[Ref, ...] = (),
    unheeded: bool = False,
) -> Recomputed:
    return Recomputed(
        base.ref, base.incident, outcome, base.stated, computed, base.rests_on, missing, why, unheeded
    )
