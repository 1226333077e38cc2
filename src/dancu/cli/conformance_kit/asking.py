"""A question as the kit means it, before a dialect writes it down."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from itertools import count

from dancu.cli.conformance_kit.persons import Persona, without_marks

_numbers = count(1)


class Key(Enum):
    """With which credentials a call goes out."""

    RIGHT = "đúng mã bí mật"
    WRONG = "sai mã bí mật"
    UNKNOWN = "một hệ thống chưa đăng ký"
    NONE = "không có thông tin xác thực"


@dataclass(frozen=True, slots=True)
class Asked:
    """Three keys, who asks and for what; None means what was agreed, an empty text that it is left out."""

    number: str
    name: str
    born: str  # yyyymmdd or yyyy; a dialect dresses it, unless it holds other signs already
    old_number: str = ""
    officer: str | None = None
    procedure: str | None = None
    request_id: str = ""
    words: str = ""  # what it is, for the sentence of a failure

    def but(self, words: str, **changes: str) -> Asked:
        """The same question with something changed, and its words."""
        return replace(self, words=f"{self.words}, {words}" if self.words else words, **changes)


def about(persona: Persona, words: str = "") -> Asked:
    """The question about a persona as most clients send it: the name in capitals without marks."""
    told = words or f"tra cứu người mẫu {persona.hint}"
    return Asked(persona.number, without_marks(persona.name), persona.born, request_id=request_id(), words=told)


def request_id() -> str:
    """A number of the caller's own, as clients make them."""
    return f"KIEMTRA{next(_numbers):06d}"
