"""Openings in an emergency and their reviews: both are only added to."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from dancu.identity.glass.domain import Opening, Review, Verdict
from dancu.identity.models import Glass, GlassReview
from dancu.kernel.errors import NotFound
from dancu.kernel.four_eyes import Hand
from dancu.ui.cursors import Cursor

PAGE_LENGTH = 50


def add_opening(opening: Opening, salt: bytes, subject: str) -> None:
    Glass.objects.create(
        id=opening.id,
        at=opening.at,
        until=opening.until,
        review_by=opening.review_by,
        organisation=opening.by.unit.partition("/")[0],
        unit=opening.by.unit,
        account=opening.by.account,
        holder=opening.by.holder,
        of_organisation=opening.of_organisation,
        number=opening.number,
        subject=subject,
        reason=opening.reason,
        salt=salt,
        reference=opening.reference,
    )


def add_review(opening: UUID, review: Review) -> None:
    GlassReview.objects.create(
        glass_id=opening,
        at=review.at,
        account=review.by.account,
        unit=review.by.unit,
        holder=review.by.holder,
        verdict=review.verdict,
        text=review.text,
    )


def lock_human(holder: str) -> None:
    """Two openings of one human take turns, or both would count as the last allowed."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 11))", [f"glass:{holder}"])


def lock_opening(opening: UUID) -> None:
    """Two reviews of one opening take turns."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 12))", [f"opening:{opening}"])


def opened_since(holder: str, moment: datetime) -> int:
    return Glass.objects.filter(holder=holder, at__gte=moment).count()


def find_open(account: str, of_organisation: str, number: str, now: datetime) -> Opening | None:
    """The opening that lets this account read it now."""
    rows = Glass.objects.filter(account=account, of_organisation=of_organisation, number=number, at__lte=now, until__gt=now)
    return next(iter(_openings(rows.order_by("-at")[:1])), None)


def get_opening(opening: UUID) -> Opening:
    """Raises `NotFound`."""
    found = _openings(Glass.objects.filter(id=opening))
    if not found:
        raise NotFound("glass.none", "Không có lần mở khẩn này.", "There is no such opening.")
    return found[0]


def waiting(after: Cursor | None = None) -> list[Opening]:
    """Without a review, the oldest first; one more than a page."""
    rows = _unseen().order_by("at", "id")
    if after:
        rows = rows.filter(Q(at__gt=after[0]) | Q(at=after[0], id__gt=after[1]))
    return _openings(rows[: PAGE_LENGTH + 1])


def count_overdue(now: datetime) -> int:
    """How many nobody looked at in time, on whatever page they stand."""
    return _unseen().filter(review_by__lt=now).count()


def reviewed(after: Cursor | None = None) -> list[Opening]:
    """With a review, the newest first; one more than a page."""
    rows = Glass.objects.filter(id__in=GlassReview.objects.values("glass_id")).order_by("-at", "-id")
    if after:
        rows = rows.filter(Q(at__lt=after[0]) | Q(at=after[0], id__lt=after[1]))
    return _openings(rows[: PAGE_LENGTH + 1])


def _unseen() -> QuerySet[Glass]:
    return Glass.objects.exclude(id__in=GlassReview.objects.values("glass_id"))


def _openings(rows: QuerySet[Glass]) -> list[Opening]:
    found = list(rows)
    reviews = {row.glass_id: row for row in GlassReview.objects.filter(glass_id__in=[each.id for each in found])}
    return [_opening(row, reviews.get(row.id)) for row in found]


def _opening(row: Glass, review: GlassReview | None) -> Opening:
    said = None
    if review is not None:
        said = Review(Hand(review.account, review.unit, review.holder), review.at, Verdict(review.verdict), review.text)
    return Opening(
        row.id,
        Hand(row.account, row.unit, row.holder),
        row.of_organisation,
        row.number,
        row.reason,
        row.at,
        row.until,
        row.review_by,
        row.reference,
        said,
    )
