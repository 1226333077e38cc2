"""What reading a notice gives: tasks to be confirmed by a person, every part with the place it was read from. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Confidence(StrEnum):
    """How sure the rules are (*mức chắc chắn*)."""

    HIGH = "high"  # a body is named and told to do something in a verb of order
    MEDIUM = "medium"  # the body stands in a heading or a sentence before, or the verb is not one of the known
    LOW = "low"  # nobody is named, or only guessed


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of the pasted text (*đoạn văn bản nguồn*): from `start` up to, not including, `end`."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class NamedBody:
    """A body as the text names it (*cơ quan được nêu tên*)."""

    code: str
    words: str
    span: Span


@dataclass(frozen=True, slots=True)
class NamedBasis:
    """A document the task rests on (*căn cứ được viện dẫn*), for example "Quyết định số 422/QĐ-TTg, ngày 04/4/2022"."""

    words: str
    span: Span


@dataclass(frozen=True, slots=True)
class NamedDeadline:
    """A deadline as the text writes it (*thời hạn được nêu*); `text` is the form deadlines are kept in."""

    text: str
    words: str
    span: Span
    is_strong: bool = False  # a word of finishing or reporting leads to it


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposedTask:
    """A task the rules found and a person still has to confirm (*nhiệm vụ đề xuất*)."""

    text: str
    span: Span
    owners: tuple[NamedBody, ...] = ()
    co_owners: tuple[NamedBody, ...] = ()
    deadline: str = ""
    deadline_words: str = ""
    deadline_span: Span | None = None
    legal_basis: tuple[NamedBasis, ...] = ()
    place: str = ""  # the numbering above it: "1. 1.1. (2) -"
    confidence: Confidence = Confidence.LOW
    notes: tuple[str, ...] = ()  # what a person should look at, in Vietnamese
