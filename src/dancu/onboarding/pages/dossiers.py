"""Dossiers of connection: the list, a new one, and the page of one with what is missing, whose turn it is and what was done."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from dancu.identity.api import Officer, actions_may, demand, guarded, is_within, organisation_names
from dancu.kernel import clock
from dancu.kernel.clock import local
from dancu.kernel.errors import Conflict, DancuError, Invalid
from dancu.kernel.sealing import SealingKey
from dancu.kernel.work_days import due_at, work_calendar, working_days_left
from dancu.onboarding.axes import store as standings
from dancu.onboarding.dossiers import opening, requirements, store
from dancu.onboarding.dossiers import usecases as dossiers
from dancu.onboarding.dossiers.domain import (
    ACTION_WORDS,
    STATE_WORDS,
    Action,
    ActionKind,
    ConnectionDossier,
    DossierState,
    Party,
    Requirement,
)
from dancu.onboarding.dossiers.dues import due_of
from dancu.onboarding.pages import addresses
from dancu.onboarding.pages.session import DOSSIERS, axis_state, dossier_state, officer_of, sentences
from dancu.onboarding.parties.usecases import centres
from dancu.onboarding.trace import get_system, no_system
from dancu.ui import parts
from dancu.ui.cursors import cursor_after, cursor_in
from dancu.ui.words import in_language, is_english

_OPEN = tuple(state for state in DossierState if state not in store.CLOSED)
_FILTERS: tuple[tuple[str, str, tuple[DossierState, ...]], ...] = (
    ("", "Đang xử lý", _OPEN),
    ("cho-bo-sung", "Chờ bổ sung", (DossierState.RETURNED,)),
    ("cong-an-tinh", "Công an tỉnh rà soát", (DossierState.AT_POLICE,)),
    ("c06", "C06 thẩm định", (DossierState.AT_DEPARTMENT, DossierState.COMPLETE)),
    ("cho-quyet-dinh", "Chờ quyết định", (DossierState.PROPOSED,)),
    ("da-xong", "Đã xong", store.CLOSED),
)
_STEPS = (
    (DossierState.DRAFT, "Đơn vị soạn hồ sơ"),
    (DossierState.AT_POLICE, "Công an tỉnh (PC06) rà soát, đề xuất"),
    (DossierState.AT_DEPARTMENT, "C06 thẩm định giấy tờ"),
    (DossierState.COMPLETE, "Kiểm tra an ninh, kiểm thử"),
    (DossierState.PROPOSED, "Quyết định của hai người"),
    (DossierState.APPROVED, "Kết nối chính thức"),
)
_BUTTONS = {  # kind → does it need a text, and is it the main one
    ActionKind.SUBMIT: (False, True),
    ActionKind.FORWARD: (True, True),
    ActionKind.ACCEPT: (False, True),
    ActionKind.WITHDRAW: (True, False),
}
HOSTING_WORDS = {
    "own": "Trung tâm dữ liệu của cơ quan, địa phương",
    "provider": "Thuê trung tâm dữ liệu của doanh nghiệp",
    "other": "Nơi khác",
}


@guarded("onboarding.dossier.see")
@require_GET
def dossiers_page(request: HttpRequest) -> HttpResponse:
    """Dossiers within reach, those changed last first."""
    chosen = request.GET.get("loc", "")
    states = next((states for key, _word, states in _FILTERS if key == chosen), _OPEN)
    found = store.listed(states, cursor_in(request.GET.get("sau", "")))
    page, following = found[: store.PAGE_LENGTH], ""
    if len(found) > store.PAGE_LENGTH:
        following = f"{DOSSIERS}?loc={chosen}&sau={cursor_after(page[-1].changed_at, page[-1].id)}"
    counts = store.counts()
    context = {
        "section": "gate-dossiers",
        "filters": [
            parts.Choice(in_language(word), f"{DOSSIERS}?loc={key}" if key else DOSSIERS, key == chosen, _sum(counts, states))
            for key, word, states in _FILTERS
        ],
        "table": _table(page, following),
        "may_open": dossiers.INTEGRATOR in officer_of(request).roles,
    }
    return render(request, "onboarding/dossiers.html", context)


def _sum(counts: Mapping[DossierState, int], states: tuple[DossierState, ...]) -> int:
    return sum(counts.get(state, 0) for state in states)


def _table(lines: list[store.DossierLine], following: str) -> parts.Table:
    names = organisation_names({line.organisation for line in lines})
    columns = (
        parts.Column(_("Mã hồ sơ"), "code"),
        parts.Column(_("Cơ quan")),
        parts.Column(_("Hệ thống")),
        parts.Column(_("Bước"), "state"),
        parts.Column(_("Hạn"), "day"),
        parts.Column(_("Thay đổi lúc"), "moment"),
    )
    rows = [
        parts.Row(
            (
                line.code,
                names[line.organisation],
                f"{line.system_name} ({line.client_id})",
                dossier_state(line.state),
                line.due_on,
                line.changed_at,
            ),
            f"{DOSSIERS}/{line.id}",
        )
        for line in lines
    ]
    empty = _("Chưa có hồ sơ nào ở đây. Đơn vị chủ quản hệ thống lập hồ sơ bằng nút “Lập hồ sơ kết nối”.")
    return parts.Table(_("Hồ sơ kết nối"), columns, rows, empty, next_href=following)


@guarded("onboarding.dossier.write")
@require_http_methods(["GET", "POST"])
def new_page(request: HttpRequest) -> HttpResponse:
    """A new dossier with its system; the secret for the trial is shown once, on the page that follows.

    With `?bo-sung=` and a client id: a dossier for more services of that system, which stays in traffic.
    """
    officer, errors, status = officer_of(request), {}, 200
    supplemented = request.GET.get("bo-sung", "")
    if request.method == "POST":
        try:
            if supplemented:
                found = opening.open_supplement(officer, _wanted(request, supplemented), now=clock.now())
                return HttpResponseRedirect(f"{DOSSIERS}/{found.id}?xong=1")
            key = SealingKey.from_folder(settings.CONFIG.key_dir)
            opened, secret = opening.open_dossier(officer, _wanted(request), key=key, now=clock.now())
            context = {"section": "gate-dossiers", "dossier": opened, "secret": secret, "href": f"{DOSSIERS}/{opened.id}"}
            return render(request, "onboarding/opened.html", context, status=201)
        except (Invalid, Conflict) as failure:
            errors, status = sentences(failure), failure.status
    context = {
        "section": "gate-dossiers",
        "errors": errors,
        "typed": request.POST or _said_before(officer, supplemented),
        "supplemented": supplemented,
        "organisation": officer.organisation_name,
        "hosting": [(key, in_language(word)) for key, word in HOSTING_WORDS.items()],
        "centres": [(each.code, each.name) for each in centres()],
        "levels": [(str(level), _("Cấp độ %(level)s") % {"level": level}) for level in range(1, 6)],
        "crumbs": [parts.Choice(_("Hồ sơ kết nối"), DOSSIERS), parts.Choice(_("Lập hồ sơ"))],
    }
    return render(request, "onboarding/new.html", context, status=status)


def _said_before(officer: Officer, client_id: str) -> Mapping[str, str]:
    """What the last dossier of a system said of it, to be confirmed and not typed again."""
    if not client_id:
        return {}
    system, last = get_system(client_id), store.last_of(client_id)
    if not is_within(system.organisation, officer.organisation_code):
        raise no_system(client_id)
    said = dossiers.dossier_of(last).opened if last else {}
    known = {name: str(said.get(name, "")) for name in ("hosting", "centre", "level", "contact")}
    return {**known, "client_id": client_id, "system_name": str(said.get("system_name", system.name))}


def _wanted(request: HttpRequest, client_id: str = "") -> opening.Wanted:
    said = {name: request.POST.get(name, "").strip() for name in ("client_id", "system_name", "hosting", "centre", "contact")}
    level = request.POST.get("level", "")
    if "\n" in said["contact"] or addresses.reads_as_private(said["contact"]):
        raise Invalid(
            "contact.private",
            "Ghi chức danh, đơn vị và điện thoại cơ quan; không ghi số di động riêng hay hộp thư riêng.",
            "Give a role, an office and an office number; no private number.",
            field="contact",
        )
    return opening.Wanted(
        client_id or said["client_id"],
        said["system_name"],
        said["hosting"],
        int(level) if level.isdecimal() else 0,
        said["centre"],
        said["contact"],
    )


@guarded("onboarding.dossier.see")
@require_http_methods(["GET", "POST"])
def dossier_page(request: HttpRequest, dossier: UUID) -> HttpResponse:
    """One dossier: what it needs, what may be done now, what was done."""
    officer, now = officer_of(request), clock.now()
    errors: dict[str, str] = {}
    status = 200
    if request.method == "POST":
        try:
            _take(request, officer, dossier, now)
            return HttpResponseRedirect(f"{DOSSIERS}/{dossier}?xong=1")
        except (Invalid, Conflict) as failure:
            errors, status = sentences(failure), failure.status
    found = dossiers.dossier_of(dossier)
    context = _context(found, officer, now) | {
        "errors": errors,
        "typed": request.POST,
        "fresh": bool(request.GET.get("xong")) and not errors,
    }
    return render(request, "onboarding/dossier.html", context, status=status)


def _take(request: HttpRequest, officer: Officer, dossier: UUID, now: datetime) -> None:
    step, text = request.POST.get("step", ""), request.POST.get("text", "")
    kinds = {kind.value: kind for kind in (ActionKind.FORWARD, ActionKind.ACCEPT, ActionKind.WITHDRAW, ActionKind.RETURN)}
    if step == ActionKind.SUBMIT:
        demand(request, "onboarding.dossier.write")
        dossiers.submit(officer, dossier, now=now)
    elif step in ("connect", "refuse"):
        demand(request, "onboarding.dossier.review")
        dossiers.propose_decision(officer, dossier, text, connect=step == "connect", now=now)
    elif step in kinds:
        is_withdrawal = kinds[step] is ActionKind.WITHDRAW
        demand(request, "onboarding.dossier.write" if is_withdrawal else "onboarding.dossier.review")
        items = _items(request) if kinds[step] is ActionKind.RETURN else None
        dossiers.decide_papers(officer, dossier, kinds[step], text, now=now, items=items)
    else:
        raise Invalid("dossier.step", "Không có thao tác này.", "There is no such step.")


def _items(request: HttpRequest) -> list[dict[str, str]]:
    """What exactly is to be supplemented: a paper and a sentence, as many as were filled."""
    papers, texts = request.POST.getlist("item_paper"), request.POST.getlist("item_what")
    return [
        {"paper": paper[:60], "what": what.strip()[:500]}
        for paper, what in zip(papers, texts, strict=False)
        if paper and what.strip()
    ]


def _context(found: ConnectionDossier, officer: Officer, now: datetime) -> dict[str, Any]:
    needs = requirements.of(found, now=now)
    allowed = dossiers.allowed(found, officer)
    names = organisation_names(_bodies(found))
    security, until = standings.security_of(found.client_id)
    proposal = next((a.content["proposal"] for a in reversed(found.actions) if a.kind is ActionKind.PROPOSE), "")
    return {
        "section": "gate-dossiers",
        "crumbs": [parts.Choice(_("Hồ sơ kết nối"), DOSSIERS), parts.Choice(found.code)],
        "dossier": found,
        "state": dossier_state(found.state),
        "facts": _facts(found, names),
        "connection": axis_state(get_system(found.client_id).state),
        "security": axis_state(security),
        "security_until": until,
        "tracks": [_track(found, now)],
        "needs": [(need, *_words(need), _href(found, need, officer, local(now).date())) for need in needs],
        "left": sum(not need.is_met for need in needs),
        "asked": [(each, in_language(each.what), _href_of(found, each.paper)) for each in found.asked],
        "lines": _lines(found),
        "buttons": [(k.value, in_language(ACTION_WORDS[k]), *_BUTTONS[k]) for k in allowed if k in _BUTTONS],
        "may_return": ActionKind.RETURN in allowed,
        "may_propose": ActionKind.PROPOSE in allowed,
        "may_connect": found.state is DossierState.COMPLETE,
        "papers": [(need.key, _words(need)[0]) for need in needs],
        "proposal": proposal if found.state is DossierState.PROPOSED else "",
        "is_owner": dossiers.party_of(found, officer) is Party.OWNER,
        "changes": [_change(action, names) for action in reversed(found.actions)],
    }


def _bodies(found: ConnectionDossier) -> set[str]:
    """Every body that has or had it, and every police."""
    said = (found.opened, *(action.content for action in found.actions if action.kind is ActionKind.MOVE))
    return {str(each.get(name, "")) for each in said for name in ("organisation", "police")} - {""}


def _facts(found: ConnectionDossier, names: Mapping[str, str]) -> list[tuple[str, str]]:
    opened = found.opened
    facts = [
        (_("Cơ quan"), f"{names[found.organisation]} ({found.organisation})"),
        (_("Hệ thống"), f"{opened['system_name']} ({found.client_id})"),
        (_("Nơi đặt"), in_language(HOSTING_WORDS[opened["hosting"]]) + (f": {opened['centre']}" if opened.get("centre") else "")),
        (_("Cấp độ an toàn"), str(opened["level"])),
        (_("Đường gửi"), _("Công an tỉnh (PC06) rà soát, C06 quyết định") if found.police else _("Gửi thẳng C06")),
    ]
    if found.is_supplement:
        facts.insert(0, (_("Loại hồ sơ"), _("Bổ sung dịch vụ cho kết nối đang chạy")))
    return [*facts, (_("Đầu mối"), opened["contact"])] if opened.get("contact") else facts


def _track(found: ConnectionDossier, now: datetime) -> parts.Track:
    """Where the dossier is on its way."""
    steps = [each for each in _STEPS if found.police or each[0] is not DossierState.AT_POLICE]
    reached = DossierState.DRAFT if found.state is DossierState.RETURNED else found.state
    order = [state for state, _word in steps]
    at = order.index(reached) if reached in order else -1
    due, shown = due_of(found), []
    for index, (state, word) in enumerate(steps):
        if found.state in (DossierState.REFUSED, DossierState.WITHDRAWN):
            mark = "stopped" if state is DossierState.APPROVED else "done"
        elif found.state is DossierState.APPROVED or index < at:
            mark = "done"
        else:
            mark = "now" if index == at else "wait"
        name = _("Đơn vị bổ sung hồ sơ") if found.state is DossierState.RETURNED and mark == "now" else in_language(word)
        if mark == "stopped":
            name = in_language(STATE_WORDS[found.state])
        left = working_days_left(now, due_at(_at(due), 0, work_calendar()), work_calendar()) if due and mark == "now" else None
        shown.append(parts.Step(name, mark, due_on=due if mark == "now" else None, left=left))  # type: ignore[arg-type]  # one of its four words
    return parts.Track(_("Đường đi của hồ sơ"), shown)


def _at(day: Any) -> datetime:
    return datetime.combine(day, datetime.min.time(), local(clock.now()).tzinfo)


def _words(need: Requirement) -> tuple[str, str]:
    """What is needed and why it is not there, in the reader's language."""
    return (need.says_en, need.why_en) if is_english() else (need.says, need.why)


def _href(found: ConnectionDossier, need: Requirement, officer: Officer, today: date) -> str:
    """Where it is worked on; nowhere for whoever may not see that page."""
    needed = {"security": "onboarding.inspection.see", "result": "onboarding.trial.see"}.get(need.key)
    return _href_of(found, need.key) if needed is None or actions_may(officer, needed, today) else ""


def _href_of(found: ConnectionDossier, key: str) -> str:
    if key == "result":
        return f"/ket-noi/he-thong/{found.client_id}/thu-nghiem"
    slug = addresses.SLUGS.get(key, "")
    return f"{DOSSIERS}/{found.id}/{slug}" if slug else ""


def _lines(found: ConnectionDossier) -> parts.Table | None:
    if not found.lines:
        return None
    columns = (
        parts.Column(_("Mã tích hợp"), "code"),
        parts.Column(_("Thủ tục")),
        parts.Column(_("Mục đích")),
        parts.Column(_("Trường thông tin"), "amount"),
        parts.Column(_("Lượt mỗi tháng"), "amount"),
    )
    rows = [
        parts.Row(
            (
                line["integration_code"],
                f"{line['procedure_name']} ({line['procedure']})",
                line["purpose"],
                len(line["fields"]),
                line["volume_per_month"],
            )
        )
        for line in found.lines
    ]
    return parts.Table(_("Dịch vụ đăng ký"), columns, rows, "")


def _change(action: Action, names: Mapping[str, str]) -> parts.Change:
    facts = [in_language(action.text)] if action.text else []
    facts += [f"{each['what']}" for each in action.content.get("items", ())]
    if action.kind is ActionKind.ATTACH:
        facts.append(f"{action.content['file_name']} (SHA-256 {action.content['file'][:12]}…)")
    elif action.kind is ActionKind.LIST:
        facts.append(_("%(rows)s dòng, %(faults)s lỗi") % {"rows": action.content["rows"], "faults": action.content["faults"]})
    elif action.kind is ActionKind.LINES:
        facts.append(_("%(lines)s dòng dịch vụ") % {"lines": len(action.content["lines"])})
    elif action.kind is ActionKind.MOVE:
        facts += _moved(action.content, names)
    paper = action.content.get("paper", "")
    what = in_language(ACTION_WORDS[action.kind]) + (f" ({in_language(addresses.paper_word(paper))})" if paper else "")
    return parts.Change(what, action.at, f"{action.by.account} ({action.by.unit})", facts=facts)


def _moved(content: Mapping[str, Any], names: Mapping[str, str]) -> list[str]:
    body, police = content["organisation"], content["police"]
    reviews = _("%(name)s (%(code)s) rà soát") % {"name": names[police], "code": police} if police else _("Gửi thẳng C06")
    return [_("Về %(name)s (%(code)s)") % {"name": names[body], "code": body}, reviews, content["basis"]]


def failed(failure: DancuError) -> tuple[dict[str, str], int]:
    """What a page says of a failure, and its status."""
    return sentences(failure), failure.status
