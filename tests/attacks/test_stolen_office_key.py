"""Whoever steals the officer's key writes as the office, but neither changes who may sign nor the agreement."""

from dataclasses import replace

import pytest

from tests.record.kit import LOG, NOW, ORIGIN, repeatable, sealed
from tests.record.rooted import GUARANTORS, STAFF, amended, first, holder, next_of, rooted, sealed_set
from trucekeeper.kernel.clock import SetClock
from trucekeeper.kernel.errors import NotTrusted
from trucekeeper.record.admission import admit
from trucekeeper.record.keyset import Role
from trucekeeper.stores.sql_record import SqlRecord

OFFICE, *OTHERS = STAFF
PEOPLE = (OFFICE, *(one for one in OTHERS if one.id != "guarantor-1"), *GUARANTORS)
THIEF = holder("monitor-9", Role.MONITOR, None, "thief")
_, KEYS = first(PEOPLE)


@pytest.mark.parametrize(
    "by",
    [(), ("thief",), ("office",), ("root-1",), ("office", "root-1")],
    ids=lambda by: "+".join(by) or "nobody",
)
def test_it_adds_nobody_without_the_root_keys(by: tuple[str, ...]) -> None:
    with pytest.raises(NotTrusted):
        admit(sealed_set(next_of(KEYS, (*PEOPLE, THIEF), by=by)), KEYS, ORIGIN, NOW)


def test_it_does_not_bring_its_own_root_keys() -> None:
    change = next_of(KEYS, root_=rooted(1, "thief"), by=("thief",))
    with pytest.raises(NotTrusted, match="lacks 2 of 2 root signatures of the old set;"):
        admit(sealed_set(change), KEYS, ORIGIN, NOW)


def test_it_does_not_use_signatures_that_were_made_for_another_change() -> None:
    true = next_of(KEYS, PEOPLE[:-1])
    forged = replace(true, holders=(*PEOPLE[:-1], THIEF))
    with pytest.raises(NotTrusted, match="does not hold under this text"):
        admit(sealed_set(forged), KEYS, ORIGIN, NOW)


def test_it_amends_nothing_alone_and_brings_no_old_text_back(tmp_path) -> None:
    genesis, _ = first(PEOPLE)
    by = ("liaison-a", "liaison-b", "guarantor-1", "guarantor-2")
    with SqlRecord.create(tmp_path / "o", LOG, genesis, SetClock(NOW), repeatable()) as record:
        record.append([sealed("office", "agreement/v1", {"id": "first"})])
        former = record.entry(1).digest
        for alone in (
            (),
            ("liaison-a", "guarantor-1", "guarantor-2"),
            ("liaison-a", "liaison-b", "guarantor-1"),
        ):
            with pytest.raises(NotTrusted, match="an amendment lacks"):
                record.append([amended(former, alone)])
        record.append([amended(former, by)])
        record.append([amended(record.entry(2).digest, by, "third")])
        with pytest.raises(NotTrusted, match="another agreement than the one in force"):
            record.append([amended(former, by)])


def test_once_seen_the_root_keys_put_it_out_of_force() -> None:
    fresh = holder("office", Role.OFFICE, None, "office-2")
    envelope = sealed_set(next_of(KEYS, (fresh, *PEOPLE[1:])))
    new = admit(envelope, KEYS, ORIGIN, NOW).change
    assert new is not None
    with pytest.raises(NotTrusted, match="nobody's mandate"):
        admit(sealed("office", "source/v1"), new, ORIGIN, NOW)
    assert admit(sealed("office-2", "source/v1"), new, ORIGIN, NOW).mandate.holder == "office"
