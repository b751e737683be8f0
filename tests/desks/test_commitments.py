from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.committing import (
    CLINIC,
    LABEL,
    OTHER,
    clinic,
    registering_office,
    revealing,
    secret,
)
from tests.movements import sample
from tests.office_kit import HOUR_MS, SOURCES, Kit, key_of, seen
from trucekeeper.agreement.model import Deconfliction
from trucekeeper.desks.commitments import CommitmentDesk
from trucekeeper.kernel.clock import Instant
from trucekeeper.kernel.errors import BadInput, Conflict, NotFound, NotPermitted
from trucekeeper.movements.commitment import Count, Opening, Reveal
from trucekeeper.movements.grid import Square
from trucekeeper.movements.model import Op, ReadBack, Step
from trucekeeper.movements.visibility import Caller
from trucekeeper.movements.volume import Volume
from trucekeeper.movements.wire import commitment as wire
from trucekeeper.movements.wire.commitment import Secret
from trucekeeper.office.handover import hand_over
from trucekeeper.places.position import Disc, Position
from trucekeeper.record.role import Role

RELIEF, RIVAL = key_of("relief-1"), key_of("relief-2")
CALL = ReadBack("telephone", "clerk-1", "clerk-2", "relief-1")


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[Kit]:
    yield from registering_office(tmp_path / "office")


def desk(kit: Kit) -> CommitmentDesk:
    return kit.office.movements.commitments


def test_a_site_is_registered_and_revealed_and_its_time_stands(registry: Kit) -> None:
    kept = secret()
    receipt = desk(registry).commit(kept.commitment, RELIEF)
    registered = registry.clock.now()
    registry.clock.at = Instant(registered + 86_400_000)
    opened = desk(registry).reveal(revealing(kept), RELIEF)
    (held,) = desk(registry).listed("relief-1")
    assert (held.entry, held.at, held.revealed) == (receipt.index, registered, opened.index)
    assert held.cells == kept.cells


def test_what_is_sealed_shows_no_cell_to_anybody(registry: Kit) -> None:
    kept = secret()
    receipt = desk(registry).commit(kept.commitment, RELIEF)
    (held,) = desk(registry).listed()
    assert held.cells == ()
    body = registry.office.record.entry(receipt.index).body
    assert body == {
        "cells": len(kept.cells),
        "label": LABEL,
        "notifier": "relief-1",
        "root": kept.commitment.root.hex(),
    }


def test_the_count_is_published_for_each_notifier(registry: Kit) -> None:
    kept = [secret(at=Position(-21_000_000 + n * 10_000, 0)) for n in range(3)]
    for one in kept[:2]:
        desk(registry).commit(one.commitment, RELIEF)
    desk(registry).commit(secret("relief-2").commitment, RIVAL)
    assert desk(registry).count() == (Count("relief-1", 2, 0), Count("relief-2", 1, 0))
    desk(registry).reveal(revealing(*kept[:2]), RELIEF)
    assert desk(registry).count() == (Count("relief-1", 0, 2), Count("relief-2", 1, 0))


def test_everything_is_read_again_from_the_record(registry: Kit) -> None:
    one, other = secret(), secret(label=OTHER)
    desk(registry).commit(one.commitment, RELIEF)
    desk(registry).commit(other.commitment, RELIEF)
    desk(registry).reveal(revealing(one), RELIEF)
    before = desk(registry).listed(), desk(registry).count()
    registry.reopen()
    assert (desk(registry).listed(), desk(registry).count()) == before


def test_a_proof_names_entry_admission_and_checkpoint(registry: Kit) -> None:
    kept = secret()
    receipt = desk(registry).commit(kept.commitment, RELIEF)
    registry.office.record.integrate()
    proven = desk(registry).prove(kept.commitment)
    assert proven.held.entry == receipt.index
    assert proven.held.at == registry.clock.now()
    assert proven.leaf == registry.office.record.leaf(receipt.index)
    assert proven.size is not None
    assert proven.size > receipt.index
    assert (proven.held.standing, proven.left) == (1, 1)


def test_a_proof_tells_among_how_many_it_was_one(registry: Kit) -> None:
    kept = [secret(label=f"{n:032x}", at=Position(n * 10_000, 0)) for n in range(1, 4)]
    for one in kept:
        desk(registry).commit(one.commitment, RELIEF)
    desk(registry).reveal(revealing(kept[2]), RELIEF)
    proven = desk(registry).prove(kept[2].commitment)
    assert (proven.held.standing, proven.left) == (3, 2)


def test_what_was_never_registered_is_not_proven(registry: Kit) -> None:
    kept = secret()
    desk(registry).commit(kept.commitment, RELIEF)
    moved = replace(kept, cells=tuple(Square(one.row + 9, one.column) for one in kept.cells))
    with pytest.raises(NotFound, match="never registered"):
        desk(registry).prove(moved.commitment)


def other_salts(kept: Secret) -> Opening:
    return replace(kept.opening, salts=tuple(bytes(32) for _ in kept.salts))


def other_cells(kept: Secret) -> Opening:
    return replace(kept.opening, cells=tuple(Square(one.row, one.column + 1) for one in kept.cells))


def fewer_cells(kept: Secret) -> Opening:
    return replace(kept.opening, cells=kept.cells[1:], salts=kept.salts[1:])


def unsorted(kept: Secret) -> Opening:
    return replace(kept.opening, cells=kept.cells[::-1], salts=kept.salts[::-1])


def swapped_salts(kept: Secret) -> Opening:
    return replace(kept.opening, salts=kept.salts[::-1])


def unsalted(kept: Secret) -> Opening:
    return replace(kept.opening, salts=kept.salts[1:])


def another_root(kept: Secret) -> Opening:
    return replace(kept.opening, root=bytes(32))


WRONG: dict[Callable[[Secret], Opening], str] = {
    other_salts: "do not give the root of commitment",
    other_cells: "do not give the root of commitment",
    swapped_salts: "do not give the root of commitment",
    fewer_cells: "cells and 3 are opened",
    unsorted: "not in ascending order, each once; sort it by row and column",
    unsalted: "3 salts for 4 cells",
    another_root: "was not registered by relief-1 under this label",
}


@pytest.mark.parametrize("spoil", WRONG, ids=lambda one: one.__name__)
def test_what_does_not_open_it_is_refused_in_a_sentence(
    spoil: Callable[[Secret], Opening], registry: Kit
) -> None:
    kept = secret()
    kept = replace(kept, cells=kept.cells[:4], salts=kept.salts[:4])
    desk(registry).commit(kept.commitment, RELIEF)
    size = registry.office.record.size()
    with pytest.raises((BadInput, Conflict), match=WRONG[spoil]) as raised:
        desk(registry).reveal(Reveal(LABEL, "relief-1", (spoil(kept),)), RELIEF)
    assert "\n" not in str(raised.value)
    assert registry.office.record.size() == size
    assert desk(registry).listed()[0].revealed is None


def test_what_is_revealed_is_not_revealed_again_and_its_label_is_used_up(registry: Kit) -> None:
    kept = secret()
    desk(registry).commit(kept.commitment, RELIEF)
    entry = desk(registry).reveal(revealing(kept), RELIEF).index
    with pytest.raises(Conflict, match=f"revealed already, by entry {entry}"):
        desk(registry).reveal(revealing(kept), RELIEF)
    with pytest.raises(Conflict, match="take a new label"):
        desk(registry).commit(secret(at=Position(1_000_000, 0)).commitment, RELIEF)


def test_the_same_commitment_stands_once(registry: Kit) -> None:
    kept = secret()
    entry = desk(registry).commit(kept.commitment, RELIEF).index
    with pytest.raises(Conflict, match=f"stands already, as entry {entry}"):
        desk(registry).commit(kept.commitment, RELIEF)


def test_nobody_registers_or_reveals_for_another(registry: Kit) -> None:
    kept = secret()
    with pytest.raises(NotPermitted, match="relief-2 cannot register or reveal for relief-1"):
        desk(registry).commit(kept.commitment, RIVAL)
    desk(registry).commit(kept.commitment, RELIEF)
    with pytest.raises(NotPermitted, match="relief-2 cannot"):
        desk(registry).reveal(revealing(kept), RIVAL)
    with pytest.raises(Conflict, match="relief-2 registered nothing under this label"):
        desk(registry).reveal(revealing(replace(kept, notifier="relief-2")), RIVAL)


@pytest.mark.parametrize("person", ["liaison-a", "ada"])
def test_only_notifiers_and_the_office_register(person: str, registry: Kit) -> None:
    with pytest.raises(NotPermitted, match=f"{person} is a .* and may not sign commitment/v1"):
        desk(registry).commit(secret(person).commitment, key_of(person))


def test_the_office_registers_only_what_two_of_its_staff_took_down(registry: Kit) -> None:
    kept = secret()
    officer = registry.office.signer
    with pytest.raises(NotPermitted, match="taken down by the office"):
        desk(registry).commit(kept.commitment, officer)
    with pytest.raises(NotPermitted, match="signed by its notifier"):
        desk(registry).commit(replace(kept.commitment, taken_down=CALL), RELIEF)
    with pytest.raises(BadInput, match="it takes two members of staff"):
        desk(registry).commit(replace(kept.commitment, taken_down=replace(CALL, heard_by="clerk-1")), officer)
    desk(registry).commit(replace(kept.commitment, taken_down=CALL), officer)
    desk(registry).reveal(replace(revealing(kept), taken_down=CALL), officer)
    assert desk(registry).count() == (Count("relief-1", 0, 1),)


def test_the_agreement_caps_commitments_and_their_cells(registry: Kit) -> None:
    rules: Deconfliction = desk(registry).rules
    large = secret(radius_m=500)
    assert large.commitment.cells > rules.commitment_cells
    with pytest.raises(Conflict, match=f"the agreement allows {rules.commitment_cells}; part the site"):
        desk(registry).commit(large.commitment, RELIEF)
    for n in range(rules.commitments):
        desk(registry).commit(secret(label=f"{n:032x}", at=Position(n * 10_000, 0)).commitment, RELIEF)
    more = secret(label="f" * 32)
    with pytest.raises(Conflict, match="as many as the agreement allows"):
        desk(registry).commit(more.commitment, RELIEF)
    with pytest.raises(Conflict, match="as many as the agreement allows"):
        desk(registry).check(more.commitment, RELIEF)
    desk(registry).commit(secret("relief-2").commitment, RIVAL)


def test_a_label_holds_no_more_than_one_reveal_can_open(registry: Kit) -> None:
    generous = replace(desk(registry).rules, commitments=10, commitment_cells=10_000)
    wide = CommitmentDesk(registry.office.intake.pen, generous)
    kept = [secret(at=Position(n * 300_000, 0), radius_m=2_000) for n in range(4)]
    together = sum(one.commitment.cells for one in kept)
    for one in kept:
        wide.commit(one.commitment, RELIEF)
    assert 5_000 < together < 6_000
    with pytest.raises(Conflict, match="room for 6000 cells, to be opened together"):
        wide.commit(secret(at=Position(0, 50_000_000), radius_m=3_000).commitment, RELIEF)
    wide.reveal(revealing(*kept), RELIEF)
    assert wide.count() == (Count("relief-1", 0, 4),)


def test_signed_entries_that_are_handed_in_reach_the_desk(registry: Kit) -> None:
    kept = secret()
    made = registry.sealed("relief-1", wire.COMMITMENT, wire.commitment_body(kept.commitment))
    opens = registry.sealed("relief-1", wire.REVEAL, wire.reveal_body(revealing(kept)))
    done = hand_over(registry.office, [made, opens])
    assert [kind for _, kind in done] == [wire.COMMITMENT, wire.REVEAL]
    assert desk(registry).count() == (Count("relief-1", 0, 1),)
    with pytest.raises(Conflict, match="revealed already"):
        hand_over(
            registry.office, [registry.sealed("relief-1", wire.REVEAL, wire.reveal_body(revealing(kept)))]
        )


def test_what_is_in_the_record_and_does_not_fit_counts_for_nothing(registry: Kit) -> None:
    """Somebody who writes past the desk gains nothing: every reader goes by the same rules."""
    kept, other = secret(), secret(at=Position(3_000_000, 4_000_000))
    desk(registry).commit(kept.commitment, RELIEF)
    desk(registry).commit(other.commitment, RELIEF)
    bodies = [
        ("relief-1", wire.REVEAL, wire.reveal_body(revealing(kept))),
        ("relief-2", wire.COMMITMENT, wire.commitment_body(secret(label=OTHER).commitment)),
        ("relief-1", wire.COMMITMENT, {"label": "my hospital"}),
    ]
    registry.office.record.append([registry.sealed(*one) for one in bodies])
    assert desk(registry).count() == (Count("relief-1", 2, 0),)
    registry.reopen()
    assert desk(registry).count() == (Count("relief-1", 2, 0),)


# It warns nobody.


def test_it_never_enters_an_index_so_nobody_meets_it(registry: Kit) -> None:
    kept = secret()
    movements = registry.office.movements
    before = set(movements.index.keys()), set(movements.cells.keys())
    desk(registry).commit(kept.commitment, RELIEF)
    for _ in range(2):
        movements = registry.office.movements
        here = [Volume(clinic(), None, None)]
        assert (set(movements.index.keys()), set(movements.cells.keys())) == before
        assert [one for one in movements.desk.meets(here) if one.notice is not None] == []
        for role in (Role.OFFICE, Role.NOTIFIER, None):
            asked = movements.desk.conflicts(here, Caller("relief-1", role))
            assert [one for one in asked if one.notice is not None or one.cell is not None] == []
        if desk(registry).listed()[0].revealed is None:
            desk(registry).reveal(revealing(kept), RELIEF)
        registry.reopen()


def test_it_is_never_shown_as_a_notice(registry: Kit) -> None:
    kept = secret()
    receipt = desk(registry).commit(kept.commitment, RELIEF)
    opened = desk(registry).reveal(revealing(kept), RELIEF)
    registry.reopen()
    movements = registry.office.movements
    assert movements.register.all() == ()
    for number in (receipt.index, opened.index):
        with pytest.raises(NotFound):
            movements.register.dossier(number)
        with pytest.raises(NotFound):
            movements.looking.look(number, Caller("relief-1", Role.NOTIFIER))


def test_nobody_can_have_acknowledged_it(registry: Kit) -> None:
    receipt = desk(registry).commit(secret().commitment, RELIEF)
    word = {
        "notice": receipt.index,
        "version": receipt.index,
        "recipient": "liaison-a",
        "answer": "acknowledged",
    }
    with pytest.raises(NotFound):
        hand_over(registry.office, [registry.sealed("liaison-a", "acknowledgement/v1", word)])
    step = {"notice": receipt.index, "op": "transmit", "recipient": "liaison-a", "channel": "telephone"}
    with pytest.raises(NotFound):
        hand_over(registry.office, [registry.sealed("relief-1", "notice-step/v1", step)])


def test_what_strikes_it_opens_no_case_though_a_notice_nearby_that_is_struck_does(registry: Kit) -> None:
    """The second half shows that the first could have gone wrong: the same fire on a notice opens a case."""
    office, beside = registry.office, Position(CLINIC.lat_u + 500_000, CLINIC.lon_u)
    registry.clock.at = sample.NOW
    kept = secret()
    desk(registry).commit(kept.commitment, RELIEF)
    notice = office.movements.desk.submit(
        sample.site(beside.lat_u, beside.lon_u, recipients=("liaison-a",)), RELIEF
    )
    office.movements.desk.step(Step(notice.notice, Op.RELEASE, purpose="case"), RELIEF)
    for source in SOURCES:
        office.intake.register_source(source, office.signer)
    for uid, at, hours in (("1", CLINIC, 1), ("2", beside, 9)):
        when = Instant(sample.NOW + hours * HOUR_MS)
        registry.clock.at = Instant(when + 120_000)
        (ref,) = registry.observe("ada", seen(uid, at=when, where=Disc(at, 50)))
        office.triage.open((ref,), key_of("ada"))
    desk(registry).reveal(revealing(kept), RELIEF)
    assert len(office.movements.strikes.open_cases(office.signer)) == 1
    ((_, case),) = office.movements.strikes.cases()
    assert (case.incident, case.chain.notice) == ("INC-2026-000002", notice.notice)
