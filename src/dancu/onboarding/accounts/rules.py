"""The rules of single cells: each takes a tidied text and gives the value, or what is wrong with it. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence
from datetime import date, timedelta

from dancu.kernel.dates import PartialDate
from dancu.kernel.errors import Invalid
from dancu.kernel.personal_id import PersonalId
from dancu.onboarding.accounts.columns import ORDINAL, Choice, chosen, tidy
from dancu.onboarding.accounts.faults import Trouble
from dancu.onboarding.accounts.letters import is_vietnamese

TEXT_LENGTH_MAX = 500
ACCOUNT_LENGTH_MAX = 64
LISTED_MAX = 12  # choices named in a sentence
AGE_MIN = 18  # years; who keeps an account of an agency is of age

_SCIENTIFIC = re.compile(r"[\d.,]+[eE][+-]?\d{1,3}", re.ASCII)
_SERIAL = re.compile(r"[1-5]\d{4}", re.ASCII)  # days since 30 December 1899 as spreadsheets count: 1927 to 2064
_MIDNIGHT = re.compile(r" 0?0:00(:00)?$")
_SPREADSHEET_DAY_0 = date(1899, 12, 30)
_INTERNATIONAL = re.compile(r"\+84[\d .()-]{8,}", re.ASCII)
_ABROAD = re.compile(r"\+84 ?", re.ASCII)
_EXTENSION = re.compile(r"(máy lẻ|máy nhánh|nhánh|lẻ|ext|số lẻ)\b.*$", re.IGNORECASE)
_MOBILE = re.compile(r"0?[35789]\d{8}", re.ASCII)
_OFFICE = re.compile(r"0?2\d{8,9}|069\d{4,7}|1[89]00\d{4,6}|11[0-9]", re.ASCII)
_MAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", re.ASCII)
_NOTHING = " \t\r\n\u00a0\u200b\u200c\u200d\u2060\ufeff-–—"
_ACCOUNT_SIGNS = frozenset("._-@")


def is_empty(text: str) -> bool:
    """Nothing to be seen, or only the dash people write for nothing."""
    return not text.strip(_NOTHING)


def check_any(column: str, text: str, *, is_formula: bool) -> Trouble | None:
    """What is wrong with a cell of any column: a formula, unreadable characters, more than fits. Running numbers are not read."""
    if column == ORDINAL:
        return None
    is_number_abroad = column == "phone" and _INTERNATIONAL.fullmatch(_EXTENSION.sub("", text)) is not None
    if is_formula or (text[:1] in tuple("=+-@") and not is_number_abroad):
        return Trouble("cell.formula", {"sign": "=" if is_formula else text[0]})
    if len(text) > TEXT_LENGTH_MAX:
        return Trouble("cell.long", {"count": len(text), "most": TEXT_LENGTH_MAX})
    # A name of an old font gets its own sentence, also where it has a soft hyphen for ư.
    if column != "full_name" and not text.isprintable():
        return Trouble("cell.unreadable")
    return None


def read_full_name(text: str) -> str | Trouble:
    """The name as the card shows it (*họ và tên*)."""
    if any(c.isdigit() and c.isascii() for c in text):
        return Trouble("full_name.digits")
    if not is_vietnamese(text):
        return Trouble("full_name.legacy")
    return text if len(text.split()) > 1 else Trouble("full_name.one_word")


def read_personal_id(text: str, provinces: Collection[str]) -> PersonalId | Trouble:
    """The number, or what a spreadsheet made of it (*số định danh*)."""
    if _SCIENTIFIC.fullmatch(text):
        return Trouble("personal_id.scientific")
    try:
        return PersonalId.parse(text)
    except Invalid as wrong:
        if wrong.code != "personal_id.length":
            return Trouble(wrong.code if wrong.code == "personal_id.repeated" else "personal_id.not_digits")
    digits = "".join(c for c in text if c.isdigit())
    if suggested := _with_zeros(digits, provinces):
        return Trouble("personal_id.lost_zero", {"count": len(digits), "suggested": suggested})
    return Trouble("personal_id.length", {"count": len(digits)})


def _with_zeros(digits: str, provinces: Collection[str]) -> str:
    """The number before a spreadsheet took its zeros, if one can have stood there. Hà Nội's 001 loses two."""
    whole = digits.zfill(12)
    known = whole[:3] in provinces if provinces else whole[:3] < "097"
    return whole if len(digits) in (10, 11) and digits[0] != "0" and known else ""


def doubts_about(number: PersonalId, born: PartialDate | None, provinces: Collection[str], on: date) -> Trouble | None:
    """What cannot be, and what is worth a look: the century of the number, its province, its year against the birth date.

    A birth registered abroad carries the code of a country, 100 and above; a year may have been corrected after issue.
    """
    if number.stated_birth_year > on.year:
        return Trouble("personal_id.impossible", {"year": number.stated_birth_year})
    if provinces and number.province_code not in provinces and number.province_code < "100":
        return Trouble("personal_id.province", {"code": number.province_code})
    if born and born.year != number.stated_birth_year:
        return Trouble("personal_id.birth_year", {"stated": number.stated_birth_year, "year": born.year})
    return None


def read_birth_date(text: str, on: date) -> PartialDate | Trouble:
    """The birth date, of somebody who is of age on the day (*ngày sinh*). Of a year alone its first day counts."""
    bare = _MIDNIGHT.sub("", text)
    if _SERIAL.fullmatch(bare):
        day = _SPREADSHEET_DAY_0 + timedelta(days=int(bare))
        return Trouble("birth_date.serial", {"suggested": f"{day:%d/%m/%Y}"})
    try:
        born = PartialDate.parse(bare)
    except Invalid:
        return Trouble("birth_date.unreadable")
    first = (born.year, born.month or 1, born.day or 1)
    if first > (on.year, on.month, on.day):
        return Trouble("birth_date.future")
    if (first[0] + AGE_MIN, *first[1:]) > (on.year, on.month, on.day):
        return Trouble("birth_date.under_age", {"age": AGE_MIN, "on": f"{on:%d/%m/%Y}"})
    return born


def read_choice(text: str, choices: Sequence[Choice], code: str, prefix: str = "") -> str | Trouble:
    """The code of what was chosen."""
    found = chosen(text, choices, prefix)
    return found.code if found else Trouble(code, {"allowed": _listed(choices)})


def read_services(raw: str, choices: Sequence[Choice]) -> tuple[str, ...] | Trouble:
    """The codes of the services (*dịch vụ được khai thác*), set apart by semicolons or lines; by commas where no name has one."""
    found: list[str] = []
    for part in re.split(r"[;|\r\n]", raw):
        whole = chosen(tidy(part), choices)
        for name in [tidy(part)] if whole else map(tidy, part.split(",")):
            if not name:
                continue
            service = whole or chosen(name, choices)
            if service is None:
                return Trouble("service.not_registered", {"service": name, "allowed": _listed(choices)})
            found.append(service.code)
    return tuple(dict.fromkeys(found)) or Trouble("cell.missing")


def _listed(choices: Sequence[Choice]) -> str:
    shown = [choice.shown for choice in choices[:LISTED_MAX]] + (["…"] if len(choices) > LISTED_MAX else [])
    return ", ".join(shown) or "chưa có mục nào"


def read_phone(text: str) -> str | Trouble:
    """Offices are reached by their own lines; a mobile number is most often somebody's own (*điện thoại cơ quan*)."""
    numbers = [_digits_of(part) for part in re.split(r"[/;,|]| hoặc ", text)]
    if any(_MOBILE.fullmatch(digits) for digits in numbers):
        return Trouble("phone.private")
    if not all(_OFFICE.fullmatch(digits) for digits in numbers):
        return Trouble("phone.unreadable")
    return _ABROAD.sub("0", text)


def _digits_of(text: str) -> str:
    bare = re.sub(r"[\s.()-]", "", _EXTENSION.sub("", text))
    return "0" + bare[3:] if bare.startswith("+84") else bare


def check_mail(text: str, domains: Collection[str]) -> Trouble | None:
    """One address; an official one lies under .gov.vn or a domain the organisation is known by (*thư công vụ*)."""
    if not _MAIL.fullmatch(text):
        return Trouble("mail.shape")
    domain = text.rpartition("@")[2].casefold()
    is_official = any(domain == known or domain.endswith(f".{known}") for known in ("gov.vn", *(d.casefold() for d in domains)))
    return None if is_official else Trouble("mail.unofficial")


def check_account(text: str, number: PersonalId | None, number_text: str) -> Trouble | None:
    """A name to sign in with; one that reads as a personal number must be the row's own (*tên tài khoản*)."""
    if _SCIENTIFIC.fullmatch(text) and "+" in text:
        return Trouble("account.scientific")
    if " " in text:
        return Trouble("account.blanks", {"suggested": _plain(text)})
    if not text.isascii():
        return Trouble("account.marks", {"suggested": _plain(text)})
    if odd := next((c for c in text if not c.isalnum() and c not in _ACCOUNT_SIGNS), ""):
        return Trouble("account.characters", {"sign": odd})
    if len(text) > ACCOUNT_LENGTH_MAX:
        return Trouble("account.long", {"count": len(text), "most": ACCOUNT_LENGTH_MAX})
    own = number.digits if number else "".join(c for c in number_text if c.isdigit())
    if text.isdigit() and len(text) in (10, 11) and own.endswith(text):
        return Trouble("account.lost_zero")
    if text.isdigit() and len(text) == 12 and own.zfill(12) != text and len(own) in (10, 11, 12):
        return Trouble("account.other_number")
    return None


def _plain(text: str) -> str:
    bare = text.translate(str.maketrans("đĐ", "dD"))
    letters = "".join(c for c in unicodedata.normalize("NFD", bare) if c.isascii() and (c.isalnum() or c in _ACCOUNT_SIGNS))
    return letters or "nguyenvan.a"
