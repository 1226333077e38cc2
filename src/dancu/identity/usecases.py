"""Sign in and out; set up organisations and officers."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from django.contrib.auth.hashers import check_password, make_password

from dancu.identity import store
from dancu.identity.bodies import history_of, parse_code
from dancu.identity.domain import (
    FAILURE_WINDOW,
    FAILURES_PER_ACCOUNT_MAX,
    FAILURES_PER_NETWORK_MAX,
    Officer,
    Organisation,
    SignInRefused,
)
from dancu.kernel.errors import DancuError
from dancu.kernel.networks import network_of
from dancu.kernel.reach import SYSTEM, acting

_NOBODY = make_password("nobody has this password")


class SignInMethod(Protocol):
    """The door officers come through. A password today; the e-identity can take its place."""

    def __call__(self, account: str, password: str, address: str, *, now: datetime) -> Officer | SignInRefused: ...


def sign_in(account: str, password: str, address: str, *, now: datetime) -> Officer | SignInRefused:
    """Let an officer in by password (*đăng nhập*). Unknown, wrong and locked get one answer and take one time."""
    account, network = account.strip()[:200], network_of(address)
    since = now - FAILURE_WINDOW
    with acting(SYSTEM):  # nobody is known yet
        found = store.find_credentials(account)
    if (
        store.failures_since(since, account=account) >= FAILURES_PER_ACCOUNT_MAX
        or store.failures_since(since, network=network) >= FAILURES_PER_NETWORK_MAX
    ):
        return SignInRefused(too_many=True)
    matches = check_password(password[:1000], found[1] if found else _NOBODY)
    if found is None or not matches:
        store.add_failure(now, account, network, since)
        return SignInRefused()
    return found[0]


def prove(officer: Officer, password: str, address: str, *, now: datetime) -> SignInRefused | None:
    """The officer at the page shows once more that it is she (*xác nhận lại mật khẩu*); counted as signing in is."""
    proven = sign_in(officer.account, password, address, now=now)
    return proven if isinstance(proven, SignInRefused) else None


def sign_out(officer: Officer) -> None:
    """End every session of the officer (*đăng xuất*)."""
    with acting(SYSTEM):
        store.end_sessions(officer.id)


def officer_by_id(officer_id: int) -> Officer | None:
    """The officer of a session, as she is now; None once the account is closed (*cán bộ của phiên*)."""
    with acting(SYSTEM):  # who she is says what she may see
        return store.find_officer(officer_id)


def organisation_names(codes: Collection[str]) -> dict[str, str]:
    """Names of organisations by code; the body of level 1 where nothing nearer is known (*tên cơ quan theo mã*)."""
    with acting(SYSTEM):  # a body's name is public
        known = store.names_of(codes)
    return {code: known.get(code) or _body_name(code) for code in codes}


def _body_name(code: str) -> str:
    try:
        read = parse_code(code)
        name = history_of(read.level_1)[-1].name
    except DancuError:
        return code
    return f"{name} ({code})" if read.below else name


def accounts_with(role: str, organisation: str = "") -> list[str]:
    """Accounts that have a role, anywhere or in one organisation (*tài khoản theo vai trò*)."""
    return store.accounts_with(role, organisation)


def nearest_with(role: str, organisation: str) -> str:
    """The organisation, or the nearest one above it, where an account has a role (*cơ quan gần nhất có vai trò*).

    Where nobody has it, the organisation itself: what is sent there waits for whoever will.
    """
    parts = organisation.split(".")
    above = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
    return next((code for code in above if store.accounts_with(role, code)), organisation)


def add_organisation(organisation: Organisation, units: dict[str, str]) -> None:
    """Add or rename an organisation and its units by code (*thêm cơ quan*)."""
    store.save_organisation(organisation)
    for code, name in units.items():
        store.save_unit(organisation.code, code, name)


def add_officer(
    account: str, name: str, organisation_code: str, unit_code: str, roles: list[str], password: str, *, holder: str = ""
) -> None:
    """Add an officer or set her anew (*thêm cán bộ*). `holder` names the human when she has several accounts."""
    store.save_officer(account, name, organisation_code, unit_code, sorted(roles), make_password(password), holder)
