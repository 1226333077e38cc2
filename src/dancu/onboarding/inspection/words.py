"""The words people read for the values of inspections. Vietnamese in the source; pages translate."""

from __future__ import annotations

from collections.abc import Mapping

from dancu.onboarding.inspection.actions import Mode, Outcome
from dancu.onboarding.inspection.checklists import Confidence, Group, HostingCase, Scope, Severity, SubjectKind
from dancu.onboarding.inspection.domain import FindingState, ValidityState
from dancu.onboarding.inspection.table import ACT_WORDS, PARTY_WORDS, STATE_WORDS, Verdict

GROUP_WORDS: Mapping[Group, str] = {
    Group.NETWORK: "Hạ tầng mạng",
    Group.SERVERS: "Hạ tầng máy chủ",
    Group.SOFTWARE: "Phần mềm",
    Group.ACCOUNTS: "Tài khoản – phân quyền",
    Group.LOGS: "Nhật ký",
    Group.SOURCE_CODE: "Mã nguồn",
    Group.RULES: "Quy chế – con người",
    Group.PAPERS: "Hồ sơ pháp lý",
}
SEVERITY_WORDS: Mapping[Severity, str] = {
    Severity.MANDATORY: "Bắt buộc",
    Severity.IMPORTANT: "Quan trọng",
    Severity.ADVISED: "Nên có",
}
CONFIDENCE_WORDS: Mapping[Confidence, str] = {
    Confidence.CERTAIN: "Đã đối chiếu văn bản",
    Confidence.LIKELY: "Có thể đúng, cần đối chiếu",
    Confidence.UNSURE: "Chưa chắc, phải đối chiếu",
}
HOSTING_WORDS: Mapping[HostingCase, str] = {
    HostingCase.OWN: "Trung tâm dữ liệu của đơn vị",
    HostingCase.PROVIDER: "Thuê tại trung tâm của nhà cung cấp được kiểm tra chung",
    HostingCase.OTHER: "Thuê tại trung tâm của doanh nghiệp khác",
}
SCOPE_WORDS: Mapping[Scope, str] = {Scope.CENTRE: "Trung tâm dữ liệu", Scope.SYSTEM: "Hệ thống"}
SUBJECT_WORDS: Mapping[SubjectKind, str] = {
    SubjectKind.SYSTEM: "Hệ thống thông tin",
    SubjectKind.CENTRE: "Trung tâm dữ liệu của nhà cung cấp",
}
MODE_WORDS: Mapping[Mode, str] = {Mode.ON_SITE: "Tại chỗ", Mode.REMOTE: "Từ xa"}
OUTCOME_WORDS: Mapping[Outcome, str] = {
    Outcome.MET: "Đạt",
    Outcome.NOT_MET: "Chưa đạt",
    Outcome.NOT_APPLICABLE: "Không áp dụng",
}
FINDING_WORDS: Mapping[FindingState, str] = {
    FindingState.OPEN: "Chờ khắc phục",
    FindingState.ANSWERED: "Đã bổ sung, chờ xem",
    FindingState.CLOSED: "Đã đóng",
}
VERDICT_WORDS: Mapping[Verdict, str] = {
    Verdict.PASSED: "Đạt",
    Verdict.NEEDS_SUPPLEMENT: "Cần bổ sung",
    Verdict.FAILED: "Không đạt",
}
VALIDITY_WORDS: Mapping[ValidityState, str] = {
    ValidityState.NONE: "Chưa kiểm tra",
    ValidityState.NEEDS_SUPPLEMENT: "Đã kiểm tra, cần bổ sung",
    ValidityState.FAILED: "Đã kiểm tra, không đạt",
    ValidityState.VALID: "Đã kiểm tra, đạt",
    ValidityState.CHANGED: "Đạt, cần kiểm tra lại do thay đổi thiết kế",
    ValidityState.EXPIRED: "Kết luận đã hết hiệu lực",
}

__all__ = [
    "ACT_WORDS",
    "CONFIDENCE_WORDS",
    "FINDING_WORDS",
    "GROUP_WORDS",
    "HOSTING_WORDS",
    "MODE_WORDS",
    "OUTCOME_WORDS",
    "PARTY_WORDS",
    "SCOPE_WORDS",
    "SEVERITY_WORDS",
    "STATE_WORDS",
    "SUBJECT_WORDS",
    "VALIDITY_WORDS",
    "VERDICT_WORDS",
]
