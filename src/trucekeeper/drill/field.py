"""What reaches the office in the drill, as files and signed lines, one folder a day.

The office in the drill gets nothing else: whatever it finds, it finds through its ordinary doors.
"""

import csv
import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from random import Random
from zipfile import ZipFile, ZipInfo

from openpyxl import Workbook

from trucekeeper.agreement.model import Agreement
from trucekeeper.drill import story, witnesses
from trucekeeper.drill.people import by_source, signer
from trucekeeper.drill.sheet import columns, sheet_row
from trucekeeper.drill.world import DAY_MS, Happening, along, happenings, local, moved
from trucekeeper.kernel.clock import Instant, to_datetime
from trucekeeper.observations.model import Observation
from trucekeeper.observations.wire import APART, body
from trucekeeper.places.position import Position
from trucekeeper.record.entry import seal

CLOSES = 19
"""The local hour at which a day's bag closes, half an hour before the report's cut-off."""

_MOMENT = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")

VISITS = (6, 13, 20, 27)
"""Days on which storage sites and withdrawal lines are visited."""


@dataclass(frozen=True, slots=True)
class Day:
    """One day's bag: envelopes that their authors signed, and files that the office imports."""

    number: int
    signed: tuple[bytes, ...]
    files: tuple[Path, ...]


def write(folder: Path, agreement: Agreement, origin: str, seed: int, days: int) -> tuple[Day, ...]:
    """Write the bags of all days below ``folder``; the same seed writes the same bytes."""
    random = Random(seed)
    truth = happenings(agreement, days, random)
    told = _all_told(agreement, truth, days, random)
    return tuple(_day(folder, agreement, origin, seed, day, truth, told, random) for day in range(days))


def _all_told(
    agreement: Agreement, truth: Sequence[Happening], days: int, random: Random
) -> tuple[tuple[int, Observation], ...]:
    """Everything that is said, each with the day on which it reaches the office, in the order of its telling."""
    said: list[Observation] = [
        *story.liar(agreement),
        *story.rumour(agreement),
        *story.staged(agreement),
        *story.owned_up(agreement),
        *story.turned_back(agreement),
        *story.struck(agreement),
    ]
    for post in witnesses.posts(agreement):
        for day in range(days):
            looked = tuple(witnesses.coverage(post, day, agreement))
            said.extend(looked)
            window = looked[0].when if looked else None
            said.extend(_found(witnesses.noticed(post, one, window, random) for one in truth))
    for party in agreement.parties:
        claims = tuple(_found(witnesses.claimed(party.id, one, random) for one in truth))
        said.extend(claims)
        said.extend(_found(witnesses.denied(claim, random) for claim in claims))
    for day in VISITS:
        said.extend(story.holdings(agreement, day))
    start = local(agreement, 0, CLOSES - 24)
    dated = ((_arrives(one) - start, one) for one in said)
    return tuple(
        (late // DAY_MS, one)
        for late, one in sorted(dated, key=lambda pair: (pair[0], pair[1].source, pair[1].uid))
        if late // DAY_MS < days
    )


def _found(maybe: Iterable[Observation | None]) -> Iterator[Observation]:
    return (one for one in maybe if one is not None)


def _arrives(one: Observation) -> Instant:
    """When it is told: coverage and reports soon after, a denial the next morning."""
    end = one.when.end if one.when.end is not None else one.when.start
    return Instant(end + (14 * 3_600_000 if one.kind.value == "denial" else 20 * 60_000))


def _day(  # noqa: PLR0913, PLR0917 - one day is made of all of these
    folder: Path,
    agreement: Agreement,
    origin: str,
    seed: int,
    day: int,
    truth: Sequence[Happening],
    told: Sequence[tuple[int, Observation]],
    random: Random,
) -> Day:
    place = folder / f"day-{day + 1:02d}"
    place.mkdir(parents=True)
    mine = [one for when, one in told if when == day]
    signed = tuple(
        _signed(one, origin, seed) for one in mine if by_source(one.source) and one.holding is None
    )
    (place / "signed.jsonl").write_bytes(b"".join(line + b"\n" for line in signed))
    opens = local(agreement, day, CLOSES - 24)
    today = [one for one in truth if 0 <= one.at - opens < DAY_MS]
    files = [
        *_sheet(place / "telephone-log.csv", [one for one in mine if not by_source(one.source)]),
        *_workbook(place / "storage-visits.xlsx", [one for one in mine if one.holding is not None]),
        _satellite(place / "thermal.csv", agreement, day, today, random),
        *_sirens(place / "sirens.csv", today, random),
    ]
    return Day(day, signed, tuple(files))


def _signed(one: Observation, origin: str, seed: int) -> bytes:
    person = by_source(one.source)
    name = person.id if person else one.source
    named = f"{seed}/{one.source}/{one.uid}"
    uid = hashlib.sha256(named.encode()).hexdigest()[:32]
    salts = Random(f"{named}/salts")
    return seal(
        signer(seed, name),
        "observation/v1",
        origin,
        uid,
        _arrives(one),
        body(one),
        apart=APART,
        draw=salts.randbytes,
    )


def _sheet(path: Path, rows: Sequence[Observation]) -> Iterator[Path]:
    if rows:
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, columns())
            writer.writeheader()
            writer.writerows(sheet_row(one) for one in rows)
        yield path


def _workbook(path: Path, rows: Sequence[Observation]) -> Iterator[Path]:
    if rows:
        book = Workbook(write_only=True)
        page = book.create_sheet("Observations")
        page.append(list(columns()))
        for one in rows:
            cells = sheet_row(one)
            page.append([cells.get(name, "") for name in columns()])
        made = BytesIO()
        book.save(made)
        path.write_bytes(_timeless(made))
        yield path


def _timeless(book: BytesIO) -> bytes:
    """The same workbook without the moment of its making, so that one seed gives one file."""
    made = BytesIO()
    with ZipFile(book) as old, ZipFile(made, "w") as new:
        for name in old.namelist():
            content = _MOMENT.sub(rb"\g<1>2026-03-01T00:00:00Z", old.read(name))
            new.writestr(ZipInfo(name, (2026, 3, 1, 0, 0, 0)), content)
    return made.getvalue()


def _satellite(
    path: Path, agreement: Agreement, day: int, today: Sequence[Happening], random: Random
) -> Path:
    """Two passes a day: some fires after shelling, and many that have nothing to do with it."""
    line = agreement.lines[0]
    spots = [
        moved(along(line, random.random()), random.gauss(0, 25_000), random.gauss(0, 8_000))
        for _ in range(25)
    ]
    spots += [
        one.where for one in today if one.act == "explosion" and one.count > 4 and random.random() < 0.35
    ]
    passes = (local(agreement, day, 1, 42), local(agreement, day, 13, 12))
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(
            ("latitude", "longitude", "brightness", "scan", "track", "acq_date", "acq_time", "satellite",
             "instrument", "confidence", "version", "bright_t31", "frp", "daynight")
        )  # fmt: skip
        for spot in spots:
            moment = to_datetime(passes[night := random.randrange(2)])
            writer.writerow(
                (_degrees(spot.lat_u), _degrees(spot.lon_u), random.randrange(320, 367), "0.42", "0.38",
                 f"{moment:%Y-%m-%d}", f"{moment:%H%M}", "N", "VIIRS", random.choice("lnnh"), "2.0NRT",
                 random.randrange(280, 300), random.randrange(1, 40), "DN"[night == 0])
            )  # fmt: skip
    return path


def _sirens(path: Path, today: Sequence[Happening], random: Random) -> Iterator[Path]:
    loud = [one for one in today if one.sector == "lake" and one.act in {"explosion", "flight"}]
    if loud:
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(("oblast", "raion", "hromada", "level", "started_at", "finished_at", "source"))
            for one in loud:
                start = to_datetime(Instant(one.at + random.randrange(30, 240) * 1000))
                end = to_datetime(Instant(one.at + random.randrange(10, 50) * 60_000))
                writer.writerow(
                    ("Lakeshore district", "", "", "oblast", f"{start:%Y-%m-%d %H:%M:%S}+00:00",
                     f"{end:%Y-%m-%d %H:%M:%S}+00:00", "official")
                )  # fmt: skip
        yield path


def _degrees(microdegrees: int) -> str:
    return f"{'-' if microdegrees < 0 else ''}{abs(microdegrees) // 1_000_000}.{abs(microdegrees) % 1_000_000:06d}"


def lakeshore(agreement: Agreement) -> Position:
    """The middle of the district whose sirens are logged."""
    return along(agreement.lines[0], 0.38)
