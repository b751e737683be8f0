"""Corrections made in the period, and what arrived too late for the report of its own day."""

from trucekeeper.kernel.clock import Instant, Interval
from trucekeeper.reports.counting import COUNTED_KINDS, entries
from trucekeeper.reports.model import Figure, Prose, Section
from trucekeeper.reports.phrases import moment_words
from trucekeeper.reports.ports import Correction
from trucekeeper.reports.scene import Scene

LATE_MS = 30 * 86_400_000
"""How far back a report looks for what was recorded late."""


def amends_section(scene: Scene) -> Section:
    """Errata in full words, and the number of late reports."""
    made = tuple(one for one in scene.book.corrections(scene.upto) if scene.interval.holds(one.at))
    words: list[Prose] = [_words(scene, one) for one in made] or [
        ("No correction was recorded in this period.",)
    ]
    late = late_figure(scene)
    if late.refs:
        words.append(
            (
                late,
                " reports and detections of earlier periods were recorded only after those had been reported on.",
                " They are counted where they belong in the series above, not in this period.",
            )
        )
    return Section("corrections", "Corrections and late reports", tuple(words))


def late_figure(scene: Scene) -> Figure:
    """Entries on the thirty days before the period that were recorded since it began."""
    start = scene.interval.start
    known = scene.book.size_at(start)
    back = Interval(Instant(start - LATE_MS), start)
    seen = scene.book.sightings(back, COUNTED_KINDS, scene.upto)
    return entries(
        one.ref
        for one in seen
        if one.ref.entry >= known and back.holds(one.observation.when.start) and scene.neutral.counts(one)
    )


def _words(scene: Scene, one: Correction) -> Prose:
    instead = f" Entry {one.erratum.instead} holds instead." if one.erratum.instead is not None else ""
    at = moment_words(one.at, scene.agreement.timezone)
    return (
        f"{at}: entry {one.erratum.corrects} is corrected (erratum, entry {one.ref}): “{one.erratum.says}”{instead}",
    )
