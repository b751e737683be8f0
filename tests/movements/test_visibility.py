"""Who sees what: one function, denied by default."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.movements.announced import Life, convoy, hospital
from trucekeeper.movements.model import Op
from trucekeeper.movements.visibility import Caller, Sight, guarded, in_force, sight
from trucekeeper.record.role import Role

OFFICER = Caller("officer", Role.OFFICE)
NOTIFIER = Caller("lake-relief", Role.NOTIFIER)
LIAISON_A = Caller("liaison-a", Role.LIAISON, "party-a")
LIAISON_B = Caller("liaison-b", Role.LIAISON, "party-b")
STRANGER = Caller("other-relief", Role.NOTIFIER)


def closing(op: Op) -> dict[str, str]:
    return {"says": "It is over."} if op is Op.WITHDRAW else {}


def test_a_draft_is_for_its_notifier_and_the_office_alone() -> None:
    draft = Life(hospital()).dossier
    assert {one: sight(draft, one) for one in (OFFICER, NOTIFIER, LIAISON_A, STRANGER)} == {
        OFFICER: Sight.WHOLE,
        NOTIFIER: Sight.WHOLE,
        LIAISON_A: Sight.NOTHING,
        STRANGER: Sight.NOTHING,
    }


def test_a_recipient_sees_it_whole_once_it_was_sent_to_that_recipient() -> None:
    life = Life(hospital()).transmit("liaison-a")
    assert sight(life.dossier, LIAISON_A) is Sight.WHOLE
    assert sight(life.dossier, LIAISON_B) is Sight.CELL


def test_everybody_else_meets_the_cell_while_it_is_in_force() -> None:
    life = Life(hospital())
    life.step(Op.CHECK)
    assert sight(life.dossier, STRANGER) is Sight.CELL
    life.step(Op.CLOSE)
    assert sight(life.dossier, STRANGER) is Sight.NOTHING


@pytest.mark.parametrize("op", [Op.CLOSE, Op.WITHDRAW])
def test_what_is_over_is_seen_by_those_who_saw_it(op: Op) -> None:
    life = Life(hospital()).transmit("liaison-a")
    life.step(op, **closing(op))
    assert sight(life.dossier, LIAISON_A) is Sight.WHOLE
    assert sight(life.dossier, LIAISON_B) is Sight.NOTHING


def test_a_recipient_whom_the_notifier_names_no_more_is_not_cleared_any_more() -> None:
    life = Life(convoy()).transmit("liaison-b")
    life.amend(10, recipients=("liaison-b",))
    assert sight(life.dossier, LIAISON_A) is Sight.CELL
    assert sight(life.dossier, LIAISON_B) is Sight.WHOLE


def test_an_amendment_that_waits_for_its_check_does_not_take_the_constraint_away() -> None:
    life = Life(convoy())
    life.step(Op.CHECK)
    life.amend(10, uncertainty_m=400)
    assert in_force(life.dossier)
    assert sight(life.dossier, STRANGER) is Sight.CELL


def test_the_alternate_to_whom_it_was_passed_on_sees_it_whole() -> None:
    alternate = Caller("deputy-a", Role.LIAISON, "party-a")
    life = Life(convoy()).transmit("liaison-a")
    assert sight(life.dossier, alternate) is Sight.CELL
    life.step(Op.ESCALATE, recipient="liaison-a", to="deputy-a")
    assert sight(life.dossier, alternate) is Sight.WHOLE


def test_nobody_is_cleared_by_being_called_hotline() -> None:
    life = Life(convoy()).transmit("liaison-a")
    life.step(Op.ESCALATE, recipient="liaison-a", to="hotline")
    assert sight(life.dossier, Caller("hotline", Role.MONITOR)) is Sight.CELL


@given(
    role=st.sampled_from([one for one in Role if one is not Role.OFFICE]),
    party=st.sampled_from([None, "party-a", "party-b"]),
)
def test_neither_role_nor_party_clears_anybody_but_the_office(role: Role, party: str | None) -> None:
    sent = Life(hospital()).transmit("liaison-a", "liaison-b").dossier
    assert sight(sent, Caller("somebody", role, party)) is Sight.CELL
    assert sight(Life(hospital()).dossier, Caller("somebody", role, party)) is Sight.NOTHING


@pytest.mark.parametrize("name", ["officer", "lake-relief", "liaison-a"])
def test_a_name_that_the_key_set_does_not_know_clears_for_nothing(name: str) -> None:
    sent = Life(hospital()).transmit("liaison-a").dossier
    assert sight(sent, Caller(name, None)) is Sight.CELL


def test_reading_a_site_is_recorded_unless_it_is_ones_own() -> None:
    site, route = Life(hospital()).dossier, Life(convoy()).dossier
    assert [guarded(site, one) for one in (OFFICER, LIAISON_A, NOTIFIER)] == [True, True, False]
    assert not guarded(route, OFFICER)
