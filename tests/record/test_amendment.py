"""An agreement gives way to another once both parties and a majority of guarantors have signed that."""

import pytest

from tests.record.kit import NOW, ORIGIN, new_record, reopened, sealed
from tests.record.rooted import GUARANTORS, STAFF, amended, first, holder
from trucekeeper.kernel.errors import BadInput, NotTrusted
from trucekeeper.record import amendment, entry
from trucekeeper.record.admission import admit
from trucekeeper.record.keyset import Role

OFFICE, _, _, _, LIAISON_A, LIAISON_B = STAFF
PEOPLE = (OFFICE, LIAISON_A, LIAISON_B, *GUARANTORS, holder("panel-1"))
_, KEYS = first(PEOPLE)
FORMER = "12" * 32
ENOUGH = ("liaison-a", "liaison-b", "guarantor-1", "guarantor-3")


def test_both_parties_and_two_of_three_guarantors_amend() -> None:
    for by in (ENOUGH, (*ENOUGH, "guarantor-2")):
        found = admit(amended(FORMER, by), KEYS, ORIGIN, NOW)
        assert (found.mandate.holder, found.change) == ("office", None)


@pytest.mark.parametrize(
    ("by", "why"),
    [
        (("liaison-b", "guarantor-1", "guarantor-3"), "lacks the signature of party-a; let"),
        (("liaison-a", "liaison-b", "guarantor-2"), "lacks 1 more of 3 guarantors; let"),
        (("liaison-a",), "lacks the signature of party-b and 2 more of 3 guarantors; let"),
        ((), "lacks the signature of party-a and the signature of party-b and 2 more of 3 guarantors"),
        ((*ENOUGH, "panel-1"), "may not sign this text"),
        ((*ENOUGH, "office"), "may not sign this text"),
        ((*ENOUGH, "stranger"), "may not sign this text"),
    ],
)
def test_fewer_or_others_do_not(by: tuple[str, ...], why: str) -> None:
    with pytest.raises(NotTrusted, match=why):
        admit(amended(FORMER, by), KEYS, ORIGIN, NOW)


def test_a_guarantor_with_two_keys_counts_once() -> None:
    doubled = holder("guarantor-1", Role.GUARANTOR, None, "guarantor-1", "guarantor-1b")
    _, keys = first((OFFICE, LIAISON_A, LIAISON_B, doubled, *GUARANTORS[1:]))
    by = ("liaison-a", "liaison-b", "guarantor-1", "guarantor-1b")
    with pytest.raises(NotTrusted, match="1 more of 3 guarantors"):
        admit(amended(FORMER, by), keys, ORIGIN, NOW)
    assert admit(amended(FORMER, (*by, "guarantor-2")), keys, ORIGIN, NOW)


def test_without_guarantors_nothing_is_amended() -> None:
    _, keys = first((OFFICE, LIAISON_A, LIAISON_B))
    with pytest.raises(NotTrusted, match="1 more of 0 guarantors"):
        admit(amended(FORMER, ("liaison-a", "liaison-b")), keys, ORIGIN, NOW)


def test_a_signature_is_over_this_text_alone() -> None:
    true = entry.opened(amended(FORMER, ENOUGH))
    for changed in ({"id": "third"}, {"amends": "34" * 32}, {"more": 1}):
        envelope = sealed("office", amendment.KIND, {**true.body, **changed})
        with pytest.raises(NotTrusted, match="does not hold under this text"):
            admit(envelope, KEYS, ORIGIN, NOW)


@pytest.mark.parametrize("without", ["amends", "signatures"])
def test_an_amendment_without_half_of_itself_is_none(without: str) -> None:
    body = dict(entry.opened(amended(FORMER, ENOUGH)).body)
    del body[without]
    with pytest.raises((BadInput, NotTrusted)):
        admit(sealed("office", amendment.KIND, body), KEYS, ORIGIN, NOW)


def test_an_agreement_comes_in_its_order() -> None:
    plain, late = (
        entry.opened(sealed("office", amendment.KIND, {"id": "x"})),
        entry.opened(amended(FORMER, ())),
    )
    amendment.in_order(plain, None)
    amendment.in_order(late, FORMER)
    with pytest.raises(NotTrusted, match="without the signatures"):
        amendment.in_order(plain, FORMER)
    with pytest.raises(BadInput, match="first agreement"):
        amendment.in_order(late, None)
    with pytest.raises(NotTrusted, match="another agreement than the one in force"):
        amendment.in_order(late, "34" * 32)


def test_a_record_takes_each_amendment_on_the_one_before_it(tmp_path) -> None:
    with new_record(tmp_path) as record:
        record.append([sealed("office", amendment.KIND, {"id": "first"})])
        with pytest.raises(NotTrusted, match="without the signatures"):
            record.append([sealed("office", amendment.KIND, {"id": "second"})])
        former = record.entry(1).digest
        by = ("liaison-a", "liaison-b", "guarantor-1")
        with pytest.raises(NotTrusted, match="another agreement"):
            record.append([amended(FORMER, by)])
        record.append([amended(former, by)])
        with pytest.raises(NotTrusted, match="another agreement"):
            record.append([amended(former, by, "third")])
    with reopened(tmp_path) as record:
        with pytest.raises(NotTrusted, match="another agreement"):
            record.append([amended(former, by, "third")])
        record.append([amended(record.entry(2).digest, by, "third")])
        assert record.size() == 4
