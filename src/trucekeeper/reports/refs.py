"""References as short text: ``12, 14-17, 20.0-20.993``; exact in both directions."""

from collections.abc import Iterable

from trucekeeper.kernel.errors import BadInput
from trucekeeper.record.ref import Ref


def compress(refs: Iterable[Ref]) -> str:
    """The set of ``refs`` in the order of the record, with runs of entries, or of one batch's rows, as ranges."""
    runs: list[tuple[Ref, Ref]] = []
    for ref in sorted(set(refs)):
        if runs and _follows(runs[-1][1], ref):
            runs[-1] = (runs[-1][0], ref)
        else:
            runs.append((ref, ref))
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)


def expand(text: str) -> tuple[Ref, ...]:
    """The references that :func:`compress` wrote as ``text``; anything it would not write is refused."""
    if not text:
        return ()
    refs = tuple(ref for part in text.split(", ") for ref in _run(part))
    if compress(refs) != text:
        msg = f"{text[:40]!r} is no list of entries; write it ascending, such as 12, 14-17, 20.0-20.993"
        raise BadInput(msg)
    return refs


def _follows(one: Ref, other: Ref) -> bool:
    if one.row < 0:
        return other == Ref(one.entry + 1)
    return other == Ref(one.entry, one.row + 1)


def _run(part: str) -> tuple[Ref, ...]:
    head, dash, tail = part.partition("-")
    first = Ref.parse(head)
    if not dash:
        return (first,)
    last = Ref.parse(tail)
    if first.row < 0 and last.row < 0:
        return tuple(Ref(entry) for entry in range(first.entry, last.entry + 1))
    if first.row >= 0 and first.entry == last.entry:
        return tuple(Ref(first.entry, row) for row in range(first.row, last.row + 1))
    msg = f"{part[:40]!r} mixes entries and rows; a range stays among entries or among one batch's rows"
    raise BadInput(msg)
