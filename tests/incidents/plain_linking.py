"""The decision of incidents/bulk.py written out plainly: every pair looked at, numbers one by one."""

import math
from collections import Counter
from dataclasses import dataclass
from itertools import combinations

from trucekeeper.incidents import likeness as rule
from trucekeeper.incidents.cells import EARTH_M
from trucekeeper.incidents.grouping import GUARD
from trucekeeper.incidents.likeness import Errors


@dataclass(frozen=True)
class Report:
    lat_u: int
    lon_u: int
    radius_m: int
    start_ms: int
    end_ms: int
    source: int
    kind: int
    weapon: int
    words: tuple[int, ...]
    key: int

    @property
    def says(self) -> tuple[object, ...]:
        """All but its source, in the order that ties fall."""
        return (self.start_ms, self.end_ms, self.lat_u, self.lon_u, self.radius_m, self.kind, self.weapon,
                self.words, self.key)  # fmt: skip

    @property
    def at_ms(self) -> int:
        return (self.start_ms + self.end_ms) // 2

    @property
    def xyz(self) -> tuple[float, float, float]:
        lat, lon = math.radians(self.lat_u / 1e6), math.radians(self.lon_u / 1e6)
        return (EARTH_M * math.cos(lat) * math.cos(lon), EARTH_M * math.cos(lat) * math.sin(lon),
                EARTH_M * math.sin(lat))  # fmt: skip

    def place(self, errors: Errors) -> float:
        return rule.PLACE_FLOOR_M**2 + (rule.PLACE_SIGMA * self.radius_m) ** 2 * float(
            errors.place[self.source]
        )

    def time(self, errors: Errors) -> float:
        stated = rule.TIME_FLOOR_MS**2 + (self.end_ms - self.start_ms) ** 2 / 12
        return stated * float(errors.time[self.source])


def partition(reports: list[Report], errors: Errors) -> set[frozenset[Report]]:
    ranked = sorted(reports, key=lambda one: one.says)
    rare = chance(ranked)
    scored = (
        (score(a, b, ranked, rare, errors), a, b) for a, b in combinations(ranked, 2) if near(a, b, errors)
    )
    groups = {one: frozenset((one,)) for one in ranked}
    for milli, a, b in sorted(scored, key=lambda found: (-found[0], found[1].says, found[2].says)):
        if milli >= rule.THRESHOLD and may_join(groups[a], groups[b], errors):
            both = groups[a] | groups[b]
            groups.update(dict.fromkeys(both, both))
    return set(groups.values())


def near(a: Report, b: Report, errors: Errors) -> bool:
    square = sum((p - q) ** 2 for p, q in zip(a.xyz, b.xyz, strict=True))
    close = square <= rule.GATE**2 * (a.place(errors) + b.place(errors))
    when = (a.at_ms - b.at_ms) ** 2 <= rule.GATE**2 * (a.time(errors) + b.time(errors))
    return a.source != b.source and close and when


def score(a: Report, b: Report, ranked: list[Report], rare: dict[Report, float], errors: Errors) -> int:
    square = sum((p - q) ** 2 for p, q in zip(a.xyz, b.xyz, strict=True))
    nats = density(square, a.place(errors) + b.place(errors), 2)
    nats += density((a.at_ms - b.at_ms) ** 2, a.time(errors) + b.time(errors), 1)
    nats -= (rare[a] + rare[b]) / 2
    nats += agree(a.kind, b.kind, [one.kind for one in ranked], rule.KIND_KEPT)
    nats += agree(a.weapon, b.weapon, [one.weapon for one in ranked], rule.WEAPON_KEPT)
    told = Counter(word for one in ranked for word in one.words)
    worth = [
        min(max(rule.WORD_SHARE * math.log(len(ranked) / told[word]), 0.0), rule.WORD_MOST)
        for word in a.words if word and word in b.words
    ]  # fmt: skip
    return round((nats + min(sum(worth), rule.WORDS_MOST)) * 1000)


def density(square: float, variance: float, axes: int) -> float:
    core = (1 - rule.TAIL) * math.exp(-square / (2 * variance))
    tail = rule.TAIL / rule.TAIL_WIDE**axes * math.exp(-square / (2 * rule.TAIL_WIDE**2 * variance))
    return math.log(core + tail) - axes / 2 * math.log(2 * math.pi * variance)


def agree(a: int, b: int, said: list[int], kept: float) -> float:
    if a < 0 or b < 0:
        return 0.0
    known = [one for one in said if one >= 0]
    share = known.count(a) / len(known)
    return min(math.log(kept / share + 1 - kept), rule.AGREE_MOST) if a == b else math.log(1 - kept)


def chance(reports: list[Report]) -> dict[Report, float]:
    close = Counter(_cell(one, rule.NEAR_M, rule.NEAR_MS) for one in reports)
    wide = Counter(_cell(one, rule.WIDE_M, rule.WIDE_MS) for one in reports)
    return {
        one: math.log(
            rule.RARE
            + wide[_cell(one, rule.WIDE_M, rule.WIDE_MS)] / (rule.WIDE_M**2 * rule.WIDE_MS)
            + max(close[_cell(one, rule.NEAR_M, rule.NEAR_MS)] - rule.OWN, 0)
            / (rule.NEAR_M**2 * rule.NEAR_MS)
        )
        for one in reports
    }


def _cell(one: Report, side_m: float, side_ms: int) -> tuple[int, int, int]:
    row = math.floor(math.radians(one.lat_u / 1e6) * (EARTH_M / side_m))
    edge = min(max(abs(row), abs(row + 1)) * (side_m / EARTH_M), math.pi / 2)
    count = math.floor(2 * math.pi * EARTH_M * math.cos(edge) / side_m)
    count = 1 if count < 64 else count
    column = math.floor((math.radians(one.lon_u / 1e6) / (2 * math.pi) + 0.5) * count) % count
    return (one.at_ms // side_ms, row, column)


def may_join(one: frozenset[Report], other: frozenset[Report], errors: Errors) -> bool:
    if one & other or {each.source for each in one} & {each.source for each in other}:
        return False
    (a, p), (b, q) = _centre(one, errors), _centre(other, errors)
    (s, m), (t, n) = _middle(one, errors), _middle(other, errors)
    square = sum((x - y) ** 2 for x, y in zip(a, b, strict=True))
    return square <= GUARD**2 * (1 / p + 1 / q) and (s - t) ** 2 <= GUARD**2 * (1 / m + 1 / n)


def _centre(group: frozenset[Report], errors: Errors) -> tuple[list[float], float]:
    weights = [(one, 1 / one.place(errors)) for one in group]
    total = math.fsum(weight for _, weight in weights)
    return [math.fsum(one.xyz[axis] * weight for one, weight in weights) / total for axis in range(3)], total


def _middle(group: frozenset[Report], errors: Errors) -> tuple[float, float]:
    weights = [(one.at_ms, 1 / one.time(errors)) for one in group]
    total = math.fsum(weight for _, weight in weights)
    origin = min(at for at, _ in weights)
    return origin + math.fsum((at - origin) * weight for at, weight in weights) / total, total
