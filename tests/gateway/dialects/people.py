"""Invented citizens as the registry would give them to the dialect."""

from __future__ import annotations

from typing import Any

from dancu.kernel.areas import Address, AreaCode
from dancu.kernel.dates import PartialDate
from dancu.kernel.personal_id import PersonalId
from dancu.population.domain import MaritalStatus, PersonFacts, Relative, Sex
from tests.field_clients.clients import Person

HOA = Person("046090000101", "Trần Văn Hòa", "19900517", "191000101")
YEAR_ONLY = Person("046155000102", "Lê Thị Năm Sinh", "1955")
_TWO_LEVELS = AreaCode("L2-2025", "46", "", "19753")
_THREE_LEVELS = AreaCode("L3-2025", "46", "474", "19753")


def facts_of(person: Person, **granted: Any) -> PersonFacts:
    """Only what the claim stated, unless more is granted."""
    stated: dict[str, Any] = {"full_name": person.name, "birth_date": PartialDate.parse(person.born)}
    return PersonFacts(PersonalId.parse(person.number), **{**stated, **granted})


def everything_granted(person: Person = HOA, **changes: Any) -> PersonFacts:
    granted: dict[str, Any] = {
        "old_id_no": person.old_number,
        "sex": Sex.MALE,
        "ethnicity": "01",
        "religion": "00",
        "blood_type": "04",
        "marital_status": MaritalStatus.MARRIED,
        "nationality": "VN",
        "birth_registration": Address(_THREE_LEVELS, "Tổ 3"),
        "home_town": Address(_THREE_LEVELS),
        "permanent_residence": Address(_TWO_LEVELS, "Số 7 đường Thử Nghiệm"),
        "current_residence": Address(_TWO_LEVELS, "Số 7"),
        "relatives": {
            "father": Relative("Trần Văn Cha", "046060000201", "191000201", "VN"),
            "mother": Relative("Đặng Thị Mẹ", "046160000202", "", "VN"),
            "spouse": Relative("Nguyễn Thị Vợ", "046191000203", "", "VN"),
        },
        "household_relation": "CH01",
        "household_head": Relative("Trần Văn Hòa", person.number, person.old_number),
        "household_book_no": "460000123",
    }
    return facts_of(person, **{**granted, **changes})
