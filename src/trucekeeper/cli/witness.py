"""``truce witness``: cosign the logs that one watches, and let an office collect such cosignatures."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from trucekeeper.cli.options import AsJson, OfficeFolder, WitnessServer, contents, tell, working
from trucekeeper.kernel.canon import Json
from trucekeeper.kernel.clock import Instant, format_utc
from trucekeeper.kernel.errors import BadInput

if TYPE_CHECKING:
    from trucekeeper.office.witnessing import Round
    from trucekeeper.stores.witness_folder import Watched

PORT = 8471

WitnessFolder = Annotated[
    Path, typer.Option("--witness", help="The witness's folder.", envvar="TRUCE_WITNESS")
]


def room(serve: WitnessServer) -> typer.Typer:
    """The commands, to be hung into ``truce``."""
    app = typer.Typer(help="Witness logs, and have one's own witnessed.", no_args_is_help=True)
    for one in (init, show, add, collect):
        app.command()(one)
    app.command("serve")(_serving(serve))
    return app


def init(
    folder: Annotated[Path, typer.Argument(help="A new folder for the witness.")],
    name: Annotated[str, typer.Option(help="The witness's name, such as guarantor.example/witness.")],
    ml_dsa: Annotated[
        bool, typer.Option("--ml-dsa", help="Cosign by an ML-DSA-44 key too, against quantum computers.")
    ] = False,
) -> None:
    """Make a witness: its folder and its key. Its verifier key goes to every log that is to ask it."""
    from trucekeeper.stores.witness_folder import VKEY, make_witness

    make_witness(folder, name, ml_dsa=ml_dsa)
    typer.echo(f"The witness stands in {folder}. Give {folder / VKEY} to the logs that it shall watch.")
    typer.echo(f"Next: truce witness add LOG.vkey --witness {folder}")


def add(
    log: Annotated[Path, typer.Argument(help="File with the log's verifier key, log.vkey.")],
    witness: WitnessFolder,
    origin: Annotated[
        str | None, typer.Option(help="First line of the log's checkpoints, where it is not the key's name.")
    ] = None,
) -> None:
    """Watch one more log; a witness that is being served takes it up by itself."""
    from trucekeeper.stores.witness_folder import watch

    try:
        vkey = contents(log).decode("ascii")
    except UnicodeDecodeError as error:
        msg = f"{log.name} holds no verifier key; name the log.vkey that the log's office gave out"
        raise BadInput(msg) from error
    watched = watch(witness, vkey, origin)
    typer.echo(f"The log {watched.origin} is watched, under the key {watched.verifier.hint.hex()}.")


def show(witness: WitnessFolder, as_json: AsJson = False) -> None:
    """Say which logs the witness watches, how large it saw each, and whether one was forked."""
    from trucekeeper.stores.witness_folder import Witness

    with Witness(witness) as opened:
        watched = opened.watched()
        lines = [f"The witness {opened.name}:", *(f"  {one.vkey}" for one in opened.verifiers)]
        lines += [_line(one) for one in watched]
        answer: dict[str, Json] = {
            "name": opened.name,
            "vkeys": [one.vkey for one in opened.verifiers],
            "logs": [_json(one) for one in watched],
        }
    tell(answer, lines, as_json=as_json)
    if any(one.forks for one in watched):
        raise typer.Exit(3)


def _serving(serve: WitnessServer) -> Callable[..., None]:
    def serving(
        witness: WitnessFolder,
        host: Annotated[str, typer.Option(help="Address of this machine to listen on.")] = "127.0.0.1",
        port: Annotated[int, typer.Option(help="Port to listen on.", min=1, max=65535)] = PORT,
    ) -> None:
        """Answer logs that ask for cosignatures, until interrupted."""
        serve(witness, host, port, _served)

    return serving


def collect(office: OfficeFolder, as_json: AsJson = False) -> None:
    """Ask every witness of the office for its cosignature once, and publish the checkpoint where they are enough."""
    from trucekeeper.office.witnessing import round_of

    with working(office) as opened:
        made = round_of(opened)
    tell(_round_json(made), _round_lines(made), as_json=as_json)
    if not made.published:
        raise typer.Exit(6)


def _served(address: str) -> None:
    typer.echo(f"Witnessing at {address}/add-checkpoint until you press Ctrl-C.")


def _line(one: "Watched") -> str:
    if one.held is None:
        return f"  {one.log.origin}: nothing cosigned yet"
    at = format_utc(Instant(one.held.time_s * 1000))
    forked = f"; FORKED, {len(one.forks)} contradicting checkpoints are kept" if one.forks else ""
    return f"  {one.log.origin}: {one.held.stated.size:,} leaves, cosigned {at}{forked}"


def _json(one: "Watched") -> dict[str, Json]:
    held = one.held
    return {
        "origin": one.log.origin,
        "vkey": one.log.verifier.vkey,
        "id": one.id,
        "size": 0 if held is None else held.stated.size,
        "at": None if held is None else format_utc(Instant(held.time_s * 1000)),
        "checkpoint": None if held is None else held.note.decode(),
        "forks": [fork.decode() for fork in one.forks],
    }


def _round_lines(made: "Round") -> list[str]:
    lines = [f"  {one.name}: {one.told}" for one in made.answers]
    if made.published:
        beyond = f"; also attested by {', '.join(made.tiers)}" if made.tiers else ""
        lines.append(f"The checkpoint of {made.size:,} leaves is cosigned and published{beyond}.")
    else:
        lines.append(
            f"No quorum for the checkpoint of {made.size:,} leaves: the record goes on, "
            "and the published checkpoint stays as it was."
        )
    return lines


def _round_json(made: "Round") -> dict[str, Json]:
    return {
        "size": made.size,
        "published": made.published,
        "attested_beyond": list(made.tiers),
        "witnesses": [
            {"name": one.name, "outcome": one.outcome.value, "size": one.size, "why": one.why}
            for one in made.answers
        ],
    }
