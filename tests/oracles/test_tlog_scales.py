"""tlog-scales, a reader of tiles by others, gets our roots, proofs and leaves; and takes the proofs that we make."""

import random
from pathlib import Path

import pytest
import tlog_scales.tlog
from tlog_scales.backend import HttpBackend, LocalBackend
from tlog_scales.reader import TilesReader
from tlog_scales.signing import Vkey

from tests.oracles.grown import SIZES, grown_log, served_log
from trucekeeper.kernel import merkle
from trucekeeper.record import checkpoint, tiles
from trucekeeper.record.tiles import TileNodes
from trucekeeper.stores.tile_folder import TileFolder


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    return grown_log(tmp_path_factory.mktemp("scales"))


def stated(log: Path) -> checkpoint.Checkpoint:
    return checkpoint.verified((log / "checkpoint").read_bytes(), vkey(log))


def vkey(log: Path) -> str:
    return (log / "log.vkey").read_text().strip()


def leaf_hash(log: Path, index: int) -> bytes:
    path = tiles.bundle_path(index // 256, min(256, stated(log).size - index // 256 * 256))
    return merkle.leaf_hash(tiles.unbundle((log / path).read_bytes())[index % 256])


@pytest.mark.parametrize("size", SIZES)
def test_it_reads_checkpoint_root_and_leaves_as_they_are(logs: dict[int, Path], size: int) -> None:
    log = logs[size]
    with served_log(log) as address:
        for backend in (LocalBackend(log), HttpBackend(address)):
            reader = TilesReader(backend)
            read = reader.get_checkpoint()
            read.verify(Vkey.from_string(vkey(log)))
            assert (read.size, read.root_hash) == (size, stated(log).root)
            assert reader.calculate_root_hash() == read.root_hash
            for index in {0, size // 2, size - 1}:
                assert merkle.leaf_hash(reader.get_entry(index)) == leaf_hash(log, index)


@pytest.mark.parametrize("size", SIZES)
def test_its_proofs_are_ours(logs: dict[int, Path], size: int) -> None:
    log = logs[size]
    reader = TilesReader(LocalBackend(log))
    reader.set_size(size)
    nodes = TileNodes(TileFolder(log).get, size)
    drawn = random.Random(size)
    for index in {0, size - 1, *(drawn.randrange(size) for _ in range(20))}:
        ours = merkle.inclusion(index, size, nodes)
        theirs = reader.get_inclusion_proof(index, size)
        assert tuple(theirs.node_hashes) == ours
        theirs.check(leaf_hash(log, index), stated(log).root)
        assert merkle.verify_inclusion(leaf_hash(log, index), index, size, ours, stated(log).root)
    for old in SIZES:
        if old > size:
            continue
        ours = merkle.consistency(old, size, nodes)
        made = reader.get_consistency_proof(old, size)
        assert tuple(made.node_hashes) == ours
        made.check(stated(logs[old]).root, stated(log).root)


def test_a_flipped_proof_is_refused_by_both(logs: dict[int, Path]) -> None:
    log, size, index = logs[511], 511, 300
    proof = merkle.inclusion(index, size, TileNodes(TileFolder(log).get, size))
    root, leaf = stated(log).root, leaf_hash(log, index)
    for at in range(len(proof)):
        wrong = [*proof]
        wrong[at] = bytes([wrong[at][0] ^ 1]) + wrong[at][1:]
        assert not merkle.verify_inclusion(leaf, index, size, wrong, root)
        with pytest.raises(tlog_scales.tlog.InclusionProofInvalid):
            tlog_scales.tlog.InclusionProof(index, size, wrong).check(leaf, root)
