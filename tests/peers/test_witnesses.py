"""The log's side of witnessing, against witnesses that are true, away, slow, wrong or false."""

import socket
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.witnessing import NOW, NOW_S, SmallLog, dripping, pretending, served, signer, vkey
from trucekeeper.kernel import note
from trucekeeper.kernel.clock import SetClock
from trucekeeper.kernel.errors import Damaged
from trucekeeper.peers.witnesses import Answer, Asked, Outcome, Submission, collect
from trucekeeper.record import witness
from trucekeeper.record.cosignature import cosign
from trucekeeper.record.policy import Witness
from trucekeeper.stores.witness_folder import make_witness, watch

CLOCK = SetClock(NOW)
NAMED = Witness("anna", note.Verifier.parse(vkey("anna"), note.COSIGNERS), None)


def submission(log: SmallLog, limit_s: float = 5) -> Submission:
    return Submission(log.signed(), log.consistency, CLOCK, limit_s)


def ask(log: SmallLog, url: str, size: int = 0, limit_s: float = 5) -> Answer:
    (answer,) = collect(submission(log, limit_s), [Asked(NAMED, url, size)])
    return answer


def text_in(body: bytes) -> str:
    return note.parse(witness.read(body).note).text


def line(text: str, name: str = "anna", key: str = "anna", time_s: int = NOW_S) -> str:
    return cosign(signer(key), name, text, time_s)


def true_witness(folder: Path, name: str, log: SmallLog) -> Witness:
    make_witness(folder, name)
    watch(folder, log.vkey)
    return Witness(name, note.Verifier.parse((folder / "witness.vkey").read_text(), note.COSIGNERS), None)


def test_true_witnesses_cosign_a_log_that_grows(tmp_path: Path) -> None:
    log = SmallLog().grown_to(3)
    with ExitStack() as stack:
        asked = []
        for name in ("g1", "g2", "g3"):
            known = true_witness(tmp_path / name, name, log)
            asked.append(Asked(known, stack.enter_context(served(tmp_path / name, CLOCK))))
        for size in (3, 3, 9, 300):
            log.grown_to(size)
            answers = collect(submission(log), asked)
            assert [(one.name, one.outcome, one.size) for one in answers] == [
                (name, Outcome.COSIGNED, size) for name in ("g1", "g2", "g3")
            ]
            data = note.with_lines(log.signed(), [one.line for one in answers if one.line])
            assert len(note.parse(data).signatures) == 4
            assert {one.time_s for one in answers} == {NOW_S}


def test_a_witness_that_names_its_size_is_sent_the_proof_from_there() -> None:
    log, seen = SmallLog().grown_to(40), []

    def reply(body: bytes) -> tuple[int, str, bytes]:
        request = witness.read(body)
        seen.append((request.old, request.proof))
        if request.old != 17:
            return 409, witness.SIZE_TYPE, b"17\n"
        return 200, "text/plain", line(text_in(body)).encode()

    with pretending(reply) as url:
        assert ask(log, url).outcome is Outcome.COSIGNED
        assert ask(log, url + "/", size=17).outcome is Outcome.COSIGNED
    assert seen == [(0, ()), (17, log.consistency(17, 40)), (17, log.consistency(17, 40))]


def test_of_several_lines_the_witnesss_own_is_taken() -> None:
    def reply(body: bytes) -> tuple[int, str, bytes]:
        text = text_in(body)
        return 200, "", (line(text, "other", "other") + line(text) + line(text, time_s=NOW_S + 1)).encode()

    with pretending(reply) as url:
        answer = ask(SmallLog().grown_to(3), url)
    assert answer == Answer(
        "anna", Outcome.COSIGNED, "", 3, line(note.parse(SmallLog().grown_to(3).signed()).text), NOW_S
    )


OTHER = note.parse(SmallLog().grown_to(2).grow(b"other").signed()).text

LIES: dict[str, Callable[[str], bytes]] = {
    "signature": lambda _: NAMED.verifier.line(NOW_S.to_bytes(8, "big") + bytes(64)).encode(),
    "other root": lambda _: line(OTHER).encode(),
    "other key under its name": lambda text: line(text, key="retired").encode(),
    "its key under another name": lambda text: line(text, name="anne").encode(),
    "slow clock": lambda text: line(text, time_s=NOW_S - 301).encode(),
    "fast clock": lambda text: line(text, time_s=NOW_S + 301).encode(),
    "no line": lambda _: b"",
    "no text": lambda _: b"\xff\xfe",
    "page": lambda _: b"<html>welcome</html>\n",
    "a note of its own": lambda text: f"more\n\n{line(text + chr(10) + 'more' + chr(10))}".encode(),
    "a true and a broken line": lambda text: (
        line(text) + NAMED.verifier.line(NOW_S.to_bytes(8, "big") + bytes(64))
    ).encode(),
    "too much": lambda text: line(text).encode() * 1000,
    "too many lines": lambda text: line(text).encode() * 65,
}  # fmt: skip


@pytest.mark.parametrize("lie", LIES)
def test_a_lie_is_found_out(lie: str) -> None:
    with pretending(lambda body: (200, "text/plain", LIES[lie](text_in(body)))) as url:
        answer = ask(SmallLog().grown_to(3), url)
    assert answer.outcome is Outcome.LYING, answer
    assert answer.line is None
    assert answer.why


@pytest.mark.parametrize(
    ("status", "kind", "content", "outcome"),
    [
        (409, witness.SIZE_TYPE, b"50\n", Outcome.AHEAD),
        (409, witness.SIZE_TYPE, b"1\n", Outcome.BEHIND),
        (409, witness.SIZE_TYPE + "; charset=utf-8", b"1\n", Outcome.BEHIND),
        (409, "text/plain", b"1\n", Outcome.REFUSED),
        (409, witness.SIZE_TYPE, b"-1\n", Outcome.REFUSED),
        (409, witness.SIZE_TYPE, b"1", Outcome.REFUSED),
        (409, witness.SIZE_TYPE, b"9" * 40 + b"\n", Outcome.REFUSED),
        (400, "", b"", Outcome.REFUSED),
        (403, "", b"", Outcome.REFUSED),
        (404, "", b"", Outcome.REFUSED),
        (422, "", b"", Outcome.REFUSED),
        (429, "", b"", Outcome.REFUSED),
        (500, "", b"", Outcome.REFUSED),
        (302, "", b"http://127.0.0.1:1/", Outcome.REFUSED),
        (307, "", b"file:///etc/passwd", Outcome.REFUSED),
        (204, "", b"", Outcome.REFUSED),
    ],
)
def test_every_other_answer_has_its_name(status: int, kind: str, content: bytes, outcome: Outcome) -> None:
    with pretending(lambda _: (status, kind, content)) as url:
        answer = ask(SmallLog().grown_to(3), url)
    assert answer.outcome is outcome, answer
    assert answer.why in answer.told


def test_a_witness_that_is_away_is_unreachable() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert ask(SmallLog().grown_to(3), f"http://127.0.0.1:{port}").outcome is Outcome.UNREACHABLE


@pytest.mark.parametrize(
    "url",
    [
        "",
        "ftp://w",
        "w.example",
        "http://",
        "http://[",
        "http://w:99999999/",
        "http://\udc80/",
        "http://a\x00b/",
    ],
)
def test_an_address_that_is_none_is_unreachable(url: str) -> None:
    assert ask(SmallLog().grown_to(3), url).outcome is Outcome.UNREACHABLE


def test_what_is_not_http_is_refused() -> None:
    with dripping(b"\x00\r\n\r\n") as url:
        assert ask(SmallLog().grown_to(3), url).outcome is Outcome.REFUSED


def test_dripping_witnesses_end_with_their_time_and_hold_nobody_up() -> None:
    log = SmallLog().grown_to(3)
    with ExitStack() as stack:
        asked = [
            Asked(Witness(f"slow-{number}", NAMED.verifier, None), stack.enter_context(dripping()))
            for number in range(3)
        ]
        true = stack.enter_context(pretending(lambda body: (200, "", line(text_in(body)).encode())))
        silent = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        asked += [
            Asked(Witness("silent", NAMED.verifier, None), f"http://127.0.0.1:{silent.getsockname()[1]}"),
            Asked(NAMED, true),
        ]
        began = time.monotonic()
        answers = collect(submission(log, 0.7), asked)
        took_s = time.monotonic() - began
    assert [one.outcome for one in answers] == [Outcome.SLOW] * 4 + [Outcome.COSIGNED]
    assert 0.6 < took_s < 2


def test_a_log_that_cannot_prove_itself_says_so() -> None:
    log = SmallLog().grown_to(3)

    def broken(old: int, new: int) -> tuple[bytes, ...]:
        msg = f"the tiles between {old} and {new} are gone"
        raise Damaged(msg)

    with pretending(lambda _: (409, witness.SIZE_TYPE, b"2\n")) as url:
        (answer,) = collect(Submission(log.signed(), broken, CLOCK, 5), [Asked(NAMED, url)])
    assert answer.outcome is Outcome.REFUSED
    assert "tiles between 2 and 3" in answer.why


def test_nobody_to_ask_gives_no_answers() -> None:
    assert collect(submission(SmallLog().grown_to(1)), []) == ()
