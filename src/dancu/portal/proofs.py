"""What a page says of a proof before the browser has checked it: which tree, how large, with which keys it is checked."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from dancu.ledger.api import EntryProof, ProofKeys, keys_for


@dataclass(frozen=True, slots=True)
class ProofShown:
    """Where the proof of a look stands (*tình trạng bằng chứng*).

    `ready`: can be checked. `waits`: the tree takes it within a minute. `kept`: would tell what the page may not.
    """

    state: Literal["ready", "waits", "kept"]
    reference: str
    keys: ProofKeys | None = None

    @property
    def href(self) -> str:
        return f"/cua-toi/muc/{self.reference}/bang-chung"


def shown(reference: str, proof: EntryProof | None, key_dir: Path) -> ProofShown:
    """The proof as it is, or that it is not there yet."""
    return ProofShown("ready", reference, keys_for(proof, key_dir)) if proof else ProofShown("waits", reference)
