"""What holds whatever the evidence is."""

from dataclasses import replace
from random import Random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.weighing.worlds import ALLEGED, CAMERA, SEISMIC, SIDES, bodies, evidence, said, source, watch
from trucekeeper.weighing.evidence import CAUSES, Cause, Evidence, Says, Statement, Witness
from trucekeeper.weighing.fit import Fit, prior_fit
from trucekeeper.weighing.fixed import odds_of
from trucekeeper.weighing.weigh import weigh
from trucekeeper.weighing.weighed import ESTABLISHED, UNVERIFIABLE, Weighed

PRIOR = prior_fit()
SHIFT = 50
"""Millinats by which copies may move the log-odds."""


def answers(body: Evidence, fit: Fit = PRIOR) -> list[Weighed]:
    return list(weigh(body, fit))


def numbers(found: Weighed) -> tuple[object, ...]:
    """All of an answer but names."""
    shares = sorted((one.what, one.milli) for one in found.shares)
    return (
        found.probability_ppm,
        found.log_odds_milli,
        found.causes_ppm,
        found.answer,
        found.lowest_ppm,
        found.highest_ppm,
        found.captured_ppm,
        shares,
    )


@given(bodies(), st.randoms(use_true_random=False))
def test_the_order_of_arrival_changes_nothing(body: Evidence, random: Random) -> None:
    def shuffled(values: tuple[object, ...]) -> tuple[object, ...]:
        return tuple(random.sample(values, len(values)))

    mixed = replace(
        body,
        sources=shuffled(body.sources),
        statements=shuffled(body.statements),
        watches=shuffled(body.watches),
    )
    assert answers(mixed) == answers(body)


@given(bodies(), st.randoms(use_true_random=False))
def test_other_names_for_sides_sources_and_hypotheses_change_no_number(
    body: Evidence, random: Random
) -> None:
    names = sorted({*body.sides, *(one.id for one in (*body.sources, *body.hypotheses))})
    names += sorted({one.group for one in body.sources})
    new = {name: f"n{number}" for number, name in enumerate(random.sample(names, len(names)))}
    assert [numbers(one) for one in answers(renamed(body, new))] == [numbers(one) for one in answers(body)]


def renamed(body: Evidence, new: dict[str, str]) -> Evidence:
    def name(old: str | None) -> str | None:
        return None if old is None else new[old]

    return Evidence(
        tuple(new[one] for one in body.sides),
        body.modalities,
        tuple(
            replace(one, id=new[one.id], group=new[one.group], side=name(one.side), parent=name(one.parent))
            for one in body.sources
        ),
        tuple(
            replace(one, id=new[one.id], named=new[one.named], claimant=name(one.claimant))
            for one in body.hypotheses
        ),
        tuple(
            replace(
                one,
                id=f"x{number}",
                hypothesis=new[one.hypothesis],
                source=new[one.source],
                copies=name(one.copies),
            )
            for number, one in enumerate(body.statements)
        ),
        tuple(
            replace(
                one, hypothesis=new[one.hypothesis], source=new[one.source], points_to=name(one.points_to)
            )
            for one in body.watches
        ),
    )


@given(bodies(), st.integers(1, 12), st.booleans(), st.data())
def test_copies_of_a_source_move_the_log_odds_by_a_twentieth_at_most(
    body: Evidence, count: int, declared: bool, data: st.DataObject
) -> None:
    assume(body.sources)
    copied = data.draw(st.sampled_from(body.sources))
    sources, statements, watches = list(body.sources), list(body.statements), list(body.watches)
    for number in range(count):
        name = f"clone{number}"
        parent = copied.id if declared else copied.parent
        sources.append(replace(copied, id=name, parent=parent))
        statements += [
            replace(one, id=f"{one.id}.{number}", source=name)
            for one in body.statements
            if one.source == copied.id
        ]
        watches += [replace(one, source=name) for one in body.watches if one.source == copied.id]
    more = replace(body, sources=tuple(sources), statements=tuple(statements), watches=tuple(watches))
    for before, after in zip(answers(body), answers(more), strict=True):
        assert abs(after.log_odds_milli - before.log_odds_milli) <= SHIFT


@given(bodies())
def test_the_shares_sum_to_the_log_odds(body: Evidence) -> None:
    for found in answers(body):
        assert found.prior_milli + sum(one.milli for one in found.shares) == found.log_odds_milli
        a_ppm = 10**12 // (found.probability_ppm * (1_000_000 - found.probability_ppm)) + 2
        if 1 < found.probability_ppm < 999_999:
            assert abs(found.log_odds_milli * 1000 - odds_of(found.probability_ppm)) <= 1_000 + a_ppm
        assert sum(found.causes_ppm) == 1_000_000
        assert min(found.causes_ppm) >= 1
        assert found.causes_ppm[0] == found.probability_ppm
        assert 1 <= found.lowest_ppm <= found.probability_ppm <= found.highest_ppm <= 999_999


@given(bodies())
def test_what_was_not_exposed_weighs_nothing(body: Evidence) -> None:
    hidden = tuple(replace(one, on_shift=False) for one in body.watches)
    without = replace(body, watches=())
    blind = replace(body, watches=hidden)
    assert [one.probability_ppm for one in answers(blind)] == [
        one.probability_ppm for one in answers(without)
    ]


@given(st.integers(0, 4), st.sampled_from((None, *CAUSES)), st.integers(1, 900_000))
def test_a_denial_of_the_named_side_alone_never_refutes(
    others: int, account: Cause | None, violation: int
) -> None:
    base = (violation, 0, 0, 0, 1_000_000 - violation)
    deniers = [source(f"n{number}", side="north", kind="party") for number in range(others + 1)]
    told = [said(one.id, "deny", account=account, at_ms=at) for at, one in enumerate(deniers)]
    (found,) = answers(evidence(replace(ALLEGED, base_ppm=base), *deniers, *told))
    assert abs(found.bayes_milli) <= SHIFT
    assert found.answer == UNVERIFIABLE


@given(st.integers(1, 40), st.booleans(), st.integers(1, 999_000))
def test_a_claim_of_the_claimant_alone_never_establishes(count: int, own: bool, violation: int) -> None:
    base = (violation, 0, 0, 0, 1_000_000 - violation)
    claimants = [
        source(f"c{number}", side="south", kind="party", group=f"g{number}" if own else "army")
        for number in range(count)
    ]
    told = [said(one.id, at_ms=at) for at, one in enumerate(claimants)]
    (found,) = answers(evidence(replace(ALLEGED, base_ppm=base), *claimants, *told))
    assert found.answer != ESTABLISHED
    assert found.probability_ppm <= max(900_000, violation + 1)


@given(bodies(), st.sampled_from((0, 300, 999, 4000, 14_000)), st.booleans())
def test_one_more_sensor_that_agrees_never_lowers_the_probability(
    body: Evidence, metres: int, points: bool
) -> None:
    heard = source("new", modality="seismic", group="new")
    more = replace(
        body,
        sources=(*body.sources, heard),
        watches=(
            *body.watches,
            *(
                watch(
                    "new",
                    detected=True,
                    hypothesis=one.id,
                    distance_m=metres,
                    points_to=one.named if points else None,
                )
                for one in body.hypotheses
            ),
        ),
    )
    for before, after in zip(answers(body), answers(more), strict=True):
        assert after.probability_ppm >= before.probability_ppm - 1  # the last digit is rounded


@given(
    st.lists(st.tuples(st.integers(0, 20_000), st.booleans()), max_size=30),
    st.sampled_from((SEISMIC, CAMERA)),
)
def test_one_modality_alone_never_passes_nine_in_ten(heard: list[tuple[int, bool]], modality: object) -> None:
    kind = "seismic" if modality is SEISMIC else "camera"
    sensors = [source(f"s{number}", modality=kind) for number in range(len(heard))]
    lines = [
        watch(one.id, detected=detected, distance_m=metres, points_to="north")
        for one, (metres, detected) in zip(sensors, heard, strict=True)
    ]
    (found,) = answers(evidence(*sensors, *lines))
    assert found.probability_ppm <= 900_000


@pytest.mark.parametrize("says", Says)
def test_ten_thousand_voices_and_none_leave_a_probability(says: Says) -> None:
    crowd = [source(f"s{number}", group=f"g{number}") for number in range(10_000)]
    told = [
        Statement(f"x{at}", "h1", one.id, says, None, at, None, at * 0x9E37_79B9_7F4A_7C15 % 2**64)
        for at, one in enumerate(crowd)
    ]
    (loud,) = answers(evidence(*crowd, *told))
    (silent,) = answers(evidence(*crowd))
    assert 1 <= loud.probability_ppm <= 999_999
    assert silent.probability_ppm == 250_000
    assert silent.answer == UNVERIFIABLE
    assert silent.shares == ()


@given(st.sampled_from(SIDES))
def test_no_evidence_leaves_the_prior_and_answers_nothing(side: str) -> None:
    sure = replace(ALLEGED, named=side, base_ppm=(990_000, 0, 0, 0, 10_000))
    (found,) = answers(evidence(sure))
    assert found.probability_ppm == 990_000
    assert (found.answer, found.shares) == (UNVERIFIABLE, ())


def test_a_source_that_always_contradicts_the_truth_informs() -> None:
    liar: Witness = source("liar")
    fit = replace(
        PRIOR,
        own={
            ("liar", "neutral"): (
                (50_000, 10_000, 10_000, 10_000, 10_000, 910_000),
                *(((950_000, 10_000, 10_000, 10_000, 10_000, 10_000),) * 4),
            )
        },
    )
    (denied,) = answers(evidence(liar, said("liar", "deny")), fit)
    (affirmed,) = answers(evidence(liar, said("liar")), fit)
    assert denied.probability_ppm > 600_000
    assert affirmed.probability_ppm < 100_000
