"""Options that many commands share, and the two ways to answer: for people, or as JSON."""

import json
import os
import sys
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Protocol

import typer
from rich.console import Console
from rich.table import Table

from trucekeeper.kernel.canon import Json
from trucekeeper.kernel.errors import BadInput, NotFound
from trucekeeper.kernel.keys import Ed25519Signer, kept

if TYPE_CHECKING:
    from trucekeeper.office.wiring import Office

OfficeFolder = Annotated[Path, typer.Option("--office", help="The office's folder.", envvar="TRUCE_OFFICE")]
AsJson = Annotated[bool, typer.Option("--json", help="Answer as JSON.")]
KeyFile = Annotated[Path, typer.Option("--key", help="PEM file of the signing key.")]

LARGEST = 64 * 1024 * 1024


class Server(Protocol):
    """Serves an office until it is interrupted; handed in, because the command line knows no HTTP."""

    def __call__(self, office: Path, port: int, ready: Callable[[str], None]) -> None:
        """Listen on this machine only; ``ready`` is told the address."""
        ...


class WitnessServer(Protocol):
    """Serves a witness until it is interrupted; handed in, because the command line knows no HTTP."""

    def __call__(self, folder: Path, host: str, port: int, ready: Callable[[str], None]) -> None:
        """Listen on that address of this machine; ``ready`` is told how it is reached."""
        ...


@contextmanager
def working(office: Path, *, readonly: bool = False) -> "Generator[Office]":
    """The open office; its events go to its log file, or nowhere, for standard output is the answer's."""
    from trucekeeper.office.logs import written
    from trucekeeper.office.wiring import open_office

    with open_office(office, readonly=readonly) as opened, written(opened.log_file or Path(os.devnull)):
        yield opened


def tell(answer: Json, lines: Iterable[str], *, as_json: bool) -> None:
    """Print ``answer`` as JSON, or ``lines`` for people."""
    if as_json:
        typer.echo(json.dumps(answer, indent=2, ensure_ascii=False, sort_keys=True))
        return
    for line in lines:
        typer.echo(line)


def show(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table that fits the terminal."""
    table = Table(title=title, title_justify="left", box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*row)
    Console(highlight=False).print(table)


def signer(path: Path) -> Ed25519Signer:
    """The key in a PEM file; its passphrase is asked for where it has one."""
    return Ed25519Signer.load(path, passphrase)


def passphrase(*, twice: bool = False) -> bytes:
    """A passphrase: the first line of the file that TRUCE_PASSPHRASE_FILE names, or typed without being shown."""
    named = os.environ.get("TRUCE_PASSPHRASE_FILE")
    if named:
        return kept(Path(named)).partition(b"\n")[0]
    if not sys.stdin.isatty():
        msg = "a passphrase is needed and nobody can type it here; name a file that holds it in TRUCE_PASSPHRASE_FILE"
        raise BadInput(msg)
    typed: str = typer.prompt("Passphrase", hide_input=True, confirmation_prompt=twice, err=True)
    return typed.encode()


def contents(path: Path) -> bytes:
    """The bytes of a file that a person named; one sentence where it cannot be read."""
    try:
        if path.stat().st_size > LARGEST:
            msg = f"{path.name} is larger than {LARGEST >> 20} MiB; name the right file"
            raise BadInput(msg)
        return path.read_bytes()
    except OSError as error:
        msg = f"{path.name} cannot be read ({error.strerror}); check its name and permissions"
        raise NotFound(msg) from error


def put(path: Path, data: bytes) -> None:
    """Write a new file; an existing one is never overwritten."""
    try:
        with path.open("xb") as file:
            file.write(data)
    except OSError as error:
        msg = f"{path.name} cannot be written ({error.strerror}); name another file"
        raise BadInput(msg) from error
