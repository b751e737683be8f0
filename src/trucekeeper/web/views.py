"""What the pages show, as plain values: every view is one function over the office's casebook and record."""

import json
from collections.abc import Iterable, Mapping

from trucekeeper.findings.model import Case, Finding, Vote
from trucekeeper.incidents.model import Sighting
from trucekeeper.kernel import b64
from trucekeeper.kernel.clock import Instant, to_datetime
from trucekeeper.office.wiring import Office
from trucekeeper.record import checkpoint, sealing
from trucekeeper.record.ref import Ref
from trucekeeper.reports.refs import compress

View = Mapping[str, object]
OPEN_STATES = ("draft", "awaiting-reply", "with-panel")
PAGE = 100


def moment(at: Instant | None) -> str:
    """A time for people, UTC, to the minute."""
    return "" if at is None else f"{to_datetime(at):%Y-%m-%d %H:%M} UTC"


def frame(office: Office) -> View:
    """What every page carries: the agreement's name and the checkpoint."""
    signed = checkpoint.verified(office.record.checkpoint(), office.record.vkey)
    return {
        "agreement": office.agreement,
        "checkpoint": {"origin": signed.origin, "size": signed.size, "root": signed.root.hex()},
    }


def home(office: Office) -> View:
    """The office at a glance: what is recorded, what waits, what was published."""
    cases = tuple(office.casebook.cases())
    published = reports(office)
    return {
        "cards": [
            {"value": f"{office.record.size():,}", "label": "entries in the record"},
            {"value": f"{sum(1 for _ in office.casebook.incidents()):,}", "label": "incidents"},
            {
                "value": f"{sum(case.decided_at is not None for case in cases):,}",
                "label": "cases decided by two people",
            },
            {"value": f"{len(published):,}", "label": "daily reports published"},
        ],
        "waiting": [
            {
                "incident": case.findings[0].incident,
                "state": case.state.replace("-", " "),
                "drafted": moment(case.drafted_at),
                "due": moment(case.reply_due),
                "votes": sum(vote.void is None for vote in case.votes),
            }
            for case in cases
            if case.state in OPEN_STATES
        ],
        "reports": published[:7],
    }


def reports(office: Office) -> list[View]:
    """Every published report, the newest first."""
    found = [
        {"folder": one.folder, "kind": one.kind, "entry": ref.entry}
        for ref, one in office.casebook.published()
    ]
    return sorted(found, key=lambda one: str(one["folder"]), reverse=True)


def incidents(office: Office, after: str) -> View:
    """A page of incidents, by id, with the state of the latest case on each."""
    states = {case.findings[0].incident: case.state for case in office.casebook.cases()}
    later = [one for one in office.casebook.incidents() if one.id > after]
    return {
        "incidents": [
            {
                "id": one.id,
                "start": moment(one.when.start),
                "acts": acts(one.members),
                "count": len(one.members),
                "state": states.get(one.id, "").replace("-", " "),
            }
            for one in later[:PAGE]
        ],
        "next": later[PAGE - 1].id if len(later) > PAGE else "",
    }


def incident(office: Office, incident_id: str) -> View:
    """One incident: who saw what (by medium, never by name), and what was found."""
    found = office.casebook.incident(incident_id)
    sources = office.casebook.sources()
    media = {source.id: source.medium for source in sources.values()}
    grades = {source.id: source.reliability for source in sources.values()}
    cases = [case for case in office.casebook.cases() if case.findings[0].incident == found.id]
    return {
        "incident": {
            "id": found.id,
            "start": moment(found.when.start),
            "end": moment(found.when.end),
            "acts": acts(found.members),
        },
        "observations": [
            {
                "entry": one.ref.entry,
                "ref": str(one.ref),
                "kind": one.observation.kind.value,
                "medium": media.get(one.observation.source, "not registered"),
                "said": said(one),
                "grade": f"{grades.get(one.observation.source, 'F')}{one.observation.credibility}",
            }
            for one in found.members
        ],
        "cases": [_case(case) for case in cases],
    }


def acts(members: Iterable[Sighting]) -> str:
    """The acts that were observed, in words."""
    return ", ".join(sorted({(one.observation.act or "not said").replace("-", " ") for one in members}))


def said(one: Sighting) -> str:
    """What an observation says, in a line: count, act, weapon, and the side it names."""
    seen = one.observation
    weapon = "" if seen.weapon is None else seen.weapon.category or "weapon undetermined"
    calibre = f"{seen.weapon.calibre_mm} mm" if seen.weapon is not None and seen.weapon.calibre_mm else ""
    count = "" if seen.count is None else f"{seen.count} x"
    named = f"says {seen.by}" if seen.by else ""
    act = (seen.act or seen.kind.value).replace("-", " ")
    return " ".join(part for part in (count, act, weapon, calibre, named) if part)


def _case(case: Case) -> View:
    replies = compress(case.replies) if case.replies else "none"
    return {
        "entry": case.ref.entry,
        "state": case.state.replace("-", " "),
        "history": f"Drafted {moment(case.drafted_at)}; reply due {moment(case.reply_due) or 'from nobody'}; "
        f"replies in entries: {replies}; decided: {moment(case.decided_at) or 'not yet'}.",
        "findings": [_finding(one) for one in case.findings],
        "votes": [_vote(one) for one in case.votes],
    }


def _finding(one: Finding) -> View:
    return {
        "term": f"{one.term} ({one.reading})" if one.reading else one.term,
        "question": one.question.value,
        "answer": one.answer.value,
        "words": one.words,
        "reasons": [
            {"test": reason.test, "says": reason.says, "refs": compress(reason.refs)}
            for reason in one.reasons
        ],
    }


def _vote(one: Vote) -> str:
    word = "approves" if one.approves else "dissents"
    void = f" (does not count: {one.void})" if one.void else ""
    return f"{one.voter} {word}, entry {one.ref}: {one.says}{void}"


def entry(office: Office, ref: Ref) -> View:
    """One entry: the sealed leaf that the log holds, and the statement that the vault holds."""
    opened = office.record.opened(ref.entry)
    holder = office.record.keysets().at(opened.index).mandate(opened.entry.key, opened.entry.at).holder
    return {
        "entry": {
            "index": opened.index,
            "kind": opened.entry.kind,
            "holder": holder,
            "at": moment(opened.entry.at),
            "leaf": b64.encode(sealing.leaf(opened.salt, opened.envelope)),
            "statement": json.dumps(
                json.loads(opened.envelope), indent=2, ensure_ascii=False, sort_keys=True
            ),
            "rows": opened.rows,
        }
    }


def record(office: Office) -> View:
    """The record as a stranger meets it: checkpoint, key, and what kinds of entries it holds."""
    return {
        "note": office.record.checkpoint().decode(),
        "vkey": office.record.vkey,
        "kinds": sorted(office.casebook.counts().items()),
    }
