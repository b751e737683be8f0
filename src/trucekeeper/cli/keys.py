"""``truce keys``: a signing key of one's own, made and kept away from the office."""

from pathlib import Path
from typing import Annotated

import typer

from trucekeeper.cli.options import AsJson, KeyFile, signer, tell
from trucekeeper.kernel import b64
from trucekeeper.kernel.canon import Json
from trucekeeper.kernel.keys import Ed25519Signer

app = typer.Typer(help="Signing keys, made and kept by those who sign.", no_args_is_help=True)


@app.command()
def new(
    path: Annotated[Path, typer.Argument(help="A new PEM file, on a stick of your own.")],
    as_json: AsJson = False,
) -> None:
    """Make a key; only its public half ever leaves the file."""
    made = Ed25519Signer.generate()
    made.save(path)
    tell(_public(made), _lines(made), as_json=as_json)


@app.command()
def show(key: KeyFile, as_json: AsJson = False) -> None:
    """Say the public half of a key: what the office's file of holders needs."""
    held = signer(key)
    tell(_public(held), _lines(held), as_json=as_json)


def _public(held: Ed25519Signer) -> dict[str, Json]:
    return {"key": held.key_id, "public": b64.encode(held.public)}


def _lines(held: Ed25519Signer) -> list[str]:
    return [
        f"key id   {held.key_id}",
        f"public   {b64.encode(held.public)}",
        "For the office's file of holders:",
        "",
        "[[holder]]",
        'id = "your-id"',
        'role = "panel"   # office, monitor, panel, liaison, guarantor, notifier or sensor',
        f'public = "{b64.encode(held.public)}"',
        'from = "2026-03-01T00:00:00.000Z"',
    ]
