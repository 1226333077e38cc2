"""Residence and relations: registered, ended; each with approval and document."""

from __future__ import annotations

from datetime import date, datetime

import msgspec
from django.db import transaction

from dancu.kernel.clock import local
from dancu.kernel.errors import Invalid, NotFound
from dancu.population.domain import Approval, Evidence, address_key
from dancu.population.families import (
    RELATION_KINDS,
    RelationRow,
    ResidenceRow,
    check_residence,
)
from dancu.population.store import histories, intervals
from dancu.population.store.following import (
    Place,
    check_day,
    close_rows,
    end_rows,
    follow_relations,
    follow_rows,
)


@transaction.atomic
def register_residence(residence: ResidenceRow, approval: Approval, evidence: Evidence, *, now: datetime) -> None:
    """Register temporary or current residence, a stay or an absence (*đăng ký tạm trú, khai báo nơi ở, lưu trú, tạm vắng*).

    Permanent residence comes with a household. An open row of the same kind ends on that day. Raises `Invalid`, `Conflict`.
    """
    if residence.kind == "permanent":
        raise Invalid("residence.permanent", "Thường trú được đăng ký cùng với hộ.", "Join a household instead.", field="kind")
    people = histories.lock_persons([residence.personal_no], now)
    today = local(now).date()
    check_day(residence.valid_from, now, people.values())
    check_day(min(residence.valid_to or today, today), now, people.values())
    check_residence(residence, intervals.residences_of(residence.personal_no))
    if residence.kind != "absence":
        Place(residence.version, residence.code, residence.detail)
    end_rows(residence.personal_no, residence.kind, residence.valid_from, approval, now)
    key = address_key(residence.version, residence.code, residence.detail)
    intervals.bring([msgspec.structs.replace(residence, address_key=key)], approval.request, now)
    follow_rows(people, approval, evidence, now, ("residence",), residence.valid_from)


@transaction.atomic
def end_residence(personal_no: int, kind: str, approval: Approval, evidence: Evidence, *, valid_from: date, now: datetime) -> None:
    """End a residence that is not permanent (*xoá đăng ký tạm trú, kết thúc tạm vắng*). Raises `NotFound` when none is open."""
    people = histories.lock_persons([personal_no], now)
    check_day(valid_from, now, people.values())
    if not end_rows(personal_no, kind, valid_from, approval, now):
        raise NotFound("residence.none", "Người này không có đăng ký loại này.", "There is no such residence.")
    follow_rows(people, approval, evidence, now, ("residence",), valid_from)


@transaction.atomic
def relate_persons(
    personal_no: int, kind: str, other_no: int, approval: Approval, evidence: Evidence, *, valid_from: date, now: datetime
) -> None:
    """Record that one person is father, mother, spouse, representative of another (*ghi nhận quan hệ*). Spouses both ways."""
    if kind not in RELATION_KINDS:
        raise Invalid("relation.kind", "Không có loại quan hệ này.", "There is no such relation.", field="kind")
    people = histories.lock_persons([personal_no, other_no], now)
    check_day(valid_from, now, people.values())
    rows = [RelationRow(personal_no=personal_no, kind=kind, other_no=other_no, valid_from=valid_from)]
    if kind == "spouse":
        rows.append(RelationRow(personal_no=other_no, kind=kind, other_no=personal_no, valid_from=valid_from))
    intervals.bring(rows, approval.request, now)
    follow_relations(people, {personal_no, other_no} if kind == "spouse" else {personal_no}, approval, evidence, now, valid_from)


@transaction.atomic
def end_relation(personal_no: int, kind: str, approval: Approval, evidence: Evidence, *, valid_from: date, now: datetime) -> None:
    """End a marriage or a representation (*chấm dứt quan hệ*). Raises `NotFound` when none holds."""
    open_rows = [
        row for row in intervals.relations_of(personal_no) if row.kind == kind and row.holds_on(valid_from) and row.valid_to is None
    ]
    rows = [row for row in open_rows if kind == "spouse" or row.personal_no == personal_no]
    if not rows:
        raise NotFound("relation.none", "Người này không có quan hệ này.", "There is no such relation.")
    people = histories.lock_persons({row.personal_no for row in rows} | {row.other_no for row in rows}, now)
    check_day(valid_from, now, people.values())
    close_rows(rows, valid_from, approval, now)
    follow_relations(people, {row.personal_no for row in rows}, approval, evidence, now, valid_from)
