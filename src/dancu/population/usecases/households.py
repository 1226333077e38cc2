"""Households: formed, joined, left, a new head; each with approval and document.

Rows with intervals are the record; items 16 to 23 on the row of each person follow in the same transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction

from dancu.kernel.errors import Conflict
from dancu.population.domain import Approval, Evidence, address_key
from dancu.population.families import (
    HEAD,
    HouseholdRow,
    MembershipRow,
    check_household,
)
from dancu.population.store import histories, intervals, rules
from dancu.population.store.following import (
    Place,
    check_day,
    crown,
    end_rows,
    follow_rows,
    known_relation,
    leave_households,
    membership_of,
    open_household,
    open_members,
    settle,
)


@transaction.atomic
def form_household(
    place: Place,
    members: Mapping[int, str],
    approval: Approval,
    evidence: Evidence,
    *,
    valid_from: date,
    now: datetime,
) -> HouseholdRow:
    """Form a household at a dwelling (*lập hộ*). `members`: number → relation to the head, exactly one of them the head.

    Who belongs to another household leaves it on that day. Raises `Conflict` for a rule broken, `NotFound`.
    """
    people = histories.lock_persons(members, now)
    check_day(valid_from, now, people.values())
    number = intervals.next_household_no()
    key = address_key(place.version, place.code, place.detail)
    household = HouseholdRow(number, place.version, place.code, place.detail, key, f"{number:09d}", valid_from)
    intervals.add_household(household, now)
    for person in people.values():
        leave_households(person.personal_no, valid_from, approval, now)
    joined = [
        MembershipRow(household_no=number, personal_no=no, relation=known_relation(code), valid_from=valid_from)
        for no, code in members.items()
    ]
    check_household(joined, valid_from)
    intervals.bring(joined, approval.request, now)
    for no in members:
        settle(no, "permanent", place, number, valid_from, None, approval, now)
    follow_rows(people, approval, evidence, now, ("household", "residence"), valid_from)
    rules.check_now()
    return household


@transaction.atomic
def join_household(
    household_no: int,
    personal_no: int,
    relation: str,
    approval: Approval,
    evidence: Evidence,
    *,
    valid_from: date,
    now: datetime,
) -> None:
    """Enter a person into a household as a permanent member (*nhập hộ, đăng ký thường trú*). Raises as above."""
    household = open_household(household_no)
    people = histories.lock_persons([personal_no], now)
    check_day(valid_from, now, people.values())
    leave_households(personal_no, valid_from, approval, now)
    row = MembershipRow(
        household_no=household_no, personal_no=personal_no, relation=known_relation(relation), valid_from=valid_from
    )
    intervals.bring([row], approval.request, now)
    place = Place(household.version, household.code, household.detail)
    settle(personal_no, "permanent", place, household_no, valid_from, None, approval, now)
    follow_rows(people, approval, evidence, now, ("household", "residence"), valid_from)
    rules.check_now()


@transaction.atomic
def leave_household(
    personal_no: int,
    approval: Approval,
    evidence: Evidence,
    *,
    valid_from: date,
    now: datetime,
    new_head: int | None = None,
) -> None:
    """Take a person out of her household (*xoá đăng ký thường trú, tách khỏi hộ*).

    When the head leaves and others stay, `new_head` must be one of them. Raises `Conflict` otherwise.
    """
    membership = membership_of(personal_no)
    rest = [row for row in open_members(membership.household_no) if row.personal_no != personal_no]
    people = histories.lock_persons([personal_no, *(row.personal_no for row in rest)], now)
    check_day(valid_from, now, people.values())
    leave_households(personal_no, valid_from, approval, now)
    end_rows(personal_no, "permanent", valid_from, approval, now)
    if membership.relation == HEAD and rest:
        if new_head not in {row.personal_no for row in rest}:
            raise Conflict(
                "household.one_head",
                "Hộ còn thành viên phải có đúng một chủ hộ. Chọn chủ hộ mới.",
                "A household with members has exactly one head.",
            )
        crown(rest, {new_head or 0: HEAD}, valid_from, approval, now)
    elif not rest:
        intervals.dissolve_household(membership.household_no, valid_from)
    follow_rows(people, approval, evidence, now, ("household", "residence"), valid_from)
    rules.check_now()


@transaction.atomic
def change_head(
    household_no: int,
    relations: Mapping[int, str],
    approval: Approval,
    evidence: Evidence,
    *,
    valid_from: date,
    now: datetime,
) -> None:
    """A household gets another head (*thay đổi chủ hộ*): number → relation to the new head, for those whose relation changes.

    Raises `Conflict` unless exactly one head is left.
    """
    open_household(household_no)
    members = open_members(household_no)
    if strangers := set(relations) - {row.personal_no for row in members}:
        raise Conflict(
            "household.not_a_member",
            f"Có {len(strangers)} người không thuộc hộ này.",
            "Somebody named does not belong to the household.",
        )
    people = histories.lock_persons((row.personal_no for row in members), now)
    check_day(valid_from, now, people.values())
    crown(members, relations, valid_from, approval, now)
    follow_rows(people, approval, evidence, now, ("household",), valid_from)
    rules.check_now()
