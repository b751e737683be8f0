"""``truce init``, ``serve``, ``status``, ``rebuild``: an office as a whole."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from trucekeeper.cli.options import AsJson, OfficeFolder, Server, contents, tell, working
from trucekeeper.kernel.canon import Json
from trucekeeper.record.root import NOBODY

if TYPE_CHECKING:
    from trucekeeper.office.folder import Folder
    from trucekeeper.office.wiring import Office
    from trucekeeper.office.witnessing import Standing

PORT = 8470
INTERVAL_S = 900
PAD_TO = 256
"""How a real office's log grows: neither times nor numbers of entries are to tell much."""


def add(app: typer.Typer, serve: Server) -> None:
    """Hang the commands into ``truce``."""
    app.command()(init)

    @app.command("serve")
    def serve_(
        office: OfficeFolder,
        port: Annotated[int, typer.Option(help="Port on this machine.", min=1, max=65535)] = PORT,
    ) -> None:
        """Serve the office's pages and its API to this machine alone, until interrupted."""
        serve(office, port, served)

    app.command()(status)
    app.command()(rebuild)


def served(address: str) -> None:
    """Say where the office is served."""
    typer.echo(f"Serving {address} until you press Ctrl-C.")


def init(
    folder: Annotated[Path, typer.Argument(help="A new folder for the office.")],
    agreement: Annotated[Path, typer.Option(help="The agreement's folder, linted and locked.")],
    holders: Annotated[Path, typer.Option(help="TOML file of who may sign: see `truce keys new`.")],
    origin: Annotated[str, typer.Option(help="The log's name, such as office.example/record.")],
    policy: Annotated[Path | None, typer.Option(help="Witness policy; its log line may be left out.")] = None,
    continues: Annotated[
        Path | None, typer.Option(help="Office whose frozen log this one goes on from.")
    ] = None,
    interval_s: Annotated[
        int, typer.Option(help="Seconds from one integration to the next; 0: when asked.", min=0, max=86_400)
    ] = INTERVAL_S,
    pad_to: Annotated[
        int, typer.Option(help="Each integration is padded to a multiple of this.", min=1, max=65_536)
    ] = PAD_TO,
    queue: Annotated[
        str | None, typer.Option(help="PostgreSQL database for the vault: postgresql+pg8000://…")
    ] = None,
) -> None:
    """Make an office: its folder, its keys, the key set and the agreement as its first entries."""
    from trucekeeper.cli import holders as listed
    from trucekeeper.office.creation import Decided, create_office
    from trucekeeper.office.succession import last_checkpoint

    found = listed.read(contents(holders))
    decided = Decided(
        found.root or NOBODY,
        None if policy is None else listed.text(contents(policy), "the witness policy"),
        None if continues is None else last_checkpoint(continues),
    )
    made = create_office(
        folder,
        agreement,
        found.holders,
        origin=origin,
        interval_ms=1000 * interval_s,
        pad_to=pad_to,
        queue=queue,
        decided=decided,
    )
    if made.waiting.exists():
        typer.echo(f"The office in {made.root} waits for {decided.root.threshold} root signatures.")
        typer.echo(f"Next: truce keys sign {made.proposal} --key ROOT.pem, and so each of them.")
        typer.echo(f"Then: truce keys enact {made.proposal} --office {made.root}")
        return
    begun(made)


def begun(made: "Folder") -> None:
    """Say that the office stands, and what comes next."""
    typer.echo(
        f"The office stands in {made.root}. Give {made.verifier_key} to both parties and every guarantor."
    )
    typer.echo(f"Next: truce serve --office {made.root}")


def status(office: OfficeFolder, as_json: AsJson = False) -> None:
    """Say what the office holds and what waits."""
    from trucekeeper.office.witnessing import standing

    with working(office, readonly=True) as opened:
        stands = standing(opened)
        recomputed = _recomputed(opened)
        counts = opened.casebook.counts()
        waiting = sum(
            1 for case in opened.casebook.cases() if case.state in {"draft", "awaiting-reply", "with-panel"}
        )
        answer: dict[str, Json] = {
            "agreement": opened.agreement.id,
            "origin": opened.record.origin,
            "size": opened.record.size(),
            "published": stands.published,
            "signed": stands.signed,
            "cosigned_by": list(stands.cosigned),
            "entries": dict(counts),
            "recomputed": dict(recomputed),
            "waiting": waiting,
        }
        lines = [
            f"{opened.agreement.title}: {opened.record.size():,} entries in the record {opened.record.origin}.",
            *(f"  {count:>8,}  {kind}" for kind, count in sorted(counts.items())),
            _published(stands),
            *(
                f"{who} says that it recomputed the record to size {size:,}."
                for who, size in recomputed.items()
            ),
            f"{waiting} cases wait for a reply or the panel.",
        ]
    tell(answer, lines, as_json=as_json)


def _recomputed(opened: "Office") -> dict[str, int]:
    """To which size each party, or holder, last said that it had recomputed the record."""
    from trucekeeper.record import replay

    history, found = opened.record.keysets(), dict[str, int]()
    for one in opened.record.entries(kinds=(replay.KIND,)):
        mandate = history.at(one.index).mandate(one.entry.key, one.entry.at)
        found[mandate.party or mandate.holder] = replay.read(one.entry.body).size
    return found


def _published(stands: "Standing") -> str:
    if stands.published is None:
        return "No checkpoint is published yet: the witnesses have made no quorum."
    by = f", cosigned by {', '.join(stands.cosigned)}" if stands.cosigned else ""
    beyond = f" (attested beyond the quorum: {', '.join(stands.tiers)})" if stands.tiers else ""
    ahead = (stands.signed or 0) - stands.published
    waits = f" {ahead:,} leaves after it wait for the witnesses' quorum." if ahead else ""
    return f"The published checkpoint is of {stands.published:,} leaves{by}{beyond}.{waits}"


def rebuild(office: OfficeFolder, as_json: AsJson = False) -> None:
    """Make every table anew from the record alone; they must come out as they were."""
    from trucekeeper.cli.progress import counting
    from trucekeeper.office.comparison import projected_digest
    from trucekeeper.office.wiring import rebuild_office

    before = projected_digest(office)
    with counting("entries projected") as told:
        after = rebuild_office(office, told)
    same = before == after
    verdict = "there were none before" if before is None else "as before" if same else "NOT as before"
    tell(
        {"before": before, "after": after, "identical": same},
        (f"Projections rebuilt from the record: {after[:16]}, {verdict}.",),
        as_json=as_json,
    )
    if before is not None and not same:
        raise typer.Exit(7)
