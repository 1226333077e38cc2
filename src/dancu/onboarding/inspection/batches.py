"""Inspections offered in batches: days with places, who is invited, who has chosen which day; and the calendar of it all. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

import msgspec

from dancu.kernel.clock import local
from dancu.kernel.errors import Conflict, Invalid, NotAllowed
from dancu.kernel.four_eyes import Hand
from dancu.kernel.organisations import is_within
from dancu.kernel.work_days import WorkCalendar
from dancu.onboarding.inspection.checklists import HostingCase
from dancu.onboarding.inspection.domain import Inspection
from dancu.onboarding.inspection.table import State


class Choice(msgspec.Struct, frozen=True):
    """An invited organisation chose a day (*ngày đã chọn*)."""

    organisation: str
    day: date
    at: datetime
    by: Hand


class Batch(msgspec.Struct, frozen=True):
    """Days offered to several organisations at once (*lịch kiểm tra theo đợt*), as letter 8402/TCTTKĐA offered two to thirteen."""

    code: str
    name: str
    document: str  # the letter that offers it
    hosting: HostingCase
    days: tuple[date, ...]
    capacity: int  # organisations a day
    invited: tuple[str, ...]
    answer_by: date | None = None
    choices: tuple[Choice, ...] = ()  # the last of each organisation counts

    @property
    def chosen(self) -> dict[str, date]:
        """Organisation → the day it chose."""
        return {choice.organisation: choice.day for choice in self.choices}

    def invitation_of(self, organisation: str) -> str | None:
        """The invited organisation it is, or lies below: a province is invited, a department of it owns the system."""
        return next((each for each in self.invited if is_within(organisation, each)), None)

    def on(self, day: date) -> tuple[str, ...]:
        """Who chose a day, in the order of the invitation."""
        chosen = self.chosen
        return tuple(each for each in self.invited if chosen.get(each) == day)

    def places_left(self, day: date) -> int:
        """How many may still choose a day."""
        return self.capacity - len(self.on(day)) if day in self.days else 0

    @property
    def unanswered(self) -> tuple[str, ...]:
        """Who has not chosen (*chưa trả lời*)."""
        chosen = self.chosen
        return tuple(each for each in self.invited if each not in chosen)


def check_batch(batch: Batch, today: date, calendar: WorkCalendar) -> Batch:
    """The batch, when it can be offered. Raises `Invalid`."""
    wrong = None
    if not (batch.code.strip() and batch.name.strip() and batch.document.strip()):
        wrong = ("name", "Ghi mã, tên đợt và văn bản thông báo.", "Give the code, the name and the letter of the batch.")
    elif not batch.days or len(set(batch.days)) < len(batch.days):
        wrong = ("days", "Nêu ít nhất một ngày, mỗi ngày một lần.", "Offer at least one day, each once.")
    elif bad := [day for day in batch.days if day < today or not calendar.is_working(day)]:
        listed = ", ".join(f"{day:%d/%m/%Y}" for day in bad)
        wrong = ("days", f"Ngày đã qua hoặc không phải ngày làm việc: {listed}.", "A day is past or not worked.")
    elif not batch.invited or len(set(batch.invited)) < len(batch.invited):
        wrong = ("invited", "Nêu đơn vị được mời, mỗi đơn vị một lần.", "Name who is invited, each once.")
    elif batch.capacity < 1 or batch.capacity * len(batch.days) < len(batch.invited):
        # Nobody who was invited may find every day full.
        needed = -(-len(batch.invited) // len(batch.days))
        said = f"{len(batch.invited)} đơn vị được mời mà không đủ chỗ. Mỗi ngày cần nhận ít nhất {needed} đơn vị, hoặc thêm ngày."
        wrong = ("capacity", said, f"Too few places: take at least {needed} a day, or add days.")
    if wrong:
        field, message, message_en = wrong
        raise Invalid("batch.invalid", message, message_en, field=field)
    return batch


def choose_day(batch: Batch, choice: Choice, calendar: WorkCalendar) -> Batch:
    """The batch after an organisation chose, or chose anew (*chọn ngày kiểm tra*). Raises `NotAllowed`, `Invalid`, `Conflict`."""
    if choice.organisation not in batch.invited:
        raise NotAllowed(
            "batch.not_invited",
            "Cơ quan của bạn không có trong danh sách mời của đợt này. Liên hệ đơn vị điều phối.",
            "Your organisation is not invited to this batch. Ask the coordinating unit.",
        )
    today = local(choice.at).date()
    others = msgspec.structs.replace(batch, choices=tuple(c for c in batch.choices if c.organisation != choice.organisation))
    free = [day for day in batch.days if others.places_left(day) > 0 and day >= today and calendar.is_working(day)]
    if choice.day not in batch.days:
        raise _refused("batch.not_offered", f"Ngày {choice.day:%d/%m/%Y} không có trong đợt này.", "is not offered", free, choice)
    if choice.day < today:
        raise _refused("batch.past", f"Ngày {choice.day:%d/%m/%Y} đã qua.", "is past", free, choice)
    if not calendar.is_working(choice.day):
        # A holiday may be announced after the letter went out.
        raise _refused("batch.not_worked", f"Ngày {choice.day:%d/%m/%Y} không phải ngày làm việc.", "is not worked", free, choice)
    if others.places_left(choice.day) < 1:
        raise _refused("batch.full", f"Ngày {choice.day:%d/%m/%Y} đã đủ đơn vị.", "is full", free, choice)
    return msgspec.structs.replace(batch, choices=(*batch.choices, choice))


def _refused(code: str, message: str, message_en: str, free: Sequence[date], choice: Choice) -> Conflict | Invalid:
    listed = ", ".join(f"{day:%d/%m/%Y}" for day in free)
    offer = f" Còn chỗ: {listed}." if free else " Không còn ngày nào; liên hệ đơn vị điều phối."
    offer_en = f" Free: {', '.join(day.isoformat() for day in free)}." if free else " No day is left; ask the coordinating unit."
    kind = Invalid if code == "batch.not_offered" else Conflict
    return kind(
        code,
        message + offer,
        f"The day {choice.day.isoformat()} {message_en}.{offer_en}",
        field="day",
        details={"possible": [day.isoformat() for day in free]},
    )


class DayOffered(msgspec.Struct, frozen=True):
    """A day of a batch with who chose it (*ngày của đợt*)."""

    batch: str
    chosen_by: tuple[str, ...]
    places_left: int


class CalendarDay(msgspec.Struct, frozen=True):
    """What is on a day (*lịch kiểm tra trong ngày*)."""

    day: date
    offered: tuple[DayOffered, ...]
    inspections: tuple[Inspection, ...]


def calendar(batches: Iterable[Batch], inspections: Iterable[Inspection]) -> list[CalendarDay]:
    """Every day that is offered or set, the earliest first (*lịch kiểm tra*); cancelled inspections are left out."""
    offered: dict[date, list[DayOffered]] = {}
    for batch in batches:
        for day in batch.days:
            offered.setdefault(day, []).append(DayOffered(batch.code, batch.on(day), batch.places_left(day)))
    held: dict[date, list[Inspection]] = {}
    for each in inspections:
        if each.on and each.state is not State.CANCELLED:
            held.setdefault(each.on, []).append(each)
    return [
        CalendarDay(
            day,
            tuple(offered.get(day, ())),
            tuple(sorted(held.get(day, ()), key=lambda each: (each.subject.organisation, each.subject.code))),
        )
        for day in sorted({*offered, *held})
    ]
