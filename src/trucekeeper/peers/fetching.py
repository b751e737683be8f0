"""Fetches public files from a folder or a plain HTTP server, each within a size and a time.

A server is a stranger: it may be away, slow, wrong or false. Redirects are not followed, compressed answers are
refused, and however an answer drips, a file has its time and so has everything together.
"""

import asyncio
import re
import stat
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import httpx

from trucekeeper.kernel.errors import BadInput, NotTrusted, TruceError

LIMIT_S = 20.0
WHOLE_S = 3600.0
AT_ONCE = 8
LIMIT_LISTING = 4 * 1024 * 1024

_WEB = re.compile(r"https?://[!-~]+")
_OK = 200
_GONE = (404, 410)
_QUERY = "application/timestamp-query"


class Unreachable(TruceError):
    """Another machine did not answer, or not in time."""


class Source(Protocol):
    """Where files are fetched from, by their paths below one base."""

    @property
    def name(self) -> str:
        """How people call it: its address or folder."""
        ...

    def fetch(self, wanted: Mapping[str, int]) -> dict[str, bytes | None]:
        """The files by path, none longer than the bytes given for it; None where it is not there."""
        ...


def source(base: str) -> Source:
    """A web server where ``base`` is an http or https URL, else a folder."""
    if _WEB.fullmatch(base):
        return WebSource(base)
    folder = Path(base)
    if "://" in base or not folder.is_dir():
        msg = f"{base[:200]!a} is neither a folder nor an http or https address; name where the log lies"
        raise BadInput(msg)
    return FolderSource(folder)


@dataclass(frozen=True, slots=True)
class FolderSource:
    """A folder of this machine; ``open/`` gives the names in it."""

    path: Path

    @property
    def name(self) -> str:
        """The folder's name, without where it lies."""
        return self.path.name or "this folder"

    def fetch(self, wanted: Mapping[str, int]) -> dict[str, bytes | None]:
        """The files by path."""
        return {path: self._read(path, limit) for path, limit in wanted.items()}

    def _read(self, path: str, limit: int) -> bytes | None:
        file = self.path / path
        try:
            if path.endswith("/"):
                return "".join(f"{one.name}\n" for one in sorted(file.iterdir())).encode()[:limit]
            if not stat.S_ISREG(file.stat().st_mode):
                return None
            with file.open("rb") as opened:
                data = opened.read(limit + 1)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            msg = f"{path} of {self.name} cannot be read ({error.strerror}); check the folder"
            raise Unreachable(msg) from error
        return _within(data, limit, path, self.name)


@dataclass(slots=True)
class WebSource:
    """A web server. ``limit_s`` bounds one file, ``whole_s`` all that is fetched by this object."""

    base: str
    limit_s: float = LIMIT_S
    whole_s: float = WHOLE_S
    _until: float = field(init=False)

    def __post_init__(self) -> None:
        self._until = time.monotonic() + self.whole_s

    @property
    def name(self) -> str:
        """The address."""
        return self.base

    def fetch(self, wanted: Mapping[str, int]) -> dict[str, bytes | None]:
        """The files by path, several at once."""
        root = self.base.rstrip("/")
        asked = {
            path: _Asked(f"{root}/{path}" if path else self.base, limit) for path, limit in wanted.items()
        }
        return _answers(asked, self.name, self.limit_s, self._until - time.monotonic())


def posted(url: str, content: bytes, limit: int, limit_s: float = LIMIT_S) -> bytes:
    """What a timestamping authority answers to ``content``."""
    answer = _answers({"": _Asked(url, limit, content)}, url, limit_s, limit_s)[""]
    if answer is None:
        msg = f"{url} does not answer there; check the address"
        raise Unreachable(msg)
    return answer


@dataclass(frozen=True, slots=True)
class _Asked:
    url: str
    limit: int
    content: bytes | None = None


def _answers(
    asked: Mapping[str, _Asked], name: str, limit_s: float, whole_s: float
) -> dict[str, bytes | None]:
    """Ask in a thread of its own: a name server that does not answer cannot be interrupted, only left behind."""
    found: dict[str, bytes | None] = {}
    failed: list[TruceError] = []
    late = f"{name} did not answer in full within the time it was given; try again, or use another copy"
    if whole_s <= 0:
        raise Unreachable(late)

    def run() -> None:
        try:
            found.update(asyncio.run(asyncio.wait_for(_all(asked, name, limit_s), whole_s)))
        except TimeoutError:
            failed.append(Unreachable(late))
        except TruceError as error:
            failed.append(error)

    worker = threading.Thread(target=run, daemon=True)
    worker.start()
    worker.join(min(whole_s, limit_s * (1 + len(asked) // AT_ONCE)) + 1)
    if failed:
        raise failed[0]
    if len(found) != len(asked):
        raise Unreachable(late)
    return found


async def _all(asked: Mapping[str, _Asked], name: str, limit_s: float) -> dict[str, bytes | None]:
    turn = asyncio.Semaphore(AT_ONCE)
    async with httpx.AsyncClient(
        follow_redirects=False, trust_env=False, timeout=limit_s, headers={"Accept-Encoding": "identity"}
    ) as client:

        async def one(path: str, what: _Asked) -> tuple[str, bytes | None]:
            async with turn:
                try:
                    return path, await asyncio.wait_for(_one(client, what, path, name), limit_s)
                except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
                    msg = f"{name[:200]!a} is no http or https address; correct it"
                    raise BadInput(msg) from error
                except httpx.TimeoutException as error:
                    raise TimeoutError from error
                except (httpx.HTTPError, OSError) as error:
                    if isinstance(error, TimeoutError):
                        raise
                    msg = f"{name} cannot be reached or broke off ({type(error).__name__}); try again later"
                    raise Unreachable(msg) from error

        tasks = [asyncio.ensure_future(one(path, what)) for path, what in asked.items()]
        try:
            return dict(await asyncio.gather(*tasks))
        finally:
            for task in tasks:
                task.cancel()


async def _one(client: httpx.AsyncClient, what: _Asked, path: str, name: str) -> bytes | None:
    method, headers = ("GET", {}) if what.content is None else ("POST", {"Content-Type": _QUERY})
    async with client.stream(method, what.url, content=what.content, headers=headers) as response:
        if response.status_code in _GONE:
            return None
        if response.status_code != _OK:
            moved = ", and is not followed elsewhere" if response.is_redirect else ""
            msg = f"{name} answered HTTP {response.status_code}{moved}; check the address, or try again later"
            raise Unreachable(msg)
        if response.headers.get("content-encoding", "identity") != "identity":
            msg = f"{name} answers in a compressed form that was not asked for; use another copy"
            raise Unreachable(msg)
        read = bytearray()
        async for part in response.aiter_raw():
            read += part
            if len(read) > what.limit:
                break
        return _within(bytes(read), what.limit, path, name)


def _within(data: bytes, limit: int, path: str, name: str) -> bytes:
    if len(data) > limit:
        msg = f"{path or 'the answer'} of {name} is longer than {limit} bytes, which it cannot be; use another copy"
        raise NotTrusted(msg)
    return data
