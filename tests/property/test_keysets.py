"""Over any history of changes: who is in force may sign, nobody else, and nobody gets there without the thresholds."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.record.kit import LOG, NOW, ORIGIN, VKEY, sealed, signer
from tests.record.rooted import STAFF, first, holder, next_of, rooted, sealed_set, signed
from trucekeeper.kernel.errors import NotTrusted, TruceError
from trucekeeper.kernel.note import Verifier
from trucekeeper.record import keyset
from trucekeeper.record.admission import admit, admit_genesis
from trucekeeper.record.keyset import KeySet, KeySets, Role
from trucekeeper.record.root import Root
from trucekeeper.verifier import entries as second
from trucekeeper.verifier.notes import LOG as LOG_KEYS
from trucekeeper.verifier.notes import Refused, Vkey

OFFICE = STAFF[0]
MONITORS = tuple(f"m{number}" for number in range(4))
ROOTS = tuple(f"r{number}" for number in range(5))


@st.composite
def roots(draw: st.DrawFn) -> tuple[tuple[str, ...], int]:
    names = tuple(sorted(draw(st.sets(st.sampled_from(ROOTS), min_size=1))))
    return names, draw(st.integers(1, len(names)))


changes = st.tuples(st.sets(st.sampled_from(MONITORS)), roots(), st.sets(st.sampled_from(ROOTS)))


def holders(monitors: set[str]) -> list:
    return [OFFICE, *(holder(one, Role.MONITOR) for one in sorted(monitors))]


def admitted(name: str, keys: KeySet) -> bool:
    try:
        return admit(sealed(name), keys, ORIGIN, NOW).mandate.holder == name
    except TruceError:
        return False


@given(st.sets(st.sampled_from(MONITORS)), roots(), st.lists(changes, max_size=5))
def test_an_entry_is_admitted_exactly_by_keys_in_force_and_changes_exactly_by_both_thresholds(
    monitors: set[str],
    root: tuple[tuple[str, ...], int],
    steps: list[tuple[set[str], tuple[tuple[str, ...], int], set[str]]],
) -> None:
    names, threshold = root
    genesis, latest = first(holders(monitors), rooted(threshold, *names), by=names)
    envelopes = [genesis]
    known, expected = KeySets.begun(latest), [(0, monitors)]
    for index, (others, (new_names, new_threshold), by) in enumerate(steps, start=1):
        change = next_of(known.latest, holders(others), rooted(new_threshold, *new_names), by=by)
        enough = len(by & set(names)) >= threshold and len(by & set(new_names)) >= new_threshold
        envelope = sealed_set(change)
        good = enough and by <= {*names, *new_names}
        assert second_opinion([*envelopes, envelope]) == good
        if good:
            envelopes.append(envelope)
            found = admit(envelope, known.latest, ORIGIN, NOW).change
            assert found == change
            known = known.changed(index, found)
            names, threshold, monitors = new_names, new_threshold, others
            expected.append((index, others))
        else:
            with pytest.raises(NotTrusted):
                admit(envelope, known.latest, ORIGIN, NOW)
            with pytest.raises(NotTrusted):
                known.changed(index, change)
        assert {one for one in MONITORS if admitted(one, known.latest)} == monitors
    for index in range(len(steps) + 2):
        since = max((at for at, _ in expected if at < index), default=0)
        assert {one for one in MONITORS if admitted(one, known.at(index))} == dict(expected)[since]


def second_opinion(envelopes: list[bytes]) -> bool:
    """Whether the verifier, which was written apart, takes these for the key sets of one log."""
    before: second.KeySet | None = None
    try:
        for one in envelopes:
            before = second.keyset(second.read(one), before, Vkey.parse(VKEY, LOG_KEYS))
    except Refused:
        return False
    return True


def chain() -> tuple[list[KeySet], list[bytes]]:
    """Three versions, as admission gave them, and their envelopes."""
    genesis, one = first(holders({"m0"}))
    found, envelopes = [one], [genesis]
    for monitors in ({"m0", "m1"}, {"m1"}):
        change = next_of(found[-1], holders(monitors))
        envelopes.append(sealed_set(change))
        made = admit(envelopes[-1], found[-1], ORIGIN, NOW).change
        assert made is not None
        found.append(made)
    return found, envelopes


(ONE, TWO, THREE), SEALED = chain()
FORGED = {
    "a version is left out": [ONE, THREE],
    "a version comes twice": [ONE, TWO, TWO],
    "an older version comes again": [ONE, TWO, THREE, TWO],
    "a holder is slipped in": [ONE, replace(TWO, holders=(*TWO.holders, holder("m3", Role.MONITOR)))],
    "the threshold is lowered": [ONE, replace(TWO, root=replace(TWO.root, threshold=1))],
    "a root key is slipped in": [ONE, replace(TWO, root=Root((*TWO.root.keys, signer("r9").public), 2))],
    "a signature is left out": [ONE, replace(TWO, signatures=TWO.signatures[:1])],
    "signatures of another version": [ONE, TWO, replace(THREE, signatures=TWO.signatures)],
    "another log key": [ONE, replace(TWO, vkey=Verifier(ORIGIN, signer("other log").public).vkey)],
    "another log": [ONE, replace(TWO, origin="o.example/l", vkey=Verifier("o.example/l", LOG.public).vkey)],
    "another past": [ONE, signed(replace(TWO, previous="0" * 64), ("root-1", "root-2"))],
    "signed by the new roots alone": [ONE, next_of(ONE, root_=rooted(1, "r9"), by=("r9",))],
    "signed by the old roots alone": [ONE, next_of(ONE, root_=rooted(1, "r9"))],
    "signed by the office's key too": [ONE, signed(TWO, ("root-1", "root-2", "office"))],
}


def test_the_true_chain_is_accepted() -> None:
    known = KeySets.begun(ONE).changed(7, TWO).changed(9, THREE)
    assert [at for at, _ in known.changes] == [0, 7, 9]
    assert (known.at(7), known.at(8), known.at(9), known.at(10)) == (ONE, TWO, TWO, THREE)


@pytest.mark.parametrize("what", sorted(FORGED))
def test_no_forged_chain_is_accepted(what: str) -> None:
    begun, *rest, last = FORGED[what]
    known = KeySets.begun(begun)
    for index, one in enumerate(rest, start=1):
        known = known.changed(index, one)
    with pytest.raises(NotTrusted):
        known.changed(len(rest) + 1, last)
    with pytest.raises(NotTrusted):
        admit(sealed_set(last), known.latest, last.origin, NOW)
    true = {1: SEALED[0], 2: SEALED[1], 3: SEALED[2]}
    assert second_opinion([true[one.version] for one in (begun, *rest)])
    again = true[last.version] if last in (ONE, TWO, THREE) else sealed_set(last)
    assert not second_opinion([*(true[one.version] for one in (begun, *rest)), again])


def test_a_record_begins_with_version_1_and_its_own_threshold() -> None:
    for by in ((), ("root-1",)):
        with pytest.raises(NotTrusted, match=f"lacks {2 - len(by)} of 2 root signatures of the new set"):
            first(by=by)
    with pytest.raises(NotTrusted, match="begin it with version 1"):
        admit_genesis(sealed_set(TWO), ORIGIN)
    assert keyset.lacking(ONE, None) == ()
