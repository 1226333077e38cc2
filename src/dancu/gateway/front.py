"""What the front that ends TLS says of a client's certificate, and why it is believed: it knows a secret nobody else has.

A certificate's owner is looked up by fingerprint in the directory, so that a revocation counts within seconds, whatever list the
front has loaded.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from urllib.parse import unquote_to_bytes

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256

from dancu.exchange.hot import HotPath
from dancu.gateway.calls import HttpCall
from dancu.kernel.clock import local
from dancu.kernel.config import Config
from dancu.kernel.errors import Unauthenticated

SECRET, VERIFIED, CERTIFICATE = b"dancu-front-secret", b"dancu-front-verified", b"dancu-front-certificate"
NAMES = (SECRET, VERIFIED, CERTIFICATE)
FORWARDED = b"x-forwarded-for"
CERTIFICATE_LENGTH_MAX = 16_384


class Front:
    """The proxy before the gateway (*máy chủ phía trước*)."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    @classmethod
    def of(cls, config: Config) -> Front:
        try:
            return cls(config.front_secret_file.read_bytes().strip())
        except FileNotFoundError:
            return cls(b"")

    def address_of(self, headers: Mapping[bytes, bytes], peer: str) -> str:
        """Whose address the connection came from: as the front saw it where one stands between, the other end's otherwise."""
        return headers.get(FORWARDED, b"").decode("latin-1") or peer if self._is_front(headers) else peer

    def _is_front(self, headers: Mapping[bytes, bytes]) -> bool:
        return bool(self._secret) and hmac.compare_digest(headers.get(SECRET, b""), self._secret)

    def certificate_owner(self, hot: HotPath, call: HttpCall) -> str:
        """Whose certificate the connection was made with; empty where no front stands between. Raises `Unauthenticated`.

        Whoever sends these headers without the secret is no front: he is refused and counted, not stripped in silence.
        """
        headers = call.headers
        if not (SECRET in headers or VERIFIED in headers or CERTIFICATE in headers):
            return ""
        if not self._is_front(headers):
            raise _refused(hot, call, "front.forged", *_FORGED)
        if headers.get(VERIFIED) != b"SUCCESS":
            raise _refused(hot, call, "certificate.not_verified", *_NOT_VERIFIED)
        known = hot.directory().certificates.get(_fingerprint(headers.get(CERTIFICATE, b"")))
        if known is None:
            raise _refused(hot, call, "certificate.unknown", *_UNKNOWN)
        if known.revoked_at is not None:
            words = _revoked(known.revoked_at, known.revoked_for)
            raise _refused(hot, call, "certificate.revoked", *words)
        if not known.not_before <= call.now < known.not_after:
            raise _refused(hot, call, "certificate.out_of_time", *_OUT_OF_TIME)
        return known.owner


@lru_cache(maxsize=1024)  # a system comes with the same certificate for a year; whether it is trusted is asked each time
def _fingerprint(escaped: bytes) -> str:
    if not escaped or len(escaped) > CERTIFICATE_LENGTH_MAX:
        return ""
    try:
        return x509.load_pem_x509_certificate(unquote_to_bytes(escaped)).fingerprint(SHA256()).hex()
    except ValueError:
        return ""


def _refused(hot: HotPath, call: HttpCall, code: str, message: str, message_en: str) -> Unauthenticated:
    hot.security_log.note(code, call.address)
    return Unauthenticated(code, message, message_en)


def _revoked(at: datetime, why: str) -> tuple[str, str]:
    moment = local(at)
    return (
        f"Chứng thư số đã bị thu hồi lúc {moment:%H:%M ngày %d/%m/%Y}. Lý do: {why}",
        f"The certificate was revoked at {moment.isoformat(timespec='seconds')}. Reason: {why}",
    )


_FORGED = (
    "Tiêu đề dancu-front-… chỉ dành cho máy chủ phía trước. Bỏ các tiêu đề này.",
    "The headers dancu-front-… are the front's own. Leave them out.",
)
_NOT_VERIFIED = (
    "Kết nối không có chứng thư số hợp lệ của hệ thống gọi.",
    "The connection has no valid client certificate.",
)
_UNKNOWN = (
    "Chứng thư số chưa được đăng ký cho hệ thống nào. Gửi chứng thư cho cơ quan quản lý kết nối.",
    "The certificate is registered for no system. Have it registered.",
)
_OUT_OF_TIME = ("Chứng thư số chưa tới hoặc đã hết thời hạn.", "The certificate is not valid today.")
