"""Facts of a person as lines of a form: label, value for people, in the order of the declaration."""

from __future__ import annotations

from collections.abc import Mapping

from dancu.kernel.areas import Address
from dancu.population.api import LifeStatus, PersonFacts, Sex, unit_names
from dancu.ui.words import day_text, in_language

SEX_WORDS = {Sex.MALE: "Nam", Sex.FEMALE: "Nữ", Sex.UNKNOWN: "Chưa rõ"}


def facts_for_form(facts: PersonFacts) -> dict[str, str]:
    """The items a civil-status form shows, as text; an item that was not granted is left out."""
    lines: dict[str, str] = {"personal_id": facts.personal_id.digits if facts.personal_id else ""}
    if facts.full_name is not None:
        lines["full_name"] = facts.full_name
    if facts.birth_date is not None:
        lines["birth_date"] = str(facts.birth_date)
    if facts.sex is not None:
        lines["sex"] = SEX_WORDS[facts.sex]
    if facts.nationality is not None:
        lines["nationality"] = "Việt Nam" if facts.nationality == "VN" else facts.nationality
    if facts.home_town is not None:
        lines["home_town"] = _address(facts.home_town)
    if facts.permanent_residence is not None:
        lines["permanent_residence"] = _address(facts.permanent_residence)
    if facts.old_id_no:
        lines["old_id_no"] = facts.old_id_no
    if facts.life_status not in (None, LifeStatus.ALIVE):
        lines["life_status"] = "Đã mất" if facts.life_status is LifeStatus.DEAD else "Mất tích"
    return {item: text for item, text in lines.items() if text}  # an item the registry has empty is not shown as locked


LABELS = {
    "personal_id": "Số định danh",
    "full_name": "Họ, chữ đệm, tên",
    "birth_date": "Ngày, tháng, năm sinh",
    "sex": "Giới tính",
    "nationality": "Quốc tịch",
    "home_town": "Quê quán",
    "permanent_residence": "Nơi thường trú",
    "old_id_no": "Số CMND cũ",
    "life_status": "Tình trạng",
}


# Items whose values are words of a list and not a person's own: they are shown in the reader's language.
IN_WORDS = frozenset({"sex", "nationality", "life_status"})


def shown(facts: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """Item, label and value in the reader's language, in the order of the declaration."""
    return [(item, in_language(LABELS[item]), _value(item, value)) for item, value in in_order(facts)]


def _value(item: str, value: str) -> str:
    if item == "birth_date":
        return day_text(value)
    return in_language(value) if item in IN_WORDS else value


def in_order(facts: Mapping[str, str]) -> list[tuple[str, str]]:
    """The items in the order of the declaration: the database keeps none."""
    return [(item, facts[item]) for item in LABELS if item in facts]


def _address(address: Address) -> str:
    names = unit_names(address.area) if address.area else []
    return ", ".join(part for part in [address.detail, *names] if part)
