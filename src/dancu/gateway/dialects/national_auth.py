"""Authentication as the field's clients do it: HTTP Basic whose password is a hash over address, user, time and secret.

The hash is lower-case SHA-256 of serviceUrl + user + timestamp + secret, joined without separators, UTF-8.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import permutations
from urllib.parse import urlsplit

from dancu.kernel.clock import VIET_NAM

_HASH = re.compile(r"[0-9a-fA-F]{64}", re.ASCII)


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
    secret: str,
    user: str,
    timestamp: str,
    given: str,
    service_urls: Sequence[str],
    *,
    age_seconds: float | None,
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
    if hmac.compare_digest(given.encode(), secret.encode()):
        return [*wrong, "Sau dấu hai chấm đang là chính mã bí mật; cần hash. Mã này đã đi trên đường truyền: hãy đổi mã mới."]
    if not is_hash(given):
        return [*wrong, _wrong_shape(given)]
    return [*wrong, *_known_mistakes(secret, user, timestamp, given, service_urls)]


def is_hash(given: str) -> bool:
    """Has this the form of a SHA-256 in hexadecimal, in either case?"""
    return _HASH.fullmatch(given) is not None


def likely_algorithm(given: str) -> str:
    """What a text of another form was likely made by; empty where nothing suggests itself."""
    if len(given) == 44 and given.endswith("="):
        return "SHA-256 viết bằng base64"
    return {32: "MD5", 40: "SHA-1", 128: "SHA-512"}.get(len(given), "")


def _wrong_shape(given: str) -> str:
    algorithm = likely_algorithm(given)
    seen = f"giống {algorithm}" if algorithm else f"nhận được {len(given)} ký tự"
    return f"Phần sau dấu hai chấm phải là 64 ký tự hex của SHA-256; {seen}."


def _known_mistakes(secret: str, user: str, timestamp: str, given: str, service_urls: Sequence[str]) -> list[str]:
    """Each sentence names one part; the parts are tried one at a time, in either case of the hash."""
    case = [] if given == given.lower() else ["Hash viết chữ hoa; hợp đồng cần chữ thường."]
    if is_signed_by(secret, user, timestamp, given.lower(), service_urls):
        return case
    accepted = ", ".join(service_urls)
    for wrong in sorted(set().union(*map(likely_addresses, service_urls)) - set(service_urls)):
        if is_signed_by(secret, user, timestamp, given.lower(), [wrong]):
            return [*case, f"serviceUrl trong hash là “{wrong}”; cần đúng từng ký tự một trong: {accepted}."]
    for url in service_urls:
        for sentence, text in likely_texts(secret, user, timestamp, url):
            if hmac.compare_digest(hashlib.sha256(text.encode()).hexdigest(), given.lower()):
                return [*case, sentence]
    return [
        *case,
        "Hash không khớp. Thứ tự đúng: serviceUrl + user + timestamp + mã bí mật, nối liền, UTF-8, SHA-256, hex. "
        f"serviceUrl được chấp nhận: {accepted}.",
    ]


def likely_texts(secret: str, user: str, timestamp: str, url: str) -> Iterator[tuple[str, str]]:
    """What integrators were likely to hash in place of the right text, and the sentence that tells them so."""
    yield "Hash thiếu serviceUrl ở đầu chuỗi.", f"{user}{timestamp}{secret}"
    for end in ("\n", "\r\n", " "):
        yield "Mã bí mật trong hash thừa dấu cách hoặc xuống dòng ở cuối.", f"{url}{user}{timestamp}{secret}{end}"
        yield "Tên người dùng trong hash thừa dấu cách hoặc xuống dòng ở cuối.", f"{url}{user}{end}{timestamp}{secret}"
    yield "Mã bí mật trong hash bị bỏ trống.", f"{url}{user}{timestamp}"
    for stamp in (f"{timestamp}000", timestamp[:10], timestamp[:-3] + "000"):
        yield "Timestamp trong hash khác header Timestamp: một bên giây, một bên mili giây.", f"{url}{user}{stamp}{secret}"
    yield "Hash thiếu Timestamp.", f"{url}{user}{secret}"
    for name in (user.upper(), user.lower(), user.capitalize()):
        yield "Tên người dùng trong hash khác chữ hoa, chữ thường với tên đứng trước.", f"{url}{name}{timestamp}{secret}"
    yield "Hash thiếu tên người dùng.", f"{url}{timestamp}{secret}"
    for order in permutations((url, user, timestamp, secret)):
        yield "Các phần trong hash sai thứ tự; đúng là serviceUrl + user + timestamp + mã bí mật.", "".join(order)
    for mark in ("|", ":", "&", "+", ",", " ", "\n"):
        yield f"Các phần trong hash nối bằng {mark!r}; phải nối liền, không dấu.", mark.join((url, user, timestamp, secret))


def likely_addresses(url: str) -> set[str]:
    """Well-known wrong variants of an address: slash, query, scheme, port, host, letters' case, path alone."""
    parts = urlsplit(url)
    variants = {
        url.rstrip("/"),
        url + "/",
        url.lower(),
        url.upper(),
        url.strip("/"),
        parts.path,
        parts.path.strip("/"),
        f"{url}?wsdl",
        url.partition("?")[0],
    }
    if parts.netloc:
        for scheme in ("http", "https"):
            for host in (parts.netloc, parts.hostname or ""):
                bare = f"{host}{parts.path}"
                variants |= {
                    bare,
                    f"{scheme}://{bare}",
                    f"{scheme}://{bare.rstrip('/')}",
                    f"{scheme}://{host}",
                    f"{scheme}://{host}/",
                }
    return variants - {""}
