"""``truce timestamp`` as an officer and a court use it: take dates from two authorities, check them offline."""

from pathlib import Path

import pytest

from tests.office_kit import new_kit
from tests.stamping import Authority, answering, authority
from tests.truce import truce
from trucekeeper.office import settings
from trucekeeper.office.settings import TimestampSettings

pytestmark = pytest.mark.needs("openssl")


@pytest.fixture
def office(tmp_path: Path) -> tuple[Path, Authority, Authority]:
    """An office that knows two authorities, not served yet."""
    kit = new_kit(tmp_path / "office")
    kit.office.record.checkpoint()
    kit.office.close()
    return tmp_path / "office", authority(tmp_path / "anna"), authority(tmp_path / "bert")


def named(root: Path, **urls: str) -> None:
    known = tuple(
        TimestampSettings(name=name, url=url, certificate=f"{name}.pem") for name, url in urls.items()
    )
    file = root / "office.toml"
    file.write_text(settings.text(settings.read(file).model_copy(update={"timestamp": known})))


def test_dates_are_taken_from_two_authorities_and_hold_without_them(
    office: tuple[Path, Authority, Authority],
) -> None:
    root, anna, bert = office
    for name, one in (("anna", anna), ("bert", bert)):
        (root / f"{name}.pem").write_bytes(one.root.read_bytes())
    with answering(anna.reply) as first, answering(bert.reply) as second:
        named(root, anna=first, bert=second)
        done = truce("timestamp", "take", "--office", root, "--json")
    assert done.code == 0, done.err
    assert [one["name"] for one in done.json["answers"]] == ["anna", "bert"]
    checked = truce("timestamp", "check", root, "--json")
    assert checked.code == 0, checked.err
    key = ("--key", root / "log" / "log.vkey")
    roots = ("--root", root / "anna.pem", "--root", root / "bert.pem")
    assert truce("timestamp", "check", root / "log", *key, *roots).code == 0
    assert truce("timestamp", "check", root / "log", *key, *roots[:2]).code == 3


def test_one_authority_is_said_to_be_too_few(office: tuple[Path, Authority, Authority]) -> None:
    root, anna, _ = office
    (root / "anna.pem").write_bytes(anna.root.read_bytes())
    with answering(anna.reply) as first:
        named(root, anna=first)
        done = truce("timestamp", "take", "--office", root)
    assert done.code == 6
    assert "Fewer than 2 authorities" in done.out
