"""The episodes planted in the drill, each a way in which past missions were fooled or blinded.

A liar, a rumour that looks like four reports, a staged explosion, a patrol turned back, weapons that
should have gone, and one side that owns up; the sector that nobody watches is in :mod:`trucekeeper.drill.witnesses`.
"""

from dataclasses import replace

from trucekeeper.agreement.model import Agreement
from trucekeeper.drill.notices import hospital
from trucekeeper.drill.witnesses import posts
from trucekeeper.drill.world import along, local, moved
from trucekeeper.kernel.clock import Instant, Interval
from trucekeeper.kernel.span import Span
from trucekeeper.observations.model import Access, Harm, Holding, Kind, Observation, Weapon
from trucekeeper.parties.model import Source
from trucekeeper.places.position import Disc, Position

MINUTE_MS = 60_000

SOURCES = (
    *(
        Source(f"patrol-{sector}", None, "mission", "patrol", "B")
        for sector in ("north", "lake", "centre", "south")
    ),
    Source("camera-lake", None, "mission", "camera", "A"),
    Source("nasa-firms", None, "satellite", "satellite", "B"),
    Source("sirens-official", None, "civil-defence", "siren", "B"),
    Source("liaison-a", "party-a", "party-a", "liaison", "C"),
    Source("liaison-b", "party-b", "party-b", "liaison", "C"),
    Source("the-courier", "party-b", "party-b", "media", "D"),
    Source("resident-17", None, "resident-17", "resident", "C"),
    Source("shore-radio", None, "shore-radio", "media", "C"),
    Source("daily-tern", None, "daily-tern", "media", "C"),
    Source("the-beacon", "party-a", "party-a", "media", "D"),
)
"""The register of sources, as the office opens it on the first day."""


def liar(agreement: Agreement) -> tuple[Observation, ...]:
    """A paper that invents shelling where patrol and camera were looking and saw nothing."""
    line = agreement.lines[0]
    return tuple(
        _told(
            "the-courier",
            f"lie-{number}",
            local(agreement, 3 + 4 * number, 11, 20),
            moved(along(line, share), 900, 700),
            act="explosion",
            weapon=Weapon("artillery", Span.exactly(152)),
            count=Span(20, 30),
            by="party-a",
            note="Our readers saw the smoke.",
        )
        for number, share in enumerate((0.38, 0.37, 0.39, 0.12, 0.63))
    )


def rumour(agreement: Agreement) -> tuple[Observation, ...]:
    """One resident hears an aircraft; three outlets repeat it, and it looks like four reports."""
    at = local(agreement, 8, 22, 5)
    first = _told("resident-17", "call-1", at, along(agreement.lines[0], 0.45), act="flight", means="heard")
    copies = (
        replace(
            first,
            source=source,
            uid=f"copy-{number}",
            relays="resident-17/call-1",
            means="document",
            credibility=4,
            by=by,
        )
        for number, (source, by) in enumerate(
            (("shore-radio", None), ("daily-tern", None), ("the-beacon", "party-b"))
        )
    )
    return (first, *copies)


def staged(agreement: Agreement) -> tuple[Observation, ...]:
    """A charge set off behind one's own lines for the microphones, and blamed on the other side."""
    at = local(agreement, 13, 14, 40)
    spot = moved(along(agreement.lines[0], 0.40), -1200, 1500)
    loud = _told("camera-lake", "staged-1", at, spot, act="explosion", means="camera", count=Span.exactly(1))
    blame = _told(
        "liaison-a",
        "staged-2",
        at,
        spot,
        act="explosion",
        weapon=Weapon("mortar", Span.exactly(120)),
        count=Span.exactly(1),
        by="party-b",
        harm=Harm(Span.exactly(0), Span(1, 2)),
    )
    crater = _told(
        "patrol-lake",
        "staged-3",
        at,
        spot,
        act="explosion",
        means="saw",
        phase="undetermined",
        weapon=Weapon("ied"),
        count=Span.exactly(1),
        by=None,
        note="Crater without fragments of a shell; soil thrown evenly; a length of firing cable found.",
    )
    return (
        replace(loud, kind=Kind.DETECTION, credibility=1),
        replace(blame, kind=Kind.CLAIM),
        replace(crater, kind=Kind.REPORT, credibility=1),
    )


def owned_up(agreement: Agreement) -> tuple[Observation, ...]:
    """A gun crew fires against its orders; the camera and a patrol see it, and its own side says so."""
    at = local(agreement, 5, 17, 25)
    spot = moved(along(agreement.lines[0], 0.42), 1100, -900)
    gun = Weapon("artillery", Span.exactly(122))
    loud = _told(
        "camera-lake", "owned-1", at, spot, act="explosion", means="camera", weapon=gun, by="party-b"
    )
    seen = _told(
        "patrol-lake",
        "owned-2",
        at,
        moved(spot, 60, 40),
        act="explosion",
        means="saw",
        weapon=gun,
        by="party-b",
    )
    own = _told(
        "liaison-b",
        "owned-3",
        at,
        spot,
        act="explosion",
        weapon=gun,
        by="party-b",
        note="A crew of ours fired one round against orders. It has been relieved.",
    )
    return (
        replace(loud, kind=Kind.DETECTION, count=Span.exactly(1), credibility=1),
        replace(seen, count=Span.exactly(1), credibility=1),
        replace(own, kind=Kind.CLAIM, count=Span.exactly(1)),
    )


def struck(agreement: Agreement) -> tuple[Observation, ...]:
    """The hospital that both sides were told of is hit; a patrol and the camera see it."""
    at = local(agreement, 18, 3, 10)
    spot = hospital(agreement)
    loud = _told("camera-lake", "struck-1", at, spot, act="explosion", means="camera", count=Span.exactly(2))
    crater = _told(
        "patrol-lake",
        "struck-2",
        at,
        moved(spot, 40, -60),
        act="explosion",
        means="saw",
        phase="impact",
        weapon=Weapon("mortar", Span.exactly(120)),
        count=Span.exactly(2),
        harm=Harm(Span.exactly(0), Span.exactly(3)),
        note="Two impacts in the yard, fragments of mortar bombs.",
    )
    return replace(loud, kind=Kind.DETECTION, credibility=1), replace(crater, credibility=1)


def turned_back(agreement: Agreement) -> tuple[Observation, ...]:
    """Two denials of access, one delay: obstruction is a violation of its own."""
    base = {post.source: post.place for post in posts(agreement)}

    def refused(day: int, number: int, source: str, by: str, delay: int | None, reason: str) -> Observation:
        at = local(agreement, day, 9, 30)
        return Observation(
            uid=f"access-{number}",
            kind=Kind.ACCESS_REFUSED,
            source=source,
            when=Interval(at, Instant(at + 45 * MINUTE_MS)),
            where=Disc(moved(base[source], 2500, 2500), 50),
            act="obstruction",
            means="saw",
            by=by,
            access=Access(by, delay is None, delay, 4, reason, prior_notice=True),
            credibility=1,
        )

    return (
        refused(9, 1, "patrol-centre", "party-b", None, "The road is mined."),
        refused(10, 2, "patrol-south", "party-a", None, "No order from above."),
        refused(21, 3, "patrol-north", "party-a", 95, "Papers are being checked."),
    )


def holdings(agreement: Agreement, day: int) -> tuple[Observation, ...]:
    """A weekly visit to storage sites and lines: what is where it should be, what is not, what is gone."""
    line = agreement.lines[0]
    rows = (
        ("patrol-north", 0.15, 9_000, "party-a", "artillery", 122, 3, "in-violation", False),
        ("patrol-lake", 0.41, -31_000, "party-b", "artillery", 152, 6, "in-situ", True),
        ("patrol-centre", 0.66, 28_000, "party-a", "mlrs", 122, 4, "outside-storage", False),
        ("patrol-centre", 0.60, -12_000, "party-b", "artillery", 100, 2, "in-violation", False),
        ("patrol-south", 0.88, -33_000, "party-b", "mortar", 120, 5, "not-verifiable", None),
        (
            "patrol-north",
            0.11,
            36_000,
            "party-a",
            "mlrs",
            220,
            2,
            "missing" if day < 20 else "again-missing",
            True,
        ),
    )
    away_posts = {post.source for post in posts(agreement) if day in post.off_days}
    at = local(agreement, day, 10)
    return tuple(
        Observation(
            uid=f"holding-{day:02d}-{number}",
            kind=Kind.HOLDING,
            source=source,
            when=Interval(at, Instant(at + 60 * MINUTE_MS)),
            where=Disc(moved(along(line, share), east, 300), 200),
            act="hold-weapon",
            means="saw",
            weapon=Weapon(category, Span.exactly(calibre)),
            count=Span.exactly(count),
            by=by,
            holding=Holding(status, "stationary", stored),
            grounds=("storage-site",) if stored else (),
            credibility=1,
        )
        for number, (source, share, east, by, category, calibre, count, status, stored) in enumerate(rows)
        if source not in away_posts
    )


def _told(  # noqa: PLR0913 - an episode is told in the words of a report, one argument a word
    source: str,
    uid: str,
    at: Instant,
    where: Position,
    *,
    act: str,
    means: str = "document",
    phase: str | None = None,
    weapon: Weapon | None = None,
    count: Span | None = None,
    by: str | None = None,
    harm: Harm | None = None,
    note: str | None = None,
) -> Observation:
    return Observation(
        uid=uid,
        kind=Kind.REPORT,
        source=source,
        when=Interval(Instant(at - 10 * MINUTE_MS), Instant(at + 10 * MINUTE_MS)),
        where=Disc(where, 500),
        act=act,
        means=means,
        phase=phase,
        weapon=weapon,
        count=count,
        by=by,
        harm=harm,
        note=note,
        credibility=3,
    )
