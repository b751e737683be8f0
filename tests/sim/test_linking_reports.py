"""Raw reports for linking: exact in number, one a source and happening, wrong as often as asked."""

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.reporting import Table, Truth, tabulate, truths, write_reports
from sim.scenario import load

QUIET = load(Path(__file__).parents[2] / "sim" / "scenarios" / "base-quiet.json")
COUNT = 20_000


@pytest.fixture(scope="module")
def table() -> Table:
    return tabulate(QUIET, COUNT)


@settings(max_examples=20)
@given(st.integers(1, 3000), st.integers(0, 1000))
def test_there_are_exactly_as_many_as_asked(count: int, seed: int) -> None:
    found = tabulate(replace(QUIET, seed=seed), count)
    assert len(found.happening) == len(found.wording) == count


def test_no_source_reports_a_happening_twice(table: Table) -> None:
    assert len(set(zip(table.happening.tolist(), table.source.tolist(), strict=True))) == COUNT


def test_kinds_are_missing_and_wrong_as_often_as_asked(table: Table) -> None:
    true = truths(QUIET, round(COUNT / 4 * 1.3) + 20)
    assert isinstance(true, Truth)
    told = table.act >= 0
    assert abs((~told).mean() - 0.15) < 0.02
    assert abs((table.act != true.act[table.happening])[told].mean() - 0.08) < 0.02


def test_a_happening_has_as_many_reports_as_asked(table: Table) -> None:
    _, many = np.unique(table.happening, return_counts=True)
    assert abs(many.mean() - QUIET.reports.reports_each) < 0.2


def test_files_are_the_same_for_the_same_seed_and_keep_to_their_columns(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_reports(QUIET, 2000, tmp_path / name)
    for file in ("reports.csv", "truth.csv"):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()
    with (tmp_path / "a" / "reports.csv").open(newline="") as source:
        rows = list(csv.DictReader(source))
    with (tmp_path / "a" / "truth.csv").open(newline="") as source:
        truth = list(csv.DictReader(source))
    wanted = ["id", "source", "lat", "lon", "radius_m", "start", "end", "kind", "weapon", "text"]
    assert list(rows[0]) == wanted
    assert [row["id"] for row in rows] == [row["id"] for row in truth]
    assert len(rows) == 2000
    for row in rows:
        assert row["start"] < row["end"]
        assert row["start"].endswith("Z")
        assert int(row["radius_m"]) >= 10
        assert 9 < float(row["lat"]) < 11
        assert row["text"]
