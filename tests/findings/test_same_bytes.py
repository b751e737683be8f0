"""The same record gives the same bytes on every machine."""

import hashlib

from tests.findings.sample import drafted
from tests.incidents.sample import coverage, disc, interval, sighting
from trucekeeper.findings import wire
from trucekeeper.findings.model import Draft
from trucekeeper.kernel import canon
from trucekeeper.observations.model import Kind

MEMBERS = (
    sighting(1, "patrol-1", by="party-a"),
    sighting(2, "camera-1", kind=Kind.DETECTION, when=interval(1, 2)),
    sighting(3, "liaison-b", kind=Kind.CLAIM, by="party-a", credibility=3),
    sighting(4, "liaison-a", kind=Kind.DENIAL, of="liaison-b/3"),
    sighting(5, "radio-b", by="party-a", relays="liaison-b/3"),
)
WATCHED = (coverage(9, "resident-1", where=disc(1000, 4200)),)


def test_a_draft_of_many_kinds_of_evidence_is_these_bytes() -> None:
    findings = tuple(drafted(MEMBERS, coverage=WATCHED).values())
    refs = tuple(one.ref for one in MEMBERS)
    raw = canon.encode(wire.finding_body(Draft("INC-2026-000001", "d" * 64, 10, refs, "graded/v1", findings)))
    assert [one.probability_ppm for one in findings] == [950169, None, 881634]
    assert (
        hashlib.sha256(raw).hexdigest() == "445978a11cbfe5f1badd5e01d3f8e8f415f960ebe600739a98b8502ce64a0f57"
    )
