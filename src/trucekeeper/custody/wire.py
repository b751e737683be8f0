"""custody/v1: the body of an act on a media file, as signed. ``read`` and ``body`` undo each other exactly."""

import re
from collections.abc import Mapping

from trucekeeper.custody.model import Act, Custody, Provenance
from trucekeeper.kernel.canon import Json
from trucekeeper.kernel.clock import format_utc, parse_utc
from trucekeeper.kernel.errors import BadInput
from trucekeeper.parties.wire import IDENTIFIER, Strict, parsed, unfit

KIND = "custody/v1"
ORIGINS = ("hand", "auto-archiver")
STATES = ("valid", "trusted", "invalid", "unread")
LARGEST_BYTES = 2**50

_SHA256 = re.compile(r"[0-9a-f]{64}")
_TYPE = re.compile(r"[a-z0-9][a-z0-9.+-]{0,60}/[a-z0-9][a-z0-9.+-]{0,60}")
_ACTS = {act.value: act for act in Act}
_NOTE_CHARACTERS = 2000


class ProvenanceV1(Strict):
    """What a manifest in the file said."""

    state: str
    manifest: str | None = None


class CustodyV1(Strict):
    """The body of a custody/v1 entry."""

    act: str
    sha256: str
    size_bytes: int
    media_type: str
    at: str
    giver: str
    taker: str
    note: str | None = None
    of: str | None = None
    origin: str
    provenance: ProvenanceV1 | None = None


def read(body: Mapping[str, Json]) -> Custody:
    """The act that ``body`` (custody/v1) describes."""
    form = parsed(CustodyV1, "custody", body)
    if form.act not in _ACTS:
        msg = f"custody: the act is none that is known; use one of {', '.join(_ACTS)}"
        raise BadInput(msg)
    said = form.provenance
    act = Custody(
        act=_ACTS[form.act],
        sha256=form.sha256,
        size_bytes=form.size_bytes,
        media_type=form.media_type,
        at=parse_utc(form.at),
        giver=form.giver,
        taker=form.taker,
        note=form.note,
        of=form.of,
        origin=form.origin,
        provenance=None if said is None else Provenance(said.state, said.manifest),
    )
    _check(act)
    return act


def body(act: Custody) -> dict[str, Json]:
    """The custody/v1 body of ``act``; refuses what :func:`read` would refuse."""
    _check(act)
    form: dict[str, Json] = {
        "act": act.act.value,
        "sha256": act.sha256,
        "size_bytes": act.size_bytes,
        "media_type": act.media_type,
        "at": format_utc(act.at),
        "giver": act.giver,
        "taker": act.taker,
        "origin": act.origin,
    }
    form |= {name: value for name, value in (("note", act.note), ("of", act.of)) if value is not None}
    if act.provenance is not None:
        said: dict[str, Json] = {"state": act.provenance.state}
        if act.provenance.manifest is not None:
            said["manifest"] = act.provenance.manifest
        form["provenance"] = said
    return form


def _check(act: Custody) -> None:
    manifest = None if act.provenance is None else act.provenance.manifest
    for name, digest in (("sha256", act.sha256), ("of", act.of), ("provenance.manifest", manifest)):
        if digest is not None and not _SHA256.fullmatch(digest):
            _refuse(name, "is no SHA-256 digest; write 64 digits of 0-9 and a-f")
    for name, who in (("giver", act.giver), ("taker", act.taker)):
        if not IDENTIFIER.fullmatch(who):
            _refuse(name, "is no id of a source, a holder or a body; use letters, digits and . _ : -")
    if not 0 <= act.size_bytes <= LARGEST_BYTES:
        _refuse("size_bytes", "is no size of a file; count its bytes again")
    if not _TYPE.fullmatch(act.media_type):
        _refuse("media_type", "is no media type; write it like image/jpeg")
    if act.note is not None and (fault := unfit(act.note, _NOTE_CHARACTERS)):
        _refuse("note", fault)
    if act.origin not in ORIGINS:
        _refuse("origin", f"is none that is known; use one of {', '.join(ORIGINS)}")
    if act.provenance is not None and act.provenance.state not in STATES:
        _refuse("provenance.state", f"is none that is known; use one of {', '.join(STATES)}")


def _refuse(field: str, why: str) -> None:
    msg = f"custody: {field} {why}"
    raise BadInput(msg)
