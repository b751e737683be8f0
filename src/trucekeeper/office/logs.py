"""Logs: one JSON line per event, with ids and counts alone. The record is the audit, logs leak.

What is not on :data:`ALLOWED` is dropped before a line is written, whoever logged it: no place, name or
source can reach a log by mistake.
"""

import sys
from collections.abc import Generator, MutableMapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TextIO

import structlog

ALLOWED = frozenset(
    {
        "event", "level", "timestamp", "entry", "first", "last", "entries", "rows", "refused", "skipped",
        "kind", "size", "incident", "incidents", "finding", "findings", "day", "digest", "approves", "ms", "code",
        "notice", "recipient", "channel", "attempts",
    }
)  # fmt: skip
"""The names that a log line may have."""


def only_ids(
    _logger: object, _method: str, event: MutableMapping[str, object]
) -> MutableMapping[str, object]:
    """Keeps what is allowed, and of that only numbers, booleans and short single words."""
    return {name: value for name, value in event.items() if name in ALLOWED and _harmless(value)}


def _harmless(value: object) -> bool:
    if isinstance(value, str):
        return len(value) <= 80 and value.isascii() and " " not in value
    return value is None or isinstance(value, int)


@contextmanager
def written(file: Path | None = None, stream: TextIO | None = None) -> Generator[None]:
    """Sends every event as a JSON line to ``file``, else to ``stream`` (standard error), until it is left."""
    before = structlog.get_config()
    with ExitStack() as stack:
        target = stream or sys.stderr
        if file is not None:
            target = stack.enter_context(file.open("a", encoding="ascii", buffering=1))
        structlog.configure(
            processors=[
                structlog.processors.add_log_level,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                only_ids,
                structlog.processors.JSONRenderer(sort_keys=True),
            ],
            logger_factory=structlog.WriteLoggerFactory(file=target),
            cache_logger_on_first_use=False,
        )
        try:
            yield
        finally:
            structlog.configure(**before)
