"""``truce audit`` and ``truce attest``: anybody who has the inputs recomputes what the office found."""

import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from trucekeeper.cli.options import AsJson, contents, put, signer, tell, working
from trucekeeper.kernel.canon import Json
from trucekeeper.kernel.clock import SystemClock
from trucekeeper.kernel.errors import BadInput

if TYPE_CHECKING:
    from trucekeeper.findings.model import Case
    from trucekeeper.findings.recompute import Recomputed
    from trucekeeper.office.audit import Attested, Audited

DIFFERS = 7
"""The exit status of an audit that found a difference."""

Root = Annotated[Path | None, typer.Option("--office", help="The office's folder, or a copy of it.")]
Folder = Annotated[
    Path | None, typer.Option("--agreement", help="The agreement's folder, from another source.")
]


def add(app: typer.Typer) -> None:
    """Hang the commands into ``truce``."""
    app.command()(audit)
    app.command()(attest)


def audit(
    bundle: Annotated[Path | None, typer.Argument(help="A bundle, to audit what was released.")] = None,
    office: Root = None,
    agreement: Folder = None,
    key: Annotated[Path | None, typer.Option("--key", help="The log's verifier key, log.vkey.")] = None,
    as_json: AsJson = False,
) -> None:
    """Recompute every finding, of an office's whole record or of one bundle; exit 7 where one differs."""
    if bundle is not None and office is None and agreement is not None and key is not None:
        clean = _bundle(bundle, key, agreement, as_json=as_json)
    elif bundle is None and office is not None and key is None:
        clean = _office(office, agreement, as_json=as_json)
    else:
        msg = "name either an --office, or a bundle with --key and --agreement"
        raise BadInput(msg)
    if not clean:
        raise typer.Exit(DIFFERS)


def attest(
    office: Annotated[Path, typer.Option("--office", help="The office's folder, or a copy of it.")],
    key: Annotated[Path | None, typer.Option("--key", help="PEM file of the replay key.")] = None,
    agreement: Folder = None,
    out: Annotated[Path | None, typer.Option("--out", help="Write the signed word here instead.")] = None,
    take: Annotated[Path | None, typer.Option("--take", help="Record a signed word made elsewhere.")] = None,
    as_json: AsJson = False,
) -> None:
    """Audit, then sign with a party's replay key that nothing differs; exit 7 where something does."""
    from trucekeeper.office.audit import attest as attested
    from trucekeeper.office.audit import audit_office
    from trucekeeper.record import replay

    if (key is None) == (take is None):
        msg = "name the replay key with --key, or a signed word to record with --take"
        raise BadInput(msg)
    if take is not None:
        envelope = contents(take)
    else:
        found = audit_office(office, agreement)
        if not found.clean:
            _told(found, as_json=as_json)
            raise typer.Exit(DIFFERS)
        checked = found.rechecked.checkpoint
        envelope = attested(
            found, signer(key or Path()), checked.origin, SystemClock().now(), secrets.token_hex(16)
        )
    said = replay.opened(envelope)
    if out is not None:
        put(out, envelope)
        where = f"{out.name} holds it; hand it to the office"
        index: int | None = None
    else:
        with working(office) as opened:
            (receipt,) = opened.record.append([envelope])
        index, where = receipt.index, f"recorded as entry {receipt.index}"
    tell(
        {"size": said.size, "outputs": said.outputs, "recomputed": said.recomputed, "entry": index},
        (f"{said.recomputed} of {said.findings} findings recomputed to size {said.size}; {where}.",),
        as_json=as_json,
    )


def _office(office: Path, agreement: Path | None, *, as_json: bool) -> bool:
    from trucekeeper.cli.progress import bar
    from trucekeeper.office.audit import audit_office

    with bar("{task.completed:,.0f}") as display:
        tasks = {what: display.add_task(what, total=None) for what in ("leaves", "entries", "findings")}
        found = audit_office(
            office, agreement, lambda what, done: display.update(tasks[what], completed=done)
        )
    _told(found, as_json=as_json)
    return found.clean


def _bundle(bundle: Path, key: Path, agreement: Path, *, as_json: bool) -> bool:
    from trucekeeper.findings.recompute import Outcome
    from trucekeeper.office.audit import outputs
    from trucekeeper.office.released import audit_bundle

    vkey = contents(key).decode("utf-8", "replace").strip()
    found = audit_bundle(contents(bundle), vkey, agreement)
    lines = (
        f"{bundle.name} is authentic under the checkpoint of {found.checkpoint.size:,} leaves.",
        *_of_findings(found.findings),
    )
    answer: dict[str, Json] = {
        "agreement": found.agreement,
        "findings": [_finding(one) for one in found.findings],
        "outputs": outputs(found.findings),
        "root": found.checkpoint.root.hex(),
        "size": found.checkpoint.size,
    }
    tell(answer, lines, as_json=as_json)
    return all(one.outcome is not Outcome.DIFFERENT for one in found.findings)


def _told(found: "Audited", *, as_json: bool) -> None:
    seen = found.rechecked
    answer: dict[str, Json] = {
        "agreement": found.agreement,
        "cases": [_case(one) for one in found.cases],
        "clock": found.clock,
        "entries": seen.entries,
        "erased": [str(ref) for ref in seen.erased],
        "findings": [_finding(one) for one in found.findings],
        "keysets": seen.keysets,
        "logged_checkpoints": len(seen.cosigned),
        "outputs": found.outputs,
        "padding": seen.padding,
        "replays": [_replay(one) for one in found.replays],
        "root": seen.checkpoint.root.hex(),
        "rows": seen.rows,
        "size": seen.checkpoint.size,
        "unexplained": [str(ref) for ref in found.unexplained],
    }
    tell(answer, _lines(found), as_json=as_json)


def _lines(found: "Audited") -> Iterator[str]:
    seen = found.rechecked
    root = seen.checkpoint.root.hex()[:16]
    yield f"The record holds: {seen.entries:,} entries and {seen.rows:,} rows under root {root}."
    yield f"  {seen.padding:,} leaves are padding, {len(seen.erased):,} entries and rows were erased."
    yield f"  {seen.keysets} key sets, {len(seen.cosigned)} logged checkpoints that the log really had."
    for ref in found.unexplained:
        yield f"  {ref} is gone, and no decision in force erased it."
    yield from _of_findings(found.findings)
    for case in found.cases:
        counted = sum(vote.void is None for vote in case.votes)
        void = len(case.votes) - counted
        yield f"  case {case.ref}: {case.state}; {counted} votes count, {void} do not; {len(case.replies)} replies."
    if found.clock == "office":
        yield "Clocks ran by the office's own times of admission: no witness policy is in force."
    else:
        yield "Clocks ran by the witnesses' times, as logged."
    agreed = {
        "yes": "with the same outputs",
        "no": "WITH OTHER OUTPUTS",
        "unknown": "with other inputs at hand",
    }
    for one in found.replays:
        who = one.party or one.holder
        yield f"Recomputed by {who} to size {one.replay.size} (entry {one.index}), {agreed[one.agrees.value]}."
    yield f"Outputs: {found.outputs}"


def _of_findings(findings: "tuple[Recomputed, ...]") -> Iterator[str]:
    from trucekeeper.findings.recompute import Outcome

    counts = {kind: sum(one.outcome is kind for one in findings) for kind in Outcome}
    yield (
        f"{len(findings)} findings: "
        + ", ".join(f"{count} {kind.value}" for kind, count in counts.items())
        + "."
    )
    for one in findings:
        if one.outcome is Outcome.DIFFERENT:
            came = one.computed or "nothing"
            yield f"  entry {one.ref} ({one.incident}) is DIFFERENT at {one.why}: stated {one.stated}, computed {came}."
        elif one.outcome is Outcome.ATTESTED:
            refs = f" ({', '.join(map(str, one.missing))})" if one.missing else ""
            yield f"  entry {one.ref} ({one.incident}): {one.outcome.value}: {one.why}{refs}."
        elif one.unheeded:
            yield f"  entry {one.ref} ({one.incident}) left out what came just before it and changes the answer."


def _finding(one: "Recomputed") -> dict[str, Json]:
    return {
        "computed": one.computed,
        "entry": one.ref.entry,
        "incident": one.incident,
        "missing": [str(ref) for ref in one.missing],
        "outcome": one.outcome.value,
        "rests_on": [str(ref) for ref in one.rests_on],
        "stated": one.stated,
        "unheeded": one.unheeded,
        "why": one.why,
    }


def _case(one: "Case") -> dict[str, Json]:
    return {
        "entry": one.ref.entry,
        "errata": [str(ref) for ref in one.errata],
        "replies": [str(ref) for ref in one.replies],
        "reply_due_ms": None if one.reply_due is None else int(one.reply_due),
        "silent": list(one.silent),
        "state": one.state,
        "votes": [
            {"approves": vote.approves, "entry": vote.ref.entry, "void": vote.void, "voter": vote.voter}
            for vote in one.votes
        ],
    }


def _replay(one: "Attested") -> dict[str, Json]:
    return {
        "agrees": one.agrees.value,
        "entry": one.index,
        "holder": one.holder,
        "outputs": one.replay.outputs,
        "party": one.party,
        "recomputed": one.replay.recomputed,
        "size": one.replay.size,
    }
