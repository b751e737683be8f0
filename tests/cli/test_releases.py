"""What leaves the record, and what is erased from it, by command."""

import json
from pathlib import Path

import pytest

from tests.office_kit import Kit, key_of, new_kit, seen
from tests.truce import truce
from trucekeeper.observations import wire


@pytest.fixture
def office(tmp_path: Path) -> Path:
    """An office with one observation, entry 6, and the key of a member of its panel beside it."""
    kit: Kit = new_kit(tmp_path / "office")
    kit.office.intake.observe((seen("1", note="from the mill"),), kit.office.signer)
    kit.office.close()
    key_of("cleo").save(tmp_path / "cleo.pem")
    return tmp_path / "office"


def done(office: Path, *words: object) -> str:
    made = truce(*words, "--office", office)
    assert (made.code, made.err) == (0, ""), made
    return made.out


def test_a_release_goes_its_way_by_command(office: Path) -> None:
    cleo = office.parent / "cleo.pem"
    asked = ("release", "6", "--to", "guarantors", "--ask")
    assert "6: no; no release in force" in done(office, *asked)
    out = done(office, "release", "6", "--to", "guarantors", "--basis", "annex 2", "--field", "note")
    assert "truce approve 7" in out
    assert "no release in force" in done(office, *asked)
    out = done(office, "approve", "7", "--key", cleo, "--words", "I read it.")
    assert "6: yes, with note" in out
    assert "6: yes, with note" in done(office, *asked)
    again = truce("approve", "7", "--key", cleo, "--words", "Again.", "--office", office)
    assert again.code == 6


def test_an_erasure_goes_its_way_by_command(office: Path) -> None:
    cleo = office.parent / "cleo.pem"
    done(office, "erase", "6", "--basis", "request", "--authority", "commissioner")
    assert '"_sd"' in done(office, "record", "show", "6")
    done(office, "approve", "7", "--key", cleo, "--words", "The request is genuine.")
    shown = truce("record", "show", "6", "--office", office)
    assert shown.code == 5
    assert "from the mill" not in shown.out + shown.err
    assert "erased" in shown.err


def test_consent_and_referrals_are_recorded_by_command(office: Path) -> None:
    assert "entry 7" in done(office, "consent", "6", "--yes", "party", "--no", "public")
    assert "entry 8" in done(office, "consent", "--source", "patrol-lake", "--withdrawn")
    assert "entry 9" in done(office, "refer", "--to", "clinic of the lake")


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("release 6 --to everybody --basis annex", 2),
        ("release --to parties --basis annex", 2),
        ("release 6 --to parties", 2),
        ("release 6 --to parties --basis annex --field note --no-fields", 2),
        ("release 99 --to parties --basis annex", 5),
        ("erase 0 --basis request --authority commissioner", 4),
        ("consent --yes party", 2),
        ("consent 6", 2),
        ("consent 6 --yes gossip", 2),
        ("waive --basis request --key {cleo}", 2),
        ("waive --all --basis request --key {cleo}", 4),
        ("refer --to clinic --kind gossip", 2),
        ("approve 6 --words yes --key {cleo}", 4),
    ],
)
def test_what_cannot_be_is_said_in_one_sentence(office: Path, line: str, code: int) -> None:
    words = line.format(cleo=office.parent / "cleo.pem").split()
    made = truce(*words, "--office", office)
    assert made.code == code, made
    assert made.err.startswith("truce: ")
    assert made.err.count("\n") == 1


def test_an_observation_signed_by_command_tells_its_place_apart(tmp_path: Path, office: Path) -> None:
    body, out = tmp_path / "seen.json", tmp_path / "seen.signed"
    body.write_text(json.dumps(wire.body(seen("2"))), encoding="utf-8")
    key = tmp_path / "ada.pem"
    key_of("ada").save(key)
    made = truce("sign", "observation/v1", body, out, "--key", key, "--origin", "office.example/test")
    assert made.code == 0, made
    assert b"lat_u" not in out.read_bytes()
    assert "Entry 7" in done(office, "receive", out)
