"""The one place that knows the compiler: functions marked with :func:`compiled` are turned into machine code.

The first call of each compiles it, which takes seconds; the code is kept beside the source and loaded in milliseconds
by every later process. Nothing is reordered or fused (``fastmath`` is off), so results are those of IEEE 754.
"""

from collections.abc import Callable
from typing import TypeVar, cast

import numba

F = TypeVar("F", bound=Callable[..., object])


def compiled(function: F) -> F:
    """The same function as machine code, without the interpreter's lock."""
    make = cast("Callable[[F], F]", numba.njit(cache=True, nogil=True, fastmath=False))
    return make(function)
