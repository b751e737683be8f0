"""What a proposal changes, in lines of at most 80 columns for those who are to sign it."""

from collections.abc import Iterable, Iterator, Mapping

from trucekeeper.kernel import keys
from trucekeeper.kernel.canon import Fields, Json
from trucekeeper.kernel.clock import Instant, format_utc
from trucekeeper.office.ceremony import Proposal
from trucekeeper.record import amendment, entry
from trucekeeper.record.keyset import Holder, HolderKey, KeySet
from trucekeeper.record.policy import Policy
from trucekeeper.record.root import NOBODY, Root

_GROUPS = 8


def review(proposal: Proposal, now: Instant) -> tuple[str, ...]:
    """All that a signer reads: what it is, what changes, who has signed, what is missing, and the digest."""
    return (*_subject(proposal), *changes(proposal), *standing(proposal, now))


def changes(proposal: Proposal) -> tuple[str, ...]:
    """What changes, line by line."""
    new = proposal.new
    found = tuple(_amended(proposal) if new is None else _changed(new, proposal.keys))
    return found or ("  nothing    but the version",)


def standing(proposal: Proposal, now: Instant) -> tuple[str, ...]:
    """Who has signed, whose signature is missing, and the digest in groups that can be read out."""
    signed = [one.key for one in proposal.signatures]
    missing = proposal.lacking(now)
    lines = [f"  signed by  {one}{_named(proposal, one)}" for one in signed]
    lines += [f"  missing    {one}" for one in missing]
    if missing:
        lines += [
            f"  may sign   {one}{_named(proposal, one)}" for one in proposal.signers if one not in signed
        ]
    else:
        lines.append("  complete   it can be enacted")
    groups = [proposal.digest[at : at + 4] for at in range(0, 64, 4)]
    lines.append("Digest, to be read out and compared before anybody signs:")
    lines += [f"  {' '.join(groups[at : at + _GROUPS])}" for at in range(0, len(groups), _GROUPS)]
    return tuple(lines)


def _subject(proposal: Proposal) -> Iterator[str]:
    new, old = proposal.new, proposal.keys
    if new is None:
        yield f"An amendment of the agreement in the record {'' if old is None else old.origin}."
        return
    before = "the first" if old is None else f"now in force: version {old.version}"
    yield f"Version {new.version} of the key set of {new.origin} ({before})."
    yield f"  log key    {new.vkey.rpartition('+')[2]}"


def _changed(new: KeySet, old: KeySet | None) -> Iterator[str]:
    before = {} if old is None else {one.id: one for one in old.holders}
    after = {one.id: one for one in new.holders}
    for holder in before.values():
        if holder.id not in after:
            yield from _told("withdrawn", holder, holder.keys)
    for holder in after.values():
        was = before.get(holder.id)
        if was is None:
            yield from _told("added", holder, holder.keys)
        elif was != holder:
            yield from _altered(was, holder)
    yield from _rooted(new.root, None if old is None else old.root)
    yield from _policed(new.policy, None if old is None else old.policy)
    if new.continues is not None:
        name, size, *_ = new.continues.split("\n")
        yield f"  continues  {name}, at {size} leaves"


def _altered(was: Holder, now: Holder) -> Iterator[str]:
    if (was.role, was.party) != (now.role, now.party):
        yield f"  changed    {_as(was)}, becomes {_as(now)}"
    else:
        yield f"  changed    {_as(now)}"
    for key in was.keys:
        same = [one for one in now.keys if one.public == key.public]
        if not same:
            yield from _key("less key", key)
        elif same[0] != key:
            yield from _key("key now", same[0])
    known = {one.public for one in was.keys}
    for key in now.keys:
        if key.public not in known:
            yield from _key("more key", key)


def _told(what: str, holder: Holder, held: Iterable[HolderKey]) -> Iterator[str]:
    yield f"  {what:<9}  {_as(holder)}"
    for key in held:
        yield from _key("key", key)


def _key(what: str, key: HolderKey) -> Iterator[str]:
    yield f"    {what:<8} {key.key_id}"
    until = "" if key.valid.end is None else f" until {format_utc(key.valid.end)}"
    yield f"             from {format_utc(key.valid.start)}{until}"


def _as(holder: Holder) -> str:
    return f"{holder.id}, {holder.role.value}{'' if holder.party is None else ' of ' + holder.party}"


def _rooted(new: Root, old: Root | None) -> Iterator[str]:
    if new == (old or NOBODY):
        return
    before = "" if old is None else f" (before: {old.threshold} of {len(old.keys)})"
    yield f"  root       {new.threshold} of {len(new.keys)} keys change this set{before}"
    old = old or NOBODY
    for one in old.keys:
        if one not in new.keys:
            yield f"    less key {keys.key_id(one)}"
    for one in new.keys:
        if one not in old.keys:
            yield f"    more key {keys.key_id(one)}"


def _policed(new: str | None, old: str | None) -> Iterator[str]:
    if new == old:
        return
    if new is None:
        yield "  witnesses  none any more: the log publishes by itself"
        return
    before = {} if old is None else {name: one.verifier for name, one in Policy.parse(old).witnesses.items()}
    policy = Policy.parse(new)
    after = {name: one.verifier for name, one in policy.witnesses.items()}
    yield f"  witnesses  {len(after)} (before: {len(before)}), quorum {policy.quorum}"
    if policy.quorum in policy.groups:
        group = policy.groups[policy.quorum]
        yield f"    quorum   {group.threshold} of {', '.join(group.members)}"
    for name, verifier in before.items():
        if after.get(name) != verifier:
            yield f"    less     {name}, key {keys.key_id(verifier.public)}"
    for name, verifier in after.items():
        if before.get(name) != verifier:
            yield f"    more     {name}, key {keys.key_id(verifier.public)}"


def _amended(proposal: Proposal) -> Iterator[str]:
    was = {} if proposal.former is None else amendment.plain(entry.opened(proposal.former).body)
    now = amendment.plain(proposal.body)
    for name in ("id", "title", "digest"):
        if was.get(name) != now.get(name):
            yield f"  {name:<9}  {now.get(name)}"
            yield f"    before   {was.get(name)}"
    before, after = _files(was), _files(now)
    for path in sorted({*before, *after}):
        if before.get(path) != after.get(path):
            what = "added" if path not in before else "withdrawn" if path not in after else "changed"
            yield f"  {what:<9}  {path}"


def _files(body: Mapping[str, Json]) -> dict[str, str]:
    if "lock" not in body:
        return {}
    lines = Fields(body, "an agreement").objects("lock")
    return {one.text("path"): one.text("sha256") for one in lines}


def _named(proposal: Proposal, key_id: str) -> str:
    held = proposal.keys
    if proposal.new is not None or held is None:
        return ""
    return next((f", {_as(one)}" for one in held.holders for key in one.keys if key.key_id == key_id), "")
