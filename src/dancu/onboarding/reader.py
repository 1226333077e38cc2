"""Systems, grants and accounts for the gateway: read whole, kept in memory, refreshed; no framework."""

from __future__ import annotations

import base64
import contextlib
import hmac
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, Protocol

import msgspec
import structlog

from dancu.kernel.errors import Invalid
from dancu.kernel.sealing import SealingKey
from dancu.kernel.signing import PublicKey, TrustedKey
from dancu.kernel.warrants import Field
from dancu.ledger.reader import OLDEST_WAITING as OLDEST_WAITING
from dancu.onboarding.domain import (
    ConnectionState,
    ErrorProfile,
    Grant,
    InformationSystem,
    KeyKind,
    Standing,
    TrustedCertificate,
    WireProfile,
)

log = structlog.get_logger("onboarding")
CHANGED_CHANNEL = "dancu_onboarding_changed"
TRIAL_PREFIX = "thu-"  # so that nobody takes the secret of a trial for the other one
_TRIAL_BYTES = 24

SYSTEMS = """select client_id, organisation, name, state, service_urls, skew_seconds, error_profile, secret_sealed, profile, via,
state_reason, state_since from onboarding_system"""
GRANTS = """select client_id, integration_code, procedure, fields, purpose, legal_basis, valid_from, valid_to,
dossier_required, sensitive_fields, may_disclose, passes_folded, explain, id, registry, protected, volume_per_day, officer_per_day,
emergency, sealed_days, may_subscribe, list_max from onboarding_grant"""
KEYS = """select kind, kid, client_id, content, not_before, not_after, revoked_at, reason from onboarding_key"""
ACCOUNTS = "select organisation, account from onboarding_account where locked_at is null"


class Connection(Protocol):
    """What we need of an asyncpg connection."""

    async def fetch(self, query: str, *arguments: object) -> Sequence[Any]: ...


@dataclass(frozen=True, slots=True)
class KnownCaller:
    """A system with its secret, opened for this process only."""

    system: InformationSystem
    secret: str


@dataclass(frozen=True, slots=True)
class Directory:
    """One consistent picture of who may ask what (*danh bạ kết nối*)."""

    callers: dict[str, KnownCaller]
    grants: dict[tuple[str, str, str], Grant]
    accounts: frozenset[tuple[str, str]]
    waiting_since: datetime | None = None  # the oldest entry outside the ledger's tree
    keys: Mapping[str, TrustedKey] = field(default_factory=dict)  # that sign messages, by kid; revoked ones too
    certificates: Mapping[str, TrustedCertificate] = field(default_factory=dict)  # by SHA-256 fingerprint

    def standing(self, caller: KnownCaller, integration_code: str, procedure: str, officer: str) -> Standing:
        system = caller.system
        return Standing(
            system,
            self.grants.get((system.client_id, integration_code, procedure)),
            (system.organisation, officer) in self.accounts,
            self.waiting_since,
        )


async def read_directory(connection: Connection, key: SealingKey) -> Directory:
    """Five short reads; called in a repeatable-read transaction so that they agree."""
    callers, grants = {}, {}
    for row in await connection.fetch(SYSTEMS):
        with _one_of_many(row[0]):
            system = system_from_row(row)
            callers[system.client_id] = KnownCaller(system, open_secret(key, system.client_id, bytes(row[7])))
    for row in await connection.fetch(GRANTS):
        with _one_of_many(row[0]):
            grant = grant_from_row(row)
            grants[grant.client_id, grant.integration_code, grant.procedure] = grant
    accounts = frozenset((r[0], r[1]) for r in await connection.fetch(ACCOUNTS))
    waiting = await connection.fetch(OLDEST_WAITING)
    keys, certificates = _known_keys(await connection.fetch(KEYS))
    return Directory(callers, grants, accounts, waiting[0][0] if waiting else None, keys, certificates)


def _known_keys(rows: Iterable[Sequence[Any]]) -> tuple[dict[str, TrustedKey], dict[str, TrustedCertificate]]:
    keys: dict[str, TrustedKey] = {}
    certificates: dict[str, TrustedCertificate] = {}
    for kind, kid, client_id, content, *times in rows:
        with _one_of_many(client_id):
            if kind == KeyKind.MESSAGE:
                keys[kid] = TrustedKey(_public_key(content, kid), client_id, *times)
            else:
                certificates[kid] = TrustedCertificate(client_id, *times)
    return keys, certificates


@lru_cache(maxsize=4096)  # read every few seconds, changed once a year
def _public_key(content: str, kid: str) -> PublicKey:
    try:
        return PublicKey.parse(content, kid)
    except Invalid as failure:
        raise ValueError(failure.code) from None


@contextlib.contextmanager
def _one_of_many(client_id: str) -> Iterator[None]:
    """A row nobody can read (another key, a field of a newer version) closes its own system and no other."""
    try:
        yield
    except ValueError as failure:
        log.error("onboarding.row.unreadable", client_id=client_id, error=str(failure)[:200])


def system_from_row(row: Sequence[Any]) -> InformationSystem:
    profile = msgspec.convert(_json(row[8]), WireProfile)
    state, errors = ConnectionState(row[3]), ErrorProfile(row[6])
    closed = (row[10], row[11]) if state in (ConnectionState.SUSPENDED, ConnectionState.CLOSED) else ()
    return InformationSystem(row[0], row[1], row[2], state, tuple(_json(row[4])), row[5], errors, profile, row[9], *closed)


def grant_from_row(row: Sequence[Any]) -> Grant:
    return Grant(
        client_id=row[0],
        integration_code=row[1],
        procedure=row[2],
        fields=_fields(row[3]),
        purpose=row[4],
        legal_basis=row[5],
        valid_from=row[6],
        valid_to=row[7],
        dossier_required=row[8],
        sensitive_fields=_fields(row[9]),
        may_disclose=row[10],
        passes_folded=row[11],
        explain=row[12],
        id=row[13],
        registry=row[14],
        protected=row[15],
        volume_per_day=row[16],
        officer_per_day=row[17],
        emergency=row[18],
        sealed_days=row[19],
        may_subscribe=row[20],
        list_max=row[21],
    )


def open_secret(key: SealingKey, client_id: str, sealed: bytes) -> str:
    return key.unseal(sealed, belongs_to=f"client:{client_id}").decode()


def seal_secret(key: SealingKey, client_id: str, secret: str) -> bytes:
    return key.seal(secret.encode(), belongs_to=f"client:{client_id}")


def trial_secret(key: SealingKey, client_id: str, secret: str) -> str:
    """The trial's secret of a system (*mã bí mật thử nghiệm*); nobody who has it learns the registered one, guessing or not."""
    made = hmac.digest(key.derived("trial secrets"), f"{client_id}\0{secret}".encode(), "sha256")
    return TRIAL_PREFIX + base64.urlsafe_b64encode(made[:_TRIAL_BYTES]).decode()


def _fields(value: Any) -> frozenset[Field]:
    return frozenset(Field(name) for name in _json(value))


def _json(value: Any) -> Any:  # asyncpg hands jsonb over as text, psycopg as values
    return msgspec.json.decode(value) if isinstance(value, str | bytes) else value
