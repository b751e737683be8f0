"""Censorship: the office acknowledges an entry and keeps it out of the log, or puts another in its place."""

import pytest

from tests.record.kit import signer
from tests.witnessing import NOW_S, ORIGIN, SmallLog, vkey
from trucekeeper.kernel import canon, merkle, note
from trucekeeper.kernel.clock import Instant
from trucekeeper.kernel.pae import pae
from trucekeeper.record import checkpoint, receipt, sealing
from trucekeeper.record.checkpoint import Checkpoint
from trucekeeper.record.cosignature import cosign
from trucekeeper.verifier.notes import Refused
from trucekeeper.verifier.receipt import verify_receipt

HOUR_S = 3_600
LEAVES = [sealing.leaf(bytes([number]) * 32, b"entry %d" % number) for number in range(9)]
MINE, NUMBER = LEAVES[5], 5
LOG = SmallLog(leaves=[])
WITNESSES = "".join(f"witness {name} {vkey(name)}\n" for name in ("g1", "g2", "g3"))
POLICY = f"log {LOG.vkey}\n{WITNESSES}group guarantors 2 g1 g2 g3\nquorum guarantors\n"


def promised(leaf: bytes = MINE, number: int = NUMBER) -> bytes:
    def attest(kind: str, payload: bytes) -> bytes:
        return signer("log").sign(pae(kind, payload))

    times = (Instant(NOW_S * 1000), Instant((NOW_S + HOUR_S) * 1000))
    return receipt.issue(attest, (ORIGIN, "0" * 32), leaf, number, times).data


def stated(leaves: list[bytes], after_s: int, names: tuple[str, ...] = ("g1", "g2")) -> str:
    """The log of ``leaves`` as cosigned ``after_s`` seconds after the receipt was given."""
    log = SmallLog(leaves=leaves)
    signed = checkpoint.sign(Checkpoint(ORIGIN, log.size, log._roots[log.size]), signer("log"))
    text = note.parse(signed).text
    lines = [cosign(signer(name), name, text, NOW_S + after_s + at) for at, name in enumerate(names)]
    return note.with_lines(signed, lines).decode()


def path(leaves: list[bytes], number: int = NUMBER) -> tuple[bytes, ...]:
    hashes = [merkle.leaf_hash(one) for one in leaves]
    return merkle.inclusion(
        number, len(leaves), lambda level, at: merkle.root(hashes[at << level : (at + 1) << level])
    )


def test_a_promise_that_was_kept_is_seen_to_be_kept() -> None:
    state, steps = verify_receipt(promised(), LOG.vkey, stated(LEAVES, 60), POLICY, MINE, path(LEAVES))
    assert (state, len(steps)) == ("kept", 3)


def test_an_entry_that_is_missing_after_the_delay_is_proof_against_the_office() -> None:
    state, _ = verify_receipt(promised(), LOG.vkey, stated(LEAVES[:5], HOUR_S + 1), POLICY, None)
    assert state == "broken"


@pytest.mark.parametrize("after_s", [60, HOUR_S - 1])
def test_before_the_delay_is_over_nothing_is_broken(after_s: int) -> None:
    assert verify_receipt(promised(), LOG.vkey, stated(LEAVES[:5], after_s), POLICY, None)[0] == "open"


def test_one_witness_with_a_fast_clock_does_not_make_a_promise_broken() -> None:
    """The quorum's time is that of its last member: one is an hour ahead, and the other is not."""
    signed = stated(LEAVES[:5], 10, ())
    text = note.parse(signed.encode()).text
    lines = [
        cosign(signer("g1"), "g1", text, NOW_S + 2 * HOUR_S),
        cosign(signer("g2"), "g2", text, NOW_S + 10),
    ]
    third = [*lines, cosign(signer("g3"), "g3", text, NOW_S + 11)]
    fast = note.with_lines(signed.encode(), third).decode()
    assert verify_receipt(promised(), LOG.vkey, fast, POLICY, None)[0] == "open"


def test_another_entry_in_its_place_is_proof_at_any_time() -> None:
    leaves = [*LEAVES[:5], LEAVES[8], *LEAVES[6:]]
    state, _ = verify_receipt(promised(), LOG.vkey, stated(leaves, 60), POLICY, LEAVES[8], path(leaves))
    assert state == "broken"


def test_no_checkpoint_that_holds_the_number_passes_for_one_that_lacks_it() -> None:
    """Whoever accuses has to show the leaf: with it the promise may turn out to have been kept."""
    with pytest.raises(Refused, match="step 3: a leaf stands there: show it"):
        verify_receipt(promised(), LOG.vkey, stated(LEAVES, 2 * HOUR_S), POLICY, None)


def test_without_a_quorum_nobody_vouches_for_a_time() -> None:
    alone = stated(LEAVES[:5], 2 * HOUR_S, ("g1",))
    with pytest.raises(Refused, match="the quorum did not cosign"):
        verify_receipt(promised(), LOG.vkey, alone, POLICY, None)
    assert verify_receipt(promised(), LOG.vkey, alone, None, None)[0] == "open"


def test_nobody_accuses_the_office_with_a_receipt_that_it_did_not_sign() -> None:
    value = canon.decode_object(promised())
    inner = value["receipt"]
    assert isinstance(inner, dict)
    forged = canon.encode({**value, "receipt": {**inner, "merge_by": "2026-03-01T12:00:00.001Z"}})
    with pytest.raises(Refused, match=r"step 1: .* did not sign it"):
        verify_receipt(forged, LOG.vkey, stated(LEAVES[:5], 60), POLICY, None)


def test_nor_with_a_policy_of_another_log() -> None:
    other = SmallLog(origin="hill.example/log", key=signer("hill"))
    with pytest.raises(Refused, match="your policy is of another log"):
        verify_receipt(
            promised(), LOG.vkey, stated(LEAVES[:5], 2 * HOUR_S), POLICY.replace(LOG.vkey, other.vkey), None
        )
