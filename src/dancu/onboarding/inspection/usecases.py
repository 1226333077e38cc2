"""What is done in an inspection, and what it means for the second axis of the system: never for its connection."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction

from dancu.identity.api import Officer, nearest_with
from dancu.kernel.clock import local
from dancu.kernel.errors import Conflict
from dancu.kernel.work_days import work_calendar
from dancu.notices import api as notices
from dancu.onboarding.axes import store as standings
from dancu.onboarding.axes import usecases as axes
from dancu.onboarding.axes.domain import Axis, possible
from dancu.onboarding.inspection import store
from dancu.onboarding.inspection.acting import allowed_actions, take
from dancu.onboarding.inspection.actions import Action, Cancel, Conclude, DeclareChange, Mode, Record, Schedule, Subject
from dancu.onboarding.inspection.batches import Batch, Choice, check_batch, choose_day
from dancu.onboarding.inspection.checklist_files import checklists
from dancu.onboarding.inspection.checklists import Checklist, HostingCase, SubjectKind, checklist_for, checklist_named
from dancu.onboarding.inspection.domain import Inspection
from dancu.onboarding.inspection.guards.known import Known
from dancu.onboarding.inspection.inheritance import inherit
from dancu.onboarding.inspection.separation import Actor
from dancu.onboarding.inspection.table import STATE_WORDS, Act, State, Verdict
from dancu.onboarding.trace import get_system, record

_CONCLUSIONS = {
    Verdict.PASSED: "conclude_passed",
    Verdict.NEEDS_SUPPLEMENT: "conclude_short",
    Verdict.FAILED: "conclude_failed",
}


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be inspected when and how (*lệnh xếp lịch kiểm tra*)."""

    on: date
    mode: Mode
    inspectors: tuple[str, ...]
    client_id: str = ""  # a system, or
    centre: str = ""  # the centre it stands in; of an inspection of a centre itself, that centre
    level: int = 3
    hosting: HostingCase = HostingCase.OWN
    dossier: UUID | None = None
    batch: str = ""


def actor_of(officer: Officer) -> Actor:
    return Actor(officer.hand, officer.roles)


def schedule(officer: Officer, order: Order, *, now: datetime) -> Inspection:
    """Set a day for a system or a centre (*xếp lịch kiểm tra*). Refuses a system whose inspection is under way."""
    subject = _subject(order)
    with transaction.atomic():
        if order.client_id and store.open_of(order.client_id):
            raise Conflict("inspection.open", "Hệ thống này đang có một đợt kiểm tra chưa xong.", "One is under way already.")
        wanted = checklist_for(order.level, order.hosting, order.on, _known_checklists(), subject.kind)
        follows = store.last_of(order.client_id) if order.client_id else None
        action = Schedule(
            at=now,
            by=officer.hand,
            on=order.on,
            mode=order.mode,
            checklist=wanted.id,
            version=wanted.version,
            inspectors=order.inspectors,
            batch=order.batch,
            follows=follows,
        )
        batch = next((each for _id, each in store.batches() if each.code == order.batch), None) if order.batch else None
        known = Known(_named(wanted.id, wanted.version), work_calendar(), _centre(order.centre), batch)
        taken = take(Inspection(uuid4(), subject), actor_of(officer), action, known)
        _save(taken, officer, now, order.dossier)
    return taken


def act(officer: Officer, identity: UUID, action: Action, *, now: datetime) -> Inspection:
    """One more thing done in an inspection (*thao tác kiểm tra*)."""
    with transaction.atomic():
        found = store.get_inspection(identity, lock=True)
        taken = take(found, actor_of(officer), action, _known(found))
        _save(taken, officer, now)
    return taken


def act_all(officer: Officer, identity: UUID, actions: Sequence[Action], *, now: datetime) -> None:
    """Several things done at once, all or none (*ghi nhiều kết quả một lượt*)."""
    with transaction.atomic():
        for action in actions:
            act(officer, identity, action, now=now)


def inherit_from_centre(officer: Officer, identity: UUID, *, now: datetime) -> int:
    """Take over what the inspection of the centre saw (*kế thừa kết quả trung tâm*). Gives how many items."""
    with transaction.atomic():
        found = store.get_inspection(identity, lock=True)
        known = _known(found)
        results = inherit(known.centre, found.subject.asked(known.checklist), local(now).date())
        for result in results:
            if result.item not in found.results:
                found = take(found, actor_of(officer), Record(at=now, by=officer.hand, result=result), known)
                _save(found, officer, now)
    return len(results)


def inspection_of(identity: UUID) -> tuple[Inspection, Checklist]:
    """One inspection and the checklist it is done by (*một đợt kiểm tra*). Raises `NotFound`."""
    found = store.get_inspection(identity)
    return found, found.subject.asked(_named(*found.checklist))


def allowed(found: Inspection, officer: Officer) -> tuple[Act, ...]:
    """What this officer may do now (*thao tác được phép*)."""
    return allowed_actions(found, actor_of(officer))


def add_batch(batch: Batch, *, by: str, now: datetime) -> UUID:
    """Offer days for inspections by a letter (*mở đợt kiểm tra*). Gives its identity."""
    identity = uuid4()
    with transaction.atomic():
        store.save_batch(identity, check_batch(batch, local(now).date(), work_calendar()), now, by)
        record(f"inspection.batch:{batch.code}", "", "", by, now)
    return identity


def choose(officer: Officer, identity: UUID, day: date, *, now: datetime) -> Batch:
    """A body chooses its day (*chọn ngày kiểm tra*). A day that is full says which are free."""
    with transaction.atomic():
        chosen = choose_day(store.get_batch(identity), Choice(officer.organisation_code, day, now, officer.hand), work_calendar())
        store.save_choice(identity, chosen)
        record(f"inspection.day_chosen:{chosen.code}", officer.organisation_code, "", officer.account, now)
    return chosen


def _subject(order: Order) -> Subject:
    if not order.client_id:
        return Subject(SubjectKind.CENTRE, order.centre, store.provider_of(order.centre), order.level, HostingCase.PROVIDER)
    system = get_system(order.client_id)
    host = store.provider_of(order.centre) if order.centre else ""
    return Subject(SubjectKind.SYSTEM, order.client_id, system.organisation, order.level, order.hosting, order.centre, host)


def _save(taken: Inspection, officer: Officer, now: datetime, dossier: UUID | None = None) -> None:
    store.save_last(taken, dossier)
    action, subject = taken.actions[-1], taken.subject
    is_system = subject.kind is SubjectKind.SYSTEM
    client_id = subject.code if is_system else ""
    record(f"inspection.{action.act}", subject.organisation, client_id, officer.account, now)
    if is_system:
        _move(client_id, taken, action, officer, now)
        if action.act in (Act.SCHEDULE, Act.RESCHEDULE, Act.CONCLUDE, Act.CANCEL, Act.FIND, Act.REJECT):
            _tell(taken, now)


def _move(client_id: str, taken: Inspection, action: Action, officer: Officer, now: datetime) -> None:
    """What an act of the inspection means on the second axis."""
    name, reason, until = "", "", None
    if isinstance(action, Schedule):
        name, reason = "schedule", f"kiểm tra ngày {action.on:%d/%m/%Y}"
    elif isinstance(action, Cancel):
        name, reason = ("cancel" if taken.scheduled.follows is None else "cancel_again"), action.reason
    elif isinstance(action, DeclareChange) and taken.state in (State.PASSED, State.FAILED):
        name, reason = "declare_change", action.text
    elif isinstance(action, Conclude):
        name, reason, until = _CONCLUSIONS[action.verdict], action.text, action.valid_until
    state, _until = standings.security_of(client_id)
    if name and any(row.act == name for row in possible(Axis.SECURITY, state)):
        axes.move_security(client_id, name, axes.Ground(reason), by=officer.account, now=now, until=until)


def _tell(taken: Inspection, now: datetime) -> None:
    """The body is told what was set, found or concluded."""
    subject = taken.subject
    said = notices.message("onboarding.inspection", {"who": subject.code, "state": STATE_WORDS[taken.state]}, now=now)
    to = notices.Addressee(organisation=nearest_with("integrator", subject.organisation), role="integrator")
    key = f"inspection:{taken.id}:{len(taken.actions)}"
    notices.send(
        notices.officer_notice(said, to, key=key, owner=subject.organisation, room="onboarding", about=subject.code), now=now
    )


def _known(found: Inspection) -> Known:
    return Known(_named(*found.checklist), work_calendar(), _centre(found.subject.centre))


def _centre(code: str) -> tuple[Inspection, ...]:
    return store.of_centre(code) if code else ()


def _known_checklists() -> tuple[Checklist, ...]:
    folder: Path = settings.CONFIG.home / "checklists"
    return checklists(folder if folder.is_dir() else None)


def _named(checklist: str, version: int) -> Checklist:
    return checklist_named(checklist, version, _known_checklists())
