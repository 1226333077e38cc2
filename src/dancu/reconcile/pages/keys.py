"""The keys of a list: which there are, a new one, one withdrawn. A secret is shown in one answer and never again."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dancu.identity.api import guarded
from dancu.kernel import clock
from dancu.kernel.errors import Conflict, Invalid, NotFound
from dancu.reconcile import store as lists_store
from dancu.reconcile.keys import store
from dancu.reconcile.keys.domain import DAYS, ListKey
from dancu.reconcile.keys.usecases import make_key, withdraw_key
from dancu.reconcile.pages.session import list_href, officer_of, sentences
from dancu.ui.parts import Column, Row, State, Table


@guarded("reconcile.list.handle")
@require_http_methods(["GET", "POST"])
def keys_page(request: HttpRequest, list_id: UUID) -> HttpResponse:
    """Make, see and withdraw the keys a program of the organisation sends rounds with."""
    of, now = lists_store.get_list(list_id), clock.now()
    typed = {"name": request.POST.get("name", ""), "days": request.POST.get("days", str(DAYS[1]))}
    errors, secret, status = {}, "", 200
    if request.method == "POST":
        try:
            if withdrawn := request.POST.get("withdraw", ""):
                withdraw_key(officer_of(request), of.id, _uuid(withdrawn), now=now)
                return HttpResponseRedirect(f"{list_href(of.id)}/khoa")
            _made, secret = make_key(officer_of(request), of.id, typed["name"], typed["days"], now=now)
            typed["name"] = ""
        except (Invalid, Conflict, NotFound) as failure:
            errors, status = sentences(failure), failure.status
    keys = store.keys_of(of.id)
    context: dict[str, Any] = {
        "section": "lists",
        "list": of,
        "list_href": list_href(of.id),
        "typed": typed,
        "errors": errors,
        "secret": secret,
        "days": [(str(each), _("%(days)s ngày") % {"days": each}) for each in DAYS],
        "table": _table(keys, now),
        "in_force": [key for key in keys if key.is_in_force(now)],
    }
    response = render(request, "reconcile/keys.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound("reconcile.no_key", "Không có khoá này.", "There is no such key.") from None


def _table(keys: list[ListKey], now: datetime) -> Table:
    rows = [Row((key.name, key.account, key.created_at, key.ends_at, key.used_at, _state(key, now))) for key in keys]
    columns = (
        Column(_("Tên khoá")), Column(_("Người lập")), Column(_("Lập lúc"), "moment"), Column(_("Hết hạn"), "moment"),
        Column(_("Dùng gần nhất"), "moment"), Column(_("Tình trạng"), "state"),
    )  # fmt: skip
    return Table(_("Các khoá"), columns, rows, _("Chưa có khoá nào."))


def _state(key: ListKey, now: datetime) -> State:
    if key.is_in_force(now):
        return State(_("Còn hiệu lực"), "ok")
    return State(_("Đã thu hồi") if key.ended_at else _("Đã hết hạn"), "plain")
