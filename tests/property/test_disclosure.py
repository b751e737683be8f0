"""Fields told apart: nothing is lost, nothing is opened by accident, nothing can be slipped in."""

import hashlib
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.record.kit import NOW, ORIGIN, signer, uid
from trucekeeper.kernel import canon
from trucekeeper.kernel.canon import Json
from trucekeeper.kernel.errors import BadInput, NotTrusted, TruceError
from trucekeeper.record import disclosure, entry

_NAMES = st.text("abcXYZ09-/ ", min_size=1, max_size=6)
_LEAVES = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=8)
_VALUES: st.SearchStrategy[Json] = st.recursive(
    _LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES, inner, max_size=4),
    max_leaves=12,
)
BODIES = st.dictionaries(_NAMES, _VALUES, max_size=6)


def _paths(value: Json, way: tuple[str, ...] = ()) -> Iterator[str]:
    if isinstance(value, dict):
        for name, one in value.items():
            yield ".".join((*way, name))
            yield from _paths(one, (*way, name))
    if isinstance(value, list):
        for at, one in enumerate(value):
            yield from _paths(one, (*way, str(at)))


def _draw() -> Callable[[int], bytes]:
    """Salts that are all different, and the same in each run."""
    count = iter(range(1_000_000))
    return lambda size: hashlib.sha256(str(next(count)).encode()).digest()[:size]


def _seal(body: dict[str, Json], apart: list[str]) -> bytes:
    return entry.seal(
        signer("monitor-1"), "observation/v1", ORIGIN, uid(7), NOW, body, apart=apart, draw=_draw()
    )


@st.composite
def _sealed(draw: st.DrawFn) -> tuple[dict[str, Json], list[str], bytes]:
    body = draw(BODIES)
    there = sorted(set(_paths(body)))
    apart = draw(st.lists(st.sampled_from(there), unique=True, max_size=6)) if there else []
    return body, apart, _seal(body, apart)


@given(_sealed())
def test_with_all_disclosures_the_body_is_back_bit_for_bit(
    made: tuple[dict[str, Json], list[str], bytes],
) -> None:
    body, apart, envelope = made
    found = entry.opened(envelope)
    assert canon.encode(dict(found.body)) == canon.encode(body)
    assert found.hidden == 0
    assert len(entry.disclosures(envelope)) == len(apart)
    assert entry.signed_by(envelope, signer("monitor-1").public)
    assert entry.joined(entry.core(envelope), entry.disclosures(envelope)) == envelope
    assert canon.encode(canon.decode(envelope)) == envelope


@given(_sealed(), st.data())
def test_a_subset_opens_its_own_fields_and_no_others(
    made: tuple[dict[str, Json], list[str], bytes], data: st.DataObject
) -> None:
    body, apart, envelope = made
    whole = entry.opened(envelope)
    core = entry.core(envelope)
    paths = disclosure.opening(entry.opened(core).body, entry.disclosures(envelope)).paths
    assert set(paths) == set(apart)
    wanted = data.draw(st.lists(st.sampled_from(apart), unique=True)) if apart else []
    told = disclosure.chosen(paths, wanted)
    part = entry.opened(entry.joined(core, told))
    assert part.digest == whole.digest
    open_paths = {path for path in paths if paths[path] in told}
    shut = set(apart) - open_paths
    visible = {path for path in _paths(body) if not any(disclosure.within(path, one) for one in shut)}
    assert {path for path in _paths(dict(part.body)) if "_sd" not in path.split(".")} == visible
    for path in wanted:
        assert path in open_paths
    # Opening more than was wanted happens only on the way to it, or within it.
    for path in open_paths:
        assert any(disclosure.within(path, one) or disclosure.within(one, path) for one in wanted)


@given(_sealed(), st.data())
def test_what_is_taken_away_is_away_with_all_that_it_holds(
    made: tuple[dict[str, Json], list[str], bytes], data: st.DataObject
) -> None:
    _, apart, envelope = made
    if not apart:
        return
    core = entry.core(envelope)
    paths = disclosure.opening(entry.opened(core).body, entry.disclosures(envelope)).paths
    gone = data.draw(st.sampled_from(apart))
    rest = entry.opened(entry.joined(core, disclosure.without(paths, gone)))
    assert not any(disclosure.within(path, gone) for path in _paths(dict(rest.body)))
    assert rest.digest == entry.opened(envelope).digest


@given(_sealed(), st.data())
def test_no_flipped_bit_of_an_envelope_with_disclosures_leaves_it_signed(
    made: tuple[dict[str, Json], list[str], bytes], data: st.DataObject
) -> None:
    envelope = bytearray(made[2])
    at = data.draw(st.integers(0, len(envelope) - 1))
    envelope[at] ^= 1 << data.draw(st.integers(0, 7))
    try:
        holds = entry.signed_by(bytes(envelope), signer("monitor-1").public)
    except TruceError:
        return
    assert not holds


def test_a_doubled_or_foreign_disclosure_is_refused() -> None:
    envelope = _seal({"where": {"lat_u": 1}, "source": "mon"}, ["where", "source"])
    core, told = entry.core(envelope), entry.disclosures(envelope)
    with pytest.raises(NotTrusted, match="twice"):
        entry.opened(entry.joined(core, (*told, told[0])))
    other = entry.disclosures(
        entry.seal(
            signer("monitor-1"), "observation/v1", ORIGIN, uid(8), NOW, {"where": 2}, apart=["where"],
            draw=lambda size: b"o" * size,
        )
    )  # fmt: skip
    with pytest.raises(NotTrusted, match="belongs to no field"):
        entry.opened(entry.joined(core, other))
    with pytest.raises(NotTrusted, match="belongs to no field"):
        entry.opened(entry.joined(entry.core(_seal({"a": 1}, [])), other))


def test_an_inner_disclosure_without_its_outer_one_is_refused() -> None:
    envelope = _seal({"where": {"lat_u": 1, "lon_u": 2}}, ["where", "where.lat_u"])
    outer, inner = entry.disclosures(envelope)
    assert disclosure.disclosed(outer)[0] == "where"
    with pytest.raises(NotTrusted, match="belongs to no field"):
        entry.opened(entry.joined(entry.core(envelope), [inner]))
    part = entry.opened(entry.joined(entry.core(envelope), [outer]))
    assert part.body["where"] == {"lon_u": 2, "_sd": [disclosure.digest(inner)]}
    assert part.hidden == 1


def test_a_disclosure_may_not_name_a_field_that_is_there() -> None:
    told = entry.disclosures(_seal({"a": 1}, ["a"]))
    body: dict[str, Json] = {"a": 2, "_sd": [disclosure.digest(told[0])]}
    with pytest.raises(NotTrusted, match="there already"):
        disclosure.opening(body, told)


@pytest.mark.parametrize("told", ["", "e30", "W10", "WyJhIiwiYiIsMV0", "not base64!", "W10=", "Wz"])
def test_a_disclosure_of_another_form_is_refused(told: str) -> None:
    with pytest.raises(BadInput):
        disclosure.disclosed(told)


@pytest.mark.parametrize("name", ["", "a.b", "_sd", "...", "\u00e9"])
def test_a_disclosure_names_a_plain_field(name: str) -> None:
    value: list[Json] = ["A" * 22, name, 1]
    with pytest.raises(BadInput, match="plain ASCII name"):
        disclosure.disclosed(disclosure._unpadded(canon.encode(value)))


@pytest.mark.parametrize("mark", [1, [], ["x"], [1], ["B" * 43, "A" * 43], "A" * 43])
def test_the_mark_of_hidden_fields_has_one_form(mark: Json) -> None:
    with pytest.raises(BadInput, match="_sd"):
        _seal({"_sd": mark}, [])


def test_a_digest_stands_once() -> None:
    one = "A" * 43
    with pytest.raises(NotTrusted, match="twice"):
        disclosure.opening({"a": {"_sd": [one]}, "b": {"_sd": [one]}}, ())


@pytest.mark.parametrize("told", [b"[]", b'["a","b",]', b"[1]", b'"a"', b'["a", "b"]'])
def test_the_list_of_disclosures_has_one_form(told: bytes) -> None:
    core = _seal({"a": 1}, [])
    with pytest.raises(BadInput, match="'d'"):
        entry.opened(b'{"d":' + told + b"," + core[1:])


def test_disclosures_that_nest_without_end_are_refused() -> None:
    value: Json = 1
    told: list[str] = []
    for number in range(canon.LIMIT_DEPTH + 2):
        triple: list[Json] = [disclosure._unpadded(number.to_bytes(16, "big")), "a", value]
        told.append(disclosure._unpadded(canon.encode(triple)))
        value = {"_sd": [disclosure.digest(told[-1])]}
    assert isinstance(value, dict)
    with pytest.raises(BadInput, match="deeper"):
        disclosure.opening(value, told)


def test_fields_told_apart_need_salts() -> None:
    with pytest.raises(BadInput, match="salts"):
        entry.seal(signer("monitor-1"), "observation/v1", ORIGIN, uid(7), NOW, {"a": 1}, apart=["a"])


def test_a_field_that_is_not_there_is_passed_over() -> None:
    assert _seal({"a": [1]}, ["b", "a.0", "a.5.x", "a.x"]) == _seal({"a": [1]}, [])
