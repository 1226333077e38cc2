"""Systems, what they were granted, and the accounts an organisation vouches for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

import msgspec

from dancu.kernel.warrants import Field

# The registry's own pages: the only system that may hold a grant with `registry`.
REGISTRY_SYSTEM = "dan-cu"
BY_ITSELF = "dancu"  # who suspends where no human does


class ConnectionState(StrEnum):
    """Traffic opens only when the connection is official (*trạng thái kết nối*)."""

    REGISTERED = "registered"
    OFFICIAL = "official"
    SUSPENDED = "suspended"
    CLOSED = "closed"


class ErrorProfile(StrEnum):
    """How a refusal looks on the national contract: empty answer, or SOAP fault (*cách báo lỗi*)."""

    COMPATIBLE = "compatible"
    STRICT = "strict"


@dataclass(frozen=True, slots=True)
class InformationSystem:
    """A system that asks, run by an organisation (*hệ thống thông tin*)."""

    client_id: str
    organisation: str
    name: str
    state: ConnectionState
    service_urls: tuple[str, ...] = ()  # strings the client hashes as serviceUrl
    skew_seconds: int = 600  # accepted clock difference; repeats are not rejected, clients in the field repeat
    error_profile: ErrorProfile = ErrorProfile.COMPATIBLE


@dataclass(frozen=True, slots=True)
class Grant:
    """What one system may learn for one procedure under one integration code (*phạm vi khai thác được duyệt*)."""

    client_id: str
    integration_code: str
    procedure: str
    fields: frozenset[Field]
    purpose: str
    legal_basis: str
    valid_from: date
    valid_to: date | None = None
    dossier_required: bool = False
    sensitive_fields: frozenset[Field] = frozenset()  # of those in `fields`, which may leave unmasked
    may_disclose: bool = True  # False: verification only
    passes_folded: bool = True  # a name without marks, a coarser date still pass
    explain: bool = False  # tells which key differs when the number and one more agree
    id: int = 0
    registry: bool = False  # search, and open by number alone: the registry's own officers
    protected: bool = False  # of those, who also sees protected persons
    volume_per_day: int = 0  # new persons a day that were registered; 0: the usual number
    officer_per_day: int = 0  # of these, by one account
    emergency: bool = False  # answered also while the ledger is hours behind
    sealed_days: int = 0  # a covert act: its person sees it so many days later; 0: at once


class Standing(msgspec.Struct, frozen=True):
    """All that is known about a caller at this moment: system, grant, account (*tư cách khai thác*)."""

    system: InformationSystem
    grant: Grant | None
    officer_listed: bool
    waiting_since: datetime | None = None  # the oldest ledger entry outside the tree: who lags tells less
