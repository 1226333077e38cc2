"""Pages of one round: its columns, its progress, what may be done to it now."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from dancu.identity.api import demand, guarded
from dancu.kernel import clock
from dancu.kernel.errors import Conflict, DancuError, Invalid, NotFound, TooMany
from dancu.reconcile import store, work
from dancu.reconcile.domain import NEXT, Asked, Round, RoundState
from dancu.reconcile.pages import shown
from dancu.reconcile.pages.session import home, in_words, list_href, officer_of, round_href, sentences
from dancu.reconcile.profiles.table import GROUPABLE, get_profile
from dancu.reconcile.usecases import rounds as usecases
from dancu.reconcile.usecases.rounds import Columns
from dancu.reconcile.work import SeenList
from dancu.ui.parts import Confirm
from dancu.ui.words import in_language, is_english, number_text

SECONDS_BETWEEN = 2
_RUNNING = (RoundState.QUEUED, RoundState.COMPARING)
_ACT_WORDS = {
    "upload": "Nhận tệp", "map": "Ghép cột", "start": "Bắt đầu", "pause": "Tạm dừng", "resume": "Chạy tiếp", "cancel": "Huỷ",
    "finish": "Xong", "fail": "Dừng vì lỗi", "download": "Tải kết quả", "review": "Đề nghị xem lại", "tidy": "Dọn tệp trung gian",
    "delete": "Xoá",
}  # fmt: skip


@guarded("reconcile.list.see")
@require_http_methods(["GET", "POST"])
def round_page(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """One round as it stands; a POST does something to it. What cannot be undone is asked first, on a page of its own."""
    errors, status = {}, 200
    if request.method == "POST":
        demand(request, "reconcile.list.handle")
        try:
            return _step(request, round_id)
        except (Conflict, TooMany, Invalid) as failure:
            errors, status = sentences(failure), failure.status
    elif request.GET.get("hoi") in ("huy", "xoa"):
        return _ask_first(request, store.get_round(round_id), request.GET["hoi"])
    return render(request, "reconcile/round.html", _context(store.get_round(round_id), errors), status=status)


@guarded("reconcile.list.see")
@require_GET
def progress_part(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """The part of the page that changes by itself; 205 once the page has other things to say."""
    found = store.get_round(round_id)
    if found.state not in _RUNNING:
        return HttpResponse(status=205)
    return render(request, "reconcile/progress.html", _progress(found))


@guarded("reconcile.list.handle")
@require_http_methods(["GET", "POST"])
def columns_page(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """What the columns are: as detected, as the owner says; or why the file cannot be read, and what to do."""
    found = store.get_round(round_id)
    of = store.get_list(found.list_id)
    seen = usecases.look_at(found, home())
    context: dict[str, Any] = {
        "section": "lists",
        "round": found,
        "list": of,
        "list_href": list_href(of.id),
        "round_href": round_href(found.id),
        "may_map": RoundState.MAPPING in NEXT[found.state],
    }
    if isinstance(seen, DancuError):
        return render(request, "reconcile/unreadable.html", {**context, "sentence": in_words(seen)}, status=422)
    typed = _typed(request, seen) if request.method == "POST" else (dict(found.mapping) or seen.mapping)
    errors, status = {}, 200
    if request.method == "POST":
        try:
            columns = Columns(_mapping(request, seen), request.POST.get("grouped_by", ""))
            usecases.choose_columns(officer_of(request), round_id, columns, home(), now=clock.now())
            if request.POST.get("then") == "start":
                usecases.start(officer_of(request), round_id, now=clock.now())
            return HttpResponseRedirect(round_href(round_id))
        except (Invalid, Conflict, TooMany) as failure:
            errors, status = sentences(failure), failure.status
    context |= _columns_context(seen, typed, of.profile, found, request)
    return render(request, "reconcile/columns.html", {**context, "errors": errors}, status=status)


def _columns_context(seen: SeenList, typed: dict[str, int], profile: str, found: Round, request: HttpRequest) -> dict[str, Any]:
    words, needed = work.roles(), [role.value for role in get_profile(profile).needed]
    role_at = {at: role for role, at in typed.items()}
    options = [(role, in_language(word).capitalize() + (" *" if role in needed else "")) for role, word in words.items()]
    missing = [in_language(words[role]) for role in needed if role not in typed and not _has_year(role, typed)]
    return {
        "seen": seen,
        "columns": [(column, role_at.get(column.at, ""), f"cot-{column.at}") for column in seen.columns],
        "options": options,
        "needed": [in_language(words[role]) for role in needed],
        "missing": missing,
        "groupable": [(role.value, in_language(words[role]).capitalize()) for role in GROUPABLE],
        "grouped_by": request.POST.get("grouped_by", found.grouped_by),
    }


def _has_year(role: str, typed: dict[str, int]) -> bool:
    return role == "birth_date" and "birth_year" in typed


def _typed(request: HttpRequest, seen: SeenList) -> dict[str, int]:
    return {role: at for column in seen.columns if (role := request.POST.get(f"cot-{(at := column.at)}", ""))}


def _mapping(request: HttpRequest, seen: SeenList) -> dict[str, int]:
    """Raises `Invalid` for a role chosen twice, or one there is none of."""
    chosen = [(request.POST.get(f"cot-{column.at}", ""), column) for column in seen.columns]
    words, found = work.roles(), dict[str, int]()
    for role, column in chosen:
        if not role:
            continue
        if role not in words:
            raise Invalid("reconcile.role", "Chọn một mục trong danh sách.", "Choose one of the list.", field=f"cot-{column.at}")
        if role in found:
            raise Invalid(
                "reconcile.role_twice",
                f"Hai cột cùng ghép với “{words[role]}”. Bạn chọn một cột, cột còn lại để “Không dùng”.",
                "Two columns are mapped to the same item. Keep one of them.",
                field=f"cot-{column.at}",
            )
        found[role] = column.at
    return found


def _step(request: HttpRequest, round_id: UUID) -> HttpResponse:
    officer, now = officer_of(request), clock.now()
    steps: dict[str, Callable[[], object]] = {
        "start": lambda: usecases.start(officer, round_id, now=now),
        "resume": lambda: usecases.resume(officer, round_id, now=now),
        "pause": lambda: usecases.pause(officer, round_id, now=now),
        "cancel": lambda: usecases.cancel(officer, round_id, home(), now=now),
        "delete": lambda: usecases.delete(officer, round_id, home(), now=now),
    }
    step = steps.get(request.POST.get("viec", ""))
    if step is None:
        raise NotFound("reconcile.no_step", "Không có thao tác này.", "There is no such step.")
    step()
    return HttpResponseRedirect(round_href(round_id))


def _ask_first(request: HttpRequest, found: Round, what: str) -> HttpResponse:
    here = round_href(found.id)
    if what == "huy":
        happens = [
            _("Đợt %(number)s dừng lại; phần đã đối soát bị xoá.") % {"number": found.number},
            _("Tệp danh sách vẫn được giữ."),
        ]
        title, verb, value = _("Huỷ đợt đối soát"), _("Huỷ đợt này"), "cancel"
    else:
        happens = [
            _("Kết quả và tệp danh sách của đợt %(number)s bị xoá khỏi hệ thống.") % {"number": found.number},
            _("Số liệu tổng hợp, lịch sử đợt và việc ai đã được đối soát vẫn còn, vì người dân có quyền biết."),
        ]
        title, verb, value = _("Xoá đợt đối soát"), _("Xoá đợt này"), "delete"
    question = Confirm(title, happens, verb, here, here, fields=(("viec", value),))
    return render(request, "ui/confirm.html", {"section": "lists", "confirm": question})


def _progress(found: Round) -> dict[str, Any]:
    words = work.grade_words()
    counts = [(in_language(words.get(code, code)), number_text(count)) for code, count in found.counts.items() if code in words]
    return {"round": found, "work": shown.work_of(found), "counts": counts, "is_queued": found.state is RoundState.QUEUED}


def _context(found: Round, errors: dict[str, str]) -> dict[str, Any]:
    of, here = store.get_list(found.list_id), round_href(found.id)
    allowed = NEXT[found.state]
    running = found.state in _RUNNING
    return {
        "section": "lists",
        "list": of,
        "list_href": list_href(of.id),
        "here": here,
        "state": shown.state_of(found),
        "errors": errors,
        **_progress(found),
        "running": running,
        "seconds": SECONDS_BETWEEN if running else 0,
        "asked": found.asked if found.asked is not Asked.NOTHING else "",
        "failure": (found.failure_en if is_english() else found.failure) if found.state is RoundState.FAILED else "",
        "may_map": RoundState.MAPPING in allowed,
        "may_start": RoundState.QUEUED in allowed and found.mapping and found.state is not RoundState.PAUSED and not running,
        "may_resume": found.state is RoundState.PAUSED,
        "may_pause": running and found.asked is Asked.NOTHING,
        "may_cancel": RoundState.CANCELLED in allowed and found.asked is not Asked.CANCEL,
        "may_delete": RoundState.DELETED in allowed,
        "history": [
            {**each, "word": in_language(_ACT_WORDS.get(each["kind"], each["kind"]))} for each in store.actions_of(found.id)
        ],
    }
