"""What was typed into a form of the registry, read field by field, every wrong one with its sentence."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from dancu.kernel.areas import AreaCode
from dancu.kernel.dates import PartialDate
from dancu.kernel.errors import Invalid
from dancu.kernel.personal_id import PersonalId
from dancu.population.api import check_items, resolve_address, unit_names
from dancu.registrar import values
from dancu.ui.words import in_language

TEXT_LENGTH_MAX = 500
Options = Sequence[tuple[str, str]]
# What a correction or an event may change; residence, household and family have requests of their own.
EDITABLE = (
    "full_name", "other_name", "birth_date", "sex", "birth_place", "birth_registration", "home_town", "nationality",
    "marital_status", "old_id_no", "phone", "email", "ethnicity", "religion", "blood_type",
)  # fmt: skip
CODED: Mapping[str, Mapping[int, str]] = {
    "sex": values.SEX_WORDS,
    "marital_status": values.MARITAL_WORDS,
    "blood_type": values.BLOOD_WORDS,
}


def is_count(text: str) -> bool:
    """Digits that `int` and the database's largest integers take: `²` is a digit too."""
    return text.isascii() and text.isdigit() and len(text) < 19


@dataclass
class Typed:
    """What was typed, read field by field; `wrong` gathers a sentence in both languages for each that cannot be read."""

    values: Mapping[str, str]
    many: Callable[[str], list[str]] = lambda name: []
    wrong: dict[str, tuple[str, str]] = field(default_factory=dict)

    def text(self, name: str, *, required: bool = False) -> str:
        text = " ".join(self.values.get(name, "").split())
        if len(text) > TEXT_LENGTH_MAX:
            self.wrong[name] = (f"Dài quá {TEXT_LENGTH_MAX} ký tự.", f"Longer than {TEXT_LENGTH_MAX} characters.")
        elif required and not text:
            self.wrong[name] = ("Chưa điền mục này.", "Fill this in.")
        return text

    def day(self, name: str, *, required: bool = True) -> date | None:
        text = self.text(name, required=required)
        if not text:
            return None
        found = self._read(name, lambda: PartialDate.parse(text, name))
        if found is not None and not found.is_full:
            self.wrong[name] = ("Ghi đủ ngày, tháng, năm, ví dụ 24/11/2026.", "Give day, month and year, as 24/11/2026.")
        return date(found.year, found.month, found.day) if found is not None and found.is_full else None

    def number(self, name: str, *, required: bool = True) -> int | None:
        text = self.text(name, required=required)
        found = self._read(name, lambda: PersonalId.parse(text, name)) if text else None
        return found.number if found else None

    def choice(self, name: str, options: Options) -> str:
        chosen = self.text(name, required=True)
        if chosen and chosen not in dict(options):
            self.wrong[name] = ("Chọn lại mục này.", "Choose again.")
        return chosen

    def address(self, name: str, *, required: bool = True) -> tuple[str, str, str]:
        """Version, dotted code and dwelling of an address written as people write it."""
        text = self.text(name, required=required)
        if not text:
            return "", "", ""
        reading = resolve_address(text)
        if reading.is_ambiguous or reading.area is None or not reading.area.commune:
            likely = "; ".join(", ".join(unit_names(each.area)) for each in reading.alternatives[:4])
            self.wrong[name] = (
                f"Chưa rõ xã, phường nào. Ghi thêm tên tỉnh, thành phố.{f' Có thể là: {likely}.' if likely else ''}",
                f"It is not clear which commune this is. Add the province.{f' Perhaps: {likely}.' if likely else ''}",
            )
            return "", "", ""
        return reading.area.version, dotted(reading.area), reading.detail

    def items(self, state: Mapping[str, Any]) -> dict[str, Any]:
        """The columns of the editable items that were typed differently from what stands there."""
        said, found = values.texts(state), {}
        for name in EDITABLE:
            text = self.text(name)
            if name in self.values and text != said.get(name, "") and not (text == "" and name not in said):
                found.update(self.columns(name, text))
        return self.checked(found)

    def taken_over(self, names: Sequence[str], other: Mapping[str, Any], state: Mapping[str, Any]) -> dict[str, Any]:
        """The columns of the items a merge takes over from the other record."""
        columns = [column for name in names if name in values.GROUPS for column in values.GROUPS[name].columns]
        return self.checked({c: other[c] for c in columns if c in other and other[c] != state.get(c)})

    def columns(self, name: str, text: str) -> dict[str, Any]:
        if name == "birth_date":
            born = self._read(name, lambda: PartialDate.parse(text, name))
            return {"birth_year": born.year, "birth_month": born.month, "birth_day": born.day} if born else {}
        if name in values.ADDRESSES:
            version, code, detail = self.address(name, required=False)
            return {f"{name}_version": version, f"{name}_code": code, f"{name}_detail": detail}
        if name in CODED:
            codes = {in_language(word): code for code, word in CODED[name].items()}
            return self._coded(name, codes.get(text))
        if name == "ethnicity":
            code = {word.casefold(): code for code, word in values.ethnicities().items()}.get(text.casefold(), text)
            return self._coded(name, int(code) if is_count(code) else None)
        if name == "religion":
            return self._coded(name, int(text) if is_count(text) else None)
        return {name: text}

    def _coded(self, name: str, code: int | None) -> dict[str, Any]:
        if code is None:
            self.wrong[name] = ("Chọn hoặc ghi theo danh mục.", "Use a value of the list.")
            return {}
        return {name: code}

    def checked(self, items: dict[str, Any]) -> dict[str, Any]:
        if not items:
            return {}
        try:
            return check_items(items)
        except Invalid as failure:
            self.wrong[_group_of(failure.field or "")] = (failure.message, failure.message_en)
            return {}

    def _read(self, name: str, read: Callable[[], Any]) -> Any:
        try:
            return read()
        except Invalid as failure:
            self.wrong[name] = (failure.message, failure.message_en)
            return None


def dotted(area: AreaCode) -> str:
    """The code of a unit as columns keep it: `46..19789`."""
    return f"{area.province}.{area.district}.{area.commune}"


def _group_of(column: str) -> str:
    return next((name for name, group in values.GROUPS.items() if column in group.columns), column)
