"""Folds acts into a chain of custody, and says where it does not hold."""

from collections.abc import Sequence

from trucekeeper.custody.model import Act, Chain, Step


def chain(sha256: str, steps: Sequence[Step]) -> Chain:
    """The chain of one file from its acts, in the order of the record.

    The evidentiary copy arrives once, is handed on by who has it, and is gone once destroyed. A file that
    arrives again, from somebody else, is the same bytes: the first arrival counts for the holder.
    """
    own = [step for step in steps if step.custody.sha256 == sha256]
    holder: str | None = None
    breaks: list[str] = []
    for number, step in enumerate(own):
        breaks += _faults(own[:number], step, holder)
        holder = _holder_after(step, holder)
    return Chain(sha256, tuple(own), holder, tuple(breaks))


def _holder_after(step: Step, holder: str | None) -> str | None:
    act = step.custody.act
    if act is Act.RECEIVED:
        return step.custody.taker if holder is None else holder
    if act in {Act.HANDED_OVER, Act.RETURNED}:
        return step.custody.taker
    return None if act is Act.DESTROYED else holder


def _faults(before: Sequence[Step], step: Step, holder: str | None) -> list[str]:
    found: list[str] = []
    act, where = step.custody.act, f"entry {step.ref}"
    if not before and act is not Act.RECEIVED:
        found.append(f"{where}: the file was {act.value} before it was received")
    if any(earlier.custody.act is Act.DESTROYED for earlier in before):
        found.append(f"{where}: the file was {act.value} after it was destroyed")
    if before and act is not Act.RECEIVED and holder is not None and step.custody.giver != holder:
        found.append(f"{where}: {step.custody.giver} gave what {holder} held")
    if before and step.custody.size_bytes != before[0].custody.size_bytes:
        found.append(f"{where}: the size is not that of entry {before[0].ref}")
    if before and step.custody.at < before[-1].custody.at:
        found.append(f"{where}: the act is dated before that of entry {before[-1].ref}")
    return found
