"""Tables of the exchange: answers kept for repeated requests, use of the registry by officers, the bounded security log."""

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
