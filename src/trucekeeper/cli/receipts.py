"""``truce receipt``: the office's signed promise to whoever handed something in, and how to hold it to that."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from trucekeeper.cli.options import AsJson, OfficeFolder, contents, put, tell, working
from trucekeeper.kernel.errors import BadInput

if TYPE_CHECKING:
    from trucekeeper.office.receipts import Held

app = typer.Typer(help="Receipts: what the office promised, and whether it was kept.", no_args_is_help=True)

Index = Annotated[int, typer.Argument(help="The entry's number, as the office gave it.", min=0)]
Into = Annotated[Path, typer.Option("--into", help="A new file.")]


@app.command()
def give(index: Index, into: Into, office: OfficeFolder) -> None:
    """Write the signed receipt of an entry: the same bytes as were given when it came in."""
    from trucekeeper.office.receipts import issued

    with working(office) as opened:
        made = issued(opened, index)
    put(into, made.data)
    typer.echo(f"{into} holds the receipt of entry {index}. Keep it; its short name is {made.digest[:16]}.")


@app.command()
def prove(index: Index, into: Into, office: OfficeFolder) -> None:
    """Write the proof that an entry stands in the published log (C2SP tlog-proof)."""
    from trucekeeper.office.receipts import proof_of

    with working(office, readonly=True) as opened:
        data = proof_of(opened, index)
    put(into, data)
    typer.echo(f"{into} proves entry {index} under the published checkpoint.")


@app.command()
def check(
    receipt: Annotated[Path, typer.Argument(help="The receipt's file.")],
    key: Annotated[Path, typer.Option("--key", help="The log's verifier key: log.vkey.")],
    policy: Annotated[Path | None, typer.Option(help="Your own copy of the witness policy.")] = None,
    proof: Annotated[Path | None, typer.Option(help="A proof, from `truce receipt prove`.")] = None,
    log: Annotated[
        Path | None, typer.Option(help="A copy of the log: a mirror, or the folder log of an office.")
    ] = None,
    checkpoint: Annotated[Path | None, typer.Option(help="A checkpoint too small to hold the entry.")] = None,
    as_json: AsJson = False,
) -> None:
    """Hold the office to a receipt: kept, not due yet, or broken."""
    from trucekeeper.office.receipts import from_checkpoint, from_log, from_proof, held_to

    given = [one for one in (proof, log, checkpoint) if one is not None]
    if len(given) != 1:
        msg = "a receipt is held against one thing; name a --proof, a --log or a --checkpoint"
        raise BadInput(msg)
    data, vkey = contents(receipt), _text(key).strip()
    shown: Held
    if proof is not None:
        shown = from_proof(data, contents(proof))
    elif log is not None:
        shown = from_log(data, log)
    else:
        shown = from_checkpoint(_text(given[0]))
    state, steps = held_to(data, vkey, None if policy is None else _text(policy), shown)
    broken = "BROKEN: keep the receipt and the checkpoint; together they are proof against the office."
    said = {"kept": "Kept.", "open": "Not kept yet, and not seen to be due.", "broken": broken}
    tell({"state": state, "steps": list(steps)}, (*steps, said[state]), as_json=as_json)
    if state == "broken":
        raise typer.Exit(3)


def _text(path: Path) -> str:
    return contents(path).decode("utf-8", "replace")
