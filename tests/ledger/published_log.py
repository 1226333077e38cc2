"""A log published as files, grown from any leaves and signed by a key of its own: for checks from outside."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from dancu.ledger.layout import tile_path
from dancu.ledger.notes import Checkpoint, FileSigner, Note, VerifierKey, key_of, sign_note
from dancu.ledger.tree import HASH_BYTES, TILE_WIDTH, Grower, Tree, leaf_hash

BOOK = "so.vidu.vn/so"
ORIGIN = f"{BOOK}/2026h2/e1"


class PublishedLog:
    """Tiles in memory, as the operator has them; `publish` writes what the world sees."""

    def __init__(self, folder: Path, seed: bytes = bytes(range(32)), origin: str = ORIGIN) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder.parent / f"{folder.name}.key").write_bytes(seed)
        self.folder, self.origin = folder, origin
        self.signer = FileSigner(BOOK, folder.parent / f"{folder.name}.key")
        self.leaves: list[bytes] = []
        self.tiles: dict[tuple[int, int], bytes] = {}
        self._grower = Grower()

    @property
    def key(self) -> VerifierKey:
        return key_of(self.signer)

    def extend(self, leaves: Sequence[bytes]) -> PublishedLog:
        self.leaves += leaves
        for tile in self._grower.extend(leaves):
            self.tiles[tile.level, tile.number] = tile.hashes
        return self

    def grow(self, count: int, word: str = "") -> PublishedLog:
        """So many more leaves, told apart by a word."""
        first = len(self.leaves)
        return self.extend([leaf_hash(f"{word}{first + place}".encode()) for place in range(count)])

    def tree(self) -> Tree:
        return Tree(len(self.leaves), lambda level, number, width: self.tiles[level, number][: width * HASH_BYTES])

    def head(self) -> Note:
        return sign_note(Checkpoint(self.origin, len(self.leaves), self._grower.root()).text, self.signer)

    def publish(self, note: Note | None = None) -> Path:
        for (level, number), hashes in self.tiles.items():
            width = len(hashes) // HASH_BYTES
            assert width <= TILE_WIDTH
            file = self.folder / tile_path(level, number, width)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(hashes)
        (self.folder / "checkpoint").write_text(str(note or self.head()), encoding="utf-8")
        return self.folder
