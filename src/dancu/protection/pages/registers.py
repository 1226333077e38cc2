"""Consents and the register of processing: lists, one consent with its proof, versions, the assessment of one system, CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from dancu.identity.api import guarded, public
from dancu.kernel import clock
from dancu.kernel.errors import NotFound
from dancu.kernel.spreadsheets import harmless
from dancu.protection import reference
from dancu.protection.domain.clocks import day_of
from dancu.protection.domain.consents import CHANNEL_WORDS, ConsentActionKind
from dancu.protection.domain.register import CHANGE_WORDS, COLUMN_WORDS, RegisterChange, RegisterLine
from dancu.protection.pages import shown
from dancu.protection.pages.session import CONSENTS, REGISTER, actor_of, officer_of
from dancu.protection.store import consents as consent_store
from dancu.protection.store import register as store
from dancu.protection.usecases.consents import consent_for, desk_consents, is_proven
from dancu.protection.usecases.register import current_lines
from dancu.ui.cursors import cursor_in
from dancu.ui.parts import Column, Row, State, Table
from dancu.ui.words import day_text, in_language

PUBLIC_REGISTER = "/so-dang-ky-xu-ly"
STATES = {"registered": "Chưa mở", "official": "Chính thức", "suspended": "Tạm dừng", "closed": "Đã đóng"}
_FILTERS = ("organisation", "system", "field")


@guarded("protection.consent.see")
@require_GET
def consents_page(request: HttpRequest) -> HttpResponse:
    """Consents without names, the newest first."""
    now, organisation = clock.now(), request.GET.get("co_quan", "").strip()[:100]
    lines = desk_consents(actor_of(request), organisation, cursor_in(request.GET.get("sau", "")), now=now)
    page, next_href = lines[: consent_store.PAGE_LENGTH], ""
    if len(lines) > consent_store.PAGE_LENGTH:
        after = f"{page[-1].given_at.isoformat()}~{page[-1].id}"
        next_href = f"{CONSENTS}?{urlencode({'co_quan': organisation, 'sau': after})}"
    columns = [
        Column(_("Mã")),
        Column(_("Cho cơ quan, tổ chức")),
        Column(_("Mục đích")),
        Column(_("Trạng thái"), "state"),
        Column(_("Đồng ý lúc"), "moment"),
        Column(_("Đến hết"), "day"),
    ]
    rows = [
        Row(
            [c.code, c.organisation, in_language(c.purpose), shown.consent_state(c.state(now)), c.given_at, c.until],
            f"{CONSENTS}/{c.id}",
        )
        for c in page
    ]
    empty = _("Chưa có đồng ý nào. Đồng ý được ghi khi người dân cho phép một tổ chức ngoài nhà nước đối chiếu thông tin.")
    table = Table(_("Đồng ý của chủ thể dữ liệu"), columns, rows, empty, next_href=next_href)
    return render(request, "protection/consents.html", {"section": "consents", "table": table, "organisation": organisation})


@guarded("protection.consent.see")
@require_GET
def consent_page(request: HttpRequest, consent_id: UUID) -> HttpResponse:
    """One consent: the words that were shown, what was agreed, and whether the ledger proves it. Not whose it is."""
    now = clock.now()
    found = consent_for(actor_of(request), consent_id, now=now)
    context = {
        "section": "consents",
        "consent": found,
        "code": found.code,
        "state": shown.consent_state(found.state(now)),
        "fields": shown.field_names(found.fields),
        "proven": is_proven(consent_id),
        "actions": [
            (
                _("Rút lại") if a.kind is ConsentActionKind.WITHDRAW else _("Đồng ý"),
                a,
                in_language(CHANNEL_WORDS[a.channel]),
            )
            for a in found.actions
        ],
    }
    return render(request, "protection/consent.html", context)


@guarded("protection.register.see")
@require_GET
def register_page(request: HttpRequest) -> HttpResponse:
    """The register as the grants are now, narrowed by organisation, system, item; or as a file."""
    return _register(request, REGISTER, is_public=False)


@public
@require_GET
def public_register_page(request: HttpRequest) -> HttpResponse:
    """The same for everybody: who may learn what, for what, on what grounds; what changed and when."""
    return _register(request, PUBLIC_REGISTER, is_public=True)


@guarded("protection.register.see")
@require_GET
def changes_page(request: HttpRequest) -> HttpResponse:
    """Every version with what differs from the one before and the entries that made it."""
    versions = [(v, [_change(c) for c in v.changes]) for v in store.versions()]
    return render(request, "protection/changes.html", {"section": "processing", "versions": versions, "is_public": False})


@public
@require_GET
def public_changes_page(request: HttpRequest) -> HttpResponse:
    """What changed and when, for everybody."""
    versions = [(v, [_change(c) for c in v.changes]) for v in store.versions()]
    return render(request, "protection/changes.html", {"section": "", "versions": versions, "is_public": True})


@guarded("protection.register.see")
@require_GET
def assessment_page(request: HttpRequest, system: str) -> HttpResponse:
    """The impact assessment of one system's processing: every fact we hold, to be printed; what a human must add is marked."""
    now = clock.now()
    lines = [line for line in current_lines(now) if line.system == system]
    if not lines:
        raise NotFound("register.no_system", "Không có hệ thống này trong sổ đăng ký.", "No such system in the register.")
    known = reference.field_words()
    used = {name for line in lines for name in line.fields}
    context = {
        "section": "processing",
        "line": lines[0],
        "state": _state(lines[0]),
        "lines": [(line, shown.field_names(line.fields), shown.field_names(line.sensitive)) for line in lines],
        "fields": sorted((words for words in known.values() if words.name.value in used), key=lambda words: words.item),
        "version": store.newest(),
        "printed_at": now,
        "officer": officer_of(request),
    }
    return render(request, "protection/assessment.html", context)


def _register(request: HttpRequest, path: str, *, is_public: bool) -> HttpResponse:
    now = clock.now()
    everything = current_lines(now)
    asked = {name: request.GET.get(name, "").strip()[:100] for name in _FILTERS}
    lines = [line for line in everything if _fits(line, asked)]
    if request.GET.get("tep") == "csv":
        return _csv(lines)
    newest = store.newest()
    context = {
        "section": "" if is_public else "processing",
        "is_public": is_public,
        "path": path,
        "typed": asked,
        "organisations": sorted({(line.organisation, line.organisation) for line in everything}),
        "systems": sorted({(line.system, line.system_name) for line in everything}, key=lambda pair: pair[1]),
        "items": [(words.name.value, in_language(words.label)) for words in reference.field_words().values()],
        "lines": [
            (line, _state(line), shown.field_names(line.fields), shown.field_names(line.sensitive), line.is_in_force(day_of(now)))
            for line in lines
        ],
        "count": len(lines),
        "version": newest,
        "csv_href": f"{path}?{urlencode({**asked, 'tep': 'csv'})}",
    }
    return render(request, "protection/register.html", context)


def _fits(line: RegisterLine, asked: dict[str, str]) -> bool:
    return (
        asked["organisation"] in ("", line.organisation)
        and asked["system"] in ("", line.system)
        and (not asked["field"] or asked["field"] in line.fields)
    )


def _state(line: RegisterLine) -> State:
    return State(in_language(STATES.get(line.state, line.state)), "ok" if line.state == "official" else "warn")


def _csv(lines: Sequence[RegisterLine]) -> HttpResponse:
    out = io.StringIO()
    out.write("\ufeff")
    writer = csv.writer(out)
    names = [name for name in RegisterLine.__struct_fields__]
    writer.writerow(names)
    for line in lines:
        values: list[Any] = [getattr(line, name) for name in names]
        writer.writerow([_cell(value) for value in values])
    response = HttpResponse(out.getvalue(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="so-dang-ky-xu-ly.csv"'
    return response


def _cell(value: Any) -> str:
    text = " ".join(value) if isinstance(value, tuple) else "" if value is None else str(value)
    return harmless(text)


def _change(change: RegisterChange) -> dict[str, Any]:
    return {
        "change": change,
        "word": in_language(CHANGE_WORDS[change.kind]),
        "lines": [(in_language(COLUMN_WORDS[name]), *_values(name, old, new)) for name, old, new in change.columns],
    }


def _values(name: str, old: str, new: str) -> tuple[str, str]:
    """Before and after; of a list of items that was changed only what went and what came."""
    if name in ("fields", "sensitive") and old and new:
        before, after = set(old.split()), set(new.split())
        old, new = " ".join(before - after), " ".join(after - before)
    return _value(name, old), _value(name, new)


def _value(name: str, text: str) -> str:
    if name in ("fields", "sensitive"):
        return ", ".join(shown.field_names(text.split()))
    if name in ("discloses", "by_number_alone"):
        return _("có") if text else _("không")
    if name == "state":
        return in_language(STATES.get(text, text))
    return day_text(text) if name in ("valid_from", "valid_to") else text
