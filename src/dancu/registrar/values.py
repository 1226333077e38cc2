"""The columns of a person as officers read them: grouped into items, in words, before beside after."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from dancu.kernel.areas import AreaCode
from dancu.kernel.dates import PartialDate
from dancu.kernel.personal_id import PersonalId
from dancu.kernel.warrants import Field
from dancu.population.api import Flag, find_area, household_relations, successors, unit_names
from dancu.ui.words import day_text, in_language

State = Mapping[str, Any]
Line = tuple[str, str, str]  # label, before, after
_ETHNICITIES = Path(__file__).parent / "data" / "ethnicities.csv"
ADDRESSES = ("birth_place", "birth_registration", "home_town", "permanent", "temporary", "current")

SEX_WORDS = {0: "Chưa rõ", 1: "Nam", 2: "Nữ"}
MARITAL_WORDS = {0: "Chưa rõ", 1: "Chưa kết hôn", 2: "Đang có vợ, chồng", 3: "Đã ly hôn hoặc goá"}
LIFE_WORDS = {0: "Còn sống", 1: "Đã mất", 2: "Mất tích"}
NUMBER_WORDS = {0: "Đang dùng", 1: "Đã thay thế", 2: "Đã huỷ"}
BLOOD_WORDS = {0: "Chưa có thông tin", 1: "A", 2: "B", 3: "AB", 4: "O"}
RELIGION_WORDS = {0: "Không, hoặc chưa có thông tin"}
FLAG_WORDS = {
    Flag.UNDER_INVESTIGATION: "Đang kiểm tra dữ liệu",
    Flag.PROTECTED: "Người được bảo vệ",
    Flag.BLOCKED: "Số bị khoá theo quyết định",
}
RELATION_WORDS = {
    "father": "Cha đẻ",
    "mother": "Mẹ đẻ",
    "adoptive_father": "Cha nuôi",
    "adoptive_mother": "Mẹ nuôi",
    "spouse": "Vợ, chồng",
    "representative": "Người đại diện",
}
RESIDENCE_WORDS = {
    "permanent": "Thường trú",
    "temporary": "Tạm trú",
    "current": "Nơi ở hiện tại",
    "stay": "Lưu trú",
    "absence": "Tạm vắng",
}
CARD_WORDS = {
    "cmnd9": "CMND 9 số",
    "cmnd12": "CMND 12 số",
    "cccd": "CCCD mã vạch",
    "cccd_chip": "CCCD gắn chip",
    "can_cuoc": "Thẻ căn cước",
}


@cache
def ethnicities() -> Mapping[str, str]:
    """Code of an ethnic group → its name (Decision 121-TCTK/PPCĐ, 1979)."""
    with _ETHNICITIES.open(encoding="utf-8", newline="") as file:
        return {row["code"]: row["name"] for row in csv.DictReader(file)}


def area_of(version: str, code: str) -> AreaCode | None:
    """The unit of a dotted code, None for none."""
    parts = [*code.split("."), "", ""]
    return AreaCode(version, parts[0], parts[1], parts[2]) if parts[0] else None


def address_text(version: str, code: str, detail: str) -> str:
    """Dwelling and units, the smallest first."""
    area = area_of(version, code)
    return ", ".join(part for part in [detail, *(unit_names(area) if area else [])] if part)


def today_text(version: str, code: str) -> str:
    """What a unit that is no more is called today; empty where it still is, and where it is not known."""
    area = area_of(version, code)
    if area is None or find_area(version, area.code) is None:
        return ""
    found = [unit_names(each.area) for each in successors(area).successors[:3]]
    return " / ".join(", ".join(names) for names in found) if found != [unit_names(area)] else ""


def _address(name: str) -> Callable[[State], str]:
    return lambda s: address_text(s[f"{name}_version"], s[f"{name}_code"], s[f"{name}_detail"])


def _word(name: str, words: Mapping[int, str]) -> Callable[[State], str]:
    return lambda s: in_language(words[s[name]]) if s[name] in words else _("mã %(code)02d") % {"code": s[name]}


def _birth(s: State) -> str:
    return day_text(PartialDate(s["birth_year"], s["birth_month"] or 0, s["birth_day"] or 0))


def _ethnicity(s: State) -> str:
    code = f"{int(s['ethnicity']):02d}"
    return ethnicities().get(code, "") if code != "00" else ""


def _cards(s: State) -> str:
    return "; ".join(f"{CARD_WORDS.get(c.get('kind', ''), c.get('kind', ''))} {c.get('number', '')}".strip() for c in s["id_cards"])


def _relatives(s: State) -> str:
    return "; ".join(
        f"{in_language(RELATION_WORDS.get(kind, kind))}: {each.get('full_name', '')}"
        for kind, each in s["relatives"].items()
        if isinstance(each, dict)
    )


def _life(s: State) -> str:
    word = in_language(LIFE_WORDS[s["life_status"]])
    on = s.get("life_status_on")
    return f"{word}, {iso_day(on)}" if on else word


def _number(s: State) -> str:
    word = in_language(NUMBER_WORDS[s["number_state"]])
    return f"{word} → {PersonalId(s['successor_no']).grouped}" if s.get("successor_no") else word


def flags_text(flags: int) -> str:
    """The flags in words, or that there is none."""
    return ", ".join(in_language(word) for flag, word in FLAG_WORDS.items() if flags & flag) or _("Không có")


def iso_day(text: object) -> str:
    """An ISO date as people write it."""
    return day_text(PartialDate.parse(str(text))) if text else ""


class Group:
    """Columns that are one item of the page: its name, the item of the law, its words."""

    def __init__(self, label: str, field: Field | None, columns: Sequence[str], text: Callable[[State], str]) -> None:
        self.label, self.field, self.columns, self.text = label, field, tuple(columns), text


def _plain(name: str) -> Callable[[State], str]:
    return lambda s: str(s[name] or "")


def _places(label: str, name: str, field: Field) -> Group:
    return Group(label, field, [f"{name}_version", f"{name}_code", f"{name}_detail"], _address(name))


GROUPS: Mapping[str, Group] = {
    "full_name": Group("Họ, chữ đệm và tên", Field.FULL_NAME, ["full_name"], _plain("full_name")),
    "other_name": Group("Tên gọi khác", Field.OTHER_NAME, ["other_name"], _plain("other_name")),
    "birth_date": Group("Ngày, tháng, năm sinh", Field.BIRTH_DATE, ["birth_year", "birth_month", "birth_day"], _birth),
    "sex": Group("Giới tính", Field.SEX, ["sex"], _word("sex", SEX_WORDS)),
    "birth_place": _places("Nơi sinh", "birth_place", Field.BIRTH_PLACE),
    "birth_registration": _places("Nơi đăng ký khai sinh", "birth_registration", Field.BIRTH_REGISTRATION),
    "home_town": _places("Quê quán", "home_town", Field.HOME_TOWN),
    "ethnicity": Group("Dân tộc", Field.ETHNICITY, ["ethnicity"], _ethnicity),
    "religion": Group("Tôn giáo", Field.RELIGION, ["religion"], _word("religion", RELIGION_WORDS)),
    "nationality": Group("Quốc tịch", Field.NATIONALITY, ["nationality"], _plain("nationality")),
    "blood_type": Group("Nhóm máu", Field.BLOOD_TYPE, ["blood_type"], _word("blood_type", BLOOD_WORDS)),
    "old_id_no": Group("Số CMND 9 số", Field.OLD_ID_NO, ["old_id_no"], _plain("old_id_no")),
    "id_cards": Group("Thẻ căn cước", Field.ID_CARDS, ["id_cards"], _cards),
    "relatives": Group("Cha, mẹ, vợ, chồng, người đại diện", Field.RELATIVES, ["relatives"], _relatives),
    "permanent": _places("Nơi thường trú", "permanent", Field.PERMANENT_RESIDENCE),
    "temporary": _places("Nơi tạm trú", "temporary", Field.TEMPORARY_RESIDENCE),
    "current": _places("Nơi ở hiện tại", "current", Field.CURRENT_RESIDENCE),
    "temporary_absence": Group("Tạm vắng", Field.TEMPORARY_ABSENCE, ["temporary_absence"], _plain("temporary_absence")),
    "residence_file_no": Group("Số hồ sơ cư trú", Field.RESIDENCE_FILE_NO, ["residence_file_no"], _plain("residence_file_no")),
    "marital_status": Group(
        "Tình trạng hôn nhân", Field.MARITAL_STATUS, ["marital_status"], _word("marital_status", MARITAL_WORDS)
    ),
    "household_relation": Group(
        "Quan hệ với chủ hộ",
        Field.HOUSEHOLD_RELATION,
        ["household_relation"],
        lambda s: in_language(household_relations().get(s["household_relation"], s["household_relation"])),
    ),
    "household_head": Group(
        "Chủ hộ", Field.HOUSEHOLD, ["household_head"], lambda s: str((s["household_head"] or {}).get("full_name", ""))
    ),
    "household_book_no": Group("Số sổ hộ", Field.HOUSEHOLD, ["household_book_no"], _plain("household_book_no")),
    "life_status": Group("Tình trạng sống", Field.LIFE_STATUS, ["life_status", "life_status_on"], _life),
    "phone": Group("Số điện thoại", Field.CONTACT, ["phone"], _plain("phone")),
    "email": Group("Thư điện tử", Field.CONTACT, ["email"], _plain("email")),
    "attached": Group("Thông tin khác", Field.ATTACHED, ["attached"], lambda s: ", ".join(map(str, s["attached"] or ()))),
    "number_state": Group("Trạng thái số định danh", None, ["number_state", "successor_no"], _number),
    "flags": Group("Cờ lưu ý", None, ["flags"], lambda s: flags_text(s["flags"])),
}


def texts(state: State) -> dict[str, str]:
    """Group → words, for the groups whose columns are all there: what was not granted is not there."""
    return {name: group.text(state) for name, group in GROUPS.items() if set(group.columns) <= set(state)}


def compared(before: State, after: State) -> list[Line]:
    """What differs, in words: label, before, after."""
    old, new = texts(before), texts(after)
    differ = [name for name in GROUPS if name in new and old.get(name) != new[name]]
    return [(in_language(GROUPS[name].label), old.get(name, ""), new[name]) for name in differ]
