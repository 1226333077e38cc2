"""Pages under /cua-toi for what she asks: an objection to one look, other requests, and what became of them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from dancu.identity.api import citizen_only
from dancu.kernel import clock
from dancu.kernel.clock import local
from dancu.kernel.errors import Conflict, DancuError, Invalid
from dancu.portal import objections, usecases
from dancu.portal.pages import citizen_of
from dancu.portal.wording import CASE_KIND_WORDS, CASE_STATE_WORDS, CASE_STEP_WORDS, Names, said
from dancu.protection.api import Case, CaseActionKind, CaseState
from dancu.ui import parts
from dancu.ui.words import in_language, is_english

_OWN_STEPS = {"bo-sung": CaseActionKind.SUPPLEMENT, "rut": CaseActionKind.WITHDRAW}
_LOOKS: dict[CaseState, parts.Kind] = {
    CaseState.WITH_SUBJECT: "warn",
    CaseState.FOUND_UNLAWFUL: "bad",
    CaseState.ANSWERED: "ok",
    CaseState.FOUND_LAWFUL: "ok",
    CaseState.REFUSED: "plain",
    CaseState.WITHDRAWN: "plain",
}


@citizen_only("portal.own.ask")
@require_http_methods(["GET", "POST"])
def objection_page(request: HttpRequest, entry: UUID) -> HttpResponse:
    """The second click of an objection: why. The reason most people have is chosen already."""
    citizen, now = citizen_of(request), clock.now()
    line = usecases.read_line(citizen, entry, now=now)
    typed = {"ly-do": next(iter(objections.CHOICES)), "noi-dung": ""}
    errors: dict[str, str] = {}
    status = 200
    if request.method == "POST":
        typed = {name: request.POST.get(name, "") for name in typed}
        try:
            case = objections.object_to(citizen, entry, typed["ly-do"], typed["noi-dung"], now=now)
            return HttpResponseRedirect(f"/cua-toi/yeu-cau/{case.id}?moi=1")
        except (Invalid, Conflict) as failure:
            errors, status = {failure.field or "": _words(failure)}, failure.status
    context = {
        "section": "looks",
        "line": line,
        "said": said(line, Names([line])),
        "day": local(line.at).date(),
        "choices": [(key, in_language(words)) for key, words in objections.CHOICES.items()],
        "typed": typed,
        "chosen": typed["ly-do"],
        "words": typed["noi-dung"],
        "errors": errors,
        "wrong": {"choice": errors.get("ly-do", ""), "words": errors.get("noi-dung", "")},
    }
    return render(request, "portal/objection.html", context, status=status)


@citizen_only("portal.own.ask")
@require_http_methods(["GET", "POST"])
def request_page(request: HttpRequest) -> HttpResponse:
    """A request of another kind: what she wants, in her words. The form carries its own mark, so one press is one case."""
    citizen, now = citizen_of(request), clock.now()
    usecases.check_level(citizen, now=now)
    typed = {"loai": request.GET.get("loai", ""), "noi-dung": "", "ma": str(uuid4())}
    errors: dict[str, str] = {}
    status = 200
    if request.method == "POST":
        typed = {name: request.POST.get(name, "") for name in typed}
        words = typed["noi-dung"].replace("\r\n", "\n")  # a line's end counts once, as the field counts it
        try:
            case = objections.ask(citizen, typed["loai"], words, typed["ma"], now=now)
            return HttpResponseRedirect(f"/cua-toi/yeu-cau/{case.id}?moi=1")
        except (Invalid, Conflict) as failure:
            errors, status = {failure.field or "": _words(failure)}, failure.status
            typed["ma"] = typed["ma"] if failure.field else str(uuid4())
    context = {
        "section": "cases",
        "choices": [(kind.value, in_language(words)) for kind, words in objections.ASKED.items()],
        "key": typed["ma"],
        "chosen": typed["loai"],
        "words": typed["noi-dung"],
        "words_max": objections.WORDS_MAX,
        "errors": errors,
        "wrong": {"choice": errors.get("loai", ""), "words": errors.get("noi-dung", "")},
    }
    return render(request, "portal/request.html", context, status=status)


@citizen_only("portal.own.see")
@require_GET
def cases_page(request: HttpRequest) -> HttpResponse:
    """Her requests, the newest first."""
    citizen, now = citizen_of(request), clock.now()
    told = [(case, kind_of(case), state_of(case, now)) for case in objections.cases(citizen)]
    return render(request, "portal/cases.html", {"section": "cases", "cases": told})


@citizen_only("portal.own.see")
@require_GET
def case_page(request: HttpRequest, case: UUID) -> HttpResponse:
    """One request: where it stands, until when, what was said to her."""
    return _draw(request, objections.get_case(citizen_of(request), case))


@citizen_only("portal.own.ask")
@require_http_methods(["GET", "POST"])
def step_page(request: HttpRequest, case: UUID, step: str) -> HttpResponse:
    """She adds to her request, or takes it back after one question."""
    citizen, now = citizen_of(request), clock.now()
    found, kind = objections.get_case(citizen, case), _OWN_STEPS.get(step)
    here = f"/cua-toi/yeu-cau/{case}"
    if request.method == "GET" or kind is None:
        return HttpResponseRedirect(here)
    if kind is CaseActionKind.WITHDRAW and not request.POST.get("sure"):
        return render(request, "portal/withdraw.html", {"section": "cases", "confirm": _question(found, here)})
    words = request.POST.get("noi-dung", "")
    try:
        objections.take_step(citizen, case, kind, words, now=now)
    except (Invalid, Conflict) as failure:
        return _draw(request, found, {"noi-dung" if isinstance(failure, Invalid) else "": _words(failure)}, words)
    return HttpResponseRedirect(here)


def kind_of(case: Case) -> str:
    return in_language(CASE_KIND_WORDS[case.kind])


def state_of(case: Case, now: datetime) -> parts.State:
    """Where it stands, in words addressed to her."""
    word = in_language(CASE_STATE_WORDS[case.state])
    if case.is_late(now):
        return parts.State(f"{word}, {_('quá hạn')}", "bad")
    return parts.State(word, _LOOKS.get(case.state, "info"))


def _draw(request: HttpRequest, case: Case, errors: dict[str, str] | None = None, words: str = "") -> HttpResponse:
    now = clock.now()
    context = {
        "section": "cases",
        "case": case,
        "kind": kind_of(case),
        "state": state_of(case, now),
        "fresh": request.GET.get("moi") and case.state is CaseState.RECEIVED,
        "events": [
            parts.Change(
                in_language(CASE_STEP_WORDS[event.kind]), event.at, _by(event.kind), facts=[event.text] if event.text else []
            )
            for event in case.events
        ],
        "errors": errors or {},
        "wrong": (errors or {}).get("noi-dung", ""),
        "words": words,
        "asked": case.state is CaseState.WITH_SUBJECT,
    }
    return render(request, "portal/case.html", context, status=422 if errors else 200)


def _by(kind: CaseActionKind) -> str:
    hers = (CaseActionKind.OPEN, CaseActionKind.SUPPLEMENT, CaseActionKind.WITHDRAW)
    return _("Bạn") if kind in hers else _("Bộ phận bảo vệ dữ liệu cá nhân")


def _question(case: Case, here: str) -> parts.Confirm:
    return parts.Confirm(
        _("Rút yêu cầu %(code)s?") % {"code": case.code},
        [_("Cơ quan ngừng xem xét và không trả lời yêu cầu này nữa."), _("Bạn vẫn gửi được yêu cầu khác về cùng lượt xem.")],
        _("Rút yêu cầu"),
        f"{here}/rut",
        here,
        fields=[("sure", "1")],
    )


def _words(failure: DancuError) -> str:
    return failure.message_en if is_english() else failure.message
