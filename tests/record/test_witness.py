import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.witnessing import NOW_S, ORIGIN, SmallLog, signer
from trucekeeper.kernel import b64, note
from trucekeeper.kernel.errors import BadInput
from trucekeeper.record import checkpoint, witness
from trucekeeper.record.checkpoint import Checkpoint
from trucekeeper.record.witness import Held, Judgement, Log, Verdict

SMALL = SmallLog().grown_to(40)
LOG = Log(ORIGIN, note.Verifier.parse(SMALL.vkey))
FORK = SmallLog().grown_to(8).grown_to(40, "other leaf")


def held(size: int, log: SmallLog = SMALL) -> Held | None:
    data = log.signed(size)
    return Held(checkpoint.verified(data, log.vkey), NOW_S, data)


def judged(body: bytes, before: Held | None = None, log: Log | None = LOG) -> Judgement:
    return witness.judged(witness.read(body), log, before)


def signed(size: int, root: bytes) -> bytes:
    return checkpoint.sign(Checkpoint(ORIGIN, size, root), SMALL.key)


def test_a_request_is_an_old_size_hashes_and_a_checkpoint() -> None:
    body = SMALL.request(5)
    lines = body.decode().split("\n")
    assert lines[0] == "old 5"
    assert lines[1] == b64.encode(SMALL.consistency(5, 40)[0])
    assert lines[lines.index("") + 1 :][:2] == [ORIGIN, "40"]
    read = witness.read(body)
    assert (read.old, read.proof, read.note) == (5, SMALL.consistency(5, 40), SMALL.signed())


def test_a_first_submission_is_cosigned_whatever_its_size() -> None:
    for size in (0, 1, 40):
        assert judged(SMALL.request(0, size)).verdict is Verdict.COSIGN


@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 40))
def test_only_growth_from_what_is_held_is_cosigned(held_size: int, old: int, size: int) -> None:
    found = judged(SMALL.request(old, size), held(held_size))
    if old > size:
        expected = Judgement(Verdict.MALFORMED, found.why)
    elif old != held_size:
        expected = Judgement(Verdict.STALE, found.why, held_size)
    else:
        expected = Judgement(Verdict.COSIGN)
    assert found == expected


@given(st.integers(9, 40), st.integers(9, 40))
def test_a_forked_log_is_never_cosigned(held_size: int, size: int) -> None:
    found = judged(FORK.request(held_size, size), held(held_size))
    assert found.verdict is (Verdict.MALFORMED if held_size > size else Verdict.INCONSISTENT)
    assert found.forked is (held_size == size)


def test_two_trees_of_one_size_are_noticed_even_in_a_stale_request() -> None:
    assert judged(FORK.request(0, 40), held(40)) == Judgement(
        Verdict.STALE, "this witness holds another size", 40, forked=True
    )


def test_an_empty_log_has_the_root_of_no_leaves() -> None:
    body = witness.written(0, (), signed(0, bytes(32)))
    assert judged(body).verdict is Verdict.INCONSISTENT
    assert judged(body, held(0)).verdict is Verdict.INCONSISTENT
    assert judged(SMALL.request(0, 0), held(0)).verdict is Verdict.COSIGN


def test_a_proof_where_none_belongs_is_refused() -> None:
    for old, before in ((0, None), (40, held(40))):
        body = witness.written(old, (bytes(32),), SMALL.signed())
        assert judged(body, before).verdict is Verdict.INCONSISTENT


def test_another_proof_or_root_is_refused() -> None:
    for body in (
        witness.written(5, SMALL.consistency(6, 40), SMALL.signed()),
        witness.written(5, (), SMALL.signed()),
        witness.written(5, SMALL.consistency(5, 40), signed(40, bytes(32))),
    ):
        assert judged(body, held(5)).verdict is Verdict.INCONSISTENT


def test_an_unknown_log_is_told_from_an_unknown_key() -> None:
    assert judged(SMALL.request(0), log=None).verdict is Verdict.UNKNOWN_LOG
    stranger = SmallLog(key=signer("stranger")).grown_to(3)
    assert judged(stranger.request(0)).verdict is Verdict.UNSIGNED
    broken = SMALL.signed().replace(b"\n40\n", b"\n41\n")
    assert judged(witness.written(0, (), broken)).verdict is Verdict.UNSIGNED


def test_further_signatures_and_extension_lines_are_no_matter() -> None:
    text = note.parse(SMALL.signed()).text
    both = note.sign(text, ((ORIGIN, signer("stranger")), (ORIGIN, SMALL.key)))
    assert judged(witness.written(0, (), both)).verdict is Verdict.COSIGN
    extended = note.sign(text + "extension\n", ((ORIGIN, SMALL.key),))
    assert judged(witness.written(0, (), extended)).verdict is Verdict.COSIGN


@pytest.mark.parametrize(
    "change",
    [
        (b"old 5", b"old 05"),
        (b"old 5", b"old -5"),
        (b"old 5", b"old"),
        (b"old 5", b"old  5"),
        (b"old 5", b" old 5"),
        (b"old 5", b"old 5 "),
        (b"old 5", b"old 5\r"),
        (b"old 5", b"old 99999999999999999999"),
        (b"old 5", "old \u0665".encode()),
        (b"old 5", b"size 5"),
        (b"old 5", b"old 5\nAAAA"),
        (b"old 5", b"old 5\n" + b64.encode(bytes(33)).encode()),
        (b"old 5", b"old 5\n" + b"\n".join([b64.encode(bytes(32)).encode()] * 63)),
        (b"\n\nlake", b"\nlake"),
        (b"\n\nlake", b"\n\n\nlake"),
        (b"\n40\n", b"\n040\n"),
        (b"\n40\n", b"\n-40\n"),
        (b"\n40\n", b"\n40\nAAAA\n"),
    ],
)
def test_what_is_no_request_is_refused(change: tuple[bytes, bytes]) -> None:
    body = SMALL.request(5)
    assert body.count(change[0]) == 1
    with pytest.raises(BadInput):
        witness.read(body.replace(*change))


def test_sixty_three_hashes_are_read_and_no_more() -> None:
    body = witness.written(5, [bytes(32)] * 63, SMALL.signed())
    assert len(witness.read(body).proof) == 63
    with pytest.raises(BadInput):
        witness.read(witness.written(5, [bytes(32)] * 64, SMALL.signed()))
