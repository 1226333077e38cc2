"""Background jobs of the desk. None takes a lock: the lock of a job whose worker was killed would never be given back."""

from __future__ import annotations

from procrastinate.contrib.django import app

from dancu.kernel import clock
from dancu.kernel.reach import NOBODY, SYSTEM, acting
from dancu.procedures.usecases.compare_later import compare_pending
from dancu.procedures.usecases.dossiers import forget_old_drafts


@app.periodic(cron="* * * * * */15")
@app.task(queue="desk", queueing_lock="compare_pending")
def compare_received_dossiers(timestamp: int) -> None:
    """Every quarter of a minute: dossiers received while the registry did not answer."""
    with acting(NOBODY):  # each dossier is compared for its own organisation
        compare_pending(now=clock.now())


@app.periodic(cron="40 2 * * *")
@app.task(queue="desk", queueing_lock="forget_drafts")
def forget_unsent_forms(timestamp: int) -> None:
    """Every night: forms nobody sent, which hold what the registry said about people."""
    with acting(SYSTEM):
        forget_old_drafts(now=clock.now())
