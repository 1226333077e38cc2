"""Guards of supplementing, and of deciding on supplements. Pure."""

from __future__ import annotations

from dancu.kernel.errors import Conflict, DancuError
from dancu.onboarding.inspection.actions import Accept, Reject, Supplement
from dancu.onboarding.inspection.domain import FindingState, Inspection
from dancu.onboarding.inspection.guards.known import Known, kept_file, no_finding, text_of_length


def finding_is_open(inspection: Inspection, action: Supplement, _known: Known) -> DancuError | None:
    """What is closed needs no supplement; a late one is taken."""
    finding = inspection.findings.get(action.finding)
    if finding is None:
        return no_finding()
    if not finding.is_closed:
        return None
    possible = [name for name, each in inspection.findings.items() if not each.is_closed]
    listed = ", ".join(possible) or "không còn tồn tại nào"
    return Conflict(
        "inspection.finding_closed",
        f"Tồn tại {action.finding} đã đóng. Chưa đóng: {listed}.",
        f"Finding {action.finding} is closed. Open: {', '.join(possible) or 'none'}.",
        details={"possible": possible},
    )


def supplement_is_sound(_inspection: Inspection, action: Supplement, _known: Known) -> DancuError | None:
    """It says what was done, and names its file by the digest."""
    wrong = text_of_length(action.text, "text", "Ghi việc đã khắc phục: người kiểm tra sẽ đọc.", "Say what was mended.")
    return wrong or kept_file(action.evidence)


def supplement_was_seen(inspection: Inspection, action: Accept | Reject, _known: Known) -> DancuError | None:
    """What is decided is the supplement that was seen, once."""
    finding = inspection.findings.get(action.finding)
    if finding is None:
        return no_finding()
    if finding.state is FindingState.ANSWERED and action.number == len(finding.answers):
        return None
    waiting = [name for name, each in inspection.findings.items() if each.state is FindingState.ANSWERED]
    listed = ", ".join(waiting) or "không có"
    return Conflict(
        "inspection.other_supplement",
        f"Lần bổ sung bạn vừa xem đã được quyết định hoặc đã có lần mới. Đang chờ xem: {listed}. Mở lại rồi quyết định.",
        f"The supplement you saw was decided or replaced. Waiting: {', '.join(waiting) or 'none'}. Look again, then decide.",
        details={"possible": waiting},
    )


def decision_has_reason(_inspection: Inspection, action: Accept | Reject, _known: Known) -> DancuError | None:
    """Either way the owner reads why."""
    return text_of_length(action.reason, "reason", "Ghi lý do: đơn vị chủ quản sẽ đọc.", "State the reason.")
