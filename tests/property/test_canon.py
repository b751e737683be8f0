"""Canonical JSON against the independent encoder, and against every other way to write a value."""

import json

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from trucekeeper.kernel import canon
from trucekeeper.kernel.canon import Json
from trucekeeper.kernel.errors import BadInput

SAFE = 2**53 - 1
TEXT = st.text(st.characters(exclude_categories=["Cs"]))
VALUES: st.SearchStrategy[Json] = st.recursive(
    st.none() | st.booleans() | st.integers(-SAFE, SAFE) | TEXT,
    lambda inner: (
        st.lists(inner, max_size=6)
        | st.dictionaries(st.text(st.characters(max_codepoint=127)), inner, max_size=6)
    ),
    max_leaves=20,
)


@given(VALUES)
def test_the_bytes_are_those_of_the_independent_encoder_and_read_back(value: Json) -> None:
    data = canon.encode(value)
    assert data == rfc8785.dumps(value)  # type: ignore[arg-type]
    assert canon.decode(data, 10**9) == value


@given(VALUES)
def test_other_ways_to_write_a_value_are_refused(value: Json) -> None:
    data = canon.encode(value)
    for other in (
        json.dumps(value, indent=1).encode(),
        json.dumps(value).encode(),
        b" " + data,
        data + b"\n",
        b"\xef\xbb\xbf" + data,
    ):
        if other != data:
            with pytest.raises(BadInput):
                canon.decode(other, 10**9)


@given(st.binary(max_size=60))
def test_any_bytes_are_read_exactly_or_refused(data: bytes) -> None:
    try:
        value = canon.decode(data)
    except BadInput:
        return
    assert canon.encode(value) == data


@given(st.text(alphabet='{}[]",:0123456789.eE-\\ue9 tfn\u00e9', max_size=40))
def test_anything_like_json_is_read_exactly_or_refused(text: str) -> None:
    try:
        value = canon.decode(text.encode())
    except BadInput:
        return
    assert canon.encode(value) == text.encode()


@given(VALUES, st.data())
def test_a_flipped_bit_never_reads_as_the_same_value(value: Json, data: st.DataObject) -> None:
    written = bytearray(canon.encode(value))
    at = data.draw(st.integers(0, len(written) - 1))
    written[at] ^= 1 << data.draw(st.integers(0, 7))
    try:
        other = canon.decode(bytes(written), 10**9)
    except BadInput:
        return
    assert canon.encode(other) != canon.encode(value)
