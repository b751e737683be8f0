"""``truce agreement``: the agreement's folder."""

from pathlib import Path
from typing import Annotated

import typer

from trucekeeper.cli.options import AsJson, contents, put, tell
from trucekeeper.kernel.errors import BadInput

app = typer.Typer(help="The agreement's folder: lint, lock, render.", no_args_is_help=True)
Folder = Annotated[Path, typer.Argument(help="The agreement's folder.")]
Supplied = Annotated[
    list[str] | None, typer.Option("--zone", help="NAME=FILE for geometry that a profile leaves to its user.")
]


def supplied(pairs: list[str] | None) -> dict[str, bytes]:
    """Read each NAME=FILE."""
    found: dict[str, bytes] = {}
    for pair in pairs or ():
        name, equals, path = pair.partition("=")
        if not equals or not name or not path:
            msg = f"{pair[:60]!a} is not of the form NAME=FILE; write it so"
            raise BadInput(msg)
        found[name] = contents(Path(path))
    return found


@app.command()
def lint(folder: Folder, zone: Supplied = None, as_json: AsJson = False) -> None:
    """Say all that is wrong or doubtful, with file, line and clause."""
    from trucekeeper.agreement.folder import lint as complaints_of

    found = complaints_of(folder, supplied(zone))
    errors = sum(one.severity == "error" for one in found)
    tell(
        [
            {
                "file": one.file,
                "line": one.line,
                "clause": one.clause,
                "severity": one.severity,
                "says": one.says,
            }
            for one in found
        ],
        (
            *(f"{one.severity}: {one}" for one in found),
            f"{errors} errors, {len(found) - errors} other remarks.",
        ),
        as_json=as_json,
    )
    if errors:
        raise typer.Exit(2)


@app.command()
def lock(folder: Folder) -> None:
    """Write the lock: the SHA-256 of every file, which the signed entry names."""
    from trucekeeper.agreement.folder import lock as locked

    typer.echo(f"{locked(folder)} holds the digests of the folder as it is now.")


@app.command()
def render(
    folder: Folder,
    out: Annotated[Path, typer.Argument(help="A new HTML file.")],
    zone: Supplied = None,
) -> None:
    """Write the two-column page: the articles' words left, what the machine checks right."""
    from trucekeeper.agreement.folder import load
    from trucekeeper.reports.agreement_page import agreement_html

    put(out, agreement_html(load(folder, supplied(zone))))
    typer.echo(f"{out} holds the page; open it in any browser.")
