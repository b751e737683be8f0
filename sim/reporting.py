"""Raw reports of one world, for linking: several of a happening, each with errors of its own source."""

import csv
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from sim.arrays import Bools, Floats, Ints, draw, stream
from sim.delays import fitted
from sim.hawkes import happenings
from sim.line import Line, line_of, microdegrees
from sim.phrases import HARM, KIND_WORDS, TARGETS, VILLAGES, weapon_names
from sim.scenario import Scenario
from sim.words import ACT_SHARES, ACTS, BEGIN_MS

SOURCES, WINDOW = 512, 64
"""Sources along the line; those that report a happening are among the sixty-four nearest."""
SPARE = 1.3
"""Happenings are drawn in excess, because their number is chance; the latest are left out."""
BURST = 20
BURST_KM, BURST_GAP_H = 1.2, 0.12
BLUNDERS, BLUNDER = 0.02, 6.0
"""Share of places that are grossly wrong, and how many times the usual error."""
TELLS, TELLS_WRONG = 0.7, 0.04
"""How often a detail is told, and how often wrongly (judgement)."""


@dataclass(frozen=True, slots=True)
class Truth:
    """What was reported on, in order of time."""

    hour: Floats
    x: Floats
    y: Floats
    act: Ints
    weapon: Ints
    target: Ints
    harm: Ints


@dataclass(frozen=True, slots=True)
class Table:
    """Reports in order of their stated time; details are -1 where the report lacks them."""

    happening: Ints
    source: Ints
    x: Floats
    y: Floats
    radius_m: Ints
    start_s: Ints
    end_s: Ints
    act: Ints
    weapon: Ints
    target: Ints
    harm: Ints
    village: Ints
    wording: Ints


def _bursts(
    line: Line, count: int, hours: float, rng: np.random.Generator
) -> tuple[Floats, Floats, Floats, Ints]:
    """Happenings that come close upon each other: hour, x, y, act."""
    centres = max(1, count // BURST)
    of = rng.integers(0, centres, count)
    x0 = rng.uniform(0.02, 0.98, centres) * line.length_km
    y0 = line.y_of(x0) + rng.normal(0, 1.5, centres)
    begin = rng.uniform(0, hours, centres)
    acts = draw(rng, np.tile(np.array(ACT_SHARES), (centres, 1)))
    hour = begin[of] + rng.uniform(0, BURST * BURST_GAP_H, count)
    other = draw(rng, np.tile(np.array(ACT_SHARES), (count, 1)))
    act = np.where(rng.random(count) < 0.7, acts[of], other)
    return hour, x0[of] + rng.normal(0, BURST_KM, count), y0[of] + rng.normal(0, BURST_KM, count), act


def truths(scenario: Scenario, count: int) -> Truth:
    """About so many happenings, over as many days as the scenario's pace asks for."""
    plan = scenario.reports
    days = count / plan.happenings_a_day
    line = line_of(scenario)
    dense = round(count * plan.dense)
    longer = replace(scenario, front=replace(scenario.front, days=max(1, round(days))))
    usual = happenings(longer, line, "reports", float(count - dense))
    rng = stream(scenario.seed, "report truths")
    hour, x, y, act = _bursts(line, dense, days * 24, rng)
    hour, x, y = np.append(usual.hour, hour), np.append(usual.x, x), np.append(usual.y, y)
    act = np.append(usual.act, act)
    order = np.argsort(hour, kind="stable")
    total = len(order)
    return Truth(
        hour=hour[order],
        x=x[order],
        y=y[order],
        act=act[order],
        weapon=act[order] * 3 + rng.integers(0, 3, total),
        target=rng.integers(0, len(TARGETS), total),
        harm=np.minimum(rng.geometric(0.35, total) - 1, len(HARM) - 1),
    )


def _told(rng: np.random.Generator, true: Ints, missing: float, wrong: float, choices: int) -> Ints:
    """What is told of a detail: the truth, something else, or -1 for nothing."""
    other = (true + rng.integers(1, choices, len(true))) % choices
    told = np.where(rng.random(len(true)) < wrong, other, true)
    return np.where(rng.random(len(true)) < missing, -1, told)


def _reporters(rng: np.random.Generator, line: Line, x: Floats, many: Ints) -> tuple[Ints, Ints]:
    """For each report its happening and its source; no source twice for one happening."""
    of = np.repeat(np.arange(len(many)), many)
    place = np.arange(len(of)) - np.repeat(np.cumsum(many) - many, many)
    first = rng.integers(0, WINDOW, len(many))[of]
    step = (rng.integers(0, WINDOW // 2, len(many)) * 2 + 1)[of]
    base = np.clip(x / line.length_km * SOURCES - WINDOW / 2, 0, SOURCES - WINDOW).astype(np.int64)[of]
    return of, base + (first + place * step) % WINDOW


def _village(x: Floats, y: Floats, slip: Bools) -> Ints:
    """Number of the village that stands for the place: a cell of 2 km, or its neighbour by a slip."""
    column = np.floor(x / 2).astype(np.int64) + slip
    return (column * 5 + np.floor(y / 2).astype(np.int64) * 37) % len(VILLAGES)


def tabulate(scenario: Scenario, count: int) -> Table:
    """Exactly so many reports."""
    plan, line = scenario.reports, line_of(scenario)
    true = truths(scenario, max(1, round(count / plan.reports_each * SPARE) + 20))
    rng = stream(scenario.seed, "reports")
    many = np.minimum(1 + rng.poisson(plan.reports_each - 1, len(true.hour)), WINDOW)
    of, source = _reporters(rng, line, true.x, many)
    while len(of) < count:
        many = np.minimum(many + 1, WINDOW)
        of, source = _reporters(rng, line, true.x, many)
    of, source = of[:count], source[:count]
    error_m = plan.location_error_m * np.exp(rng.normal(0, 0.4, SOURCES))
    modest = np.where(rng.random(SOURCES) < plan.overconfident, 1 / 3, 1.0)
    wide = error_m[source] * np.where(rng.random(count) < BLUNDERS, BLUNDER, 1.0) / 1000
    x, y = true.x[of] + rng.normal(0, 1, count) * wide, true.y[of] + rng.normal(0, 1, count) * wide
    jitter = fitted().apart(rng, count) + rng.laplace(0, plan.time_error_min * 60 / 2, count)
    at = np.rint(true.hour[of] * 3600 + jitter).astype(np.int64) + BEGIN_MS // 1000
    stated = plan.time_error_min * 60 * np.exp(rng.normal(0, 0.3, count)) * modest[source]
    order = np.argsort(at, kind="stable")
    table = Table(
        happening=of,
        source=source,
        x=x,
        y=y,
        radius_m=np.maximum(10, np.rint(error_m * modest * 2)[source]).astype(np.int64),
        start_s=at - np.rint(stated).astype(np.int64),
        end_s=at + np.rint(stated).astype(np.int64) + 1,
        act=_told(rng, true.act[of], plan.missing, plan.wrong, len(ACTS)),
        weapon=_told(rng, true.weapon[of], plan.missing, plan.wrong, len(ACTS) * 3),
        target=_told(rng, true.target[of], 1 - TELLS, TELLS_WRONG, len(TARGETS)),
        harm=_told(rng, true.harm[of], 1 - TELLS, TELLS_WRONG, len(HARM)),
        village=_village(x, y, rng.random(count) < 0.15),
        wording=rng.integers(0, 3, count),
    )
    return Table(*(getattr(table, name)[order] for name in Table.__slots__))


def _phrases(table: Table) -> list[str]:
    """Texts of a few words."""
    kinds = [words for act in KIND_WORDS for words in act] + [""]
    kind = np.where(table.act >= 0, table.act * 3 + table.wording, len(kinds) - 1)
    weapons = [f" with {name}" for name in weapon_names()] + [""]
    targets = [f" at {name}" for name in TARGETS] + [""]
    harm = [f", {name}" for name in HARM] + [""]
    # -1 picks the last entry: nothing said.
    columns = (
        np.array(kinds, dtype=object)[kind],
        np.array(weapons, dtype=object)[np.where(table.wording == 0, table.weapon, -1)],
        np.array(targets, dtype=object)[table.target],
        np.array(VILLAGES, dtype=object)[table.village],
        np.array(harm, dtype=object)[table.harm],
    )
    return [
        f"{a}{b}{c} near {d}{e}".lstrip()
        for a, b, c, d, e in zip(*(one.tolist() for one in columns), strict=True)
    ]


def _stamps(seconds: Ints) -> list[str]:
    stamps: list[str] = np.datetime_as_string(
        seconds.astype("datetime64[s]"), unit="s", timezone="UTC"
    ).tolist()
    return stamps


def write_reports(scenario: Scenario, count: int, folder: Path) -> None:
    """reports.csv and truth.csv."""
    table = tabulate(scenario, count)
    lat, lon = microdegrees(table.x, table.y)
    ids = [f"r{number}" for number in range(1, count + 1)]
    kinds = np.array([*ACTS, ""], dtype=object)[table.act].tolist()
    weapons = np.array([*weapon_names(), ""], dtype=object)[table.weapon].tolist()
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "reports.csv").open("w", encoding="ascii", newline="") as out:
        rows = csv.writer(out, lineterminator="\n")
        rows.writerow(("id", "source", "lat", "lon", "radius_m", "start", "end", "kind", "weapon", "text"))
        rows.writerows(
            zip(
                ids,
                [f"s{number}" for number in table.source.tolist()],
                [f"{value / 1e6:.6f}" for value in lat.tolist()],
                [f"{value / 1e6:.6f}" for value in lon.tolist()],
                table.radius_m.tolist(),
                _stamps(table.start_s),
                _stamps(table.end_s),
                kinds,
                weapons,
                _phrases(table),
                strict=True,
            )
        )
    with (folder / "truth.csv").open("w", encoding="ascii", newline="") as out:
        rows = csv.writer(out, lineterminator="\n")
        rows.writerow(("id", "happening"))
        rows.writerows(zip(ids, [f"e{number}" for number in table.happening.tolist()], strict=True))
