"""``truce notice``: sites that are registered without telling where, revealed later, and proven."""

import secrets
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from trucekeeper.cli.notices import By, Caller, Channel, HeardBy, SignedBy, call, read_form
from trucekeeper.cli.options import AsJson, OfficeFolder, contents, put, show, signer, tell, working
from trucekeeper.kernel.canon import Json
from trucekeeper.kernel.clock import Instant, SystemClock, format_utc
from trucekeeper.kernel.errors import BadInput
from trucekeeper.kernel.keys import Signer, keep

if TYPE_CHECKING:
    from trucekeeper.desks.commitments import Registered
    from trucekeeper.movements.commitment import Commitment, Reveal
    from trucekeeper.movements.model import ReadBack
    from trucekeeper.movements.volume import Footprint
    from trucekeeper.movements.wire.commitment import Secret

AnOffice = Annotated[
    Path | None, typer.Option("--office", help="The office's folder.", envvar="TRUCE_OFFICE")
]
Sealed = Annotated[
    Path | None, typer.Option("--out", help="No office here: a new file for the signed entry, to hand in.")
]
SecretFile = Annotated[Path, typer.Argument(help="The secret that was written when it was registered.")]

MEANS = (
    "It warns nobody: no one is told of it, and nobody is asked to keep clear.",
    "Whoever has the secret knows where the site is, and without it nothing is ever proven.",
)
PROVES = "It proves what was registered when. It does not prove that anybody knew."


def add(app: typer.Typer) -> None:
    """Hang the commands into ``truce notice``."""
    app.command()(commit)
    app.command()(reveal)
    app.command()(commitments)
    app.command()(prove)


def commit(
    site: Annotated[Path, typer.Argument(help="A form of a notice (YAML), or areas as GeoJSON, KML or GPX.")],
    secret: Annotated[Path, typer.Option("--secret", help="A new file for what opens it: keep it safe.")],
    office: AnOffice = None,
    label: Annotated[str | None, typer.Option(help="Of an earlier one, to be revealed with it.")] = None,
    key: SignedBy = None,
    caller: Caller = None,
    by: By = None,
    heard_by: HeardBy = None,
    channel: Channel = "telephone",
    out: Sealed = None,
    origin: Annotated[str | None, typer.Option(help="With --out: the name of the office's log.")] = None,
    notifier: Annotated[str | None, typer.Option(help="With --out: your id in the office's key set.")] = None,
    as_json: AsJson = False,
) -> None:
    """Register a site without telling where: only a salted digest of its cells is recorded."""
    footprints = _footprints(site)
    label = label or secrets.token_hex(16)
    if out is not None:
        if key is None or origin is None or notifier is None:
            msg = "to sign away from an office, say --key, --origin and --notifier as well"
            raise BadInput(msg)
        made = _secret(footprints, origin, label, notifier, None)
        _keep(secret, made)
        _seal(out, key, made, made.commitment)
        _told(made, secret, None, f"{out} holds the signed commitment; hand it in.", as_json=as_json)
        return
    said = call(caller, by, heard_by, channel)
    with working(_of(office)) as opened:
        signing = _signing(key, said, opened.signer)
        desk, record = opened.movements.commitments, opened.record
        who = desk.speaker(signing, said)
        made = _secret(footprints, record.origin, label, who, desk.rules.commitment_cells)
        new = replace(made.commitment, taken_down=said)
        desk.check(new, signing)
        _keep(secret, made)
        receipt = desk.commit(new, signing)
    line = (
        f"Registered as entry {receipt.index}, {len(made.cells)} cells, of which only a digest is recorded."
    )
    _told(made, secret, receipt.index, line, as_json=as_json)


def reveal(
    secret: Annotated[list[Path], typer.Argument(help="The secrets of all that share the label.")],
    office: AnOffice = None,
    key: SignedBy = None,
    caller: Caller = None,
    by: By = None,
    heard_by: HeardBy = None,
    channel: Channel = "telephone",
    out: Sealed = None,
    as_json: AsJson = False,
) -> None:
    """Reveal where sites were that were registered before: all that share the label, or none."""
    from trucekeeper.movements.commitment import Reveal

    found = [_opened(file) for file in secret]
    first = found[0]
    if {(one.origin, one.notifier, one.label) for one in found} != {
        (first.origin, first.notifier, first.label)
    }:
        msg = "the secrets are not all of one record, notifier and label; reveal one label at a time"
        raise BadInput(msg)
    said = call(caller, by, heard_by, channel)
    openings = {one.opening.root: one.opening for one in found}
    what = Reveal(first.label, first.notifier, tuple(openings[root] for root in sorted(openings)), said)
    if out is not None:
        if key is None:
            msg = "to sign away from an office, say --key as well"
            raise BadInput(msg)
        _seal(out, key, first, what)
        said_so: dict[str, Json] = {"label": first.label, "revealed": len(openings), "entry": None}
        tell(said_so, (f"{out} holds the signed reveal; hand it in.",), as_json=as_json)
        return
    with working(_of(office)) as opened:
        receipt = opened.movements.commitments.reveal(what, _signing(key, said, opened.signer))
    tell(
        {"label": first.label, "revealed": len(openings), "entry": receipt.index},
        (f"Revealed {len(openings)} by entry {receipt.index}: all that share the label.", PROVES),
        as_json=as_json,
    )


def commitments(office: OfficeFolder, as_json: AsJson = False) -> None:
    """Count the sites that each notifier has registered without telling where; anyone may know."""
    with working(office, readonly=True) as opened:
        found = opened.movements.commitments.count()
    if as_json:
        said: list[Json] = [
            {"notifier": one.notifier, "sealed": one.standing, "revealed": one.revealed} for one in found
        ]
        tell(said, (), as_json=True)
        return
    rows = ((one.notifier, str(one.standing), str(one.revealed)) for one in found)
    show("", ("notifier", "sealed", "revealed"), rows)


def prove(
    secret: SecretFile,
    office: OfficeFolder,
    into: Annotated[
        Path | None, typer.Option("--into", help="A new bundle with the entries, to be verified elsewhere.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Prove from a secret what was registered and when, by the record alone; nothing is recorded."""
    from trucekeeper.record import bundle
    from trucekeeper.record.ref import Ref

    made = _opened(secret)
    with working(office, readonly=into is None) as opened:
        if made.origin != opened.record.origin:
            msg = f"the secret is for the record of {made.origin[:60]}; name the office that keeps it"
            raise BadInput(msg)
        found = opened.movements.commitments.prove(made.commitment)
        entries = [Ref(one) for one in (found.held.entry, found.held.revealed) if one is not None]
        data = None if into is None else bundle.collect(opened.record, entries, f"commitment {entries[0]}")
    if into is not None and data is not None:
        put(into, data)
    tell(_proof(found), _proof_lines(found), as_json=as_json)


def _footprints(site: Path) -> "tuple[Footprint, ...]":
    """The areas of the site; of a form, with what its coordinates leave open around them."""
    from trucekeeper.feeds import drawn
    from trucekeeper.movements.model import Ground
    from trucekeeper.movements.volume import FARTHEST_CM

    if site.suffix.lower() not in {".yaml", ".yml"}:
        return drawn.areas(site.name, contents(site))
    notice = read_form(site, None, None)
    if not isinstance(notice.where, Ground):
        msg = "what moves cannot be registered as a site; announce it as a notice"
        raise BadInput(msg)
    margin_cm = notice.uncertainty_m * 100
    return tuple(
        replace(one, reach_cm=min(one.reach_cm + margin_cm, FARTHEST_CM)) for one in notice.where.areas
    )


def _secret(
    footprints: "tuple[Footprint, ...]", origin: str, label: str, notifier: str, most: int | None
) -> "Secret":
    from trucekeeper.movements.commitment import MOST_TOGETHER, SALT_BYTES
    from trucekeeper.movements.grid import squares
    from trucekeeper.movements.wire.commitment import Secret

    cells = squares(footprints, min(most or MOST_TOGETHER, MOST_TOGETHER))
    return Secret(origin, label, notifier, cells, tuple(secrets.token_bytes(SALT_BYTES) for _ in cells))


def _keep(path: Path, made: "Secret") -> None:
    from trucekeeper.movements.wire.commitment import read_secret, secret_bytes

    data = secret_bytes(made)
    read_secret(data)
    if path.exists():
        msg = f"{path.name} is already there; name a new file for the secret"
        raise BadInput(msg)
    keep(path, data)


def _opened(path: Path) -> "Secret":
    from trucekeeper.movements.wire.commitment import read_secret

    return read_secret(contents(path))


def _of(office: Path | None) -> Path:
    if office is None:
        msg = "say which office, with --office; or sign away from it, with --out"
        raise BadInput(msg)
    return office


def _signing(key: Path | None, said: "ReadBack | None", officer: Signer) -> Signer:
    if (key is None) == (said is None):
        msg = "it is signed with --key, or taken down from a call with --caller, --by and --heard-by; say one"
        raise BadInput(msg)
    return officer if key is None else signer(key)


def _seal(out: Path, key: Path, made: "Secret", what: "Commitment | Reveal") -> None:
    from trucekeeper.movements.commitment import Commitment
    from trucekeeper.movements.wire import commitment as wire
    from trucekeeper.record import entry

    kind, body = (
        (wire.COMMITMENT, wire.commitment_body(what))
        if isinstance(what, Commitment)
        else (wire.REVEAL, wire.reveal_body(what))
    )
    uid, now = secrets.token_hex(16), SystemClock().now()
    put(out, entry.seal(signer(key), kind, made.origin, uid, now, body) + b"\n")


def _told(made: "Secret", kept: Path, index: int | None, line: str, *, as_json: bool) -> None:
    answer: Json = {
        "entry": index,
        "label": made.label,
        "notifier": made.notifier,
        "cells": len(made.cells),
        "root": made.commitment.root.hex(),
    }
    lines = (line, f"{kept} holds what opens it; its label is {made.label}.", *MEANS)
    tell(answer, lines, as_json=as_json)


def _proof(found: "Registered") -> dict[str, Json]:
    held = found.held
    return {
        "entry": held.entry,
        "admitted": format_utc(held.at),
        "notifier": held.commitment.notifier,
        "label": held.commitment.label,
        "cells": held.commitment.cells,
        "root": held.commitment.root.hex(),
        "checkpoint": found.size,
        "checkpoint_root": None if found.root is None else found.root.hex(),
        "held_then": held.standing,
        "held_now": found.left,
        "revealed": held.revealed,
        "note": PROVES,
    }


def _proof_lines(found: "Registered") -> tuple[str, ...]:
    held = found.held
    who, cells = held.commitment.notifier, held.commitment.cells
    under = (
        "No published checkpoint holds it yet."
        if found.size is None or found.root is None
        else f"It lies under the published checkpoint of {found.size} entries, root {found.root.hex()[:16]}."
    )
    return (
        f"Proven: {who} registered these {cells} cells as entry {held.entry}, admitted {_time(held.at)} UTC.",
        under,
        f"{who} then held {held.standing} sealed, this one included, and now holds {found.left}.",
        "It is not revealed." if held.revealed is None else f"Entry {held.revealed} revealed it.",
        PROVES,
    )


def _time(at: Instant) -> str:
    return format_utc(at)[:16].replace("T", " ")
