"""Tax numbers and personal numbers of one list: where their link is not one to one, and what is linked already. Pure.

Works on whole columns by sorting, so that a list of tens of millions of taxpayers is a matter of seconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dancu.reconcile.profiles.numbers import NO_NUMBER, TaxKind, TaxNumbers

Whole = NDArray[np.int64]


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
    persons = stated if led_to is None else led_to
    is_ten = (persons != NO_NUMBER) & (tax.kinds == TaxKind.TEN_DIGITS)
    is_personal = (stated != NO_NUMBER) & (tax.kinds == TaxKind.PERSONAL)
    is_hers = is_personal & (tax.values == stated)
    found = [
        (LinkFinding.ONE_TAX_NUMBER_SEVERAL_PERSONS, *_several(tax.values, persons, is_ten)),
        (LinkFinding.ONE_PERSON_SEVERAL_TAX_NUMBERS, *_several(persons, tax.values, is_ten)),
        (LinkFinding.IS_PERSONAL_NUMBER, *_each(is_hers)),
        (LinkFinding.IS_ANOTHER_PERSONS_NUMBER, *_each(is_personal & ~is_hers)),
        (LinkFinding.OLD_BESIDE_PERSONAL, *_old_beside(persons, is_ten, is_hers & (persons != NO_NUMBER))),
    ]
    return LinkFindings(
        np.concatenate([np.full(len(at), kind, np.uint8) for kind, _groups, at in found]),
        np.concatenate([groups for _kind, groups, _at in found]),
        rows[np.concatenate([at for _kind, _groups, at in found])],
    )


def _several(keys: Whole, others: Whole, among: NDArray[np.bool_]) -> tuple[Whole, Whole]:
    """The places whose key goes with more than one other, and a number from 1 for each such key; by key, then by place."""
    at = np.flatnonzero(among)
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


def _old_beside(persons: Whole, is_ten: NDArray[np.bool_], is_hers: NDArray[np.bool_]) -> tuple[Whole, Whole]:
    """Rows with ten digits of persons who have another row with their personal number; a group a person."""
    at = np.flatnonzero(is_ten & np.isin(persons, persons[is_hers]))
    _persons, groups = np.unique(persons[at], return_inverse=True)
    return groups.astype(np.int64) + 1, at
