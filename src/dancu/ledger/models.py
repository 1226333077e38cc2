"""The ledger's two tables. They are partitioned by half year, so the migration writes their SQL."""

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
