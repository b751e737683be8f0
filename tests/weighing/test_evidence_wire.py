"""An evidence/v1 file: read exactly, or refused in one sentence that says where."""

import json
from collections.abc import Callable

import pytest

from trucekeeper.kernel.errors import BadInput
from trucekeeper.weighing.evidence import Cause, Says
from trucekeeper.weighing.wire import read_evidence

Document = dict[str, object]


def document() -> Document:
    return {
        "schema": "evidence/v1",
        "sides": ["north", "south"],
        "modalities": [
            {
                "id": "seismic",
                "range": [
                    {"within_m": 1000, "hits": 930, "misses": 70},
                    {"within_m": 5000, "hits": 1, "misses": 9},
                ],
                "false": {"alarms": 4, "of": 1000},
                "night": None,
                "cloud": {"hits": 1, "misses": 2},
            }
        ],
        "sources": [
            {"id": "s1", "class": "monitor", "group": "m", "side": None, "modality": None, "parent": None},
            {
                "id": "s2",
                "class": "sensor",
                "group": "m",
                "side": None,
                "modality": "seismic",
                "parent": None,
            },
        ],
        "hypotheses": [
            {
                "id": "h1",
                "term": "4.2",
                "act": "explosion",
                "named": "north",
                "claimant": None,
                "lat_u": 1,
                "lon_u": 2,
                "radius_m": 3,
                "start_ms": 4,
                "end_ms": 5,
                "base_ppm": {
                    "violation": 200_000,
                    "lawful": 200_000,
                    "accident": 200_000,
                    "staged": 200_000,
                    "nothing": 200_000,
                },
                "adjudicated": "staged",
                "threshold_ppm": 950_000,
            }
        ],
        "statements": [
            {
                "id": "x1",
                "hypothesis": "h1",
                "source": "s1",
                "says": "deny",
                "account": "lawful",
                "at_ms": 7,
                "copies": None,
                "words": "00000000000000ff",
            }
        ],
        "watches": [
            {
                "hypothesis": "h1",
                "source": "s2",
                "distance_m": 10,
                "on_shift": True,
                "in_view": True,
                "night": False,
                "cloud": False,
                "detected": True,
                "points_to": "south",
            }
        ],
    }


def at(*path: str | int) -> Callable[[Document, object], None]:
    """Sets what lies at the path."""

    def change(found: Document, value: object) -> None:
        place: object = found
        for step in path[:-1]:
            place = place[step]  # type: ignore[index]
        place[path[-1]] = value  # type: ignore[index]

    return change


def test_a_file_is_read_as_it_stands() -> None:
    found = read_evidence(json.dumps(document()).encode())
    assert found.hypotheses[0].adjudicated is Cause.STAGED
    assert found.hypotheses[0].base_ppm == (200_000,) * 5
    assert (found.statements[0].says, found.statements[0].words) == (Says.DENY, 255)
    assert found.watches[0].exposed
    assert found.modalities[0].reach[1].trials.misses == 9
    assert found.alternatives == ()


@pytest.mark.parametrize(
    ("change", "value", "says"),
    [
        (at("schema"), "evidence/v2", "'schema' is none of the words"),
        (at("more"), 1, "'more' is not a field"),
        (at("sources", 0, "side"), "west", "'sources.0.side' names no side"),
        (at("sources", 0, "parent"), "s1", "is the source itself"),
        (at("sources", 1, "id"), "s1", "'sources.1.id' is taken"),
        (at("hypotheses", 0, "base_ppm", "lawful"), 1, "does not sum to 1000000"),
        (at("hypotheses", 0, "end_ms"), 1, "lies before start_ms"),
        (at("hypotheses", 0, "lat_u"), 1.5, "'hypotheses.0.lat_u' is not a whole number"),
        (at("statements", 0, "hypothesis"), "h9", "names no hypothesis"),
        (at("statements", 0, "words"), "xyz", "has a form that is not known"),
        (at("watches", 0, "source"), "s1", "has no modality"),
        (at("watches", 0, "detected"), 1, "is neither true nor false"),
        (at("modalities", 0, "range", 1, "within_m"), 1000, "does not rise"),
        (
            at("alternatives"),
            [{"hypothesis": "h1", "weight_ppm": 1, "statements": ["x9"]}],
            "names no statement",
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_place(
    change: Callable[[Document, object], None], value: object, says: str
) -> None:
    wrong = document()
    change(wrong, value)
    with pytest.raises(BadInput) as refused:
        read_evidence(json.dumps(wrong).encode())
    assert says in str(refused.value)
    assert str(refused.value).startswith("evidence/v1: ")
    assert not str(refused.value).endswith(".")


@pytest.mark.parametrize("raw", [b"", b"[]", b"{", b"\xff", b"[" * 100_000])
def test_noise_is_refused(raw: bytes) -> None:
    with pytest.raises(BadInput):
        read_evidence(raw)
