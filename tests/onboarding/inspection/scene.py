"""An office for inspections: who there is, a short checklist, and inspections brought into every state by real acts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar
from uuid import UUID

from dancu.kernel.clock import VIET_NAM
from dancu.kernel.four_eyes import Hand
from dancu.kernel.work_days import WorkCalendar
from dancu.onboarding.inspection.acting import RULES, Rules, take
from dancu.onboarding.inspection.actions import (
    Accept,
    Cancel,
    Conclude,
    Done,
    Find,
    Mode,
    Outcome,
    Record,
    Reject,
    Result,
    Schedule,
    Subject,
    Supplement,
)
from dancu.onboarding.inspection.checklists import (
    Checklist,
    Confidence,
    Group,
    HostingCase,
    Item,
    Periods,
    Scope,
    Severity,
    SubjectKind,
)
from dancu.onboarding.inspection.domain import Inspection
from dancu.onboarding.inspection.guards.known import Known
from dancu.onboarding.inspection.separation import Actor, InspectionRole
from dancu.onboarding.inspection.table import State, Verdict

BEFORE, DAY = date(2022, 12, 1), date(2022, 12, 7)  # a Thursday, a Wednesday
CALENDAR = WorkCalendar(frozenset({date(2022, 12, 30)}), frozenset({date(2022, 12, 10)}))
NUMBER = UUID(int=8402)
TEXT = "đã xem đủ"
Something = TypeVar("Something", bound=Done)


def an_actor(account: str, unit: str, *roles: InspectionRole, holder: str = "", acting_for: Hand | None = None) -> Actor:
    return Actor(Hand(account, unit, holder or f"người {account}"), frozenset(roles), acting_for)


COORDINATOR = an_actor("dieu-phoi", "G01.06/DC", InspectionRole.COORDINATES)
INSPECTOR = an_actor("kiem-tra-1", "G01.05/P1", InspectionRole.INSPECTS)
OTHER_INSPECTOR = an_actor("kiem-tra-2", "G01.05/P2", InspectionRole.INSPECTS)
OWNER = an_actor("chu-quan", "H57.12/CNTT", InspectionRole.OWNS)
STRANGER = an_actor("nguoi-khac", "H49.12/CNTT", InspectionRole.OWNS, InspectionRole.INSPECTS)
EVERYBODY = (COORDINATOR, INSPECTOR, OWNER, STRANGER)

SYSTEM = Subject(SubjectKind.SYSTEM, "mot-cua-h57", "H57.12", 3, HostingCase.PROVIDER, "tt-du-lieu", "V01")
CENTRE = Subject(SubjectKind.CENTRE, "tt-du-lieu", "V01", 3, HostingCase.PROVIDER)


def an_item(code: str, severity: Severity = Severity.MANDATORY, **fields: Any) -> Item:
    filled = {"group": Group.NETWORK, "text": "Có.", "check": "Xem.", "source": "1552", "confidence": Confidence.LIKELY} | fields
    return Item(code=code, severity=severity, **filled)


PERIODS = Periods(
    24, {Severity.MANDATORY: 10, Severity.IMPORTANT: 20, Severity.ADVISED: 60}, 5, 5, 60, "tạm dùng", Confidence.UNSURE
)
ITEMS = (
    an_item("MANG-01"),
    an_item("MANG-06", scope=Scope.CENTRE),
    an_item("NHATKY-01", group=Group.LOGS),
    an_item("QUYCHE-03", Severity.IMPORTANT, group=Group.RULES),
)
MANDATORY = ("MANG-01", "MANG-06", "NHATKY-01")


def a_checklist(version: int = 1, **fields: Any) -> Checklist:
    filled = {
        "id": "thu",
        "name": "Bộ tiêu chí thử",
        "valid_from": date(2022, 4, 26),
        "valid_to": None,
        "source": "1552",
        "author": "kiểm thử",
        "periods": PERIODS,
        "items": ITEMS,
    } | fields
    return Checklist(version=version, **filled)


CHECKLIST = a_checklist()
KNOWN = Known(CHECKLIST, CALENDAR)


def at(day: date, hour: int = 10) -> datetime:
    return datetime.combine(day, time(hour), VIET_NAM)


def of(kind: type[Something], actor: Actor, day: date, *said: Any, **fields: Any) -> Something:
    """An action as this actor does it on a day."""
    return kind(*said, at=at(day), by=actor.hand, acting_for=actor.acting_for, **fields)


def a_schedule(actor: Actor = COORDINATOR, day: date = BEFORE, on: date = DAY, **fields: Any) -> Schedule:
    filled = {"mode": Mode.ON_SITE, "checklist": "thu", "version": 1, "inspectors": ("G01.05",)} | fields
    return of(Schedule, actor, day, on, **filled)


def a_record(code: str, outcome: Outcome = Outcome.MET, *, by: Actor = INSPECTOR, day: date = DAY, **fields: Any) -> Record:
    return of(Record, by, day, Result(code, outcome, **fields))


def a_finding(name: str, severity: Severity = Severity.MANDATORY, *, due: date = date(2022, 12, 14), **fields: Any) -> Find:
    return of(Find, INSPECTOR, fields.pop("day", DAY), name, severity, "Luật tường lửa cho phép tất cả", due, **fields)


def a_supplement(name: str, day: date = date(2022, 12, 12), by: Actor = OWNER) -> Supplement:
    return of(Supplement, by, day, name, "Đã xóa luật cho phép tất cả")


def an_acceptance(name: str, number: int = 1, *, day: date = date(2022, 12, 13), by: Actor = INSPECTOR) -> Accept:
    return of(Accept, by, day, name, number, TEXT)


def a_rejection(name: str, number: int = 1, *, day: date = date(2022, 12, 13), due: date | None = None) -> Reject:
    return of(Reject, INSPECTOR, day, name, number, "Vẫn còn luật cũ", due)


def a_conclusion(verdict: Verdict, *, day: date = date(2022, 12, 14), until: date | None = None) -> Conclude:
    if verdict is Verdict.PASSED and until is None:
        until = day + timedelta(days=365)
    return of(Conclude, INSPECTOR, day, verdict, TEXT, until)


def done(inspection: Inspection, actor: Actor, *actions: Any, known: Known = KNOWN, rules: Rules = RULES) -> Inspection:
    """The inspection after the actor did one thing after the other."""
    for action in actions:
        inspection = take(inspection, actor, action, known, rules)
    return inspection


def new(subject: Subject = SYSTEM, number: UUID = NUMBER) -> Inspection:
    return Inspection(number, subject)


def scheduled(subject: Subject = SYSTEM, number: UUID = NUMBER, **fields: Any) -> Inspection:
    return done(new(subject, number), COORDINATOR, a_schedule(**fields))


def recorded(inspection: Inspection, codes: Sequence[str] = MANDATORY, day: date = DAY) -> Inspection:
    return done(inspection, INSPECTOR, *(a_record(code, day=day) for code in codes))


def passed(
    subject: Subject = SYSTEM, number: UUID = NUMBER, *, day: date = date(2022, 12, 14), until: date | None = None
) -> Inspection:
    codes = MANDATORY if subject.kind is SubjectKind.SYSTEM else ("MANG-06",)
    seen = recorded(scheduled(subject, number, day=day, on=day), codes, day)
    return done(seen, INSPECTOR, a_conclusion(Verdict.PASSED, day=day, until=until))


def with_findings(inspection: Inspection, severity: Severity = Severity.IMPORTANT) -> Inspection:
    """TT-01 waits for the owner, TT-02 for an inspector."""
    found = done(inspection, INSPECTOR, a_finding("TT-01", severity), a_finding("TT-02", severity))
    return done(found, OWNER, a_supplement("TT-02"))


def in_state(state: State) -> Inspection:
    """An inspection in each state, with findings of both kinds wherever there may be some."""
    seen = with_findings(recorded(scheduled()))
    made = {
        State.NEW: new,
        State.SCHEDULED: scheduled,
        State.UNDER_WAY: lambda: seen,
        State.NEEDS_SUPPLEMENT: lambda: done(seen, INSPECTOR, a_conclusion(Verdict.NEEDS_SUPPLEMENT)),
        State.PASSED: lambda: done(seen, INSPECTOR, a_conclusion(Verdict.PASSED)),
        State.FAILED: lambda: done(seen, INSPECTOR, a_conclusion(Verdict.FAILED)),
        State.CANCELLED: lambda: done(scheduled(), COORDINATOR, of(Cancel, COORDINATOR, DAY, "Đơn vị thôi kết nối")),
    }
    return made[state]()
