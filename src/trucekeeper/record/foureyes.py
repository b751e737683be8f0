"""Two people for what cannot be taken back: one proposes by an entry, another says yes to that entry by its digest.

========  =======================================================================================
a yes     stands if it names a proposal before it by number and digest, its holder is another than
          the proposal's, and no other yes stands before it; any other is on the record for nothing
========  =======================================================================================
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from trucekeeper.kernel.canon import Fields, Json
from trucekeeper.kernel.clock import Instant
from trucekeeper.kernel.errors import BadInput
from trucekeeper.record.ports import Record
from trucekeeper.record.ref import Ref

KIND = "approval/v1"

PROPOSALS = frozenset({"release/v1", "erasure/v1", "fit/v1"})
"""The kinds that are in force only once another holder has approved them."""

WORDS = 2_000


@dataclass(frozen=True, slots=True)
class Said:
    """An entry as rules over the record read it: who signed it, when it was admitted, and what it says."""

    index: int
    kind: str
    holder: str
    at: Instant
    digest: str
    body: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Approval:
    """A second person's yes to entry ``entry``, whose statement has ``digest``."""

    entry: int
    digest: str
    words: str


@dataclass(frozen=True, slots=True)
class Approved:
    """A proposal with the yes that stands."""

    proposal: Said
    approval: Said


def body(approval: Approval) -> dict[str, Json]:
    """The body of ``approval/v1``."""
    return {"digest": approval.digest, "entry": str(Ref(approval.entry)), "words": approval.words}


def read(value: Mapping[str, Json]) -> Approval:
    """The approval that a body of ``approval/v1`` holds; BadInput names what is wrong in it."""
    fields = Fields(value, "an approval").only("digest", "entry", "words")
    ref = Ref.parse(fields.text("entry"))
    if ref.row >= 0:
        msg = "an approval names a row; name the entry of the proposal"
        raise BadInput(msg)
    return Approval(ref.entry, fields.text("digest"), words(fields, "words"))


def words(fields: Fields, name: str) -> str:
    """A text that people wrote: not empty, and not a document of its own."""
    text = fields.text(name)
    if not 0 < len(text.strip()) <= len(text) <= WORDS:
        msg = f"the field {name!a} is empty or has more than {WORDS} characters; say it in a few sentences"
        raise BadInput(msg)
    return text


def stands(proposal: Said, approval: Said) -> bool:
    """Whether ``approval`` is another holder's yes to just this proposal."""
    try:
        said = read(approval.body)
    except BadInput:
        return False
    return (
        approval.kind == KIND
        and proposal.kind in PROPOSALS
        and said.entry == proposal.index < approval.index
        and said.digest == proposal.digest
        and approval.holder != proposal.holder
    )


def approved(entries: Iterable[Said]) -> tuple[Approved, ...]:
    """Every proposal that a second person approved, in the order in which they came into force."""
    waiting: dict[int, Said] = {}
    found: list[Approved] = []
    for one in entries:
        if one.kind in PROPOSALS:
            waiting[one.index] = one
        elif one.kind == KIND:
            named = _named(one)
            proposal = None if named is None else waiting.get(named)
            if proposal is not None and stands(proposal, one):
                del waiting[proposal.index]
                found.append(Approved(proposal, one))
    return tuple(found)


def told(record: Record, kinds: Sequence[str], start: int = 0, stop: int | None = None) -> Iterator[Said]:
    """The entries of ``kinds`` with the name of who signed each, in the order of the record."""
    keysets = record.keysets()
    for one in record.entries(start, stop, kinds):
        mandate = keysets.at(one.index).mandate(one.entry.key, one.entry.at)
        yield Said(one.index, one.entry.kind, mandate.holder, one.admitted, one.entry.digest, one.entry.body)


def _named(one: Said) -> int | None:
    try:
        return read(one.body).entry
    except BadInput:
        return None
