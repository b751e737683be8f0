"""What is doubtful although every line can be read."""

from pathlib import Path

import pytest

from tests.agreement.sample import TEXT, small
from trucekeeper.agreement.expression import compile_expression
from trucekeeper.agreement.extent import crosses_itself, may_meet
from trucekeeper.agreement.folder import lint, load
from trucekeeper.agreement.satisfiable import can_hold
from trucekeeper.kernel.clock import Instant, Interval
from trucekeeper.kernel.errors import BadInput
from trucekeeper.places.position import Position
from trucekeeper.places.zone import Area, Band, Line, Polygon, Side, Zone

SHANT_MOVE = """\
  - id: t3
    clause: art-2
    party: party-b
    modality: SHANT
    action: movement
    evidence: {event: 0.8, attribution: 0.9}
    severity: S1
readings:
"""


def warnings(folder: Path) -> list[str]:
    return [f"{each.clause} {each.says}".strip() for each in lint(folder) if each.severity == "warning"]


def test_a_clause_without_a_term_is_named_in_its_text(tmp_path: Path) -> None:
    folder = small(tmp_path, text=TEXT + "\n## Last {#art-3}\n\nThe end.\n")
    found = [each for each in lint(folder) if "the clause has no term" in each.says]
    assert [(each.file, each.line, each.clause) for each in found] == [("text/en.md", 14, "art-3")]


def test_a_clause_may_be_said_to_need_no_term(tmp_path: Path) -> None:
    text = TEXT + "\n## Last {#art-3}\n\nThe end.\n"
    assert warnings(small(tmp_path, ("exemptions:", "declaratory: [art-3]\nexemptions:"), text=text)) == []
    doubled = small(tmp_path, ("exemptions:", "declaratory: [art-3, art-1]\nexemptions:"), text=text)
    assert warnings(doubled) == ["art-1 the clause is declaratory and yet has a term"]


def test_a_ladder_must_be_declared_and_reached(tmp_path: Path) -> None:
    lest = ("    severity: S1\n", "    severity: S1\n    lest: ladder-1\n")
    assert warnings(small(tmp_path, lest)) == [
        "art-2 lest names the ladder 'ladder-1', which is not declared"
    ]
    declared = ("actions:", "ladders: [ladder-1, ladder-2]\nactions:")
    assert warnings(small(tmp_path, lest, declared)) == [
        "the ladder 'ladder-2' is unreachable: no lest names it"
    ]


def test_must_and_shant_over_one_act_zone_and_time_may_contradict(tmp_path: Path) -> None:
    (said,) = warnings(small(tmp_path, ("readings:\n", SHANT_MOVE)))
    assert said.startswith("art-2 't3' and 't2' may contradict")


@pytest.mark.parametrize(
    "changes",
    [
        [("readings:\n", SHANT_MOVE.replace("party-b", "party-a"))],
        [("readings:\n", SHANT_MOVE.replace("movement", "assault"))],
        [("readings:\n", SHANT_MOVE.replace("    evidence", "    within: {days: 3, of: t1}\n    evidence"))],
        [
            ("    action: movement\n", "    action: movement\n    when: 'weapon.calibre_mm >= 100'\n"),
            ("readings:\n", SHANT_MOVE.replace("    evid", "    when: 'weapon.calibre_mm < 100'\n    evid")),
        ],
    ],
    ids=["another party", "another act", "another time", "conditions that exclude each other"],
)
def test_terms_that_cannot_meet_do_not_contradict(tmp_path: Path, changes: list[tuple[str, str]]) -> None:
    assert warnings(small(tmp_path, *changes)) == []


def test_a_condition_that_can_never_hold_is_named(tmp_path: Path) -> None:
    (said,) = warnings(small(tmp_path, ("'count >= 1'", "'count >= 5 && !(count > 3)'")))
    assert said == "art-1 its condition can never hold: count >= 5 && !(count > 3)"


def test_a_permission_with_a_deadline_is_doubtful(tmp_path: Path) -> None:
    (said,) = warnings(small(tmp_path, ("modality: MUST", "modality: MAY")))
    assert "is a MAY with a deadline" in said


def test_a_zone_that_nothing_uses_and_one_that_never_binds_are_named(tmp_path: Path) -> None:
    unused = small(tmp_path, ("where: [a-5km, town]", "where: town"))
    assert warnings(unused) == ["no term and no sector uses the zone 'a-5km'"]
    gone = ("2026-06-01T00:00:00Z]", "2026-03-02T00:00:00Z]")
    never = small(
        tmp_path, ("where: [a-5km, town]", "where: town"), ("sectors: [town]", "sectors: [a-5km]"), gone
    )
    assert set(warnings(never)) == {"art-1 none of its zones is in force while the term binds"}


def test_a_reading_that_changes_nothing_is_doubtful(tmp_path: Path) -> None:
    (said,) = warnings(small(tmp_path, ("counting: of}", "counting: after}")))
    assert said == "art-1 the reading 'second-day-of' changes nothing"


@pytest.mark.parametrize(
    "line",
    [
        [[10.0, 0.0], [10.0, 1.0], [10.5, 0.5], [9.5, 0.5]],
        [[10.0, 0.0], [10.0, 1.0], [10.0, 0.5]],
        [[10.0, 0.0], [10.0, 1.0], [11.0, 1.0], [10.0, 0.5]],
    ],
    ids=["crosses", "turns back", "touches"],
)
def test_a_band_along_a_line_that_crosses_itself_is_refused(tmp_path: Path, line: list[list[float]]) -> None:
    with pytest.raises(
        BadInput, match="line 12: the zone 'a-5km' is a band along 'contact', which crosses itself"
    ):
        load(small(tmp_path, line=line))


def line(*points: tuple[int, int]) -> Line:
    return Line("l", tuple(Position(lat, lon) for lat, lon in points))


def test_a_line_may_close_and_may_run_over_the_antimeridian() -> None:
    assert crosses_itself(line((0, 0), (0, 9), (9, 9), (0, 0))) is None
    assert crosses_itself(line((0, 179_000_000), (0, -179_000_000), (9, -178_000_000))) is None
    assert crosses_itself(line((0, 0), (0, 9), (0, 4), (0, 0))) is not None


def test_zones_meet_unless_a_coarse_look_excludes_it() -> None:
    always = Interval(Instant(0), None)
    along = line((0, 0), (1_000_000, 0))

    def band(low: int, high: int, side: Side, on: Line = along) -> Zone:
        return Zone(f"{low}-{high}-{side}", Band(on, low, high, side), always)

    def square(lat: int, lon: int) -> Zone:
        corners = tuple(Position(lat + a, lon + b) for a, b in ((0, 0), (0, 9000), (9000, 9000), (9000, 0)))
        return Zone(f"{lat} {lon}", Area((Polygon(corners),)), always)

    assert not may_meet(band(1, 5000, Side.LEFT), band(1, 5000, Side.RIGHT))
    assert may_meet(band(0, 5000, Side.LEFT), band(0, 5000, Side.RIGHT))
    assert not may_meet(band(0, 5000, Side.BOTH), band(5001, 9000, Side.BOTH))
    assert may_meet(band(0, 5000, Side.BOTH), square(500_000, 20_000))
    assert not may_meet(band(0, 5000, Side.BOTH), square(500_000, 2_000_000))
    assert not may_meet(square(0, 0), square(10_000, 0))
    assert may_meet(square(0, 0), square(9_000, 0))
    ended = Zone("ended", square(0, 0).shape, Interval(Instant(-9), Instant(0)))
    assert not may_meet(square(0, 0), ended)


@pytest.mark.parametrize(
    ("conditions", "answer"),
    [
        (("count > 3", "count < 5"), True),
        (("count > 3", "count < 4"), False),
        (("act == 'shot'", "act != 'shot'"), False),
        (("act in ['shot', 'burst']", "act != 'shot'"), True),
        (("notified", "!notified || in_storage"), True),
        (("notified ? count > 1 : count > 2", "count == 2", "!notified"), False),
        (("act == means",), True),
    ],
)
def test_conditions_hold_together_or_not(conditions: tuple[str, ...], answer: bool) -> None:
    assert can_hold(tuple(compile_expression(source) for source in conditions)) is answer
