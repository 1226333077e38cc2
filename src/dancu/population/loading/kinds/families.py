"""Households, memberships, relations and residences: columns, and what must hold before a row reaches its table.

The tables hold these rules themselves (migration 0004). Here each has the sentence for the one row that breaks it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import polars as pl

from dancu.kernel.errors import Invalid
from dancu.population.families import HEAD, PARENT_KINDS, RELATION_KINDS, RESIDENCE_KINDS
from dancu.population.items import household_relations
from dancu.population.loading.fields import Choice, Day, Number, Place, Rule, Text, Whole, day, text
from dancu.population.loading.files import Row
from dancu.population.loading.kinds.kind import Kind


@dataclass(frozen=True)
class Check:
    """A condition in SQL on a staged row `l` under which it is rejected (*điều kiện từ chối*)."""

    field: str
    message: str
    condition: str


@dataclass(frozen=True)
class Clash:
    """Two rows with the same keys that cannot both stand while their times overlap (*trùng thời gian*)."""

    field: str
    message: str
    keys: tuple[str, ...]
    of: tuple[str, tuple[str, ...]] | None = None  # only rows whose column has one of the values
    apart: str | None = None  # only rows that differ in this column
    filled: str | None = None  # only rows where this column is not empty
    timed: bool = True  # False: at no time at all

    def against(self, table: str) -> Check:
        """The same, between a staged row and those the table holds."""
        parts = [f"x.{key} = l.{key}" for key in self.keys]
        if self.of:
            among = ", ".join(f"'{value}'" for value in self.of[1])
            parts += [f"{alias}.{self.of[0]} in ({among})" for alias in ("x", "l")]
        parts += [f"x.{self.apart} <> l.{self.apart}"] if self.apart else []
        parts += [f"l.{self.filled} <> ''"] if self.filled else []
        parts += ["daterange(x.valid_from, x.valid_to) && daterange(l.valid_from, l.valid_to)"] if self.timed else []
        parts += ["x.withdrawn_at is null"] if table != "population_household" else []
        return Check(self.field, self.message, f"exists (select from {table} x where {' and '.join(parts)})")


@dataclass(frozen=True)
class FamilyTable:
    """One of the four tables: how staged rows are judged and go in (*bảng hộ, quan hệ, cư trú*)."""

    kind: Kind
    checks: tuple[Check, ...]
    clashes: tuple[Clash, ...]
    last: tuple[Check, ...] = ()  # after the clashes: on what is left
    update: str = ""  # a statement that brings a row already held up to date

    @property
    def name(self) -> str:
        return "population_" + self.kind.name.removesuffix("s")

    @property
    def has_address(self) -> bool:
        return any(isinstance(field, Place) for field in self.kind.fields)


def _interval(first: str, last: str, strict: bool) -> Rule:
    least = "sau" if strict else "từ"
    column, end = (pl.col(name).str.to_date("%Y-%m-%d", strict=False) for name in (first, last))

    def holds(row: Row) -> bool:
        start, stop = day(row, first), day(row, last)
        return start is None or stop is None or (stop > start if strict else stop >= start)

    refusal = Invalid("load.interval", f"{last} phải {least} ngày {first}.", f"{last} must be after {first}.", field=last)
    return Rule(holds, (pl.col(last) == "") | (end > column if strict else end >= column), refusal)


def _time_limit(kind: str, plain_days: int, within: Callable[[date, date], bool], sentence: str, english: str) -> Rule:
    def holds(row: Row) -> bool:
        start, stop = day(row, "valid_from"), day(row, "valid_to")
        return text(row, "kind") != kind or start is None or (stop is not None and within(start, stop))

    first, last = (pl.col(name).str.to_date("%Y-%m-%d", strict=False) for name in ("valid_from", "valid_to"))
    short = ((last - first).dt.total_days() <= plain_days).fill_null(False)
    return Rule(holds, (pl.col("kind") != kind) | short, Invalid("load.interval", sentence, english, field="valid_to"))


def _two_years_at_most(start: date, stop: date) -> bool:
    try:
        return stop <= start.replace(year=start.year + 2)
    except ValueError:  # 29 February
        return stop <= date(start.year + 2, 2, 28)


_INTERVAL = (Day("valid_from", optional=False), Day("valid_to"), _interval("valid_from", "valid_to", strict=True))
_UNKNOWN = "{} Nạp bảng nhân thân (persons) trước, hoặc sửa số."


def _is_person(field: str, column: str) -> Check:
    message = _UNKNOWN.format("Không có người mang số này trong cơ sở dữ liệu.")
    return Check(field, message, f"not exists (select from population_person p where p.personal_no = l.{column})")


_IS_HOUSEHOLD = Check(
    "household_no",
    "Không có hộ mang số này. Nạp bảng hộ (households) trước, hoặc sửa số hộ.",
    "l.household_no is not null and not exists (select from population_household h where h.household_no = l.household_no)",
)
_ONE_AT_A_TIME = "Người này đã có {} khác trong cùng thời gian. Sửa ngày, hoặc bỏ dòng này."

HOUSEHOLDS = FamilyTable(
    Kind(
        "households",
        ("household_no", "formed_on"),
        (
            Whole("household_no"),
            Place(),
            Text("residence_file_no"),
            Day("formed_on", optional=False),
            Day("dissolved_on"),
            _interval("formed_on", "dissolved_on", strict=False),
        ),
    ),
    checks=(),
    clashes=(Clash("household_no", "Số hộ này đã có, với nội dung khác.", ("household_no",), timed=False),),
    update="""update population_household h set dissolved_on = l.dissolved_on from {staging} l
        where h.household_no = l.household_no and h.dissolved_on is null and l.dissolved_on is not null
          and (h.version, h.code, h.detail, h.residence_file_no, h.formed_on)
            = (l.version, l.code, l.detail, l.residence_file_no, l.formed_on)""",
)
_OPEN = "m.kind = 'permanent' and m.valid_to is null"
_HEADLESS = f"""l.household_no in (
    select household_no from (
        select m.household_no, m.relation = '{HEAD}' as is_head, {_OPEN} as is_open from {{staging}} m
        union all
        select m.household_no, m.relation = '{HEAD}', {_OPEN} from population_membership m
        where m.withdrawn_at is null and m.household_no in (select household_no from {{staging}})) m
    group by household_no having not bool_or(is_head) or (bool_or(is_open) and not bool_or(is_open and is_head)))"""  # noqa: S608

MEMBERSHIPS = FamilyTable(
    Kind(
        "memberships",
        ("household_no", "personal_id", "relation", "kind", "valid_from"),
        (
            Whole("household_no"),
            Number("personal_id"),
            Choice("relation", tuple(household_relations())),
            Choice("kind", ("permanent", "temporary")),
            *_INTERVAL,
        ),
        # Heads first: a household may not be without one, and the file may name its people in any order.
        passes=(pl.col("relation") == HEAD, pl.col("relation") != HEAD),
    ),
    checks=(_is_person("personal_id", "personal_no"), _IS_HOUSEHOLD),
    clashes=(
        Clash("personal_id", _ONE_AT_A_TIME.format("hộ thường trú"), ("personal_no",), ("kind", ("permanent",))),
        Clash("personal_id", _ONE_AT_A_TIME.format("hộ tạm trú"), ("personal_no",), ("kind", ("temporary",))),
        Clash(
            "relation",
            "Hộ này đã có chủ hộ khác trong cùng thời gian. Mỗi lúc một hộ chỉ có một chủ hộ.",
            ("household_no",),
            ("relation", (HEAD,)),
        ),
    ),
    last=(
        Check("household_no", "Hộ này không có chủ hộ (quan hệ 01), nên cả hộ không được nạp. Thêm dòng của chủ hộ.", _HEADLESS),
    ),
)
RELATIONS_TABLE = FamilyTable(
    Kind(
        "relations",
        ("personal_id", "kind", "other_id", "valid_from"),
        (
            Number("personal_id"),
            Choice("kind", RELATION_KINDS),
            Number("other_id", "other_no"),
            Rule(
                lambda row: text(row, "personal_id") != text(row, "other_id"),
                pl.col("personal_id") != pl.col("other_id"),
                Invalid("load.self", "Không ai có quan hệ này với chính mình.", "Nobody is related to himself.", field="other_id"),
            ),
            *_INTERVAL,
        ),
    ),
    checks=(
        _is_person("personal_id", "personal_no"),
        _is_person("other_id", "other_no"),
        Check("other_id", "Không ai có quan hệ này với chính mình.", "l.personal_no = l.other_no"),
        Check(
            "other_id",
            "Cha, mẹ phải sinh trước con ít nhất một năm. Xem lại hai số và năm sinh.",
            f"l.kind in {PARENT_KINDS} and exists (select from population_person p, population_person o "
            "where p.personal_no = l.personal_no and o.personal_no = l.other_no and o.birth_year >= p.birth_year)",
        ),
    ),
    clashes=(
        Clash("other_id", _ONE_AT_A_TIME.format("vợ hoặc chồng"), ("personal_no",), ("kind", ("spouse",))),
        Clash(
            "other_id",
            "Người này đã có cha (hoặc mẹ) khác. Sửa số, hoặc bỏ dòng này.",
            ("personal_no", "kind"),
            ("kind", ("father", "mother")),
            timed=False,
        ),
    ),
)
RESIDENCES = FamilyTable(
    Kind(
        "residences",
        ("personal_id", "kind", "valid_from"),
        (
            Number("personal_id"),
            Choice("kind", RESIDENCE_KINDS),
            Place(),
            Whole("household_no", optional=True),
            *_INTERVAL,
            # Luật Cư trú 68/2020/QH14, Điều 27: at most two years at a time; Điều 2 khoản 6: a stay is under thirty days.
            _time_limit(
                "temporary",
                729,
                _two_years_at_most,
                "Tạm trú phải có ngày hết hạn, dài nhất hai năm.",
                "A temporary residence ends within two years.",
            ),
            _time_limit(
                "stay",
                29,
                lambda start, stop: (stop - start).days < 30,
                "Lưu trú phải có ngày kết thúc và dưới ba mươi ngày.",
                "A stay is under thirty days.",
            ),
        ),
    ),
    checks=(_is_person("personal_id", "personal_no"), _IS_HOUSEHOLD),
    clashes=(
        *(
            Clash("kind", _ONE_AT_A_TIME.format(f"nơi {word}"), ("personal_no",), ("kind", (kind,)))
            for kind, word in (("permanent", "thường trú"), ("temporary", "tạm trú"), ("current", "ở hiện tại"))
        ),
        Clash(
            "code",
            "Nơi tạm trú và nơi thường trú cùng thời gian không thể ở cùng một đơn vị hành chính.",
            ("personal_no", "version", "code"),
            ("kind", ("permanent", "temporary")),
            apart="kind",
            filled="code",
        ),
    ),
)
FAMILY_TABLES = (HOUSEHOLDS, MEMBERSHIPS, RELATIONS_TABLE, RESIDENCES)
