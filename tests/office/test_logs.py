import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog

from trucekeeper.office import logs

Lines = Callable[[], list[dict[str, object]]]


@pytest.fixture
def lines() -> Iterator[Lines]:
    stream = io.StringIO()
    with logs.written(stream=stream):
        yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]


def test_ids_and_counts_are_written(lines: Lines) -> None:
    structlog.get_logger().info("observation.received", entry=12, entries=1)
    (line,) = lines()
    assert line["event"] == "observation.received"
    assert (line["entry"], line["entries"], line["level"]) == (12, 1, "info")


def test_places_names_and_sources_are_dropped(lines: Lines) -> None:
    structlog.get_logger().info(
        "observation.received", entry=1, lat_u=-21_000_000, source="resident-17", holder="Ada", note="seen"
    )
    assert set(lines()[0]) == {"event", "level", "timestamp", "entry"}


def test_an_allowed_name_holds_no_sentence(lines: Lines) -> None:
    structlog.get_logger().info("finding.drafted", incident="by the old mill, Ada saw it", digest=[1, 2])
    assert set(lines()[0]) == {"event", "level", "timestamp"}


def test_a_log_file_grows_and_the_former_logging_comes_back(tmp_path: Path) -> None:
    before = structlog.get_config()
    for number in (1, 2):
        with logs.written(tmp_path / "office.log"):
            structlog.get_logger().info("finding.drafted", entry=number)
    lines = [json.loads(line) for line in (tmp_path / "office.log").read_text().splitlines()]
    assert [line["entry"] for line in lines] == [1, 2]
    assert structlog.get_config() == before
