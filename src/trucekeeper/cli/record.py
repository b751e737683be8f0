"""``truce record``: what the record holds, read beside a running office."""

import json
from typing import Annotated

import typer

from trucekeeper.cli.options import AsJson, OfficeFolder, show, tell, working
from trucekeeper.kernel.clock import format_utc
from trucekeeper.kernel.errors import BadInput
from trucekeeper.record.ref import Ref

app = typer.Typer(help="Entries of the record.", no_args_is_help=True)


@app.command("list")
def list_(
    office: OfficeFolder,
    kind: Annotated[str | None, typer.Option(help="Only this kind, such as vote/v1.")] = None,
    last: Annotated[int, typer.Option(help="How many, the newest last.", min=1)] = 20,
    as_json: AsJson = False,
) -> None:
    """List the newest entries: number, kind, who signed, when it was taken in."""
    with working(office, readonly=True) as opened:
        found = list(opened.casebook.entries((kind,) if kind else ()))[-last:]
    if as_json:
        tell(
            [
                {"entry": one.entry, "kind": one.kind, "holder": one.holder, "at": format_utc(one.at)}
                for one in found
            ],
            (),
            as_json=True,
        )
        return
    show(
        "",
        ("entry", "kind", "signed by", "taken in"),
        ((str(one.entry), one.kind, one.holder, format_utc(one.at)) for one in found),
    )


@app.command("show")
def show_(
    ref: Annotated[str, typer.Argument(help="An entry such as 12, or a row such as 12.345.")],
    office: OfficeFolder,
) -> None:
    """Print one entry's signed statement and disclosures, or one row of a batch, as JSON."""
    from trucekeeper.record import entry

    named = Ref.parse(ref)
    with working(office, readonly=True) as opened:
        if named.row < 0:
            one = opened.record.opened(named.entry)
            data = entry.joined(one.envelope, one.disclosures)
        else:
            data = opened.record.row(named)
    typer.echo(json.dumps(json.loads(data), indent=2, ensure_ascii=False, sort_keys=True))


@app.command()
def check(office: OfficeFolder, as_json: AsJson = False) -> None:
    """Check the whole record against itself: every leaf, author, mandate, batch and the signed root."""
    from trucekeeper.cli.progress import bar
    from trucekeeper.office.audit import rechecked

    with bar("{task.completed:,.0f}") as display:
        task = display.add_task("entries checked", total=None)
        found = rechecked(office, lambda done: display.update(task, completed=done))
    size, root = found.checkpoint.size, found.checkpoint.root.hex()
    tell(
        {"size": size, "root": root, "rows": found.rows},
        (f"{found.entries:,} entries and {found.rows:,} rows of batches hold, under root {root[:16]}.",),
        as_json=as_json,
    )


@app.command()
def checkpoint(office: OfficeFolder) -> None:
    """Print the published checkpoint: keep it, and hold it against the next one."""
    with working(office, readonly=True) as opened:
        typer.echo(opened.record.checkpoint().decode(), nl=False)


@app.command()
def integrate(office: OfficeFolder, as_json: AsJson = False) -> None:
    """Bring what waits in the queue into the log now, padded as the office is set."""
    from trucekeeper.record import checkpoint as checkpoints

    with working(office) as opened:
        signed = checkpoints.verified(opened.record.integrate(), opened.record.vkey)
    root = signed.root.hex()
    tell(
        {"size": signed.size, "root": root},
        (f"The log has {signed.size:,} leaves under root {root[:16]}.",),
        as_json=as_json,
    )


@app.command()
def since(
    old: Annotated[int, typer.Argument(help="The size that your older checkpoint states.", min=0)],
    office: OfficeFolder,
) -> None:
    """Print the proof that the published log has only grown since it had ``old`` leaves, one hash a line."""
    from trucekeeper.kernel import b64
    from trucekeeper.record import checkpoint as checkpoints

    with working(office, readonly=True) as opened:
        size = checkpoints.verified(opened.record.checkpoint(), opened.record.vkey).size
        if old > size:
            msg = f"the published log has {size} leaves and {old} are more; name a size that a checkpoint stated"
            raise BadInput(msg)
        for one in opened.record.consistency(old, size):
            typer.echo(b64.encode(one))
