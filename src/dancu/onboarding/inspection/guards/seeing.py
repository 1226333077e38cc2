"""Guards of recording what is seen of an item and of writing findings. Pure."""

from __future__ import annotations

from dancu.kernel.errors import Conflict, DancuError, Invalid
from dancu.onboarding.inspection.actions import Done, Find, Outcome, Record, Reject
from dancu.onboarding.inspection.checklists import Severity
from dancu.onboarding.inspection.domain import Inspection
from dancu.onboarding.inspection.guards.known import TEXT_LENGTH_MAX, Known, kept_file, no_item, text_of_length
from dancu.onboarding.inspection.inheritance import inherit

FINDING_LENGTH_MAX = 40


def day_has_come(inspection: Inspection, action: Record | Find, _known: Known) -> DancuError | None:
    """What is seen is recorded from the inspection day on."""
    if inspection.on is None or action.day >= inspection.on:
        return None
    return Conflict(
        "inspection.too_early",
        f"Lịch kiểm tra là ngày {inspection.on:%d/%m/%Y}. Ghi kết quả từ ngày đó, hoặc đề nghị đơn vị điều phối đổi ngày.",
        f"The inspection is on {inspection.on.isoformat()}. Record from that day on, or have it set anew.",
        details={"possible": inspection.on.isoformat()},
    )


def checklist_is_at_hand(inspection: Inspection, _action: Done, known: Known) -> DancuError | None:
    """What is decided is decided by the version the inspection is done by."""
    if inspection.checklist == (known.checklist.id, known.checklist.version):
        return None
    name, version = inspection.checklist
    return Conflict(
        "inspection.other_checklist",
        f"Đợt này kiểm tra theo bộ tiêu chí {name} phiên bản {version}. Mở lại trang để dùng đúng phiên bản.",
        f"This inspection is done by {name} version {version}. Open the page again.",
    )


def item_is_asked(_inspection: Inspection, action: Record, known: Known) -> DancuError | None:
    """Only items of the checklist are recorded."""
    return None if known.checklist.has(action.result.item) else no_item(action.result.item)


def no_answer_without_reason(_inspection: Inspection, action: Record, known: Known) -> DancuError | None:
    """A mandatory item that does not apply says why."""
    result = action.result
    is_mandatory = known.checklist.has(result.item) and known.checklist.item(result.item).severity is Severity.MANDATORY
    if result.outcome is not Outcome.NOT_APPLICABLE or not is_mandatory:
        return None
    return text_of_length(result.reason, "reason", "Nêu lý do không áp dụng tiêu chí bắt buộc.", "Say why it does not apply.")


def record_is_sound(_inspection: Inspection, action: Record, _known: Known) -> DancuError | None:
    """Texts have a length, a file is named by its digest."""
    if max(len(action.result.reason), len(action.result.note)) > TEXT_LENGTH_MAX:
        return Invalid("inspection.text", f"Ghi không quá {TEXT_LENGTH_MAX} chữ.", "The text is too long.", field="note")
    return kept_file(action.result.evidence)


def inherited_holds(inspection: Inspection, action: Record, known: Known) -> DancuError | None:
    """What is taken over from a centre is what its valid inspection says."""
    if action.result.inherited_from is None or action.result in inherit(known.centre, known.checklist, action.day):
        return None
    return Conflict(
        "inspection.not_inherited",
        f"Không kế thừa được tiêu chí {action.result.item}: kết luận kiểm tra trung tâm {inspection.subject.centre} không còn "
        "hiệu lực hoặc không có kết quả này. Kiểm tra và ghi trực tiếp.",
        "The inspection of the centre does not carry this result today. Inspect and record it directly.",
        field="item",
    )


def finding_is_sound(inspection: Inspection, action: Find, known: Known) -> DancuError | None:
    """A finding has a name of its own, a sentence, and an item of the checklist if one."""
    if not action.finding.strip() or len(action.finding) > FINDING_LENGTH_MAX or action.finding in inspection.findings:
        said = "Ký hiệu tồn tại bị trống, quá dài hoặc đã dùng trong đợt này. Chọn ký hiệu khác."
        return Conflict("inspection.finding_id", said, "The name of the finding is empty, too long or taken.", field="finding")
    if action.item and not known.checklist.has(action.item):
        return no_item(action.item)
    return text_of_length(action.sentence, "sentence", "Ghi rõ tồn tại cần khắc phục.", "Say what is to be mended.")


def due_day_is_open(_inspection: Inspection, action: Find | Reject, known: Known) -> DancuError | None:
    """Mending is due on a working day to come."""
    if action.due is None or (action.due >= action.day and known.calendar.is_working(action.due)):
        return None
    following = known.calendar.after(max(action.due, action.day), 0)
    return Invalid(
        "inspection.due",
        f"Hạn khắc phục phải là ngày làm việc chưa qua. Ngày gần nhất có thể chọn: {following:%d/%m/%Y}.",
        f"Mending is due on a working day to come, for example {following.isoformat()}.",
        field="due",
        details={"possible": following.isoformat()},
    )
