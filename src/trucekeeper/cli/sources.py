"""``truce source``: the office's register of who says what, with interest, group and grade."""

from typing import Annotated

import typer

from trucekeeper.cli.options import AsJson, OfficeFolder, show, tell, working
from trucekeeper.kernel.errors import BadInput

app = typer.Typer(help="The register of sources.", no_args_is_help=True)

MEDIA = ("patrol", "camera", "satellite", "siren", "uav", "liaison", "resident", "media", "dataset")


@app.command()
def add(
    source: Annotated[str, typer.Argument(help="The id that its observations name, such as patrol-3.")],
    office: OfficeFolder,
    medium: Annotated[str, typer.Option(help=f"One of {', '.join(MEDIA)}.")],
    reliability: Annotated[str, typer.Option(help="Admiralty letter, A to F.")] = "F",
    interest: Annotated[str | None, typer.Option(help="The party whose interest it shares.")] = None,
    group: Annotated[str | None, typer.Option(help="Who would be captured together; else itself.")] = None,
) -> None:
    """Enter a source in the register, or what is now known of it; the latest entry holds."""
    from trucekeeper.parties.model import Source

    if medium not in MEDIA:
        msg = f"{medium[:40]!a} is no medium; name one of {', '.join(MEDIA)}"
        raise BadInput(msg)
    with working(office) as opened:
        parties = [party.id for party in opened.agreement.parties]
        if interest is not None and interest not in parties:
            msg = f"{interest[:40]!a} is no party of this agreement; name one of {', '.join(parties)}"
            raise BadInput(msg)
        entered = Source(source, interest, group or source, medium, reliability)
        receipt = opened.intake.register_source(entered, opened.signer)
    typer.echo(f"{source} stands in the register, as entry {receipt.index}.")


@app.command("list")
def list_(office: OfficeFolder, as_json: AsJson = False) -> None:
    """List the register as it stands."""
    with working(office, readonly=True) as opened:
        found = sorted(opened.casebook.sources().values(), key=lambda one: one.id)
    if as_json:
        tell(
            [
                {
                    "id": one.id,
                    "medium": one.medium,
                    "reliability": one.reliability,
                    "interest": one.interest,
                    "group": one.group,
                }
                for one in found
            ],
            (),
            as_json=True,
        )
        return
    rows = ((one.id, one.medium, one.reliability, one.interest or "", one.group) for one in found)
    show("", ("source", "medium", "grade", "interest", "group"), rows)
