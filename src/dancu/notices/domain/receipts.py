"""What came in and was done once: the answer to a message that is seen for the first time, again, or with other content. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class First:
    """Never seen (*lần đầu nhận*): do it now, in this transaction."""


@dataclass(frozen=True, slots=True)
class Repeat:
    """Done before (*gửi lặp*): answer with what was kept, do nothing."""

    result: bytes | None


@dataclass(frozen=True, slots=True)
class OtherContent:
    """The same name with other content (*trùng mã khác nội dung*): refuse it, do nothing."""


Receipt = First | Repeat | OtherContent
