import pytest

from tests.incidents.sample import PARTIES, SOURCES, sighting
from trucekeeper.incidents.ledger import Standing, ledgers
from trucekeeper.incidents.lifecycle import incident
from trucekeeper.incidents.model import Sighting
from trucekeeper.observations.model import Kind
from trucekeeper.record.ref import Ref


def standing(*members: Sighting) -> Standing | None:
    lines = ledgers([incident("INC-2026-000001", members)], SOURCES, PARTIES)
    return lines[0].standing if lines else None


def claim(entry: int, side: str, by: str | None = None) -> Sighting:
    return sighting(entry, f"liaison-{side}", kind=Kind.CLAIM, by=by)


def denial(entry: int, side: str) -> Sighting:
    return sighting(entry, f"liaison-{side}", kind=Kind.DENIAL)


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ((claim(1, "a", "party-b"), claim(2, "b")), Standing.AGREED),
        ((claim(1, "a", "party-b"), claim(2, "b", "party-b")), Standing.AGREED),
        ((claim(1, "a"), claim(2, "b")), Standing.AGREED),
        ((claim(1, "a", "party-b"), claim(2, "b", "party-a")), Standing.DISPUTED),
        ((claim(1, "a", "party-b"), denial(2, "b")), Standing.DISPUTED),
        ((claim(1, "a", "party-b"), claim(2, "b"), denial(3, "b")), Standing.DISPUTED),
        ((claim(1, "a"), claim(2, "b", "party-a"), denial(3, "a")), Standing.DISPUTED),
        ((claim(1, "a", "party-b"),), Standing.ONE_SIDED),
        ((claim(1, "a"),), Standing.ONE_SIDED),
        ((claim(1, "a", "party-b"), sighting(2, "patrol-1")), Standing.ONE_SIDED),
        ((claim(1, "a", "party-a"),), Standing.SELF_REPORTED),
        ((claim(1, "a"), denial(2, "a")), Standing.ONE_SIDED),
        ((denial(1, "a"),), None),
        ((sighting(1, "patrol-1"),), None),
        ((sighting(1, "nobody-knows"),), None),
    ],
)
def test_two_ledgers_stand_to_each_other_as_the_parties_spoke(
    members: tuple[Sighting, ...], expected: Standing | None
) -> None:
    assert standing(*members) is expected


def test_a_line_names_every_entry_of_the_parties_and_no_other() -> None:
    members = (claim(1, "a", "party-b"), sighting(2, "patrol-1"), denial(3, "b"))
    (line,) = ledgers([incident("INC-2026-000001", members)], SOURCES, PARTIES)
    assert line.refs == (Ref(1), Ref(3))
    assert [(column.party, column.affirms, column.denies, column.names) for column in line.columns] == [
        ("party-a", (Ref(1),), (), ("party-b",)),
        ("party-b", (), (Ref(3),), ()),
    ]


def test_lines_come_by_incident() -> None:
    two = incident("INC-2026-000002", (claim(1, "a"),))
    one = incident("INC-2026-000001", (claim(2, "b"),))
    assert [line.incident for line in ledgers([two, one], SOURCES, PARTIES)] == [one.id, two.id]
