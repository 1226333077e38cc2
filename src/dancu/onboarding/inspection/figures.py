"""How far an inspection is: progress by group, findings by severity, what is left, whose step is next and by when. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

import msgspec

from dancu.kernel.clock import VIET_NAM
from dancu.kernel.work_days import WorkCalendar, working_days_left
from dancu.onboarding.inspection.actions import Outcome
from dancu.onboarding.inspection.checklists import Checklist, Group, Severity
from dancu.onboarding.inspection.domain import Finding, FindingState, Inspection, ValidityState
from dancu.onboarding.inspection.table import Act, Party, State


class GroupProgress(msgspec.Struct, frozen=True):
    """How far one group of items is (*tiến độ theo nhóm*)."""

    group: Group
    total: int
    met: int
    not_met: int
    not_applicable: int

    @property
    def left(self) -> int:
        return self.total - self.met - self.not_met - self.not_applicable


class FindingCount(msgspec.Struct, frozen=True):
    """Findings of one severity by where they stand (*số tồn tại theo mức độ*)."""

    severity: Severity
    open: int
    answered: int
    closed: int


class Left(msgspec.Struct, frozen=True):
    """What is still to be done (*việc còn lại*)."""

    unrecorded: tuple[str, ...]  # items
    mandatory: tuple[str, ...]  # of all items, those that keep it from passing
    open_findings: tuple[str, ...]  # wait for the owner
    waiting: tuple[str, ...]  # findings with a supplement that waits for an inspector


class NextStep(msgspec.Struct, frozen=True):
    """Whose turn it is, for what, by when (*bước tiếp theo*)."""

    who: Party
    act: Act
    by: date | None
    sentence: str
    about: tuple[str, ...] = ()  # items or findings
    days_left: int | None = None  # working days; negative once it is past


def progress(inspection: Inspection, checklist: Checklist) -> list[GroupProgress]:
    """Every group that has items, in the order of the form (*tiến độ*)."""
    asked = inspection.subject.asked(checklist).items
    seen: Counter[tuple[Group, Outcome]] = Counter()
    for item in asked:
        if result := inspection.results.get(item.code):
            seen[item.group, result.outcome] += 1
    totals = Counter(item.group for item in asked)
    return [
        GroupProgress(
            group,
            totals[group],
            seen[group, Outcome.MET],
            seen[group, Outcome.NOT_MET],
            seen[group, Outcome.NOT_APPLICABLE],
        )
        for group in Group
        if totals[group]
    ]


def findings_by_severity(inspection: Inspection) -> list[FindingCount]:
    """All three severities, the heaviest first (*số tồn tại*)."""
    counted = Counter((each.found.severity, each.state) for each in inspection.findings.values())
    return [FindingCount(severity, *(counted[severity, state] for state in FindingState)) for severity in Severity]


def mandatory_left(inspection: Inspection, checklist: Checklist) -> tuple[str, ...]:
    """Mandatory items that are not recorded or not met (*tiêu chí bắt buộc chưa đạt*)."""
    fulfilled = {code for code, result in inspection.results.items() if result.outcome is not Outcome.NOT_MET}
    asked = inspection.subject.asked(checklist).items
    return tuple(item.code for item in asked if item.severity is Severity.MANDATORY and item.code not in fulfilled)


def what_is_left(inspection: Inspection, checklist: Checklist) -> Left:
    """What keeps it from being concluded, and from being passed (*việc còn lại*)."""
    asked = inspection.subject.asked(checklist).items
    return Left(
        tuple(item.code for item in asked if item.code not in inspection.results),
        mandatory_left(inspection, checklist),
        _named(inspection.findings, FindingState.OPEN),
        _named(inspection.findings, FindingState.ANSWERED),
    )


def proposed_due(severity: Severity, day: date, checklist: Checklist, calendar: WorkCalendar) -> date:
    """By when a finding of a day would usually be mended (*hạn khắc phục đề xuất*); the inspector may name another day."""
    return calendar.after(day, checklist.periods.mend_working_days[severity])


def next_steps(inspection: Inspection, checklist: Checklist, today: date, calendar: WorkCalendar) -> tuple[NextStep, ...]:
    """Whose turn it is and by when, the most urgent first; both sides may have one (*bước tiếp theo*)."""
    state = inspection.state
    steps = []
    if state is State.NEW:
        steps.append(NextStep(Party.COORDINATOR, Act.SCHEDULE, None, "Xếp lịch kiểm tra"))
    elif state is State.SCHEDULED:
        steps.append(_on_the_day(inspection, today))
    elif state in (State.UNDER_WAY, State.NEEDS_SUPPLEMENT):
        steps += _of_findings(inspection, checklist, calendar) + _of_the_inspectors(inspection, checklist, calendar)
    elif state is State.PASSED:
        steps += _of_findings(inspection, checklist, calendar) + _of_what_passed(inspection, checklist, today)
    elif state is State.FAILED:
        steps.append(_after_failing(inspection))
    with_days = [msgspec.structs.replace(each, days_left=_days_left(today, each.by, calendar)) for each in steps]
    return tuple(sorted(with_days, key=lambda each: (each.by is None, each.by or today)))


def _on_the_day(inspection: Inspection, today: date) -> NextStep:
    if inspection.on and inspection.on < today:
        said = "Ngày kiểm tra đã qua mà chưa ghi kết quả: đổi ngày, hoặc ghi kết quả đã kiểm tra"
        return NextStep(Party.COORDINATOR, Act.RESCHEDULE, inspection.on, said)
    return NextStep(Party.INSPECTOR, Act.RECORD, inspection.on, "Kiểm tra theo lịch và ghi kết quả từng tiêu chí")


def _of_findings(inspection: Inspection, checklist: Checklist, calendar: WorkCalendar) -> list[NextStep]:
    steps = []
    if open_ones := _in(inspection.findings, FindingState.OPEN):
        names = _named(inspection.findings, FindingState.OPEN)
        by = min(each.due for each in open_ones)
        steps.append(NextStep(Party.OWNER, Act.SUPPLEMENT, by, "Khắc phục và bổ sung cho các tồn tại", names))
    if waiting := _in(inspection.findings, FindingState.ANSWERED):
        names = _named(inspection.findings, FindingState.ANSWERED)
        first = min(each.answers[-1].supplement.day for each in waiting)
        by = calendar.after(first, checklist.periods.answer_working_days)
        steps.append(NextStep(Party.INSPECTOR, Act.ACCEPT, by, "Xem bổ sung của các tồn tại", names))
    return steps


def _of_the_inspectors(inspection: Inspection, checklist: Checklist, calendar: WorkCalendar) -> list[NextStep]:
    """What they owe beside supplements; after asking for some they wait until every finding is closed."""
    left = what_is_left(inspection, checklist)
    if inspection.state is State.NEEDS_SUPPLEMENT:
        if left.open_findings or left.waiting:
            return []
        counted_from = max(each.answers[-1].decision.day for each in inspection.findings.values() if each.answers[-1].decision)
    else:
        counted_from = inspection.on or inspection.actions[-1].day
    by = calendar.after(counted_from, checklist.periods.conclude_working_days)
    if left.unrecorded:
        return [NextStep(Party.INSPECTOR, Act.RECORD, by, "Ghi kết quả các tiêu chí còn lại", left.unrecorded)]
    if left.mandatory and inspection.state is State.NEEDS_SUPPLEMENT:
        said = "Kiểm tra và ghi lại các tiêu chí bắt buộc chưa đạt"
        return [NextStep(Party.INSPECTOR, Act.RECORD, by, said, left.mandatory)]
    return [NextStep(Party.INSPECTOR, Act.CONCLUDE, by, "Đã ghi đủ kết quả: lập kết luận")]


def _of_what_passed(inspection: Inspection, checklist: Checklist, today: date) -> list[NextStep]:
    worth = inspection.validity_on(today)
    if worth.state is ValidityState.CHANGED:
        said = "Thiết kế đã thay đổi sau khi kết luận: xếp lịch kiểm tra lại"
        return [NextStep(Party.COORDINATOR, Act.SCHEDULE, None, said)]
    if worth.state is ValidityState.EXPIRED:
        return [NextStep(Party.COORDINATOR, Act.SCHEDULE, worth.until, "Kết luận đã hết hiệu lực: xếp lịch kiểm tra lại")]
    if worth.until and today >= worth.until - timedelta(days=checklist.periods.remind_days):
        said = "Kết luận sắp hết hiệu lực: xếp lịch kiểm tra lại trước ngày đó"
        return [NextStep(Party.COORDINATOR, Act.SCHEDULE, worth.until, said)]
    return []


def _after_failing(inspection: Inspection) -> NextStep:
    if inspection.change:
        return NextStep(Party.COORDINATOR, Act.SCHEDULE, None, "Đơn vị chủ quản đã báo thay đổi: xếp lịch kiểm tra lại")
    said = "Khắc phục, rồi khai báo thay đổi để được kiểm tra lại"
    return NextStep(Party.OWNER, Act.DECLARE_CHANGE, None, said)


def _in(findings: Mapping[str, Finding], state: FindingState) -> list[Finding]:
    return [each for each in findings.values() if each.state is state]


def _named(findings: Mapping[str, Finding], state: FindingState) -> tuple[str, ...]:
    return tuple(name for name, each in findings.items() if each.state is state)


def _days_left(today: date, by: date | None, calendar: WorkCalendar) -> int | None:
    if by is None:
        return None
    noon = time(12)
    return working_days_left(datetime.combine(today, noon, VIET_NAM), datetime.combine(by, noon, VIET_NAM), calendar)
