"""What was erased, by whose decision: salt and value are destroyed, the leaf stays, and the record says so.

An ``erasure/v1`` names an entry, a row, or one field that is told apart; its basis; and the authority that asks for
it. It is in force once another holder's approval stands. What remains on the record is that something was there. A
finding that rested on it can be attested still, not recomputed.

What people decided, what the chain is checked by, and what is open to all cannot be erased: those bodies are to hold
nothing that would have to be.
"""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass

from trucekeeper.kernel.canon import Fields, Json
from trucekeeper.kernel.errors import BadInput, NotFound, NotPermitted
from trucekeeper.record import batch, disclosure, entry, foureyes
from trucekeeper.record.entry import Entry
from trucekeeper.record.foureyes import Approved, Said
from trucekeeper.record.ports import Opened, Record
from trucekeeper.record.ref import Ref

KIND = "erasure/v1"

ERASABLE = frozenset({"observation/v1", "batch/v1", "custody/v1"})
"""What tells of people, places and things. All other kinds stay: a register line that was gone would make a party's
source look like a neutral one, and a consent that was gone would turn a no into nothing."""

DECIDED_BY = (KIND, foureyes.KIND)
"""The kinds that :func:`erased` reads."""


@dataclass(frozen=True, slots=True)
class Erasure:
    """What is to go: an entry, a row, or the field at ``path``. ``author`` is the holder who had signed the entry.

    The author is named because who submitted what stays a rule of decisions: none decides on their own report.
    """

    ref: Ref
    path: str | None
    basis: str
    authority: str
    author: str


@dataclass(frozen=True, slots=True)
class Erased:
    """An erasure in force since entry ``approval``."""

    erasure: Erasure
    entry: int
    approval: int


def body(erasure: Erasure) -> dict[str, Json]:
    """The body of ``erasure/v1``."""
    return {
        "author": erasure.author,
        "authority": erasure.authority,
        "basis": erasure.basis,
        "path": erasure.path,
        "ref": str(erasure.ref),
    }


def read(value: Mapping[str, Json]) -> Erasure:
    """The erasure that a body of ``erasure/v1`` holds; BadInput names what is wrong in it."""
    fields = Fields(value, "an erasure").only("author", "authority", "basis", "path", "ref")
    ref, path = Ref.parse(fields.text("ref")), fields.text_or_none("path")
    if path is not None and (ref.row >= 0 or not path):
        msg = "an erasure names a field of a row; a row is erased whole"
        raise BadInput(msg)
    return Erasure(
        ref, path, foureyes.words(fields, "basis"), foureyes.words(fields, "authority"), fields.text("author")
    )


def in_force(one: Approved) -> Erased | None:
    """The erasure that an approved proposal is, or None where it is something else."""
    if one.proposal.kind != KIND:
        return None
    try:
        return Erased(read(one.proposal.body), one.proposal.index, one.approval.index)
    except BadInput:
        return None


def erased(entries: Iterable[Said]) -> tuple[Erased, ...]:
    """Every erasure in force, in order, from entries of :data:`DECIDED_BY` in the order of the record."""
    return tuple(found for one in foureyes.approved(entries) if (found := in_force(one)) is not None)


def refuse(found: Entry, ref: Ref, path: str | None, apart: Iterable[str]) -> None:
    """NotPermitted where this entry, or this field of it, cannot be erased."""
    if found.kind not in ERASABLE:
        msg = f"entry {ref} is of the kind {found.kind}, which is never erased; correct it by an erratum"
        raise NotPermitted(msg)
    if ref.row >= 0 and found.kind != batch.KIND:
        msg = f"entry {ref.entry} is no batch and has no rows; name the entry"
        raise NotPermitted(msg)
    if path is not None and path not in set(apart):
        msg = f"entry {ref} tells no field of that name apart; erase the whole of it"
        raise NotPermitted(msg)


def settle(record: Record) -> tuple[Erased, ...]:
    """Destroy what erasures in force still find there; gives those for which something was done.

    Run again whenever an office opens: a crash between approval and destruction is made good.
    """
    done: list[Erased] = []
    for one in outstanding(record):
        record.erase(one.erasure.ref, one.erasure.path)
        done.append(one)
    return tuple(done)


def outstanding(record: Record) -> tuple[Erased, ...]:
    """Erasures in force whose values are still there."""
    found = erased(foureyes.told(record, DECIDED_BY))
    return tuple(one for one in found if _there(record, one.erasure.ref, one.erasure.path))


def apart(one: Opened) -> Mapping[str, str]:
    """The fields of an entry that are told apart and at hand, each with its disclosure."""
    if not one.disclosures:
        return {}
    return disclosure.opening(entry.opened(one.envelope).body, one.disclosures).paths


def _there(record: Record, ref: Ref, path: str | None) -> bool:
    if record.absent(ref.entry) is not None:
        return False
    if ref.row >= 0:
        with suppress(NotFound):
            record.row(ref)
            return True
        return False
    return path is None or path in apart(record.opened(ref.entry))
