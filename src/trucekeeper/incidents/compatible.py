"""Which acts may be one happening seen by different means, and what that is worth in millinats.

Symmetric. Two acts that stand in no line are incompatible; ``other`` and an absent act go with everything at 0.
"""

SAME = 700
"""For one and the same act: about the rarity of an act among all acts (half of all are explosions)."""

_PAIRS: dict[frozenset[str], int] = {
    frozenset(pair): milli
    for pair, milli in {
        ("explosion", "burst"): 200,
        ("explosion", "shot"): 100,
        ("explosion", "projectile"): 500,
        ("explosion", "flight"): 100,
        ("explosion", "fire-detected"): 400,
        ("explosion", "alarm"): 400,
        ("explosion", "fighting"): 300,
        ("explosion", "assault"): 300,
        ("burst", "shot"): 500,
        ("burst", "projectile"): 300,
        ("burst", "fighting"): 300,
        ("burst", "assault"): 300,
        ("shot", "projectile"): 300,
        ("shot", "fighting"): 300,
        ("shot", "assault"): 300,
        ("projectile", "alarm"): 300,
        ("projectile", "fire-detected"): 200,
        ("projectile", "fighting"): 300,
        ("projectile", "assault"): 200,
        ("flight", "alarm"): 400,
        ("flight", "jamming"): 200,
        ("movement", "assault"): 300,
        ("movement", "hold-weapon"): 400,
        ("movement", "fighting"): 100,
        ("assault", "fighting"): 500,
        ("fire-detected", "fighting"): 200,
        ("fire-detected", "assault"): 100,
        ("fire-detected", "alarm"): 100,
        ("obstruction", "detention"): 400,
        ("obstruction", "aid-blockage"): 400,
        ("obstruction", "jamming"): 200,
    }.items()
}


def compatible(one: str | None, other: str | None) -> int | None:
    """What the two acts speak for one happening, or None where they can never be one."""
    if one is None or other is None or "other" in {one, other}:
        return 0
    return SAME if one == other else _PAIRS.get(frozenset((one, other)))
