"""Background jobs of the gate."""

from __future__ import annotations

from procrastinate.contrib.django import app

from dancu.kernel import clock
from dancu.kernel.reach import SYSTEM, acting
from dancu.onboarding.axes.usecases import let_conclusions_lapse
from dancu.onboarding.reminders.usecases import remind


@app.periodic(cron="30 7 * * *")
@app.task(queue="onboarding", queueing_lock="remind_of_days")
def remind_of_days(timestamp: int) -> None:
    """Every morning: conclusions that are over say so, and whoever has a day to keep is reminded, on working days."""
    with acting(SYSTEM):
        let_conclusions_lapse(now=clock.now())
        remind(now=clock.now())
