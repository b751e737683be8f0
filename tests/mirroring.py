"""A small log laid out in a folder as tlog-tiles, and plain web servers over such folders."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.witnessing import NOW, SmallLog
from trucekeeper.cli.mirrors import FolderBeside
from trucekeeper.kernel import merkle
from trucekeeper.kernel.clock import SetClock
from trucekeeper.peers.mirror import Mirror
from trucekeeper.record import gossip, tiles
from trucekeeper.record.policy import Policy
from trucekeeper.stores.tile_folder import TileFolder


def lay(log: SmallLog, folder: Path, size: int | None = None) -> Path:
    """Write the log of ``size`` leaves below ``folder`` as if it had never had another size."""
    stop = log.size if size is None else size
    hashes = [merkle.leaf_hash(leaf) for leaf in log.leaves[:stop]]
    level = 0
    while hashes:
        for at in range(0, len(hashes), 256):
            put(folder / tiles.tile_path(level, at // 256, len(hashes[at : at + 256])), hashes[at : at + 256])
        hashes = [merkle.root(hashes[at : at + 256]) for at in range(0, len(hashes) - 255, 256)]
        level += 1
    for at in range(0, stop, 256):
        some = log.leaves[at : min(at + 256, stop)]
        put(folder / tiles.bundle_path(at // 256, len(some)), [tiles.bundle(some)])
    put(folder / "checkpoint", [log.signed(stop)])
    return folder


def put(path: Path, parts: list[bytes]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"".join(parts))


def mirror(folder: Path, log: SmallLog, policy: Policy | None = None) -> Mirror:
    """A mirror of the log in that folder."""
    return Mirror(TileFolder(folder), FolderBeside(folder), gossip.log_of(log.vkey), policy, SetClock(NOW))


def files(folder: Path) -> Mapping[str, bytes]:
    """Every file below the folder by its path."""
    return {
        one.relative_to(folder).as_posix(): one.read_bytes() for one in folder.rglob("*") if one.is_file()
    }


class Quiet(SimpleHTTPRequestHandler):
    """A static server that keeps its peace."""

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def web(folder: Path, handler: type[SimpleHTTPRequestHandler] = Quiet) -> Iterator[str]:
    """Serve a folder as any static web server does; gives its address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=str(folder))) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()
