"""The war, the devices, the adversaries: each does what the README says of it."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.hawkes import happenings, shares
from sim.line import line_of
from sim.scenario import Adversary, Front, Scenario, load
from sim.sensing import DEVICES, acceptance, chance
from sim.states import all_states, signals
from sim.weather import is_cloudy, is_night, spells, within
from sim.words import ACCIDENT, NOTHING, STAGED, VIOLATION
from sim.world import World, simulate

FOLDER = Path(__file__).parents[2] / "sim" / "scenarios"
QUIET = load(FOLDER / "base-quiet.json")


def attacked(seed: int, **asks: object) -> World:
    one = replace(Adversary(serves="north"), **asks)
    return simulate(replace(QUIET, seed=seed, adversaries=(one,)), "now", 800.0)


@pytest.mark.parametrize("branching", [0.0, 0.3, 0.7])
def test_each_happening_sets_off_as_many_as_asked(branching: float) -> None:
    scenario = replace(QUIET, front=Front(branching=branching, decay_hours=2, days=300))
    what = happenings(scenario, line_of(scenario), "now", 6000.0)
    assert abs((what.parent >= 0).mean() - branching) < 0.05


def test_what_is_set_off_comes_later_and_near_with_the_delay_asked_for() -> None:
    scenario = replace(QUIET, front=Front(branching=0.6, decay_hours=5, spread_km=1, days=300))
    what = happenings(scenario, line_of(scenario), "now", 6000.0)
    child = np.flatnonzero(what.parent >= 0)
    delay = what.hour[child] - what.hour[what.parent[child]]
    assert delay.min() > 0
    assert abs(delay.mean() - 5) < 0.5
    assert abs(np.std(what.x[child] - what.x[what.parent[child]]) - 1) < 0.1
    assert np.all(np.diff(what.hour) >= 0)
    blamed_in_turn = what.named[child] != what.named[what.parent[child]]
    assert abs(blamed_in_turn.mean() - 0.5) < 0.05


def test_in_a_symmetric_scenario_both_sides_fare_alike() -> None:
    rates = []
    for seed in range(16):
        world = simulate(replace(QUIET, seed=seed), "now", 400.0)
        north = world.what.named == 0
        claimed = world.setting.claimed == 1
        affirmed = sum(((said.outcome == 1) | (said.outcome == 2)).astype(float) for said in world.said)
        rates.append(
            [
                north.mean() - 0.5,
                (world.cause == VIOLATION)[north].mean() - (world.cause == VIOLATION)[~north].mean(),
                claimed[north].mean() - claimed[~north].mean(),
                (affirmed[north].mean() - affirmed[~north].mean()) / affirmed.mean(),
            ]
        )
    drift = np.mean(rates, axis=0) / (np.std(rates, axis=0) / np.sqrt(len(rates)))
    assert np.abs(drift).max() < 4
    assert np.abs(np.mean(rates, axis=0)).max() < 0.1


def test_a_side_that_breaks_more_is_told_apart_only_by_its_weights() -> None:
    table = shares(QUIET, "now")
    assert np.array_equal(table[:, :, 0], table[:, :, 1])
    uneven = shares(load(FOLDER / "base-uneven.json"), "now")
    assert (uneven[:, :, 1, 0] > uneven[:, :, 0, 0] + 0.1).all()


@given(st.integers(0, 4), st.integers(0, 2), st.lists(st.floats(0, 40), min_size=2, max_size=20).map(sorted))
def test_detection_never_rises_with_distance_nor_falls_with_loudness(
    modality: int, loud: int, km: list[float]
) -> None:
    far = np.array(km)
    found = chance(modality, far, loud, 1.0)
    assert np.all(np.diff(found) <= 0)
    assert np.all((found >= 0) & (found <= DEVICES[modality].best))
    assert np.all(chance(modality, far, 2, 1.0) >= found)


def test_acceptance_tests_have_as_many_trials_as_asked() -> None:
    for modality in range(5):
        found = acceptance(QUIET, modality)
        assert sum(row["hits"] + row["misses"] for row in found["range"]) == 800
        assert found["false"]["of"] == 800


@settings(max_examples=20)
@given(st.sampled_from([0.0, 0.2, 0.7, 1.0]), st.integers(0, 1000))
def test_spells_take_up_their_share_of_time(share: float, seed: int) -> None:
    edges = spells(np.random.default_rng(seed), 20_000.0, share, 5.0)
    assert abs(within(edges, np.linspace(0, 20_000, 50_001)).mean() - share) < 0.05


def test_night_and_cloud_take_up_their_share() -> None:
    hours = np.linspace(0, 120 * 24, 20_001)
    assert abs(is_night(QUIET, hours).mean() - 11 / 24) < 0.02
    cloud = [is_cloudy(QUIET, "now", np.full(len(hours), at), hours).mean() for at in range(5)]
    assert abs(np.mean(cloud) - 0.4) < 0.15


def test_nothing_is_detected_off_shift_or_out_of_view_and_hidden_places_have_no_view() -> None:
    world = simulate(QUIET, "now", 800.0)
    for sensed in world.sensed:
        assert not (sensed.detected & ~(sensed.on_shift & sensed.watch.in_view)).any()
        assert not (sensed.on_shift & ~sensed.watch.scheduled).any()
        if DEVICES[world.sources[sensed.watch.source].modality or 0].most_km > 1:
            assert not (sensed.watch.in_view & world.what.hidden[sensed.watch.at]).any()


def test_jammed_devices_are_not_on_shift_and_the_rest_are() -> None:
    world = attacked(3, budget=5000, shield=1.0, jam=1.0, jam_km=10.0)
    jammed_states = all_states().jam[world.states] == 1
    assert np.array_equal(jammed_states, (world.what.named == 0) & (world.cause == VIOLATION))
    jammed = free = shut = 0
    for sensed in world.sensed:
        hit = sensed.watch.jammable & jammed_states[sensed.watch.at]
        jammed += int(hit.sum())
        assert not sensed.on_shift[hit].any()
        assert np.array_equal(sensed.on_shift[~hit], sensed.watch.on_shift[~hit])
        free += int((~hit & sensed.watch.scheduled).sum())
        shut += int((~hit & sensed.watch.scheduled & ~sensed.on_shift).sum())
    assert jammed > 100
    assert 0.02 < shut / free < 0.1


@settings(max_examples=12)
@given(st.integers(0, 4000), st.integers(0, 100), st.floats(0, 0.5), st.integers(1, 3))
def test_no_adversary_spends_more_than_its_budget(
    budget: int, seed: int, captured: float, spoofs: int
) -> None:
    world = attacked(
        seed,
        budget=budget,
        captured=captured,
        spoofs=spoofs,
        fabricate=500,
        stage=500,
        smear=1.0,
        amplify=1.0,
        shield=1.0,
        cover=1.0,
        jam=1.0,
        jam_decoy=0.5,
        clones=30,
        bots=30,
    )
    assert 0 <= world.spent[0] <= budget
    owned = [one for one in world.sources if one.master == 0 and one.role == "own"]
    able = [one for one in world.sources if one.kind != "party" and one.role == "own"]
    assert len(owned) <= round(captured * len(able))


def test_who_lies_low_lies_low() -> None:
    lying = {"budget": 5000, "captured": 0.3, "smear": 1.0, "shield": 1.0, "fabricate": 100}
    table = all_states()
    drip, exam = attacked(4, drip_until=0.6, **lying), attacked(4, exam=True, **lying)
    busy = (table.attack[drip.states] | table.defend[drip.states]) == 1
    assert drip.what.hour[busy].min() >= 0.6 * 120 * 24
    assert busy.sum() > 50
    assert not exam.what.centre[(table.attack[exam.states] | table.defend[exam.states]) == 1].any()


def test_an_alibi_admits_small_violations_and_covers_the_others() -> None:
    lying = {"budget": 5000, "captured": 0.4, "classes": ("resident", "press"), "shield": 1.0}
    world = attacked(5, alibi=True, **lying)
    table = all_states()
    own = (world.what.named == 0) & (world.cause == VIOLATION)
    small = own & (table.loud[world.states] == 0)
    captured = [at for at, one in enumerate(world.sources) if one.master == 0]
    said = np.stack([world.said[at].outcome for at in captured])
    assert np.isin(said[:, small], (1, 2)).mean() > 0.6
    assert np.isin(said[:, own & ~small], (1, 2)).mean() < 0.02


def test_clones_say_what_their_original_said() -> None:
    world = attacked(6, budget=5000, captured=0.3, clones=20, smear=1.0, fabricate=100)
    clones = [at for at, one in enumerate(world.sources) if one.role == "clone"]
    assert len(clones) == 20
    for at in clones:
        said, original = world.said[at], world.said[world.sources[at].copies or 0]
        assert said.repeated.any()
        assert np.array_equal(said.outcome[said.repeated], original.outcome[said.repeated])
        assert not said.declared.any()


def test_staging_deceives_as_many_kinds_of_sensor_as_asked() -> None:
    for spoofs in (1, 2):
        world = attacked(7, budget=5000, stage=200, spoofs=spoofs)
        table = all_states()
        staged = (world.cause == STAGED) & (table.attack[world.states] == 1)
        assert staged.sum() > 30
        assert set(signals()[:4, world.states[staged]].sum(axis=0)) == {spoofs}


def test_states_signal_what_they_should() -> None:
    table = all_states()
    assert not signals()[:, table.cause == NOTHING].any()
    assert signals()[:, table.cause == VIOLATION].all()
    assert signals()[:, table.cause == ACCIDENT].all()


def test_an_earlier_period_knows_no_adversary() -> None:
    scenario: Scenario = load(FOLDER / "attack-both.json")
    world = simulate(scenario, "earlier", 300.0)
    assert not world.policies
    assert all(one.master is None for one in world.sources)
