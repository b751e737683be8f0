"""``truce notice``: what goes between offices, and what was struck although it was announced."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from trucekeeper.cli.meetings import met_json, met_words
from trucekeeper.cli.notices import Number, wrapped
from trucekeeper.cli.options import AsJson, OfficeFolder, contents, put, show, tell, working
from trucekeeper.kernel.canon import Json
from trucekeeper.kernel.clock import Instant, format_utc
from trucekeeper.kernel.errors import NotFound

if TYPE_CHECKING:
    from trucekeeper.movements.wire.struck import Struck
    from trucekeeper.record.ref import Ref


def add(app: typer.Typer) -> None:
    """Hang the commands into ``truce notice``."""
    app.command("hand-over")(hand_over)
    app.command("take-over")(take_over)
    app.command()(struck)


def hand_over(
    notice: Number,
    out: Annotated[Path, typer.Argument(help="A new file for the other office.")],
    office: OfficeFolder,
) -> None:
    """Write what another office may have of a notice: what its notifier released for a handover."""
    from trucekeeper.office.handing import handed_over

    with working(office) as opened:  # the log's key signs what goes out
        given = handed_over(opened, notice)
    put(out, given)
    said = f"{out} holds notice {notice}, as far as its notifier released it; it verifies offline."
    tell(None, wrapped([said]), as_json=False)


def take_over(
    file: Annotated[Path, typer.Argument(help="What another office handed over.")],
    office: OfficeFolder,
    vkey: Annotated[Path, typer.Option(help="That office's log key, from a hand that you trust.")],
    amends: Annotated[int | None, typer.Option(help="Our notice that this is a newer state of.")] = None,
    as_json: AsJson = False,
) -> None:
    """Verify what another office handed over of a notice, and look at it like one of ours from then on."""
    from trucekeeper.office import handing

    data, key = contents(file), contents(vkey).decode("ascii", "replace")
    with working(office) as opened:
        receipt = handing.take_over(opened, data, key, amends)
        notice = amends or receipt.index
        desk, dossier = opened.movements.desk, opened.movements.register.dossier(notice)
        met, flights = desk.conflicts_of(dossier), opened.airspace.flights(desk.volumes(dossier))
    lines = [f"Verified. It is notice {notice} here, entry {receipt.index}."]
    lines += [f"It meets {one}." for one in met_words(met, flights)]
    answer: dict[str, Json] = {
        "notice": notice,
        "entry": receipt.index,
        "meets": met_json(met, flights),
    }
    tell(answer, wrapped(lines), as_json=as_json)


def struck(
    office: OfficeFolder,
    case: Annotated[int | None, typer.Argument(help="One case, by its entry.")] = None,
    as_json: AsJson = False,
) -> None:
    """List what was announced and struck all the same; or show who knew what of one."""
    from trucekeeper.office import looking_up

    with working(office, readonly=True) as opened:
        looking_up.register(opened)
        found = looking_up.cases(opened)
    if case is not None:
        found = tuple((ref, one) for ref, one in found if ref.entry == case)
        if not found:
            msg = f"entry {case} is no case of something struck; take one from `truce notice struck`"
            raise NotFound(msg)
    if as_json:
        tell([_told(ref, one) for ref, one in found], (), as_json=True)
        return
    if case is None:
        rows = (
            (str(ref), str(one.chain.notice), one.incident, _how(one), _acknowledged(one))
            for ref, one in found
        )
        show("", ("case", "notice", "incident", "lay there", "acknowledged before"), rows)
        return
    for ref, one in found:
        record = "" if one.chain.origin is None else f" of {one.chain.origin}"
        lines = (
            f"Case {ref}: incident {one.incident} lay {_how(one)} within notice {one.chain.notice}.",
            f"Announced {_time(one.chain.announced)}; the version then was entry {one.chain.version}{record}.",
        )
        tell(None, wrapped(lines), as_json=False)
        people = (
            (
                knew.recipient,
                _time(knew.transmitted),
                knew.channel or "",
                _time(knew.received),
                _time(knew.acknowledged),
                ", ".join(map(str, knew.entries)),
            )
            for knew in one.chain.knew
        )
        show("", ("recipient", "sent", "by", "received", "acknowledged", "entries"), people)
        typer.echo("It says who knew. It does not say who fired.")


def _how(case: "Struck") -> str:
    return "surely" if case.certain else "possibly"


def _acknowledged(case: "Struck") -> str:
    return ", ".join(knew.recipient for knew in case.chain.knew if knew.acknowledged is not None) or "nobody"


def _told(ref: "Ref", case: "Struck") -> dict[str, Json]:
    from trucekeeper.movements.wire import struck as wire

    return {"case": str(ref), **wire.body(case)}


def _time(at: Instant | None) -> str:
    return "" if at is None else format_utc(at)[:16].replace("T", " ")
