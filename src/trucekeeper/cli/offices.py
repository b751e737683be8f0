"""``truce init``, ``serve``, ``status``, ``rebuild``: an office as a whole."""

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from trucekeeper.cli.options import AsJson, OfficeFolder, Server, contents, tell, working
from trucekeeper.kernel import b64
from trucekeeper.kernel.canon import Fields, Json
from trucekeeper.kernel.clock import Instant, Interval, parse_utc
from trucekeeper.kernel.errors import BadInput

if TYPE_CHECKING:
    from trucekeeper.office.witnessing import Standing
    from trucekeeper.record.keyset import Holder

PORT = 8470


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
) -> None:
    """Make an office: its folder, its keys, the key set and the agreement as its first entries."""
    from trucekeeper.office.creation import create_office

    made = create_office(folder, agreement, _holders(contents(holders)), origin=origin)
    typer.echo(
        f"The office stands in {made.root}. Give {made.verifier_key} to both parties and every guarantor."
    )
    typer.echo(f"Next: truce serve --office {made.root}")


def _holders(data: bytes) -> "tuple[Holder, ...]":
    """Read ``[[holder]]`` tables: id, role, party (of a liaison), public, from, until (may be left out)."""
    try:
        table: dict[str, Json] = tomllib.loads(data.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        msg = f"the file of holders cannot be read ({error}); correct it"
        raise BadInput(msg) from error
    plain = Fields(table, "the file of holders").only("holder").array("holder")
    found = [{"party": None, "until": None, **one} for one in plain if isinstance(one, dict)]
    return tuple(_holder(Fields(one, "the file of holders, [[holder]]")) for one in found)


def _holder(one: Fields) -> "Holder":
    from trucekeeper.record.keyset import Holder, HolderKey, Role

    one.only("id", "role", "party", "public", "from", "until")
    until = one.text_or_none("until")
    valid = Interval(_moment(one, "from"), None if until is None else _moment(one, "until"))
    key = HolderKey(b64.decode(one.text("public"), "a holder's public key", 32), valid)
    roles = {role.value: role for role in Role}
    if one.text("role") not in roles:
        msg = f"the file of holders: the role {one.text('role')[:40]!a} does not exist; use one of {', '.join(roles)}"
        raise BadInput(msg)
    return Holder(one.text("id"), roles[one.text("role")], one.text_or_none("party"), (key,))


def _moment(one: Fields, name: str) -> Instant:
    try:
        return parse_utc(one.text(name))
    except BadInput as error:
        msg = f"the file of holders, {one.text('id')[:40]}, {name}: {error}"
        raise BadInput(msg) from error


def status(office: OfficeFolder, as_json: AsJson = False) -> None:
    """Say what the office holds and what waits."""
    from trucekeeper.office.witnessing import standing

    with working(office, readonly=True) as opened:
        stands = standing(opened)
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
            "waiting": waiting,
        }
        lines = [
            f"{opened.agreement.title}: {opened.record.size():,} entries in the record {opened.record.origin}.",
            *(f"  {count:>8,}  {kind}" for kind, count in sorted(counts.items())),
            _published(stands),
            f"{waiting} cases wait for a reply or the panel.",
        ]
    tell(answer, lines, as_json=as_json)


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
