"""A witness's key was stolen or retired: what it still cosigns counts nowhere."""

import pytest

from tests.witnessing import NOW, NOW_S, SmallLog, pretending, signer, vkey
from trucekeeper.kernel import note
from trucekeeper.kernel.clock import SetClock
from trucekeeper.kernel.errors import NotTrusted
from trucekeeper.office.witnessing import witnessed
from trucekeeper.peers.witnesses import Outcome
from trucekeeper.record import proof, witness
from trucekeeper.record.cosignature import cosign
from trucekeeper.record.policy import Policy

LOG = SmallLog().grown_to(9)
TEXT = note.parse(LOG.signed()).text
NAMES = ("g1", "g2", "g3")


def policy(**keys: str) -> Policy:
    """Two of three guarantors; ``keys`` says which key one holds where that is not the one of its name."""
    lines = "".join(f"witness {name} {vkey(name, signer(keys.get(name, name)))}\n" for name in NAMES)
    return Policy.parse(f"log {LOG.vkey}\n{lines}group g 2 g1 g2 g3\nquorum g\n")


BEFORE, AFTER = policy(), policy(g2="g2-new")


def line(name: str, key: str | None = None) -> str:
    return cosign(signer(key or name), name, TEXT, NOW_S)


def test_a_quorum_with_a_retired_key_is_none_under_the_new_policy() -> None:
    data = note.with_lines(LOG.signed(), [line("g1"), line("g2")])
    assert BEFORE.accepted(data)[0].size == 9
    with pytest.raises(NotTrusted, match="cosigned by g1, which is no quorum"):
        AFTER.accepted(data)
    renewed = note.with_lines(LOG.signed(), [line("g1"), line("g2"), line("g2", "g2-new")])
    assert [one.name for one in AFTER.accepted(renewed)[1]] == ["g1", "g2"]


def test_a_proof_under_a_retired_key_is_refused() -> None:
    data = proof.written(4, LOG.inclusion(4, 9), note.with_lines(LOG.signed(), [line("g2"), line("g3")]))
    assert proof.verify(data, LOG.leaves[4], BEFORE)[0].size == 9
    with pytest.raises(NotTrusted, match="no quorum"):
        proof.verify(data, LOG.leaves[4], AFTER)


def test_a_witness_that_still_signs_by_its_retired_key_is_called_lying() -> None:
    log = SmallLog().grown_to(9)

    def answers(name: str, key: str):
        return lambda body: (
            200,
            "text/plain",
            cosign(signer(key), name, note.parse(witness.read(body).note).text, NOW_S).encode(),
        )

    with pretending(answers("g1", "g1")) as g1, pretending(answers("g2", "g2")) as g2:
        made = witnessed(log, AFTER, {"g1": g1, "g2": g2}, SetClock(NOW))
        assert [one.outcome for one in made.answers] == [
            Outcome.COSIGNED,
            Outcome.LYING,
            Outcome.UNREACHABLE,
        ]
        assert not made.published
        assert len(note.parse(made.note).signatures) == 2
        assert witnessed(log, BEFORE, {"g1": g1, "g2": g2}, SetClock(NOW)).published
