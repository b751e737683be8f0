"""``truce doctor``: what is torn, lost or changed in an office's folder, and what is about to go wrong."""

import typer

from trucekeeper.cli.options import AsJson, OfficeFolder, tell
from trucekeeper.stores.complaint import Complaint

DAMAGED = 7


def add(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(doctor)


def doctor(office: OfficeFolder, as_json: AsJson = False) -> None:
    """Look through the office's folder for whatever is torn, lost, changed or at risk; exit 7 where it is damaged."""
    from trucekeeper.office.doctor import examined

    found: list[Complaint] = []
    for one in examined(office):
        found.append(one)
        if not as_json:
            typer.echo(f"{'DAMAGED' if one.damaged else 'warning'}  {one}.")
    damaged = sum(one.damaged for one in found)
    tell(
        {
            "complaints": [
                {"where": one.where, "what": one.what, "todo": one.todo, "damaged": one.damaged}
                for one in found
            ],
            "damaged": damaged > 0,
        },
        ("Nothing is wrong." if not found else f"{damaged} damaged, {len(found) - damaged} warnings.",),
        as_json=as_json,
    )
    if damaged:
        raise typer.Exit(DAMAGED)
