"""Weighs the hypotheses of a body of evidence by the tables of a fit, in whole numbers alone.

A pure function of evidence and fit: the order of arrival, names, and the machine do not matter.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from copy import copy
from typing import NamedTuple

from trucekeeper.weighing.balance import CROWD, Balance, Member, Part, Sensed, crowded, limited, rivals_of
from trucekeeper.weighing.copying import Voice, voices
from trucekeeper.weighing.evidence import CAUSES, Alleged, Evidence, Statement, Watch, Witness
from trucekeeper.weighing.fit import ANY, CLAIMANT, NAMED, NEUTRAL, Ear, Fit, ear_of, symbol_of
from trucekeeper.weighing.voiced import Tell, counted, flat, recorded, tell_of, voiced
from trucekeeper.weighing.weights import (
    CONTRARY,
    DENIAL,
    NIL,
    Weight,
    added,
    against,
    bidden,
    captured_logs,
    held,
    logs,
    pointed,
    sensed,
    shared,
    spoken,
)

SURE_COPY_PPM = 900_000
"""A source that repeats another so often where both speak is a relay of it."""


class _Own(NamedTuple):
    """What one source's saying this weighs: by itself, among its denials, if captured, and where it speaks alone."""

    logs: tuple[int, ...]
    share: int
    captured: tuple[int, int]
    alone: Weight
    tell: Tell


def stance_of(source: Witness, alleged: Alleged) -> str:
    """Whether the source gains from the claim, from its contrary, or from neither."""
    if source.side is None:
        return NEUTRAL
    return NAMED if source.side == alleged.named else CLAIMANT


def group_of(source: Witness) -> str:
    """Who would be captured together: a side is one interest, whatever its groups."""
    return source.group if source.side is None else f"side {source.side}"


class Scale:
    """Evidence and a fit, ready to weigh."""

    def __init__(self, evidence: Evidence, fit: Fit) -> None:
        self.evidence, self.fit = evidence, fit
        self.sources = {one.id: one for one in evidence.sources}
        self._groups = {one.id: group_of(one) for one in evidence.sources}
        self._sides = {one.id: one.side for one in evidence.sources}
        self._parents = {one.child: one.parent for one in fit.copies if one.ppm >= SURE_COPY_PPM}
        self._parents.update({one.id: one.parent for one in evidence.sources if one.parent is not None})
        self._ears = {one.id: fit.ears.get(one.id) or ear_of(one) for one in evidence.modalities}
        self._said: defaultdict[str, list[Statement]] = defaultdict(list)
        self._watched: defaultdict[str, list[Watch]] = defaultdict(list)
        for said in evidence.statements:
            self._said[said.hypothesis].append(said)
        for watch in evidence.watches:
            self._watched[watch.hypothesis].append(watch)
        self._rivals: defaultdict[str, list[tuple[int, frozenset[str]]]] = defaultdict(list)
        for rival in evidence.alternatives:
            self._rivals[rival.hypothesis].append((rival.weight_ppm, frozenset(rival.statements)))
        self._owns: dict[tuple[str, str, int, str], _Own] = {}
        self._sensed: dict[tuple[str, int, bool, bool, bool], int] = {}

    def by(self, fit: Fit) -> "Scale":
        """The same evidence, ready to weigh by another fit that knows of the same copies."""
        found = copy(self)
        found.fit, found._owns, found._sensed = fit, {}, {}  # noqa: SLF001 - its own kind
        found._ears = {one.id: fit.ears.get(one.id) or ear_of(one) for one in self.evidence.modalities}  # noqa: SLF001
        return found

    def said(self, alleged: Alleged) -> Sequence[Statement]:
        """Every statement on a hypothesis."""
        return self._said.get(alleged.id, ())

    def watched(self, alleged: Alleged) -> Sequence[Watch]:
        """Every watch on a hypothesis."""
        return self._watched.get(alleged.id, ())

    def partitions(self, alleged: Alleged) -> Sequence[tuple[int, frozenset[str]]]:
        """The rival partitions of linking: weight in ppm, and the statements that belong."""
        return self._rivals.get(alleged.id, ())

    def balance(self, alleged: Alleged, among: frozenset[str] | None = None) -> Balance:
        """The parts that speak for or against it; ``among`` keeps only the statements named."""
        rivals = rivals_of(alleged.base_ppm)
        empty = Balance(rivals, ())
        prior = empty.prior
        said = [one for one in self.said(alleged) if among is None or one.id in among]
        spoken = crowded(tuple(self._spoken(alleged, said, prior)))
        parts = [*self._voiced(alleged, spoken, prior), *self._sensed_parts(alleged, prior)]
        record = recorded(self.fit, parts, prior) if alleged.term else None
        return Balance(rivals, tuple(parts) if record is None else (*parts, record))

    def tells(self, alleged: Alleged, part: Part) -> list[Tell]:
        """What it tells that each voice of a spoken part speaks."""
        return [
            self._own(self.sources[voice.owner], part.stance, voice.symbol, alleged.named).tell
            for voice in part.voices
        ]

    def _voiced(self, alleged: Alleged, parts: Sequence[Part], prior: int) -> list[Part]:
        """The spoken parts with what it tells that these speak."""
        if not self.fit.voiced:
            return list(parts)
        tells = [self.tells(alleged, part) for part in parts]
        counts = counted([tell for one in tells for tell in one])
        return [
            voiced(part, [mine + _shared(whole, counts[key]) for key, whole, mine in one], prior)
            for part, one in zip(parts, tells, strict=True)
        ]

    def voices(self, alleged: Alleged, said: Sequence[Statement]) -> list[Voice]:
        """The statements as voices, each counted once."""

        def rank(one: Statement) -> tuple[int, ...]:
            source = self.sources[one.source]
            stance = stance_of(source, alleged)
            own = self._own(source, stance, symbol_of(one), alleged.named)
            known = self.fit.knows(source.id, stance, alleged.named) is not None
            return (source.parent is not None, not known, *own.logs)

        return voices(said, self.sources, self._parents, rank)

    def seen(self, alleged: Alleged) -> bool:
        """Whether anybody without an interest spoke, an admission was made, or a sensor could have sensed it."""
        for one in self.said(alleged):
            stance = stance_of(self.sources[one.source], alleged)
            if stance == NEUTRAL or (stance == NAMED and symbol_of(one) == 0):
                return True
        return any(one.exposed for one in self.watched(alleged))

    def supported(self, alleged: Alleged) -> bool:
        """Whether somebody without an interest, an admission, or a sensor that was exposed affirms it."""
        for one in self.said(alleged):
            stance = stance_of(self.sources[one.source], alleged)
            if symbol_of(one) == 0 and stance != CLAIMANT:
                return True
        return any(
            one.exposed and one.detected and stance_of(self.sources[one.source], alleged) != CLAIMANT
            for one in self.watched(alleged)
        )

    def _own(self, source: Witness, stance: str, symbol: int, named: str) -> _Own:
        key = (source.id, stance, symbol, named)
        found = self._owns.get(key)
        if found is None:
            table = self.fit.table(source.id, source.kind, stance, named)
            own, share = logs(table, symbol), shared(table, symbol)
            known = self.fit.captured
            usual = known.get(f"group {source.group}", known[ANY]) if stance == NEUTRAL else known[stance]
            captured = captured_logs(usual)
            alone = spoken((own,), bidden((symbol,), share, stance), captured)
            who = ("", "") if flat(table) else (source.id, source.kind)
            tell = tell_of(self.fit, *who, stance, affirms=symbol == 0)
            found = self._owns[key] = _Own(own, share, captured, alone, tell)
        return found

    def _spoken(self, alleged: Alleged, said: Sequence[Statement], prior: int) -> Iterator[Part]:
        bands: dict[tuple[str, str, bool], list[Voice]] = {}
        named, groups, sides = alleged.named, self._groups, self._sides
        for voice in self.voices(alleged, said):
            owner = voice.owner
            side = sides[owner]
            if side is None:
                key = (groups[owner], NEUTRAL, False)
            elif side == named:
                key = (groups[owner], NAMED, voice.symbol != 0)
            else:
                key = (groups[owner], CLAIMANT, voice.symbol == 0)
            band = bands.get(key)
            if band is None:
                bands[key] = [voice]
            else:
                band.append(voice)
        sources = self.sources
        for (group, stance, bids), band in bands.items():
            owns = [self._own(sources[voice.owner], stance, voice.symbol, named) for voice in band]
            if stance == NEUTRAL and len(band) == 1:
                weight = owns[0].alone
            elif stance != NEUTRAL and not bids:
                least, most = (0, CONTRARY) if stance == NAMED else (-CONTRARY, 0)
                weight = held(added([against(own.logs) for own in owns]), least, most)
            else:
                shares = sum([own.share for own in owns])
                bid = bidden([voice.symbol for voice in band], shares, stance)
                captured = max([own.captured for own in owns], key=_likeliest)
                weight = spoken([own.logs for own in owns], bid, captured)
                if stance == NAMED:
                    weight = held(weight, -DENIAL, DENIAL)
                elif stance == CLAIMANT:
                    weight = limited(weight, prior)
            yield Part(group, weight, stance, band)

    def members(self, part: Part, alleged: Alleged) -> Iterator[Member]:
        """What a part is made of, each with its own weight before the part was bounded."""
        if not part.voices and part.sensed is None:
            yield Member("record", "", "", "", part.weight, "as usual among what was adjudicated")
        for at, voice in enumerate(part.voices):
            own = self._own(self.sources[voice.owner], part.stance, voice.symbol, alleged.named)
            member = _member(voice.speaks, part.group or "", against(own.logs), part.stance)
            yield member._replace(tell=part.tells[at]) if part.tells else member
            for copied in voice.copies:
                yield _copy(copied, self._groups[copied.source])
        for watch, group, ratio in part.watches:
            modality = self.sources[watch.source].modality or ""
            weight = NIL if ratio is None else (ratio, ratio, ratio, ratio)
            if ratio is not None and watch.detected and watch.points_to is not None:
                told = pointed(self._ears[modality], named=watch.points_to == alleged.named)
                weight = added((weight, told))
            what = "watch" if ratio is not None else "copy"
            yield Member(what, watch.source, watch.source, group, weight, _watch_says(watch, modality))

    def listening(self, alleged: Alleged) -> dict[tuple[str, str], list[tuple[Watch, str, int | None]]]:
        """By modality and stance, each exposed watch with its group and what it weighs for there over not there.

        Watches that nothing but the name tells apart are one: the later ones weigh nothing.
        """
        known: set[tuple[object, ...]] = set()
        bands: dict[tuple[str, str], list[tuple[Watch, str, int | None]]] = {}
        for watch in self.watched(alleged):
            source = self.sources[watch.source]
            ear = None if source.modality is None else self._ears.get(source.modality)
            if ear is None or source.modality is None or not watch.exposed:
                continue
            key = (source.modality, stance_of(source, alleged))
            group = self._groups[source.id]
            told = (key, group, watch.distance_m, watch.night, watch.cloud, watch.detected, watch.points_to)
            ratio = None if told in known else self._ratio(ear, source, watch)
            known.add(told)
            bands.setdefault(key, []).append((watch, group, ratio))
        return bands

    def _sensed_parts(self, alleged: Alleged, prior: int) -> Iterator[Part]:
        for (modality, stance), band in self.listening(alleged).items():
            yield _sensed_part(self._ears[modality], alleged, stance, band, prior)

    def _ratio(self, ear: Ear, source: Witness, watch: Watch) -> int:
        key = (source.modality or "", watch.distance_m, watch.night, watch.cloud, watch.detected)
        found = self._sensed.get(key)
        if found is None:
            found = self._sensed[key] = sensed(ear, watch)
        return found


def _sensed_part(
    ear: Ear, alleged: Alleged, stance: str, band: Sequence[tuple[Watch, str, int | None]], prior: int
) -> Part:
    ratios: dict[str, int] = {}
    pointers: dict[str, Weight] = {}
    for watch, group, ratio in band:
        if ratio is None:
            continue
        ratios[group] = ratios.get(group, 0) + ratio
        if watch.detected and watch.points_to is not None:
            told = pointed(ear, named=watch.points_to == alleged.named)
            pointers[group] = added((pointers.get(group, NIL), told))
    listened = Sensed(ear, stance, ratios, pointers)
    return Part(None, limited(listened.weight(), prior), stance, (), band, listened)


def _shared(whole: int, count: int) -> int:
    """What one of so many voices tells: beyond a crowd they share what a crowd tells."""
    if count <= CROWD:
        return whole
    return whole * CROWD // count if whole >= 0 else -(-whole * CROWD // count)


def _likeliest(captured: tuple[int, int]) -> int:
    return captured[1]


def _watch_says(watch: Watch, modality: str) -> str:
    where = f"{modality} at {watch.distance_m} m"
    if not watch.detected:
        return f"{where}: exposed, sensed nothing"
    return f"{where}: sensed it" + (f", from {watch.points_to}" if watch.points_to else "")


def _member(said: Statement, group: str, weight: Weight, stance: str) -> Member:
    whose = {NEUTRAL: "", CLAIMANT: ", of a side that claims it", NAMED: ", of the named side"}[stance]
    return Member("statement", said.id, said.source, group, weight, f"{_told(said)}{whose}")


def _copy(said: Statement, group: str) -> Member:
    return Member("copy", said.id, said.source, group, NIL, f"{_told(said)}, as others have said already")


def _told(said: Statement) -> str:
    symbol = symbol_of(said)
    if symbol in {0, 5}:
        return "affirms" if symbol == 0 else "denies"
    return f"denies: {CAUSES[symbol].value}"
