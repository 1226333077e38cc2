"""Errors of the public API as problem details (RFC 9457), in two languages."""

from __future__ import annotations

import msgspec

from dancu.kernel.errors import DancuError

CONTENT_TYPE = b"application/problem+json"
RETRY_AFTER_SECONDS = 5


class Problem(msgspec.Struct, omit_defaults=True):
    """One error: stable `type`, words for people, which field, the ledger reference where something was recorded."""

    type: str
    status: int
    title: str
    title_en: str
    field: str = ""
    reference: str = ""


_TITLES = {
    "unauthorized": (
        401,
        "Không xác thực được hệ thống gọi. Kiểm tra mã hệ thống và mã bí mật.",
        "The calling system could not be authenticated. Check client id and secret.",
    ),
    "not_found": (404, "Không có địa chỉ này.", "There is no such address."),
    "method": (405, "Địa chỉ này không nhận phương thức này.", "This address does not take this method."),
    "too_large": (413, "Nội dung gửi lên quá lớn.", "The request body is too large."),
    "media_type": (415, "Chỉ nhận application/json.", "Only application/json is accepted."),
    "internal": (500, "Lỗi nội bộ. Gửi mã tham chiếu cho người vận hành.", "Internal error. Give the reference to the operator."),
}


def known(name: str, reference: str = "") -> Problem:
    status, title, title_en = _TITLES[name]
    return Problem(f"/problems/{name}", status, title, title_en, reference=reference)


def of_error(error: DancuError, reference: str = "") -> Problem:
    return Problem(f"/problems/{error.code}", error.status, error.message, error.message_en, error.field or "", reference)


def refused(reason: str, title: str, title_en: str, reference: str, status: int = 403) -> Problem:
    return Problem(f"/problems/refused/{reason}", status, title, title_en, reference=reference)


encode = msgspec.json.Encoder().encode
