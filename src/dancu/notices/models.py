"""Tables of what goes out, what came in, and what people are told."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Step(models.Model):
    """An outbound step. The payload is sealed; `content` is a keyed hash, so that a repeat is told from another content."""

    id = models.UUIDField(primary_key=True)
    position = models.BigIntegerField(unique=True)  # from the sequence notices_position
    kind = models.TextField()
    key = models.TextField()
    destination = models.TextField()
    order_key = models.TextField(default="")
    owner = models.TextField()
    room = models.TextField()
    to = models.TextField(default="")
    about = models.TextField(default="")
    content = models.BinaryField()
    payload = models.BinaryField()
    state = models.TextField()
    created_at = models.DateTimeField()
    began_at = models.DateTimeField()  # of the round: sent first, or sent again by an operator
    due_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)
    leased_until = models.DateTimeField(null=True)
    attempts = models.IntegerField(default=0)  # of the round
    ended_at = models.DateTimeField(null=True)
    code = models.TextField(default="")
    words = models.TextField(default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="notices_step_once")]
        indexes = [
            models.Index(
                fields=["destination", "due_at", "position"],
                name="notices_step_ready",
                condition=Q(state__in=["waiting", "under_way"]),
            ),
            models.Index(
                fields=["order_key", "position"],
                name="notices_step_order",
                condition=Q(state__in=["waiting", "under_way", "quarantined"]) & ~Q(order_key=""),
            ),
            models.Index(fields=["state", "-position"], name="notices_step_list"),
            models.Index(fields=["destination", "-position"], name="notices_step_destination"),
            models.Index(fields=["ended_at"], name="notices_step_ended", condition=Q(ended_at__isnull=False)),
        ]


class Attempt(models.Model):
    """Append-only: when it was tried, how long it took, what came of it."""

    step_id = models.UUIDField()
    number = models.IntegerField()
    began_at = models.DateTimeField()
    milliseconds = models.IntegerField()
    outcome = models.TextField()
    code = models.TextField(default="")
    words = models.TextField(default="")
    digest = models.TextField(default="")

    class Meta:
        indexes = [models.Index(fields=["step_id", "id"], name="notices_attempt_of_step")]


class StepAction(models.Model):
    """Append-only: what operators did with steps."""

    step_id = models.UUIDField()
    at = models.DateTimeField()
    account = models.TextField()
    action = models.TextField()
    reason = models.TextField(default="")

    class Meta:
        indexes = [models.Index(fields=["step_id", "id"], name="notices_action_of_step")]


class Destination(models.Model):
    """The breaker of a destination."""

    name = models.TextField(primary_key=True)
    failures = models.IntegerField(default=0)
    open_until = models.DateTimeField(null=True)
    changed_at = models.DateTimeField()


class Inbox(models.Model):
    """What came in, once. Digest and result are keyed and sealed: they may be about a person."""

    pk = models.CompositePrimaryKey("source", "message_id")
    source = models.TextField()
    message_id = models.TextField()
    digest = models.BinaryField()
    result = models.BinaryField(null=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["source", "at"], name="notices_inbox_age")]


class Notice(models.Model):
    """Something somebody was told in our pages; one step tells once. The content is sealed."""

    step_id = models.UUIDField(unique=True)
    at = models.DateTimeField()
    account = models.TextField(default="")
    organisation = models.TextField(default="")
    role = models.TextField(default="")
    citizen = models.BinaryField(null=True)  # keyed hash of the personal number
    content = models.BinaryField()

    class Meta:
        indexes = [
            models.Index(fields=["account", "-id"], name="notices_of_account", condition=~Q(account="")),
            models.Index(fields=["organisation", "role", "-id"], name="notices_of_role", condition=~Q(role="")),
            models.Index(fields=["citizen", "-id"], name="notices_of_citizen", condition=Q(citizen__isnull=False)),
            models.Index(fields=["at"], name="notices_age"),
        ]


class NoticeRead(models.Model):
    """Who has read which."""

    pk = models.CompositePrimaryKey("notice_id", "account")
    notice_id = models.BigIntegerField()
    account = models.TextField()
    at = models.DateTimeField()
