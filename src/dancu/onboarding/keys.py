"""What is done with keys at the gate: add, revoke. Their last days are announced with all other days (`reminders`)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.db import IntegrityError, transaction

from dancu.identity.api import Backing, how_done
from dancu.kernel.authority import Authority, check_request
from dancu.kernel.certificates import check_chain, fingerprint_of
from dancu.kernel.clock import local
from dancu.kernel.config import read_config
from dancu.kernel.errors import Conflict, Invalid, NotFound
from dancu.kernel.signing import PublicKey
from dancu.notices import api as notices
from dancu.onboarding import key_store
from dancu.onboarding.domain import KeyKind, KeyState, RegisteredKey
from dancu.onboarding.trace import get_system, record

KEY_LIFE = timedelta(days=730)
_KID_LENGTH_MAX, _REASON_LENGTH_MAX = 128, 300


def add_message_key(
    client_id: str,
    key: PublicKey,
    *,
    by: str,
    now: datetime,
    not_after: datetime | None = None,
    backing: Backing | None = None,
) -> RegisteredKey:
    """Register the public key a system signs its messages with (*đăng ký khoá ký thông điệp*). Refuses a kid already taken."""
    if not (key.kid.isascii() and key.kid.isprintable() and 0 < len(key.kid) <= _KID_LENGTH_MAX):
        raise Invalid(
            "key.kid",
            f"kid dài tối đa {_KID_LENGTH_MAX} ký tự ASCII in được.",
            f"A kid has at most {_KID_LENGTH_MAX} printable ASCII characters.",
            field="kid",
        )
    if notices.names_a_person(key.kid):  # a kid stands in addresses of notices and in the ledger
        raise Invalid(
            "key.kid_number",
            "kid không được có dãy 9 hoặc 12 chữ số đứng riêng: trông như số định danh.",
            "A kid has no 9 or 12 digits that stand by themselves: they read as a personal number.",
            field="kid",
        )
    content = json.dumps(key.as_jwk(), sort_keys=True)
    return _add(RegisteredKey(client_id, KeyKind.MESSAGE, key.kid, content, now, not_after), by, now, backing)


def add_certificate(
    client_id: str,
    chain: list[x509.Certificate],
    roots: list[x509.Certificate],
    *,
    by: str,
    now: datetime,
    revocations: x509.CertificateRevocationList | None = None,
    backing: Backing | None = None,
) -> RegisteredKey:
    """Register the certificate a system connects with, once its chain holds (*đăng ký chứng thư kết nối*).

    The first of `chain` is the system's own. Refuses one that leads to none of the roots, and one already registered.
    """
    check_chain(chain[0], chain[1:], roots, now, revocations)
    return _add(_as_registered(client_id, chain[0]), by, now, backing)


def key_as_content(client_id: str, *, jwk: str = "", request: str = "") -> dict[str, str]:
    """A key or a signing request, as a proposal carries it (*nội dung đề nghị cấp khoá*). Refuses what cannot be read."""
    get_system(client_id)
    if jwk:
        return {"client_id": client_id, "jwk": json.dumps(PublicKey.parse(jwk).as_jwk(), sort_keys=True)}
    check_request(request.encode())
    return {"client_id": client_id, "request": request}


def take_key(content: Mapping[str, Any], *, by: str, now: datetime, folder: Path, backing: Backing | None = None) -> RegisteredKey:
    """Register a message key, or issue and register a certificate for a signing request (*cấp khoá, chứng thư*).

    Certificates are issued where this installation has an authority of its own, in `folder`. Raises `NotFound` where not.
    """
    client_id = content["client_id"]
    if jwk := content.get("jwk"):
        ends = now + KEY_LIFE
        return add_message_key(client_id, PublicKey.parse(jwk), by=by, now=now, not_after=ends, backing=backing)
    authority = Authority(folder)
    issued = authority.issue(content["request"].encode(), client_id, now)
    return add_certificate(client_id, [issued], [authority.certificate], by=by, now=now, backing=backing)


def give_proposed_key(content: Mapping[str, Any], backing: Backing, now: datetime) -> None:
    """What the approval of a proposed key does (*cấp khoá đã duyệt*)."""
    take_key(content, by=backing.approver.account, now=now, folder=read_config().home / "ca", backing=backing)


def revoke_key(client_id: str, kid: str, *, reason: str, by: str, now: datetime) -> RegisteredKey:
    """Take a key or certificate back (*thu hồi khoá, chứng thư*); every gateway refuses it within seconds, with the reason."""
    if not 0 < len(reason.strip()) <= _REASON_LENGTH_MAX:
        raise Invalid(
            "key.reason",
            f"Nêu lý do thu hồi, tối đa {_REASON_LENGTH_MAX} ký tự; đơn vị bị thu hồi sẽ đọc được.",
            f"State why, in at most {_REASON_LENGTH_MAX} characters; whoever owns the key will read it.",
            field="reason",
        )
    with transaction.atomic():
        found = key_store.find_key(client_id, kid, for_update=True)
        if found is None:
            raise NotFound("key.none", "Hệ thống không có khoá hay chứng thư này.", "The system has no such key or certificate.")
        if found.state is KeyState.REVOKED:
            raise Conflict("key.revoked", "Khoá này đã thu hồi rồi.", "This key is revoked already.")
        key_store.revoke(client_id, kid, reason.strip(), now)
        record(f"key.revoked:{found.kind}:{found.kid}", get_system(client_id).organisation, client_id, by, now)
    return found


def keys_of(client_id: str = "", *, expiring_before: datetime | None = None) -> list[RegisteredKey]:
    """Registered keys and certificates of one system or of all (*danh sách khoá*); those that end before a moment only."""
    return key_store.keys(client_id, expiring_before)


def _add(key: RegisteredKey, by: str, now: datetime, backing: Backing | None) -> RegisteredKey:
    if key.not_after is not None and key.not_after <= now:
        raise Invalid("key.ended", "Khoá hay chứng thư đã hết hạn.", "The key or certificate has expired.", field="not_after")
    how = how_done("onboarding.key", backing, local(now).date())
    organisation = get_system(key.client_id).organisation
    try:
        with transaction.atomic():
            key_store.add(key, now)
            record(f"key.added:{key.kind}:{key.kid}", organisation, key.client_id, by, now, how=how, backing=backing)
    except IntegrityError:
        words = ("Khoá hay chứng thư này đã đăng ký.", "This key or certificate is registered already.")
        raise Conflict("key.exists", *words) from None
    return key


def _as_registered(client_id: str, certificate: x509.Certificate) -> RegisteredKey:
    return RegisteredKey(
        client_id,
        KeyKind.TLS,
        fingerprint_of(certificate),
        certificate.public_bytes(Encoding.PEM).decode(),
        certificate.not_valid_before_utc,
        certificate.not_valid_after_utc,
        f"{certificate.serial_number:x}",
        certificate.subject.rfc4514_string(),
        certificate.issuer.rfc4514_string(),
    )
