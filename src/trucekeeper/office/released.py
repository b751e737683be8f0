"""Audits what was released: recomputes the findings of one bundle from nothing but that bundle and the agreement.

A bundle has gaps, and gaps are no fault: a finding is recomputed where every input that it names is in the bundle.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from trucekeeper.agreement import folder as agreement_folder
from trucekeeper.agreement import wire as agreement_wire
from trucekeeper.agreement.model import Agreement
from trucekeeper.findings import wire as findings_wire
from trucekeeper.findings.drafting import Inputs, cited, redrawn
from trucekeeper.findings.model import Draft
from trucekeeper.findings.recompute import Recomputed, Rules, recompute
from trucekeeper.incidents import lifecycle
from trucekeeper.incidents.model import Sighting
from trucekeeper.kernel import canon
from trucekeeper.kernel.canon import Json
from trucekeeper.kernel.errors import BadInput, NotTrusted
from trucekeeper.observations import wire as observations_wire
from trucekeeper.office.methods import disclosed
from trucekeeper.office.verifying import authentic
from trucekeeper.parties import wire as parties_wire
from trucekeeper.parties.model import Source
from trucekeeper.record import amendment, bundle, checkpoint, entry, foureyes
from trucekeeper.record.checkpoint import Checkpoint
from trucekeeper.record.entry import Entry
from trucekeeper.record.ref import Ref
from trucekeeper.screening.reference import Screener
from trucekeeper.weighing import adopted


@dataclass(frozen=True, slots=True)
class Released:
    """What an audit of a bundle came to: its checkpoint, and each finding that is in it."""

    checkpoint: Checkpoint
    agreement: str
    findings: tuple[Recomputed, ...]


def audit_bundle(data: bytes, vkey: str, agreement: Path) -> Released:
    """Verify the bundle, then recompute its findings under the agreement in that folder.

    NotTrusted where the bundle does not verify, or where it cites another agreement.
    """
    authentic(data, vkey)
    held = bundle.read(data)
    agreed = agreement_folder.load(agreement)
    entries = {one.ref.entry: _entry(one) for one in held.entries}
    _same_agreement(entries, agreed)
    known = _Disclosed.of(entries, held, Screener(agreed))
    rules = Rules(agreed, disclosed(_adopted(entries)))
    findings = tuple(
        recompute(Ref(index), one.body_bytes, known, rules)
        for index, one in entries.items()
        if one.kind == findings_wire.FINDING
    )
    return Released(checkpoint.verified(held.checkpoint, vkey), agreed.digest, findings)


def _adopted(entries: Mapping[int, Entry]) -> Iterator[tuple[int, int, Mapping[str, Json]]]:
    """Each fit with an approval by another key; the verifier has checked whose keys they are."""
    for index, one in entries.items():
        if one.kind != foureyes.KIND:
            continue
        said = foureyes.read(one.body)
        fit = entries.get(said.entry)
        if fit is not None and (fit.kind, fit.digest) == (adopted.KIND, said.digest) and fit.key != one.key:
            yield said.entry, index, fit.body


def _entry(one: bundle.Held) -> Entry:
    return entry.opened(entry.joined(one.data, one.disclosures))


def _same_agreement(entries: Mapping[int, Entry], agreed: Agreement) -> None:
    cited_ones = [one for one in entries.values() if one.kind == agreement_wire.KIND]
    if not cited_ones:
        msg = "the bundle holds no agreement, so nothing in it can be recomputed; ask the office for a whole bundle"
        raise NotTrusted(msg)
    agreement_wire.check(agreed, amendment.plain(cited_ones[-1].body))


@dataclass(frozen=True, slots=True)
class _Disclosed:
    """What a bundle makes known, as ``findings.recompute.Known`` asks for it."""

    sightings: Mapping[Ref, Sighting]
    lines: Mapping[Ref, Source]
    agreements: tuple[tuple[int, str], ...]
    screener: Screener
    decided: frozenset[Ref]

    @classmethod
    def of(cls, entries: Mapping[int, Entry], held: bundle.Bundle, screener: Screener) -> "_Disclosed":
        rows = ((one.ref, canon.decode_object(one.data)) for one in held.rows)
        seen = (
            (Ref(index), dict(one.body))
            for index, one in entries.items()
            if one.kind == observations_wire.KIND and not one.hidden
        )
        sightings: dict[Ref, Sighting] = {}
        for ref, body in chain(seen, rows):
            try:
                sightings[ref] = Sighting(ref, observations_wire.read(body))
            except BadInput:  # it says nothing to the office either
                continue
        lines: dict[Ref, Source] = {}
        for index, one in entries.items():
            if one.kind == parties_wire.KIND and not one.hidden:
                lines[Ref(index)] = parties_wire.read(one.body)
        agreements = tuple(
            (index, str(one.body.get("digest")))
            for index, one in entries.items()
            if one.kind == agreement_wire.KIND
        )
        decided = frozenset(
            Ref(index) for index, one in entries.items() if one.kind in {adopted.KIND, foureyes.KIND}
        )
        return cls(sightings, lines, agreements, screener, decided)

    def missing(self, refs: Sequence[Ref]) -> tuple[Ref, ...]:
        there = (self.sightings, self.lines, self.decided)
        return tuple(ref for ref in refs if not any(ref in held for held in there))

    def agreed(self, entry: int) -> str | None:
        """Known only behind the agreement in force at the checkpoint: an older one need not be in the bundle."""
        index, digest = self.agreements[-1]
        return digest if index < entry else None

    def inputs(self, draft: Draft) -> Inputs:
        members = [self.sightings[ref] for ref in draft.members if ref in self.sightings]
        others = [ref for ref in cited(draft.findings) if ref not in set(draft.members)]
        touchings = self.screener.screen(sorted(members, key=lambda one: one.ref))
        return Inputs(
            incident=lifecycle.incident(draft.incident, members),
            upto=draft.upto,
            touchings=tuple(sorted(touchings, key=lambda one: (one.ref, one.term, one.reading))),
            register={source.id: (ref, source) for ref, source in self._register(draft)},
            coverage=tuple(self.sightings[ref] for ref in others if ref in self.sightings),
            rivals=draft.rivals,
            others=tuple(self.sightings[ref] for ref in redrawn(draft) if ref in self.sightings),
        )

    def later(self, draft: Draft, entry: int) -> None:
        """A bundle does not show what else was there."""
        del draft, entry

    def _register(self, draft: Draft) -> list[tuple[Ref, Source]]:
        return [(ref, self.lines[ref]) for ref in sorted(draft.sources) if ref in self.lines]
