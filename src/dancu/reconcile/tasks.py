"""Background jobs of reconciliation."""

from __future__ import annotations

from django.conf import settings
from procrastinate.contrib.django import app

from dancu.kernel import clock
from dancu.kernel.reach import SYSTEM, acting
from dancu.reconcile import api


@app.periodic(cron="15 1 * * *")
@app.task(queue="reconcile", queueing_lock="take_snapshot")
def take_tonights_snapshot(timestamp: int) -> None:
    """Every night: a version of the registry to compare lists with."""
    with acting(SYSTEM):
        api.take_nightly(settings.CONFIG, now=clock.now())
