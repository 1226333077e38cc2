"""Account lists for tests: made-up people by seed, files of every kind from their rows.

Numbers begin with codes no province has (005, 007, 009), which the context of these tests takes for provinces.
"""

from __future__ import annotations

import io
import random
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

import xlsxwriter

from dancu.onboarding.accounts.columns import COLUMNS, LEVELS, Choice
from dancu.onboarding.accounts.domain import ListContext, SheetRow

ON = date(2026, 11, 24)
PROVINCES = ("005", "007", "009")
SERVICES = (Choice("037", "Tra cứu thông tin công dân"), Choice("003", "Xác thực thông tin, công dân"))
ROLES = (Choice("lookup", "Cán bộ tra cứu"), Choice("admin", "Quản trị tài khoản"))
UNITS = ("Phòng Tư pháp", "Uỷ ban nhân dân xã Đồi Mây", "Sở Thử nghiệm")
TITLES = ("UỶ BAN NHÂN DÂN TỈNH MẪU", "", "DANH SÁCH TÀI KHOẢN ĐĂNG KÝ SỬ DỤNG KHAI THÁC DỊCH VỤ DÂN CƯ", "")
LABELS = tuple(column.words for column in COLUMNS)
KEYS = tuple(column.key for column in COLUMNS)

_FAMILY = ("Nguyễn", "Trần", "Lê", "Phạm", "Huỳnh", "Võ", "Đặng", "Bùi", "Đỗ", "Hồ", "Quách", "Niê", "Êñuôl")
_MIDDLE = ("Văn", "Thị", "Ngọc", "Hữu", "Khánh", "Hoàng Phương", "Đình", "Thuý")
_GIVEN = (
    "An",
    "Bình",
    "Cường",
    "Dũng",
    "Giang",
    "Hạnh",
    "Khuê",
    "Lộc",
    "Mỹ",
    "Nghĩa",
    "Oanh",
    "Phượng",
    "Quý",
    "Uyên",
    "Vượng",
    "Yến",
)
_POSITIONS = ("Chuyên viên", "Công chức tư pháp - hộ tịch", "Phó trưởng phòng", "Văn thư")


class Formula(NamedTuple):
    """A cell that was computed, and what it last gave."""

    text: str
    value: str


Value = str | int | datetime | Formula
Row = dict[str, Value]


def a_context(**changes: object) -> ListContext:
    known: dict[str, object] = {
        "on": ON,
        "services": SERVICES,
        "roles": ROLES,
        "taken_accounts": frozenset(f"noi.khac{at}" for at in range(1, 5_001)),
        "units": UNITS,
        "mail_domains": ("congtymau.vn",),
        "provinces": frozenset(PROVINCES),
    }
    return ListContext(**{**known, **changes})  # type: ignore[arg-type]


def a_row(at: int = 1, chance: random.Random | None = None) -> Row:
    """A row without fault; the same for the same place and chance."""
    chance = chance or random.Random(at)
    born = date(chance.randint(1965, 2005), chance.randint(1, 12), chance.randint(1, 28))
    century = (born.year // 100 - 19) * 2 + chance.randint(0, 1)
    number = f"{chance.choice(PROVINCES)}{century}{born.year % 100:02d}{at:06d}"
    return {
        "ordinal": str(at),
        "full_name": f"{chance.choice(_FAMILY)} {chance.choice(_MIDDLE)} {chance.choice(_GIVEN)}",
        "personal_id": number,
        "birth_date": f"{born:%d/%m/%Y}",
        "position": chance.choice(_POSITIONS),
        "unit": chance.choice(UNITS),
        "level": chance.choice(LEVELS).words,
        "phone": chance.choice(("", f"024 3{at:07d}", f"(0232) 3{at:06d}", "+84 24 39990000 máy lẻ 12")),
        "mail": f"canbo{at}@{chance.choice(('tinhmau.gov.vn', 'congtymau.vn'))}",
        "account": number if chance.random() < 0.2 else f"can.bo{at}",
        "role": chance.choice(ROLES).words,
        "services": chance.choice(("037", "037; 003", "Tra cứu thông tin công dân", "003 - Xác thực thông tin, công dân\n037")),
        "note": chance.choice(("", "", "Phụ trách một cửa")),
    }


def rows_by_seed(count: int, seed: int = 1) -> list[Row]:
    chance = random.Random(seed)
    return [a_row(at, chance) for at in range(1, count + 1)]


def sheet_row(row: Mapping[str, Value], at: int = 9) -> SheetRow:
    """As `check` takes it."""
    return SheetRow(at, {key: str(value) for key, value in row.items()})


def table_of(
    rows: Sequence[Mapping[str, Value]], titles: Sequence[str] = TITLES, labels: Sequence[str] = LABELS
) -> list[list[Value]]:
    """Title lines, header, rows; `beside` of a row stands two columns right of the list."""
    lines: list[list[Value]] = [[title] for title in titles]
    lines.append(list(labels))
    for row in rows:
        lines.append([row.get(key, "") for key in KEYS] + (["", "", row["beside"]] if "beside" in row else []))
    return lines


def first_row(titles: Sequence[str] = TITLES) -> int:
    """Where the first row of the list stands, as a spreadsheet counts."""
    return len(titles) + 2


def workbook_of(*sheets: Sequence[Sequence[Value]], names: Sequence[str] = ()) -> bytes:
    """An .xlsx as an office writes it, each value in a cell of its kind."""
    held = io.BytesIO()
    book = xlsxwriter.Workbook(held, {"in_memory": True})
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    for at, lines in enumerate(sheets):
        sheet = book.add_worksheet(names[at] if at < len(names) else None)
        for row, values in enumerate(lines):
            for column, value in enumerate(values):
                if isinstance(value, Formula):
                    sheet.write_formula(row, column, value.text, None, value.value)
                elif isinstance(value, datetime):
                    sheet.write_datetime(row, column, value, day)
                elif isinstance(value, int):
                    sheet.write_number(row, column, value)
                elif value:
                    sheet.write_string(row, column, value)
    book.close()
    return held.getvalue()
