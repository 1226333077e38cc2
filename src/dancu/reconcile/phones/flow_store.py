"""Rows of what flows: rounds whose subscribers are passed on, batches that are written into the registry."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q

from dancu.kernel.four_eyes import Hand
from dancu.reconcile.phones.domain import Passing, Writing
from dancu.reconcile.phones.models import PhonePassing, PhoneWriting

SHOWN_MAX = 50
_PASSING = (
    "organisation", "round_id", "round_code", "verified_on", "asked_by", "asked_at", "total", "done", "new", "contradictory",
    "done_at", "failure", "failure_en",
)  # fmt: skip


def ask_passing(passing: Passing) -> None:
    """Asked again, it begins again: what came before changes nothing."""
    PhonePassing.objects.update_or_create(
        organisation=passing.organisation,
        round_id=passing.round_id,
        defaults={name: getattr(passing, name) for name in _PASSING[2:]},
    )


def passing_of(round_id: UUID) -> Passing | None:
    row = PhonePassing.objects.filter(round_id=round_id).values(*_PASSING).first()
    return Passing(**row) if row else None


def passings() -> list[Passing]:
    """The newest first."""
    rows = PhonePassing.objects.order_by("-asked_at", "round_code").values(*_PASSING)
    return [Passing(**row) for row in rows[:SHOWN_MAX]]


def passings_due() -> list[Passing]:
    """The oldest first."""
    rows = PhonePassing.objects.filter(done_at=None).order_by("asked_at", "round_code").values(*_PASSING)
    return [Passing(**row) for row in rows[:SHOWN_MAX]]


def keep_progress(passing: Passing) -> None:
    """How far it is. Asked for anew meanwhile, it begins anew."""
    rows = PhonePassing.objects.filter(organisation=passing.organisation, round_id=passing.round_id, asked_at=passing.asked_at)
    rows.update(**{name: getattr(passing, name) for name in _PASSING[6:]})


def ask_writing(writing: Writing) -> Writing:
    """One is open at a time: who asks meanwhile gets that one."""
    try:
        with transaction.atomic():
            PhoneWriting.objects.create(
                id=writing.id,
                author=writing.author.account,
                author_unit=writing.author.unit,
                author_holder=writing.author.holder,
                asked_at=writing.asked_at,
                waiting=writing.waiting,
            )
    except IntegrityError:
        found = open_writing()
        if found is None:  # decided between both statements
            raise
        return found
    return writing


def open_writing() -> Writing | None:
    """The one that waits for a decision or is being written."""
    row = PhoneWriting.objects.filter(done_at=None, refusal="").first()
    return _writing(row) if row else None


def lock_writing(writing_id: UUID) -> Writing | None:
    row = PhoneWriting.objects.select_for_update().filter(pk=writing_id).first()
    return _writing(row) if row else None


def decide_writing(writing_id: UUID, approver: Hand, now: datetime, refusal: str = "") -> None:
    PhoneWriting.objects.filter(pk=writing_id).update(
        approver=approver.account,
        approver_unit=approver.unit,
        approver_holder=approver.holder,
        decided_at=now,
        refusal=refusal,
        done_at=now if refusal else None,
    )


def writing_due() -> Writing | None:
    row = PhoneWriting.objects.filter(~Q(decided_at=None), done_at=None, refusal="").first()
    return _writing(row) if row else None


def keep_written(writing: Writing) -> None:
    PhoneWriting.objects.filter(pk=writing.id).update(written=writing.written, done_at=writing.done_at)


def writings() -> list[Writing]:
    """The newest first."""
    return [_writing(row) for row in PhoneWriting.objects.order_by("-asked_at", "id")[:SHOWN_MAX]]


def _writing(row: PhoneWriting) -> Writing:
    approver = Hand(row.approver, row.approver_unit, row.approver_holder) if row.approver else None
    author = Hand(row.author, row.author_unit, row.author_holder)
    return Writing(row.id, author, row.asked_at, row.waiting, approver, row.decided_at, row.refusal, row.written, row.done_at)
