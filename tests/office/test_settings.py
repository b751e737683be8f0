from pathlib import Path

import pytest

from trucekeeper.kernel.errors import BadInput, Conflict, Damaged
from trucekeeper.office import settings
from trucekeeper.office.settings import LogSettings, Settings, WitnessSettings


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    told = Settings(
        origin="office.example/lakeside",
        agreement='a "quoted" name',
        log_file="office.log",
        log=LogSettings(interval_s=900, pad_to=256),
        witness=(
            WitnessSettings(name="g1", url="https://g1.example/witness"),
            WitnessSettings(name="g2", url="http://127.0.0.1:8471"),
        ),
    )
    (tmp_path / "office.toml").write_text(settings.text(told))
    assert settings.read(tmp_path / "office.toml") == told


def test_an_unknown_setting_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "office.toml").write_text(
        'format = 1\norigin = "o.example/x"\nagreement = "a"\nthreshold = 3\n'
    )
    with pytest.raises(BadInput, match="threshold"):
        settings.read(tmp_path / "office.toml")


def test_an_office_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    (tmp_path / "office.toml").write_text('format = 99\nnew_word = "x"\n')
    with pytest.raises(Conflict, match="newer version"):
        settings.read(tmp_path / "office.toml")


@pytest.mark.parametrize("content", [b"format = ", b"\xff\xfe", b"format 1"])
def test_a_broken_file_is_one_sentence(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "office.toml").write_bytes(content)
    with pytest.raises(Damaged, match=r"office\.toml cannot be read"):
        settings.read(tmp_path / "office.toml")
