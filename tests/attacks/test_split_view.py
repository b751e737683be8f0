"""A log that shows one party another tree than the other: each mirror is sound, and gossip finds it."""

from pathlib import Path

import pytest

from tests.mirroring import lay, mirror, web
from tests.witnessing import NOW, SmallLog
from trucekeeper.peers import gossip as asking
from trucekeeper.peers.fetching import FolderSource, WebSource
from trucekeeper.peers.mirror import Contradicted, sync
from trucekeeper.record import gossip
from trucekeeper.record.gossip import Outcome

TRUE = SmallLog().grown_to(300)
FORK = SmallLog().grown_to(280).grown_to(400, "other")


def outcome(one: Path, other: Path) -> Outcome:
    seen = [asking.view(FolderSource(path), gossip.log_of(TRUE.vkey)) for path in (one, other)]
    trees = [tree for _, tree in seen if tree is not None]
    found = asking.compared(seen[0][0], seen[1][0], trees)
    if found.outcome is Outcome.SPLIT:
        data = gossip.evidence(seen[0][0], seen[1][0], found, NOW)
        assert gossip.rechecked(data, gossip.log_of(TRUE.vkey))[2].outcome is Outcome.SPLIT
    return found.outcome


@pytest.mark.parametrize("size", [300, 400])
def test_two_mirrors_of_two_views_find_the_split(tmp_path: Path, size: int) -> None:
    with web(lay(TRUE, tmp_path / "true")) as one, web(lay(FORK, tmp_path / "fork", size)) as other:
        sync(mirror(tmp_path / "anna", TRUE), WebSource(one))
        sync(mirror(tmp_path / "bert", TRUE), WebSource(other))
        sync(mirror(tmp_path / "cleo", TRUE), WebSource(one))
    assert outcome(tmp_path / "anna", tmp_path / "bert") is Outcome.SPLIT
    assert outcome(tmp_path / "anna", tmp_path / "cleo") is Outcome.CONSISTENT


@pytest.mark.parametrize("size", [300, 400])
def test_a_mirror_that_is_led_over_to_a_fork_keeps_both_checkpoints(tmp_path: Path, size: int) -> None:
    copy = mirror(tmp_path / "copy", TRUE)
    sync(copy, FolderSource(lay(TRUE, tmp_path / "true")))
    with pytest.raises(Contradicted, match="signed two different trees of 300 leaves") as caught:
        sync(copy, FolderSource(lay(FORK, tmp_path / "fork", size)))
    found = gossip.rechecked(
        (tmp_path / "copy" / caught.value.evidence).read_bytes(), gossip.log_of(TRUE.vkey)
    )
    assert (found[0].note, found[1].note) == (TRUE.signed(), FORK.signed(size))
    assert found[2].outcome is Outcome.SPLIT
    assert copy.tiles.get("checkpoint") == TRUE.signed()
    grown = SmallLog().grown_to(400)
    assert sync(copy, FolderSource(lay(grown, tmp_path / "grown"))).size == 400


def test_a_fork_of_what_is_half_fetched_is_found_too(tmp_path: Path) -> None:
    copy = mirror(tmp_path / "copy", TRUE)
    folder = lay(TRUE, tmp_path / "true")
    (folder / "tile/entries/001.p/44").unlink()
    with pytest.raises(Exception, match="does not have"):
        sync(copy, FolderSource(folder))
    with pytest.raises(Contradicted, match="two different trees"):
        sync(copy, FolderSource(lay(FORK, tmp_path / "fork")))
