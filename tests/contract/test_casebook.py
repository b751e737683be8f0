"""What findings and reports may rely on, whichever store keeps the casebook."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.office_kit import HOUR_MS, START, Kit, key_of, looked, new_kit, seen
from trucekeeper.desks.intake import File
from trucekeeper.findings.ports import Casebook
from trucekeeper.incidents.model import Sighting
from trucekeeper.kernel.clock import Instant, Interval
from trucekeeper.kernel.errors import NotFound
from trucekeeper.observations.model import Kind
from trucekeeper.parties.model import Source
from trucekeeper.record.ref import Ref

MOMENTS = st.integers(-2, 14).map(lambda hour: Instant(START + hour * HOUR_MS))
WINDOWS = st.one_of(
    st.none(),
    st.builds(
        lambda start, hours: Interval(start, None if hours is None else Instant(start + hours * HOUR_MS)),
        MOMENTS,
        st.one_of(st.none(), st.integers(0, 6)),
    ),
)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kit]:
    """A record of points, spans and open ends, singly and in batches, over half a day."""
    kit = new_kit(tmp_path_factory.mktemp("casebook") / "office")
    for hour in range(6):
        kit.clock.at = at = Instant(START + hour * HOUR_MS)
        kit.observe("ada", seen(f"span-{hour}", at), looked(f"look-{hour}", at))
        kit.observe("ada", seen(f"point-{hour}", when=Interval(at, at)))
        kit.observe("ada", seen(f"open-{hour}", when=Interval(at, None), kind=Kind.CLAIM))
        rows = [(row, seen(f"row-{hour}-{row}", Instant(at + row * HOUR_MS))) for row in range(4)]
        kit.office.intake.import_rows(File("own", "0" * 64, "own/1"), rows, key_of("ben"))
    yield kit
    kit.office.close()


@pytest.fixture(scope="module")
def everything(filled: Kit) -> tuple[Sighting, ...]:
    return tuple(filled.office.casebook.sightings())


def test_everything_comes_in_the_order_of_the_record(everything: tuple[Sighting, ...]) -> None:
    assert len(everything) == 6 * 8
    assert [one.ref for one in everything] == sorted(one.ref for one in everything)


@given(WINDOWS, st.sets(st.sampled_from((Kind.REPORT, Kind.CLAIM, Kind.COVERAGE))), st.integers(0, 50))
def test_a_window_gives_what_overlaps_it_and_was_known(
    filled: Kit, everything: tuple[Sighting, ...], window: Interval | None, kinds: set[Kind], upto: int
) -> None:
    book: Casebook = filled.office.casebook
    found = tuple(book.sightings(window, tuple(kinds), upto))
    assert found == tuple(
        one
        for one in everything
        if one.ref.entry < upto
        and (not kinds or one.observation.kind in kinds)
        and (window is None or one.observation.when.overlaps(window))
    )


@given(MOMENTS)
def test_the_size_at_a_moment_counts_what_was_admitted_by_then(filled: Kit, at: Instant) -> None:
    size = filled.office.casebook.size_at(at)
    admitted = [one.admitted for one in filled.office.record.entries()]
    assert size == sum(moment <= at for moment in admitted) == filled.office.record.size_at(at)


def test_one_observation_is_found_by_its_reference(filled: Kit, everything: tuple[Sighting, ...]) -> None:
    assert all(filled.office.casebook.sighting(one.ref) == one for one in everything)
    with pytest.raises(NotFound):
        filled.office.casebook.sighting(Ref(0))
    with pytest.raises(NotFound):
        filled.office.casebook.sighting(Ref(everything[-1].ref.entry, 99))


def test_a_source_is_known_as_the_register_last_said(kit: Kit) -> None:
    book, size = kit.office.casebook, kit.office.record.size()
    before = book.source("patrol-lake")
    kit.office.intake.register_source(replace(before, reliability="C"), kit.office.signer)
    assert book.source("patrol-lake").reliability == "C"
    assert book.sources()["patrol-lake"].reliability == "C"
    assert book.source("patrol-lake", size) == before
    assert book.sources(size)["patrol-lake"] == before


def test_a_source_that_nobody_registered_has_no_interest_and_cannot_be_judged(kit: Kit) -> None:
    found = kit.office.casebook.source("nobody")
    assert isinstance(found, Source)
    assert (found.interest, found.reliability) == (None, "F")
    assert "nobody" not in kit.office.casebook.sources()


def test_incidents_are_as_people_left_them_and_as_they_were_known(kit: Kit) -> None:
    book = kit.office.casebook
    later = Instant(START + 5 * HOUR_MS)
    one, other, third = kit.observe("ada", seen("1"), seen("2"), seen("3", later))
    kit.office.triage.open((one,), key_of("ben"))
    kit.office.triage.open((other,), key_of("ben"))
    size = kit.office.record.size()
    kit.office.triage.merge("INC-2026-000001", "INC-2026-000002", key_of("ben"))
    kit.office.triage.open((third,), key_of("ben"))
    assert [incident.id for incident in book.incidents()] == ["INC-2026-000001", "INC-2026-000003"]
    assert [incident.id for incident in book.incidents(upto=size)] == ["INC-2026-000001", "INC-2026-000002"]
    assert [member.ref for member in book.incident("INC-2026-000002").members] == [one, other]
    assert [member.ref for member in book.incident("INC-2026-000002", size).members] == [other]
    early = Interval(START, Instant(START + HOUR_MS))
    assert [incident.id for incident in book.incidents(early)] == ["INC-2026-000001"]
    with pytest.raises(NotFound):
        book.incident("INC-2026-000003", size)
