"""Tables that two people adopted: drafts state them, anybody who has the entries weighs as the draft did."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.office_kit import Kit, key_of, looked, new_kit, seen
from trucekeeper.findings import wire
from trucekeeper.findings.drafting import rests_on
from trucekeeper.findings.method import leans_on
from trucekeeper.findings.recompute import Outcome
from trucekeeper.kernel.clock import Instant
from trucekeeper.kernel.errors import BadInput, NotPermitted
from trucekeeper.observations.model import Kind
from trucekeeper.office.audit import audit_office
from trucekeeper.office.methods import METHODS
from trucekeeper.office.released import audit_bundle
from trucekeeper.record.ref import Ref
from trucekeeper.verifier.verify import verify_bundle
from trucekeeper.weighing import adopted
from trucekeeper.weighing.adopted import Adopted
from trucekeeper.weighing.evidence import CAUSES
from trucekeeper.weighing.fit import NEUTRAL, prior_fit
from trucekeeper.weighing.fitting.learn import learn
from trucekeeper.weighing.wire import read_evidence
from trucekeeper.weighing.written import written

FIRST = "INC-2026-000001"
DIGEST = "ab" * 32


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[Kit]:
    made = new_kit(tmp_path / "office")
    said = seen("2", source="liaison-b", kind=Kind.CLAIM)
    made.office.triage.open(made.observe("ada", seen("1"), said), key_of("ben"))
    yield made
    made.office.close()


def doubting() -> Adopted:
    """Tables by which the patrol's word says nothing of who did it."""
    plain = prior_fit()
    flat = tuple((500_000, 0, 0, 0, 0, 500_000) for _ in CAUSES)
    return Adopted(replace(plain, own={("patrol-lake", NEUTRAL): flat}), DIGEST)


def adopt(kit: Kit, fit: Adopted) -> Ref:
    receipt = kit.office.inquiry.propose(fit, kit.office.signer)
    kit.office.custodian.approve(receipt.index, "learnt anew, the same tables", key_of("cleo"))
    return Ref(receipt.index)


def attribution(kit: Kit) -> int | None:
    found = kit.office.inquiry.assessed(FIRST).findings
    return next(one.probability_ppm for one in found if one.question.value == "attribution")


def test_a_fit_is_weighed_by_once_another_person_approved_it(kit: Kit) -> None:
    before = kit.office.inquiry.assessed(FIRST)
    assert before.method == METHODS
    receipt = kit.office.inquiry.propose(doubting(), kit.office.signer)
    assert kit.office.inquiry.assessed(FIRST).method == METHODS
    by_judgement = attribution(kit)
    kit.office.custodian.approve(receipt.index, "learnt anew, the same tables", key_of("cleo"))
    after = kit.office.inquiry.assessed(FIRST)
    assert leans_on(after.method) == (Ref(receipt.index), Ref(receipt.index + 1))
    assert set(leans_on(after.method)) <= set(rests_on(after))
    assert (attribution(kit) or 0) < (by_judgement or 0)


def test_nobody_adopts_their_own_fit(kit: Kit) -> None:
    receipt = kit.office.inquiry.propose(doubting(), kit.office.signer)
    with pytest.raises(NotPermitted, match="let another person decide"):
        kit.office.custodian.approve(receipt.index, "mine", kit.office.signer)
    assert kit.office.inquiry.assessed(FIRST).method == METHODS


def test_what_was_known_before_a_fit_is_weighed_as_before(kit: Kit) -> None:
    size = kit.office.record.size()
    adopt(kit, doubting())
    assert kit.office.inquiry.assessed(FIRST, size).method == METHODS


def test_an_audit_recomputes_by_the_fit_and_a_bundle_brings_it(kit: Kit) -> None:
    adopt(kit, doubting())
    kit.office.inquiry.draft(FIRST, kit.office.signer)
    kit.office.record.integrate()
    (one,) = audit_office(kit.root).findings
    assert one.outcome is Outcome.SAME
    data = kit.office.publication.bundle(FIRST)
    assert verify_bundle(data, kit.office.record.vkey).subject == FIRST
    (shown,) = audit_bundle(data, kit.office.record.vkey, kit.office.folder.agreement).findings
    assert (shown.outcome, shown.computed) == (Outcome.SAME, one.computed)


def test_a_finding_by_a_fit_that_nobody_approved_is_not_recomputed(kit: Kit) -> None:
    """An office that names tables of its own has no second person behind them."""
    receipt = kit.office.inquiry.propose(doubting(), kit.office.signer)
    draft = kit.office.inquiry.assessed(FIRST)
    forged = replace(draft, method=f"tables/v1@{receipt.index}+{receipt.index} reference/1")
    kit.office.panel.pen.write(kit.office.signer, wire.FINDING, wire.finding_body(forged))
    kit.office.record.integrate()
    (one,) = audit_office(kit.root).findings
    assert one.outcome is Outcome.ATTESTED
    assert "this software knows" in one.why


def test_an_approved_entry_without_tables_changes_nothing(kit: Kit) -> None:
    receipt = kit.office.panel.pen.write(kit.office.signer, adopted.KIND, {"evidence": DIGEST, "tables": {}})
    kit.office.custodian.approve(receipt.index, "not read", key_of("cleo"))
    assert kit.office.inquiry.assessed(FIRST).method == METHODS


def test_what_is_adopted_reads_back_as_it_was() -> None:
    assert adopted.body(adopted.read(adopted.body(doubting()))) == adopted.body(doubting())
    with pytest.raises(BadInput, match="no SHA-256"):
        adopted.read({**adopted.body(doubting()), "evidence": "AB"})


def test_the_offices_incidents_are_a_body_of_evidence_that_tables_are_learnt_from(kit: Kit) -> None:
    later = Instant(kit.clock.now() + 86_400_000)
    refs = kit.observe(
        "ada", seen("9", later, by=None, source="liaison-a", kind=Kind.CLAIM), looked("8", later)
    )
    kit.office.triage.open(refs[:1], key_of("ben"))
    found = kit.office.inquiry.docket()
    assert read_evidence(written(found)) == found
    assert {one.id for one in found.hypotheses} >= {f"{FIRST}/party-a", f"{FIRST}/party-b"}
    claimed = next(one for one in found.hypotheses if one.id == f"{FIRST}/party-a")
    assert claimed.claimant == "party-b"
    assert {one.source for one in found.statements if one.hypothesis == claimed.id} == {
        "patrol-lake",
        "liaison-b",
    }
    watched = [one for one in found.watches if one.hypothesis == "INC-2026-000002/party-a"]
    assert [(one.source, one.detected) for one in watched] == [("camera-lake", False)]
    assert set(learn(found).classes) >= set(prior_fit().classes)
