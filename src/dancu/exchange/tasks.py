"""Background jobs of the exchange."""

from __future__ import annotations

from procrastinate.contrib.django import app

from dancu.exchange.telling import tell_of_alarms
from dancu.exchange.usecases import forget_what_has_served
from dancu.kernel import clock
from dancu.kernel.reach import SYSTEM, acting


@app.periodic(cron="10 * * * *")
@app.task(queue="exchange", queueing_lock="forget_what_has_served")
def forget_old_answers(timestamp: int) -> None:
    """Every hour: answers kept for repeats, which may hold facts about people, and old counts of unknown callers."""
    with acting(SYSTEM):
        forget_what_has_served(now=clock.now())


@app.periodic(cron="* * * * *")
@app.task(queue="exchange", queueing_lock="tell_of_alarms")
def tell_operator(timestamp: int) -> None:
    """Every minute: who was suspended or came near it, and has not been told of."""
    with acting(SYSTEM):
        tell_of_alarms(now=clock.now())
