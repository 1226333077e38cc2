"""What somebody states about a person, before it is compared with the registry."""

from __future__ import annotations

import msgspec

from dancu.kernel.dates import PartialDate
from dancu.kernel.personal_id import PersonalId


class PersonClaim(msgspec.Struct, frozen=True):
    """Number, name and birth date as stated (*thông tin khai*); the three keys that must agree before anything is told.

    Exactly one of `personal_id` and `old_id_no` leads; when both are given the 12-digit number leads.
    """

    full_name: str
    birth_date: PartialDate
    personal_id: PersonalId | None = None
    old_id_no: str = ""
    name_readings: tuple[str, ...] = ()  # other readings of a name that a scanner mangled; they agree as folded at best
