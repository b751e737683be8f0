"""``truce notice``: announce, look up, and print; the steps of a notice's life are in ``notice_steps``."""

import secrets
import textwrap
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from trucekeeper.cli.meetings import met_json, met_words
from trucekeeper.cli.options import AsJson, OfficeFolder, contents, put, show, signer, tell, working
from trucekeeper.kernel.canon import Json
from trucekeeper.kernel.clock import Instant, SystemClock, format_utc
from trucekeeper.kernel.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trucekeeper.airspace.model import Intent
    from trucekeeper.desks.deconfliction import Submitted
    from trucekeeper.movements.lifecycle import Dossier
    from trucekeeper.movements.model import Notice, ReadBack

FormFile = Annotated[Path, typer.Argument(help="A filled-in form (YAML): see `truce notice form`.")]
Number = Annotated[int, typer.Argument(help="The notice, by the entry that announced it.", min=2)]
SignedBy = Annotated[
    Path | None, typer.Option("--key", help="PEM file of the notifier's or recipient's key.")
]
Caller = Annotated[str | None, typer.Option(help="Whose words they are, where they came by call.")]
By = Annotated[str | None, typer.Option(help="Member of staff who took the call down.")]
HeardBy = Annotated[str | None, typer.Option(help="Second member of staff, who heard it read back.")]
Channel = Annotated[str, typer.Option(help="telephone, radio or fax.")]

LEGAL = (
    "No notice gives protection that the law does not give, and none that is missing takes any away.",
    "Acknowledged means read. It never means approved.",
)
"""Said wherever a notice is shown."""

WIDE = 80


app = typer.Typer(help="Notices: sites, movements, activities and hazards.", no_args_is_help=True)


def add(app: typer.Typer) -> None:
    """Hang the commands into ``truce notice``."""
    app.command()(form)
    app.command()(new)
    app.command()(amend)
    app.command()(seal)
    app.command("list")(list_)
    app.command("show")(show_)
    app.command()(sheet)


def form(
    kind: Annotated[str, typer.Argument(help="site, movement, activity or hazard.")],
    file: Annotated[Path, typer.Argument(help="A new .yaml file.")],
) -> None:
    """Write an empty form for a kind of notice, with an example in every line."""
    from trucekeeper.feeds.notice_blank import BLANKS

    if kind not in BLANKS:
        msg = f"{kind[:40]!a} is no kind of notice; name one of {', '.join(BLANKS)}"
        raise BadInput(msg)
    put(file, BLANKS[kind].encode())
    tell(
        None, wrapped([f"{file} holds the form; fill it in, then `truce notice new {file}`."]), as_json=False
    )


def new(
    form: FormFile,
    office: OfficeFolder,
    key: SignedBy = None,
    caller: Caller = None,
    by: By = None,
    heard_by: HeardBy = None,
    channel: Channel = "telephone",
    as_json: AsJson = False,
) -> None:
    """Announce: signed by the notifier (--key), or taken down from a call by two of the staff."""
    _announce(form, office, key, call(caller, by, heard_by, channel), None, as_json=as_json)


def amend(
    notice: Number,
    form: FormFile,
    office: OfficeFolder,
    key: SignedBy = None,
    caller: Caller = None,
    by: By = None,
    heard_by: HeardBy = None,
    channel: Channel = "telephone",
    as_json: AsJson = False,
) -> None:
    """Put a new version in the place of a notice; it is checked and transmitted anew."""
    _announce(form, office, key, call(caller, by, heard_by, channel), notice, as_json=as_json)


def seal(
    form: FormFile,
    out: Annotated[Path, typer.Argument(help="A new file for the signed notice.")],
    key: Annotated[Path, typer.Option("--key", help="PEM file of the notifier's key.")],
    origin: Annotated[str, typer.Option(help="The name of the office's log.")],
    amends: Annotated[int | None, typer.Option(help="The notice that this amends.")] = None,
) -> None:
    """Sign a notice on a machine of one's own, to be handed in with `truce receive` or over the API."""
    from trucekeeper.movements.wire import notices
    from trucekeeper.record import entry

    notice = read_form(form, None, amends)
    body, draw = notices.body(notice), secrets.token_bytes
    uid, now = draw(16).hex(), SystemClock().now()
    sealed = entry.seal(signer(key), notices.KIND, origin, uid, now, body, apart=notices.APART, draw=draw)
    put(out, sealed + b"\n")
    tell(None, wrapped([f"{out} holds the signed notice; hand it in, byte for byte."]), as_json=False)


def list_(
    office: OfficeFolder,
    over: Annotated[bool, typer.Option("--all", help="Closed and withdrawn ones too.")] = False,
    as_json: AsJson = False,
) -> None:
    """List notices with what waits for an answer."""
    from trucekeeper.office import looking_up

    found: list[Dossier] = []
    with working(office, readonly=True) as opened:
        register, after = looking_up.register(opened), 0
        while page := register.all(after, 500):
            found += [one for one in page if over or one.live]
            after = page[-1].notice
    if as_json:
        tell([_told(one) for one in found], (), as_json=True)
        return
    rows = (
        (
            str(one.notice),
            one.current.notice.kind.value,
            one.current.notice.category,
            state_of(one),
            str(sum(told.transmitted is not None for told in one.told)),
            str(sum(told.answer is not None for told in one.told)),
        )
        for one in found
    )
    show("", ("notice", "kind", "category", "state", "sent", "answered"), rows)


def show_(notice: Number, office: OfficeFolder, as_json: AsJson = False) -> None:
    """Show a notice: its state, what each recipient was sent and said, and what it meets."""
    with working(office, readonly=True) as opened:
        found = opened.movements.register.dossier(notice)
        desk = opened.movements.desk
        met, flights = desk.conflicts_of(found), opened.airspace.flights(desk.volumes(found))
    if as_json:
        tell({**_told(found), "meets": met_json(met, flights)}, (), as_json=True)
        return
    said = found.current.notice
    lines = [
        f"Notice {notice}: {said.kind.value}, {said.category}. {state_of(found).capitalize()}.",
        f"Announced {_time(found.versions[0].at)} by {found.notifier}; {len(found.versions)} version(s).",
    ]
    if found.origin is not None:
        lines.append(f"Handed over by {found.origin}, which alone moves it on.")
    if found.stale:
        lines.append("Nobody has confirmed it for long. It is protected all the same; ask its notifier.")
    lines += [f"Meets {one}." for one in met_words(met, flights)]
    tell(None, wrapped(lines), as_json=False)
    rows = (
        (
            told.recipient,
            _time(told.sent),
            told.channel or "",
            "" if told.answer is None else told.answer.value,
            _time(told.answered),
            "" if told.grade is None else told.grade.value,
            ", ".join(to for to, _, _ in told.escalated),
        )
        for told in found.told
    )
    show("", ("recipient", "sent", "by", "answer", "when", "grade", "went on to"), rows)
    tell(None, wrapped(LEGAL), as_json=False)


def sheet(
    notice: Number,
    out: Annotated[Path, typer.Argument(help="A new .pdf file.")],
    office: OfficeFolder,
    recipient: Annotated[str, typer.Option(help="For whom it is printed.")],
) -> None:
    """Print a notice for a recipient without a network, with a code to read back."""
    from trucekeeper.office import looking_up, telling
    from trucekeeper.reports import notice_sheet

    with working(office, readonly=True) as opened:
        found = looking_up.register(opened).dossier(notice)
        put(out, notice_sheet.as_pdf(telling.sheet(opened.record, found, recipient)))
    said = f"{out} holds notice {notice} for {recipient}; have the code on it read back."
    tell(None, wrapped([said]), as_json=False)


def read_form(form: Path, taken_down: "ReadBack | None", amends: int | None) -> "Notice":
    """The notice of a form, with the drawn files that it names beside it."""
    from trucekeeper.feeds import notice_form

    def beside(name: str) -> bytes:
        if Path(name).name != name:
            msg = f"{name[:60]!a} is not the name of a file beside the form; put it there"
            raise BadInput(msg)
        return contents(form.parent / name)

    return notice_form.read(contents(form), beside, taken_down, amends)


def call(caller: str | None, by: str | None, heard_by: str | None, channel: str) -> "ReadBack | None":
    """A call that two of the staff heard; None where nothing was said of one."""
    from trucekeeper.movements.model import ReadBack

    if caller is None and by is None and heard_by is None:
        return None
    if caller is None or by is None or heard_by is None:
        msg = "what came by call names --caller, --by who took it down, and --heard-by who heard it read back"
        raise BadInput(msg)
    return ReadBack(channel, by, heard_by, caller)


def state_of(dossier: "Dossier") -> str:
    """The state in words, with the marks beside it."""
    marks = [dossier.state.value]
    if dossier.stale:
        marks.append("stale")
    if dossier.amended:
        marks.append("amended")
    return ", ".join(marks)


def _announce(
    form: Path,
    office: Path,
    key: Path | None,
    taken_down: "ReadBack | None",
    amends: int | None,
    *,
    as_json: bool,
) -> None:
    if (key is None) == (taken_down is None):
        msg = "a notice is signed with --key, or taken down from a call with --caller, --by and --heard-by; say one"
        raise BadInput(msg)
    from trucekeeper.movements import extent

    notice = read_form(form, taken_down, amends)
    with working(office) as opened:
        signing = opened.signer if key is None else signer(key)
        done = opened.movements.desk.submit(notice, signing)
        flights = opened.airspace.flights(extent.volumes(notice, opened.movements.desk.rules))
    _answer(done, flights, as_json=as_json)


def _answer(done: "Submitted", flights: "Sequence[Intent]", *, as_json: bool) -> None:
    answer: Json = {
        "notice": done.notice,
        "entry": done.receipt.index,
        "meets": met_json(done.meets, flights),
        "warnings": list(done.warnings),
    }
    lines = [f"Notice {done.notice} stands in the record, as entry {done.receipt.index}."]
    lines += [f"It meets {one}." for one in met_words(done.meets, flights)]
    if not done.meets and not flights:
        lines.append("It meets nothing that the office knows of.")
    lines += [f"Note: {one}." for one in done.warnings]
    tell(answer, wrapped((*lines, *LEGAL)), as_json=as_json)


def wrapped(lines: Iterable[str]) -> list[str]:
    """Lines that fit a terminal of 80 columns; a long word, such as a path, stays whole."""
    return [
        part
        for line in lines
        for part in textwrap.wrap(line, WIDE, break_long_words=False, break_on_hyphens=False)
    ]


def _told(dossier: "Dossier") -> dict[str, Json]:
    notice = dossier.current.notice
    return {
        "notice": dossier.notice,
        "kind": notice.kind.value,
        "category": notice.category,
        "state": dossier.state.value,
        "stale": dossier.stale,
        "amended": dossier.amended,
        "notifier": dossier.notifier,
        "versions": [one.entry for one in dossier.versions],
        "waived": list(dossier.waived),
        "released": [*sorted(dossier.released)],
        "origin": dossier.origin,
        "recipients": [
            {
                "recipient": one.recipient,
                "sent": None if one.sent is None else format_utc(one.sent),
                "channel": one.channel,
                "version": one.version,
                "answer": None if one.answer is None else one.answer.value,
                "answered": None if one.answered is None else format_utc(one.answered),
                "grade": None if one.grade is None else one.grade.value,
                "escalated": [to for to, _, _ in one.escalated],
            }
            for one in dossier.told
        ],
        "note": " ".join(LEGAL),
    }


def _time(at: Instant | None) -> str:
    return "" if at is None else format_utc(at)[:16].replace("T", " ")
