"""Named cases that every simulated nation contains, so that demonstrations, tutorials and tests can speak of them.

The six random digits are 000001 upwards; nobody else in the simulated nation has such a small number by design of the
personas' years. All of them are invented.
"""

from __future__ import annotations

import json
from typing import Any


def _persona(number: str, name: str, born: str, sex: int, commune: str = "19789", **items: Any) -> dict[str, Any]:
    row: dict[str, Any] = {
        "personal_id": number,
        "full_name": name,
        "birth_date": born,
        "sex": str(sex),
        "ethnicity": "1",
        "religion": "0",
        "nationality": "VN",
        "marital_status": "1",
        "household_relation": "01",
        "household_book_no": "000000000",
        "permanent_version": "L2-2025",
        "permanent_code": f"46..{commune}",
        "permanent_detail": "Số 1 đường Mô Phỏng",
        "current_version": "L2-2025",
        "current_code": f"46..{commune}",
        "current_detail": "Số 1 đường Mô Phỏng",
        "home_town_version": "L2-2025",
        "home_town_code": f"46..{commune}",
        "birth_registration_version": "L2-2025",
        "birth_registration_code": f"46..{commune}",
    }
    row.update({k: json.dumps(v, ensure_ascii=False) if isinstance(v, dict | list) else v for k, v in items.items()})
    return row


def _relative(number: str, name: str) -> dict[str, str]:
    return {"full_name": name, "personal_id": number, "old_id_no": "", "nationality": "VN"}


MOTHER, FATHER = "046195000001", "046093000002"
PERSONAS: tuple[dict[str, Any], ...] = (
    _persona(
        MOTHER,
        "Nguyễn Hoàng Phương Thảo Nguyên Anh",
        "1995-11-24",
        2,
        marital_status="2",
        old_id_no="191000001",
        relatives={"spouse": _relative(FATHER, "Trần Văn Thử")},
        household_relation="02",
        household_head=_relative(FATHER, "Trần Văn Thử"),
    ),
    _persona(
        FATHER,
        "Trần Văn Thử",
        "1993-02-03",
        1,
        marital_status="2",
        old_id_no="191000002",
        relatives={"spouse": _relative(MOTHER, "Nguyễn Hoàng Phương Thảo Nguyên Anh")},
        household_head=_relative(FATHER, "Trần Văn Thử"),
    ),
    _persona("046155000003", "Lê Thị Năm Sinh", "1955", 2),  # year only
    _persona("046048000004", "Phạm Hữu Khuất", "1948-07-19", 1, life_status="1", life_status_on="2023-03-15"),
    _persona("046080000005", "Hồ Đình Vắng", "1980-09-09", 1, life_status="2", life_status_on="2022-10-01"),
    _persona("046190000006", "Võ Thị Số Mới", "1990-05-17", 2),  # successor of the next
    _persona("046190000007", "Võ Thị Số Mới", "1990-05-17", 2, number_state="1", successor="046190000006"),
    _persona("046070000008", "Đặng Văn Trùng", "1970-01-02", 1, old_id_no="191000008"),  # two persons, one
    _persona("046171000009", "Bùi Thị Trùng", "1971-03-04", 2, old_id_no="191000008"),  # 9-digit number
    _persona("046198000010", "H'Hen Niê", "1998-12-30", 2, ethnicity="12"),
    _persona("046085000011", "Thuận", "1985-06-07", 1, ethnicity="14"),  # one word
    _persona("046188000012", "Hoàng Thị Hòa Thuỷ", "1988-08-08", 2),  # tone placement
)
