"""``truce``: nouns and verbs. An error is one sentence on standard error and a documented exit status."""

import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

import typer

from trucekeeper.cli import (
    agreements,
    audits,
    casework,
    commitments,
    conflicts,
    doctor,
    drills,
    intake,
    keys,
    media,
    mirrors,
    notice_office,
    notice_steps,
    notices,
    offices,
    publishing,
    receipts,
    record,
    releases,
    sources,
    timestamps,
    weighing,
    witness,
)
from trucekeeper.cli.options import Server, WitnessServer
from trucekeeper.kernel.errors import TruceError

EXIT: Mapping[str, int] = MappingProxyType(
    {
        "error": 1,
        "input": 2,
        "trust": 3,
        "permission": 4,
        "missing": 5,
        "conflict": 6,
        "busy": 6,
        "damaged": 7,
    }
)
"""Exit status by error code. 0 is done; 8 (``cli.intake.REFUSED_ROWS``) is done, but rows were refused."""


def built(serve: Server, witnessing: WitnessServer) -> typer.Typer:
    """The tree of all commands."""
    app = typer.Typer(
        name="truce",
        help="The office of a ceasefire that both sides can check.",
        epilog="Exit status: 0 done, 1 the machine failed, 2 bad input, 3 not trusted, 4 not permitted, "
        "5 missing, 6 conflict, 7 damaged, 8 done with rows refused.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    drills.add(app, serve)
    offices.add(app, serve)
    for room in (doctor, intake, casework, publishing, audits, releases, mirrors, weighing):
        room.add(app)
    for part in (notices, notice_steps, notice_office, commitments):
        part.add(notices.app)
    app.add_typer(agreements.app, name="agreement")
    app.add_typer(conflicts.app, name="conflicts")
    app.add_typer(keys.app, name="keys")
    app.add_typer(media.app, name="media")
    app.add_typer(notices.app, name="notice")
    app.add_typer(receipts.app, name="receipt")
    app.add_typer(record.app, name="record")
    app.add_typer(sources.app, name="source")
    app.add_typer(timestamps.app, name="timestamp")
    app.add_typer(witness.room(witnessing), name="witness")

    return app


def command(serve: Server, witnessing: WitnessServer) -> Callable[[], None]:
    """The whole command; it ends the process with its exit status."""
    whole = typer.main.get_command(built(serve, witnessing))

    def run() -> None:
        try:
            whole(prog_name="truce")
        except TruceError as error:
            typer.echo(f"truce: {error}.", err=True)
            sys.exit(EXIT.get(error.code, 1))
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(1)
        except OSError as error:
            where = f", {Path(error.filename).name}" if isinstance(error.filename, str) else ""
            typer.echo(
                f"truce: this machine did not let it happen ({error.strerror}{where}); mend that.", err=True
            )
            sys.exit(1)

    return run
