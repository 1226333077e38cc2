"""Organisations, their units and officers; when a sign-in is refused."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from dancu.kernel.four_eyes import Hand
from dancu.kernel.personal_id import PersonalId

FAILURES_PER_ACCOUNT_MAX = 5
FAILURES_PER_NETWORK_MAX = 50
FAILURE_WINDOW = timedelta(minutes=15)
SESSION_IDLE_MAX = timedelta(minutes=30)
SESSION_AGE_MAX = timedelta(hours=8)


@dataclass(frozen=True, slots=True)
class Organisation:
    """A body of the state with its official code, for example H57.12.3 (*cơ quan, đơn vị*, Decision 20/2020/QĐ-TTg)."""

    code: str
    name: str
    parent_code: str = ""


@dataclass(frozen=True, slots=True)
class Officer:
    """A person at work: account, organisation, unit, roles (*cán bộ, công chức*)."""

    id: int
    account: str  # what the ledger names; on the organisation's approved list
    name: str
    organisation_code: str
    organisation_name: str
    unit_code: str
    unit_name: str
    roles: frozenset[str]
    epoch: int  # raised by sign-out everywhere, lock or new password: older sessions end
    holder: str = ""  # the human behind the account, the same for all her accounts; the account where nothing else is known

    @property
    def human(self) -> str:
        return self.holder or self.account

    @property
    def hand(self) -> Hand:
        """As four eyes know her."""
        return Hand(self.account, self.unit, self.human)

    @property
    def unit(self) -> str:
        """Organisation and unit in one, for example H57.12.3/MC: what four eyes compare."""
        return f"{self.organisation_code}/{self.unit_code}"


@dataclass(frozen=True, slots=True)
class Citizen:
    """A person who signed in to her own pages (*công dân đăng nhập*, Decree 69/2024/NĐ-CP)."""

    id: int
    personal_id: PersonalId
    level: int  # 1 or 2, of the account; not to be taken for the four levels of signing in
    epoch: int
    signed_in_before: datetime | None = None

    @property
    def last_digits(self) -> str:
        """Enough for her to know her own account, too little for who looks over her shoulder."""
        return self.personal_id.digits[-4:]


@dataclass(frozen=True, slots=True)
class SignInRefused:
    """One answer for unknown account, wrong password and locked account (*từ chối đăng nhập*)."""

    too_many: bool = False


def is_expired(signed_in_at: datetime, last_seen_at: datetime, now: datetime) -> bool:
    """Has a session run out, by age or by idleness?"""
    return now - signed_in_at > SESSION_AGE_MAX or now - last_seen_at > SESSION_IDLE_MAX


def is_proven(proven_at: float, within: timedelta, now: datetime) -> bool:
    """Was the password shown recently enough for a sensitive act? `proven_at` in seconds since 1970; never ahead of now."""
    return 0 <= now.timestamp() - proven_at <= within.total_seconds()
