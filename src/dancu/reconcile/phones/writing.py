"""What stands is written into the registry in batches: asked by an officer of the registry, decided by one of another unit."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID, uuid4

import structlog
from django.db import transaction

from dancu.kernel.errors import DancuError, Invalid, NotAllowed
from dancu.kernel.four_eyes import Hand, are_apart
from dancu.ledger import api as ledger
from dancu.population import api as population
from dancu.reconcile.phones import domain, flow_store, store
from dancu.reconcile.phones.domain import Source, Writing
from dancu.reconcile.phones.usecases import EVIDENCE, LEGAL_BASIS, alone

WRITTEN_AT_ONCE = 200
REASON_LENGTH_MAX = 500
SYSTEM = "dan-cu"
REFUSED = "refused"  # by the registry; the step of a claim that says so

log = structlog.get_logger("reconcile")


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits to be written, as the two hands see it (*số điện thoại chờ ghi*): counts, about nobody by name."""

    by_source: tuple[store.WaitingOf, ...]
    disputed: int

    @property
    def total(self) -> int:
        return sum(each.count for each in self.by_source)


def waiting() -> Waiting:
    """What the registry does not say yet (*tổng hợp số chờ ghi*), by who says it and from which round."""
    with alone():
        return Waiting(tuple(store.waiting_by_source()), store.disputed_count())


def ask_writing(author: Hand, *, now: datetime) -> Writing:
    """Ask that what waits now be written (*đề nghị ghi số điện thoại*). Raises `Conflict` where nothing waits.

    While one batch is open there is no other: who asks meanwhile gets that one.
    """
    count = waiting().total
    if not count:
        raise domain.nothing_waits()
    with transaction.atomic():
        asked = flow_store.ask_writing(Writing(uuid4(), author, now, count))
        if asked.asked_at == now:
            _record(author, f"phones.asked:{asked.id}", now)
    return asked


def decide_writing(approver: Hand, writing_id: UUID, refusal: str | None, *, now: datetime) -> None:
    """Approve a batch, or refuse it with a reason (*duyệt, từ chối ghi*). `refusal` None approves.

    Raises `NotAllowed` for one who is not apart from its author, `Invalid` without a reason, `Conflict` when it was decided.
    """
    reason = None if refusal is None else refusal.strip()
    if reason is not None and not 5 <= len(reason) <= REASON_LENGTH_MAX:
        raise Invalid(
            "phone.reason",
            f"Lý do từ chối dài từ 5 đến {REASON_LENGTH_MAX} ký tự.",
            f"A reason has 5 to {REASON_LENGTH_MAX} characters.",
            field="reason",
        )
    with transaction.atomic():
        found = flow_store.lock_writing(writing_id)
        if found is None or not found.is_open:
            raise domain.decided_before()
        if not are_apart([approver], [found.author]):
            raise NotAllowed(
                "approval.four_eyes",
                "Người duyệt phải là người khác và ở đơn vị khác với người đề nghị.",
                "The approver must be another person of another unit than the author.",
            )
        flow_store.decide_writing(found.id, approver, now, reason or "")
        _record(approver, f"phones.{'approved' if reason is None else 'refused'}:{found.id}", now)


def write_due(*, now: datetime, seconds: float) -> int:
    """Write what was approved, for about so many seconds (*ghi số đã duyệt*); gives how many persons changed.

    Cut off, it goes on: what is written is settled in the same transaction.
    """
    found = flow_store.writing_due()
    if found is None or found.approver is None:
        return 0
    approval = population.Approval(found.id, found.author, found.approver)
    until, before = time.monotonic() + seconds, found.written
    while found.done_at is None:
        with alone():
            changed, count = write_some(approval, found.asked_at, now=now)
            is_whole = count < WRITTEN_AT_ONCE
            found = replace(found, written=found.written + changed, done_at=now if is_whole else None)
            flow_store.keep_written(found)
        if time.monotonic() >= until:
            break
    return found.written - before


def write_some(approval: population.Approval, up_to: datetime, *, now: datetime) -> tuple[int, int]:
    """Bring the registry up to what stands of some claims made until a moment (*ghi số thuê bao vào CSDL dân cư*).

    What is in dispute is neither written nor taken out; what the registry has from elsewhere stays. Gives how many persons changed,
    and how many claims were looked at.
    """
    with alone():
        claims = store.unsettled(WRITTEN_AT_ONCE, up_to)
        leads = population.led_to([each.personal_no for each in claims])
        return sum(_write(each, leads.get(each.personal_no, each.personal_no), approval, now) for each in claims), len(claims)


def _write(claim: store.Unsettled, number: int, approval: population.Approval, now: datetime) -> bool:
    stands, is_disputed, was_written = store.rests_on(claim.person_mark, claim.phone)
    add = [claim.phone] if stands else []
    drop = [claim.phone] if was_written and not stands and not is_disputed else []
    change = None
    if add or drop:
        source = "" if claim.source is Source.CITIZEN else claim.organisation
        evidence = population.Evidence(EVIDENCE[claim.source], claim.round, source, claim.verified_on.isoformat())
        try:
            change = population.record_phones(number, add, drop, approval, evidence, now=now)
        except DancuError as refused:  # one that cannot be written must not keep all others waiting
            log.warning("phones.refused", claim=str(claim.id), code=refused.code)
            store.add_steps([claim.id], REFUSED, "", approval.approver.account, now)
            store.settle([claim.id], written=None)
            return False
    if drop:
        store.forget_written(claim.person_mark, claim.phone)
    # What she had from elsewhere was not written here, and will not be taken out from here.
    is_ours = stands and (change is not None or was_written)
    store.settle([claim.id], written=now if is_ours or (is_disputed and was_written) else None)
    if change is not None:
        store.add_steps([claim.id], "written" if add else "taken_out", "", approval.approver.account, now)
    return change is not None


def _record(hand: Hand, outcome: str, now: datetime) -> None:
    organisation = hand.unit.partition("/")[0]
    act = ledger.Act(ledger.ActKind.ADMINISTER, outcome, organisation, SYSTEM, hand.account, legal_basis=LEGAL_BASIS)
    ledger.record(act, now=now)
