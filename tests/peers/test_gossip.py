"""What two holders of checkpoints find out about the log, over files, folders, mirrors and witnesses."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.mirroring import lay, web
from tests.truce import truce
from tests.witnessing import NOW, SmallLog, served, signer
from trucekeeper.kernel import canon
from trucekeeper.kernel.clock import SetClock
from trucekeeper.kernel.errors import BadInput, NotFound, NotTrusted
from trucekeeper.peers import gossip as asking
from trucekeeper.peers.fetching import FolderSource, WebSource
from trucekeeper.peers.mirror import nodes_of
from trucekeeper.record import gossip
from trucekeeper.record.gossip import Outcome, Shown
from trucekeeper.stores.witness_folder import Witness, make_witness, watch

LOG = SmallLog().grown_to(700)
FORK = SmallLog().grown_to(300).grown_to(700, "other")
KNOWN = gossip.log_of(LOG.vkey)


def shown(log: SmallLog, size: int, name: str = "somebody") -> Shown:
    return gossip.shown(name, log.signed(size), KNOWN)


def tree(folder: Path, log: SmallLog, size: int) -> asking.Trees:
    found = asking.view(FolderSource(lay(log, folder, size)), KNOWN)[1]
    assert found is not None
    return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("log")


@given(small=st.integers(0, 700), large=st.integers(0, 700))
def test_a_log_that_only_grew_is_consistent(folder: Path, small: int, large: int) -> None:
    size = max(small, large)
    found = asking.compared(shown(LOG, small), shown(LOG, large), [tree(folder / str(size), LOG, size)])
    assert found.outcome is Outcome.CONSISTENT


@given(small=st.integers(301, 700), large=st.integers(301, 700))
def test_a_fork_is_proven_to_anybody_by_its_evidence_alone(folder: Path, small: int, large: int) -> None:
    one, other = shown(LOG, small, "anna"), shown(FORK, large, "bert")
    larger = FORK if large >= small else LOG
    trees = [tree(folder / f"{larger is FORK}{max(small, large)}", larger, max(small, large))]
    found = asking.compared(one, other, trees)
    assert found.outcome is Outcome.SPLIT
    data = gossip.evidence(one, other, found, NOW)
    again = gossip.rechecked(data, KNOWN)
    assert (again[0].source, again[1].source, again[2].outcome) == ("anna", "bert", Outcome.SPLIT)


def test_different_sizes_without_tiles_are_never_called_consistent() -> None:
    found = asking.compared(shown(LOG, 400), shown(LOG, 700), [])
    assert (found.outcome, found.before) == (Outcome.UNKNOWN, None)


def test_false_tiles_neither_accuse_nor_acquit(tmp_path: Path) -> None:
    false = tree(tmp_path / "fork", FORK, 700)
    assert asking.compared(shown(LOG, 400), shown(LOG, 700), [false]).outcome is Outcome.UNKNOWN
    true = tree(tmp_path / "log", LOG, 700)
    assert asking.compared(shown(LOG, 400), shown(LOG, 700), [false, true]).outcome is Outcome.CONSISTENT
    for path in (tmp_path / "log/tile/0").rglob("00*"):
        if path.is_file():
            path.write_bytes(bytes([path.read_bytes()[0] ^ 1]) + path.read_bytes()[1:])
    fresh = nodes_of(FolderSource(tmp_path / "log"))
    assert asking.compared(shown(LOG, 401), shown(LOG, 700), [fresh]).outcome is Outcome.UNKNOWN


def test_evidence_proves_what_it_holds_and_not_what_it_says(tmp_path: Path) -> None:
    one, other = shown(LOG, 400), shown(LOG, 700)
    true = asking.compared(one, other, [tree(tmp_path, LOG, 700)])
    value = canon.decode_object(gossip.evidence(one, other, true, NOW))
    lied = canon.encode({**value, "found": "split view", "why": "they cheat"})
    assert gossip.rechecked(lied, KNOWN)[2].outcome is Outcome.CONSISTENT
    without = canon.encode({**value, "before": None})
    assert gossip.rechecked(without, KNOWN)[2].outcome is Outcome.UNKNOWN
    false = canon.encode({**value, "proof": []})
    assert gossip.rechecked(false, KNOWN)[2].outcome is Outcome.UNKNOWN
    unsigned = canon.encode({**value, "checkpoints": [{"from": "x", "note": "a\n\nb"}] * 2})
    with pytest.raises(NotTrusted, match="x gave no checkpoint"):
        gossip.rechecked(unsigned, KNOWN)
    for broken in (
        b"{}",
        canon.encode({**value, "kind": "other"}),
        canon.encode({**value, "checkpoints": []}),
    ):
        with pytest.raises(BadInput):
            gossip.rechecked(broken, KNOWN)


@pytest.mark.parametrize("stranger", [SmallLog("sea.example/log"), SmallLog(key=signer("other"))])
def test_a_checkpoint_of_another_log_or_key_is_no_view_of_this_one(stranger: SmallLog) -> None:
    with pytest.raises(NotTrusted, match="gave no checkpoint"):
        gossip.shown("somebody", stranger.signed(), KNOWN)


def test_a_witness_and_a_mirror_are_asked_by_address(tmp_path: Path) -> None:
    make_witness(tmp_path / "witness", "anna")
    watch(tmp_path / "witness", LOG.vkey)
    with Witness(tmp_path / "witness", SetClock(NOW)) as witness:
        witness.submit(LOG.request(0, 500))
    with (
        served(tmp_path / "witness", SetClock(NOW)) as url,
        web(lay(LOG, tmp_path / "office" / "log", 600)) as mirror,
    ):
        one, no_tree = asking.view(WebSource(url), KNOWN)
        other, its_tree = asking.view(WebSource(mirror), KNOWN)
        with web(tmp_path / "office") as office:
            assert asking.view(WebSource(office), KNOWN)[0].stated.size == 600
        assert (one.stated.size, no_tree) == (500, None)
        assert its_tree is not None
        assert asking.compared(one, other, [its_tree]).outcome is Outcome.CONSISTENT
    (tmp_path / "empty").mkdir()
    with pytest.raises(NotFound, match="holds no checkpoint"):
        asking.view(FolderSource(tmp_path / "empty"), KNOWN)


def test_the_command_says_what_it_found_and_keeps_the_proof(tmp_path: Path) -> None:
    key = tmp_path / "log.vkey"
    key.write_text(LOG.vkey + "\n")
    (tmp_path / "a").write_bytes(LOG.signed(400))
    (tmp_path / "b").write_bytes(FORK.signed(400))
    (tmp_path / "c").write_bytes(LOG.signed(300))
    lay(LOG, tmp_path / "mirror")
    into = ("--into", str(tmp_path), "--key", str(key))
    done = truce(
        "gossip", str(tmp_path / "a"), str(tmp_path / "c"), "--mirror", str(tmp_path / "mirror"), *into
    )
    assert (done.code, done.out.count(": consistent, ")) == (0, 3)
    done = truce("gossip", str(tmp_path / "a"), str(tmp_path / "c"), *into)
    assert (done.code, done.out.count(": could not be compared, ")) == (6, 1)
    done = truce("gossip", str(tmp_path / "a"), str(tmp_path / "b"), *into)
    assert done.code == 3
    assert "a and b: split view, the log signed two different trees of 400 leaves." in done.out
    (kept,) = tmp_path.glob("evidence-400-400-*.json")
    done = truce("gossip", "--evidence", str(kept), "--key", str(key))
    assert (done.code, ": split view, " in done.out) == (3, True)
    told = truce("gossip", str(tmp_path / "a"), str(tmp_path / "c"), "--json", *into)
    assert told.code == 6
    assert "could not be compared" in json.dumps(told.json)
    assert truce("gossip", str(tmp_path / "a"), "--key", str(key)).code == 2
