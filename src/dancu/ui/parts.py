"""What components show: plain values that a room fills and a tag draws. No value here knows a room, a request or a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from dancu.kernel.dates import PartialDate

Kind = Literal["ok", "warn", "bad", "info", "plain"]
Day = date | datetime | PartialDate | str | None


@dataclass(frozen=True, slots=True)
class Choice:
    """A place to go: an entry of filters, tabs, crumbs or periods; `count` is how many are there."""

    label: str
    href: str = ""
    current: bool = False
    count: int | None = None


@dataclass(frozen=True, slots=True)
class State:
    """A state in one word; the kind gives colour and mark, the word the meaning."""

    word: str
    kind: Kind = "plain"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a track: what, whose turn, until when. `left` are working days, negative when overdue."""

    word: str
    state: Literal["done", "now", "wait", "stopped"] = "wait"
    agency: str = ""
    actor: str = ""
    due_on: Day = None
    left: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Track:
    """Steps that follow one another; tracks of one bundle run side by side."""

    title: str
    steps: Sequence[Step]
    agency: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of a timeline. `valid_from` is when it became true, `recorded_at` when it was written down."""

    what: str
    recorded_at: datetime
    by: str = ""  # empty: the system
    valid_from: Day = None
    evidence: str = ""
    lines: Sequence[tuple[str, str, str]] = ()  # label, old, new; folded
    facts: Sequence[str] = ()
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Work:
    """Long work and how far it is; everything in it survives a reload of the page."""

    title: str
    done: int
    total: int
    unit: str = ""
    rate_per_minute: float | None = None
    seconds_left: int | None = None
    set_aside: int = 0
    set_aside_href: str = ""
    state: Literal["running", "paused", "done", "stopped"] = "running"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: `kind` says how its values are written: text, code, amount, share, day, moment, number, state, person."""

    label: str
    kind: Literal["text", "code", "amount", "share", "day", "moment", "number", "state", "person"] = "text"

    @property
    def look(self) -> str:
        looks = {"amount": "amount", "share": "amount", "code": "code", "number": "code", "day": "code", "moment": "code"}
        return looks.get(self.kind, "")


@dataclass(frozen=True, slots=True)
class Row:
    """A row of values in the order of the columns; with an address the whole row leads there."""

    cells: Sequence[object]
    href: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A page of rows. `empty` says what would be here and how to get it; `said` how many are shown of what."""

    caption: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    empty: str
    empty_action: Choice | None = None
    said: str = ""
    previous_href: str = ""
    next_href: str = ""
    export_href: str = ""

    @property
    def headed(self) -> list[tuple[Row, list[tuple[Column, object]]]]:
        return [(row, list(zip(self.columns, row.cells, strict=True))) for row in self.rows]


@dataclass(frozen=True, slots=True)
class Deed:
    """What one officer asks and another decides. `decided` is empty while it is open."""

    what: str
    asked_by: str
    asked_at: datetime
    reason: str = ""
    deciders: str = ""  # who may decide, in words
    yours: bool = False  # asked by the reader, who therefore may not decide
    decided: State | None = None
    decided_by: str = ""
    decided_at: datetime | None = None
    decision_reason: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """The line a person has everywhere. A citizen's number is shown grouped and copies without gaps."""

    name: str
    number: str = ""
    birth_date: Day = None
    sex: str = ""
    unit: str = ""
    href: str = ""
    state: State | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a household: the person and what they are to its head."""

    person: Person
    relation: str
    since: Day = None


@dataclass(frozen=True, slots=True)
class Household:
    """A household at an address (*hộ gia đình*)."""

    address: str
    members: Sequence[Member]
    title: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Proof:
    """That an entry stands in the signed book: hashes from the entry to the root. `verified` None: not yet checked here."""

    entry: str
    path: Sequence[str]
    root: str
    size: int
    signed_at: datetime
    verified: bool | None = None


@dataclass(frozen=True, slots=True)
class Confirm:
    """A question before something that counts: what will happen, to whom, whether it can be undone; the button repeats the verb."""

    title: str
    happens: Sequence[str]
    verb: str
    action: str
    back: str
    undo: str = ""  # how it is undone; empty: it cannot be
    fields: Sequence[tuple[str, str]] = ()
    person: Person | None = None
