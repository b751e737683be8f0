"""The people of the drill and their keys. Fictional, made from the seed, and so worth nothing elsewhere."""

import hashlib
from dataclasses import dataclass

from trucekeeper.kernel.keys import Ed25519Signer

OFFICER = "officer"
PANEL = ("panel-first", "panel-second", "panel-third")


@dataclass(frozen=True, slots=True)
class Person:
    """Who holds a key: the id in the key set, the role, the party they speak for, and the source they report as."""

    id: str
    role: str
    party: str | None = None
    source: str | None = None


PEOPLE = (
    Person("monitor-north", "monitor", source="patrol-north"),
    Person("monitor-lake", "monitor", source="patrol-lake"),
    Person("monitor-centre", "monitor", source="patrol-centre"),
    Person("monitor-south", "monitor", source="patrol-south"),
    Person("camera-lake", "sensor", source="camera-lake"),
    Person("liaison-a", "liaison", "party-a", "liaison-a"),
    Person("liaison-b", "liaison", "party-b", "liaison-b"),
    Person("liaison-a2", "liaison", "party-a"),
    Person("liaison-b2", "liaison", "party-b"),
    Person("relief-1", "notifier"),
    Person("works-1", "notifier"),
    Person("skyline-1", "notifier"),
    *(Person(name, "panel") for name in PANEL),
    *(Person(f"guarantor-{name}", "guarantor", name) for name in ("g1", "g2", "g3")),
)


def signer(seed: int, person: str) -> Ed25519Signer:
    """The key of one person; the same seed gives the same key."""
    return Ed25519Signer(hashlib.sha256(f"drill/{seed}/{person}".encode()).digest())


def by_source(source: str) -> Person | None:
    """The person who signs what this source says, or None where the office reads it from a file."""
    return next((person for person in PEOPLE if person.source == source), None)
