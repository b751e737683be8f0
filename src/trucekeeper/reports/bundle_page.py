"""What a verified bundle says, as one page that a court can read: HTML and PDF, from the bundle and nothing else.

The page is a courtesy. What counts is the bundle, and the check that anybody can repeat; the page says how.
"""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from importlib import resources

import typst

from trucekeeper.kernel.canon import Json
from trucekeeper.kernel.errors import Damaged
from trucekeeper.record import bundle, disclosure
from trucekeeper.reports import bundle_answers
from trucekeeper.reports.bundle_answers import View
from trucekeeper.reports.clean import clean
from trucekeeper.reports.phrases import day_words
from trucekeeper.reports.templates import drawn
from trucekeeper.verifier.entries import Entry, Mandate
from trucekeeper.verifier.verify import Verified

LISTED = 24
"""How many fields of one entry or row the page prints; the bundle holds all."""

_ELSEWHERE = frozenset({"keyset/v1", "finding/v1", "vote/v1", "reply/v1"})
"""Kinds of which no fields are listed: the page tells them in sentences, or they are keys."""
_LONG = frozenset({"lock", "grounds"})
"""Fields that are lists of digests or of working notes; the bundle holds them."""

GLOSSARY = (
    (
        "Entry",
        "One signed statement: a report, a reply, a vote, a finding. It has a number, and is never changed.",
    ),
    (
        "Digest",
        "64 characters computed from a text (SHA-256). If one letter of the text changes, its digest does.",
    ),
    (
        "Checkpoint",
        (
            "The size of the record and its root, signed by the office. The root is one digest over all entries. "
            "Whoever kept a checkpoint can tell whether anything before it was changed, dropped or put in."
        ),
    ),
    (
        "Witness",
        (
            "Somebody outside the office, who signs a checkpoint only if it extends the last one that they signed. A "
            "quorum is how many of them have to sign."
        ),
    ),
    (
        "Withheld",
        (
            "A field of an entry that the receiver of this bundle may not see. That it is there is certain. It cannot "
            "be changed afterwards, for its author signed a digest of it."
        ),
    ),
)


def page(found: Verified, data: bytes) -> View:
    """The page on the bundle ``data``, of which ``found`` is what the verifier showed: JSON for both templates."""
    signed = [(index, entry, _author(by)) for index, entry, by in found.entries]
    told = {one.ref.entry: one.disclosures for one in bundle.read(data).entries}
    origin, _, _ = found.checkpoint.text.partition("\n")
    return {
        "subject": clean(found.subject),
        "log": clean(origin),
        "size": f"{found.checkpoint.size:,}",
        "root": found.checkpoint.root.hex(),
        "attested": _attested(found),
        "steps": [_step(one) for one in found.steps],
        "agreement": _agreement(found),
        "cases": bundle_answers.cases(signed),
        "entries": [_entry(*one, told.get(one[0], ())) for one in signed],
        "rows": [{"number": ref, **_listed(row)} for ref, row in found.rows.items()],
        "unchecked": _unchecked(found),
        "glossary": [{"word": word, "means": means} for word, means in GLOSSARY],
        "bytes": f"{len(data):,}",
        "sha256": sha256(data).hexdigest(),
    }


def as_html(view: View) -> bytes:
    """The page as UTF-8: no script, nothing fetched, every word escaped."""
    return drawn("bundle.html", v=view).lstrip().encode()


def as_pdf(view: View) -> bytes:
    """The page as PDF: the same bytes for the same bundle, for it bears no date but those in the bundle."""
    template = resources.files("trucekeeper.reports.templates").joinpath("bundle.typ").read_bytes()
    inputs = {"view": json.dumps(view, sort_keys=True)}
    compiler = typst.Compiler(template, ignore_system_fonts=True, sys_inputs=inputs)
    made = compiler.compile(format="pdf", timestamp=0, pdf_tags=True)
    if not isinstance(made, bytes):
        msg = "a page could not be set as PDF, Typst gave no document; install the locked version of Typst"
        raise Damaged(msg)
    return made


def _author(by: Mandate) -> str:
    party = f" of {clean(by.party)}" if by.party is not None else ""
    return f"{clean(by.holder)} ({clean(by.role)}{party})"


def _attested(found: Verified) -> list[Json]:
    quorum = [one for one in found.times if one not in found.beyond]
    rows: list[Json] = [{"tier": "The office", "who": "signed it with the log's key"}]
    tiers = (("Witnesses of the quorum", quorum), ("Witnesses beyond the quorum", found.beyond))
    for tier, names in tiers:
        who = "; ".join(f"{clean(one)}, {_seconds(found.times[one])}" for one in names)
        rows.append({"tier": tier, "who": who or "none"})
    return rows


def _step(line: str) -> View:
    number, _, rest = clean(line).partition(" ")
    name, _, outcome = rest.partition(": ")
    open_ = outcome.startswith(("NOT CHECKED", "not asked"))
    return {
        "number": number.strip("()"),
        "name": name,
        "outcome": outcome,
        "mark": "open" if open_ else "held",
    }


def _agreement(found: Verified) -> View:
    number = -1 if found.agreement is None else found.agreement[0]
    for index, entry, _ in found.entries:
        if index == number:
            title, text = entry.body.get("title", ""), entry.body.get("digest", "")
            return {"number": str(index), "title": clean(str(title)), "digest": clean(str(text))}
    return {"number": "", "title": "", "digest": ""}


def _entry(index: int, entry: Entry, by: str, disclosures: Sequence[str]) -> View:
    told = sorted({disclosure.disclosed(one)[0] for one in disclosures})
    return {
        "number": str(index),
        "kind": clean(entry.kind),
        "by": by,
        "at": _moment(entry.said["at"]),
        "digest": entry.digest,
        "disclosed": ", ".join(clean(one) for one in told),
        "withheld": str(entry.hidden),
        **_listed({} if entry.kind in _ELSEWHERE else entry.body),
    }


def _listed(value: Json) -> View:
    pairs = [(clean(name), clean(says)) for name, says in _flat("", value)]
    told: list[Json] = [{"name": name, "says": says} for name, says in pairs[:LISTED]]
    return {"fields": told, "more": str(max(0, len(pairs) - LISTED))}


def _flat(name: str, value: Json) -> Iterator[tuple[str, str]]:
    """Fields with their paths; units that a name ends in are written out."""
    if isinstance(value, dict):
        for key in sorted(one for one in value if one != "_sd" and one not in _LONG):
            yield from _flat(f"{name}.{key}" if name else key, value[key])
    elif isinstance(value, list):
        if any(isinstance(one, dict | list) for one in value):
            for number, one in enumerate(value):
                yield from _flat(f"{name}[{number}]", one)
        else:
            yield name, ", ".join(str(one) for one in value) or "none"
    else:
        yield name, _worded(name, value)


def _worded(name: str, value: Json) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not isinstance(value, int):
        return "none" if value is None else str(value)
    if name.endswith("_u"):
        whole, rest = divmod(abs(value), 1_000_000)
        return f"{'-' if value < 0 else ''}{whole}.{rest:06d} degrees"
    if name.endswith("_ms"):
        return _seconds(value // 1000)
    if name.endswith("_ppm"):
        return bundle_answers.percent(value)
    return f"{value:,} m" if name.endswith("_m") else f"{value:,}"


def _unchecked(found: Verified) -> list[Json]:
    lines: list[Json] = []
    if not found.times:
        lines.append(
            "No witness signed the checkpoint that this rests on, or none is named by the record. That the office "
            "showed the same record to everybody is its own word alone."
        )
    elif any("your own policy was not given" in one for one in found.steps):
        lines.append(
            "The witness policy was taken from the bundle. Whether it is the one that was agreed is seen only by "
            "whoever checks with a copy of their own."
        )
    if any(one.partition(": ")[2].startswith("not asked") for one in found.steps):
        lines.append(
            "The checkpoint was not held against an older one. Whether anything was changed before this bundle was "
            "made is not shown here. A party that kept an older checkpoint can show it."
        )
    lines += [
        (
            "That nothing was left out: a bundle holds what a case rests on, as the office knew it. That a later "
            "change of keys was kept out of it can be seen in a mirror of the record alone."
        ),
        "That what an author says is true. What is shown is that this author said it, and has not been edited.",
        "That a finding follows from its entries. Whoever has the agreement and the entries can recompute it.",
        "That a key belongs to the person whom the record names. Compare the keys with their holders.",
    ]
    return lines


def _moment(text: str) -> str:
    at = datetime.fromisoformat(text)
    return f"{day_words(at)}, {at:%H:%M:%S} UTC"


def _seconds(seconds: int) -> str:
    try:
        at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    except OverflowError:
        return f"second {seconds} since 1970"
    return f"{day_words(at)}, {at:%H:%M:%S} UTC"
