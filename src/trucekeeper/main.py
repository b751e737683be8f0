"""The front door: hands the command line what serves an office, and composes that from its strangers, api and web."""

from pathlib import Path
from typing import TYPE_CHECKING

from trucekeeper.cli.main import command

if TYPE_CHECKING:
    from trucekeeper.office.wiring import Office


def run() -> None:
    """``truce``."""
    command(serve)()


def serve(office: Path, port: int) -> None:
    """Serve an office to this machine alone until interrupted. There is no sign-in yet, so no other host may ask."""
    import uvicorn

    from trucekeeper.api.app import create_app
    from trucekeeper.office.logs import written
    from trucekeeper.office.wiring import open_office
    from trucekeeper.web.pages import pages

    with open_office(office) as opened, written(_log(opened)):
        app = create_app(opened)
        pages(app, opened)
        uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning", access_log=False)


def _log(office: "Office") -> Path | None:
    """Where the office's events go; None is standard error."""
    name = office.settings.log_file
    return None if name is None else office.folder.root / name
