"""Where each requirement of a dossier is worked on, and how papers are called on pages."""

from __future__ import annotations

from dancu.onboarding.parties.domain import is_private_number

SLUGS = {
    "undertaking": "giay/undertaking",
    "survey": "giay/survey",
    "security_confirmation": "giay/security_confirmation",
    "service_registration": "giay/service_registration",
    "account_list": "tai-khoan",
    "security": "kiem-tra",
}
_WORDS = {
    "undertaking": "Bản cam kết",
    "survey": "Phiếu khảo sát",
    "security_confirmation": "Văn bản xác nhận an ninh, an toàn",
    "service_registration": "Phiếu đăng ký dịch vụ",
    "account_list": "Danh sách tài khoản",
    "individual_undertaking": "Bản cam kết cá nhân",
}


def paper_word(kind: str) -> str:
    """The short name of a paper."""
    return _WORDS.get(kind, kind)


def reads_as_private(text: str) -> bool:
    """Does a line about a contact hold a private number or a private mailbox?"""
    return is_private_number(text)
