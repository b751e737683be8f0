"""One flipped bit, anywhere in a bundle, and it is refused."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.attacks.office import REFS, small_office
from tests.record.kit import VKEY, new_record
from trucekeeper.record.bundle import collect
from trucekeeper.record.ref import Ref
from trucekeeper.verifier.notes import Refused
from trucekeeper.verifier.verify import verify_bundle


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    with small_office(tmp_path_factory.mktemp("flipped")) as record:
        return collect(record, REFS, "the shelling of 1 March", since=2)


def test_the_bundle_verifies_as_it_is(whole: bytes) -> None:
    shown = verify_bundle(whole, VKEY)
    assert [index for index, _, _ in shown.entries] == [0, 1, 2, 3, 4]
    assert list(shown.rows) == ["4.1", "4.3"]
    assert shown.subject == "the shelling of 1 March"
    assert [by.holder for _, _, by in shown.entries] == [
        "office",
        "office",
        "monitor-1",
        "liaison-a",
        "sensor-1",
    ]
    assert len(shown.steps) == 9
    assert all(f"({number})" in step for number, step in enumerate(shown.steps, 1))


@given(st.data())
def test_no_flipped_bit_passes(whole: bytes, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(whole) - 1))
    spoilt = bytearray(whole)
    spoilt[at] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(Refused, match=r"^the bundle fails at step [12]:"):
        verify_bundle(bytes(spoilt), VKEY)


def test_no_byte_of_a_small_bundle_can_change(tmp_path: Path) -> None:
    with new_record(tmp_path) as record:
        small = collect(record, (Ref(0),), "the key set")
    assert verify_bundle(small, VKEY).agreement is None
    for at in range(len(small)):
        spoilt = bytearray(small)
        spoilt[at] ^= 1
        with pytest.raises(Refused, match=r"^the bundle fails at step [12]:"):
            verify_bundle(bytes(spoilt), VKEY)


@given(st.data())
def test_no_byte_can_be_dropped_or_added(whole: bytes, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(whole)))
    byte = data.draw(st.binary(min_size=1, max_size=2))
    for spoilt in (whole[:at] + byte + whole[at:], whole[:at] + whole[at + 1 :]):
        if spoilt != whole:
            with pytest.raises(Refused):
                verify_bundle(spoilt, VKEY)
