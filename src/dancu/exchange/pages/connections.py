"""The first page of an integrator or operator: systems with their state, why one is suspended, and how it is asked today."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from dancu.exchange import quota, store
from dancu.exchange.pages import shown
from dancu.exchange.pages.session import root_of
from dancu.exchange.shadowing import shadow_report
from dancu.exchange.telling import alarm_text
from dancu.exchange.usage_figures import Counted, today_by_system
from dancu.identity.api import guarded, organisation_names
from dancu.kernel import clock
from dancu.kernel.clock import local
from dancu.kernel.errors import NotFound
from dancu.onboarding import api as onboarding
from dancu.onboarding.api import Connection, ConnectionState
from dancu.ui.parts import Choice, Column, Row, State, Table
from dancu.ui.words import day_text, in_language, number_text

CONNECTIONS, TRAFFIC = "/ket-noi", "/ket-noi/luu-luong"
ALARMS_SHOWN = 20
KEYS_WARNED = timedelta(days=30)
SHADOW_DAYS, SHADOW_LINES = 30, 50


@guarded("exchange.connections.see")
@require_GET
def connections_page(request: HttpRequest) -> HttpResponse:
    """Every system within reach, the suspended ones first."""
    found = onboarding.connections(root_of(request, "exchange.connections.see"))
    today = today_by_system(local(clock.now()).date())
    states = [(shown.state_of(state), sum(each.state is state for each in found)) for state in ConnectionState]
    asked = sum((today.get(each.client_id, Counted()) for each in found), Counted())
    context = {
        "section": "connections",
        "states": [(state, number_text(count)) for state, count in states if count],
        "suspended": [each for each in found if each.state is ConnectionState.SUSPENDED],
        "today": asked,
        "keys": _keys({each.client_id for each in found}, clock.now()),
        "table": _table(found, today),
        "usage_href": f"{TRAFFIC}?ky=7-ngay&theo=he-thong",
    }
    return render(request, "exchange/connections.html", context)


@guarded("exchange.connections.see")
@require_GET
def connection_page(request: HttpRequest, client_id: str) -> HttpResponse:
    """One system: its state and why, what it was granted, what was noticed, how it is asked today."""
    root = root_of(request, "exchange.connections.see")
    found = next((each for each in onboarding.connections(root) if each.client_id == client_id), None)
    if found is None:
        raise NotFound("client.none", "Không có hệ thống này trong phạm vi của bạn.", "There is no such system in your reach.")
    today = today_by_system(local(clock.now()).date()).get(client_id, Counted())
    rate = found.rate_per_second or quota.RATE_PER_SECOND
    context = {
        "section": "connections",
        "system": found,
        "crumbs": [Choice(_("Kết nối"), CONNECTIONS), Choice(found.name)],
        "state": shown.state_of(found.state),
        "reason": reason_text(found),
        "organisation": organisation_names([found.organisation])[found.organisation],
        "rate": number_text(rate),
        "is_usual_rate": not found.rate_per_second,
        "today": today,
        "keys": _keys({client_id}, clock.now()),
        "grants": _grants(client_id),
        "alarms": _alarms(client_id),
        **_beside(client_id, local(clock.now()).date() - timedelta(days=SHADOW_DAYS)),
        "usage_href": f"{TRAFFIC}?he_thong={client_id}&theo=dich-vu",
    }
    return render(request, "exchange/connection.html", context)


def _keys(client_ids: set[str], now: datetime) -> Table | None:
    """Keys and certificates that end soon; None where there is none."""
    ending = [each for each in onboarding.keys_of(expiring_before=now + KEYS_WARNED) if each.client_id in client_ids]
    if not ending:
        return None
    columns = (Column(_("Hệ thống")), Column(_("Khoá, chứng thư"), "code"), Column(_("Hết hạn"), "moment"))
    rows = [Row((each.client_id, each.kid[:16], each.not_after), f"{CONNECTIONS}/he-thong/{each.client_id}") for each in ending]
    return Table(_("Khoá, chứng thư sắp hết hạn"), columns, rows, "")


def reason_text(found: Connection) -> str:
    """Why a system is closed, in words; what a human wrote stays as she wrote it."""
    if found.reason == "extraction":
        return _("Vượt giới hạn khai thác. Xem các cảnh báo bên dưới và liên hệ người vận hành để mở lại.")
    return in_language(found.reason)


def _table(found: list[Connection], today: dict[str, Counted]) -> Table:
    names = organisation_names({each.organisation for each in found})
    columns = (
        Column(_("Hệ thống")),
        Column(_("Cơ quan")),
        Column(_("Tình trạng"), "state"),
        Column(_("Thay đổi lúc"), "moment"),
        Column(_("Phạm vi được duyệt"), "amount"),
        Column(_("Lượt hôm nay"), "amount"),
        Column(_("Từ chối hôm nay"), "amount"),
    )
    rows = []
    for each in found:
        counted = today.get(each.client_id, Counted())
        name = each.name if each.name == each.client_id else f"{each.name} ({each.client_id})"
        cells = (name, names[each.organisation], shown.state_of(each.state), each.changed_at, each.grants)
        rows.append(Row((*cells, counted.total, counted.refused), f"{CONNECTIONS}/he-thong/{each.client_id}"))
    empty = _("Chưa có hệ thống nào kết nối. Người vận hành đăng ký hệ thống khi hồ sơ kết nối được duyệt.")
    return Table(_("Các hệ thống"), columns, rows, empty)


def _grants(client_id: str) -> Table:
    columns = (
        Column(_("Mã tích hợp"), "code"),
        Column(_("Thủ tục"), "code"),
        Column(_("Mục đích")),
        Column(_("Căn cứ pháp lý")),
        Column(_("Mục thông tin"), "amount"),
        Column(_("Đến hết")),
    )
    rows = [
        Row((each.integration_code, each.procedure, each.purpose, each.legal_basis, len(each.fields), _until(each)))
        for each in onboarding.grants_of_system(client_id)
    ]
    empty = _("Hệ thống chưa được duyệt phạm vi khai thác nào, nên mọi lượt hỏi đều bị từ chối.")
    return Table(_("Phạm vi được duyệt"), columns, rows, empty)


def _beside(client_id: str, since: date) -> dict[str, Any]:
    """What running beside the service in use has shown, while it does: for whoever decides to switch."""
    report = shadow_report(client_id, since)
    if not report.compared:
        return {}
    words = {
        "changed": _("khác nội dung"),
        "missing": _("bên dancu thiếu"),
        "extra": _("bên dancu thừa"),
        "status": _("khác mã HTTP"),
        "unreadable": _("một bên không đọc được"),
        "refused": _("bên dancu từ chối"),
    }
    lines = sorted(report.differing.items(), key=lambda line: -line[1])[:SHADOW_LINES]
    columns = (Column(_("Nghiệp vụ"), "code"), Column(_("Phần tử"), "code"), Column(_("Khác biệt")), Column(_("Lượt"), "amount"))
    rows = [Row((operation, path or "–", words.get(kind, kind), calls)) for (operation, kind, path), calls in lines]
    empty = _("Chưa thấy khác biệt nào.")
    return {"beside": report, "differing": Table(_("Khác biệt khi chạy song song"), columns, rows, empty)}


def _until(grant: onboarding.Grant) -> str:
    return day_text(grant.valid_to) if grant.valid_to else _("không định hạn")


def _alarms(client_id: str) -> Table:
    columns = (Column(_("Lúc"), "moment"), Column(_("Việc"), "state"), Column(_("Vì sao")))
    words = {"suspend": State(_("Tạm dừng"), "bad"), "alarm": State(_("Cảnh báo"), "warn")}
    rows = [
        Row((each.at, words.get(each.verdict, State(each.verdict)), alarm_text(each)))
        for each in store.alarms_of(client_id, ALARMS_SHOWN)
    ]
    return Table(_("Cảnh báo khai thác"), columns, rows, _("Chưa có cảnh báo nào về hệ thống này."))
