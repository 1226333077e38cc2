"""The door of the ledger."""

from dancu.ledger.about import Affected, EntryAbout, Position, entries_about, subjects_of
from dancu.ledger.domain import Act, ActKind
from dancu.ledger.logs import Log
from dancu.ledger.proofs import EntryProof
from dancu.ledger.proving import latest_checkpoint, logs, proof_at, prove
from dancu.ledger.store import RecordedEntry
from dancu.ledger.tallies import Tally, tallies_about
from dancu.ledger.usecases import count, entry_by_reference, erase, latest, lift_seal, record, record_all

__all__ = [
    "Act",
    "ActKind",
    "Affected",
    "EntryAbout",
    "EntryProof",
    "Log",
    "Position",
    "RecordedEntry",
    "Tally",
    "count",
    "entries_about",
    "entry_by_reference",
    "erase",
    "latest",
    "latest_checkpoint",
    "lift_seal",
    "logs",
    "proof_at",
    "prove",
    "record",
    "record_all",
    "subjects_of",
    "tallies_about",
]
