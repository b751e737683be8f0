"""evidence/v1: a body of evidence as a file. Nothing extra, nothing converted, and every reference must hold."""

from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from trucekeeper.kernel.errors import BadInput
from trucekeeper.weighing.evidence import (
    Alleged,
    Cause,
    Evidence,
    Modality,
    Partition,
    Reach,
    Says,
    Statement,
    Trials,
    Watch,
    Witness,
)

SCHEMA = "evidence/v1"
MILLION = 1_000_000

Id = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[\x21-\x7e]+$")]
Count = Annotated[int, Field(ge=0, le=10**9)]
Ppm = Annotated[int, Field(ge=0, le=MILLION)]
Ms = Annotated[int, Field(ge=-(2**53), le=2**53)]
CauseName = Literal["violation", "lawful", "accident", "staged", "nothing"]

_PROBLEMS = {
    "missing": "is missing; add it",
    "extra_forbidden": "is not a field of this form; leave it out",
    "int_type": "is not a whole number; write digits without quotes, a point or an exponent",
    "string_type": "is not text; write it between quotes",
    "bool_type": "is neither true nor false; write one of the two",
    "tuple_type": "is not a list; write its members between square brackets",
    "model_type": "is not an object; write its fields between braces",
    "literal_error": "is none of the words known here; correct it",
    "greater_than_equal": "is too small; correct it",
    "less_than_equal": "is too large; correct it",
    "too_short": "has too few members; add what is missing",
}


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class TrialsV1(_Form):
    """Trials of a sensor."""

    hits: Count
    misses: Count


class ReachV1(_Form):
    """Acceptance tests up to a distance."""

    within_m: Annotated[int, Field(ge=1, le=10**8)]
    hits: Count
    misses: Count


class FalseV1(_Form):
    """Alarms where nothing was."""

    alarms: Count
    of: Annotated[int, Field(ge=1, le=10**9)]


class ModalityV1(_Form):
    """A kind of sensor."""

    id: Id
    range: Annotated[tuple[ReachV1, ...], Field(min_length=1)]
    false: FalseV1
    night: TrialsV1 | None
    cloud: TrialsV1 | None


class SourceV1(_Form):
    """A source; ``class`` is a word of Python, so the field has another name here."""

    id: Id
    kind: Annotated[Id, Field(alias="class")]
    group: Id
    side: Id | None
    modality: Id | None
    parent: Id | None


class BaseV1(_Form):
    """The probability of each cause before any evidence."""

    violation: Ppm
    lawful: Ppm
    accident: Ppm
    staged: Ppm
    nothing: Ppm


class HypothesisV1(_Form):
    """What is alleged."""

    id: Id
    term: Id
    act: Id
    named: Id
    claimant: Id | None
    lat_u: Annotated[int, Field(ge=-90 * MILLION, le=90 * MILLION)]
    lon_u: Annotated[int, Field(ge=-180 * MILLION, le=180 * MILLION)]
    radius_m: Count
    start_ms: Ms
    end_ms: Ms
    base_ppm: BaseV1
    adjudicated: CauseName | None
    threshold_ppm: Annotated[int, Field(ge=1, le=MILLION - 1)]


class StatementV1(_Form):
    """What a source says."""

    id: Id
    hypothesis: Id
    source: Id
    says: Literal["affirm", "deny"]
    account: CauseName | None
    at_ms: Ms
    copies: Id | None
    words: Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")] | None


class WatchV1(_Form):
    """A line of the exposure log."""

    hypothesis: Id
    source: Id
    distance_m: Count
    on_shift: bool
    in_view: bool
    night: bool
    cloud: bool
    detected: bool
    points_to: Id | None


class PartitionV1(_Form):
    """A rival way of linking."""

    hypothesis: Id
    weight_ppm: Ppm
    statements: tuple[Id, ...]


class EvidenceV1(_Form):
    """The whole file."""

    schema_: Annotated[Literal["evidence/v1"], Field(alias="schema")]
    sides: tuple[Id, ...]
    modalities: tuple[ModalityV1, ...]
    sources: tuple[SourceV1, ...]
    hypotheses: tuple[HypothesisV1, ...]
    statements: tuple[StatementV1, ...]
    watches: tuple[WatchV1, ...]
    alternatives: tuple[PartitionV1, ...] = ()


F = TypeVar("F", bound=BaseModel)
N = TypeVar("N", SourceV1, HypothesisV1, StatementV1, ModalityV1)


def read_evidence(raw: bytes) -> Evidence:
    """The evidence in an evidence/v1 file; BadInput names the first place where something is wrong."""
    form = read_form(EvidenceV1, SCHEMA, raw)
    known = _Known(form)
    known.check()
    return Evidence(
        sides=form.sides,
        modalities=tuple(_modality(one) for one in form.modalities),
        sources=tuple(
            Witness(one.id, one.kind, one.group, one.side, one.modality, one.parent) for one in form.sources
        ),
        hypotheses=tuple(_hypothesis(one) for one in form.hypotheses),
        statements=tuple(_statement(one) for one in form.statements),
        watches=tuple(Watch(**one.model_dump()) for one in form.watches),
        alternatives=tuple(
            Partition(one.hypothesis, one.weight_ppm, one.statements) for one in form.alternatives
        ),
    )


def read_form(form: type[F], what: str, raw: bytes) -> F:
    """The file's content in its wire form; else one sentence that names the file's kind and the field."""
    try:
        return form.model_validate_json(raw)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        if first["type"] == "json_invalid":
            msg = f"{what}: the file is not JSON; write it again"
            raise BadInput(msg) from error
        field = ".".join(str(part)[:40] for part in first["loc"]) or "the whole"
        problem = _PROBLEMS.get(first["type"], "has a form that is not known here; correct it")
        msg = f"{what}: {field!a} {problem}"
        raise BadInput(msg) from error


class _Known:
    """What the file defines; ``check`` refuses what refers to anything else."""

    def __init__(self, form: EvidenceV1) -> None:
        self._form = form
        self._sides = frozenset(form.sides)
        self._modalities = _by_id("modalities", form.modalities)
        self._sources = _by_id("sources", form.sources)
        self._hypotheses = _by_id("hypotheses", form.hypotheses)
        self._statements = _by_id("statements", form.statements)

    def check(self) -> None:
        """Every reference holds, and every number that depends on another agrees with it."""
        if len(self._sides) != len(self._form.sides):
            _refuse("sides", "name a side twice; name each once")
        for at, modality in enumerate(self._form.modalities):
            metres = [one.within_m for one in modality.range]
            if any(one >= other for one, other in pairwise(metres)):
                _refuse(f"modalities.{at}.range", "does not rise; order the distances")
            if modality.false.alarms > modality.false.of:
                _refuse(f"modalities.{at}.false", "has more alarms than cells; correct one of them")
        self._check_sources()
        self._check_hypotheses()
        self._check_said()
        self._check_alternatives()

    def _check_sources(self) -> None:
        for at, one in enumerate(self._form.sources):
            where = f"sources.{at}"
            _named(f"{where}.side", one.side, self._sides, "side")
            _named(f"{where}.modality", one.modality, self._modalities, "modality")
            _named(f"{where}.parent", one.parent, self._sources, "source")
            if one.parent == one.id:
                _refuse(f"{where}.parent", "is the source itself; write null")

    def _check_hypotheses(self) -> None:
        for at, one in enumerate(self._form.hypotheses):
            where = f"hypotheses.{at}"
            _named(f"{where}.named", one.named, self._sides, "side")
            _named(f"{where}.claimant", one.claimant, self._sides, "side")
            if sum(one.base_ppm.model_dump().values()) != MILLION:
                _refuse(f"{where}.base_ppm", "does not sum to 1000000; correct it")
            if one.end_ms < one.start_ms:
                _refuse(f"{where}.end_ms", "lies before start_ms; exchange them")

    def _check_said(self) -> None:
        for at, said in enumerate(self._form.statements):
            where = f"statements.{at}"
            _named(f"{where}.hypothesis", said.hypothesis, self._hypotheses, "hypothesis")
            _named(f"{where}.source", said.source, self._sources, "source")
            _named(f"{where}.copies", said.copies, self._sources, "source")
        pairs: set[tuple[str, str]] = set()
        for at, watch in enumerate(self._form.watches):
            where = f"watches.{at}"
            _named(f"{where}.hypothesis", watch.hypothesis, self._hypotheses, "hypothesis")
            source = _named(f"{where}.source", watch.source, self._sources, "source")
            _named(f"{where}.points_to", watch.points_to, self._sides, "side")
            if source is not None and source.modality is None:
                _refuse(f"{where}.source", "has no modality; give the source one")
            if (watch.hypothesis, watch.source) in pairs:
                _refuse(where, "is a second watch of one source on one hypothesis; keep one")
            pairs.add((watch.hypothesis, watch.source))

    def _check_alternatives(self) -> None:
        weights: dict[str, int] = {}
        for at, one in enumerate(self._form.alternatives):
            where = f"alternatives.{at}"
            _named(f"{where}.hypothesis", one.hypothesis, self._hypotheses, "hypothesis")
            weights[one.hypothesis] = weights.get(one.hypothesis, 0) + one.weight_ppm
            if weights[one.hypothesis] > MILLION:
                _refuse(f"{where}.weight_ppm", "takes its hypothesis beyond 1000000; correct it")
            for name in one.statements:
                _named(f"{where}.statements", name, self._statements, "statement")


V = TypeVar("V")


def _named(where: str, name: str | None, known: "Mapping[str, V] | frozenset[str]", what: str) -> V | None:
    if name is None:
        return None
    if name not in known:
        _refuse(where, f"names no {what} of this file; correct it or add the {what}")
    return known[name] if isinstance(known, Mapping) else None


def _by_id(what: str, found: Iterable[N]) -> dict[str, N]:
    known: dict[str, N] = {}
    for at, one in enumerate(found):
        if one.id in known:
            _refuse(f"{what}.{at}.id", "is taken; give each its own")
        known[one.id] = one
    return known


def _refuse(where: str, why: str) -> None:
    msg = f"{SCHEMA}: {where!a} {why}"
    raise BadInput(msg)


def _modality(one: ModalityV1) -> Modality:
    reach = tuple(Reach(each.within_m, Trials(each.hits, each.misses)) for each in one.range)
    return Modality(one.id, reach, one.false.alarms, one.false.of, _trials(one.night), _trials(one.cloud))


def _trials(form: TrialsV1 | None) -> Trials | None:
    return None if form is None else Trials(form.hits, form.misses)


def _hypothesis(one: HypothesisV1) -> Alleged:
    base = one.base_ppm
    return Alleged(
        id=one.id,
        term=one.term,
        act=one.act,
        named=one.named,
        claimant=one.claimant,
        lat_u=one.lat_u,
        lon_u=one.lon_u,
        radius_m=one.radius_m,
        start_ms=one.start_ms,
        end_ms=one.end_ms,
        base_ppm=(base.violation, base.lawful, base.accident, base.staged, base.nothing),
        adjudicated=None if one.adjudicated is None else Cause(one.adjudicated),
        threshold_ppm=one.threshold_ppm,
    )


def _statement(one: StatementV1) -> Statement:
    return Statement(
        id=one.id,
        hypothesis=one.hypothesis,
        source=one.source,
        says=Says(one.says),
        account=None if one.account is None else Cause(one.account),
        at_ms=one.at_ms,
        copies=one.copies,
        words=None if one.words is None else int(one.words, 16),
    )
