"""The office itself hands out a bundle with fields that are other than those that the author told apart."""

from pathlib import Path

import pytest

from tests.attacks.office import entries, rebuilt
from tests.record.kit import NOW, ORIGIN, VKEY, new_record, repeatable, signer
from trucekeeper.kernel.canon import Json
from trucekeeper.record.bundle import collect
from trucekeeper.record.entry import seal
from trucekeeper.record.ref import Ref
from trucekeeper.verifier.notes import Refused
from trucekeeper.verifier.verify import verify_bundle


@pytest.fixture
def whole(tmp_path: Path) -> bytes:
    """Entries 1 and 2 with their places told apart."""
    draw = repeatable()
    with new_record(tmp_path) as record:
        for number in (1, 2):
            body: dict[str, Json] = {
                "kind": "report",
                "where": {"lat_u": number, "lon_u": 2},
                "uid": f"r{number}",
            }
            made = seal(
                signer("monitor-1"),
                "observation/v1",
                ORIGIN,
                f"{number:032x}",
                NOW,
                body,
                apart=("where",),
                draw=draw,
            )
            record.append([made])
        return collect(record, [Ref(1), Ref(2)], "places")


def told(value: dict[str, Json], number: int) -> list[Json]:
    found = entries(value)[number]["disclosures"]
    assert isinstance(found, list)
    return found


def test_the_places_are_shown_as_the_author_told_them(whole: bytes) -> None:
    bodies = {index: entry.body for index, entry, _ in verify_bundle(whole, VKEY).entries}
    assert [bodies[number]["where"]["lat_u"] for number in (1, 2)] == [1, 2]


def swapped(value: dict[str, Json]) -> None:
    one, two = told(value, 1), told(value, 2)
    entries(value)[1]["disclosures"], entries(value)[2]["disclosures"] = two, one


def twice(value: dict[str, Json]) -> None:
    told(value, 1).append(told(value, 1)[0])


def borrowed(value: dict[str, Json]) -> None:
    told(value, 1).append(told(value, 2)[0])


def forged(value: dict[str, Json]) -> None:
    told(value, 1)[0] = "WyJBQUFBQUFBQUFBQUFBQUFBQUFBQUFBIiwid2hlcmUiLDFd"


@pytest.mark.parametrize("change", [swapped, twice, borrowed, forged])
def test_another_disclosure_is_refused(whole: bytes, change) -> None:
    with pytest.raises(
        Refused, match=r"step 6: a disclosure (belongs to no field of its entry|is given twice)"
    ):
        verify_bundle(rebuilt(whole, change), VKEY)


def test_a_disclosure_that_is_kept_back_is_counted_and_the_author_still_stands(whole: bytes) -> None:
    made = verify_bundle(rebuilt(whole, lambda value: told(value, 1).clear()), VKEY)
    assert [entry.hidden for _, entry, _ in made.entries] == [0, 1, 0]
    assert "where" not in made.entries[1][1].body
