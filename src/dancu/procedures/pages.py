"""Pages of the one-stop desk: search and compare, the prefilled form, the dossier, the list, the slips."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import datetime
from typing import Any, cast
from urllib.parse import quote
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_GET, require_http_methods

from dancu.exchange.api import Refused, Verification
from dancu.identity.api import OfficerRequest, demand, guarded
from dancu.kernel import clock
from dancu.kernel.claims import PersonClaim
from dancu.kernel.clock import local
from dancu.kernel.errors import Conflict, DancuError, Invalid, NotFound, Unavailable
from dancu.kernel.work_days import work_calendar, working_days_left
from dancu.population.api import SCAN_LENGTH_MAX, CardText, is_bare_number, is_mrz
from dancu.procedures import reference, store
from dancu.procedures.domain.deadlines import is_dossier_number
from dancu.procedures.domain.dossier import ActionKind, State
from dancu.procedures.domain.evidence import PAPERS_INSTEAD, WAY_WORDS, Way
from dancu.procedures.emergency import may_be_opened, read_in_emergency
from dancu.procedures.facts_form import in_order, shown
from dancu.procedures.usecases import compare_later, dossiers, look_up
from dancu.procedures.wording import KEY_WORDS, dossier_in_words, dossier_rows, draft_rows, last_question, verdict_of
from dancu.ui.parts import Choice
from dancu.ui.words import in_language, is_english

DEFAULT_PROCEDURE = "1.001193"
INPUTS = ("scan", "number", "name", "birth_date")
ENDS = (ActionKind.REFUSE, ActionKind.WITHDRAW)  # asked once more: the dossier cannot be opened again
SLIPS = {"tiep-nhan": "received", "bo-sung": "supplement", "tu-choi": "refusal", "xin-loi": "apology", "kiem-soat": "control"}


@guarded("desk.look")
@require_http_methods(["GET", "POST"])
def look_page(request: HttpRequest) -> HttpResponse:
    """Search and compare: one question, one verdict, the next step under Enter."""
    context = _look_context(request)
    if request.method == "GET":
        return _draw_look(request, context)
    typed, officer = context["typed"], cast(OfficerRequest, request).officer
    if is_dossier_number(typed["scan"]):  # the code on one of our slips
        return HttpResponseRedirect(f"/mot-cua/ho-so/{typed['scan']}")
    try:
        claim, card = look_up.read_claim(typed["scan"], typed["number"], typed["name"], typed["birth_date"])
    except Invalid as failure:
        if is_bare_number(typed["scan"]) and not typed["number"]:
            typed.update(number=typed["scan"], scan="")
        context["errors"] = _sentences(failure)
        context["wrong"] = {name: context["errors"].get(name, "") for name in INPUTS}
        return _draw_look(request, context, 422)
    _show_claim(context, claim, _way_of(card))
    try:
        looked = look_up.look_up(officer, claim, card, context["procedure"], now=clock.now())
    except Unavailable as failure:
        context["later"] = _words(failure)
        return _draw_look(request, context, 503)
    context["looked"], context["hints"] = looked, [in_language(hint.sentence) % hint.values for hint in looked.hints]
    context["verdict"] = verdict_of(looked.answer)
    context["later_reason"] = (
        _("Cơ sở dữ liệu quốc gia về dân cư ghi khác; người dân có mặt và xuất trình giấy tờ.")
        if context["verdict"][0] == "warn"
        else _("Không lấy được thông tin từ Cơ sở dữ liệu quốc gia về dân cư.")
    )
    if isinstance(looked.answer, Verification) and looked.answer.successor is not None:
        context["successor"] = looked.answer.successor.digits
    return _draw_look(request, context)


@guarded("desk.form.fill")
@require_http_methods(["GET", "POST"])
def open_form_page(request: HttpRequest) -> HttpResponse:
    """From the verdict to the prefilled form; sent twice it opens the same form."""
    if request.method == "GET":  # the way back from the sign-in page
        return HttpResponseRedirect("/mot-cua")
    officer, now, posted = cast(OfficerRequest, request).officer, clock.now(), request.POST
    procedure, key, way = posted.get("procedure", DEFAULT_PROCEDURE), _key(posted.get("key", "")), _way(posted.get("way", ""))
    claim = look_up.claim_from_form(posted.get("number", ""), posted.get("name", ""), posted.get("birth_date", ""), way)
    try:
        if posted.get("later"):
            look_up.open_form_without_comparison(
                officer, claim, procedure, _way(posted.get("shown", "")), posted["later"], key, now=now
            )
        elif isinstance(opened := look_up.open_form(officer, claim, procedure, key, way=way, now=now), Refused):
            return _refused_page(request, opened)
    except Unavailable as failure:
        context = {**_look_context(request), "later": _words(failure)}
        _show_claim(context, claim, way, key)
        return _draw_look(request, context, 503)
    return HttpResponseRedirect(f"/mot-cua/to-khai/{key}")


@guarded("desk.form.fill")
@require_http_methods(["GET", "POST"])
def form_page(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """The form: locked items from the registry, the rest typed; every button keeps what was typed."""
    officer, now = cast(OfficerRequest, request).officer, clock.now()
    if number := store.number_of_draft(draft_id, officer.organisation_code):
        return HttpResponseRedirect(f"/mot-cua/ho-so/{number}")
    draft = store.get_draft(draft_id, officer.organisation_code)
    errors: dict[str, str] = {}
    status, posted = 200, request.POST
    if request.method == "POST":
        elsewhere = posted.get("seen", _state_of(draft)) != _state_of(draft)
        _keep_typed(draft, posted, beside=draft.typed if elsewhere else {})
        if (dropped := posted.get("drop", "")) != "requester":  # the wrong card was scanned: the block is free again
            draft.persons.pop(dropped, None)
        store.save_draft(draft)
        role = posted.get("look", "") or _unread_card(draft)
        try:
            if elsewhere:
                raise Conflict(
                    "form.elsewhere",
                    _("Tờ khai này vừa được lưu ở một cửa sổ khác. Hai bên đã gộp lại; xem từng mục rồi bấm lại."),
                    "This form was saved in another window meanwhile. Both are merged here; check each field and press again.",
                )
            if role:
                answer = _add_person(request, draft, role)
                if isinstance(answer, Refused):
                    return _refused_page(request, answer)
                return HttpResponseRedirect(f"/mot-cua/to-khai/{draft_id}#p-{role}")
            if posted.get("receive"):
                demand(request, "desk.dossier.receive")
                return HttpResponseRedirect(f"/mot-cua/ho-so/{dossiers.receive(officer, draft, now=now)}?moi=1")
            return HttpResponseRedirect(f"/mot-cua/to-khai/{draft_id}?luu=1")
        except Unavailable as failure:
            errors, status = (
                {f"{role}_number": _words(failure) + " " + _("Những gì đã nhập vẫn được giữ; có thể tiếp nhận theo lời khai.")},
                503,
            )
        except Conflict as failure:
            errors, status = {f"{role}_number": _words(failure)}, 409
        except Invalid as failure:
            errors, status = _field_errors(failure, role), 422
    context = {**_form_context(draft, errors), "saved": request.GET.get("luu") if request.method == "GET" else ""}
    return render(request, "procedures/form.html", context, status=status)


@guarded("desk.dossier.see")
@require_http_methods(["GET", "POST"])
def dossier_page(request: HttpRequest, number: str) -> HttpResponse:
    officer, now = cast(OfficerRequest, request).officer, clock.now()
    if request.method == "GET" and may_be_opened(officer, number):
        return _emergency_page(request, number, now)
    context: dict[str, Any] = {"section": "dossiers", "errors": {}, "typed": request.POST, "fresh": request.GET.get("moi")}
    status = 200
    if request.method == "POST":
        demand(request, "desk.dossier.act")
        try:
            if request.POST.get("action") == "compare":
                compare_later.compare_again(officer, number, now=now)
                return HttpResponseRedirect(f"/mot-cua/ho-so/{number}")
            kind = ActionKind(request.POST.get("action", ""))
            if kind in ENDS and request.POST.get("reason", "").strip() and not request.POST.get("sure"):
                question = last_question(dossiers.get(officer, number), kind, request.POST["reason"])
                return render(request, "ui/confirm.html", {"confirm": question, "section": "dossiers"})
            dossiers.act(
                officer, number, kind, {k: request.POST[k] for k in ("reason", "new_date") if request.POST.get(k)}, now=now
            )
            return HttpResponseRedirect(f"/mot-cua/ho-so/{number}")
        except Invalid as failure:
            context["errors"], status = {failure.field or "reason": _words(failure)}, 422
        except (Conflict, Unavailable) as failure:
            context["errors"], status = {"action": _words(failure)}, failure.status
        except ValueError:
            context["errors"], status = {"action": _("Không có thao tác này.")}, 422
    dossier = dossiers.get(officer, number)
    left = working_days_left(now, dossier.due_at, work_calendar())
    context.update(dossier=dossier, left=left, **dossier_in_words(dossier))
    context["fresh"] = context["fresh"] and dossier.state is State.RECEIVED
    return render(request, "procedures/dossier.html", context, status=status)


def _emergency_page(request: HttpRequest, number: str, now: datetime) -> HttpResponse:
    """A dossier of an organisation below: read while an opening holds, else the question why it should be opened."""
    try:
        dossier, opening = read_in_emergency(cast(OfficerRequest, request).officer, number, now=now)
    except NotFound:
        return HttpResponseRedirect(f"/mot-cua/ho-so/{number}/mo-khan")
    left = working_days_left(now, dossier.due_at, work_calendar())
    words = {**dossier_in_words(dossier), "possible": []}
    context = {"section": "dossiers", "errors": {}, "typed": {}, "dossier": dossier, "left": left, "opening": opening, **words}
    return render(request, "procedures/dossier.html", context)


@guarded("desk.dossier.list")
@require_GET
def dossiers_page(request: HttpRequest) -> HttpResponse:
    officer, now = cast(OfficerRequest, request).officer, clock.now()
    which = request.GET.get("loc", "open")
    filters = {
        "open": _("Đang giải quyết"),
        "today": _("Hẹn trả hôm nay"),
        "overdue": _("Quá hạn"),
        "pending": _("Chờ đối chiếu"),
        "all": _("Tất cả"),
        "drafts": _("Tờ khai đang làm dở"),
    }
    which = which if which in filters else "open"
    drafts = dossiers.unsent(officer) if which == "drafts" else []
    lines, more = dossiers.listed(officer, which, request.GET.get("sau", ""), now=now) if which != "drafts" else ([], "")
    names = {p.code: p.name for p in reference.procedures()}
    here = "/mot-cua/ho-so?loc="
    table = draft_rows(drafts, names) if which == "drafts" else dossier_rows(lines, names, now, f"{here}{which}&sau={quote(more)}")
    table = table if more else replace(table, next_href="")
    return render(
        request,
        "procedures/dossiers.html",
        {
            "section": "dossiers",
            "table": table,
            "filters": [Choice(word, here + key, key == which) for key, word in filters.items()],
        },
    )


@guarded("desk.slip.print")
@require_GET
def slip_page(request: HttpRequest, number: str, slip: str) -> HttpResponse:
    """A slip of the one-stop rules for printing (forms 01 to 05 of Circular 01/2018/TT-VPCP)."""
    if slip not in SLIPS:
        raise NotFound("slip.none", _("Không có mẫu phiếu này."), "There is no such slip.")
    dossier = dossiers.get(cast(OfficerRequest, request).officer, number)
    with override("vi"):  # an official paper
        words = dossier_in_words(dossier)
    wanted = {"bo-sung": ActionKind.REQUEST_SUPPLEMENT, "tu-choi": ActionKind.REFUSE, "xin-loi": ActionKind.EXTEND}.get(slip)
    action = next((a for a in reversed(dossier.actions) if a.kind is wanted), None)
    if wanted is not None and action is None:
        raise Conflict("slip.not_yet", _("Hồ sơ chưa có việc này nên chưa in được phiếu."), "Nothing to print yet.")
    return render(
        request,
        f"procedures/slips/{SLIPS[slip]}.html",
        {
            "dossier": dossier,
            "action": action,
            "officer": cast(OfficerRequest, request).officer,
            "printed_at": clock.now(),
            "back": f"/mot-cua/ho-so/{number}",
            **words,
        },
    )


def _look_context(request: HttpRequest) -> dict[str, Any]:
    typed = {name: request.POST.get(name, "").strip()[:SCAN_LENGTH_MAX] for name in INPUTS}
    if typed["scan"]:
        # The next person's card: what still stands in the fields is the person before, not something typed.
        typed.update({name: "" for name in INPUTS[1:] if typed[name] == request.POST.get(f"before_{name}")})
    return {
        "section": "look",
        "typed": typed,
        "procedure": request.POST.get("procedure", DEFAULT_PROCEDURE),
        "errors": {},
        "wrong": dict.fromkeys(INPUTS, ""),
        "later_reason": _("Chưa nối được Cơ sở dữ liệu quốc gia về dân cư."),
        "papers": [(way.value, in_language(WAY_WORDS[way])) for way in PAPERS_INSTEAD],
        "procedures": reference.procedures_on(local(clock.now()).date()),
    }


def _way_of(card: CardText | None) -> Way:
    """How the data were obtained: by the QR code, by the card's own lines, or by asking alone."""
    if card is None:
        return Way.SYSTEM
    return Way.CARD if card.is_from_mrz else Way.QR


def _draw_look(request: HttpRequest, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """The page after a question. It remembers what stands in its fields, to tell it from what is typed next."""
    context["before"] = [(name, context["typed"][name]) for name in INPUTS[1:]]
    # The cursor stands in the search again unless the next step is somewhere else.
    context["asking"] = not (context.get("later") or context.get("verdict", ("",))[0] == "ok" or context.get("successor"))
    context["choices"] = [(p.code, f"{p.code} · {p.name}") for p in context["procedures"]]
    context["procedure_name"] = next((p.name for p in context["procedures"] if p.code == context["procedure"]), "")
    return render(request, "procedures/look.html", context, status=status)


def _show_claim(context: dict[str, Any], claim: PersonClaim, way: Way, key: UUID | None = None) -> None:
    """What was read stands in the fields, so that one key can be mended; the scan field is free for the next card."""
    text = look_up.claim_as_text(claim)
    context.update(claim=text, way=way.value, key=key or uuid4())
    context["typed"] = {"scan": "", **{name: text[name] for name in ("number", "name", "birth_date")}}


def _add_person(request: HttpRequest, draft: store.Draft, role: str) -> Any:
    procedure = reference.procedure_on(draft.procedure, local(clock.now()).date())
    if role not in {p.role for p in procedure.persons}:
        raise Invalid("form.role", _("Không có khối thông tin này."), "There is no such person.")
    if draft.typed.get("relation") == role and "requester" in draft.persons and not request.POST.get(f"{role}_number"):
        draft.persons[role] = draft.persons["requester"]
        store.save_draft(draft)
        return draft
    scan = draft.typed.get(f"{role}_scan", "")
    keys = [draft.typed.get(f"{role}_{name}", "") for name in INPUTS[1:]]
    # A card is about whom it names, not about whoever was typed before it.
    # Only a name that the lines on the back had no room for is typed beside them.
    beside = ["", keys[1] if is_mrz(scan) else "", ""]
    claim, card = look_up.read_claim(scan, *(beside if scan and not is_bare_number(scan) else keys))
    if card is not None:
        # Read is read: should nobody answer, or nobody agree, the person stays as stated and the form can go on.
        text = look_up.claim_as_text(claim)
        draft.typed |= {f"{role}_scan": "", **{f"{role}_{name}": text[name] for name in INPUTS[1:]}}
        store.save_draft(draft)
    return look_up.add_person(cast(OfficerRequest, request).officer, draft, role, claim, way=_way_of(card), now=clock.now())


def _state_of(draft: store.Draft) -> str:
    """A mark of what the form holds: a page that shows another one was overtaken by another window."""
    held = json.dumps([draft.typed, draft.disputed, sorted(draft.persons)], sort_keys=True)
    return hashlib.sha256(held.encode()).hexdigest()[:16]


def _keep_typed(draft: store.Draft, posted: Any, *, beside: dict[str, str]) -> None:
    """Take over what was typed; where it is empty, what another window saved stays."""
    procedure = reference.procedure_on(draft.procedure, local(draft.created_at).date())
    draft.typed = {f.name: posted.get(f.name, "").strip()[: 2 * dossiers.TYPED_LENGTH_MAX] for f in procedure.fields}
    draft.typed |= {
        name: posted.get(name, "").strip()[:SCAN_LENGTH_MAX]
        for block in procedure.persons
        if block.role not in draft.persons
        for name in (f"{block.role}_{key}" for key in INPUTS)
    }
    draft.typed = {name: value or beside.get(name, "") for name, value in draft.typed.items()}
    draft.disputed = [
        {"person": role, "item": item, "stated": stated, "reason": reason}
        for role, person in draft.persons.items()
        for item, _value in in_order(person["facts"])
        for stated, reason in [tuple(posted.get(f"{kind}:{role}:{item}", "").strip()[:500] for kind in ("wrong", "why"))]
        if stated or reason
    ]


def _unread_card(draft: store.Draft) -> str:
    """Whose card was scanned and not yet read: the scanner's Enter only saves, and nobody may be lost by it."""
    return next((role for role in _roles(draft) if role not in draft.persons and draft.typed.get(f"{role}_scan")), "")


def _roles(draft: store.Draft) -> list[str]:
    return [block.role for block in reference.procedure_on(draft.procedure, local(draft.created_at).date()).persons]


def _form_context(draft: store.Draft, errors: dict[str, str]) -> dict[str, Any]:
    procedure = reference.procedure_on(draft.procedure, local(draft.created_at).date())
    disputed = {(d["person"], d["item"]): d for d in draft.disputed}
    persons = []
    for block in procedure.persons:
        person = draft.persons.get(block.role)
        lines = (
            [(item, label, value, disputed.get((block.role, item), {})) for item, label, value in shown(person["facts"])]
            if person
            else []
        )
        persons.append((block, person, lines, _asked(draft, block.role, errors), _moment(person)))
    fields = [
        (f, draft.typed.get(f.name, ""), errors.get(f.name, ""), [(key, in_language(word)) for key, word in f.options])
        for f in procedure.fields
    ]
    return {
        "section": "look",
        "draft": draft,
        "seen": _state_of(draft),
        "procedure": procedure,
        "persons": persons,
        "fields": fields,
        "errors": errors,
    }


def _asked(draft: store.Draft, role: str, errors: dict[str, str]) -> list[tuple[str, str, str, str, str]]:
    """The keys asked of one person: name, label, what was typed, what is wrong with it, the keyboard of a telephone."""
    return [
        (
            f"{role}_{name}",
            in_language(KEY_WORDS[name]),
            draft.typed.get(f"{role}_{name}", ""),
            errors.get(f"{role}_{name}", ""),
            "numeric" if name in ("number", "birth_date") else "text",
        )
        for name in INPUTS
    ]


def _field_errors(failure: Invalid, role: str) -> dict[str, str]:
    if failure.code == "form.incomplete":
        return {name: str(sentence) for name, sentence in failure.details.items()}
    return {f"{role}_{field}" if role else field: sentence for field, sentence in _sentences(failure).items()}


def _sentences(failure: Invalid) -> dict[str, str]:
    """Every wrong key with its sentence; one for failures that know only one."""
    if failure.code != "look.keys":
        return {failure.field or "scan": _words(failure)}
    index = 1 if is_english() else 0
    return {field: cast("tuple[str, str]", both)[index] for field, both in failure.details.items()}


def _moment(person: dict[str, Any] | None) -> Any:
    return datetime.fromisoformat(person["at"]) if person else None


def _refused_page(request: HttpRequest, refused: Refused) -> HttpResponse:
    return render(request, "procedures/refused.html", {"refused": refused, "section": "look"}, status=403)


def _key(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Invalid("form.key", _("Biểu mẫu thiếu mã. Tra cứu lại rồi mở tờ khai."), "The form has no key.") from None


def _way(text: str) -> Way:
    return Way(text) if text in set(Way) else Way.SYSTEM


def _words(failure: DancuError) -> str:
    return failure.message_en if is_english() else failure.message
