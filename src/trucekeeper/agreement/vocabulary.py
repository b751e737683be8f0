"""The closed vocabularies that conditions and terms may use; the room of observations speaks the same words.

The two rooms are strangers to each other, so a test holds the lists equal.
"""

from collections.abc import Mapping

ACTS = (
    "explosion", "burst", "shot", "projectile", "flight", "movement", "assault", "mine-laying", "hold-weapon",
    "obstruction", "jamming", "detention", "aid-blockage", "fire-detected", "alarm", "fighting", "other",
)  # fmt: skip

WORDS: Mapping[str, tuple[str, ...]] = {
    "act": ACTS,
    "phase": ("outgoing", "impact", "airburst"),
    "means": ("saw", "heard", "camera", "uav", "satellite", "siren", "interview", "document", "telephone"),
    "weapon.class": (
        "artillery", "mlrs", "mortar", "tank", "ifv", "anti-tank", "anti-air", "missile", "small-arms",
        "grenade", "uav", "aircraft", "mine", "ied",
    ),
    "holding.status": (
        "in-violation", "outside-storage", "not-verifiable", "in-situ", "missing", "again-missing",
    ),
}  # fmt: skip
"""The words that a fact may have; a fact not named here may have any word."""

SEVERITIES = ("S1", "S2", "S3", "S4")
"""From S1, slight, to S4, gravest."""

AUDIENCES = ("parties", "guarantors", "panel", "monitors", "public")
"""To whom a product may go, besides single parties and guarantors by their id."""
