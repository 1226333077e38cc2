"""Break the glass over one row, read under it, look at it afterwards. Each act stands in the ledger in its own transaction."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction

from dancu.identity.actions import is_within
from dancu.identity.domain import Officer
from dancu.identity.glass import store
from dancu.identity.glass.domain import Opening, Review, Verdict, check_opening, check_review, policy_on
from dancu.kernel.clock import local
from dancu.kernel.errors import NotAllowed, NotFound
from dancu.kernel.reach import SYSTEM, acting
from dancu.ledger import api as ledger
from dancu.ui.cursors import Cursor

SYSTEM_NAME = "truy-cap-khan"


def break_glass(
    officer: Officer, of_organisation: str, number: str, reason: str, find_subject: Callable[[], str | None], *, now: datetime
) -> Opening:
    """Open one row of an organisation below the officer's for a short time (*mở khẩn*), with a reason somebody else will read.

    One that she holds already is given again.

    `find_subject` says whom the row is about, None where there is none. Raises `NotFound`, the same for no row and for one
    out of her subtree, which both stand in the ledger; `Invalid`, `TooMany`.
    """
    policy = policy_on(local(now).date())
    with transaction.atomic(durable=True):
        with acting(SYSTEM):  # all of this human's openings count, from whatever account and unit
            store.lock_human(officer.human)
            if held := store.find_open(officer.account, of_organisation, number, now):
                return held  # a button pressed twice
            done = store.opened_since(officer.human, local(now).replace(hour=0, minute=0, second=0, microsecond=0))
        check_opening(reason, done, policy)
        inside = is_within(of_organisation, officer.organisation_code) and of_organisation != officer.organisation_code
        subject = find_subject() if inside else None
        if subject is None:
            _record(officer, ledger.ActKind.REFUSE, "glass.none", number, now)
        else:
            salt = os.urandom(32)
            outcome = f"glass.opened:{ledger.commitment(salt, reason.strip())}"
            reference = _record(officer, ledger.ActKind.BREAK_GLASS, outcome, number, now, subject)
            opening = Opening(
                uuid4(),
                officer.hand,
                of_organisation,
                number,
                reason.strip(),
                now,
                now + policy.open_for,
                now + policy.review_within,
                reference,
            )
            store.add_opening(opening, salt, subject)
    if subject is None:
        raise no_row()
    return opening


def opening_of(officer: Officer, of_organisation: str, number: str, *, now: datetime) -> Opening | None:
    """What lets this officer read the row now, if anything (*còn trong thời hạn mở khẩn*)."""
    return store.find_open(officer.account, of_organisation, number, now)


def record_reading(officer: Officer, opening: Opening, subject: str, *, now: datetime) -> str:
    """Each look under the broken glass is an entry of its own (*ghi lượt xem khi mở khẩn*)."""
    return _record(officer, ledger.ActKind.BREAK_GLASS, "glass.read", opening.number, now, subject)


def openings_to_review(after: Cursor | None = None) -> list[Opening]:
    """What nobody has looked at yet, the oldest first (*chờ xem lại*); one more than a page shows."""
    return store.waiting(after)


def overdue_reviews(now: datetime) -> int:
    """How many nobody looked at in time (*quá hạn xem lại*)."""
    return store.count_overdue(now)


def openings_reviewed(after: Cursor | None = None) -> list[Opening]:
    """What was looked at, the newest first (*đã xem lại*); one more than a page shows."""
    return store.reviewed(after)


def opening_by_id(opening: UUID) -> Opening:
    """One opening (*một lần mở khẩn*). Raises `NotFound`."""
    return store.get_opening(opening)


def review_opening(officer: Officer, opening: UUID, verdict: Verdict, text: str, *, now: datetime) -> Opening:
    """Accept or object to an opening (*xem lại*); the same word sent twice is one.

    Raises `NotAllowed` for the one who opened it, under whatever account.
    """
    try:
        with transaction.atomic(durable=True):
            store.lock_opening(opening)
            found = store.get_opening(opening)
            said = found.review
            if said is not None and (said.by, said.verdict) == (officer.hand, verdict):
                return found  # sent twice
            check_review(found, officer.hand, text)
            store.add_review(opening, Review(officer.hand, now, verdict, text.strip()))
            _record(officer, ledger.ActKind.ADMINISTER, f"glass.{verdict.value}", found.number, now)
    except NotAllowed:
        _record(officer, ledger.ActKind.REFUSE, "glass.four_eyes", found.number, now)
        raise
    return store.get_opening(opening)


def no_row() -> NotFound:
    """There is none, or it is not hers to know."""
    return NotFound(
        "dossier.none",
        "Không có hồ sơ này trong đơn vị của bạn. Kiểm tra lại mã hồ sơ.",
        "There is no such dossier in your organisation.",
    )


def _record(officer: Officer, kind: ledger.ActKind, outcome: str, number: str, now: datetime, subject: str = "") -> str:
    act = ledger.Act(
        kind,
        outcome,
        officer.organisation_code,
        SYSTEM_NAME,
        officer.account,
        subject=subject,
        purpose="access.break_glass",
        dossier_no=number,
    )
    return ledger.record(act, now=now)
