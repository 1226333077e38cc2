"""The sandbox as pages and the command line look at it: whom to ask, what was asked, how far a client has come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import msgspec
from django.db import connection

from dancu.exchange.trial.calls import KEPT_FOR, KEPT_MAX, TrialCall
from dancu.exchange.trial.cases import Case, TrialAccount, TrialCode, cases
from dancu.exchange.trial.findings import Finding
from dancu.exchange.trial.people import people
from dancu.exchange.trial.secrets import trial_secret
from dancu.kernel.dates import PartialDate
from dancu.kernel.errors import Conflict
from dancu.kernel.sealing import SealingKey
from dancu.onboarding import api as onboarding

_CALLS = """select client_id, organisation, at, dialect, operation, outcome, status, duration_ms, scenario, is_handled, findings,
asked, id from onboarding_trialcall where client_id = %s order by id desc limit %s"""
_MET = """select scenario, max(at) filter (where is_handled), max(at) from onboarding_trialcall
where client_id = %s and scenario <> '' group by scenario"""
_FORGET = "delete from onboarding_trialcall where at < %s"


class StepState(StrEnum):
    """How far a client has come with one case (*mức hoàn thành*)."""

    TODO = "todo"
    SEEN = "seen"  # it met the case, and did not do yet what it should
    HANDLED = "handled"


@dataclass(frozen=True, slots=True)
class Step:
    """One case and how far a client has come with it (*bước thử nghiệm*). `at`: when it was last met, or last met well."""

    case: Case
    state: StepState
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class TrialPerson:
    """An invented person whom a system in trial may ask about (*nhân vật thử nghiệm*)."""

    number: str
    old_id_no: str
    full_name: str
    birth_date: PartialDate


@dataclass(frozen=True, slots=True)
class TrialTable:
    """Whom to ask, and what is answered (*bảng hỏi ai thì được trả lời gì*)."""

    cases: Sequence[Case]
    persons: Sequence[TrialPerson]
    accounts: Sequence[TrialAccount]
    codes: Sequence[TrialCode]

    def person_of(self, case: Case) -> TrialPerson | None:
        """Who is asked about; None for a number nobody has, and for a case that is about the call itself."""
        return next((each for each in self.persons if case.subject and case.subject in (each.number, each.old_id_no)), None)


def personas_table() -> TrialTable:
    """The cases of the sandbox with the persons, accounts and codes they name (*bảng tình huống thử nghiệm*)."""
    told = cases()
    persons = [TrialPerson(f"{row[0]:012d}", row[9], row[3], PartialDate(*row[4:7])) for row in people().by_number.values()]
    return TrialTable(told.cases, persons, tuple(told.accounts.values()), tuple(told.codes.values()))


def trial_calls(client_id: str, limit: int = 50) -> list[TrialCall]:
    """What a system in trial asked, the newest first (*các lần gọi thử nghiệm*). Rows of whom the work at hand may see."""
    with connection.cursor() as cursor:
        cursor.execute(_CALLS, [client_id, max(0, min(limit, KEPT_MAX * 2))])
        return [_call(row) for row in cursor.fetchall()]


def progress(client_id: str) -> list[Step]:
    """Every case in its order, and how far this client has come with it in the last thirty days (*tiến độ thử nghiệm*)."""
    with connection.cursor() as cursor:
        cursor.execute(_MET, [client_id])
        met = {row[0]: (row[1], row[2]) for row in cursor.fetchall()}
    return [_step(case, *met.get(case.code, (None, None))) for case in cases().cases]


def is_conformant(steps: Sequence[Step]) -> bool:
    """Has a client handled every case that is required of all (*đạt thử nghiệm*)?"""
    return all(step.state is StepState.HANDLED for step in steps if step.case.required)


def trial_secret_of(client_id: str, *, key: SealingKey) -> str:
    """The secret a system uses while in trial (*mã bí mật thử nghiệm*). Raises `Conflict` in any other state: it opens nothing."""
    system = onboarding.get_system(client_id)
    if system.state is not onboarding.ConnectionState.TRIAL:
        raise Conflict(
            "trial.state",
            f"Hệ thống {client_id} không ở trạng thái kết nối thử nghiệm nên không có mã bí mật thử nghiệm.",
            f"The system is {system.state}, not in trial: there is no trial secret.",
            details={"state": system.state},
        )
    return trial_secret(key, client_id, onboarding.secret_of(client_id, key=key))


def forget_trial_calls(*, now: datetime) -> int:
    """Let go of calls older than they are kept, of systems that call no more. Gives how many."""
    with connection.cursor() as cursor:
        cursor.execute(_FORGET, [now - KEPT_FOR])
        return int(cursor.rowcount)


def _step(case: Case, handled_at: datetime | None, seen_at: datetime | None) -> Step:
    if handled_at is not None:
        return Step(case, StepState.HANDLED, handled_at)
    return Step(case, StepState.SEEN if seen_at else StepState.TODO, seen_at)


def _call(row: Sequence[object]) -> TrialCall:
    findings, asked = (msgspec.json.decode(each) if isinstance(each, str) else each for each in row[10:12])
    told = tuple(msgspec.convert(findings, list[Finding]))
    return TrialCall(*(*row[:10], told, asked, row[12]))  # type: ignore[arg-type]  # columns in their order
