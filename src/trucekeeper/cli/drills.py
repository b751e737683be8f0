"""``truce demo`` and ``run``: a whole office's way, on fiction or on given files."""

import os
import shlex
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from trucekeeper.cli.agreements import Supplied, supplied
from trucekeeper.cli.offices import PORT, served
from trucekeeper.cli.options import Server, contents
from trucekeeper.cli.progress import bar

if TYPE_CHECKING:
    from trucekeeper.drill.demo import Outcome

DATA = "../shared/data"
"""Where given data are looked for when TRUCE_DATA does not say."""


def add(app: typer.Typer, serve: Server) -> None:
    """Hang the commands into ``truce``."""

    @app.command()
    def demo(
        office: Annotated[Path, typer.Option("--office", help="A new folder for the demo's office.")] = Path(
            "demo-office"
        ),
        seed: Annotated[int, typer.Option(help="Another seed, another ceasefire.", min=0)] = 2026,
        days: Annotated[int, typer.Option(help="How many days to play.", min=1, max=30)] = 30,
        port: Annotated[int, typer.Option(help="Port to serve on afterwards.", min=1, max=65535)] = PORT,
        no_serve: Annotated[
            bool, typer.Option("--no-serve", help="Do not serve the office afterwards.")
        ] = False,
        again: Annotated[
            bool, typer.Option("--again", help="Replace the office of an earlier demo in that folder.")
        ] = False,
    ) -> None:
        """Play a fictional ceasefire through a whole office, check it, and serve it."""
        _demo(office, seed, days, again=again)
        if no_serve or not sys.stdout.isatty():
            typer.echo(f"\nServe it:  {_program()} serve --office {shlex.quote(str(office))}")
            return
        typer.echo("")
        serve(office, port, served)

    app.command()(run)


def _program() -> str:
    """How this very program is called from here: by its name where the shell finds it, else by its path."""
    found = shutil.which("truce")
    here = Path(sys.argv[0])
    if found is not None and here.exists() and Path(found).samefile(here):
        return "truce"
    return shlex.quote(os.path.relpath(here)) if here.name == "truce" else "truce"


def _demo(office: Path, seed: int, days: int, *, again: bool) -> None:
    from trucekeeper.drill.demo import play_demo

    typer.echo("The Lakeside Armistice: a fictional ceasefire, played through a real office.")
    with bar("{task.completed:.0f}/{task.total:.0f} days", "{task.fields[said]}") as display:
        task = display.add_task("playing", total=days, said="")

        def step(day: int, said: str) -> None:
            display.update(task, completed=day, said=said)

        outcome = play_demo(office, seed=seed, days=days, tell=step, again=again)
    for line in _said(outcome):
        typer.echo(line)


def _said(outcome: "Outcome") -> list[str]:
    place = shlex.quote(str(outcome.office))
    name = outcome.bundle.name
    last = outcome.reports[-1]
    truce = _program()
    return [
        f"  {outcome.observations:,} observations recorded, {outcome.refused} rows refused with a reason",
        f"  {outcome.incidents:,} incidents linked, {outcome.cases} cases drafted, {outcome.decided} decided by two",
        f"  {len(outcome.reports)} daily reports published, every number with its entries",
        f"  {outcome.notices} notices taken, {outcome.struck} struck all the same, with who knew of it and when",
        f"  {outcome.entries:,} entries in the record; the tables rebuilt from it are identical",
        f"  bundle of {outcome.bundle.stem} verified offline, {outcome.flipped} flipped bytes in it refused",
        "",
        "Open the last report:",
        f"  {place}/reports/{last}/daily.html   (or daily.pdf)",
        "Check a finding as a party that trusts nobody would:",
        f"  {truce} verify {place}/bundles/{name} --key {place}/log/log.vkey",
        "See what was announced, and who knew of what was struck:",
        f"  {truce} notice list --all --office {place}",
        f"  {truce} notice struck --office {place}",
        "Look into the record, or make every table anew from it:",
        f"  {truce} record list --office {place}",
        f"  {truce} rebuild --office {place}",
    ]


def run(
    profile: Annotated[Path, typer.Argument(help="An agreement's folder, such as profiles/minsk.")],
    files: Annotated[list[Path], typer.Argument(help="Files to import.")],
    office: Annotated[
        Path | None, typer.Option("--office", help="A new folder for the office; else PROFILE-office.")
    ] = None,
    zone: Supplied = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what the files would bring, write nothing.")
    ] = False,
) -> None:
    """Take given files the whole way under an agreement: record, screen, link, assess, report."""
    from trucekeeper.drill.run import found_below, run_profile, tried

    named = supplied(zone)
    found = found_below(profile, Path(os.environ.get("TRUCE_DATA", DATA)), named)
    for name, path in found.items():
        typer.echo(f"{name}: taken from {path}; name another with --zone {name}=FILE")
    geometry = named | {name: contents(path) for name, path in found.items()}
    if dry_run:
        for line in tried(profile, files, geometry):
            typer.echo(line)
        return
    root = Path(f"{profile.resolve().name}-office") if office is None else office
    with bar("{task.fields[said]}") as display:
        task = display.add_task("running", total=None, said="")
        outcome = run_profile(root, profile, files, geometry, lambda said: display.update(task, said=said))
    for line in outcome.lines:
        typer.echo(line)
    if outcome.refused:
        raise typer.Exit(8)
