"""Words of raw reports: fictional villages, targets, kinds and weapons."""

from sim.words import ACTS

WEAPONS = (
    ("mortar", "artillery", "rocket"),
    ("mine", "improvised device", "grenade"),
    ("rifle", "machine gun", "sniper rifle"),
    ("attack drone", "observation drone", "dropped grenade"),
)
"""Weapons of each act, in the order of ACTS."""
KIND_WORDS = (
    ("shelling", "incoming fire", "shells landed"),
    ("explosion", "a blast", "something blew up"),
    ("shooting", "gunfire", "small arms fire"),
    ("a drone", "an unmanned aircraft", "a quadcopter"),
)
TARGETS = (
    "the school", "a farm", "the mill", "a bridge", "the station", "a checkpoint", "a trench", "the pump house",
    "a warehouse", "the clinic", "a bus stop", "a field", "the quarry", "a chapel", "the depot", "a house",
)  # fmt: skip
HARM = (
    "nobody hurt",
    "one hurt",
    "two hurt",
    "windows broken",
    "a roof burns",
    "one dead",
    "cattle killed",
    "a fire",
)
FIRST = (
    "Al",
    "Bre",
    "Cor",
    "Dun",
    "El",
    "Far",
    "Gil",
    "Hol",
    "Ist",
    "Jor",
    "Kel",
    "Lor",
    "Mar",
    "Nor",
    "Os",
    "Pel",
)
LAST = ("wick", "by", "ton", "mere", "ford", "stead", "ham", "holt")
VILLAGES = tuple(first + last for last in LAST for first in FIRST)
UNKNOWN = "unknown"


def weapon_names() -> tuple[str, ...]:
    """All weapons, three for each act in the order of ACTS."""
    return tuple(weapon for act in range(len(ACTS)) for weapon in WEAPONS[act])
