"""Background jobs of the registry. None takes a lock of its own: the lock of a job whose worker was killed would stay."""

from __future__ import annotations

from procrastinate.contrib.django import app

from dancu.kernel import clock
from dancu.kernel.reach import SYSTEM, acting
from dancu.population.search import following


@app.periodic(cron="* * * * * */5")
@app.task(queue="population", queueing_lock="follow_changes")
def file_changed_persons(timestamp: int) -> None:
    """Every five seconds: the index of names takes in what was changed."""
    with acting(SYSTEM):
        following.follow_changes()


@app.periodic(cron="*/5 * * * *")
@app.task(queue="population", queueing_lock="index_loaded")
def file_loaded_persons(timestamp: int) -> None:
    """Every five minutes: persons of a load that was stopped before it filed them."""
    with acting(SYSTEM):
        following.index_loaded(now=clock.now(), left_behind=True)
