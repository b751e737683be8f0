"""An office writes another answer into a finding, signs it anew, and makes its whole record anew around it."""

import copy
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.rebuilt import rebuilt
from tests.truce import truce
from trucekeeper.findings import wire
from trucekeeper.findings.recompute import Outcome
from trucekeeper.kernel.canon import Json
from trucekeeper.office.audit import audit_office
from trucekeeper.record.entry import Entry

Body = dict[str, Json]


def first(body: Body) -> Body:
    """The first answer of a finding's body, to be changed in place."""
    answers = body["findings"]
    assert isinstance(answers, list)
    one = answers[0]
    assert isinstance(one, dict)
    return one


def _answer(body: Body) -> None:
    one = first(body)
    one["answer"] = "no" if one["answer"] != "no" else "yes"


def _odds(body: Body) -> None:
    one = first(body)
    assert isinstance(one["probability_ppm"], int)
    one["probability_ppm"] = 1_000_000 - one["probability_ppm"] + 1


def _reason(body: Body) -> None:
    reasons = first(body)["reasons"]
    assert isinstance(reasons, list)
    reasons.pop()


def _last(body: Body) -> None:
    answers = body["findings"]
    assert isinstance(answers, list)
    answers.pop()


def _member(body: Body) -> None:
    members = body["members"]
    assert isinstance(members, list)
    members.append("2")


def _source(body: Body) -> None:
    body["sources"] = []


def _text(body: Body) -> None:
    body["agreement"] = "ab" * 32


def _future(body: Body) -> None:
    body["upto"] = 10**9


CHANGES: dict[str, tuple[Callable[[Body], None], str]] = {
    "another answer": (_answer, "findings.0.answer"),
    "other odds": (_odds, "findings.0.probability_ppm"),
    "a reason left out": (_reason, "findings.0.reasons"),
    "an answer left out": (_last, "findings."),
    "an observation put in": (_member, "members"),
    "a line of the register left out": (_source, "sources"),
    "an agreement that was never in force": (_text, "agreement"),
    "known from the future": (_future, "upto"),
}


def changed(office: Path, target: Path, change: Callable[[Body], None]) -> int:
    """The rebuilt office in ``target``; gives the entry of the finding that was changed, the first."""
    hit: list[int] = []

    def anew(index: int, one: Entry) -> Body | None:
        if one.kind != wire.FINDING or hit:
            return None
        hit.append(index)
        body = copy.deepcopy(dict(one.body))
        change(body)
        return body

    rebuilt(office, target, anew)
    return hit[0]


@pytest.mark.parametrize("name", CHANGES)
def test_a_finding_that_does_not_follow_is_named(drilled: Path, tmp_path: Path, name: str) -> None:
    change, field = CHANGES[name]
    entry = changed(drilled, tmp_path / "office", change)
    found = audit_office(tmp_path / "office")
    assert not found.clean
    (one,) = (one for one in found.findings if one.outcome is not Outcome.SAME)
    assert (one.ref.entry, one.outcome) == (entry, Outcome.DIFFERENT)
    assert one.why.startswith(field)
    assert one.computed != one.stated


def test_the_command_names_entry_field_and_hashes_and_ends_with_seven(drilled: Path, tmp_path: Path) -> None:
    entry = changed(drilled, tmp_path / "office", _answer)
    (one,) = (one for one in audit_office(tmp_path / "office").findings if one.outcome is Outcome.DIFFERENT)
    done = truce("audit", "--office", str(tmp_path / "office"))
    assert done.code == 7
    assert f"entry {entry} ({one.incident}) is DIFFERENT at findings.0.answer" in done.out
    assert f"stated {one.stated}, computed {one.computed}" in done.out


def test_nobody_attests_a_record_that_differs(drilled: Path, tmp_path: Path) -> None:
    changed(drilled, tmp_path / "office", _answer)
    key = drilled / "keys" / "officer.pem"
    out = tmp_path / "word"
    done = truce("attest", "--office", str(tmp_path / "office"), "--key", str(key), "--out", str(out))
    assert done.code == 7
    assert not out.exists()


def test_a_method_that_nobody_knows_is_not_recomputed_and_not_called_the_same(
    drilled: Path, tmp_path: Path
) -> None:
    def method(body: Body) -> None:
        body["method"] = "trust-us/1"

    entry = changed(drilled, tmp_path / "office", method)
    found = audit_office(tmp_path / "office")
    (one,) = (one for one in found.findings if one.ref.entry == entry)
    assert one.outcome is Outcome.ATTESTED
    assert "trust-us/1" in one.why


def test_evidence_that_came_just_before_cannot_be_left_out_unseen(drilled: Path, tmp_path: Path) -> None:
    """An office that drafts as of an older size must still draft what followed then; what it left out is told."""

    def older(body: Body) -> None:
        assert isinstance(body["upto"], int)
        body["upto"] -= 1

    entry = changed(drilled, tmp_path / "office", older)
    (one,) = (one for one in audit_office(tmp_path / "office").findings if one.ref.entry == entry)
    assert one.outcome is Outcome.DIFFERENT or not one.unheeded
