"""Progress on standard error, where a person is watching; silence elsewhere."""

from collections.abc import Callable, Generator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn


def bar(*columns: str) -> Progress:
    """A progress display with a bar and the given text columns."""
    console = Console(stderr=True)
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        *(TextColumn(column) for column in columns),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )


@contextmanager
def counting(what: str) -> Generator[Callable[[int, int], None]]:
    """Counts up as work goes on: call what it gives with how many are done, and of how many."""
    with bar("{task.completed:,.0f}") as display:
        task = display.add_task(what, total=None)

        def told(done: int, goal: int) -> None:
            display.update(task, completed=done, total=goal)

        yield told
