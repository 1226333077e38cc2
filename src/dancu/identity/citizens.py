"""Citizens sign in to their own pages: by number and password until the electronic identity takes its place."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.hashers import check_password, make_password
from django.db.models import F

from dancu.identity import store
from dancu.identity.domain import FAILURE_WINDOW, FAILURES_PER_ACCOUNT_MAX, FAILURES_PER_NETWORK_MAX, Citizen, SignInRefused
from dancu.identity.models import CitizenAccess
from dancu.kernel.networks import network_of
from dancu.kernel.personal_id import PersonalId

_NOBODY = make_password("nobody has this password")
LEVEL_IN_PERSON = 2  # Decree 69/2024/NĐ-CP: level 2 is given after face and fingerprints were compared in person


def sign_in_citizen(number: PersonalId, password: str, address: str, *, now: datetime) -> Citizen | SignInRefused:
    """Let a citizen in by number and password (*công dân đăng nhập bằng mật khẩu*). Unknown, wrong and locked look the same."""
    account, network = f"dan:{number.digits}", f"dan:{network_of(address)}"  # counted apart from officers
    since = now - FAILURE_WINDOW
    row = CitizenAccess.objects.filter(personal_no=number.number, is_active=True).first()
    if (
        store.failures_since(since, account=account) >= FAILURES_PER_ACCOUNT_MAX
        or store.failures_since(since, network=network) >= FAILURES_PER_NETWORK_MAX
    ):
        return SignInRefused(too_many=True)
    matches = check_password(password[:1000], row.password if row else _NOBODY)
    if row is None or not matches:
        store.add_failure(now, account, network, since)
        return SignInRefused()
    CitizenAccess.objects.filter(pk=row.pk).update(signed_in_before=F("signed_in_at"), signed_in_at=now)
    return _citizen(row)


def sign_out_citizen(citizen: Citizen) -> None:
    """End every session of the citizen (*công dân đăng xuất*)."""
    CitizenAccess.objects.filter(pk=citizen.id).update(epoch=F("epoch") + 1)


def citizen_by_id(access_id: int) -> Citizen | None:
    """The citizen of a session, as her account is now; None once it is closed (*công dân của phiên*)."""
    row = CitizenAccess.objects.filter(pk=access_id, is_active=True).first()
    return _citizen(row) if row else None


def add_citizen(number: PersonalId, password: str, *, level: int = LEVEL_IN_PERSON) -> None:
    """Give a citizen access to her own pages, or a new password, which ends her sessions (*mở tài khoản công dân*)."""
    row, created = CitizenAccess.objects.get_or_create(
        personal_no=number.number, defaults={"password": make_password(password), "level": level}
    )
    if not created:
        CitizenAccess.objects.filter(pk=row.pk).update(
            password=make_password(password), level=level, is_active=True, epoch=F("epoch") + 1
        )


def _citizen(row: CitizenAccess) -> Citizen:
    return Citizen(row.pk, PersonalId(row.personal_no), row.level, row.epoch, row.signed_in_before)
