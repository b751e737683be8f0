"""Two offices: what one hands over, the other verifies, looks at, and cannot move on."""

import base64
import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.announcing import BOTH, HERE, Desk, around, found, opened
from tests.movements.sample import LATER, site
from tests.office_kit import key_of, seen
from trucekeeper.kernel.clock import Instant
from trucekeeper.kernel.errors import BadInput, Conflict, NotFound, NotPermitted, NotTrusted
from trucekeeper.movements.model import Acknowledgement, Answer, Ground, Kind, Notice, Op, State
from trucekeeper.movements.visibility import Caller, Sight, sight
from trucekeeper.movements.volume import Footprint, Form
from trucekeeper.movements.wire import handover
from trucekeeper.office import delivering, handing, witnessing
from trucekeeper.places.position import Disc, Position
from trucekeeper.record import bundle
from trucekeeper.record.ref import Ref
from trucekeeper.record.role import Role
from trucekeeper.stores.announced import announced

THERE = "office.example/humanitarian"


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("founded")
    found(root / "here")
    found(root / "there", THERE)
    return root


@pytest.fixture
def offices(founded: Path, tmp_path: Path) -> Iterator[tuple[Desk, Desk]]:
    """The humanitarian office, and ours."""
    shutil.copytree(founded, tmp_path / "both")
    there, here = opened(tmp_path / "both" / "there"), opened(tmp_path / "both" / "here")
    yield there, here
    there.office.close()
    here.office.close()


def life(desk: Desk, *shows: str, **changed: object) -> int:
    """A hospital that was sent to both, answered by one and passed on to the alternate of the other."""
    number = desk.sent(site(**changed), *BOTH)  # type: ignore[arg-type]
    desk.says(number, "liaison-a")
    desk.step(number, Op.ESCALATE, recipient="liaison-b", to="liaison-b2")
    word = Acknowledgement(number, number, "liaison-b", Answer.QUERIED, "which mole?")
    desk.desk.answer(word, key_of("liaison-b2"))
    if shows:
        desk.step(number, Op.RELEASE, "relief-1", purpose="handover", shows=shows)
    return number


def given(desk: Desk, number: int) -> bytes:
    witnessing.tick(desk.office)
    return handing.handed_over(desk.office, number)


def taken(here: Desk, there: Desk, number: int, amends: int | None = None) -> int:
    data = given(there, number)
    index = handing.take_over(here.office, data, there.office.record.vkey, amends).index
    return amends or index


def test_what_was_not_released_is_not_handed_over(offices: tuple[Desk, Desk]) -> None:
    there, _ = offices
    number = life(there)
    with pytest.raises(NotPermitted, match="did not release it for a handover"):
        given(there, number)
    there.step(number, Op.RELEASE, "relief-1", purpose="case")
    with pytest.raises(NotPermitted):
        given(there, number)


def test_only_the_released_fields_go(offices: tuple[Desk, Desk]) -> None:
    there, here = offices
    number = life(there, "where", photo_sha256="ab" * 32)
    data = given(there, number)
    for secret in ("Hospital at the mole", "Duty matron", "010 203", "ab" * 32):
        assert secret not in _everything(data)
    mine = taken(here, there, number)
    notice = here.life(mine).current.notice
    assert notice.where == there.life(number).current.notice.where
    assert notice.designation == handover.KEPT_BACK
    assert notice.contact.name == handover.KEPT_BACK
    assert notice.photo_sha256 is None
    (said,) = [one.entry.body for one in here.office.record.entries(kinds=(handover.KIND,))]
    assert "Duty matron" not in json.dumps(dict(said))


def _everything(data: bytes) -> str:
    """The bundle's text with all that is coded in it opened, as far as it can be."""
    text = data.decode("utf-8", "replace")
    for _ in range(2):
        for coded in re.findall(r"[A-Za-z0-9+/_-]{16,}={0,2}", text):
            raw = coded.rstrip("=").replace("-", "+").replace("_", "/")
            text += (
                base64.b64decode(raw + "=" * (-len(raw) % 4)).decode("utf-8", "replace")
                if len(raw) % 4 != 1
                else ""
            )
    return text


def test_what_is_shown_is_looked_for_where_it_can_be_found(offices: tuple[Desk, Desk]) -> None:
    """That the fields are found when they are released is what makes their absence mean something."""
    there, _ = offices
    data = given(there, life(there, "contact", "designation", "where"))
    assert "Duty matron" in _everything(data)
    assert "Hospital at the mole" in _everything(data)


def test_without_its_place_nothing_can_be_held_against_it(offices: tuple[Desk, Desk]) -> None:
    there, here = offices
    number = life(there, "contact")
    size = here.office.record.size()
    with pytest.raises(BadInput, match="ask for `where`"):
        taken(here, there, number)
    assert here.office.record.size() == size


@pytest.mark.parametrize("part", range(12))
def test_a_spoilt_byte_is_not_trusted(offices: tuple[Desk, Desk], part: int) -> None:
    there, here = offices
    data = bytearray(given(there, life(there, "where")))
    size = here.office.record.size()
    data[len(data) * part // 12 + 3] ^= 1
    with pytest.raises((NotTrusted, BadInput)):
        handing.take_over(here.office, bytes(data), there.office.record.vkey)
    assert here.office.record.size() == size


def test_another_offices_key_is_not_trusted(offices: tuple[Desk, Desk]) -> None:
    there, here = offices
    data = given(there, life(there, "where"))
    with pytest.raises(NotTrusted):
        handing.take_over(here.office, data, here.office.record.vkey)
    with pytest.raises(BadInput):
        handing.take_over(here.office, data, "no key at all")


def test_what_was_taken_over_is_met_like_ones_own(offices: tuple[Desk, Desk]) -> None:
    there, here = offices
    number = life(there, "where")
    mine = taken(here, there, number)
    assert {one.notice for one in here.desk.meets([HERE])} == {mine}
    (cell,) = here.desk.conflicts([HERE], Caller("liaison-a", Role.LIAISON, "party-a"))
    assert (cell.sight, cell.notice) == (Sight.CELL, None)
    done = here.announce(_crew())
    assert {one.notice for one in done.meets} == {mine}
    here.step(done.notice, Op.CHECK)
    with pytest.raises(Conflict, match=f"meets {mine}"):
        here.step(done.notice, Op.TRANSMIT, recipient="liaison-a", channel="sheet")
    here.reopen()
    assert {one.notice for one in here.desk.meets([HERE])} == {mine, done.notice}
    assert here.life(mine).origin == THERE


def _crew(**changed: object) -> Notice:
    where = Ground(
        (Footprint(Form.POINT, (Position(9_500_000, -18_200_000),), 10_000),),
        LATER,
        Instant(LATER + 43_200_000),
    )
    return replace(site(), **{"kind": Kind.ACTIVITY, "category": "repair", "where": where, **changed})


@pytest.mark.parametrize("who", ["relief-1", "liaison-a", "liaison-b", "liaison-b2"])
def test_nobody_here_is_taken_for_one_of_its_people(offices: tuple[Desk, Desk], who: str) -> None:
    """Both offices know somebody of that name: the notifier, the recipients, and the alternate it was passed to."""
    there, here = offices
    number = life(there, "where")
    mine = taken(here, there, number)
    role = Role.NOTIFIER if who == "relief-1" else Role.LIAISON
    assert sight(there.life(number), Caller(who, role)) is Sight.WHOLE
    assert sight(here.life(mine), Caller(who, role)) is Sight.CELL


def test_the_alternates_answer_counts_here_as_it_does_there(offices: tuple[Desk, Desk]) -> None:
    there, here = offices
    number = life(there, "where")
    mine = here.life(taken(here, there, number))
    assert mine.passed_over == ()
    assert [one.answer for one in mine.told] == [one.answer for one in there.life(number).told]
    assert mine.state is State.TRANSMITTED


def test_it_is_moved_on_only_where_it_came_from(offices: tuple[Desk, Desk]) -> None:
    there, here = offices
    mine = taken(here, there, life(there, "where"))
    size = here.office.record.size()
    for who in (None, "relief-1"):
        for op in (Op.ACTIVATE, Op.CLOSE, Op.CONFIRM):
            with pytest.raises(Conflict, match="have that office move it on"):
                here.step(mine, op, who)
    with pytest.raises(Conflict, match="have that office move it on"):
        here.announce(site(amends=mine))
    word = Acknowledgement(mine, mine, "liaison-a", Answer.ACKNOWLEDGED)
    with pytest.raises(Conflict, match="have that office move it on"):
        here.desk.answer(word, key_of("liaison-a"))
    assert here.office.record.size() == size


def test_its_clocks_do_not_run_here(offices: tuple[Desk, Desk]) -> None:
    there, here = offices
    taken(here, there, life(there, "where"))
    size = here.office.record.size()
    here.later(60 * 24 * 60)
    with delivering.courier(here.office) as courier:
        while courier.round():
            courier.settle()
    assert here.office.record.size() == size


def test_it_is_not_handed_on_from_here(offices: tuple[Desk, Desk]) -> None:
    """Its entries are numbered in the other record; ours of these numbers are something else."""
    there, here = offices
    mine = taken(here, there, life(there, "where"))
    witnessing.tick(here.office)
    with pytest.raises(NotPermitted, match="let that office hand it over"):
        handing.handed_over(here.office, mine)


def test_a_newer_state_takes_the_place_of_the_older(offices: tuple[Desk, Desk]) -> None:
    there, here = offices
    number = life(there, "where")
    old = given(there, number)
    mine = handing.take_over(here.office, old, there.office.record.vkey).index
    there.announce(site(9_900_000, amends=number))
    assert taken(here, there, number, mine) == mine
    assert {one.notice for one in here.desk.meets([HERE])} == set()
    assert {one.notice for one in here.desk.meets([around(9_900_000, -18_200_000)])} == {mine}
    with pytest.raises(Conflict, match="in a newer state already"):
        handing.take_over(here.office, old, there.office.record.vkey, mine)
    there.step(number, Op.CLOSE)
    taken(here, there, number, mine)
    assert here.desk.meets([around(9_900_000, -18_200_000)]) == ()
    here.reopen()
    assert here.life(mine).state is State.CLOSED
    assert here.desk.meets([around(9_900_000, -18_200_000)]) == ()


def test_a_newer_state_is_of_the_same_notice(offices: tuple[Desk, Desk]) -> None:
    there, here = offices
    one, two = life(there, "where"), life(there, "where")
    own = here.announce(site(9_700_000)).notice
    mine = taken(here, there, one)
    data, vkey = given(there, two), there.office.record.vkey
    with pytest.raises(Conflict, match="is another notice of"):
        handing.take_over(here.office, data, vkey, mine)
    with pytest.raises(Conflict, match="is not from"):
        handing.take_over(here.office, data, vkey, own)
    with pytest.raises(NotFound):
        handing.take_over(here.office, data, vkey, 999)


def test_two_notices_in_one_file_are_told_apart(offices: tuple[Desk, Desk]) -> None:
    there, here = offices
    one, two = life(there, "where"), there.announce(site(9_900_000)).notice
    witnessing.tick(there.office)
    refs = [Ref(line.entry) for line in (*there.life(one).steps, *there.life(two).steps)]
    both = bundle.collect(there.office.record, refs, "two notices")
    with pytest.raises(BadInput, match="more than one notice"):
        handing.take_over(here.office, both, there.office.record.vkey)
    part = bundle.collect(there.office.record, refs[1:3], "half a notice")
    with pytest.raises(BadInput, match="the whole of its life"):
        handing.take_over(here.office, part, there.office.record.vkey)


def test_struck_it_becomes_a_case_here_once_where_it_was_released_for_that(
    offices: tuple[Desk, Desk],
) -> None:
    there, here = offices
    number = life(there, "where")
    there.step(number, Op.RELEASE, "relief-1", purpose="case")
    there.step(number, Op.RELEASE, "relief-1", purpose="report")
    mine = taken(here, there, number)
    here.later(60)
    (entry,) = here.observe(seen("a" * 32, here.clock.at, where=Disc(Position(9_500_000, -18_200_000), 50)))
    here.office.triage.open((Ref(entry),), here.officer)
    strikes = here.office.movements.strikes
    assert len(strikes.open_cases(here.officer)) == 1
    here.reopen()
    assert here.office.movements.strikes.open_cases(here.officer) == ()
    ((_, case),) = here.office.movements.strikes.cases()
    assert (case.chain.notice, case.chain.origin, case.certain) == (mine, THERE, True)
    assert case.chain.version == number
    assert [knew.recipient for knew in case.chain.knew] == [f"{THERE}/{one}" for one in BOTH]
    with here.office.casebook.engine.connect() as connection:
        assert announced(connection, None) == (), "the consent to be counted here is given here"


def test_not_released_for_a_case_it_is_none(offices: tuple[Desk, Desk]) -> None:
    there, here = offices
    taken(here, there, life(there, "where"))
    here.later(60)
    (entry,) = here.observe(seen("a" * 32, here.clock.at, where=Disc(Position(9_500_000, -18_200_000), 50)))
    here.office.triage.open((Ref(entry),), here.officer)
    assert here.office.movements.strikes.open_cases(here.officer) == ()
