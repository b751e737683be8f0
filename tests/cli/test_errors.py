"""Whatever is wrong, the answer is one sentence and a documented exit status."""

import json
import shutil
import socket
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.truce import sentence, spawned, truce
from trucekeeper.office.wiring import open_office

EVIDENCE = {"schema": "evidence/v1"} | {
    name: [] for name in ("sides", "modalities", "sources", "hypotheses", "statements", "watches")
}
INPUT, TRUST, PERMISSION, MISSING, CONFLICT, DAMAGED = 2, 3, 4, 5, 6, 7


@pytest.fixture(scope="module")
def place(drilled: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder full of things that are not what a command needs."""
    here = tmp_path_factory.mktemp("wrong")
    shutil.copytree(drilled, here / "office")
    (here / "folder").mkdir()
    (here / "half" / "log").mkdir(parents=True)
    (here / "empty").touch()
    (here / "noise").write_bytes(b"\xff\xfe\x00noise")
    (here / "noise.pem").write_bytes(b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")
    (here / "noise.pem").chmod(0o600)
    (here / "open.pem").write_bytes((here / "office" / "keys" / "officer.pem").read_bytes())
    (here / "open.pem").chmod(0o644)
    (here / "deep.json").write_text("[" * 100_000)
    (here / "float.json").write_text('{"a": 1.5}')
    (here / "cut.json").write_text('{"a": ')
    (here / "list.json").write_text("[]")
    (here / "evidence.json").write_text(json.dumps(EVIDENCE))
    (here / "huge.bin").touch()
    with (here / "huge.bin").open("r+b") as file:
        file.truncate(65 << 20)
    shutil.copy(next((here / "office" / "bundles").iterdir()), here / "good.bundle")
    return here


WRONG = {
    # an office that is not there, not finished, or no office
    "status --office {}/nowhere": (MISSING, "there is no such office folder"),
    "status --office {}/half": (DAMAGED, "was never finished"),
    "status --office {}/folder": (MISSING, "this folder is no office"),
    "rebuild --office {}/empty": (MISSING, "there is no such office folder"),
    "serve --office {}/nowhere": (MISSING, "there is no such office folder"),
    "demo --office {}/empty --days 1": (CONFLICT, "not empty"),
    "demo --office {}/office --days 1": (CONFLICT, "an office in this folder already"),
    # the record
    "record show garbage --office {}/office": (INPUT, "names no entry"),
    "record show 99999 --office {}/office": (MISSING, "no entry 99999"),
    "record show 3.99999 --office {}/office": (MISSING, "no row 3.99999"),
    "record show 2.0 --office {}/office": (MISSING, "no row 2.0"),
    "record since 99999 --office {}/office": (INPUT, "are more"),
    # keys and signing
    "keys new {}/good.bundle": (CONFLICT, "already there"),
    "keys new {}/nowhere/key.pem": (INPUT, "cannot be written"),
    "keys show --key {}/nowhere": (MISSING, "is not there"),
    "keys show --key {}/folder": (INPUT, "cannot be read"),
    "keys show --key {}/noise.pem": (INPUT, "holds no Ed25519 key"),
    "keys show --key {}/open.pem": (TRUST, "can be read by others"),
    "sign vote/v1 {}/nowhere {}/out --key {}/office/keys/officer.pem --origin o": (MISSING, "cannot be read"),
    "sign vote/v1 {}/noise {}/out --key {}/office/keys/officer.pem --origin o": (INPUT, "is not JSON"),
    "sign vote/v1 {}/cut.json {}/out --key {}/office/keys/officer.pem --origin o": (INPUT, "is not JSON"),
    "sign vote/v1 {}/deep.json {}/out --key {}/office/keys/officer.pem --origin o": (INPUT, "is not JSON"),
    "sign vote/v1 {}/float.json {}/out --key {}/office/keys/officer.pem --origin o": (INPUT, "whole numbers"),
    "sign vote/v1 {}/list.json {}/out --key {}/office/keys/officer.pem --origin o": (
        INPUT,
        "not a JSON object",
    ),
    # what comes in
    "receive {}/noise --office {}/office": (INPUT, "not UTF-8"),
    "receive {}/empty --office {}/office": (INPUT, "not JSON"),
    "receive {}/deep.json --office {}/office": (INPUT, "a document"),
    "receive {}/huge.bin --office {}/office": (INPUT, "larger than 64 MiB"),
    "receive {}/nowhere --office {}/office": (MISSING, "cannot be read"),
    "import {}/folder --office {}/office": (MISSING, "cannot be opened"),
    "import {}/empty --office {}/office": (INPUT, "the file is empty"),
    "import {}/noise --office {}/office": (INPUT, "UTF-16"),
    "import {}/good.bundle --office {}/office --feed rumour": (INPUT, "is no feed"),
    "template {}/list.pdf": (INPUT, "neither in .csv nor in .xlsx"),
    "template {}/nowhere/t.csv": (INPUT, "cannot be written"),
    "source add who --medium rumour --office {}/office": (INPUT, "is no medium"),
    "source add who --medium patrol --interest party-z --office {}/office": (INPUT, "is no party"),
    "source add who --medium patrol --reliability Z --office {}/office": (INPUT, "reliability"),
    # casework
    "correct 99999 --says why --office {}/office": (MISSING, "not on the record yet"),
    "correct x --says why --office {}/office": (INPUT, "names no entry"),
    "incident INC-2026-999999 --office {}/office": (MISSING, "no incident"),
    "incident ../../etc --office {}/office": (MISSING, "no incident"),
    "merge INC-2026-000001 INC-2026-000001 --office {}/office": (CONFLICT, "with itself"),
    "split INC-2026-000001 9.x --office {}/office": (INPUT, "names no entry"),
    "split INC-2026-000001 0 --office {}/office": (MISSING, "is no observation"),
    "draft INC-2026-999999 --office {}/office": (MISSING, "no incident"),
    # what leaves
    "report 2026-02-29 --office {}/office": (INPUT, "is no day"),
    "report 0000-01-01 --office {}/office": (INPUT, "is no day"),
    "report 0001-01-01 --office {}/office": (INPUT, "in force from 2026-03-01"),
    "report 9999-12-31 --office {}/office": (CONFLICT, "has not reached its cut-off"),
    "report 2026-03-02 --office {}/office": (CONFLICT, "is published"),
    "report 2026-03-09 --restore --office {}/office": (MISSING, "publish it first"),
    "bundle INC-2026-000001 --since 99999 --office {}/office": (INPUT, "the smaller size first"),
    "bundle nonsense --office {}/office": (MISSING, "no incident"),
    "verify {}/noise --key {}/office/log/log.vkey": (TRUST, "step 1"),
    "verify {}/deep.json --key {}/office/log/log.vkey": (TRUST, "step 1"),
    "verify {}/good.bundle --key {}/noise": (INPUT, "a verifier key"),
    "verify {}/good.bundle --key {}/nowhere": (MISSING, "cannot be read"),
    "verify {}/good.bundle --key {}/office/log/log.vkey --older {}/noise": (TRUST, "step 4"),
    "verify {}/good.bundle --key {}/office/log/log.vkey --proof {}/noise": (INPUT, "not base64"),
    # notices
    "notice form ship {}/out": (INPUT, "is no kind of notice"),
    "notice form site {}/good.bundle": (INPUT, "cannot be written"),
    "notice new {}/noise --office {}/office --key {}/office/keys/officer.pem": (INPUT, "form"),
    "notice new {}/empty --office {}/office --key {}/office/keys/officer.pem": (INPUT, "form"),
    "notice new {}/nowhere --office {}/office --key {}/office/keys/officer.pem": (MISSING, "cannot be read"),
    "notice seal {}/cut.json {}/out --key {}/office/keys/officer.pem --origin o": (INPUT, "form"),
    "notice show 99999 --office {}/office": (MISSING, "announced no notice"),
    "notice check 2 --office {}/office": (MISSING, "announced no notice"),
    "notice struck 2 --office {}/office": (MISSING, "is no case"),
    "notice hand-over 99999 {}/out --office {}/office": (MISSING, "announced no notice"),
    "notice take-over {}/noise --vkey {}/office/log/log.vkey --office {}/office": (TRUST, "step 1"),
    "notice take-over {}/good.bundle --vkey {}/noise --office {}/office": (INPUT, "a verifier key"),
    "notice take-over {}/good.bundle --vkey {}/office/log/log.vkey --office {}/office": (
        INPUT,
        "first version",
    ),
    "conflicts of 99999 --office {}/office": (MISSING, "announced no notice"),
    "conflicts at {}/noise --office {}/office": (INPUT, "form"),
    "conflicts near nowhere --office {}/office": (INPUT, "nowhere"),
    # weighing
    "weigh {}/nowhere": (MISSING, "cannot be read"),
    "weigh {}/noise": (INPUT, "is not JSON"),
    "weigh {}/list.json": (INPUT, "is not an object"),
    "weigh {}/cut.json": (INPUT, "is not JSON"),
    "weigh {}/evidence.json --fit {}/list.json": (INPUT, "not a JSON object"),
    "weigh {}/evidence.json --only nothing": (MISSING, "has no hypothesis"),
    "weigh {}/evidence.json --fit {}/list.json --learn {}/out": (INPUT, "not both"),
    "weigh {}/evidence.json --learn {}/empty": (INPUT, "cannot be written"),
    "weigh INC-2026-999999 --office {}/office": (MISSING, "there is no incident"),
    "evidence {}/empty --office {}/office": (INPUT, "cannot be written"),
    "fit {}/list.json --from {}/evidence.json --office {}/office": (INPUT, "not a JSON object"),
    "fit {}/list.json --from {}/noise --office {}/office": (INPUT, "is not JSON"),
    # the agreement's folder, and runs on given files
    "agreement lint {}/nowhere": (INPUT, "holds no agreement.yaml"),
    "agreement lock {}/empty": (INPUT, "holds no agreement.yaml"),
    "agreement render {}/office/agreement {}/empty": (INPUT, "cannot be written"),
    "agreement lint {}/office/agreement --zone x": (INPUT, "NAME=FILE"),
    "agreement lint {}/office/agreement --zone x={}/nowhere": (MISSING, "cannot be read"),
    "init {}/new --agreement {}/office/agreement --holders {}/noise --origin o": (INPUT, "not UTF-8"),
    "init {}/new --agreement {}/office/agreement --holders {}/empty --origin o": (
        INPUT,
        "'holder' is missing",
    ),
    "run {}/nowhere {}/office/drill/field/day-01/thermal.csv --office {}/new": (MISSING, "agreement.yaml"),
    "run {}/office/agreement {}/nowhere --office {}/new": (MISSING, "cannot be opened"),
    "run {}/office/agreement {}/noise --office {}/new": (INPUT, "UTF-16"),
}


@pytest.mark.parametrize("line", WRONG)
def test_what_is_wrong_is_said_in_one_sentence(line: str, place: Path) -> None:
    code, says = WRONG[line]
    size = truce("status", "--office", place / "office", "--json").json["size"]
    done = truce(*(word.replace("{}", str(place)) for word in line.split()))
    assert says in sentence(done)
    assert done.code == code
    assert truce("status", "--office", place / "office", "--json").json["size"] == size
    assert not (place / "out").exists()
    assert not (place / "new").exists()


def test_an_office_in_use_is_left_to_who_has_it(office: Path) -> None:
    with open_office(office):
        held = spawned("rebuild", "--office", office)
        read = truce("status", "--office", office)
    assert held.code == CONFLICT
    assert "another process is writing" in sentence(held)
    assert read.code == 0


def test_a_taken_port_is_named(office: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = truce("serve", "--office", office, "--port", port)
    assert done.code == CONFLICT
    assert f"port {port} of this machine cannot be had" in sentence(done)


@pytest.mark.parametrize(
    "lost", ["log/tile", "vault", "agreement", "keys/log.pem", "keys/vault.key", "log/log.vkey"]
)
def test_an_office_that_lost_a_part_says_so(office: Path, lost: str) -> None:
    gone = office / lost
    if gone.is_dir():
        shutil.rmtree(gone)
    else:
        gone.unlink()
    done = truce("record", "list", "--office", office)
    other = truce("triage", "--accept", "--office", office)
    assert other.code in {MISSING, DAMAGED, TRUST}
    sentence(other)
    if done.code:
        sentence(done)


@pytest.mark.parametrize(
    "spoilt", ["vault/vault.sqlite", "office.toml", "agreement/agreement.yaml", "log/log.vkey"]
)
def test_an_office_with_a_spoilt_part_says_so(office: Path, spoilt: str) -> None:
    (office / spoilt).write_bytes(b"\xff\x00noise" * 100)
    done = truce("status", "--office", office)
    assert done.code in {INPUT, TRUST, DAMAGED}
    sentence(done)


def test_lost_or_spoilt_projections_cost_nothing(office: Path) -> None:
    before = truce("status", "--office", office, "--json").json
    file = next((office / "projections").glob("*.sqlite"))
    file.unlink()
    assert truce("status", "--office", office, "--json").json == before
    assert truce("rebuild", "--office", office, "--json").json["before"] is None
    assert truce("rebuild", "--office", office, "--json").json["identical"] is True


def test_projections_that_were_tampered_with_are_found(office: Path) -> None:
    file = next((office / "projections").glob("*.sqlite"))
    with sqlite3.connect(file) as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type='table'")]
        table = next(name for name in tables if name == "touchings")
        assert connection.execute(f"DELETE FROM {table}").rowcount > 0
    connection.close()
    done = truce("rebuild", "--office", office)
    assert done.code == DAMAGED
    assert "NOT as before" in done.out
    assert truce("rebuild", "--office", office).code == 0


JSON = (
    "status --office {o}",
    "rebuild --office {o}",
    "triage --office {o}",
    "incident INC-2026-000001 --office {o}",
    "record list --office {o}",
    "record check --office {o}",
    "record integrate --office {o}",
    "audit --office {o}",
    "doctor --office {o}",
    "media add {b} --from patrol-3 --office {o}",
    "media list --office {o}",
    "source list --office {o}",
    "verify {b} --key {o}/log/log.vkey",
    "agreement lint {o}/agreement",
    "import {o}/drill/field/day-01/thermal.csv --office {o}",
    "keys show --key {o}/keys/officer.pem",
    "keys new {o}/new.pem",
)

ELSEWHERE = {
    "attest": "tests/office/test_attest.py",
    "conflicts at": "tests/cli/test_notices.py",
    "conflicts near": "tests/cli/test_notices.py",
    "conflicts of": "tests/cli/test_notices.py",
    "gossip": "tests/peers/test_gossip.py",
    "keys review": "tests/cli/test_keys.py",
    "media chain": "tests/cli/test_media.py",
    "media import-archive": "tests/cli/test_media.py",
    "notice acknowledge": "tests/cli/test_notices.py",
    "notice activate": "tests/cli/test_notices.py",
    "notice amend": "tests/cli/test_notices.py",
    "notice call": "tests/cli/test_notices.py",
    "notice check": "tests/cli/test_notices.py",
    "notice close": "tests/cli/test_notices.py",
    "notice commit": "tests/cli/test_commitments.py",
    "notice commitments": "tests/cli/test_commitments.py",
    "notice confirm": "tests/cli/test_notices.py",
    "notice deviate": "tests/cli/test_notices.py",
    "notice due": "tests/cli/test_notices.py",
    "notice list": "tests/cli/test_notices.py",
    "notice new": "tests/cli/test_notices.py",
    "notice prove": "tests/cli/test_commitments.py",
    "notice release": "tests/cli/test_notices.py",
    "notice reveal": "tests/cli/test_commitments.py",
    "notice show": "tests/cli/test_notices.py",
    "notice struck": "tests/cli/test_notices.py",
    "notice take-over": "tests/cli/test_notices.py",
    "notice transmit": "tests/cli/test_notices.py",
    "notice waive": "tests/cli/test_notices.py",
    "notice withdraw": "tests/cli/test_notices.py",
    "receipt check": "tests/cli/test_receipts.py",
    "receive": "tests/cli/test_receipts.py",
    "timestamp check": "tests/cli/test_timestamps.py",
    "timestamp take": "tests/cli/test_timestamps.py",
    "weigh": "tests/cli/test_weighing.py",
    "witness collect": "tests/office/test_witnessed_office.py",
    "witness show": "tests/cli/test_witness.py",
}
"""Commands whose JSON is tried by the tests of what they need beside an office."""


@pytest.mark.parametrize("line", JSON)
def test_json_is_all_that_stands_on_standard_output(line: str, office: Path) -> None:
    bundle = next((office / "bundles").iterdir())
    run = spawned if line.startswith("import") else truce
    done = run(*line.format(o=office, b=bundle).split(), "--json")
    assert (done.code, done.err) == (0, "")
    assert json.loads(done.out) is not None


def test_every_command_that_offers_json_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    tried = {line.partition(" --")[0].split(" {")[0].split(" INC")[0] for line in JSON}
    assert tried | ELSEWHERE.keys() == set(_offering_json(monkeypatch))


@pytest.mark.parametrize("file", sorted(set(ELSEWHERE.values())))
def test_what_is_said_to_be_tried_elsewhere_is(file: str, root: Path) -> None:
    text = (root / file).read_text("utf-8")
    assert "--json" in text
    last = {words.split()[-1] for words, place in ELSEWHERE.items() if place == file}
    assert [word for word in sorted(last) if f'"{word}"' not in text] == []


def _offering_json(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    from tests.cli.test_help import EVERY  # noqa: PLC0415 - one list of all commands

    monkeypatch.setenv("COLUMNS", "80")
    for words in EVERY:
        if "--json" in truce(*words, "--help").out:
            yield " ".join(words)
