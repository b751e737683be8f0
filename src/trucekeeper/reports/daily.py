"""The daily report: one day by the agreement's own clock, from cut-off to cut-off."""

from dataclasses import replace
from datetime import date, timedelta

from trucekeeper.agreement import calendar
from trucekeeper.agreement.model import Agreement
from trucekeeper.kernel.clock import Interval
from trucekeeper.reports.access import access_section
from trucekeeper.reports.acts import acts_section
from trucekeeper.reports.amends import amends_section
from trucekeeper.reports.announced import announced_section
from trucekeeper.reports.answers import cases_section
from trucekeeper.reports.claims import claims_section
from trucekeeper.reports.doubts import doubts_section
from trucekeeper.reports.duty import duties_section
from trucekeeper.reports.harm import harm_section
from trucekeeper.reports.held import holdings_section
from trucekeeper.reports.looking import efforts_in, looking_section
from trucekeeper.reports.method import method_section
from trucekeeper.reports.model import Cited, Report, Sketch
from trucekeeper.reports.parity import parity_section
from trucekeeper.reports.phrases import MONTHS, moment_words, offset_words
from trucekeeper.reports.ports import Ground, Reportbook
from trucekeeper.reports.scene import Frame, Scene, Step, gather
from trucekeeper.reports.sketching import sketch
from trucekeeper.reports.summary import headlines, summary_section
from trucekeeper.reports.touched import terms_section
from trucekeeper.reports.units import plural
from trucekeeper.reports.watch import Watch, foremost, watch

SERIES_DAYS = 14
"""How many days the series shows, the report's own included."""


def day_interval(agreement: Agreement, day: date) -> Interval:
    """From the cut-off of the day before to that of ``day``, by the agreement's clock (23 to 25 hours)."""
    return calendar.day_interval(day, agreement.timezone, agreement.publication.cut_off_min)


def build(
    casebook: Reportbook, agreement: Agreement, day: date, upto: int, checkpoint: Cited, ground: Ground
) -> Report:
    """The report on ``day`` from what the first ``upto`` entries tell; the same inputs give the same report."""
    steps = tuple(
        Step(_short(on), day_interval(agreement, on))
        for on in (day - timedelta(days=back) for back in range(_series(agreement, day) - 1, -1, -1))
    )
    frame = Frame(steps[-1].interval, steps[-2].interval, steps)
    scene = gather(casebook, agreement, ground, frame, upto)
    efforts, earlier = efforts_in(scene, steps[-1].interval), efforts_in(scene, steps[-2].interval)
    watched = watch(scene)
    return Report(
        kind="daily",
        id=f"{agreement.id}/daily/{day.isoformat()}",
        title="Daily report",
        agreement_id=agreement.id,
        agreement_title=agreement.title,
        agreement_digest=agreement.digest,
        historical=agreement.historical,
        day=day.isoformat(),
        interval=scene.interval,
        before=scene.before,
        span_words=_span(agreement, scene.interval),
        zone_name=offset_words(agreement.timezone, scene.interval.start),
        audience=agreement.publication.daily_report,
        upto=upto,
        checkpoint=checkpoint,
        sides=tuple((party.id, party.name) for party in agreement.parties),
        headlines=headlines(scene, efforts, earlier),
        sections=(
            summary_section(scene, efforts, watched),
            acts_section(scene, watched),
            looking_section(scene, efforts, watched),
            terms_section(scene),
            holdings_section(scene),
            access_section(scene),
            harm_section(scene),
            announced_section(scene),
            claims_section(scene),
            cases_section(scene),
            parity_section(scene),
            duties_section(scene),
            amends_section(scene),
            doubts_section(scene, efforts),
            method_section(scene),
        ),
        sketch=_sketch(scene, watched),
    )


def _sketch(scene: Scene, watched: Watch) -> Sketch:
    """The map, with the chances of the act that it is shaded by."""
    drawn, act = sketch(scene.agreement, scene.places.ground, scene.now), foremost(scene, watched)
    if not act:
        return drawn
    chances = tuple((name, watched.beside(name, act, scene.interval)) for name in scene.agreement.sectors)
    return replace(drawn, sought=plural(act), chances=chances)


def _series(agreement: Agreement, day: date) -> int:
    """How many days the series can show: none before the agreement, and two at least, to compare."""
    first = calendar.local_day(agreement.in_force, agreement.timezone)
    return max(2, min(SERIES_DAYS, (day - first).days + 1))


def _short(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1][:3]}"


def _span(agreement: Agreement, interval: Interval) -> str:
    end = interval.end if interval.end is not None else interval.start
    return f"{moment_words(interval.start, agreement.timezone)} to {moment_words(end, agreement.timezone)}"
