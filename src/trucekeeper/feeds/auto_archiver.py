"""A folder that Bellingcat's auto-archiver wrote: its files as they are, with what its JSON states of them.

The JSON is ``Metadata.to_dict()`` of auto-archiver 1.x (``status``, ``metadata``, ``media``), as its JSON enricher and
API database write it. A file is found by the hash that is stated (``SHA-256:...`` or ``SHA3-512:...``), else by its
name. Tokens of its timestamping and WACZ packages are files like others, tied to what they belong to.
"""

import hashlib
import json
import mimetypes
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from trucekeeper.kernel.canon import Json
from trucekeeper.kernel.errors import BadInput, NotFound

LIMIT_FILES = 10_000
LIMIT_JSON_BYTES = 64 * 1024 * 1024
_CHUNK = 1 << 20
_TYPES = {".wacz": "application/wacz", ".warc": "application/warc", ".json": "application/json"}


@dataclass(frozen=True, slots=True)
class Archived:
    """One file of the folder. ``stated`` is ``agrees``, ``differs``, ``no-hash`` or ``unmentioned``.

    ``of`` is the SHA-256 of the file that this one is a token or part of; ``page`` and ``taken`` are the address that
    was archived and when, as auto-archiver says.
    """

    path: Path
    sha256: str
    media_type: str
    stated: str
    of: str | None = None
    page: str | None = None
    taken: str | None = None


@dataclass(frozen=True, slots=True)
class _Found:
    path: Path
    sha256: str
    sha3_512: str


@dataclass(frozen=True, slots=True)
class _Mention:
    """What the JSON says of one file."""

    name: str
    stated: str | None
    media_type: str | None
    within: str | None
    page: str | None
    taken: str | None


def archived(folder: Path) -> tuple[Archived, ...]:
    """Every file below ``folder``, in the order of their names; links are refused, nothing outside is read."""
    files = [_hashed(path) for path in _files(folder)]
    mentions: list[_Mention] = []
    for one in files:
        if one.path.suffix == ".json" and one.path.stat().st_size <= LIMIT_JSON_BYTES:
            mentions += _mentions(one.path)
    if not mentions:
        msg = "the folder holds no JSON of auto-archiver; name the folder that it archived to, with metadata.json"
        raise BadInput(msg)
    by_name = {one.path.name: one for one in files}
    return tuple(_described(one, mentions, by_name) for one in files)


def _files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        msg = f"there is no folder {folder.name}; name the one that auto-archiver wrote"
        raise NotFound(msg)
    found: list[Path] = []
    for path in sorted(folder.rglob("*")):
        if path.is_symlink():
            msg = f"{path.name} is a link to another place; put the file itself there"
            raise BadInput(msg)
        if path.is_file():
            found.append(path)
        if len(found) > LIMIT_FILES:
            msg = f"the folder holds more than {LIMIT_FILES} files; import it in parts"
            raise BadInput(msg)
    return found


def _hashed(path: Path) -> _Found:
    short, long = hashlib.sha256(), hashlib.sha3_512()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            short.update(chunk)
            long.update(chunk)
    return _Found(path, short.hexdigest(), long.hexdigest())


def _mentions(path: Path) -> list[_Mention]:
    try:
        item: Json = json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        return []
    if not isinstance(item, dict) or not isinstance(item.get("media"), list):
        return []
    said = item.get("metadata")
    facts: dict[str, Json] = said if isinstance(said, dict) else {}
    page, taken = _text(facts.get("url")), _text(facts.get("_processed_at"))
    return list(_each(item["media"], None, page, taken))


def _each(value: Json, within: str | None, page: str | None, taken: str | None) -> Iterator[_Mention]:
    """Every media object in ``value``, with those inside its properties."""
    if isinstance(value, list):
        for one in value:
            yield from _each(one, within, page, taken)
    if not isinstance(value, dict):
        return
    name = _text(value.get("_key")) or _text(value.get("filename"))
    properties = value.get("properties")
    if name is None or not isinstance(properties, dict):
        return
    base = PurePosixPath(name.replace("\\", "/")).name
    yield _Mention(base, _text(properties.get("hash")), _text(value.get("_mimetype")), within, page, taken)
    for one in properties.values():
        yield from _each(one, base, page, taken)


def _described(one: _Found, mentions: list[_Mention], by_name: dict[str, _Found]) -> Archived:
    hashes = {f"SHA-256:{one.sha256}", f"SHA3-512:{one.sha3_512}"}
    said = next((mention for mention in mentions if mention.stated in hashes), None)
    stated = "agrees"
    if said is None:
        said = next((mention for mention in mentions if mention.name == one.path.name), None)
        stated = "unmentioned" if said is None else "no-hash" if said.stated is None else "differs"
    within = None if said is None or said.within is None else by_name.get(said.within)
    return Archived(
        path=one.path,
        sha256=one.sha256,
        media_type=_media_type(one.path, said),
        stated=stated,
        of=None if within is None else within.sha256,
        page=None if said is None else said.page,
        taken=None if said is None else said.taken,
    )


def _media_type(path: Path, said: _Mention | None) -> str:
    if path.name.startswith("timestamp_token_"):
        return "application/timestamp-token"
    if path.suffix in _TYPES:
        return _TYPES[path.suffix]
    stated = None if said is None else said.media_type
    return stated or mimetypes.guess_type(path.name)[0] or "application/octet-stream"


def _text(value: Json) -> str | None:
    return value if isinstance(value, str) and value else None
