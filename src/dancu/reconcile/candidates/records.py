"""The records nobody was found for, made ready once: a line of words each, and the canonical form of each name.

A line is sixty-four bytes, one line of memory: keys of the name as the registry's rows have them, date, number, sex, commune, and
how common the name is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dancu.kernel.names import canonical_name
from dancu.reconcile.compiling import compiled
from dancu.reconcile.engine.exact import Batch
from dancu.reconcile.engine.judging import has_marks
from dancu.reconcile.engine.letters import letters
from dancu.reconcile.engine.loose_keys import loose_keys
from dancu.reconcile.engine.name_keys import LENGTH_MAX, NameKey, canonical_units, hash_units
from dancu.reconcile.engine.parsing import YEAR_MAX, YEAR_MIN, parse_date
from dancu.reconcile.engine.repairing import repaired_name

# Words of a line.
(
    NAME_LOW,
    NAME_HIGH,
    BARE,
    SOFT,
    ANY,
    ENDS,
    DATE,
    HEAD,
    TAIL,
    KIND,
    COMMUNE,
    SEX,
    COMMON_LOW,
    COMMON_HIGH,
    EXPANDED,
    EXPANDED_TOO,
) = range(16)
LINE = 16
NUMBER_UNREAD, NUMBER_FULL, NUMBER_SHORT, NUMBER_LONG = 0, 1, 2, 3  # two bits of KIND: twelve digits, one lost, one too many
NO_MARKS, MAY_BE_SOFT = 4, 8  # further bits of KIND
_FULL_LENGTH = 12
_I, _Y, _BLANK, _TONE_FIRST, _TONE_LAST = 105, 121, 32, 49, 53
_NOT_A_DIGIT, _PASSED = 20, 21
# Family names as they are shortened by hand; the second reading of a letter that may stand for two.
_SHORT_FORMS = (("ng", "Nguyễn", ""), ("tr", "Trần", "Trương"), ("p", "Phạm", "Phan"), ("ph", "Phạm", "Phan"),
                ("h", "Hoàng", "Huỳnh"), ("đ", "Đặng", "Đỗ"), ("v", "Võ", "Vũ"), ("b", "Bùi", ""), ("l", "Lê", ""))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Unresolved:
    """Records of a list the comparison by number found nobody for (*bản ghi chưa xác định được người*).

    `communes` are present codes: who has an address in former units translates it first. What is not known is 0.
    """

    places: NDArray[np.int64]  # where each stands in its list
    texts: Batch
    sexes: NDArray[np.uint8]  # 1 men, 2 women
    communes: NDArray[np.uint32]

    def __len__(self) -> int:
        return len(self.places)


@dataclass(frozen=True, slots=True)
class Ready:
    """Records ready to be looked for (*bản ghi đã chuẩn bị*): lines, and names as UTF-16 units end to end.

    Lines are in the order of the numbers' six leading digits, as the registry is: what is near there is near here. `order` says
    which record each line is of, and `starts` where a record's name begins.
    """

    lines: NDArray[np.uint32]
    units: NDArray[np.uint16]
    starts: NDArray[np.int64]
    order: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.lines)


def ready(records: Unresolved, key: NameKey, year_now: int) -> Ready:
    """Read numbers, dates and names of the records once."""
    count, texts, tables = len(records), records.texts, letters(repairing=True)
    lines, starts = np.zeros((count, LINE), np.uint32), np.zeros(count + 1, np.int64)
    units, slow = np.empty(len(texts.names) + 8 * count + 8, np.uint16), np.empty(count, np.int64)
    lines[:, COMMUNE], lines[:, SEX] = records.communes, records.sexes
    secret = (np.uint64(key.first), np.uint64(key.second))
    found = _read(
        (texts.numbers, texts.number_offsets, texts.dates, texts.date_offsets, texts.names, texts.name_offsets),
        (tables.added, tables.composed, tables.bare),
        (*secret, *_short_forms(key)),
        (year_now, _DIGITS),
        (lines, units, starts, slow),
    )
    if found:
        units, starts = _with_slow_names(texts, slow[:found], units, starts)
    _write_all_keys(lines, units, starts, tables.bare, (*secret, *_short_forms(key)))
    order = np.argsort(lines[:, HEAD], kind="stable")
    return Ready(lines[order], units[: starts[-1]], starts, order)


def _digits() -> NDArray[np.uint8]:
    found = np.full(256, _NOT_A_DIGIT, np.uint8)
    found[ord("0") : ord("9") + 1] = np.arange(10)
    found[[ord("O"), ord("o")]] = 0
    found[[ord(letter) for letter in "Iil|"]] = 1
    found[[*b" .-'\t\xc2\xa0"]] = _PASSED
    return found


_DIGITS = _digits()


def _short_forms(key: NameKey) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Hashes of shortened family names, and of the words they stand for."""
    words = [[canonical_name(each) for each in form] for form in _SHORT_FORMS]
    hashed = np.array([[_hash(each, key) for each in form] for form in words], np.uint64)
    return hashed[:, 0].copy(), hashed[:, 1:].copy()


def _hash(word: str, key: NameKey) -> int:
    units = np.frombuffer((word or " ").encode("utf-16-le"), np.uint16).copy()
    return int(hash_units(units, len(units), np.uint64(key.first), np.uint64(key.second))) if word else 0


@compiled
def _read(texts, tables, secret, reading, made):  # type: ignore[no-untyped-def]
    numbers, number_offsets, dates, date_offsets, names, name_offsets = texts
    added, composed, _bare = tables
    year_now, digits = reading
    lines, units, starts, slow = made
    out, written, slow_count = np.empty(LENGTH_MAX, np.uint16), 0, 0
    for at in range(len(lines)):
        _read_number(numbers, number_offsets[at], number_offsets[at + 1], digits, lines[at])
        date = parse_date(dates, date_offsets[at], date_offsets[at + 1], year_now)
        lines[at, DATE] = date if date != 0 else _year_alone(dates, date_offsets[at], date_offsets[at + 1])
        length, _placed = canonical_units(names, name_offsets[at], name_offsets[at + 1], added, composed, out)
        if length < 0:
            slow[slow_count], length = at, 0
            slow_count += 1
        if not has_marks(names, name_offsets[at], name_offsets[at + 1]):
            lines[at, KIND] |= np.uint32(NO_MARKS)
        for i in range(length):
            units[written + i] = out[i]
        written += length
        starts[at + 1] = written
    return slow_count


@compiled
def _year_alone(data, start, end):  # type: ignore[no-untyped-def]
    """The year at the end of a date that is none, like 17/94/1998."""
    year = np.int64(0)
    for at in range(max(start, end - 4), end):
        if not 48 <= data[at] <= 57:
            return np.uint32(0)
        year = year * 10 + np.int64(data[at] - 48)
    return np.uint32(year << 9) if YEAR_MIN <= year <= YEAR_MAX else np.uint32(0)


@compiled
def _read_number(data, start, end, digits, line):  # type: ignore[no-untyped-def]
    """The first six and the last six digits of what stands for a twelve-digit number, even with one lost or one too many."""
    value, count, first = np.int64(0), 0, np.int64(0)
    for at in range(start, end):
        digit = digits[data[at]]
        if digit == _PASSED:
            continue
        if digit == _NOT_A_DIGIT or count > _FULL_LENGTH:
            return
        first = np.int64(digit) if count == 0 else first
        value, count = value * 10 + np.int64(digit), count + 1
    kind = NUMBER_FULL
    if count == _FULL_LENGTH - 1 and first == 0:
        kind = NUMBER_SHORT  # every number begins with zero: of one that still does, another digit was lost
    elif count == _FULL_LENGTH + 1:
        kind = NUMBER_LONG
    elif count < _FULL_LENGTH - 2 or count > _FULL_LENGTH:
        return
    head = value
    if kind == NUMBER_SHORT:
        head = value * 10
    elif kind == NUMBER_LONG:
        head = value // 10
    line[HEAD], line[TAIL] = np.uint32(head // 1_000_000), np.uint32(value % 1_000_000)
    line[KIND] |= np.uint32(kind)


def _with_slow_names(
    texts: Batch, slow: NDArray[np.int64], units: NDArray[np.uint16], starts: NDArray[np.int64]
) -> tuple[NDArray[np.uint16], NDArray[np.int64]]:
    """Put in the names the compiled loop left out, read by the definition."""
    lengths, pieces, begin = np.diff(starts), [], 0
    for at in slow:
        form = np.frombuffer(canonical_name(repaired_name(texts.name(int(at)))).encode("utf-16-le"), np.uint16)[: LENGTH_MAX - 8]
        pieces += [units[starts[begin] : starts[at]], form]
        lengths[at], begin = len(form), int(at)
    pieces.append(units[starts[begin] : starts[-1]])
    return np.concatenate([*pieces, np.zeros(8, np.uint16)]), np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)])


@compiled
def _write_all_keys(lines, units, starts, bare, secret):  # type: ignore[no-untyped-def]
    first, second, shorts, longs = secret
    out, scratch, keys = np.empty(LENGTH_MAX, np.uint16), np.empty(LENGTH_MAX, np.uint16), np.empty(4, np.uint32)
    for at in range(len(lines)):
        length = starts[at + 1] - starts[at]
        if length == 0:
            continue
        for i in range(length):
            out[i] = units[starts[at] + i]
        name = hash_units(out, length, first, second)
        loose_keys(out, length, first, second, bare, scratch, keys)
        line = lines[at]
        line[NAME_LOW], line[NAME_HIGH] = np.uint32(name & np.uint64(0xFFFFFFFF)), np.uint32(name >> np.uint64(32))
        for i in range(4):
            line[BARE + i] = keys[i]
        if _ends_in_i_or_y(out, length):
            line[KIND] |= np.uint32(MAY_BE_SOFT)
        _expand(out, length, first, second, shorts, longs, scratch, line)


@compiled
def _ends_in_i_or_y(units, length):  # type: ignore[no-untyped-def]
    for at in range(length):
        is_end = at + 1 == length or units[at + 1] == _BLANK or _TONE_FIRST <= units[at + 1] <= _TONE_LAST
        if is_end and (units[at] == _I or units[at] == _Y):
            return True
    return False


@compiled
def _expand(units, length, first, second, shorts, longs, scratch, line):  # type: ignore[no-untyped-def]
    """Keys of the first and last word with a shortened family name written out: what `Ng. V. An` may stand for."""
    end, begin = 0, length
    while end < length and units[end] != _BLANK:
        end += 1
    while begin > 0 and units[begin - 1] != _BLANK:
        begin -= 1
    if end > 2 or end == length:
        return
    for i in range(end):
        scratch[i] = units[i]
    word = hash_units(scratch, end, first, second)
    for i in range(length - begin):
        scratch[i] = units[begin + i]
    last = hash_units(scratch, length - begin, first, second)
    for form in range(len(shorts)):
        if shorts[form] == word:
            for i in range(2):
                if longs[form, i] != 0:
                    line[EXPANDED + i] = np.uint32((longs[form, i] * np.uint64(3) + last) >> np.uint64(32))
