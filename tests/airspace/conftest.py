"""The desk is tried over every index that can hold volumes; a new kind adds itself to ``stores``."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests import postgres
from trucekeeper.airspace.book import Indexes
from trucekeeper.movements.live import LiveIndex
from trucekeeper.stores.index_postgis import PostgisIndex
from trucekeeper.stores.index_sqlite import SqliteIndex


@pytest.fixture(scope="session", params=["memory", "sqlite", "postgis"])
def stores(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Indexes]:
    """Three indexes of one kind; a desk that opens on them empties them first."""
    with ExitStack() as held:
        if request.param == "memory":
            yield Indexes(LiveIndex(), LiveIndex(), LiveIndex())
        elif request.param == "sqlite":
            folder = tmp_path_factory.mktemp("indexes")
            made = [held.enter_context(SqliteIndex(folder / f"{number}.sqlite")) for number in range(3)]
            yield Indexes(*made)
        else:
            why = postgres.missing_postgis()
            if why is not None:
                pytest.skip(why)
            server = held.enter_context(postgres.served())
            bases = [postgres.new_database(server) for _ in range(3)]
            yield Indexes(*[held.enter_context(PostgisIndex(one)) for one in bases])
