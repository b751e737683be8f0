"""A PostgreSQL server of the tests' own, from Debian's programs: on a Unix socket in a new folder, with fsync on.

The benchmark of deconfliction starts its own with it too.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import sqlalchemy as sa

PROGRAMS = "/usr/lib/postgresql/*/bin"
EXTENSIONS = "/usr/share/postgresql/{version}/extension"
USER = "postgres"
_NUMBERS = count(1)


def missing() -> str | None:
    """Why no server can be started here; None where one can."""
    if _programs() is None:
        return "not run: needs postgresql (initdb and postgres), not installed here"
    if os.geteuid() == 0 and (_user() is None or shutil.which("setpriv") is None):
        return f"not run: needs a user {USER} and setpriv, for PostgreSQL does not run as root"
    return None


def missing_postgis() -> str | None:
    """Why no server with PostGIS can be started here; None where one can."""
    programs = _programs()
    if programs is not None:
        # Debian keeps the programs of version 15 in /usr/lib/postgresql/15/bin.
        extensions = Path(EXTENSIONS.format(version=programs.parent.name))
        beside = programs.parent / "share" / "extension"
        if not any((folder / "postgis.control").is_file() for folder in (extensions, beside)):
            return "not run: needs PostGIS 3 for PostgreSQL (postgresql-postgis), not installed here"
    return missing()


@contextmanager
def served(**settings: str) -> Iterator[str]:
    """The address of a server's own database; the server ends with the context."""
    programs = _programs()
    assert programs is not None
    folder = Path(tempfile.mkdtemp(prefix="truce-pg-"))
    user = _user()
    if os.geteuid() == 0 and user is not None:
        os.chown(folder, user.pw_uid, user.pw_gid)
    data = folder / "data"
    try:
        _run(programs / "initdb", "-D", data, "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C")
        options = f"-c listen_addresses='' -c unix_socket_directories={folder} -c max_connections=200"
        options += "".join(f" -c {name}={value}" for name, value in settings.items())
        _run(programs / "pg_ctl", "-D", data, "-l", folder / "log", "-w", "-o", options, "start")
        try:
            yield f"postgresql+pg8000://{USER}@/{USER}?unix_sock={folder}/.s.PGSQL.5432"
        finally:
            _run(programs / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def new_database(address: str) -> str:
    """The address of a new, empty database on that server."""
    name = f"office{next(_NUMBERS)}_{os.getpid()}"
    engine = sa.create_engine(address, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    engine.dispose()
    return address.replace(f"/{USER}?", f"/{name}?")


def _programs() -> Path | None:
    found = sorted(Path("/").glob(PROGRAMS.lstrip("/") + "/initdb"))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return None if on_path is None else Path(on_path).parent


def _user() -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(USER)
    except KeyError:
        return None


def _run(*command: object) -> None:
    user = _user()
    own = []
    if os.geteuid() == 0 and user is not None:
        own = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
    words = [*own, *map(str, command)]
    done = subprocess.run(
        words,
        check=False,
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    assert done.returncode == 0, done.stdout.decode(errors="replace")
