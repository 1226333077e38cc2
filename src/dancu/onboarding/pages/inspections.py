"""Inspections: calendar and list, batches with their days, and the page of one with its checklist, findings and supplements."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from dancu.identity.api import actions_may, demand, guarded, organisation_names
from dancu.kernel import clock
from dancu.kernel.clock import local
from dancu.kernel.errors import Conflict, Invalid, NotFound
from dancu.kernel.files import keep_file, read_file, type_of
from dancu.kernel.work_days import work_calendar
from dancu.onboarding.dossiers import usecases as dossiers
from dancu.onboarding.inspection import store
from dancu.onboarding.inspection import usecases as inspections
from dancu.onboarding.inspection.actions import (
    Accept,
    Action,
    Cancel,
    Conclude,
    DeclareChange,
    Find,
    Mode,
    Outcome,
    Record,
    Reject,
    Result,
    Supplement,
)
from dancu.onboarding.inspection.batches import Batch
from dancu.onboarding.inspection.checklists import Checklist, HostingCase, Severity
from dancu.onboarding.inspection.domain import FindingState, Inspection
from dancu.onboarding.inspection.figures import next_steps, progress, proposed_due
from dancu.onboarding.inspection.table import ACT_WORDS, PARTY_WORDS, STATE_WORDS, Act, State, Verdict
from dancu.onboarding.inspection.words import CONFIDENCE_WORDS, GROUP_WORDS, OUTCOME_WORDS, SEVERITY_WORDS
from dancu.onboarding.pages.session import DOSSIERS, as_download, files_folder, officer_of, posted_file, sentences
from dancu.onboarding.parties.usecases import centres
from dancu.ui import parts
from dancu.ui.words import in_language

INSPECTIONS = "/ket-noi/kiem-tra"
INSPECTING_UNITS = ("G01.105/KT", "G01.107/KT")  # the cyber-security and the technical department, in this project's numbering
_KINDS: dict[State, parts.Kind] = {
    State.SCHEDULED: "info",
    State.UNDER_WAY: "info",
    State.NEEDS_SUPPLEMENT: "warn",
    State.PASSED: "ok",
    State.FAILED: "bad",
}
_FINDING_STATES = {
    FindingState.OPEN: parts.State("Chờ bổ sung", "warn"),
    FindingState.ANSWERED: parts.State("Đã bổ sung, chờ xem", "info"),
    FindingState.CLOSED: parts.State("Đã nhận", "ok"),
}


@guarded("onboarding.inspection.see")
@require_http_methods(["GET", "POST"])
def inspections_page(request: HttpRequest) -> HttpResponse:
    """What is inspected when; days that are offered, and who chose which."""
    officer, now, errors, status = officer_of(request), clock.now(), {}, 200
    today = local(now).date()
    if request.method == "POST":
        try:
            _post_list(request, now)
            return HttpResponseRedirect(f"{INSPECTIONS}?xong=1")
        except (Invalid, Conflict, NotFound) as failure:
            errors, status = sentences(failure), failure.status
    lines = store.lines()
    context = {
        "section": "gate-inspections",
        "errors": errors,
        "typed": request.POST,
        "fresh": bool(request.GET.get("xong")) and not errors,
        "table": _table(lines),
        "batches": [_batch(identity, batch, officer.organisation_code) for identity, batch in store.batches()],
        "may_do": actions_may(officer, "onboarding.inspection.do", today),
        "may_choose": actions_may(officer, "onboarding.inspection.supplement", today),
        "centres": [(each.code, each.name) for each in centres()],
        "hosting": _hosting_words(),
        "modes": _mode_words(),
    }
    return render(request, "onboarding/inspections.html", context, status=status)


def _post_list(request: HttpRequest, now: datetime) -> None:
    step, officer = request.POST.get("step", ""), officer_of(request)
    if step == "choose":
        demand(request, "onboarding.inspection.supplement")
        inspections.choose(officer, _uuid(request.POST.get("batch", "")), _day(request, "day"), now=now)
    elif step == "batch":
        demand(request, "onboarding.inspection.do")
        days = tuple(sorted(_read_day(text, "days") for text in request.POST.get("days", "").replace(",", " ").split()))
        invited = tuple(code.strip().upper() for code in request.POST.get("invited", "").replace(",", " ").split())
        capacity = request.POST.get("capacity", "")
        said = {name: request.POST.get(name, "").strip() for name in ("code", "name", "document")}
        batch = Batch(
            said["code"],
            said["name"],
            said["document"],
            HostingCase.PROVIDER,
            days,
            int(capacity) if capacity.isdecimal() else 0,
            invited,
        )
        inspections.add_batch(batch, by=officer.account, now=now)
    elif step == "centre":
        demand(request, "onboarding.inspection.do")
        order = inspections.Order(
            _day(request, "on"),
            _mode(request),
            INSPECTING_UNITS,
            centre=request.POST.get("centre", ""),
            hosting=HostingCase.PROVIDER,
        )
        inspections.schedule(officer, order, now=now)
    else:
        raise Invalid("inspection.step", "Không có thao tác này.", "There is no such step.")


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound("inspection.none", "Không có đợt kiểm tra này.", "There is no such inspection.") from None


def _read_day(text: str, field: str) -> date:
    try:
        day, month, year = (int(part) for part in text.strip().split("/"))
        return date(year, month, day)
    except ValueError:
        raise Invalid("day.form", "Ngày viết như 07/12/2026.", "Write a day like 07/12/2026.", field=field) from None


def _day(request: HttpRequest, name: str) -> date:
    return _read_day(request.POST.get(name, ""), name)


def _mode(request: HttpRequest) -> Mode:
    return Mode.REMOTE if request.POST.get("mode") == Mode.REMOTE else Mode.ON_SITE


def _mode_words() -> list[tuple[str, str]]:
    return [(Mode.ON_SITE.value, _("Tại chỗ")), (Mode.REMOTE.value, _("Từ xa"))]


def _hosting_words() -> list[tuple[str, str]]:
    return [
        (HostingCase.OWN.value, _("Tự đặt")),
        (HostingCase.PROVIDER.value, _("Thuê trung tâm")),
        (HostingCase.OTHER.value, _("Nơi khác")),
    ]


def _batch(identity: UUID, batch: Batch, organisation: str) -> dict[str, Any]:
    chosen = {each.organisation: each.day for each in batch.choices}
    taken = {day: sum(each == day for each in chosen.values()) for day in batch.days}
    return {
        "id": identity,
        "batch": batch,
        "days": [(day, f"{day:%d/%m/%Y}", batch.capacity - taken[day]) for day in batch.days],
        "silent": [code for code in batch.invited if code not in chosen],
        "chosen": sorted(chosen.items(), key=lambda each: each[1]),
        "yours": chosen.get(organisation),
        "is_invited": organisation in batch.invited,
    }


def _table(lines: list[store.InspectionLine]) -> parts.Table:
    names = organisation_names({line.organisation for line in lines if line.organisation})
    columns = (
        parts.Column(_("Ngày"), "day"),
        parts.Column(_("Đối tượng")),
        parts.Column(_("Cơ quan")),
        parts.Column(_("Trạng thái"), "state"),
        parts.Column(_("Hạn bổ sung"), "day"),
        parts.Column(_("Có giá trị đến"), "day"),
    )
    rows = [
        parts.Row(
            (
                line.on,
                line.client_id or f"{_('Trung tâm dữ liệu')} {line.centre}",
                names.get(line.organisation, "–"),
                parts.State(in_language(STATE_WORDS[line.state]), _KINDS.get(line.state, "plain")),
                line.due_on,
                line.valid_to,
            ),
            f"{INSPECTIONS}/{line.id}",
        )
        for line in lines
    ]
    empty = _("Chưa có đợt kiểm tra nào. Đợt kiểm tra được xếp từ trang hồ sơ kết nối.")
    return parts.Table(_("Các đợt kiểm tra"), columns, rows, empty)


@guarded("onboarding.inspection.see")
@require_http_methods(["GET", "POST"])
def of_dossier_page(request: HttpRequest, dossier: UUID) -> HttpResponse:
    """The inspections of a dossier's system, and setting the next one."""
    officer, now, errors, status = officer_of(request), clock.now(), {}, 200
    found = dossiers.dossier_of(dossier)
    if request.method == "POST":
        try:
            demand(request, "onboarding.inspection.do")
            opened = found.opened
            order = inspections.Order(
                _day(request, "on"),
                _mode(request),
                INSPECTING_UNITS,
                found.client_id,
                str(opened.get("centre", "")),
                int(opened["level"]),
                HostingCase(opened["hosting"]),
                found.id,
            )
            made = inspections.schedule(officer, order, now=now)
            return HttpResponseRedirect(f"{INSPECTIONS}/{made.id}")
        except (Invalid, Conflict, NotFound) as failure:
            errors, status = sentences(failure), failure.status
    context = {
        "section": "gate-inspections",
        "crumbs": [
            parts.Choice(_("Hồ sơ kết nối"), DOSSIERS),
            parts.Choice(found.code, f"{DOSSIERS}/{found.id}"),
            parts.Choice(_("Kiểm tra")),
        ],
        "dossier": found,
        "errors": errors,
        "typed": request.POST,
        "table": _table(store.lines(found.client_id)),
        "may_do": actions_may(officer, "onboarding.inspection.do", local(now).date()) and not store.open_of(found.client_id),
        "modes": _mode_words(),
    }
    return render(request, "onboarding/inspections_of.html", context, status=status)


@guarded("onboarding.inspection.see")
@require_http_methods(["GET", "POST"])
def inspection_page(request: HttpRequest, inspection: UUID) -> HttpResponse:
    """One inspection: checklist, findings, supplements, conclusion."""
    officer, now, errors, status = officer_of(request), clock.now(), {}, 200
    if request.method == "POST":
        try:
            demand(
                request, "onboarding.inspection.supplement" if request.POST.get("step") in _OWNERS else "onboarding.inspection.do"
            )
            _act(request, inspection, now)
            return HttpResponseRedirect(f"{INSPECTIONS}/{inspection}?xong=1")
        except (Invalid, Conflict, NotFound) as failure:
            errors, status = sentences(failure), failure.status
    found, checklist = inspections.inspection_of(inspection)
    context = _context(found, checklist, now) | {
        "allowed": {act.value for act in inspections.allowed(found, officer)},
        "errors": errors,
        "typed": request.POST,
        "fresh": bool(request.GET.get("xong")) and not errors,
    }
    return render(request, "onboarding/inspection.html", context, status=status)


_OWNERS = ("supplement", "declare_change")


def _act(request: HttpRequest, inspection: UUID, now: datetime) -> None:
    officer, step, post = officer_of(request), request.POST.get("step", ""), request.POST
    if step == "inherit":
        if not inspections.inherit_from_centre(officer, inspection, now=now):
            raise Conflict(
                "inspection.nothing_inherited", "Trung tâm chưa có kết quả còn giá trị để kế thừa.", "Nothing to inherit."
            )
        return
    if step == "record":
        _record_all(request, inspection, now)
        return
    hand, text = officer.hand, post.get("text", "").strip()
    action: Action
    if step == "find":
        found, _checklist = inspections.inspection_of(inspection)
        number = f"TT-{len(found.findings) + 1:02d}"
        severity = Severity(post["severity"]) if post.get("severity") in set(Severity) else Severity.MANDATORY
        action = Find(
            at=now, by=hand, finding=number, severity=severity, sentence=text, due=_day(request, "due"), item=post.get("item", "")
        )
    elif step == "supplement":
        action = Supplement(at=now, by=hand, finding=post.get("finding", ""), text=text, evidence=_evidence(request))
    elif step in ("accept", "reject"):
        number_ = post.get("number", "")
        kind = Accept if step == "accept" else Reject
        action = kind(
            at=now, by=hand, finding=post.get("finding", ""), number=int(number_) if number_.isdecimal() else 0, reason=text
        )
    elif step in set(Verdict):
        until = _day(request, "valid_until") if step == Verdict.PASSED and post.get("valid_until") else None
        action = Conclude(at=now, by=hand, verdict=Verdict(step), text=text, valid_until=until)
    elif step == "cancel":
        action = Cancel(at=now, by=hand, reason=text)
    elif step == "declare_change":
        action = DeclareChange(at=now, by=hand, text=text)
    else:
        raise Invalid("inspection.step", "Không có thao tác này.", "There is no such step.")
    inspections.act(officer, inspection, action, now=now)


def _record_all(request: HttpRequest, inspection: UUID, now: datetime) -> None:
    """Every item whose outcome was chosen anew, one action each; all of them, or none where one is not in order."""
    officer, chosen = officer_of(request), []
    found, checklist = inspections.inspection_of(inspection)
    for item in checklist.items:
        said, note = request.POST.get(f"o_{item.code}", ""), request.POST.get(f"n_{item.code}", "").strip()
        held = found.results.get(item.code)
        if said not in set(Outcome) or (held is not None and (held.outcome, held.note or held.reason) == (said, note)):
            continue
        outcome = Outcome(said)
        reason = note if outcome is Outcome.NOT_APPLICABLE else ""
        result = Result(item.code, outcome, reason=reason, note="" if reason else note)
        chosen.append(Record(at=now, by=officer.hand, result=result))
    inspections.act_all(officer, inspection, chosen, now=now)


def _evidence(request: HttpRequest) -> str:
    if not request.FILES.get("file"):
        return ""
    _name, content = posted_file(request)
    return keep_file(files_folder(), content, with_office=True)


def _context(found: Inspection, checklist: Checklist, now: datetime) -> dict[str, Any]:
    subject, today, calendar = found.subject, local(now).date(), work_calendar()
    steps = next_steps(found, checklist, today, calendar)
    groups = []
    for each in progress(found, checklist):
        items = [(item, found.results.get(item.code)) for item in checklist.items if item.group is each.group]
        groups.append(
            {
                "name": in_language(GROUP_WORDS[each.group]),
                "done": each.total - each.left,
                "total": each.total,
                "not_met": each.not_met,
                "items": [
                    {
                        "code": item.code,
                        "text": item.text,
                        "check": item.check,
                        "severity": in_language(SEVERITY_WORDS[item.severity]),
                        "source": f"{item.source} {item.clause}".strip(),
                        "confidence": in_language(CONFIDENCE_WORDS[item.confidence]),
                        "outcome": result.outcome.value if result else "",
                        "word": in_language(OUTCOME_WORDS[result.outcome]) if result else "",
                        "note": (result.note or result.reason) if result else "",
                        "inherited": bool(result and result.inherited_from),
                    }
                    for item, result in items
                ],
            }
        )
    return {
        "section": "gate-inspections",
        "crumbs": [parts.Choice(_("Kiểm tra"), INSPECTIONS), parts.Choice(subject.code)],
        "inspection": found,
        "organisation": organisation_names([subject.organisation])[subject.organisation] if subject.organisation else subject.code,
        "state": parts.State(in_language(STATE_WORDS[found.state]), _KINDS.get(found.state, "plain")),
        "checklist": checklist,
        "groups": groups,
        "outcomes": [(outcome.value, in_language(word)) for outcome, word in OUTCOME_WORDS.items()],
        "severities": [(severity.value, in_language(word)) for severity, word in SEVERITY_WORDS.items()],
        "findings": [_finding(name, each) for name, each in found.findings.items()],
        "steps": [(step, in_language(PARTY_WORDS[step.who])) for step in steps],
        "proposed_due": f"{proposed_due(Severity.MANDATORY, today, checklist, calendar):%d/%m/%Y}",
        "longest": f"{checklist.longest_until(today):%d/%m/%Y}",
        "changes": [_change(action) for action in reversed(found.actions) if action.act is not Act.RECORD],
        "recorded": sum(action.act is Act.RECORD for action in found.actions),
    }


def _finding(name: str, each: Any) -> dict[str, Any]:
    state = _FINDING_STATES[each.state]
    return {
        "name": name,
        "sentence": each.found.sentence,
        "item": each.found.item,
        "severity": in_language(SEVERITY_WORDS[each.found.severity]),
        "due": each.due,
        "state": parts.State(in_language(state.word), state.kind),
        "key": each.state.value,
        "answers": each.answers,
        "number": len(each.answers),
    }


def _change(action: Action) -> parts.Change:
    text = next((getattr(action, name) for name in ("text", "reason", "sentence") if getattr(action, name, "")), "")
    return parts.Change(
        in_language(ACT_WORDS[action.act]), action.at, f"{action.by.account} ({action.by.unit})", facts=[text] if text else []
    )


@guarded("onboarding.inspection.see")
@require_GET
def evidence_file(request: HttpRequest, inspection: UUID, digest: str) -> HttpResponse:
    """A file handed in as evidence in this inspection."""
    found, _checklist = inspections.inspection_of(inspection)
    if digest not in {getattr(action, "evidence", "") for action in found.actions}:
        raise NotFound("file.none", "Không có tệp này.", "There is no such file.")
    content = read_file(files_folder(), digest)
    kind = type_of(content)
    return as_download(content, kind, f"bang-chung-{digest[:8]}.{kind.rpartition('/')[2]}")
