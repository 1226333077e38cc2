"""Background jobs of the room."""

from __future__ import annotations

from django.conf import settings
from procrastinate.contrib.django import app

from dancu.kernel import clock
from dancu.kernel.reach import SYSTEM, acting
from dancu.reconcile import api
from dancu.reconcile.kept import usecases as kept


@app.periodic(cron="15 1 * * *")
@app.task(queue="reconcile", queueing_lock="take_snapshot")
def take_tonights_snapshot(timestamp: int) -> None:
    """Every night: a version of the registry to compare lists with."""
    with acting(SYSTEM):
        api.take_nightly(settings.CONFIG, now=clock.now())


@app.periodic(cron="* * * * * */15")
@app.task(queue="reconcile", queueing_lock="kept_changes")
def bring_changes_to_kept_lists(timestamp: int) -> None:
    """Every fifteen seconds: what changed about linked persons; lists that ended and still have links."""
    with acting(SYSTEM):
        kept.finish_ending(now=clock.now())
        kept.take_changes(now=clock.now())


@app.periodic(cron="35 * * * *")
@app.task(queue="reconcile", queueing_lock="tidy_kept")
def tidy_kept_lists(timestamp: int) -> None:
    """Every hour: lists whose grant is gone, events older than they are kept."""
    with acting(SYSTEM):
        kept.end_without_grant(now=clock.now())
        kept.forget_old_events(now=clock.now())
