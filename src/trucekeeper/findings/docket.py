"""An office's incidents as one body of evidence: what a fit is learnt from, and what can be weighed as a file.

One hypothesis for each incident and each bearer of a term that it touches. Who names somebody, or denies it, makes a
statement; who tells of the act and names nobody, and who looked and saw nothing, is a line of the exposure log. What
the panel decided is adjudicated where breach and bearer are both established, or the event is refuted.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from trucekeeper.agreement.model import Agreement, Modality
from trucekeeper.findings.assess import Asked, asked
from trucekeeper.findings.drafting import Inputs, touched_terms
from trucekeeper.findings.evidence import unknown_source
from trucekeeper.findings.model import Case, Finding, Question
from trucekeeper.incidents.extent import disc_of
from trucekeeper.incidents.model import Incident
from trucekeeper.kernel.truth import Truth
from trucekeeper.parties.model import Source
from trucekeeper.places.position import Disc, Position
from trucekeeper.weighing.evidence import (
    Alleged,
    Cause,
    Evidence,
    Partition,
    Reach,
    Says,
    Statement,
    Trials,
    Watch,
    Witness,
)
from trucekeeper.weighing.evidence import Modality as Sensing
from trucekeeper.weighing.model import Item, Stance

MILLION = 1_000_000
TRIALS = 1_000
"""What a stated chance of noticing is worth, in trials: nobody has tested the posts."""

ALARMS = 20
"""Alarms where nothing was, of as many trials: judgement, too."""

_FAR_M = 10**8
_ANYWHERE = Disc(Position(0, 0), 20_000_000)


def docket(known: Iterable[Inputs], cases: Iterable[Case], agreement: Agreement) -> Evidence:
    """The body of evidence; ``known`` has the inputs of each incident, in the order of the incidents' ids."""
    decided = _decided(cases)
    lines = [line for inputs in known for line in _lines(inputs, agreement, decided)]
    sources = {name: one for line in lines for name, one in line.sources.items()}
    chances: dict[str, list[int]] = {}
    for line in lines:
        for name, chance in line.chances:
            chances.setdefault(sources[name].medium, []).append(chance)
    posted = {watch.source for line in lines for watch in line.watches}
    return Evidence(
        sides=tuple(party.id for party in agreement.parties),
        modalities=tuple(
            _modality(medium, chances.get(medium, []))
            for medium in sorted({sources[name].medium for name in posted})
        ),
        sources=tuple(
            Witness(name, one.medium, one.group, one.interest, one.medium if name in posted else None, None)
            for name, one in sorted(sources.items())
        ),
        hypotheses=tuple(line.alleged for line in lines),
        statements=tuple(said for line in lines for said in line.statements),
        watches=tuple(watch for line in lines for watch in line.watches),
        alternatives=tuple(rival for line in lines for rival in line.rivals),
    )


@dataclass(frozen=True, slots=True)
class _Line:
    alleged: Alleged
    statements: tuple[Statement, ...]
    watches: tuple[Watch, ...]
    rivals: tuple[Partition, ...]
    sources: Mapping[str, Source]
    chances: tuple[tuple[str, int], ...]


def _lines(inputs: Inputs, agreement: Agreement, decided: Mapping[tuple[str, str], Cause]) -> Iterator[_Line]:
    register = {name: source for name, (_, source) in inputs.register.items()}
    redrawn = inputs.redrawn()
    done: set[str] = set()
    for term in touched_terms(agreement.terms, inputs.touchings):
        if term.modality is Modality.MAY or term.party in done:
            continue
        found = [
            asked(inputs.incident, term, question, register, inputs.coverage, agreement, redrawn)
            for question in (Question.EVENT, Question.ATTRIBUTION)
        ]
        if any(one.items for one in found):
            done.add(term.party)
            yield _line(inputs.incident, found[0], found[1], register, decided)


def _line(
    incident: Incident,
    event: Asked,
    by: Asked,
    register: Mapping[str, Source],
    decided: Mapping[tuple[str, str], Cause],
) -> _Line:
    name = f"{incident.id}/{by.term.party}"
    spot, start, end = _spot(incident)
    said = {item.source: _statement(name, item, start) for item in by.items}
    watched = {
        item.source: _watch(name, item)
        for item in event.items
        if item.source not in said and item.interest is None and item.stance is not Stance.DENY
    }
    items = (*event.items, *by.items)
    heard = {item.source for item in items} | {item.origin.partition("/")[0] for item in items}
    claims = (
        item.interest for item in by.items if item.stance is Stance.AFFIRM and item.interest != by.term.party
    )
    alleged = Alleged(
        id=name,
        term=by.term.id,
        act=by.term.action,
        named=by.term.party,
        claimant=next((one for one in claims if one is not None), None),
        lat_u=spot.centre.lat_u,
        lon_u=spot.centre.lon_u,
        radius_m=spot.radius_m,
        start_ms=start,
        end_ms=end,
        base_ppm=_base(event.hypothesis.prior_ppm, by.hypothesis.prior_ppm),
        adjudicated=decided.get((incident.id, by.term.party)),
        threshold_ppm=by.standard_ppm,
    )
    return _Line(
        alleged=alleged,
        statements=tuple(said[one] for one in sorted(said)),
        watches=tuple(watched[one] for one in sorted(watched)),
        rivals=tuple(_partition(name, rival.weight_ppm, rival.items, said) for rival in by.rivals),
        sources={one: register.get(one) or unknown_source(one) for one in heard},
        chances=tuple((item.source, item.chance_ppm) for item in event.items if item.chance_ppm),
    )


def _statement(name: str, item: Item, at_ms: int) -> Statement:
    root = item.origin.partition("/")[0]
    return Statement(
        id=f"{name}/{item.ref}",
        hypothesis=name,
        source=item.source,
        says=Says.AFFIRM if item.stance is Stance.AFFIRM else Says.DENY,
        account=None,
        at_ms=at_ms,
        copies=None if root == item.source else root,
        words=None,
    )


def _watch(name: str, item: Item) -> Watch:
    return Watch(
        hypothesis=name,
        source=item.source,
        distance_m=0,
        on_shift=True,
        in_view=True,
        night=False,
        cloud=False,
        detected=item.stance is Stance.AFFIRM,
        points_to=None,
    )


def _partition(name: str, weight_ppm: int, items: Sequence[Item], said: Mapping[str, Statement]) -> Partition:
    """What of the statements a rival linking keeps; what it would add has no statement here."""
    kept = {item.source for item in items}
    return Partition(name, weight_ppm, tuple(said[one].id for one in sorted(said) if one in kept))


def _modality(medium: str, chances: Sequence[int]) -> Sensing:
    chance = sum(chances) // len(chances) if chances else MILLION // 2
    hits = chance * TRIALS // MILLION
    return Sensing(medium, (Reach(_FAR_M, Trials(hits, TRIALS - hits)),), ALARMS, TRIALS, None, None)


def _base(event_ppm: int, bearer_ppm: int) -> tuple[int, ...]:
    """The event's prior, shared out: the bearer in breach by its own prior, the other causes alike."""
    breach = event_ppm * bearer_ppm // MILLION
    other = (event_ppm - breach) // 3
    return (breach, other, other, event_ppm - breach - 2 * other, MILLION - event_ppm)


def _spot(incident: Incident) -> tuple[Disc, int, int]:
    """The sharpest place that a member tells of, and the hull of the times; anywhere where nobody tells one."""
    discs = [disc_of(one.observation.where) for one in incident.members if one.observation.where is not None]
    when = incident.when
    place = min(discs, key=lambda one: (one.radius_m, one.centre.lat_u, one.centre.lon_u), default=_ANYWHERE)
    return place, when.start, when.start if when.end is None else when.end


def _decided(cases: Iterable[Case]) -> dict[tuple[str, str], Cause]:
    """Incident and bearer to what was adjudicated; the latest decision holds."""
    found: dict[tuple[str, str], Cause] = {}
    for case in cases:
        if case.state == "decided":
            mine = {one: cause for one, cause in _causes(case.findings) if cause is not None}
            found = {key: cause for key, cause in found.items() if key[0] != case.findings[0].incident} | mine
    return found


def _causes(findings: Sequence[Finding]) -> Iterator[tuple[tuple[str, str], Cause | None]]:
    for one in findings:
        if one.party is not None and one.question is Question.ATTRIBUTION:
            yield (one.incident, one.party), _cause(one, findings)


def _cause(by: Finding, findings: Sequence[Finding]) -> Cause | None:
    mine = {one.question: one.answer for one in findings if (one.term, one.reading) == (by.term, by.reading)}
    if mine.get(Question.EVENT) is Truth.NO:
        return Cause.NOTHING
    breach = mine.get(Question.VIOLATION) is Truth.YES and by.answer is Truth.YES
    return Cause.VIOLATION if breach else None
