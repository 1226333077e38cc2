"""Reminders are sent every working morning, once for each stage; what nobody mended in time is put before whoever decides."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from django.db import transaction

from dancu.identity.api import accounts_with, nearest_with
from dancu.kernel.clock import local
from dancu.kernel.errors import DancuError
from dancu.kernel.work_days import work_calendar
from dancu.notices import api as notices
from dancu.onboarding.dossiers.routes import routes
from dancu.onboarding.reminders import store
from dancu.onboarding.reminders.domain import DECIDE, MEND, Deadline, Due, days_left, due_today, policies, stage_on

log = structlog.get_logger("onboarding")
_OF_DEPARTMENT = ("gate-officer", "gate-decider")
OPERATOR = "operator"
HORIZON = timedelta(days=120)


def remind(*, now: datetime) -> int:
    """Send what is due today (*nhắc hạn*); nothing on a day that is not worked. Gives how many."""
    today = local(now).date()
    due = due_today(today, store.deadlines(today + HORIZON), work_calendar(), store.was_sent)
    return sum(_send_one(each, now) for each in due)


def waiting_for_decision(*, now: datetime) -> list[tuple[Deadline, int]]:
    """Whose time to mend is over (*chờ quyết định*), the longest first, with working days since."""
    today, calendar = local(now).date(), work_calendar()
    over = [each for each in store.deadlines(today) if stage_on(today, each, calendar) == DECIDE]
    return sorted(((each, -days_left(today, each.due_on, calendar)) for each in over), key=lambda each: -each[1])


def coming(*, now: datetime, days: int = 30) -> list[tuple[Deadline, int, str]]:
    """What comes or is over (*việc đến hạn*): the deadline, working days left, the stage it has reached."""
    today, calendar = local(now).date(), work_calendar()
    found = store.deadlines(today + timedelta(days=days))
    lines = [(each, days_left(today, each.due_on, calendar), stage_on(today, each, calendar)) for each in found]
    return sorted(lines, key=lambda line: (line[0].due_on, line[0].about))


def _send_one(due: Due, now: datetime) -> int:
    """One that cannot be said, for whatever stands in it, keeps no other from being said; it is tried again tomorrow."""
    try:
        return _send(due, now)
    except DancuError as failure:
        log.error("onboarding.reminder.failed", cause=due.deadline.cause, about=due.deadline.about, error=failure.code)
        return 0


def _send(due: Due, now: datetime) -> int:
    deadline, policy = due.deadline, policies()[due.deadline.cause]
    with transaction.atomic():
        if not store.mark_sent(deadline, due.stage, local(now).date()):
            return 0
        values = {
            "what": deadline.says,
            "day": f"{deadline.due_on:%d/%m/%Y}",
            "left": _left(due)[0],
            "says": policy.says,
        }
        english = {"what": deadline.says_en, "left": _left(due)[1]}
        said = notices.message("onboarding.reminder", values, english=english, now=now)
        for to in _addressees(due):
            key = f"remind:{deadline.cause}:{deadline.about}:{deadline.due_on:%Y%m%d}:{due.stage}:{to.words}"
            step = notices.officer_notice(
                said, to, key=key, owner=deadline.organisation, room="onboarding", about=deadline.client_id or deadline.organisation
            )
            notices.send(step, now=now)
    return 1


def _left(due: Due) -> tuple[str, str]:
    """How long there is, or was: Vietnamese, English."""
    if due.stage == DECIDE:
        return "đã hết thời gian sửa, chờ quyết định", "the time to mend is over, a decision is waited for"
    days = f"{abs(due.left)} working day{'' if abs(due.left) == 1 else 's'}"
    if due.stage == MEND:
        return f"quá hạn {-due.left} ngày làm việc, còn thời gian sửa", f"{days} late, still within the time to mend"
    return f"còn {due.left} ngày làm việc", f"{days} left"


def _addressees(due: Due) -> list[notices.Addressee]:
    policy, deadline = policies()[due.deadline.cause], due.deadline
    found = []
    for to in policy.to:
        if to == "holder":
            role, _at, organisation = deadline.holder.partition("@")
            found.append(notices.Addressee(organisation=nearest_with(role, organisation), role=role))
        elif to == OPERATOR:  # of the hub, wherever she sits
            found += [notices.Addressee(account=account) for account in accounts_with(OPERATOR)]
        else:
            found.append(notices.Addressee(organisation=nearest_with(to, deadline.organisation), role=to))
    if due.stage == DECIDE:
        found += _deciding(policy.decides)
    return found


def _deciding(role: str) -> list[notices.Addressee]:
    """Whoever decides, wherever she sits: inspectors and operators are of other bodies than the department."""
    if not role.startswith(_OF_DEPARTMENT) and (found := accounts_with(role)):
        return [notices.Addressee(account=account) for account in found]
    of_department = role if role.startswith(_OF_DEPARTMENT) else "gate-officer"
    return [notices.Addressee(organisation=routes().department, role=of_department)]
