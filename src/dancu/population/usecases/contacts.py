"""Telephone numbers of a person, legal item 25: some come, some go, what stands there from elsewhere stays."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from dancu.kernel.clock import local
from dancu.population.domain import Approval, Evidence
from dancu.population.history import Change
from dancu.population.store import histories
from dancu.population.usecases.records import write_event

BETWEEN = "; "


@transaction.atomic
def record_phones(
    personal_no: int, add: Collection[str], drop: Collection[str], approval: Approval, evidence: Evidence, *, now: datetime
) -> Change | None:
    """Add and take away telephone numbers of a person (*cập nhật số thuê bao*, Law 26/2023/QH15, Article 9, item 25).

    Gives None where she has them so already, or where her number is not in force: then it is not hers to write to.
    """
    person = histories.lock_persons([personal_no], now)[personal_no]
    if not person.in_force:
        return None
    present = [each.strip() for each in person.state["phone"].split(BETWEEN.strip()) if each.strip()]
    kept = [each for each in present if each not in drop]
    after = BETWEEN.join([*kept, *(each for each in add if each not in kept)])
    if after == person.state["phone"]:
        return None
    return write_event(person, {"phone": after}, approval, evidence, now=now, valid_from=local(now).date())
