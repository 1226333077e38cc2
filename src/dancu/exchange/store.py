"""What the exchange keeps for a while only."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F

from dancu.exchange.budgets import Use
from dancu.exchange.models import Idempotency, RegistryUse, SecurityEvent


def delete_answers(before: datetime) -> int:
    return int(Idempotency.objects.filter(at__lt=before).delete()[0])


def delete_security_events(before: datetime) -> int:
    return int(SecurityEvent.objects.filter(hour__lt=before).delete()[0])


def delete_registry_use(before: datetime) -> int:
    return int(RegistryUse.objects.filter(hour__lt=before).delete()[0])


def registry_use_for_update(officer: str, hour: datetime, day: datetime) -> tuple[Use, Use]:
    """What an officer did in this hour and since the day began. Her next request waits until this one is counted."""
    RegistryUse.objects.bulk_create([RegistryUse(officer=officer, hour=hour)], ignore_conflicts=True)
    this = RegistryUse.objects.select_for_update().values_list("searched", "listed", "opened").get(officer=officer, hour=hour)
    hours = RegistryUse.objects.filter(officer=officer, hour__gte=day).values_list("searched", "listed", "opened")
    searched, listed, opened = (sum(column) for column in zip(*hours, strict=True))
    return Use(*this), Use(searched, listed, opened)


def add_registry_use(officer: str, hour: datetime, more: Use) -> None:
    RegistryUse.objects.filter(officer=officer, hour=hour).update(
        searched=F("searched") + more.searched, listed=F("listed") + more.listed, opened=F("opened") + more.opened
    )
