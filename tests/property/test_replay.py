"""Recomputing gives the same bytes whatever happened, in whatever order it is told, on whatever machine."""

import json
import random
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.demo_office import drilled  # noqa: F401 - a fixture
from tests.office_kit import HOUR_MS, SOURCES, START, Kit, key_of, looked, new_kit, seen
from tests.truce import spawned
from trucekeeper.findings import wire
from trucekeeper.findings.drafting import Inputs, drafted, redrawn
from trucekeeper.findings.recompute import Outcome, first_difference
from trucekeeper.kernel import canon
from trucekeeper.kernel.canon import Json
from trucekeeper.kernel.clock import Instant, Interval
from trucekeeper.kernel.errors import TruceError
from trucekeeper.observations.model import Kind
from trucekeeper.office.audit import audit_office
from trucekeeper.office.methods import METHODS, WEIGHERS
from trucekeeper.office.wiring import open_office

NAMES = ("patrol-lake", "camera-lake", "liaison-a", "liaison-b")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(0, 3) | st.sampled_from("ab"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("xyz"), inner, max_size=3),
    max_leaves=8,
)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(("report", "report", "look", "grade", "triage", "draft", "draft", "erase")),
        st.integers(0, 3),
        st.integers(0, 5),
    ),
    min_size=6,
    max_size=18,
)


def step(kit: Kit, number: int, what: str, who: int, when: int) -> None:
    """One thing that happens in an office; what the office refuses leaves no trace."""
    at, name = Instant(START + when * HOUR_MS), NAMES[who]
    person = name if name.startswith("liaison") else "ada"
    match what:
        case "report":
            kind = Kind.CLAIM if name.startswith("liaison") else Kind.REPORT
            kit.observe(person, seen(str(number), at, source=name, kind=kind))
        case "look" if not name.startswith("liaison"):
            kit.observe("ben", looked(str(number), at, source=name))
        case "grade":
            source = replace(SOURCES[who], reliability="ABCDE"[when % 5])
            kit.office.intake.register_source(source, kit.office.signer)
        case "triage":
            found = kit.office.triage.suggest()
            if found:
                kit.office.triage.accept(found, key_of("ben"))
        case "draft":
            for incident in list(kit.office.casebook.incidents()):
                kit.office.inquiry.draft(incident.id, kit.office.signer)
        case "erase":
            sightings = list(kit.office.casebook.sightings())
            if sightings:
                kit.office.record.erase(sightings[when % len(sightings)].ref)


@settings(max_examples=12, suppress_health_check=[HealthCheck.too_slow])
@given(STEPS)
def test_no_history_of_an_honest_office_differs(steps: list[tuple[str, int, int]]) -> None:
    with tempfile.TemporaryDirectory() as place:
        kit = new_kit(Path(place) / "office")
        for number, (what, who, when) in enumerate(steps):
            try:
                step(kit, number, what, who, when)
            except TruceError:
                continue
        kit.office.record.integrate()
        kit.office.close()
        found = audit_office(kit.root)
        again = audit_office(kit.root, processes=1)
    assert all(one.outcome is not Outcome.DIFFERENT and not one.unheeded for one in found.findings)
    erased = set(found.rechecked.erased)
    for one in found.findings:
        assert (one.outcome is Outcome.ATTESTED) == bool(erased & set(one.rests_on))
    assert found.outputs == again.outputs


@pytest.mark.parametrize("seed", range(5))
def test_the_order_in_which_inputs_are_told_changes_no_byte(drilled: Path, seed: int) -> None:  # noqa: F811
    shuffled = random.Random(seed)
    with open_office(drilled, readonly=True) as office:
        book = office.casebook
        for case in book.cases():
            raw = office.record.entry(case.ref.entry).body_bytes
            draft = wire.read_finding(raw)
            incident = book.incident(draft.incident, draft.upto)
            parts = (
                list(incident.members),
                list(book.touchings_of(draft.members)),
                list(book.lines(draft.upto).items()),
                list(
                    book.sightings(
                        Interval(incident.when.start, incident.when.end), (Kind.COVERAGE,), draft.upto
                    )
                ),
            )
            for part in parts:
                shuffled.shuffle(part)
            others = [book.sighting(ref) for ref in redrawn(draft)]
            shuffled.shuffle(others)
            members, touchings, lines, coverage = parts
            known = replace(incident, members=tuple(sorted(members, key=lambda one: one.ref)))
            inputs = Inputs(known, draft.upto, touchings, dict(lines), coverage, draft.rivals, others)
            made = drafted(inputs, office.agreement, WEIGHERS[METHODS], METHODS)
            assert canon.encode(wire.finding_body(made)) == raw


def test_neither_language_nor_time_zone_nor_hash_seed_changes_an_output(drilled: Path) -> None:  # noqa: F811
    answers = []
    for seed, language, zone in (
        ("0", "C", "UTC"),
        ("1", "C.UTF-8", "Asia/Kathmandu"),
        ("77", "tr_TR", "America/Lima"),
    ):
        env = {"PYTHONHASHSEED": seed, "LC_ALL": language, "TZ": zone}
        done = spawned("audit", "--office", drilled, "--json", env=env)
        assert done.code == 0, done.err
        answers.append(json.loads(done.out))
    assert answers[0]["findings"]
    assert answers[0] == answers[1] == answers[2]


@given(JSON, JSON)
def test_a_difference_is_found_exactly_where_there_is_one(one: Json, other: Json) -> None:
    assert bool(first_difference(one, other)) == (canon.encode(one) != canon.encode(other))
