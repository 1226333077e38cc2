"""The worker's half of lists: one bounded step at a time for each open request, so that none waits for a long one.

Every step is a transaction of its own with its progress in it: a worker that is killed goes on where it stood.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cache
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import F, Max

from dancu.exchange import lists
from dancu.exchange.desk_limits import planted_numbers
from dancu.exchange.domain import Refusal
from dancu.exchange.listing import list_act
from dancu.exchange.lists import Asked, ListKeys, ListState, Page, Progress, decide_list
from dancu.exchange.models import ListPage, ListRequest, ListStep
from dancu.exchange.reasons import Reason
from dancu.exchange.subscriptions import PAUSING
from dancu.kernel.areas import AreaCode
from dancu.kernel.clock import local
from dancu.kernel.errors import NotFound
from dancu.kernel.sealing import SealingKey
from dancu.ledger import api as ledger
from dancu.onboarding import api as onboarding
from dancu.population import api as population

STEPS_A_RUN = 2000
AT_ONCE = 100
TOO_MANY = "too_many_persons"

log = structlog.get_logger("exchange")


def run_lists(*, now: Callable[[], datetime], steps: int = STEPS_A_RUN, rows: int = population.ROWS_A_STEP) -> int:
    """Work on every open request in turn, a step each (*lập danh sách*); gives how many steps were done."""
    done = 0
    passed: set[UUID] = set()  # paused, or in other hands: they keep no place among the oldest for the rest of this run
    while done < steps:
        open_ = ListRequest.objects.filter(state__in=lists.OPEN).exclude(pk__in=passed)
        waiting = list(open_.order_by("changed_at").values_list("id", flat=True)[:AT_ONCE])
        if not waiting:
            break
        passed.update(each for each in waiting if not _work(each, now(), rows))
        done += sum(each not in passed for each in waiting)
    return done


def forget_old_lists(*, now: datetime) -> int:
    """Delete results that are too old or not wanted any more (*xoá danh sách hết hạn*); requests and their history stay."""
    for request_id in ListRequest.objects.filter(state=ListState.READY, expires_at__lte=now).values_list("id", flat=True):
        with transaction.atomic():
            _to(request_id, ListState.READY, ListState.EXPIRED, "", now)
    gone = ListRequest.objects.filter(state__in=(ListState.EXPIRED, ListState.DELETED, ListState.REFUSED, ListState.FAILED))
    return int(ListPage.objects.filter(request_id__in=gone.values("id")).delete()[0])


def _work(request_id: UUID, now: datetime, rows: int) -> bool:
    """One step. False where there is nothing to do for it now: somebody else works on it, or its system is suspended."""
    try:
        with transaction.atomic():
            row = ListRequest.objects.select_for_update(skip_locked=True).filter(pk=request_id, state__in=lists.OPEN).first()
            return row is not None and _step(row, now, rows)
    except Exception as failure:
        log.error("exchange.list.failed", request=str(request_id), error=type(failure).__name__)
        with transaction.atomic():
            ListRequest.objects.filter(pk=request_id).update(failures=F("failures") + 1, changed_at=now)
            again = ListRequest.objects.select_for_update().filter(pk=request_id, failures__gte=lists.FAILURES_MAX).first()
            if again is not None and again.state in lists.OPEN:
                _to(request_id, ListState(again.state), ListState.FAILED, type(failure).__name__, now)
        return True


def _step(row: ListRequest, now: datetime, rows: int) -> bool:
    state = ListState(row.state)
    asked = keys().asked(row.id, bytes(row.sealed))
    request = asked.request(row.organisation, row.client_id)
    try:
        standing = onboarding.standing_of(row.client_id, asked.integration_code, asked.procedure, asked.officer)
    except NotFound:
        _to(row.id, state, ListState.REFUSED, Reason.NO_GRANT, now)
        return True
    decision = decide_list(standing, request, now)
    if isinstance(decision, Refusal):
        if decision.reason in PAUSING and now < row.at + lists.PAUSED_MAX:
            _say_why(row, decision.reason, now)
            return False  # it goes on when the system may ask again
        _to(row.id, state, ListState.REFUSED, decision.reason, now)
        return True
    if state is ListState.RECEIVED:
        _to(row.id, state, ListState.RUNNING, "", now)
    progress = keys().progress(row.id, bytes(row.progress))
    found = population.find_listed(_criteria(asked), decision, progress.after, now=now, day=local(row.at).date(), rows=rows)
    hidden = planted_numbers()
    numbers = [*progress.rest, *(number for number in found.numbers if number not in hidden)]
    is_last = found.next_after is None
    assert standing.grant is not None
    if row.pages * lists.PAGE_PERSONS + len(numbers) > standing.grant.list_max:
        _to(row.id, ListState.RUNNING, ListState.REFUSED, TOO_MANY, now)
        return True
    pages, rest = _keep_pages(row, numbers, is_last=is_last)
    values = {"pages": row.pages + pages, "changed_at": now, "failures": 0, "reason": ""}
    values["found"] = row.pages * lists.PAGE_PERSONS + len(numbers)
    kept = Progress(found.next_after or progress.after, tuple(rest))
    ListRequest.objects.filter(pk=row.id).update(progress=keys().seal(kept, f"{row.id}:progress"), **values)
    if is_last:
        ListRequest.objects.filter(pk=row.id).update(expires_at=now + lists.KEPT)
        _to(row.id, ListState.RUNNING, ListState.READY, "", now)
        ledger.record(list_act(decision, "list.ready"), now=now)
    return True


def _say_why(row: ListRequest, reason: Reason, now: datetime) -> None:
    """Why an open request waits, for its owner; written once, not at every look."""
    if row.reason != reason:
        ListRequest.objects.filter(pk=row.pk).update(reason=reason, changed_at=now)


def _keep_pages(row: ListRequest, numbers: list[int], *, is_last: bool) -> tuple[int, list[int]]:
    """Write full pages, at the end also the last one; a list of nobody has one empty page. Gives how many, and who is left."""
    size = lists.PAGE_PERSONS
    whole = len(numbers) // size * size
    cut = [numbers[at : at + size] for at in range(0, whole, size)]
    rest = numbers[whole:]
    if is_last and (rest or not (row.pages or cut)):
        cut, rest = [*cut, rest], []
    ListPage.objects.bulk_create(
        ListPage(request_id=row.id, number=number, sealed=keys().seal(Page(tuple(each)), f"{row.id}:{number}"))
        for number, each in enumerate(cut, row.pages + 1)
    )
    return len(cut), rest


def _to(request_id: UUID, state: ListState, next_: ListState, reason: str, now: datetime) -> None:
    assert lists.may_follow(state, next_), f"{state} -> {next_}"
    ListRequest.objects.filter(pk=request_id).update(state=next_, reason=reason, changed_at=now)
    last = ListStep.objects.filter(request_id=request_id).aggregate(last=Max("number"))["last"] or 0
    ListStep.objects.create(request_id=request_id, number=last + 1, at=now, state=next_, reason=reason)


def _criteria(asked: Asked) -> population.Criteria:
    stated = asked.criteria
    area = AreaCode(stated.units_version, stated.province, stated.district, stated.commune) if stated.has_area else None
    codes = [int(code) if code else None for code in (stated.ethnicity, stated.religion, stated.blood_type)]
    return population.Criteria(area, stated.age_from, stated.age_to, stated.sex, *codes)


@cache
def keys() -> ListKeys:
    """The keys of the installation, read once."""
    return ListKeys(SealingKey.from_folder(settings.CONFIG.key_dir))
