"""The desk's first page, its lists of cases, and the page of one case with what may be done now."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dancu.identity.api import demand, guarded, organisation_names
from dancu.kernel import clock
from dancu.kernel.errors import Conflict, Invalid, NotAllowed
from dancu.kernel.four_eyes import are_apart
from dancu.protection.domain.cases import (
    ACTION_WORDS,
    CLOSED,
    FINDINGS,
    KIND_WORDS,
    CaseActionKind,
    CaseFile,
    CaseParty,
    CaseState,
    allowed_actions,
    party_of,
)
from dancu.protection.domain.suspensions import SUSPENSION_WORDS, SuspensionState
from dancu.protection.pages import shown
from dancu.protection.pages.session import CASES, ROOM, actor_of, officer_of, sentences, whole_number
from dancu.protection.store import breaches as breach_store
from dancu.protection.store import cases as store
from dancu.protection.store import suspensions as suspension_store
from dancu.protection.usecases.cases import CaseStep, case_for, handle_case, who_can_explain
from dancu.protection.usecases.objections import OpenedCase, ask_suspension, decide_suspension, open_look
from dancu.ui.cursors import cursor_in
from dancu.ui.parts import Choice, State
from dancu.ui.words import in_language

FILTERS = {"mo": "Đang mở", "tre": "Quá hạn", "dong": "Đã đóng", "hoi": "Cơ quan khác hỏi đơn vị tôi"}
_TYPED = ("text", "legal_basis", "organisation", "need", "action")


@guarded("protection.case.see")
@require_GET
def start_page(request: HttpRequest) -> HttpResponse:
    """What waits: late cases first, breaches with their clock, decisions only somebody else can take."""
    now, organisation = clock.now(), officer_of(request).organisation_code
    late = store.open_lines(organisation, "", None, late_at=now)
    soon = store.open_lines(organisation, "", None, in_time_at=now)
    counted = store.counts(organisation, now)
    context = {
        "section": "protection",
        "counts": counted,
        "open_breaches": breach_store.open_breaches(organisation),
        "late": shown.case_table(late[:10], now, _("Quá hạn"), _("Không có yêu cầu nào quá hạn.")),
        "soon": shown.case_table(soon[:10], now, _("Sắp đến hạn"), _("Không có yêu cầu nào còn trong hạn.")),
        "breaches": shown.breach_table(breach_store.breach_lines(organisation)[:5], now),
        "asked": len(store.asked_lines(organisation)),
        "waiting": [_suspension(request, each) for each in suspension_store.waiting(organisation)],
    }
    return render(request, "protection/start.html", context)


@guarded("protection.case.see")
@require_GET
def cases_page(request: HttpRequest) -> HttpResponse:
    """Cases by what is to be done with them, a page at a time."""
    now, organisation = clock.now(), officer_of(request).organisation_code
    which = request.GET.get("loc", "mo")
    which = which if which in FILTERS else "mo"
    kind = request.GET.get("loai", "")
    kind = kind if kind in set(KIND_WORDS) else ""
    after = cursor_in(request.GET.get("sau", ""))
    if which == "hoi":
        lines = store.asked_lines(organisation, kind, after)
    elif which == "dong":
        lines = store.closed_lines(organisation, kind, after)
    else:
        lines = store.open_lines(organisation, kind, after, late_at=now if which == "tre" else None)
    page, next_href = lines[: store.PAGE_LENGTH], ""
    if len(lines) > store.PAGE_LENGTH:
        last = page[-1]
        moment = last.changed_at if which == "dong" else last.due_at
        next_href = f"{CASES}?{urlencode({'loc': which, 'loai': kind, 'sau': f'{moment.isoformat()}~{last.id}'})}"
    context = {
        "section": "protection",
        "filters": [_choice(key, word, kind, which) for key, word in FILTERS.items()],
        "kinds": [(key.value, in_language(word)) for key, word in KIND_WORDS.items()],
        "which": which,
        "kind": kind,
        "table": shown.case_table(page, now, in_language(FILTERS[which]), _empty(which), next_href),
    }
    return render(request, "protection/cases.html", context)


@guarded("protection.case.see")
@require_http_methods(["GET", "POST"])
def case_page(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """One case: whose turn, until when, what was done; a POST takes a step."""
    errors: dict[str, str] = {}
    status = 200
    if request.method == "POST":
        demand(request, "protection.case.handle")
        try:
            handle_case(actor_of(request), _step(request, case_id), now=clock.now())
            return HttpResponseRedirect(f"{CASES}/{case_id}?xong=1")
        except (Invalid, Conflict, NotAllowed) as failure:
            errors, status = sentences(failure), failure.status
    return _shown(request, case_id, errors, status)


@guarded("protection.case.handle")
@require_POST
def look_page(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The person and the look objected to, for a stated need; nothing of it stands in an address."""
    try:
        opened = open_look(actor_of(request), case_id, request.POST.get("need", ""), now=clock.now())
    except (Invalid, NotAllowed) as failure:
        return _shown(request, case_id, sentences(failure), failure.status)
    return _shown(request, case_id, {}, 200, opened)


@guarded("protection.case.handle")
@require_POST
def suspension_page(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Ask to take back the grant, or decide on it."""
    actor, now = actor_of(request), clock.now()
    try:
        case_for(actor, case_id)
        match request.POST.get("action"):
            case "ask":
                ask_suspension(actor, case_id, now=now)
            case "carry_out" | "reject" as decision:
                for each in suspension_store.suspensions_of(case_id):
                    decide_suspension(actor, each.id, carry_out=decision == "carry_out", now=now)
            case _:
                raise Invalid("case.no_action", "Không có thao tác này.", "There is no such action.")
    except (Invalid, Conflict, NotAllowed) as failure:
        return _shown(request, case_id, sentences(failure), failure.status)
    return HttpResponseRedirect(f"{CASES}/{case_id}?xong=1")


def _step(request: HttpRequest, case_id: UUID) -> CaseStep:
    try:
        kind = CaseActionKind(request.POST.get("action", ""))
    except ValueError:
        raise Invalid("case.no_action", "Không có thao tác này.", "There is no such action.") from None
    typed = {name: request.POST.get(name, "").strip() for name in ("legal_basis", "organisation")}
    wanted: dict[CaseActionKind, tuple[str, ...]] = {
        CaseActionKind.REFUSE: ("legal_basis",),
        **dict.fromkeys(FINDINGS, ("legal_basis",)),
        CaseActionKind.ASK_ORGANISATION: ("organisation",),
    }
    data: Mapping[str, Any] = {name: typed[name] for name in wanted.get(kind, ())}
    text = "" if kind is CaseActionKind.ASSIGN else request.POST.get("text", "")
    return CaseStep(case_id, kind, whole_number(request.POST.get("seen", "")), text, data)


def _shown(
    request: HttpRequest, case_id: UUID, errors: dict[str, str], status: int, opened: OpenedCase | None = None
) -> HttpResponse:
    actor, now = actor_of(request), clock.now()
    found = case_for(actor, case_id)
    allowed = allowed_actions(found, actor)
    is_desk = party_of(found, actor) is CaseParty.DESK
    context = {
        "section": "protection",
        "case": found,
        "kind_words": in_language(KIND_WORDS[found.kind]),
        "state": shown.case_state(found.state),
        "is_desk": is_desk,
        "is_closed": found.state in CLOSED,
        "is_late": found.state not in CLOSED and now > found.due_at,
        "left": shown.left_words(now, found.due_at, found.unit),
        "unconfirmed": found.opening.data.get("confidence") != "confirmed",
        "choices": [in_language(each) for each in found.choices] if is_desk else [],
        "can_assign": CaseActionKind.ASSIGN in allowed,
        "steps": [(kind.value, in_language(ACTION_WORDS[kind])) for kind in allowed if kind is not CaseActionKind.ASSIGN],
        "opened": opened,
        "can_open": is_desk or found.state is CaseState.WITH_ORGANISATION,
        "able": _able(found) if CaseActionKind.ASK_ORGANISATION in allowed else [],
        "look_fields": shown.field_names(opened.look.fields) if opened and opened.look else [],
        "beyond": shown.field_names(opened.look.beyond_grant) if opened and opened.look else [],
        "errors": errors,
        "typed": {name: request.POST.get(name, "") for name in _TYPED},
        "fresh": request.GET.get("xong") and not errors,
        "history": [_history(action, is_desk=is_desk) for action in reversed(found.actions)],
        **_consequences(request, found, is_desk=is_desk),
    }
    return render(request, "protection/case.html", context, status=status)


def _able(found: CaseFile) -> list[tuple[str, str]]:
    codes = who_can_explain(found)
    names = organisation_names(codes)
    return [(code, f"{code} · {names[code]}") for code in codes]


def _consequences(request: HttpRequest, found: CaseFile, *, is_desk: bool) -> dict[str, Any]:
    if found.state is not CaseState.FOUND_UNLAWFUL or not is_desk:
        return {}
    asked = [_suspension(request, each) for each in suspension_store.suspensions_of(found.id)]
    return {
        "unlawful": True,
        "suspensions": asked,
        "breach_href": f"{ROOM}/su-co/moi?tu={found.id}",
        "can_ask": not asked and found.about,
    }


def _suspension(request: HttpRequest, each: Any) -> dict[str, Any]:
    hand = actor_of(request).hand
    looks: dict[SuspensionState, State] = {
        SuspensionState.ASKED: State(in_language(SUSPENSION_WORDS[SuspensionState.ASKED]), "warn"),
        SuspensionState.CARRIED_OUT: State(in_language(SUSPENSION_WORDS[SuspensionState.CARRIED_OUT]), "ok"),
        SuspensionState.REJECTED: State(in_language(SUSPENSION_WORDS[SuspensionState.REJECTED]), "plain"),
    }
    return {
        "each": each,
        "state": looks[each.state],
        "href": f"{CASES}/{each.case}",
        "is_waiting": each.state is SuspensionState.ASKED,
        "may_decide": are_apart([hand], [each.asked_by]),
    }


def _history(action: Any, *, is_desk: bool) -> dict[str, Any]:
    for_asked = action.kind in (CaseActionKind.ASK_ORGANISATION, CaseActionKind.EXPLAIN)
    return {
        "at": action.at,
        "what": in_language(ACTION_WORDS[action.kind]),
        "by": f"{action.by.account} ({action.by.unit})" if action.by.account else _("Người dân"),
        "text": action.text if is_desk or for_asked else "",
        "organisation": action.data.get("organisation", ""),
        "legal_basis": action.data.get("legal_basis", "") if action.kind is not CaseActionKind.OPEN else "",
        "due_at": datetime.fromisoformat(action.data["due_at"]) if action.kind is CaseActionKind.EXTEND else None,
    }


def _choice(key: str, word: str, kind: str, which: str) -> Choice:
    return Choice(in_language(word), f"{CASES}?{urlencode({'loc': key, 'loai': kind})}", key == which)


def _empty(which: str) -> str:
    return {
        "mo": _("Không có yêu cầu nào đang mở. Yêu cầu hiện ra đây khi người dân gửi từ trang của mình."),
        "tre": _("Không có yêu cầu nào quá hạn."),
        "dong": _("Chưa có yêu cầu nào được đóng."),
        "hoi": _("Không có cơ quan nào đang chờ đơn vị bạn giải trình."),
    }[which]
