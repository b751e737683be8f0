"""Whom and what a release must spare: people who spoke for themselves, and places that would help to aim."""

from trucekeeper.observations.model import Kind, Observation
from trucekeeper.parties.model import Source
from trucekeeper.places.position import Sector

INSTITUTIONS = frozenset({"patrol", "camera", "satellite", "siren", "uav", "liaison", "media", "dataset"})
"""The media of sources that speak by a mandate, or have published already. A resident does not, and neither does a
source that nobody registered."""

STANDING = frozenset({"patrol", "camera", "uav"})
"""The media whose observations tell where somebody, or something, of the mission stood."""


def institution(source: Source) -> bool:
    """Whether the source is no person who spoke on their own."""
    return source.medium in INSTITUTIONS


def guarded(seen: Observation, source: Source, audience: str) -> tuple[str, ...]:
    """The paths that go to the other side only where a release names them: the place, if it is one of those.

    Guarded are the places of weapons, those of patrols and of cameras, and every place from which somebody looked
    in a direction. The mission's guarantors and a court are no other side, nor is the party that said it itself.
    """
    if seen.where is None or audience in {"guarantors", "court"}:
        return ()
    if source.interest is not None and audience == f"party:{source.interest}":
        return ()
    armed = seen.kind is Kind.HOLDING or seen.weapon is not None
    looking = source.medium in STANDING or isinstance(seen.where, Sector)
    return ("where",) if armed or looking else ()
