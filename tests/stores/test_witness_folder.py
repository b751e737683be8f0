import sqlite3
import stat
import threading
from contextlib import closing
from pathlib import Path

import pytest

from tests.witnessing import NOW_S, ORIGIN, SmallLog, signer
from trucekeeper.kernel import note
from trucekeeper.kernel.clock import Instant, SetClock
from trucekeeper.kernel.errors import BadInput, Conflict, Damaged, NotFound, NotTrusted
from trucekeeper.record import cosignature, witness
from trucekeeper.record.checkpoint import Checkpoint
from trucekeeper.record.witness import Verdict
from trucekeeper.stores.witness_folder import Witness, make_witness, watch

NAME = "anna.example/w"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    made = tmp_path / "witness"
    make_witness(made, NAME)
    watch(made, SmallLog().vkey)
    return made


def opened(root: Path, at_s: int = NOW_S) -> Witness:
    return Witness(root, SetClock(Instant(at_s * 1000)))


def times(log: SmallLog, lines: bytes, of: Witness) -> list[int]:
    data = note.with_lines(log.signed(), lines.decode().splitlines(keepends=True))
    known = {str(number): verifier for number, verifier in enumerate(of.verifiers)}
    return [one.time_s for one in cosignature.verified(data, known)]


def test_its_key_and_its_memory_are_the_owners_alone(root: Path) -> None:
    assert stat.S_IMODE(root.stat().st_mode) == 0o700
    for name in ("witness.pem", "witness.sqlite"):
        assert stat.S_IMODE((root / name).stat().st_mode) == 0o600
    (root / "witness.pem").chmod(0o644)
    with pytest.raises(NotTrusted, match="chmod 600"):
        opened(root)


def test_it_cosigns_growth_and_remembers_it_when_opened_again(root: Path) -> None:
    log = SmallLog().grown_to(3)
    with opened(root) as one:
        judgement, lines = one.submit(log.request(0))
        assert judgement.verdict is Verdict.COSIGN
        assert times(log, lines, one) == [NOW_S]
    log.grown_to(9)
    with opened(root) as one:
        assert one.submit(log.request(0))[0] == witness.Judgement(
            Verdict.STALE, "this witness holds another size", 3
        )
        assert one.submit(log.request(3))[0].verdict is Verdict.COSIGN
        (watched,) = one.watched()
    assert watched.held is not None
    assert (watched.held.stated.size, watched.held.time_s) == (9, NOW_S)
    assert watched.held.note.startswith(log.signed())


def test_its_time_never_runs_backwards_for_a_log(root: Path) -> None:
    log = SmallLog().grown_to(3)
    with opened(root) as one:
        one.submit(log.request(0))
    with opened(root, NOW_S - 5000) as one:
        assert times(log, one.submit(log.request(3))[1], one) == [NOW_S]
    with opened(root, NOW_S + 7) as one:
        assert times(log, one.submit(log.request(3))[1], one) == [NOW_S + 7]


def test_what_others_signed_below_a_checkpoint_is_not_kept(root: Path) -> None:
    log = SmallLog().grown_to(3)
    stranger = note.Verifier("stranger", signer("stranger").public)
    data = note.with_lines(log.signed(), [stranger.line(bytes(64))])
    with opened(root) as one:
        assert one.submit(witness.written(0, (), data))[0].verdict is Verdict.COSIGN
        (watched,) = one.watched()
    assert watched.held is not None
    assert b"stranger" not in watched.held.note
    assert len(note.parse(watched.held.note).signatures) == 2


def test_of_two_requests_at_once_one_wins(root: Path) -> None:
    log = SmallLog().grown_to(2)
    barrier = threading.Barrier(8)
    answers: list[tuple[int, Verdict]] = []
    with opened(root) as one, opened(root) as other:
        one.submit(log.request(0))
        log.grown_to(20)

        def ask(number: int) -> None:
            barrier.wait()
            size = 3 + number
            judgement, lines = (one if number % 2 else other).submit(log.request(2, size))
            assert bool(lines) is (judgement.verdict is Verdict.COSIGN)
            answers.append((size, judgement.verdict))

        threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        (watched,) = one.watched()
    won = [size for size, verdict in answers if verdict is Verdict.COSIGN]
    assert watched.held is not None
    assert won == [watched.held.stated.size]
    assert sorted({verdict for _, verdict in answers}, key=str) == [Verdict.COSIGN, Verdict.STALE]


def test_a_step_that_fails_on_the_way_leaves_all_as_it_was(root: Path) -> None:
    log = SmallLog().grown_to(2)

    class Stopped:
        def now(self) -> Instant:
            raise KeyboardInterrupt

    with Witness(root, Stopped()) as one, pytest.raises(KeyboardInterrupt):
        one.submit(log.request(0))
    with opened(root) as one:
        assert one.watched()[0].held is None
        assert one.submit(log.request(0))[0].verdict is Verdict.COSIGN


def test_a_fork_is_kept_as_proof(root: Path) -> None:
    log, other = SmallLog().grown_to(5), SmallLog().grown_to(4).grow(b"another")
    with opened(root) as one:
        one.submit(log.request(0))
        for old in (5, 0, 5):
            assert one.submit(other.request(old))[0].forked
        (watched,) = one.watched()
        assert watched.forks == (other.signed(),)
        for number in range(40):
            one.submit(SmallLog().grown_to(4).grow(f"fork {number}".encode()).request(5))
        assert len(one.watched()[0].forks) == 16


def test_a_second_key_cosigns_by_ml_dsa_too(tmp_path: Path) -> None:
    root, log = tmp_path / "w", SmallLog().grown_to(4)
    make_witness(root, NAME, ml_dsa=True)
    watch(root, log.vkey)
    with opened(root) as one:
        lines = one.submit(log.request(0))[1]
        assert times(log, lines, one) == [NOW_S, NOW_S]
        assert [verifier.kind for verifier in one.verifiers] == [4, 6]
        log.grow(b"more")
        text = note.parse(log.signed()).text + "extension\n"
        extended = note.sign(text, ((ORIGIN, log.key),))
        lines = one.submit(witness.written(4, log.consistency(4, 5), extended))[1]
        assert lines.count(b"\n") == 1


def test_logs_are_added_while_it_runs_and_each_has_one_key(root: Path) -> None:
    other = SmallLog("other.example/log", signer("other")).grown_to(2)
    with opened(root) as one:
        assert one.submit(other.request(0))[0].verdict is Verdict.UNKNOWN_LOG
        watch(root, other.vkey + "\n")
        assert one.submit(other.request(0))[0].verdict is Verdict.COSIGN
        assert [watched.log.origin for watched in one.watched()] == [ORIGIN, "other.example/log"]
    assert watch(root, other.vkey).origin == "other.example/log"
    with pytest.raises(Conflict, match="another key"):
        watch(root, SmallLog("other.example/log", signer("thief")).vkey)


def test_a_log_may_sign_by_a_key_of_another_name(root: Path) -> None:
    key = signer("sum")
    watch(root, note.Verifier("sum.example", key.public).vkey, "go.sum database tree")
    stated = Checkpoint("go.sum database tree", 0, SmallLog().root())
    data = note.sign(stated.text, (("sum.example", key),))
    with opened(root) as one:
        assert one.submit(witness.written(0, (), data))[0].verdict is Verdict.COSIGN


def test_folders_that_are_no_witness_are_refused(root: Path, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="truce witness init"):
        Witness(tmp_path)
    with pytest.raises(Conflict, match="not empty"):
        make_witness(root, NAME)
    with pytest.raises(BadInput):
        make_witness(tmp_path / "new", "a name")
    with pytest.raises(BadInput, match="not of type Ed25519;"):
        watch(root, (root / "witness.vkey").read_text())
    with pytest.raises(BadInput, match="one line"):
        watch(root, SmallLog("b").vkey, "two\nlines")
    (root / "logs").write_text(f"{SmallLog().vkey}\n" * 2)
    with opened(root) as one, pytest.raises(BadInput, match="twice"):
        one.watched()
    (root / "witness.vkey").write_text(note.Verifier(NAME, signer("x").public, note.COSIGNATURE).vkey)
    with pytest.raises(Conflict, match="not of the keys"):
        opened(root)


def test_a_damaged_memory_is_one_sentence(root: Path) -> None:
    with closing(sqlite3.connect(root / "witness.sqlite")) as connection:
        connection.execute("PRAGMA user_version=9")
    with pytest.raises(Damaged, match="layout 9"):
        opened(root)
    (root / "witness.sqlite").write_bytes(b"no database" * 100)
    with pytest.raises(Damaged, match=r"witness\.sqlite"):
        opened(root)
    (root / "witness.sqlite").unlink()
    with pytest.raises(Damaged, match=r"witness\.sqlite"):
        opened(root)
