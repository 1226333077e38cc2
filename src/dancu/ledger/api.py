"""The door of the ledger."""

from dancu.ledger.about import Affected, EntryAbout, Position, entries_about, subjects_of
from dancu.ledger.counts import Family
from dancu.ledger.days import DayFigures, latest_days
from dancu.ledger.domain import Act, ActKind, commitment
from dancu.ledger.epochs import Operator
from dancu.ledger.keyring import ProofKeys, keys_for
from dancu.ledger.logs import Log
from dancu.ledger.operating import Keeper, audit_database, begin_epoch, export_logs, go_on
from dancu.ledger.proofs import EntryProof
from dancu.ledger.proving import day_note, halted, latest_checkpoint, logs, proof_at, prove, staleness
from dancu.ledger.staleness import Freshness, Staleness
from dancu.ledger.store import RecordedEntry
from dancu.ledger.usecases import count, entry_by_reference, erase, latest, lift_seal, record, record_all

__all__ = [
    "Act",
    "ActKind",
    "Affected",
    "DayFigures",
    "EntryAbout",
    "EntryProof",
    "Family",
    "Freshness",
    "Keeper",
    "Log",
    "Operator",
    "Position",
    "ProofKeys",
    "RecordedEntry",
    "Staleness",
    "audit_database",
    "begin_epoch",
    "commitment",
    "count",
    "day_note",
    "entries_about",
    "entry_by_reference",
    "erase",
    "export_logs",
    "go_on",
    "halted",
    "keys_for",
    "latest",
    "latest_checkpoint",
    "latest_days",
    "lift_seal",
    "logs",
    "proof_at",
    "prove",
    "record",
    "record_all",
    "staleness",
    "subjects_of",
]
