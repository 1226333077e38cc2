"""Bodies of the state through time: ministries and provinces with their organisation codes, and what became of each.

Organisation codes follow the name, statistics codes follow the seat: the new Bắc Ninh keeps H05 of the old one and has the
statistics code 24 of Bắc Giang. So a body carries both.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path

from dancu.kernel.errors import Invalid, NotFound

CODE_LENGTH_MAX = 35  # Decision 20/2020/QĐ-TTg
_FILE = Path(__file__).parent / "data" / "bodies.csv"
_OLD_FORM = re.compile(r"(\d{3})\.(\d{2})\.(\d{2})\.([A-Z]\d{2})")  # QCVN 102:2016, the most specific first
_NEW_FORM = re.compile(r"([A-Z]\d{2})((?:\.\d{1,3}){0,4})")  # Decision 20/2020/QĐ-TTg, level 1 first


class BodyKind(StrEnum):
    """What a body is (*loại cơ quan*)."""

    MINISTRY = "ministry"
    MINISTRY_LEVEL = "ministry_level"
    GOVERNMENT_AGENCY = "government_agency"
    COUNCIL = "council"
    PEOPLE_COMMITTEE = "people_committee"
    PEOPLE_COUNCIL = "people_council"


@dataclass(frozen=True, slots=True)
class Body:
    """A body of level 1 in the days it had this name and extent (*cơ quan cấp 1*, Decision 20/2020/QĐ-TTg)."""

    code: str
    name: str
    kind: BodyKind
    valid_from: date
    valid_to: date | None  # last day; None is in force
    successor_code: str  # where it went, which may be its own code under another name
    other_successors: tuple[str, ...]  # where parts of it went
    change: str  # merged, renamed, split; empty while it is in force
    area_code: str  # statistics code of the province in the list of units of that time
    source: str
    confidence: str  # certain, likely, unsure


@dataclass(frozen=True, slots=True)
class BodyCode:
    """An organisation code, of either form, taken apart (*mã định danh cơ quan, tổ chức*)."""

    level_1: str  # H49
    below: tuple[str, ...]  # in the order of the new form; of the old form, without the empty levels
    is_old_form: bool

    @property
    def new_form(self) -> str:
        """The code as Decision 20/2020/QĐ-TTg writes it; empty for deeper codes of the old form, which need a table."""
        return "" if self.is_old_form and self.below else ".".join((self.level_1, *self.below))

    @property
    def old_form(self) -> str:
        """The code as QCVN 102:2016 writes it; empty for deeper codes of the new form, which need a table."""
        if not self.below:
            return f"000.00.00.{self.level_1}"
        return ".".join((*reversed(self.below), self.level_1)) if self.is_old_form else ""


def parse_code(text: str) -> BodyCode:
    """Read `000.00.00.H49` or `H49.12.3` (*mã định danh cơ quan*). Raises `Invalid` for anything else."""
    code = "".join(text.split()).upper()
    if len(code) <= CODE_LENGTH_MAX and code.isascii():
        if found := _OLD_FORM.fullmatch(code):
            third, second, first, level_1 = found.groups()
            is_level_1 = (third, second, first) == ("000", "00", "00")
            return BodyCode(level_1, () if is_level_1 else (first, second, third), True)
        if found := _NEW_FORM.fullmatch(code):
            return BodyCode(found[1], tuple(found[2].split(".")[1:]), False)
    raise Invalid(
        "body.code",
        "Mã cơ quan phải có dạng H49.12.3 hoặc 000.00.00.H49. Xem lại mã.",
        "An organisation code looks like H49.12.3 or 000.00.00.H49.",
        field="code",
    )


@cache
def bodies() -> tuple[Body, ...]:
    """Every body in every version, by code and day (*các cơ quan qua các thời kỳ*)."""
    with _FILE.open(encoding="utf-8", newline="") as file:
        return tuple(_body(row) for row in csv.DictReader(file))


def _body(row: dict[str, str]) -> Body:
    return Body(
        row["code"],
        row["name"],
        BodyKind(row["kind"]),
        date.fromisoformat(row["valid_from"]),
        date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
        row["successor_code"],
        tuple(row["other_successors"].split()),
        row["change"],
        row["area_code"],
        row["source"],
        row["confidence"],
    )


def body_on(code: str, day: date) -> Body | None:
    """The level-1 body that a code, of any depth and form, belonged to on a day; None when there was none."""
    level_1 = parse_code(code).level_1
    return next((body for body in bodies() if body.code == level_1 and _is_in_force(body, day)), None)


def bodies_on(day: date, kind: BodyKind | None = None) -> tuple[Body, ...]:
    """The bodies in force on a day, of one kind or of all (*các cơ quan vào ngày*)."""
    return tuple(body for body in bodies() if _is_in_force(body, day) and kind in (None, body.kind))


def history_of(code: str) -> tuple[Body, ...]:
    """What a code stood for, the oldest first (*lịch sử của cơ quan*). Raises `NotFound` for a code nobody has."""
    level_1 = parse_code(code).level_1
    found = tuple(body for body in bodies() if body.code == level_1)
    if not found:
        raise NotFound(
            "body.unknown",
            f"Danh mục không có cơ quan cấp 1 mã {level_1}.",
            f"No body of level 1 has the code {level_1}.",
            field="code",
        )
    return found


def successor_of(code: str) -> Body:
    """The body that carries on what a code stood for, through every change since (*cơ quan kế thừa*).

    A body in force is its own successor. Raises `NotFound` for a code nobody has.
    """
    body = history_of(code)[-1]
    while body.valid_to is not None:
        body = history_of(body.successor_code)[-1]
    return body


def _is_in_force(body: Body, day: date) -> bool:
    return body.valid_from <= day and (body.valid_to is None or day <= body.valid_to)
