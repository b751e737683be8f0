"""An act of custody comes back as it was signed, and what is no act is refused by its field."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trucekeeper.custody import wire
from trucekeeper.custody.model import Act, Custody, Provenance
from trucekeeper.kernel import canon
from trucekeeper.kernel.canon import Json
from trucekeeper.kernel.clock import Instant
from trucekeeper.kernel.errors import BadInput

DIGESTS = st.text("0123456789abcdef", min_size=64, max_size=64)
IDS = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,20}", fullmatch=True)
ACTS = st.builds(
    Custody,
    act=st.sampled_from(Act),
    sha256=DIGESTS,
    size_bytes=st.integers(0, wire.LARGEST_BYTES),
    media_type=st.sampled_from(("image/jpeg", "application/wacz", "video/mp4")),
    at=st.integers(0, 4_000_000_000_000).map(Instant),
    giver=IDS,
    taker=IDS,
    note=st.none() | st.sampled_from(("from the shore", "archived from a page")),
    of=st.none() | DIGESTS,
    origin=st.sampled_from(wire.ORIGINS),
    provenance=st.none() | st.builds(Provenance, st.sampled_from(wire.STATES), st.none() | DIGESTS),
)


@given(ACTS)
def test_an_act_comes_back_as_it_was_signed(act: Custody) -> None:
    assert wire.read(canon.decode_object(canon.encode(wire.body(act)), 10_000)) == act


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("act", "stolen"),
        ("sha256", "A" * 64),
        ("size_bytes", -1),
        ("media_type", "a picture"),
        ("giver", "two words"),
        ("taker", ""),
        ("note", " spaced "),
        ("of", "abc"),
        ("origin", "elsewhere"),
        ("provenance", {"state": "perhaps"}),
        ("provenance", {"state": "valid", "manifest": "abc"}),
        ("colour", "grey"),
    ],
)
def test_what_is_no_act_is_refused_by_its_field(field: str, value: Json) -> None:
    body: dict[str, Json] = {
        "act": "received", "sha256": "ab" * 32, "size_bytes": 5, "media_type": "image/png",
        "at": "2026-03-01T12:00:00.000Z", "giver": "patrol-1", "taker": "office", "origin": "hand",
    }  # fmt: skip
    assert wire.read(body).size_bytes == 5
    with pytest.raises(BadInput, match=field):
        wire.read({**body, field: value})
