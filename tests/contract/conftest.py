"""Each record's test runs over every database that can hold its vault."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests import postgres
from tests.office_kit import Kit, new_kit
from tests.record.kit import NOW, new_record, rechecked, reopened
from trucekeeper.kernel.clock import SetClock
from trucekeeper.record.recheck import Rechecked
from trucekeeper.stores.sql_record import SqlRecord, Terms


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[Kit]:
    """A new office; the test may close and open it again."""
    made = new_kit(tmp_path / "office")
    yield made
    made.office.close()


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The address of a PostgreSQL server; where there is none, its tests are not run."""
    why = postgres.missing()
    if why is not None:
        pytest.skip(why)
    with postgres.served() as address:
        yield address


@pytest.fixture(scope="session")
def postgis(request: pytest.FixtureRequest) -> str:
    """The address of a database with PostGIS."""
    why = postgres.missing_postgis()
    if why is not None:
        pytest.skip(why)
    server: str = request.getfixturevalue("server")
    return postgres.new_database(server)


@dataclass(frozen=True, slots=True)
class Home:
    """Where a test's record lies, and how it is kept."""

    folder: Path
    clock: SetClock
    queue: str | None

    @property
    def log(self) -> Path:
        return self.folder / "office" / "log"

    def made(self, first: bytes | None = None, **terms: int) -> SqlRecord:
        return new_record(self.folder, self.clock, Terms(queue=self.queue, **terms), first)

    def opened(self, **terms: int) -> SqlRecord:
        return reopened(self.folder, self.clock, Terms(queue=self.queue, **terms))

    def checked(self) -> Rechecked:
        return rechecked(self.folder, self.queue)

    def elsewhere(self, folder: Path) -> "Home":
        return replace(self, folder=folder)


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOW)


@pytest.fixture(params=["sqlite", "postgresql"])
def home(request: pytest.FixtureRequest, tmp_path: Path, clock: SetClock) -> Home:
    """An empty folder, and an empty database where the vault lies in one."""
    queue = None
    if request.param == "postgresql":
        address: str = request.getfixturevalue("server")
        queue = postgres.new_database(address)
    return Home(tmp_path, clock, queue)


@pytest.fixture
def record(home: Home) -> Iterator[SqlRecord]:
    with home.made() as made:
        yield made
