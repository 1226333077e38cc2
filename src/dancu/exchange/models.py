"""Tables of the exchange: answers kept for repeated requests, use of the registry by officers, the bounded security log,
what limits on extraction are counted from, and usage. No number of a person stands here in the open or under a bare hash.
"""

from __future__ import annotations

from django.db import models


class Idempotency(models.Model):
    """One answered request of the public API under its caller's key; the answer is sealed, it may hold facts."""

    pk = models.CompositePrimaryKey("client_id", "key")
    client_id = models.TextField()
    key = models.TextField()
    answer = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["at"], name="idempotency_at")]


class Nonce(models.Model):
    """A signed message that was taken, so that it is not taken again; kept for an hour."""

    pk = models.CompositePrimaryKey("issuer", "nonce")
    issuer = models.TextField()
    nonce = models.TextField()
    at = models.DateTimeField()


class RegistryUse(models.Model):
    """What one registry officer did in one hour, counted: never whom about."""

    pk = models.CompositePrimaryKey("officer", "hour")
    officer = models.TextField()
    hour = models.DateTimeField()
    searched = models.IntegerField(default=0)
    listed = models.IntegerField(default=0)
    opened = models.IntegerField(default=0)


class SecurityEvent(models.Model):
    """Calls of unknown callers, counted per hour, kind and network: bounded by construction, no personal data."""

    pk = models.CompositePrimaryKey("hour", "kind", "source")
    hour = models.DateTimeField()
    kind = models.TextField()
    source = models.TextField()
    count = models.BigIntegerField()
    told = models.BigIntegerField(default=0, db_default=0)  # of these the monitoring centre was told


class ExtractionUse(models.Model):
    """What one scope (officer, system, organisation) asked in one stretch of time, as one process counted it.

    Every process has rows of its own and writes whole totals into them, so nobody waits for anybody.
    """

    pk = models.CompositePrimaryKey("scope", "minutes", "slot", "writer")
    scope = models.TextField()
    minutes = models.SmallIntegerField()  # 5, 60 or 1440
    slot = models.BigIntegerField()  # when it begins, in seconds since 1970
    writer = models.TextField()
    calls = models.BigIntegerField(default=0)
    unknown = models.BigIntegerField(default=0)
    differs = models.BigIntegerField(default=0)
    explained = models.BigIntegerField(default=0)
    undated = models.BigIntegerField(default=0)
    learned = models.BigIntegerField(default=0)
    planted = models.BigIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["minutes", "slot"], name="extraction_use_slot")]


class Learned(models.Model):
    """Somebody an organisation learned about: a keyed hash of both (`marks.SubjectMarks`), nothing else."""

    mark = models.BigIntegerField(primary_key=True)
    day = models.DateField()


class Attempt(models.Model):
    """Misses of one organisation about one number, under the same keyed hash."""

    mark = models.BigIntegerField(primary_key=True)
    day = models.DateField()  # of the newest
    in_day = models.IntegerField()
    since = models.DateField()  # of the first in these thirty days
    in_thirty_days = models.IntegerField()

    class Meta:
        indexes = [models.Index(fields=["day"], name="attempt_day")]


class Alarm(models.Model):
    """A line somebody crossed that the operator is told of; a suspension is one. They stay: the next comes sooner."""

    client_id = models.TextField()
    organisation = models.TextField()
    officer = models.TextField()
    level = models.TextField()
    line = models.TextField()
    verdict = models.TextField()  # alarm or suspend
    scope = models.TextField()
    slot = models.BigIntegerField()
    at = models.DateTimeField()
    reference = models.TextField(default="", db_default="")  # of the ledger entry of a suspension
    told_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)  # to the monitoring centre

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scope", "line", "slot", "client_id"], name="alarm_once")]


class Planted(models.Model):
    """A person who does not exist, planted to notice who asks for her; the number is sealed."""

    sealed = models.BinaryField()
    planted_at = models.DateTimeField()


class ShadowCount(models.Model):
    """What was compared beside a service in use, counted by day, operation and element: no values, no persons."""

    pk = models.CompositePrimaryKey("day", "client_id", "operation", "kind", "path")
    day = models.DateField()
    client_id = models.TextField()
    operation = models.TextField()
    kind = models.TextField()
    path = models.TextField()
    count = models.BigIntegerField()


class Subscription(models.Model):
    """A person a system is told of from now on, under one of its grants. Her number is sealed; her marks are keyed hashes."""

    id = models.UUIDField(primary_key=True)
    client_id = models.TextField()
    organisation = models.TextField()
    integration_code = models.TextField()
    procedure = models.TextField()
    purpose = models.TextField()
    legal_basis = models.TextField()
    subject_ref = models.TextField()  # the subscriber's own, never a personal number
    mark = models.BinaryField()  # of the number she was subscribed under
    sealed = models.BinaryField()  # `subscriptions.Sealed`: her number, the dossier, the officer
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    end_reason = models.TextField(default="", db_default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["client_id", "integration_code", "procedure", "mark"],
                name="subscription_once",
                condition=models.Q(ended_at__isnull=True),
            )
        ]
        indexes = [models.Index(fields=["client_id", "id"], name="subscription_of_client")]


class SubscriptionMark(models.Model):
    """Under which numbers a subscribed person is known: her own, and the one it leads to as things stand."""

    pk = models.CompositePrimaryKey("mark", "subscription_id")
    mark = models.BinaryField()
    subscription_id = models.UUIDField()


class Subscriber(models.Model):
    """How far the changes written for one system go, from where they are kept, how far it has come, where they are pushed."""

    client_id = models.TextField(primary_key=True)
    last_number = models.BigIntegerField(default=0, db_default=0)
    forgotten_to = models.BigIntegerField(default=0, db_default=0)
    pulled = models.BigIntegerField(default=0, db_default=0)
    pulled_at = models.DateTimeField(null=True)
    webhook = models.TextField(default="", db_default="")


class FeedChange(models.Model):
    """That something changed about a subscribed person, and which items; values are read when it is told."""

    pk = models.CompositePrimaryKey("client_id", "number")
    client_id = models.TextField()
    number = models.BigIntegerField()  # without gaps for each system: its cursor
    id = models.UUIDField()  # the same when it is told again
    subscription_id = models.UUIDField()
    kind = models.TextField()
    items = models.JSONField()
    recorded_at = models.DateTimeField()
    written_at = models.DateTimeField()  # read under the writer's lock: windows of time are told by it

    class Meta:
        indexes = [
            models.Index(fields=["client_id", "written_at"], name="feed_change_written"),
            models.Index(fields=["subscription_id", "number"], name="feed_change_of_person"),
            models.Index(fields=["written_at"], name="feed_change_age"),
        ]


class ListRequest(models.Model):
    """A list by criteria that a system asked for. What it asked and how far the work is, is sealed: both may name persons."""

    id = models.UUIDField(primary_key=True)
    client_id = models.TextField()
    organisation = models.TextField()
    key = models.TextField(default="", db_default="")  # the caller's own, so that asking again asks once
    state = models.TextField()
    reason = models.TextField(default="", db_default="")
    sealed = models.BinaryField()  # `lists.Asked`
    progress = models.BinaryField()  # `lists.Progress`
    found = models.IntegerField(default=0, db_default=0)
    pages = models.IntegerField(default=0, db_default=0)
    failures = models.IntegerField(default=0, db_default=0)
    at = models.DateTimeField()
    changed_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["client_id", "key"], name="list_request_once", condition=~models.Q(key="")),
        ]
        indexes = [
            models.Index(fields=["client_id", "id"], name="list_request_of_client"),
            models.Index(fields=["changed_at"], name="list_request_open", condition=models.Q(state__in=["received", "running"])),
        ]


class ListPage(models.Model):
    """Persons of a list, sealed; once told, with what was told to whom."""

    pk = models.CompositePrimaryKey("request_id", "number")
    request_id = models.UUIDField()
    number = models.IntegerField()
    sealed = models.BinaryField()  # `lists.Page`
    told_at = models.DateTimeField(null=True)


class ListStep(models.Model):
    """Append-only: the states a list went through."""

    pk = models.CompositePrimaryKey("request_id", "number")
    request_id = models.UUIDField()
    number = models.IntegerField()
    at = models.DateTimeField()
    state = models.TextField()
    reason = models.TextField(default="", db_default="")


class Usage(models.Model):
    """How often a system asked on a day or in a month, for which service and procedure, and how it ended.

    The row of a day without a writer is what was merged; a month has the sum of its merged days.
    """

    pk = models.CompositePrimaryKey("grain", "day", "organisation", "system", "integration", "kind", "procedure", "writer")
    grain = models.TextField()  # day or month
    day = models.DateField()  # of a month the first
    organisation = models.TextField()
    system = models.TextField()
    integration = models.TextField()
    kind = models.TextField()
    procedure = models.TextField()
    writer = models.TextField(default="")
    matched = models.BigIntegerField(default=0, db_default=0)
    missed = models.BigIntegerField(default=0, db_default=0)
    refused = models.BigIntegerField(default=0, db_default=0)
    throttled = models.BigIntegerField(default=0, db_default=0)

    class Meta:
        indexes = [
            models.Index(fields=["organisation", "grain", "day"], name="usage_organisation"),
            models.Index(fields=["day"], name="usage_unmerged", condition=~models.Q(writer="")),
        ]
        constraints = [models.CheckConstraint(condition=models.Q(grain__in=["day", "month"]), name="usage_grain")]
