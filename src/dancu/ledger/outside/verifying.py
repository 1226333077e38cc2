"""Checks a published log from its leaves up, and against a head the checker kept. Memory does not grow with the log."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence, Set
from concurrent.futures import ThreadPoolExecutor
from enum import StrEnum
from itertools import islice

import msgspec

from dancu.kernel.errors import Invalid, NotFound
from dancu.ledger.notes import Checkpoint, Note, VerifierKey, cosigned_at, parse_checkpoint, parse_note, verify_note
from dancu.ledger.outside.published import Published
from dancu.ledger.tree import HASH_BYTES, TILE_WIDTH, Grower, Tile, leaf_hash

TOLD_MAX = 20  # places named in a verdict

_ENTRIES = "entries/"

Progress = Callable[[int, int], None]


class LogFlaw(StrEnum):
    """What is wrong with a published log (*lỗi của sổ đã công bố*)."""

    SIGNATURE = "signature"  # the log did not sign this head
    WITNESSES = "witnesses"  # fewer witnesses than asked for
    TILE = "tile"  # a tile is missing or does not follow from the leaves
    ENTRY = "entry"  # an entry that was handed over is not the one in the tree
    ROOT = "root"  # the leaves do not give the signed root
    ROLLED_BACK = "rolled_back"  # smaller than a head that was kept
    FORK = "fork"  # not the continuation of a head that was kept


class LogVerdict(msgspec.Struct, frozen=True):
    """The verdict over a published log (*kết quả kiểm sổ*): sound when `flaws` is empty."""

    flaws: tuple[LogFlaw, ...]
    origin: str
    size: int
    root: str
    witnesses: tuple[str, ...]
    places: tuple[str, ...] = ()  # tiles that are wrong, as level/number, or `entries/number`
    compared_with: tuple[int, ...] = ()  # sizes of the heads that were kept


def check_log(
    log: Published,
    key: VerifierKey,
    witnesses: Sequence[VerifierKey] = (),
    quorum: int = 0,
    *,
    kept: Sequence[Checkpoint] = (),
    progress: Progress = lambda _done, _of: None,
) -> tuple[LogVerdict, str]:
    """Check everything, and give the signed head as read (*kiểm sổ đã công bố*).

    `kept`: heads the checker saved earlier and trusts. Raises `Invalid` when the head cannot be read or belongs to another log.
    """
    text = log.checkpoint()
    note = parse_note(text)
    head = parse_checkpoint(note.text)
    for each in kept:
        if each.origin != head.origin:
            raise Invalid(
                "ledger.other_log",
                f"Điểm kiểm đã giữ thuộc sổ {each.origin}, sổ đang kiểm là {head.origin}.",
                f"The kept head belongs to {each.origin}, the log is {head.origin}.",
            )
    seen_by = tuple(each.name for each in witnesses if cosigned_at(note, each) is not None)
    flaws = _flaws_of_signatures(note, key, seen_by, quorum)
    wrong: list[str] = []
    roots = _recompute(log, head.size, {each.size for each in kept}, wrong, progress)
    flaws += [LogFlaw.TILE] if any(not place.startswith(_ENTRIES) for place in wrong) else []
    flaws += [LogFlaw.ENTRY] if any(place.startswith(_ENTRIES) for place in wrong) else []
    if roots.get(head.size) != head.root:
        flaws.append(LogFlaw.ROOT)
    if any(each.size > head.size for each in kept):
        flaws.append(LogFlaw.ROLLED_BACK)
    known = {**roots, head.size: head.root}
    if any(known.get(each.size, each.root) != each.root for each in kept):
        flaws.append(LogFlaw.FORK)
    sizes = tuple(each.size for each in kept)
    return LogVerdict(tuple(flaws), head.origin, head.size, head.root.hex(), seen_by, tuple(wrong[:TOLD_MAX]), sizes), text


def _flaws_of_signatures(note: Note, key: VerifierKey, seen_by: Sequence[str], quorum: int) -> list[LogFlaw]:
    flaws = [] if verify_note(note, key) else [LogFlaw.SIGNATURE]
    return flaws if len(set(seen_by)) >= quorum else [*flaws, LogFlaw.WITNESSES]


def _recompute(log: Published, size: int, at: Set[int], wrong: list[str], progress: Progress) -> dict[int, bytes]:
    """Roots by size, over all leaves and over the first `at` of them, as far as leaves are there. Wrong tiles go to `wrong`."""
    grower = Grower()
    roots = {0: grower.root()}
    edge: dict[int, Tile] = {}
    stops = sorted({size} | {each for each in at if 0 < each < size})
    for leaves in _leaves(log, size, wrong):
        while leaves:
            taken, leaves = leaves[: stops[0] - grower.size], leaves[stops[0] - grower.size :]
            for tile in grower.extend(taken):
                if tile.width == TILE_WIDTH:
                    _compare(log, tile, wrong)
                    edge.pop(tile.level, None)
                else:
                    edge[tile.level] = tile
            if grower.size == stops[0]:
                roots[stops.pop(0)] = grower.root()
        progress(grower.size, size)
    if not stops:
        for tile in edge.values():
            _compare(log, tile, wrong)
    return roots


def _leaves(log: Published, size: int, wrong: list[str]) -> Iterator[list[bytes]]:
    """The leaf hashes, a tile at a time, up to the first that is missing. A few tiles are asked for ahead."""
    numbers = iter(range((size + TILE_WIDTH - 1) // TILE_WIDTH))

    def read(number: int) -> bytes:
        return log.tile(0, number, min(TILE_WIDTH, size - number * TILE_WIDTH))

    with ThreadPoolExecutor(log.at_once) as pool:
        coming = deque((first, pool.submit(read, first)) for first in islice(numbers, 2 * log.at_once))
        while coming:
            number, answer = coming.popleft()
            try:
                hashes = answer.result()
            except NotFound:
                wrong.append(f"0/{number}")
                return
            coming.extend((following, pool.submit(read, following)) for following in islice(numbers, 1))
            leaves = [hashes[place : place + HASH_BYTES] for place in range(0, len(hashes), HASH_BYTES)]
            bundle = log.entries(number, len(leaves))
            if bundle is not None and _leaves_of(bundle) != leaves:
                wrong.append(f"{_ENTRIES}{number}")
            yield leaves


def _leaves_of(bundle: bytes) -> list[bytes]:
    leaves, at = [], 0
    while at < len(bundle):
        end = at + 2 + int.from_bytes(bundle[at : at + 2], "big")
        leaves.append(leaf_hash(bundle[at + 2 : end]) if end <= len(bundle) else b"")
        at = end
    return leaves


def _compare(log: Published, tile: Tile, wrong: list[str]) -> None:
    """Is the published inner tile the one that follows from the leaves?"""
    if tile.level == 0:
        return
    try:
        is_right = log.tile(tile.level, tile.number, tile.width) == tile.hashes
    except NotFound:
        is_right = False
    if not is_right:
        wrong.append(f"{tile.level}/{tile.number}")
