"""An office whose checkpoints count only once two of three guarantors cosigned them."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.office_kit import LAKESIDE, PEOPLE, SOURCES, START, Kit, holder, seen
from tests.truce import truce
from tests.witnessing import served
from trucekeeper.kernel.clock import Instant, SetClock
from trucekeeper.kernel.errors import Conflict
from trucekeeper.office.creation import Decided, create_office
from trucekeeper.office.wiring import open_office
from trucekeeper.office.witnessing import policy_of, round_of, standing, tick
from trucekeeper.record import checkpoint, replay
from trucekeeper.stores.witness_folder import make_witness, watch

NAMES = ("g1", "g2", "g3", "party-a")


@dataclass
class Watched(Kit):
    """The kit's office with its witnesses' clocks, which run with its own."""

    held: ExitStack | None = None

    def later(self, minutes: int) -> None:
        self.clock.at = Instant(self.clock.at + minutes * 60_000)

    def silence(self) -> None:
        """All witnesses go away."""
        assert self.held is not None
        self.held.close()


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    clock, lines, root = SetClock(START), [], tmp_path / "office"
    with ExitStack() as stack:
        for name in NAMES:
            make_witness(tmp_path / name, f"{name}.example/w")
            url = stack.enter_context(served(tmp_path / name, clock))
            lines.append(f"witness {name} {(tmp_path / name / 'witness.vkey').read_text().strip()} {url}\n")
        policy = "".join(lines) + "group guarantors 2 g1 g2 g3\nquorum guarantors\n"
        create_office(
            root,
            LAKESIDE,
            [holder(person) for person in PEOPLE],
            origin="office.example/test",
            clock=clock,
            decided=Decided(policy=policy),
        )
        for name in NAMES:
            watch(tmp_path / name, (root / "log" / "log.vkey").read_text())
        kit = Watched(root, clock, open_office(root, clock), held=stack)
        try:
            for source in SOURCES:
                kit.office.intake.register_source(source, kit.office.signer)
            yield kit
        finally:
            kit.office.close()


def logged(kit: Kit) -> list[tuple[int, int, Instant | None]]:
    """Index of each cosigned/v1, size of the checkpoint in it, and the time of its quorum."""
    policy = policy_of(kit.office)
    assert policy is not None
    found = []
    for one in kit.office.record.entries(kinds=(replay.COSIGNED,)):
        text = one.entry.body["checkpoint"]
        assert isinstance(text, str)
        stated, cosigned = policy.accepted(text.encode())
        found.append((one.index, stated.size, policy.time(cosigned)))
    return found


def test_nothing_is_published_before_the_first_quorum(watched: Watched) -> None:
    with pytest.raises(Conflict, match="witnesses cosign"):
        watched.office.record.checkpoint()
    assert standing(watched.office).published is None
    assert "No checkpoint is published yet" in truce("status", "--office", watched.root).out


def test_each_round_publishes_and_its_checkpoint_heads_the_next_batch(watched: Watched) -> None:
    sizes = []
    for number in range(3):
        watched.later(15)
        watched.observe("ada", seen(f"{number}"))
        made = tick(watched.office)
        assert made is not None
        assert made.published
        assert made.tiers == ("party-a",)
        sizes.append(made.size)
        published = checkpoint.verified(watched.office.record.checkpoint(), watched.office.record.vkey)
        assert published.size == made.size
    assert logged(watched) == [
        (size, size, START + 15 * 60_000 * number) for number, size in enumerate(sizes, 1)
    ]
    found = standing(watched.office)
    assert (found.published, found.cosigned, found.tiers) == (sizes[-1], NAMES, ("party-a",))
    said = truce("status", "--office", watched.root).out
    assert (
        f"of {sizes[-1]} leaves, cosigned by g1, g2, g3, party-a (attested beyond the quorum: party-a)"
        in said
    )


def test_without_witnesses_the_record_goes_on_and_says_so(watched: Watched) -> None:
    first = round_of(watched.office)
    watched.silence()
    watched.observe("ada", seen("1"), seen("2"))
    made = round_of(watched.office)
    assert not made.published
    assert made.size == first.size + 3
    assert len(logged(watched)) == 1
    assert standing(watched.office).published == first.size
    assert "3 leaves after it wait for the witnesses' quorum" in truce("status", "--office", watched.root).out


def test_a_round_can_be_run_by_command(watched: Watched) -> None:
    watched.office.close()
    watched.clock.at = Instant(START)
    done = truce("witness", "collect", "--office", watched.root, "--json")
    # The witnesses' clocks stand in the past, so that each is found to be far off this machine's.
    assert done.code == 6
    assert {one["outcome"] for one in done.json["witnesses"]} == {"lying"}
    watched.silence()
    done = truce("witness", "collect", "--office", watched.root)
    assert done.code == 6
    assert "the record goes on" in done.out


def test_an_office_without_a_policy_asks_nobody(kit: Kit) -> None:
    assert tick(kit.office) is None
    with pytest.raises(Conflict, match="no witness policy"):
        round_of(kit.office)
    found = standing(kit.office)
    assert (found.published, found.cosigned) == (kit.office.record.size(), ())
