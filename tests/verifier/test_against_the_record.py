"""The verifier and the record are written apart and have to say the same: on trees, forms, fields and policies."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.property.test_canon import VALUES
from tests.property.test_disclosure import BODIES, _paths
from tests.record.kit import NOW, ORIGIN, repeatable, signer, uid
from tests.witnessing import vkey
from trucekeeper.kernel import canon, merkle, note
from trucekeeper.kernel.canon import Json
from trucekeeper.kernel.errors import TruceError
from trucekeeper.record import entry as record_entry
from trucekeeper.record.keyset import MAY_SIGN, Role
from trucekeeper.record.policy import Policy as RecordPolicy
from trucekeeper.verifier import entries, notes

LEAVES = [merkle.leaf_hash(bytes((number,))) for number in range(70)]
LOG_LINE = f"log {note.Verifier(ORIGIN, signer('log').public).vkey}\n"
NAMES = ("g1", "g2", "g3", "a", "b")
WITNESSES = "".join(f"witness {name} {vkey(name)}\n" for name in NAMES)


def nodes(level: int, number: int) -> bytes:
    return merkle.root(LEAVES[number << level : (number + 1) << level])


@given(st.data())
def test_inclusion_is_what_the_kernel_says(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 70))
    index = data.draw(st.integers(0, size - 1))
    proof = list(merkle.inclusion(index, size, nodes))
    root = merkle.root(LEAVES[:size])
    assert notes.included(bytes((index,)), index, size, proof, root)
    other_index = data.draw(st.integers(-1, 71))
    other_size = data.draw(st.integers(0, 71))
    spoilt = _spoilt(proof, data)
    leaf = bytes((index,))
    assert notes.included(leaf, other_index, other_size, spoilt, root) == merkle.verify_inclusion(
        merkle.leaf_hash(leaf), other_index, other_size, spoilt, root
    )


@given(st.data())
def test_consistency_is_what_the_kernel_says(data: st.DataObject) -> None:
    new = data.draw(st.integers(0, 70))
    old = data.draw(st.integers(0, new))
    roots = merkle.root(LEAVES[:old]), merkle.root(LEAVES[:new])
    proof = list(merkle.consistency(old, new, nodes))
    assert notes.extends(old, new, proof, *roots)
    spoilt = _spoilt(proof, data)
    other = data.draw(st.integers(-1, 71)), data.draw(st.integers(-1, 71))
    assert notes.extends(*other, spoilt, *roots) == merkle.verify_consistency(*other, spoilt, *roots)


def _spoilt(proof: list[bytes], data: st.DataObject) -> list[bytes]:
    how = data.draw(st.sampled_from(("as it is", "shorter", "longer", "another hash")))
    if how == "shorter":
        return proof[:-1]
    if how == "another hash" and proof:
        return [*proof[:-1], bytes(32)]
    return [*proof, bytes(32)] if how == "longer" else proof


@given(VALUES, st.data())
def test_the_same_bytes_are_canonical(value: Json, data: st.DataObject) -> None:
    whole = canon.encode(value)
    assert entries.written(entries.canonical(whole)) == whole
    at = data.draw(st.integers(0, len(whole)))
    pieces = (
        b" ",
        b"0",
        b".5",
        b"1e3",
        b"-",
        b'"a":1,',
        b"\\u0041",
        b"\xff",
        b"",
        '"\u00e9":1,'.encode(),
        b'{"~":',
    )
    piece = data.draw(st.sampled_from(pieces))
    for other in (whole[:at] + piece + whole[at:], whole[:at] + whole[at + 1 :], json.dumps(value).encode()):
        assert _taken(lambda data=other: entries.canonical(data)) == _taken(
            lambda data=other: canon.decode(data, 10**9)
        )


def _taken(read) -> bool:
    try:
        read()
    except (notes.Refused, TruceError, ValueError, RecursionError):
        return False
    return True


@given(BODIES, st.data())
def test_fields_told_apart_open_alike(body: dict[str, Json], data: st.DataObject) -> None:
    there = sorted(set(_paths(body)))
    apart = data.draw(st.lists(st.sampled_from(there), unique=True, max_size=6)) if there else []
    envelope = record_entry.seal(
        signer("monitor-1"), "observation/v1", ORIGIN, uid(7), NOW, body, apart=apart, draw=repeatable()
    )
    core, told = record_entry.core(envelope), record_entry.disclosures(envelope)
    kept = data.draw(st.lists(st.sampled_from(told), unique=True)) if told else []
    made = data.draw(st.sampled_from((kept, [*kept, *kept[:1]], [*kept, "WyJhIiwxXQ"])))
    try:
        expected = record_entry.opened(record_entry.joined(core, made))
    except TruceError:
        expected = None
    if expected is None:
        assert not _taken(lambda: entries.read(core, made))
        return
    found = entries.read(core, made)
    assert entries.written(found.body) == canon.encode(dict(expected.body))
    assert (found.hidden, found.digest) == (expected.hidden, expected.digest)


def test_roles_may_sign_the_same_kinds() -> None:
    assert {role.value for role in Role} == set(entries.MAY_SIGN)
    for role in Role:
        ours = {f"{kind}/v1" for kind in entries.MAY_SIGN[role.value].split()}
        assert ours == {kind for kind, roles in MAY_SIGN.items() if role in roles}


@st.composite
def policies(draw: st.DrawFn) -> str:
    """Policies, most of them sound: groups over witnesses and groups, with thresholds that may not be met."""
    lines, names = [], list(NAMES)
    for number in range(draw(st.integers(0, 3))):
        members = draw(st.lists(st.sampled_from(names), min_size=1, max_size=4, unique=draw(st.booleans())))
        many = draw(st.sampled_from(("all", "any", "1", "2", "3", "0", "x")))
        lines.append(f"group n{number} {many} {' '.join(members)}\n")
        names.append(f"n{number}")
    quorum = draw(st.sampled_from([*names, "none", "nobody"]))
    return LOG_LINE + WITNESSES + "".join(lines) + f"quorum {quorum}\n"


@given(policies(), st.sets(st.sampled_from(NAMES)))
def test_policies_are_met_alike(text: str, present: set[str]) -> None:
    try:
        expected = RecordPolicy.parse(text)
    except TruceError:
        assert not _taken(lambda: notes.Policy.parse(text))
        return
    found = notes.Policy.parse(text)
    assert found.met(present, found.quorum) == expected.satisfied(present)
    beyond = {name for name in present if name not in found.counted(found.quorum)}
    assert beyond == set(expected.tiers(present))


@pytest.mark.parametrize(
    "text",
    [
        "",
        LOG_LINE,
        LOG_LINE + LOG_LINE + "quorum none\n",
        LOG_LINE + "quorum none\nquorum none\n",
        LOG_LINE + f"witness g1 {vkey('g1')}\nwitness g2 {vkey('g1')}\nquorum g1\n",
        LOG_LINE + f"witness none {vkey('g1')}\nquorum none\n",
        LOG_LINE + "witness g1 x+y+z\nquorum none\n",
        LOG_LINE + "verify g1\nquorum none\n",
        f"log {vkey('log')}\nquorum none\n",
    ],
)
def test_unsound_policies_are_refused_by_both(text: str) -> None:
    assert not _taken(lambda: notes.Policy.parse(text))
    assert not _taken(lambda: RecordPolicy.parse(text))


@pytest.mark.parametrize(
    "text", ['{"\u00e9":1}', '{"a":{"b\u00fc":[]}}', '{"a":"\u00e9"}', '{"":1}', '{"a":1,"a":1}']
)
def test_keys_are_ascii_for_both_and_words_need_not_be(text: str) -> None:
    data = text.encode()
    assert _taken(lambda: entries.canonical(data)) == _taken(lambda: canon.decode(data))
    assert _taken(lambda: entries.canonical(data)) == (text in {'{"a":"\u00e9"}', '{"":1}'})
