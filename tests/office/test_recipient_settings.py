"""Recipients and mail server of office.toml: read, written back, and refused without repeating an address."""

from pathlib import Path

import pytest

from trucekeeper.kernel.errors import BadInput
from trucekeeper.office import settings

BASE = 'origin = "office.example/log"\nagreement = "lakeside"\n'
FULL = (
    BASE
    + """
[[recipient]]
holder = "liaison-a"
alternate = "liaison-a2"
webhook = "https://recipient.example/notices"
certificate = "liaison-a.pem"
email = "post@recipient.example"
hotline = "+00 12 345 678"
channels = ["email", "webhook", "sheet"]

[[recipient]]
holder = "liaison-b"

[mail]
host = "mail.office.example"
port = 2525
sender = "desk@office.example"
user = "desk"
password = "keys/mail"
"""
)


def read(tmp_path: Path, text: str) -> settings.Settings:
    (tmp_path / "office.toml").write_text(text)
    return settings.read(tmp_path / "office.toml")


def test_what_is_read_is_written_back(tmp_path: Path) -> None:
    found = read(tmp_path, FULL)
    assert read(tmp_path, settings.text(found)) == found
    assert found.recipient[0].order == ("email", "webhook", "sheet")
    assert found.recipient[1].order == ("sheet",)


@pytest.mark.parametrize(
    ("given", "order"),
    [
        ('webhook = "https://a.example/"', ("webhook",)),
        ('webhook = "https://a.example/"\nemail = "a@b.example"', ("webhook", "email")),
        ('channels = ["radio"]', ("radio",)),
    ],
)
def test_channels_follow_from_the_addresses(tmp_path: Path, given: str, order: tuple[str, ...]) -> None:
    mail = '\n[mail]\nhost = "m"\nsender = "a@b.example"\n'
    found = read(tmp_path, f'{BASE}\n[[recipient]]\nholder = "x"\n{given}\n{mail}')
    assert found.recipient[0].order == order


@pytest.mark.parametrize(
    "wrong",
    [
        'webhook = "http://secret.example/"',
        'webhook = "https://user:secret@a.example/"',
        'webhook = "file:///secret"',
        'email = "secret"',
        'email = "a@b.example, secret@b.example"',
        'hotline = "secret"',
        'channels = ["pigeon"]',
        'channels = ["webhook"]',
        'channels = ["sheet", "sheet"]',
        'alternate = "x"',
        'certificate = "/etc/secret"',
        'email = "secret@b.example"',
        'pager = "secret"',
    ],
)
def test_what_is_wrong_is_refused_in_one_sentence_without_an_address(tmp_path: Path, wrong: str) -> None:
    with pytest.raises(BadInput, match=r"^office\.toml does not hold at .*; correct this line$") as refused:
        read(tmp_path, f'{BASE}\n[[recipient]]\nholder = "x"\n{wrong}\n')
    assert "secret" not in str(refused.value)


def test_a_holder_is_named_once(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="name the same holder"):
        read(tmp_path, BASE + '\n[[recipient]]\nholder = "x"\n' * 2)
