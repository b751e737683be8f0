"""Sites that are registered without telling where: sealed now, opened later, and never a warning to anybody.

A commitment is the root of a Merkle tree (RFC 6962) over the cells of a site, in order, each with a salt of its own, so
that it says nothing without the salts and one cell can be opened without the others. A leaf binds the cell to the
notifier and the label, so that nobody else can register the same root and open it as theirs.

All commitments of a notifier that share a label are opened together or not at all. None of this enters an index, is
shown to anybody as notified, or proves that a recipient knew.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from trucekeeper.agreement.model import Deconfliction
from trucekeeper.kernel import canon, merkle
from trucekeeper.kernel.clock import Instant
from trucekeeper.kernel.errors import BadInput
from trucekeeper.movements.grid import Square
from trucekeeper.movements.model import ReadBack
from trucekeeper.record.role import Role

SALT_BYTES = 32
MOST_TOGETHER = 6_000
"""Cells under one label: one entry opens them all, and has to have room for them."""
_LEAF = b"site-cell/v1\n"


@dataclass(frozen=True, slots=True)
class Commitment:
    """A site of so many ``cells`` that ``notifier`` registers (commitment/v1); ``label`` groups, and says nothing."""

    label: str
    notifier: str
    cells: int
    root: bytes
    taken_down: ReadBack | None = None


@dataclass(frozen=True, slots=True)
class Opening:
    """What opens the commitment of that root: its cells in order, and the salt of each."""

    root: bytes
    cells: tuple[Square, ...]
    salts: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Reveal:
    """Opens every commitment of ``notifier`` under ``label`` (reveal/v1), in the order of their roots."""

    label: str
    notifier: str
    opened: tuple[Opening, ...]
    taken_down: ReadBack | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """An entry about commitments: who signed it in which role, when it was admitted, and what it says."""

    entry: int
    at: Instant
    holder: str
    role: Role
    what: Commitment | Reveal


@dataclass(frozen=True, slots=True)
class Held:
    """A commitment in the record, admitted ``at``; ``standing`` counts those its notifier then held, itself included.

    ``revealed`` is the entry that opened it, and ``cells`` what that showed.
    """

    entry: int
    at: Instant
    commitment: Commitment
    standing: int
    revealed: int | None = None
    cells: tuple[Square, ...] = ()


@dataclass(frozen=True, slots=True)
class Count:
    """How many commitments of a notifier stand, and how many were revealed. Anyone may know; never where."""

    notifier: str
    standing: int
    revealed: int


def leaves(notifier: str, label: str, cells: Sequence[Square], salts: Sequence[bytes]) -> tuple[bytes, ...]:
    """The leaf hash of each cell; BadInput unless the cells are sorted, each once, with a salt of 32 bytes each."""
    if not cells:
        msg = "a site without cells cannot be registered; say where it is"
        raise BadInput(msg)
    if list(cells) != sorted(set(cells)):
        msg = "the cells are not in ascending order, each once; sort them by row and column"
        raise BadInput(msg)
    if len(salts) != len(cells) or any(len(salt) != SALT_BYTES for salt in salts):
        msg = f"there is not one salt of {SALT_BYTES} bytes for each cell; use the secret as it was written"
        raise BadInput(msg)
    return tuple(leaf(notifier, label, *pair) for pair in zip(cells, salts, strict=True))


def leaf(notifier: str, label: str, cell: Square, salt: bytes) -> bytes:
    """The leaf hash of one cell."""
    said: dict[str, canon.Json] = {
        "column": cell.column,
        "label": label,
        "notifier": notifier,
        "row": cell.row,
    }
    return merkle.leaf_hash(salt + _LEAF + canon.encode(said))


def root(notifier: str, label: str, cells: Sequence[Square], salts: Sequence[bytes]) -> bytes:
    """What is registered: the root over the salted cells."""
    return merkle.root(leaves(notifier, label, cells, salts))


def path(hashes: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """What opens leaf ``index`` alone, beside its cell and salt: the path from it to the root."""
    return merkle.inclusion(
        index, len(hashes), lambda level, number: merkle.root(hashes[number << level : (number + 1) << level])
    )


def opens(commitment: Commitment, index: int, cell: Square, salt: bytes, steps: Sequence[bytes]) -> bool:
    """Whether ``cell`` is the commitment's cell number ``index``, as shown by its salt and path."""
    found = leaf(commitment.notifier, commitment.label, cell, salt)
    return len(salt) == SALT_BYTES and merkle.verify_inclusion(
        found, index, commitment.cells, steps, commitment.root
    )


def foreign(line: Line) -> str | None:
    """Why these are not the notifier's own words, or none that the office took down; None where they are."""
    taken = line.what.taken_down
    if (line.role is Role.OFFICE) != (taken is not None):
        return (
            "a commitment is signed by its notifier, or taken down by the office with two of its staff named; "
            "sign it yourself, or say who took it down"
        )
    speaks = line.holder if taken is None else taken.caller
    if speaks != line.what.notifier:
        return f"{speaks} cannot register or reveal for {line.what.notifier}; let {line.what.notifier} do it"
    return None


@dataclass(slots=True)
class Ledger:
    """Every commitment that stands in the record, from its lines in their order.

    A line that does not fit stays in the record and counts for nothing here.
    """

    _groups: dict[tuple[str, str], dict[bytes, Held]] = field(
        default_factory=dict[tuple[str, str], dict[bytes, Held]]
    )
    _standing: dict[str, int] = field(default_factory=dict[str, int])
    _revealed: dict[str, int] = field(default_factory=dict[str, int])

    def take(self, line: Line) -> str | None:
        """Count one more line of the record; why it counts for nothing, if so."""
        why = self.refusal(line)
        if why is None and isinstance(line.what, Commitment):
            self._registered(line, line.what)
        elif why is None and isinstance(line.what, Reveal):
            self._opened(line, line.what)
        return why

    def refusal(self, line: Line) -> str | None:
        """Why ``line`` cannot stand, in one sentence; None where it can."""
        why = foreign(line)
        if why is not None:
            return why
        group = self._groups.get((line.what.notifier, line.what.label), {})
        over = next((one.revealed for one in group.values() if one.revealed is not None), None)
        if isinstance(line.what, Reveal):
            if over is not None:
                return f"what stands under this label is revealed already, by entry {over}; nothing is to be done"
            return _unopened(line.what, group)
        if over is not None:
            return f"what stands under this label is revealed already, by entry {over}; take a new label"
        if line.what.root in group:
            return f"this commitment stands already, as entry {group[line.what.root].entry}; nothing is to be done"
        return None

    def excess(self, new: Commitment, rules: Deconfliction) -> str | None:
        """Why the agreement's caps leave no room for ``new``, in one sentence; None where they do.

        Asked at the door alone: what was let in under an older agreement goes on to stand.
        """
        if new.cells > rules.commitment_cells:
            return (
                f"a commitment has {new.cells} cells and the agreement allows {rules.commitment_cells}; "
                "part the site, or draw it closer"
            )
        if self._standing.get(new.notifier, 0) >= rules.commitments:
            return (
                f"{new.notifier} holds {rules.commitments} commitments, as many as the agreement allows; "
                "reveal some before registering another"
            )
        together = self._groups.get((new.notifier, new.label), {}).values()
        if sum(one.commitment.cells for one in together) + new.cells > MOST_TOGETHER:
            return f"one label has room for {MOST_TOGETHER} cells, to be opened together; take a new label"
        return None

    def held(self, notifier: str | None = None) -> tuple[Held, ...]:
        """Every commitment, or those of one notifier, in the order of their entries."""
        found = (
            one
            for (whose, _), group in self._groups.items()
            if notifier is None or whose == notifier
            for one in group.values()
        )
        return tuple(sorted(found, key=lambda one: one.entry))

    def of(self, notifier: str, label: str) -> tuple[Held, ...]:
        """The commitments of a notifier that share a label."""
        return tuple(self._groups.get((notifier, label), {}).values())

    def counts(self) -> Iterator[Count]:
        """How many stand, by notifier."""
        for notifier in sorted(self._standing):
            yield Count(notifier, self._standing[notifier], self._revealed.get(notifier, 0))

    def _registered(self, line: Line, new: Commitment) -> None:
        standing = self._standing.get(new.notifier, 0) + 1
        self._standing[new.notifier] = standing
        group = self._groups.setdefault((new.notifier, new.label), {})
        group[new.root] = Held(line.entry, line.at, new, standing)

    def _opened(self, line: Line, reveal: Reveal) -> None:
        group = self._groups[reveal.notifier, reveal.label]
        for one in reveal.opened:
            group[one.root] = replace(group[one.root], revealed=line.entry, cells=one.cells)
        self._standing[reveal.notifier] -= len(reveal.opened)
        self._revealed[reveal.notifier] = self._revealed.get(reveal.notifier, 0) + len(reveal.opened)


def _unopened(reveal: Reveal, group: dict[bytes, Held]) -> str | None:
    if not group:
        return f"{reveal.notifier} registered nothing under this label; take the label from the secret"
    stray = [one.root for one in reveal.opened if one.root not in group]
    if stray:
        return (
            f"what is opened with the root {stray[0].hex()[:16]} was not registered by {reveal.notifier} under "
            "this label; open what was, with the secret that was written then"
        )
    opened = {one.root for one in reveal.opened}
    left = sorted(one.entry for key, one in group.items() if key not in opened)
    if left:
        return (
            f"the label also groups {', '.join(map(str, left[:10]))}, which stay sealed; "
            "a reveal opens all that share its label, so open these too"
        )
    for one in reveal.opened:
        held = group[one.root]
        if len(one.cells) != held.commitment.cells:
            return (
                f"commitment {held.entry} has {held.commitment.cells} cells and {len(one.cells)} are opened; "
                "open all of them and no others"
            )
        if root(reveal.notifier, reveal.label, one.cells, one.salts) != one.root:
            return (
                f"the cells and salts do not give the root of commitment {held.entry}; "
                "open it with those that it was made of"
            )
    return None
