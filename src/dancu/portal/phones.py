"""What the portal takes from the room of lists about telephone numbers: those said to be hers, and her own word on them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from dancu.identity.api import Citizen
from dancu.kernel.errors import Conflict, NotFound
from dancu.population import api as population
from dancu.portal import usecases
from dancu.reconcile import api as reconcile
from dancu.reconcile.api import PhoneEnding, PhoneLine, PhoneSource, PhoneStanding

DECLARED_MAX = 10  # numbers one citizen declares at a time: her word outranks everybody's, so it is not given without end
_BEST_FIRST = (PhoneStanding.STANDS, PhoneStanding.DISPUTED, PhoneStanding.OUTRANKED)


@dataclass(frozen=True, slots=True)
class OwnPhone:
    """A number that is said to be hers now, with everybody who says so (*số điện thoại được cho là của tôi*)."""

    phone: str
    lines: tuple[PhoneLine, ...]

    @property
    def declared(self) -> PhoneLine | None:
        """Her own word."""
        return next((each for each in self.lines if each.source is PhoneSource.CITIZEN), None)

    @property
    def operators(self) -> tuple[str, ...]:
        return tuple(each.organisation for each in self.lines if each.source is PhoneSource.OPERATOR)

    @property
    def standing(self) -> PhoneStanding:
        """What the number is worth for her: the best of what is said of it.

        Under one of her numbers all is worth the same; under an older one her own word may seem somebody else's.
        """
        return min((each.standing for each in self.lines), key=_BEST_FIRST.index)


@dataclass(frozen=True, slots=True)
class OwnPhones:
    """Her numbers, and what is said of them no longer (*số điện thoại của tôi*)."""

    phones: tuple[OwnPhone, ...]
    ended: tuple[PhoneLine, ...]


def read_phones(citizen: Citizen, *, now: datetime) -> OwnPhones:
    """Every number said to be hers, under any of her numbers (*số điện thoại của tôi*). Raises `NotAllowed` below the level."""
    usecases.check_level(citizen, now=now)
    lines = [line for _number, line in _found(citizen)]
    by_phone: dict[str, list[PhoneLine]] = {}
    for line in lines:
        if line.ended_at is None:
            by_phone.setdefault(line.phone, []).append(line)
    phones = tuple(OwnPhone(phone, tuple(of_phone)) for phone, of_phone in by_phone.items())
    said_again = {(line.phone, line.organisation) for line in lines if line.ended_at is None}
    # An operator that found her under a new number of hers ended its own word under the old one: to her it goes on.
    ended = (
        line
        for line in lines
        if line.ended_at and not (line.end_reason == PhoneEnding.SUPERSEDED and (line.phone, line.organisation) in said_again)
    )
    return OwnPhones(phones, tuple(ended))


def declare(citizen: Citizen, typed: str, *, now: datetime) -> PhoneLine:
    """She says that she uses a number (*tự khai số điện thoại*). Said twice it is said once.

    Raises `Invalid` naming the field, `Conflict` when she declared too many, `NotAllowed` below the level.
    """
    usecases.check_level(citizen, now=now)
    found = [(number, line) for number, line in _found(citizen) if line.ended_at is None]
    declared = {line.phone: line for _number, line in found if line.source is PhoneSource.CITIZEN}
    phone = reconcile.mobile_of(typed)
    if phone in declared:
        return declared[phone]
    if phone and len(declared) >= DECLARED_MAX:
        raise Conflict(
            "portal.phones_many",
            f"Bạn đã khai {DECLARED_MAX} số. Rút lại số bạn không dùng nữa rồi khai tiếp.",
            f"You declared {DECLARED_MAX} numbers. Take back one that you use no more, then declare this one.",
            field="phone",
        )
    # Under the number her operator knows her by: under another one she would be in dispute with herself.
    known_by = next((number for number, line in found if line.phone == phone), citizen.personal_id.number)
    kept = reconcile.declare_phone(known_by, typed, now=now)
    return next(line for _number, line in _declared(citizen) if line.phone == kept and line.ended_at is None)


def get_declared(citizen: Citizen, line: UUID, *, now: datetime) -> PhoneLine:
    """Something she declared. Raises `NotFound`, the same for an operator's word and for somebody else's."""
    return _hers(citizen, line, now)[1]


def withdraw(citizen: Citizen, line: UUID, *, now: datetime) -> PhoneLine:
    """She takes her word back (*rút lại số đã khai*); taken back twice it is taken back once.

    Raises `NotFound` for what she did not declare, `NotAllowed` below the level.
    """
    number, found = _hers(citizen, line, now)
    if found.ended_at is None:
        with contextlib.suppress(NotFound):  # taken back a moment ago, which is what she wants
            reconcile.withdraw_phone(number, found.phone, now=now)
    return found


def _hers(citizen: Citizen, line: UUID, now: datetime) -> tuple[int, PhoneLine]:
    usecases.check_level(citizen, now=now)
    for number, each in _declared(citizen):
        if each.id == line:
            return number, each
    raise NotFound("portal.no_phone", "Bạn không tự khai số điện thoại này.", "You did not declare this telephone number.")


def _declared(citizen: Citizen) -> Iterator[tuple[int, PhoneLine]]:
    return ((number, line) for number, line in _found(citizen) if line.source is PhoneSource.CITIZEN)


def _found(citizen: Citizen) -> Iterator[tuple[int, PhoneLine]]:
    for number in population.numbers_of_person(citizen.personal_id):
        yield from ((number.number, line) for line in reconcile.phone_lines(number.number))
