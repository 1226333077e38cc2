"""Lists of requests: the queue with its filters and pages, and its lines on other pages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from dancu.identity.api import guarded
from dancu.kernel import clock
from dancu.kernel.errors import Invalid
from dancu.registrar import reference, store
from dancu.registrar.domain.payloads import KIND_WORDS
from dancu.registrar.domain.requests import STATE_WORDS, State
from dancu.registrar.pages.session import APPROVER, REGISTRAR, actor_of, officer_of
from dancu.registrar.store import PAGE_LENGTH, Cursor, RequestLine
from dancu.ui.parts import Choice, Column, Kind, Row, Table
from dancu.ui.parts import State as StateWord
from dancu.ui.words import day_text, in_language

QUEUE = "/dan-cu/de-nghi"
STATE_KINDS: dict[State, Kind] = {
    State.DRAFT: "plain",
    State.SUBMITTED: "info",
    State.RETURNED: "warn",
    State.APPROVED: "ok",
    State.REJECTED: "bad",
    State.WITHDRAWN: "plain",
}
_CLOSED = (State.APPROVED, State.REJECTED, State.WITHDRAWN)


@guarded("registry.request.list")
@require_GET
def queue_page(request: HttpRequest) -> HttpResponse:
    """Requests by what is to be done with them, a page at a time."""
    actor, roles, now = actor_of(request), officer_of(request).roles, clock.now()
    choices = _filters(roles)
    which = request.GET.get("loc", "")
    which = which if which in choices else next(iter(choices))
    kind = request.GET.get("loai", "")
    kind = kind if kind in KIND_WORDS else ""
    lines, by_wait = _lines(which, actor.hand.unit, actor.hand.account, _cursor(request.GET.get("sau", "")), kind)
    more = lines[PAGE_LENGTH - 1] if len(lines) > PAGE_LENGTH else None
    table = lines_shown(lines[:PAGE_LENGTH], now, in_language(choices[which]), _empty(which, kind))
    if more is not None:
        after = (more.submitted_at if by_wait else more.changed_at) or more.changed_at
        query = {"loc": which, "loai": kind, "sau": f"{after.isoformat()}~{more.id}"}
        table = Table(table.caption, table.columns, table.rows, table.empty, next_href=f"{QUEUE}?{urlencode(query)}")
    context = {
        "section": "requests",
        "filters": [_choice(key, word, kind, which) for key, word in choices.items()],
        "kinds": [(key, in_language(word)) for key, word in KIND_WORDS.items()],
        "which": which,
        "kind": kind,
        "table": table,
    }
    return render(request, "registrar/queue.html", context)


def _choice(key: str, word: str, kind: str, which: str) -> Choice:
    return Choice(in_language(word), f"{QUEUE}?{urlencode({'loc': key, 'loai': kind})}", key == which)


def lines_shown(lines: Sequence[RequestLine], now: datetime, caption: str, empty: str) -> Table:
    """Lines of requests as a table; what waits says how long it may."""
    columns = [
        Column(_("Mã")),
        Column(_("Loại đề nghị")),
        Column(_("Trạng thái"), "state"),
        Column(_("Người đề nghị")),
        Column(_("Lần cuối"), "moment"),
        Column(_("Hạn quyết định")),
    ]
    rows = [
        Row(
            [
                line.code,
                in_language(KIND_WORDS[line.kind]),
                StateWord(in_language(STATE_WORDS[line.state]), STATE_KINDS[line.state]),
                f"{line.author} ({line.author_unit})",
                line.changed_at,
                _due(line, now),
            ],
            f"{QUEUE}/{line.id}",
        )
        for line in lines
    ]
    return Table(caption, columns, rows, empty)


def due_words(left: int) -> str:
    """The clock in words."""
    if left < 0:
        return _("quá hạn %(days)d ngày làm việc") % {"days": -left}
    return _("hết hạn hôm nay") if left == 0 else _("còn %(days)d ngày làm việc") % {"days": left}


def _due(line: RequestLine, now: datetime) -> str:
    if line.state is not State.SUBMITTED or line.submitted_at is None:
        return ""
    due, left = reference.due_of(line.submitted_at, now)
    return f"{day_text(due)} ({due_words(left)})"


def _filters(roles: frozenset[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    if APPROVER in roles:
        found |= {"cho": "Chờ quyết định", "toi": "Tôi đã quyết định"}
    if REGISTRAR in roles:
        found |= {"soan": "Đang soạn, bị trả lại", "gui": "Đã gửi, chờ duyệt", "xong": "Đã xong"}
    return found


def _lines(which: str, unit: str, account: str, after: Cursor | None, kind: str) -> tuple[list[RequestLine], bool]:
    """The lines, and whether they go by how long they wait."""
    if which == "cho":
        return store.requests_waiting(unit, after, kind), True
    if which == "toi":
        return store.requests_decided_by(account, after, kind), False
    states = {"soan": (State.RETURNED, State.DRAFT), "gui": (State.SUBMITTED,), "xong": _CLOSED}[which]
    return store.requests_of_unit(unit, states, after, kind), False


def _empty(which: str, kind: str) -> str:
    if kind:
        return _("Không có đề nghị “%(kind)s” trong mục này. Chọn “Mọi loại” rồi bấm “Lọc” để xem các loại khác.") % {
            "kind": in_language(KIND_WORDS[kind])
        }
    return {
        "cho": _("Không có đề nghị nào của đơn vị khác đang chờ. Đề nghị hiện ra đây khi được gửi duyệt."),
        "toi": _("Bạn chưa quyết định đề nghị nào."),
        "soan": _("Chưa có đề nghị nào đang soạn. Mở hồ sơ một người rồi chọn việc cần đề nghị."),
        "gui": _("Không có đề nghị nào của đơn vị đang chờ duyệt."),
        "xong": _("Chưa có đề nghị nào được quyết định."),
    }[which]


def _cursor(text: str) -> Cursor | None:
    if not text:
        return None
    moment, _tilde, request = text.partition("~")
    try:
        return datetime.fromisoformat(moment), UUID(request)
    except ValueError:
        raise Invalid("list.cursor", "Trang này không còn. Về đầu danh sách.", "Unknown page.") from None
