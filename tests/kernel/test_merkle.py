import pytest

from trucekeeper.kernel import merkle
from trucekeeper.kernel.errors import BadInput

# The reference vectors of the certificate-transparency project: these eight leaves, and roots for 1 to 8 of them.
LEAVES = [
    bytes.fromhex(one)
    for one in (
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
    )
]  # fmt: skip
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
# 65536 and more take seconds each and belong to the long run.
SIZES = [1, 2, 3, 7, 8, 255, 256, 257, 511]
LONG_SIZES = [65_535, 65_536, 65_537, 70_000]


def grown(size: int) -> tuple[list[bytes], dict[tuple[int, int], bytes], dict[int, bytes]]:
    leaves = [merkle.leaf_hash(number.to_bytes(4, "big")) for number in range(size)]
    frontier = merkle.Frontier()
    nodes: dict[tuple[int, int], bytes] = {}
    roots = {0: frontier.root()}
    for leaf in leaves:
        nodes.update({(level, number): found for level, number, found in frontier.append(leaf)})
        roots[frontier.size] = frontier.root()
    return leaves, nodes, roots


def test_the_roots_are_those_of_the_reference() -> None:
    frontier = merkle.Frontier()
    assert frontier.root().hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    for leaf, root in zip(LEAVES, ROOTS, strict=True):
        frontier.append(merkle.leaf_hash(leaf))
        assert frontier.root().hex() == root


def test_a_proof_is_that_of_the_reference() -> None:
    leaves = [merkle.leaf_hash(leaf) for leaf in LEAVES]
    nodes: dict[tuple[int, int], bytes] = {}
    frontier = merkle.Frontier()
    for leaf in leaves:
        nodes.update({(level, number): found for level, number, found in frontier.append(leaf)})
    proof = merkle.inclusion(5, 8, lambda level, number: nodes[level, number])
    assert [step.hex() for step in proof] == [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]
    proof = merkle.consistency(6, 8, lambda level, number: nodes[level, number])
    assert [step.hex() for step in proof] == [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]


@pytest.mark.parametrize("size", SIZES + LONG_SIZES)
def test_every_kind_of_proof_verifies_at_the_sizes_where_implementations_break(size: int) -> None:
    leaves, nodes, roots = grown(size)

    def node(level: int, number: int) -> bytes:
        return nodes[level, number]

    at = sorted({0, 1, size // 3, size // 2, size - 2, size - 1} & set(range(size)))
    for index in range(size) if size < 300 else at:
        proof = merkle.inclusion(index, size, node)
        assert merkle.verify_inclusion(leaves[index], index, size, proof, roots[size])
    for old in {1, 2, 255, 256, 257, size // 2, size - 1, size} & set(range(1, size + 1)):
        proof = merkle.consistency(old, size, node)
        assert merkle.verify_consistency(old, size, proof, roots[old], roots[size])
        assert not merkle.verify_consistency(old, size, proof, roots[old - 1], roots[size])


def test_every_log_extends_the_empty_one_whose_root_must_be_that_of_nothing() -> None:
    _, _, roots = grown(3)
    assert merkle.verify_consistency(0, 3, (), roots[0], roots[3])
    assert not merkle.verify_consistency(0, 3, (), roots[1], roots[3])
    assert not merkle.verify_consistency(0, 3, (roots[0],), roots[0], roots[3])


def test_proofs_beyond_the_tree_are_refused() -> None:
    _, nodes, _ = grown(3)

    def node(level: int, number: int) -> bytes:
        return nodes[level, number]

    for index, size in ((3, 3), (-1, 3), (0, 0)):
        with pytest.raises(BadInput):
            merkle.inclusion(index, size, node)
    for old, new in ((4, 3), (-1, 3)):
        with pytest.raises(BadInput):
            merkle.consistency(old, new, node)
    with pytest.raises(BadInput):
        merkle.Frontier(3, [b""])
