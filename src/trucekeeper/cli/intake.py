"""``truce import``, ``template``, ``receive``: what comes in."""

from pathlib import Path
from typing import Annotated

import typer

from trucekeeper.cli.options import AsJson, OfficeFolder, contents, put, tell, working
from trucekeeper.kernel.canon import Json
from trucekeeper.kernel.errors import BadInput

REFUSED_ROWS = 8
"""Exit status of an import that was done, with rows refused."""
_SHOWN = 20


def add(app: typer.Typer) -> None:
    """Hang the commands into ``truce``."""
    app.command("import")(import_)
    app.command()(template)
    app.command()(receive)


def import_(
    files: Annotated[list[Path], typer.Argument(help="CSV or XLSX files.")],
    office: OfficeFolder,
    feed: Annotated[
        str | None, typer.Option(help="What the files are; by default their header says.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would happen, write nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Import files row by row; refused rows are listed, and can be corrected and imported again."""
    from trucekeeper.office.files import take

    refused = 0
    answers: list[Json] = []
    with working(office) as opened:
        for file in files:
            done = take(opened, file, feed=feed, dry_run=dry_run)
            refused += len(done.refused)
            entry = None if done.receipt is None else done.receipt.index
            answers.append(
                {
                    "file": file.name,
                    "feed": done.feed,
                    "sha256": done.file_sha256,
                    "recorded": 0 if dry_run else done.recorded,
                    "new": done.recorded,
                    "already": len(done.already),
                    "entry": entry,
                    "refused": [
                        {"row": one.number, "column": one.column, "what": one.what, "remedy": one.remedy}
                        for one in done.refused
                    ],
                }
            )
            if not as_json:
                verb = "would be recorded" if dry_run else "recorded"
                where = "" if entry is None else f" as entry {entry}"
                rest = f"{len(done.already)} were there already, {len(done.refused)} refused"
                typer.echo(f"{file.name}: {done.recorded} rows {verb}{where}, {rest}.")
                for one in done.refused[:_SHOWN]:
                    typer.echo(f"  {one}")
                if len(done.refused) > _SHOWN:
                    typer.echo(f"  ... and {len(done.refused) - _SHOWN} more; --json lists them all.")
    if as_json:
        tell(answers, (), as_json=True)
    if refused:
        raise typer.Exit(REFUSED_ROWS)


def template(path: Annotated[Path, typer.Argument(help="A new .csv or .xlsx file.")]) -> None:
    """Write the office's own empty template for observations."""
    from trucekeeper.feeds.template_files import template_csv, template_xlsx

    makers = {".csv": template_csv, ".xlsx": template_xlsx}
    if path.suffix not in makers:
        msg = f"{path.name} ends neither in .csv nor in .xlsx; name the file so"
        raise BadInput(msg)
    put(path, makers[path.suffix]())
    typer.echo(f"{path} holds the template; fill one row for each observation.")


def receive(
    files: Annotated[
        list[Path], typer.Argument(help="Signed entries: one file each, or .jsonl with one a line.")
    ],
    office: OfficeFolder,
    receipts: Annotated[
        Path | None, typer.Option(help="Folder for the signed receipts, one file for each entry.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Record entries that their authors signed: observations, replies and votes."""
    from trucekeeper.office.handover import hand_over
    from trucekeeper.office.receipts import issued

    envelopes: list[bytes] = []
    for file in files:
        data = contents(file)
        envelopes += data.splitlines() if file.suffix == ".jsonl" else [data.removesuffix(b"\n")]
    with working(office) as opened:
        done = hand_over(opened, envelopes)
        given = [issued(opened, index) for index, _ in done] if receipts is not None else []
    if receipts is not None:
        receipts.mkdir(parents=True, exist_ok=True)
        for one in given:
            put(receipts / f"receipt-{one.index}.json", one.data)
    tell(
        [{"entry": index, "kind": kind} for index, kind in done],
        (f"Entry {index}: {kind} recorded." for index, kind in done),
        as_json=as_json,
    )
