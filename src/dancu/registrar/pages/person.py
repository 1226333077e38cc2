"""The page of one person, at a day and as the registry stood at a moment, and her extract for printing."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from dancu.exchange.api import OpenedPerson, Refused
from dancu.identity.api import demand, guarded, within
from dancu.kernel import clock
from dancu.kernel.clock import VIET_NAM, local
from dancu.kernel.dates import PartialDate
from dancu.kernel.errors import DancuError, Invalid
from dancu.kernel.warrants import SENSITIVE_FIELDS, Field
from dancu.population.api import NumberState
from dancu.registrar import person_shown, store, values
from dancu.registrar.domain.payloads import KIND_WORDS
from dancu.registrar.handles import Look
from dancu.registrar.pages.lists import lines_shown
from dancu.registrar.pages.session import REGISTRAR, look_in, officer_of, person_path, refused_page, sentences
from dancu.registrar.pages.slugs import SLUGS
from dancu.registrar.usecases.people import open_for
from dancu.ui.words import day_text, in_language, moment_text


@guarded("registry.person.see")
@require_http_methods(["GET", "POST"])
def person_page(request: HttpRequest, handle: str) -> HttpResponse:
    """Everything about one person; a POST shows sensitive items for a stated case."""
    look, now = look_in(request, handle), clock.now()
    errors: dict[str, str] = {}
    asked_case, reveal = look.case_no, frozenset[Field]()
    if request.method == "POST":
        demand(request, "registry.person.reveal")
        asked_case = request.POST.get("case_no", "").strip()
        reveal = frozenset(field for field in SENSITIVE_FIELDS if field.value in request.POST.getlist("reveal"))
        if not reveal:
            errors["reveal"] = _("Chọn mục cần xem.")
    try:
        opened = open_for(officer_of(request), Look(look.personal_no, asked_case), now=now, reveal=reveal)
    except Invalid as failure:
        errors, reveal = {"case_no": next(iter(sentences(failure).values()))}, frozenset()
        opened = open_for(officer_of(request), look, now=now)
    if isinstance(opened, Refused):
        return refused_page(request, opened)
    context = {**_context(request, handle, look, opened, now), "errors": errors, "asked_case": asked_case, "revealed": reveal}
    try:
        context |= _as_of(request, opened, now)
    except DancuError as failure:
        context["errors"] = errors | sentences(failure)
    return render(request, "registrar/person.html", context, status=422 if context["errors"] else 200)


@guarded("registry.extract.print")
@require_GET
def extract_page(request: HttpRequest, handle: str) -> HttpResponse:
    """The extract of a person for printing; its title names nobody."""
    look, now = look_in(request, handle), clock.now()
    opened = open_for(officer_of(request), look, now=now)
    if isinstance(opened, Refused):
        return refused_page(request, opened)
    context = {
        "section": "registry",
        "items": [item for item in person_shown.items_of(opened) if item.lines],
        "person": person_shown.person_of(opened),
        "household": person_shown.household_of(opened.file, lambda number: ""),
        "reference": opened.reference,
        "case_no": look.case_no,
        "printed_at": now,
        "back": f"/dan-cu/nguoi/{handle}",
    }
    return render(request, "registrar/extract.html", context)


def _context(request: HttpRequest, handle: str, look: Look, opened: OpenedPerson, now: datetime) -> dict[str, Any]:
    today = local(now).date()

    def link(number: int) -> str:
        return person_path(request, Look(number, look.case_no))

    successor = opened.facts.successor
    may_write = REGISTRAR in officer_of(request).roles and opened.facts.number_state is NumberState.IN_FORCE
    items = person_shown.items_of(opened)
    with within(request, "registry.request.see"):  # requests are seen where they may be opened
        waiting = store.open_requests_about(look.personal_no)
    return {
        "section": "registry",
        "here": f"/dan-cu/nguoi/{handle}",
        "person": person_shown.person_of(opened),
        "verdict": person_shown.verdict_of(opened),
        "successor": link(successor.number) if successor else "",
        "case_no": look.case_no,
        "reference": opened.reference,
        "halves": [items[: len(items) // 2], items[len(items) // 2 :]],
        "masked": [(item.field, item.name) for item in items if item.is_masked],
        "timeline": person_shown.timeline_of(opened.file, link),
        "family": person_shown.family_of(opened, link, today),
        "household": person_shown.household_of(opened.file, link),
        "housemates": person_shown.housemates_of(opened.file, link),
        "strip": person_shown.residence_strip(opened.file, today),
        "map": person_shown.residence_map(opened.file, today),
        "residences": _residences(opened, today),
        "cards": person_shown.cards_of(opened, today),
        "older": [person_shown.neighbour_of(opened.file, number, link) for number in opened.file.older_numbers],
        "older_numbers": [f"{number:012d}" for number in opened.file.older_numbers],
        "waiting": lines_shown(waiting, now, _("Đề nghị đang mở về người này"), "") if waiting else None,
        "deeds": [(slug, in_language(KIND_WORDS[kind])) for slug, kind in SLUGS.items() if kind != "correct"] if may_write else [],
    }


def _residences(opened: OpenedPerson, today: date) -> list[dict[str, str]]:
    return [
        {
            "kind": in_language(values.RESIDENCE_WORDS[row.kind]),
            "address": values.address_text(row.version, row.code, row.detail) or "–",
            "today": values.today_text(row.version, row.code),
            "since": day_text(row.valid_from),
            "until": day_text(row.valid_to) if row.valid_to else "",
        }
        for row in person_shown.residences_of(opened.file)
    ]


def _as_of(request: HttpRequest, opened: OpenedPerson, now: datetime) -> dict[str, Any]:
    """What was true on a day, as the registry knew it at the end of another."""
    typed = {name: request.GET.get(name, "").strip()[:20] for name in ("ngay", "ghi")}
    if not any(typed.values()):
        return {"as_of_typed": typed}
    valid_on = _day(typed["ngay"], "ngay") or local(now).date()
    recorded_on = _day(typed["ghi"], "ghi")
    recorded_at = datetime.combine(recorded_on, time.max, VIET_NAM) if recorded_on else now
    state = opened.file.state_as_of(valid_on, recorded_at)
    current = person_shown.current_state(opened.file)
    said = values.texts(state) if state else {}
    today = values.texts(current)
    return {
        "as_of_typed": typed,
        "as_of": [(in_language(values.GROUPS[n].label), text, text != today.get(n, "")) for n, text in said.items() if text],
        "as_of_title": _("Đúng ngày %(day)s, theo những gì đã ghi đến %(moment)s")
        % {"day": day_text(valid_on), "moment": moment_text(recorded_at)},
        "as_of_none": state is None,
    }


def _day(text: str, field: str) -> date | None:
    if not text:
        return None
    found = PartialDate.parse(text, field)
    if not found.is_full:
        raise Invalid("day.part", "Ghi đủ ngày, tháng, năm, ví dụ 24/11/2026.", "Give day, month and year.", field=field)
    return date(found.year, found.month, found.day)
