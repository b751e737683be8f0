"""The demo: a fictional ceasefire from a seed, played through a new office, then checked by somebody else's means."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

from trucekeeper.agreement.folder import load
from trucekeeper.drill import field, people
from trucekeeper.drill.notices import RECIPIENTS, Desk
from trucekeeper.drill.play import Evening, Play
from trucekeeper.drill.world import local
from trucekeeper.findings.model import Case
from trucekeeper.kernel.clock import Instant, Interval, SetClock
from trucekeeper.kernel.errors import BadInput, Damaged, TruceError
from trucekeeper.office.comparison import projected_digest
from trucekeeper.office.creation import create_office
from trucekeeper.office.logs import written
from trucekeeper.office.verifying import authentic
from trucekeeper.office.wiring import Office, open_office, rebuild_office
from trucekeeper.places.position import Disc
from trucekeeper.record.keyset import Holder, HolderKey, Role

AGREEMENT = Path(__file__).parent / "lakeside"
ORIGIN = "lakeside.example/record"
EVENTS = "events.log"
FLIPS = 64
"""How many single bytes the demo flips in the bundle, spread over the whole of it; the tests flip every one."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the demo made, counted from the office it made."""

    office: Path
    entries: int
    observations: int
    refused: int
    incidents: int
    cases: int
    decided: int
    reports: tuple[str, ...]
    notices: int
    struck: int
    bundle: Path
    flipped: int


def play_demo(
    root: Path, *, seed: int, days: int, tell: Callable[[int, str], None], again: bool = False
) -> Outcome:
    """Make an office in ``root`` (a new folder), play the drill through it, verify and rebuild it.

    ``drill/`` inside the folder holds what the field sent and the fictional people's keys. The same seed and days
    give the same record, byte for byte. ``again`` replaces the office of an earlier demo, and never another folder.
    """
    if again and (root / "drill" / EVENTS).is_file():
        shutil.rmtree(root)
    agreement = load(AGREEMENT)
    clock = SetClock(local(agreement, 0, 3))
    random = Random(seed)
    create_office(
        root,
        AGREEMENT,
        _holders(seed, Instant(clock.now() - 1)),
        origin=ORIGIN,
        clock=clock,
        draw=random.randbytes,
        recipients=RECIPIENTS,
    )
    sent = field.write(root / "drill" / "field", agreement, ORIGIN, seed, days)
    _save_keys(root / "drill" / "people", seed)
    evenings: list[Evening] = []
    with written(root / "drill" / EVENTS), open_office(root, clock, draw=random.randbytes) as office:
        places = {"Lakeshore district": Disc(field.lakeshore(agreement), 15_000)}
        play = Play(office, clock, seed, random, places, Desk(office, seed, random))
        play.open_register()

        def step(evening: Evening) -> None:
            evenings.append(evening)
            tell(
                evening.day + 1,
                f"{evening.received + evening.imported} observations, {evening.decided} decided",
            )

        play.evenings(sent, step)
        outcome = _outcome(root, office, evenings)
    _rebuilt(root)
    return outcome


def _holders(seed: int, since: Instant) -> tuple[Holder, ...]:
    return tuple(
        Holder(
            person.id,
            Role(person.role),
            person.party if person.role == "liaison" else None,
            (HolderKey(people.signer(seed, person.id).public, Interval(since, None)),),
        )
        for person in people.PEOPLE
    )


def _save_keys(folder: Path, seed: int) -> None:
    """Keep the fictional people's keys at hand for trying things out; a real office never holds them."""
    folder.mkdir(mode=0o700)
    for person in people.PEOPLE:
        people.signer(seed, person.id).save(folder / f"{person.id}.pem")


def _outcome(root: Path, office: Office, evenings: list[Evening]) -> Outcome:
    cases = tuple(office.casebook.cases())
    incident = _worth_carrying(cases)
    bundle = office.publication.bundle(incident)
    return Outcome(
        office=root,
        entries=office.record.size(),
        observations=sum(one.received + one.imported for one in evenings),
        refused=sum(one.refused for one in evenings),
        incidents=sum(1 for _ in office.casebook.incidents()),
        cases=len(cases),
        decided=sum(case.decided_at is not None for case in cases),
        reports=tuple(one.day for _, one in office.casebook.published()),
        notices=sum(1 for _ in office.casebook.entries(kinds=("notice/v1",))),
        struck=len(office.movements.strikes.cases()),
        bundle=office.folder.bundles / f"{incident}.bundle",
        flipped=_verified(bundle, office.folder.verifier_key.read_text().strip()),
    )


def _worth_carrying(cases: tuple[Case, ...]) -> str:
    """The decided case with most answers other than unknown; any case where none is decided."""
    best = max(
        cases, key=lambda case: (case.state == "decided", _answered(case), -case.ref.entry), default=None
    )
    if best is None:
        msg = "no incident touched a term in so few days; play more of them"
        raise BadInput(msg)
    return best.findings[0].incident


def _answered(case: Case) -> int:
    return sum(finding.answer.value != "unknown" for finding in case.findings)


def _verified(bundle: bytes, vkey: str) -> int:
    """Verify the bundle, and see bytes flipped all over it refused; gives how many."""
    authentic(bundle, vkey)
    places = range(0, len(bundle), max(1, len(bundle) // FLIPS))
    for at in places:
        broken = bundle[:at] + bytes((bundle[at] ^ 1,)) + bundle[at + 1 :]
        try:
            authentic(broken, vkey)
        except TruceError:
            continue
        msg = (
            f"a bundle with byte {at} flipped was taken for authentic; report this as a fault of Trucekeeper"
        )
        raise Damaged(msg)
    return len(places)


def _rebuilt(root: Path) -> None:
    """Rebuild every table from the record alone, and see that it comes out as it was."""
    before = projected_digest(root)
    if rebuild_office(root) != before:
        msg = "the tables rebuilt from the record differ from those the office worked with; report this as a fault"
        raise Damaged(msg)
