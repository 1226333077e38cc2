"""What is inspected, and the things that are done to an inspection. Pure values; what they come to is folded in `domain`."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from dancu.kernel.clock import local
from dancu.kernel.four_eyes import Hand
from dancu.onboarding.inspection.checklists import Checklist, HostingCase, Severity, SubjectKind
from dancu.onboarding.inspection.table import Act, Verdict


class Subject(msgspec.Struct, frozen=True):
    """What is inspected, and who answers for it (*đối tượng kiểm tra*)."""

    kind: SubjectKind
    code: str  # client identifier of a system, code of a centre
    organisation: str  # who answers for it
    level: int
    hosting: HostingCase
    centre: str = ""  # the centre a system stands in, where that is inspected apart
    host: str = ""  # the organisation that runs that centre

    def asked(self, checklist: Checklist) -> Checklist:
        """What of a checklist is asked of it."""
        return checklist.narrowed(self.level, self.hosting, self.kind)


class Mode(StrEnum):
    """How it is inspected (*hình thức kiểm tra*)."""

    ON_SITE = "on_site"
    REMOTE = "remote"


class Outcome(StrEnum):
    """What was seen of an item (*kết quả tiêu chí*)."""

    MET = "met"
    NOT_MET = "not_met"
    NOT_APPLICABLE = "not_applicable"


class Result(msgspec.Struct, frozen=True):
    """What was recorded of one item (*kết quả ghi nhận*)."""

    item: str
    outcome: Outcome
    reason: str = ""  # why an item does not apply
    note: str = ""
    evidence: str = ""  # SHA-256 of a file, hexadecimal
    inherited_from: UUID | None = None  # the inspection of the centre it comes from


class Done(msgspec.Struct, frozen=True, kw_only=True, tag_field="act"):
    """One thing done to an inspection: when, by whom, for whom (*thao tác*)."""

    at: datetime
    by: Hand
    acting_for: Hand | None = None

    @property
    def act(self) -> Act:
        return Act(str(self.__struct_config__.tag))

    @property
    def hands(self) -> tuple[Hand, ...]:
        return (self.by, self.acting_for) if self.acting_for else (self.by,)

    @property
    def day(self) -> date:
        """The day it was done on."""
        return local(self.at).date()


class Schedule(Done, frozen=True, tag="schedule"):
    """A day is set (*xếp lịch*)."""

    on: date
    mode: Mode
    checklist: str
    version: int
    inspectors: tuple[str, ...]  # units that inspect: organisation, or organisation/unit
    batch: str = ""
    follows: UUID | None = None  # the inspection this one repeats


class Reschedule(Done, frozen=True, tag="reschedule"):
    """Another day is set; the checklist is the one of that day (*đổi ngày*)."""

    on: date
    checklist: str
    version: int
    reason: str


class Record(Done, frozen=True, tag="record"):
    """What was seen of an item is recorded; the last one counts (*ghi kết quả*)."""

    result: Result


class Find(Done, frozen=True, tag="find"):
    """Something to be mended is found (*lập tồn tại*)."""

    finding: str  # for example TT-01
    severity: Severity
    sentence: str
    due: date
    item: str = ""  # the item it belongs to, if one


class Supplement(Done, frozen=True, tag="supplement"):
    """The owner says what was mended (*bổ sung, khắc phục*)."""

    finding: str
    text: str
    evidence: str = ""


class Decision(Done, frozen=True):
    """An inspector's word on a supplement that was seen (*quyết định về bổ sung*)."""

    finding: str
    number: int  # which supplement of the finding, from 1
    reason: str


class Accept(Decision, frozen=True, tag="accept"):
    """The supplement mends the finding (*chấp nhận bổ sung*)."""


class Reject(Decision, frozen=True, tag="reject"):
    """It does not (*không chấp nhận bổ sung*); more time may be given."""

    due: date | None = None


class Conclude(Done, frozen=True, tag="conclude"):
    """What the inspection comes to (*kết luận*)."""

    verdict: Verdict
    text: str
    valid_until: date | None = None


class Cancel(Done, frozen=True, tag="cancel"):
    """It does not take place or is broken off (*hủy*)."""

    reason: str


class DeclareChange(Done, frozen=True, tag="declare_change"):
    """The owner says what changes in the design (*khai báo thay đổi*, Circular 46/2022/TT-BCA, Article 6.2)."""

    text: str
    items: tuple[str, ...] = ()  # what it touches; empty: everything


Action = Schedule | Reschedule | Record | Find | Supplement | Accept | Reject | Conclude | Cancel | DeclareChange
