"""How this hub signs what it forwards to another of ours, and believes what comes back: system, officer and purpose inside."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import structlog

from dancu.exchange.messages import Forwarded, Rejection, read_answer, sign_request
from dancu.exchange.upstream.domain import Fault, Outgoing, UpstreamFailed
from dancu.kernel.errors import Invalid
from dancu.kernel.signing import MessageKey, PublicKey, TrustedKey
from dancu.kernel.upstream import Upstream

PEER_FILE = "upstream.pub"  # the public key of the hub above
log = structlog.get_logger("exchange")


class HubKey:
    """The message key of this hub and the one of the hub above (*khoá ký giữa hai cấp*)."""

    def __init__(self, own: MessageKey, above: TrustedKey, settings: Upstream, clock: Callable[[], datetime]) -> None:
        self._own, self._settings, self._clock = own, settings, clock
        self._keys = {above.key.kid: above}

    @classmethod
    def from_folder(cls, folder: Path, settings: Upstream, clock: Callable[[], datetime]) -> HubKey:
        """Read both keys. Raises `Invalid`: between two hubs nothing goes unsigned."""
        own, file = MessageKey.from_folder(folder), folder / PEER_FILE
        if own is None or not file.is_file():
            missing = "messages.key" if own is None else PEER_FILE
            raise Invalid(
                "upstream.key",
                f"Chưa có khoá để ký với hệ thống cấp trên: thiếu tệp {folder / missing}.",
                f"A key for the hub above is missing: {folder / missing}.",
            )
        return cls(own, TrustedKey(PublicKey.parse(file.read_bytes()), settings.name), settings, clock)

    def sign(self, body: bytes, target: str, asked: Outgoing, nonce: str) -> str:
        """The header of a forwarded question: whose it is, and the entry under which it left."""
        request, warrant = asked.request, asked.warrant
        forwarded = Forwarded(
            request.actor.system,
            request.actor.organisation,
            request.actor.officer,
            request.procedure,
            request.integration_code,
            request.dossier_no,
            warrant.purpose,
            warrant.legal_basis,
            asked.reference,
            tuple(sorted(warrant.fields)) if asked.needs_record else (),
            bool(asked.claim.name_readings),
        )
        return sign_request(
            self._own,
            issuer=self._settings.client,
            audience=self._settings.name,
            method="POST",
            target=target,
            body=body,
            now=self._clock(),
            forwarded=forwarded,
            nonce=nonce,
        )

    def check(self, header: str, status: int, body: bytes, nonce: str) -> None:
        """Raises `UpstreamFailed` for an answer that the hub above did not sign."""
        read = read_answer(
            header,
            keys=self._keys,
            audience=self._settings.client,
            nonce=nonce,
            status=status,
            body=body,
            now=self._clock(),
        )
        if isinstance(read, Rejection):
            log.error("exchange.upstream.answer_not_signed", fault=read.fault)
            raise UpstreamFailed(Fault.GARBLED)
