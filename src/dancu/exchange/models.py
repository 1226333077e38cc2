"""Tables of the exchange: answers kept for repeated requests, use of the registry by officers, the bounded security log,
and what limits on extraction are counted from. No number of a person stands here in the open or under a bare hash.
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

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scope", "line", "slot", "client_id"], name="alarm_once")]


class Planted(models.Model):
    """A person who does not exist, planted to notice who asks for her; the number is sealed."""

    sealed = models.BinaryField()
    planted_at = models.DateTimeField()
