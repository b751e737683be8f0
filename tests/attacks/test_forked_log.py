"""An office signs two logs and shows one to each party: witnesses refuse the second, and keep the proof."""

from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.witnessing import NOW, NOW_S, SmallLog, served
from trucekeeper.kernel import note
from trucekeeper.kernel.clock import SetClock
from trucekeeper.kernel.keys import Ed25519Signer
from trucekeeper.office.witnessing import Round, witnessed
from trucekeeper.peers.witnesses import Outcome
from trucekeeper.record import checkpoint
from trucekeeper.record.cosignature import cosign
from trucekeeper.record.policy import Policy
from trucekeeper.stores.witness_folder import Witness, make_witness, watch

NAMES = ("g1", "g2", "g3")


def for_a() -> SmallLog:
    return SmallLog().grown_to(6).grown_to(12, "as A is told")


def for_b() -> SmallLog:
    return SmallLog().grown_to(6).grown_to(12, "as B is told")


class Guarantors:
    """Three witnesses of one log, and the policy of two of them."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        vkeys, self.urls = [], {}
        self.folders = {name: folder / name for name in NAMES}
        for name, root in self.folders.items():
            make_witness(root, name)
            watch(root, SmallLog().vkey)
            vkeys.append(f"witness {name} {(root / 'witness.vkey').read_text()}")
            self.urls[name] = stack.enter_context(served(root, SetClock(NOW)))
        rules = "group g 2 g1 g2 g3\nquorum g\n"
        self.policy = Policy.parse(f"log {SmallLog().vkey}\n{''.join(vkeys)}{rules}")

    def round(self, log: SmallLog, *names: str) -> Round:
        return witnessed(log, self.policy, {name: self.urls[name] for name in names or NAMES}, SetClock(NOW))

    def forks(self, name: str) -> tuple[bytes, ...]:
        with Witness(self.folders[name]) as opened:
            return opened.watched()[0].forks


@pytest.fixture
def guarantors(tmp_path: Path):
    with ExitStack() as stack:
        yield Guarantors(tmp_path, stack)


def test_the_second_log_finds_no_quorum_and_its_signature_is_kept_as_proof(guarantors: Guarantors) -> None:
    assert guarantors.round(for_a()).published
    second = guarantors.round(for_b())
    assert not second.published
    assert {one.outcome for one in second.answers} == {Outcome.REFUSED}
    for name in NAMES:
        (kept,) = guarantors.forks(name)
        told = checkpoint.verified(kept, for_a().vkey)
        assert (told.size, told.root) == (12, for_b().root())
        assert told.root != for_a().root()


def test_a_fork_is_refused_at_every_later_size_too(guarantors: Guarantors) -> None:
    assert guarantors.round(for_a()).published
    for size in (13, 40, 300):
        made = guarantors.round(for_b().grown_to(size))
        assert not made.published
        assert {one.outcome for one in made.answers} == {Outcome.REFUSED}
    assert guarantors.round(for_a().grown_to(300)).published


def test_a_log_that_was_cut_short_is_ahead_nowhere(guarantors: Guarantors) -> None:
    assert guarantors.round(for_a()).published
    short = SmallLog().grown_to(6)
    made = guarantors.round(short)
    assert {one.outcome for one in made.answers} == {Outcome.AHEAD}
    assert not made.published


def test_one_guarantor_who_colludes_lets_both_logs_pass_and_comparing_shows_it(
    guarantors: Guarantors,
) -> None:
    # Two of three prevent a fork only where none of them colludes; otherwise it is for gossip to find.
    assert guarantors.round(for_a(), "g1", "g2").published
    text = note.parse(for_b().signed()).text
    alone = guarantors.round(for_b(), "g3")
    assert not alone.published
    colluding = Ed25519Signer.load(guarantors.folders["g1"] / "witness.pem")
    both = note.with_lines(alone.note, [cosign(colluding, "g1", text, NOW_S)])
    assert guarantors.policy.accepted(both)[0].root == for_b().root()
    held = []
    for name in ("g2", "g3"):
        with Witness(guarantors.folders[name]) as opened:
            (watched,) = opened.watched()
        assert watched.held is not None
        held.append(checkpoint.verified(watched.held.note, for_a().vkey))
    assert held[0].size == held[1].size
    assert held[0].root != held[1].root
