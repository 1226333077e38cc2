"""The proof of one entry as a file anyone can check: what was recorded, that it stands in the tree, who signed the tree. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum

import msgspec

from dancu.kernel.errors import Invalid
from dancu.ledger.domain import commitment
from dancu.ledger.notes import VerifierKey, cosigned_at, parse_checkpoint, parse_note, verify_note
from dancu.ledger.tree import leaf_hash, verify_inclusion

PROOF_VERSION = 1
PROOF_BYTES_MAX = 4_000_000
OPENABLE = ("subject", "officer", "dossier")
# Exactly 32 bytes: with a longer salt the first characters of a value could be counted among it, and another value shown.
_SALT = re.compile(r"[0-9a-f]{64}")
_HASH = re.compile(r"[0-9a-f]{64}")


class Opening(msgspec.Struct, frozen=True):
    """What a commitment of the entry hides, with its salt in hex (*giá trị mở cam kết*)."""

    value: str
    salt: str


class EntryProof(msgspec.Struct, frozen=True):
    """One entry with everything needed to check it away from the platform (*bằng chứng bút toán*).

    `entry` is the canonical body as text; `path` the audit path, hex, from the leaf upward; `checkpoint` a signed note.
    Once salts are deleted the openings are missing, and the proof still holds.
    """

    v: int
    entry: str
    index: int
    path: Sequence[str]
    checkpoint: str
    openings: Mapping[str, Opening] = {}


class Flaw(StrEnum):
    """What is wrong with a proof (*lỗi của bằng chứng*)."""

    SIGNATURE = "signature"  # the log did not sign this tree head
    WITNESSES = "witnesses"  # fewer witnesses than asked for
    PATH = "path"  # the entry does not lead to the root
    OPENING = "opening"  # an opened value is not the one committed to


class Checked(msgspec.Struct, frozen=True):
    """The verdict over a proof (*kết quả kiểm bằng chứng*): sound when `flaws` is empty."""

    flaws: tuple[Flaw, ...]
    origin: str
    tree_size: int
    witnesses: tuple[str, ...]


def read_proof(text: str | bytes) -> EntryProof:
    """Read a proof file. Raises `Invalid`."""
    if len(text) > PROOF_BYTES_MAX:
        raise Invalid("ledger.proof", "Tệp bằng chứng quá lớn.", "The proof is too large.")
    try:
        proof = msgspec.json.decode(text, type=EntryProof)
    except (msgspec.DecodeError, ValueError, RecursionError) as failure:
        raise Invalid("ledger.proof", "Tệp bằng chứng không đọc được.", f"The proof cannot be read: {failure}") from failure
    if proof.v != PROOF_VERSION:
        raise Invalid("ledger.proof", "Tệp bằng chứng thuộc phiên bản khác.", f"Proof version {proof.v} is not known.")
    return proof


def check_proof(proof: EntryProof, log: VerifierKey, witnesses: Sequence[VerifierKey] = (), quorum: int = 0) -> Checked:
    """Check a proof with nothing but public keys (*kiểm bằng chứng*). Raises `Invalid` for a checkpoint that cannot be read."""
    note = parse_note(proof.checkpoint)
    head = parse_checkpoint(note.text)
    flaws = []
    if not verify_note(note, log):
        flaws.append(Flaw.SIGNATURE)
    seen_by = tuple(key.name for key in witnesses if cosigned_at(note, key) is not None)
    if len(set(seen_by)) < quorum:
        flaws.append(Flaw.WITNESSES)
    if not _leads_to(proof, head.size, head.root):
        flaws.append(Flaw.PATH)
    if not _opens(proof):
        flaws.append(Flaw.OPENING)
    return Checked(tuple(flaws), head.origin, head.size, seen_by)


def _leads_to(proof: EntryProof, size: int, root: bytes) -> bool:
    if not all(_HASH.fullmatch(step) for step in proof.path):
        return False
    path = [bytes.fromhex(step) for step in proof.path]
    return verify_inclusion(proof.index, size, leaf_hash(proof.entry.encode()), path, root)


def _opens(proof: EntryProof) -> bool:
    try:
        body = msgspec.json.decode(proof.entry, type=dict[str, object])
    except (msgspec.DecodeError, ValueError, RecursionError):
        return False
    return all(
        name in OPENABLE
        and _SALT.fullmatch(opening.salt)
        and body.get(name) == commitment(bytes.fromhex(opening.salt), opening.value)
        for name, opening in proof.openings.items()
    )
