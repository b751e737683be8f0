"""The pages say what is so: every command and option, every test that they name, every number of their examples."""

import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import typer

from tests.record import kit
from tools.commands import page
from trucekeeper.cli.main import EXIT, built
from trucekeeper.kernel import b64, merkle, note
from trucekeeper.kernel.clock import parse_utc
from trucekeeper.kernel.keys import Ed25519Signer
from trucekeeper.record import bundle, checkpoint, entry, sealing
from trucekeeper.record.checkpoint import Checkpoint
from trucekeeper.record.ref import Ref

NAMED_TEST = re.compile(r"`(tests/[a-z_/]+\.py)(?:::(test_\w+))?`")


@cache
def options() -> dict[str, set[str]]:
    """Each command's name as typed, and its options."""
    found: dict[str, set[str]] = {}
    waiting = [("truce", typer.main.get_command(built(print, print)))]
    while waiting:
        path, one = waiting.pop()
        if hasattr(one, "commands"):
            waiting += [(f"{path} {name}", below) for name, below in one.commands.items()]
            continue
        given = (param for param in one.params if param.param_type_name == "option")
        found[path] = {name for param in given for name in param.opts} - {"--help"}
    return found


def pages(root: Path) -> Iterator[tuple[str, str]]:
    for path in sorted((root / "docs").rglob("*.md")):
        if "_build" not in path.parts:
            yield str(path.relative_to(root)), path.read_text("utf-8")


def test_every_command_is_told_as_the_command_tells_it(root: Path) -> None:
    """``python tools/commands.py`` writes the page; this is what it would write now."""
    text = (root / "docs/reference/commands.md").read_text("utf-8")
    assert page(text) == text


@pytest.mark.parametrize("page", ["reference/commands.md", "guide/office.md"])
def test_every_exit_status_is_told(root: Path, page: str) -> None:
    rows = re.findall(r"^\| (\d) \| ", (root / "docs" / page).read_text("utf-8"), re.MULTILINE)
    assert {int(row) for row in rows} >= {0, 8, *EXIT.values()}


def test_commands_in_the_guides_exist(root: Path) -> None:
    nouns = {name.split()[1] for name in options() if name.count(" ") == 2}
    typed = {
        words[1] if words[1] not in nouns else " ".join(words[1:3])
        for _, text in pages(root)
        for line in re.findall(r"^(?:\$ )?(truce [a-z].*)$|`(truce [a-z][^`]*)`", text, re.MULTILINE)
        if (words := (line[0] or line[1]).split())
    }
    known = {name.removeprefix("truce ") for name in options()} | nouns
    assert typed - known == set()


def test_every_test_that_a_page_names_is_there(root: Path) -> None:
    named = {(page, *match) for page, text in pages(root) for match in NAMED_TEST.findall(text)}
    gone = [
        one
        for one in sorted(named)
        if not (path := root / one[1]).is_file()
        or (one[2] and f"def {one[2]}(" not in path.read_text("utf-8"))
    ]
    assert len(named) > 20
    assert gone == []


def test_no_page_names_a_place_on_somebodys_machine(root: Path) -> None:
    somewhere = re.compile(r"(?<![\w.~-])/(?:home|root|tmp|work|Users)/")
    assert [page for page, text in pages(root) if somewhere.search(text)] == []


def worked_example() -> list[str]:
    """Every number of the example in docs/reference/record.md."""

    def signer(name: str) -> Ed25519Signer:
        return Ed25519Signer(hashlib.sha256(name.encode()).digest())

    origin, log, author = "lakeside.example/record", signer("example/log"), signer("example/monitor-3")
    minute = {"end": "2026-03-05T12:31:00.000Z", "start": "2026-03-05T12:30:00.000Z"}
    body = {"act": "explosion", "credibility": 6, "kind": "report", "means": "heard"}
    body |= {"source": "patrol-3", "uid": "P3-0017", "when": minute}
    at = parse_utc("2026-03-05T12:31:00.000Z")
    envelope = entry.seal(author, "observation/v1", origin, f"{17:032x}", at, body)
    opened, statement, signature = entry.read(envelope)
    salt = bytes(range(32))
    leaf = sealing.leaf(salt, envelope)
    before = [
        merkle.leaf_hash(b"\x01" + hashlib.sha256(bytes((number,)) * 32 + b"example").digest())
        for number in (0, 1)
    ]
    hashes = [*before, merkle.leaf_hash(leaf)]
    root = merkle.root(hashes)
    signed = checkpoint.sign(Checkpoint(origin, 3, root), log).decode()
    values = [salt, leaf, *hashes, merkle.node_hash(*before), root]
    return [
        f" {len(statement)} ", statement.decode(), b64.encode(signature), b64.encode(author.public), opened.key,
        opened.digest, *(value.hex() for value in values), signed, note.Verifier(origin, log.public).vkey,
    ]  # fmt: skip


def test_the_worked_example_of_the_record_is_right(root: Path) -> None:
    text = (root / "docs/reference/record.md").read_text("utf-8")
    assert [number for number in worked_example() if number not in text] == []


@pytest.fixture(scope="module")
def short_verifier(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    text = (root / "docs/reference/record.md").read_text("utf-8")
    (code,) = (
        part for part in re.findall(r"```python\n(.*?)```", text, re.DOTALL) if "import base64" in part
    )
    script = tmp_path_factory.mktemp("short") / "check.py"
    script.write_text(code, "utf-8")
    return script


def checked(script: Path, data: bytes) -> subprocess.CompletedProcess[str]:
    """What the verifier on the page says of a bundle; it runs where our package cannot be imported."""
    (script.parent / "bundle").write_bytes(data)
    (script.parent / "log.vkey").write_text(kit.VKEY + "\n", "utf-8")
    hidden = "import sys; sys.modules['trucekeeper'] = None; sys.argv = sys.argv[1:]"
    run = [
        sys.executable,
        "-c",
        f"{hidden}; exec(open(sys.argv[0]).read())",
        "check.py",
        "bundle",
        "log.vkey",
    ]
    return subprocess.run(
        run, cwd=script.parent, env=os.environ, capture_output=True, text=True, timeout=60, check=False
    )


def test_the_verifier_on_the_page_accepts_a_bundle_and_refuses_a_changed_one(
    short_verifier: Path, tmp_path: Path
) -> None:
    with kit.new_record(tmp_path) as record:
        made = kit.prepared(5)
        record.append([kit.sealed(), kit.sealed()])
        record.append_batch(made.envelope, made.rows, made.salts)
        data = bundle.collect(record, [Ref(1), Ref(3), Ref(3, 2)], "INC-2026-000001")
    whole = checked(short_verifier, data)
    assert whole.returncode == 0, whole.stderr
    assert "authentic: INC-2026-000001 under 4 entries" in whole.stdout
    for place in range(0, len(data), len(data) // 12):
        changed = data[:place] + bytes((data[place] ^ 1,)) + data[place + 1 :]
        assert checked(short_verifier, changed).returncode != 0, place
