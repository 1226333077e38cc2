"""Tables of the desk. Organisation is the distribution key; actions are append-only."""

from __future__ import annotations

from django.db import models
from django.db.models.fields.json import KeyTextTransform


class Draft(models.Model):
    """A form being filled: what came from the registry, what was typed. Its id makes receiving happen once."""

    id = models.UUIDField(primary_key=True)
    organisation = models.TextField()
    officer = models.TextField()
    procedure = models.TextField()
    claim = models.JSONField()
    persons = models.JSONField(default=dict)  # role → facts, reference, at
    typed = models.JSONField(default=dict)
    disputed = models.JSONField(default=list)
    later_reason = models.TextField(default="")
    created_at = models.DateTimeField()


class Dossier(models.Model):
    pk = models.CompositePrimaryKey("organisation", "number")
    organisation = models.TextField()
    number = models.TextField()
    organisation_name = models.TextField()
    unit_name = models.TextField()
    procedure = models.TextField()
    draft_id = models.UUIDField()
    applicant_name = models.TextField()
    applicant_number = models.TextField()
    form = models.JSONField()
    received_at = models.DateTimeField()
    due_at = models.DateTimeField()
    state = models.SmallIntegerField()
    comparison = models.TextField(default="compared")
    compare_attempts = models.IntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "draft_id"], name="dossier_one_per_draft")]
        indexes = [
            models.Index(fields=["organisation", "-received_at", "number"], name="dossier_newest"),
            models.Index(fields=["organisation", "due_at"], name="dossier_open_due", condition=models.Q(state__in=[2, 4, 5, 6])),
            models.Index(fields=["received_at"], name="dossier_pending", condition=models.Q(comparison="pending")),
        ]


class DossierAction(models.Model):
    pk = models.CompositePrimaryKey("organisation", "number", "sequence")
    organisation = models.TextField()
    number = models.TextField()
    sequence = models.IntegerField()
    kind = models.TextField()
    at = models.DateTimeField()
    by = models.TextField()
    data = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(KeyTextTransform("reference", "data"), name="action_reference")]


class DossierSerial(models.Model):
    """The last serial an organisation gave out on a day."""

    pk = models.CompositePrimaryKey("organisation", "day")
    organisation = models.TextField()
    day = models.DateField()
    last = models.IntegerField()
