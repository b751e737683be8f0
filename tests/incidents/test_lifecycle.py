import pytest

from tests.incidents.sample import interval, sighting
from trucekeeper.incidents import lifecycle
from trucekeeper.incidents.act import Act, Op
from trucekeeper.kernel.clock import Instant, Interval, parse_utc
from trucekeeper.kernel.errors import BadInput, Conflict, NotFound
from trucekeeper.record.ref import Ref

ONE, TWO = "INC-2026-000001", "INC-2026-000002"


def refs(*entries: int) -> tuple[Ref, ...]:
    return tuple(Ref(entry) for entry in entries)


def opening(*entries: int, year: int = 2026) -> Act:
    return Act(Op.OPEN, refs(*entries), year=year)


def after(*acts: Act) -> lifecycle.Register:
    return lifecycle.fold((Ref(100 + index), act) for index, act in enumerate(acts))


def test_incidents_are_numbered_by_year_in_the_order_of_the_record() -> None:
    register = after(opening(3), opening(1, year=2025), opening(2))
    assert register.members == {ONE: refs(3), "INC-2025-000001": refs(1), TWO: refs(2)}
    assert register.next_id(2026) == "INC-2026-000003"


def test_added_observations_stand_in_the_order_of_the_record() -> None:
    register = after(opening(5), Act(Op.ADD, refs(9, 2), incident=ONE))
    assert register.members[ONE] == refs(2, 5, 9)
    assert register.home(Ref(9)) == ONE


def test_a_merged_id_leads_to_the_survivor_through_many_merges() -> None:
    merges = (Act(Op.MERGE, incident=TWO, other=ONE), Act(Op.MERGE, incident="INC-2026-000003", other=TWO))
    register = after(opening(1), opening(2), opening(3), *merges)
    assert register.resolve(ONE) == "INC-2026-000003"
    assert register.members == {"INC-2026-000003": refs(1, 2, 3)}


def test_a_split_undoes_a_merge_and_revives_the_id() -> None:
    before = after(opening(1, 2), opening(3))
    register = after(
        opening(1, 2),
        opening(3),
        Act(Op.MERGE, incident=ONE, other=TWO),
        Act(Op.SPLIT, refs(3), incident=ONE, other=TWO, year=2026),
    )
    assert (register.members, register.merged) == (before.members, before.merged)
    assert register.home(Ref(3)) == TWO


def test_a_split_makes_a_new_incident_where_none_is_revived() -> None:
    register = after(opening(1, 2), Act(Op.SPLIT, refs(2), incident=ONE, year=2026))
    assert register.members == {ONE: refs(1), TWO: refs(2)}


@pytest.mark.parametrize(
    ("act", "says"),
    [
        (opening(1), "already belongs to"),
        (opening(), "no observation is named"),
        (Act(Op.OPEN, refs(9)), "has no year"),
        (Act(Op.ADD, refs(9), incident="INC-2026-000009"), "no standing incident"),
        (Act(Op.ADD, refs(2), incident=ONE), "already belongs to"),
        (Act(Op.MERGE, incident=ONE, other=ONE), "with itself"),
        (Act(Op.MERGE, incident=ONE, other=None), "no standing incident"),
        (Act(Op.SPLIT, refs(1, 2), incident=ONE, year=2026), "leave at least one"),
        (Act(Op.SPLIT, (), incident=ONE, year=2026), "leave at least one"),
        (Act(Op.SPLIT, refs(3), incident=ONE, year=2026), "leave at least one"),
        (Act(Op.SPLIT, refs(1), incident=ONE, other=TWO, year=2026), "was not merged into"),
    ],
)
def test_an_act_that_cannot_be_changes_nothing_and_is_kept_with_the_reason(act: Act, says: str) -> None:
    before = after(opening(1, 2), opening(3))
    register = after(opening(1, 2), opening(3), act)
    assert (register.members, register.merged) == (before.members, before.merged)
    ((ref, reason),) = register.refused
    assert ref == Ref(102)
    assert says in reason


def test_an_act_on_a_merged_incident_names_the_survivor() -> None:
    register = after(opening(1), opening(2), Act(Op.MERGE, incident=ONE, other=TWO))
    with pytest.raises(Conflict, match=f"merged into {ONE}"):
        register.apply(Act(Op.ADD, refs(7), incident=TWO))


def test_a_failed_split_without_a_year_moves_nobody() -> None:
    register = after(opening(1, 2))
    with pytest.raises(BadInput):
        register.apply(Act(Op.SPLIT, refs(2), incident=ONE))
    assert register.members == {ONE: refs(1, 2)}


def test_an_id_that_nobody_made_is_not_found() -> None:
    with pytest.raises(NotFound):
        after().resolve(ONE)


def test_an_incident_spans_its_observations() -> None:
    made = lifecycle.incident(ONE, (sighting(8, when=interval(30, 5)), sighting(3, when=interval(-10, 5))))
    assert [one.ref for one in made.members] == [Ref(3), Ref(8)]
    assert made.when == Interval(interval(-10, 5).start, interval(30, 5).end)


def test_an_incident_without_an_end_has_none() -> None:
    endless = Interval(interval(0, 0).start, None)
    assert lifecycle.incident(ONE, (sighting(1), sighting(2, when=endless))).when.end is None


def test_an_incident_needs_an_observation() -> None:
    with pytest.raises(BadInput):
        lifecycle.incident(ONE, ())


def test_the_year_is_that_of_the_start_in_utc() -> None:
    eve = Interval(parse_utc("2025-12-31T23:59:59.999Z"), Instant(parse_utc("2026-01-01T00:10:00.000Z")))
    assert lifecycle.year_of((sighting(1, when=eve),)) == 2025
