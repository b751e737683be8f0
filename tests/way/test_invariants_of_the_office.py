"""The design's invariants that only a whole office can keep; each test is named after one."""

import io
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.office_kit import HOUR_MS, PEOPLE, SOURCES, SPOT, Kit, key_of, looked, new_kit, seen
from trucekeeper.desks.intake import File
from trucekeeper.findings import wire
from trucekeeper.findings.model import Ballot, Case, Erratum
from trucekeeper.kernel.clock import Instant
from trucekeeper.kernel.errors import NotPermitted, TruceError
from trucekeeper.office import logs
from trucekeeper.office.wiring import rebuild_office
from trucekeeper.record.ref import Ref
from trucekeeper.stores.rebuild import digest

INCIDENT = "INC-2026-000001"


def drafted(kit: Kit) -> Ref:
    """A draft on an incident that ada and ben reported, whose reply clocks have run out."""
    refs = (*kit.observe("ada", seen("1")), *kit.observe("ben", seen("2", source="camera-lake")))
    kit.office.triage.open(refs, key_of("ada"))
    finding = Ref(kit.office.inquiry.draft(INCIDENT, kit.office.signer).index)
    kit.office.inquiry.invite_all(finding, kit.office.signer)
    kit.clock.at = Instant(kit.clock.at + kit.office.agreement.procedure.reply_hours * HOUR_MS)
    return finding


def vote(kit: Kit, person: str, finding: Ref, *, approves: bool = True) -> bytes:
    ballot = Ballot(finding, kit.office.casebook.case(finding).digest, approves, "")
    return kit.sealed(person, wire.VOTE, wire.vote_body(ballot))


def forced(kit: Kit, person: str, finding: Ref) -> Case:
    """A vote laid on the record past the desk."""
    kit.office.record.append([vote(kit, person, finding)])
    return kit.office.casebook.case(finding)


@settings(max_examples=8, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.integers(0, 6), min_size=3, max_size=14))
def test_rebuild_from_the_record_alone_equals_the_live_projections(
    tmp_path_factory: pytest.TempPathFactory, steps: list[int]
) -> None:
    kit = new_kit(tmp_path_factory.mktemp("rebuild") / "office")
    try:
        for number, step in enumerate(steps):
            kit.clock.at = Instant(kit.clock.at + HOUR_MS)
            one_step(kit, number, step)
        live = digest(kit.office.casebook.engine)
    finally:
        kit.office.close()
    assert rebuild_office(kit.root) == live


def one_step(kit: Kit, number: int, step: int) -> None:
    office, at = kit.office, kit.clock.now()
    try:
        match step:
            case 0:
                kit.observe("ada", seen(f"a{number}", at), seen(f"b{number}", at, source="camera-lake"))
            case 1:
                kit.observe("ben", looked(f"c{number}", at))
            case 2:
                rows = [(row, seen(f"r{number}-{row}", at, where=None)) for row in range(3)]
                office.intake.import_rows(File("own", "0" * 64, "own/1"), rows, office.signer)
            case 3:
                office.triage.accept(office.triage.suggest(), key_of("ben"))
            case 4:
                office.inquiry.draft(INCIDENT, office.signer)
            case 5:
                office.panel.correct(Erratum(Ref(number), None, "corrected"), office.signer)
            case _:
                kit.reopen()
    except TruceError:
        pass  # what a desk refuses is not on the record, and so in no projection


def test_findings_take_two_people(kit: Kit) -> None:
    finding = drafted(kit)
    assert kit.office.panel.receive(vote(kit, "cleo", finding)).state == "with-panel"
    with pytest.raises(NotPermitted, match="same person has voted"):
        kit.office.panel.receive(vote(kit, "cleo", finding))
    assert kit.office.casebook.case(finding).state == "with-panel"
    assert kit.office.panel.receive(vote(kit, "dag", finding)).state == "decided"


def test_findings_take_two_people_even_where_the_desk_is_passed_by(kit: Kit) -> None:
    finding = drafted(kit)
    forced(kit, "cleo", finding)
    case = forced(kit, "cleo", finding)
    assert (case.state, len(case.votes), case.votes[1].void is None) == ("with-panel", 2, False)


@pytest.mark.parametrize("person", ["ada", "ben"])
def test_nobody_decides_on_their_own_submission(kit: Kit, person: str) -> None:
    """Monitors hold no panel mandate: neither the desk nor the record takes their vote."""
    finding = drafted(kit)
    with pytest.raises(NotPermitted):
        kit.office.panel.receive(vote(kit, person, finding))
    with pytest.raises(NotPermitted, match="may not sign"):
        forced(kit, person, finding)


def test_the_office_that_drafted_has_no_vote(kit: Kit) -> None:
    finding = drafted(kit)
    body = wire.vote_body(Ballot(finding, kit.office.casebook.case(finding).digest, True, ""))
    with pytest.raises(NotPermitted, match="may not sign"):
        kit.office.inquiry.pen.write(kit.office.signer, wire.VOTE, body)


def test_logs_hold_no_places_names_or_sources(kit: Kit, tmp_path: Path) -> None:
    stream = io.StringIO()
    with logs.written(stream=stream):
        finding = drafted(kit)
        kit.office.intake.register_source(SOURCES[0], kit.office.signer)
        kit.office.panel.receive(vote(kit, "cleo", finding))
        kit.office.publication.bundle(INCIDENT)
        kit.office.panel.correct(Erratum(finding, None, "The patrol at the mill erred."), kit.office.signer)
    written = stream.getvalue()
    assert len(written.splitlines()) >= 8
    said = set(re.findall(r'"([^"]*)"', written))
    told = {source.id for source in SOURCES} | {source.group for source in SOURCES} | set(PEOPLE)
    assert not said & told
    assert not any(name in written for name in ("party-a", "party-b", "officer", str(tmp_path), "mill"))
    assert not any(str(abs(number)) in written for number in (SPOT.lat_u, SPOT.lon_u))
