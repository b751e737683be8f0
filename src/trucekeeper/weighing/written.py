"""A body of evidence as evidence/v1: canonical JSON that ``wire.read_evidence`` reads back as it was."""

from dataclasses import asdict

from trucekeeper.kernel import canon
from trucekeeper.kernel.canon import Json
from trucekeeper.weighing.evidence import (
    CAUSES,
    Alleged,
    Evidence,
    Modality,
    Statement,
    Trials,
    Watch,
    Witness,
)


def written(evidence: Evidence) -> bytes:
    """The bytes of the file."""
    return canon.encode(
        {
            "schema": "evidence/v1",
            "sides": list(evidence.sides),
            "modalities": [_modality(one) for one in evidence.modalities],
            "sources": [_source(one) for one in evidence.sources],
            "hypotheses": [_hypothesis(one) for one in evidence.hypotheses],
            "statements": [_statement(one) for one in evidence.statements],
            "watches": [_watch(one) for one in evidence.watches],
            "alternatives": [
                {
                    "hypothesis": one.hypothesis,
                    "weight_ppm": one.weight_ppm,
                    "statements": list(one.statements),
                }
                for one in evidence.alternatives
            ],
        }
    )


def _modality(one: Modality) -> Json:
    return {
        "id": one.id,
        "range": [{"within_m": each.within_m, **asdict(each.trials)} for each in one.reach],
        "false": {"alarms": one.alarms, "of": one.watched},
        "night": _trials(one.night),
        "cloud": _trials(one.cloud),
    }


def _trials(one: Trials | None) -> Json:
    return None if one is None else {"hits": one.hits, "misses": one.misses}


def _source(one: Witness) -> Json:
    return {
        "id": one.id,
        "class": one.kind,
        "group": one.group,
        "side": one.side,
        "modality": one.modality,
        "parent": one.parent,
    }


def _hypothesis(one: Alleged) -> Json:
    body: dict[str, Json] = {
        name: getattr(one, name)
        for name in (
            "id",
            "term",
            "act",
            "named",
            "claimant",
            "lat_u",
            "lon_u",
            "radius_m",
            "start_ms",
            "end_ms",
        )
    }
    base: dict[str, Json] = {cause.value: ppm for cause, ppm in zip(CAUSES, one.base_ppm, strict=True)}
    adjudicated = None if one.adjudicated is None else one.adjudicated.value
    return {**body, "base_ppm": base, "adjudicated": adjudicated, "threshold_ppm": one.threshold_ppm}


def _statement(one: Statement) -> Json:
    return {
        "id": one.id,
        "hypothesis": one.hypothesis,
        "source": one.source,
        "says": one.says.value,
        "account": None if one.account is None else one.account.value,
        "at_ms": one.at_ms,
        "copies": one.copies,
        "words": None if one.words is None else f"{one.words:016x}",
    }


def _watch(one: Watch) -> Json:
    body: dict[str, Json] = asdict(one)
    return body
