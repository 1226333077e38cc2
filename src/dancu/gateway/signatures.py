"""Signed messages and verified certificates at the edge: one place for every contract, before any of them sees the call.

What a call says of itself here is believed or the call ends; whether its nonce is fresh is decided in the batch that answers it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

from dancu.exchange.hot import CAME, HotPath, Provenance
from dancu.exchange.messages import HEADER, Fault, Opened, Rejection, SignedRequest, answer_covering, believe_request, open_request
from dancu.gateway.calls import HttpCall, Reply
from dancu.gateway.front import NAMES, Front
from dancu.gateway.signer import Signer, ToSign, ToVerify
from dancu.kernel import clock
from dancu.kernel.config import Config
from dancu.kernel.errors import Unauthenticated
from dancu.kernel.signing import MessageKey

NAME = HEADER.lower().encode()


class Signatures:
    """Believes signed requests to this installation and signs what they are answered (*ký số ở cổng kết nối*)."""

    def __init__(self, installation: str, key: MessageKey | None, front: Front, *, has_help: bool) -> None:
        self.installation, self.key, self.front = installation, key, front
        self.signer = Signer(key, has_help=has_help)

    @classmethod
    def of(cls, config: Config) -> Signatures:
        # A gateway for each core leaves no core for a helper: then it would only add its journeys.
        has_help = config.gateway_processes < len(os.sched_getaffinity(0))
        return cls(config.installation, MessageKey.from_folder(config.key_dir), Front.of(config), has_help=has_help)

    async def believe(self, hot: HotPath, call: HttpCall, count: int) -> Provenance | None:
        """How the call came, set for all it asks. Raises `Unauthenticated` for a signature or certificate that does not hold.

        `count`: how often the signature's header was sent; of two nobody knows which one is meant.
        """
        owner = self.front.certificate_owner(hot, call)
        if not count and not owner:
            return None
        signed = await self._read(hot, call, count) if count else None
        came = Provenance(signed, owner)
        CAME.set(came)
        return came

    async def _read(self, hot: HotPath, call: HttpCall, count: int) -> SignedRequest:
        opened = Rejection(Fault.MALFORMED) if count > 1 else open_request(call.header(NAME), hot.directory().keys)
        told = opened if isinstance(opened, Rejection) else await self._believe(opened, call)
        if isinstance(told, SignedRequest):
            return told
        hot.security_log.note(f"signature.{told.fault}", call.address)
        raise Unauthenticated(f"signature.{told.fault}", told.message, told.message_en, field=HEADER)

    async def _believe(self, opened: Opened, call: HttpCall) -> SignedRequest | Rejection:
        text = opened.text
        holds = await self.signer.do(ToVerify(opened.known.key.text, text.algorithm, text.covered, text.signature))
        return believe_request(
            opened,
            holds is True,
            audience=self.installation,
            method=call.method,
            target=target_of(call.url),
            body=call.body,
            now=call.now,
        )

    async def sign(self, came: Provenance | None, reply: Reply) -> Reply:
        """The reply with our own signature, where the request had one."""
        if came is None or came.signed is None or self.key is None:
            return reply
        algorithm, covered = answer_covering(
            self.key, issuer=self.installation, request=came.signed, status=reply.status, body=reply.body, now=clock.now()
        )
        signature = await self.signer.do(ToSign(algorithm, covered))
        assert isinstance(signature, bytes)
        return reply._replace(headers=[*reply.headers, (NAME, covered + b"." + signature)])

    def key_set(self) -> dict[str, list[dict[str, str]]]:
        """Our public keys (JWKS): with them a caller verifies our answers."""
        return {"keys": [self.key.public.as_jwk()] if self.key is not None else []}


def concerns(headers: Mapping[bytes, bytes]) -> bool:
    """Whether a call says anything that must be believed here."""
    return NAME in headers or any(name in headers for name in NAMES)


def target_of(url: str) -> str:
    """Path and query as they were addressed."""
    if url.startswith("/"):
        return url
    _, _, rest = url.partition("://")
    return rest[rest.find("/") :] if "/" in rest else "/"
