"""Tables of the desk. What was done is only added to; a line beside it is an index. Every row says whose it is."""

from __future__ import annotations

from django.db import models


class Desk(models.Model):
    """The organisation whose officers handle the cases, from a day on."""

    since = models.DateTimeField()
    organisation = models.TextField()
    author = models.TextField()


class Case(models.Model):
    """One line a case for lists; everything in it follows from its actions, but who it is about, which stands sealed here."""

    id = models.UUIDField(primary_key=True)
    organisation = models.TextField()  # whose desk; empty: nobody's yet
    kind = models.TextField()
    state = models.TextField()
    subject_key = models.BinaryField()  # keyed hash: finds, does not name
    subject_sealed = models.BinaryField()
    about = models.UUIDField(null=True)  # the ledger entry objected to
    asked_organisation = models.TextField(default="")
    assignee = models.TextField(default="")
    actions = models.IntegerField()
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["organisation", "state", "due_at", "id"], name="case_by_due"),
            models.Index(fields=["subject_key", "opened_at"], name="case_subject"),
            models.Index(fields=["asked_organisation", "state"], name="case_asked"),
        ]


class CaseAction(models.Model):
    """Append-only. `text` may speak of people and is sealed; `data` never does."""

    pk = models.CompositePrimaryKey("case_id", "sequence")
    case_id = models.UUIDField()
    sequence = models.IntegerField()
    organisation = models.TextField()
    kind = models.TextField()
    at = models.DateTimeField()
    account = models.TextField()
    unit = models.TextField()
    holder = models.TextField()
    text_sealed = models.BinaryField()
    data = models.JSONField()
