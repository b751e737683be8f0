"""What could not be verified, and why: a report's own limits, each with the entries that it concerns."""

from collections.abc import Mapping

from trucekeeper.findings.model import Question
from trucekeeper.kernel.truth import Truth
from trucekeeper.observations.model import Kind
from trucekeeper.reports.acts import UNDETERMINED, weapon_of
from trucekeeper.reports.counting import entries, number_of
from trucekeeper.reports.effort import Effort
from trucekeeper.reports.looking import silent_sectors
from trucekeeper.reports.model import Figure, Row, Section, Table, Words
from trucekeeper.reports.placing import NOWHERE, UNCERTAIN
from trucekeeper.reports.scene import Scene

ARMED = ("explosion", "burst", "shot", "projectile")


def doubts_section(scene: Scene, efforts: Mapping[str, Effort]) -> Section:
    """One row per kind of doubt that occurred; sectors without eyes come first."""
    unseen = (Words("nobody looked", "blind"), Words("No observer covered it; nothing is known of it."))
    rows = [Row(scene.sector(name), unseen, "blind") for name in silent_sectors(scene, efforts)]
    rows.extend(
        Row(label, (figure, Words(why))) for label, figure, why in (*_about_happenings(scene), *_about_entries(scene))
        if figure.refs
    )  # fmt: skip
    title = "What could not be verified"
    if not rows:
        return Section("doubts", title, (("Nothing of this kind occurred.",),))
    table = Table("doubts", "Doubts and their reasons", ("What", "Number", "Why"), tuple(rows))
    return Section(
        "doubts", title, (("Nothing in this table is evidence that something did not happen.",),), (table,)
    )


_Doubt = tuple[str, Figure, str]


def _about_happenings(scene: Scene) -> tuple[_Doubt, ...]:
    now, places = scene.now, scene.places
    return (
        (
            "Sector uncertain",
            number_of(one for one in now if places.sector_of(one) == UNCERTAIN),
            "The region in which it happened reaches over a sector's edge.",
        ),
        (
            "Place not known",
            number_of(one for one in now if places.sector_of(one) == NOWHERE),
            "No place was reported; they are in the totals and not on the map.",
        ),
        (
            "Number not known",
            number_of(one for one in now if one.value.high is None),
            "Told as uncountable, as over some number, or without a number.",
        ),
        (
            "Weapon undetermined",
            number_of(one for one in now if one.act in ARMED and weapon_of(one) == UNDETERMINED),
            "No observer could tell the weapon, or observers differ.",
        ),
        (
            "Time uncertain",
            number_of(one for one in now if _straddles(scene, one.members[-1].observation.when.end)),
            "It may have happened after the end of this period; it is counted where it can first have begun.",
        ),
    )


def _about_entries(scene: Scene) -> tuple[_Doubt, ...]:
    reports = scene.neutral_of(Kind.REPORT, Kind.DETECTION)
    grades = {
        one.observation.source: scene.book.source(one.observation.source, scene.upto).reliability
        for one in reports
    }
    open_cases = tuple(
        case.ref for case in scene.book.cases(scene.upto)
        if case.decided_at is not None and scene.interval.holds(case.decided_at)
        and any(one.question is not Question.VIOLATION and one.answer is Truth.UNKNOWN for one in case.findings)
    )  # fmt: skip
    return (
        (
            "Only relayed",
            entries(one.ref for one in reports if one.observation.relays is not None),
            "They say that they repeat another report, so they are not counted.",
        ),
        (
            "Source cannot be judged",
            entries(one.ref for one in reports if grades[one.observation.source] == "F"),
            "They are counted; the source has no record by which its reliability could be graded.",
        ),
        (
            "Decided as not known",
            entries(open_cases),
            "The panel decided that the event or its author is not established or not verifiable.",
        ),
    )


def _straddles(scene: Scene, end: int | None) -> bool:
    return end is None or (scene.interval.end is not None and end > scene.interval.end)
