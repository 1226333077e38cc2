"""Faults planted into a good list: for every kind how a row gets it, and in which column it must be found."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple

from dancu.onboarding.accounts.faults import KINDS
from tests.onboarding.accounts.lists import Formula, Row


class Planted(NamedTuple):
    at: int  # place in the list, from 0
    column: str
    code: str


# What is written into the column, from the row as it was.
_WRITTEN: dict[str, tuple[str, Callable[[Row], object]]] = {
    "cell.missing": ("position", lambda row: ""),
    "cell.formula": ("unit", lambda row: Formula("=A1", str(row["unit"]))),
    "cell.long": ("note", lambda row: "dài " * 200),
    "cell.unreadable": ("position", lambda row: "Chuyên\x07 viên"),
    "full_name.digits": ("full_name", lambda row: f"{row['full_name']} 2"),
    "full_name.one_word": ("full_name", lambda row: "An"),
    "full_name.legacy": ("full_name", lambda row: "NguyÔn V¨n An"),
    "personal_id.length": ("personal_id", lambda row: str(row["personal_id"])[:9]),
    "personal_id.lost_zero": ("personal_id", lambda row: int(str(row["personal_id"]))),
    "personal_id.scientific": ("personal_id", lambda row: "7.90123E+10"),
    "personal_id.not_digits": ("personal_id", lambda row: f"O{str(row['personal_id'])[1:]}"),
    "personal_id.repeated": ("personal_id", lambda row: "7" * 12),
    "personal_id.impossible": ("personal_id", lambda row: f"{str(row['personal_id'])[:3]}8{str(row['personal_id'])[4:]}"),
    "personal_id.province": ("personal_id", lambda row: f"013{str(row['personal_id'])[3:]}"),
    "birth_date.unreadable": ("birth_date", lambda row: "31/02/1990"),
    "birth_date.serial": ("birth_date", lambda row: 33201),
    "birth_date.future": ("birth_date", lambda row: f"{str(row['birth_date'])[:6]}2031"),
    "birth_date.under_age": ("birth_date", lambda row: "25/11/2008"),
    "level.unknown": ("level", lambda row: "Thôn"),
    "unit.unknown": ("unit", lambda row: "Phòng không có thật"),
    "phone.private": ("phone", lambda row: "0912 000 111"),
    "phone.unreadable": ("phone", lambda row: "gọi sau"),
    "mail.shape": ("mail", lambda row: "canbo tinhmau.gov.vn"),
    "mail.unofficial": ("mail", lambda row: "canbo@thurieng.example"),
    "account.blanks": ("account", lambda row: "can bo mot"),
    "account.marks": ("account", lambda row: "cán.bộ"),
    "account.characters": ("account", lambda row: "can.bo#1"),
    "account.long": ("account", lambda row: "c" * 65),
    "account.scientific": ("account", lambda row: "7.90123E+10"),
    "account.lost_zero": ("account", lambda row: int(str(row["personal_id"]))),
    "account.other_number": ("account", lambda row: "005099999999"),
    "account.taken": ("account", lambda row: f"Noi.Khac{row['ordinal']}"),
    "role.unknown": ("role", lambda row: "Giám sát"),
    "service.not_registered": ("services", lambda row: "037; 099"),
}


def plant(rows: Sequence[Row], count: int, seed: int = 7) -> tuple[list[Row], list[Planted]]:
    """The rows with `count` faults, one in a row, every kind as often as the others or once more."""
    chance = random.Random(seed)
    # A row whose account is its number would have a second fault once the number is spoiled.
    able = [at for at, row in enumerate(rows) if at > 10 and row["account"] != row["personal_id"]]
    chosen = chance.sample(able, count)
    spoiled, planted = [dict(row) for row in rows], []
    untouched = [at for at in range(len(rows)) if at not in set(chosen)]
    kinds = list(KINDS) * (count // len(KINDS) + 1)
    for at, code in zip(chosen, kinds, strict=False):
        planted.append(Planted(at, _spoil(spoiled, at, code, next(u for u in reversed(untouched) if u < at)), code))
    return spoiled, planted


def _spoil(rows: list[Row], at: int, code: str, above: int) -> str:
    row = rows[at]
    match code:
        case "row.stray":
            rows[at] = {"full_name": "Đang chờ bổ nhiệm"} if at % 2 else {"beside": "hỏi lại phòng tổ chức"}
            return "full_name" if at % 2 else ""
        case "personal_id.duplicate":
            row["personal_id"] = rows[above]["personal_id"]
            return "personal_id"
        case "account.duplicate":
            row["account"] = str(rows[above]["account"]).upper()
            # An account that is the number of the row above would be another person's number.
            if row["account"] == rows[above]["personal_id"]:
                rows[above]["account"] = row["account"] = f"chung{at}"
            return "account"
        case "personal_id.birth_year":
            born = datetime.strptime(str(row["birth_date"]), "%d/%m/%Y")
            row["birth_date"] = f"{born:%d/%m}/{born.year - 1}"
            return "personal_id"
    column, write = _WRITTEN[code]
    row[column] = write(row)  # type: ignore[assignment]
    return column
