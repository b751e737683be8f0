"""Which acts an observed act is consistent with, without being certain evidence of them."""

from collections.abc import Mapping

SUGGESTS: Mapping[str, frozenset[str]] = {
    act: frozenset(others)
    for act, others in {
        "fire-detected": ("explosion", "burst", "projectile", "assault", "fighting", "other"),
        "alarm": ("explosion", "projectile", "flight", "fighting", "other"),
        "fighting": ("explosion", "burst", "shot", "projectile", "flight", "movement", "assault", "other"),
        "explosion": ("fighting", "assault", "projectile", "burst", "shot"),
        "burst": ("fighting", "assault", "shot"),
        "shot": ("fighting", "assault", "burst"),
        "projectile": ("fighting", "assault", "explosion", "burst", "shot", "flight"),
        "flight": ("fighting", "projectile"),
        "movement": ("fighting", "assault"),
        "assault": ("fighting", "movement"),
    }.items()
}
"""What a sensor (fire, alarm) or event data (fighting) gives stands for an act that it cannot name; an act that
was named may be part of a fight or an assault. Every other act that a term does not name is surely not meant."""
