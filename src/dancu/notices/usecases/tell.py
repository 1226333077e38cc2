"""Tell people: steps that become notices in our pages or mail, and the notices themselves."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

import msgspec

from dancu.kernel.errors import Invalid
from dancu.kernel.personal_id import PersonalId
from dancu.notices.domain.delivery import Delivered, Delivery, Outcome, Rejected
from dancu.notices.domain.messages import Addressee, Message, Notice
from dancu.notices.domain.steps import Step
from dancu.notices.store import told

OFFICER, CITIZEN, MAIL = "notice.officer", "notice.citizen", "mail"
NOTICES_A_PAGE = 50


class OfficerNotice(msgspec.Struct, frozen=True):
    """Payload of `notice.officer` (*thông báo cho cán bộ*)."""

    to: Addressee
    said: Message


class CitizenNotice(msgspec.Struct, frozen=True):
    """Payload of `notice.citizen` (*thông báo cho người dân*)."""

    number: str
    said: Message


def officer_notice(said: Message, to: Addressee, *, key: str, owner: str, room: str, about: str = "") -> Step:
    """A step that tells officers (*báo cho cán bộ*). Raises `Invalid` when nobody is addressed."""
    if bool(to.account) == bool(to.role and to.organisation):
        raise Invalid("notice.addressee", "Thông báo chưa có người nhận.", "An account, or a role in an organisation.", field="to")
    payload = msgspec.to_builtins(OfficerNotice(to, said))
    return Step(OFFICER, key, payload, owner, room, to.words, about or said.template)


def citizen_notice(said: Message, number: PersonalId, *, key: str, owner: str, room: str, about: str = "") -> Step:
    """A step that tells a citizen in her own pages (*báo cho người dân*)."""
    payload = msgspec.to_builtins(CitizenNotice(number.digits, said))
    return Step(CITIZEN, key, payload, owner, room, "người dân", about or said.template)


def deliver_to_officer(delivery: Delivery) -> Outcome:
    """Handler of `notice.officer` (*ghi thông báo cho cán bộ*)."""
    try:
        payload = msgspec.convert(delivery.payload, OfficerNotice)
    except msgspec.ValidationError:
        return Rejected("step.malformed")
    told.tell_officer(delivery.step_id, payload.to, payload.said, delivery.now)
    return Delivered()


def deliver_to_citizen(delivery: Delivery) -> Outcome:
    """Handler of `notice.citizen` (*ghi thông báo cho người dân*)."""
    try:
        payload = msgspec.convert(delivery.payload, CitizenNotice)
        number = PersonalId.parse(payload.number)
    except (msgspec.ValidationError, Invalid):
        return Rejected("step.malformed")
    told.tell_citizen(delivery.step_id, number.digits, payload.said, delivery.now)
    return Delivered()


def notices_of_officer(account: str, organisation: str, roles: Collection[str], before: int | None = None) -> list[Notice]:
    """What an officer was told, newest first, one more than a page holds (*thông báo của tôi*)."""
    return told.of_officer(account, organisation, roles, before, NOTICES_A_PAGE + 1)


def notices_of_citizen(number: PersonalId) -> list[Notice]:
    """What a citizen was told, newest first (*thông báo của người dân*)."""
    return told.of_citizen(number.digits, NOTICES_A_PAGE)


def unread_of_officer(account: str, organisation: str, roles: Collection[str]) -> int:
    """How many an officer has not read, up to a thousand (*số thông báo chưa đọc*)."""
    return told.unread(account, organisation, roles)


def mark_read(account: str, organisation: str, roles: Collection[str], ids: Iterable[int] | None, *, now: datetime) -> None:
    """An officer has read these of her notices, without ids all (*đánh dấu đã đọc*)."""
    told.mark_read(account, organisation, roles, ids, now)
