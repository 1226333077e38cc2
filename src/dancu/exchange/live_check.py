"""The check of a new subscriber while she stands in the shop: the grant it runs under, and how its answer is read. Pure.

Decree 163/2024/NĐ-CP: number, name and birth date of a contract agree with the population database. It is an ordinary
verification (`POST /v1/verifications`) under a code of its own; nothing is disclosed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from dancu.exchange.domain import Outcome, Verification
from dancu.kernel.warrants import Field
from dancu.onboarding.domain import Grant
from dancu.population.domain import LifeStatus

SUBSCRIBER_CHECK = "THUEBAO"  # the integration code
CONTRACT = "HOP-DONG-THUE-BAO"  # stands where a procedure's code does: a contract is no procedure of the state
PURPOSE = "Xác thực thông tin thuê bao khi giao kết hợp đồng"
LEGAL_BASIS = "Nghị định 163/2024/NĐ-CP"
# Besides the three keys a contract states the nationality; it is confirmed by yes or no.
STATED = frozenset({Field.NATIONALITY})


class ShopAnswer(StrEnum):
    """What the shop does next (*kết quả kiểm tra thuê bao mới*)."""

    MATCH = "match"
    NEAR = "near"  # the same person, written otherwise; or one stated key differs and is named
    DIFFERS = "differs"  # the uniform negative: unknown, protected and wrong look the same


@dataclass(frozen=True, slots=True)
class ShopHint:
    """The answer with the words a shop shows (*gợi ý tại điểm giao dịch*)."""

    answer: ShopAnswer
    words: str
    words_en: str


_HINTS = {
    "match": ShopHint(ShopAnswer.MATCH, "Thông tin khớp. Tiếp tục giao kết hợp đồng.", "It agrees. Go on with the contract."),
    "folded": ShopHint(
        ShopAnswer.NEAR,
        "Đúng người, cách ghi khác. Ghi lại họ tên, ngày sinh đủ dấu, đủ ngày tháng theo thẻ rồi kiểm tra lại.",
        "The right person, written otherwise. Copy name and birth date from the card in full and check again.",
    ),
    Field.FULL_NAME: ShopHint(
        ShopAnswer.NEAR,
        "Họ tên chưa khớp. Xem lại họ tên trên thẻ rồi kiểm tra lại.",
        "The name differs. Look at the card and check again.",
    ),
    Field.BIRTH_DATE: ShopHint(
        ShopAnswer.NEAR,
        "Ngày sinh chưa khớp. Xem lại ngày sinh trên thẻ rồi kiểm tra lại.",
        "The birth date differs. Look at the card and check again.",
    ),
    "not_alive": ShopHint(
        ShopAnswer.DIFFERS,
        "Không giao kết được theo giấy tờ này. Mời khách đến công an xã để đối chiếu.",
        "No contract on this paper. The commune's police can help.",
    ),
    "replaced": ShopHint(
        ShopAnswer.NEAR,
        "Số định danh đã được thay. Ghi số trên thẻ căn cước mới rồi kiểm tra lại.",
        "The personal number was replaced. Copy the one on the new card and check again.",
    ),
    "no_match": ShopHint(
        ShopAnswer.DIFFERS,
        "Thông tin không khớp. Xem lại cả ba mục trên thẻ; vẫn không khớp thì mời khách đến công an xã để đối chiếu.",
        "It does not agree. Check all three on the card; if it still differs, the commune's police can help.",
    ),
}


def subscriber_grant(client_id: str, valid_from: date, valid_to: date | None = None, *, volume_per_day: int = 0) -> Grant:
    """The scope of an operator's system for this service (*phạm vi kiểm tra thuê bao mới*): yes or no, never a fact.

    The differing key is named when the number and one more agree, which counts as a miss against the caller.
    """
    return Grant(
        client_id,
        SUBSCRIBER_CHECK,
        CONTRACT,
        STATED,
        PURPOSE,
        LEGAL_BASIS,
        valid_from,
        valid_to,
        may_disclose=False,
        explain=True,
        volume_per_day=volume_per_day,
    )


def read_for_shop(verification: Verification) -> ShopHint:
    """Match, near or differs, with what to do (*đọc kết quả tại điểm giao dịch*). Nobody signs for the dead."""
    if verification.outcome is Outcome.NO_MATCH:
        return _HINTS[verification.explanation or "no_match"]
    if verification.life_status not in (None, LifeStatus.ALIVE):
        return _HINTS["not_alive"]
    if verification.successor is not None:
        return _HINTS["replaced"]
    return _HINTS["match" if verification.outcome is Outcome.MATCH else "folded"]
