"""The named units in which acts are counted, and the plain words for them."""

COUNTED = ("explosion", "burst", "shot", "projectile", "flight", "hold-weapon")
"""Acts that come in numbers: a report of them without a number means at least one."""

UNITS: tuple[tuple[str, str, str], ...] = (
    ("explosion", "explosion", "explosions"),
    ("burst", "burst of fire", "bursts"),
    ("shot", "shot", "shots"),
    ("projectile", "projectile in flight", "projectiles"),
    ("flight", "flight", "flights"),
    ("movement", "movement", "movements"),
    ("assault", "assault", "assaults"),
    ("mine-laying", "laying of mines", "mine-layings"),
    ("hold-weapon", "weapon seen", "weapons seen"),
    ("obstruction", "obstruction", "obstructions"),
    ("jamming", "jamming", "jammings"),
    ("detention", "detention", "detentions"),
    ("aid-blockage", "blockage of aid", "aid blockages"),
    ("fire-detected", "thermal detection", "thermal detections"),
    ("alarm", "alarm", "alarms"),
    ("fighting", "event of fighting", "fighting events"),
    ("other", "other act", "other acts"),
    ("", "act not stated", "acts not stated"),
)
"""(act, one of it, several of it) in the order in which reports print them; "" stands for an unstated act."""

ORDER = tuple(act for act, _, _ in UNITS)


def plural(act: str) -> str:
    """The column head for an act."""
    return next((many for one, _, many in UNITS if one == act), act)


def heading(identifier: str) -> str:
    """An identifier as a label: ``sector-north`` reads ``Sector north``."""
    words = identifier.replace("-", " ").replace("_", " ").strip()
    return words[:1].upper() + words[1:]
