"""What every page of the room needs: the officer as an actor, typed values, failures in her language."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import cast

from django.http import HttpRequest

from dancu.identity.api import Officer, OfficerRequest
from dancu.kernel.clock import VIET_NAM
from dancu.kernel.dates import PartialDate
from dancu.kernel.errors import DancuError, Invalid
from dancu.kernel.four_eyes import Hand
from dancu.protection.domain.cases import DeskActor
from dancu.ui.words import is_english

ROOM = "/bao-ve-du-lieu"
CASES, BREACHES, CONSENTS, REGISTER = f"{ROOM}/yeu-cau", f"{ROOM}/su-co", f"{ROOM}/dong-y", f"{ROOM}/so-dang-ky"


def officer_of(request: HttpRequest) -> Officer:
    return cast(OfficerRequest, request).officer


def actor_of(request: HttpRequest) -> DeskActor:
    """The officer as four eyes see her: account, unit, the human behind it; roles of this moment."""
    officer = officer_of(request)
    return DeskActor(Hand(officer.account, officer.unit, officer.human), officer.roles)


def sentences(failure: DancuError) -> dict[str, str]:
    """The sentence of a failure under the field it is about."""
    return {failure.field or "": failure.message_en if is_english() else failure.message}


def whole_number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


def moment_in(day: str, clock: str, field: str) -> datetime:
    """A day and a time as people type them: 24/11/2026 and 14:05. Raises `Invalid` naming the field."""
    read = _day_in(day, field)
    try:
        hour = time.fromisoformat(clock.strip().zfill(5)) if clock.strip() else time(0)
    except ValueError:
        raise Invalid("moment.time", "Ghi giờ và phút. Ví dụ: 14:05.", "Give hour and minute, like 14:05.", field=field) from None
    return datetime.combine(date(read.year, read.month, read.day), hour.replace(tzinfo=None), VIET_NAM)


def _day_in(text: str, field: str) -> PartialDate:
    """A whole day. Dates that are known in part are read where birth dates are; what is wrong is said of a day here."""
    try:
        read = PartialDate.parse(text, field)
    except Invalid:
        typed = text.strip()
        raise Invalid(
            "moment.day",
            f"Không có ngày {typed}. Ghi ngày, tháng, năm, ví dụ: 24/11/2026." if typed else "Ghi ngày. Ví dụ: 24/11/2026.",
            f"There is no day {typed}. Write it like 24/11/2026." if typed else "Give the day, like 24/11/2026.",
            field=field,
        ) from None
    if not read.is_full:
        raise Invalid(
            "moment.day",
            "Ghi đủ ngày, tháng, năm. Ví dụ: 24/11/2026.",
            "Give day, month and year, like 24/11/2026.",
            field=field,
        )
    return read
