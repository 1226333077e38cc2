"""What a security inspection asks: items in groups, in dated versions, for a level and a case of hosting. Pure.

The content is data (`data/checklists/*.toml`, read by `checklist_files`). Which version holds on which day is decided here.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum

import msgspec

from dancu.kernel.errors import Invalid, NotFound

LEVELS = (2, 3, 4)  # of Decree 85/2016/NĐ-CP; a connection needs 3
LEVEL_NEEDED = 3


class Group(StrEnum):
    """What part of a system an item looks at (*nhóm tiêu chí*), in the order of the form."""

    NETWORK = "network"
    SERVERS = "servers"
    SOFTWARE = "software"
    ACCOUNTS = "accounts"
    LOGS = "logs"
    SOURCE_CODE = "source_code"
    RULES = "rules"
    PAPERS = "papers"


class Severity(StrEnum):
    """How much hangs on an item or a finding (*mức độ*)."""

    MANDATORY = "mandatory"
    IMPORTANT = "important"
    ADVISED = "advised"


class Confidence(StrEnum):
    """How sure we are of what an item says and where it stands (*độ tin cậy của nguồn*)."""

    CERTAIN = "certain"
    LIKELY = "likely"
    UNSURE = "unsure"


class HostingCase(StrEnum):
    """Where a system stands (*nơi đặt hệ thống*), the two cases of letter 8402/TCTTKĐA and the third it puts with the own one."""

    OWN = "own"
    PROVIDER = "provider"  # rented in a provider's centre that is inspected once for all its tenants
    OTHER = "other"  # rented in another enterprise's centre


class Scope(StrEnum):
    """Whose an item is: the centre's, which its tenants inherit, or the system's own (*phạm vi tiêu chí*)."""

    CENTRE = "centre"
    SYSTEM = "system"


class SubjectKind(StrEnum):
    """What is inspected: a system with what it stands on, or a centre (*loại đối tượng kiểm tra*)."""

    SYSTEM = "system"
    CENTRE = "centre"


class Item(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One thing that is checked (*tiêu chí kiểm tra*)."""

    code: str  # stable through versions, for example MANG-03
    group: Group
    text: str
    check: str  # how it is checked
    severity: Severity
    source: str
    confidence: Confidence
    clause: str = ""
    scope: Scope = Scope.SYSTEM
    levels: tuple[int, ...] = LEVELS
    hosting: tuple[HostingCase, ...] = tuple(HostingCase)

    def applies(self, level: int, hosting: HostingCase, kind: SubjectKind) -> bool:
        """Is it asked of this subject? A centre is asked for what is the centre's, a system for all: it may inherit."""
        is_asked = kind is SubjectKind.SYSTEM or self.scope is Scope.CENTRE
        return is_asked and level in self.levels and hosting in self.hosting


class Periods(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How long things may take or last (*các thời hạn*): policy, so it stands in the data with its source."""

    validity_months: int  # of a conclusion “passed”; it may name less
    mend_working_days: Mapping[Severity, int]  # what a new finding proposes
    answer_working_days: int  # for inspectors to look at a supplement
    conclude_working_days: int  # from the inspection day
    remind_days: int  # before a conclusion runs out
    source: str
    confidence: Confidence


class Checklist(msgspec.Struct, frozen=True):
    """A version of what is asked, from a day on (*bộ tiêu chí kiểm tra*)."""

    id: str
    version: int
    name: str
    valid_from: date
    valid_to: date | None
    source: str
    author: str
    periods: Periods
    items: tuple[Item, ...]
    note: str = ""
    is_local: bool = False  # of this installation

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def narrowed(self, level: int, hosting: HostingCase, kind: SubjectKind = SubjectKind.SYSTEM) -> Checklist:
        """The same version with only the items that are asked of such a subject."""
        return msgspec.structs.replace(self, items=tuple(i for i in self.items if i.applies(level, hosting, kind)))

    def item(self, code: str) -> Item:
        """Raises `Invalid`."""
        found = next((each for each in self.items if each.code == code), None)
        if found is None:
            raise Invalid(
                "checklist.item",
                f"Bộ tiêu chí {self.id} phiên bản {self.version} không có tiêu chí {code} cho đối tượng này.",
                f"Checklist {self.id} version {self.version} has no item {code} for this subject.",
                field="item",
            )
        return found

    def has(self, code: str) -> bool:
        return any(each.code == code for each in self.items)

    def longest_until(self, concluded_on: date) -> date:
        """The last day a conclusion of this day may name."""
        return months_after(concluded_on, self.periods.validity_months)


def checklist_for(
    level: int, hosting: HostingCase, day: date, among: Sequence[Checklist], kind: SubjectKind = SubjectKind.SYSTEM
) -> Checklist:
    """What is asked of such a subject on a day (*bộ tiêu chí áp dụng*). Raises `NotFound`.

    Of one list its highest version that holds; among lists the one that began last, our own before one that was delivered.
    """
    newest: dict[str, Checklist] = {}
    for each in among:
        if each.holds_on(day) and (each.id not in newest or newest[each.id].version < each.version):
            newest[each.id] = each
    asked = [narrowed for each in newest.values() if (narrowed := each.narrowed(level, hosting, kind)).items]
    if not asked:
        raise NotFound(
            "checklist.none",
            f"Ngày {day:%d/%m/%Y} không có bộ tiêu chí nào áp dụng cho cấp độ {level}. Chọn ngày khác hoặc bổ sung bộ tiêu chí.",
            f"No checklist holds on {day.isoformat()} for level {level}. Choose another day or add a checklist.",
        )
    return max(asked, key=lambda each: (each.valid_from, each.is_local, each.id))


def checklist_named(checklist: str, version: int, among: Sequence[Checklist]) -> Checklist:
    """A version as it was used, also when it holds no more; whole. Raises `NotFound`."""
    found = next((each for each in among if (each.id, each.version) == (checklist, version)), None)
    if found is None:
        raise NotFound(
            "checklist.version",
            f"Không có bộ tiêu chí {checklist} phiên bản {version}. Nếu tệp đã bị gỡ, hãy đặt lại tệp đó.",
            f"There is no checklist {checklist} version {version}. If its file was removed, put it back.",
        )
    return found


def months_after(day: date, months: int) -> date:
    """The same day so many months later, the last of the month where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
