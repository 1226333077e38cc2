"""What people are told: templates with versions, filled when read, in the reader's language. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

import msgspec

from dancu.kernel.errors import Invalid

VALUE_LENGTH_MAX = 300
_PLACE = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True, slots=True)
class Wording:
    """A template in one language (*lời thông báo*); `{name}` is a place for a value."""

    title: str
    body: str

    @property
    def places(self) -> frozenset[str]:
        return frozenset(_PLACE.findall(self.title + self.body))


@dataclass(frozen=True, slots=True)
class Template:
    """A version of what is said on an occasion (*mẫu thông báo*)."""

    name: str
    version: int
    valid_from: date
    vietnamese: Wording
    english: Wording

    def __post_init__(self) -> None:
        if self.vietnamese.places != self.english.places:
            raise ValueError(f"{self.name}: the languages do not have the same places")


class Message(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is said: template, the version of the day it was sent, values, a page of ours to open (*nội dung thông báo*).

    A value is read in English by the pages' dictionary; `english` holds those that are sentences made when it was sent.
    """

    template: str
    version: int
    values: dict[str, str]
    href: str = ""
    english: dict[str, str] = {}


class Addressee(msgspec.Struct, frozen=True, omit_defaults=True):
    """An officer by account, or everybody with a role in an organisation (*người nhận thông báo*)."""

    account: str = ""
    organisation: str = ""
    role: str = ""

    @property
    def words(self) -> str:
        return self.account or f"{self.role}, {self.organisation}"


@dataclass(frozen=True, slots=True)
class Notice:
    """Something somebody was told in our pages (*thông báo*)."""

    id: int
    at: datetime
    message: Message
    is_read: bool


def check_message(template: Template, values: Mapping[str, str], english: Mapping[str, str], href: str) -> Message:
    """Raises `Invalid` when the values are not those of the template, or the page is not one of ours."""
    wanted = template.vietnamese.places
    if set(values) != wanted or not set(english) <= wanted:
        raise Invalid("notice.values", "Thông báo thiếu hoặc thừa giá trị.", f"{template.name} takes {sorted(wanted)}.")
    if any(len(value) > VALUE_LENGTH_MAX for value in (*values.values(), *english.values())):
        raise Invalid("notice.too_long", "Giá trị trong thông báo quá dài.", f"A value of {template.name} is too long.")
    if href and (not href.startswith("/") or href.startswith("//")):
        raise Invalid("notice.href", "Thông báo chỉ dẫn tới trang của hệ thống.", "A notice leads to pages of ours only.")
    return Message(template.name, template.version, dict(values), href, dict(english))


def fill(wording: Wording, values: Mapping[str, str]) -> tuple[str, str]:
    """Title and body with their values; a value is never read as a place."""
    return tuple(_PLACE.sub(lambda place: values.get(place.group(1), "–"), text) for text in (wording.title, wording.body))  # type: ignore[return-value]  # two in, two out
