"""The moments on the way of an append at which a crash is tried.

They are: queued, sequenced, bundles, tiles, signed, published.
"""

import os
import signal

NAMED = "TRUCE_KILL_AT"
"""Set by a test alone: ``tiles`` ends the process the first time it gets there, ``tiles:3`` the third time."""


def reached(point: str) -> None:
    """Does nothing, unless a test has asked for the process to end here, without another instruction."""
    asked = os.environ.get(NAMED)
    if asked is None:
        return
    named, _, left = asked.partition(":")
    if named != point:
        return
    if left in {"", "1"}:
        os.kill(os.getpid(), signal.SIGKILL)
    os.environ[NAMED] = f"{named}:{int(left) - 1}"
