"""Planting persons who do not exist, and remembering sealed who they are."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from dancu.exchange import store
from dancu.exchange.planted import seal_planted
from dancu.kernel.sealing import SealingKey
from dancu.ledger import api as ledger
from dancu.population import api as population


def plant_watermarks(count: int, seed: str, *, key: SealingKey, by: str, now: datetime) -> int:
    """Plant persons in the registry whom nobody lawful asks for (*cài người đánh dấu*). How many stand is given and recorded.

    Their numbers are kept sealed; no answer, search or list tells them apart. Raises `Conflict` in an empty registry.
    """
    with transaction.atomic():
        numbers = population.plant_persons(count, seed)
        store.add_planted([seal_planted(key, number) for number in numbers], now)
        ledger.record(ledger.Act(ledger.ActKind.ADMINISTER, f"watermark.planted:{count}", "", "", by), now=now)
    return store.count_planted()


def planted_numbers(*, key: SealingKey) -> frozenset[int]:
    """Whom every count, list and payment leaves out (*số của người đánh dấu*): for rooms that read the whole registry."""
    return store.planted_numbers(key)
