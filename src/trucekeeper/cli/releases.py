"""``truce release``, ``erase``, ``approve``, ``consent``, ``waive``, ``refer``: what leaves a sealed record."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from trucekeeper.cli.options import KeyFile, OfficeFolder, signer, working
from trucekeeper.kernel.clock import format_utc, parse_utc
from trucekeeper.kernel.errors import BadInput, NotFound

if TYPE_CHECKING:
    from trucekeeper.office.wiring import Office
    from trucekeeper.record.consent import Purpose
    from trucekeeper.record.ref import Ref

PURPOSES = "mission, party, public or court"
_SHOWN = 20

Audience = Annotated[str, typer.Option("--to", help="party:ID, parties, guarantors, court or public.")]
Basis = Annotated[str, typer.Option(help="Why, by which rule: it stays on the record.")]
Refs = Annotated[list[str] | None, typer.Argument(help="Entries and rows, such as 12 or 12.345.")]


def add(app: typer.Typer) -> None:
    """Hang the commands into ``truce``."""
    for one in (release, erase, approve, consent, waive, refer):
        app.command()(one)


def release(
    office: OfficeFolder,
    audience: Audience,
    refs: Refs = None,
    incident: Annotated[str | None, typer.Option(help="An incident: all that its findings rest on.")] = None,
    basis: Basis = "",
    field: Annotated[
        list[str] | None,
        typer.Option(help="Only this field of those told apart, such as where; the place of arms only so."),
    ] = None,
    no_fields: Annotated[bool, typer.Option("--no-fields", help="None of the fields told apart.")] = False,
    not_before: Annotated[
        str | None, typer.Option(help="When at the earliest, such as 2026-04-01T00:00:00.000Z.")
    ] = None,
    ask: Annotated[
        bool, typer.Option("--ask", help="Say who may see it now and why; write nothing.")
    ] = False,
) -> None:
    """Propose to show entries to an audience; another person approves."""
    from trucekeeper.record.release import Item, Release

    if field and no_fields:
        msg = "--field and --no-fields contradict each other; give one of them"
        raise BadInput(msg)
    with working(office, readonly=ask) as opened:
        named = _named(opened, refs, incident)
        if ask:
            _answer(opened, named, audience)
            return
        paths = () if no_fields else (tuple(field) if field else None)
        when = opened.clock.now() if not_before is None else parse_utc(not_before)
        proposed = Release(tuple(Item(ref, paths) for ref in named), audience, basis, when)
        receipt = opened.custodian.release(proposed, opened.signer)
    typer.echo(
        f"Proposed as entry {receipt.index}: {len(named)} to {audience}, from {format_utc(when)} on. Another "
        f"holder decides: truce approve {receipt.index}"
    )


def erase(
    ref: Annotated[str, typer.Argument(help="An entry or row, such as 12 or 12.345.")],
    office: OfficeFolder,
    basis: Basis,
    authority: Annotated[str, typer.Option(help="Who asks for it, or has to be obeyed.")],
    field: Annotated[str | None, typer.Option(help="Only this field of those told apart.")] = None,
) -> None:
    """Propose to destroy an entry, a row or a field; another person approves."""
    from trucekeeper.record.ref import Ref

    with working(office) as opened:
        receipt = opened.custodian.erase(Ref.parse(ref), field, basis, authority, opened.signer)
    typer.echo(
        f"Proposed as entry {receipt.index}. Nothing is destroyed until another holder decides: "
        f"truce approve {receipt.index}"
    )


def approve(
    entry: Annotated[int, typer.Argument(help="The entry of the proposal.", min=0)],
    office: OfficeFolder,
    key: KeyFile,
    words: Annotated[str, typer.Option(help="What you checked, in a sentence.")],
) -> None:
    """Approve a release, an erasure or a fit, as another than its author."""
    from trucekeeper.record import release as releases
    from trucekeeper.record.release import KIND

    with working(office) as opened:
        proposal = opened.record.entry(entry)
        receipt = opened.custodian.approve(entry, words, signer(key))
        typer.echo(f"Approved as entry {receipt.index}: entry {entry}, {proposal.kind}, is in force.")
        if proposal.kind == KIND:
            said = releases.read(proposal.body)
            _answer(opened, tuple(item.ref for item in said.items), said.audience)


def consent(
    office: OfficeFolder,
    ref: Annotated[str | None, typer.Argument(help="An observation, such as 12 or 12.345.")] = None,
    source: Annotated[str | None, typer.Option(help="Instead: all that this source says.")] = None,
    yes: Annotated[list[str] | None, typer.Option(help=f"Agreed: {PURPOSES}.")] = None,
    no: Annotated[list[str] | None, typer.Option(help=f"Not agreed: {PURPOSES}.")] = None,
    withdrawn: Annotated[bool, typer.Option("--withdrawn", help="All consent is taken back.")] = False,
) -> None:
    """Record what a source agreed to, purpose by purpose."""
    from trucekeeper.record.consent import Consent
    from trucekeeper.record.ref import Ref

    if (ref is None) == (source is None):
        msg = "consent is about one observation or one source; give a number, or --source"
        raise BadInput(msg)
    purposes = {**dict.fromkeys(_purposes(yes), True), **dict.fromkeys(_purposes(no), False)}
    if not purposes and not withdrawn:
        msg = "nothing was agreed or refused; give --yes, --no or --withdrawn"
        raise BadInput(msg)
    about = Ref.parse(ref) if ref is not None else source or ""
    with working(office) as opened:
        receipt = opened.custodian.consent(Consent(about, purposes, withdrawn), opened.signer)
    typer.echo(f"Recorded as entry {receipt.index}; it counts for releases from now on.")


def waive(
    office: OfficeFolder,
    key: KeyFile,
    basis: Basis,
    refs: Refs = None,
    every: Annotated[bool, typer.Option("--all", help="Every observation.")] = False,
    end: Annotated[bool, typer.Option("--end", help="End what was allowed before.")] = False,
) -> None:
    """Let observations go to a court, as the mandating organisation."""
    from trucekeeper.record.consent import Waiver
    from trucekeeper.record.ref import Ref

    if every == bool(refs):
        msg = "a waiver covers entries, or every one; name them, or give --all"
        raise BadInput(msg)
    named = None if every else tuple(Ref.parse(one) for one in refs or ())
    with working(office) as opened:
        receipt = opened.custodian.waive(Waiver(named, basis, end), signer(key))
    typer.echo(f"Recorded as entry {receipt.index}; it counts for releases from now on.")


def refer(
    office: OfficeFolder,
    to: Annotated[str, typer.Option(help="The service; nothing of the person.")],
    kind: Annotated[str, typer.Option(help="survivor-account or medical-record.")] = "survivor-account",
) -> None:
    """Record that somebody was sent to a service, and nothing they said."""
    from trucekeeper.record.consent import Referral, Referred

    known = {one.value: one for one in Referred}
    if kind not in known:
        msg = f"{kind[:40]!a} is not referred; name {' or '.join(known)}"
        raise BadInput(msg)
    with working(office) as opened:
        sent = Referral(to, opened.clock.now(), known[kind])
        receipt = opened.custodian.refer(sent, opened.signer)
    typer.echo(f"Recorded as entry {receipt.index}: referred to {to}. Keep no note of what was said.")


def _named(opened: "Office", refs: Sequence[str] | None, incident: str | None) -> "tuple[Ref, ...]":
    from trucekeeper.record.ref import Ref

    named = {Ref.parse(one) for one in refs or ()}
    if incident is not None:
        named.update(opened.casebook.cited_on(incident))
    if not named:
        msg = "nothing is named; give numbers of entries, or --incident"
        raise BadInput(msg)
    return tuple(sorted(named))


def _answer(opened: "Office", refs: "Sequence[Ref]", audience: str) -> None:
    """Say of each whether the audience may see it now, and why."""
    seen = opened.custodian.audience(audience)
    for ref in refs[:_SHOWN]:
        try:
            answer = seen.permission(ref)
        except NotFound as error:
            typer.echo(f"  {ref}: no, {error}")
            continue
        fields = "" if not answer.paths else f", with {', '.join(answer.paths)}"
        typer.echo(f"  {ref}: {'yes' if answer else 'no'}{fields}; {answer.says}")
    if len(refs) > _SHOWN:
        typer.echo(f"  ... and {len(refs) - _SHOWN} more.")


def _purposes(given: Sequence[str] | None) -> "list[Purpose]":
    from trucekeeper.record.consent import Purpose

    known = {one.value: one for one in Purpose}
    for one in given or ():
        if one not in known:
            msg = f"{one[:40]!a} is no purpose; name one of {PURPOSES}"
            raise BadInput(msg)
    return [known[one] for one in given or ()]
