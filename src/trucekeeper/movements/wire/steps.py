"""notice-step/v1 and acknowledgement/v1: the life of a notice after it was announced, as signed."""

from collections.abc import Mapping

from trucekeeper.kernel.canon import Json
from trucekeeper.kernel.errors import BadInput
from trucekeeper.movements.model import Acknowledgement, Answer, Op, Step
from trucekeeper.movements.wire.notices import APART, ReadBackV1, taken_down, taken_down_body
from trucekeeper.parties.wire import IDENTIFIER, Strict, parsed, unfit

STEP = "notice-step/v1"
ANSWER = "acknowledgement/v1"
CHANNELS = ("webhook", "email", "sheet", "telephone", "radio", "fax")
PURPOSES = ("case", "report", "handover")
HOTLINE = "hotline"
MOST_MEETS = 1_000

_ASKS: Mapping[Op, tuple[frozenset[str], frozenset[str]]] = {
    Op.CHECK: (frozenset(), frozenset({"says"})),
    Op.TRANSMIT: (frozenset({"recipient", "channel"}), frozenset({"says"})),
    Op.ESCALATE: (frozenset({"recipient", "to"}), frozenset({"says"})),
    Op.CALL: (frozenset({"recipient", "read_back"}), frozenset({"says"})),
    Op.WAIVE: (frozenset({"says", "by"}), frozenset({"meets", "zones"})),
    Op.ACTIVATE: (frozenset(), frozenset({"says"})),
    Op.DEVIATE: (frozenset({"says"}), frozenset()),
    Op.CLOSE: (frozenset(), frozenset({"says"})),
    Op.WITHDRAW: (frozenset({"says"}), frozenset()),
    Op.CONFIRM: (frozenset(), frozenset({"says", "read_back"})),
    Op.STALE: (frozenset(), frozenset({"says"})),
    Op.RELEASE: (frozenset({"purpose"}), frozenset({"says", "read_back", "shows"})),
}
"""The fields that each step must have, and those that it may have."""


class StepV1(Strict):
    """The body of a notice-step/v1 entry."""

    notice: int
    op: str
    says: str | None = None
    recipient: str | None = None
    channel: str | None = None
    to: str | None = None
    meets: list[int] | None = None
    zones: list[str] | None = None
    by: str | None = None
    purpose: str | None = None
    shows: list[str] | None = None
    read_back: ReadBackV1 | None = None


class AcknowledgementV1(Strict):
    """The body of an acknowledgement/v1 entry."""

    notice: int
    version: int
    recipient: str
    answer: str
    says: str | None = None
    taken_down: ReadBackV1 | None = None


def read_step(body: Mapping[str, Json]) -> Step:
    """The step that ``body`` (notice-step/v1) holds."""
    form = parsed(StepV1, "step", body)
    if form.op not in {op.value for op in Op}:
        _refuse("step: op", f"is none that is known; write one of {', '.join(op.value for op in Op)}")
    step = Step(
        notice=form.notice,
        op=Op(form.op),
        says=form.says,
        recipient=form.recipient,
        channel=form.channel,
        to=form.to,
        meets=tuple(form.meets or ()),
        zones=tuple(form.zones or ()),
        by=form.by,
        purpose=form.purpose,
        shows=tuple(form.shows or ()),
        read_back=taken_down(form.read_back, "step"),
    )
    _check_step(step)
    for name, given in (("meets", form.meets), ("zones", form.zones), ("shows", form.shows)):
        if given == []:
            _refuse(f"step: {name}", "is empty; leave it out where there is none")
    return step


def step_body(step: Step) -> dict[str, Json]:
    """The notice-step/v1 body of ``step``; refuses what :func:`read_step` would refuse."""
    _check_step(step)
    form: dict[str, Json] = {"notice": step.notice, "op": step.op.value}
    words: Mapping[str, Json] = {
        "says": step.says, "recipient": step.recipient, "channel": step.channel, "to": step.to, "by": step.by,
        "purpose": step.purpose,
    }  # fmt: skip
    form |= {name: value for name, value in words.items() if value is not None}
    if step.meets:
        form["meets"] = list(step.meets)
    if step.zones:
        form["zones"] = list(step.zones)
    if step.shows:
        form["shows"] = list(step.shows)
    if step.read_back is not None:
        form["read_back"] = taken_down_body(step.read_back, "step")
    return form


def read_answer(body: Mapping[str, Json]) -> Acknowledgement:
    """The recipient's word that ``body`` (acknowledgement/v1) holds."""
    form = parsed(AcknowledgementV1, "acknowledgement", body)
    if form.answer not in {answer.value for answer in Answer}:
        said = ", ".join(answer.value for answer in Answer)
        _refuse("acknowledgement: answer", f"is none that is known; write one of {said}")
    word = Acknowledgement(
        form.notice,
        form.version,
        form.recipient,
        Answer(form.answer),
        form.says,
        taken_down(form.taken_down, "acknowledgement"),
    )
    _check_answer(word)
    return word


def answer_body(word: Acknowledgement) -> dict[str, Json]:
    """The acknowledgement/v1 body of ``word``; refuses what :func:`read_answer` would refuse."""
    _check_answer(word)
    form: dict[str, Json] = {
        "notice": word.notice,
        "version": word.version,
        "recipient": word.recipient,
        "answer": word.answer.value,
    }
    if word.says is not None:
        form["says"] = word.says
    if word.taken_down is not None:
        form["taken_down"] = taken_down_body(word.taken_down, "acknowledgement")
    return form


def _check_step(step: Step) -> None:
    _numbered("step: notice", step.notice)
    given = {
        name
        for name in ("says", "recipient", "channel", "to", "by", "purpose", "read_back")
        if getattr(step, name) is not None
    } | {
        name
        for name, listed in (("meets", step.meets), ("zones", step.zones), ("shows", step.shows))
        if listed
    }
    needed, allowed = _ASKS[step.op]
    for name in sorted(needed - given):
        _refuse(f"step: {name}", f"is missing; the step {step.op.value} needs it")
    for name in sorted(given - needed - allowed):
        _refuse(f"step: {name}", f"does not belong to the step {step.op.value}; leave it out")
    _check_words(step)
    _check_lists(step)


def _check_words(step: Step) -> None:
    for name, who in (("recipient", step.recipient), ("to", step.to), ("by", step.by)):
        if who is not None and not IDENTIFIER.fullmatch(who):
            _refuse(f"step: {name}", "is no id of a holder; use letters, digits and . _ : -")
    if step.says is not None and (fault := unfit(step.says, 1000)):
        _refuse("step: says", fault)
    if step.channel is not None and step.channel not in CHANNELS:
        _refuse("step: channel", f"is none that is known; write one of {', '.join(CHANNELS)}")
    if step.purpose is not None and step.purpose not in PURPOSES:
        _refuse("step: purpose", f"is none that is known; write one of {', '.join(PURPOSES)}")


def _check_lists(step: Step) -> None:
    if len(step.meets) > MOST_MEETS or list(step.meets) != sorted(set(step.meets)):
        _refuse("step: meets", "is not a list of entries in ascending order, each once; sort it")
    if step.op is Op.WAIVE and not step.meets and not step.zones:
        _refuse("step: meets", "is missing; name the notices, or the zones, that are knowingly overlapped")
    if list(step.zones) != sorted(set(step.zones)) or not all(
        IDENTIFIER.fullmatch(one) for one in step.zones
    ):
        _refuse("step: zones", "is not a sorted list of ids of zones, each once; sort it")
    if not set(step.shows) <= set(APART) or list(step.shows) != sorted(set(step.shows)):
        _refuse("step: shows", f"is not a sorted list of fields told apart; choose among {', '.join(APART)}")
    for number in step.meets:
        _numbered("step: meets", number)


def _check_answer(word: Acknowledgement) -> None:
    _numbered("acknowledgement: notice", word.notice)
    _numbered("acknowledgement: version", word.version)
    if word.version < word.notice:
        _refuse("acknowledgement: version", "is older than the notice itself; give the entry that was seen")
    if not IDENTIFIER.fullmatch(word.recipient):
        _refuse("acknowledgement: recipient", "is no id of a holder; use letters, digits and . _ : -")
    if word.says is not None and (fault := unfit(word.says, 1000)):
        _refuse("acknowledgement: says", fault)
    if word.says is None and word.answer in {Answer.QUERIED, Answer.OBJECTED}:
        _refuse("acknowledgement: says", f"is missing; say what is {word.answer.value}")


def _numbered(field: str, entry: int) -> None:
    if entry < 2:
        _refuse(field, "is no entry of a notice; entries 0 and 1 are the keys and the agreement")


def _refuse(field: str, why: str) -> None:
    msg = f"{field} {why}"
    raise BadInput(msg)
