"""With which keys a proof is checked: that of the log it leads to, those of the witnesses this installation asks."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from dancu.ledger import proving
from dancu.ledger.logs import parse_origin
from dancu.ledger.proofs import EntryProof
from dancu.ledger.witnessing import FILE_NAME, read_witnesses


@dataclass(frozen=True, slots=True)
class ProofKeys:
    """What a verifier is given beside a proof, as text (*khoá để kiểm bằng chứng*). Whoever can takes it from somewhere else."""

    origin: str
    size: int
    log: str  # `name+hash+key`
    witnesses: tuple[str, ...]
    published: str  # where the log can be read


def keys_for(proof: EntryProof, key_dir: Path) -> ProofKeys:
    """The keys of the log a proof leads to, and of the witnesses in `witnesses.toml` (*khoá của bằng chứng*)."""
    origin, size = proof.checkpoint.split("\n", 2)[:2]
    _book, shard, epoch = parse_origin(origin)
    log = next(each for each in proving.logs() if each.origin == origin)
    witnesses = tuple(str(peer.key) for peer in read_witnesses(key_dir / FILE_NAME))
    return ProofKeys(origin, int(size), log.key, witnesses, f"/so-cai/{shard}/e{epoch}")
