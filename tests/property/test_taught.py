"""What holds whatever adjudicated incidents have taught: the bounds of weighing are not for a record to move."""

from dataclasses import replace
from random import Random

from hypothesis import assume, given
from hypothesis import strategies as st

from tests.weighing.worlds import ALLEGED, KINDS, bodies, evidence, said, source, watch
from trucekeeper.kernel import canon
from trucekeeper.weighing.entry import fit_body, read_fit
from trucekeeper.weighing.evidence import Evidence
from trucekeeper.weighing.fit import CLASS, SOURCE, STANCES, Fit, prior_fit
from trucekeeper.weighing.voiced import MOST_RECORD, MOST_TOLD
from trucekeeper.weighing.weigh import weigh
from trucekeeper.weighing.weighed import ESTABLISHED, UNVERIFIABLE, Weighed

NAMES = (*(CLASS + kind for kind in (*KINDS, "party")), *(f"{SOURCE}s{number}" for number in range(4)))
TOLD = st.sampled_from((-MOST_TOLD, -100_000, 0, 7, MOST_TOLD))
RECORD = st.sampled_from((-MOST_RECORD, -300_000, 0, MOST_RECORD))


@st.composite
def taught(draw: st.DrawFn) -> Fit:
    """A fit with any record within the bounds."""
    voiced = {(name, stance): (draw(TOLD), draw(TOLD)) for name in NAMES for stance in STANCES}
    return replace(prior_fit(), voiced=voiced, record=draw(st.tuples(RECORD, RECORD, RECORD, RECORD)))


def answers(body: Evidence, fit: Fit) -> list[Weighed]:
    return list(weigh(body, fit))


@given(bodies(), taught(), st.randoms(use_true_random=False))
def test_the_order_of_arrival_changes_nothing(body: Evidence, fit: Fit, random: Random) -> None:
    mixed = replace(
        body,
        sources=tuple(random.sample(body.sources, len(body.sources))),
        statements=tuple(random.sample(body.statements, len(body.statements))),
        watches=tuple(random.sample(body.watches, len(body.watches))),
    )
    assert answers(mixed, fit) == answers(body, fit)


@given(bodies(), taught(), st.integers(1, 12), st.booleans(), st.data())
def test_copies_move_the_log_odds_by_a_twentieth_at_most(
    body: Evidence, fit: Fit, count: int, declared: bool, data: st.DataObject
) -> None:
    assume(body.sources)
    copied = data.draw(st.sampled_from(body.sources))
    sources, statements, watches = list(body.sources), list(body.statements), list(body.watches)
    for number in range(count):
        name = f"clone{number}"
        sources.append(replace(copied, id=name, parent=copied.id if declared else copied.parent))
        statements += [
            replace(one, id=f"{one.id}.{number}", source=name)
            for one in body.statements
            if one.source == copied.id
        ]
        watches += [replace(one, source=name) for one in body.watches if one.source == copied.id]
    more = replace(body, sources=tuple(sources), statements=tuple(statements), watches=tuple(watches))
    for before, after in zip(answers(body, fit), answers(more, fit), strict=True):
        assert abs(after.log_odds_milli - before.log_odds_milli) <= 50


@given(bodies(), taught())
def test_the_shares_sum_to_the_log_odds(body: Evidence, fit: Fit) -> None:
    for found in answers(body, fit):
        assert found.prior_milli + sum(one.milli for one in found.shares) == found.log_odds_milli
        assert 1 <= found.lowest_ppm <= found.probability_ppm <= found.highest_ppm <= 999_999


@given(bodies(), taught(), st.sampled_from((0, 300, 999, 4000, 14_000)))
def test_one_more_sensor_that_agrees_never_lowers_the_probability(
    body: Evidence, fit: Fit, metres: int
) -> None:
    lines = [
        watch("new", detected=True, hypothesis=one.id, distance_m=metres, points_to=one.named)
        for one in body.hypotheses
    ]
    heard = source("new", modality="seismic", group="new")
    more = replace(body, sources=(*body.sources, heard), watches=(*body.watches, *lines))
    for before, after in zip(answers(body, fit), answers(more, fit), strict=True):
        assert after.probability_ppm >= before.probability_ppm - 1  # the last digit is rounded


@given(taught(), st.integers(0, 4), st.integers(1, 900_000))
def test_a_denial_of_the_named_side_alone_never_refutes(fit: Fit, others: int, violation: int) -> None:
    base = (violation, 0, 0, 0, 1_000_000 - violation)
    deniers = [source(f"s{number}", side="north", kind="party") for number in range(others + 1)]
    told = [said(one.id, "deny", at_ms=at) for at, one in enumerate(deniers)]
    (found,) = answers(evidence(replace(ALLEGED, base_ppm=base), *deniers, *told), fit)
    assert abs(found.bayes_milli) <= 50
    assert found.answer == UNVERIFIABLE


@given(taught(), st.integers(1, 12), st.integers(1, 999_000))
def test_a_claim_of_the_claimant_alone_never_establishes(fit: Fit, count: int, violation: int) -> None:
    base = (violation, 0, 0, 0, 1_000_000 - violation)
    claimants = [
        source(f"s{number}", side="south", kind="party", group=f"g{number}") for number in range(count)
    ]
    told = [said(one.id, at_ms=at) for at, one in enumerate(claimants)]
    (found,) = answers(evidence(replace(ALLEGED, base_ppm=base), *claimants, *told), fit)
    assert found.answer != ESTABLISHED
    assert found.probability_ppm <= max(900_000, violation + 1)


@given(taught(), st.lists(st.tuples(st.integers(0, 20_000), st.booleans()), max_size=20))
def test_one_modality_alone_never_passes_nine_in_ten(fit: Fit, heard: list[tuple[int, bool]]) -> None:
    sensors = [source(f"e{number}", modality="seismic") for number in range(len(heard))]
    lines = [
        watch(one.id, detected=detected, distance_m=metres, points_to="north")
        for one, (metres, detected) in zip(sensors, heard, strict=True)
    ]
    (found,) = answers(evidence(*sensors, *lines), fit)
    assert found.probability_ppm <= 900_000


@given(taught(), bodies())
def test_no_evidence_leaves_the_prior(fit: Fit, body: Evidence) -> None:
    silent = replace(body, statements=(), watches=())
    for one, found in zip(silent.hypotheses, answers(silent, fit), strict=True):
        assert (
            found.probability_ppm == min(max(one.base_ppm[0], 1), 999_999) or not 0 < one.base_ppm[0] < 10**6
        )
        assert (found.answer, found.shares) == (UNVERIFIABLE, ())


@given(taught())
def test_a_taught_fit_is_read_back_as_it_was_written(fit: Fit) -> None:
    raw = canon.encode(fit_body(fit))
    again = read_fit(raw)
    assert canon.encode(fit_body(again)) == raw
    assert (again.voiced, again.record) == (fit.voiced, fit.record)
