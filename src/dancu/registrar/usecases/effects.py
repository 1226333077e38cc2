"""What an approved request does to the registry, and its rehearsal before anybody is asked to decide."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import singledispatch
from uuid import UUID

from django.db import transaction

from dancu.kernel.errors import Conflict, DancuError
from dancu.kernel.personal_id import PersonalId
from dancu.population import api as population
from dancu.population.api import Approval, Evidence, Flag, Hand, Place, ResidenceRow
from dancu.registrar.domain import payloads
from dancu.registrar.domain.requests import Content

# Stands where the approver will stand; a rehearsal leaves nothing behind.
_NOBODY_YET = Hand("(rehearsal)", "(rehearsal)", "(rehearsal)")


def apply_content(content: Content, approval: Approval, now: datetime) -> None:
    """Do to the registry what the content asks for (*thực hiện đề nghị*), in the caller's transaction.

    Raises `Invalid`, `Conflict`, `NotFound` as the registry does.
    """
    _apply(content.payload, _Ground(content.subject, approval, content.evidence, now))


def rehearse(content: Content, request: UUID, author: Hand, now: datetime) -> None:
    """Do it and take it back at once: what the registry refuses is told before it is handed in (*thử trước*)."""
    try:
        with transaction.atomic():
            apply_content(content, Approval(request, author, _NOBODY_YET), now)
            raise _Rehearsed
    except _Rehearsed:
        return


def rehearsal_failure(content: Content, request: UUID, author: Hand, now: datetime) -> DancuError | None:
    """What the registry would refuse now, as a value (*lý do chưa thực hiện được*)."""
    try:
        rehearse(content, request, author, now)
    except DancuError as failure:
        return failure
    return None


class _Rehearsed(Exception):
    """Ends the savepoint."""


@dataclass(frozen=True, slots=True)
class _Ground:
    """On whom, by whom, by which document, when."""

    subject: int
    approval: Approval
    evidence: Evidence
    now: datetime


@singledispatch
def _apply(asked: payloads.Payload, on: _Ground) -> None:
    raise AssertionError(f"no effect for {asked.kind}")


@_apply.register
def _(asked: payloads.Correct, on: _Ground) -> None:
    population.correct_person(on.subject, asked.items, on.approval, on.evidence, now=on.now, valid_from=asked.valid_from)


@_apply.register
def _(asked: payloads.Event, on: _Ground) -> None:
    population.record_event(on.subject, asked.items, on.approval, on.evidence, now=on.now, valid_from=asked.valid_from)


@_apply.register
def _(asked: payloads.Merge, on: _Ground) -> None:
    population.merge_persons(on.subject, asked.double_no, asked.items, on.approval, on.evidence, now=on.now)


@_apply.register
def _(asked: payloads.Split, on: _Ground) -> None:
    population.split_person(on.subject, _new(asked.new_number), asked.items, on.approval, on.evidence, now=on.now)


@_apply.register
def _(asked: payloads.ReplaceNumber, on: _Ground) -> None:
    population.replace_number(on.subject, _new(asked.new_number), on.approval, on.evidence, now=on.now)


@_apply.register
def _(asked: payloads.CancelNumber, on: _Ground) -> None:
    population.cancel_number(on.subject, on.approval, on.evidence, now=on.now)


@_apply.register
def _(asked: payloads.SetFlags, on: _Ground) -> None:
    population.set_flags(on.subject, Flag(asked.flags), on.approval, on.evidence, now=on.now)


@_apply.register
def _(asked: payloads.Revoke, on: _Ground) -> None:
    population.revoke_change(on.subject, asked.seq, on.approval, on.evidence, now=on.now)


@_apply.register
def _(asked: payloads.RegisterDeath, on: _Ground) -> None:
    population.register_death(on.subject, on.approval, on.evidence, died_on=asked.died_on, now=on.now, new_head=asked.new_head)


@_apply.register
def _(asked: payloads.FormHousehold, on: _Ground) -> None:
    members = {int(number): relation for number, relation in asked.members.items()}
    place = Place(asked.version, asked.code, asked.detail)
    population.form_household(place, members, on.approval, on.evidence, valid_from=asked.valid_from, now=on.now)


@_apply.register
def _(asked: payloads.JoinHousehold, on: _Ground) -> None:
    population.join_household(
        asked.household_no, on.subject, asked.relation, on.approval, on.evidence, valid_from=asked.valid_from, now=on.now
    )


@_apply.register
def _(asked: payloads.LeaveHousehold, on: _Ground) -> None:
    population.leave_household(
        on.subject, on.approval, on.evidence, valid_from=asked.valid_from, now=on.now, new_head=asked.new_head
    )


@_apply.register
def _(asked: payloads.ChangeHead, on: _Ground) -> None:
    relations = {int(number): relation for number, relation in asked.relations.items()}
    population.change_head(asked.household_no, relations, on.approval, on.evidence, valid_from=asked.valid_from, now=on.now)


@_apply.register
def _(asked: payloads.RegisterResidence, on: _Ground) -> None:
    residence = ResidenceRow(
        personal_no=on.subject,
        kind=asked.residence,
        version=asked.version,
        code=asked.code,
        detail=asked.detail,
        valid_from=asked.valid_from,
        valid_to=asked.valid_to,
    )
    population.register_residence(residence, on.approval, on.evidence, now=on.now)


@_apply.register
def _(asked: payloads.EndResidence, on: _Ground) -> None:
    population.end_residence(on.subject, asked.residence, on.approval, on.evidence, valid_from=asked.valid_from, now=on.now)


@_apply.register
def _(asked: payloads.Relate, on: _Ground) -> None:
    if asked.other_no == on.subject:
        raise Conflict("relation.self", "Không ghi nhận quan hệ với chính mình.", "A person is no relative of herself.")
    population.relate_persons(
        on.subject, asked.relation, asked.other_no, on.approval, on.evidence, valid_from=asked.valid_from, now=on.now
    )


@_apply.register
def _(asked: payloads.EndRelation, on: _Ground) -> None:
    population.end_relation(on.subject, asked.relation, on.approval, on.evidence, valid_from=asked.valid_from, now=on.now)


def _new(number: int) -> PersonalId:
    return PersonalId.parse(f"{number:012d}", "new_number")
