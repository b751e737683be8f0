"""Writes the part of docs/reference/commands.md that lists each command: ``python tools/commands.py``.

The words are those of ``truce COMMAND --help``. A test holds the page to what this writes.
"""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import typer.main
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from trucekeeper.cli.main import built

PAGE = Path(__file__).parent.parent / "docs" / "reference" / "commands.md"
MARK = "## Each command\n"


def main() -> int:
    """Write the page anew."""
    PAGE.write_text(page(PAGE.read_text("utf-8")), "utf-8")
    return 0


def page(before: str) -> str:
    """The page with every command told; what stands above the list is kept."""
    head, mark, _ = before.partition(MARK)
    return head + mark + "\n" + "\n".join(_told(path, one) for path, one in _commands())


def _commands() -> Iterator[tuple[str, TyperCommand]]:
    yield from _below("truce", typer.main.get_command(built(_served, _witnessed)))


def _served(office: Path, port: int, ready: Callable[[str], None]) -> None:
    """Nothing is served here."""


def _witnessed(folder: Path, host: str, port: int, ready: Callable[[str], None]) -> None:
    """Nor is a witness."""


def _below(path: str, one: object) -> Iterator[tuple[str, TyperCommand]]:
    if not isinstance(one, TyperGroup):
        if isinstance(one, TyperCommand):
            yield path, one
        return
    groups = [(name, below) for name, below in one.commands.items() if isinstance(below, TyperGroup)]
    plain = [(name, below) for name, below in one.commands.items() if not isinstance(below, TyperGroup)]
    for name, below in plain + sorted(groups, key=lambda pair: pair[0]):
        yield from _below(f"{path} {name}", below)


def _told(path: str, one: TyperCommand) -> str:
    lines = [f"### `{path}`", "", " ".join((one.help or "").split()), ""]
    given = [param for param in one.params if isinstance(param, TyperArgument)]
    options = [param for param in one.params if isinstance(param, TyperOption)]
    words = [_word(param) for param in given]
    tail = ["[OPTIONS]"] if options else []
    lines += ["```text", " ".join([path, *words, *tail]), "```", ""]
    rows = [f"| `{_name(param)}` | {getattr(param, 'help', '') or ''} |" for param in given]
    rows += [_row(param) for param in options]
    if rows:
        lines += ["| | |", "|---|---|", *rows, ""]
    return "\n".join(lines)


def _name(param: TyperArgument) -> str:
    return str(param.metavar or param.name).upper()


def _word(param: TyperArgument) -> str:
    name = _name(param) if param.required else f"[{_name(param)}]"
    return f"{name}..." if param.nargs == -1 else name


def _row(param: TyperOption) -> str:
    name = max(param.opts, key=len)
    about = [param.help or ""]
    if param.required:
        from_environment = f", or set `{param.envvar}`" if param.envvar else ""
        about.append(f"(needed{from_environment})")
    elif not param.is_flag and param.default not in {None, "", ()}:
        about.append(f"(default `{param.default}`)")
    return f"| `{name}{'' if param.is_flag else ' …'}` | {' '.join(about)} |"


if __name__ == "__main__":
    sys.exit(main())
