"""Background jobs of the desk. None takes a lock of its own: the lock of a job whose worker was killed would stay."""

from __future__ import annotations

from procrastinate.contrib.django import app

from dancu.kernel import clock
from dancu.kernel.reach import SYSTEM, acting
from dancu.protection.usecases import affected, register


@app.periodic(cron="* * * * * */5")
@app.task(queue="protection", queueing_lock="affected")
def derive_affected_persons(timestamp: int) -> None:
    """Every five seconds: whom breaches touched, read from the ledger piece by piece."""
    with acting(SYSTEM):
        affected.read_all(clock.now)


@app.periodic(cron="* * * * * */10")
@app.task(queue="protection", queueing_lock="letters")
def hand_letters_to_the_outbox(timestamp: int) -> None:
    """Every ten seconds: letters to affected persons that two officers stand behind."""
    with acting(SYSTEM):
        affected.hand_all_letters(clock.now)


@app.periodic(cron="* * * * *")
@app.task(queue="protection", queueing_lock="register")
def file_the_register(timestamp: int) -> None:
    """Every minute: a version of the register of processing when a grant changed."""
    with acting(SYSTEM):
        register.file_version(clock.now())
