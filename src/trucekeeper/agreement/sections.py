"""The short sections of ``agreement.yaml``: who agreed, what is published, how findings are made."""

import re
from dataclasses import dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from trucekeeper.agreement.marked import Fields, Marked
from trucekeeper.agreement.model import Procedure, Publication
from trucekeeper.agreement.vocabulary import ACTS, AUDIENCES
from trucekeeper.kernel.clock import Instant
from trucekeeper.parties.model import Guarantor, Party

NEEDED = ("agreement", "parties", "guarantors", "zones", "terms", "publication", "procedure", "witnesses")
OPTIONAL = (
    "lines", "readings", "sectors", "actions", "exemptions", "declaratory", "base_rates", "ladders", "deconfliction",
)  # fmt: skip

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})?")
_QUORUM = re.compile(r"(\d{1,2})-of-guarantors")


@dataclass(frozen=True, slots=True)
class Head:
    """The section ``agreement``."""

    id: str
    title: str
    in_force: Instant
    timezone: ZoneInfo
    languages: tuple[str, ...]
    historical: bool


def head(value: Marked) -> Head:
    """Name, first moment, time zone and authentic languages."""
    given = value.fields(("id", "title", "in_force", "timezone", "languages"), ("historical",))
    languages = tuple(item.text() for item in given["languages"].items())
    if not languages or len(set(languages)) != len(languages):
        given["languages"].refuse("name each authentic language once, such as [en, fr]")
    for language in languages:
        if not _LANGUAGE.fullmatch(language):
            given["languages"].refuse(f"{language[:20]!r} is no language code; write en, fr, ar or the like")
    historical = given.get("historical")
    return Head(
        id=given["id"].identifier(),
        title=given["title"].text(),
        in_force=given["in_force"].instant(),
        timezone=_timezone(given["timezone"]),
        languages=languages,
        historical=historical.truth() if historical else False,
    )


def _timezone(value: Marked) -> ZoneInfo:
    try:
        return ZoneInfo(value.text())
    except (ZoneInfoNotFoundError, ValueError, OSError):
        value.refuse(
            f"{value.text()[:40]!r} is no named time zone; write one such as Europe/Kyiv or Etc/GMT-2"
        )


def parties(value: Marked) -> tuple[Party, ...]:
    """The sides, two or more, each by id and name."""
    found = tuple(Party(*_named(item)) for item in value.items())
    if len({party.id for party in found}) != len(found) or len(found) < 2:
        value.refuse("an agreement has two parties or more, each with an id of its own")
    return found


def guarantors(value: Marked, taken: tuple[Party, ...]) -> tuple[Guarantor, ...]:
    """Those who guarantee it, each by id and name; none of them a party."""
    found = tuple(Guarantor(*_named(item)) for item in value.items())
    ids = [guarantor.id for guarantor in found] + [party.id for party in taken]
    if len(set(ids)) != len(ids):
        value.refuse("a guarantor has the id of another guarantor or of a party; give each its own")
    return found


def _named(item: Marked) -> tuple[str, str]:
    given = item.fields(("id",), ("name",))
    name = given.get("name")
    identifier = given["id"].identifier()
    return identifier, name.text() if name else identifier


def actions(value: Marked | None) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Classes of acts, each a list of acts."""
    found: list[tuple[str, tuple[str, ...]]] = []
    for key, acts in value.entries() if value else ():
        if key.identifier() in ACTS:
            key.refuse(f"{key.text()!r} is itself an act; give the class another name")
        found.append((key.text(), tuple(act.one_of(ACTS, "act") for act in acts.items())))
    return tuple(found)


def base_rates(value: Marked | None) -> tuple[tuple[str, int], ...]:
    """Prior probability of each act in ppm, neither 0 nor 1: a certainty could never be moved by evidence."""
    found: list[tuple[str, int]] = []
    for key, rate in value.entries() if value else ():
        ppm = rate.probability_ppm()
        if not 0 < ppm < 1_000_000:
            rate.refuse("a base rate lies between 0 and 1 and is neither, or no evidence could ever move it")
        found.append((key.one_of(ACTS, "act"), ppm))
    return tuple(found)


def exemptions(value: Marked | None, clauses: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Exemptions by id, each with the clause that grants it."""
    found: list[tuple[str, str]] = []
    for key, clause in value.entries() if value else ():
        found.append((key.identifier(), clause.one_of(clauses or ("",), "clause of the text")))
    return tuple(found)


def listed(value: Marked | None, choices: tuple[str, ...], what: str) -> tuple[str, ...]:
    """A list of names that exist."""
    return tuple(item.one_of(choices or ("",), what) for item in (value.items() if value else ()))


def publication(value: Marked, ids: tuple[str, ...]) -> Publication:
    """Who gets what, and when a report's day ends."""
    given = value.fields(("daily_report", "findings", "portal", "probabilities", "cut_off"))
    audiences = (*AUDIENCES, *ids)

    def to(fields: Fields, name: str) -> tuple[str, ...]:
        return tuple(item.one_of(audiences, "audience") for item in fields[name].one_or_more())

    return Publication(
        daily_report=to(given, "daily_report"),
        findings=to(given, "findings"),
        portal=given["portal"].truth(),
        probabilities=to(given, "probabilities"),
        cut_off_min=given["cut_off"].minute_of_day(),
    )


def procedure(value: Marked) -> Procedure:
    """Hours for a reply, and how many of the panel must sign: two at least."""
    given = value.fields(("reply_hours", "panel_votes"))
    return Procedure(given["reply_hours"].whole(0, 24 * 365), given["panel_votes"].whole(2, 99))


def quorum(value: Marked, count: int) -> str:
    """How many guarantors must cosign a checkpoint; 0 only where there are none."""
    given = value.fields(("quorum",))["quorum"]
    found = _QUORUM.fullmatch(given.text())
    if found is None or not min(1, count) <= int(found[1]) <= count:
        given.refuse(f"a quorum is written like 2-of-guarantors, and there are {count} guarantors")
    return given.text()
