"""``truce conflicts``: what a plan would meet, before it is announced; for the office's own eyes."""

from typing import TYPE_CHECKING, Annotated

import typer

from trucekeeper.cli.meetings import met_json, met_words
from trucekeeper.cli.notices import FormFile, Number, read_form, wrapped
from trucekeeper.cli.options import AsJson, OfficeFolder, tell, working
from trucekeeper.kernel.clock import Instant, parse_rfc3339

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trucekeeper.airspace.model import Intent
    from trucekeeper.desks.deconfliction import Met

app = typer.Typer(help="What a plan would meet.", no_args_is_help=True)


@app.command("of")
def of_(notice: Number, office: OfficeFolder, as_json: AsJson = False) -> None:
    """Say what a notice meets now, without what it knowingly overlaps."""
    with working(office, readonly=True) as opened:
        desk = opened.movements.desk
        dossier = opened.movements.register.dossier(notice)
        found, flights = desk.conflicts_of(dossier), opened.airspace.flights(desk.volumes(dossier))
    _tell(found, flights, as_json=as_json)


@app.command("at")
def at_(form: FormFile, office: OfficeFolder, as_json: AsJson = False) -> None:
    """Say what a filled-in form would meet, and what is wrong with it; nothing is recorded."""
    from trucekeeper.movements import extent

    notice = read_form(form, None, None)
    with working(office, readonly=True) as opened:
        desk = opened.movements.desk
        faults = desk.faults(notice)
        volumes = extent.volumes(notice, desk.rules)
        found, flights = desk.meets(volumes), opened.airspace.flights(volumes)
    if not as_json:
        said = [f"{'Refused' if fault.refuses else 'Note'}: {fault.says}." for fault in faults]
        tell(None, wrapped(said), as_json=False)
    _tell(found, flights, as_json=as_json)


@app.command()
def near(
    place: Annotated[str, typer.Argument(help="Decimal degrees, DMS, MGRS or UTM.")],
    office: OfficeFolder,
    radius_m: Annotated[int, typer.Option(help="Metres around it.", min=0, max=100_000)] = 0,
    start: Annotated[str | None, typer.Option(help="From when on; now, where left out.")] = None,
    end: Annotated[str | None, typer.Option(help="Until when; without end, where left out.")] = None,
    as_json: AsJson = False,
) -> None:
    """Say what a circle around a place meets."""
    from trucekeeper.movements.volume import Footprint, Form, Volume
    from trucekeeper.places import coordinates

    at, inherent_m = coordinates.parse(place)
    footprint = Footprint(Form.POINT, (at,), (radius_m + inherent_m) * 100)
    with working(office, readonly=True) as opened:
        since = opened.clock.now() if start is None else parse_rfc3339(start)
        until: Instant | None = None if end is None else parse_rfc3339(end)
        volumes = [Volume(footprint, since, until)]
        found, flights = opened.movements.desk.meets(volumes), opened.airspace.flights(volumes)
    _tell(found, flights, as_json=as_json)


def _tell(found: "Sequence[Met]", flights: "Sequence[Intent]", *, as_json: bool) -> None:
    lines = [f"Meets {one}." for one in met_words(found, flights)]
    answer = met_json(found, flights)
    tell(answer, wrapped(lines or ["Meets nothing that the office knows of."]), as_json=as_json)
