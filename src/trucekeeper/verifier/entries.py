"""Entries: their one canonical form, fields told apart, and who may sign what under which key set.

RFC 8785, RFC 9901. Values are taken as they come: where one has another form, Python raises, which is a refusal.
"""

# ruff: noqa: I001 - one line each
import base64
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias  # noqa: TID251 - see above

from trucekeeper.verifier.notes import LOG, Policy, Refused, Vkey
from trucekeeper.verifier.notes import b64, fields, need, pae, sha, signed, written

Json: TypeAlias = Any
MAY_SIGN: Mapping[str, str] = {
    "office": "keyset agreement source observation batch incident finding invitation erratum report approval release "
    "erasure consent referral custody cosigned notice notice-step acknowledgement commitment reveal struck delivery "
    "sight handover airspace fit",
    "monitor": "observation batch incident consent referral custody acknowledgement",
    "panel": "vote erratum approval custody",
    "liaison": "observation batch reply acknowledgement",
    "guarantor": "observation approval acknowledgement",
    "notifier": "notice notice-step commitment reveal",
    "sensor": "observation batch",
    "mandator": "waiver",
    "replay": "replay",
}
"""Role to the kinds that it may sign, all of version 1."""
_TIME = re.compile(r"\d{4}-(0[1-9]|1[0-2])-([0-2]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z", re.ASCII)


def canonical(data: bytes) -> Json:
    """The value that ``data`` is the one canonical form of: whole numbers within 2^53, ASCII keys, none twice."""
    text, number = data.decode(), _number
    value = json.loads(
        text, object_pairs_hook=_keyed, parse_float=number, parse_int=number, parse_constant=number
    )
    need(written(value) == data, "a document is not in its canonical form")
    return value


def _keyed(pairs: Sequence[tuple[str, Json]]) -> dict[str, Json]:
    need(all(name.isascii() for name, _ in pairs), "a key is not ASCII text")
    return dict(pairs)


def _number(text: str) -> int:
    whole = text.lstrip("-").isdigit() and len(text) < 18
    need(whole and abs(int(text)) < 2**53, "a number is not whole, or beyond 2^53 - 1")
    return int(text)


class Entry(NamedTuple):
    """A statement as its author signed it; ``body`` has the disclosed fields in place, ``hidden`` counts the others."""

    said: Json
    kind: str
    body: Json
    hidden: int
    statement: bytes
    digest: str
    signature: bytes


def read(core: bytes, disclosures: Sequence[str] = ()) -> Entry:
    """The entry in an envelope without disclosures, opened with those that came with it."""
    envelope = canonical(core)
    said, names = envelope["s"], ("at", "key", "kind", "origin", "uid")
    fields(envelope, "s sig")
    fields(said, "at body key kind origin uid")
    need(all(isinstance(said[one], str) for one in names) and _TIME.fullmatch(said["at"]), "it has no time")
    given = {_spelled(sha(one.encode("ascii"))): one for one in disclosures}
    need(len(given) == len(disclosures), "a disclosure is given twice")
    hidden: list[str] = []
    body = _opened(said["body"], given, hidden)
    need(isinstance(body, dict) and not given, "a disclosure belongs to no field of its entry")
    statement = written(said)
    signature, digest = b64(envelope["sig"], 64), sha(statement).hex()
    return Entry(said, said["kind"], body, len(hidden), statement, digest, signature)


def _opened(value: Json, given: dict[str, str], hidden: list[str]) -> Json:
    """``value`` with the fields that ``given`` tells in their places; what is used leaves ``given``."""
    is_list, is_object = isinstance(value, list), isinstance(value, dict)
    if not is_object:
        return [_opened(one, given, hidden) for one in value] if is_list else value
    found = {name: _opened(one, given, hidden) for name, one in value.items() if name != "_sd"}
    digests = value.get("_sd", [])
    need(digests == sorted(set(digests)), "the digests of fields are not in order")
    stay = [one for one in digests if one not in given]
    hidden += stay
    for one in [given.pop(digest) for digest in digests if digest not in stay]:
        data = base64.urlsafe_b64decode(one + "=" * (-len(one) % 4))
        salt, name, told = canonical(data)
        new = _spelled(data) == one and len(salt) == 22 and name not in {*found, "_sd", "...", ""}
        need(new, "a disclosure names no new field")
        found[name] = _opened(told, given, hidden)
    return {**found, "_sd": stay} if stay else found


def _spelled(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


class Mandate(NamedTuple):
    """Whose key it is, what its holder is, and from when until when (None: on) it may sign."""

    holder: str
    role: str
    party: str | None
    public: bytes
    since: str
    until: str | None

    def holds(self, at: str) -> bool:
        """Whether it holds at that time."""
        return self.since <= at and (self.until is None or at < self.until)


class KeySet(NamedTuple):
    """One version of who may sign: mandates by key id, and root keys by key id, so many of which change it."""

    body: Json
    digest: str
    mandates: Mapping[str, Mandate]
    root: Mapping[str, bytes]
    threshold: int


def keyset(entry: Entry, before: KeySet | None, log: Vkey) -> KeySet:
    """The key set of an entry that follows ``before``: one version on, signed by both thresholds of root keys."""
    body = entry.body
    fields(body, "continues holders origin policy previous root signatures version vkey")
    need(body["origin"] == log.name and Vkey.parse(body["vkey"], LOG) == log, "a key set is of another log")
    mandates: dict[str, Mandate] = {}
    used = [log.public]
    for one in body["holders"]:
        of_party = (one["party"] is not None) == (one["role"] in {"liaison", "replay"})
        need(one["role"] in MAY_SIGN and of_party, "a holder has no proper role")
        for key in one["keys"]:
            public, since, until = b64(key["public"], 32), key["from"], key["until"]
            used.append(public)
            need(_TIME.fullmatch(since) and _TIME.fullmatch(until or since), "a mandate has no period")
            mandate = Mandate(one["id"], one["role"], one["party"], public, since, until)
            mandates[sha(public).hex()[:32]] = mandate
    root, least = [b64(one, 32) for one in body["root"]["keys"]], body["root"]["threshold"]
    policy = Policy.parse(body["policy"]) if body["policy"] is not None else None
    need(policy is None or policy.log == log, "the witness policy is of another log")
    used += [*root, *(one.public for one in policy.witnesses.values())] if policy else root
    ids = {one["id"] for one in body["holders"]}
    need(len(set(used)) == len(used) and len(ids) == len(body["holders"]), "a key or a name stands for two")
    need(min(1, len(root)) <= least <= len(root), "a threshold of a key set cannot be met")
    found = KeySet(body, entry.digest, mandates, {sha(one).hex()[:32]: one for one in root}, least)
    by = _signers(body, "keyset", {**found.root, **(before.root if before else {})})
    need(len(by & set(found.root)) >= least, "a key set lacks signatures of its own root keys")
    last = (before.body["version"] + 1, before.digest) if before else (1, None)
    may = before is None or (before.threshold and body["continues"] is None)
    need(may and (body["version"], body["previous"]) == last, "a key set does not follow the one before it")
    enough = before is None or len(by & set(before.root)) >= before.threshold
    need(enough, "it lacks the word of the former root keys")
    return found


def _signers(body: Json, kind: str, known: Mapping[str, bytes]) -> set[str]:
    """The ids of the keys that signed a body without its signatures; every signature must be known and hold."""
    message = pae(kind, written({name: one for name, one in body.items() if name != "signatures"}))
    names = [one["key"] for one in body["signatures"]]
    need(names == sorted(set(names)), "signatures are not in the order of their keys")
    for one in body["signatures"]:
        holds = one["key"] in known and signed(known[one["key"]], b64(one["sig"], 64), message)
        need(holds, f"the signature of key {one['key']} under a {kind} does not hold")
    return set(names)


def authored(index: int, entry: Entry, trusted: KeySet, log: Vkey) -> Mandate:
    """The mandate by which entry ``index`` was signed: key, period, role, and no word in another's name."""
    said, by = entry.said, trusted.mandates.get(entry.said["key"])
    need(said["origin"] == log.name, f"entry {index} is addressed to another record")
    if by is None or not by.holds(said["at"]):
        msg = f"entry {index}: the key {said['key']} is in nobody's mandate at {said['at']}"
        raise Refused(msg)
    kinds = [f"{one}/v1" for one in MAY_SIGN[by.role].split()]
    need(entry.kind in kinds, f"entry {index}: a {by.role} may not sign {entry.kind[:40]}")
    if by.role == "liaison" and entry.kind == "observation/v1":
        need(entry.body["kind"] in {"claim", "denial"}, f"entry {index}: a party claims and denies, no more")
    if entry.kind == "reply/v1":
        need(entry.body["party"] == by.party, f"entry {index}: {by.holder} replies for another party")
    whole = signed(by.public, entry.signature, pae("entry", entry.statement))
    need(whole, f"entry {index}: {by.holder} did not sign it")
    return by


def agreed(entries: Iterable[tuple[int, Entry, KeySet]]) -> tuple[int, str] | None:
    """Number and digest of the agreement in force: entry 1, or the last that parties and guarantors put in place."""
    last: tuple[int, str] | None = None
    for index, entry, trusted in entries:
        first = last is None and index == 1 and entry.body.get("amends") is None
        need(first or (last and entry.body.get("amends") == last[1]), "an agreement is out of its order")
        if last is not None:
            may = {key: one for key, one in trusted.mandates.items() if one.role in {"liaison", "guarantor"}}
            known = {key: one.public for key, one in may.items()}
            by = [may[one] for one in _signers(entry.body, "agreement", known)]
            need(all(one.holds(entry.said["at"]) for one in by), "a signer of an amendment had no mandate")
            guarantors = {one.holder for one in may.values() if one.role == "guarantor"}
            most = 2 * len(guarantors & {one.holder for one in by}) > len(guarantors)
            parties = {one.party for one in may.values() if one.party} <= {one.party for one in by}
            need(parties and most, "an amendment lacks the signature of a party or of guarantors")
        last = index, entry.digest
    return last
