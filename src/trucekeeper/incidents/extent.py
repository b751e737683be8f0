"""How far a statement reaches in space and time, with the slack that its medium deserves."""

from trucekeeper.parties.model import Source
from trucekeeper.places import geodesy
from trucekeeper.places.position import Disc, Region

_MINUTE_MS = 60_000

SLACK_MIN = {
    "patrol": 5, "camera": 2, "uav": 2, "satellite": 60, "siren": 15,
    "liaison": 30, "resident": 30, "media": 120, "dataset": 0,
}  # fmt: skip
"""Minutes by which a medium's times are off beyond what they say. A fire burns on after the shell, so a
satellite gets an hour; two observers of the same sirens agree within 5 minutes in 90 of 100 cases, so two
observers get twice 15; an event data set says a day where it does not know, so it gets nothing."""

UNKNOWN_SLACK_MIN = 30
"""For a source or medium that the register does not know."""

PLACE_SLACK_M = 250
"""For every statement, beyond a quarter of its own radius."""


def slack_ms(source: Source | None) -> int:
    """The slack of this source's times."""
    minutes = UNKNOWN_SLACK_MIN if source is None else SLACK_MIN.get(source.medium, UNKNOWN_SLACK_MIN)
    return minutes * _MINUTE_MS


def reach_m(disc: Disc) -> int:
    """The farthest that the truth may lie from the disc's centre, with slack."""
    return disc.radius_m + disc.radius_m // 4 + PLACE_SLACK_M


def disc_of(region: Region) -> Disc:
    """The region itself, or the disc that holds a sector."""
    return region if isinstance(region, Disc) else geodesy.bounding_disc(region)


def apart_m(one: Disc, other: Disc) -> int:
    """Distance of the two centres, in whole metres."""
    return round(geodesy.distance_m(one.centre, other.centre))
