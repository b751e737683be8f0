"""Notified-then-struck cases are opened by rule: for what was released, stood then, and lay there or may have."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.announcing import BOTH, Desk, found, opened
from tests.movements.sample import call, site
from tests.office_kit import seen
from trucekeeper.kernel.clock import Instant, Interval
from trucekeeper.movements.model import Answer, Op
from trucekeeper.movements.wire.struck import Struck
from trucekeeper.places.position import Disc, Position
from trucekeeper.record.ref import Ref

SPOT = Position(9_500_000, -18_200_000)
FAR = Position(9_600_000, -18_200_000)
MINUTE_MS = 60_000


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


def hospital(desk: Desk, *purposes: str, **changed: object) -> int:
    """Announced now, sent to both a minute later, acknowledged by one another minute later."""
    number = desk.announce(site(**changed)).notice  # type: ignore[arg-type]
    desk.later(1)
    desk.transmit(number, *BOTH)
    desk.later(1)
    desk.says(number, "liaison-a")
    for purpose in purposes:
        desk.step(number, Op.RELEASE, "relief-1", purpose=purpose)
    return number


def hit(
    desk: Desk, uid: str, minutes: int = 0, where: Disc | None = None, lasts: int = 1, **said: object
) -> Ref:
    """An explosion so many minutes from now, seen by a patrol, as an incident of its own."""
    ref = looked(desk, uid, minutes, where, lasts, **said)
    desk.office.triage.open((ref,), desk.officer)
    return ref


def looked(
    desk: Desk, uid: str, minutes: int = 0, where: Disc | None = None, lasts: int = 1, **said: object
) -> Ref:
    start = Instant(desk.clock.at + minutes * MINUTE_MS)
    when = Interval(start, Instant(start + lasts * MINUTE_MS))
    (entry,) = desk.observe(seen(uid * 32, start, when=when, where=where or Disc(SPOT, 50), **said))
    return Ref(entry)


def cases(desk: Desk) -> tuple[Struck, ...]:
    desk.office.movements.strikes.open_cases(desk.officer)
    return tuple(case for _, case in desk.office.movements.strikes.cases())


def incidents(desk: Desk) -> list[str]:
    return [one.id for one in desk.office.casebook.incidents()]


def test_a_case_says_who_knew(desk: Desk) -> None:
    number = hospital(desk, "case")
    desk.later(60)
    ref = hit(desk, "a")
    (case,) = cases(desk)
    assert (case.chain.notice, case.sightings, case.certain) == (number, (ref,), True)
    first, second = case.chain.knew
    assert first.acknowledged is not None
    assert (second.transmitted is not None, second.received, second.acknowledged) == (True, None, None)


@pytest.mark.parametrize("purposes", [(), ("report",), ("handover", "report")])
def test_without_its_notifiers_consent_no_case_is_opened(desk: Desk, purposes: tuple[str, ...]) -> None:
    hospital(desk, *purposes)
    hit(desk, "a")
    assert cases(desk) == ()


def test_a_release_that_comes_late_opens_the_case(desk: Desk) -> None:
    number = hospital(desk)
    desk.later(60)
    hit(desk, "a")
    assert cases(desk) == ()
    desk.later(60)
    desk.step(number, Op.RELEASE, purpose="case", read_back=call())
    assert [one.chain.notice for one in cases(desk)] == [number]


def test_a_release_after_it_was_closed_opens_the_case_too(desk: Desk) -> None:
    number = hospital(desk)
    desk.later(60)
    hit(desk, "a")
    desk.later(60)
    desk.step(number, Op.CLOSE)
    desk.step(number, Op.RELEASE, "relief-1", purpose="case")
    assert [one.chain.notice for one in cases(desk)] == [number]


@pytest.mark.parametrize("op", [Op.CLOSE, Op.WITHDRAW])
def test_what_was_over_before_is_no_case(desk: Desk, op: Op) -> None:
    number = hospital(desk, "case")
    desk.step(number, op, says="moved away")
    desk.later(60)
    hit(desk, "a")
    assert cases(desk) == ()


def test_what_was_announced_only_afterwards_is_no_case(desk: Desk) -> None:
    hit(desk, "a", minutes=-30)
    hospital(desk, "case")
    assert cases(desk) == ()


def test_what_was_announced_while_it_may_have_happened_is_a_case_that_is_not_sure(desk: Desk) -> None:
    hit(desk, "a", minutes=-30, lasts=60)
    number = hospital(desk, "case")
    (case,) = cases(desk)
    assert (case.chain.notice, case.certain) == (number, False)
    assert [knew.transmitted for knew in case.chain.knew] == [None, None]


def test_an_answer_after_it_happened_does_not_count_as_known(desk: Desk) -> None:
    number = hospital(desk, "case")
    hit(desk, "a")
    desk.later(5)
    desk.says(number, "liaison-b", Answer.ACKNOWLEDGED)
    (case,) = cases(desk)
    assert [knew.acknowledged is not None for knew in case.chain.knew] == [True, False]


def test_the_version_counts_that_stood_then(desk: Desk) -> None:
    number = hospital(desk, "case")
    desk.later(60)
    hit(desk, "a")
    desk.later(60)
    desk.announce(site(9_600_000, amends=number))
    desk.later(60)
    hit(desk, "b")
    hit(desk, "c", where=Disc(FAR, 50))
    assert [(one.chain.version, one.certain) for one in cases(desk)] == [
        (number, True),
        (desk.life(number).current.entry, True),
    ]


def test_none_is_opened_twice(desk: Desk) -> None:
    hospital(desk, "case")
    hit(desk, "a")
    assert len(cases(desk)) == 1
    assert desk.office.movements.strikes.open_cases(desk.officer) == ()
    ref = looked(desk, "b")
    desk.reopen()
    assert len(cases(desk)) == 1
    desk.office.triage.open((ref,), desk.officer)
    assert len(cases(desk)) == 2
    one, other = incidents(desk)
    desk.office.triage.merge(one, other, desk.officer)
    assert len(incidents(desk)) == 1
    assert len(cases(desk)) == 2, "the one happening was two cases; taken for one it is not a third"


@pytest.mark.parametrize(
    ("where", "lasts", "certain"),
    [
        (Disc(SPOT, 100), 1, True),
        (Disc(SPOT, 2_000), 1, False),
        (Disc(Position(9_503_500, -18_200_000), 300), 1, False),
        (Disc(FAR, 50), 1, None),
        (Disc(FAR, 11_000), 1, False),
        (Disc(FAR, 400_000), 1, False),
    ],
)
def test_surely_or_possibly_but_never_no(desk: Desk, where: Disc, lasts: int, certain: bool | None) -> None:
    hospital(desk, "case")
    desk.later(60)
    hit(desk, "a", where=where, lasts=lasts)
    assert [one.certain for one in cases(desk)] == ([] if certain is None else [certain])


def test_what_may_have_happened_after_it_was_withdrawn_is_not_certain(desk: Desk) -> None:
    number = hospital(desk, "case")
    hit(desk, "a", lasts=60)
    desk.later(30)
    desk.step(number, Op.WITHDRAW, "relief-1", says="moved away")
    (case,) = cases(desk)
    assert not case.certain


def test_two_that_disagree_about_the_place_make_nothing_certain(desk: Desk) -> None:
    hospital(desk, "case")
    refs = (looked(desk, "a"), looked(desk, "b", where=Disc(FAR, 50)))
    desk.office.triage.open(refs, desk.officer)
    (case,) = cases(desk)
    assert (case.sightings, case.certain) == (refs[:1], False)


def test_one_that_was_vaguer_takes_no_certainty_away(desk: Desk) -> None:
    hospital(desk, "case")
    refs = (looked(desk, "a"), looked(desk, "b", where=Disc(FAR, 20_000)))
    desk.office.triage.open(refs, desk.officer)
    (case,) = cases(desk)
    assert (case.sightings, case.certain) == (refs, True)


def test_fire_that_goes_on_strikes_what_is_announced_meanwhile(desk: Desk) -> None:
    """An incident lasts as long as all that was seen of it; each observation has its own time."""
    early = looked(desk, "a", minutes=-60, where=Disc(FAR, 50))
    number = hospital(desk, "case")
    late = looked(desk, "b")
    desk.office.triage.open((early, late), desk.officer)
    (case,) = cases(desk)
    assert (case.chain.notice, case.sightings) == (number, (late,))
