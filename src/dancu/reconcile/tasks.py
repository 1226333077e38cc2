"""Background jobs of the room. A round runs in a process of its own; the job here only begins it."""

from __future__ import annotations

from django.conf import settings
from procrastinate.contrib.django import app

from dancu.kernel import clock
from dancu.kernel.reach import SYSTEM, acting
from dancu.reconcile import api, child
from dancu.reconcile.kept import linking
from dancu.reconcile.kept import usecases as kept
from dancu.reconcile.phones import passing, writing
from dancu.reconcile.usecases import working

PHONES_SECONDS = 12.0  # of every fifteen: other work of the worker comes between


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


@app.periodic(cron="* * * * * */15")
@app.task(queue="reconcile", queueing_lock="kept_linking")
def link_finished_rounds(timestamp: int) -> None:
    """Every fifteen seconds: records of finished rounds that are to be linked to kept lists."""
    with acting(SYSTEM):
        linking.link_due(settings.CONFIG, now=clock.now())


@app.periodic(cron="* * * * * */15")
@app.task(queue="reconcile", queueing_lock="phone_passing")
def pass_phones_on(timestamp: int) -> None:
    """Every fifteen seconds: matched subscribers of rounds that are to flow towards the registry."""
    with acting(SYSTEM):
        passing.pass_due(settings.CONFIG, now=clock.now(), seconds=PHONES_SECONDS)


@app.periodic(cron="* * * * * */15")
@app.task(queue="reconcile", queueing_lock="phone_writing")
def write_phones(timestamp: int) -> None:
    """Every fifteen seconds: telephone numbers whose batch was approved."""
    with acting(SYSTEM):
        writing.write_due(now=clock.now(), seconds=PHONES_SECONDS)


@app.periodic(cron="35 * * * *")
@app.task(queue="reconcile", queueing_lock="tidy_kept")
def tidy_kept_lists(timestamp: int) -> None:
    """Every hour: lists whose grant is gone, events older than they are kept."""
    with acting(SYSTEM):
        kept.end_without_grant(now=clock.now())
        kept.forget_old_events(now=clock.now())


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
        working.tidy(settings.CONFIG, now=clock.now())
