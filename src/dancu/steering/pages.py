"""Pages of steering: the board of a day, tasks by what is wanted, a body's part of one with everything done about it."""

from __future__ import annotations

from datetime import date
from typing import cast
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from dancu.identity.api import Officer, OfficerRequest, demand, guarded
from dancu.kernel import clock
from dancu.kernel.clock import local
from dancu.kernel.dates import PartialDate
from dancu.kernel.errors import Conflict, DancuError, Invalid
from dancu.steering import shown, store, usecases
from dancu.steering.deadlines import typed_deadline
from dancu.steering.domain import ActionKind, Assignment, Side, TaskState, allowed, overall
from dancu.steering.naming import body_names, document_number, group_name
from dancu.steering.store import Wanted
from dancu.steering.usecases import Step
from dancu.ui.parts import Choice
from dancu.ui.words import in_language, is_english

BOARD, TASKS = "/theo-doi", shown.TASKS
PAGE_ROWS = 100
PARTS_MAX = 50_000
SECRETARY = "steering-secretary"


@guarded("steering.board.see")
@require_GET
def board_page(request: HttpRequest) -> HttpResponse:
    """How many tasks stand where, per body, today or on a day of the past."""
    now = clock.now()
    today, errors = local(now).date(), dict[str, str]()
    typed = request.GET.get("ngay", "")
    try:
        day = _past_day(typed, today) if typed else today
    except Invalid as failure:
        day, errors = today, {"ngay": failure.message_en if is_english() else failure.message}
    parts = store.assignments(Wanted(), limit=PARTS_MAX) if day == today else usecases.board_on(day)
    tallies, counts = usecases.tallies_of(parts, day), usecases.counts_of(parts, day)
    context = {
        "section": "steering",
        "day": day,
        "typed": typed,
        "errors": errors,
        "is_past": day != today,
        "counts": counts,
        "parts": sum(each.total for each in tallies),
        "table": shown.tally_table(tallies),
        "chart": shown.late_chart(tallies),
        "own": _own(request) if not _is_secretary(request) else "",
    }
    return render(request, "steering/board.html", context, status=422 if errors else 200)


@guarded("steering.board.see")
@require_GET
def tasks_page(request: HttpRequest) -> HttpResponse:
    """Parts of tasks by body, document, state; what is due first at the top."""
    today = local(clock.now()).date()
    state = request.GET.get("trang-thai", "")
    wanted = Wanted(
        request.GET.get("co-quan", ""),
        request.GET.get("van-ban", ""),
        request.GET.get("nhom", ""),
        state if state in list(TaskState) else "",
        today if request.GET.get("cham") else None,
        today if request.GET.get("chua-bao-cao") else None,
    )
    after = int(text) if (text := request.GET.get("sau", "")).isdigit() and len(text) < 7 else 0
    parts = store.assignments(wanted, after, PAGE_ROWS + 1)
    kept = {name: str(value) for name, value in request.GET.items() if name in _FILTERS and value}
    more = f"{TASKS}?{urlencode({**kept, 'sau': after + PAGE_ROWS})}" if len(parts) > PAGE_ROWS else ""
    groups, documents = store.groups_and_documents()
    context = {
        "section": "tasks",
        "table": shown.tasks_table(parts[:PAGE_ROWS], today, next_href=more),
        "states": _state_choices(kept, wanted),
        "documents": [("", _("Tất cả")), *((each, document_number(each)) for each in documents)],
        "groups": [("", _("Tất cả")), *((each, group_name(each)) for each in groups)],
        "wanted": wanted,
        "body_name": body_names({wanted.body})[wanted.body] if wanted.body else "",
        "is_late": wanted.late_on is not None,
        "kept": [(name, value) for name, value in kept.items() if name not in ("van-ban", "nhom")],
    }
    return render(request, "steering/tasks.html", context)


@guarded("steering.board.see")
@require_GET
def task_page(request: HttpRequest, code: str) -> HttpResponse:
    """One task: what was asked, by which document, and the part of each body."""
    task = store.get_task(code)
    parts = store.parts_of(task)
    if len(parts) == 1:
        return HttpResponseRedirect(f"{TASKS}/{code}/{parts[0].body}")
    today = local(clock.now()).date()
    state = overall([each.standing for each in parts])
    context = {
        "section": "tasks",
        "task": task,
        "deadline": shown.deadline_words(task.deadline),
        "document": document_number(task.document),
        "state": shown.STATE_WORDS[state][0],
        "state_kind": shown.STATE_WORDS[state][1],
        "table": shown.tasks_table(parts, today),
        "done": sum(each.standing.state is TaskState.DONE for each in parts),
        "parts": len(parts),
        "co_owners": _names(task.co_owners),
    }
    return render(request, "steering/task.html", context)


@guarded("steering.board.see")
@require_http_methods(["GET", "POST"])
def part_page(request: HttpRequest, code: str, body: str) -> HttpResponse:
    """A body's part of a task: where it stands, what was done about it, what may be done now."""
    errors, status, now = dict[str, str](), 200, clock.now()
    if request.method == "POST":
        try:
            _take(request, code, body)
            return HttpResponseRedirect(f"{TASKS}/{code}/{body}?xong=1")
        except (Invalid, Conflict) as failure:
            errors, status = {failure.field or "": failure.message_en if is_english() else failure.message}, failure.status
    found = _part(code, body)
    today, side = local(now).date(), _side(request, body)
    may = allowed(found.standing, side) if side else ()
    context = {
        "section": "tasks",
        "task": found.task,
        "body": body,
        "document": document_number(found.task.document),
        "group": group_name(found.task.group),
        "body_name": body_names({body})[body],
        "standing": found.standing,
        "state": shown.state_of(found.standing, today),
        "deadline": shown.deadline_words(found.standing.deadline),
        "first_deadline": shown.deadline_words(found.task.deadline) if found.task.deadline != found.standing.deadline else "",
        "asked": shown.deadline_words(found.standing.extension_asked) if found.standing.extension_asked else "",
        "co_owners": _names(found.task.co_owners),
        "changes": shown.timeline_of(usecases.timeline(code, body)),
        "may": {kind.value for kind in may},
        "deeds": [(kind.value, in_language(shown.ACTION_WORDS[kind])) for kind in may if kind is not ActionKind.ASSIGN],
        "errors": errors,
        "typed": request.POST,
        "fresh": request.GET.get("xong") and not errors,
        "has_more_parts": len(store.parts_of(found.task)) > 1,
    }
    return render(request, "steering/part.html", context, status=status)


_FILTERS = ("co-quan", "van-ban", "nhom", "trang-thai", "cham", "chua-bao-cao")


def _take(request: HttpRequest, code: str, body: str) -> None:
    side = _side(request, body)
    demand(request, "steering.task.decide" if side is Side.SECRETARY else "steering.task.report")
    typed = request.POST
    if side is None or typed.get("kind", "") not in list(ActionKind):
        raise Invalid("steering.kind", "Không có việc này. Bạn tải lại trang.", "There is no such step. Load the page again.")
    today = local(clock.now()).date()
    percent = typed.get("percent", "").strip().removesuffix("%")
    if percent and not (percent.isascii() and percent.isdigit() and len(percent) < 4):
        raise Invalid("steering.percent", "Tiến độ là số từ 0 đến 99.", "Progress is a number from 0 to 99.", field="percent")
    step = Step(
        ActionKind(typed["kind"]),
        typed.get("text", ""),
        None,
        typed_deadline(typed["deadline"]).text if typed.get("deadline", "").strip() else "",
        _past_day(typed["done_on"], today, "done_on") if typed.get("done_on", "").strip() else None,
        typed.get("evidence", ""),
        int(percent) if percent else None,
    )
    usecases.take_step(_officer(request), side, code, body, step, now=clock.now())


def _side(request: HttpRequest, body: str) -> Side | None:
    """A secretary decides; a body's own officers report on its part; others look."""
    if _is_secretary(request):
        return Side.SECRETARY
    return Side.OWNER if _own(request) == body else None


def _part(code: str, body: str) -> Assignment:
    found = next((each for each in store.parts_of(store.get_task(code)) if each.body == body), None)
    if found is None:
        raise store.no_task()
    return found


def _past_day(text: str, today: date, field: str = "ngay") -> date:
    try:
        read = PartialDate.parse(text)
        day = date(read.year, read.month, read.day) if read.is_full else None
    except DancuError:
        day = None
    if day is None or day > today:
        raise Invalid(
            "steering.day",
            "Viết ngày như 19/02/2023, không sau hôm nay.",
            "Write a day like 19/02/2023, not after today.",
            field=field,
        )
    return day


def _state_choices(kept: dict[str, str], wanted: Wanted) -> list[Choice]:
    others = {name: value for name, value in kept.items() if name not in ("trang-thai", "cham", "chua-bao-cao")}

    def leads(**more: str) -> str:
        return f"{TASKS}?{urlencode({**others, **more})}" if {**others, **more} else TASKS

    return [
        Choice(_("Tất cả"), leads(), not wanted.state and wanted.late_on is None and wanted.unreported_on is None),
        Choice(_("Chậm"), leads(cham="1"), wanted.late_on is not None),
        Choice(_("Quá hạn, chưa có báo cáo"), leads(**{"chua-bao-cao": "1"}), wanted.unreported_on is not None),
        *(
            Choice(in_language(word), leads(**{"trang-thai": state.value}), wanted.state == state)
            for state, (word, _kind) in shown.STATE_WORDS.items()
        ),
    ]


def _names(codes: tuple[str, ...]) -> str:
    names = body_names(set(codes))
    return ", ".join(names[code] for code in codes)


def _officer(request: HttpRequest) -> Officer:
    return cast(OfficerRequest, request).officer


def _own(request: HttpRequest) -> str:
    """The body of level 1 the officer belongs to."""
    return _officer(request).organisation_code.partition(".")[0]


def _is_secretary(request: HttpRequest) -> bool:
    return SECRETARY in _officer(request).roles
