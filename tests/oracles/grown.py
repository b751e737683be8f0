"""One log at the sizes where implementations of tiles break, written by the office's own store."""

import os
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from fastapi import FastAPI

from tests.record.kit import new_record, reopened, sealed
from trucekeeper.api import tiles
from trucekeeper.stores.sql_record import Terms

SIZES = (1, 2, 255, 256, 257, 511, 65_535, 65_536, 65_537, 70_000)


def grown_log(folder: Path, sizes: tuple[int, ...] = SIZES) -> dict[int, Path]:
    """The log's folder as it stood at each size; files are shared between them, so copy before you change one.

    Padding brings it there; an entry is put in wherever there is room.
    """
    kept: dict[int, Path] = {}
    with new_record(folder):
        pass
    for size in sizes:
        with reopened(folder, terms=Terms(pad_to=size)) as record:
            if record.size() < size:
                record.append([sealed()])
            record.integrate()
        kept[size] = folder / f"log-{size}"
        shutil.copytree(folder / "office" / "log", kept[size], copy_function=os.link)
    return kept


def changed(log: Path, target: Path, path: str, content: bytes | None) -> Path:
    """A copy of a log in which one file has other bytes, or is gone."""
    shutil.copytree(log, target, copy_function=os.link)
    (target / path).unlink()
    if content is not None:
        (target / path).write_bytes(content)
    return target


@contextmanager
def served_log(log: Path) -> Iterator[str]:
    """The address under which the office's own routes serve the log."""
    app = FastAPI()
    app.include_router(tiles.routes(log), prefix="/log")
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(64)
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False))
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        try:
            while not server.started:
                time.sleep(0.01)
            yield f"http://127.0.0.1:{listener.getsockname()[1]}/log/"
        finally:
            server.should_exit = True
            thread.join()
