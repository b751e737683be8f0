"""``truce media`` as a clerk uses it: add, list, copy, hand over, import an archive, check."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.feeds.test_auto_archiver import VIDEO, written
from tests.office_kit import new_kit
from tests.truce import truce


@pytest.fixture
def root(tmp_path: Path) -> Iterator[Path]:
    """A new office, closed again."""
    made = new_kit(tmp_path / "office")
    made.office.close()
    return tmp_path / "office"


def test_a_file_goes_in_out_and_on(root: Path, tmp_path: Path) -> None:
    picture = tmp_path / "shore.jpg"
    picture.write_bytes(b"a picture of the shore")
    added = truce("media", "add", picture, "--from", "patrol-lake", "--office", root, "--json")
    assert added.code == 0, added.err
    digest = added.json[0]["sha256"]
    copy = tmp_path / "copy.jpg"
    assert truce("media", "copy", digest, "--into", copy, "--for", "cleo", "--office", root).code == 0
    assert copy.read_bytes() == picture.read_bytes()
    again = truce("media", "copy", digest, "--into", copy, "--for", "cleo", "--office", root)
    assert again.code == 2
    assert "is there already" in again.err
    handed = truce(
        "media", "hand-over", digest, "--to", "archive.example", "--purpose", "mission", "--office", root
    )
    assert handed.code == 0, handed.err
    back = truce("media", "take-back", digest, "--from", "nobody.example", "--office", root)
    assert back.code == 6
    told = truce("media", "chain", digest, "--office", root, "--json").json
    assert [step["act"] for step in told["steps"]] == ["received", "copied", "handed-over"]
    chain = truce("media", "chain", digest, "--office", root)
    assert "handed-over" in chain.out
    assert "The chain is whole." in chain.out
    assert "held by archive.example" in truce("media", "list", "--office", root).out
    assert truce("media", "check", "--office", root).code == 0


def test_an_archive_is_taken_as_it_is_and_a_wrong_file_is_refused(root: Path, tmp_path: Path) -> None:
    good = truce(
        "media", "import-archive", written(tmp_path / "good"), "--from", "daily-tern", "--office", root
    )
    assert good.code == 0, good.err
    assert good.out.count("taken in") == 5
    bad = written(tmp_path / "bad", stated=f"SHA-256:{'0' * 64}")
    refused = truce("media", "import-archive", bad, "--from", "daily-tern", "--office", root, "--json")
    assert refused.code == 8
    assert [one["file"] for one in refused.json if not one["taken"]] == ["video.mp4"]
    assert truce("media", "check", "--office", root).out.startswith(
        "6 files are what"
    )  # a second metadata.json
    assert VIDEO not in b"".join(path.read_bytes() for path in (root / "vault").rglob("*") if path.is_file())


def test_a_file_that_is_not_there_gets_one_sentence(root: Path, tmp_path: Path) -> None:
    done = truce("media", "add", tmp_path / "nowhere.jpg", "--from", "patrol-lake", "--office", root)
    assert done.code == 5
    assert done.err == "truce: there is no file nowhere.jpg; name one that is there.\n"
