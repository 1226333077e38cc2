"""Near matches before the registry's own reviewers: asked by the owner, opened with a warrant, concluded with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

import msgspec
from django.db import transaction

from dancu.exchange.api import Kind, OpenedPerson, Refused, open_person, registry_request
from dancu.identity.api import Officer
from dancu.kernel.errors import Conflict, Invalid, NotFound
from dancu.kernel.sealing import SealingKey
from dancu.kernel.warrants import Field
from dancu.ledger import api as ledger
from dancu.reconcile import folders, store, work
from dancu.reconcile.domain import Record, ReviewCase, RoundAct, check_conclusion
from dancu.reconcile.usecases.lists import SYSTEM, record
from dancu.reconcile.usecases.rounds import file_of

CASES_MAX = 500  # of one round
# What a reviewer needs to tell whether it is the same person, and no more.
COMPARED_FIELDS = frozenset({Field.PERSONAL_ID, Field.FULL_NAME, Field.BIRTH_DATE, Field.SEX, Field.LIFE_STATUS})


class _Sealed(msgspec.Struct, frozen=True):
    """What lies sealed in a case until it is decided."""

    number: str
    name: str
    birth_date: str
    person: int | None = None  # whom an old number led to; never shown before she is opened with an entry of the ledger


@dataclass(frozen=True, slots=True)
class Seen:
    """A record and the person it leads to (*đối chiếu một trường hợp*); the person is None until the reviewer opens her."""

    case: ReviewCase
    record: Record
    person: OpenedPerson | Refused | None = None


def ask_review(officer: Officer, round_id: UUID, key: SealingKey, home: Path, *, now: datetime) -> int:
    """Put the near matches of a round before the registry's reviewers (*đề nghị xem lại*); gives how many cases there are now.

    The records are read from the owner's own file and sealed. One with an old number is opened through the person it led to, who
    is sealed beside it: the owner learns no more of her than from any other case. Where that cannot be told any more, because the
    round's work or its snapshot was tidied away, the record is not sent, and how many were not stands in the round's history.

    Raises `Conflict` for a round without results or near matches, or where none of them can be sent.
    """
    found = store.get_round(round_id)
    folder = folders.round_folder(home, round_id)
    lines = {line.row: line for line in work.near_rows(folder, CASES_MAX)} if found.is_done else {}
    if not lines:
        raise Conflict("reconcile.nothing_near", "Đợt này không có bản ghi gần khớp.", "This round has no near matches.")
    records = work.records_at(file_of(found, home), found.mapping, list(lines))
    sealed = _sealed_records(folder, records)
    not_sent = len(records) - len(sealed)
    if not sealed:
        raise _cannot_be_sent(not_sent)
    cases = [
        (row, lines[row].reference, lines[row].reasons, key.seal(msgspec.json.encode(each), belongs_to=_place(found.id, row)))
        for row, each in sorted(sealed.items())
    ]
    with transaction.atomic():
        count = store.add_cases(cases, found, officer.account, now)
        entry = record(officer.account, store.get_list(found.list_id), f"reconcile.review:{found.code}:{count}", now)
        store.record_action(found, RoundAct.REVIEW, officer.account, now, {"cases": count, "not_sent": not_sent}, entry)
    return count


def _sealed_records(folder: Path, records: Mapping[int, Record]) -> dict[int, _Sealed]:
    """What is sealed of each record: as its owner wrote it, and, where that is no personal number, whom it led to."""
    old = [row for row, each in records.items() if work.person_number(each.number) is None]
    people = work.people_led_to(folder, old) if old else {}
    return {
        row: _Sealed(each.number, each.name, each.birth_date, people.get(row))
        for row, each in records.items()
        if row not in old or row in people
    }


def not_sent_of(round_id: UUID) -> int:
    """How many near matches could not be put before reviewers when they were asked (*số bản ghi chưa gửi xem lại được*)."""
    asked = [each["data"] for each in store.actions_of(round_id) if each["kind"] == RoundAct.REVIEW]
    return int(asked[0].get("not_sent", 0)) if asked else 0


def see_case(case_id: UUID, key: SealingKey) -> Seen:
    """A case with the owner's record alone (*xem trường hợp*). Raises `NotFound`, `Conflict` once it was decided."""
    case, sealed = _unsealed(case_id, key)
    return Seen(case, Record(sealed.number, sealed.name, sealed.birth_date))


def open_case(officer: Officer, case_id: UUID, key: SealingKey, *, now: datetime) -> Seen:
    """Open the registered person beside the record (*mở trường hợp*): decided, counted and recorded by the exchange.

    Raises `NotFound` where there is nobody of that number, `TooMany` past the reviewer's budget.
    """
    case, sealed = _unsealed(case_id, key)
    number = work.person_number(sealed.number) or sealed.person
    if number is None:
        raise NotFound("registry.no_person", "Bản ghi không có số định danh.", "The record has no personal number.")
    request = registry_request(officer.organisation_code, officer.account, Kind.OPEN, _case_no(case))
    narrow = msgspec.structs.replace(request, fields=COMPARED_FIELDS)
    return Seen(case, Record(sealed.number, sealed.name, sealed.birth_date), open_person(number, narrow, now=now))


def conclude(officer: Officer, case_id: UUID, conclusion: str, reason: str, *, now: datetime) -> ReviewCase:
    """Say whether it is the same person (*kết luận xem lại*). The registry is not changed; the sealed record goes.

    Raises `Invalid` without a conclusion and its reason, `Conflict` where somebody else was quicker.
    """
    said = check_conclusion(conclusion, reason)
    _check_words(reason)
    with transaction.atomic():
        case, _sealed = store.get_case(case_id, lock=True)
        if case.conclusion is not None:
            raise _decided()
        store.decide_case(case_id, said, reason.strip(), officer.account, now)
        act = ledger.Act(
            ledger.ActKind.ADMINISTER,
            f"reconcile.concluded:{said.value}",
            officer.organisation_code,
            SYSTEM,
            officer.account,
            purpose=case.purpose,
            dossier_no=_case_no(case),
        )
        ledger.record(act, now=now)
    return store.get_case(case_id)[0]


def _check_words(reason: str) -> None:
    """The reason goes to the owner of the list: nothing of the registry may stand in it. A number is the plainest leak."""
    if sum(map(str.isdigit, reason)) > 4:
        raise Invalid(
            "reconcile.reason_tells",
            "Lý do được gửi cho đơn vị có danh sách. Bạn không ghi số, ngày hay họ tên trong dữ liệu dân cư vào đây.",
            "The reason goes to the owner of the list. Do not write numbers, dates or names of the registry here.",
            field="reason",
        )


def _unsealed(case_id: UUID, key: SealingKey) -> tuple[ReviewCase, _Sealed]:
    case, sealed = store.get_case(case_id)
    if case.conclusion is not None:
        raise _decided()
    return case, msgspec.json.decode(key.unseal(sealed, belongs_to=_place(case.round_id, case.row)), type=_Sealed)


def _place(round_id: UUID, row: int) -> str:
    return f"reconcile:{round_id}:{row}"


def _case_no(case: ReviewCase) -> str:
    """What stands for the dossier in the ledger: the case, of no meaning outside."""
    return f"DS-XL-{case.id.hex[:12].upper()}"


def _cannot_be_sent(count: int) -> Conflict:
    return Conflict(
        "reconcile.near_by_old_number",
        f"{count} bản ghi gần khớp đều ghi số cũ, mà tệp trung gian hoặc bản chụp dân cư của đợt đã được dọn nên chưa gửi xem lại"
        " được. Bạn gửi lại danh sách rồi đề nghị ở đợt mới.",
        f"All {count} near matches have old numbers, and the work or snapshot of this round was tidied away. Send the list again"
        " and ask in the new round.",
    )


def _decided() -> Conflict:
    return Conflict(
        "reconcile.decided",
        "Trường hợp này vừa có kết luận. Bạn xem trường hợp tiếp theo.",
        "This case was decided meanwhile. Go on to the next one.",
    )
