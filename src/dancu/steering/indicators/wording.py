"""Figures as Vietnamese reports write them: 15.962.382, 88,1 triệu, 94,04%, "tăng 1.982.696 thẻ so với …". Pure."""

from __future__ import annotations

from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from enum import StrEnum

from dancu.steering.indicators.domain import Change, Indicator

_SWAPPED = str.maketrans(",.", ".,")
_MILLION, _THOUSAND_MILLION = Decimal(10) ** 6, Decimal(10) ** 9
# A printed share may differ from the computed one by its own rounding, whichever way it was rounded.
TOLERANCE_POINTS = Decimal("0.01")


class Printed(StrEnum):
    """How a printed share stands to its numbers (*tỷ lệ in so với phép tính*)."""

    ROUNDED = "rounded"
    TRUNCATED = "truncated"
    NEAR = "near"  # neither, but within a hundredth of a point
    WRONG = "wrong"


def number(value: Decimal | int, decimals: int = 0) -> str:
    """15.962.382; with decimals 94,04. A half is rounded up, as people do."""
    exact = Decimal(value).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    return f"{exact:,.{decimals}f}".translate(_SWAPPED)


def short_number(value: Decimal | int) -> str:
    """88,1 triệu, 1,2 tỷ: for headings; below a million as it is."""
    value = Decimal(value)
    for size, word in ((_THOUSAND_MILLION, "tỷ"), (_MILLION, "triệu")):
        if abs(value) >= size:
            text = number(value / size, 1)
            return f"{text.removesuffix(',0')} {word}"
    return number(value)


def share(value: Decimal, decimals: int = 2) -> str:
    """0.9404 is 94,04%; a whole percent is written without zeros behind it."""
    text = number(value * 100, decimals)
    return (text.rstrip("0").rstrip(",") if "," in text else text) + "%"


def figure(indicator: Indicator, value: Decimal) -> str:
    """A value with its unit."""
    if indicator.is_share:
        return share(value, indicator.decimals or 2)
    return f"{number(value, indicator.decimals)} {indicator.unit[0]}".strip()


def change_words(indicator: Indicator, change: Change, reference: str) -> str:
    """ "tăng 1.982.696 thẻ so với cuối tháng 12/2022", "giảm 0,21% so với …", "không đổi so với …"."""
    amount = change.amount
    if amount == 0:
        return f"không đổi so với {reference}"
    way = "tăng" if amount > 0 else "giảm"
    if change.is_share:
        text = number(abs(amount), 2).rstrip("0").rstrip(",")
        return f"{way} {text}% so với {reference}"
    return f"{way} {number(abs(amount), indicator.decimals)} {indicator.unit[0]} so với {reference}".replace("  ", " ")


def how_printed(printed_percent: Decimal, part: Decimal, whole: Decimal) -> Printed:
    """Is a printed share the one of its numbers: rounded, cut off, within a hundredth of a point, or another one?

    `printed_percent` with as many decimals as were printed: 94.03, 92, 18.1.
    """
    exact = part / whole * 100
    step = Decimal(1).scaleb(int(printed_percent.as_tuple().exponent))
    if exact.quantize(step, ROUND_HALF_UP) == printed_percent:
        return Printed.ROUNDED
    if exact.quantize(step, ROUND_DOWN) == printed_percent:
        return Printed.TRUNCATED
    return Printed.NEAR if abs(exact - printed_percent) <= TOLERANCE_POINTS else Printed.WRONG
