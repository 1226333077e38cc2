"""Who was compared: the personal numbers a job led to, sorted, and a commitment to them that can be published without saying any.

The leaves of the tree are the six leading digits: a cell's number and a salted hash of the sequences in it, in order of cells. A
proof for one number shows its cell; whoever checks it needs the cell opened, which says the other numbers of that cell: it is for
an auditor's eyes, not for a page. Two neighbouring leaves prove that nobody of the cells between them was compared.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dancu.kernel.errors import NotFound
from dancu.ledger.tree import Grower, Tree, leaf_hash, verify_inclusion
from dancu.reconcile.engine.lookup import NO_ROW
from dancu.reconcile.engine.snapshot import SEQUENCES, Snapshot
from dancu.reconcile.running.folder import COMMITMENT, COMPARED, LEAVES, array_head, finished, write_array, write_file
from dancu.reconcile.running.parts import about_parts, read_parts
from dancu.reconcile.running.plan import read_plan
from dancu.reconcile.running.progress import Watcher

FORMAT = 1
_CELL_BYTES, _DIGEST_BYTES = 4, 32
_ROWS_AT_ONCE = 1 << 22


@dataclass(frozen=True, slots=True)
class MemberProof:
    """That a cell's sequences are part of what a job committed to (*bằng chứng của một ô số*)."""

    cell: int
    digest: bytes
    index: int
    size: int
    path: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class CellOpening:
    """What a cell's hash was made of (*nội dung mở ra của một ô số*): the cell's own salt, and every sequence in it."""

    salt: bytes = field(repr=False)
    sequences: tuple[int, ...] = field(repr=False)


def commit(folder: Path, snapshot: Snapshot, salt: str, watcher: Watcher) -> None:
    """Write who was compared and the commitment to it (*ghi tập số đã đối soát*)."""
    total = sum(each.records for each in about_parts(folder))
    is_met = np.zeros(snapshot.persons, np.bool_)
    for part in read_parts(folder, ("row",)):
        row = part.column("row")
        is_met[row[row != NO_ROW]] = True
        watcher.tell(part.about.first + part.about.records, total)
    rows = np.flatnonzero(is_met)
    with finished(folder / COMPARED) as file:
        file.write(array_head(np.dtype(np.int64), (len(rows),)))
        for at in range(0, len(rows), _ROWS_AT_ONCE):  # rows stand in the order of numbers
            file.write(snapshot.numbers_of(rows[at : at + _ROWS_AT_ONCE]).astype(np.int64).data)
    leaves = _leaves(_compared(folder), bytes.fromhex(salt))
    grower = Grower()
    grower.extend(leaf_hash(leaf.tobytes()) for leaf in leaves)
    write_array(folder / LEAVES, leaves)
    about = {
        "format": FORMAT, "snapshot": snapshot.version, "persons": len(rows), "cells": len(leaves), "root": grower.root().hex(),
        "leaf": "cell (4 bytes) + sha256(cell salt + cell + sorted sequences of 4 bytes), RFC 9162",
    }  # fmt: skip
    write_file(folder / COMMITMENT, json.dumps(about, indent=1, sort_keys=True).encode() + b"\n")


def _leaves(numbers: NDArray[np.int64], salt: bytes) -> NDArray[np.uint8]:
    """A leaf a cell that has somebody."""
    cells = np.asarray(numbers) // SEQUENCES
    starts = np.flatnonzero(np.diff(cells, prepend=-1))
    sequences = (np.asarray(numbers) % SEQUENCES).astype(">u4")
    leaves = np.empty((len(starts), _CELL_BYTES + _DIGEST_BYTES), np.uint8)
    for at, (start, end) in enumerate(zip(starts, np.append(starts, len(cells))[1:], strict=True)):
        cell = int(cells[start])
        leaf = _cell_bytes(cell) + _digest(cell, _cell_salt(salt, cell), sequences[start:end].tobytes())
        leaves[at] = np.frombuffer(leaf, np.uint8)
    return leaves


def _cell_bytes(cell: int) -> bytes:
    return cell.to_bytes(_CELL_BYTES, "big")


def _cell_salt(salt: bytes, cell: int) -> bytes:
    """One for each cell: opening a cell says nothing of the others."""
    return hmac.digest(salt, _cell_bytes(cell), hashlib.sha256)


def _digest(cell: int, salt: bytes, sequences: bytes) -> bytes:
    return hashlib.sha256(salt + _cell_bytes(cell) + sequences).digest()


def was_compared(folder: Path, number: str) -> bool:
    """Did a record of the list lead to this person (*số này có được đối soát không*)? `number` has twelve digits.

    Raises `NotFound` while a job has not come so far.
    """
    numbers, wanted = _compared(folder), int(number)
    at = int(np.searchsorted(numbers, wanted))
    return at < len(numbers) and int(numbers[at]) == wanted


def prove(folder: Path, number: str) -> MemberProof | None:
    """The proof for the cell of somebody who was compared (*bằng chứng đã được đối soát*); None for who was not."""
    if not was_compared(folder, number):
        return None
    leaves, cell = _made(folder, LEAVES), int(number) // SEQUENCES
    index = _index_of(leaves, cell)
    grower = Grower()
    tiles = {(tile.level, tile.number): tile.hashes for tile in grower.extend(leaf_hash(leaf.tobytes()) for leaf in leaves)}
    tree = Tree(len(leaves), lambda level, number_, _width: tiles[level, number_])
    return MemberProof(cell, leaves[index, _CELL_BYTES:].tobytes(), index, len(leaves), tuple(tree.inclusion(index)))


def _index_of(leaves: NDArray[np.uint8], cell: int) -> int:
    cells = leaves[:, :_CELL_BYTES].copy().view(">u4").ravel()
    return int(np.searchsorted(cells, cell))


def open_cell(folder: Path, cell: int) -> CellOpening:
    """Open a cell for an auditor (*mở một ô số cho người kiểm tra*). It says every number of the cell: show it to nobody else."""
    numbers, salt = _compared(folder), bytes.fromhex(read_plan(folder).salt)
    start, end = np.searchsorted(numbers, [cell * SEQUENCES, (cell + 1) * SEQUENCES])
    return CellOpening(_cell_salt(salt, cell), tuple((numbers[start:end] % SEQUENCES).tolist()))


def verify_cell(proof: MemberProof, root: bytes) -> bool:
    """Does a cell belong to what was committed to?"""
    return verify_inclusion(proof.index, proof.size, leaf_hash(_cell_bytes(proof.cell) + proof.digest), proof.path, root)


def verify_member(proof: MemberProof, opening: CellOpening, number: str, root: bytes) -> bool:
    """Was this number compared, by a proof, the opened cell and the published root (*kiểm tra bằng chứng đã đối soát*)?"""
    cell, sequence = divmod(int(number), SEQUENCES)
    sequences = np.array(opening.sequences, ">u4")
    is_opened = _digest(proof.cell, opening.salt, sequences.tobytes()) == proof.digest
    return cell == proof.cell and sequence in opening.sequences and is_opened and verify_cell(proof, root)


def _compared(folder: Path) -> NDArray[np.int64]:
    return _made(folder, COMPARED)


def _made(folder: Path, name: str) -> NDArray:  # type: ignore[type-arg]  # of either array
    try:
        found: NDArray[np.int64] = np.load(folder / name, mmap_mode="r")
    except FileNotFoundError:
        raise NotFound(
            "reconcile.not_yet",
            "Lần đối soát này chưa xong. Bạn chờ có kết quả.",
            "There are no results yet. Wait for them.",
        ) from None
    return found
