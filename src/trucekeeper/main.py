"""The front door: hands the command line what serves an office, and composes that from its strangers, api and web."""

import socket
from collections.abc import Callable
from contextlib import closing
from functools import cache
from pathlib import Path

from trucekeeper.cli.main import command
from trucekeeper.kernel.errors import Conflict


def run() -> None:
    """``truce``."""
    _whole()()


@cache
def _whole() -> Callable[[], None]:
    """The command with what serves; to read its hundred parts takes longer than most of them do."""
    return command(serve, serve_witness)


def serve(office: Path, port: int, ready: Callable[[str], None]) -> None:
    """Serve an office to this machine alone until interrupted. There is no sign-in yet, so no other host may ask."""
    import uvicorn

    from trucekeeper.api.app import create_app
    from trucekeeper.office.duties import duties
    from trucekeeper.office.logs import written
    from trucekeeper.office.ticking import Ticker
    from trucekeeper.office.wiring import open_office
    from trucekeeper.web.pages import pages

    with (
        open_office(office) as opened,
        written(opened.log_file),
        closing(_listening("127.0.0.1", port)) as listener,
        Ticker(duties(opened), opened.clock),
    ):
        app = create_app(opened)
        pages(app, opened)
        opened.airspace.state()  # folded and compiled before the first client waits for it
        ready(f"http://127.0.0.1:{port}")
        uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False)).run([listener])


def serve_witness(folder: Path, host: str, port: int, ready: Callable[[str], None]) -> None:
    """Serve a witness to whoever reaches ``host`` and ``port``, until interrupted. Only signed checkpoints move it."""
    import uvicorn

    from trucekeeper.api.witness import create_app
    from trucekeeper.stores.witness_folder import Witness

    with Witness(folder) as witness, closing(_listening(host, port)) as listener:
        ready(f"http://{f'[{host}]' if ':' in host else host}:{port}")
        config = uvicorn.Config(
            create_app(witness),
            log_level="warning",
            access_log=False,
            server_header=False,
            lifespan="off",
            ws="none",
        )
        uvicorn.Server(config).run([listener])


def _listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # TCP by name: otherwise asyncio leaves the delay for small packets on, and each answer takes 40 ms more.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        msg = f"port {port} of this machine cannot be had ({error.strerror}); name another with --port"
        raise Conflict(msg) from error
    return listener
