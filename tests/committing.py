"""An office where notifiers register sites without telling where, and what they register."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

from tests.office_kit import LAKESIDE, START, Kit, key_of
from trucekeeper.kernel.clock import Interval, SetClock
from trucekeeper.movements.commitment import SALT_BYTES, Opening, Reveal
from trucekeeper.movements.grid import squares
from trucekeeper.movements.volume import Footprint, Form
from trucekeeper.movements.wire.commitment import Secret
from trucekeeper.office.creation import create_office
from trucekeeper.office.wiring import open_office
from trucekeeper.places.position import Position
from trucekeeper.record.keyset import Holder, HolderKey, Role

PEOPLE = {
    "relief-1": (Role.NOTIFIER, None),
    "relief-2": (Role.NOTIFIER, None),
    "liaison-a": (Role.LIAISON, "party-a"),
    "ada": (Role.MONITOR, None),
}
ORIGIN = "office.example/test"
LABEL, OTHER = "0" * 31 + "1", "0" * 31 + "2"
CLINIC = Position(-21_000_000, -19_000_000)
_NUMBERS = count(1)


def clinic(at: Position = CLINIC, radius_m: int = 60) -> Footprint:
    return Footprint(Form.POINT, (at,), radius_m * 100)


def secret(
    notifier: str = "relief-1", label: str = LABEL, at: Position = CLINIC, radius_m: int = 60
) -> Secret:
    """Salts are new each time, as they are when they are drawn."""
    cells = squares([clinic(at, radius_m)], 5_000)
    salts = tuple(next(_NUMBERS).to_bytes(SALT_BYTES) for _ in cells)
    return Secret(ORIGIN, label, notifier, cells, salts)


def revealing(*secrets: Secret) -> Reveal:
    openings: list[Opening] = sorted((one.opening for one in secrets), key=lambda one: one.root)
    return Reveal(secrets[0].label, secrets[0].notifier, tuple(openings))


def registering_office(root: Path) -> Iterator[Kit]:
    """A new office under the drill's agreement: five commitments a notifier, 64 cells each."""
    clock = SetClock(START)
    people = [
        Holder(name, role, party, (HolderKey(key_of(name).public, Interval(START, None)),))
        for name, (role, party) in PEOPLE.items()
    ]
    create_office(root, LAKESIDE, people, origin=ORIGIN, clock=clock)
    kit = Kit(root, clock, open_office(root, clock))
    yield kit
    kit.office.close()
