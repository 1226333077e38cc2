"""The directory of parties: who may connect, under which codes, whom to ask, what became of them and what still has to move."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dancu.identity.api import actions_may, demand, guarded, history_of, needs_two_now, propose
from dancu.kernel import clock
from dancu.kernel.clock import local
from dancu.kernel.errors import Conflict, DancuError, Invalid, NotFound
from dancu.onboarding.pages.session import officer_of, sentences
from dancu.onboarding.parties import store
from dancu.onboarding.parties import usecases as parties
from dancu.onboarding.parties.domain import Centre, Change, Contact, Move, Party, PartyKind, Reorganisation
from dancu.ui import parts
from dancu.ui.words import day_text, in_language

PARTIES = "/ket-noi/co-quan"
KIND_WORDS = {
    PartyKind.MINISTRY: "Bộ, cơ quan ngang bộ, cơ quan thuộc Chính phủ",
    PartyKind.PROVINCE: "Tỉnh, thành phố",
    PartyKind.ENTERPRISE: "Doanh nghiệp nhà nước",
    PartyKind.TELECOM: "Nhà mạng viễn thông",
    PartyKind.ASSOCIATION: "Hội, đoàn thể",
}
CHANGE_WORDS = {"merged": "sáp nhập vào", "renamed": "đổi tên thành", "split": "tách về"}


@guarded("onboarding.party.see")
@require_http_methods(["GET", "POST"])
def parties_page(request: HttpRequest) -> HttpResponse:
    """Everybody on a day; those that ended and still hold systems come first."""
    officer, now, errors, status = officer_of(request), clock.now(), {}, 200
    if request.method == "POST":
        try:
            demand(request, "onboarding.party.edit")
            if request.POST.get("step") == "centre":
                _add_centre(request, now)
                return HttpResponseRedirect(f"{PARTIES}?xong=1#trung-tam")
            return HttpResponseRedirect(f"{PARTIES}/{_add(request, now)}")
        except (Invalid, Conflict) as failure:
            errors, status = sentences(failure), failure.status
    day, wrong = _day(request.GET.get("ngay", ""), local(now).date())
    errors |= wrong
    kind = request.GET.get("loai", "")
    listed = [each for each in parties.parties_on(day) if kind in ("", each.kind)]
    context = {
        "section": "gate-parties",
        "day": day,
        "day_text": day_text(day),
        "typed_day": request.GET.get("ngay", "") if wrong else day_text(day),
        "errors": errors,
        "typed": request.POST,
        "waiting": parties.waiting_to_move(local(now).date()),
        "filters": [parts.Choice(_("Tất cả"), f"{PARTIES}?ngay={day}", not kind)]
        + [parts.Choice(in_language(word), f"{PARTIES}?ngay={day}&loai={key}", kind == key) for key, word in KIND_WORDS.items()],
        "table": _table(listed),
        "centres": _centres(day),
        "is_centre": request.POST.get("step") == "centre",
        "fresh": bool(request.GET.get("xong")) and not errors,
        "kinds": [
            (key.value, in_language(word))
            for key, word in KIND_WORDS.items()
            if key not in (PartyKind.MINISTRY, PartyKind.PROVINCE)
        ],
        "may_edit": actions_may(officer, "onboarding.party.edit", local(now).date()),
        "done": [_reorganised(*row) for row in store.reorganisations()[:10]],
    }
    return render(request, "onboarding/parties.html", context, status=status)


def _day(text: str, today: date) -> tuple[date, dict[str, str]]:
    """The day asked for; today, and what is wrong with what was typed, where it is none."""
    for shape in ("%d/%m/%Y", "%Y-%m-%d"):
        with suppress(ValueError):
            return datetime.strptime(text.strip(), shape).date(), {}
    return today, {"ngay": _("Ngày viết như 01/12/2022.")} if text.strip() else {}


def _add(request: HttpRequest, now: datetime) -> str:
    said = {name: request.POST.get(name, "").strip() for name in ("code", "name", "kind", "other_code", "source")}
    kind = PartyKind(said["kind"]) if said["kind"] in set(PartyKind) else PartyKind.ENTERPRISE
    party = Party(said["code"].upper(), said["name"], kind, said["other_code"], local(now).date(), source=said["source"])
    parties.add_party(party, by=officer_of(request).account, now=now)
    return party.code


def _add_centre(request: HttpRequest, now: datetime) -> None:
    code, name, provider = (request.POST.get(f"centre_{field}", "").strip() for field in ("code", "name", "provider"))
    parties.add_centre(Centre(code.upper(), name, provider.upper()), by=officer_of(request).account, now=now)


def _centres(day: date) -> parts.Table:
    columns = (
        parts.Column(_("Mã"), "code"),
        parts.Column(_("Tên")),
        parts.Column(_("Đơn vị cung cấp")),
        parts.Column(_("Hệ thống đặt tại đây"), "amount"),
    )
    listed = parties.centres()
    standing = parties.systems_in_centres()
    rows = [parts.Row((each.code, each.name, _named(each.provider, day), standing.get(each.code, 0))) for each in listed]
    return parts.Table(_("Trung tâm dữ liệu dùng chung"), columns, rows, _("Chưa có trung tâm dữ liệu nào trong danh mục."))


def _named(code: str, day: date) -> str:
    try:
        return f"{parties.party_of(code, day).name} ({code})"
    except NotFound:  # written before providers were looked up
        return code


def _table(listed: list[Party]) -> parts.Table:
    columns = (
        parts.Column(_("Mã"), "code"),
        parts.Column(_("Tên")),
        parts.Column(_("Loại")),
        parts.Column(_("Mã dạng cũ"), "code"),
        parts.Column(_("Đầu mối")),
    )
    contacts = store.contacts()
    rows = [
        parts.Row(
            (
                each.code,
                each.name,
                in_language(KIND_WORDS[each.kind]),
                each.other_code or "–",
                "; ".join(f"{c.role}, {c.office}" for c in contacts.get(each.code, ())) or "–",
            ),
            f"{PARTIES}/{each.code}",
        )
        for each in listed
    ]
    return parts.Table(
        _("Các đơn vị"), columns, rows, _("Không có đơn vị nào thuộc loại này vào ngày đã chọn."), said=f"{len(rows)}"
    )


def _reorganised(on: date, change: str, basis: str, moved: list[dict[str, str]], at: datetime, by: str) -> parts.Change:
    facts = [
        f"{each['before']} → {each['after']}: {each['what']} {_('tài khoản') if each['kind'] == 'accounts' else ''}"
        for each in moved
    ]
    return parts.Change(in_language("Chuyển giao khi sắp xếp tổ chức"), at, by, valid_from=on, evidence=basis, facts=facts)


@guarded("onboarding.party.see")
@require_http_methods(["GET", "POST"])
def party_page(request: HttpRequest, code: str) -> HttpResponse:
    """One party: its names through time, its contacts, its systems; moving them when it ended."""
    officer, now, errors, status = officer_of(request), clock.now(), {}, 200
    today = local(now).date()
    found = parties.party_of(code, today)
    if request.method == "POST":
        try:
            demand(request, "onboarding.party.edit")
            _change(request, found, now)
            return HttpResponseRedirect(f"{PARTIES}/{code}?xong=1")
        except (Invalid, Conflict, NotFound) as failure:
            errors, status = sentences(failure), failure.status
    plan = parties.plan_for(found, today) if found.valid_to and found.valid_to < today else None
    context = {
        "section": "gate-parties",
        "crumbs": [parts.Choice(_("Cơ quan"), PARTIES), parts.Choice(found.name)],
        "party": found,
        "kind": in_language(KIND_WORDS[found.kind]),
        "history": _history(code),
        "contacts": store.contacts_of(found.code),
        "systems": store.systems_of(found.code),
        "accounts": store.count_accounts(found.code),
        "plan": plan if plan and plan.moves else None,
        "errors": errors,
        "typed": request.POST,
        "may_edit": actions_may(officer, "onboarding.party.edit", today),
        "fresh": bool(request.GET.get("xong")) and not errors,
    }
    return render(request, "onboarding/party.html", context, status=status)


def _history(code: str) -> list[str]:
    try:
        known = history_of(code)
    except DancuError:
        return []
    lines = []
    for each in known:
        until = f"{day_text(each.valid_from)} – {day_text(each.valid_to) if each.valid_to else _('nay')}"
        became = (
            f"; {in_language(CHANGE_WORDS[each.change])} {each.successor_code} {' '.join(each.other_successors)}"
            if each.change
            else ""
        )
        lines.append(f"{until}: {each.name}{became.rstrip()}. {each.source}")
    return lines


def _change(request: HttpRequest, found: Party, now: datetime) -> None:
    step, by = request.POST.get("step", ""), officer_of(request).account
    if step == "contact":
        said = {name: request.POST.get(name, "").strip() for name in ("role", "office", "phone", "mail")}
        contact = Contact(found.code, said["role"], said["office"], said["phone"], said["mail"])
        parties.add_contact(contact, by=by, now=now)
    elif step == "end_contact":
        identity = request.POST.get("contact", "")
        parties.end_contact(int(identity) if identity.isdecimal() else 0, found.code, by=by, now=now)
    elif step == "move":
        _move(request, found, now)
    else:
        raise Invalid("party.step", "Không có thao tác này.", "There is no such step.")


def _move(request: HttpRequest, found: Party, now: datetime) -> None:
    """Everything the ended body holds, each to where the page says."""
    plan = parties.plan_for(found, local(now).date())
    moves = [
        Move(m.kind, m.what, m.before, request.POST.get(f"to_{m.what or 'accounts'}", "").strip() or m.after) for m in plan.moves
    ]
    chosen = Reorganisation(Change(found.change or Change.MERGED), plan.on, request.POST.get("basis", "").strip(), tuple(moves))
    officer = officer_of(request)
    if needs_two_now("onboarding.reorganise", local(now).date()):
        propose(officer, "onboarding.reorganise", parties.plan_as_content(chosen), chosen.basis, now=now)
    else:
        parties.reorganise(chosen, by=officer.hand, now=now)
