"""Scenario files are read strictly, and the README says what each field means."""

import json
from pathlib import Path

import pytest

from sim.__main__ import run
from sim.errors import Refused
from sim.fields import lines
from sim.scenario import Scenario, from_json

LEAST = {"schema": "scenario/v1", "name": "a", "about": "b", "first_side": "north", "second_side": "south"}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"sed": 1}, "file has an unknown field 'sed'; it may have schema, name,"),
        ({"front": {"lenght_km": 1}}, "file.front has an unknown field 'lenght_km'; it may have length_km,"),
        ({"seed": 1.5}, "file.seed is 1.5; it must be a whole number."),
        ({"seed": -1}, "file.seed is -1; it must be from 0 to"),
        ({"seed": True}, "file.seed must be a whole number, not a boolean."),
        ({"front": {"branching": 1}}, "file.front.branching is 1; it must be from 0 to 0.9."),
        ({"front": []}, "file.front must be an object with fields, not a list."),
        ({"front": {"days": float("nan")}}, "file.front.days is nan; it must be a whole number."),
        ({"weather": {"cloud": float("nan")}}, "file.weather.cloud is nan; it must be from 0 to 1."),
        ({"conduct": {"violation": 0.5}}, "file.conduct has shares that sum to 1.16; they must sum to 1."),
        ({"first_side": "south"}, "file calls both sides 'south'; give them two names."),
        ({"name": "a b"}, "file has the name 'a b'; use ASCII letters, digits, '-' and '_'."),
        ({"schema": "scenario/v2"}, "file.schema is 'scenario/v2'; this program reads scenario/v1."),
        ({"adversaries": {}}, "file.adversaries must be a list, not an object."),
        ({"adversaries": [{}]}, "file.adversaries[0] lacks the field 'serves': the side it serves, by name."),
        (
            {"adversaries": [{"serves": "east"}]},
            "file.adversaries serve 'east'; the sides are north and south.",
        ),
        (
            {"adversaries": [{"serves": "north"}] * 2},
            "file.adversaries has two that serve 'north'; a side has",
        ),
        ({"adversaries": [{"serves": "north"}] * 3}, "file.adversaries has 3 entries; it may have 2."),
        (
            {"adversaries": [{"serves": side, "captured": 0.4} for side in ("north", "south")]},
            "file.adversaries capture 0.8 of all sources; together they may capture 0.5.",
        ),
        (
            {"adversaries": [{"serves": "north", "classes": ["king"]}]},
            "file.adversaries[0].classes holds 'king'; it may hold monitor,",
        ),
        (
            {"adjudication": {"where": "there"}},
            "file.adjudication.where is 'there'; it must be one of anywhere,",
        ),
    ],
)
def test_a_broken_scenario_is_refused_in_one_sentence(changes: dict[str, object], said: str) -> None:
    with pytest.raises(Refused) as caught:
        from_json({**LEAST, **changes}, "file")
    assert str(caught.value).startswith(said)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("field", LEAST)
def test_required_fields_are_missed(field: str) -> None:
    with pytest.raises(Refused, match=f"^file lacks the field '{field}'"):
        from_json({key: value for key, value in LEAST.items() if key != field}, "file")


@pytest.mark.parametrize("text", ["", "{", "[]", '{"schema": 1}'])
def test_the_command_says_what_is_wrong_and_leaves_with_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    path = tmp_path / "broken.json"
    path.write_text(text)
    assert run([str(path), "--out", str(tmp_path / "out")]) == 2
    said = capsys.readouterr().err
    assert said.startswith("broken.json")
    assert said.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_a_missing_file_and_an_impossible_seed_or_count_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "good.json"
    path.write_text(json.dumps(LEAST))
    assert run([str(tmp_path / "none.json"), "--out", str(tmp_path)]) == 2
    assert run([str(path), "--out", str(tmp_path), "--seed", "-1"]) == 2
    assert run(["reports", str(path), "--count", "0", "--out", str(tmp_path)]) == 2
    assert capsys.readouterr().err.splitlines() == [
        "none.json cannot be read: No such file or directory.",
        "--seed is -1; it must be from 0 to 2147483647.",
        "--count is 0; it must be from 1 to 2000000.",
    ]


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "good.json"
    path.write_text(json.dumps({**LEAST, "front": {"hypotheses": 100}, "base_rate": {"earlier_cases": 50}}))
    assert run([str(path), "--out", str(path)]) == 2
    assert capsys.readouterr().err == f"{path} cannot be written: File exists.\n"


def test_the_readme_lists_every_field_with_its_range_and_meaning(root: Path) -> None:
    readme = (root / "sim" / "README.md").read_text(encoding="utf-8")
    assert [line for line in lines(Scenario) if line not in readme] == []
    fields = readme.partition("## Scenario files")[2].partition("## Layout")[0]
    assert fields.count("\n| `") == len(lines(Scenario))
