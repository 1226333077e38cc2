"""Tables of requests. What was done to a request is only added to; its state beside it is an index."""

from __future__ import annotations

from django.db import models


class Request(models.Model):
    """One line a request for lists; everything in it follows from its actions."""

    id = models.UUIDField(primary_key=True)
    kind = models.TextField()
    state = models.TextField()
    subject = models.BigIntegerField()
    organisation = models.TextField()
    author = models.TextField()
    author_unit = models.TextField()
    actions = models.IntegerField()
    changed_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["state", "submitted_at", "id"], name="request_waiting"),
            models.Index(fields=["author_unit", "-changed_at", "id"], name="request_of_unit"),
            models.Index(fields=["subject"], name="request_subject"),
        ]


class RequestAction(models.Model):
    """Append-only. A trigger holds four eyes here once more: `registrar_four_eyes`."""

    pk = models.CompositePrimaryKey("request_id", "sequence")
    request_id = models.UUIDField()
    sequence = models.IntegerField()
    kind = models.TextField()
    at = models.DateTimeField()
    account = models.TextField()
    unit = models.TextField()
    holder = models.TextField()
    acting_for = models.JSONField(null=True)
    content = models.JSONField(null=True)
    digest = models.TextField(default="")
    text = models.TextField(default="")
