"""The office's pages: each is an address that prints, and carries its checkpoint in the footer."""

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, HTMLResponse, Response
from fastapi.staticfiles import StaticFiles
from jinja2 import Environment, PackageLoader, select_autoescape
from starlette.exceptions import HTTPException

from trucekeeper.kernel.errors import NotFound, TruceError
from trucekeeper.office.wiring import Office
from trucekeeper.record.ref import Ref
from trucekeeper.reports.agreement_page import agreement_html
from trucekeeper.web import views

TYPES: Mapping[str, str] = {
    "html": "text/html; charset=utf-8",
    "pdf": "application/pdf",
    "json": "application/json",
}
"""The forms of a report, and what they are."""

Handler = Callable[[Request, Exception], Response | Awaitable[Response]]
Show = Callable[[str, str, str, views.View], HTMLResponse]


def pages(app: FastAPI, office: Office) -> None:
    """Add the pages over an open office to ``app``."""
    here = Path(__file__).parent
    app.mount("/static", StaticFiles(directory=here / "static"))
    env = Environment(
        loader=PackageLoader("trucekeeper.web"), autoescape=select_autoescape(), trim_blocks=True
    )

    def show(template: str, title: str, path: str, view: views.View) -> HTMLResponse:
        text = env.get_template(template).render(title=title, here=path, **views.frame(office), **view)
        return HTMLResponse(text)

    _overviews(app, office, show)
    _details(app, office, show)
    _problems(app, show)


def _overviews(app: FastAPI, office: Office, show: Show) -> None:
    @app.get("/", include_in_schema=False)
    def home() -> HTMLResponse:
        return show("home.html", "Office", "/", views.home(office))

    @app.get("/reports", include_in_schema=False)
    def reports() -> HTMLResponse:
        return show("reports.html", "Daily reports", "/reports", {"reports": views.reports(office)})

    @app.get("/incidents", include_in_schema=False)
    def incidents(after: str = "") -> HTMLResponse:
        return show("incidents.html", "Incidents", "/incidents", views.incidents(office, after))

    @app.get("/record", include_in_schema=False)
    def record() -> HTMLResponse:
        return show("record.html", "The record", "/record", views.record(office))

    @app.get("/agreement", include_in_schema=False)
    def agreement() -> Response:
        return HTMLResponse(agreement_html(office.agreement))

    @app.get("/health", include_in_schema=False)
    def health() -> dict[str, int]:
        return {"size": office.record.size()}


def _details(app: FastAPI, office: Office, show: Show) -> None:
    @app.get("/incidents/{incident}", include_in_schema=False)
    def incident(incident: str) -> HTMLResponse:
        return show("incident.html", incident, "", views.incident(office, incident))

    @app.get("/entries/{ref}", include_in_schema=False)
    def entry(ref: str) -> HTMLResponse:
        return show("entry.html", f"Entry {ref}", "", views.entry(office, Ref.parse(ref)))

    @app.get("/reports/{folder}/{name}", include_in_schema=False)
    def report(folder: str, name: str) -> FileResponse:
        published = {one.folder: one.kind for _, one in office.casebook.published()}
        kind, _, form = name.partition(".")
        path = office.folder.reports / folder / name
        if published.get(folder) != kind or form not in TYPES or not path.is_file():
            msg = "no such report is published; see the list of reports"
            raise NotFound(msg)
        return FileResponse(path, media_type=TYPES[form])


def _problems(app: FastAPI, show: Show) -> None:
    """A person gets a page where a program would get problem details."""
    for kind in (TruceError, HTTPException, RequestValidationError):
        app.add_exception_handler(kind, _as_page(app.exception_handlers[kind], show))


def _as_page(for_programs: Handler, show: Show) -> Handler:
    def problem(request: Request, error: Exception) -> Response | Awaitable[Response]:
        answer = for_programs(request, error)
        if request.url.path.startswith("/api/") or not isinstance(answer, Response):
            return answer
        says = f"{error}." if isinstance(error, TruceError) else "There is no page of this address here."
        page = show("problem.html", "This cannot be shown", "", {"says": says})
        page.status_code = answer.status_code
        return page

    return problem
