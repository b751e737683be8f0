"""The tree against a naive recursion written straight from RFC 6962."""

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from trucekeeper.kernel import merkle


def naive_root(leaves: list[bytes]) -> bytes:
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = split(len(leaves))
    return hashlib.sha256(b"\x01" + naive_root(leaves[:k]) + naive_root(leaves[k:])).digest()


def split(count: int) -> int:
    k = 1
    while k * 2 < count:
        k *= 2
    return k


def naive_path(m: int, leaves: list[bytes]) -> list[bytes]:
    if len(leaves) == 1:
        return []
    k = split(len(leaves))
    if m < k:
        return [*naive_path(m, leaves[:k]), naive_root(leaves[k:])]
    return [*naive_path(m - k, leaves[k:]), naive_root(leaves[:k])]


def naive_subproof(m: int, leaves: list[bytes], whole: bool) -> list[bytes]:
    if m == len(leaves):
        return [] if whole else [naive_root(leaves)]
    k = split(len(leaves))
    if m <= k:
        return [*naive_subproof(m, leaves[:k], whole), naive_root(leaves[k:])]
    return [*naive_subproof(m - k, leaves[k:], False), naive_root(leaves[:k])]


def grown(count: int) -> tuple[list[bytes], dict[tuple[int, int], bytes], merkle.Frontier]:
    leaves = [merkle.leaf_hash(number.to_bytes(4, "big")) for number in range(count)]
    nodes: dict[tuple[int, int], bytes] = {}
    frontier = merkle.Frontier()
    for leaf in leaves:
        for level, number, found in frontier.append(leaf):
            assert (level, number) not in nodes
            nodes[level, number] = found
    return leaves, nodes, frontier


SIZES = st.integers(1, 300)


@given(SIZES)
def test_the_frontier_has_the_root_of_the_definition(size: int) -> None:
    leaves, nodes, frontier = grown(size)
    assert frontier.root() == naive_root(leaves) == merkle.root(leaves)
    stored = merkle.Frontier.of(size, lambda level, number: nodes[level, number])
    assert stored.root() == frontier.root()


@given(SIZES, st.data())
def test_an_inclusion_proof_is_that_of_the_definition_and_verifies(size: int, data: st.DataObject) -> None:
    leaves, nodes, frontier = grown(size)
    index = data.draw(st.integers(0, size - 1))
    proof = merkle.inclusion(index, size, lambda level, number: nodes[level, number])
    assert list(proof) == naive_path(index, leaves)
    assert merkle.verify_inclusion(leaves[index], index, size, proof, frontier.root())


@given(SIZES, st.data())
def test_a_consistency_proof_is_that_of_the_definition_and_verifies(size: int, data: st.DataObject) -> None:
    leaves, nodes, frontier = grown(size)
    old = data.draw(st.integers(1, size))
    proof = merkle.consistency(old, size, lambda level, number: nodes[level, number])
    assert list(proof) == naive_subproof(old, leaves, True)
    assert merkle.verify_consistency(old, size, proof, naive_root(leaves[:old]), frontier.root())


@given(SIZES, st.data())
def test_a_changed_inclusion_proof_never_verifies(size: int, data: st.DataObject) -> None:
    leaves, nodes, frontier = grown(size)
    index = data.draw(st.integers(0, size - 1))
    proof = merkle.inclusion(index, size, lambda level, number: nodes[level, number])
    root = frontier.root()
    if proof:
        at = data.draw(st.integers(0, len(proof) - 1))
        changed = bytes((proof[at][0] ^ 1,)) + proof[at][1:]
        assert not merkle.verify_inclusion(
            leaves[index], index, size, (*proof[:at], changed, *proof[at + 1 :]), root
        )
        assert not merkle.verify_inclusion(leaves[index], index, size, proof[:-1], root)
    assert not merkle.verify_inclusion(leaves[index], index, size, (*proof, root), root)
    assert not merkle.verify_inclusion(root + b"", index, size + 1, (*proof,), leaves[index])
    other = data.draw(st.integers(-1, size))
    if other != index:
        assert not merkle.verify_inclusion(leaves[index], other, size, proof, root)


@given(st.integers(2, 300), st.data())
def test_a_changed_history_is_never_consistent(size: int, data: st.DataObject) -> None:
    leaves, nodes, frontier = grown(size)
    old = data.draw(st.integers(1, size - 1))
    proof = merkle.consistency(old, size, lambda level, number: nodes[level, number])
    at = data.draw(st.integers(0, old - 1))
    rewritten = [*leaves[:at], merkle.leaf_hash(b"rewritten"), *leaves[at + 1 : old]]
    assert not merkle.verify_consistency(old, size, proof, naive_root(rewritten), frontier.root())
    assert not merkle.verify_consistency(
        old, size, (*proof, leaves[0]), naive_root(leaves[:old]), frontier.root()
    )
    assert not merkle.verify_consistency(old, size, proof[:-1], naive_root(leaves[:old]), frontier.root())
    assert not merkle.verify_consistency(size, old, proof, frontier.root(), naive_root(leaves[:old]))


@given(st.integers(0, 20), st.integers(0, 20), st.lists(st.binary(min_size=0, max_size=33), max_size=6))
def test_no_bytes_make_the_checks_raise(old: int, new: int, proof: list[bytes]) -> None:
    root = merkle.leaf_hash(b"")
    assert merkle.verify_inclusion(root, old, new, proof, b"short") is False
    assert merkle.verify_consistency(old, new, proof, root, b"short") is False
    assert merkle.verify_consistency(old, new, proof, root, root) in {True, False}
