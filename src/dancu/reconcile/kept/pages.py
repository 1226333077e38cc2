"""Pages of kept lists: those an organisation has, one with its events, the events as a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import datetime
from typing import cast
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from dancu.exchange.api import ToldKind
from dancu.identity.api import OfficerRequest, actions_may, demand, guarded
from dancu.kernel import clock
from dancu.kernel.clock import local
from dancu.kernel.errors import DancuError, Invalid
from dancu.kernel.spreadsheets import harmless
from dancu.onboarding import api as onboarding
from dancu.reconcile.kept import domain, linking, store, usecases
from dancu.reconcile.kept.domain import EndReason, Event, Ground, KeptList, Linking, Stated, ToldEvent
from dancu.reconcile.profiles.table import PROFILES
from dancu.ui.parts import Column, Kind, Row, State, Table
from dancu.ui.words import in_language, is_english, number_text

LISTS = "/doi-soat/danh-sach-giu"
EVENTS_SHOWN, LINKINGS_SHOWN = 50, 5
KIND_WORDS: dict[str, tuple[str, Kind]] = {
    ToldKind.MOVED: ("Đã chuyển nơi cư trú", "info"),
    ToldKind.CORRECTED: ("Đổi họ tên hoặc ngày sinh", "warn"),
    ToldKind.DIED: ("Đã chết", "bad"),
    ToldKind.MISSING: ("Mất tích", "bad"),
    ToldKind.ALIVE: ("Huỷ việc ghi đã chết, mất tích", "warn"),
    ToldKind.NUMBER_REPLACED: ("Số định danh đã được thay, gộp", "warn"),
    ToldKind.NUMBER_CANCELLED: ("Số định danh đã huỷ", "bad"),
    ToldKind.NUMBER_IN_FORCE: ("Số định danh có hiệu lực lại", "warn"),
    ToldKind.CHANGED: ("Thay đổi thông tin khác", "plain"),
}
ADVICE: dict[str, str] = {
    ToldKind.MOVED: "Xác nhận lại nơi cư trú với người này.",
    ToldKind.CORRECTED: "Đối soát lại bản ghi này.",
    ToldKind.DIED: "Dừng quyền lợi, dịch vụ; đối soát lại bản ghi.",
    ToldKind.MISSING: "Dừng quyền lợi, dịch vụ; đối soát lại bản ghi.",
    ToldKind.ALIVE: "Khôi phục bản ghi, đối soát lại.",
    ToldKind.NUMBER_REPLACED: "Ghi số mới, kiểm tra có bản ghi trùng không.",
    ToldKind.NUMBER_CANCELLED: "Hỏi người này số định danh đúng, đối soát lại.",
    ToldKind.NUMBER_IN_FORCE: "Đối soát lại bản ghi này.",
    ToldKind.CHANGED: "Đối soát lại bản ghi này nếu cần.",
}
_GROUND_WORDS = {Ground.LAW: "Pháp luật quy định", Ground.CONSENT: "Người trong danh sách đồng ý"}
_END_WORDS = {EndReason.PURPOSE: "đã đạt mục đích", EndReason.GRANT: "phạm vi khai thác không còn"}


@guarded("reconcile.kept.see")
@require_http_methods(["GET", "POST"])
def lists_page(request: HttpRequest) -> HttpResponse:
    """The lists of an organisation; a new one is made under one of its grants."""
    errors, status = dict[str, str](), 200
    if request.method == "POST":
        try:
            demand(request, "reconcile.kept.act")
            kept = usecases.make_list(_organisation(request), _account(request), _stated(request), now=clock.now())
            return HttpResponseRedirect(f"{LISTS}/{kept.id}")
        except DancuError as failure:
            errors, status = _sentences(failure), failure.status
    context = {
        "section": "kept",
        "errors": errors,
        "typed": request.POST,
        "table": _lists_table(),
        "grants": _grants(_organisation(request)),
        "profiles": [(each.code, each.name_en if is_english() else each.name) for each in PROFILES.values()],
        "grounds": [(key.value, in_language(word)) for key, word in _GROUND_WORDS.items()],
        "may_act": _may_act(request),
    }
    return render(request, "reconcile/kept_lists.html", context, status=status)


@guarded("reconcile.kept.see")
@require_http_methods(["GET", "POST"])
def list_page(request: HttpRequest, list_id: UUID) -> HttpResponse:
    """One list: what it stands on, how much is linked, what happened to whom of its records."""
    errors, status = dict[str, str](), 200
    if request.method == "POST":
        try:
            demand(request, "reconcile.kept.act")
            return HttpResponseRedirect(f"{LISTS}/{list_id}?xong={_done(request, list_id)}")
        except DancuError as failure:
            errors, status = _sentences(failure), failure.status
    kept = store.get_list(list_id)
    rounds = linking.rounds_to_link(kept)
    before = request.GET.get("truoc", "")
    events = store.told_events(kept, int(before) if before.isascii() and before.isdigit() else 0, EVENTS_SHOWN + 1)
    context = {
        "section": "kept",
        "kept": kept,
        "code": domain.code_of(kept.id),
        "profile": _profile_word(kept.profile),
        "ground": in_language(_GROUND_WORDS[kept.ground]),
        "ending": in_language(_END_WORDS[EndReason(kept.end_reason)]) if kept.end_reason else "",
        "counts": store.counts_of(kept),
        "table": _events_table(kept, events),
        "linkings": [_linking_line(each) for each in store.linkings_of(kept)[:LINKINGS_SHOWN]],
        "rounds": [(str(each.id), f"{each.code} · {_moment(each.finished_at)}") for each in rounds if each.finished_at],
        "newest": max((event.number for event in events), default=0) if not before else 0,
        "errors": errors,
        "typed": request.POST,
        "fresh": request.GET.get("xong", "") in _STEPS and not errors,
        "may_act": _may_act(request) and kept.ended_at is None,
        "path": f"{LISTS}/{kept.id}",
    }
    return render(request, "reconcile/kept_list.html", context, status=status)


@guarded("reconcile.kept.act")
@require_POST
def events_file(request: HttpRequest, list_id: UUID) -> HttpResponse:
    """Every event that was not acknowledged, told as things stand now: each telling stands in the ledger."""
    told = usecases.download(list_id, _account(request), now=clock.now())
    response = HttpResponse(_csv(told), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="bien-dong-{domain.code_of(list_id)}.csv"'
    return response


def _done(request: HttpRequest, list_id: UUID) -> str:
    step, account, now = request.POST.get("step", ""), _account(request), clock.now()
    match step:
        case "nhan":
            usecases.receive(list_id, account, now=now)
        case "xong":
            usecases.acknowledge(list_id, _whole(request.POST.get("den", "")), account, now=now)
        case "lien-ket":
            linking.ask_linking(list_id, _round_asked(request), account, settings.CONFIG, now=now)
        case "go":
            usecases.unlink(list_id, request.POST.get("reference", "").strip(), account, now=now)
        case "ket-thuc":
            usecases.end_list(list_id, account, now=now)
        case _:
            raise Invalid("kept.step", "Không có việc này. Bạn tải lại trang.", "There is no such step. Load the page again.")
    return step


_STEPS = ("nhan", "xong", "lien-ket", "go", "ket-thuc")


def _linking_line(asked: Linking) -> tuple[str, State]:
    """What became of a round that was to be linked."""
    if asked.failure:
        return f"{asked.round_code}: {asked.failure_en if is_english() else asked.failure}", State(_("Chưa liên kết được"), "bad")
    if asked.done_at is None:
        return asked.round_code, State(_("Chờ liên kết"), "info")
    return asked.round_code, State(_("Liên kết mới: %(count)s") % {"count": number_text(asked.linked)}, "ok")


def _round_asked(request: HttpRequest) -> UUID:
    try:
        return UUID(request.POST.get("round", ""))
    except ValueError:
        raise Invalid("kept.round_missing", "Bạn chọn một đợt đối soát.", "Choose a round.", field="round") from None


def _stated(request: HttpRequest) -> Stated:
    typed = request.POST
    parts = typed.get("grant", "").split("|")
    if len(parts) != 3:
        raise Invalid("kept.grant", "Chọn hệ thống và phạm vi được duyệt.", "Choose a system and its grant.", field="grant")
    if typed.get("ground", "") not in list(Ground):
        raise Invalid("kept.ground", "Chọn căn cứ giữ liên kết.", "Choose the ground.", field="ground")
    ground, document = Ground(typed["ground"]), typed.get("document", "")
    return Stated(typed.get("name", ""), typed.get("profile", ""), parts[0], parts[1], parts[2], ground, document)


def _grants(organisation: str) -> list[tuple[str, str]]:
    """What may be followed under: only grants that say so."""
    found = [grant for grant in onboarding.grants_of_organisation(organisation) if grant.may_subscribe]
    return [(f"{g.client_id}|{g.integration_code}|{g.procedure}", f"{g.client_id} · {g.purpose} ({g.procedure})") for g in found]


def _lists_table() -> Table:
    columns = [
        Column(_("Danh sách")),
        Column(_("Loại")),
        Column(_("Căn cứ")),
        Column(_("Lập lúc"), "moment"),
        Column(_("Trạng thái"), "state"),
    ]
    rows = [
        Row(
            [
                kept.name,
                _profile_word(kept.profile),
                in_language(_GROUND_WORDS[kept.ground]),
                kept.made_at,
                State(_("Đã kết thúc")) if kept.ended_at else State(_("Đang theo dõi"), "ok"),
            ],
            f"{LISTS}/{kept.id}",
        )
        for kept in store.lists()
    ]
    empty = _("Chưa có danh sách nào. Lập danh sách, rồi liên kết các bản ghi đã khớp của một đợt đối soát.")
    return Table(_("Danh sách giữ liên kết"), columns, rows, empty)


def _events_table(kept: KeptList, events: Sequence[Event]) -> Table:
    columns = [
        Column(_("Mã bản ghi")),
        Column(_("Biến động"), "state"),
        Column(_("Việc cần làm")),
        Column(_("Ghi lúc"), "moment"),
        Column(_("Đã cập nhật"), "moment"),
    ]
    rows = [
        Row(
            [
                event.reference,
                State(in_language(KIND_WORDS[event.kind][0]), KIND_WORDS[event.kind][1]),
                in_language(ADVICE[event.kind]),
                event.written_at,
                event.acknowledged_at,
            ]
        )
        for event in events[:EVENTS_SHOWN]
    ]
    more = f"{LISTS}/{kept.id}?truoc={events[EVENTS_SHOWN - 1].number}" if len(events) > EVENTS_SHOWN else ""
    return Table(_("Biến động đã nhận"), columns, rows, _("Chưa nhận biến động nào."), next_href=more)


def _csv(told: Sequence[ToldEvent]) -> str:
    """With the mark by which spreadsheets know UTF-8."""
    text = io.StringIO()
    text.write("\ufeff")
    rows = csv.writer(text)
    rows.writerow(
        [_("Số"), _("Mã bản ghi"), _("Biến động"), _("Số định danh mới"), _("Ghi nhận lúc"), _("Việc cần làm"), _("Mã ghi sổ")]
    )
    for each in told:
        word, advice = in_language(KIND_WORDS[each.kind][0]), in_language(ADVICE[each.kind])
        rows.writerow([each.number, harmless(each.reference), word, each.successor, _moment(each.recorded_at), advice, each.entry])
    return text.getvalue()


def _moment(at: datetime) -> str:
    return f"{local(at):%d/%m/%Y %H:%M}"


def _profile_word(code: str) -> str:
    profile = PROFILES[code]
    return profile.name_en if is_english() else profile.name


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0


def _organisation(request: HttpRequest) -> str:
    return cast(OfficerRequest, request).officer.organisation_code


def _account(request: HttpRequest) -> str:
    return cast(OfficerRequest, request).officer.account


def _may_act(request: HttpRequest) -> bool:
    return actions_may(cast(OfficerRequest, request).officer, "reconcile.kept.act", local(clock.now()).date())


def _sentences(failure: DancuError) -> dict[str, str]:
    return {failure.field or "": failure.message_en if is_english() else failure.message}
