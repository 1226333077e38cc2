"""Authentication as the field's clients do it: HTTP Basic whose password is a hash over address, user, time and secret.

The hash is lower-case SHA-256 of serviceUrl + user + timestamp + secret, joined without separators, UTF-8.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence
from datetime import UTC, datetime

from dancu.kernel.clock import VIET_NAM


def parse_basic(authorization: str) -> tuple[str, str] | None:
    """User and hash of an `Authorization: Basic` header; None when it is not one."""
    scheme, _, encoded = authorization.strip().partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        user, colon, digest = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return None
    return (user, digest) if colon else None


def digest_of(secret: str, user: str, timestamp: str, service_url: str) -> str:
    return hashlib.sha256(f"{service_url}{user}{timestamp}{secret}".encode()).hexdigest()


def is_signed_by(secret: str, user: str, timestamp: str, given: str, service_urls: Sequence[str]) -> bool:
    """Does the hash fit one of the accepted address strings? Compared in constant time, every string tried."""
    fits = False
    for url in service_urls:
        fits |= hmac.compare_digest(digest_of(secret, user, timestamp, url).encode(), given.encode())
    return fits


def timestamp_age_seconds(text: str, now: datetime) -> float | None:
    """How old the stamp is, in seconds; 10 digits are seconds, 13 milliseconds, 14 a local date and time."""
    stamp = text.strip()
    if not (stamp.isascii() and stamp.isdigit()):
        return None
    try:
        if len(stamp) == 14:
            made = datetime.strptime(stamp, "%Y%m%d%H%M%S").replace(tzinfo=VIET_NAM)
        elif len(stamp) in (10, 13):
            made = datetime.fromtimestamp(int(stamp) / (1000 if len(stamp) == 13 else 1), UTC)
        else:
            return None
    except (ValueError, OverflowError):
        return None
    return (now - made).total_seconds()


def explain(
    secret: str, user: str, timestamp: str, given: str, service_urls: Sequence[str], *, age_seconds: float | None,
    skew_seconds: int,
) -> list[str]:
    """What is wrong with a signature, for the integrator; an empty list when nothing is. Never shows the secret."""
    wrong = []
    if age_seconds is None:
        wrong.append("Timestamp không đọc được: cần 10 chữ số (giây), 13 chữ số (mili giây) hoặc yyyyMMddHHmmss.")
    elif abs(age_seconds) > skew_seconds:
        wrong.append(f"Timestamp lệch {abs(age_seconds):.0f} giây so với máy chủ; cho phép {skew_seconds} giây.")
    if is_signed_by(secret, user, timestamp, given, service_urls):
        return wrong
    if len(given) != 64:
        return [*wrong, f"Phần sau dấu hai chấm phải là 64 ký tự hex của SHA-256; nhận được {len(given)} ký tự."]
    return [*wrong, _known_mistake(secret, user, timestamp, given, service_urls)]


def _known_mistake(secret: str, user: str, timestamp: str, given: str, service_urls: Sequence[str]) -> str:
    lower = given.lower()

    def fits(secret: str = secret, user: str = user, timestamp: str = timestamp, urls: Sequence[str] = service_urls) -> bool:
        return is_signed_by(secret, user, timestamp, lower, urls)

    if fits():
        return "Hash viết chữ hoa; hợp đồng cần chữ thường."
    if fits(urls=[""]):
        return "Hash thiếu serviceUrl ở đầu chuỗi."
    if any(fits(urls=[v]) for url in service_urls for v in (url.rstrip("/"), url + "/", url.lower())):
        return "serviceUrl trong hash thừa hoặc thiếu dấu / ở cuối, hoặc khác chữ hoa/thường."
    if any(fits(secret=v) for v in (secret + "\n", secret + " ", secret + "\r\n", "")):
        return "Mã bí mật trong hash thừa dấu cách hoặc xuống dòng, hoặc bị bỏ trống."
    if any(fits(timestamp=v) for v in (timestamp + "000", timestamp[:10], "")):
        return "Timestamp trong hash khác với header Timestamp (giây hay mili giây)."
    if any(fits(user=v) for v in (user.upper(), user.lower(), "")):
        return "Tên người dùng trong hash khác với tên ở trước dấu hai chấm."
    return ("Hash không khớp. Thứ tự đúng: serviceUrl + user + timestamp + mã bí mật, nối liền, UTF-8, SHA-256, hex chữ thường. "
            f"serviceUrl được chấp nhận: {', '.join(service_urls)}.")
