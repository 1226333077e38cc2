"""Where a list goes on, as it stands in an address: a moment and an identity."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from dancu.kernel.errors import Invalid

Cursor = tuple[datetime, UUID]


def cursor_in(text: str) -> Cursor | None:
    """Where a list goes on. Raises `Invalid`."""
    if not text:
        return None
    moment, _tilde, identity = text.partition("~")
    try:
        return datetime.fromisoformat(moment), UUID(identity)
    except ValueError:
        raise Invalid("list.cursor", "Trang này không còn. Về đầu danh sách.", "Unknown page.") from None


def cursor_after(moment: datetime, identity: UUID) -> str:
    """What `cursor_in` reads, after the last line of a page."""
    return f"{moment.isoformat()}~{identity}"
