"""A round of witnessing over a small log: the quorum publishes, and nobody who fails holds it up."""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.witnessing import NOW_S, SmallLog, dripping, pretending, served
from trucekeeper.kernel import canon, note
from trucekeeper.kernel.clock import Instant, SetClock
from trucekeeper.office import witnessing
from trucekeeper.office.witnessing import Round, witnessed
from trucekeeper.peers.witnesses import Outcome
from trucekeeper.record import checkpoint, replay
from trucekeeper.record.policy import Policy
from trucekeeper.stores.witness_folder import make_witness, watch

GUARANTORS = ("g1", "g2", "g3")
PARTIES = ("party-a", "party-b")


def clock(at_s: int = NOW_S) -> SetClock:
    return SetClock(Instant(at_s * 1000))


@dataclass
class Ring:
    """A log, its policy of two of three guarantors with two parties beside, and where each of them answers."""

    log: SmallLog
    policy: Policy
    urls: dict[str, str]
    held: ExitStack
    clocks: dict[str, SetClock] = field(default_factory=dict)

    def round(self, limit_s: float = 5) -> Round:
        return witnessed(self.log, self.policy, self.urls, clock(), limit_s)

    def published(self) -> int:
        return checkpoint.verified(self.log.checkpoint(), self.log.vkey).size


@pytest.fixture
def ring(tmp_path: Path) -> Iterator[Ring]:
    log, lines = SmallLog().grown_to(3), []
    with ExitStack() as held:
        urls, clocks = {}, {}
        for name in (*GUARANTORS, *PARTIES):
            make_witness(tmp_path / name, f"{name}.example/w")
            watch(tmp_path / name, log.vkey)
            lines.append(f"witness {name} {(tmp_path / name / 'witness.vkey').read_text()}")
            clocks[name] = clock()
            urls[name] = held.enter_context(served(tmp_path / name, clocks[name]))
        rules = "group guarantors 2 g1 g2 g3\nquorum guarantors\n"
        policy = Policy.parse(f"log {log.vkey}\n{''.join(lines)}{rules}")
        yield Ring(log, policy, urls, held, clocks)


def outcomes(made: Round) -> dict[str, Outcome]:
    return {one.name: one.outcome for one in made.answers}


def test_all_cosign_and_the_parties_are_shown_as_tiers(ring: Ring) -> None:
    for size in (3, 3, 9):
        ring.log.grown_to(size)
        made = ring.round()
        assert (made.size, made.published, made.tiers) == (size, True, PARTIES)
        assert set(outcomes(made).values()) == {Outcome.COSIGNED}
        assert ring.published() == size
    assert len(note.parse(ring.log.checkpoint()).signatures) == 6


def test_the_time_of_the_round_is_the_quorums(ring: Ring) -> None:
    for name, ahead_s in (("g1", 40), ("g2", -20), ("g3", 9), ("party-a", -200)):
        ring.clocks[name].at = Instant((NOW_S + ahead_s) * 1000)
    made = ring.round()
    assert made.at == (NOW_S + 9) * 1000
    assert replay.logged_time(canon.encode(witnessing.body(made.note)), ring.policy) == made.at


def test_two_of_three_go_on_while_one_is_away_slow_or_lying(ring: Ring) -> None:
    away = "http://127.0.0.1:1"
    lying = ring.held.enter_context(pretending(lambda _: (200, "", b"I agree\n")))
    slow = ring.held.enter_context(dripping())
    for size, url, outcome in (
        (5, away, Outcome.UNREACHABLE),
        (6, lying, Outcome.LYING),
        (7, slow, Outcome.SLOW),
    ):
        ring.urls["g2"] = url
        ring.log.grown_to(size)
        began = time.monotonic()
        made = ring.round(limit_s=1)
        assert time.monotonic() - began < 3
        assert outcomes(made)["g2"] is outcome
        assert made.published
        assert ring.published() == size


def test_without_a_quorum_the_log_goes_on_and_the_published_checkpoint_stays(ring: Ring) -> None:
    assert ring.round().published
    kept = ring.log.checkpoint()
    true = dict(ring.urls)
    ring.urls |= {"g1": "http://127.0.0.1:1", "g3": "http://127.0.0.1:1"}
    ring.log.grown_to(8)
    made = ring.round()
    assert not made.published
    assert made.at is None
    assert made.tiers == PARTIES
    assert ring.log.checkpoint() == kept
    ring.urls |= true
    ring.log.grown_to(12)
    assert ring.round().published
    assert ring.published() == 12


def test_parties_alone_are_no_quorum(ring: Ring) -> None:
    for name in GUARANTORS:
        ring.urls[name] = "http://127.0.0.1:1"
    made = ring.round()
    assert [name for name, outcome in outcomes(made).items() if outcome is Outcome.COSIGNED] == list(PARTIES)
    assert not made.published


def test_a_witness_without_an_address_is_named(ring: Ring) -> None:
    del ring.urls["g3"]
    made = ring.round()
    assert outcomes(made)["g3"] is Outcome.UNREACHABLE
    assert "office.toml" in made.answers[2].why
    assert made.published


def test_a_policy_without_witnesses_publishes_at_once() -> None:
    log = SmallLog().grown_to(2)
    made = witnessed(log, Policy.parse(f"log {log.vkey}\nquorum none\n"), {}, clock())
    assert (made.published, made.answers, made.at) == (True, (), None)
    assert log.checkpoint() == log.signed()
