"""An old checkpoint, a shorter log or another view is handed to somebody who kept what came after."""

from pathlib import Path

import pytest

from tests.attacks.office import rebuilt
from tests.record.kit import VKEY, new_record, sealed
from trucekeeper.kernel.canon import Json
from trucekeeper.record.bundle import collect
from trucekeeper.record.ref import Ref
from trucekeeper.verifier.notes import Refused
from trucekeeper.verifier.verify import verify_bundle

REF = [Ref(1)]


def test_a_bundle_that_was_true_once_is_refused_by_whoever_kept_a_later_checkpoint(tmp_path: Path) -> None:
    with new_record(tmp_path) as record:
        record.append([sealed(number=1)])
        old = collect(record, REF, "x")
        record.append([sealed(number=2)])
        kept = record.checkpoint().decode()
        new = collect(record, REF, "x", since=2)
    assert verify_bundle(old, VKEY).checkpoint.size == 2
    with pytest.raises(Refused, match="step 4: yours has 3 leaves, this 2: it was cut short"):
        verify_bundle(old, VKEY, older=kept)
    assert verify_bundle(new, VKEY, older=kept).steps[3].endswith("extends the checkpoint of 3 leaves")


def test_an_old_checkpoint_in_a_new_bundle_does_not_hold_the_new_entries(tmp_path: Path) -> None:
    with new_record(tmp_path) as record:
        record.append([sealed(number=1)])
        old = record.checkpoint().decode()
        record.append([sealed(number=2)])
        data = collect(record, [Ref(1), Ref(2)], "x")

    def replay(value: dict[str, Json]) -> None:
        value["checkpoint"] = old

    assert verify_bundle(data, VKEY).checkpoint.size == 3
    with pytest.raises(Refused, match=r"step 5: entry \d is not in the tree"):
        verify_bundle(rebuilt(data, replay), VKEY)


def test_a_fork_shown_to_one_party_does_not_extend_what_it_kept(tmp_path: Path) -> None:
    """Both views are whole and signed; only the one that grew from the kept checkpoint passes."""
    bundles, kept = [], []
    for view in (1, 2):
        folder = tmp_path / str(view)
        folder.mkdir()
        with new_record(folder) as record:
            record.append([sealed(number=view)])
            kept.append(record.checkpoint().decode())
            record.append([sealed(number=3)])
            bundles.append(collect(record, REF, "x", since=2))
    for one, data in enumerate(bundles):
        assert verify_bundle(data, VKEY, older=kept[one]).checkpoint.size == 3
        with pytest.raises(Refused, match="step 4: it does not extend yours of 2 leaves: keep both"):
            verify_bundle(data, VKEY, older=kept[1 - one])
