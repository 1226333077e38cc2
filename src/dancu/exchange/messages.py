"""Signed requests and signed answers: one compact JWS in the header `Dancu-Signature`. Pure: keys, bytes and moments come in.

A request's signature covers who sends it, to whom, when, once only, by which method, to which address, with which body. An answer's
covers which request it answers, its status and its body. What is not covered is not believed.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

import msgspec

from dancu.kernel.clock import local
from dancu.kernel.signing import MessageKey, NotSigned, SignedText, TrustedKey

HEADER = "Dancu-Signature"
WINDOW_SECONDS = 60
REQUEST_KIND, ANSWER_KIND = "dancu-request+jws", "dancu-answer+jws"
_NONCE = re.compile(r"[A-Za-z0-9_-]{22,128}")  # 128 bits in base64url have 22 characters, in hexadecimal 32


class Forwarded(msgspec.Struct, frozen=True, omit_defaults=True):
    """Whose question a hub forwards, as that hub allowed it (*câu hỏi chuyển tiếp*)."""

    system: str
    organisation: str
    officer: str
    procedure: str
    integration: str
    dossier: str = ""
    purpose: str = ""
    basis: str = ""
    ref: str = ""  # the entry in the forwarding hub's ledger
    fields: tuple[str, ...] = ()  # what that hub grants of a record; empty: all that is granted here
    scanned: bool = False  # the name came from a scanner: the other hub tries its readings too, which it makes itself


class SignedRequest(msgspec.Struct, frozen=True):
    """A request whose signature holds (*yêu cầu đã ký*). Whether its nonce is fresh is for whoever keeps the nonces."""

    issuer: str
    key_id: str
    nonce: str
    issued_at: datetime
    algorithm: str
    forwarded: Forwarded | None = None


class SignedAnswer(msgspec.Struct, frozen=True):
    """An answer whose signature holds (*câu trả lời đã ký*)."""

    issuer: str
    key_id: str
    answers: str  # the nonce of the request
    status: int
    issued_at: datetime
    reference: str = ""


class Fault(StrEnum):
    """What is wrong with a signed message (*lỗi chữ ký thông điệp*)."""

    MALFORMED = "malformed"
    ALGORITHM = "algorithm"
    KEY_UNKNOWN = "key_unknown"
    KEY_REVOKED = "key_revoked"
    KEY_NOT_YET = "key_not_yet"
    KEY_EXPIRED = "key_expired"
    SIGNATURE = "signature"
    ISSUER = "issuer"
    AUDIENCE = "audience"
    METHOD = "method"
    TARGET = "target"
    TIME = "time"
    DIGEST = "digest"
    NONCE = "nonce"
    ANOTHER_REQUEST = "another_request"
    STATUS = "status"


FAULT_WORDS: Mapping[Fault, tuple[str, str]] = {
    Fault.MALFORMED: (
        "Tiêu đề Dancu-Signature không phải JWS dạng gọn có đủ alg, kid, typ và các trường bắt buộc.",
        "Dancu-Signature is no compact JWS with alg, kid, typ and every required claim.",
    ),
    Fault.ALGORITHM: (
        "Thuật toán ký không được chấp nhận, hoặc không đi với loại khoá này. Dùng Ed25519 (EdDSA) hoặc ES256.",
        "The algorithm is not accepted, or does not belong to this key. Use Ed25519 (EdDSA) or ES256.",
    ),
    Fault.KEY_UNKNOWN: (
        "Chưa đăng ký khoá nào mang kid này. Gửi khoá công khai cho cơ quan quản lý kết nối.",
        "No key with this kid is registered. Have your public key registered.",
    ),
    Fault.KEY_REVOKED: ("Khoá ký đã bị thu hồi.", "The signing key has been revoked."),
    Fault.KEY_NOT_YET: ("Khoá ký chưa tới ngày dùng.", "The signing key is not valid yet."),
    Fault.KEY_EXPIRED: ("Khoá ký đã hết hạn.", "The signing key has expired."),
    Fault.SIGNATURE: (
        "Chữ ký không khớp với khoá đã đăng ký.",
        "The signature does not verify with the registered key.",
    ),
    Fault.ISSUER: (
        "iss phải là mã hệ thống của chủ khoá, và là hệ thống đang gọi.",
        "iss must be the client id that owns the key, and the one that calls.",
    ),
    Fault.AUDIENCE: ("aud không phải hệ thống này.", "aud is not this installation."),
    Fault.METHOD: ("htm không phải phương thức HTTP của lượt gọi.", "htm is not the HTTP method of this request."),
    Fault.TARGET: (
        "htu phải là đường dẫn và tham số đúng như đã gọi.",
        "htu must be path and query exactly as they were addressed.",
    ),
    Fault.TIME: (
        "iat lệch quá 60 giây so với giờ của hệ thống. Kiểm tra đồng hồ (NTP).",
        "iat is more than 60 seconds off. Check the clock (NTP).",
    ),
    Fault.DIGEST: (
        "digest không phải SHA-256 (base64url) của nội dung đã gửi.",
        "digest is not the SHA-256 (base64url) of the body that was sent.",
    ),
    Fault.NONCE: (
        "jti phải là chuỗi ngẫu nhiên, ít nhất 128 bit, 22 đến 128 ký tự A–Z a–z 0–9 - _.",
        "jti must be random: at least 128 bits, 22 to 128 characters of A-Z a-z 0-9 - _.",
    ),
    Fault.ANOTHER_REQUEST: ("Câu trả lời không thuộc về yêu cầu này.", "The answer belongs to another request."),
    Fault.STATUS: ("Mã trạng thái không đúng với mã đã ký.", "The status is not the one that was signed."),
}


class Rejection(msgspec.Struct, frozen=True):
    """Why a signed message is not believed (*thông điệp bị từ chối*). Details of a key are told only to whoever holds it."""

    fault: Fault
    detail: str = ""
    detail_en: str = ""

    @property
    def message(self) -> str:
        return FAULT_WORDS[self.fault][0] + self.detail

    @property
    def message_en(self) -> str:
        return FAULT_WORDS[self.fault][1] + self.detail_en


class Opened(NamedTuple):
    """A signed message taken apart, with the key that it must have been signed with (*thông điệp chưa được tin*)."""

    text: SignedText
    known: TrustedKey


class _RequestClaims(msgspec.Struct, frozen=True, omit_defaults=True):
    iss: str
    aud: str
    iat: float
    jti: str
    htm: str
    htu: str
    digest: str
    fwd: Forwarded | None = None


class _AnswerClaims(msgspec.Struct, frozen=True, omit_defaults=True):
    iss: str
    aud: str
    iat: float
    req: str
    status: int
    digest: str
    ref: str = ""


_encode = msgspec.json.Encoder().encode
_decode_request = msgspec.json.Decoder(_RequestClaims).decode
_decode_answer = msgspec.json.Decoder(_AnswerClaims).decode


def sign_request(
    key: MessageKey,
    *,
    issuer: str,
    audience: str,
    method: str,
    target: str,
    body: bytes,
    now: datetime,
    forwarded: Forwarded | None = None,
    nonce: str = "",
) -> str:
    """The header of one request. `target` is path and query as they go over the wire; a nonce is drawn unless given."""
    drawn = nonce or secrets.token_urlsafe(16)
    claims = _RequestClaims(issuer, audience, int(now.timestamp()), drawn, method, target, _digest(body), forwarded)
    return key.sign(_encode(claims), REQUEST_KIND)


def read_request(
    header: str,
    *,
    keys: Mapping[str, TrustedKey],
    audience: str,
    method: str,
    target: str,
    body: bytes,
    now: datetime,
    window_seconds: int = WINDOW_SECONDS,
) -> SignedRequest | Rejection:
    """Believe a signed request, or say why not. Whether it came before is not decided here."""
    opened = open_request(header, keys)
    if isinstance(opened, Rejection):
        return opened
    return believe_request(
        opened,
        opened.known.key.verify(opened.text),
        audience=audience,
        method=method,
        target=target,
        body=body,
        now=now,
        window_seconds=window_seconds,
    )


def open_request(header: str, keys: Mapping[str, TrustedKey]) -> Opened | Rejection:
    """Take a signed request apart, for somebody who verifies the signature elsewhere. Nothing in it is believed yet."""
    return _open(header, REQUEST_KIND, keys)


def believe_request(
    opened: Opened,
    holds: bool,
    *,
    audience: str,
    method: str,
    target: str,
    body: bytes,
    now: datetime,
    window_seconds: int = WINDOW_SECONDS,
) -> SignedRequest | Rejection:
    """What `read_request` says of an opened request once it is known whether its signature holds."""
    if (rejection := _rejected(opened, holds, now)) is not None:
        return rejection
    text, known = opened
    try:
        claims = _decode_request(text.payload)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return Rejection(Fault.MALFORMED)
    checks = (
        (Fault.ISSUER, claims.iss == known.owner),
        (Fault.AUDIENCE, claims.aud == audience),
        (Fault.METHOD, claims.htm == method),
        (Fault.TARGET, claims.htu == target),
        (Fault.TIME, abs(now.timestamp() - claims.iat) <= window_seconds),
        (Fault.DIGEST, _is_digest_of(claims.digest, body)),
        (Fault.NONCE, _NONCE.fullmatch(claims.jti) is not None),
    )
    for fault, holds in checks:
        if not holds:
            return Rejection(fault)
    issued_at = datetime.fromtimestamp(claims.iat, now.tzinfo)
    return SignedRequest(claims.iss, text.kid, claims.jti, issued_at, text.algorithm, claims.fwd)


def sign_answer(
    key: MessageKey, *, issuer: str, request: SignedRequest, status: int, body: bytes, now: datetime, reference: str = ""
) -> str:
    """The header of the answer to a signed request, by the algorithm name that request used where the key can."""
    chosen, covered = answer_covering(key, issuer=issuer, request=request, status=status, body=body, now=now, reference=reference)
    return (covered + b"." + key.signature(chosen, covered)).decode()


def answer_covering(
    key: MessageKey, *, issuer: str, request: SignedRequest, status: int, body: bytes, now: datetime, reference: str = ""
) -> tuple[str, bytes]:
    """Algorithm and text of what `sign_answer` signs, for somebody who makes the signature elsewhere."""
    claims = _AnswerClaims(issuer, request.issuer, int(now.timestamp()), request.nonce, status, _digest(body), reference)
    return key.covering(_encode(claims), ANSWER_KIND, request.algorithm)


def read_answer(
    header: str,
    *,
    keys: Mapping[str, TrustedKey],
    audience: str,
    nonce: str,
    status: int,
    body: bytes,
    now: datetime,
    window_seconds: int = WINDOW_SECONDS,
) -> SignedAnswer | Rejection:
    """Believe a signed answer to the request with this nonce, or say why not."""
    opened = _open(header, ANSWER_KIND, keys)
    if isinstance(opened, Rejection):
        return opened
    text, known = opened
    if (rejection := _rejected(opened, known.key.verify(text), now)) is not None:
        return rejection
    try:
        claims = _decode_answer(text.payload)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return Rejection(Fault.MALFORMED)
    checks = (
        (Fault.ISSUER, claims.iss == known.owner),
        (Fault.AUDIENCE, claims.aud == audience),
        (Fault.ANOTHER_REQUEST, hmac.compare_digest(claims.req.encode(), nonce.encode())),
        (Fault.STATUS, claims.status == status),
        (Fault.TIME, abs(now.timestamp() - claims.iat) <= window_seconds),
        (Fault.DIGEST, _is_digest_of(claims.digest, body)),
    )
    for fault, holds in checks:
        if not holds:
            return Rejection(fault)
    issued_at = datetime.fromtimestamp(claims.iat, now.tzinfo)
    return SignedAnswer(claims.iss, text.kid, claims.req, claims.status, issued_at, claims.ref)


def _open(header: str, kind: str, keys: Mapping[str, TrustedKey]) -> Opened | Rejection:
    try:
        text = SignedText(header, kind)
    except NotSigned as failure:
        return Rejection(Fault.ALGORITHM if str(failure) == "algorithm" else Fault.MALFORMED)
    known = keys.get(text.kid)
    if known is None:
        return Rejection(Fault.KEY_UNKNOWN)
    if text.algorithm not in known.key.algorithms:
        return Rejection(Fault.ALGORITHM)
    return Opened(text, known)


def _rejected(opened: Opened, holds: bool, now: datetime) -> Rejection | None:
    """The signature itself, then whether its key may sign today; in that order, so that strangers learn nothing of a key."""
    known = opened.known
    if not holds:
        return Rejection(Fault.SIGNATURE)
    if known.revoked_at is not None:
        return _revoked(known.revoked_at, known.revoked_for)
    if known.not_before is not None and now < known.not_before:
        return Rejection(Fault.KEY_NOT_YET)
    if known.not_after is not None and now >= known.not_after:
        return Rejection(Fault.KEY_EXPIRED)
    return None


def _revoked(at: datetime, why: str) -> Rejection:
    moment = local(at)
    return Rejection(
        Fault.KEY_REVOKED,
        f" Thu hồi lúc {moment:%H:%M} ngày {moment:%d/%m/%Y}. Lý do: {why}",
        f" Revoked at {moment.isoformat(timespec='seconds')}. Reason: {why}",
    )


def _digest(body: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(body).digest()).rstrip(b"=").decode()


def _is_digest_of(stated: str, body: bytes) -> bool:
    return hmac.compare_digest(stated.encode(), _digest(body).encode())
