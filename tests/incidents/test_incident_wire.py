import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trucekeeper.incidents import wire
from trucekeeper.incidents.act import Act, Op
from trucekeeper.incidents.model import PairScore, Part
from trucekeeper.kernel import canon
from trucekeeper.kernel.errors import BadInput
from trucekeeper.record.ref import Ref

REFS = st.builds(Ref, st.integers(0, 10**9), st.integers(-1, 10**6))
IDS = st.builds("INC-{:04d}-{:06d}".format, st.integers(1, 9999), st.integers(1, 9_999_999))
WORDS = st.text(max_size=20).filter(lambda text: text.isprintable())
PARTS = st.builds(Part, st.sampled_from(("time", "place")), st.integers(-9000, 9000), WORDS)
PAIRS = st.builds(PairScore, REFS, REFS, st.tuples(PARTS), st.none() | WORDS)
MEMBERS = st.lists(REFS, min_size=1, max_size=4).map(tuple)
REST = {"grounds": st.lists(PAIRS, max_size=2).map(tuple), "says": WORDS}
YEARS = st.integers(1, 9999)
ACTS = st.one_of(
    st.builds(Act, st.just(Op.OPEN), MEMBERS, year=YEARS, **REST),
    st.builds(Act, st.just(Op.ADD), MEMBERS, incident=IDS, **REST),
    st.builds(Act, st.just(Op.MERGE), incident=IDS, other=IDS, **REST),
    st.builds(Act, st.just(Op.SPLIT), MEMBERS, incident=IDS, other=st.none() | IDS, year=YEARS, **REST),
)


@given(ACTS)
def test_an_act_reads_back_as_it_was_written(act: Act) -> None:
    assert wire.read(canon.encode(wire.body(act))) == act


OPEN = {"grounds": [], "members": ["12"], "op": "open", "says": "", "year": 2026}


@pytest.mark.parametrize(
    "change",
    [
        {"op": "close"},
        {"year": 2026.0},
        {"year": "2026"},
        {"year": 0},
        {"members": []},
        {"members": ["012"]},
        {"members": ["-1"]},
        {"members": [12]},
        {"incident": "INC-2026-000001"},
        {"extra": 1},
    ],
)
def test_a_form_that_is_not_exactly_so_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(BadInput):
        wire.read(json.dumps({**OPEN, **change}, separators=(",", ":"), sort_keys=True).encode())


def test_the_form_itself_is_accepted() -> None:
    raw = json.dumps(OPEN, separators=(",", ":"), sort_keys=True).encode()
    assert wire.read(raw) == Act(Op.OPEN, (Ref(12),), year=2026)


@pytest.mark.parametrize("raw", [b"", b"{", b"\xff", json.dumps(OPEN).encode(), b'{"op":"open","op":"open"}'])
def test_other_bytes_are_refused_in_one_sentence(raw: bytes) -> None:
    with pytest.raises(BadInput, match="incident/v1 body"):
        wire.read(raw)
