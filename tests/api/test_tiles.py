"""The log over real HTTP: every file a client of tlog-tiles may ask for, and not one byte of anything else."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.office_kit import key_of, new_kit, seen
from tests.serving import Served, served
from trucekeeper.kernel import merkle
from trucekeeper.kernel.clock import SystemClock
from trucekeeper.observations import wire
from trucekeeper.record import checkpoint, entry, sealing, tiles
from trucekeeper.record.tiles import TileNodes

LASTING = "public, max-age=31536000, immutable"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A small office, served, with a policy and a timestamp laid down, and with traps."""
    root = tmp_path_factory.mktemp("tiles") / "office"
    kit = new_kit(root)
    kit.observe("ada", *(seen(f"seen-{number}") for number in range(20)))
    kit.office.record.checkpoint()
    kit.office.close()
    log = root / "log"
    (log / "timestamps" / "26").mkdir(parents=True)
    (log / "timestamps" / "26" / "authority-1.tsr").write_bytes(b"token")
    (log / "timestamps" / "26" / "authority-1.json").write_bytes(b"request")
    (log / "tile" / "0" / "001").symlink_to(root / "keys" / "log.pem")
    (log / "open" / "90.json").symlink_to("../../vault/vault.sqlite")
    (log / "tile" / "5").symlink_to(root / "vault")
    (root / "vault" / "007").write_bytes(b"in the vault")
    (log / "tile" / "0" / ".002.new").write_bytes(b"torn")
    (log / "tile" / "0" / "003").mkdir()
    with served(root) as one:
        yield one


def on_disk(desk: Served, path: str) -> bytes:
    return (desk.office.folder.log / path).read_bytes()


@pytest.mark.parametrize(
    ("path", "media", "cached"),
    [
        ("checkpoint", "text/plain; charset=utf-8", "no-cache"),
        ("log.vkey", "text/plain; charset=utf-8", "no-cache"),
        ("open/0.json", "application/json", "no-cache"),
        ("timestamps/26/authority-1.tsr", "application/timestamp-reply", LASTING),
        ("timestamps/26/authority-1.json", "application/json", LASTING),
    ],
)
def test_what_lies_in_the_log_is_served_as_it_is(desk: Served, path: str, media: str, cached: str) -> None:
    answer = desk.ask(f"/log/{path}")
    assert (answer.status, answer.body) == (200, on_disk(desk, path))
    assert (answer.headers["content-type"], answer.headers["cache-control"]) == (media, cached)
    head = desk.ask(f"/log/{path}", method="HEAD")
    assert (head.status, head.body) == (200, b"")
    assert {name: head.headers[name] for name in ("content-length", "etag", "content-type")} == {
        name: answer.headers[name] for name in ("content-length", "etag", "content-type")
    }


def test_a_stranger_reads_and_checks_the_whole_log(desk: Served) -> None:
    def get(path: str) -> bytes | None:
        answer = desk.ask(f"/log/{path}")
        assert answer.status in {200, 404}
        if path.startswith("tile/") and answer.status == 200:
            assert answer.headers["content-type"] == "application/octet-stream"
            assert answer.headers["cache-control"] == LASTING
        return answer.body if answer.status == 200 else None

    vkey, note = get("log.vkey"), get("checkpoint")
    assert vkey is not None
    assert note is not None
    stated = checkpoint.verified(note, vkey.decode().strip())
    assert merkle.Frontier.of(stated.size, TileNodes(get, stated.size)).root() == stated.root
    bundle = get(tiles.bundle_path(0, stated.size))
    assert bundle is not None
    leaves = tiles.unbundle(bundle)
    assert merkle.root([merkle.leaf_hash(leaf) for leaf in leaves]) == stated.root
    opening = json.loads(get("open/0.json") or b"")
    assert sealing.leaf(base64.b64decode(opening["salt"]), opening["envelope"].encode()) == leaves[0]


def test_a_cache_that_has_it_is_told_so(desk: Served) -> None:
    tag = desk.ask("/log/checkpoint").headers["etag"]
    assert tag.startswith('"')
    for asked in (tag, f'"other", {tag}', f"W/{tag}", "*"):
        answer = desk.ask("/log/checkpoint", **{"If-None-Match": asked})
        assert (answer.status, answer.body, answer.headers["etag"]) == (304, b"", tag)
        assert answer.headers["cache-control"] == "no-cache"
    assert desk.ask("/log/checkpoint", **{"If-None-Match": '"other"'}).status == 200


@pytest.mark.parametrize(
    "path",
    [
        "", "tile", "tile/", "signed", "lock", "policy", "checkpoint/", "Checkpoint", ".",
        "tile/0/000", "tile/0/000.p/300", "tile/0/0", "tile/0/002", "tile/0/.002.new", "tile/0/003",
        "open/", "open/00.json", "open/99.json", "open/0.json.new", "timestamps/26/", "timestamps/26/none.tsr",
        "timestamps/26/..json", "timestamps/26/authority-1.tsr.new",
        "../keys/log.pem", "../vault/vault.sqlite", "tile/../../keys/log.pem", "tile/0/../../log.vkey",
        "%2e%2e/keys/log.pem", "..%2fkeys%2flog.pem", "tile/%2e%2e/%2e%2e/vault/vault.sqlite", "%252e%252e/keys",
        "tile%2f0%2f000", "check%70oint", "./checkpoint", "//checkpoint", "..\\keys\\log.pem", "/etc/passwd",
        "open/..%2f..%2foffice.toml", "open/%00.json", "checkpoint%00", "timestamps/26/..%2f..%2flog.vkey",
        "tile/0/001", "open/90.json", "tile/5/007",
    ],
)  # fmt: skip
def test_nothing_else_is_there(desk: Served, path: str) -> None:
    for method in ("GET", "HEAD"):
        answer = desk.ask(f"/log/{path}", method=method)
        assert answer.status == 404, path
        assert answer.headers["cache-control"] == "no-store"
        for secret in (b"PRIVATE KEY", b"SQLite", b"in the vault", b"torn"):
            assert secret not in answer.body


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_the_log_is_only_read(desk: Served, method: str) -> None:
    before = on_disk(desk, "checkpoint")
    assert desk.ask("/log/checkpoint", b"other", method=method).status == 405
    assert on_disk(desk, "checkpoint") == before


def test_a_policy_is_served_once_there_is_one(desk: Served) -> None:
    file: Path = desk.office.folder.log / "policy"
    assert desk.ask("/log/policy").status == 404
    file.write_text("quorum none\n", encoding="ascii")
    try:
        assert desk.ask("/log/policy").text == "quorum none\n"
    finally:
        file.unlink()


def test_a_grown_log_is_served_beside_the_smaller_one(desk: Served) -> None:
    before = desk.ask("/log/checkpoint")
    size = int(before.text.splitlines()[1])
    old = f"/log/{tiles.tile_path(0, 0, size)}"
    known = desk.ask(old).body
    record = desk.office.record
    at = SystemClock().now()
    record.append(
        [entry.seal(key_of("ada"), wire.KIND, record.origin, "ab" * 16, at, wire.body(seen("more", at)))]
    )
    record.checkpoint()
    after = desk.ask("/log/checkpoint", **{"If-None-Match": before.headers["etag"]})
    assert (after.status, int(after.text.splitlines()[1])) == (200, size + 1)
    assert desk.ask(old).body == known
    assert desk.ask(f"/log/{tiles.tile_path(0, 0, size + 1)}").body[: len(known)] == known


def test_open_entries_are_listed_so_that_a_mirror_can_fetch_them(desk: Served) -> None:
    answer = desk.ask("/log/open/index")
    numbers = [int(line.removesuffix(".json")) for line in answer.body.decode().splitlines()]
    assert numbers == [0, 1]
    assert answer.headers["cache-control"] == "no-cache"
    assert all(desk.ask(f"/log/open/{number}.json").status == 200 for number in numbers)
