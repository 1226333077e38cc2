"""Pages of the one-stop desk: search and compare, the prefilled form, the dossier, the list, the slips."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dancu.exchange.api import Outcome, Refused, Verification
from dancu.identity.api import OfficerRequest, guarded
from dancu.kernel import clock
from dancu.kernel.claims import PersonClaim
from dancu.kernel.clock import local
from dancu.kernel.errors import Conflict, Invalid, Unavailable
from dancu.population.api import LifeStatus
from dancu.procedures import reference, store
from dancu.procedures.domain.deadlines import working_days_left
from dancu.procedures.domain.dossier import ACTION_WORDS, ActionKind
from dancu.procedures.facts_form import LABELS
from dancu.procedures.usecases import dossiers, look_up

DEFAULT_PROCEDURE = "1.001193"
INPUTS = ("scan", "number", "name", "birth_date")
SLIPS = {"tiep-nhan": "received", "bo-sung": "supplement", "tu-choi": "refusal", "xin-loi": "apology", "kiem-soat": "control"}


@guarded("desk")
@require_http_methods(["GET", "POST"])
def look_page(request: HttpRequest) -> HttpResponse:
    """Search and compare: one question, one verdict, the next step under Enter."""
    context = _look_context(request)
    if request.method == "GET":
        return render(request, "procedures/look.html", context)
    typed, officer = context["typed"], cast(OfficerRequest, request).officer
    try:
        claim, card = look_up.read_claim(typed["scan"], typed["number"], typed["name"], typed["birth_date"])
    except Invalid as failure:
        context["errors"] = {failure.field or "scan": _words(request, failure)}
        context["wrong"] = {name: context["errors"].get(name, "") for name in INPUTS}
        return render(request, "procedures/look.html", context, status=422)
    context["claim"] = look_up.claim_as_text(claim)
    context["readings"] = claim.name_readings
    context["key"] = uuid4()
    try:
        looked = look_up.look_up(officer, claim, card, context["procedure"], now=clock.now())
    except Unavailable as failure:
        context["later"] = _words(request, failure)
        return render(request, "procedures/look.html", context, status=503)
    context["looked"], context["hints"] = looked, looked.hints
    context["verdict"] = _verdict(looked.answer)
    return render(request, "procedures/look.html", context)


@guarded("desk")
@require_POST
def open_form_page(request: HttpRequest) -> HttpResponse:
    """From the verdict to the prefilled form; sent twice it opens the same form."""
    officer, now = cast(OfficerRequest, request).officer, clock.now()
    procedure, key = request.POST.get("procedure", DEFAULT_PROCEDURE), _key(request.POST.get("key", ""))
    claim, _card = look_up.read_claim("", request.POST.get("number", ""), request.POST.get("name", ""),
                                      request.POST.get("birth_date", ""))
    claim = PersonClaim(claim.full_name, claim.birth_date, claim.personal_id, claim.old_id_no,
                        tuple(request.POST.getlist("reading")[:3]))
    if request.POST.get("later"):
        look_up.open_form_without_comparison(officer, claim, procedure, request.POST.get("later", "")[:300], key, now=now)
        return HttpResponseRedirect(f"/mot-cua/to-khai/{key}")
    opened = look_up.open_form(officer, claim, procedure, key, now=now)
    if isinstance(opened, Refused):
        return _refused_page(request, opened)
    return HttpResponseRedirect(f"/mot-cua/to-khai/{key}")


@guarded("desk")
@require_http_methods(["GET", "POST"])
def form_page(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """The form: locked items from the registry, the rest typed; every button keeps what was typed."""
    officer, now = cast(OfficerRequest, request).officer, clock.now()
    draft = store.get_draft(draft_id, officer.organisation_code)
    if number := store.number_of_draft(draft_id, officer.organisation_code):
        return HttpResponseRedirect(f"/mot-cua/ho-so/{number}")
    errors: dict[str, str] = {}
    status, posted = 200, request.POST
    if request.method == "POST":
        _keep_typed(draft, posted)
        store.save_draft(draft)
        try:
            if role := posted.get("look", ""):
                answer = _add_person(request, draft, role)
                if isinstance(answer, Refused):
                    return _refused_page(request, answer)
                return HttpResponseRedirect(f"/mot-cua/to-khai/{draft_id}#p-{role}")
            if posted.get("receive"):
                return HttpResponseRedirect(f"/mot-cua/ho-so/{dossiers.receive(officer, draft, now=now)}?moi=1")
        except Unavailable as failure:
            errors, status = {f"{posted.get('look', '')}_number": _words(request, failure)}, 503
        except Conflict as failure:
            errors, status = {f"{posted.get('look', '')}_number": _words(request, failure)}, 409
        except Invalid as failure:
            errors, status = _field_errors(request, failure, posted.get("look", "")), 422
    return render(request, "procedures/form.html", _form_context(draft, errors, posted), status=status)


@guarded("desk")
@require_http_methods(["GET", "POST"])
def dossier_page(request: HttpRequest, number: str) -> HttpResponse:
    officer, now = cast(OfficerRequest, request).officer, clock.now()
    context: dict[str, Any] = {"section": "dossiers", "errors": {}, "typed": request.POST, "fresh": request.GET.get("moi")}
    status = 200
    if request.method == "POST":
        try:
            kind = ActionKind(request.POST.get("action", ""))
            dossiers.act(officer, number, kind,
                         {k: request.POST[k] for k in ("reason", "new_date") if request.POST.get(k)}, now=now)
            return HttpResponseRedirect(f"/mot-cua/ho-so/{number}")
        except Invalid as failure:
            context["errors"], status = {failure.field or "reason": _words(request, failure)}, 422
        except Conflict as failure:
            context["errors"], status = {"action": _words(request, failure)}, 409
        except ValueError:
            context["errors"], status = {"action": _("Không có thao tác này.")}, 422
    dossier = dossiers.get(officer, number)
    context.update(dossier=dossier, **_shown(dossier), left=working_days_left(now, dossier.due_at, reference.work_calendar()))
    return render(request, "procedures/dossier.html", context, status=status)


@guarded("desk")
@require_GET
def dossiers_page(request: HttpRequest) -> HttpResponse:
    officer, now = cast(OfficerRequest, request).officer, clock.now()
    which = request.GET.get("loc", "open")
    which = which if which in ("open", "overdue", "pending", "all") else "open"
    lines, more = dossiers.listed(officer, which, request.GET.get("sau", ""), now=now)
    names = {p.code: p.name for p in reference.procedures()}
    calendar = reference.work_calendar()
    rows = [(line, names.get(line.procedure, line.procedure), working_days_left(now, line.due_at, calendar)) for line in lines]
    return render(request, "procedures/dossiers.html", {
        "section": "dossiers", "rows": rows, "which": which, "more": more, "now": now,
        "filters": [("open", _("Đang giải quyết")), ("overdue", _("Quá hạn")), ("pending", _("Chờ đối chiếu")), ("all", _("Tất cả"))]})


@guarded("desk")
@require_GET
def slip_page(request: HttpRequest, number: str, slip: str) -> HttpResponse:
    """A slip of the one-stop rules for printing (forms 01 to 05 of Circular 01/2018/TT-VPCP)."""
    if slip not in SLIPS:
        raise Invalid("slip.none", _("Không có mẫu phiếu này."), "There is no such slip.")
    dossier = dossiers.get(cast(OfficerRequest, request).officer, number)
    wanted = {"bo-sung": ActionKind.REQUEST_SUPPLEMENT, "tu-choi": ActionKind.REFUSE, "xin-loi": ActionKind.EXTEND}.get(slip)
    action = next((a for a in reversed(dossier.actions) if a.kind is wanted), None)
    if wanted is not None and action is None:
        raise Conflict("slip.not_yet", _("Hồ sơ chưa có việc này nên chưa in được phiếu."), "Nothing to print yet.")
    return render(request, f"procedures/slips/{SLIPS[slip]}.html", {
        "dossier": dossier, "action": action, "officer": cast(OfficerRequest, request).officer, "printed_at": clock.now(),
        "back": f"/mot-cua/ho-so/{number}", **_shown(dossier)})


def _look_context(request: HttpRequest) -> dict[str, Any]:
    typed = {name: request.POST.get(name, "").strip()[:2000] for name in INPUTS}
    return {"section": "look", "typed": typed, "procedure": request.POST.get("procedure", DEFAULT_PROCEDURE), "errors": {}, "wrong": dict.fromkeys(INPUTS, ""),
            "procedures": reference.procedures_on(local(clock.now()).date())}


def _verdict(answer: Verification | Refused) -> tuple[str, str, list[str]]:
    """Kind, the one word, and at most two facts; nothing here tells more than the exchange told."""
    if isinstance(answer, Refused):
        return "bad", _("Không được tra cứu"), [answer.message]
    if answer.outcome is Outcome.NO_MATCH:
        return "bad", _("Không tìm thấy"), [
            _("Không tìm thấy người khớp cả số, họ tên và ngày sinh. Kiểm tra lại từng mục, hoặc quét mã QR trên thẻ.")]
    if answer.successor is not None:
        return "warn", _("Số đã thay thế"), [_("Số này đã được thay bằng số %(number)s.") % {"number": answer.successor.grouped}]
    if answer.life_status is LifeStatus.DEAD:
        return "warn", _("Đã mất"), [_("Người mang số này đã được ghi nhận là đã mất.")]
    if answer.life_status is LifeStatus.MISSING:
        return "warn", _("Mất tích"), [_("Người mang số này đã bị tuyên bố mất tích.")]
    if answer.outcome is Outcome.FOLDED:
        return "ok", _("Khớp sau chuẩn hoá"), [_("Khớp khi bỏ qua dấu, hoặc ngày sinh chỉ có năm.")]
    return "ok", _("Khớp"), [_("Số, họ tên và ngày sinh đều khớp.")]


def _add_person(request: HttpRequest, draft: store.Draft, role: str) -> Any:
    procedure = reference.procedure_on(draft.procedure, local(clock.now()).date())
    if role not in {p.role for p in procedure.persons}:
        raise Invalid("form.role", _("Không có khối thông tin này."), "There is no such person.")
    if draft.typed.get("relation") == role and "requester" in draft.persons and not request.POST.get(f"{role}_number"):
        draft.persons[role] = draft.persons["requester"]
        store.save_draft(draft)
        return draft
    claim, _card = look_up.read_claim(
        request.POST.get(f"{role}_scan", "").strip(), request.POST.get(f"{role}_number", "").strip(),
        request.POST.get(f"{role}_name", "").strip(), request.POST.get(f"{role}_birth_date", "").strip())
    return look_up.add_person(cast(OfficerRequest, request).officer, draft, role, claim, now=clock.now())


def _keep_typed(draft: store.Draft, posted: Any) -> None:
    procedure = reference.procedure_on(draft.procedure, local(draft.created_at).date())
    draft.typed = {f.name: posted.get(f.name, "").strip()[: 2 * dossiers.TYPED_LENGTH_MAX] for f in procedure.fields}
    draft.disputed = [
        {"person": role, "item": item, "stated": stated.strip()[:500]}
        for role, person in draft.persons.items() for item in person["facts"]
        if (stated := posted.get(f"wrong:{role}:{item}", "")).strip()]


def _form_context(draft: store.Draft, errors: dict[str, str], posted: Any) -> dict[str, Any]:
    procedure = reference.procedure_on(draft.procedure, local(draft.created_at).date())
    disputed = {(d["person"], d["item"]): d["stated"] for d in draft.disputed}
    persons = []
    for block in procedure.persons:
        person = draft.persons.get(block.role)
        lines = [(item, LABELS[item], value, disputed.get((block.role, item), "")) for item, value in
                 person["facts"].items()] if person else []
        asked = {name: posted.get(f"{block.role}_{name}", "") for name in INPUTS}
        persons.append((block, person, lines, asked, _moment(person), errors_of(errors, block.role)))
    fields = [(f, draft.typed.get(f.name, ""), errors.get(f.name, "")) for f in procedure.fields]
    return {"section": "look", "draft": draft, "procedure": procedure, "persons": persons, "fields": fields, "errors": errors}


def errors_of(errors: dict[str, str], role: str) -> dict[str, str]:
    """The errors of one person's keys, by key."""
    return {name: errors.get(f"{role}_{name}", "") for name in INPUTS}


def _field_errors(request: HttpRequest, failure: Invalid, role: str) -> dict[str, str]:
    if failure.code == "form.incomplete":
        return {name: str(sentence) for name, sentence in failure.details.items()}
    field = failure.field or "number"
    return {f"{role}_{field}" if role else field: _words(request, failure)}


def _moment(person: dict[str, Any] | None) -> Any:
    return datetime.fromisoformat(person["at"]) if person else None


def _shown(dossier: dossiers.Dossier) -> dict[str, Any]:
    procedure = reference.procedure_on(dossier.procedure, local(dossier.received_at).date())
    typed = dossier.form.get("typed", {})
    labels = {f.name: f for f in procedure.fields}
    answers = [(labels[n].label, dict(labels[n].options).get(v, v)) for n, v in typed.items() if v and n in labels]
    words = {p.role: p.label for p in procedure.persons}
    persons = [(words.get(role, role), [(LABELS[i], v) for i, v in p["facts"].items()], p["reference"])
               for role, p in dossier.form.get("persons", {}).items()]
    disputed = [(words.get(d["person"], d["person"]), LABELS.get(d["item"], d["item"]), d["stated"])
                for d in dossier.form.get("disputed", [])]
    return {"procedure": procedure, "answers": answers, "persons": persons, "disputed": disputed,
            "actions": [(a, ACTION_WORDS[a.kind]) for a in dossier.actions],
            "possible": [(k.value, ACTION_WORDS[k]) for k in dossier.allowed]}


def _refused_page(request: HttpRequest, refused: Refused) -> HttpResponse:
    return render(request, "procedures/refused.html", {"refused": refused, "section": "look"}, status=403)


def _key(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Invalid("form.key", _("Biểu mẫu thiếu mã. Tra cứu lại rồi mở tờ khai."), "The form has no key.") from None


def _words(request: HttpRequest, failure: Any) -> str:
    return str(failure.message if getattr(request, "LANGUAGE_CODE", "vi").startswith("vi") else failure.message_en)
