"""What the office has published: reports as data, bundles, and how many sites stand under seal."""

from datetime import date
from pathlib import Path

from fastapi import APIRouter, Response

from trucekeeper.api.described import plain, refusals
from trucekeeper.kernel.errors import NotFound
from trucekeeper.kernel.ids import Id
from trucekeeper.office.wiring import Office


def routes(office: Office) -> APIRouter:
    """The routes over an open office."""
    router = APIRouter(tags=["published"])

    @router.get("/reports")
    def reports() -> list[dict[str, int | str]]:
        """Every published daily report with its entry in the record."""
        return [{"day": one.day, "entry": ref.entry} for ref, one in office.casebook.published() if one.day]

    @router.get(
        "/reports/{day}",
        response_class=Response,
        responses={**refusals(400, 404), **plain("application/json", "The report.")},
    )
    def report(day: date) -> Response:
        """One report, canonical JSON, the bytes whose digest is on the record."""
        return Response(
            _file(office.folder.reports / day.isoformat() / "daily.json"), media_type="application/json"
        )

    @router.get(
        "/bundles/{incident}",
        response_class=Response,
        responses={**refusals(400, 404), **plain("application/json", "The bundle.")},
    )
    def bundle(incident: str) -> Response:
        """The latest bundle on an incident, for `truce verify`."""
        Id.parse(incident)
        return Response(_file(office.folder.bundles / f"{incident}.bundle"), media_type="application/json")

    @router.get("/commitments", responses=refusals(404))
    def commitments() -> list[dict[str, int | str]]:
        """How many sites each notifier has registered without telling where; open to anyone, and never where."""
        return [
            {"notifier": one.notifier, "sealed": one.standing, "revealed": one.revealed}
            for one in office.movements.commitments.count()
        ]

    return router


def _file(path: Path) -> bytes:
    if not path.is_file():
        msg = "nothing is published under that name; see the list of reports"
        raise NotFound(msg)
    return path.read_bytes()
