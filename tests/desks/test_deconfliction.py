"""The deconfliction desk: who may say what, and that no conflict is ever missed."""

import json
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest

from tests.announcing import BOTH, HERE, Desk, around, found, opened
from tests.movements.sample import LATER, call, site
from tests.office_kit import key_of
from trucekeeper.desks.deconfliction import Met
from trucekeeper.kernel.clock import Instant
from trucekeeper.kernel.errors import BadInput, Conflict, NotFound, NotPermitted, NotTrusted, TruceError
from trucekeeper.movements.model import Acknowledgement, Answer, Ground, Kind, Op, ReadBack, State
from trucekeeper.movements.visibility import Caller, Sight
from trucekeeper.movements.volume import Footprint, Form
from trucekeeper.movements.wire import notices
from trucekeeper.places.position import Position
from trucekeeper.record.pen import Pen
from trucekeeper.record.role import Role


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("founded") / "office"
    found(root)
    return root


@pytest.fixture
def desk(founded: Path, tmp_path: Path) -> Iterator[Desk]:
    made = opened(Path(shutil.copytree(founded, tmp_path / "office")))
    yield made
    made.office.close()


def activity(**changed: object):
    """A repair of 12 hours where the sample's site is."""
    where = Ground(
        (Footprint(Form.POINT, (Position(9_500_000, -18_200_000),), 10_000),),
        LATER,
        Instant(LATER + 43_200_000),
    )
    made = replace(site(), kind=Kind.ACTIVITY, category="repair", where=where)
    return replace(made, **changed)


def test_the_later_of_two_notices_is_told_of_the_earlier(desk: Desk) -> None:
    first = desk.announce(site())
    second = desk.announce(activity(), "relief-2")
    assert first.meets == ()
    assert {one.notice for one in second.meets} == {first.notice}


def test_twenty_at_once_and_each_pair_meets(desk: Desk) -> None:
    said = [activity(designation=f"Crew {number}") for number in range(20)]
    assert desk.office.movements.desk is desk.desk
    with ThreadPoolExecutor(20) as threads:
        done = list(threads.map(desk.announce, said))
    told = {one.notice: {met.notice for met in one.meets} for one in done}
    assert len(told) == 20
    for one, other in combinations(sorted(told), 2):
        assert one in told[other], "the later names the earlier"
        assert other not in told[one]


def test_questions_beside_twenty_writers_never_lack_what_was_answered_before(desk: Desk) -> None:
    answered: list[int] = []

    def announced(number: int) -> None:
        answered.append(desk.announce(activity(designation=f"Crew {number}")).notice)

    def asked(_: int) -> set[int]:
        before = set(answered)
        return before - {one.notice for one in desk.desk.meets([HERE]) if one.notice is not None}

    with ThreadPoolExecutor(20) as threads:
        writing = [threads.submit(announced, number) for number in range(20)]
        reading = [threads.submit(asked, number) for number in range(40)]
        assert [one.result() for one in reading] == [set()] * 40
        assert [one.result() for one in writing] == [None] * 20


def test_sites_do_not_meet_sites_but_everything_else_meets_them(desk: Desk) -> None:
    one = desk.announce(site())
    assert desk.announce(site(designation="Ward B"), "relief-2").meets == ()
    assert one.notice in {met.notice for met in desk.announce(activity()).meets}


def test_an_amended_notice_does_not_meet_itself_and_its_old_place_is_free(desk: Desk) -> None:
    one = desk.announce(activity())
    moved = site(9_900_000).where
    newer = desk.announce(activity(amends=one.notice, where=replace(activity().where, areas=moved.areas)))
    assert newer.notice == one.notice
    assert newer.meets == ()
    assert desk.desk.meets([HERE]) == ()
    assert {met.notice for met in desk.desk.meets([around(9_900_000, -18_200_000)])} == {one.notice}


@pytest.mark.parametrize("op", [Op.CLOSE, Op.WITHDRAW])
def test_what_is_over_is_met_no_more(desk: Desk, op: Op) -> None:
    number = desk.announce(activity()).notice
    desk.step(number, op, says="it rains")
    assert desk.desk.meets([HERE]) == ()


# who may sign what


def test_the_office_signs_only_what_it_took_down(desk: Desk) -> None:
    with pytest.raises(NotPermitted, match="sign it yourself, or say who took it down"):
        desk.desk.submit(activity(), desk.officer)
    taken = desk.announce(activity(taken_down=call()))
    assert desk.life(taken.notice).notifier == "relief-1"


def test_a_notifier_does_not_claim_that_the_office_took_it_down(desk: Desk) -> None:
    with pytest.raises(NotPermitted):
        desk.desk.submit(activity(taken_down=call()), key_of("relief-1"))


@pytest.mark.parametrize("who", ["liaison-a", "ada", "cleo", "nobody"])
def test_only_notifiers_announce(desk: Desk, who: str) -> None:
    size = desk.office.record.size()
    with pytest.raises((NotPermitted, NotTrusted)):
        desk.desk.submit(activity(), key_of(who))
    assert desk.office.record.size() == size


def test_a_notice_to_somebody_unknown_is_refused_and_named(desk: Desk) -> None:
    size = desk.office.record.size()
    with pytest.raises(BadInput, match="liaison-z"):
        desk.announce(activity(recipients=("liaison-a", "liaison-z")))
    assert desk.office.record.size() == size


def test_an_amendment_keeps_whom_the_notice_went_to(desk: Desk) -> None:
    number = desk.announce(activity()).notice
    desk.transmit(number, "liaison-b")
    size = desk.office.record.size()
    with pytest.raises(Conflict, match="went to liaison-b, who would not hear of the change; keep it among"):
        desk.announce(activity(amends=number, recipients=("liaison-a",)))
    assert desk.office.record.size() == size
    desk.announce(activity(amends=number, recipients=("liaison-b",)))


def test_only_its_own_notifier_amends_a_notice(desk: Desk) -> None:
    number = desk.announce(activity()).notice
    with pytest.raises(Conflict, match="let its own notifier amend it"):
        desk.announce(activity(amends=number), "relief-2")
    with pytest.raises(Conflict, match="let its own notifier amend it"):
        desk.announce(activity(amends=number, taken_down=replace(call(), caller="relief-2")))
    desk.announce(activity(amends=number, taken_down=call()))
    assert len(desk.life(number).versions) == 2


@pytest.mark.parametrize(
    ("op", "said"),
    [
        (Op.CHECK, {}),
        (Op.TRANSMIT, {"recipient": "liaison-a", "channel": "sheet"}),
        (Op.ESCALATE, {"recipient": "liaison-a", "to": "hotline"}),
        (Op.CALL, {"recipient": "liaison-a", "read_back": call()}),
        (Op.STALE, {}),
    ],
)
def test_these_steps_are_the_offices_alone(desk: Desk, op: Op, said: dict) -> None:
    number = desk.sent(activity(), "liaison-a")
    with pytest.raises(Conflict, match="leave it to the office"):
        desk.step(number, op, "relief-1", **said)


@pytest.mark.parametrize("op", [Op.ACTIVATE, Op.CLOSE, Op.WITHDRAW, Op.CONFIRM, Op.DEVIATE])
def test_another_notifier_moves_nothing_on(desk: Desk, op: Op) -> None:
    number = desk.sent(activity(), "liaison-a")
    needs = {"says": "why"} if op in {Op.WITHDRAW, Op.DEVIATE} else {}
    with pytest.raises(Conflict, match="only its notifier or the office"):
        desk.step(number, op, "relief-2", **needs)
    with pytest.raises((NotPermitted, NotTrusted)):
        desk.step(number, op, "liaison-a", **needs)


def test_a_release_by_the_office_needs_the_notifier_read_back(desk: Desk) -> None:
    number = desk.announce(site()).notice
    with pytest.raises(Conflict, match="read back by two"):
        desk.step(number, Op.RELEASE, purpose="case", says="they will not mind")
    desk.step(number, Op.RELEASE, purpose="case", read_back=call())
    desk.step(number, Op.RELEASE, "relief-1", purpose="report")
    assert desk.life(number).released == {"case", "report"}


def test_only_who_was_sent_it_or_its_alternate_answers(desk: Desk) -> None:
    number = desk.sent(activity(), "liaison-a")
    with pytest.raises(Conflict, match="was not transmitted to that recipient"):
        desk.says(number, "liaison-b")
    word = Acknowledgement(number, number, "liaison-a", Answer.ACKNOWLEDGED)
    with pytest.raises(Conflict, match="answers notice"):
        desk.desk.answer(word, key_of("liaison-a2"))
    with pytest.raises(Conflict, match="answers notice"):
        desk.desk.answer(word, desk.officer)
    with pytest.raises(Conflict, match="only the office takes down"):
        desk.desk.answer(replace(word, taken_down=call()), key_of("liaison-a"))
    desk.step(number, Op.ESCALATE, recipient="liaison-a", to="liaison-a2")
    desk.desk.answer(word, key_of("liaison-a2"))
    told = desk.life(number).of("liaison-a")
    assert told is not None
    assert told.answer is Answer.ACKNOWLEDGED


def test_an_objection_blocks_nothing(desk: Desk) -> None:
    number = desk.sent(activity(), *BOTH)
    desk.says(number, "liaison-a", Answer.OBJECTED, says="the road is ours")
    desk.step(number, Op.ACTIVATE, "relief-1")
    assert desk.life(number).state is State.ACTIVE


def test_what_came_incomplete_is_refused(desk: Desk) -> None:
    pen = Pen(desk.office.record, desk.clock, lambda size: bytes(range(size)))
    sealed = pen.sealed(key_of("relief-1"), notices.KIND, notices.body(activity()), notices.APART)
    form = json.loads(sealed)
    fewer = {**form, "d": form["d"][1:]}
    with pytest.raises(BadInput, match="send them all"):
        desk.desk.receive(json.dumps(fewer, separators=(",", ":")).encode())
    desk.desk.receive(sealed)
    with pytest.raises(TruceError):
        desk.desk.receive(sealed)
    assert len(list(desk.office.record.entries(kinds=(notices.KIND,)))) == 1


def test_what_is_not_the_desks_is_named(desk: Desk) -> None:
    sealed = Pen(desk.office.record, desk.clock, bytes).sealed(key_of("cleo"), "vote/v1", {"a": 1})
    with pytest.raises(BadInput, match="hand it to the desk it is meant for"):
        desk.desk.receive(sealed)


def test_a_notice_that_is_not_there_is_not_moved_on(desk: Desk) -> None:
    for number in (1, 2, 999):
        with pytest.raises((NotFound, BadInput)):
            desk.step(number, Op.CHECK)


@pytest.mark.parametrize(
    "said", [ReadBack("pigeon", "a", "b", "relief-1"), ReadBack("radio", "a", "b b", "relief-1")]
)
def test_what_could_not_be_read_again_is_not_recorded(desk: Desk, said: ReadBack) -> None:
    """It would stand in the record, and no index would ever hold it."""
    size = desk.office.record.size()
    with pytest.raises(BadInput):
        desk.announce(activity(taken_down=said))
    number = desk.sent(activity(), "liaison-a")
    with pytest.raises(BadInput):
        desk.step(number, Op.CALL, recipient="liaison-a", read_back=said)
    with pytest.raises(BadInput):
        desk.says(number, "liaison-a", taken_down=said)
    assert desk.office.record.size() == size + 3


# waivers


def test_nothing_is_transmitted_while_it_meets_what_nobody_answers_for(desk: Desk) -> None:
    one = desk.announce(site()).notice
    two = desk.announce(activity()).notice
    three = desk.announce(activity(), "relief-2").notice
    desk.step(two, Op.CHECK)
    with pytest.raises(Conflict, match=f"meets {one}, {three}"):
        desk.step(two, Op.TRANSMIT, recipient="liaison-a", channel="sheet")
    desk.step(two, Op.WAIVE, meets=(one,), by="relief-1", says="they asked for it")
    with pytest.raises(Conflict, match=f"meets {three};"):
        desk.step(two, Op.TRANSMIT, recipient="liaison-a", channel="sheet")
    desk.step(two, Op.WAIVE, meets=(three,), by="relief-1", says="one crew")
    desk.step(two, Op.TRANSMIT, recipient="liaison-a", channel="sheet")
    assert desk.desk.conflicts_of(desk.life(two)) == ()


def test_a_waiver_lapses_with_the_version_it_was_given_for(desk: Desk) -> None:
    one = desk.announce(site()).notice
    two = desk.announce(activity()).notice
    desk.step(two, Op.WAIVE, meets=(one,), by="relief-1", says="they asked for it")
    desk.transmit(two, "liaison-a")
    desk.announce(activity(amends=two, purpose="Mending twice as long."))
    assert {met.notice for met in desk.desk.conflicts_of(desk.life(two))} == {one}
    desk.step(two, Op.CHECK)
    with pytest.raises(Conflict, match=f"meets {one}"):
        desk.step(two, Op.TRANSMIT, recipient="liaison-a", channel="sheet")


def test_nobody_waives_what_is_not_there_yet(desk: Desk) -> None:
    two = desk.announce(activity()).notice
    with pytest.raises(Conflict, match="does not meet"):
        desk.step(two, Op.WAIVE, meets=(two + 1, two + 2), by="relief-1", says="whatever comes")
    later = desk.announce(activity(), "relief-2")
    assert {met.notice for met in desk.desk.conflicts_of(desk.life(two))} == {later.notice}


def test_who_answers_for_an_overlap_is_somebody_with_a_key(desk: Desk) -> None:
    one, two = desk.announce(site()).notice, desk.announce(activity()).notice
    with pytest.raises(BadInput, match="holds no keys here"):
        desk.step(two, Op.WAIVE, meets=(one,), by="somebody", says="they asked for it")


def water_works(desk: Desk) -> Position:
    shape = desk.office.agreement.zone("water-works").shape
    return shape.polygons[0].outer[0]  # type: ignore[union-attr]


def test_a_zone_where_nobody_goes_is_waived_by_its_name(desk: Desk) -> None:
    where = replace(activity().where, areas=(Footprint(Form.POINT, (water_works(desk),), 30_000),))
    done = desk.announce(activity(where=where))
    assert {one.zone for one in done.meets} == {"water-works"}
    desk.step(done.notice, Op.CHECK)
    with pytest.raises(Conflict, match="zone water-works"):
        desk.step(done.notice, Op.TRANSMIT, recipient="liaison-a", channel="sheet")
    desk.step(done.notice, Op.WAIVE, zones=("water-works",), by="relief-1", says="the pumps stand still")
    desk.step(done.notice, Op.TRANSMIT, recipient="liaison-a", channel="sheet")
    desk.step(done.notice, Op.ACTIVATE, "relief-1")
    assert desk.life(done.notice).state is State.ACTIVE


def test_a_site_in_a_zone_where_nobody_goes_is_no_conflict(desk: Desk) -> None:
    at = water_works(desk)
    done = desk.announce(site(at.lat_u, at.lon_u))
    assert done.meets == ()
    desk.transmit(done.notice, "liaison-a")
    desk.step(done.notice, Op.ACTIVATE, "relief-1")
    assert desk.life(done.notice).state is State.ACTIVE


# what callers are told


def test_the_uncleared_meet_the_cell_and_the_cleared_the_notice(desk: Desk) -> None:
    number = desk.sent(site(), "liaison-a")
    whole = desk.desk.conflicts([HERE], Caller("liaison-a", Role.LIAISON, "party-a"))
    cell = desk.desk.conflicts([HERE], Caller("liaison-b", Role.LIAISON, "party-b"))
    assert [(one.sight, one.notice) for one in whole] == [(Sight.WHOLE, number)]
    assert [(one.sight, one.notice) for one in cell] == [(Sight.CELL, None)]
    beside = around(9_500_000 + 15_000, -18_200_000)
    far = desk.desk.conflicts([beside], Caller("liaison-b", Role.LIAISON, "party-b"))
    assert [replace(one, by=0) for one in far] == [replace(one, by=0) for one in cell], "anywhere in it alike"


def test_before_its_check_and_after_its_end_the_uncleared_learn_nothing(desk: Desk) -> None:
    stranger = Caller("liaison-b", Role.LIAISON, "party-b")
    number = desk.announce(site()).notice
    assert desk.desk.conflicts([HERE], stranger) == ()
    desk.step(number, Op.CHECK)
    assert len(desk.desk.conflicts([HERE], stranger)) == 1
    desk.step(number, Op.WITHDRAW, says="moved away")
    assert desk.desk.conflicts([HERE], stranger) == ()


def test_what_became_active_unchecked_can_still_be_checked(desk: Desk) -> None:
    """Else the uncleared would never learn of it."""
    number = desk.announce(activity()).notice
    desk.step(number, Op.ACTIVATE, "relief-1")
    with pytest.raises(Conflict, match="check it first"):
        desk.step(number, Op.TRANSMIT, recipient="liaison-a", channel="sheet")
    desk.step(number, Op.CHECK)
    assert desk.life(number).state is State.ACTIVE
    assert len(desk.desk.conflicts([HERE], Caller("liaison-b", Role.LIAISON, "party-b"))) == 1
    desk.step(number, Op.TRANSMIT, recipient="liaison-a", channel="sheet")
    assert desk.life(number).state is State.ACTIVE


def test_met_is_told_in_order_and_once(desk: Desk) -> None:
    one, two = desk.announce(site()).notice, desk.announce(activity()).notice
    assert desk.desk.meets([HERE, HERE]) == (Met(0, one), Met(0, two), Met(1, one), Met(1, two))
