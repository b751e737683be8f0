import stat
from pathlib import Path

import pytest

from trucekeeper.kernel.errors import BadInput, Conflict, Damaged, NotFound
from trucekeeper.office import folder


def test_a_new_office_is_for_its_owner_alone(tmp_path: Path) -> None:
    made = folder.made(tmp_path / "office")
    for path in (made.root, *made.parts):
        assert stat.S_IMODE(path.stat().st_mode) == 0o700


def test_an_office_is_not_made_over_other_files(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("keep me")
    with pytest.raises(Conflict, match="not empty"):
        folder.made(tmp_path)
    assert (tmp_path / "letter.txt").read_text() == "keep me"


def test_an_office_is_not_made_over_an_office(tmp_path: Path) -> None:
    folder.made(tmp_path / "office").settings.write_text("format = 1\n")
    with pytest.raises(Conflict, match="already"):
        folder.made(tmp_path / "office")


def test_a_half_made_office_is_refused(tmp_path: Path) -> None:
    folder.made(tmp_path / "office")
    with pytest.raises(Damaged, match="never finished"):
        folder.opened(tmp_path / "office")


def test_a_folder_that_is_no_office_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no office"):
        folder.opened(tmp_path)
    with pytest.raises(NotFound, match="no such office"):
        folder.opened(tmp_path / "nowhere")


def test_what_can_be_rebuilt_may_be_missing_and_what_cannot_may_not(tmp_path: Path) -> None:
    made = folder.made(tmp_path / "office")
    made.settings.write_text("format = 1\n")
    made.projections.rmdir()
    assert folder.opened(made.root).projections.is_dir()
    made.vault.rmdir()
    with pytest.raises(Damaged, match="vault"):
        folder.opened(made.root)


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    folder.written(tmp_path / "checkpoint", b"one")
    folder.written(tmp_path / "checkpoint", b"two")
    assert (tmp_path / "checkpoint").read_bytes() == b"two"
    assert [path.name for path in tmp_path.iterdir()] == ["checkpoint"]


def test_links_in_an_agreement_are_not_followed(tmp_path: Path) -> None:
    source, target = tmp_path / "from", tmp_path / "to"
    source.mkdir()
    target.mkdir()
    (source / "agreement.yaml").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(BadInput, match="no plain file"):
        folder.copied(source, target)
