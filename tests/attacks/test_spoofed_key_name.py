"""Somebody signs under the name of a witness or of the log: a name is no key."""

import pytest

from tests.witnessing import NOW_S, ORIGIN, SmallLog, signer, vkey
from trucekeeper.kernel import note
from trucekeeper.kernel.errors import BadInput, NotTrusted
from trucekeeper.record import checkpoint, witness
from trucekeeper.record.cosignature import cosign
from trucekeeper.record.policy import Policy
from trucekeeper.record.witness import Log, Verdict

LOG = SmallLog().grown_to(9)
TEXT = note.parse(LOG.signed()).text
HEAD = f"log {LOG.vkey}\nwitness g1 {vkey('g1')}\nwitness g2 {vkey('g2')}\n"
POLICY = Policy.parse(f"{HEAD}group g all g1 g2\nquorum g\n")


def line(name: str, key: str) -> str:
    return cosign(signer(key), name, TEXT, NOW_S)


def test_a_cosignature_under_anothers_name_does_not_count() -> None:
    spoofed = note.with_lines(LOG.signed(), [line("g1", "g1"), line("g2", "thief")])
    with pytest.raises(NotTrusted, match="cosigned by g1, which"):
        POLICY.accepted(spoofed)


def test_the_signature_of_one_witness_does_not_serve_under_the_name_of_another() -> None:
    # An Ed25519 cosignature does not sign its author's name: only the key id and the policy's keys tell.
    (_, _, payload) = note.parse(f"{TEXT}\n{line('g1', 'g1')}".encode()).signatures[0]
    g2 = POLICY.witnesses["g2"].verifier
    with pytest.raises(NotTrusted, match="cosignature of g2 does not hold"):
        POLICY.accepted(note.with_lines(LOG.signed(), [line("g1", "g1"), g2.line(payload)]))
    renamed = note.Verifier("g2", signer("g1").public, note.COSIGNATURE)
    with pytest.raises(NotTrusted, match="no quorum"):
        POLICY.accepted(note.with_lines(LOG.signed(), [line("g1", "g1"), renamed.line(payload)]))


def test_one_key_under_two_names_is_no_policy() -> None:
    twice = note.Verifier("g3", signer("g1").public, note.COSIGNATURE).vkey
    with pytest.raises(BadInput, match="g3 the key of g1"):
        Policy.parse(f"{HEAD}witness g3 {twice}\ngroup g 2 g1 g2 g3\nquorum g\n")


def test_the_log_is_no_witness_of_itself() -> None:
    own = note.Verifier("g3", LOG.key.public, note.COSIGNATURE).vkey
    with pytest.raises(BadInput, match="g3 the key of the log"):
        Policy.parse(f"{HEAD}witness g3 {own}\ngroup g any g1 g2 g3\nquorum g\n")
    with pytest.raises(BadInput, match="not of type"):
        Policy.parse(f"{HEAD}witness g3 {LOG.vkey}\nquorum g3\n")


def test_a_checkpoint_under_the_logs_name_by_another_key_is_refused_everywhere() -> None:
    thief = SmallLog(key=signer("thief")).grown_to(9)
    with pytest.raises(NotTrusted, match=f"no signature of {ORIGIN}"):
        checkpoint.verified(thief.signed(), LOG.vkey)
    known = Log(ORIGIN, note.Verifier.parse(LOG.vkey))
    assert witness.judged(witness.read(thief.request(0)), known, None).verdict is Verdict.UNSIGNED


def test_a_key_id_made_to_collide_gains_nothing() -> None:
    forged = note.with_lines(
        LOG.signed(), [POLICY.witnesses["g1"].verifier.line(NOW_S.to_bytes(8, "big") + bytes(64))]
    )
    with pytest.raises(NotTrusted, match="cosignature of g1 does not hold"):
        POLICY.accepted(forged)


def test_a_witnesss_key_never_stands_for_the_logs() -> None:
    with pytest.raises(BadInput, match="not of type Ed25519;"):
        checkpoint.verified(LOG.signed(), vkey("g1"))
    g1 = note.Verifier.parse(vkey("g1"), note.COSIGNERS)
    with pytest.raises(BadInput, match="check its cosignature"):
        note.verified(LOG.signed(), (g1,))
