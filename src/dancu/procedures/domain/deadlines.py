"""The number of a dossier. When its result is due is counted by the calendar of working days, which every room shares."""

from __future__ import annotations

import re
from datetime import date

_NUMBER = re.compile(r"[A-Z0-9.]{1,40}-[0-9]{6}-[0-9]{4,}")


def is_dossier_number(text: str) -> bool:
    """Whether a scanned text is the code on a slip (*mã hồ sơ*)."""
    return _NUMBER.fullmatch(text) is not None


def dossier_number(organisation: str, day: date, serial: int) -> str:
    """`H57.12.3-261124-0007`: agency, day, serial of the day, which may exceed four digits (*mã hồ sơ*)."""
    return f"{organisation}-{day:%y%m%d}-{serial:04d}"


def organisation_of(number: str) -> str:
    """The agency a dossier number names (*cơ quan tiếp nhận*); empty where it is no dossier number."""
    return number.rsplit("-", 2)[0] if is_dossier_number(number) else ""
