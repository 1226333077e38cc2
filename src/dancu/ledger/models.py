"""The ledger's tables, as their migrations write them in SQL: entries and leaves are partitioned by half year."""

from __future__ import annotations

from django.db import models


class Entry(models.Model):
    """Immutable: canonical bytes, their leaf hash, the transaction that wrote them. Insert and select only."""

    pk = models.CompositePrimaryKey("at", "id")
    id = models.UUIDField()
    at = models.DateTimeField()
    tx = models.BigIntegerField()  # xid8 in the database: the cursor of everyone who reads forward
    body = models.BinaryField()
    leaf = models.BinaryField()  # computed by the database from the body

    class Meta:
        managed = False
        db_table = "ledger_entry"


class EntryDetail(models.Model):
    """Erasable: who was looked at, by which officer, for which dossier, and the salts of the commitments."""

    pk = models.CompositePrimaryKey("at", "entry_id")
    entry_id = models.UUIDField()
    at = models.DateTimeField()
    subject = models.TextField()
    officer = models.TextField()
    dossier_no = models.TextField()
    salts = models.BinaryField()

    class Meta:
        managed = False
        db_table = "ledger_entrydetail"


def _unmanaged(name: str, table: str) -> type[models.Model]:
    """A table read and written by SQL alone; known to Django so that it is counted among the tables of the room."""
    meta = type("Meta", (), {"managed": False, "db_table": table})
    return type(name, (models.Model,), {"__module__": __name__, "Meta": meta})


Log = _unmanaged("Log", "ledger_log")
Leaf = _unmanaged("Leaf", "ledger_leaf")
Tile = _unmanaged("Tile", "ledger_tile")
SignedHead = _unmanaged("SignedHead", "ledger_checkpoint")
WitnessLine = _unmanaged("WitnessLine", "ledger_cosignature")
SequencerState = _unmanaged("SequencerState", "ledger_sequencer")
Epoch = _unmanaged("Epoch", "ledger_epoch")
Seal = _unmanaged("Seal", "ledger_seal")
DayCount = _unmanaged("DayCount", "ledger_daycount")
AnswerCount = _unmanaged("AnswerCount", "ledger_answercount")
