"""A line of the service registration as it is typed, and what it becomes. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from dancu.kernel.errors import Invalid
from dancu.kernel.warrants import SENSITIVE_FIELDS, Field
from dancu.onboarding.domain import Grant
from dancu.onboarding.registrations.domain import RegistrationLine

WORKING_DAYS_A_MONTH = 22
VOLUME_MAX = 100_000_000
_LENGTHS = {"integration_code": 40, "procedure": 40, "procedure_name": 300, "purpose": 300, "legal_basis": 300, "sector": 120}
SERVICES = ("lookup", "verify", "household")
LEVELS = ("ministry", "province", "district", "commune")
_REQUIRED = {
    "integration_code": ("mã tích hợp (dịch vụ cần dùng)", "integration code"),
    "procedure": ("mã thủ tục", "procedure code"),
    "procedure_name": ("tên thủ tục", "name of the procedure"),
    "purpose": ("mục đích", "purpose"),
    "legal_basis": ("căn cứ pháp lý", "legal basis"),
    "sector": ("lĩnh vực", "sector"),
}


def line_as_content(typed: Mapping[str, Any], today: date) -> dict[str, Any]:
    """A typed line, checked, as a dossier keeps it (*dòng đăng ký dịch vụ*). Raises `Invalid` with every field that is wrong."""
    wrong: dict[str, str] = {}
    said = {name: str(typed.get(name, "")).strip() for name in _LENGTHS}
    for name, (word, _english) in _REQUIRED.items():
        if not said[name]:
            wrong[name] = f"Ghi {word}."
        elif len(said[name]) > _LENGTHS[name]:
            wrong[name] = f"Phần {word} dài quá {_LENGTHS[name]} ký tự. Viết gọn lại."
    service, level = str(typed.get("service", "")), str(typed.get("level", ""))
    if service not in SERVICES:
        wrong["service"] = "Chọn dịch vụ cần sử dụng."
    if level not in LEVELS:
        wrong["level"] = "Chọn cấp thực hiện thủ tục."
    fields = [name for name in typed.get("fields", ()) if name in set(Field)]
    if not fields:
        wrong["fields"] = "Chọn ít nhất một trường thông tin cần dùng."
    volume = _number(typed.get("volume_per_month", ""), wrong)
    valid_to = _day(str(typed.get("valid_to", "")).strip(), today, wrong)
    if wrong:
        first = next(iter(wrong))
        raise Invalid("registration.line", wrong[first], "Something is wrong in this line.", field=first, details={"fields": wrong})
    return {
        **said,
        "fields": sorted(fields),
        "sensitive_fields": sorted(set(fields) & SENSITIVE_FIELDS),
        "volume_per_month": volume,
        "valid_to": valid_to.isoformat() if valid_to else "",
        "dossier_required": bool(typed.get("dossier_required")),
        "service": service,
        "level": level,
    }


def _number(text: object, wrong: dict[str, str]) -> int:
    digits = str(text).replace(".", "").replace(" ", "").strip()
    if not digits.isdecimal() or not 0 < int(digits) <= VOLUME_MAX:
        wrong["volume_per_month"] = "Ghi số lượt dự kiến mỗi tháng, lớn hơn 0, chỉ gồm chữ số."
        return 0
    return int(digits)


def _day(text: str, today: date, wrong: dict[str, str]) -> date | None:
    if not text:
        return None
    try:
        day, month, year = (int(part) for part in text.split("/"))
        found = date(year, month, day)
    except ValueError:
        wrong["valid_to"] = "Ngày viết như 31/12/2027; để trống nếu không định hạn."
        return None
    if found <= today:
        wrong["valid_to"] = "Ngày hết hạn phải sau hôm nay."
    return found


def line_from_content(client_id: str, content: Mapping[str, Any], valid_from: date) -> RegistrationLine:
    """What a kept line becomes when its dossier is approved."""
    volume = int(content["volume_per_month"])
    granted = Grant(
        client_id,
        content["integration_code"],
        content["procedure"],
        frozenset(Field(name) for name in content["fields"]),
        content["purpose"],
        content["legal_basis"],
        valid_from,
        date.fromisoformat(content["valid_to"]) if content["valid_to"] else None,
        content["dossier_required"],
        frozenset(Field(name) for name in content["sensitive_fields"]),
        content["service"] != "verify",
        volume_per_day=-(-volume // WORKING_DAYS_A_MONTH),
    )
    return RegistrationLine(granted, content["procedure_name"], volume)
