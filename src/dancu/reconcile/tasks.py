"""Background jobs of the room. A round runs in a process of its own; the job here only begins it."""

from __future__ import annotations

from django.conf import settings
from procrastinate.contrib.django import app

from dancu.kernel import clock
from dancu.kernel.reach import SYSTEM, acting
from dancu.reconcile import child
from dancu.reconcile.usecases import working


@app.periodic(cron="* * * * * */2")
@app.task(queue="reconcile", queueing_lock="reconcile_rounds")
def begin_rounds(timestamp: int) -> None:
    """Every two seconds: rounds that are due, and those whose worker was killed."""
    with acting(SYSTEM):
        for round_id in working.take_due(now=clock.now()):
            child.begin(round_id)


@app.periodic(cron="35 * * * *")
@app.task(queue="reconcile", queueing_lock="reconcile_tidy")
def tidy_rounds(timestamp: int) -> None:
    """Every hour: work files of rounds that ended long ago."""
    with acting(SYSTEM):
        working.tidy(settings.CONFIG.home, now=clock.now())
