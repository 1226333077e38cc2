"""How a nation is cut into parts, and which numbers each part may give: decided once, from the counts alone.

Twelve digits: for a province of registration, a century with sex and a year there are 999 blocks of a thousand numbers (block 000
is kept for the personas). Four fifths of the blocks belong to the pieces of the province itself, one piece a run of its own; the
rest is shared out among all parts for people who moved away. Two parts can therefore never give the same number, and no part has
to know what another one gave.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dancu.kernel.errors import Invalid

PARTS_MAX = 999
_OWN, _ALL = 800_000, 999_000
_OLD = 10_000_000


@dataclass(frozen=True)
class Piece:
    """Persons of one province in one part, and the piece's place among those of the province."""

    province: int
    count: int
    place: int
    of: int


@dataclass(frozen=True)
class Part:
    """What one worker makes at a time (*một phần dữ liệu*)."""

    index: int
    of: int
    pieces: tuple[Piece, ...]

    @property
    def count(self) -> int:
        return sum(piece.count for piece in self.pieces)


def plan_parts(counts: np.ndarray, part_size: int) -> list[Part]:
    """Cut the persons per province into parts of at most `part_size`; small ones share one. Raises `Invalid` past 999."""
    size = max(part_size, int(np.ceil(counts.sum() / (PARTS_MAX - 64))), 1)
    bundles: list[list[tuple[int, int]]] = []
    open_bundle: list[tuple[int, int]] = []
    room = size
    for province in np.flatnonzero(counts):
        wanted = int(counts[province])
        pieces = -(-wanted // size)
        for piece in range(pieces):
            share = wanted * (piece + 1) // pieces - wanted * piece // pieces
            if share > room:
                bundles.append(open_bundle)
                open_bundle, room = [], size
            open_bundle.append((int(province), share))
            room -= share
    bundles = [bundle for bundle in [*bundles, open_bundle] if bundle] or [[]]
    if len(bundles) > PARTS_MAX:
        raise Invalid("synth.parts", f"Quá {PARTS_MAX} phần: tăng kích thước mỗi phần.", f"More than {PARTS_MAX} parts.")
    return _with_places(bundles)


def _with_places(bundles: list[list[tuple[int, int]]]) -> list[Part]:
    number: dict[int, int] = {}
    for bundle in bundles:
        for province, _ in bundle:
            number[province] = number.get(province, 0) + 1
    seen: dict[int, int] = {}
    parts = []
    for index, bundle in enumerate(bundles):
        pieces = []
        for province, count in bundle:
            pieces.append(Piece(province, count, seen.get(province, 0), number[province]))
            seen[province] = seen.get(province, 0) + 1
        parts.append(Part(index, len(bundles), tuple(pieces)))
    return parts


def own_run(piece: Piece) -> tuple[int, int]:
    """First serial and number of serials of a piece, in each (century and sex, year) of its province."""
    room = _OWN // piece.of
    return piece.place * room, room


def guest_run(part: Part) -> tuple[int, int]:
    """The same for people registered in another province who live in this part."""
    room = (_ALL - _OWN) // part.of
    return _OWN + part.index * room, room


def old_run(piece: Piece, provinces_of_block: int, place_of_province: int) -> tuple[int, int]:
    """First serial and number of serials of old nine-digit numbers of a piece, within the block of its province."""
    room = _OLD // provinces_of_block // piece.of
    return (_OLD // provinces_of_block) * place_of_province + piece.place * room, room


def scatter(serial: np.ndarray, key: np.ndarray) -> np.ndarray:
    """Six digits for a serial: blocks of a thousand in a keyed order, and a keyed order inside the block; one to one for one key.

    Blocks are used up one after the other, so that some are full and others empty, as with the ranges real offices drew from.
    """
    block, low = serial // 1000, serial % 1000
    # 999 = 27 x 37 and 1000 = 8 x 125: multipliers prime to them give each block and each number once.
    block = 1 + (block * _prime_to(key, (3, 37), 999) + key // 7) % 999
    low = (low * _prime_to(key // 11, (2, 5), 1000) + key // 13) % 1000
    return np.asarray(block * 1000 + low)


def _prime_to(key: np.ndarray, factors: tuple[int, int], modulus: int) -> np.ndarray:
    candidates = np.array([n for n in range(2, modulus) if all(n % f for f in factors)])
    return np.asarray(candidates[key % len(candidates)])


def keys_of(seed: int, cells: np.ndarray) -> np.ndarray:
    """A number below 2^40 for a seed and a cell; mixing after Stafford's variant 13 of the SplitMix64 finaliser."""
    with np.errstate(over="ignore"):
        mixed = cells.astype(np.uint64) + np.uint64((seed * 0x9E3779B97F4A7C15) % 2**64)
        for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
            mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
        mixed ^= mixed >> np.uint64(31)
    return np.asarray((mixed >> np.uint64(24)).astype(np.int64))
