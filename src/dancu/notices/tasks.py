"""Background jobs of sending. None takes a lock: the lock of a job whose worker was killed would never be given back."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string
from procrastinate.contrib.django import app

from dancu.kernel import clock
from dancu.kernel.reach import SYSTEM, acting
from dancu.notices.domain.delivery import Handler
from dancu.notices.lanes import Lanes
from dancu.notices.store import steps as store
from dancu.notices.usecases.deliver import deliver_to
from dancu.notices.usecases.receive import forget_old
from dancu.notices.usecases.send import QUEUE, TASK


@app.periodic(cron="* * * * * */10")
@app.task(queue=QUEUE, queueing_lock=TASK, name=TASK)
def deliver_steps(timestamp: int) -> None:
    """Whenever something was handed to the outbox, and every ten seconds: start a lane for each destination that waits."""
    with acting(SYSTEM):
        due = store.destinations_due(clock.now())
    for destination in due:
        _lanes().go(destination)


@app.periodic(cron="20 3 * * *")
@app.task(queue=QUEUE, queueing_lock="notices.forget_old")
def forget_old_receipts(timestamp: int) -> None:
    """Every night: receipts nobody will repeat, contents of what was sent long ago."""
    with acting(SYSTEM):
        forget_old(now=clock.now())


@cache
def _lanes() -> Lanes:
    return Lanes(_deliver)


def _deliver(destination: str) -> None:
    with acting(SYSTEM):  # a lane is a thread of its own, which begins as nobody's work
        deliver_to(destination, handlers(), clock.now)


@cache
def handlers() -> Mapping[str, Handler]:
    """Kind → handler, put together in the wiring of the project."""
    return {kind: import_string(path) for kind, path in settings.OUTBOX_HANDLERS.items()}
