"""handover/v1: what another office handed over of a notice, with the consent of its notifier, as it was verified.

It holds the lines of the notice from the other office's record, less every field that the notifier kept back. The
notice is then looked at like one's own, save that only the office that it came from can move it on.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

from trucekeeper.kernel.canon import Json
from trucekeeper.kernel.clock import Instant, format_utc, parse_utc
from trucekeeper.kernel.errors import BadInput, Conflict
from trucekeeper.movements import lifecycle
from trucekeeper.movements.lifecycle import Dossier, Line
from trucekeeper.movements.model import Acknowledgement, Notice, Step
from trucekeeper.movements.visibility import HOTLINE
from trucekeeper.movements.wire import notices, steps
from trucekeeper.parties.wire import Strict, parsed
from trucekeeper.record.role import Role

KIND = "handover/v1"
KEPT_BACK = "kept back by its notifier"
_DEFAULTS: Mapping[str, Json] = {
    "designation": KEPT_BACK,
    "contact": {"name": KEPT_BACK, "number": "+00 0000 0000"},
}
_MOST = 2_000


@dataclass(frozen=True, slots=True)
class Given:
    """One entry of the other office's record, as far as it was given; ``body`` without the digests of what was not."""

    entry: int
    at: Instant
    holder: str
    role: str
    kind: str
    body: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Handover:
    """A notice from the record ``origin``, whose tree had ``size`` leaves and ``root`` (hex) when it was given.

    ``amends`` is our own entry by which the same notice was taken over before.
    """

    origin: str
    size: int
    root: str
    lines: tuple[Given, ...]
    amends: int | None = None


class GivenV1(Strict):
    """One entry of the other record."""

    entry: int
    at: str
    holder: str
    role: str
    kind: str
    body: dict[str, object]


class HandoverV1(Strict):
    """The body of a handover/v1 entry."""

    origin: str
    size: int
    root: str
    lines: list[GivenV1]
    amends: int | None = None


def read(body: Mapping[str, Json]) -> Handover:
    """The handover that ``body`` (handover/v1) holds; BadInput where its lines make no notice."""
    form = parsed(HandoverV1, "handover", body)
    if len(form.lines) > _MOST:
        msg = f"handover: lines are more than {_MOST}; hand over the newest state alone"
        raise BadInput(msg)
    said = body["lines"]
    bodies = [one["body"] for one in said if isinstance(one, dict)] if isinstance(said, list) else []
    lines = tuple(
        Given(one.entry, parse_utc(one.at), one.holder, one.role, one.kind, given)
        for one, given in zip(form.lines, bodies, strict=True)
        if isinstance(given, dict)
    )
    handover = Handover(form.origin, form.size, form.root, lines, form.amends)
    dossier(handover, 2)
    return handover


def body(handover: Handover) -> dict[str, Json]:
    """The handover/v1 body; refuses what :func:`read` would refuse."""
    dossier(handover, 2)
    form: dict[str, Json] = {
        "origin": handover.origin,
        "size": handover.size,
        "root": handover.root,
        "lines": [
            {
                "entry": one.entry,
                "at": format_utc(one.at),
                "holder": one.holder,
                "role": one.role,
                "kind": one.kind,
                "body": dict(one.body),
            }
            for one in handover.lines
        ],
    }
    return form if handover.amends is None else form | {"amends": handover.amends}


def dossier(handover: Handover, entry: int) -> Dossier:
    """The notice under our own number ``entry``.

    Its people are written with the other office's name before theirs, so that nobody here is taken for one of them.
    """
    lines = [_line(handover.origin, one) for one in handover.lines]
    if not lines or not isinstance(lines[0].what, Notice) or lines[0].what.amends is not None:
        msg = "handover: it does not begin with the first version of a notice; ask for the whole of its life"
        raise BadInput(msg)
    first = lines[0].entry
    if any(_about(line) != first for line in lines[1:]):
        msg = "handover: it holds more than one notice; ask for each by itself"
        raise BadInput(msg)
    if any(one.entry >= two.entry for one, two in pairwise(lines)):
        msg = "handover: its lines are not in the order of their record; ask for it again"
        raise BadInput(msg)
    return replace(lifecycle.dossier(lines), notice=entry, newest=entry, origin=handover.origin)


def newer(known: Dossier, handover: Handover) -> Dossier:
    """The notice that was taken over as ``known``, in the newer state of ``handover``.

    Conflict where that is another notice, or lacks something of what was handed over before.
    """
    if known.origin != handover.origin:
        msg = f"notice {known.notice} is not from {handover.origin}; take this one over as a new one"
        raise Conflict(msg)
    found = dossier(handover, known.notice)
    if found.versions[0].entry != known.versions[0].entry:
        msg = f"notice {known.notice} is another notice of {handover.origin}; take this one over as a new one"
        raise Conflict(msg)
    if not _lines(known) <= _lines(found):
        msg = f"notice {known.notice} was handed over in a newer state already; ask for the newest one"
        raise Conflict(msg)
    return found


def _lines(found: Dossier) -> frozenset[int]:
    return frozenset((*(line.entry for line in found.steps), *(entry for entry, _ in found.passed_over)))


def _about(line: Line) -> int | None:
    """The entry that announced what a line speaks of; None for one that announces something itself."""
    return line.what.amends if isinstance(line.what, Notice) else line.what.notice


def _line(origin: str, given: Given) -> Line:
    try:
        role = Role(given.role)
    except ValueError as error:
        msg = f"handover: {given.role[:40]!a} is no role; use a newer version of truce"
        raise BadInput(msg) from error
    what = _what(given)
    if isinstance(what, Notice):
        heard = what.taken_down
        what = replace(
            what,
            recipients=tuple(_there(origin, one) for one in what.recipients),
            taken_down=None if heard is None else replace(heard, caller=_there(origin, heard.caller)),
        )
    elif isinstance(what, Step):
        # an alternate is cleared for a notice too, so the other office's are not to be taken for ours
        what = replace(
            what,
            recipient=None if what.recipient is None else _there(origin, what.recipient),
            to=what.to if what.to is None or what.to == HOTLINE else _there(origin, what.to),
            by=None if what.by is None else _there(origin, what.by),
        )
    else:
        what = replace(what, recipient=_there(origin, what.recipient))
    return Line(given.entry, given.at, _there(origin, given.holder), role, what)


def _what(given: Given) -> Notice | Step | Acknowledgement:
    if given.kind == notices.KIND:
        if "where" not in given.body:
            msg = "handover: the notice came without its place, so nothing can be held against it; ask for `where`"
            raise BadInput(msg)
        return notices.read({**_DEFAULTS, **given.body})
    if given.kind == steps.STEP:
        return steps.read_step(given.body)
    if given.kind == steps.ANSWER:
        return steps.read_answer(given.body)
    msg = f"handover: {given.kind[:40]!a} is no part of a notice's life; leave it out"
    raise BadInput(msg)


def _there(origin: str, holder: str) -> str:
    return f"{origin}/{holder}"
