"""Guards of setting a day, calling it off, and declaring a change. Pure."""

from __future__ import annotations

from dancu.kernel.errors import Conflict, DancuError, Invalid, NotFound
from dancu.onboarding.inspection.actions import Cancel, DeclareChange, Outcome, Reschedule, Schedule
from dancu.onboarding.inspection.domain import Inspection
from dancu.onboarding.inspection.guards.known import Known, no_item, text_of_length
from dancu.onboarding.inspection.separation import belongs
from dancu.onboarding.inspection.table import Act


def day_is_open(_inspection: Inspection, action: Schedule | Reschedule, known: Known) -> DancuError | None:
    """Inspections take place on working days to come."""
    if action.on >= action.day and known.calendar.is_working(action.on):
        return None
    following = known.calendar.after(max(action.on, action.day), 0)
    return Invalid(
        "inspection.day",
        f"Ngày {action.on:%d/%m/%Y} đã qua hoặc không phải ngày làm việc. Ngày gần nhất có thể chọn: {following:%d/%m/%Y}.",
        f"{action.on.isoformat()} is past or not worked. The next possible day is {following.isoformat()}.",
        field="on",
        details={"possible": following.isoformat()},
    )


def checklist_is_in_force(_inspection: Inspection, action: Schedule | Reschedule, known: Known) -> DancuError | None:
    """The version that is named is the one at hand and holds on the day of the inspection."""
    named = (action.checklist, action.version) == (known.checklist.id, known.checklist.version)
    if named and known.checklist.holds_on(action.on):
        return None
    return Conflict(
        "inspection.checklist",
        f"Bộ tiêu chí {action.checklist} phiên bản {action.version} không áp dụng cho ngày {action.on:%d/%m/%Y}. "
        "Chọn lại ngày để lấy bộ tiêu chí của ngày đó.",
        f"Checklist {action.checklist} version {action.version} does not hold on {action.on.isoformat()}. Choose the day again.",
        field="on",
    )


def inspectors_are_apart(inspection: Inspection, action: Schedule, _known: Known) -> DancuError | None:
    """Nobody inspects what is her own organisation's."""
    if not action.inspectors:
        return Invalid("inspection.inspectors", "Nêu đơn vị kiểm tra.", "Name the units that inspect.", field="inspectors")
    own = [unit for unit in action.inspectors if belongs(unit, inspection.subject)]
    if not own:
        return None
    return Invalid(
        "inspection.own_inspectors",
        f"Đơn vị {', '.join(own)} thuộc cơ quan được kiểm tra hoặc cơ quan vận hành trung tâm. Chọn đơn vị khác.",
        f"{', '.join(own)} belongs to what is inspected or to who runs its centre. Choose another unit.",
        field="inspectors",
    )


def batch_fits(inspection: Inspection, action: Schedule, known: Known) -> DancuError | None:
    """Who is inspected within a batch is invited to it, for that kind of hosting, on the day she chose or one that is offered."""
    if not action.batch:
        return None
    if known.batch is None or known.batch.code != action.batch:
        return NotFound("inspection.batch", "Không có đợt kiểm tra này.", "There is no such batch.", field="batch")
    invited = known.batch.invitation_of(inspection.subject.organisation)
    if invited is None or known.batch.hosting is not inspection.subject.hosting:
        return Conflict(
            "inspection.batch_not_invited",
            f"Đợt {known.batch.name} không mời đơn vị này hoặc dành cho nơi đặt hệ thống khác. Chọn đợt khác, hoặc xếp lịch riêng.",
            "This batch is for others, or for another kind of hosting. Choose another one, or set a day without a batch.",
            field="batch",
        )
    chosen = known.batch.chosen.get(invited)
    if action.on in known.batch.days and action.on == (chosen or action.on):
        return None
    days = [chosen] if chosen else known.batch.days
    listed = ", ".join(f"{day:%d/%m/%Y}" for day in days)
    return Conflict(
        "inspection.batch_day",
        f"Ngày {action.on:%d/%m/%Y} không khớp với đợt {known.batch.name}. Có thể: {listed}.",
        f"{action.on.isoformat()} is not the day of this batch. Possible: {', '.join(day.isoformat() for day in days)}.",
        field="on",
        details={"possible": [day.isoformat() for day in days]},
    )


def has_reason(_inspection: Inspection, action: Reschedule | Cancel, _known: Known) -> DancuError | None:
    """Who waits for the day reads why."""
    return text_of_length(action.reason, "reason", "Ghi lý do: đơn vị được kiểm tra sẽ đọc.", "State the reason.")


def nothing_was_found(inspection: Inspection, _action: Cancel, _known: Known) -> DancuError | None:
    """What was found is not cancelled away."""
    if not inspection.findings and all(each.outcome is not Outcome.NOT_MET for each in inspection.results.values()):
        return None
    return Conflict(
        "inspection.found_already",
        "Đợt kiểm tra đã ghi tồn tại hoặc tiêu chí không đạt nên không hủy được. Đề nghị người kiểm tra kết luận.",
        "Something was found, so it is not cancelled. It ends in a conclusion.",
        details={"possible": [Act.CONCLUDE]},
    )


def change_is_told(_inspection: Inspection, action: DeclareChange, known: Known) -> DancuError | None:
    """It says what changes, and names only items of the checklist."""
    unknown = [code for code in action.items if not known.checklist.has(code)]
    if unknown:
        return no_item(", ".join(unknown))
    return text_of_length(action.text, "text", "Ghi rõ thiết kế thay đổi những gì.", "Say what changes in the design.")
