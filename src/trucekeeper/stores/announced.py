"""Struck cases that may be counted in reports, read from the projections."""

import json
from collections.abc import Mapping

import sqlalchemy as sa

from trucekeeper.kernel.canon import Json
from trucekeeper.movements.model import Op
from trucekeeper.movements.wire import notices, steps, struck
from trucekeeper.record.ref import Ref
from trucekeeper.reports.ports import Announced
from trucekeeper.stores import tail

REPORT = "report"
"""The purpose of a release by which a notifier agrees to be counted."""

UNKNOWN = "not known"


def announced(connection: sa.Connection, upto: int | None) -> tuple[Announced, ...]:
    """Every case whose notifier agreed, in the order of the record; ``upto`` is a size of it."""
    last = None if upto is None else upto - 1
    cases = tail.lines(connection, (struck.KIND,), upto=last)
    if not cases:
        return ()
    agreed = {
        step.notice
        for line in tail.lines(connection, (steps.STEP,), upto=last)
        if (step := steps.read_step(_body(line))).op is Op.RELEASE and step.purpose == REPORT
    }
    found: list[Announced] = []
    for line in cases:
        case = struck.read(_body(line))
        if case.chain.notice in agreed:
            ours = case.chain.origin is None
            category = _category(connection, case.chain.version) if ours else UNKNOWN
            found.append(Announced(Ref(line.entry), line.at, category))
    return tuple(found)


def _category(connection: sa.Connection, version: int) -> str:
    """What was struck; a notice that was erased, or that another office handed over, is of no known type."""
    for line in tail.lines(connection, (notices.KIND,), version - 1, upto=version):
        return notices.read(_body(line)).category
    return UNKNOWN


def _body(line: tail.Line) -> Mapping[str, Json]:
    body: Mapping[str, Json] = json.loads(line.body)
    return body
