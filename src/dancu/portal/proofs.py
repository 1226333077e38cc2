"""What a page says of a proof before the browser has checked it: which tree, how large, who signed beside the log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from dancu.ledger.api import EntryProof


@dataclass(frozen=True, slots=True)
class ProofShown:
    """Where the proof of a look stands (*tình trạng bằng chứng*).

    `ready`: can be checked. `waits`: the tree takes it within a minute. `kept`: would tell somebody else's act.
    """

    state: Literal["ready", "waits", "kept"]
    reference: str
    origin: str = ""
    size: int = 0

    @property
    def href(self) -> str:
        return f"/cua-toi/muc/{self.reference}/bang-chung"


def head_of(proof: EntryProof) -> tuple[str, int]:
    """Name and size of the tree the proof leads to: the first two lines of a checkpoint (C2SP tlog-checkpoint)."""
    origin, size = proof.checkpoint.split("\n", 2)[:2]
    return origin, int(size)
