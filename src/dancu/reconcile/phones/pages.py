"""Pages of telephone numbers: an operator passes its own on and answers disputes; two hands write what stands."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from dancu.identity.api import demand, guarded, organisation_names
from dancu.kernel import clock
from dancu.kernel.dates import PartialDate
from dancu.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from dancu.kernel.four_eyes import are_apart
from dancu.reconcile.pages.session import ROOM, in_words, officer_of, round_href, sentences
from dancu.reconcile.phones import domain, flow_store, passing, usecases, writing
from dancu.reconcile.phones.domain import Passing, Standing, Writing
from dancu.ui.parts import Column, Confirm, Deed, Row, State, Table, Work
from dancu.ui.words import day_text, is_english, number_text

NUMBERS = f"{ROOM}/so-thue-bao"
WRITINGS = f"{ROOM}/ghi-so-dien-thoai"


@guarded("reconcile.phones.see")
@require_http_methods(["GET", "POST"])
def numbers_page(request: HttpRequest) -> HttpResponse:
    """What this operator passed on, and its numbers somebody else's operator verified for another person. POST looks one up."""
    errors, status, typed = dict[str, str](), 200, request.POST.get("phone", "")
    if request.method == "POST":
        try:
            return HttpResponseRedirect(f"{NUMBERS}/{_own(request, typed)}/tra-lai")
        except (Invalid, NotFound) as failure:
            errors, status = {"phone": in_words(failure)}, failure.status
    return _numbers(request, request.GET.get("xong", ""), typed, errors, status)


def _numbers(
    request: HttpRequest, done: str, typed: str = "", errors: dict[str, str] | None = None, status: int = 200
) -> HttpResponse:
    lines = usecases.disputed(officer_of(request).organisation_code)
    rows = [Row((line.phone, line.verified_on, line.at), f"{NUMBERS}/{line.id}/tra-lai") for line in lines]
    columns = (Column(_("Số điện thoại"), "code"), Column(_("Ngày xác thực"), "day"), Column(_("Chuyển lúc"), "moment"))
    empty = _("Không có số nào chưa thống nhất.")
    context = {
        "section": "phones",
        "passings": _passings_table(flow_store.passings()),
        "disputed": Table(_("Số chưa thống nhất"), columns, rows, empty),
        "is_more": len(lines) == usecases.LINES_MAX,
        "done": done,
        "errors": errors or {},
        "typed": typed,
    }
    return render(request, "reconcile/phones.html", context, status=status)


@guarded("reconcile.phones.pass")
@require_http_methods(["GET", "POST"])
def give_up_page(request: HttpRequest, claim_id: UUID) -> HttpResponse:
    """One question before an operator gives a number up. Pressed twice it is given up once."""
    officer = officer_of(request)
    line = usecases.own_line(officer.organisation_code, claim_id)
    if line is None:  # settled meanwhile, by whomever
        return _numbers(request, "roi", status=404)
    if request.method == "POST":
        usecases.give_up(officer.organisation_code, claim_id, by=officer.account, now=clock.now())
        return HttpResponseRedirect(f"{NUMBERS}?xong=tra")
    question = Confirm(
        _("Xác nhận số %(phone)s không còn của thuê bao này?") % {"phone": line.phone},
        [
            _("Đơn vị bạn xác thực số này ngày %(day)s. Bạn kiểm tra hợp đồng trước.") % {"day": day_text(line.verified_on)}
            if line.standing is not Standing.DISPUTED
            else _("Nhà mạng khác đã xác thực số này cho một người khác. Bạn kiểm tra hợp đồng, việc chuyển mạng giữ số trước."),
            _("Thông tin của đơn vị bạn về số này hết hiệu lực; xác thực của bên kia được áp dụng nếu không còn ai khác."),
        ],
        _("Xác nhận không còn"),
        f"{NUMBERS}/{claim_id}/tra-lai",
        NUMBERS,
        _("Chuyển lại số này từ một đợt đối soát mới."),
    )
    return render(request, "reconcile/phone_give_up.html", {"section": "phones", "confirm": question})


@guarded("reconcile.phones.pass")
@require_POST
def pass_page(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """Pass the matched subscribers of a round on; what stood against it is told on the report."""
    try:
        day = _day(request.POST.get("verified_on", ""))
        passing.ask_passing(officer_of(request), round_id, day, settings.CONFIG, now=clock.now())
    except (Invalid, Conflict) as failure:
        said = urlencode({"chua": in_words(failure), "ngay": request.POST.get("verified_on", "")[:20]})
        return HttpResponseRedirect(f"{round_href(round_id)}/bao-cao?{said}")
    return HttpResponseRedirect(f"{NUMBERS}?xong=chuyen")


@guarded("reconcile.phones.waiting")
@require_http_methods(["GET", "POST"])
def writings_page(request: HttpRequest) -> HttpResponse:
    """What waits to be written into the registry; one officer asks, one of another unit decides."""
    errors, status = dict[str, str](), 200
    if request.method == "POST":
        try:
            return HttpResponseRedirect(f"{WRITINGS}?xong={_step(request)}")
        except (Invalid, Conflict, NotAllowed) as failure:
            errors, status = sentences(failure), failure.status
    return render(request, "reconcile/phone_writings.html", _writings_context(request, errors), status=status)


def passing_of(round_id: UUID, typed: str) -> dict[str, Any]:
    """What the report of a round shows of passing its numbers on."""
    found = flow_store.passing_of(round_id)
    return {"asked": found, "state": _passing_state(found) if found else None, "typed": typed, "href": NUMBERS}


def _own(request: HttpRequest, phone: str) -> UUID:
    found = usecases.own_number(officer_of(request).organisation_code, phone)
    if found is None:
        raise NotFound(
            "phone.none_here",
            "Đơn vị bạn không có thông tin nào đang hiệu lực về số này.",
            "Your organisation says nothing of this number now.",
        )
    return found.id


def _step(request: HttpRequest) -> str:
    officer, now = officer_of(request), clock.now()
    match request.POST.get("step", ""):
        case "de-nghi":
            demand(request, "reconcile.phones.ask")
            writing.ask_writing(officer.hand, now=now)
        case "duyet":
            demand(request, "reconcile.phones.decide")
            writing.decide_writing(officer.hand, _writing_id(request), None, now=now)
        case "tu-choi":
            demand(request, "reconcile.phones.decide")
            writing.decide_writing(officer.hand, _writing_id(request), request.POST.get("reason", ""), now=now)
        case _:
            raise Invalid("phone.step", "Không có việc này. Bạn tải lại trang.", "There is no such step. Load the page again.")
    return request.POST["step"]


def _writing_id(request: HttpRequest) -> UUID:
    try:
        return UUID(request.POST.get("writing", ""))
    except ValueError:
        raise domain.decided_before() from None


def _writings_context(request: HttpRequest, errors: dict[str, str]) -> dict[str, Any]:
    officer, found, waits = officer_of(request), flow_store.open_writing(), writing.waiting()
    names = organisation_names({each.organisation for each in waits.by_source if each.organisation})
    rows = [
        Row((names.get(each.organisation) or _("Công dân tự khai"), each.round, each.count, each.first_day, each.last_day))
        for each in waits.by_source
    ]
    columns = (
        Column(_("Nguồn")), Column(_("Đợt đối soát"), "code"), Column(_("Số đang chờ"), "amount"),
        Column(_("Xác thực từ"), "day"), Column(_("Xác thực đến"), "day"),
    )  # fmt: skip
    is_open = found is not None and found.is_open
    return {
        "section": "writings",
        "errors": errors,
        "typed": request.POST.get("reason", ""),
        "total": waits.total,
        "disputed": waits.disputed,
        "table": Table(_("Đang chờ ghi"), columns, rows, _("Không có số nào đang chờ ghi.")),
        "open": found if is_open else None,
        "work": _work(found) if found and found.is_due else None,
        "deed": _deed(found, officer.hand == found.author) if found and is_open else None,
        "may_ask": "registrar" in officer.roles and found is None and waits.total > 0,
        "decides": is_open and "registrar-approver" in officer.roles,
        "is_apart": found is not None and are_apart([officer.hand], [found.author]),
        "past": _past_table([each for each in flow_store.writings() if each.done_at]),
        "done": request.GET.get("xong", "") if not errors else "",
    }


def _deed(asked: Writing, is_yours: bool) -> Deed:
    what = _("Ghi %(count)s số điện thoại vào CSDL dân cư") % {"count": number_text(asked.waiting)}
    deciders = _("người duyệt dân cư của đơn vị khác")
    return Deed(what, f"{asked.author.account} ({asked.author.unit})", asked.asked_at, deciders=deciders, yours=is_yours)


def _work(asked: Writing) -> Work:
    return Work(_("Đang ghi vào CSDL dân cư"), asked.written, max(asked.waiting, asked.written), _("người"))


def _past_table(ended: list[Writing]) -> Table:
    columns = (
        Column(_("Đề nghị lúc"), "moment"), Column(_("Người đề nghị")), Column(_("Người quyết định")),
        Column(_("Đã ghi"), "amount"), Column(_("Kết quả"), "state"), Column(_("Lý do")),
    )  # fmt: skip
    rows = [
        Row(
            (
                each.asked_at,
                each.author.account,
                each.approver.account if each.approver else "",
                each.written,
                State(_("Từ chối"), "bad") if each.refusal else State(_("Đã ghi xong"), "ok"),
                each.refusal,
            )
        )
        for each in ended
    ]
    return Table(_("Các đợt ghi đã xong"), columns, rows, _("Chưa có đợt ghi nào."))


def _passings_table(found: list[Passing]) -> Table:
    columns = (
        Column(_("Đợt đối soát"), "code"), Column(_("Chuyển lúc"), "moment"), Column(_("Thuê bao khớp"), "amount"),
        Column(_("Đã chuyển"), "amount"), Column(_("Số mới"), "amount"), Column(_("Trùng số nhiều người"), "amount"),
        Column(_("Trạng thái"), "state"),
    )  # fmt: skip
    rows = [
        Row((each.round_code, each.asked_at, each.total, each.done, each.new, each.contradictory, _passing_state(each)))
        for each in found
    ]
    empty = _("Chưa chuyển đợt nào. Mở báo cáo của một đợt đối soát thuê bao rồi bấm Chuyển số đã khớp.")
    return Table(_("Các đợt đã chuyển"), columns, rows, empty)


def _passing_state(asked: Passing) -> State:
    if asked.failure:
        return State(asked.failure_en if is_english() else asked.failure, "bad")
    if asked.done_at is not None:
        return State(_("Đã chuyển xong"), "ok")
    return State(_("Đang chuyển"), "info")


def _day(text: str) -> date:
    """Raises `Invalid` for what is no whole day."""
    try:
        found = PartialDate.parse(text)
    except Invalid:
        found = None
    if found is None or not found.is_full:
        raise Invalid(
            "phone.day_form",
            "Ngày xác thực viết như 24/11/2026. Bạn xem lại ngày đã nhập.",
            "Write the day of verification like 24/11/2026.",
            field="verified_on",
        )
    return date(found.year, found.month, found.day)
