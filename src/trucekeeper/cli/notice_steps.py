"""``truce notice``: the steps of a notice's life, each an entry of its own."""

import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from trucekeeper.cli.notices import By, Caller, Channel, HeardBy, Number, SignedBy, call, wrapped
from trucekeeper.cli.options import AsJson, OfficeFolder, signer, tell, working
from trucekeeper.kernel.canon import Json
from trucekeeper.kernel.errors import BadInput
from trucekeeper.record.pen import Pen

if TYPE_CHECKING:
    from trucekeeper.movements.model import ReadBack

Says = Annotated[str | None, typer.Option(help="In a sentence: what, or why.")]


def add(app: typer.Typer) -> None:
    """Hang the commands into ``truce notice``."""
    for command in (
        check, transmit, brought, acknowledge, waive, activate, deviate, close, withdraw, confirm, release, log_call,
        due,
    ):  # fmt: skip
        name = "call" if command is log_call else None
        app.command(name)(command)


def check(notice: Number, office: OfficeFolder, says: Says = None, as_json: AsJson = False) -> None:
    """Record that the office has checked a notice's quality: it can be found, and its contact answers."""
    _step(office, None, as_json, notice=notice, op="check", says=says)


def transmit(
    notice: Number,
    office: OfficeFolder,
    to: Annotated[
        list[str] | None, typer.Option(help="Recipient; may be repeated. All, where left out.")
    ] = None,
    channel: Annotated[
        str | None, typer.Option(help="webhook, email, sheet, telephone, radio, fax; else as set.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Send a notice to its recipients; refused while it meets what nobody answers for."""
    from trucekeeper.movements.model import Op, Step

    sent: list[Json] = []
    with working(office) as opened:
        desk = opened.movements.desk
        first = {one.holder: one.order[0] for one in opened.settings.recipient}
        named = opened.movements.register.dossier(notice).current.notice.recipients
        for recipient in to or named:
            by = channel or first.get(recipient, "sheet")
            receipt = desk.step(Step(notice, Op.TRANSMIT, recipient=recipient, channel=by), opened.signer)
            sent.append({"recipient": recipient, "channel": by, "entry": receipt.index})
            if not as_json:
                typer.echo(f"Goes to {recipient} by {by}, entry {receipt.index}.")
    if as_json:
        tell(sent, (), as_json=True)
    else:
        later = (
            "What goes by webhook or e-mail leaves while the office is served, or with `truce notice due`."
        )
        tell(None, wrapped([later]), as_json=False)


def brought(
    notice: Number,
    office: OfficeFolder,
    to: Annotated[str, typer.Option(help="The recipient.")],
    channel: Annotated[str, typer.Option(help="sheet, telephone, radio or fax.")] = "sheet",
) -> None:
    """Record that a person brought a notice to a recipient; whether it was read, the recipient says."""
    from trucekeeper.office.delivering import handed_over

    with working(office) as opened:
        found = opened.movements.register.dossier(notice)
        receipt = handed_over(
            Pen(opened.record, opened.clock, secrets.token_bytes), opened.signer, found, to, channel
        )
    typer.echo(f"Notice {notice} was brought to {to} by {channel}, entry {receipt.index}.")


def acknowledge(
    notice: Number,
    office: OfficeFolder,
    recipient: Annotated[str, typer.Option(help="Whose word it is.")],
    answer: Annotated[
        str, typer.Option(help="received, acknowledged, queried or objected.")
    ] = "acknowledged",
    version: Annotated[
        int | None, typer.Option(help="The entry that was seen; else the newest sent.")
    ] = None,
    says: Says = None,
    key: SignedBy = None,
    caller: Caller = None,
    by: By = None,
    heard_by: HeardBy = None,
    channel: Channel = "telephone",
    as_json: AsJson = False,
) -> None:
    """Record what a recipient says: signed with --key, or taken down from a call by two of the staff."""
    from trucekeeper.movements.model import Acknowledgement, Answer

    if answer not in {one.value for one in Answer}:
        msg = f"{answer[:40]!a} is no answer; write one of {', '.join(one.value for one in Answer)}"
        raise BadInput(msg)
    taken_down = call(caller, by, heard_by, channel)
    if (key is None) == (taken_down is None):
        msg = "an answer is signed with --key, or taken down with --caller, --by and --heard-by; say one"
        raise BadInput(msg)
    with working(office) as opened:
        told = opened.movements.register.dossier(notice).of(recipient)
        seen = version or (None if told is None else told.version) or notice
        word = Acknowledgement(notice, seen, recipient, Answer(answer), says, taken_down)
        signing = opened.signer if key is None else signer(key)
        receipt = opened.movements.desk.answer(word, signing)
    grade = word.grade.value
    tell(
        {"notice": notice, "entry": receipt.index, "answer": answer, "grade": grade},
        wrapped([f"{recipient}: {answer}, {grade}, entry {receipt.index}. It is no approval."]),
        as_json=as_json,
    )


def waive(
    notice: Number,
    office: OfficeFolder,
    by: Annotated[str, typer.Option(help="Who answers for it, by the id of a holder.")],
    says: Annotated[str, typer.Option(help="Why it may be, in a sentence.")],
    meets: Annotated[
        list[int] | None, typer.Option(help="A notice that it knowingly overlaps; may be repeated.")
    ] = None,
    zone: Annotated[
        list[str] | None, typer.Option(help="A zone that it knowingly enters; may be repeated.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Record that an overlap is known, who answers for it, and why."""
    known, zones = tuple(sorted(set(meets or ()))), tuple(sorted(set(zone or ())))
    _step(office, None, as_json, notice=notice, op="waive", says=says, meets=known, zones=zones, by=by)


def activate(
    notice: Number, office: OfficeFolder, says: Says = None, key: SignedBy = None, as_json: AsJson = False
) -> None:
    """Record that it has begun."""
    _step(office, key, as_json, notice=notice, op="activate", says=says)


def deviate(
    notice: Number,
    office: OfficeFolder,
    says: Annotated[str, typer.Option(help="How it departs from what was announced.")],
    key: SignedBy = None,
    as_json: AsJson = False,
) -> None:
    """Record that it departs from what was announced; amend it as soon as the new plan is known."""
    _step(office, key, as_json, notice=notice, op="deviate", says=says)


def close(
    notice: Number, office: OfficeFolder, says: Says = None, key: SignedBy = None, as_json: AsJson = False
) -> None:
    """Record that it is over."""
    _step(office, key, as_json, notice=notice, op="close", says=says)


def withdraw(
    notice: Number,
    office: OfficeFolder,
    says: Annotated[str, typer.Option(help="Why, or how the office came to know.")],
    key: SignedBy = None,
    as_json: AsJson = False,
) -> None:
    """Take a notice back; this changes nobody's legal protection."""
    _step(office, key, as_json, notice=notice, op="withdraw", says=says)


def confirm(
    notice: Number,
    office: OfficeFolder,
    says: Says = None,
    key: SignedBy = None,
    caller: Caller = None,
    by: By = None,
    heard_by: HeardBy = None,
    channel: Channel = "telephone",
    as_json: AsJson = False,
) -> None:
    """Record that the notifier still stands by a site: it is stale no longer."""
    heard = call(caller, by, heard_by, channel)
    _step(office, key, as_json, notice=notice, op="confirm", says=says, read_back=heard)


def release(
    notice: Number,
    office: OfficeFolder,
    purpose: Annotated[str, typer.Option(help="case, report or handover.")],
    shows: Annotated[
        list[str] | None, typer.Option(help="A field that a handover shows, such as where; may be repeated.")
    ] = None,
    key: SignedBy = None,
    caller: Caller = None,
    by: By = None,
    heard_by: HeardBy = None,
    channel: Channel = "telephone",
    as_json: AsJson = False,
) -> None:
    """Record the notifier's consent: to a case if it is struck, to a place in reports, to a handover."""
    heard = call(caller, by, heard_by, channel)
    _step(
        office,
        key,
        as_json,
        notice=notice,
        op="release",
        purpose=purpose,
        read_back=heard,
        shows=tuple(sorted(set(shows or ()))),
    )


def log_call(
    notice: Number,
    office: OfficeFolder,
    recipient: Annotated[str, typer.Option(help="Who was called.")],
    caller: Annotated[str, typer.Option(help="Who answered, by an id.")],
    by: Annotated[str, typer.Option(help="Member of staff who called.")],
    heard_by: Annotated[str, typer.Option(help="Second member of staff, who heard it read back.")],
    says: Says = None,
    channel: Channel = "telephone",
    as_json: AsJson = False,
) -> None:
    """Log a call over the hotline, heard by two of the staff."""
    heard = call(caller, by, heard_by, channel)
    _step(office, None, as_json, notice=notice, op="call", recipient=recipient, says=says, read_back=heard)


def due(office: OfficeFolder, as_json: AsJson = False) -> None:
    """Do now what the clocks ask for: deliver, remind, escalate, mark stale, open cases of what was struck."""
    from trucekeeper.office.delivering import courier

    with working(office) as opened:
        before = opened.record.size()
        with courier(opened) as going:
            while going.round():
                going.settle()
        opened.movements.strikes.open_cases(opened.signer)
        done = [one for one in opened.casebook.entries() if one.entry >= before]
    tell(
        [{"entry": one.entry, "kind": one.kind} for one in done],
        (*(f"Entry {one.entry}: {one.kind}." for one in done), f"{len(done)} entries written."),
        as_json=as_json,
    )


def _step(
    office: Path,
    key: Path | None,
    as_json: bool,
    *,
    notice: int,
    op: str,
    says: str | None = None,
    recipient: str | None = None,
    meets: tuple[int, ...] = (),
    zones: tuple[str, ...] = (),
    by: str | None = None,
    purpose: str | None = None,
    shows: tuple[str, ...] = (),
    read_back: "ReadBack | None" = None,
) -> None:
    from trucekeeper.movements.model import Op, Step

    step = Step(
        notice,
        Op(op),
        says,
        recipient,
        meets=meets,
        zones=zones,
        by=by,
        purpose=purpose,
        shows=shows,
        read_back=read_back,
    )
    with working(office) as opened:
        signing = opened.signer if key is None else signer(key)
        receipt = opened.movements.desk.step(step, signing)
        state = opened.movements.register.dossier(step.notice).state.value
    tell(
        {"notice": step.notice, "entry": receipt.index, "op": step.op.value, "state": state},
        (f"Notice {step.notice}: {step.op.value}, entry {receipt.index}; it is {state}.",),
        as_json=as_json,
    )
