"""`truce` as a user meets it: in a process of its own, or quicker, in this one."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from trucekeeper.main import run

INSTALLED = Path(sys.executable).parent / "truce"
"""The command that the wheel or the editable install put beside this Python."""


AS_INSTALLED = "import sys; sys.argv[0] = 'truce'; from trucekeeper.main import run; run()"


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self):
        return json.loads(self.out)


def command(*arguments: object) -> list[str]:
    """The command line; an environment that only has the source tree on its path has no installed command."""
    words = [str(one) for one in arguments]
    if INSTALLED.exists():
        return [str(INSTALLED), *words]
    return [sys.executable, "-c", AS_INSTALLED, *words]


def spawned(*arguments: object, env: Mapping[str, str] | None = None, timeout: float = 100) -> Done:
    """Run the command in a process of its own, without a terminal."""
    done = subprocess.run(
        command(*arguments),
        env={**os.environ, **(env or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=timeout,
    )
    return Done(done.returncode, done.stdout, done.stderr)


def truce(*arguments: object) -> Done:
    """Run the command in this process: an exception that escapes it fails the test as a traceback would."""
    out, err = io.StringIO(), io.StringIO()
    argv = ["truce", *(str(one) for one in arguments)]
    with patch.object(sys, "argv", argv), redirect_stdout(out), redirect_stderr(err):
        try:
            run()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 1
        else:
            code = 0
    return Done(code, out.getvalue(), err.getvalue())


def sentence(done: Done) -> str:
    """What was said about an error: exactly one sentence on standard error, and no traceback."""
    lines = done.err.splitlines()
    assert len(lines) == 1, done.err
    assert lines[0].startswith("truce: "), done.err
    assert lines[0].endswith("."), done.err
    assert "Traceback" not in done.err
    assert done.code not in {0, 1}, done
    return lines[0]
