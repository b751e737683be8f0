"""One officer tries to release, or to destroy, alone: with the own key, a second key, old words, or past the desk."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.office_kit import START, Kit, key_of, new_kit, seen
from tests.record import kit as small
from trucekeeper.kernel.canon import Json
from trucekeeper.kernel.errors import NotPermitted, TruceError
from trucekeeper.kernel.keys import Ed25519Signer
from trucekeeper.record import entry, erasure, foureyes, keyset, release
from trucekeeper.record.foureyes import Approval
from trucekeeper.record.keyset import HolderKey
from trucekeeper.record.ref import Ref
from trucekeeper.record.release import Asked, Item, Release
from trucekeeper.stores.sql_record import SqlRecord

AUDIENCE = "guarantors"


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[Kit]:
    made = new_kit(tmp_path / "office")
    yield made
    made.office.close()


def _proposals(kit: Kit) -> tuple[Ref, int, int]:
    """An observation, a proposal to release it and one to erase it, both by the officer."""
    (receipt,) = kit.office.intake.observe((seen("1"),), kit.office.signer)
    ref = Ref(receipt.index)
    proposed = Release((Item(ref, None),), AUDIENCE, "annex 2", START)
    shown = kit.office.custodian.release(proposed, kit.office.signer).index
    gone = kit.office.custodian.erase(ref, None, "basis", "authority", kit.office.signer).index
    return ref, shown, gone


def _yes(kit: Kit, number: int, **changes: Json) -> dict[str, Json]:
    said = foureyes.body(Approval(number, kit.office.record.entry(number).digest, "agreed"))
    return {**said, **changes}


def _own(kit: Kit, number: int) -> bytes:
    pen = kit.office.custodian.pen
    return pen.sealed(kit.office.signer, foureyes.KIND, _yes(kit, number))


def _liaison(kit: Kit, number: int) -> bytes:
    return kit.sealed("liaison-a", foureyes.KIND, _yes(kit, number))


def _stranger(kit: Kit, number: int) -> bytes:
    return kit.sealed("nobody", foureyes.KIND, _yes(kit, number))


def _of_something_else(kit: Kit, number: int) -> bytes:
    return kit.sealed("cleo", foureyes.KIND, _yes(kit, number, digest="0" * 64))


def _of_a_row(kit: Kit, number: int) -> bytes:
    return kit.sealed("cleo", foureyes.KIND, _yes(kit, number, entry=f"{number}.0"))


def _of_a_later_entry(kit: Kit, number: int) -> bytes:
    return kit.sealed("cleo", foureyes.KIND, _yes(kit, number, entry=str(number + 10)))


WAYS = (_own, _liaison, _stranger, _of_something_else, _of_a_row, _of_a_later_entry)


@pytest.mark.parametrize("way", WAYS)
def test_the_desk_refuses_every_yes_that_is_no_second_persons(
    kit: Kit, way: Callable[[Kit, int], bytes]
) -> None:
    ref, shown, gone = _proposals(kit)
    for number in (shown, gone):
        with pytest.raises(TruceError):
            kit.office.custodian.receive(way(kit, number))
    _nothing_happened(kit, ref)


@pytest.mark.parametrize("way", WAYS)
def test_past_the_desk_such_a_yes_decides_nothing_either(kit: Kit, way: Callable[[Kit, int], bytes]) -> None:
    ref, shown, gone = _proposals(kit)
    for number in (shown, gone):
        try:
            kit.office.record.append([way(kit, number)])
        except TruceError:
            continue
    kit.office.custodian.settle()
    kit.reopen()
    _nothing_happened(kit, ref)


def test_a_true_second_yes_decides(kit: Kit) -> None:
    ref, shown, gone = _proposals(kit)
    kit.office.custodian.approve(shown, "read", key_of("cleo"))
    assert kit.office.custodian.audience(AUDIENCE).permission(ref)
    kit.office.custodian.approve(gone, "read", key_of("cleo"))
    assert kit.office.record.absent(ref.entry) == "erased"


def test_the_yes_to_one_proposal_is_not_one_to_its_twin(kit: Kit) -> None:
    ref, shown, _ = _proposals(kit)
    kit.office.custodian.approve(shown, "only this", key_of("cleo"))
    (other,) = kit.office.intake.observe((seen("2"),), kit.office.signer)
    wider = Release((Item(ref, None), Item(Ref(other.index), None)), AUDIENCE, "annex 2", START)
    twin = kit.office.custodian.release(wider, kit.office.signer).index
    old = kit.office.record.entry(shown).digest
    with pytest.raises(NotPermitted, match="not the proposal"):
        kit.office.custodian.receive(kit.sealed("cleo", foureyes.KIND, _yes(kit, twin, digest=old)))
    assert not kit.office.custodian.audience(AUDIENCE).permission(Ref(other.index))


def test_a_proposal_by_one_without_the_office_is_not_taken(kit: Kit) -> None:
    ref, _, _ = _proposals(kit)
    body = release.body(Release((Item(ref, None),), "public", "because", START))
    for person in ("cleo", "ada", "liaison-a"):
        with pytest.raises(NotPermitted, match="may not sign"):
            kit.office.record.append([kit.sealed(person, release.KIND, body)])


def test_two_keys_of_one_holder_are_one_pair_of_eyes(tmp_path: Path) -> None:
    second = Ed25519Signer(b"the officer's other key".ljust(32, b"."))
    listed = small.keyset_of()
    holders = tuple(
        replace(one, keys=(*one.keys, HolderKey(second.public, small.YEAR))) if one.id == "office" else one
        for one in listed.holders
    )
    two_keys = replace(listed, holders=holders)
    first = entry.seal(
        small.signer("office"), keyset.KIND, small.ORIGIN, small.uid(0), small.NOW, keyset.body(two_keys)
    )
    with small.new_record(tmp_path, first=first) as record:
        record.append([small.sealed(number=1)])
        body = release.body(Release((Item(Ref(1), None),), AUDIENCE, "annex 2", small.NOW))
        record.append([small.sealed("office", release.KIND, body, number=2)])
        yes = foureyes.body(Approval(2, record.entry(2).digest, "agreed"))
        record.append([entry.seal(second, foureyes.KIND, small.ORIGIN, small.uid(3), small.NOW, yes)])
        assert not _sees(record)
        record.append([small.sealed("panel-1", foureyes.KIND, yes, number=4)])
        assert _sees(record)


def _sees(record: SqlRecord) -> bool:
    releases = release.folded(foureyes.told(record, release.DECIDED_BY), small.NOW)
    asked = Asked(Ref(1), "observation/v1", "patrol-1", institution=True)
    return bool(releases.permitted(asked, AUDIENCE))


def _nothing_happened(kit: Kit, ref: Ref) -> None:
    assert not kit.office.custodian.audience(AUDIENCE).permission(ref)
    assert erasure.outstanding(kit.office.record) == ()
    assert kit.office.record.absent(ref.entry) is None
    assert kit.office.casebook.sighting(ref).observation == seen("1")
