import tracemalloc

import numpy as np

from trucekeeper.incidents.bulk import Errors, Reports, link

HOUR_MS = 3_600_000
NOON = 1_772_539_200_000


def reports(lat_u: list[int], lon_u: list[int], source: list[int], radius_m: int = 500) -> Reports:
    n = len(lat_u)
    start = np.full(n, NOON, dtype=np.int64)
    same, unknown = np.full(n, radius_m, dtype=np.int64), np.full(n, -1, dtype=np.int64)
    where = (np.array(lat_u, dtype=np.int64), np.array(lon_u, dtype=np.int64), same)
    when = (start, start + 300_000)
    who = np.array(source, dtype=np.int64)
    return Reports(*where, *when, who, unknown, unknown, np.zeros((n, 4), np.uint16), np.arange(n))


def groups(found: Reports) -> list[list[int]]:
    numbers = link(found).incident
    return [np.flatnonzero(numbers == number).tolist() for number in np.unique(numbers)]


def test_nothing_is_no_incident() -> None:
    assert len(link(reports([], [], [])).incident) == 0


def test_one_report_is_one_incident() -> None:
    assert groups(reports([48_000_000], [37_000_000], [0])) == [[0]]


def test_all_in_one_place_and_time_are_one_incident() -> None:
    assert groups(reports([48_000_000] * 8, [37_000_000] * 8, list(range(8)))) == [list(range(8))]


def test_a_line_of_reports_half_a_kilometre_from_the_next_is_not_one_incident() -> None:
    line = reports([48_000_000 + 4_497 * at for at in range(60)], [37_000_000] * 60, list(range(60)))
    assert max(len(group) for group in groups(line)) <= 12


def test_the_antimeridian_separates_nobody() -> None:
    assert groups(reports([0, 0], [179_999_000, -179_999_000], [0, 1])) == [[0, 1]]


def test_a_pole_separates_nobody() -> None:
    assert groups(reports([89_999_000, 89_999_000], [0, 180_000_000], [0, 1])) == [[0, 1]]
    assert groups(reports([-89_999_000, -90_000_000], [90_000_000, 0], [0, 1])) == [[0, 1]]


def test_the_far_side_of_the_world_is_apart_however_wide_it_is() -> None:
    assert groups(reports([0, 0], [0, 180_000_000], [0, 1], radius_m=300_000)) == [[0], [1]]


def test_ten_thousand_reports_of_one_source_stay_apart_and_small() -> None:
    many = reports([48_000_000] * 10_000, [37_000_000] * 10_000, [3] * 10_000)
    tracemalloc.start()
    found = link(many, Errors(np.ones(4), np.ones(4)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(set(found.incident.tolist())) == 10_000
    assert peak < 400 * 2**20


def test_a_century_between_two_reports_is_no_trouble() -> None:
    two = reports([48_000_000] * 3, [37_000_000] * 3, [0, 1, 2])
    two.start_ms[2] -= 200 * 365 * 24 * HOUR_MS
    two.end_ms[2] -= 200 * 365 * 24 * HOUR_MS
    assert groups(two) == [[2], [0, 1]]


def test_pairs_come_strongest_first_with_what_they_reach() -> None:
    found = link(reports([48_000_000, 48_000_000, 48_009_000], [37_000_000] * 3, [0, 1, 2]))
    assert found.milli.tolist() == sorted(found.milli.tolist(), reverse=True)
    assert {found.one[0], found.other[0]} == {0, 1}
