"""A manifest inside a picture is read and kept; without one nothing is said, and a broken one is never valid."""

import json
from pathlib import Path

import pytest

from tests.custody import pictures
from trucekeeper.feeds import provenance

pytest.importorskip("c2pa", reason="not run: needs c2pa-python, the optional extra 'provenance'")


def test_a_plain_picture_says_nothing(tmp_path: Path) -> None:
    path = tmp_path / "plain.png"
    path.write_bytes(pictures.plain())
    assert provenance.said(path) is None


def test_a_manifest_is_read_as_it_stands(tmp_path: Path) -> None:
    path = tmp_path / "signed.png"
    path.write_bytes(pictures.with_manifest())
    said = provenance.said(path)
    assert said is not None
    assert said.state == "valid"  # and not "trusted": nobody vouches for the camera's certificate
    store = json.loads(said.manifest or b"{}")
    active = store["manifests"][store["active_manifest"]]
    assert active["title"] == "shore.png"


def test_a_picture_changed_after_it_was_signed_is_not_valid(tmp_path: Path) -> None:
    data = pictures.with_manifest(shade=100)
    other = pictures.plain(shade=101)
    start = other.index(b"IDAT") + 4
    end = other.index(b"IEND") - 8
    at = data.rindex(b"IDAT") + 4
    changed = data[:at] + other[start:end] + data[at + end - start :]
    assert changed != data
    path = tmp_path / "changed.png"
    path.write_bytes(changed)
    said = provenance.said(path)
    assert said is not None
    assert said.state in {"invalid", "unread"}


def test_a_mark_without_a_manifest_behind_it_is_unread(tmp_path: Path) -> None:
    path = tmp_path / "odd.png"
    path.write_bytes(pictures.plain() + b"jumdc2pa" + bytes(100))
    said = provenance.said(path)
    assert said is not None
    assert said.state == "unread"
    assert said.manifest is None
