"""The two files: the same bytes for the same seed, strict in form, alike for both sides."""

import copy
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.__main__ import run
from sim.check import FORMS, check_evidence, check_truth
from sim.errors import Refused
from sim.files import make
from sim.scenario import CAPTURABLE, Scenario, from_json, load
from sim.world import simulate

SCENARIOS = sorted((Path(__file__).parents[2] / "sim" / "scenarios").glob("*.json"))
SMALL = {
    "schema": "scenario/v1",
    "name": "small",
    "about": "For tests.",
    "first_side": "north",
    "second_side": "south",
    "front": {"hypotheses": 150, "days": 20},
    "base_rate": {"earlier_cases": 100},
}
ATTACK = {"serves": "north", "budget": 3000, "captured": 0.4, "fabricate": 20, "stage": 20, "spoofs": 2}
ATTACK |= {"smear": 0.5, "amplify": 0.3, "shield": 0.7, "cover": 0.3, "clones": 10, "bots": 10, "jam": 0.5}


def small(**changes: object) -> Scenario:
    return from_json({**SMALL, **changes}, "small")


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    path = tmp_path / "small.json"
    path.write_text(json.dumps({**SMALL, "adversaries": [ATTACK]}))
    for name, words in (("a", []), ("b", []), ("c", ["--seed", "2"])):
        assert run([str(path), "--out", str(tmp_path / name), *words]) == 0
    for file in ("evidence.json", "truth.json"):
        one, two, other = ((tmp_path / name / file).read_bytes() for name in "abc")
        assert one == two != other
        assert one.isascii()


def test_written_files_are_what_was_checked(tmp_path: Path) -> None:
    path = tmp_path / "small.json"
    path.write_text(json.dumps(SMALL))
    assert run([str(path), "--out", str(tmp_path)]) == 0
    evidence, truth = (json.loads((tmp_path / f"{name}.json").read_text()) for name in ("evidence", "truth"))
    assert (evidence, truth) == make(small())
    check_evidence(evidence)
    check_truth(truth, evidence)


@pytest.mark.parametrize("adversaries", [[], [ATTACK]], ids=["quiet", "attack"])
def test_names_of_the_sides_change_nothing_but_the_names(adversaries: list[dict[str, object]]) -> None:
    one = make(small(adversaries=adversaries))
    other = make(
        small(
            first_side="south",
            second_side="north",
            adversaries=[{**adversary, "serves": "south"} for adversary in adversaries],
        )
    )
    swapped = json.dumps(other).replace("north", "?").replace("south", "north").replace("?", "south")
    assert json.dumps(one) == swapped


scenarios = st.fixed_dictionaries(
    {
        "seed": st.integers(0, 2**31 - 1),
        "sensors": st.fixed_dictionaries(
            {
                "seismic": st.integers(0, 3),
                "acoustic": st.integers(0, 3),
                "thermal": st.integers(0, 2),
                "optical": st.integers(0, 3),
                "outage": st.sampled_from([0, 0.5, 0.9]),
                "side_owned": st.sampled_from([0, 1]),
            }
        ),
        "weather": st.fixed_dictionaries(
            {"cloud": st.sampled_from([0, 0.3, 1]), "night_hours": st.sampled_from([0, 12, 24])}
        ),
        "people": st.fixed_dictionaries(
            {
                "monitors": st.integers(0, 2),
                "patrols": st.integers(0, 2),
                "residents": st.integers(0, 6),
                "press": st.integers(0, 3),
                "ngos": st.integers(0, 1),
                "groups": st.integers(0, 2),
                "spokesmen": st.integers(0, 1),
                "contrarians": st.integers(0, 2),
                "partisanship": st.sampled_from([0, 0.5, 1]),
                "error": st.sampled_from([0, 0.5]),
                "repeats": st.sampled_from([0, 1]),
            }
        ),
        "adjudication": st.fixed_dictionaries(
            {"share": st.sampled_from([0, 0.9]), "where": st.sampled_from(["anywhere", "centre"])}
        ),
        "doubtful_links": st.sampled_from([0, 0.5]),
        "adversaries": st.lists(
            st.fixed_dictionaries(
                {
                    "serves": st.sampled_from(["north", "south"]),
                    "budget": st.sampled_from([0, 60, 3000]),
                    "captured": st.sampled_from([0, 0.25]),
                    "classes": st.lists(st.sampled_from(CAPTURABLE), unique=True),
                    "silence": st.booleans(),
                    "fabricate": st.sampled_from([0, 40]),
                    "stage": st.sampled_from([0, 40]),
                    "spoofs": st.integers(1, 3),
                    "smear": st.sampled_from([0, 1]),
                    "shield": st.sampled_from([0, 1]),
                    "jam": st.sampled_from([0, 1]),
                    "clones": st.sampled_from([0, 5]),
                    "bots": st.sampled_from([0, 5]),
                    "drip_until": st.sampled_from([0, 0.95]),
                    "alibi": st.booleans(),
                    "exam": st.booleans(),
                }
            ),
            max_size=2,
            unique_by=lambda adversary: adversary["serves"],
        ),
    }
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(scenarios)
def test_every_scenario_gives_files_that_pass_the_check(changes: dict[str, object]) -> None:
    evidence, truth = make(small(**changes))
    check_evidence(evidence)
    check_truth(truth, evidence)


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_every_scenario_file_is_read_under_its_own_name(path: Path) -> None:
    found = load(path)
    assert found.name == path.stem
    assert bool(found.adversaries) == path.stem.startswith("attack-")


def test_there_are_five_base_and_six_attack_scenarios() -> None:
    kinds = [path.stem.partition("-")[0] for path in SCENARIOS]
    assert kinds.count("base") >= 5
    assert kinds.count("attack") >= 6
    assert len({load(path).seed for path in SCENARIOS}) == len(SCENARIOS)


BROKEN = [
    ("statements", "says", "maybe"),
    ("statements", "source", "nobody"),
    ("statements", "account", "rumour"),
    ("watches", "hypothesis", "h0"),
    ("watches", "distance_m", -1),
    ("watches", "points_to", "east"),
    ("hypotheses", "named", "east"),
    ("hypotheses", "threshold_ppm", 0.95),
    ("sources", "parent", "nobody"),
    ("modalities", "range", []),
]


@pytest.fixture(scope="module")
def pair() -> tuple[dict[str, object], dict[str, object]]:
    return make(small())


@pytest.mark.parametrize(("part", "field", "value"), BROKEN, ids=str)
def test_the_check_refuses_in_one_sentence(
    pair: tuple[dict[str, object], dict[str, object]], part: str, field: str, value: object
) -> None:
    broken = copy.deepcopy(pair[0])
    broken[part][0][field] = value
    with pytest.raises(Refused, match=rf"^{part}\[0\]\.{field} [^\n]*\.$"):
        check_evidence(broken)


@pytest.mark.parametrize("part", FORMS)
def test_the_check_refuses_unknown_fields(
    pair: tuple[dict[str, object], dict[str, object]], part: str
) -> None:
    broken = copy.deepcopy(pair[0])
    broken[part][0]["more"] = 1
    with pytest.raises(Refused, match=rf"^{part}\[0\] must have exactly the fields "):
        check_evidence(broken)
    with pytest.raises(Refused, match="'more' is not known"):
        check_evidence({**pair[0], "more": 1})


def test_the_truth_must_speak_of_the_same_hypotheses(
    pair: tuple[dict[str, object], dict[str, object]],
) -> None:
    broken = copy.deepcopy(pair[1])
    broken["hypotheses"].pop()
    with pytest.raises(Refused, match="must be those of the evidence"):
        check_truth(broken, pair[0])


def test_doubtful_links_touch_no_watch() -> None:
    few, many = (simulate(replace(small(), doubtful_links=share), "now", 150.0) for share in (0.0, 0.5))
    assert not (few.doubt.source >= 0).any()
    assert (many.doubt.source >= 0).mean() > 0.3
    for one, other in zip(few.sensed, many.sensed, strict=True):
        assert np.array_equal(one.detected, other.detected)
    for one, other, source in zip(few.said, many.said, few.sources, strict=True):
        assert source.modality is None or np.array_equal(one.outcome, other.outcome)
