"""Holds the office to a receipt: its signed promise that a leaf stands at a number by a time."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from trucekeeper.verifier.notes import Policy, b64, checkpoint, fields, included, need
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
        say(steps, "the receipt", f"leaf {held['index']} was promised by {held['merge_by']}")
        stated, found = checkpoint(note, log), Policy.parse(policy) if policy else None
        at = dated(found, found.cosigned(stated)) if found else None
        need(found is None or at, "the quorum did not cosign the checkpoint")
        when = datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z") if at else ""
        say(
            steps,
            "the checkpoint",
            f"{stated.size} leaves, cosigned at {when or 'a time that nobody vouches for'}",
        )
        if leaf is None:
            need(stated.size <= held["index"], "a leaf stands there: show it")
            late = when > held["merge_by"]
            state, says = ("broken", "missing, and it was due") if late else ("open", "not seen to be due")
        else:
            need(
                included(leaf, held["index"], stated.size, path, stated.root),
                "the leaf's place is not proven",
            )
            same = leaf == b64(held["leaf"])
            state, says = ("kept", "as promised") if same else ("broken", "another one stands there")
        say(steps, "the leaf", says)
        return state, steps


def dated(policy: Policy, times: Mapping[str, int]) -> int | None:
    """When the quorum was reached: the k-th smallest time of a quorum of k, in seconds since 1970."""
    names = sorted(times, key=lambda one: times[one])
    met = (times[one] for at, one in enumerate(names, 1) if policy.met({*names[:at]}, policy.quorum))
    return None if policy.quorum == "none" else next(met, None)
