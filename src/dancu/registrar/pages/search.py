"""The room's first page, the search, and the way from a line of its results to a person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dancu.exchange.api import FoundPerson, Part, Refused
from dancu.identity.api import guarded
from dancu.kernel import clock
from dancu.kernel.errors import Invalid, TooMany
from dancu.population.api import Difference, LifeStatus, NumberState, provinces, unit_names
from dancu.registrar import store, values
from dancu.registrar.domain.requests import State
from dancu.registrar.handles import Look
from dancu.registrar.pages.lists import lines_shown
from dancu.registrar.pages.session import (
    APPROVER,
    REGISTRAR,
    actor_of,
    look_in,
    officer_of,
    person_path,
    refused_page,
    sentences,
)
from dancu.registrar.usecases.people import Question, find_people
from dancu.ui import parts
from dancu.ui.words import day_text, in_language

FIELDS = ("text", "birth_date", "province", "case_no")
LENGTH_MAX = 300
PART_WORDS = {
    Part.MARKS: "khác dấu",
    Part.SPELLING: "gõ khác một chữ",
    Part.SPACING: "khác khoảng trắng",
    Part.ORDER: "khác thứ tự chữ",
    Part.MISSING_WORD: "nhập thiếu %(words)d chữ so với hồ sơ",
    Part.EXTRA_WORD: "nhập thừa %(words)d chữ so với hồ sơ",
    Part.OTHER_NAME: "theo tên gọi khác",
    Part.BIRTH_DAY: "khác ngày, tháng sinh",
    Part.BIRTH_YEAR: "khác năm sinh",
    Part.PROVINCE: "khác tỉnh, thành phố",
    Part.NUMBER: "số gần giống",
    Part.SUCCESSOR: "thay cho số đã nhập",
}


@guarded("registry.enter")
@require_GET
def start_page(request: HttpRequest) -> HttpResponse:
    """Search; what waits for me; how much there is."""
    actor, officer, now = actor_of(request), officer_of(request), clock.now()
    unit, context = actor.hand.unit, _empty_search()
    if REGISTRAR in officer.roles:
        mine = store.requests_of_unit(unit, (State.RETURNED, State.DRAFT), None)
        context["mine"] = lines_shown(mine[:5], now, _("Đề nghị đang soạn và bị trả lại"), _("Chưa có đề nghị nào đang soạn."))
        context["figures"] = [
            (_("Đang soạn"), store.count_of_unit(unit, (State.DRAFT,))),
            (_("Bị trả lại"), store.count_of_unit(unit, (State.RETURNED,))),
            (_("Chờ duyệt"), store.count_of_unit(unit, (State.SUBMITTED,))),
            (_("Đã duyệt"), store.count_of_unit(unit, (State.APPROVED,))),
        ]
    if APPROVER in officer.roles:
        waiting = store.requests_waiting(unit, None)
        context["waiting_count"] = store.count_waiting(unit)
        context["waiting"] = lines_shown(
            waiting[:5], now, _("Chờ bạn quyết định"), _("Không có đề nghị nào của đơn vị khác đang chờ.")
        )
    context["may_search"] = REGISTRAR in officer.roles
    return render(request, "registrar/start.html", {**context, "section": "registry"})


@guarded("registry.search")
@require_http_methods(["GET", "POST"])
def search_page(request: HttpRequest) -> HttpResponse:
    """One question, at most twenty lines, each with why it was found."""
    context = _empty_search()
    if request.method == "GET":
        return render(request, "registrar/search.html", context)
    typed = {name: request.POST.get(name, "").strip()[:LENGTH_MAX] for name in FIELDS}
    about = bool(request.POST.get("about"))
    context |= {"typed": typed, "about": about}
    question = Question(typed["text"], typed["case_no"], typed["birth_date"], typed["province"], about)
    try:
        answer = find_people(officer_of(request), question, now=clock.now())
    except (Invalid, TooMany) as failure:
        context["errors"] = sentences(failure)
        return render(request, "registrar/search.html", context, status=failure.status)
    if isinstance(answer, Refused):
        return refused_page(request, answer)
    context["answer"] = answer
    context["found"] = [_line(request, each, typed["case_no"]) for each in answer.persons]
    return render(request, "registrar/search.html", context)


@guarded("registry.search")
@require_POST
def open_page(request: HttpRequest) -> HttpResponse:
    """From a line of the results to the person: the number goes in the body, never in an address."""
    handle = request.POST.get("person", "")
    look_in(request, handle)
    return HttpResponseRedirect(f"/dan-cu/nguoi/{handle}")


def _empty_search() -> dict[str, Any]:
    return {
        "section": "registry",
        "typed": dict.fromkeys(FIELDS, ""),
        "errors": {},
        "about": False,
        "provinces": list(provinces().items()),
        "about_choice": [("1", _("Không chắc năm sinh hoặc chữ số: tìm cả gần giống"))],
    }


def _line(request: HttpRequest, person: FoundPerson, case_no: str) -> dict[str, Any]:
    state = None
    if person.number_state is not NumberState.IN_FORCE:
        state = parts.State(in_language(values.NUMBER_WORDS[int(person.number_state)]), "warn")
    elif person.life_status is not LifeStatus.ALIVE:
        state = parts.State(in_language(values.LIFE_WORDS[int(person.life_status)]), "warn")
    return {
        "name": person.full_name,
        "other_name": person.other_name,
        "number": person.personal_id.digits,
        "birth_date": day_text(person.birth_date),
        "sex": in_language(values.SEX_WORDS[int(person.sex)]),
        "unit": ", ".join(unit_names(person.residence)) if person.residence else "",
        "state": state,
        "why": _why(person.differences) or [_("đúng như đã nhập")],
        "handle": person_path(request, Look(person.personal_id.number, case_no)).rpartition("/")[2],
    }


def _why(differences: Sequence[Difference]) -> list[str]:
    """Each difference in words; words missing or too many are counted, not repeated."""
    counted = Counter(each.part for each in differences)
    said = [
        f"{in_language(PART_WORDS[each.part])}: {each.typed} → {each.recorded}"
        if each.typed and each.recorded
        else in_language(PART_WORDS[each.part]) % {"words": counted[each.part]}
        for each in differences
    ]
    return list(dict.fromkeys(said))
