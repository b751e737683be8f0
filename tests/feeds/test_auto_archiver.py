"""A folder of auto-archiver is read as it is: stated hashes are held against the files, links lead nowhere."""

import hashlib
import json
from pathlib import Path

import pytest

from trucekeeper.feeds.auto_archiver import Archived, archived
from trucekeeper.kernel.errors import BadInput, NotFound

VIDEO, PAGE, TOKEN = b"a video of the shore", b"PK a web archive", b"\x30\x03 a token"


def written(folder: Path, stated: str | None = None) -> Path:
    """What auto-archiver 1.2 leaves for one page: a video, a WACZ, the hashes and a token over them."""
    folder.mkdir()
    (folder / "video.mp4").write_bytes(VIDEO)
    (folder / "page.wacz").write_bytes(PAGE)
    (folder / "hashes.txt").write_bytes(b"the hashes")
    (folder / "timestamp_token_authority-example").write_bytes(TOKEN)
    properties = {"hash": stated or f"SHA-256:{hashlib.sha256(VIDEO).hexdigest()}", "duration": 3}
    token = {
        "filename": "/tmp/ab/timestamp_token_authority-example", "_key": None, "urls": [], "_mimetype": None,
        "properties": {"tsa": "authority.example"},
    }  # fmt: skip
    item = {
        "status": "generic_extractor: success",
        "metadata": {"url": "page.example/shore", "_processed_at": "2026-03-02 10:00:00+00:00", "title": "Shore"},
        "media": [
            {
                "filename": "/tmp/ab/video.mp4", "_key": "x/video.mp4", "urls": [], "_mimetype": "video/mp4",
                "properties": properties,
            },
            {
                "filename": "page.wacz", "_key": None, "urls": [], "_mimetype": None,
                "properties": {"hash": f"SHA3-512:{hashlib.sha3_512(PAGE).hexdigest()}"},
            },
            {
                "filename": "hashes.txt", "_key": None, "urls": [], "_mimetype": None,
                "properties": {"timestamp_authority_files": [token]},
            },
        ],
    }  # fmt: skip
    (folder / "metadata.json").write_text(json.dumps(item))
    return folder


def by_name(found: tuple[Archived, ...]) -> dict[str, Archived]:
    return {one.path.name: one for one in found}


def test_files_come_with_what_is_stated_of_them(tmp_path: Path) -> None:
    found = by_name(archived(written(tmp_path / "archive")))
    assert {name: one.stated for name, one in found.items()} == {
        "hashes.txt": "no-hash",
        "metadata.json": "unmentioned",
        "page.wacz": "agrees",
        "timestamp_token_authority-example": "no-hash",
        "video.mp4": "agrees",
    }
    assert found["page.wacz"].media_type == "application/wacz"
    assert found["video.mp4"].media_type == "video/mp4"
    assert found["video.mp4"].page == "page.example/shore"
    token = found["timestamp_token_authority-example"]
    assert token.media_type == "application/timestamp-token"
    assert token.of == found["hashes.txt"].sha256


def test_a_file_that_is_not_the_one_stated_differs(tmp_path: Path) -> None:
    found = by_name(archived(written(tmp_path / "archive", stated=f"SHA-256:{'0' * 64}")))
    assert found["video.mp4"].stated == "differs"


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    folder = written(tmp_path / "archive")
    (folder / "secrets").symlink_to("/etc")
    with pytest.raises(BadInput, match="link"):
        archived(folder)


@pytest.mark.parametrize("text", ["[]", "{", '{"media": 3}', '{"media": [{"filename": 4}]}', "[" * 100_000])
def test_json_of_something_else_is_not_taken_for_an_archive(tmp_path: Path, text: str) -> None:
    (tmp_path / "other.json").write_text(text)
    with pytest.raises(BadInput, match=r"no JSON of auto-archiver"):
        archived(tmp_path)
    with pytest.raises(NotFound):
        archived(tmp_path / "nowhere")
