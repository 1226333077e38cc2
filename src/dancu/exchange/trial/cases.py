"""What a system in trial meets: the cases, accounts and integration codes of the sandbox, read from its file. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from typing import Any

import msgspec

from dancu.exchange.trial.people import people, sandbox_file


class Effect(StrEnum):
    """What happens before a case is answered (*tình huống gây ra*)."""

    NONE = ""
    UNAVAILABLE_ONCE = "unavailable_once"
    THROTTLED = "throttled"
    SLOW = "slow"


class Handled(StrEnum):
    """By what the platform knows that a client did what it should (*cách nhận biết đã xử lý đúng*)."""

    ANSWERED = "answered"  # asked in order, and answered
    SAME_ID = "same_id"  # asked again, under the same request id
    WAITED = "waited"  # asked again, and not before the time it was told
    SUCCESSOR = "successor"  # asked for the new number afterwards


class CodeEffect(StrEnum):
    """How an integration code of the sandbox is answered (*mã tích hợp thử nghiệm*)."""

    NO_GRANT = "no_grant"
    DOSSIER_REQUIRED = "dossier_required"
    VERIFY_ONLY = "verify_only"


class Case(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One line of the table "whom to ask, and what is answered" (*tình huống thử nghiệm*)."""

    code: str
    answer: str  # agrees, no_match, repeated, or the reason of a refusal
    title_vi: str
    title_en: str
    vi: str
    en: str
    number: str = ""  # twelve digits
    old_id_no: str = ""  # nine digits
    effect: Effect = Effect.NONE
    handled: Handled = Handled.ANSWERED
    successor: str = ""  # the number to be asked for afterwards
    required: bool = False  # of every client; the others where its contract can meet them

    @property
    def subject(self) -> str:
        return self.number or self.old_id_no


class TrialAccount(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An officer's account that the sandbox knows (*tài khoản thử nghiệm*)."""

    account: str
    is_listed: bool
    vi: str
    en: str


class TrialCode(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An integration code that is answered in its own way (*mã tích hợp thử nghiệm*)."""

    code: str
    effect: CodeEffect
    vi: str
    en: str


class Cases(msgspec.Struct, frozen=True):
    """The whole table (*bảng tình huống thử nghiệm*)."""

    cases: tuple[Case, ...]
    accounts: Mapping[str, TrialAccount]
    codes: Mapping[str, TrialCode]
    by_answer: Mapping[tuple[str, str], Case]  # by number of either kind and answer
    by_subject: Mapping[str, Case]  # of those with an effect
    by_successor: Mapping[str, Case]

    @property
    def numbers(self) -> frozenset[str]:
        """Every number of the sandbox, of either kind, those of nobody too."""
        known = people()
        persons = {f"{number:012d}" for number in known.by_number} | set(known.by_old_number)
        return frozenset(persons | {case.subject for case in self.cases if case.subject})


@cache
def cases() -> Cases:
    """The table as the file has it; a wrong file is refused here, and a test reads it."""
    told: Mapping[str, Any] = sandbox_file()
    found = tuple(msgspec.convert(told["cases"], list[Case]))
    accounts = msgspec.convert(told["officers"], list[TrialAccount])
    codes = msgspec.convert(told["codes"], list[TrialCode])
    return Cases(
        found,
        {each.account: each for each in accounts},
        {each.code: each for each in codes},
        {(each.subject, each.answer): each for each in found},
        {each.subject: each for each in found if each.effect},
        {each.successor: each for each in found if each.successor},
    )


@cache
def case_by_code(code: str) -> Case | None:
    return next((each for each in cases().cases if each.code == code), None)
