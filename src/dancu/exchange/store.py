"""What the exchange keeps for a while only."""

from __future__ import annotations

from datetime import datetime

from dancu.exchange.models import Idempotency, SecurityEvent


def delete_answers(before: datetime) -> int:
    return int(Idempotency.objects.filter(at__lt=before).delete()[0])


def delete_security_events(before: datetime) -> int:
    return int(SecurityEvent.objects.filter(hour__lt=before).delete()[0])
