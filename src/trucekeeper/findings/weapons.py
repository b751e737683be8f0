"""Whether those who name the bearer tell of the weapon that others saw: a staged act is often told otherwise."""

from collections.abc import Iterator, Mapping, Sequence

from trucekeeper.findings.evidence import affirms, unknown_source
from trucekeeper.findings.model import Reason
from trucekeeper.incidents.model import Incident, Sighting
from trucekeeper.kernel.truth import Truth
from trucekeeper.parties.model import Source


def weapon(
    incident: Incident, bearer: str, acts: Sequence[str], sources: Mapping[str, Source]
) -> Iterator[Reason]:
    """``attribution.weapon``, where both tell of one; it changes no answer, and tells the panel where to look."""
    spoken = [one for one in incident.members if affirms(one.observation, acts) and _category(one)]
    naming = [one for one in spoken if one.observation.by == bearer]
    neutral = [one for one in spoken if one not in naming and not _interested(one, sources)]
    if not naming or not neutral:
        return
    told, seen = {_category(one) for one in naming}, {_category(one) for one in neutral}
    refs = tuple(sorted(one.ref for one in (*naming, *neutral)))
    if told & seen:
        yield Reason(
            "attribution.weapon", Truth.YES, refs, "who names the bearer tells of the weapon that others saw"
        )
        return
    says = f"who names the bearer tells of {_words(told)}; who has no interest in it saw {_words(seen)}"
    yield Reason("attribution.weapon", Truth.NO, refs, says)


def _category(one: Sighting) -> str | None:
    return None if one.observation.weapon is None else one.observation.weapon.category


def _interested(one: Sighting, sources: Mapping[str, Source]) -> bool:
    source = sources.get(one.observation.source) or unknown_source(one.observation.source)
    return source.interest is not None


def _words(categories: set[str | None]) -> str:
    return " or ".join(sorted(f"{'an' if name[0] in 'aeiou' else 'a'} {name}" for name in categories if name))
