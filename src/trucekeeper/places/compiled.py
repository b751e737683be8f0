"""The one place that knows the compiler: functions marked with :func:`compiled` are turned into machine code.

The first call of each compiles it, which takes seconds; the code is kept beside the source and loaded in milliseconds
by every later process. Nothing is reordered or fused (``fastmath`` is off), so results are those of IEEE 754.
"""

from collections.abc import Callable
from typing import TypeVar, cast

import numba

F = TypeVar("F", bound=Callable[..., object])


def compiled(function: F) -> F:
    """The same function as machine code. It holds the interpreter's lock, as befits what takes microseconds."""
    make = cast("Callable[[F], F]", numba.njit(cache=True, fastmath=False))
    return make(function)


def compiled_apart(function: F) -> F:
    """As :func:`compiled`, for what takes long: other threads go on meanwhile."""
    make = cast("Callable[[F], F]", numba.njit(cache=True, nogil=True, fastmath=False))
    return make(function)
