"""Holds the office to a receipt: its signed promise that a leaf stands at a number by a time. C2SP tlog-proof."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from trucekeeper.verifier.notes import LOG, Checkpoint, Policy, Vkey, b64, checkpoint, fields, included, need
from trucekeeper.verifier.verify import Steps, from_log, say, whole


def verify_receipt(
    data: bytes, vkey: str, note: str, policy: str | None, leaf: bytes | None, path: Sequence[bytes] = ()
) -> tuple[str, Steps]:
    """What a checkpoint says of a receipt, ``kept``, ``open`` or ``broken``, and the steps that show it.

    ``leaf`` is what stands at the receipt's number, ``path`` its proof under the checkpoint ``note``; None where the
    log is too short to have one. A promise is broken by another leaf there, or by a quorum's time after it was due.
    """
    steps: Steps = []
    with whole(steps, "receipt"):
        held, log = from_log(data, "receipt", vkey)
        fields(held, "at index leaf merge_by origin uid")
        promised, due = b64(held["leaf"], 33), held["merge_by"]
        say(steps, "the receipt", f"leaf {held['index']} was promised by {due}")
        stated, when = _stated(steps, note, log, policy)
        if leaf is None:
            need(stated.size <= held["index"], "a leaf stands there: show it")
            state, says = (
                ("broken", "missing, and it was due") if when > due else ("open", "not seen to be due")
            )
        else:
            there = included(leaf, held["index"], stated.size, path, stated.root)
            need(there, "the leaf's place is not proven")
            state, says = (
                ("kept", "as promised") if leaf == promised else ("broken", "another one stands there")
            )
        say(steps, "the leaf", says)
        return state, steps


def verify_proof(text: str, vkey: str, policy: str | None, leaf: bytes) -> Steps:
    """The steps that show by a tlog-proof that ``leaf`` stands at its number."""
    steps: Steps = []
    with whole(steps, "proof"):
        index, path, note = proof(text)
        say(steps, "the proof", f"of leaf {index}")
        stated, _ = _stated(steps, note, Vkey.parse(vkey.strip(), LOG), policy)
        need(included(leaf, index, stated.size, path, stated.root), "the leaf's place is not proven")
        say(steps, "the leaf", f"{leaf.hex()} stands there")
        return steps


def proof(text: str) -> tuple[int, list[bytes], str]:
    """Number, path and checkpoint of a tlog-proof; what it says beside them is signed by nobody, and passed over."""
    head, _, note = text.partition("\n\n")
    lines = [line for at, line in enumerate(head.split("\n")) if at != 1 or not line.startswith("extra ")]
    index = re.fullmatch(r"index (0|[1-9][0-9]{0,15})", lines[1], re.ASCII)
    need(lines[0] == "c2sp.org/tlog-proof@v1" and index, "it is no tlog-proof of version 1")
    return int(lines[1][6:]), [b64(one, 32) for one in lines[2:]], note


def _stated(steps: Steps, note: str, log: Vkey, policy: str | None) -> tuple[Checkpoint, str]:
    """The checkpoint in ``note``, and when the quorum cosigned it; "" where no quorum vouches for a time."""
    stated, found = checkpoint(note, log), Policy.parse(policy) if policy else None
    need(found is None or found.log == log, "your policy is of another log")
    times = found.cosigned(stated) if found else {}
    need(found is None or found.met({*times}, found.quorum), "the quorum did not cosign the checkpoint")
    at = dated(found, times) if found else None
    when = "" if at is None else datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    by = when or "a time that nobody vouches for"
    say(steps, "the checkpoint", f"{stated.size} leaves, cosigned at {by}")
    return stated, when


def dated(policy: Policy, times: Mapping[str, int]) -> int | None:
    """When the quorum was reached: the k-th smallest time of a quorum of k, in seconds since 1970."""
    names = sorted(times, key=lambda one: times[one])
    met = (times[one] for at, one in enumerate(names, 1) if policy.met({*names[:at]}, policy.quorum))
    return None if policy.quorum == "none" else next(met, None)
