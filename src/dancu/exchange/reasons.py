"""Why an authenticated caller is refused, and how it is told: words in one place for desk, gateway and pages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from dancu.kernel.clock import local


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
    REFUSED_ABOVE = "refused_above"  # by the hub that holds the registry
    NOT_THROUGH_HUB = "not_through_hub"  # a hub asked for a system that is not registered through it
    REPLAYED = "replayed"
    SIGNATURE_MISSING = "signature_missing"
    SIGNER_DIFFERS = "signer_differs"
    CERTIFICATE_MISSING = "certificate_missing"
    CERTIFICATE_DIFFERS = "certificate_differs"
    SUBSCRIPTION_NOT_GRANTED = "subscription_not_granted"
    LIST_NOT_GRANTED = "list_not_granted"
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
    Reason.REFUSED_ABOVE: (
        "Hệ thống cấp trên (CSDL quốc gia về dân cư) từ chối yêu cầu này.",
        "The hub above refused this question.",
    ),
    Reason.NOT_THROUGH_HUB: (
        "Hệ thống này chưa được đăng ký khai thác qua hub đã chuyển yêu cầu.",
        "The system is not registered through the hub that forwarded the question.",
    ),
    Reason.REPLAYED: (
        "Thông điệp đã ký này đã được nhận trước đó. Mỗi lần gọi ký lại với jti mới; muốn nhận lại câu trả lời cũ thì gửi kèm "
        "Idempotency-Key.",
        "This signed message has been taken before. Sign each call anew with a fresh jti; to have an earlier answer again send an "
        "Idempotency-Key.",
    ),
    Reason.SIGNATURE_MISSING: (
        "Hệ thống đã đăng ký chỉ gửi thông điệp có ký số. Thêm tiêu đề Dancu-Signature.",
        "The system is registered for signed messages only. Add the header Dancu-Signature.",
    ),
    Reason.SIGNER_DIFFERS: (
        "Người ký thông điệp không phải hệ thống đang gọi.",
        "The message is signed by another system than the one that calls.",
    ),
    Reason.CERTIFICATE_MISSING: (
        "Hệ thống đã đăng ký chỉ kết nối bằng chứng thư số của mình (TLS hai chiều).",
        "The system is registered for mutual TLS only, with a certificate of its own.",
    ),
    Reason.CERTIFICATE_DIFFERS: (
        "Chứng thư số của kết nối không phải của hệ thống đang gọi.",
        "The connection's certificate belongs to another system than the one that calls.",
    ),
    Reason.SUBSCRIPTION_NOT_GRANTED: (
        "Phạm vi được duyệt không cho đăng ký nhận biến động. Đề nghị cơ quan quản lý kết nối duyệt thêm.",
        "The grant does not allow subscriptions. Ask the authority in charge of connections for it.",
    ),
    Reason.LIST_NOT_GRANTED: (
        "Phạm vi được duyệt không cho lấy danh sách theo tiêu chí. Đề nghị cơ quan quản lý kết nối duyệt thêm.",
        "The grant does not allow lists. Ask the authority in charge of connections for it.",
    ),
    Reason.MALFORMED: ("Yêu cầu thiếu hoặc sai thông tin bắt buộc.", "A required item of the request is missing or wrong."),
}


# Told on the registry's own pages only; the public contract does not know them.
REGISTRY_REASONS = frozenset({Reason.REGISTRY_NOT_GRANTED, Reason.BUDGET_SPENT})


def suspension_words(since: datetime | None, because: str) -> tuple[str, str]:
    """Since when and why, as the system's integrator is told; empty where nobody suspended it."""
    if since is None:
        return "", ""
    moment = local(since)
    return f"Tạm dừng từ {moment:%H:%M ngày %d/%m/%Y}: {because}", f"Since {moment.isoformat(timespec='seconds')}: {because}"
