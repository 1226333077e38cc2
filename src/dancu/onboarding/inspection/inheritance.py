"""A provider's centre is inspected once; what was seen there counts for the systems that stand in it. Pure.

Only while the centre's own inspection is valid. When that ends, its tenants are listed to be looked at again: nothing closes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

import msgspec

from dancu.onboarding.inspection.actions import Result, Subject
from dancu.onboarding.inspection.checklists import Checklist, Scope, SubjectKind
from dancu.onboarding.inspection.domain import Inspection, Validity, ValidityState, validity_of
from dancu.onboarding.inspection.table import State

WHY: Mapping[ValidityState, str] = {
    ValidityState.NONE: "Trung tâm chưa có kết luận kiểm tra",
    ValidityState.NEEDS_SUPPLEMENT: "Trung tâm bị yêu cầu bổ sung ở lần kiểm tra sau",
    ValidityState.FAILED: "Trung tâm không đạt ở lần kiểm tra sau",
    ValidityState.CHANGED: "Trung tâm đã khai báo thay đổi thiết kế",
    ValidityState.EXPIRED: "Kết luận kiểm tra trung tâm đã hết hiệu lực",
}


def inherit(centre: Iterable[Inspection], checklist: Checklist, day: date) -> tuple[Result, ...]:
    """What the inspections of a centre give a tenant on a day, each naming where it comes from (*kết quả kế thừa*).

    Nothing, where the centre's last conclusion is not valid that day; what was recorded does not change after “passed”.
    """
    inspections = [each for each in centre if each.subject.kind is SubjectKind.CENTRE]
    worth = validity_of(inspections, day)
    if not worth.is_valid:
        return ()
    seen = next(each for each in inspections if each.id == worth.inspection).results
    return tuple(
        msgspec.structs.replace(seen[item.code], inherited_from=worth.inspection)
        for item in checklist.items
        if item.scope is Scope.CENTRE and item.code in seen
    )


class LookAgain(msgspec.Struct, frozen=True):
    """A tenant that relies on a centre's inspection which does not carry it any more (*hệ thống cần xem lại*)."""

    inspection: UUID
    subject: Subject
    centre: str
    items: tuple[str, ...]
    worth: Validity  # of the centre on that day

    @property
    def why(self) -> str:
        return WHY[self.worth.state]


def to_look_at_again(
    centres: Mapping[str, Sequence[Inspection]], tenants: Iterable[Inspection], day: date
) -> tuple[LookAgain, ...]:
    """Tenants whose inherited results stand on nothing any more (*danh sách cần xem lại*); nothing is closed by it.

    Inspections that still count are looked at: passed ones that have not run out, and those under way.
    """
    found = []
    for then in _last_of_each(tenants, day):
        items = tuple(code for code, result in then.results.items() if result.inherited_from)
        worth = validity_of(centres.get(then.subject.centre, ()), day)
        if items and not worth.is_valid and _counts(then, day):
            found.append(LookAgain(then.id, then.subject, then.subject.centre, items, worth))
    return tuple(sorted(found, key=lambda each: (each.centre, each.subject.organisation, each.subject.code)))


def _last_of_each(tenants: Iterable[Inspection], day: date) -> list[Inspection]:
    """As they stood that day, without concluded ones that a later conclusion about the same system has replaced."""
    then = [each.as_of(day) for each in tenants]
    last: dict[str, datetime] = {}
    for each in then:
        if each.conclusion:
            last[each.subject.code] = max(each.conclusion.at, last.get(each.subject.code, each.conclusion.at))
    return [each for each in then if each.conclusion is None or each.conclusion.at == last[each.subject.code]]


def _counts(tenant: Inspection, day: date) -> bool:
    if tenant.state is State.PASSED:
        return tenant.validity_on(day).state is not ValidityState.EXPIRED
    return tenant.state in (State.UNDER_WAY, State.NEEDS_SUPPLEMENT)
