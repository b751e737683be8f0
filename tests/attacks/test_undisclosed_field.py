"""A field that was not disclosed: guessed at, forged in, taken from elsewhere, or left out to be misread."""

import hashlib
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

from tests.office_kit import START, Kit, key_of, new_kit, seen
from tests.record.kit import NOW, ORIGIN, signer, uid
from trucekeeper.kernel import canon
from trucekeeper.kernel.canon import Json
from trucekeeper.kernel.errors import BadInput, NotTrusted, TruceError
from trucekeeper.observations import wire
from trucekeeper.places.position import Disc, Position
from trucekeeper.record import disclosure, entry, erasure
from trucekeeper.record.ref import Ref
from trucekeeper.record.release import Item, Release

PLACES = tuple(product(range(-21_000_010, -20_999_990), range(-19_000_010, -18_999_990)))
"""Four hundred places, the true one among them: a guesser who knows it to two metres."""


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[Kit]:
    made = new_kit(tmp_path / "office")
    yield made
    made.office.close()


def _sealed(**other: object) -> bytes:
    random = iter(range(100))
    return entry.seal(
        signer("monitor-1"), wire.KIND, ORIGIN, uid(7), NOW, wire.body(seen("7", **other)), apart=wire.APART,
        draw=lambda size: hashlib.shake_256(bytes([next(random)])).digest(size),
    )  # fmt: skip


def _digests(core: bytes) -> set[str]:
    marks = entry.opened(core).body["_sd"]
    assert isinstance(marks, list)
    return {str(one) for one in marks}


def _told(salt: bytes, name: str, value: Json) -> str:
    return disclosure._unpadded(canon.encode([disclosure._unpadded(salt), name, value]))


def test_a_place_known_to_a_metre_is_not_confirmed_by_guessing() -> None:
    core = entry.core(_sealed(where=Disc(Position(-21_000_000, -19_000_000), 300)))
    held = _digests(core)
    for lat_u, lon_u in PLACES:
        where: dict[str, Json] = {"lat_u": lat_u, "lon_u": lon_u, "radius_m": 300}
        assert disclosure.digest(_told(bytes(16), "where", where)) not in held
        assert disclosure._unpadded(hashlib.sha256(canon.encode(where)).digest()) not in held


def test_without_a_salt_of_its_own_it_would_be() -> None:
    envelope = entry.seal(
        signer("monitor-1"), wire.KIND, ORIGIN, uid(7), NOW, wire.body(seen("7")), apart=["where"], draw=bytes
    )
    held = _digests(entry.core(envelope))
    guesses: list[dict[str, Json]] = [
        {"lat_u": lat_u, "lon_u": lon_u, "radius_m": 300} for lat_u, lon_u in PLACES
    ]
    found = [one for one in guesses if disclosure.digest(_told(bytes(16), "where", one)) in held]
    assert found == [{"lat_u": -21_000_000, "lon_u": -19_000_000, "radius_m": 300}]


def test_what_is_shown_says_nothing_of_what_is_not() -> None:
    near, far = (
        entry.core(_sealed(where=Disc(Position(lat_u, -19_000_000), 300), note=note))
        for lat_u, note in ((-21_000_000, "a"), (-20_000_000, "b" * 500))
    )
    assert len(near) == len(far)
    assert len(_digests(near)) == len(_digests(far)) == 4
    for name in wire.APART:
        assert name not in entry.opened(near).body


@pytest.mark.parametrize("name", ["where", "source", "kind", "credibility", "invented"])
def test_a_forged_disclosure_is_refused(name: str) -> None:
    envelope = _sealed()
    forged = _told(b"f" * 16, name, "forged")
    for told in ((forged,), (*entry.disclosures(envelope), forged)):
        with pytest.raises(NotTrusted, match="belongs to no field"):
            entry.opened(entry.joined(entry.core(envelope), told))


def test_a_true_disclosure_of_another_entry_is_refused() -> None:
    mine, other = _sealed(), _sealed(where=Disc(Position(1, 1), 300))
    with pytest.raises(NotTrusted, match="belongs to no field"):
        entry.opened(entry.joined(entry.core(mine), entry.disclosures(other)))


def test_a_digest_slipped_into_the_body_breaks_the_signature() -> None:
    envelope = _sealed()
    value = canon.decode_object(entry.core(envelope))
    statement = value["s"]
    assert isinstance(statement, dict)
    body = statement["body"]
    assert isinstance(body, dict)
    forged = _told(b"f" * 16, "by", "party-b")
    body["_sd"] = [*sorted({*_digests(entry.core(envelope)), disclosure.digest(forged)})]
    del body["by"]
    changed = entry.joined(canon.encode(value), (*entry.disclosures(envelope), forged))
    assert entry.opened(changed).body["by"] == "party-b"
    assert not entry.signed_by(changed, signer("monitor-1").public)
    assert entry.signed_by(envelope, signer("monitor-1").public)


def test_an_observation_with_a_hidden_field_is_never_read_as_a_whole_one() -> None:
    envelope = _sealed()
    told = entry.disclosures(envelope)
    for left_out in told:
        part = entry.opened(entry.joined(entry.core(envelope), [one for one in told if one != left_out]))
        assert part.hidden == 1
        with pytest.raises(BadInput):
            wire.read(part.body)


def test_an_office_takes_no_entry_that_hides_something_from_it(kit: Kit) -> None:
    envelope = kit.office.custodian.pen.sealed(key_of("ada"), wire.KIND, wire.body(seen("1")), wire.APART)
    with pytest.raises(BadInput, match="without 3 of its disclosures"):
        kit.office.intake.receive([entry.core(envelope)])
    kit.office.record.append([entry.core(envelope)])
    assert list(kit.office.casebook.sightings()) == []
    ((_, why),) = kit.office.casebook.unreadable()
    assert "not told" in why


def test_an_audience_gets_no_disclosure_beyond_its_release(kit: Kit) -> None:
    (receipt,) = kit.office.intake.observe((seen("1", note="from the mill"),), kit.office.signer)
    opened = kit.office.record.opened(receipt.index)
    proposed = Release((Item(Ref(receipt.index), ("note",)),), "party:party-b", "annex 2", START)
    proposal = kit.office.custodian.release(proposed, kit.office.signer).index
    kit.office.custodian.approve(proposal, "read", key_of("cleo"))
    told = kit.office.custodian.audience("party:party-b")(opened)
    assert told == (erasure.apart(opened)["note"],)
    shown = entry.opened(entry.joined(opened.envelope, told))
    assert shown.body["note"] == "from the mill"
    assert not {"where", "source", "uid"} & set(shown.body)
    assert shown.digest == opened.entry.digest


@pytest.mark.parametrize("cut", range(1, 30, 4))
def test_a_shortened_disclosure_is_refused(cut: int) -> None:
    envelope = _sealed()
    first, *rest = entry.disclosures(envelope)
    with pytest.raises(TruceError):
        entry.opened(entry.joined(entry.core(envelope), (first[:-cut], *rest)))
