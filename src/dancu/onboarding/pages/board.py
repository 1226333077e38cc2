"""The board of connections on any day: figures with their arithmetic, map, funnel, who must do what by when, one body, the file."""

from __future__ import annotations

import csv
from datetime import date, datetime
from io import StringIO
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from dancu.identity.api import actions_may, demand, guarded
from dancu.kernel import clock
from dancu.kernel.clock import local
from dancu.kernel.errors import NotFound
from dancu.onboarding.axes import store as standings
from dancu.onboarding.axes.domain import Axis
from dancu.onboarding.board import shown, tables
from dancu.onboarding.board.asked import BOARD, Asked, read_asked
from dancu.onboarding.board.events import BoardAxis, HostingStanding, SecurityStanding, Standing, StandingFact, standing_of
from dancu.onboarding.board.lineage import Party, PartyKind
from dancu.onboarding.board.view import BoardView, Material, material
from dancu.onboarding.board.wording import kind_words
from dancu.onboarding.domain import ConnectionState
from dancu.onboarding.dossiers import store as dossiers
from dancu.onboarding.pages.session import officer_of
from dancu.onboarding.parties import store as parties
from dancu.onboarding.reminders import usecases as reminders
from dancu.ui import parts
from dancu.ui.words import is_english

REGISTER = "sổ đăng ký kết nối"
_OTHERS = (PartyKind.ENTERPRISE, PartyKind.TELECOM, PartyKind.ASSOCIATION)


@guarded("onboarding.board.see")
@require_http_methods(["GET", "POST"])
def board_page(request: HttpRequest) -> HttpResponse:
    """The board of a day, of today where none is named."""
    now = clock.now()
    if request.method == "POST":
        demand(request, "onboarding.board.remind")
        return HttpResponseRedirect(f"{BOARD}?nhac={reminders.remind(now=now)}")
    today = local(now).date()
    asked = read_asked(request.GET, today)
    view = BoardView(live_material(today), asked.day, asked.known_by)
    seen = asked.typed["xem"]
    context: dict[str, Any] = {
        "section": "gate-board",
        "asked": asked,
        "day": asked.day,
        "seen": seen,
        "tabs": [
            parts.Choice(_("Tổng quan"), asked.href(xem=""), not seen),
            parts.Choice(_("Ai phải làm gì"), asked.href(xem="viec"), seen == "viec"),
            parts.Choice(_("Các đơn vị"), asked.href(xem="don-vi"), seen == "don-vi"),
        ],
        "may_remind": actions_may(officer_of(request), "onboarding.board.remind", today) and asked.day == today,
        "reminded": request.GET.get("nhac", "") if request.GET.get("nhac", "").isdecimal() else "",
    }
    if seen == "viec":
        context |= {"work": tables.work_table(view), "work_notes": tables.work_notes(view)}
        context["waiting"] = _waiting(now) if asked.day == today else None
    elif seen == "don-vi":
        context |= {"filters": tables.filters(view, asked), "table": tables.bodies_table(view, asked)}
    else:
        context |= _overview(view, asked)
    return render(request, "onboarding/board.html", context)


def _overview(view: BoardView, asked: Asked) -> dict[str, Any]:
    """Figures with their arithmetic, where the papers do not agree with themselves, map and funnels."""
    whole = (PartyKind.MINISTRY, PartyKind.PROVINCE)
    return {
        "kinds": [(kind_words()[kind], told, shown.funnel(view, kind)) for kind in whole if (told := shown.tiles(view, kind))],
        "others": [tile for kind in _OTHERS for tile in shown.tiles(view, kind)],
        "map": shown.state_map(view, asked),
        "remarks": shown.remarks(view),
    }


def live_material(today: date) -> Material:
    """The documents on file and the register as it stands."""
    return material(_events(today), _parties(today))


def _events(today: date) -> list[StandingFact]:
    found = []
    for each in standings.events_until(today):
        state: Standing
        if each.axis is Axis.CONNECTION:
            state, axis = standing_of(ConnectionState(each.state)), BoardAxis.CONNECTION
        else:
            state, axis = SecurityStanding(each.state), BoardAxis.SECURITY
        at = (each.on, each.recorded_at)
        found.append(StandingFact(each.organisation, each.client_id, axis, state, *at, REGISTER, each.reason))
    for organisation, client_id, hosting, opened_at in dossiers.hosted():
        found.append(
            StandingFact(
                organisation, client_id, BoardAxis.HOSTING, HostingStanding(hosting), local(opened_at).date(), opened_at, REGISTER
            )
        )
    return found


def _parties(today: date) -> list[Party]:
    return [Party(each.code, each.name, each.kind, each.valid_from or today) for each in parties.parties_on(today)]


def _waiting(now: datetime) -> parts.Table:
    """Whose time to mend is over, and what comes: nothing closes by itself, somebody decides."""
    columns = (
        parts.Column(_("Hạn"), "day"),
        parts.Column(_("Còn (ngày làm việc)"), "amount"),
        parts.Column(_("Đơn vị"), "code"),
        parts.Column(_("Việc")),
        parts.Column(_("Bước"), "state"),
    )
    words = {"decide": parts.State(_("Chờ quyết định"), "bad"), "mend": parts.State(_("Trong thời gian sửa"), "warn")}
    rows = []
    for deadline, left, stage in reminders.coming(now=now)[:200]:
        state = words.get(stage) or parts.State(_("Đã nhắc") if stage else _("Sắp đến"), "info" if stage else "plain")
        says = deadline.says_en if is_english() else deadline.says
        rows.append(parts.Row((deadline.due_on, left, deadline.organisation, says, state), deadline.href))
    return parts.Table(_("Hạn trong 30 ngày và đã quá"), columns, rows, _("Không có hạn nào trong 30 ngày tới."))


@guarded("onboarding.board.see")
@require_GET
def body_page(request: HttpRequest, code: str) -> HttpResponse:
    """Everything known of one body by a day, and what it has to do."""
    today = local(clock.now()).date()
    asked = read_asked(request.GET, today)
    view = BoardView(live_material(today), asked.day, asked.known_by)
    body = next((each for each in view.board.bodies if each.party.code == code), None)
    if body is None:
        raise NotFound("board.body", "Không có đơn vị này vào ngày đã chọn.", "There was no such body on that day.")
    context = {
        "section": "gate-board",
        "crumbs": [parts.Choice(_("Bảng theo dõi"), asked.href()), parts.Choice(body.party.name)],
        "body": body,
        "day": asked.day,
        "inherited": shown.inherited_text(body),
        "doubts": tables.doubts_of(body),
        "facts": tables.facts_table(body),
        "work": tables.work_table(view, code),
        "contacts": parties.contacts_of(code),
    }
    return render(request, "onboarding/board_body.html", context)


@guarded("onboarding.board.see")
@require_GET
def board_file(request: HttpRequest) -> HttpResponse:
    """Exactly what is filtered, as CSV for spreadsheets."""
    today = local(clock.now()).date()
    asked = read_asked(request.GET, today)
    view = BoardView(live_material(today), asked.day, asked.known_by)
    out = StringIO()
    csv.writer(out).writerows(tables.csv_rows(view, asked))
    response = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="ket-noi-{asked.day:%Y-%m-%d}.csv"'
    return response
