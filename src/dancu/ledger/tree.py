"""The Merkle tree hash of RFC 6962 and RFC 9162, section 2.1, over 256-wide tiles (C2SP tlog-tiles). Pure.

The one piece of cryptography written here, because no kept library of ours may use has a tiled log: checked against
the vectors of the RFC and against an independent implementation.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from dancu.kernel.errors import Invalid

HASH_BYTES = 32
TILE_HEIGHT = 8
TILE_WIDTH = 1 << TILE_HEIGHT
EMPTY_ROOT = hashlib.sha256(b"").digest()

TileSource = Callable[[int, int, int], bytes]  # level, number, least width → at least that many hashes


def leaf_hash(entry: bytes) -> bytes:
    """SHA-256(0x00 ‖ entry)."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 ‖ left ‖ right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True, slots=True)
class Tile:
    """Up to 256 hashes of one level; level n holds the roots of the full tiles of level n - 1 (*ô băm*)."""

    level: int
    number: int
    hashes: bytes

    @property
    def width(self) -> int:
        return len(self.hashes) // HASH_BYTES


class Grower:
    """The right edge of a tree: takes leaves, gives the tiles that changed and the root (*cây đang lớn*)."""

    def __init__(self, edge: Sequence[Tile] = ()) -> None:
        """`edge`: the last tile of every level that has one, full or not."""
        self._open: list[list[bytes]] = []
        self._number: list[int] = []
        for tile in sorted(edge, key=lambda each: each.level):
            assert tile.level == len(self._open), "a level of the edge is missing"
            is_full = tile.width == TILE_WIDTH
            self._open.append([] if is_full else _split(tile.hashes))
            self._number.append(tile.number + is_full)

    @property
    def size(self) -> int:
        return self._number[0] * TILE_WIDTH + len(self._open[0]) if self._open else 0

    def extend(self, leaves: Iterable[bytes]) -> list[Tile]:
        """Append leaf hashes. Gives every tile that is new or wider than before, once, in its last form."""
        changed: dict[tuple[int, int], Tile] = {}
        for leaf in leaves:
            self._push(0, leaf, changed)
        for level, hashes in enumerate(self._open):
            if hashes:
                changed[level, self._number[level]] = Tile(level, self._number[level], b"".join(hashes))
        return list(changed.values())

    def _push(self, level: int, value: bytes, full: dict[tuple[int, int], Tile]) -> None:
        if level == len(self._open):
            self._open.append([])
            self._number.append(0)
        hashes = self._open[level]
        hashes.append(value)
        if len(hashes) == TILE_WIDTH:
            full[level, self._number[level]] = Tile(level, self._number[level], b"".join(hashes))
            self._open[level] = []
            self._number[level] += 1
            self._push(level + 1, _perfect_root(hashes), full)

    def root(self) -> bytes:
        """The tree head over all leaves so far."""
        root: bytes | None = None
        for hashes in self._open:  # from the right end of the tree, smallest subtrees first
            for start, width in reversed(list(_perfect_parts(0, len(hashes)))):
                part = _perfect_root(hashes[start : start + width])
                root = part if root is None else node_hash(part, root)
        return EMPTY_ROOT if root is None else root


class Tree:
    """A tree of a stated size behind a source of tiles: roots and proofs (*cây băm*)."""

    def __init__(self, size: int, tiles: TileSource) -> None:
        self.size = size
        self._tiles = tiles
        self._known: dict[tuple[int, int], list[list[bytes]]] = {}

    def root(self, size: int | None = None) -> bytes:
        """The head of the first `size` leaves."""
        size = self.size if size is None else size
        self._check(0 <= size <= self.size)
        return self._range(0, size) if size else EMPTY_ROOT

    def inclusion(self, index: int) -> list[bytes]:
        """The audit path of a leaf, from the leaf upward (RFC 9162, 2.1.3.1). Raises `Invalid` outside the tree."""
        self._check(0 <= index < self.size)
        path, start, end = [], 0, self.size
        while end - start > 1:
            middle = start + _split_point(end - start)
            if index < middle:
                path.append(self._range(middle, end))
                end = middle
            else:
                path.append(self._range(start, middle))
                start = middle
        return path[::-1]

    def consistency(self, old: int) -> list[bytes]:
        """That the first `old` leaves are still the same (RFC 9162, 2.1.4.1). Raises `Invalid` outside the tree."""
        self._check(0 <= old <= self.size)
        if old in (0, self.size):
            return []
        proof, start, end, whole = [], 0, self.size, True
        while old != end:
            middle = start + _split_point(end - start)
            if old <= middle:
                proof.append(self._range(middle, end))
                end = middle
            else:
                proof.append(self._range(start, middle))
                start, whole = middle, False
        if not whole:
            proof.append(self._range(start, end))
        return proof[::-1]

    def _check(self, holds: bool) -> None:
        if not holds:
            raise Invalid("ledger.outside_tree", "Vị trí nằm ngoài cây băm.", f"Outside a tree of {self.size} leaves.")

    def _range(self, start: int, end: int) -> bytes:
        """Root of the leaves from `start` to `end`, where `start` is a multiple of the subtree it begins."""
        root: bytes | None = None
        for at, width in reversed(list(_perfect_parts(start, end))):
            part = self._node(width.bit_length() - 1, at)
            root = part if root is None else node_hash(part, root)
        assert root is not None
        return root

    def _node(self, height: int, first_leaf: int) -> bytes:
        """Root of the 2**height leaves from `first_leaf`."""
        level = height // TILE_HEIGHT
        position = first_leaf >> (level * TILE_HEIGHT)
        number, offset = divmod(position, TILE_WIDTH)
        inner = height % TILE_HEIGHT
        if (level, number) not in self._known:
            present = (self.size >> (level * TILE_HEIGHT)) - number * TILE_WIDTH
            hashes = self._tiles(level, number, min(present, TILE_WIDTH))
            self._known[level, number] = _levels(_split(hashes)[: min(present, TILE_WIDTH)])
        return self._known[level, number][inner][offset >> inner]


def verify_inclusion(index: int, size: int, leaf: bytes, path: Sequence[bytes], root: bytes) -> bool:
    """Does the path lead from the leaf to the root (RFC 9162, 2.1.3.2)?"""
    if not 0 <= index < size:
        return False
    position, last, reached = index, size - 1, leaf
    for step in path:
        if last == 0 or len(step) != HASH_BYTES:
            return False
        if position & 1 or position == last:
            reached = node_hash(step, reached)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            reached = node_hash(reached, step)
        position, last = position >> 1, last >> 1
    return last == 0 and reached == root


def verify_consistency(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Is the tree of `old` leaves the beginning of the tree of `new` leaves (RFC 9162, 2.1.4.2)?"""
    if not 0 <= old <= new or any(len(step) != HASH_BYTES for step in proof):
        return False
    if old == new:
        return not proof and old_root == new_root
    if old == 0:
        return not proof and old_root == EMPTY_ROOT
    steps = list(proof) if old & (old - 1) else [old_root, *proof]
    if not steps:
        return False
    position, last = old - 1, new - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    before = after = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if position & 1 or position == last:
            before, after = node_hash(step, before), node_hash(step, after)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            after = node_hash(after, step)
        position, last = position >> 1, last >> 1
    return last == 0 and before == old_root and after == new_root


def _split(hashes: bytes) -> list[bytes]:
    return [hashes[at : at + HASH_BYTES] for at in range(0, len(hashes), HASH_BYTES)]


def _split_point(count: int) -> int:
    """The largest power of two smaller than `count`."""
    return 1 << ((count - 1).bit_length() - 1)


def _perfect_parts(start: int, end: int) -> Iterable[tuple[int, int]]:
    """Perfect subtrees that cover start to end, from the left, each as its first leaf and its width."""
    while start < end:
        width = 1 << ((end - start).bit_length() - 1)
        yield start, width
        start += width


def _levels(hashes: list[bytes]) -> list[list[bytes]]:
    """All perfect subtrees inside a tile, by height."""
    levels = [hashes]
    while len(levels[-1]) > 1:
        row = levels[-1]
        levels.append([node_hash(row[at], row[at + 1]) for at in range(0, len(row) - 1, 2)])
    return levels


def _perfect_root(hashes: list[bytes]) -> bytes:
    while len(hashes) > 1:
        hashes = [node_hash(hashes[at], hashes[at + 1]) for at in range(0, len(hashes), 2)]
    return hashes[0]
