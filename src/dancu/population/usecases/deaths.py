"""A death in the registry: the person's item 24, and what ends with a life."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction

from dancu.kernel.errors import Conflict
from dancu.population.domain import Approval, Evidence, LifeStatus, MaritalStatus
from dancu.population.families import HEAD
from dancu.population.history import Change, ChangeKind
from dancu.population.store import histories, intervals, rules
from dancu.population.store.following import check_day, close_rows, crown, follow_rows, leave_households, open_members


@transaction.atomic
def register_death(
    personal_no: int,
    approval: Approval,
    evidence: Evidence,
    *,
    died_on: date,
    now: datetime,
    new_head: int | None = None,
) -> None:
    """Record a death (*ghi nhận người đã mất*): residence and household end on that day, a marriage ends for both.

    Raises `Conflict` when she is dead already, or was the head of a household and `new_head` is not one of those who stay.
    """
    rows = intervals.memberships_of(personal_no)
    membership = next((row for row in rows if row.kind == "permanent" and not row.is_withdrawn and row.valid_to is None), None)
    rest = [row for row in open_members(membership.household_no) if row.personal_no != personal_no] if membership else []
    marriages = [r for r in intervals.relations_of(personal_no) if r.kind == "spouse" and r.valid_to is None and not r.is_withdrawn]
    involved = {personal_no, *(row.personal_no for row in rest), *(row.personal_no for row in marriages)}
    people = histories.lock_persons(involved, now)
    person = people[personal_no]
    check_day(died_on, now, [person])
    if person.state["life_status"] == LifeStatus.DEAD:
        raise Conflict("person.dead", "Người này đã được ghi nhận là đã mất.", "The person is dead already.")
    leave_households(personal_no, died_on, approval, now)
    open_residences = [r for r in intervals.residences_of(personal_no) if not r.is_withdrawn and (r.valid_to or date.max) > died_on]
    close_rows(open_residences, died_on, approval, now)
    close_rows(marriages, died_on, approval, now)
    if membership and membership.relation == HEAD and rest:
        crown(rest, {new_head or 0: HEAD}, died_on, approval, now)
    elif membership and not rest:
        intervals.dissolve_household(membership.household_no, died_on)
    dead = {"life_status": int(LifeStatus.DEAD), "life_status_on": died_on.isoformat()}
    _record(person, dead, approval, evidence, died_on, now)
    for row in marriages:
        if row.personal_no != personal_no:
            widowed = {"marital_status": int(MaritalStatus.DIVORCED_OR_WIDOWED)}
            _record(people[row.personal_no], widowed, approval, evidence, died_on, now)
    follow_rows(people, approval, evidence, now, ("household", "residence"), died_on)
    rules.check_now()


def _record(
    person: histories.PersonUnderLock, items: Mapping[str, object], approval: Approval, evidence: Evidence, day: date, now: datetime
) -> None:
    change = Change(person.personal_no, 0, ChangeKind.EVENT, day, now, items, evidence=evidence, approval=approval)
    histories.record_change(person, change, now)
