"""A log that shrinks, or an old checkpoint that is served again, to a mirror that has seen more."""

from pathlib import Path

import pytest

from tests.mirroring import lay, mirror
from tests.truce import truce
from tests.witnessing import SmallLog
from trucekeeper.peers.fetching import FolderSource
from trucekeeper.peers.mirror import Contradicted, sync
from trucekeeper.record import gossip
from trucekeeper.record.gossip import Outcome

LOG = SmallLog().grown_to(300)


@pytest.mark.parametrize("old", [0, 1, 255, 256, 299])
def test_an_old_checkpoint_is_refused_and_kept(tmp_path: Path, old: int) -> None:
    copy = mirror(tmp_path / "copy", LOG)
    sync(copy, FolderSource(lay(LOG, tmp_path / "log")))
    (tmp_path / "log/checkpoint").write_bytes(LOG.signed(old))
    with pytest.raises(Contradicted, match=f"shown with 300 leaves before and with {old} now") as caught:
        sync(copy, FolderSource(tmp_path / "log"))
    data = (tmp_path / "copy" / caught.value.evidence).read_bytes()
    one, other, found = gossip.rechecked(data, gossip.log_of(LOG.vkey))
    assert (one.note, other.note) == (LOG.signed(), LOG.signed(old))
    assert found.outcome is Outcome.CONSISTENT  # the two notes alone accuse nobody: it may be an old copy
    assert copy.tiles.get("checkpoint") == LOG.signed()


def test_a_log_cut_short_and_written_on_otherwise_is_a_split_view(tmp_path: Path) -> None:
    copy = mirror(tmp_path / "copy", LOG)
    sync(copy, FolderSource(lay(LOG, tmp_path / "log")))
    rewritten = SmallLog().grown_to(200).grown_to(260, "other")
    with pytest.raises(
        Contradicted, match="two different trees of 260 leaves, one of them inside its tree of 300"
    ):
        sync(copy, FolderSource(lay(rewritten, tmp_path / "rewritten")))


def test_the_command_ends_with_3_and_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "log.vkey").write_text(LOG.vkey)
    words = ("--into", str(tmp_path / "copy"), "--key", str(tmp_path / "log.vkey"), "--once")
    lay(LOG, tmp_path / "log")
    for _ in range(2):
        assert truce("mirror", str(tmp_path / "log"), *words).code == 0
    (tmp_path / "log/checkpoint").write_bytes(LOG.signed(100))
    done = truce("mirror", str(tmp_path / "log"), *words)
    assert (done.code, done.err.count("\n")) == (3, 1)
    assert "keep evidence/" in done.err
