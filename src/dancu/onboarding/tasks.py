"""Background jobs of the gate."""

from __future__ import annotations

from procrastinate.contrib.django import app

from dancu.kernel import clock
from dancu.kernel.reach import SYSTEM, acting
from dancu.onboarding.keys import warn_of_expiry


@app.periodic(cron="15 7 * * *")
@app.task(queue="onboarding", queueing_lock="warn_of_expiry")
def warn_of_keys(timestamp: int) -> None:
    """Every morning: keys and certificates that end within 30 or within 7 days."""
    with acting(SYSTEM):
        warn_of_expiry(now=clock.now())
