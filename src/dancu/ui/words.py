"""Numbers, days and moments as the reader's language writes them."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import get_language, gettext, override

from dancu.kernel.dates import PartialDate
from dancu.kernel.errors import Invalid
from dancu.kernel.personal_id import PersonalId

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SWAPPED = str.maketrans(",.", ".,")
NO_BREAK = "\u00a0"


def is_english() -> bool:
    return (get_language() or "vi").startswith("en")


def in_language(text: str) -> str:
    """A word that comes from data, in the reader's language; codes and coded names have no translation and stay as issued."""
    return gettext(text) if text else ""


def in_english(text: str) -> str:
    """The English word of a Vietnamese one, for sentences that are written in both languages at once."""
    with override("en"):
        return in_language(text)


def number_text(value: int | float | None) -> str:
    """15.962.382 and 18,1; in English 15,962,382 and 18.1. Nothing for nothing."""
    if value is None:
        return ""
    text = f"{value:,}" if isinstance(value, int) else f"{value:,.1f}"
    return text if is_english() else text.translate(_SWAPPED)


def share_text(value: float | None) -> str:
    """0.181 is 18,1 %; in English 18.1%."""
    if value is None:
        return ""
    text = number_text(float(value) * 100)
    return f"{text}%" if is_english() else f"{text}{NO_BREAK}%"


def day_text(value: date | datetime | PartialDate | str | None) -> str:
    """24/11/2026; in English 24 Nov 2026. Of a date known in part, the known part; a text that is no date stays what it is."""
    if isinstance(value, str):
        value = _read(value)
    if isinstance(value, datetime):
        value = localtime(value).date() if value.tzinfo else value.date()
    if isinstance(value, PartialDate) and value.is_full:
        value = date(value.year, value.month, value.day)
    if not isinstance(value, date):
        return str(value) if value else ""
    return f"{value.day} {_MONTHS[value.month - 1]} {value.year}" if is_english() else f"{value:%d/%m/%Y}"


def _read(text: str) -> PartialDate | str:
    try:
        return PartialDate.parse(text)
    except Invalid:
        return text


def moment_text(value: datetime | None) -> str:
    """14:05 24/11/2026, as clocks in Viet Nam show it; in English 14:05, 24 Nov 2026."""
    if value is None:
        return ""
    local = localtime(value) if value.tzinfo else value
    return f"{local:%H:%M}{',' if is_english() else ''} {day_text(local.date())}"


def grouped_number(value: PersonalId | str) -> SafeString:
    """A personal number in groups 3-3-6 that copies without blanks: the gaps are style, not characters."""
    digits = value.digits if isinstance(value, PersonalId) else str(value)
    if len(digits) != 12:
        return format_html('<span class="number">{}</span>', digits)
    return format_html(
        '<span class="number"><span>{}</span><span>{}</span><span>{}</span></span>', digits[:3], digits[3:6], digits[6:]
    )
