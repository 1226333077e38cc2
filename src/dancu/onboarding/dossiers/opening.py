"""A dossier is opened: for a system that is new, for one that ended its trial before, or for more services of one in traffic."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from django.db import transaction

from dancu.identity.api import Officer, is_within
from dancu.kernel.clock import local
from dancu.kernel.errors import Conflict, Invalid, NotAllowed
from dancu.kernel.sealing import SealingKey
from dancu.notices.api import names_a_person
from dancu.onboarding import usecases as gate
from dancu.onboarding.axes import usecases as axes
from dancu.onboarding.domain import ConnectionState, InformationSystem
from dancu.onboarding.dossiers import store
from dancu.onboarding.dossiers.domain import Action, ActionKind, ConnectionDossier, Party, take
from dancu.onboarding.dossiers.routes import police_of, routes
from dancu.onboarding.dossiers.usecases import INTEGRATOR, save
from dancu.onboarding.parties.usecases import centres
from dancu.onboarding.reader import trial_secret
from dancu.onboarding.store import find_system
from dancu.onboarding.trace import get_system

NAME_LENGTH_MAX = 200
HOSTING = ("own", "provider", "other")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a body wants to connect (*hệ thống đề nghị kết nối*)."""

    client_id: str
    system_name: str
    hosting: str  # own, provider, other
    level: int  # security level of the system, 1 to 5 (Decree 85/2016/NĐ-CP)
    centre: str = ""  # code of the provider's data centre
    contact: str = ""  # role and office, no private number


def open_dossier(
    officer: Officer, wanted: Wanted, *, key: SealingKey, now: datetime, organisation: str = ""
) -> tuple[ConnectionDossier, str]:
    """Open a dossier for a system, on trial at once (*lập hồ sơ kết nối*). Gives the secret for the trial, shown once.

    A system whose dossier was withdrawn or refused before keeps its code and goes on trial again. Refuses a code of another
    body, a system that is connected, and one that has an open dossier.
    """
    body = organisation or officer.organisation_code
    _check_body(officer, body)
    _check_wanted(wanted)
    with transaction.atomic():
        secret = _tried_again(wanted, body, key, officer, now) or _registered(wanted, body, key, officer, now)
        axes.move_connection(wanted.client_id, "open_trial", axes.Ground("hồ sơ kết nối được lập"), by=officer.account, now=now)
        return _opened(officer, wanted, body, now), trial_secret(key, wanted.client_id, secret)


def open_supplement(officer: Officer, wanted: Wanted, *, now: datetime) -> ConnectionDossier:
    """Open a dossier for more services of a system in traffic (*hồ sơ bổ sung dịch vụ*); what it has goes on meanwhile."""
    _check_wanted(wanted)
    with transaction.atomic():
        system = get_system(wanted.client_id, for_update=True)
        _check_body(officer, system.organisation)
        if system.state is not ConnectionState.OFFICIAL:
            raise Conflict(
                "dossier.not_official",
                "Chỉ bổ sung dịch vụ cho hệ thống đang kết nối chính thức.",
                "Only a system in official traffic asks for more services.",
                field="client_id",
            )
        _check_none_open(wanted.client_id)
        return _opened(officer, wanted, system.organisation, now, supplements=True)


def _registered(wanted: Wanted, body: str, key: SealingKey, officer: Officer, now: datetime) -> str:
    system = InformationSystem(wanted.client_id, body, wanted.system_name.strip(), ConnectionState.REGISTERED)
    return gate.register_system(system, key=key, by=officer.account, now=now)


def _tried_again(wanted: Wanted, body: str, key: SealingKey, officer: Officer, now: datetime) -> str:
    """A fresh secret for a system of this body that ended its trial and never was in traffic; nothing for a new one."""
    found = find_system(wanted.client_id, for_update=True)
    if found is None or found.organisation != body:
        return ""  # a code of another body is refused by the registration, which says no more than that it is taken
    _check_none_open(wanted.client_id)
    if found.state is ConnectionState.OFFICIAL:
        raise Conflict(
            "dossier.official",
            "Hệ thống này đang kết nối chính thức. Cần thêm dịch vụ thì mở trang của hệ thống, chọn “Bổ sung dịch vụ”.",
            "This system is in official traffic. For more services use “More services” on its page.",
            field="client_id",
        )
    if found.state is not ConnectionState.CLOSED or gate.grants_of_system(wanted.client_id):
        return ""
    return gate.renew_secret(wanted.client_id, key=key, by=officer.account, now=now)


def _check_none_open(client_id: str) -> None:
    if store.open_dossier_of(client_id):
        raise Conflict(
            "dossier.open",
            "Hệ thống này đang có hồ sơ chưa xong. Mở hồ sơ đó để làm tiếp, hoặc rút nó trước.",
            "This system has an open dossier. Go on with that one, or withdraw it first.",
            field="client_id",
        )


def _opened(officer: Officer, wanted: Wanted, body: str, now: datetime, *, supplements: bool = False) -> ConnectionDossier:
    content = {
        "code": store.next_code(body, local(now).date()),
        "organisation": body,
        "client_id": wanted.client_id,
        "system_name": wanted.system_name.strip(),
        "police": police_of(body),
        "hosting": wanted.hosting,
        "centre": wanted.centre if wanted.hosting == "provider" else "",
        "level": wanted.level,
        "contact": wanted.contact.strip(),
        "supplements": supplements,
    }
    opened = take(ConnectionDossier(uuid4()), Action(ActionKind.OPEN, now, officer.hand, content), Party.OWNER)
    save(opened, officer, now)
    return opened


def _check_body(officer: Officer, body: str) -> None:
    if INTEGRATOR not in officer.roles or not is_within(body, officer.organisation_code):
        raise NotAllowed("dossier.body", "Bạn chỉ lập hồ sơ cho cơ quan của mình.", "This body is not yours.")
    if is_within(body, routes().department):
        said = "Đơn vị thẩm định không lập hồ sơ cho chính mình."
        raise NotAllowed("dossier.department", said, "Who examines opens no dossier of its own.")


def _check_wanted(wanted: Wanted) -> None:
    if not 0 < len(wanted.system_name.strip()) <= NAME_LENGTH_MAX:
        said = f"Ghi tên hệ thống, không quá {NAME_LENGTH_MAX} ký tự."
        raise Invalid("dossier.system_name", said, "Name the system, shortly.", field="system_name")
    if len(wanted.contact) > NAME_LENGTH_MAX:
        said = f"Ghi đầu mối gọn trong {NAME_LENGTH_MAX} ký tự."
        raise Invalid("dossier.contact", said, "Name the contact shortly.", field="contact")
    for name in ("system_name", "contact"):  # both are read on lists, in notices and on papers
        if names_a_person(getattr(wanted, name)):
            said = "Mục này không được có dãy 9 hoặc 12 chữ số đứng riêng: trông như số định danh."
            raise Invalid(f"dossier.{name}", said, "No personal number stands here.", field=name)
    if wanted.hosting not in HOSTING:
        raise Invalid("dossier.hosting", "Chọn nơi đặt hệ thống.", "Say where the system is hosted.", field="hosting")
    if wanted.hosting == "provider" and wanted.centre not in {each.code for each in centres()}:
        raise Invalid("dossier.centre", "Chọn trung tâm dữ liệu của nhà cung cấp.", "Choose the centre.", field="centre")
    if not 1 <= wanted.level <= 5:
        raise Invalid("dossier.level", "Cấp độ an toàn từ 1 đến 5.", "The level is 1 to 5.", field="level")
