"""One rich fictional day with a fortnight before it: everything that a daily report has a section for."""

import math
from datetime import date
from random import Random
from zoneinfo import ZoneInfo

from tests.reports.casebook import MemoryBook
from trucekeeper.agreement.model import Agreement, Clause, Modality, Procedure, Publication, Standard, Term
from trucekeeper.findings.model import Case, Erratum, Finding, Question, Reply, Vote
from trucekeeper.findings.model import Position as ReplyPosition
from trucekeeper.incidents.model import Incident, Sighting
from trucekeeper.kernel.clock import Instant, Interval, parse_utc
from trucekeeper.kernel.span import Span
from trucekeeper.kernel.truth import Truth
from trucekeeper.observations.model import Access, Coverage, Harm, Holding, Kind, Observation, Weapon
from trucekeeper.parties.model import Guarantor, Party, Source
from trucekeeper.places.position import Disc, Position, Region, Sector
from trucekeeper.places.zone import Area, Band, Line, Polygon, Side, Zone
from trucekeeper.record.ref import Ref
from trucekeeper.reports.model import Cited
from trucekeeper.reports.ports import Answered, Correction
from trucekeeper.screening.model import Touching

DAY = date(2026, 3, 15)
START = parse_utc("2026-03-01T00:00:00.000Z")
HOUR = 3_600_000
ALWAYS = Interval(Instant(START - 400 * 24 * HOUR), None)
CHECKPOINT = Cited(5_000, "7c9f" * 16, parse_utc("2026-03-15T17:40:00.000Z"))
NASTY = (
    '#let x = $ ] </text><script>alert(1)</script> \u202eevil\u202c שלום مرحبا \u0000 \U0001f54a & "quoted"'
)


def at(latitude: float, longitude: float) -> Position:
    return Position(round(latitude * 1e6), round(longitude * 1e6))


def line() -> Line:
    points = tuple(at(-20 - 0.1 * i, -19 + 0.12 * math.sin(i / 2.1)) for i in range(28))
    return Line("contact-line", points)


def box(north: float, south: float) -> Area:
    return Area((Polygon((at(north, -19.8), at(north, -18.2), at(south, -18.2), at(south, -19.8))),))


def term(identifier: str, clause: str, party: str, action: str, reading: str = "") -> Term:
    return Term(
        id=identifier, clause=clause, party=party, modality=Modality.SHANT, action=action, when=None, zones=("band",),
        within=None, exemptions=(), standard=Standard(800_000, 900_000), severity="S2", escalations=(), lest=None,
        reading=reading, read_by="party-b" if reading else None,
    )  # fmt: skip


def agreement(**changes: object) -> Agreement:
    fields: dict[str, object] = {
        "id": "lakeside-2026",
        "title": "Lakeside Armistice",
        "in_force": START,
        "timezone": ZoneInfo("Etc/GMT-2"),
        "languages": ("en",),
        "historical": False,
        "parties": (Party("party-a", "Republic of Aldmere"), Party("party-b", "Free Cantons of Vesk")),
        "guarantors": (Guarantor("g1", "Corvania"),),
        "clauses": (
            Clause("2", "No use of weapons", (("en", "The sides shall cease fire."),)),
            Clause("4", "Withdrawal of heavy weapons", (("en", "Withdraw."),)),
            Clause("7", "Freedom of the mission", (("en", "Do not obstruct."),)),
        ),
        "terms": (
            term("fire-a", "2", "party-a", "explosion"),
            term("fire-b", "2", "party-b", "explosion"),
            term("heavy-a", "4", "party-a", "hold-weapon"),
            term("heavy-a", "4", "party-a", "hold-weapon", "width-per-side"),
            term("obstruct-b", "7", "party-b", "obstruction"),
        ),
        "lines": (line(),),
        "sides": (("contact-line", "party-a", "party-b"),),
        "zones": (
            Zone("sector-north", box(-20.0, -20.7), ALWAYS),
            Zone("sector-lake", box(-20.7, -21.3), ALWAYS),
            Zone("sector-centre", box(-21.3, -22.0), ALWAYS),
            Zone("sector-south", box(-22.0, -22.7), ALWAYS),
            Zone("band", Band(line(), 0, 15_000, Side.BOTH), ALWAYS),
        ),
        "sectors": ("sector-north", "sector-lake", "sector-centre", "sector-south"),
        "actions": (),
        "base_rates": (),
        "publication": Publication(
            ("parties", "guarantors"), ("parties", "guarantors"), False, ("panel",), 1170
        ),
        "procedure": Procedure(48, 2),
        "witness_quorum": "2 of 3",
        "digest": "ab12" * 16,
    }
    return Agreement(**(fields | changes))  # type: ignore[arg-type]


SOURCES = {
    source.id: source
    for source in (
        Source("patrol-n", None, "mission", "patrol", "B"),
        Source("patrol-c", None, "mission", "patrol", "B"),
        Source("camera-lake", None, "mission", "camera", "A"),
        Source("satellite", None, "satellite", "satellite", "B"),
        Source("resident-9", None, "resident-9", "resident", "F"),
        Source("liaison-a", "party-a", "party-a", "liaison", "C"),
        Source("liaison-b", "party-b", "party-b", "liaison", "C"),
    )
}


class Recorder:
    """Gives every observation the next entry."""

    def __init__(self) -> None:
        self.seen: list[Sighting] = []
        self.entry = 20

    def add(self, source: str, kind: Kind, start: int, minutes: float = 0, **told: object) -> Sighting:
        when = Interval(Instant(start), Instant(start + int(minutes * 60_000)))
        observation = Observation(f"u{self.entry}", kind, source, when, **told)  # type: ignore[arg-type]
        self.entry += 1
        self.seen.append(Sighting(Ref(self.entry), observation))
        return self.seen[-1]


def casebook(seed: int = 7) -> MemoryBook:
    random, recorder = Random(seed), Recorder()
    for day in range(15):
        _ordinary_day(recorder, random, Instant(START + day * 24 * HOUR - 7 * HOUR), day)
    today = parse_utc("2026-03-14T20:00:00.000Z")
    one = recorder.add(
        "patrol-n",
        Kind.REPORT,
        today,
        5,
        act="explosion",
        count=Span(5, 7),
        where=Disc(at(-20.4, -19.2), 2_000),
        weapon=Weapon("mortar", Span.exactly(120)),
        means="heard",
        harm=Harm(Span(0, 1), Span(2, 4)),
    )
    two = recorder.add(
        "camera-lake",
        Kind.REPORT,
        today,
        5,
        act="explosion",
        count=Span(6, 9),
        where=Disc(at(-20.41, -19.21), 500),
        harm=Harm(Span.exactly(1), Span.exactly(3)),
    )
    recorder.add(
        "patrol-c",
        Kind.REPORT,
        today + HOUR,
        20,
        act="burst",
        count=Span(100, None),
        where=Sector(at(-21.6, -18.9), 100, 5_000, 7_000, 6),
        weapon=Weapon("small-arms"),
    )
    recorder.add(
        "patrol-c", Kind.REPORT, today + 2 * HOUR, 5, act="shot", where=Disc(at(-21.3, -18.95), 3_000)
    )
    recorder.add("resident-9", Kind.REPORT, today + 3 * HOUR, 600, act="flight", count=Span.exactly(1))
    recorder.add(
        "resident-9", Kind.REPORT, today + 3 * HOUR, 5, act="explosion", relays="patrol-n/u1", note=NASTY
    )
    claim = recorder.add(
        "liaison-a",
        Kind.CLAIM,
        today,
        10,
        act="explosion",
        count=Span(20, 30),
        by="party-b",
        where=Disc(at(-20.4, -19.2), 5_000),
    )
    denial = recorder.add(
        "liaison-b", Kind.DENIAL, today, 10, act="explosion", of=f"liaison-a/{claim.observation.uid}"
    )
    recorder.add(
        "liaison-b",
        Kind.CLAIM,
        today + 4 * HOUR,
        10,
        act="burst",
        by="party-b",
        where=Disc(at(-21.1, -18.7), 500),
    )
    recorder.add(
        "liaison-b",
        Kind.CLAIM,
        today + 5 * HOUR,
        10,
        act="shot",
        by="party-a",
        where=Disc(at(-21.5, -18.9), 500),
    )
    for status, system, side in (
        ("in-violation", "D-30", -19.3),
        ("outside-storage", "T-72", -18.6),
        ("missing", "Grad", -18.6),
        ("not-verifiable", None, -19.4),
    ):
        recorder.add(
            "satellite",
            Kind.HOLDING,
            today + HOUR,
            1,
            where=Disc(at(-21.5, side), 300),
            count=Span.exactly(random.randint(1, 6)),
            weapon=Weapon("artillery" if system else None, Span(122, 122) if system else None, system),
            holding=Holding(status, "stationary"),
        )
    recorder.add(
        "patrol-c",
        Kind.ACCESS_REFUSED,
        today + 12 * HOUR,
        45,
        where=Disc(at(-21.8, -18.8), 200),
        access=Access("party-b", False, 45, 4, "Demining under way: come back tomorrow", True),
    )
    recorder.add(
        "patrol-n",
        Kind.ACCESS_REFUSED,
        today + 13 * HOUR,
        1,
        where=Disc(at(-20.5, -18.8), 200),
        access=Access("party-b", True, None, 3, NASTY, None),
    )
    incident = Incident("INC-2026-000031", (one, two, claim, denial), one.observation.when)
    return MemoryBook(
        seen=tuple(recorder.seen),
        linked=(incident,),
        sources=SOURCES,
        touched=tuple(_touchings(recorder.seen)),
        case_list=_cases(),
        corrected=(
            Correction(
                Ref(4_200),
                Instant(today + HOUR),
                Erratum(Ref(310), Ref(4_199), "The burst count of 12 March was entered twice."),
            ),
        ),
        answered=(
            Answered(
                Ref(4_050),
                today,
                Reply(Ref(4_000), "party-b", ReplyPosition.DISPUTES, "Our units were not there."),
            ),
        ),
        sizes=((START, 20), (Instant(today - 3 * HOUR), recorder.entry - 40)),
    )


def _ordinary_day(recorder: Recorder, random: Random, start: Instant, day: int) -> None:
    for sector, latitude, source in (
        ("n", -20.35, "patrol-n"),
        ("l", -21.0, "camera-lake"),
        ("c", -21.65, "patrol-c"),
    ):
        if (day, sector) != (9, "l"):
            where: Region = Disc(at(latitude, -18.95), 9_000)
            recorder.add(
                source,
                Kind.COVERAGE,
                start + 3 * HOUR,
                random.choice((300, 420, 610)),
                where=where,
                coverage=Coverage(("explosion", "burst", "shot"), 700_000),
            )
        for _ in range(random.randrange(1, 6)):
            act = random.choice(("explosion", "explosion", "burst", "shot", "flight"))
            weapon = Weapon(random.choice(("artillery", "mortar", "small-arms", None)))
            spot = at(latitude + random.uniform(-0.3, 0.3), -19 + random.gauss(0, 0.12))
            recorder.add(
                source,
                Kind.REPORT,
                start + random.randrange(24) * HOUR,
                5,
                act=act,
                where=Disc(spot, random.choice((0, 300, 2_500))),
                count=Span.exactly(random.randrange(1, 9)),
                weapon=weapon,
            )
    recorder.add(
        "satellite",
        Kind.DETECTION,
        start + 9 * HOUR,
        1,
        act="fire-detected",
        where=Disc(at(-21 + random.uniform(-0.9, 0.9), -19 + random.gauss(0, 0.2)), 375),
    )


def _touchings(seen: list[Sighting]) -> list[Touching]:
    found: list[Touching] = []
    for one in seen:
        told = one.observation
        if told.act in ("explosion", "burst", "shot"):
            sure = isinstance(told.where, Disc) and told.where.radius_m < 1_000
            answer, share = (Truth.YES, 1_000_000) if sure else (Truth.UNKNOWN, 400_000)
            found.extend(Touching(one.ref, name, "", answer, share, ()) for name in ("fire-a", "fire-b"))
        if told.kind is Kind.HOLDING:
            found.append(Touching(one.ref, "heavy-a", "", Truth.YES, 1_000_000, ()))
            if told.holding and told.holding.status == "in-violation":
                found.append(Touching(one.ref, "heavy-a", "width-per-side", Truth.UNKNOWN, 250_000, ()))
        if told.kind is Kind.ACCESS_REFUSED:
            found.append(Touching(one.ref, "obstruct-b", "", Truth.YES, 1_000_000, ()))
    return found


def _cases() -> tuple[Case, ...]:
    drafted, decided = parse_utc("2026-03-12T10:00:00.000Z"), parse_utc("2026-03-15T09:00:00.000Z")

    def finding(question: Question, answer: Truth, words: str) -> Finding:
        party = "party-b" if question is Question.ATTRIBUTION else None
        return Finding("INC-2026-000017", "fire-b", "", question, answer, words, party, 910_000, "S2", ())

    findings = (
        finding(Question.EVENT, Truth.YES, "established"),
        finding(Question.VIOLATION, Truth.YES, "established"),
        finding(Question.ATTRIBUTION, Truth.UNKNOWN, "not established"),
    )
    votes = (
        Vote(Ref(4_100), "member-1", True, "", decided),
        Vote(Ref(4_101), "member-2", True, "", decided),
        Vote(Ref(4_102), "member-3", False, "The crater speaks for a later date.", decided),
    )
    return (
        Case(
            Ref(4_000), findings, "decided", drafted, "officer", (), (), (Ref(4_050),), None, votes, decided
        ),
        Case(
            Ref(4_010),
            findings,
            "awaiting-reply",
            drafted,
            "officer",
            (),
            (),
            (),
            parse_utc("2026-03-16T10:00:00.000Z"),
            silent=("party-a",),
        ),
        Case(Ref(4_020), findings, "with-panel", drafted, "officer", ()),
    )
