"""Hints from the officer's own input, never from the registry: scan against typed, digits against sex and year."""

from __future__ import annotations

from dancu.kernel.claims import PersonClaim
from dancu.kernel.names import folded_name
from dancu.population.cards.qr import CardText


def hints_for(claim: PersonClaim, sex: int | None = None, card: CardText | None = None, *, agrees: bool = False) -> list[str]:
    """Sentences worth a second look (*gợi ý từ chính dữ liệu nhập*); `agrees`: the name needs none, it matched exactly."""
    hints = []
    number = claim.personal_id
    if number is not None and number.stated_birth_year != claim.birth_date.year:
        hints.append(
            f"Số định danh thường mang năm sinh {number.stated_birth_year}, khác năm sinh đã nhập {claim.birth_date.year}."
        )
    if number is not None and sex is not None and number.stated_sex != sex:
        hints.append("Chữ số thứ tư của số định danh thường chỉ giới tính khác với giới tính trên thẻ.")
    if card is not None and card.name_doubtful and claim.full_name == card.full_name and not agrees:
        hints.append("Máy quét hoặc bộ gõ có thể đã làm sai họ và tên. Xem lại họ tên trên thẻ; nếu khác thì gõ lại.")
    if card is not None:
        where = "ở mặt sau thẻ" if card.is_from_mrz else "trên mã QR"
        if number is not None and number != card.personal_id:
            hints.append(f"Số định danh đã nhập khác số {where}.")
        if claim.birth_date != card.birth_date:
            hints.append(f"Ngày sinh đã nhập khác ngày sinh {where}.")
        if all(folded_name(claim.full_name) != folded_name(reading) for reading in card.name_readings):
            hints.append(f"Họ và tên đã nhập khác họ và tên {where}.")
    return hints
