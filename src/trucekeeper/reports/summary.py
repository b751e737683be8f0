"""The head of a report: a few numbers, and what happened in sentences that hold only figures and stated words."""

from collections.abc import Mapping

from trucekeeper.observations.model import Kind
from trucekeeper.reports.acts import RECORDED, acts_in
from trucekeeper.reports.counting import COUNTED_KINDS, entries, figure, number_of, split
from trucekeeper.reports.effort import Effort
from trucekeeper.reports.looking import silent_sectors
from trucekeeper.reports.model import Compared, Headline, Prose, Section
from trucekeeper.reports.phrases import listed
from trucekeeper.reports.scene import Scene
from trucekeeper.reports.units import plural
from trucekeeper.reports.watch import EVERYWHERE, Watch, foremost


def headlines(
    scene: Scene, efforts: Mapping[str, Effort], earlier: Mapping[str, Effort]
) -> tuple[Headline, ...]:
    """The first three counted units, access restrictions, and the hours that observers looked."""
    acts = acts_in((*scene.now, *scene.earlier))[:3]
    now, then = split(scene.now, lambda one: one.act), split(scene.earlier, lambda one: one.act)
    refused = entries(one.ref for one in scene.neutral_of(Kind.ACCESS_REFUSED))
    before = scene.before
    refused_before = entries(
        one.ref for one in scene.book.sightings(before, (Kind.ACCESS_REFUSED,), scene.upto)
        if before is not None and before.holds(one.observation.when.start)
        and scene.neutral.interest(one.observation.source) is None
    )  # fmt: skip
    counts = tuple(
        Headline(plural(act), Compared(figure(now.get(act, ())), figure(then.get(act, ())))) for act in acts
    )
    looked = Compared(efforts[EVERYWHERE].minutes, earlier[EVERYWHERE].minutes)
    return (
        *counts,
        Headline("access restrictions", Compared(refused, refused_before)),
        Headline("observer-hours", looked),
    )


def summary_section(scene: Scene, efforts: Mapping[str, Effort], watch: Watch) -> Section:
    """What a reader with one minute must know, doubts included."""
    words = (
        _counted(scene),
        *_where(scene),
        *_seen(scene, watch),
        *_blind(scene, efforts),
        *_harm(scene),
    )
    return Section("summary", "Summary", words)


def _counted(scene: Scene) -> Prose:
    now, before = split(scene.now, lambda one: one.act), split(scene.earlier, lambda one: one.act)
    acts = acts_in((*scene.now, *scene.earlier))
    if not acts:
        return (f"No countable act was recorded in this period or in the one before. {RECORDED}",)
    prose: Prose = ("Recorded: ",)
    for index, act in enumerate(acts):
        joint = "" if index == 0 else "; "
        prose = (
            *prose,
            joint,
            figure(now.get(act, ())),
            f" {plural(act)} (",
            figure(before.get(act, ())),
            " before)",
        )
    return (*prose, f". {RECORDED}")


def _where(scene: Scene) -> tuple[Prose, ...]:
    placed = split(scene.now, scene.places.sector_of)
    named = [(name, number_of(placed[name])) for name in scene.agreement.sectors if name in placed]
    if not named:
        return ()
    top = max(named, key=lambda pair: pair[1].value.low)
    return (("Most happenings in one sector: ", top[1], f" in {scene.sector(top[0])}."),)


def _seen(scene: Scene, watch: Watch) -> tuple[Prose, ...]:
    act = foremost(scene, watch)
    chance = watch.chance(EVERYWHERE, act, scene.interval)
    if chance is None:
        return ()
    return (
        (
            f"Of other {plural(act)}, at any time of the period and any place of the sectors, ",
            chance,
            " would have been noticed by somebody on record as looking.",
        ),
    )


def _blind(scene: Scene, efforts: Mapping[str, Effort]) -> tuple[Prose, ...]:
    names = [scene.sector(name) for name in silent_sectors(scene, efforts)]
    refused = entries(one.ref for one in scene.neutral_of(Kind.ACCESS_REFUSED))
    said: list[Prose] = []
    if names:
        said.append((f"Nobody looked in {listed(names)}: what happened there is not known.",))
    if refused.refs:
        said.append(("Movement of the monitors was denied or delayed in ", refused, " recorded cases."))
    return tuple(said)


def _harm(scene: Scene) -> tuple[Prose, ...]:
    told = (one for one in scene.of_kind(*COUNTED_KINDS) if one.observation.harm is not None)
    refs = entries(one.ref for one in told if scene.neutral.counts(one))
    return (("Civilian harm is told in ", refs, " reports; see the section on it."),) if refs.refs else ()
