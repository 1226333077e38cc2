"""Two people behind one act: when are two hands apart? One answer for the whole house; pure.

Another account is not enough: one human may hold two. Nor is another human: a colleague of the same unit is asked too
easily. And whoever acts for somebody else is both of them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Literal

import msgspec

Mark = Literal["account", "holder", "unit"]
MARKS: tuple[Mark, ...] = ("account", "holder", "unit")


class Hand(msgspec.Struct, frozen=True):
    """An officer as far as four eyes must know her: account, unit, and the human who holds the account (*người thực hiện*)."""

    account: str
    unit: str  # organisation and unit, for example H57.12.3/MC
    holder: str  # the same for all accounts of one human


def share(mark: Mark, ones: Iterable[Hand], others: Iterable[Hand]) -> bool:
    """Is there an account, a human or a unit on both sides (*có chung*)?"""
    return not {getattr(hand, mark) for hand in ones}.isdisjoint({getattr(hand, mark) for hand in others})


def are_apart(ones: Collection[Hand], others: Collection[Hand], marks: Iterable[Mark] = MARKS) -> bool:
    """May the ones decide on what the others did (*hai người khác nhau*)? Nobody known on a side: not apart.

    Who acts for another names both hands: delegation lends a role, never a hand.
    """
    if not ones or not others:
        return False
    return not any(share(mark, ones, others) for mark in marks)
