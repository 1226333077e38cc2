"""Tables of kept lists. No number of a person stands here: a link holds the exchange's subscription, which seals it."""

from __future__ import annotations

from django.db import models


class KeptList(models.Model):
    """A list an organisation keeps linked to the registry, with the ground it stands on."""

    pk = models.CompositePrimaryKey("organisation", "id")
    organisation = models.TextField()
    id = models.UUIDField()
    name = models.TextField()
    profile = models.TextField()
    client_id = models.TextField()
    integration_code = models.TextField()
    procedure = models.TextField()
    purpose = models.TextField()
    legal_basis = models.TextField()
    ground = models.TextField()
    document = models.TextField()
    made_by = models.TextField()
    made_at = models.DateTimeField()
    taken_to = models.BigIntegerField()  # in the feed of the system: everything up to it was looked at
    last_number = models.BigIntegerField(default=0, db_default=0)  # of its own events
    ended_at = models.DateTimeField(null=True)
    end_reason = models.TextField(default="", db_default="")

    class Meta:
        db_table = "reconcile_keptlist"
        constraints = [models.CheckConstraint(condition=models.Q(ground__in=["law", "consent"]), name="kept_list_ground")]


class KeptLink(models.Model):
    """A record of the list and the subscription of its person; one row a record, whenever it was linked."""

    pk = models.CompositePrimaryKey("organisation", "list_id", "reference")
    organisation = models.TextField()
    list_id = models.UUIDField()
    reference = models.TextField()
    subscription_id = models.UUIDField()
    round = models.TextField()  # which comparison found her
    linked_by = models.TextField()
    linked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "reconcile_keptlink"
        indexes = [
            models.Index(
                fields=["organisation", "subscription_id"], name="kept_link_subscription", condition=models.Q(ended_at__isnull=True)
            )
        ]


class KeptSubscription(models.Model):
    """A subscription that was made for links: it ends with the last of them; others are somebody else's to end."""

    pk = models.CompositePrimaryKey("organisation", "subscription_id")
    organisation = models.TextField()
    subscription_id = models.UUIDField()

    class Meta:
        db_table = "reconcile_keptsubscription"


class KeptLinking(models.Model):
    """That the records of a round be linked to a list; the worker does it, also what was cut off."""

    pk = models.CompositePrimaryKey("organisation", "list_id", "round_id")
    organisation = models.TextField()
    list_id = models.UUIDField()
    round_id = models.UUIDField()
    round_code = models.TextField()
    asked_by = models.TextField()
    asked_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    linked = models.BigIntegerField(default=0, db_default=0)
    failure = models.TextField(default="", db_default="")
    failure_en = models.TextField(default="", db_default="")

    class Meta:
        db_table = "reconcile_keptlinking"


class KeptEvent(models.Model):
    """That something happened to the person of a record; what, once it was told; never a value."""

    pk = models.CompositePrimaryKey("organisation", "list_id", "number")
    organisation = models.TextField()
    list_id = models.UUIDField()
    number = models.BigIntegerField()
    reference = models.TextField()
    change_number = models.BigIntegerField()
    written_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)
    kind = models.TextField(default="", db_default="")
    entry = models.TextField(default="", db_default="")  # of the ledger, of the newest telling
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.TextField(default="", db_default="")

    class Meta:
        db_table = "reconcile_keptevent"
        indexes = [
            models.Index(
                fields=["organisation", "list_id", "number"],
                name="kept_event_waiting",
                condition=models.Q(acknowledged_at__isnull=True),
            ),
            models.Index(fields=["written_at"], name="kept_event_age"),
        ]
