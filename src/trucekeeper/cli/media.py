"""``truce media``: photographs, recordings and archives, and the hands that they pass through."""

import mimetypes
from pathlib import Path
from typing import Annotated

import typer

from trucekeeper.cli.options import AsJson, OfficeFolder, show, tell, working
from trucekeeper.kernel.canon import Json
from trucekeeper.kernel.clock import format_utc
from trucekeeper.kernel.errors import BadInput, Damaged

app = typer.Typer(
    help="Media as evidence: kept by their hash, each hand on the record.", no_args_is_help=True
)

Digest = Annotated[
    str, typer.Argument(metavar="SHA256", help="The file's digest, as `truce media list` shows it.")
]
Note = Annotated[str | None, typer.Option(help="A few words; no names of persons.")]


@app.command()
def add(
    files: Annotated[list[Path], typer.Argument(help="Files as they arrived.")],
    giver: Annotated[str, typer.Option("--from", help="Who gave them: a source's id, or a body's.")],
    office: OfficeFolder,
    note: Note = None,
    as_json: AsJson = False,
) -> None:
    """Hash files, keep them unchanged, and record that they came; manifests inside are read and kept."""
    from trucekeeper.office.media import take_file

    answers: list[Json] = []
    with working(office) as opened:
        for file in files:
            kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
            done = take_file(opened, file, giver, kind, note)
            entry = None if done.receipt is None else done.receipt.index
            answers.append(
                {"file": file.name, "sha256": done.sha256, "bytes": done.size_bytes, "entry": entry}
            )
            if not as_json:
                where = "was here already" if entry is None else f"recorded as entry {entry}"
                typer.echo(f"{file.name}: {done.size_bytes} bytes, {where}\n  {done.sha256}")
    if as_json:
        tell(answers, (), as_json=True)


@app.command("import-archive")
def import_archive(
    folder: Annotated[Path, typer.Argument(help="The folder that auto-archiver wrote.")],
    giver: Annotated[str, typer.Option("--from", help="Who archived it: a source's id, or a body's.")],
    office: OfficeFolder,
    as_json: AsJson = False,
) -> None:
    """Take in a folder of Bellingcat's auto-archiver as it is; a file that is not what its JSON states is refused."""
    from trucekeeper.cli.intake import REFUSED_ROWS
    from trucekeeper.office.media import take_archive

    with working(office) as opened:
        done = take_archive(opened, folder, giver)
    tell(
        [
            {"file": name, "sha256": sha256, "stated": stated, "taken": taken}
            for name, sha256, stated, taken in done
        ],
        (
            f"{name}: {'taken in' if taken else 'REFUSED'}, {_STATED[stated]}\n  {sha256}"
            for name, sha256, stated, taken in done
        ),
        as_json=as_json,
    )
    if not all(taken for *_, taken in done):
        raise typer.Exit(REFUSED_ROWS)


_STATED = {
    "agrees": "its hash agrees with what auto-archiver stated",
    "differs": "it is not the file whose hash auto-archiver stated; ask for it again",
    "no-hash": "auto-archiver stated no hash for it",
    "unmentioned": "auto-archiver does not mention it",
}


@app.command("list")
def list_(office: OfficeFolder, as_json: AsJson = False) -> None:
    """List every file: its digest, size, kind, and who has the evidentiary copy."""
    with working(office, readonly=True) as opened:
        chains = opened.evidence.all()
    if as_json:
        tell(
            [
                {
                    "sha256": one.sha256,
                    "bytes": one.steps[0].custody.size_bytes,
                    "media_type": one.steps[0].custody.media_type,
                    "holder": one.holder,
                    "whole": not one.breaks,
                }
                for one in chains
            ],
            (),
            as_json=True,
        )
        return
    for one in chains:
        first = one.steps[0].custody
        where = "destroyed" if one.holder is None else f"held by {one.holder}"
        typer.echo(f"{one.sha256}\n  {first.media_type}, {first.size_bytes} bytes, {where}")


@app.command()
def chain(sha256: Digest, office: OfficeFolder, as_json: AsJson = False) -> None:
    """Show the chain of custody of one file, and where it does not hold."""
    with working(office, readonly=True) as opened:
        found = opened.evidence.chain(sha256)
    if as_json:
        steps: list[Json] = [
            {
                "entry": str(step.ref),
                "act": step.custody.act.value,
                "from": step.custody.giver,
                "to": step.custody.taker,
                "at": format_utc(step.custody.at),
                "signed_by": step.signer,
            }
            for step in found.steps
        ]
        tell({"holder": found.holder, "breaks": list(found.breaks), "steps": steps}, (), as_json=True)
        return
    show(
        "",
        ("entry", "act", "from", "to", "when", "signed by"),
        (
            (
                str(step.ref),
                step.custody.act.value,
                step.custody.giver,
                step.custody.taker,
                format_utc(step.custody.at)[:16].replace("T", " "),
                step.signer,
            )
            for step in found.steps
        ),
    )
    for line in found.breaks or ("The chain is whole.",):
        typer.echo(line)


@app.command()
def copy(
    sha256: Digest,
    to: Annotated[Path, typer.Option("--into", help="A new file.")],
    taker: Annotated[str, typer.Option("--for", help="Who will work on it.")],
    office: OfficeFolder,
) -> None:
    """Write a working copy; who takes it is recorded first, and the evidentiary copy stays as it is."""
    if to.exists():
        msg = f"{to.name} is there already; name a new file"
        raise BadInput(msg)
    beside = to.with_name(to.name + ".part")
    with working(office) as opened:
        try:
            with beside.open("xb") as file:
                for chunk in opened.evidence.working_copy(sha256, taker, opened.signer):
                    file.write(chunk)
            beside.replace(to)
        finally:
            beside.unlink(missing_ok=True)
    typer.echo(f"{to} is a working copy for {taker}.")


@app.command("hand-over")
def hand_over(
    sha256: Digest,
    taker: Annotated[str, typer.Option("--to", help="Who gets the evidentiary copy.")],
    purpose: Annotated[str, typer.Option(help="mission, party, public or court; checked against consent.")],
    office: OfficeFolder,
    note: Note = None,
) -> None:
    """Record that the evidentiary copy went to somebody else, as far as consent and waiver allow."""
    from trucekeeper.record.consent import Purpose

    purposes = {one.value: one for one in Purpose}
    if purpose not in purposes:
        msg = f"{purpose[:40]!a} is no purpose; name one of {', '.join(purposes)}"
        raise BadInput(msg)
    with working(office) as opened:
        receipt = opened.evidence.hand_over(sha256, taker, opened.signer, purposes[purpose], note)
    typer.echo(f"Entry {receipt.index}: handed over to {taker}.")


@app.command("take-back")
def take_back(
    sha256: Digest,
    giver: Annotated[str, typer.Option("--from", help="Who returns it.")],
    office: OfficeFolder,
    note: Note = None,
) -> None:
    """Record that the evidentiary copy was returned."""
    with working(office) as opened:
        receipt = opened.evidence.take_back(sha256, giver, opened.signer, note)
    typer.echo(f"Entry {receipt.index}: taken back from {giver}.")


@app.command()
def check(office: OfficeFolder) -> None:
    """Read every file and hold it against its hash; show every chain that does not hold."""
    with working(office, readonly=True) as opened:
        wrong = opened.evidence.check()
        count = len(opened.evidence.all())
    if wrong:
        msg = f"{wrong[0]}, and {len(wrong) - 1} more like it; see `truce media chain`"
        raise Damaged(msg)
    typer.echo(f"{count} files are what their hashes say, and every chain is whole.")
