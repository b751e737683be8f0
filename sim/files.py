"""The two files: what the office would get, and the truth beside it."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sim.arrays import Bools, Ints, stream
from sim.delays import times_ms
from sim.line import microdegrees
from sim.oracle import adjudications, posterior
from sim.roster import Source, modality_name, names
from sim.scenario import Scenario
from sim.sensing import acceptance
from sim.texts import Hashes, own_words, repeated_words, subjects, wordless
from sim.words import ACTS, BEGIN_MS, CAUSES, HOUR_MS, MODALITIES, OUTCOMES, SILENT, TERMS
from sim.world import World, base_rates, raised, simulate

Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class Told:
    """When each statement was made, and in what words (0 where its text is not kept)."""

    at_ms: Ints
    words: Hashes


def telling(world: World) -> list[Told]:
    """Times and words of every source's statements, also where it is silent and they mean nothing."""
    begin = BEGIN_MS + np.rint(world.what.hour * HOUR_MS).astype(np.int64)
    about = subjects(world.scenario, len(begin))
    originals = {one.copies for one in world.sources}
    found: list[Told] = []
    for index, (source, said) in enumerate(zip(world.sources, world.said, strict=True)):
        rng = stream(world.scenario.seed, f"telling {index}")
        first = None if source.copies is None else found[source.copies]
        own, again = times_ms(source, begin, None if first is None else first.at_ms, rng)
        words = own_words(rng, about)
        if first is not None:
            words = np.where(said.verbatim, repeated_words(rng, first.words), words)
        elif index not in originals:
            words = np.where(wordless(rng, len(begin)), np.uint64(0), words)
        found.append(Told(np.where(said.repeated, again, own), words))
    return found


def _hypotheses(world: World, kept: Ints, decided: Ints) -> list[Row]:
    scenario, what = world.scenario, world.what
    rng = stream(scenario.seed, "cells")
    count = len(what)
    lat, lon = microdegrees(what.x + rng.normal(0, 0.15, count), what.y + rng.normal(0, 0.15, count))
    begin = BEGIN_MS + np.rint(what.hour * HOUR_MS).astype(np.int64)
    start = begin - rng.integers(0, 20 * 60_000, count)
    end = begin + rng.integers(60_000, 30 * 60_000, count)
    radius = rng.integers(300, 900, count)
    base = base_rates(scenario, world)
    rows: list[Row] = []
    for number, at in enumerate(kept, 1):
        act, named = ACTS[what.act[at]], int(what.named[at])
        term, threshold = TERMS[act]
        rows.append(
            {
                "id": f"h{number}",
                "term": term,
                "act": act,
                "named": scenario.sides[named],
                "claimant": scenario.sides[1 - named] if world.setting.claimed[at] else None,
                "lat_u": int(lat[at]),
                "lon_u": int(lon[at]),
                "radius_m": int(radius[at]),
                "start_ms": int(start[at]),
                "end_ms": int(end[at]),
                "base_ppm": dict(zip(CAUSES, map(int, base[at]), strict=True)),
                "adjudicated": CAUSES[decided[at]] if decided[at] >= 0 else None,
                "threshold_ppm": threshold,
            }
        )
    return rows


def _sources(world: World, ids: list[str]) -> list[Row]:
    def row(index: int, source: Source) -> Row:
        return {
            "id": ids[index],
            "class": source.kind,
            "group": source.group,
            "side": None if source.side is None else world.scenario.sides[source.side],
            "modality": modality_name(source),
            "parent": None if source.parent is None else ids[source.parent],
        }

    rows = [row(index, source) for index, source in enumerate(world.sources)]
    return sorted(rows, key=lambda one: int(str(one["id"])[1:]))


def _statements(world: World, kept: Bools, number: Ints, ids: list[str]) -> tuple[list[Row], list[Row]]:
    """The statements in order of time, and the rival partitions."""
    found: list[tuple[int, int, int]] = []
    told = telling(world)
    for index, said in enumerate(world.said):
        spoken = np.flatnonzero(kept & (said.outcome != SILENT)).tolist()
        found += [(int(told[index].at_ms[at]), at, index) for at in spoken]
    rows: list[Row] = []
    of: dict[int, list[tuple[str, int]]] = {}
    for count, (at_ms, at, index) in enumerate(sorted(found), 1):
        source, said = world.sources[index], world.said[index]
        says, account = OUTCOMES[said.outcome[at]]
        words = int(told[index].words[at])
        declared = source.parent if said.declared[at] else None
        of.setdefault(at, []).append((f"x{count}", index))
        rows.append(
            {
                "id": f"x{count}",
                "hypothesis": f"h{number[at]}",
                "source": ids[index],
                "says": says,
                "account": account,
                "at_ms": at_ms,
                "copies": None if declared is None else ids[declared],
                "words": f"{words:016x}" if words else None,
            }
        )
    rivals: list[Row] = [
        {
            "hypothesis": f"h{number[at]}",
            "weight_ppm": int(world.doubt.weight[at] * 1e6 + 0.5),
            "statements": [one for one, index in of.get(at, []) if index != world.doubt.source[at]],
        }
        for at in map(int, np.flatnonzero(kept & (world.doubt.source >= 0)))
    ]
    return rows, rivals


def _watches(world: World, kept: Bools, number: Ints, ids: list[str]) -> list[Row]:
    found: list[tuple[int, int, Row]] = []
    for sensed in world.sensed:
        watch = sensed.watch
        for row in np.flatnonzero(kept[watch.at]):
            at = int(watch.at[row])
            named, way = int(world.what.named[at]), int(sensed.to_named[row])
            side = None if way < 0 else world.scenario.sides[named if way else 1 - named]
            line: Row = {
                "hypothesis": f"h{number[at]}",
                "source": ids[watch.source],
                "distance_m": round(float(watch.km[row]) * 1000),
                "on_shift": bool(sensed.on_shift[row]),
                "in_view": bool(watch.in_view[row]),
                "night": bool(watch.night[row]),
                "cloud": bool(watch.cloud[row]),
                "detected": bool(sensed.detected[row]),
                "points_to": side,
            }
            found.append((at, watch.source, line))
    return [line for _, _, line in sorted(found, key=lambda one: one[:2])]


def make(scenario: Scenario) -> tuple[Row, Row]:
    """The evidence and the truth of a scenario."""
    world = simulate(scenario, "now", float(scenario.front.hypotheses))
    kept = raised(world)
    number = np.cumsum(kept).astype(np.int64)
    ids = names(scenario, len(world.sources))
    decided = adjudications(world)
    statements, rivals = _statements(world, kept, number, ids)
    places = np.flatnonzero(kept)
    evidence: Row = {
        "schema": "evidence/v1",
        "sides": list(scenario.sides),
        "modalities": [acceptance(scenario, modality) for modality in range(len(MODALITIES))],
        "sources": _sources(world, ids),
        "hypotheses": _hypotheses(world, places, decided),
        "statements": statements,
        "watches": _watches(world, kept, number, ids),
        "alternatives": rivals,
    }
    ppm = np.clip(np.rint(posterior(world, decided)[:, 0] * 1e6), 1, 999_999).astype(np.int64)
    sources: list[Row] = [
        {
            "id": ids[index],
            "captured": one.master is not None,
            "copies": None if one.copies is None else ids[one.copies],
        }
        for index, one in enumerate(world.sources)
    ]
    truth: Row = {
        "schema": "truth/v1",
        "scenario": scenario.name,
        "hypotheses": [
            {"id": f"h{number[at]}", "cause": CAUSES[world.cause[at]], "oracle_ppm": int(ppm[at])}
            for at in places
        ],
        "sources": sorted(sources, key=lambda one: int(str(one["id"])[1:])),
    }
    return evidence, truth


def write(document: Row, path: Path) -> None:
    """JSON in ASCII, one entry of a list a line: the same document gives the same bytes."""
    with path.open("w", encoding="ascii", newline="\n") as out:
        for at, (key, value) in enumerate(document.items()):
            out.write("{" if at == 0 else ",\n")
            if isinstance(value, list):
                out.write(f"{json.dumps(key)}:[\n")
                out.write(",\n".join(json.dumps(one, separators=(",", ":")) for one in value))
                out.write("]")
            else:
                out.write(f"{json.dumps(key)}:{json.dumps(value, separators=(',', ':'))}")
        out.write("}\n")
