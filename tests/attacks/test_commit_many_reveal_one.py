"""Somebody registers many places under seal and later shows only the one that was hit, to have foretold it.

What stops it: a label opens whole or not at all, notifiers hold few at a time, everybody may know how many, and a
proof says among how many it was one.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.committing import LABEL, registering_office, revealing, secret
from tests.office_kit import Kit, key_of
from trucekeeper.desks.commitments import CommitmentDesk
from trucekeeper.kernel.errors import Conflict, NotFound, NotPermitted
from trucekeeper.movements.commitment import Count
from trucekeeper.movements.wire import commitment as wire
from trucekeeper.movements.wire.commitment import Secret
from trucekeeper.office.handover import hand_over
from trucekeeper.places.position import Position

CHEAT, ACCOMPLICE = key_of("relief-1"), key_of("relief-2")


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[Kit]:
    yield from registering_office(tmp_path / "office")


def desk(kit: Kit) -> CommitmentDesk:
    return kit.office.movements.commitments


def guesses(count: int, notifier: str = "relief-1", label: str | None = LABEL) -> list[Secret]:
    """Places far apart; under one label, or each under its own."""
    return [
        secret(notifier, label or f"{n + 1:032x}", Position(-21_000_000 + n * 50_000, -19_000_000))
        for n in range(count)
    ]


def test_one_of_many_under_a_label_cannot_be_revealed(registry: Kit) -> None:
    many = guesses(5)
    entries = [desk(registry).commit(one.commitment, CHEAT).index for one in many]
    for count in (1, 4):
        with pytest.raises(Conflict, match="a reveal opens all that share its label") as raised:
            desk(registry).reveal(revealing(*many[:count]), CHEAT)
        assert all(str(entry) in str(raised.value) for entry in entries[count:])
    assert desk(registry).count() == (Count("relief-1", 5, 0),)
    desk(registry).reveal(revealing(*many), CHEAT)
    assert {one.cells for one in desk(registry).listed()} == {one.cells for one in many}


def test_handing_it_in_signed_or_writing_past_the_desk_reveals_no_more(registry: Kit) -> None:
    many = guesses(3)
    for one in many:
        desk(registry).commit(one.commitment, CHEAT)
    alone = registry.sealed("relief-1", wire.REVEAL, wire.reveal_body(revealing(many[1])))
    with pytest.raises(Conflict, match="opens all"):
        hand_over(registry.office, [alone])
    registry.office.record.append([alone])
    assert desk(registry).count() == (Count("relief-1", 3, 0),)
    assert [one.revealed for one in desk(registry).listed()] == [None, None, None]


def test_under_labels_of_their_own_the_many_stay_in_sight(registry: Kit) -> None:
    many = guesses(5, label=None)
    for one in many:
        desk(registry).commit(one.commitment, CHEAT)
    desk(registry).reveal(revealing(many[3]), CHEAT)
    assert desk(registry).count() == (Count("relief-1", 4, 1),)
    proven = desk(registry).prove(many[3].commitment)
    assert (proven.held.standing, proven.left) == (4, 4)


def test_nobody_holds_more_than_was_agreed(registry: Kit) -> None:
    many = guesses(40, label=None)
    held = 0
    for one in many:
        try:
            desk(registry).commit(one.commitment, CHEAT)
        except Conflict:
            continue
        held += 1
    assert held == desk(registry).rules.commitments == 5
    assert desk(registry).count() == (Count("relief-1", 5, 0),)


def test_what_was_left_out_cannot_be_moved_under_another_label_or_name(registry: Kit) -> None:
    one, other = guesses(2)
    desk(registry).commit(one.commitment, CHEAT)
    desk(registry).commit(other.commitment, CHEAT)
    relabelled = replace(one, label="e" * 32)
    with pytest.raises(Conflict, match="registered nothing under this label"):
        desk(registry).reveal(revealing(relabelled), CHEAT)
    desk(registry).commit(replace(one.commitment, label="e" * 32), CHEAT)  # the root alone, copied
    with pytest.raises(Conflict, match="not registered by relief-1 under this label"):
        desk(registry).reveal(revealing(relabelled), CHEAT)
    claimed = replace(revealing(relabelled), opened=(one.opening,))
    with pytest.raises(Conflict, match="do not give the root"):
        desk(registry).reveal(claimed, CHEAT)


def test_an_accomplice_cannot_take_over_what_another_registered(registry: Kit) -> None:
    """The root stands in the open record: copied under another name it can never be opened."""
    (mine,) = guesses(1)
    desk(registry).commit(mine.commitment, CHEAT)
    copied = replace(mine.commitment, notifier="relief-2")
    with pytest.raises(NotPermitted):
        desk(registry).commit(mine.commitment, ACCOMPLICE)
    desk(registry).commit(copied, ACCOMPLICE)
    desk(registry).reveal(revealing(mine), CHEAT)
    stolen = replace(revealing(mine), notifier="relief-2")
    with pytest.raises(Conflict, match="do not give the root"):
        desk(registry).reveal(stolen, ACCOMPLICE)
    with pytest.raises(NotFound, match="never registered"):
        desk(registry).prove(replace(mine, notifier="relief-2").commitment)


def test_a_place_that_was_hit_cannot_be_fitted_to_an_old_commitment(registry: Kit) -> None:
    (blank,) = guesses(1)
    desk(registry).commit(blank.commitment, CHEAT)
    hit = secret(at=Position(-20_500_000, -18_500_000))
    fitted = replace(revealing(hit).opened[0], root=blank.commitment.root)
    with pytest.raises(Conflict, match=r"do not give the root|are opened"):
        desk(registry).reveal(replace(revealing(hit), opened=(fitted,)), CHEAT)
