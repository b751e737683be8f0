"""struck/v1: a notified-then-struck case, as the office signs it when its rule opens one."""

from collections.abc import Mapping
from dataclasses import dataclass

from trucekeeper.kernel.canon import Json
from trucekeeper.kernel.clock import Instant, format_utc, parse_utc
from trucekeeper.kernel.errors import BadInput
from trucekeeper.movements.model import Answer, Grade
from trucekeeper.movements.struck import Chain, Knew
from trucekeeper.parties.wire import Strict, parsed
from trucekeeper.record.ref import Ref

KIND = "struck/v1"


@dataclass(frozen=True, slots=True)
class Struck:
    """The case: the notice's chain, the incident it falls in, and the observations that lie, or may lie, in its volume.

    ``certain``: all places and times of one of them lie in the volume, and every other one may; else it may lie there.
    """

    incident: str
    sightings: tuple[Ref, ...]
    chain: Chain
    certain: bool = False


class KnewV1(Strict):
    """What one recipient had been told, and said, before."""

    recipient: str
    transmitted: str | None = None
    channel: str | None = None
    received: str | None = None
    acknowledged: str | None = None
    said: str | None = None
    grade: str | None = None
    version: int | None = None
    escalated: list[str]
    entries: list[int]


class StruckV1(Strict):
    """The body of a struck/v1 entry."""

    notice: int
    version: int
    announced: str
    stale: bool
    incident: str
    sightings: list[str]
    knew: list[KnewV1]
    certain: bool = False
    origin: str | None = None


def read(body: Mapping[str, Json]) -> Struck:
    """The case that ``body`` (struck/v1) holds."""
    form = parsed(StruckV1, "struck", body)
    if not form.sightings:
        msg = "struck: sightings is empty; a case rests on at least one observation"
        raise BadInput(msg)
    chain = Chain(
        form.notice,
        form.version,
        parse_utc(form.announced),
        form.stale,
        tuple(_knew(one) for one in form.knew),
        form.origin,
    )
    return Struck(form.incident, tuple(Ref.parse(one) for one in form.sightings), chain, form.certain)


def body(struck: Struck) -> dict[str, Json]:
    """The struck/v1 body of a case."""
    form: dict[str, Json] = {
        "notice": struck.chain.notice,
        "version": struck.chain.version,
        "announced": format_utc(struck.chain.announced),
        "stale": struck.chain.stale,
        "incident": struck.incident,
        "sightings": [str(one) for one in struck.sightings],
        "knew": [_knew_body(one) for one in struck.chain.knew],
        "certain": struck.certain,
    }
    return form if struck.chain.origin is None else form | {"origin": struck.chain.origin}


def _knew(form: KnewV1) -> Knew:
    try:
        said = None if form.said is None else Answer(form.said)
        grade = None if form.grade is None else Grade(form.grade)
    except ValueError as error:
        msg = "struck: knew holds an answer or a grade that is not known; use a newer version of truce"
        raise BadInput(msg) from error
    return Knew(
        form.recipient, _at(form.transmitted), form.channel, _at(form.received), _at(form.acknowledged), said, grade,
        form.version, tuple(form.escalated), tuple(form.entries),
    )  # fmt: skip


def _knew_body(knew: Knew) -> dict[str, Json]:
    form: dict[str, Json] = {
        "recipient": knew.recipient,
        "escalated": list(knew.escalated),
        "entries": list(knew.entries),
    }
    times = (
        ("transmitted", knew.transmitted),
        ("received", knew.received),
        ("acknowledged", knew.acknowledged),
    )
    form |= {name: format_utc(at) for name, at in times if at is not None}
    words: tuple[tuple[str, Json], ...] = (
        ("channel", knew.channel),
        ("said", None if knew.said is None else knew.said.value),
        ("grade", None if knew.grade is None else knew.grade.value),
        ("version", knew.version),
    )
    return form | {name: value for name, value in words if value is not None}


def _at(text: str | None) -> Instant | None:
    return None if text is None else parse_utc(text)
