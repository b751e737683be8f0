"""Who was on record as looking, for which acts, when and where: the chances that stand beside a report's counts."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from trucekeeper.findings.evidence import SENSED
from trucekeeper.incidents.model import Sighting
from trucekeeper.kernel.clock import Interval
from trucekeeper.kernel.truth import Truth
from trucekeeper.places.position import Region
from trucekeeper.record.ref import Ref
from trucekeeper.reports.coverage import Look, chance
from trucekeeper.reports.model import Figure, Words
from trucekeeper.reports.placing import Places
from trucekeeper.reports.scene import Scene
from trucekeeper.reports.units import ORDER

EVERYWHERE = ""
"""The key of all sectors together."""


_Asked = tuple[str, Interval, tuple[Ref, ...]]


@dataclass(frozen=True, slots=True)
class Watch:
    """All looks of a report's time, and the places of each sector (and of all, under EVERYWHERE) as bits.

    Remembers each chance that it was asked for: acts that the same entries looked for share theirs.
    """

    looks: tuple[Look, ...]
    grounds: Mapping[str, int]
    known: dict[_Asked, Figure | None] = field(default_factory=dict[_Asked, Figure | None])

    def chance(self, key: str, act: str, period: Interval | None) -> Figure | None:
        """The chance that such a happening would have been noticed there and then; None: nobody looked."""
        ground = self.grounds.get(key, 0)
        if period is None or not ground:
            return None
        there = tuple(one for one in self.looks if key in one.over and act in one.acts)
        asked = (key, period, tuple(one.ref for one in there))
        if asked not in self.known:
            self.known[asked] = chance(there, act, period, ground)
        return self.known[asked]

    def beside(self, key: str, act: str, period: Interval) -> Figure | Words:
        """What stands beside a count."""
        found = self.chance(key, act, period)
        return unseen(act) if found is None else found

    @property
    def acts(self) -> tuple[str, ...]:
        """The acts that anybody looked for, in the order of reports."""
        sought = {act for one in self.looks for act in one.acts}
        return tuple(act for act in ORDER if act in sought)


def unseen(act: str) -> Words:
    """What is said in place of a number where nobody is on record as looking."""
    return Words("watch not known" if act in SENSED else "nobody looked", "blind")


def watch(scene: Scene) -> Watch:
    """From the coverage entries of this period and the one before: of sources without an interest, and not relayed."""
    places = scene.places
    lattice = places.ground.lattice([shape for _, shape in places.sectors])
    names = (name for name, _ in places.sectors)
    grounds = {name: bits(inside) for name, inside in zip(names, lattice.inside, strict=True)}
    grounds[EVERYWHERE] = (1 << len(lattice.places)) - 1
    reached: dict[Region, tuple[int, frozenset[str]]] = {}
    looks: list[Look] = []
    for one in _counted(scene):
        told, region, looked = one.observation, one.observation.where, one.observation.coverage
        if looked is None or region is None:
            continue
        if region not in reached:
            reached[region] = (bits(places.ground.within(region, lattice.places)), _over(places, region))
        reach, over = reached[region]
        looks.append(Look(one.ref, told.source, told.when, looked.acts, looked.chance_ppm, reach, over))
    return Watch(tuple(looks), grounds)


def _counted(scene: Scene) -> Iterator[Sighting]:
    """What bears on this period or the one before."""
    for one in scene.coverage:
        told, before = one.observation, scene.before
        near = scene.interval.overlaps(told.when) or (before is not None and before.overlaps(told.when))
        if near and told.relays is None and scene.neutral.interest(told.source) is None:
            yield one


def _over(places: Places, region: Region) -> frozenset[str]:
    """The sectors that a region meets, and all together where it meets any."""
    met = {
        name for name, shape in places.sectors if places.ground.touch(region, shape).answer is not Truth.NO
    }
    return frozenset({*met, EVERYWHERE}) if met else frozenset()


def foremost(scene: Scene, watch: Watch) -> str:
    """The act whose chances a summary and the map show: the first that was recorded, else that was looked for."""
    recorded = {one.act for one in (*scene.now, *scene.earlier)} - {"", *SENSED}
    return next((act for act in ORDER if act in recorded), next(iter(watch.acts), ""))


def bits(flags: Iterable[bool]) -> int:
    """A set of places as the bits of a number."""
    written = "".join("1" if one else "0" for one in flags)
    return int(written, 2) if written else 0
