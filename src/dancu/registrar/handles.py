"""What stands in the address of a person's page instead of her number: sealed, bound to the session, and soon over."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import msgspec

from dancu.kernel.errors import NotFound
from dancu.kernel.personal_id import PersonalId
from dancu.kernel.sealing import SealingKey

LIFETIME = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Look:
    """A person somebody looks at, and the dossier or case it is for (*lượt xem hồ sơ*)."""

    personal_no: int
    case_no: str


def handle_of(look: Look, session: str, key: SealingKey, *, now: datetime) -> str:
    """Text for an address: says nothing to who has not the key, and nothing in another session."""
    plain = msgspec.json.encode([look.personal_no, look.case_no, int((now + LIFETIME).timestamp())])
    return base64.urlsafe_b64encode(key.seal(plain, belongs_to=f"look:{session}")).decode().rstrip("=")


def look_of(handle: str, session: str, key: SealingKey, *, now: datetime) -> Look:
    """Read a handle back. Raises `NotFound` for another session's, an old or a changed one: all look the same."""
    try:
        sealed = base64.urlsafe_b64decode(handle + "=" * (-len(handle) % 4))
        number, case_no, until = msgspec.json.decode(key.unseal(sealed, belongs_to=f"look:{session}"))
    except (ValueError, binascii.Error) as failure:
        raise _over() from failure
    if datetime.fromtimestamp(until, UTC) <= now:
        raise _over()
    return Look(PersonalId(number).number, case_no)


def _over() -> NotFound:
    return NotFound(
        "person.page_over",
        "Trang này đã hết hạn hoặc thuộc phiên làm việc khác. Tra cứu lại để mở hồ sơ.",
        "This page has run out or belongs to another session. Search again to open the person.",
    )
