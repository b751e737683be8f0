"""The form of a party's word on a replay, and the time that can be replayed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.record.kit import LOG, NOW, ORIGIN, VKEY, sealed, signer
from trucekeeper.kernel import canon, note
from trucekeeper.kernel.canon import Json
from trucekeeper.kernel.clock import Instant
from trucekeeper.kernel.errors import BadInput
from trucekeeper.record import checkpoint, cosignature, replay
from trucekeeper.record.checkpoint import Checkpoint
from trucekeeper.record.policy import Policy
from trucekeeper.record.replay import Replay

SAID = Replay(10, bytes(32), 3, 2, "ab" * 32, "trucekeeper 0.1.0")
NAMES = ("ann", "bob", "cyd")
POLICY = Policy.parse(
    f"log {VKEY}\n"
    + "".join(
        f"witness {name} {note.Verifier(name, signer(name).public, note.COSIGNATURE).vkey}\n"
        for name in NAMES
    )
    + "group all-of-them 2 ann bob cyd\nquorum all-of-them\n"
)
START_S = NOW // 1000


def logged(*seconds: int | None) -> bytes:
    """The body of a cosigned/v1: each witness's time after the start, None where it did not sign."""
    signed = checkpoint.sign(Checkpoint(ORIGIN, 5, bytes(32)), LOG)
    text = note.parse(signed).text
    lines = [
        cosignature.cosign(signer(name), name, text, START_S + at)
        for name, at in zip(NAMES, seconds, strict=True)
        if at is not None
    ]
    return canon.encode({"checkpoint": signed.decode() + "".join(lines)})


def test_a_word_on_a_replay_reads_back() -> None:
    assert replay.read(replay.body(SAID)) == SAID


@pytest.mark.parametrize(
    "other",
    [
        {"recomputed": 4},
        {"findings": 11},
        {"recomputed": -1},
        {"outputs": "AB" * 32},
        {"outputs": ""},
        {"software": ""},
        {"root": "AAAA"},
        {"more": 1},
    ],
)
def test_a_word_that_means_nothing_is_refused(other: dict[str, Json]) -> None:
    with pytest.raises(BadInput):
        replay.read({**replay.body(SAID), **other})


def test_only_a_replay_is_taken_for_one() -> None:
    with pytest.raises(BadInput, match="not replay/v1"):
        replay.opened(sealed())


@pytest.mark.parametrize(
    ("seconds", "at_s"),
    [
        ((30, 10, 20), 20),
        ((10, 10, 90), 10),
        ((None, 40, 10), 40),
        ((7, None, None), None),
        ((0, 5, None), 5),
    ],
)
def test_the_time_is_the_kth_smallest_of_a_quorum_of_k(
    seconds: tuple[int | None, ...], at_s: int | None
) -> None:
    expected = None if at_s is None else Instant((START_S + at_s) * 1000)
    assert replay.logged_time(logged(*seconds), POLICY) == expected


def test_a_line_that_does_not_hold_gives_no_time() -> None:
    body = canon.decode_object(logged(1, 2, 3))
    text = str(body["checkpoint"]).replace("\n5\n", "\n6\n", 1)
    assert replay.logged_time(canon.encode({"checkpoint": text}), POLICY) is None


@given(
    st.lists(st.tuples(st.integers(0, 50), st.integers(0, 10**6)), max_size=12),
    st.integers(0, 60),
    st.integers(0, 60),
)
def test_replayed_time_never_runs_backwards_and_knows_nothing_of_what_comes(
    logs: list[tuple[int, int]], index: int, later: int
) -> None:
    times = sorted((entry, Instant(at)) for entry, at in logs)
    first, last = sorted((index, later))
    early, late = replay.replay_time(times, first), replay.replay_time(times, last)
    known = [at for entry, at in times if entry <= first]
    assert early == max(known, default=None)
    assert early is None or (late is not None and late >= early)


def test_outputs_do_not_depend_on_the_order_they_are_told_in() -> None:
    outputs = [(3, "ab"), (1, None), (2, "cd")]
    assert replay.outputs_digest(outputs) == replay.outputs_digest(reversed(outputs))
    assert replay.outputs_digest(outputs) != replay.outputs_digest(outputs[:2])
