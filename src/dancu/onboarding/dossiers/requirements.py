"""What a dossier needs on a day, and what of it is there: the papers in force then, the lists, the inspection, the trial."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from dancu.kernel.clock import local
from dancu.onboarding.accounts import store as accounts
from dancu.onboarding.axes import store as standings
from dancu.onboarding.axes.domain import STATE_WORDS, SecurityState, state_word
from dancu.onboarding.dossiers.domain import ConnectionDossier, PaperHeld, Requirement
from dancu.onboarding.papers.checking import check_form
from dancu.onboarding.papers.domain import PaperKind, PaperRule, required_papers
from dancu.ui.words import in_english


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


def in_words(lacking: Sequence[Requirement]) -> tuple[str, str]:
    """What is lacking and why, in one line (*những điều còn thiếu*): Vietnamese, English."""
    return "; ".join(each.why or each.says for each in lacking), "; ".join(each.why_en or each.says_en for each in lacking)


def _paper(dossier: ConnectionDossier, rule: PaperRule, today: date) -> Requirement:
    if rule.kind is PaperKind.ACCOUNT_LIST:
        return _accounts(dossier, rule)
    held = dossier.papers.get(rule.kind, PaperHeld(rule.kind))
    if rule.kind is PaperKind.SERVICE_REGISTRATION and not dossier.lines:
        return _lacks(rule, "chưa có dòng dịch vụ nào", "it has no line yet")
    if rule.generated and (wrong := check_form(rule.kind, dict(held.values), today)):
        return _lacks(rule, f"còn {len(wrong)} mục chưa điền đúng", f"items still to be filled in rightly: {len(wrong)}")
    if rule.uploaded and not held.file:
        later = rule.kind is PaperKind.SECURITY_CONFIRMATION
        return _lacks(rule, "chưa có bản ký", "there is no signed copy", for_submission=not later)
    if any(finding.get("blocks") for finding in held.findings):
        return _lacks(rule, "bản nộp không khớp với nội dung đã khai", "the signed copy does not say what was filled in")
    return Requirement(rule.kind, rule.name, rule.title_en, True)


def _accounts(dossier: ConnectionDossier, rule: PaperRule) -> Requirement:
    held = dossier.account_list
    if not held:
        return _lacks(rule, "chưa nộp bảng tính", "no spreadsheet was handed in")
    if held["faults"]:
        return _lacks(rule, f"còn {held['faults']} lỗi phải sửa", f"faults still to be mended: {held['faults']}")
    codes = {line["integration_code"] for line in dossier.lines}
    if accounts.services_in(UUID(held["list"])) - codes:
        why_en = "it names a service that is not registered any more, hand the spreadsheet in again"
        return _lacks(rule, "có dịch vụ không còn trong phiếu đăng ký, nộp lại bảng tính", why_en)
    return Requirement(rule.kind, rule.name, rule.title_en, True)


def _lacks(rule: PaperRule, why: str, why_en: str, *, for_submission: bool = True) -> Requirement:
    said, said_en = f"{rule.name}: {why}", f"{rule.title_en}: {why_en}"
    return Requirement(rule.kind, rule.name, rule.title_en, False, said, said_en, for_submission)


def _security(dossier: ConnectionDossier, today: date) -> Requirement:
    state, until = standings.security_of(dossier.client_id)
    holds = state is SecurityState.PASSED and (until is None or today <= until)
    why = why_en = ""
    if not holds:
        why = f"An ninh, an toàn của hệ thống: {STATE_WORDS[state]}"
        why_en = f"Security of the system: {in_english(state_word(state)).lower()}"
    says, says_en = "Kiểm tra an ninh, an toàn: đạt và còn hiệu lực", "Security inspection: passed and still valid"
    return Requirement("security", says, says_en, holds, why, why_en, for_submission=False)


def _trial(dossier: ConnectionDossier) -> Requirement:
    passed = bool(dossier.result.get("passed"))
    why = "" if passed else "Chưa có kết quả kiểm thử đạt trên môi trường thử nghiệm"
    why_en = "" if passed else "No passed result of the trial yet"
    return Requirement("result", "Kiểm thử kết nối: đạt", "Trial: passed", passed, why, why_en, for_submission=False)
