"""Breaches: the list, the report, the page with the 72-hour clock, the affected, what two decide, the draft notice."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID, uuid4

import msgspec
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dancu.identity.api import demand, guarded
from dancu.kernel import clock
from dancu.kernel.errors import Conflict, Invalid, NotAllowed
from dancu.kernel.four_eyes import are_apart
from dancu.protection import reference
from dancu.protection.domain.breaches import (
    ACTION_WORDS,
    BREACH_TABLE,
    PROPOSAL_WORDS,
    Breach,
    BreachActionKind,
    BreachState,
    Proposal,
    ProposalKind,
    Scope,
)
from dancu.protection.domain.clocks import TimeUnit
from dancu.protection.pages import shown
from dancu.protection.pages.session import BREACHES, actor_of, moment_in, officer_of, sentences, whole_number
from dancu.protection.store import affected as affected_store
from dancu.protection.store import breaches as store
from dancu.protection.usecases.affected import derive_affected, export_affected
from dancu.protection.usecases.breaches import BreachReport, BreachStep, breach_for, report_breach, take_breach_step
from dancu.protection.usecases.cases import case_for
from dancu.ui.parts import Deed, State, Work
from dancu.ui.words import in_language, moment_text, share_text

REFRESH_SECONDS = 5
_REPORTED = (
    "title",
    "text",
    "noticed_day",
    "noticed_time",
    "since_day",
    "since_time",
    "until_day",
    "until_time",
    "organisation",
    "system",
    "officer",
    "from_case",
    "identity",
)
_SCOPED = ("organisation", "system", "officer", "since_day", "since_time", "until_day", "until_time")
_STEPPED = ("text", "paper_no", "told_day", "told_time", "advice", "contact", "proposal_kind", "action", "task")
_DECISIONS = frozenset({BreachActionKind.APPROVE, BreachActionKind.REJECT})


@guarded("protection.breach.see")
@require_GET
def breaches_page(request: HttpRequest) -> HttpResponse:
    """Every breach of the desk, the newest first."""
    lines = store.breach_lines(officer_of(request).organisation_code)
    return render(request, "protection/breaches.html", {"section": "breaches", "table": shown.breach_table(lines, clock.now())})


@guarded("protection.breach.handle")
@require_http_methods(["GET", "POST"])
def report_page(request: HttpRequest) -> HttpResponse:
    """Report a breach; nothing typed is lost."""
    now = clock.now()
    if request.method == "GET":
        return render(request, "protection/report.html", {"section": "breaches", "typed": _first(request, now), "errors": {}})
    typed = {name: request.POST.get(name, "").strip() for name in _REPORTED}
    try:
        breach = report_breach(actor_of(request), _identity(typed["identity"]), _report(typed), now=now)
    except (Invalid, Conflict, NotAllowed) as failure:
        context = {"section": "breaches", "typed": typed, "errors": sentences(failure)}
        return render(request, "protection/report.html", context, status=failure.status)
    return HttpResponseRedirect(f"{BREACHES}/{breach.id}")


@guarded("protection.breach.see")
@require_http_methods(["GET", "POST"])
def breach_page(request: HttpRequest, breach_id: UUID) -> HttpResponse:
    """One breach with its clock; a POST takes a step."""
    errors: dict[str, str] = {}
    status = 200
    if request.method == "POST":
        demand(request, "protection.breach.handle")
        try:
            take_breach_step(actor_of(request), _step(request, breach_id), now=clock.now())
            return HttpResponseRedirect(f"{BREACHES}/{breach_id}?xong=1")
        except (Invalid, Conflict, NotAllowed) as failure:
            errors, status = sentences(failure), failure.status
    return render(request, "protection/breach.html", _context(request, breach_id, errors), status=status)


@guarded("protection.breach.handle")
@require_POST
def derive_page(request: HttpRequest, breach_id: UUID) -> HttpResponse:
    """Start deriving the affected from the ledger."""
    derive_affected(actor_of(request), breach_id, _identity(request.POST.get("run", "")), now=clock.now())
    return HttpResponseRedirect(f"{BREACHES}/{breach_id}#nguoi")


@guarded("protection.breach.export")
@require_POST
def export_page(request: HttpRequest, breach_id: UUID, run_id: UUID) -> HttpResponse:
    """The list as a file, once two stand behind it. A POST: each person on it is recorded."""
    name, lines = export_affected(actor_of(request), breach_id, run_id, clock.now)
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return cast(HttpResponse, response)  # a response as Django knows it, only not of that class


@guarded("protection.breach.see")
@require_GET
def notice_page(request: HttpRequest, breach_id: UUID) -> HttpResponse:
    """The notice to the authority, filled in as far as we know, to be printed; what a human adds is marked."""
    found, now = breach_for(actor_of(request), breach_id), clock.now()
    runs = [run for run in affected_store.runs_of(breach_id) if run.state == "done"]
    context = {
        "section": "breaches",
        "breach": found,
        "scope": found.scope,
        "run": runs[0] if runs else None,
        "fields": shown.field_names(name for name, _count in runs[0].summary["by_field"]) if runs else [],
        "done": [in_language(t.title) for t in reference.breach_tasks() if t.key in found.tasks_done],
        "letters": sum(each.told for each in affected_store.letters_of(breach_id)),
        "late": now > found.due_at and found.told_at is None,
        "printed_at": now,
        "officer": officer_of(request),
    }
    return render(request, "protection/notice.html", context)


def _first(request: HttpRequest, now: datetime) -> dict[str, str]:
    """An empty form: noticed now; from a case, what the look it is about says."""
    day, hour = shown.day_and_time(now)
    typed = dict.fromkeys(_REPORTED, "") | {"identity": str(uuid4()), "noticed_day": day, "noticed_time": hour}
    typed |= {"until_day": day, "until_time": hour}
    if origin := request.GET.get("tu", ""):
        found = case_for(actor_of(request), _identity(origin))
        typed |= {"from_case": found.code, "title": _("Lượt xem trái quy định theo %(code)s") % {"code": found.code}}
        typed["since_day"] = shown.day_and_time(found.opening.at - timedelta(days=30))[0]
    return typed


def _identity(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Invalid("form.identity", "Mẫu này đã hỏng. Mở lại trang.", "This form is broken. Open the page again.") from None


def _scope(typed: Mapping[str, str]) -> Scope:
    return Scope(
        moment_in(typed["since_day"], typed["since_time"], "since_day"),
        moment_in(typed["until_day"], typed["until_time"], "until_day"),
        typed["organisation"],
        typed["system"],
        typed["officer"],
    )


def _report(typed: Mapping[str, str]) -> BreachReport:
    scope = _scope(typed)
    noticed = moment_in(typed["noticed_day"], typed["noticed_time"], "noticed_day")
    return BreachReport(typed["title"], typed["text"], noticed, scope, typed["from_case"])


def _step(request: HttpRequest, breach_id: UUID) -> BreachStep:
    typed = {name: request.POST.get(name, "").strip() for name in (*_STEPPED, *_SCOPED, "run", "proposal", "seen")}
    try:
        kind = BreachActionKind(typed["action"])
    except ValueError:
        raise Invalid("breach.no_action", "Không có thao tác này.", "There is no such action.") from None
    data: dict[str, Any] = {}
    if kind is BreachActionKind.DO_TASK:
        data = {"task": typed["task"]}
    elif kind is BreachActionKind.AMEND:
        data = {"scope": msgspec.to_builtins(_scope(typed))}
    elif kind is BreachActionKind.TELL_AUTHORITY:
        told = moment_in(typed["told_day"], typed["told_time"], "told_day")
        data = {"paper_no": typed["paper_no"], "told_at": told.isoformat()}
    elif kind is BreachActionKind.PROPOSE:
        if typed["proposal_kind"] not in set(ProposalKind):
            raise Invalid("breach.proposal", "Chọn việc cần đề nghị.", "Choose what to propose.", field="proposal_kind")
        data = {name: typed[name] for name in ("proposal_kind", "advice", "contact")}
        data["run"] = str(_identity(typed["run"])) if typed["run"] else ""
    elif kind in (BreachActionKind.APPROVE, BreachActionKind.REJECT):
        data = {"proposal": whole_number(typed["proposal"])}
    return BreachStep(breach_id, kind, whole_number(typed["seen"]), typed["text"], data)


def _context(request: HttpRequest, breach_id: UUID, errors: dict[str, str]) -> dict[str, Any]:
    actor, now = actor_of(request), clock.now()
    found = breach_for(actor, breach_id)
    runs = affected_store.runs_of(breach_id)
    done = next((run for run in runs if run.state == "done"), None)
    allowed = BREACH_TABLE[found.state]
    posted = _form_posted(request)
    return {
        "section": "breaches",
        "breach": found,
        "scope": found.scope,
        "state": shown.breach_state(found.state),
        "verdict": _verdict(found, now),
        "picture": shown.clock_picture(found, now),
        "tracks": [shown.task_track(found, now)],
        "tasks_left": [(t.key, in_language(t.title)) for t in reference.breach_tasks() if t.key not in found.tasks_done],
        "works": [_work(run) for run in runs if run.state == "running"],
        "failures": [run.failure for run in runs if run.state == "running" and run.failure],
        "refreshed": REFRESH_SECONDS if any(run.state == "running" for run in runs) else 0,
        "run": done,
        "by_field": _named_fields(done) if done else [],
        "deeds": [_deed(request, proposal, decision, errors) for proposal, decision in found.proposals],
        "export_run": _export_run(found, actor.hand.account),
        "letters": affected_store.letters_of(breach_id),
        "proposable": [
            (kind.value, in_language(word)) for kind, word in PROPOSAL_WORDS.items() if done or kind is ProposalKind.TELL_NOBODY
        ],
        "may": {kind.value: kind in allowed for kind in BreachActionKind},
        "is_closed": found.state is BreachState.CLOSED,
        "errors": {f"{posted}-{name}" if name else "": sentence for name, sentence in errors.items()},
        "forms": {kind.value: _form(request, kind.value, _empty(kind, found, now), errors) for kind in BreachActionKind},
        "fresh": request.GET.get("xong") and not errors,
        "new_run": uuid4(),
        "history": [_history(action) for action in reversed(found.actions)],
    }


def _empty(kind: BreachActionKind, found: Breach, now: datetime) -> dict[str, str]:
    """What a form says before anything is typed: told now, the scope as it is."""
    if kind is BreachActionKind.TELL_AUTHORITY:
        return dict(zip(("told_day", "told_time"), shown.day_and_time(now), strict=True))
    if kind is BreachActionKind.AMEND:
        scope = found.scope
        since, until = shown.day_and_time(scope.since), shown.day_and_time(scope.until)
        return dict(zip(_SCOPED, (scope.organisation, scope.system, scope.officer, *since, *until), strict=True))
    return {}


def _form_posted(request: HttpRequest) -> str:
    """Which of the page's forms was sent: by its action, a decision by its proposal."""
    action = request.POST.get("action", "")
    return _decides(request.POST.get("proposal", "")) if action in _DECISIONS else action


def _decides(sequence: int | str) -> str:
    return f"decide-{sequence}"


def _form(request: HttpRequest, prefix: str, empty: Mapping[str, str], errors: Mapping[str, str]) -> dict[str, Any]:
    """One form: what was typed into it and what is wrong there. What was sent from another form is none of its own."""
    if _form_posted(request) != prefix:
        return {"prefix": prefix, "typed": empty, "errors": {}, "posted": False}
    typed = {name: request.POST.get(name, "") for name in (*_STEPPED, *_SCOPED)}
    return {"prefix": prefix, "typed": typed, "errors": errors, "posted": True}


def _verdict(found: Breach, now: datetime) -> dict[str, Any]:
    """The band at the top: how much of the 72 hours is left, or that it was told in time."""
    if found.told_at is not None:
        in_time = found.told_at <= found.due_at
        word = _("Đã thông báo đúng hạn") if in_time else _("Đã thông báo, trễ hạn")
        return {"kind": "ok" if in_time else "bad", "word": word}
    words = shown.left_words(now, found.due_at, TimeUnit.HOURS)
    return {"kind": "bad" if now > found.due_at else "warn", "word": words[:1].upper() + words[1:]}


def _work(run: affected_store.Run) -> Work:
    percent = round(run.share * 100)
    return Work(_("Đang đọc sổ ghi truy cập"), percent, 100, "%", seconds_left=_seconds_left(run), state="running")


def _seconds_left(run: affected_store.Run) -> int | None:
    gone = (run.changed_at - run.started_at).total_seconds()
    return round(gone * (1 - run.share) / run.share) if 0 < run.share < 1 and gone > 0 else None


def _named_fields(run: affected_store.Run) -> list[tuple[str, int, str]]:
    names = {words.name.value: words for words in reference.field_words().values()}
    return [
        (in_language(names[name].label), count, share_text(count / run.persons if run.persons else 0))
        for name, count in run.summary["by_field"]
        if name in names
    ]


def _deed(request: HttpRequest, proposal: Proposal, decision: Any, errors: Mapping[str, str]) -> dict[str, Any]:
    hand = actor_of(request).hand
    approved = decision is not None and decision.kind is BreachActionKind.APPROVE
    word = in_language(ACTION_WORDS[decision.kind]) if decision else ""
    deed = Deed(
        in_language(PROPOSAL_WORDS[proposal.kind]),
        f"{proposal.by.account} ({proposal.by.unit})",
        proposal.at,
        proposal.text,
        _("một người khác, tài khoản khác, bộ phận khác"),
        yours=hand.account == proposal.by.account,
        decided=State(word, "ok" if approved else "bad") if decision else None,
        decided_by=f"{decision.by.account} ({decision.by.unit})" if decision else "",
        decided_at=decision.at if decision else None,
        decision_reason=decision.text if decision else "",
    )
    return {
        "deed": deed,
        "proposal": proposal,
        "may_decide": decision is None and are_apart([hand], [proposal.by]),
        "form": _form(request, _decides(proposal.sequence), {}, errors),
    }


def _export_run(found: Breach, account: str) -> str:
    return next((p.run for p in found.approved(ProposalKind.EXPORT) if p.by.account == account), "")


def _history(action: Any) -> dict[str, Any]:
    task = next((t for t in reference.breach_tasks() if t.key == action.data.get("task")), None)
    kind = action.data.get("proposal_kind", "")
    about = in_language(task.title) if task else in_language(PROPOSAL_WORDS[ProposalKind(kind)]) if kind else ""
    told = action.data.get("told_at")
    paper = (
        _("văn bản số %(number)s, gửi lúc %(moment)s")
        % {
            "number": action.data.get("paper_no", ""),
            "moment": moment_text(datetime.fromisoformat(told)),
        }
        if told
        else ""
    )
    return {
        "at": action.at,
        "what": in_language(ACTION_WORDS[action.kind]),
        "about": about or paper,
        "by": f"{action.by.account} ({action.by.unit})",
        "text": action.text,
    }
