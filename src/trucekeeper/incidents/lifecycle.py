"""Acts of triage folded into the incidents of today: open, add, merge, split.

========  =====================================  ==============================================
op        asks                                   does
========  =====================================  ==============================================
open      members are in no incident             a new incident, numbered next in its year
add       incident stands; members in none       the members join it
merge     both stand and differ                  ``other``'s members join; its id leads on
split     members in incident, one more stays    members leave, as ``other`` revived or as new
========  =====================================  ==============================================

What a person did can be undone by a person: a split undoes a merge, a merge undoes a split. An act whose
question has no for an answer changes nothing and is kept among the refused; so every copy of the record
gives the same incidents.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from trucekeeper.incidents.act import Act, Op
from trucekeeper.incidents.model import Incident, Sighting
from trucekeeper.kernel.clock import Instant, Interval, to_datetime
from trucekeeper.kernel.errors import BadInput, Conflict, NotFound
from trucekeeper.record.ref import Ref


@dataclass(slots=True)
class Register:
    """The incidents as they stand after the acts applied so far; changed by :meth:`apply` alone.

    ``members`` maps each standing incident to its observations in the order of the record, ``merged`` the ids
    that lead elsewhere, ``refused`` holds the acts that changed nothing, with the reason.
    """

    members: dict[str, tuple[Ref, ...]] = field(default_factory=dict[str, tuple[Ref, ...]])
    merged: dict[str, str] = field(default_factory=dict[str, str])
    refused: list[tuple[Ref, str]] = field(default_factory=list[tuple[Ref, str]])
    _home: dict[Ref, str] = field(default_factory=dict[Ref, str])
    _last: dict[int, int] = field(default_factory=dict[int, int])

    def copy(self) -> "Register":
        """The same register, to be changed apart from this one."""
        return Register(
            dict(self.members), dict(self.merged), list(self.refused), dict(self._home), dict(self._last)
        )

    def resolve(self, incident_id: str) -> str:
        """The standing incident that an id leads to; NotFound where no act ever made it."""
        at = incident_id
        while at in self.merged:
            at = self.merged[at]
        if at not in self.members:
            msg = f"there is no incident {incident_id}; take its id from the list of incidents"
            raise NotFound(msg)
        return at

    def home(self, ref: Ref) -> str | None:
        """The incident that an observation belongs to, if any."""
        return self._home.get(ref)

    def next_id(self, year: int) -> str:
        """The id that the next incident of that year will get."""
        return f"INC-{year:04d}-{self._last.get(year, 0) + 1:06d}"

    def apply(self, act: Act) -> tuple[str, ...]:
        """Do one act; gives the ids of the incidents that it changed. Conflict or NotFound changes nothing."""
        transitions = {Op.OPEN: self._open, Op.ADD: self._add, Op.MERGE: self._merge, Op.SPLIT: self._split}
        return transitions[act.op](act)

    def _place(self, incident_id: str, refs: Iterable[Ref]) -> None:
        joined = set(refs)
        joined.update(self.members.get(incident_id, ()))
        self.members[incident_id] = tuple(sorted(joined))
        self._home.update(dict.fromkeys(joined, incident_id))

    def _open(self, act: Act) -> tuple[str, ...]:
        self._free(act.members)
        return (self._new(act),)

    def _new(self, act: Act) -> str:
        if act.year is None:
            msg = "a new incident has no year; give the year in which it starts, in UTC"
            raise BadInput(msg)
        new = self.next_id(act.year)
        self._last[act.year] = self._last.get(act.year, 0) + 1
        self._place(new, act.members)
        return new

    def _add(self, act: Act) -> tuple[str, ...]:
        incident = self._standing(act.incident)
        self._free(act.members)
        self._place(incident, act.members)
        return (incident,)

    def _merge(self, act: Act) -> tuple[str, ...]:
        incident, other = self._standing(act.incident), self._standing(act.other)
        if incident == other:
            msg = f"{incident} cannot be merged with itself; name two incidents"
            raise Conflict(msg)
        self._place(incident, self.members.pop(other))
        self.merged[other] = incident
        return (incident, other)

    def _split(self, act: Act) -> tuple[str, ...]:
        incident = self._standing(act.incident)
        leaving = set(act.members)
        if not leaving < set(self.members[incident]) or not leaving:
            msg = f"{incident} cannot be split so; name some of its observations, and leave at least one"
            raise Conflict(msg)
        if act.other is not None and self.merged.get(act.other) != incident:
            msg = f"{act.other} was not merged into {incident}; leave it out to make a new incident"
            raise Conflict(msg)
        new = self._new(act) if act.other is None else act.other
        if self.merged.pop(new, None) is not None:
            self._place(new, leaving)
        self.members[incident] = tuple(ref for ref in self.members[incident] if ref not in leaving)
        return (incident, new)

    def _standing(self, incident_id: str | None) -> str:
        if incident_id is None or incident_id not in self.members:
            into = (
                "" if incident_id not in self.merged else f"; it was merged into {self.resolve(incident_id)}"
            )
            msg = f"{incident_id} is no standing incident{into}; name one that stands"
            raise Conflict(msg)
        return incident_id

    def _free(self, refs: tuple[Ref, ...]) -> None:
        if not refs:
            msg = "no observation is named; name at least one"
            raise BadInput(msg)
        for ref in refs:
            if ref in self._home:
                msg = f"entry {ref} already belongs to {self._home[ref]}; split it off there first"
                raise Conflict(msg)


def fold(acts: Iterable[tuple[Ref, Act]], onto: Register | None = None) -> Register:
    """The incidents after these acts, each with its incident/v1 entry, in the order of the record.

    ``onto`` is the register after all acts before them; it is left as it is.
    """
    register = Register() if onto is None else onto.copy()
    for ref, act in acts:
        try:
            register.apply(act)
        except (Conflict, NotFound, BadInput) as error:
            register.refused.append((ref, str(error)))
    return register


def year_of(sightings: Iterable[Sighting]) -> int:
    """The UTC year in which an incident of these observations starts."""
    return to_datetime(_hull(sightings).start).year


def incident(incident_id: str, sightings: Iterable[Sighting]) -> Incident:
    """The incident of these observations, in the order of the record, with the hull of their times."""
    members = tuple(sorted(sightings, key=lambda one: one.ref))
    return Incident(incident_id, members, _hull(members))


def _hull(sightings: Iterable[Sighting]) -> Interval:
    times = [one.observation.when for one in sightings]
    if not times:
        msg = "an incident has no observation; name at least one"
        raise BadInput(msg)
    ends = [when.end for when in times]
    latest = None if None in ends else Instant(max(end for end in ends if end is not None))
    return Interval(Instant(min(when.start for when in times)), latest)
