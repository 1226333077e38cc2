"""The door of the ledger."""

from dancu.ledger.domain import Act, ActKind, commitment
from dancu.ledger.store import RecordedEntry
from dancu.ledger.usecases import count, entry_by_reference, latest, record, record_all

__all__ = ["Act", "ActKind", "RecordedEntry", "commitment", "count", "entry_by_reference", "latest", "record", "record_all"]
