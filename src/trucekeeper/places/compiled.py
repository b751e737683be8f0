"""The one place that knows the compiler: functions that are marked here are turned into machine code.

The first call of each compiles it, which takes seconds; the code is kept beside the source, or below the user's own
cache, and loaded in milliseconds by every later process. Where neither can be written, every process compiles anew.
Nothing is reordered or fused (``fastmath`` is off), so results are those of IEEE 754.

The compiler itself notices a change in the file of a function, and not one in what that function calls elsewhere: after
an upgrade it would go on with old geometry. So the folder is named by the digest of every source that may be compiled.
"""

import hashlib
import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar, cast

import numba
from numba.core import config

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


def folder_name(sources: Iterable[Path]) -> str:
    """The name of the folder for code compiled from these sources, by this compiler."""
    digest = hashlib.sha256(numba.__version__.encode())
    for source in sorted(sources):
        digest.update(source.read_bytes())
    return f"compiled-{digest.hexdigest()[:16]}"


def _keep() -> None:
    """Have the code kept in a folder of this very source, where one can be had."""
    package = Path(__file__).parent.parent
    name = folder_name([*(package / "places").glob("*.py"), *(package / "movements").glob("*.py")])
    named = os.environ.get("NUMBA_CACHE_DIR")
    beside = Path(__file__).parent / "__pycache__"
    for base in [Path(named)] if named else [beside, Path("~/.cache/trucekeeper")]:
        with suppress(OSError, RuntimeError):
            folder = base.expanduser() / name
            folder.mkdir(parents=True, exist_ok=True)
            if os.access(folder, os.W_OK):
                setattr(config, "CACHE_DIR", str(folder))  # noqa: B010 - the compiler's own switch, without a type
                return


def _made(function: F, **options: bool) -> F:
    make = cast("Callable[..., Callable[[F], F]]", numba.njit)
    try:
        return make(cache=True, fastmath=False, **options)(function)
    except RuntimeError:  # there is no folder to keep the code in
        return make(cache=False, fastmath=False, **options)(function)


_keep()
