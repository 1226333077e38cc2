"""The columns of a person as items of the law: which field each belongs to, how sensitive it is, what it may hold. Pure."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from dancu.kernel.dates import PartialDate
from dancu.kernel.errors import Invalid
from dancu.kernel.names import clean_name
from dancu.kernel.personal_id import PersonalId, parse_old_id
from dancu.kernel.warrants import Field
from dancu.population.units.table import is_known

_DATA = Path(__file__).parent / "data"
_ADDRESSES = {
    "birth_place": Field.BIRTH_PLACE,
    "birth_registration": Field.BIRTH_REGISTRATION,
    "home_town": Field.HOME_TOWN,
    "permanent": Field.PERMANENT_RESIDENCE,
    "temporary": Field.TEMPORARY_RESIDENCE,
    "current": Field.CURRENT_RESIDENCE,
}
# Column of `Person` → the item it belongs to. The order is that of the pages.
FIELD_OF: Mapping[str, Field] = {
    "full_name": Field.FULL_NAME,
    "other_name": Field.OTHER_NAME,
    "birth_year": Field.BIRTH_DATE,
    "birth_month": Field.BIRTH_DATE,
    "birth_day": Field.BIRTH_DATE,
    "sex": Field.SEX,
    **{f"{name}_{part}": item for name, item in _ADDRESSES.items() for part in ("version", "code", "detail")},
    "ethnicity": Field.ETHNICITY,
    "religion": Field.RELIGION,
    "nationality": Field.NATIONALITY,
    "blood_type": Field.BLOOD_TYPE,
    "old_id_no": Field.OLD_ID_NO,
    "id_cards": Field.ID_CARDS,
    "relatives": Field.RELATIVES,
    "temporary_absence": Field.TEMPORARY_ABSENCE,
    "residence_file_no": Field.RESIDENCE_FILE_NO,
    "marital_status": Field.MARITAL_STATUS,
    "household_relation": Field.HOUSEHOLD_RELATION,
    "household_head": Field.HOUSEHOLD,
    "household_book_no": Field.HOUSEHOLD,
    "life_status": Field.LIFE_STATUS,
    "life_status_on": Field.LIFE_STATUS,
    "phone": Field.CONTACT,
    "email": Field.CONTACT,
    "attached": Field.ATTACHED,
}
# Not items of the law, but of the row: they change by acts of their own, never by a correction.
STATE_COLUMNS = ("number_state", "successor_no", "flags")
ROW_COLUMNS = (*FIELD_OF, *STATE_COLUMNS)


@dataclass(frozen=True, slots=True)
class LegalItem:
    """One of the 26 items with its name and how sensitive it is (*mục thông tin*, Law 26/2023/QH15, Article 9)."""

    number: int
    field: Field
    name: str
    name_en: str
    sensitivity: str  # basic, personal, sensitive
    source: str


@cache
def legal_items() -> Mapping[Field, LegalItem]:
    """The items by field, in the order of the law."""
    with (_DATA / "legal_items.csv").open(encoding="utf-8", newline="") as file:
        rows = [
            LegalItem(int(r["number"]), Field(r["field"]), r["name"], r["name_en"], r["sensitivity"], r["source"])
            for r in csv.DictReader(file)
        ]
    return {row.field: row for row in rows}


@cache
def household_relations() -> Mapping[str, str]:
    """Relation to the head of household: code → name (*quan hệ với chủ hộ*)."""
    with (_DATA / "household_relations.csv").open(encoding="utf-8", newline="") as file:
        return {row["code"]: row["name"] for row in csv.DictReader(file)}


def check_items(items: Mapping[str, Any]) -> dict[str, Any]:
    """The items in the form they are kept in. Raises `Invalid` naming the column that is wrong; empty is wrong too."""
    if not items:
        raise Invalid("items.none", "Chưa có mục nào được thay đổi.", "Nothing is to be changed.", field="items")
    checked = {name: _checked(name, value) for name, value in items.items()}
    _check_birth(checked)
    _check_addresses(checked)
    return checked


def _checked(name: str, value: Any) -> Any:
    if name not in FIELD_OF:
        raise Invalid("items.unknown", f"Không có mục {name}.", f"There is no item {name}.", field=name)
    check: Callable[[str, Any], Any] = _CHECKS.get(name, _text)
    return check(name, value)


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str) or len(value) > 500 or (value and not value.isprintable()):
        raise Invalid("items.text", "Mục này phải là chữ, không quá 500 ký tự.", "This must be text of at most 500.", field=name)
    return " ".join(value.split())


def _name(name: str, value: Any) -> str:
    return clean_name(_text(name, value), name)


def _whole(least: int, most: int) -> Callable[[str, Any], int]:
    def check(name: str, value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise Invalid(
                "items.code", f"Giá trị phải là số từ {least} đến {most}.", f"This must be {least} to {most}.", field=name
            )
        return value

    return check


def _old_number(name: str, value: Any) -> str:
    text = _text(name, value)
    return parse_old_id(text, name) if text else ""


def _day(name: str, value: Any) -> str | None:
    if value in (None, ""):
        return None
    try:
        return date.fromisoformat(value).isoformat()
    except (ValueError, TypeError):
        raise Invalid("items.date", "Ngày phải có thật, ví dụ 24/11/2026.", "This must be a real date.", field=name) from None


def _cards(name: str, value: Any) -> list[dict[str, str]]:
    if not isinstance(value, list) or not all(isinstance(card, dict) for card in value):
        raise Invalid("items.cards", "Danh sách thẻ không đúng dạng.", "The list of cards is malformed.", field=name)
    for card in value:
        for day in ("issued_on", "expires_on"):
            _day(name, card.get(day))
    return [{key: _text(name, text or "") for key, text in card.items()} for card in value]


def _people(name: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Invalid("items.document", "Mục này không đúng dạng.", "This item is malformed.", field=name)
    for relative in value.values():
        if isinstance(relative, dict) and relative.get("personal_id"):
            PersonalId.parse(str(relative["personal_id"]), name)
    return value


_CHECKS: Mapping[str, Callable[[str, Any], Any]] = {
    "full_name": _name,
    "birth_year": _whole(1850, 2199),
    "birth_month": _whole(0, 12),
    "birth_day": _whole(0, 31),
    "sex": _whole(0, 2),
    "ethnicity": _whole(0, 99),
    "religion": _whole(0, 99),
    "blood_type": _whole(0, 4),
    "marital_status": _whole(0, 3),
    "life_status": _whole(0, 2),
    "life_status_on": _day,
    "old_id_no": _old_number,
    "id_cards": _cards,
    "relatives": _people,
    "household_head": _people,
    "attached": _people,
}


def _check_birth(items: Mapping[str, Any]) -> None:
    parts = [name for name in ("birth_year", "birth_month", "birth_day") if name in items]
    if parts and len(parts) < 3:
        raise Invalid("items.birth", "Ngày sinh phải đủ năm, tháng, ngày.", "Give the whole birth date.", field="birth_date")
    if parts:
        PartialDate.of(items["birth_year"], items["birth_month"], items["birth_day"])


def _check_addresses(items: Mapping[str, Any]) -> None:
    for name in _ADDRESSES:
        given = [f"{name}_{part}" in items for part in ("version", "code", "detail")]
        if any(given) and not all(given):
            raise Invalid("items.address", "Địa chỉ phải đủ các phần.", "Give the whole address.", field=f"{name}_code")
        code = items.get(f"{name}_code")
        if code and not is_known(items[f"{name}_version"], code):
            raise Invalid(
                "items.area",
                "Không có đơn vị hành chính này trong danh mục. Chọn lại xã, phường.",
                "The list has no such unit.",
                field=f"{name}_code",
            )
