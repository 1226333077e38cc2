"""Which column is what: by its heading, by what stands in it, by what whoever sent the list says. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping as Pairs
from dataclasses import dataclass, field, replace

from dancu.reconcile.reading import refusals
from dancu.reconcile.reading.contents import fitness
from dancu.reconcile.reading.encodings import Legacy, converted, detect_texts
from dancu.reconcile.reading.files import OpenedList
from dancu.reconcile.reading.headings import Role, is_of_others, role_of
from dancu.reconcile.reading.limits import PREVIEW_ROWS
from dancu.reconcile.reading.sexes import code_in, codes_of

CONFIDENCE_MIN = 0.35
_WHOLE, _PART, _UNNAMED = 0.6, 0.5, 0.75  # what a heading is worth, and what content alone is
HEADINGS_SHOWN_MAX = 30
BIRTH_PARTS = (Role.BIRTH_DAY, Role.BIRTH_MONTH, Role.BIRTH_YEAR)
TEXTS = (Role.NAME, Role.FATHER, Role.MOTHER, Role.ADDRESS, Role.PROVINCE, Role.HOME_TOWN, Role.SEX, Role.SOURCE)
# What a comparison by number needs of a list.
BY_NUMBER = (Role.NUMBER, Role.NAME, Role.BIRTH_DATE)


@dataclass(frozen=True, slots=True)
class MappedColumn:
    """A column of the list and what it is to the comparison (*cột đã nhận biết*)."""

    role: Role
    at: int  # from 0
    heading: str
    confidence: float  # from 0 to 1; 1 where whoever sent the list chose it
    alternative: int | None = None  # the next best column for this role
    legacy: Legacy | None = None  # its letters were written in; they are brought to Unicode on reading


@dataclass(frozen=True, slots=True)
class Mapping:
    """Which column is what (*bảng ghép cột*)."""

    columns: Pairs[Role, MappedColumn]

    def at(self, role: Role) -> int | None:
        found = self.columns.get(role)
        return found.at if found else None

    def has(self, role: Role) -> bool:
        """A birth date also stands in three columns, or in one of the year alone."""
        return role in self.columns or (role is Role.BIRTH_DATE and Role.BIRTH_YEAR in self.columns)


@dataclass(frozen=True, slots=True)
class Preview:
    """The first rows as they are read, under what they are taken for (*xem trước*)."""

    headings: tuple[str, ...]
    roles: tuple[Role | None, ...]
    rows: tuple[tuple[str, ...], ...] = field(repr=False)  # it is about people
    mapping: Mapping
    notes: tuple[str, ...]


def detect(opened: OpenedList) -> Mapping:
    """Tell the columns (*nhận biết cột*): the surest pairs of column and role first, each column and each role once."""
    scores: list[tuple[float, int, Role]] = []
    columns = [[row[at] for row in opened.sample] for at in range(len(opened.headings))]
    for at, heading in enumerate(opened.headings):
        scores += [(score, at, role) for role, score in _scores(heading if opened.has_header else "", columns[at]).items()]
    scores.sort(key=lambda each: (-each[0], each[1]))
    chosen: dict[Role, MappedColumn] = {}
    taken: set[int] = set()
    for score, at, role in scores:
        if score >= CONFIDENCE_MIN and role not in chosen and at not in taken:
            chosen[role] = MappedColumn(role, at, opened.headings[at], round(score, 2))
            taken.add(at)
    for role, column in chosen.items():
        others = [at for _score, at, other in scores if other is role and at != column.at]
        chosen[role] = replace(column, alternative=others[0] if others else None, legacy=_legacy(role, columns[column.at]))
    return Mapping(_one_birth_date(chosen))


def _scores(heading: str, values: list[str]) -> dict[Role, float]:
    """How sure each role is for a column. A heading counts more than content, and content that contradicts it counts against it."""
    if is_of_others(heading):
        return {}
    named, found = role_of(heading) if heading else None, {}
    for role in Role:
        fits = fitness(role, values)
        if named and named[0] is role:
            known = _WHOLE if named[1] else _PART
            found[role] = known + (1 - known) * fits if fits is not None else known + 0.2
            if fits is not None and fits < 0.1:
                found[role] = known / 2 + 0.1
        elif fits is not None and not named:
            found[role] = _UNNAMED * fits
        elif fits is not None and named and fits > 0.9 and role in (Role.NUMBER, Role.NAME):
            found[role] = CONFIDENCE_MIN * fits  # an alternative to offer, nearly never a choice
    return found


def _legacy(role: Role, values: list[str]) -> Legacy | None:
    return detect_texts(values) if role in TEXTS else None


def _one_birth_date(chosen: dict[Role, MappedColumn]) -> dict[Role, MappedColumn]:
    """Three columns of a date are of use together only; a whole date makes a year beside it needless."""
    if Role.BIRTH_DATE in chosen or Role.BIRTH_YEAR not in chosen:
        return {role: column for role, column in chosen.items() if role not in BIRTH_PARTS}
    return chosen


def mapped(opened: OpenedList, own: Pairs[Role, str | int] | None = None) -> Mapping:
    """The mapping with what the user chose instead (*ghép cột theo người dùng*): headings, or numbers of columns from 0.

    Raises `Invalid` for a column the list does not have.
    """
    found = dict(detect(opened).columns)
    for role, wanted in (own or {}).items():
        at = _column(opened, role, wanted)
        for other in [each for each, column in found.items() if column.at == at]:
            del found[other]
        values = [row[at] for row in opened.sample]
        found[role] = MappedColumn(role, at, opened.headings[at], 1.0, legacy=_legacy(role, values))
    if own and Role.BIRTH_YEAR in own:
        found.pop(Role.BIRTH_DATE, None)
    return Mapping(found)


def _column(opened: OpenedList, role: Role, wanted: str | int) -> int:
    if isinstance(wanted, int):
        if 0 <= wanted < len(opened.headings):
            return wanted
    elif wanted in opened.headings:
        return opened.headings.index(wanted)
    raise refusals.unknown_column(role.value, str(wanted))


def require(opened: OpenedList, mapping: Mapping, roles: Iterable[Role] = BY_NUMBER) -> None:
    """Raises `Invalid` that names the first column a comparison needs and the list does not have."""
    for role in roles:
        if not mapping.has(role):
            seen = ", ".join(f"“{each}”" for each in opened.headings[:HEADINGS_SHOWN_MAX])
            raise refusals.missing_column(role.value, role.words, role.words_en, seen)


def preview(opened: OpenedList, mapping: Mapping) -> Preview:
    """What the user sees before a comparison begins (*xem trước danh sách*)."""
    roles: list[Role | None] = [None] * len(opened.headings)
    legacy: dict[int, Legacy] = {}
    for role, column in mapping.columns.items():
        roles[column.at] = role
        if column.legacy:
            legacy[column.at] = column.legacy
    rows = tuple(
        tuple(converted(text, legacy[at]) if at in legacy else text for at, text in enumerate(row))
        for row in opened.sample[:PREVIEW_ROWS]
    )
    return Preview(opened.headings, tuple(roles), rows, mapping, opened.notes + _about_sexes(opened, mapping))


def sex_codes(opened: OpenedList, sex_at: int | None, number_at: int | None) -> Pairs[str, str]:
    """What digits in the list's column of sexes mean (*quy ước mã giới tính của danh sách*); nothing where nobody can tell."""
    if sex_at is None:
        return {}
    return codes_of((row[sex_at], row[number_at] if number_at is not None else "") for row in opened.sample)


def _about_sexes(opened: OpenedList, mapping: Mapping) -> tuple[str, ...]:
    """Digits say little of what they mean, so whoever sent the list is told how they are read, and which are not."""
    column = mapping.columns.get(Role.SEX)
    found = sorted({code for row in opened.sample if (code := code_in(row[column.at]))}) if column else []
    if column is None or not found:
        return ()
    known = sex_codes(opened, column.at, mapping.at(Role.NUMBER))
    read = ", ".join(f"{code} = {known[code]}" for code in found if code in known)
    unread = ", ".join(code for code in found if code not in known)
    told = f"được đọc là {read}" if read else ""
    doubt = f"{'riêng ' if read else ''}{unread} không rõ là Nam hay Nữ nên không được đối chiếu" if unread else ""
    return (
        f"Cột “{column.heading}” ghi bằng chữ số, {'; '.join(filter(None, (told, doubt)))}. Nếu danh sách của bạn quy ước khác, bạn"
        " ghi lại thành Nam, Nữ rồi gửi lại tệp, hoặc không ghép cột này.",
    )
