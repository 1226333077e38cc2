"""What the portal takes from the desk about consents: hers, and how she takes one back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from dancu.identity.api import Citizen
from dancu.kernel.errors import NotFound
from dancu.population import api as population
from dancu.protection import api as protection
from dancu.protection.api import Consent, ConsentChannel


def consents(citizen: Citizen) -> list[Consent]:
    """Everything she agreed to, under any of her numbers, the newest first (*đồng ý của tôi*)."""
    return sorted((each for _number, each in _found(citizen)), key=lambda each: each.given_at, reverse=True)


def get_consent(citizen: Citizen, consent: UUID) -> Consent:
    """One of hers. Raises `NotFound`, the same for somebody else's."""
    return _hers(citizen, consent)[1]


def withdraw(citizen: Citizen, consent: UUID, *, now: datetime) -> Consent:
    """Take one back; it holds for nobody from this moment on (*rút lại đồng ý*).

    Raises `NotFound` for somebody else's, `Conflict` when it was taken back before.
    """
    number, _consent = _hers(citizen, consent)
    evidence = f"Chủ thể dữ liệu đăng nhập trang của người dân, tài khoản mức {citizen.level}, bấm Rút lại đồng ý."
    return protection.withdraw_consent(number, consent, ConsentChannel.PORTAL, evidence, now)


def _hers(citizen: Citizen, consent: UUID) -> tuple[str, Consent]:
    for number, each in _found(citizen):
        if each.id == consent:
            return number, each
    raise NotFound("portal.no_consent", "Bạn không có đồng ý nào mang mã này.", "You gave no such consent.")


def _found(citizen: Citizen) -> Iterator[tuple[str, Consent]]:
    for number in population.numbers_of_person(citizen.personal_id):
        yield from ((number.digits, each) for each in protection.consents_of(number.digits))
