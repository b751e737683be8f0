"""The peers of the benchmark of deconfliction: PostGIS with one GiST index, and a static STRtree of shapely.

Both hold polygons that are ready, of what is live and of what is asked; ours starts from volumes.
"""

import io
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
import outlines
import pg8000.dbapi
import shapely
import sqlalchemy as sa

from trucekeeper.movements.volume import Volume

Pairs = set[tuple[int, int]]
"""Number of a live volume, number of an activity's volume."""

TUNED = {
    "shared_buffers": "3GB",
    "work_mem": "256MB",
    "maintenance_work_mem": "1GB",
    "effective_cache_size": "8GB",
    "random_page_cost": "1.0",
    "jit": "off",
    "max_wal_size": "8GB",
    "max_parallel_workers_per_gather": "0",
}
"""The server's settings: all that is asked for lies in memory, and no plan is compiled or spread over processes."""

_TABLES = """
CREATE EXTENSION postgis;
CREATE UNLOGGED TABLE live (id integer, geom geometry(Polygon, 4326), span int8range, low bigint, high bigint);
CREATE UNLOGGED TABLE asked (activity integer, by integer, geom geometry(Polygon, 4326), span int8range,
  low bigint, high bigint);
CREATE INDEX ON asked (activity);
"""
_LATERAL = """
  FROM asked CROSS JOIN LATERAL (
    SELECT id FROM live WHERE ST_Intersects(live.geom, asked.geom) AND live.span && asked.span
      AND live.low <= asked.high AND live.high >= asked.low) AS hit
"""
# The plan of a statement in PL/pgSQL is kept by the session, as that of a prepared one. The clock is read on the
# server around each activity, so neither the way there nor any row sent back counts.
_TIMED = f"""
CREATE FUNCTION timed(activities integer[]) RETURNS float8[] LANGUAGE plpgsql AS $$
DECLARE begun timestamptz; one integer; found bigint; took float8[] := '{{}}';
BEGIN
  FOREACH one IN ARRAY activities LOOP
    begun := clock_timestamp();
    SELECT count(id) INTO found {_LATERAL} WHERE asked.activity = one;
    took := took || extract(epoch FROM clock_timestamp() - begun)::float8;
  END LOOP;
  RETURN took;
END $$
"""  # noqa: S608 - our own text


@dataclass(frozen=True)
class Drawn:
    """Volumes as the peers have them."""

    polygons: np.ndarray
    numbers: np.ndarray

    @staticmethod
    def of(volumes: Sequence[Volume]) -> "Drawn":
        """Polygons and arrays of these volumes."""
        return Drawn(outlines.polygons(volumes), outlines.numbers(volumes))


class Tree:
    """A static STRtree, then time and altitude in numpy, then the exact predicate of GEOS on what is left."""

    def __init__(self, live: Drawn, asked: Sequence[Drawn]) -> None:
        self._tree, self._live, self._asked = shapely.STRtree(live.polygons), live, asked
        for one in asked:
            shapely.prepare(one.polygons)

    def answer(self, activity: int) -> Pairs:
        """What the activity meets."""
        by, hit = self._meeting(activity)
        return set(zip(hit.tolist(), by.tolist(), strict=True))

    def times(self, activities: Iterable[int]) -> Iterator[float]:
        """Seconds that each activity took."""
        for one in activities:
            begun = time.perf_counter()
            self._meeting(one)
            yield time.perf_counter() - begun

    def _meeting(self, activity: int) -> tuple[np.ndarray, np.ndarray]:
        asked, live = self._asked[activity], self._live.numbers
        by, hit = self._tree.query(asked.polygons)
        start, end, low, high = asked.numbers[:, by]
        since, till, floor, top = live[:, hit]
        left = np.flatnonzero((since <= end) & (till >= start) & (floor <= high) & (top >= low))
        by, hit = by[left], hit[left]
        meets = shapely.intersects(asked.polygons[by], self._live.polygons[hit])
        return by[meets], hit[meets]


class Gist:
    """PostGIS with ``gist (geom, span)``, both conditions inside one LATERAL."""

    def __init__(self, address: str, live: Drawn, asked: Sequence[Drawn]) -> None:
        url = sa.make_url(address)
        self._connection = pg8000.dbapi.connect(
            url.username or "", unix_sock=str(url.query["unix_sock"]), database=url.database
        )
        self._connection.autocommit = True
        self._cursor = self._connection.cursor()
        for statement in (*_TABLES.split(";")[:-1], _TIMED):
            self._cursor.execute(statement)
        self._copy("live", [()], [live])
        self._copy("asked", [(number,) for number in range(len(asked))], asked)
        self._cursor.execute("CREATE INDEX ON live USING gist (geom, span)")
        self._cursor.execute("VACUUM (ANALYZE) live")
        self._cursor.execute("VACUUM (ANALYZE) asked")
        for kind in ("seqscan", "hashjoin", "mergejoin", "bitmapscan"):
            self._cursor.execute(f"SET enable_{kind} = off")

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    def plan(self) -> str:
        """How the server goes about it."""
        self._cursor.execute(f"EXPLAIN SELECT count(id) {_LATERAL} WHERE asked.activity = 1")
        return "\n".join(row[0] for row in self._cursor.fetchall())

    def answer(self, activity: int) -> Pairs:
        """What the activity meets."""
        self._cursor.execute(f"SELECT id, by {_LATERAL} WHERE asked.activity = {activity:d}")
        return {(hit, by) for hit, by in self._cursor.fetchall()}

    def times(self, activities: Iterable[int]) -> Sequence[float]:
        """Seconds that each activity took, by the server's own clock."""
        self._cursor.execute("SELECT timed(%s)", (list(activities),))
        (took,) = self._cursor.fetchone()
        return took

    def _copy(self, table: str, heads: Sequence[tuple[int, ...]], drawn: Sequence[Drawn]) -> None:
        self._cursor.execute(f"COPY {table} FROM STDIN", stream=_Lines(_rows(heads, drawn)))


def _rows(heads: Sequence[tuple[int, ...]], drawn: Sequence[Drawn]) -> Iterator[str]:
    for head, one in zip(heads, drawn, strict=True):
        for first in range(0, len(one.polygons), 10_000):
            part = slice(first, first + 10_000)
            texts = shapely.to_wkb(shapely.set_srid(one.polygons[part], 4326), hex=True, include_srid=True)
            for number, (text, bounds) in enumerate(
                zip(texts, one.numbers[:, part].T.tolist(), strict=True), first
            ):
                start, end, low, high = bounds
                span = f"[{'' if start == -outlines.UNBOUNDED else start},{'' if end == outlines.UNBOUNDED else end}]"
                yield "\t".join(map(str, (*head, number, text, span, low, high))) + "\n"


class _Lines(io.RawIOBase):
    """Lines as the stream of a COPY."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines, self._left = lines, b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:
        while len(self._left) < len(buffer) and (more := "".join(islice(self._lines, 100))):
            self._left += more.encode()
        data, self._left = self._left[: len(buffer)], self._left[len(buffer) :]
        buffer[: len(data)] = data
        return len(data)
