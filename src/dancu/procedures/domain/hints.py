"""Hints from the officer's own input, never from the registry: scan against typed, digits against sex and year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from dancu.kernel.claims import PersonClaim
from dancu.kernel.names import folded_name
from dancu.population.cards.qr import CardText

BIRTH_YEAR = "Số định danh thường mang năm sinh %(year)s, khác năm sinh đã nhập %(typed)s."
SEX_DIGIT = "Chữ số thứ tư của số định danh thường chỉ giới tính khác với giới tính trên thẻ."
SCANNER_NAME = "Máy quét hoặc bộ gõ có thể đã làm sai họ và tên. Xem lại họ tên trên thẻ; nếu khác thì gõ lại."
_FRONT = (
    "Số định danh đã nhập khác số trên mã QR.",
    "Ngày sinh đã nhập khác ngày sinh trên mã QR.",
    "Họ và tên đã nhập khác họ và tên trên mã QR.",
)
_BACK = (
    "Số định danh đã nhập khác số ở mặt sau thẻ.",
    "Ngày sinh đã nhập khác ngày sinh ở mặt sau thẻ.",
    "Họ và tên đã nhập khác họ và tên ở mặt sau thẻ.",
)
SENTENCES = (BIRTH_YEAR, SEX_DIGIT, SCANNER_NAME, *_FRONT, *_BACK)


@dataclass(frozen=True, slots=True)
class Hint:
    """A sentence worth a second look, with the values that stand in it (*gợi ý*)."""

    sentence: str
    values: Mapping[str, int] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.sentence % self.values


def hints_for(claim: PersonClaim, sex: int | None = None, card: CardText | None = None, *, agrees: bool = False) -> list[Hint]:
    """What is worth a second look (*gợi ý từ chính dữ liệu nhập*); `agrees`: the name needs none, it matched exactly."""
    hints = []
    number = claim.personal_id
    if number is not None and number.stated_birth_year != claim.birth_date.year:
        years = {"year": number.stated_birth_year, "typed": claim.birth_date.year}
        hints.append(Hint(BIRTH_YEAR, years))
    if number is not None and sex is not None and number.stated_sex != sex:
        hints.append(Hint(SEX_DIGIT))
    if card is not None and card.name_doubtful and claim.full_name == card.full_name and not agrees:
        hints.append(Hint(SCANNER_NAME))
    if card is not None:
        told = _BACK if card.is_from_mrz else _FRONT
        if number is not None and number != card.personal_id:
            hints.append(Hint(told[0]))
        if claim.birth_date != card.birth_date:
            hints.append(Hint(told[1]))
        if all(folded_name(claim.full_name) != folded_name(reading) for reading in card.name_readings):
            hints.append(Hint(told[2]))
    return hints
