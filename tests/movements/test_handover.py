"""The form of what another office handed over."""

from dataclasses import replace

import pytest

from tests.movements.sample import NOW, call, convoy, site
from trucekeeper.kernel.canon import Json
from trucekeeper.kernel.clock import Instant
from trucekeeper.kernel.errors import BadInput, Conflict
from trucekeeper.movements.model import Acknowledgement, Answer, Notice, Op, State, Step
from trucekeeper.movements.visibility import HOTLINE
from trucekeeper.movements.wire import handover, notices, steps
from trucekeeper.movements.wire.handover import Given, Handover

THERE = "office.example/humanitarian"


def line(
    entry: int, what: Notice | Step | Acknowledgement, holder: str = "officer", role: str = "office"
) -> Given:
    kind, body = (
        (notices.KIND, notices.body(what))
        if isinstance(what, Notice)
        else (steps.STEP, steps.step_body(what))
        if isinstance(what, Step)
        else (steps.ANSWER, steps.answer_body(what))
    )
    return Given(entry, Instant(NOW + entry * 60_000), holder, role, kind, body)


LINES = (
    line(10, convoy(), "relief-1", "notifier"),
    line(11, Step(10, Op.CHECK)),
    line(12, Step(10, Op.WAIVE, says="they asked", meets=(4,), by="officer")),
    line(13, Step(10, Op.TRANSMIT, recipient="liaison-a", channel="sheet")),
    line(15, Step(10, Op.ESCALATE, recipient="liaison-a", to="liaison-a2")),
    line(16, Step(10, Op.ESCALATE, recipient="liaison-a", to=HOTLINE)),
    line(18, Acknowledgement(10, 10, "liaison-a", Answer.ACKNOWLEDGED), "liaison-a2", "liaison"),
)
GIVEN = Handover(THERE, 40, "ab" * 32, LINES)


def test_what_is_written_is_read_back() -> None:
    for one in (GIVEN, replace(GIVEN, amends=7), replace(GIVEN, lines=LINES[:1])):
        assert handover.read(handover.body(one)) == one


def test_its_people_carry_the_other_offices_name_and_the_hotline_does_not() -> None:
    found = handover.dossier(GIVEN, 70)
    assert (found.notice, found.origin, found.notifier) == (70, THERE, f"{THERE}/relief-1")
    told = found.of(f"{THERE}/liaison-a")
    assert told is not None
    assert [to for to, _, _ in told.escalated] == [f"{THERE}/liaison-a2", HOTLINE]
    assert told.answer is Answer.ACKNOWLEDGED
    assert found.passed_over == ()
    taken = handover.dossier(replace(GIVEN, lines=(line(10, convoy(taken_down=call())),)), 70)
    assert taken.notifier == f"{THERE}/relief-1"


def test_what_was_kept_back_is_said_to_be() -> None:
    body = dict(LINES[0].body)
    for name in ("designation", "contact", "vehicles"):
        del body[name]
    notice = handover.dossier(replace(GIVEN, lines=(replace(LINES[0], body=body),)), 70).current.notice
    assert (notice.designation, notice.contact.name, notice.vehicles) == (
        handover.KEPT_BACK,
        handover.KEPT_BACK,
        (),
    )


def without(name: str) -> Given:
    return replace(LINES[0], body={one: value for one, value in LINES[0].body.items() if one != name})


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ((), "does not begin with the first version"),
        (LINES[1:], "does not begin with the first version"),
        ((line(10, convoy(amends=4)),), "does not begin with the first version"),
        ((LINES[0], line(11, site())), "more than one notice"),
        ((LINES[0], line(11, Step(4, Op.CHECK))), "more than one notice"),
        ((LINES[0], line(11, convoy(amends=4))), "more than one notice"),
        ((LINES[0], LINES[2], LINES[1]), "not in the order"),
        ((LINES[0], LINES[1], LINES[1]), "not in the order"),
        ((without("where"),), "ask for `where`"),
        ((replace(LINES[0], role="wizard"),), "is no role"),
        ((replace(LINES[0], kind="vote/v1"),), "is no part of a notice's life"),
        (tuple(replace(LINES[1], entry=11 + number) for number in range(2_001)), "more than 2000"),
    ],
)
def test_what_is_no_notice_is_refused_in_one_sentence(lines: tuple[Given, ...], says: str) -> None:
    given = replace(GIVEN, lines=lines)
    body: dict[str, Json] = handover.body(GIVEN)
    body["lines"] = [
        {
            "entry": one.entry,
            "at": "2026-03-10T08:00:00.000Z",
            "holder": one.holder,
            "role": one.role,
            "kind": one.kind,
            "body": dict(one.body),
        }
        for one in given.lines
    ]
    with pytest.raises(BadInput, match=says):
        handover.read(body)


def test_a_newer_state_holds_all_of_the_older() -> None:
    old = handover.dossier(replace(GIVEN, lines=LINES[:4]), 70)
    assert handover.newer(old, GIVEN).of(f"{THERE}/liaison-a") is not None
    closed = handover.newer(old, replace(GIVEN, lines=(*LINES, line(20, Step(10, Op.CLOSE)))))
    assert (closed.notice, closed.state) == (70, State.CLOSED)
    with pytest.raises(Conflict, match="in a newer state already"):
        handover.newer(closed, GIVEN)
    with pytest.raises(Conflict, match="take this one over as a new one"):
        handover.newer(old, replace(GIVEN, origin="office.example/third"))
    with pytest.raises(Conflict, match="is another notice"):
        handover.newer(old, replace(GIVEN, lines=(line(30, convoy(), "relief-1", "notifier"),)))


def test_the_same_state_again_changes_nothing() -> None:
    old = handover.dossier(GIVEN, 70)
    assert handover.newer(old, GIVEN) == old
