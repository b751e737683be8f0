"""Ceremonies as people hold them: keys on sticks, a file that goes from hand to hand, an office that enacts it."""

import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.office_kit import LAKESIDE, seen
from tests.truce import Done, command, sentence, spawned, truce
from trucekeeper.kernel.clock import format_utc, parse_utc
from trucekeeper.kernel.keys import Ed25519Signer
from trucekeeper.kernel.note import COSIGNATURE, Verifier
from trucekeeper.observations import wire
from trucekeeper.office import ceremony

ORIGIN = "office.example/record"
ROLES = {
    "ada": "monitor",
    "liaison-a": "liaison",
    "liaison-b": "liaison",
    "g1": "guarantor",
    "g2": "guarantor",
    "g3": "guarantor",
}
ROOTS = ("root-1", "root-2", "root-3")
SINCE = format_utc(parse_utc("2026-03-01T00:00:00.000Z"))


@dataclass(frozen=True)
class Table:
    """A table with sticks on it, and an office beside it."""

    root: Path

    @property
    def office(self) -> Path:
        return self.root / "office"

    def pem(self, name: str) -> Path:
        return self.root / f"{name}.pem"

    def public(self, name: str) -> str:
        return truce("keys", "show", "--key", self.pem(name), "--json").json["public"]

    def holders(self, name: str = "holders.toml", threshold: int = 2, **keys: str) -> Path:
        """The file of holders; ``keys`` says whose key is which, where it is not called as its holder."""
        lines = ["[root]", f"threshold = {threshold}", "keys = ["]
        lines += [*(f'    "{self.public(one)}",' for one in ROOTS), "]"]
        for person, role in ROLES.items():
            key = keys.get(person.replace("-", "_"), person)
            if key == "nobody":
                continue
            lines += ["", "[[holder]]", f'id = "{person}"', f'role = "{role}"']
            if role == "liaison":
                lines.append(f'party = "party-{person[-1]}"')
            lines += [f'public = "{self.public(key)}"', f'from = "{SINCE}"']
        path = self.root / name
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    def init(self, office: Path, *more: object, origin: str = ORIGIN) -> Done:
        given = ("--agreement", LAKESIDE, "--holders", self.root / "holders.toml", "--origin", origin)
        return truce("init", office, *given, *more)

    def signed(self, file: Path, *names: str) -> str:
        out = ""
        for name in names:
            done = truce("keys", "sign", file, "--key", self.pem(name))
            assert done.code == 0, done.err
            out = done.out
        return out

    def enacted(self, *files: Path, office: Path | None = None) -> str:
        done = truce("keys", "enact", *files, "--office", office or self.office)
        assert done.code == 0, done.err
        return done.out

    def propose(self, out: str, *more: object) -> Path:
        done = truce("keys", "propose", "--office", self.office, "-o", self.root / out, *more)
        assert done.code == 0, done.err
        return self.root / out

    def observed(self, person: str, number: str, key: str | None = None) -> Done:
        source, sealed = self.root / f"{number}.json", self.root / f"{number}.signed"
        source.write_text(json.dumps(wire.body(seen(number))), encoding="utf-8")
        pem = self.pem(key or person)
        assert truce("sign", wire.KIND, source, sealed, "--key", pem, "--origin", ORIGIN).code == 0
        return truce("receive", sealed, "--office", self.office)


@pytest.fixture
def table(tmp_path: Path) -> Table:
    """Keys for everybody, and an office that two of three root keys began."""
    found = Table(tmp_path)
    for name in (*ROLES, *ROOTS, "ada-2", "root-4"):
        assert truce("keys", "new", found.pem(name)).code == 0
    found.holders()
    assert found.init(found.office).code == 0
    found.signed(found.office / "proposal.json", "root-1", "root-3")
    found.enacted(found.office / "proposal.json")
    done = truce(
        "source", "add", "patrol-lake", "--medium", "patrol", "--reliability", "A", "--office", found.office
    )
    assert done.code == 0, done.err
    return found


def test_an_office_with_root_keys_waits_for_their_signatures(tmp_path: Path) -> None:
    table = Table(tmp_path)
    for name in (*ROLES, *ROOTS):
        truce("keys", "new", table.pem(name))
    table.holders()
    done = table.init(table.office)
    assert "waits for 2 root signatures" in done.out
    file = table.office / "proposal.json"
    waiting = truce("status", "--office", table.office)
    assert (waiting.code, "waits for its root signatures" in sentence(waiting)) == (6, True)
    table.signed(file, "root-2")
    few = truce("keys", "enact", file, "--office", table.office)
    assert "lacks 1 of 2 root signatures of the new set" in sentence(few)
    again = truce("keys", "sign", file, "--key", table.pem("root-2"))
    assert "has signed this proposal already" in sentence(again)
    table.signed(file, "root-1")
    assert "The office stands in" in table.enacted(file)
    assert not file.exists()
    listed = truce("record", "list", "--office", table.office)
    assert ("keyset/v1" in listed.out, "agreement/v1" in listed.out) == (True, True)


def test_a_rotation_by_copies_that_went_two_ways(table: Table) -> None:
    assert table.observed("ada", "1").code == 0
    change = table.propose("change.json", "--holders", table.holders("next.toml", ada="ada-2"))
    told = truce("keys", "review", change).out
    assert "changed    ada, monitor" in told
    assert "less key" in told
    assert "more key" in told
    assert max(len(line) for line in told.splitlines()) <= 80
    other = table.root / "other-stick.json"
    shutil.copy(change, other)
    assert "missing    1 of 2 root signatures of the old set" in table.signed(change, "root-1")
    table.signed(other, "root-2")
    assert "version 2 of the key set is in force" in table.enacted(change, other)
    refused = table.observed("ada", "2")
    assert "nobody's mandate" in sentence(refused)
    assert table.observed("ada", "3", key="ada-2").code == 0
    assert truce("keys", "list", "--office", table.office).out.startswith("# Version 2 of the key set")
    stale = truce("keys", "enact", change, other, "--office", table.office)
    assert "does not follow version 2" in sentence(stale)


def test_what_the_list_prints_is_a_file_of_holders_that_changes_nothing(table: Table) -> None:
    file = table.root / "listed.toml"
    file.write_text(truce("keys", "list", "--office", table.office).out, encoding="utf-8")
    change = table.propose("nothing.json", "--holders", file)
    assert truce("keys", "review", change, "--json").json["changes"] == ["  nothing    but the version"]


def test_a_revocation_and_a_change_of_root_keys(table: Table) -> None:
    text = table.holders("less.toml", ada="nobody").read_text("utf-8")
    text = text.replace(table.public("root-3"), table.public("root-4"))
    (table.root / "less.toml").write_text(text, encoding="utf-8")
    change = table.propose("change.json", "--holders", table.root / "less.toml")
    told = truce("keys", "review", change, "--json").json
    assert "  withdrawn  ada, monitor" in told["changes"]
    assert "  root       2 of 3 keys change this set (before: 2 of 3)" in told["changes"]
    table.signed(change, "root-4", "root-1")
    few = truce("keys", "enact", change, "--office", table.office)
    assert "lacks 1 of 2 root signatures of the old set;" in sentence(few)
    table.signed(change, "root-3")
    table.enacted(change)
    assert "nobody's mandate" in sentence(table.observed("ada", "1"))


def test_a_key_without_a_say_does_not_sign(table: Table) -> None:
    change = table.propose("change.json", "--holders", table.holders("next.toml", ada="ada-2"))
    before = change.read_bytes()
    for name in ("ada", "g1", "root-4"):
        done = truce("keys", "sign", change, "--key", table.pem(name))
        assert (done.code, "has no say in this proposal" in sentence(done)) == (4, True)
    assert change.read_bytes() == before


def test_a_proposal_that_was_changed_on_the_way_is_refused(table: Table) -> None:
    change = table.propose("change.json", "--holders", table.holders("next.toml", ada="ada-2"))
    digest = truce("keys", "review", change, "--json").json["digest"]
    table.signed(change, "root-1")
    assert truce("keys", "review", change, "--json").json["digest"] == digest
    forged = table.root / "forged.json"
    body = change.read_text("utf-8").replace(table.public("ada-2"), table.public("root-4"))
    forged.write_text(body, encoding="utf-8")
    assert "does not hold under this text" in sentence(truce("keys", "review", forged))
    other = table.propose("other.json", "--holders", table.holders("next.toml", ada="nobody"))
    assert "proposals differ" in sentence(truce("keys", "enact", change, other, "--office", table.office))
    for data in (b"", b"{}", b"\xff", change.read_bytes()[:-9]):
        forged.write_bytes(data)
        assert truce("keys", "review", forged).code == 2


def test_signing_needs_neither_office_nor_network_nor_database(table: Table, tmp_path: Path) -> None:
    change = table.propose("change.json", "--holders", table.holders("next.toml", ada="ada-2"))
    shutil.rmtree(table.office)
    watch = (
        "import sys; from trucekeeper.main import run\n"
        "sys.argv = ['truce', *sys.argv[1:]]\n"
        "try: run()\n"
        "except SystemExit as end: assert not end.code, end.code\n"
        "loaded = {'sqlalchemy', 'httpx', 'fastapi'} & set(sys.modules)\n"
        "assert not loaded, loaded\n"
    )
    python = command()[0].replace("/truce", "/python")
    words = ("keys", "sign", str(change), "--key", str(table.pem("root-1")))
    done = subprocess.run(
        [python, "-c", watch, *words], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    assert len(ceremony.read(change.read_bytes()).signatures) == 1


def test_both_parties_and_two_guarantors_amend_the_agreement(table: Table) -> None:
    text = table.root / "text"
    shutil.copytree(LAKESIDE, text)
    head = text / "agreement.yaml"
    head.write_text(
        head.read_text("utf-8").replace("Lakeside Armistice", "Lakeside Armistice II"), encoding="utf-8"
    )
    assert truce("agreement", "lock", text).code == 0
    file = table.propose("amend.json", "--agreement", text)
    told = truce("keys", "review", file).out
    assert "changed    agreement.yaml" in told
    assert "missing    2 more of 3 guarantors" in told
    assert "no say" in sentence(truce("keys", "sign", file, "--key", table.pem("root-1")))
    table.signed(file, "liaison-a", "g1", "g3")
    assert "lacks the signature of party-b" in sentence(
        truce("keys", "enact", file, "--office", table.office)
    )
    table.signed(file, "liaison-b")
    assert "amends the one before it" in table.enacted(file)
    again = truce("keys", "enact", file, "--office", table.office)
    assert "another agreement than the one in force" in sentence(again)
    assert truce("status", "--office", table.office).code == 0


def test_a_policy_is_brought_in_and_taken_out(table: Table) -> None:
    vkey = Verifier("w.example", Ed25519Signer.load(table.pem("root-4")).public, COSIGNATURE).vkey
    policy = table.root / "policy"
    policy.write_text(f"witness w {vkey}\nquorum w\n", encoding="utf-8")
    change = table.propose("change.json", "--policy", policy)
    assert "witnesses  1 (before: 0), quorum w" in truce("keys", "review", change).out
    table.signed(change, "root-1", "root-2")
    table.enacted(change)
    assert (table.office / "log" / "policy").read_text("utf-8").startswith(f"log {ORIGIN}+")
    change = table.propose("back.json", "--no-policy")
    table.signed(change, "root-1", "root-2")
    table.enacted(change)
    assert not (table.office / "log" / "policy").exists()


def test_a_lost_log_key_ends_the_log_and_another_goes_on(table: Table) -> None:
    new = table.root / "new"
    early = table.init(new, "--continues", table.office, origin="office.example/record-2")
    assert "is not frozen" in sentence(early)
    (table.office / "keys" / "log.pem").unlink()
    done = truce("keys", "freeze", "--office", table.office, "--reason", "the stick broke")
    assert "is frozen at" in done.out
    assert "1 entries after that" in done.out
    done = table.init(new, "--continues", table.office, origin="office.example/record-2")
    assert done.code == 0, done.err
    assert (
        "continues  office.example/record, at 2 leaves" in truce("keys", "review", new / "proposal.json").out
    )
    table.signed(new / "proposal.json", "root-1", "root-2")
    table.enacted(new / "proposal.json", office=new)
    told = truce("keys", "chain", new, table.office)
    assert "office.example/record-2 goes on after office.example/record:" in told.out
    assert "2 root keys of that log signed this, which asked for 2" in told.out
    assert truce("keys", "chain", table.office, new).code == 3


def test_a_locked_key_signs_with_its_passphrase_alone(table: Table) -> None:
    phrase = table.root / "phrase"
    phrase.write_text("six words make a phrase\n", encoding="utf-8")
    phrase.chmod(0o600)
    known = {"TRUCE_PASSPHRASE_FILE": str(phrase)}
    assert spawned("keys", "new", table.pem("locked"), "--passphrase", env=known).code == 0
    shown = spawned("keys", "show", "--key", table.pem("locked"), "--json", env=known)
    asked = spawned("keys", "show", "--key", table.pem("locked"), "--json")
    assert (shown.code, asked.code) == (0, 2)
    assert "TRUCE_PASSPHRASE_FILE" in sentence(asked)
    phrase.write_text("six words make another\n", encoding="utf-8")
    assert spawned("keys", "show", "--key", table.pem("locked"), env=known).code == 3


@pytest.mark.parametrize(
    "words",
    [(), ("--agreement", "x", "--no-policy"), ("--policy", "x", "--no-policy")],
    ids=("nothing", "two things", "a policy and none"),
)
def test_a_proposal_is_of_one_thing(table: Table, words: tuple[str, ...]) -> None:
    done = truce("keys", "propose", "--office", table.office, "-o", table.root / "p.json", *words)
    assert done.code == 2
    sentence(done)


def test_a_file_of_holders_that_is_refused_leaves_no_half_made_office(table: Table) -> None:
    listed = truce("keys", "list", "--office", table.office).out
    (table.root / "holders.toml").write_text(listed, encoding="utf-8")
    done = table.init(table.root / "new", origin="office.example/other")
    assert "leave officer out of the file of holders" in sentence(done)
    assert not (table.root / "new").exists()
    table.holders()
    (table.root / "policy").write_text("quorum nobody\n", encoding="utf-8")
    done = table.init(table.root / "new", "--policy", table.root / "policy", origin="office.example/other")
    assert "the witness policy" in sentence(done)
    assert not (table.root / "new").exists()
