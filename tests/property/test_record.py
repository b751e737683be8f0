"""A record through any sequence of steps against a plain list: nothing is lost, doubled, moved or forked."""

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.record.kit import (
    NOW,
    ORIGIN,
    VKEY,
    new_record,
    prepared,
    rechecked,
    reopened,
    repeatable,
    sealed,
    signer,
    uid,
)
from trucekeeper.kernel import merkle
from trucekeeper.kernel.clock import Instant, SetClock
from trucekeeper.record import checkpoint, entry, sealing
from trucekeeper.record.ref import Ref
from trucekeeper.stores.sql_record import Terms

APART = ("source", "note")
_BODY = {"kind": "report", "note": "two shells", "source": "patrol-1"}


@dataclass
class Kept:
    """What the model knows of one entry; ``rows`` None: no batch, and a row None: erased."""

    leaf: bytes
    envelope: bytes
    told: int
    rows: list[bytes | None] | None
    erased: bool = False


class RecordMachine(RuleBasedStateMachine):
    """The model: entries by index, and every root that was ever signed."""

    @initialize(pad_to=st.sampled_from((1, 3, 8)), interval_ms=st.sampled_from((0, 1_000)))
    def begin(self, pad_to: int, interval_ms: int) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="truce-machine-"))
        self.terms, self.clock, self.numbers = Terms(interval_ms, pad_to), SetClock(NOW), 10
        self.record = new_record(self.folder, self.clock, self.terms)
        self.kept: dict[int, Kept] = {}
        self.roots: dict[int, bytes] = {}
        self.remember()

    def teardown(self) -> None:
        if hasattr(self, "record"):
            self.record.close()
            assert rechecked(self.folder).checkpoint.size == max(self.roots)
            shutil.rmtree(self.folder)

    def number(self) -> int:
        self.numbers += 1
        return self.numbers

    def remember(self) -> None:
        """Every root that was signed is kept, and no size ever has another one."""
        for note in (self.record.pending(), self.record.checkpoint()):
            stated = checkpoint.verified(note, VKEY)
            assert self.roots.setdefault(stated.size, stated.root) == stated.root

    @rule(count=st.integers(1, 6))
    def append(self, count: int) -> None:
        before = self.record.size()
        envelopes = [sealed(number=self.number()) for _ in range(count)]
        receipts = self.record.append(envelopes)
        assert [one.index for one in receipts] == list(range(before, before + count))
        for one, envelope in zip(receipts, envelopes, strict=True):
            self.kept[one.index] = Kept(one.leaf, envelope, 0, None)

    @rule()
    def append_told_apart(self) -> None:
        draw, named = repeatable(), uid(self.number())
        envelope = entry.seal(
            signer("monitor-1"), "observation/v1", ORIGIN, named, NOW, _BODY, apart=APART, draw=draw
        )
        (receipt,) = self.record.append([envelope])
        self.kept[receipt.index] = Kept(receipt.leaf, entry.core(envelope), 2, None)

    @rule(count=st.integers(1, 300))
    def append_batch(self, count: int) -> None:
        made = prepared(count, number=self.number())
        receipt = self.record.append_batch(made.envelope, made.rows, made.salts)
        self.kept[receipt.index] = Kept(receipt.leaf, made.envelope, 0, list(made.rows))

    @rule()
    def integrate(self) -> None:
        assert checkpoint.verified(self.record.integrate(), VKEY).size == self.record.size()
        self.remember()

    @precondition(lambda self: self.kept)
    @rule(data=st.data())
    def erase(self, data: st.DataObject) -> None:
        index = data.draw(st.sampled_from(sorted(self.kept)))
        one = self.kept[index]
        if one.rows is not None and not one.erased and data.draw(st.booleans()):
            row = data.draw(st.integers(0, len(one.rows) - 1))
            self.record.erase(Ref(index, row))
            one.rows[row] = None
        elif one.told and data.draw(st.booleans()):
            self.record.erase(Ref(index), APART[one.told - 1])
            one.told -= 1
        else:
            self.record.erase(Ref(index))
            one.erased, one.told = True, 0

    @rule(ms=st.integers(-5_000, 5_000))
    def set_clock(self, ms: int) -> None:
        self.clock.at = Instant(self.clock.at + ms)

    @rule()
    def reopen(self) -> None:
        self.record.close()
        self.record = reopened(self.folder, self.clock, self.terms)
        self.remember()

    @invariant()
    def agrees(self) -> None:
        if not hasattr(self, "record"):
            return
        there = {one.index: one for one in self.record.entries(1)}
        assert set(there) == {index for index, one in self.kept.items() if not one.erased}
        for index, found in there.items():
            one = self.kept[index]
            assert (found.envelope, len(found.disclosures)) == (one.envelope, one.told)
            assert sealing.leaf(found.salt, found.envelope) == one.leaf
        for index, one in self.kept.items():
            assert self.record.leaf(index) == one.leaf
            if one.erased:
                assert self.record.absent(index) == "erased"
            elif one.rows is not None:
                assert list(self.record.rows(index)) == one.rows

    @invariant()
    def times_never_run_back(self) -> None:
        if hasattr(self, "record"):
            times = [self.record.as_of(size) for size in range(1, self.record.size() + 1)]
            assert times == sorted(times)

    @invariant()
    def every_signed_root_is_one_of_the_leaves(self) -> None:
        if not hasattr(self, "record"):
            return
        self.remember()
        newest = max(self.roots)
        leaves = [merkle.leaf_hash(self.record.leaf(index)) for index in range(newest)]
        for size, root in self.roots.items():
            assert merkle.root(leaves[:size]) == root
            proof = self.record.consistency(size, newest)
            assert merkle.verify_consistency(size, newest, proof, root, self.roots[newest])


RecordMachine.TestCase.settings = settings(max_examples=15, stateful_step_count=15, deadline=None)
TestRecord = RecordMachine.TestCase
