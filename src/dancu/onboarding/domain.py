"""Systems, what they were granted, and the accounts an organisation vouches for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

import msgspec

from dancu.kernel.warrants import Field

# The registry's own pages: the only system that may hold a grant with `registry`.
REGISTRY_SYSTEM = "dan-cu"
BY_ITSELF = "dancu"  # who suspends where no human does


class ConnectionState(StrEnum):
    """Traffic opens only when the connection is official (*trạng thái kết nối*).

    In `TRIAL` (*kết nối thử nghiệm*) a system asks the same addresses under a secret of the trial's own, and is answered from
    invented persons that are part of the program: never from the registry, never from the hub above.
    """

    REGISTERED = "registered"
    TRIAL = "trial"
    OFFICIAL = "official"
    SUSPENDED = "suspended"
    CLOSED = "closed"


class ErrorProfile(StrEnum):
    """How a refusal looks on the national contract: empty answer, or SOAP fault (*cách báo lỗi*)."""

    COMPATIBLE = "compatible"
    STRICT = "strict"


class ErrorCodeStyle(StrEnum):
    """How the JSON contracts write their `error_code` (*cách ghi error_code*): text `"00"` or `"0"`, or a number."""

    NATIONAL = "00"
    ADAPTER = "0"
    NUMBER = "number"


class WireProfile(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What differs between contracts of the field, chosen for one system (*hồ sơ kết nối kỹ thuật*)."""

    error_code: ErrorCodeStyle = ErrorCodeStyle.NATIONAL
    units: str = ""  # version of administrative units in answers, for example L3-2021; empty: as recorded
    networks: tuple[str, ...] = ()  # from where a contract without credentials may be used
    officer: str = ""  # what stands in where a contract names no officer, procedure or integration code
    procedure: str = ""
    integration_code: str = ""
    x_road_client: str = ""  # the name a security server gives it in X-Road-Client; another one is refused; empty: any
    is_signed: bool = False  # only signed messages are taken
    is_hub: bool = False  # a hub: it asks for systems that are registered through it, and reads our notes for hubs
    rate_per_second: int = 0  # calls a second; 0: the usual number
    shadow_url: str = ""  # the service it uses now, while this hub runs beside it and compares
    is_mutual: bool = False  # only over mutual TLS, with a certificate of its own


PLAIN = WireProfile()


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
    profile: WireProfile = PLAIN
    via: str = ""  # the hub it asks through; empty: it connects here itself
    closed_for: str = ""  # why it is suspended or closed, as its integrator is told
    closed_since: datetime | None = None


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
    may_subscribe: bool = False  # is told when what it may learn about a person changes
    list_max: int = 0  # the most persons one list by criteria may hold; 0: no lists


class KeyKind(StrEnum):
    """What a key is for (*loại khoá*): to sign messages, or to make a connection with."""

    MESSAGE = "message"
    TLS = "tls"


class KeyState(StrEnum):
    """A revoked key stays known, so that its owner can be told (*trạng thái khoá*)."""

    ACTIVE = "active"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class RegisteredKey:
    """A public key or a certificate of one system (*khoá đã đăng ký*). Private halves are never here."""

    client_id: str
    kind: KeyKind
    kid: str  # of a certificate its SHA-256 fingerprint, hexadecimal
    content: str  # public JWK, or PEM
    not_before: datetime | None = None
    not_after: datetime | None = None
    serial: str = ""  # hexadecimal, of a certificate
    subject: str = ""
    issuer: str = ""
    state: KeyState = KeyState.ACTIVE
    revoked_at: datetime | None = None
    reason: str = ""


class TrustedCertificate(NamedTuple):
    """What the gate must know of a certificate it meets (*chứng thư được tin*)."""

    owner: str
    not_before: datetime
    not_after: datetime
    revoked_at: datetime | None = None
    revoked_for: str = ""


class Standing(msgspec.Struct, frozen=True):
    """All that is known about a caller at this moment: system, grant, account (*tư cách khai thác*)."""

    system: InformationSystem
    grant: Grant | None
    officer_listed: bool
    waiting_since: datetime | None = None  # the oldest ledger entry outside the tree: who lags tells less
