"""The tree hash against the definitions of RFC 9162, section 2.1, written as recursively as the RFC writes them."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dancu.kernel.errors import Invalid
from dancu.ledger.tree import EMPTY_ROOT, Grower, Tile, Tree, leaf_hash, node_hash, verify_consistency, verify_inclusion

# The tree of eight leaves every implementation of Certificate Transparency is tried with.
LEAVES = [
    bytes.fromhex(text)
    for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = {
    0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    4: "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    5: "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    6: "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    7: "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}


def head(leaves: list[bytes]) -> bytes:
    if len(leaves) < 2:
        return leaves[0] if leaves else EMPTY_ROOT
    half = split(len(leaves))
    return node_hash(head(leaves[:half]), head(leaves[half:]))


def split(count: int) -> int:
    half = 1
    while half * 2 < count:
        half *= 2
    return half


def path(index: int, leaves: list[bytes]) -> list[bytes]:
    if len(leaves) == 1:
        return []
    half = split(len(leaves))
    if index < half:
        return [*path(index, leaves[:half]), head(leaves[half:])]
    return [*path(index - half, leaves[half:]), head(leaves[:half])]


def subproof(old: int, leaves: list[bytes], whole: bool = True) -> list[bytes]:
    if old == len(leaves):
        return [] if whole else [head(leaves)]
    half = split(len(leaves))
    if old <= half:
        return [*subproof(old, leaves[:half], whole), head(leaves[half:])]
    return [*subproof(old - half, leaves[half:], False), head(leaves[:half])]


def grown(leaves: list[bytes], chance: random.Random) -> tuple[Grower, dict[tuple[int, int], Tile]]:
    """A tree grown in random steps, each step resumed from the stored edge alone."""
    tiles: dict[tuple[int, int], Tile] = {}
    grower, at = Grower(), 0
    while at < len(leaves):
        step = chance.randint(1, max(1, len(leaves) // 3))
        for tile in grower.extend(leaves[at : at + step]):
            tiles[tile.level, tile.number] = tile
        at += step
        levels = {level for level, _ in tiles}
        grower = Grower([tiles[level, max(number for at_level, number in tiles if at_level == level)] for level in levels])
    return grower, tiles


def tree_of(leaves: list[bytes], chance: random.Random) -> Tree:
    _, tiles = grown(leaves, chance)
    return Tree(len(leaves), lambda level, number, width: tiles[level, number].hashes)


@pytest.mark.parametrize("size", range(9))
def test_the_known_tree_of_certificate_transparency(size: int):
    leaves = [leaf_hash(each) for each in LEAVES[:size]]

    assert grown(leaves, random.Random(size))[0].root().hex() == ROOTS[size]


def test_known_audit_path_and_consistency_proof():
    tree = tree_of([leaf_hash(each) for each in LEAVES], random.Random(1))

    assert [step.hex()[:8] for step in tree.inclusion(5)] == ["bc1a0643", "ca854ea1", "d37ee418"]
    assert [step.hex()[:8] for step in tree.consistency(6)] == ["0ebc5d34", "ca854ea1", "d37ee418"]


@given(st.integers(1, 1200), st.randoms(use_true_random=False))
def test_roots_and_proofs_are_those_of_the_definition_and_verify(size: int, chance: random.Random):
    leaves = [leaf_hash(b"%d" % each) for each in range(size)]
    grower, tiles = grown(leaves, chance)
    tree = Tree(size, lambda level, number, width: tiles[level, number].hashes)
    index, old, root = chance.randrange(size), chance.randint(1, size), head(leaves)

    assert grower.root() == tree.root() == root
    assert tree.inclusion(index) == path(index, leaves)
    assert tree.consistency(old) == subproof(old, leaves)
    assert verify_inclusion(index, size, leaves[index], tree.inclusion(index), root)
    assert verify_consistency(old, size, head(leaves[:old]), root, tree.consistency(old))


@given(st.integers(2, 700), st.randoms(use_true_random=False))
def test_nothing_but_the_truth_verifies(size: int, chance: random.Random):
    leaves = [leaf_hash(b"%d" % each) for each in range(size)]
    tree = tree_of(leaves, chance)
    index, old, root = chance.randrange(size), chance.randint(1, size - 1), tree.root()
    steps, proof = tree.inclusion(index), tree.consistency(old)
    other = leaf_hash(b"other")
    at = chance.randrange(len(steps))

    assert not verify_inclusion(index, size, other, steps, root)
    assert not verify_inclusion(index, size, leaves[index], [*steps[:at], other, *steps[at + 1 :]], root)
    assert not verify_inclusion(index, size, leaves[index], steps[:-1], root)
    assert not verify_inclusion(index, size, leaves[index], [*steps, other], root)
    assert not verify_inclusion(size, size, leaves[index], steps, root)
    assert not verify_consistency(old, size, other, root, proof)
    assert not verify_consistency(old, size, tree.root(old), other, proof)
    assert not verify_consistency(old, size, tree.root(old), root, [*proof, other])
    assert not verify_consistency(old, size, tree.root(old), root, proof[:-1])


def test_outside_the_tree_there_is_no_proof():
    tree = tree_of([leaf_hash(b"one")], random.Random(1))

    for wrong in (-1, 1):
        with pytest.raises(Invalid):
            tree.inclusion(wrong)
    with pytest.raises(Invalid):
        tree.consistency(2)
