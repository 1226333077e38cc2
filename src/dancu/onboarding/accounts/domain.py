"""An uploaded account list and what is right and wrong with it: rows as they came in, accepted rows, faults and warnings out. Pure.

The columns are in `columns`, the rules of single cells in `rules`, the sentences in `faults`; here a row and the whole list are
judged. One fault a cell: the first thing to mend there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from dancu.kernel.dates import PartialDate
from dancu.kernel.errors import Invalid
from dancu.kernel.names import folded_name
from dancu.kernel.personal_id import PersonalId
from dancu.onboarding.accounts import rules
from dancu.onboarding.accounts.columns import COLUMNS, LEVELS, ORDINAL, ROWS_MAX, TELLING, Choice, tidy
from dancu.onboarding.accounts.faults import RowFault, Trouble, row_fault

# How a list ends on paper: sums, who signs, place and day. Whatever stands below the first of these is no row of the list.
_CLOSING = re.compile(
    r"(kt|q)?(nguoilap|thutruong|tongso|tongcong|cong\d|noinhan|kyten|kyghiro|giamdoc|chutich|tmuyban|tmubnd|tm|xacnhan|daidien"
    r"|truongphong|danhsachnayco)"
)
_FILLED_MIN = 4
_DAY_LINE = re.compile(r"ngay\d*thang\d*nam\d*$")


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row as it was uploaded (*dòng đã gửi*): its number in the file, the text under each column that was found."""

    row: int
    texts: Mapping[str, str] = field(repr=False)
    formulas: frozenset[str] = frozenset()  # columns whose cell holds a formula
    beside: tuple[str, ...] = field(default=(), repr=False)  # texts under no column of the list


@dataclass(frozen=True, slots=True)
class ListContext:
    """What is known beside the file when a list is checked (*điều đã biết khi kiểm danh sách*)."""

    on: date
    services: tuple[Choice, ...]  # registered in the dossier, by their integration codes
    roles: tuple[Choice, ...]
    taken_accounts: frozenset[str] = frozenset()  # on the lists of other organisations
    units: tuple[str, ...] = ()  # of the organisation; empty: not compared
    mail_domains: tuple[str, ...] = ()  # official beside .gov.vn, of an enterprise
    provinces: frozenset[str] = frozenset()  # first three digits of numbers; empty: not compared


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One account an organisation vouches for (*dòng danh sách tài khoản*)."""

    row: int
    full_name: str = field(repr=False)
    personal_id: PersonalId
    birth_date: PartialDate = field(repr=False)
    position: str
    unit: str
    level: str  # code of `columns.LEVELS`
    phone: str = field(repr=False)
    mail: str = field(repr=False)
    account: str = field(repr=False)
    role: str
    services: tuple[str, ...]
    note: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Checked:
    """What checking a list found (*kết quả kiểm danh sách*)."""

    rows: int  # how many rows tell a person, or should
    accepted: tuple[AccountRow, ...]
    faults: tuple[RowFault, ...]
    warnings: tuple[RowFault, ...]
    last_row: int  # what stands below it closes the paper

    @property
    def is_whole(self) -> bool:
        """May the list be taken as it is?"""
        return bool(self.accepted) and not self.faults

    @property
    def rows_to_mend(self) -> int:
        return len({fault.row for fault in self.faults})


def check(rows: Sequence[SheetRow], context: ListContext) -> Checked:
    """Judge every row and the list as a whole (*kiểm danh sách tài khoản*).

    Raises `Invalid` for a list without rows, or with too many.
    """
    judged = _rows_of_list(rows)
    if not judged:
        raise Invalid(
            "accounts.no_rows",
            "Danh sách chưa có người nào. Điền ít nhất một dòng dưới hàng tiêu đề.",
            "The list has no rows. Fill in at least one below the header.",
            field="file",
        )
    if len(judged) > ROWS_MAX:
        raise too_many_rows()
    checking = _Checking(context)
    for row in judged:
        checking.judge(row)
    found = sorted(checking.found, key=lambda fault: fault.row)
    return Checked(
        len(judged),
        tuple(checking.accepted),
        tuple(fault for fault in found if not fault.is_warning),
        tuple(fault for fault in found if fault.is_warning),
        judged[-1].row,
    )


def too_many_rows() -> Invalid:
    """The refusal of a list that is longer than one file may be."""
    return Invalid(
        "accounts.too_many",
        f"Danh sách dài quá {ROWS_MAX:,} dòng. Tách thành nhiều tệp rồi gửi từng tệp.".replace(",", "."),
        f"The list has more than {ROWS_MAX} rows. Split it into several files.",
        field="file",
    )


def _rows_of_list(rows: Sequence[SheetRow]) -> list[SheetRow]:
    """Without rows that hold a running number only, and without what closes the list on paper."""
    filled = [row for row in rows if row.formulas or any(not rules.is_empty(text) for text in _all_texts(row))]
    last = next((at for at in reversed(range(len(filled))) if _tells_person(filled[at])), -1)
    for at in range(last + 1, len(filled)):
        if any(_closes(folded_name(text)) for text in _all_texts(filled[at])):
            return filled[:at]
    return filled


def _closes(folded: str) -> bool:
    return bool(_CLOSING.match(folded) or _DAY_LINE.search(folded))


def _all_texts(row: SheetRow) -> list[str]:
    return [text for column, text in row.texts.items() if column != ORDINAL] + list(row.beside)


def _tells_person(row: SheetRow) -> bool:
    """Two things that tell a person, or one among others. A signature stands under any column, also under that of birth dates."""
    filled = {key for key, text in row.texts.items() if key != ORDINAL and not rules.is_empty(text)} | row.formulas
    telling = len(filled.intersection(TELLING))
    return telling > 1 or (telling == 1 and len(filled) >= _FILLED_MIN)


class _Checking:
    """One pass over a list: what was seen on earlier rows, and what was found."""

    def __init__(self, context: ListContext) -> None:
        self.context = context
        self.taken = frozenset(name.casefold() for name in context.taken_accounts)
        self.units = frozenset(map(folded_name, context.units))
        self.numbers: dict[PersonalId, int] = {}
        self.accounts: dict[str, int] = {}
        self.read_before: dict[tuple[str, str], object] = {}  # a list says the same few things on thousands of rows
        self.accepted: list[AccountRow] = []
        self.found: list[RowFault] = []

    def judge(self, row: SheetRow) -> None:
        if not _tells_person(row):
            stands = next((c.key for c in COLUMNS if c.key != ORDINAL and row.texts.get(c.key, "").strip()), "")
            self._add(row, stands, Trouble("row.stray"), row.texts.get(stands, "") or next(iter(row.beside), ""))
            return
        texts = {c.key: _value(row.texts.get(c.key, "")) for c in COLUMNS}
        read = _Row(row, texts)
        for column in COLUMNS:
            self._judge_cell(read, column.key, is_required=column.is_required)
        if not read.is_faulty:
            self.accepted.append(_accepted(read))

    def _judge_cell(self, read: _Row, column: str, *, is_required: bool) -> None:
        text = read.texts[column]
        is_formula = column in read.row.formulas
        if not text and not is_formula:
            if is_required:
                read.is_faulty = self._add(read.row, column, Trouble("cell.missing"), "") or read.is_faulty
            return
        trouble = rules.check_any(column, text, is_formula=is_formula)
        value = trouble or self._read(read, column, text)
        if isinstance(value, Trouble):
            # A warning leaves the value standing.
            read.is_faulty = self._add(read.row, column, value, text) or read.is_faulty
        else:
            read.values[column] = value

    def _add(self, row: SheetRow, column: str, trouble: Trouble, value: str) -> bool:
        """Note what was found; True when it keeps the row out."""
        fault = row_fault(row.row, column, trouble, value)
        self.found.append(fault)
        return not fault.is_warning

    def _read(self, read: _Row, column: str, text: str) -> object:
        match column:
            case "full_name":
                return rules.read_full_name(text)
            case "personal_id":
                return self._read_number(read, text)
            case "phone":
                return rules.read_phone(text)
            case "mail":
                return rules.check_mail(text, self.context.mail_domains) or text
            case "account":
                return self._read_account(read, text)
            case "services":
                return self._read_alone(column, read.row.texts["services"])
            case "birth_date" | "unit" | "level" | "role":
                return self._read_alone(column, text)
            case _:
                return text

    def _read_alone(self, column: str, text: str) -> object:
        """A cell that is judged by nothing but its text, once for each text."""
        key = column, text
        if key not in self.read_before:
            self.read_before[key] = self._judge_alone(column, text)
        return self.read_before[key]

    def _judge_alone(self, column: str, text: str) -> object:
        context = self.context
        match column:
            case "birth_date":
                return rules.read_birth_date(text, context.on)
            case "unit":
                known = not self.units or folded_name(text) in self.units
                return text if known else Trouble("unit.unknown")
            case "level":
                return rules.read_choice(text, LEVELS, "level.unknown", "cap")
            case "role":
                return rules.read_choice(text, context.roles, "role.unknown")
            case "services":
                return rules.read_services(text, context.services)
            case _:
                return text

    def _read_number(self, read: _Row, text: str) -> PersonalId | Trouble:
        number = rules.read_personal_id(text, self.context.provinces)
        if isinstance(number, Trouble):
            return number
        read.number = number
        first = self.numbers.setdefault(number, read.row.row)
        if first != read.row.row:
            return Trouble("personal_id.duplicate", {"other": first})
        born = self._read_alone("birth_date", read.texts["birth_date"])
        doubt = rules.doubts_about(number, born if isinstance(born, PartialDate) else None, self.context.provinces, self.context.on)
        return doubt or number

    def _read_account(self, read: _Row, text: str) -> str | Trouble:
        if trouble := rules.check_account(text, read.number, read.texts["personal_id"]):
            return trouble
        first = self.accounts.setdefault(text.casefold(), read.row.row)
        if first != read.row.row:
            return Trouble("account.duplicate", {"other": first})
        return Trouble("account.taken") if text.casefold() in self.taken else text


class _Row:
    """What is known of the row that is being read."""

    def __init__(self, row: SheetRow, texts: Mapping[str, str]) -> None:
        self.row = row
        self.texts = texts
        self.values: dict[str, object] = {}
        self.number: PersonalId | None = None
        self.is_faulty = False


def _value(text: str) -> str:
    clean = tidy(text)
    return "" if rules.is_empty(clean) else clean


def _accepted(read: _Row) -> AccountRow:
    born, level, role, services = (read.values[column] for column in ("birth_date", "level", "role", "services"))
    texts, number = read.texts, read.number
    # A row without fault has all of these; a warning leaves the text of its cell standing.
    assert isinstance(number, PersonalId)
    assert isinstance(born, PartialDate)
    assert isinstance(level, str)
    assert isinstance(role, str)
    assert isinstance(services, tuple)
    return AccountRow(
        read.row.row,
        texts["full_name"],
        number,
        born,
        texts["position"],
        texts["unit"],
        level,
        str(read.values.get("phone", texts["phone"])),
        texts["mail"],
        texts["account"],
        role,
        services,
        texts["note"],
    )
