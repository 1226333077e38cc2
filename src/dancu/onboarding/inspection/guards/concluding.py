"""Guards of a conclusion: what it rests on, and for how long it may be given. Pure."""

from __future__ import annotations

from dancu.kernel.errors import Conflict, DancuError, Invalid
from dancu.onboarding.inspection.actions import Conclude
from dancu.onboarding.inspection.checklists import Severity
from dancu.onboarding.inspection.domain import Inspection
from dancu.onboarding.inspection.figures import mandatory_left
from dancu.onboarding.inspection.guards.known import Known, text_of_length
from dancu.onboarding.inspection.inheritance import inherit
from dancu.onboarding.inspection.table import Act, Verdict

ITEMS_SAID_MAX = 8


def conclusion_has_text(_inspection: Inspection, action: Conclude, _known: Known) -> DancuError | None:
    """A conclusion is a sentence somebody answers for."""
    return text_of_length(action.text, "text", "Ghi nội dung kết luận.", "State the conclusion.")


def nothing_mandatory_is_left(inspection: Inspection, action: Conclude, known: Known) -> DancuError | None:
    """To pass, every mandatory item is recorded and met, or does not apply for a reason."""
    left = mandatory_left(inspection, known.checklist) if action.verdict is Verdict.PASSED else ()
    if not left:
        return None
    listed = ", ".join(left[:ITEMS_SAID_MAX]) + (f" và {len(left) - ITEMS_SAID_MAX} tiêu chí khác" if left[ITEMS_SAID_MAX:] else "")
    return Conflict(
        "inspection.mandatory_left",
        f"Chưa kết luận đạt được: tiêu chí bắt buộc chưa ghi hoặc chưa đạt: {listed}. Ghi kết quả, hoặc kết luận cần bổ sung.",
        f"It cannot pass: mandatory items are not recorded or not met: {', '.join(left[:ITEMS_SAID_MAX])}.",
        details={"items": list(left), "possible": [Verdict.NEEDS_SUPPLEMENT, Verdict.FAILED]},
    )


def no_mandatory_finding_is_open(inspection: Inspection, action: Conclude, _known: Known) -> DancuError | None:
    """To pass, what was found of mandatory severity is closed."""
    serious = [n for n, f in inspection.findings.items() if f.found.severity is Severity.MANDATORY and not f.is_closed]
    if action.verdict is not Verdict.PASSED or not serious:
        return None
    return Conflict(
        "inspection.finding_open",
        f"Chưa kết luận đạt được: còn tồn tại bắt buộc chưa đóng: {', '.join(serious)}. Xem bổ sung, hoặc kết luận cần bổ sung.",
        f"It cannot pass: mandatory findings are open: {', '.join(serious)}.",
        details={"findings": serious, "possible": [Verdict.NEEDS_SUPPLEMENT, Verdict.FAILED]},
    )


def what_was_inherited_still_holds(inspection: Inspection, action: Conclude, known: Known) -> DancuError | None:
    """A system does not pass on what its centre no longer has."""
    held = inherit(known.centre, known.checklist, action.day)
    gone = [each.item for each in inspection.results.values() if each.inherited_from and each not in held]
    if action.verdict is not Verdict.PASSED or not gone:
        return None
    return Conflict(
        "inspection.inherited_gone",
        f"Kết quả kế thừa từ trung tâm {inspection.subject.centre} không còn hiệu lực: {', '.join(gone)}. "
        "Kiểm tra và ghi trực tiếp.",
        f"What was inherited holds no more: {', '.join(gone)}. Inspect and record it directly.",
        details={"items": gone},
    )


def validity_is_allowed(_inspection: Inspection, action: Conclude, known: Known) -> DancuError | None:
    """“Passed” names its last day, not further off than the data allow; the other verdicts name none."""
    longest = known.checklist.longest_until(action.day)
    if action.verdict is not Verdict.PASSED:
        fits = action.valid_until is None
    else:
        fits = action.valid_until is not None and action.day < action.valid_until <= longest
    if fits:
        return None
    return Invalid(
        "inspection.valid_until",
        f"Kết luận đạt phải ghi ngày hết hiệu lực, muộn nhất {longest:%d/%m/%Y}; kết luận khác thì để trống.",
        f"“Passed” names its last day, {longest.isoformat()} at the latest; other conclusions name none.",
        field="valid_until",
        details={"possible": longest.isoformat()},
    )


def something_is_to_supplement(inspection: Inspection, action: Conclude, _known: Known) -> DancuError | None:
    """Who is asked to supplement is told what."""
    is_told = any(not finding.is_closed for finding in inspection.findings.values())
    if action.verdict is not Verdict.NEEDS_SUPPLEMENT or is_told:
        return None
    return Conflict(
        "inspection.nothing_found",
        "Kết luận cần bổ sung phải có ít nhất một tồn tại chưa đóng. Lập tồn tại và hạn khắc phục trước.",
        "To ask for supplements, write at least one finding first.",
        details={"possible": [Act.FIND]},
    )
