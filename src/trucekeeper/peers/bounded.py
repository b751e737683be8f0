"""Runs what may hang, such as a name server that does not answer, and leaves it behind when its time is over."""

import threading
from collections.abc import Callable
from typing import TypeVar

_Found = TypeVar("_Found")


def bounded(act: Callable[[], _Found], limit_s: float) -> _Found | None:
    """What ``act`` gives, in a thread of its own; None where it has not ended within ``limit_s`` or has raised."""
    found: list[_Found] = []
    worker = threading.Thread(target=lambda: found.append(act()), daemon=True)
    worker.start()
    worker.join(limit_s)
    return found[0] if found else None
