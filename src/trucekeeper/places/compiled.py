"""The one place that knows the compiler: functions that are marked here are turned into machine code.

The first call of each compiles it, which takes seconds; the code is kept beside the source, or below the user's own
cache, and loaded in milliseconds by every later process. Where neither can be written, every process compiles anew.
Nothing is reordered or fused (``fastmath`` is off), so results are those of IEEE 754.
"""

from collections.abc import Callable
from typing import TypeVar, cast

import numba

F = TypeVar("F", bound=Callable[..., object])


def compiled(function: F) -> F:
    """The same function as machine code. It holds the interpreter's lock, as befits what takes microseconds."""
    return _made(function)


def compiled_apart(function: F) -> F:
    """As :func:`compiled`, for what takes long: other threads go on meanwhile."""
    return _made(function, nogil=True)


def compiled_within(function: F) -> F:
    """As :func:`compiled`, for what compiled functions alone call: compiling takes half the time."""
    return _made(function, no_cpython_wrapper=True, no_cfunc_wrapper=True)


def _made(function: F, **options: bool) -> F:
    make = cast("Callable[..., Callable[[F], F]]", numba.njit)
    try:
        return make(cache=True, fastmath=False, **options)(function)
    except RuntimeError:  # there is no folder to keep the code in
        return make(cache=False, fastmath=False, **options)(function)
