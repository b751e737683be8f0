"""The offline verifier: what a party runs that trusts nobody. It imports ``cryptography`` and nothing of ours.

It needs the log's verifier key, and better also the witness policy, both from a hand that it trusts. What it does not
show: that nothing was left out, that what an author says is true, or that a finding follows from its entries.
"""

# ruff: noqa: I001 - one line each
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from trucekeeper.verifier.entries import Entry, Json, KeySet, Mandate
from trucekeeper.verifier.entries import agreed, authored, canonical, keyset, read
from trucekeeper.verifier.notes import LOG, Checkpoint, Policy, Refused, Vkey
from trucekeeper.verifier.notes import (
    b64,
    checkpoint,
    extends,
    fields,
    included,
    need,
    pae,
    sha,
    signed,
    written,
)

Refs = Sequence[tuple[int, Entry, Mandate]]
Steps = list[str]


@dataclass(frozen=True)
class Verified:
    """What was shown. ``times`` are witnesses' seconds since 1970, ``beyond`` those whom the quorum does not count."""

    subject: str
    checkpoint: Checkpoint
    times: dict[str, int]
    beyond: Sequence[str]
    entries: Refs
    leaves: dict[int, bytes]
    rows: dict[str, Json]
    agreement: tuple[int, str] | None
    steps: Steps


_ODD = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)


@contextmanager
def whole(steps: Steps, kind: str) -> Generator[None]:
    """Whatever goes wrong is a refusal that names the step: there is no other way out."""
    try:
        yield
    except (Refused, *_ODD) as error:
        why = error if isinstance(error, Refused) else f"it has another form there ({type(error).__name__})"
        msg = f"the {kind} fails at step {len(steps) + 1}: {why}; refuse it, and keep it as evidence"
        raise Refused(msg) from error


def say(steps: Steps, name: str, what: str) -> None:
    """One step more that held."""
    steps.append(f"({len(steps) + 1}) {name}: {what}")


def verify_bundle(
    data: bytes, vkey: str, policy: str | None = None, older: str | None = None, proof: Sequence[bytes] = ()
) -> Verified:
    """Show that a bundle is authentic under the log key ``vkey``, or raise :class:`Refused`.

    ``policy`` is the verifier's own copy of the witness policy, ``older`` a checkpoint kept from before, ``proof``
    the consistency proof from it where the bundle brings none.
    """
    steps: Steps = []
    with whole(steps, "bundle"):
        held, log = from_log(data, "bundle", vkey)
        fields(held, "agreement checkpoint consistency entries origin policy rows subject version")
        need(held["version"] == 2, "it is not of version 2")
        say(steps, "the bundle", f"canonical, version 2, {len(data)} bytes, signed by {log.name}")
        stated = checkpoint(held["checkpoint"], log)
        say(steps, "the signed checkpoint", f"{stated.size} leaves under root {stated.root.hex()[:16]}")
        same = policy is None or policy.strip() == (held["policy"] or "").strip()
        need(same, "its witness policy is not yours")
        times, beyond, says = _witnessed(stated, held["policy"], log)
        unsure = "" if policy or not times else " (your own policy was not given)"
        say(steps, "the witnesses' quorum", says + unsure)
        before = checkpoint(older, log) if older else None
        say(steps, "the older checkpoint", _extending(held["consistency"], stated, before, proof))
        leaves = _placed(steps, held["entries"], stated)
        seen, rows, found = _read(steps, held, log)
        return Verified(held["subject"], stated, times, beyond, seen, leaves, rows, found, steps)


def _placed(steps: Steps, entries: Json, stated: Checkpoint) -> dict[int, bytes]:
    leaves = {int(one["ref"]): _leaf(one["salt"], one["envelope"]) for one in entries}
    order = [str(one) for one in sorted(leaves)]
    need([one["ref"] for one in entries] == order, "its entries are out of order")
    for index, one in zip(leaves, entries, strict=True):
        fields(one, "disclosures envelope proof ref salt")
        path = [b64(step, 32) for step in one["proof"]]
        there = included(leaves[index], index, stated.size, path, stated.root)
        need(there, f"entry {index} is not in the tree")
    say(steps, "inclusion of every entry", f"{len(leaves)} entries")
    return leaves


def _read(steps: Steps, held: Json, log: Vkey) -> tuple[Refs, dict[str, Json], tuple[int, str] | None]:
    opened = {int(one["ref"]): read(one["envelope"].encode(), one["disclosures"]) for one in held["entries"]}
    sets: dict[int, KeySet] = {}
    for index, entry in opened.items():
        if entry.kind == "keyset/v1":
            sets[index] = keyset(entry, sets[max(sets)] if sets else None, log)
    need(0 in sets, "entry 0, the first key set, is not there")
    last = sets[max(sets)].body
    need(last["policy"] == held["policy"], "the witness policy is not that of the key set in force")
    say(steps, "the key sets, from entry 0 on", f"version {last['version']}, {len(last['holders'])} holders")
    trusted = {index: sets[max((at for at in sets if at < index), default=0)] for index in opened}
    seen = [(index, one, authored(index, one, trusted[index], log)) for index, one in opened.items()]
    hidden = sum(one.hidden for one in opened.values())
    say(steps, "author and mandate of every entry", f"{len(seen)} entries, {hidden} fields not disclosed")
    rows = {one["ref"]: _row(one, opened) for one in held["rows"]}
    order = sorted(rows, key=lambda ref: [int(one) for one in ref.split(".")])
    need([one["ref"] for one in held["rows"]] == order, "rows are out of order")
    say(steps, "every row in its batch", f"{len(rows)} rows")
    found = agreed((at, one, trusted[at]) for at, one in opened.items() if one.kind == "agreement/v1")
    cited = {"digest": found[1], "ref": str(found[0])} if found else None
    need(cited == held["agreement"], "another agreement is cited than the one in force")
    say(steps, "the agreement", f"digest {found[1][:16]}" if found else "none is recorded yet")
    return seen, rows, found


def from_log(data: bytes, kind: str, vkey: str) -> tuple[Json, Vkey]:
    """What the log signed as a whole, and its key."""
    outer, log = canonical(data), Vkey.parse(vkey.strip(), LOG)
    fields(outer, f"{kind} sig")
    whole = signed(log.public, b64(outer["sig"], 64), pae(kind, written(outer[kind])))
    need(whole and outer[kind]["origin"] == log.name, f"{log.name} did not sign it")
    return outer[kind], log


def _leaf(salt: str, content: str) -> bytes:
    return b"\1" + sha(b64(salt, 32), content.encode())


def _witnessed(stated: Checkpoint, policy: str | None, log: Vkey) -> tuple[dict[str, int], list[str], str]:
    found = Policy.parse(policy) if policy else None
    known = {(one.name, one.hint) for one in (log, *(found.witnesses.values() if found else ()))}
    names = [by for by, _ in stated.lines]
    need(set(names) <= known and len(set(names)) == len(names), "the checkpoint bears a line of nobody known")
    if found is None:
        return {}, [], "NOT CHECKED: this log names no witnesses, so its own word alone stands for it"
    times = found.cosigned(stated)
    need(found.met(set(times), found.quorum), f"cosigned by {', '.join(times) or 'nobody'}: no quorum")
    beyond = [one for one in times if one not in found.counted(found.quorum)]
    more = f", of whom beyond the quorum {', '.join(beyond)}" if beyond else ""
    return times, beyond, f"cosigned by {', '.join(times) or 'nobody, and none is asked for'}{more}"


def _extending(held: Json, stated: Checkpoint, before: Checkpoint | None, proof: Sequence[bytes]) -> str:
    if before is None:
        return "not asked for: no older checkpoint was given"
    need(before.size <= stated.size, f"yours has {before.size} leaves, this {stated.size}: it was cut short")
    if not proof and before.size not in {0, stated.size}:
        need(held and held["since"] == before.size, f"a proof from {before.size} leaves on is needed")
        proof = [b64(one, 32) for one in held["proof"]]
    holds = extends(before.size, stated.size, proof, before.root, stated.root)
    need(holds, f"it does not extend yours of {before.size} leaves: keep both")
    return f"extends the checkpoint of {before.size} leaves"


def _row(one: Json, opened: dict[int, Entry]) -> Json:
    fields(one, "proof ref row salt")
    index, number = [int(part) for part in one["ref"].split(".")]
    batch, path = opened[index], [b64(step, 32) for step in one["proof"]]
    root, leaf = b64(batch.body["root"], 32), _leaf(one["salt"], one["row"])
    held = batch.kind == "batch/v1" and included(leaf, number, batch.body["rows"], path, root)
    need(held and one["ref"] == f"{index}.{number}", f"row {one['ref']} is not in its batch")
    return canonical(one["row"].encode())
