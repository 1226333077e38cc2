"""Tax numbers and personal numbers of one list: where their link is not one to one, and what is linked already. Pure.

Works on whole columns, a share of the keys at a time, so that a list of tens of millions of taxpayers is a matter of seconds and
its sorting takes no more memory than the columns themselves.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dancu.reconcile.profiles.numbers import NO_NUMBER, TaxKind, TaxNumbers

Whole = NDArray[np.int64]
RECORDS_AT_ONCE = 12_000_000  # sorted at a time, some sixty bytes each


class LinkFinding(IntEnum):
    """What is said of the link of a tax number and a person (*kết quả rà soát liên kết mã số thuế*)."""

    ONE_TAX_NUMBER_SEVERAL_PERSONS = 1
    ONE_PERSON_SEVERAL_TAX_NUMBERS = 2
    IS_PERSONAL_NUMBER = 3
    IS_ANOTHER_PERSONS_NUMBER = 4
    OLD_BESIDE_PERSONAL = 5

    @property
    def code(self) -> str:
        return self.name.lower()

    @property
    def words(self) -> str:
        return _WORDS[self][0]

    @property
    def words_en(self) -> str:
        return _WORDS[self][1]

    @property
    def advice(self) -> str:
        return _WORDS[self][2]

    @property
    def advice_en(self) -> str:
        return _WORDS[self][3]


_WORDS: Mapping[LinkFinding, tuple[str, str, str, str]] = {
    LinkFinding.ONE_TAX_NUMBER_SEVERAL_PERSONS: (
        "Một mã số thuế gắn với nhiều số định danh",
        "One tax number with several personal numbers",
        "Bạn xác định người được cấp mã số thuế, gỡ các dòng còn lại.",
        "Find out to whom the tax number was given and take it from the others.",
    ),
    LinkFinding.ONE_PERSON_SEVERAL_TAX_NUMBERS: (
        "Một số định danh gắn với nhiều mã số thuế",
        "One personal number with several tax numbers",
        "Bạn giữ mã số thuế cấp đầu tiên, làm thủ tục đóng các mã còn lại.",
        "Keep the tax number that was given first and close the others.",
    ),
    LinkFinding.IS_PERSONAL_NUMBER: (
        "Mã số thuế đã là số định danh",
        "The tax number is the personal number already",
        "Bạn không cần làm gì thêm.",
        "Nothing is left to do.",
    ),
    LinkFinding.IS_ANOTHER_PERSONS_NUMBER: (
        "Mã số thuế là số định danh của người khác",
        "The tax number is another person's personal number",
        "Bạn kiểm tra cột số định danh và cột mã số thuế có lệch dòng không.",
        "Check whether the columns of both numbers slipped by a row.",
    ),
    LinkFinding.OLD_BESIDE_PERSONAL: (
        "Người này đã dùng số định danh làm mã số thuế nhưng còn dòng mang mã 10 số",
        "The personal number is her tax number already, and a number of ten digits is still there",
        "Bạn chuyển nghĩa vụ thuế về số định danh rồi đóng mã 10 số.",
        "Move the tax account to the personal number, then close the number of ten digits.",
    ),
}


class Standing(IntEnum):
    """What the tax number of a record is to the person it states (*quan hệ của mã số thuế với số định danh*)."""

    NONE = 0
    TEN_DIGITS = 1
    HERS = 2  # her personal number
    ANOTHERS = 3


@dataclass(frozen=True, slots=True)
class LinkColumns:
    """The columns links are found in (*các cột để rà soát liên kết*), seventeen bytes a record."""

    tax: Whole
    persons: Whole  # one number a person, -1 for nobody
    standings: NDArray[np.uint8]  # of `Standing`


@dataclass(frozen=True, slots=True)
class LinkFindings:
    """The rows each finding is about; those of one number or person have one group (*bảng rà soát liên kết*)."""

    kinds: NDArray[np.uint8]  # of `LinkFinding`
    groups: Whole
    rows: Whole

    def count(self, kind: LinkFinding) -> tuple[int, int]:
        """How many groups, and how many rows."""
        mine = self.kinds == kind
        return len(np.unique(self.groups[mine])), int(mine.sum())

    def as_table(self) -> pa.Table:
        """Row, group, code, words and what to do: for its owner, whose own rows these are."""
        kinds = [LinkFinding(each) for each in range(1, len(LinkFinding) + 1)]
        at = pa.array(self.kinds.astype(np.int32) - 1)
        texts = {
            "finding": [each.code for each in kinds],
            "words": [each.words for each in kinds],
            "advice": [each.advice for each in kinds],
        }
        return pa.table(
            {
                "row": self.rows,
                "group": self.groups,
                **{name: pa.DictionaryArray.from_arrays(at, pa.array(values)) for name, values in texts.items()},
            }
        )


def find_links(tax: TaxNumbers, stated: Whole, rows: Whole, *, led_to: Whole | None = None) -> LinkFindings:
    """Where tax numbers and persons do not go together one to one (*rà soát liên kết mã số thuế với số định danh*).

    `stated` are the personal numbers of the records, -1 where there is none; `led_to`, where a comparison was made, one whole
    number for the person each record led to, which joins her old and her new number. Nothing of the registry is in the result.
    """
    columns = LinkColumns(tax.values, stated if led_to is None else led_to, standings_of(tax, stated))
    found, (groups, at) = find_to_mend(columns), _each(columns.standings == Standing.HERS)
    return LinkFindings(
        np.concatenate([found.kinds, np.full(len(at), LinkFinding.IS_PERSONAL_NUMBER, np.uint8)]),
        np.concatenate([found.groups, groups]),
        rows[np.concatenate([found.rows, at])],
    )


def standings_of(tax: TaxNumbers, stated: Whole) -> NDArray[np.uint8]:
    """What each tax number is to the personal number its record states (*quan hệ của mã số thuế với số định danh*)."""
    standings = np.where(tax.kinds == TaxKind.TEN_DIGITS, np.uint8(Standing.TEN_DIGITS), np.uint8(Standing.NONE))
    is_personal = (stated != NO_NUMBER) & (tax.kinds == TaxKind.PERSONAL)
    standings[is_personal] = np.where(tax.values == stated, np.uint8(Standing.HERS), np.uint8(Standing.ANOTHERS))[is_personal]
    return standings


def find_to_mend(columns: LinkColumns, at_once: int = RECORDS_AT_ONCE) -> LinkFindings:
    """The findings that ask for something to be done (*liên kết cần xử lý*); their rows are places in the columns, from 0.

    Tax numbers that are the personal number already are none of them: in a list of today that is nearly every record.
    """
    shares = max(-(-len(columns.tax) // at_once), 1)
    found = [(LinkFinding.IS_ANOTHER_PERSONS_NUMBER, *_each(columns.standings == Standing.ANOTHERS))]
    for ten, _hers in _shared(columns.tax, columns, shares):
        found.append((LinkFinding.ONE_TAX_NUMBER_SEVERAL_PERSONS, *_several(columns.tax, columns.persons, ten)))
    for ten, hers in _shared(columns.persons, columns, shares):
        found.append((LinkFinding.ONE_PERSON_SEVERAL_TAX_NUMBERS, *_several(columns.persons, columns.tax, ten)))
        found.append((LinkFinding.OLD_BESIDE_PERSONAL, *_old_beside(columns.persons, ten, hers)))
    groups, last = [], dict.fromkeys(LinkFinding, 0)
    for kind, of_share, _at in found:
        groups.append(of_share + last[kind])
        last[kind] += int(of_share.max(initial=0))
    return LinkFindings(
        np.concatenate([np.full(len(at), kind, np.uint8) for kind, _groups, at in found]),
        np.concatenate(groups),
        np.concatenate([at for _kind, _groups, at in found]),
    )


def _shared(keys: Whole, columns: LinkColumns, shares: int) -> Iterator[tuple[Whole, Whole]]:
    """Places with ten digits and places with her own number, of persons that are known: a share of the keys at a time."""
    share = np.empty(len(keys), np.uint16)
    for begin in range(0, len(keys), RECORDS_AT_ONCE):
        here = slice(begin, begin + RECORDS_AT_ONCE)
        share[here] = np.where(columns.persons[here] == NO_NUMBER, shares, keys[here] % shares)
    for mine in range(shares):
        is_mine = share == mine
        ten, hers = (np.flatnonzero(is_mine & (columns.standings == each)) for each in (Standing.TEN_DIGITS, Standing.HERS))
        yield ten, hers


def _several(keys: Whole, others: Whole, at: Whole) -> tuple[Whole, Whole]:
    """The places whose key goes with more than one other, and a number from 1 for each such key; by key, then by place."""
    if not len(at):
        return at, at
    at = at[np.argsort(keys[at], kind="stable")]
    key, other = keys[at], others[at]
    begins = np.flatnonzero(np.concatenate([[True], key[1:] != key[:-1]]))
    is_several = np.minimum.reduceat(other, begins) != np.maximum.reduceat(other, begins)
    key_of = np.repeat(np.arange(len(begins)), np.diff(begins, append=len(at)))
    mine = is_several[key_of]
    return np.cumsum(is_several)[key_of[mine]].astype(np.int64), at[mine]


def _each(among: NDArray[np.bool_]) -> tuple[Whole, Whole]:
    at = np.flatnonzero(among)
    return np.arange(1, len(at) + 1, dtype=np.int64), at


def _old_beside(persons: Whole, ten: Whole, hers: Whole) -> tuple[Whole, Whole]:
    """Places with ten digits of persons who have another record with their personal number; a group a person."""
    at = ten[np.isin(persons[ten], persons[hers])]
    _persons, groups = np.unique(persons[at], return_inverse=True)
    return groups.astype(np.int64) + 1, at
