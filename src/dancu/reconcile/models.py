"""Tables of the room: lists, their rounds, what was done to them, cases for review, limits; those of its parts stand with them."""

from __future__ import annotations

from django.db import models

from dancu.reconcile.kept.models import KeptEvent, KeptLink, KeptLinking, KeptList, KeptSubscription
from dancu.reconcile.phones.models import PhoneClaim, PhonePassing, PhoneStep, PhoneWriting

__all__ = [
    "KeptEvent", "KeptLink", "KeptLinking", "KeptList", "KeptSubscription", "Limit", "ListKey", "PhoneClaim", "PhonePassing",
    "PhoneStep", "PhoneWriting", "ReviewCase", "Round", "RoundAction", "SourceList",
]  # fmt: skip


class SourceList(models.Model):
    """A list an organisation keeps, and by what right it is compared."""

    id = models.UUIDField(primary_key=True)
    organisation = models.TextField()
    name = models.TextField()
    profile = models.TextField()
    source = models.TextField()
    purpose = models.TextField()
    legal_basis = models.TextField()
    account = models.TextField()
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["organisation", "-created_at", "id"], name="sourcelist_of")]


class Round(models.Model):
    """One comparison. The worker that runs it writes how far it is and hears here what its owner asks."""

    id = models.UUIDField(primary_key=True)
    list_id = models.UUIDField()
    organisation = models.TextField()
    number = models.IntegerField()
    state = models.TextField()
    asked = models.TextField(default="")
    scope = models.TextField(default="whole")
    file_name = models.TextField()
    file_digest = models.TextField()
    file_bytes = models.BigIntegerField()
    mapping = models.JSONField(default=dict)
    grouped_by = models.TextField(default="")
    stage = models.TextField(default="")
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    rate = models.FloatField(default=0)
    counts = models.JSONField(default=dict)
    records = models.BigIntegerField(default=0)
    snapshot_version = models.TextField(default="")
    report = models.JSONField(null=True)
    failure = models.TextField(default="")
    failure_en = models.TextField(default="")
    failures = models.IntegerField(default=0)  # runs that ended without a word
    account = models.TextField()
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    queued_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    heartbeat_at = models.DateTimeField(null=True)
    work_removed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["organisation", "-created_at", "id"], name="round_of"),
            models.Index(fields=["state", "queued_at"], name="round_open", condition=models.Q(state__in=["queued", "comparing"])),
        ]
        constraints = [models.UniqueConstraint(fields=["list_id", "number"], name="round_number")]


class RoundAction(models.Model):
    """Append-only: what was done to a round, by whom. Nothing in it is about a person."""

    pk = models.CompositePrimaryKey("round_id", "sequence")
    round_id = models.UUIDField()
    sequence = models.IntegerField()
    organisation = models.TextField()
    kind = models.TextField()
    at = models.DateTimeField()
    account = models.TextField()
    data = models.JSONField(default=dict)
    entry = models.TextField(default="")  # of the ledger


class ReviewCase(models.Model):
    """A near match for the registry's reviewers. The record stands sealed, and is gone once decided."""

    id = models.UUIDField(primary_key=True)
    round_id = models.UUIDField()
    list_id = models.UUIDField()
    organisation = models.TextField()
    row = models.BigIntegerField()
    reference = models.TextField(default="")
    reasons = models.TextField(default="")
    sealed = models.BinaryField()
    asked_by = models.TextField()
    asked_at = models.DateTimeField()
    conclusion = models.TextField(default="")
    reason = models.TextField(default="")
    account = models.TextField(default="")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["asked_at", "id"], name="reviewcase_open", condition=models.Q(conclusion=""))]
        constraints = [models.UniqueConstraint(fields=["round_id", "row"], name="reviewcase_row")]


class Limit(models.Model):
    """Limits of an organisation where they are not the usual ones; the newest row holds."""

    organisation = models.TextField()
    since = models.DateTimeField()
    rounds_at_once = models.IntegerField()
    records_a_day = models.BigIntegerField()
    file_bytes = models.BigIntegerField()
    author = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "since"], name="limit_since")]


class ListKey(models.Model):
    """What a program of a list's owner shows instead of signing in; of the secret only its digest stands here."""

    id = models.UUIDField(primary_key=True)
    list_id = models.UUIDField()
    organisation = models.TextField()
    name = models.TextField()
    digest = models.TextField(unique=True)
    officer_id = models.BigIntegerField()
    account = models.TextField()
    created_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["list_id", "-created_at"], name="listkey_of")]
