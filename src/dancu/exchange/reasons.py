"""Why an authenticated caller is refused, and how it is told: words in one place for desk, gateway and pages."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Reason(StrEnum):
    """Why a request of an authenticated caller is refused (*lý do từ chối*)."""

    CLIENT_SUSPENDED = "client_suspended"
    CONNECTION_NOT_OFFICIAL = "connection_not_official"
    NO_GRANT = "no_grant"
    GRANT_NOT_VALID = "grant_not_valid"
    DISCLOSURE_NOT_GRANTED = "disclosure_not_granted"
    OFFICER_NOT_LISTED = "officer_not_listed"
    PURPOSE_NOT_GRANTED = "purpose_not_granted"
    LEGAL_BASIS_NOT_GRANTED = "legal_basis_not_granted"
    DOSSIER_MISSING = "dossier_missing"
    FIELD_NOT_GRANTED = "field_not_granted"
    REGISTRY_NOT_GRANTED = "registry_not_granted"
    BUDGET_SPENT = "budget_spent"
    EXTRACTION_LIMIT = "extraction_limit"
    WHOLE_DATE_NEEDED = "whole_date_needed"
    ATTEMPTS_SPENT = "attempts_spent"
    LEDGER_BEHIND = "ledger_behind"
    MALFORMED = "malformed"  # an authenticated caller's question that cannot be read


REASON_WORDS: Mapping[Reason, tuple[str, str]] = {
    Reason.CLIENT_SUSPENDED: (
        "Kết nối của hệ thống đang bị tạm dừng. Liên hệ cơ quan quản lý kết nối.",
        "The system's connection is suspended. Contact the authority in charge of connections.",
    ),
    Reason.CONNECTION_NOT_OFFICIAL: ("Hệ thống chưa được kết nối chính thức.", "The system's connection is not official yet."),
    Reason.NO_GRANT: (
        "Hệ thống chưa được duyệt khai thác cho thủ tục và mã tích hợp này.",
        "The system has no grant for this procedure and integration code.",
    ),
    Reason.GRANT_NOT_VALID: ("Phạm vi khai thác được duyệt chưa tới hoặc đã hết thời hạn.", "The grant is not valid today."),
    Reason.DISCLOSURE_NOT_GRANTED: (
        "Phạm vi được duyệt chỉ cho đối chiếu, không cho tra cứu thông tin.",
        "The grant allows verification only, not disclosure.",
    ),
    Reason.OFFICER_NOT_LISTED: (
        "Tài khoản cán bộ không có trong danh sách đã duyệt của đơn vị.",
        "The officer's account is not on the organisation's approved list.",
    ),
    Reason.PURPOSE_NOT_GRANTED: (
        "Thiếu mục đích, hoặc mục đích không khớp với phạm vi được duyệt.",
        "The purpose is missing or not the granted one.",
    ),
    Reason.LEGAL_BASIS_NOT_GRANTED: (
        "Thiếu căn cứ pháp lý, hoặc căn cứ không khớp với phạm vi được duyệt.",
        "The legal basis is missing or not the granted one.",
    ),
    Reason.DOSSIER_MISSING: ("Phạm vi được duyệt đòi hỏi mã hồ sơ.", "This grant requires a dossier number."),
    Reason.FIELD_NOT_GRANTED: ("Có trường thông tin chưa được duyệt khai thác.", "A requested field is not granted."),
    Reason.REGISTRY_NOT_GRANTED: (
        "Chưa được cấp quyền tra cứu của cơ quan quản lý dân cư. Đề nghị người quản trị cấp quyền cho tài khoản, hệ thống này.",
        "The registry's own search is not granted. Ask the administrator for it.",
    ),
    Reason.BUDGET_SPENT: (
        "Đã hết số lượt tra cứu của giờ này hoặc ngày này. Chờ sang giờ, sang ngày, hoặc đề nghị lãnh đạo nâng hạn mức.",
        "The searches of this hour or day are used up. Wait, or ask your superior for a larger budget.",
    ),
    Reason.EXTRACTION_LIMIT: (
        "Đã vượt hạn mức đối chiếu, tra cứu của kỳ này: quá nhiều lượt không khớp hoặc quá nhiều người mới so với lưu lượng đã "
        "đăng ký. Chờ sang kỳ sau; nếu việc thật sự nhiều, đề nghị lãnh đạo đăng ký lại lưu lượng.",
        "The limit of this period is reached: too many misses, or more new persons than the registered volume. Wait, or have a "
        "larger volume registered.",
    ),
    Reason.WHOLE_DATE_NEEDED: (
        "Hôm nay đã có quá nhiều lượt không khớp mà chỉ nêu năm sinh. Nêu đủ ngày, tháng, năm sinh.",
        "Too many misses with only a year of birth. State day, month and year.",
    ),
    Reason.ATTEMPTS_SPENT: (
        "Số định danh này đã được thử sai quá nhiều lần. Xem lại giấy tờ, ngày mai đối chiếu lại hoặc đề nghị công dân đến cơ quan "
        "đăng ký cư trú kiểm tra thông tin.",
        "This number was stated wrongly too often. Check the papers and ask again tomorrow.",
    ),
    Reason.LEDGER_BEHIND: (
        "Sổ ghi truy cập đang chậm nên tạm ngừng cung cấp thông tin này. Thử lại sau; hồ sơ vẫn tiếp nhận bình thường.",
        "The ledger is behind, so this is not told for the time being. Try again later; dossiers are still received.",
    ),
    Reason.MALFORMED: ("Yêu cầu thiếu hoặc sai thông tin bắt buộc.", "A required item of the request is missing or wrong."),
}


# Told on the registry's own pages only; the public contract does not know them.
REGISTRY_REASONS = frozenset({Reason.REGISTRY_NOT_GRANTED, Reason.BUDGET_SPENT})
