"""``truce timestamp``: have the log's checkpoints dated by outside authorities, and check such dates."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from trucekeeper.cli.options import AsJson, OfficeFolder, contents, tell, working
from trucekeeper.kernel.clock import format_utc
from trucekeeper.kernel.errors import BadInput

app = typer.Typer(help="Dates of the record by outside authorities (RFC 3161).", no_args_is_help=True)


@app.command()
def take(office: OfficeFolder, as_json: AsJson = False) -> None:
    """Ask every authority of office.toml to date the published checkpoint."""
    from trucekeeper.office.timestamping import ENOUGH
    from trucekeeper.office.timestamping import take as taken

    with working(office, readonly=True) as opened:
        made = taken(opened)
    lines = [
        f"{one.name}: {one.why}" if one.stamped is None else f"{one.name}: dated {format_utc(one.stamped.at)}"
        for one in made.answers
    ]
    if not made.enough:
        lines.append(f"Fewer than {ENOUGH} authorities have dated the checkpoint of {made.size:,} leaves.")
    tell(
        {
            "size": made.size,
            "answers": [
                {
                    "name": one.name,
                    "at": None if one.stamped is None else format_utc(one.stamped.at),
                    "why": one.why,
                }
                for one in made.answers
            ],
        },
        lines,
        as_json=as_json,
    )
    if not made.enough:
        raise typer.Exit(6)


@app.command()
def check(
    paths: Annotated[list[Path], typer.Argument(help="An office, a log's folder, or .tsr files.")],
    key: Annotated[
        Path | None, typer.Option("--key", help="File with the log's verifier key; an office has its own.")
    ] = None,
    root: Annotated[
        list[Path] | None,
        typer.Option("--root", help="PEM file of an authority's root, instead of the office's."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check timestamps without network: signature, chain, nonce, what they cover, and their order."""
    from trucekeeper.office import settings
    from trucekeeper.office.timestamping import certificates, checked, tokens_of

    office = next((one for one in paths if (one / "office.toml").is_file()), None)
    if key is None and office is None:
        msg = "the log's key is not known; name its log.vkey with --key"
        raise BadInput(msg)
    vkey = contents(key or (office or Path()) / "log" / "log.vkey").decode("ascii", "replace")
    given = b"\n".join(map(contents, root or ()))
    known: Mapping[str, bytes] = {}
    if not given and office is not None:
        known = certificates(office, settings.read(office / "office.toml").timestamp)
    dated = checked(tokens_of(paths), known, given, vkey)
    tell(
        [{"name": one.name, "size": one.size, "at": format_utc(one.stamped.at)} for one in dated],
        [f"{one.size:>12,} leaves  {format_utc(one.stamped.at)}  {one.name}" for one in dated]
        + [f"{len(dated)} timestamps hold, in order."],
        as_json=as_json,
    )
