"""The trial of a system: whom to ask, what was asked and what was wrong with it, how far it has come; its result."""

from __future__ import annotations

from typing import Any, cast

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dancu.exchange.pages.session import root_of
from dancu.exchange.sandbox import Step, StepState, is_conformant, personas_table, progress, trial_calls
from dancu.exchange.trial.calls import TrialCall
from dancu.exchange.trial.findings import Finding, Level
from dancu.identity.api import OfficerRequest, demand, guarded
from dancu.kernel import clock
from dancu.kernel.errors import Conflict, Invalid, NotFound
from dancu.onboarding import api as onboarding
from dancu.ui.parts import Choice, Column, Kind, Row, State, Table
from dancu.ui.words import in_language, is_english

CALLS_SHOWN = 50
_LEVELS: dict[Level, tuple[str, Kind]] = {
    Level.WRONG: ("Cần sửa", "bad"),
    Level.NOTE: ("Lưu ý", "warn"),
    Level.GOOD: ("Đúng", "ok"),
}
_STEPS: dict[StepState, tuple[str, Kind]] = {
    StepState.TODO: ("Chưa thử", "plain"),
    StepState.SEEN: ("Đã gặp, chưa xử lý đúng", "warn"),
    StepState.HANDLED: ("Đạt", "ok"),
}


@guarded("onboarding.trial.see")
@require_http_methods(["GET", "POST"])
def trial_page(request: HttpRequest, client_id: str) -> HttpResponse:
    """The sandbox as the integrator of one system looks at it."""
    root = root_of(request, "onboarding.trial.see")
    found = next((each for each in onboarding.connections(root) if each.client_id == client_id), None)
    if found is None:
        raise NotFound("client.none", "Không có hệ thống này trong phạm vi của bạn.", "There is no such system in your reach.")
    errors, status = {}, 200
    steps = progress(client_id)
    if request.method == "POST":
        try:
            demand(request, "onboarding.dossier.write")
            _keep_result(request, client_id, steps)
            return HttpResponseRedirect(f"/ket-noi/he-thong/{client_id}/thu-nghiem?xong=1")
        except (Conflict, Invalid) as failure:
            field = "signed" if failure.field == "result" else failure.field or ""  # the document's own word for itself
            errors, status = {field: failure.message_en if is_english() else failure.message}, failure.status
    dossier = onboarding.open_dossier_of(client_id)
    context = {
        "section": "connections",
        "crumbs": [Choice(_("Kết nối"), "/ket-noi"), Choice(found.name, f"/ket-noi/he-thong/{client_id}"), Choice(_("Thử nghiệm"))],
        "system": found,
        "is_trial": found.state is onboarding.ConnectionState.TRIAL,
        "errors": errors,
        "typed": request.POST,
        "fresh": bool(request.GET.get("xong")) and not errors,
        "steps": _steps(steps),
        "required_left": sum(step.case.required and step.state is not StepState.HANDLED for step in steps),
        "is_conformant": is_conformant(steps),
        "calls": [_call(each) for each in trial_calls(client_id, CALLS_SHOWN)],
        "accounts": [(each.account, each.en if is_english() else each.vi) for each in personas_table().accounts],
        "codes": [(each.code, each.en if is_english() else each.vi) for each in personas_table().codes],
        "dossier": f"/ket-noi/ho-so/{dossier}" if dossier else "",
    }
    return render(request, "exchange/trial.html", context, status=status)


def _keep_result(request: HttpRequest, client_id: str, steps: list[Step]) -> None:
    """What the sandbox itself saw of this client goes into its dossier, or a result that one of its own keys signed."""
    officer = cast(OfficerRequest, request).officer
    if signed := request.POST.get("signed", "").strip():
        now = clock.now()
        onboarding.keep_result(officer, client_id, onboarding.signed_result(client_id, signed, now=now), now=now)
        return
    if not is_conformant(steps):
        left = [step.case.title_vi for step in steps if step.case.required and step.state is not StepState.HANDLED]
        raise Conflict(
            "trial.not_done",
            f"Còn {len(left)} tình huống bắt buộc chưa đạt: {'; '.join(left[:3])}.",
            f"{len(left)} required cases were not handled yet.",
        )
    handled = [step.case.code for step in steps if step.state is StepState.HANDLED]
    content = {"passed": True, "by": "sandbox", "handled": handled, "of": len(steps)}
    onboarding.keep_result(officer, client_id, content, now=clock.now())


def _steps(steps: list[Step]) -> Table:
    table = personas_table()
    columns = (
        Column(_("Tình huống")),
        Column(_("Hỏi ai")),
        Column(_("Được trả lời gì, phải làm gì")),
        Column(_("Bắt buộc")),
        Column(_("Tiến độ"), "state"),
    )
    rows = []
    for step in steps:
        case, person = step.case, table.person_of(step.case)
        who = f"{case.subject} · {person.full_name} · {person.birth_date}" if person else case.subject or "–"
        word, kind = _STEPS[step.state]
        told = (case.title_en, case.en) if is_english() else (case.title_vi, case.vi)
        rows.append(Row((told[0], who, told[1], _("có") if case.required else "–", State(in_language(word), kind))))
    return Table(_("Hỏi ai thì được trả lời gì"), columns, rows, "")


def _call(call: TrialCall) -> dict[str, Any]:
    return {
        "at": call.at,
        "what": f"{call.dialect} {call.operation}".strip(),
        "outcome": call.outcome,
        "status": call.status,
        "ms": call.duration_ms,
        "findings": [_finding(each) for each in call.findings],
        "asked": sorted((call.asked or {}).items()),
    }


def _finding(finding: Finding) -> tuple[State, str]:
    word, kind = _LEVELS[finding.level]
    return State(in_language(word), kind), finding.en if is_english() else finding.vi
