"""Openings in an emergency, for who looks at them afterwards: the queue, one opening, the word on it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from dancu.identity.glass import usecases
from dancu.identity.glass.domain import Opening, Verdict, may_review
from dancu.identity.glass.store import PAGE_LENGTH
from dancu.identity.guard import OfficerRequest, guarded
from dancu.kernel import clock
from dancu.kernel.errors import Conflict, Invalid, NotAllowed
from dancu.ui import parts
from dancu.ui.cursors import cursor_after, cursor_in
from dancu.ui.kept import name_fields
from dancu.ui.words import in_language, is_english

QUEUE = "/quyen/truy-cap-khan"
VERDICT_WORDS: dict[Verdict, tuple[str, parts.Kind]] = {
    Verdict.ACCEPTED: ("Chấp nhận", "ok"),
    Verdict.OBJECTED: ("Không chấp nhận", "bad"),
}
name_fields({"text": "Nhận xét"})


@guarded("access.break_glass.review")
@require_GET
def openings_page(request: HttpRequest) -> HttpResponse:
    """What waits for a second look, the oldest first, and what was looked at."""
    now, done = clock.now(), request.GET.get("loc") == "xong"
    after = cursor_in(request.GET.get("sau", ""))
    found = usecases.openings_reviewed(after) if done else usecases.openings_to_review(after)
    page, next_href = found[:PAGE_LENGTH], ""
    if len(found) > PAGE_LENGTH:
        next_href = f"{QUEUE}?{urlencode({'loc': 'xong' if done else '', 'sau': cursor_after(page[-1].at, page[-1].id)})}"
    empty = _("Chưa có lần mở khẩn nào được xem lại.") if done else _("Không có lần mở khẩn nào chờ xem lại.")
    context = {
        "section": "glass",
        "filters": [parts.Choice(_("Chờ xem lại"), QUEUE, not done), parts.Choice(_("Đã xem lại"), f"{QUEUE}?loc=xong", done)],
        "overdue": 0 if done else usecases.overdue_reviews(now),
        "table": _table(page, now, empty, next_href),
    }
    return render(request, "identity/openings.html", context)


@guarded("access.break_glass.review")
@require_http_methods(["GET", "POST"])
def opening_page(request: HttpRequest, opening: UUID) -> HttpResponse:
    """One opening with its reason; accept it or object."""
    officer, now = cast(OfficerRequest, request).officer, clock.now()
    errors: dict[str, str] = {}
    status = 200
    if request.method == "POST":
        try:
            usecases.review_opening(officer, opening, _verdict(request), request.POST.get("text", ""), now=now)
            return HttpResponseRedirect(f"{QUEUE}/{opening}?xong=1")
        except (Invalid, Conflict, NotAllowed) as failure:
            errors, status = {failure.field or "": failure.message_en if is_english() else failure.message}, failure.status
    found = usecases.opening_by_id(opening)
    context = {
        "section": "glass",
        "opening": found,
        "state": _state(found, now),
        "deed": _deed(found, yours=not may_review(found, officer.hand)),
        "may": found.review is None and may_review(found, officer.hand),
        "verdicts": [(key.value, in_language(word)) for key, (word, _kind) in VERDICT_WORDS.items()],
        "errors": errors,
        "typed": request.POST,
        "fresh": request.GET.get("xong") and not errors,
    }
    return render(request, "identity/opening.html", context, status=status)


def _verdict(request: HttpRequest) -> Verdict:
    try:
        return Verdict(request.POST.get("verdict", ""))
    except ValueError:
        raise Invalid("glass.verdict", "Chọn chấp nhận hoặc không chấp nhận.", "Accept or object.") from None


def _table(found: Sequence[Opening], now: datetime, empty: str, next_href: str) -> parts.Table:
    columns = [
        parts.Column(_("Mở lúc"), "moment"),
        parts.Column(_("Người mở")),
        parts.Column(_("Hồ sơ"), "code"),
        parts.Column(_("Trạng thái"), "state"),
        parts.Column(_("Xem lại trước"), "moment"),
    ]
    rows = [
        parts.Row(
            [each.at, f"{each.by.account} ({each.by.unit})", each.number, _state(each, now), each.review_by], f"{QUEUE}/{each.id}"
        )
        for each in found
    ]
    return parts.Table(_("Các lần mở khẩn"), columns, rows, empty, next_href=next_href)


def _state(opening: Opening, now: datetime) -> parts.State:
    if opening.review is not None:
        word, kind = VERDICT_WORDS[opening.review.verdict]
        return parts.State(in_language(word), kind)
    return parts.State(_("Quá hạn xem lại"), "bad") if opening.is_overdue(now) else parts.State(_("Chờ xem lại"), "warn")


def _deed(opening: Opening, *, yours: bool) -> parts.Deed:
    review = opening.review
    more: dict[str, Any] = {}
    if review is not None:
        word, kind = VERDICT_WORDS[review.verdict]
        more = {
            "decided": parts.State(in_language(word), kind),
            "decided_by": f"{review.by.account} ({review.by.unit})",
            "decided_at": review.at,
            "decision_reason": review.text,
        }
    return parts.Deed(
        _("Mở khẩn một hồ sơ"),
        f"{opening.by.account} ({opening.by.unit})",
        opening.at,
        opening.reason,
        _("người của đơn vị khác được giao việc bảo vệ dữ liệu cá nhân"),
        yours=yours,
        **more,
    )
