"""What a dossier needs on a day, and what of it is there: the papers in force then, the lists, the inspection, the trial."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from dancu.kernel.clock import local
from dancu.onboarding.accounts import store as accounts
from dancu.onboarding.axes import store as standings
from dancu.onboarding.axes.domain import STATE_WORDS, SecurityState
from dancu.onboarding.dossiers.domain import ConnectionDossier, PaperHeld, Requirement
from dancu.onboarding.papers.checking import check_form
from dancu.onboarding.papers.domain import PaperKind, PaperRule, required_papers


def of(dossier: ConnectionDossier, *, now: datetime) -> tuple[Requirement, ...]:
    """Every requirement, met or not (*điều kiện của hồ sơ*), in the order of the letter.

    More services of a system in traffic need their registration, new accounts if any, and a security that still holds:
    what the body undertook, and what was confirmed of its system, stands.
    """
    today = local(now).date()
    papers = tuple(_paper(dossier, rule, today) for rule in required_papers(today) if _is_needed(dossier, rule))
    trial = () if dossier.is_supplement else (_trial(dossier),)
    return (*papers, _security(dossier, today), *trial)


def _is_needed(dossier: ConnectionDossier, rule: PaperRule) -> bool:
    if not dossier.is_supplement or rule.kind is PaperKind.SERVICE_REGISTRATION:
        return True
    return rule.kind is PaperKind.ACCOUNT_LIST and bool(dossier.account_list)


def _paper(dossier: ConnectionDossier, rule: PaperRule, today: date) -> Requirement:
    if rule.kind is PaperKind.ACCOUNT_LIST:
        return _accounts(dossier, rule)
    held = dossier.papers.get(rule.kind, PaperHeld(rule.kind))
    if rule.kind is PaperKind.SERVICE_REGISTRATION and not dossier.lines:
        return Requirement(rule.kind, rule.name, False, f"{rule.name}: chưa có dòng dịch vụ nào")
    if rule.generated and (wrong := check_form(rule.kind, dict(held.values), today)):
        return Requirement(rule.kind, rule.name, False, f"{rule.name}: còn {len(wrong)} mục chưa điền đúng")
    if rule.uploaded and not held.file:
        later = rule.kind is PaperKind.SECURITY_CONFIRMATION
        return Requirement(rule.kind, rule.name, False, f"{rule.name}: chưa có bản ký", for_submission=not later)
    if any(finding.get("blocks") for finding in held.findings):
        return Requirement(rule.kind, rule.name, False, f"{rule.name}: bản nộp không khớp với nội dung đã khai")
    return Requirement(rule.kind, rule.name, True)


def _accounts(dossier: ConnectionDossier, rule: PaperRule) -> Requirement:
    held = dossier.account_list
    if not held:
        return Requirement(rule.kind, rule.name, False, f"{rule.name}: chưa nộp bảng tính")
    if held["faults"]:
        return Requirement(rule.kind, rule.name, False, f"{rule.name}: còn {held['faults']} lỗi phải sửa")
    codes = {line["integration_code"] for line in dossier.lines}
    if accounts.services_in(UUID(held["list"])) - codes:
        why = f"{rule.name}: có dịch vụ không còn trong phiếu đăng ký, nộp lại bảng tính"
        return Requirement(rule.kind, rule.name, False, why)
    return Requirement(rule.kind, rule.name, True)


def _security(dossier: ConnectionDossier, today: date) -> Requirement:
    state, until = standings.security_of(dossier.client_id)
    holds = state is SecurityState.PASSED and (until is None or today <= until)
    why = "" if holds else f"An ninh, an toàn của hệ thống: {STATE_WORDS[state]}"
    return Requirement("security", "Kiểm tra an ninh, an toàn: đạt và còn hiệu lực", holds, why, for_submission=False)


def _trial(dossier: ConnectionDossier) -> Requirement:
    passed = bool(dossier.result.get("passed"))
    why = "" if passed else "Chưa có kết quả kiểm thử đạt trên môi trường thử nghiệm"
    return Requirement("result", "Kiểm thử kết nối: đạt", passed, why, for_submission=False)
