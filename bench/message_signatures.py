"""The same exchange by HTTP message signatures (RFC 9421, `http-message-signatures`): one request verified, one answer signed."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ed25519
from http_message_signatures import HTTPMessageSigner, HTTPMessageVerifier, HTTPSignatureKeyResolver, algorithms
from http_message_signatures.structures import CaseInsensitiveDict

REQUEST_PARTS = ("@method", "@target-uri", "content-digest", "dancu-audience")
ANSWER_PARTS = ("@status", "content-digest")
BODY = b'{"personal_id":"046000000007"}' + b" " * 220


@dataclass
class Request:
    """What the library needs of one."""

    headers: Any
    method: str = "POST"
    url: str = "https://bench.dancu/v1/verifications"


@dataclass
class Response:
    """The same of an answer."""

    request: Request
    headers: Any = field(default_factory=lambda: CaseInsensitiveDict({}))
    status_code: int = 201


class _OneKey(HTTPSignatureKeyResolver):
    def __init__(self) -> None:
        self._private = ed25519.Ed25519PrivateKey.generate()
        self._public = self._private.public_key()

    def resolve_private_key(self, key_id: str) -> Any:
        return self._private

    def resolve_public_key(self, key_id: str) -> Any:
        return self._public


def http_signature_pair() -> Callable[[], object]:
    """Verify a signed request with its digest, sign an answer with its digest; keys stay imported."""
    keys = _OneKey()
    signer = HTTPMessageSigner(signature_algorithm=algorithms.ED25519, key_resolver=keys)
    verifier = HTTPMessageVerifier(signature_algorithm=algorithms.ED25519, key_resolver=keys)
    request = Request(CaseInsensitiveDict({"Dancu-Audience": "bench.dancu"}))
    signer.sign(request, key_id="k", nonce=secrets.token_urlsafe(16), covered_component_ids=REQUEST_PARTS, body=BODY)

    def pair() -> None:
        told = verifier.verify(request, max_age=timedelta(seconds=60), require_components=REQUEST_PARTS, body=BODY)
        assert told
        signer.sign(Response(request), key_id="k", covered_component_ids=ANSWER_PARTS, body=BODY)

    return pair
