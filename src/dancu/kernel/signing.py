"""Keys that sign messages, and compact JWS (RFC 7515) with a fixed list of algorithms; `joserfc` does all that is JOSE.

A key is imported once and kept, and so is what `joserfc` says of a protected header: a sender's is the same in every message, and
reading it each time would cost a third of the signature.
"""

from __future__ import annotations

import json
import os
import warnings
from contextlib import suppress
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key
from joserfc import jws
from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import ECKey, OKPKey
from joserfc.util import json_b64encode, to_bytes, urlsafe_b64decode, urlsafe_b64encode

from dancu.kernel.errors import Invalid

# RFC 9864 names Ed25519 what most libraries still call EdDSA: both are taken, and mean the one curve.
ED25519, EDDSA, ES256 = "Ed25519", "EdDSA", "ES256"
_REGISTRY = jws.JWSRegistry(algorithms=[ED25519, EDDSA, ES256])
_HEADER = frozenset({"alg", "kid", "typ"})  # no key by value or address, nothing critical, nothing unencoded
_KINDS: dict[str, type[OKPKey] | type[ECKey]] = {"OKP": OKPKey, "EC": ECKey}
TEXT_LENGTH_MAX = 8192
with warnings.catch_warnings():
    warnings.filterwarnings("ignore", category=SecurityWarning, message="EdDSA is deprecated")
    _ALGORITHMS = {name: _REGISTRY.get_alg(name) for name in (ED25519, EDDSA, ES256)}


class NotSigned(Exception):
    """What was to be a signed text is none of ours (*chưa ký đúng*)."""


class PublicKey:
    """The public half of a key that signs messages (*khoá công khai*)."""

    __slots__ = ("_key", "algorithms", "kid", "text")

    def __init__(self, key: OKPKey | ECKey, kid: str = "") -> None:
        self._key, self.kid = key, kid or key.thumbprint()
        self.text = json.dumps(key.as_dict(private=False)).encode()  # as `parse` takes it
        self.algorithms = frozenset({ED25519, EDDSA} if isinstance(key, OKPKey) else {ES256})

    @classmethod
    def parse(cls, text: bytes | str, kid: str = "") -> PublicKey:
        """A public JWK or PEM, Ed25519 or P-256. Raises `Invalid` for anything else, above all for a private key."""
        given = to_bytes(text).strip()
        if given.startswith(b"-----BEGIN"):
            if b"PRIVATE KEY" in given:
                raise _private_given()
            try:
                return cls._of(load_pem_public_key(given), kid)
            except ValueError:
                raise _not_a_key() from None
        try:
            fields = json.loads(given)
        except ValueError:
            raise _not_a_key() from None
        return cls.from_jwk(fields, kid)

    @classmethod
    def from_jwk(cls, fields: Any, kid: str = "") -> PublicKey:
        """The same from the fields of a JWK; `kid` is its own unless one is given, and its thumbprint where it has none."""
        if not isinstance(fields, dict):
            raise _not_a_key()
        if "d" in fields or fields.get("kty") == "oct":
            raise _private_given()
        own = fields.get("kid")
        try:
            kind = _KINDS[fields.get("kty", "")]
            key = kind.import_key({name: fields[name] for name in ("kty", "crv", "x", "y") if name in fields})
            return cls._of(key.public_key, kid or (own if isinstance(own, str) else ""))
        except (KeyError, ValueError, TypeError, JoseError):
            raise _not_a_key() from None

    @classmethod
    def _of(cls, key: Any, kid: str) -> PublicKey:
        if isinstance(key, ed25519.Ed25519PublicKey):
            return cls(OKPKey.import_key(key), kid)
        if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1):
            return cls(ECKey.import_key(key), kid)
        raise _not_a_key()

    def as_jwk(self) -> dict[str, Any]:
        """Public fields, with `kid`."""
        return {**self._key.as_dict(private=False), "kid": self.kid, "use": "sig"}

    def verify(self, text: SignedText) -> bool:
        """Is this text signed by this key, with an algorithm that belongs to its kind?"""
        return self.holds(text.algorithm, text.covered, text.signature)

    def holds(self, algorithm: str, covered: bytes, signature: bytes) -> bool:
        """The same of a text that was taken apart: what the signature covers, and the signature as it was written."""
        if algorithm not in self.algorithms:
            return False
        try:
            return _ALGORITHMS[algorithm].verify(covered, urlsafe_b64decode(signature), self._key)
        except (JoseError, ValueError):
            return False


class TrustedKey(NamedTuple):
    """Somebody's public key, and when it may sign (*khoá được tin*). A revoked one stays known, so that its owner can be told."""

    key: PublicKey
    owner: str  # client id, or the name of an installation
    not_before: datetime | None = None
    not_after: datetime | None = None
    revoked_at: datetime | None = None
    revoked_for: str = ""


class MessageKey:
    """A private key that signs messages, with its name (*khoá ký thông điệp*)."""

    __slots__ = ("_headers", "_key", "algorithm", "kid", "public")

    def __init__(self, key: OKPKey | ECKey, kid: str = "") -> None:
        if not key.is_private:
            raise _not_a_key()
        self._key, self.public = key, PublicKey._of(key.public_key, kid)
        self.kid = self.public.kid
        self.algorithm = ED25519 if isinstance(key, OKPKey) else ES256
        self._headers: dict[tuple[str, str], bytes] = {}

    @classmethod
    def generate(cls, algorithm: str = ED25519) -> MessageKey:
        return cls(OKPKey.generate_key("Ed25519") if algorithm in (ED25519, EDDSA) else ECKey.generate_key("P-256"))

    @classmethod
    def parse(cls, text: bytes, kid: str = "") -> MessageKey:
        """A private JWK, a PEM without password, or the 32 bytes of an Ed25519 seed. Raises `Invalid`."""
        try:
            if len(text) == 32:
                return cls(OKPKey.import_key(ed25519.Ed25519PrivateKey.from_private_bytes(text)), kid)
            if text.lstrip().startswith(b"-----BEGIN"):
                private = load_pem_private_key(text, None)
                kind = _KINDS["OKP" if isinstance(private, ed25519.Ed25519PrivateKey) else "EC"]
                return cls(kind.import_key(private), kid)  # type: ignore[arg-type]  # each takes its own
            fields = json.loads(text)
            kind = _KINDS[fields["kty"]]
            return cls(kind.import_key(fields), kid or fields.get("kid", ""))
        except (ValueError, KeyError, TypeError, JoseError):
            raise _not_a_key() from None

    @classmethod
    def from_folder(cls, folder: Path) -> MessageKey | None:
        """The key this installation signs its messages with, `messages.key`; None where it has none."""
        with suppress(FileNotFoundError):
            return cls.parse((folder / "messages.key").read_bytes())
        return None

    def as_jwk(self) -> dict[str, Any]:
        """All fields, also the secret one."""
        return {**self._key.as_dict(private=True), "kid": self.kid, "use": "sig"}

    def sign(self, payload: bytes, kind: str, algorithm: str = "") -> str:
        """A compact JWS; `kind` is its `typ`, so that no signed text can stand in for one of another kind."""
        chosen, covered = self.covering(payload, kind, algorithm)
        return (covered + b"." + self.signature(chosen, covered)).decode()

    def covering(self, payload: bytes, kind: str, algorithm: str = "") -> tuple[str, bytes]:
        """The algorithm, which is the wanted one where this key can, and the text that the signature covers."""
        chosen = algorithm if algorithm in self.public.algorithms else self.algorithm
        header = self._headers.get((kind, chosen))
        if header is None:
            header = self._headers[kind, chosen] = json_b64encode({"alg": chosen, "kid": self.kid, "typ": kind})
        return chosen, header + b"." + urlsafe_b64encode(payload)

    def signature(self, algorithm: str, covered: bytes) -> bytes:
        """The signature over a text that `covering` made, as it is written."""
        return urlsafe_b64encode(_ALGORITHMS[algorithm].sign(covered, self._key))

    def write(self, file: Path) -> None:
        """Write the private JWK to a new file that only its owner may read. Raises `FileExistsError`."""
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as opened:
            json.dump(self.as_jwk(), opened)
            opened.write("\n")


class SignedText:
    """A compact JWS that has been taken apart and not yet been believed (*văn bản đã ký*)."""

    __slots__ = ("algorithm", "covered", "kid", "payload", "signature")

    def __init__(self, text: str, kind: str, *, length_max: int = TEXT_LENGTH_MAX) -> None:
        """Raises `NotSigned`: malformed, too long, an algorithm or a header that is not ours, another kind of text."""
        if len(text) > length_max:
            raise NotSigned("length")
        try:
            header, payload, self.signature = text.encode("ascii").split(b".")
            self.payload = urlsafe_b64decode(payload)
            self.algorithm, self.kid, own_kind = _read_header(header)
        except (JoseError, ValueError):
            raise NotSigned("form") from None
        self.covered = header + b"." + payload
        if own_kind != kind:
            raise NotSigned("kind")


@lru_cache(maxsize=4096)
def _read_header(segment: bytes) -> tuple[str, str, str]:
    """Algorithm, kid and kind of a protected header. Raises `NotSigned` and what `joserfc` raises."""
    _REGISTRY.validate_header_size(segment)
    try:
        header = jws.extract_compact(segment + b"..").headers()
    except (AttributeError, RecursionError, TypeError):
        raise NotSigned("form") from None
    if not isinstance(header, dict) or header.keys() != _HEADER or not all(isinstance(each, str) for each in header.values()):
        raise NotSigned("header")
    if header["alg"] not in _ALGORITHMS:
        raise NotSigned("algorithm")
    _REGISTRY.check_header(header)
    return header["alg"], header["kid"], header["typ"]


def _not_a_key() -> Invalid:
    return Invalid(
        "key.form",
        "Không đọc được khoá: cần khoá Ed25519 hoặc P-256, dạng JWK hoặc PEM.",
        "This is no key we can read: Ed25519 or P-256 is needed, as JWK or PEM.",
        field="key",
    )


def _private_given() -> Invalid:
    return Invalid(
        "key.private",
        "Đây là khoá bí mật. Chỉ gửi phần công khai; khoá đã gửi nhầm phải bỏ và tạo lại.",
        "This is a private key. Send the public half only, and make a new pair: this one has been shown.",
        field="key",
    )
