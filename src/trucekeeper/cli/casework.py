"""``truce triage``, ``incident``, ``merge``, ``split``, ``draft``, ``correct``, ``sign``: the life of a case."""

import json
import secrets
from pathlib import Path
from typing import Annotated

import typer

from trucekeeper.cli.options import AsJson, KeyFile, OfficeFolder, contents, put, show, signer, tell, working
from trucekeeper.kernel import canon
from trucekeeper.kernel.canon import Json
from trucekeeper.kernel.clock import SystemClock, format_utc
from trucekeeper.kernel.errors import BadInput
from trucekeeper.record.ref import Ref

Incident = Annotated[str, typer.Argument(help="An incident such as INC-2026-000012.")]


def add(app: typer.Typer) -> None:
    """Hang the commands into ``truce``."""
    app.command()(triage)
    app.command()(incident)
    app.command()(merge)
    app.command()(split)
    app.command()(draft)
    app.command()(correct)
    app.command()(sign)


def triage(
    office: OfficeFolder,
    accept: Annotated[bool, typer.Option("--accept", help="Do it, with the office's signature.")] = False,
    as_json: AsJson = False,
) -> None:
    """Say which observations look like one happening, and why; with --accept, link them."""
    with working(office, readonly=not accept) as opened:
        found = opened.triage.suggest()
        if accept and found:
            opened.triage.accept(found, opened.signer)
    answer: list[Json] = [
        {
            "op": one.act.op.value,
            "incident": one.act.incident,
            "members": [str(member.ref) for member in one.members],
            "grounds": [
                {
                    "one": str(pair.one),
                    "other": str(pair.other),
                    "milli": pair.milli,
                    "says": [part.says for part in pair.parts],
                }
                for pair in one.act.grounds
            ],
        }
        for one in found
    ]
    lines = [
        f"{one.act.op.value} {one.act.incident or ''} {', '.join(str(member.ref) for member in one.members)}"
        for one in found
    ]
    verb = "done" if accept else "suggested; --accept does them"
    tell(answer, (*lines, f"{len(found)} acts {verb}."), as_json=as_json)


def incident(incident: Incident, office: OfficeFolder, as_json: AsJson = False) -> None:
    """Show an incident: its observations, and what the rules and the panel say of it."""
    with working(office, readonly=True) as opened:
        found = opened.casebook.incident(incident)
        cases = [case for case in opened.casebook.cases() if case.findings[0].incident == found.id]
    if as_json:
        tell(
            {
                "incident": found.id,
                "members": [str(one.ref) for one in found.members],
                "cases": [
                    {"entry": str(case.ref), "state": case.state, "digest": case.digest} for case in cases
                ],
            },
            (),
            as_json=True,
        )
        return
    show(
        found.id,
        ("entry", "kind", "act", "from", "count"),
        (
            (str(one.ref), one.observation.kind.value, one.observation.act or "",
             format_utc(one.observation.when.start), str(one.observation.count or ""))
            for one in found.members
        ),
    )  # fmt: skip
    for case in cases:
        show(
            f"case in entry {case.ref}: {case.state}",
            ("term", "question", "answer"),
            ((f"{one.term} {one.reading}".strip(), one.question.value, one.words) for one in case.findings),
        )


def merge(
    incident: Incident,
    other: Incident,
    office: OfficeFolder,
    says: Annotated[str, typer.Option(help="Why.")] = "",
) -> None:
    """Two incidents were one; the first goes on."""
    with working(office) as opened:
        receipt = opened.triage.merge(incident, other, opened.signer, says)
    typer.echo(f"Merged as entry {receipt.index}; `truce split` takes it back.")


def split(
    incident: Incident,
    members: Annotated[list[str], typer.Argument(help="The observations that leave it, such as 14 15.2.")],
    office: OfficeFolder,
    says: Annotated[str, typer.Option(help="Why.")] = "",
) -> None:
    """One incident was two: these observations leave it."""
    with working(office) as opened:
        receipt = opened.triage.split(incident, tuple(map(Ref.parse, members)), opened.signer, says)
    typer.echo(f"Split as entry {receipt.index}; `truce merge` takes it back.")


def draft(incident: Incident, office: OfficeFolder) -> None:
    """Draft the findings on an incident by exact rules, and invite every named side to reply."""
    with working(office) as opened:
        receipt = opened.inquiry.draft(incident, opened.signer)
        invited = opened.inquiry.invite_all(Ref(receipt.index), opened.signer)
        digest = opened.casebook.case(Ref(receipt.index)).digest
    typer.echo(
        f"Drafted as entry {receipt.index}, digest {digest}; {len(invited)} sides are invited to reply."
    )


def correct(
    entry: Annotated[str, typer.Argument(help="The entry that was wrong, such as 57.")],
    office: OfficeFolder,
    says: Annotated[str, typer.Option(help="What was wrong, in words that may be published.")],
    instead: Annotated[str | None, typer.Option(help="The entry that holds now, if there is one.")] = None,
) -> None:
    """Record an erratum: both the entry and its correction stay visible; a corrected case is withdrawn."""
    from trucekeeper.findings.model import Erratum

    erratum = Erratum(Ref.parse(entry), None if instead is None else Ref.parse(instead), says)
    with working(office) as opened:
        receipt = opened.panel.correct(erratum, opened.signer)
    typer.echo(f"Entry {entry} is corrected by entry {receipt.index}; the next report says so.")


def sign(
    kind: Annotated[str, typer.Argument(help="observation/v1, reply/v1 or vote/v1.")],
    body: Annotated[Path, typer.Argument(help="A JSON file with the body.")],
    out: Annotated[Path, typer.Argument(help="A new file for the signed entry.")],
    key: KeyFile,
    origin: Annotated[str, typer.Option(help="The log's name: the first word of log.vkey, before the +.")],
) -> None:
    """Sign an entry with a key of your own, on any machine; hand it in with `truce receive`."""
    from trucekeeper.observations.wire import APART, KIND
    from trucekeeper.record.entry import seal

    try:
        given: Json = json.loads(contents(body))
    except (ValueError, RecursionError) as error:
        msg = f"{body.name} is not JSON ({error}); correct it"
        raise BadInput(msg) from error
    whole = canon.decode_object(canon.encode(given))
    uid, now, draw = secrets.token_hex(16), SystemClock().now(), secrets.token_bytes
    # What would betray a source can then be shown, kept back or erased apart from the rest.
    apart = APART if kind == KIND else ()
    put(out, seal(signer(key), kind, origin, uid, now, whole, apart=apart, draw=draw))
    typer.echo(f"{out} holds the signed entry; hand it in with: truce receive {out.name} --office DIR")
