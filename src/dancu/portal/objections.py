"""What the portal takes from the data-protection desk, in one place: objections to looks, other requests, what became of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from dancu.identity.api import Citizen
from dancu.kernel.errors import Conflict, Invalid, NotFound
from dancu.kernel.personal_id import PersonalId
from dancu.population import api as population
from dancu.portal import book, usecases
from dancu.protection import api as protection
from dancu.protection.api import Case, CaseActionKind, CaseKind

WORDS_MIN, WORDS_MAX = 5, 2000
# What she may ask beside objecting to a look and taking back a consent, which begin on their own pages.
ASKED: dict[CaseKind, str] = {
    CaseKind.KNOW: "Muốn biết: dữ liệu nào của tôi được dùng, ai dùng, để làm gì, giữ bao lâu.",
    CaseKind.ACCESS: "Xem hoặc nhận bản sao: xin nội dung dữ liệu về tôi đang được lưu.",
    CaseKind.CORRECT: "Sửa: dữ liệu về tôi bị sai, cũ hoặc thiếu.",
    CaseKind.DELETE: "Xoá: dữ liệu về tôi không còn lý do để giữ.",
    CaseKind.RESTRICT: "Hạn chế: tạm ngừng dùng dữ liệu của tôi, ví dụ trong lúc chờ sửa.",
    CaseKind.COMPLAINT: "Khiếu nại, phản ánh: về cách dữ liệu của tôi được xử lý, hoặc sổ ghi truy cập bị thiếu, lệch.",
}
# Key → what the desk reads, as her first sentence. The first is chosen beforehand: it is what most people mean.
CHOICES: dict[str, str] = {
    "not-mine": "Tôi không làm thủ tục nào liên quan tới lượt xem này.",
    "too-much": "Cơ quan đã xem nhiều mục thông tin hơn mức cần thiết.",
    "no-right": "Cơ quan này không có lý do gì để xem dữ liệu của tôi.",
    "wrong-change": "Dữ liệu của tôi bị thay đổi sai.",
    "other": "Lý do khác, ghi ở dưới.",
}

_KEY = re.compile(r"[0-9a-f-]{36}")


def object_to(citizen: Citizen, entry: UUID, choice: str, words: str, *, now: datetime) -> Case:
    """Object to one look at her data (*phản đối một lượt xem*). Sent twice it is one case.

    Raises `Invalid` naming the field, `NotFound` for a look that is not shown to her, `Conflict` when it was sent with other words.
    """
    usecases.read_line(citizen, entry, now=now)
    words = words.strip()
    if choice not in CHOICES:
        raise Invalid("objection.choice", "Chọn một lý do trong danh sách.", "Choose one of the reasons.", field="ly-do")
    if choice == "other" and len(words) < 5:
        raise Invalid(
            "objection.words", "Bạn chọn “Lý do khác”: ghi lý do, ít nhất vài chữ.", "State the reason.", field="noi-dung"
        )
    _check_length(words)
    number = book.number_under(_numbers(citizen), entry, now=now)
    closed = sum(case.is_closed for case in cases_about(citizen, entry))
    text = f"{CHOICES[choice]} {words}".strip()
    key = f"objection:{entry}:{closed}"  # one at a time: a second press of the button opens nothing
    return protection.open_case(CaseKind.OBJECTION, number.digits, str(entry), text, [], key, now)


def ask(citizen: Citizen, kind: str, words: str, key: str, *, now: datetime) -> Case:
    """Ask something about her own data (*gửi yêu cầu về dữ liệu*). One form, `key`, is one request, however often it is sent.

    Raises `Invalid` naming the field, `Conflict` when the form was sent with other words, `NotAllowed` below the level.
    """
    usecases.check_level(citizen, now=now)
    words = words.strip()
    if kind not in ASKED:
        raise Invalid("request.kind", "Chọn một loại yêu cầu trong danh sách.", "Choose one of the kinds.", field="loai")
    if len(words) < WORDS_MIN:
        raise Invalid("request.words", "Ghi điều bạn yêu cầu, ít nhất vài chữ.", "State what you ask for.", field="noi-dung")
    _check_length(words)
    if not _KEY.fullmatch(key):
        raise Invalid("request.form", "Mẫu này thiếu mã nhận biết. Bấm Gửi lần nữa.", "The form has no key. Send it once more.")
    try:
        return protection.open_case(CaseKind(kind), citizen.personal_id.digits, "", words, [], f"request:{key}", now)
    except Conflict:
        raise Conflict(
            "request.sent_before",
            "Mẫu này đã được gửi một lần, với nội dung khác; xem ở Yêu cầu của tôi. Muốn gửi thêm một yêu cầu, bấm Gửi lần nữa.",
            "This form was sent before, with other words; see My requests. To send one more request, send it again.",
        ) from None


def cases(citizen: Citizen) -> list[Case]:
    """Everything she asked, under any of her numbers, the newest first (*yêu cầu của tôi*)."""
    found = [case for number in _numbers(citizen) for case in protection.cases_of(number.digits)]
    return sorted(found, key=lambda case: case.opened_at, reverse=True)


def cases_about(citizen: Citizen, entry: UUID) -> list[Case]:
    """Her objections to one look, the newest first."""
    return [case for case in cases(citizen) if case.about == str(entry)]


def get_case(citizen: Citizen, case: UUID) -> Case:
    """One of her requests. Raises `NotFound`, the same for somebody else's."""
    for each in cases(citizen):
        if each.id == case:
            return each
    raise NotFound("portal.no_case", "Bạn không có yêu cầu nào mang mã này.", "You have no such request.")


def take_step(citizen: Citizen, case: UUID, kind: CaseActionKind, words: str, *, now: datetime) -> Case:
    """Add to her request or take it back (*bổ sung, rút yêu cầu của tôi*)."""
    get_case(citizen, case)
    for number in _numbers(citizen):
        if any(each.id == case for each in protection.cases_of(number.digits)):
            return protection.take_own_step(number.digits, case, kind, words, now=now)
    raise AssertionError("found a moment ago")


def _check_length(words: str) -> None:
    if len(words) > WORDS_MAX:
        message = f"Nội dung dài {len(words)} ký tự. Rút xuống còn {WORDS_MAX} ký tự."
        raise Invalid("objection.long", message, f"At most {WORDS_MAX} characters.", field="noi-dung")


def _numbers(citizen: Citizen) -> Sequence[PersonalId]:
    return population.numbers_of_person(citizen.personal_id)
