"""A document that gives work or tells how things stand, taken apart: clauses, tasks, figures, lists, relations. Pure.

Everything is kept as printed; what does not agree is found by `checking`, never mended here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Literal

import msgspec

from dancu.steering.deadlines import Deadline


class Said(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One sentence in both languages (*câu diễn đạt*)."""

    vi: str
    en: str


class Basis(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An act or paper that a document cites (*văn bản được viện dẫn*), its number as printed."""

    number: str
    what: str
    dated: date | None = None


class Taken(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The day taken for a document that bears none (*ngày được lấy thay*), and why."""

    on: date
    why: Said


class Period(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The days a report is about (*kỳ báo cáo*)."""

    first: date
    last: date


class Received(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When the copy on file reached an office of a group (*ngày đến*), by its stamp."""

    on: date
    by: str


class DocumentHead(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which document it is (*đầu văn bản*); `as_of` is the day of whatever names no day of its own."""

    id: str
    number: str
    kind: Literal["công văn", "thông báo", "báo cáo"]
    issuer: str
    as_of: date
    addressees: tuple[str, ...]
    title: Said
    summary: Said
    copies: tuple[str, ...] = ()
    dated: date | None = None
    taken: Taken | None = None
    period: Period | None = None
    received: Received | None = None
    basis: tuple[Basis, ...] = ()

    @property
    def day(self) -> date:
        """The day it bears, or the one taken for it."""
        if self.dated is not None:
            return self.dated
        assert self.taken is not None, "the reader lets no document in without a day"
        return self.taken.on


class ClauseKind(StrEnum):
    """What a clause is (*loại nội dung*)."""

    FACT = "fact"
    TASK = "task"
    REQUEST = "request"
    CONCLUSION = "conclusion"
    ANNEX = "annex"


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of a document that can be pointed at (*điều khoản, mục, điểm*)."""

    id: str
    place: str  # "mục II.4 (1)", "điểm 1.2"
    kind: ClauseKind
    summary: Said


class StatedState(StrEnum):
    """What the document itself says of a task (*tình trạng văn bản nêu*)."""

    OPEN = ""
    DONE = "done"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class SourceTask:
    """What a document gives somebody to do (*nhiệm vụ nêu trong văn bản*).

    Bodies are codes; a list of the document stands as `list:` and its id.
    """

    id: str
    clause: str
    wording: str
    group: str
    owners: tuple[str, ...]
    co_owners: tuple[str, ...]
    recipients: tuple[str, ...]
    deadline: Deadline
    deadline_printed: str
    deliverable: str
    legal_basis: str
    depends_on: tuple[str, ...]
    state: StatedState
    done_on: date | None
    done_by: str  # the papers it was done with
    assigned_on: date | None  # where another document gave it, and this one repeats it
    note: str

    @property
    def addressed(self) -> tuple[str, ...]:
        """Everybody it names."""
        return (*self.owners, *self.co_owners, *self.recipients)


class FigureKind(StrEnum):
    """Is it so, or is it aimed at? (*loại số liệu*)"""

    STATE = "state"
    TARGET = "target"


class Qualifier(StrEnum):
    """How sure the document is of a figure (*mức độ chính xác*)."""

    EXACT = ""
    ABOUT = "about"
    MORE_THAN = "more_than"
    AT_LEAST = "at_least"


class Level(StrEnum):
    """Whose figure it is (*cấp số liệu*)."""

    NATION = "nation"
    PROVINCE = "province"
    MINISTRY = "ministry"


class Rank(StrEnum):
    """First or last among those of its level (*cao nhất, thấp nhất*)."""

    HIGHEST = "highest"
    LOWEST = "lowest"


@dataclass(frozen=True, slots=True)
class Change:
    """How a figure differs from that of an earlier day (*mức tăng, giảm so với kỳ trước*)."""

    by: Decimal
    printed: str
    compared_with: date


@dataclass(frozen=True, slots=True)
class StatedFigure:
    """A figure as a document states it (*số liệu nêu trong văn bản*)."""

    indicator: str
    clause: str
    kind: FigureKind
    value: Decimal
    unit: str
    qualifier: Qualifier
    as_of: date | None  # None for an aim without a day
    printed: str
    level: Level
    body: str  # code of the one body it is of; empty for all of its level
    of: Decimal | None  # "12/25": of how many
    step: Decimal | None  # printed to so much ("88,1 triệu": 100000); None where every digit is printed
    grows: bool  # it counts what is never taken back, such as cards issued
    change: Change | None
    numerator: str  # of a share: two figures of the same document
    denominator: str
    rank: Rank | None

    @property
    def key(self) -> str:
        """How relations name it: the indicator, and the body where it is of one."""
        return f"{self.indicator}@{self.body}" if self.body else self.indicator

    @property
    def previous(self) -> Decimal | None:
        """What it was on the day it is compared with (*giá trị kỳ trước*), computed from the difference."""
        return self.value - self.change.by if self.change is not None else None

    @property
    def places(self) -> int:
        """Decimal places as printed."""
        exponent = self.value.as_tuple().exponent
        assert isinstance(exponent, int), "the reader takes finite numbers only"
        return max(0, -exponent)


BODY_KINDS = frozenset({"ministry", "province", "body", "enterprise", "telecom", "association"})


@dataclass(frozen=True, slots=True)
class ListedItem:
    """One entry of a list (*mục trong danh sách*): as printed, the body meant, the part of it that is named."""

    no: int
    printed: str
    body: str
    part: str


@dataclass(frozen=True, slots=True)
class StatedList:
    """A list as printed (*danh sách nêu trong văn bản*), with how many the text says there are."""

    id: str
    clause: str
    kind: str
    stated: int | None
    is_complete: bool  # the text means to name them all
    says: Said
    items: tuple[ListedItem, ...]

    @property
    def names_bodies(self) -> bool:
        return self.kind in BODY_KINDS

    @property
    def members(self) -> tuple[str, ...]:
        """What is counted: bodies where it names bodies, else the entries themselves."""
        return tuple(each.body if self.names_bodies and not each.part else each.printed for each in self.items)


class RelationRule(StrEnum):
    """What a text says of its lists and figures together (*quan hệ giữa các số liệu*)."""

    SUBSET = "subset"  # "trong đó": each part lies within the whole
    PARTITION = "partition"  # "gồm": the parts make up the whole, nothing twice
    SUM = "sum"  # the figures of the parts add up to the whole
    SAME = "same"  # the lists name the same
    EQUAL = "equal"  # figures of several places are one
    DISJOINT = "disjoint"  # nothing stands in two of the lists


@dataclass(frozen=True, slots=True)
class Relation:
    """One such statement (*quan hệ cần đối chiếu*); terms are `list:id`, `figure:key` or `number:n`."""

    rule: RelationRule
    clause: str
    whole: str
    parts: tuple[str, ...]
    says: Said


@dataclass(frozen=True, slots=True)
class SourceDocument:
    """A document taken apart (*văn bản nguồn*)."""

    head: DocumentHead
    clauses: tuple[Clause, ...]
    tasks: tuple[SourceTask, ...] = ()
    figures: tuple[StatedFigure, ...] = ()
    lists: tuple[StatedList, ...] = ()
    relations: tuple[Relation, ...] = ()

    def place_of(self, clause: str) -> str:
        return next(each.place for each in self.clauses if each.id == clause)

    def clause_of(self, name: str) -> Clause:
        return next(each for each in self.clauses if each.id == name)

    def list_of(self, name: str) -> StatedList:
        return next(each for each in self.lists if each.id == name)

    def figure_of(self, key: str) -> StatedFigure:
        """The figure a relation means: the first of that indicator and body."""
        return next(each for each in self.figures if each.key == key)


@dataclass(frozen=True, slots=True)
class NamedBody:
    """A body, office or group that documents name and the list of bodies of the state has not (*đơn vị được nêu tên*)."""

    code: str
    name: Said
    kind: str
    parent: str  # the body it is part of
    members: tuple[str, ...]  # of a group with fixed members


@dataclass(frozen=True, slots=True)
class TaskGroup:
    """What a task is about (*nhóm nhiệm vụ*)."""

    code: str
    name: Said
