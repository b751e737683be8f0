"""The signed form of observations and sources: what goes in comes out, and nothing else gets in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import observations, sources
from trucekeeper.kernel import canon
from trucekeeper.kernel.errors import BadInput
from trucekeeper.observations import wire
from trucekeeper.observations.model import Observation
from trucekeeper.parties import wire as source_wire
from trucekeeper.parties.model import Source

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@given(observations())
def test_reading_a_body_gives_the_observation_back(seen: Observation) -> None:
    assert wire.read(wire.body(seen)) == seen


@given(observations())
def test_a_body_survives_canonical_bytes_and_comes_back_the_same(seen: Observation) -> None:
    data = canon.encode(wire.body(seen))
    body = canon.decode_object(data)
    assert canon.encode(wire.body(wire.read(body))) == data


@given(observations())
def test_nothing_unknown_is_written(seen: Observation) -> None:
    assert source_wire.null_in(wire.body(seen)) is None


@given(seen=observations(), name=st.sampled_from(sorted(wire.ObservationV1.model_fields)), value=_JSON)
def test_any_value_in_any_field_is_read_back_the_same_or_refused_in_one_sentence(
    seen: Observation, name: str, value: canon.Json
) -> None:
    body = wire.body(seen) | {name: value}
    try:
        read = wire.read(body)
    except BadInput as error:
        sentence = str(error)
        assert sentence.startswith("observation: ")
        assert "\n" not in sentence
    else:
        assert wire.body(read) == body


@given(seen=observations(), name=st.text(min_size=1, max_size=10), value=_JSON)
def test_a_field_of_no_form_is_refused(seen: Observation, name: str, value: canon.Json) -> None:
    if name in wire.ObservationV1.model_fields:
        return
    with pytest.raises(BadInput, match="is not a field of this form"):
        wire.read(wire.body(seen) | {name: value})


@given(sources)
def test_a_source_comes_back_from_its_body(source: Source) -> None:
    body = source_wire.body(source)
    assert source_wire.read(body) == source
    assert canon.decode_object(canon.encode(body)) == body
