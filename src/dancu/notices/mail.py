"""Handler of `mail`: one message to one address, by Django's SMTP, cut when the attempt's time is over."""

from __future__ import annotations

import smtplib
import socket
from typing import Any
from urllib.parse import unquote, urlsplit

import msgspec
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import BadHeaderError, EmailMessage
from django.core.mail.backends.smtp import EmailBackend
from django.core.validators import validate_email

from dancu.kernel.config import Config
from dancu.notices.deadline import Deadline
from dancu.notices.domain.delivery import Delivered, Delivery, Failed, Outcome, Postponed, Rejected
from dancu.notices.domain.messages import Message
from dancu.notices.domain.steps import Step
from dancu.notices.usecases.tell import MAIL
from dancu.notices.wording import in_words

_DEFAULT_PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}


class Mail(msgspec.Struct, frozen=True):
    """Payload of `mail` (*thư điện tử*)."""

    address: str
    language: str
    said: Message


def mail(said: Message, address: str, *, key: str, owner: str, room: str, language: str = "vi", about: str = "") -> Step:
    """A step that sends one message to one address; the address is sealed with the rest."""
    return Step(MAIL, key, msgspec.to_builtins(Mail(address, language, said)), owner, room, "địa chỉ thư", about or said.template)


def deliver_mail(delivery: Delivery) -> Outcome:
    """Hand the message to the mail server. Tried again, it has the same Message-ID."""
    config: Config = settings.CONFIG
    if not config.smtp_url:
        return Postponed("mail.no_settings", "DANCU_SMTP_URL")
    try:
        letter = msgspec.convert(delivery.payload, Mail)
        validate_email(letter.address)
        title, body = in_words(letter.said, letter.language)
        link = f"\n\n{config.public_url}{letter.said.href}" if letter.said.href else ""
        headers = {"Message-ID": f"<{delivery.step_id}@{config.mail_from.rpartition('@')[2].rstrip('>')}>"}
        message = EmailMessage(title, body + link + "\n", config.mail_from, [letter.address], headers=headers)
        message.message()
    except (msgspec.ValidationError, ValidationError, BadHeaderError, UnicodeError, ValueError):
        return Rejected("step.malformed")
    with Deadline(delivery.timeout_seconds) as deadline:
        try:
            _backend(config.smtp_url, deadline).send_messages([message])
        except Exception as failure:
            return Failed("destination.timeout") if deadline.is_over else _told_by(failure)
    return Delivered()


def _told_by(failure: Exception) -> Outcome:
    """A refusal for good is told by a code of 500 and more; a server that does not know us yet may be mended."""
    if isinstance(failure, smtplib.SMTPAuthenticationError):
        return Failed("mail.sign_in", str(failure.smtp_code))
    if isinstance(failure, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _ in failure.recipients.values()]
        return _refused("mail.recipient", max(codes, default=0))
    if isinstance(failure, smtplib.SMTPResponseException):
        return _refused("mail.refused", failure.smtp_code)
    if isinstance(failure, TimeoutError):
        return Failed("destination.timeout")
    if isinstance(failure, ConnectionRefusedError):
        return Failed("destination.refused")
    if isinstance(failure, OSError | smtplib.SMTPException | ValueError):
        return Failed("destination.broken", type(failure).__name__)  # ValueError: what came is no SMTP
    raise failure


def _refused(code: str, smtp_code: int) -> Outcome:
    return Rejected(code, str(smtp_code)) if 500 <= smtp_code < 600 else Failed(code, str(smtp_code), destination=False)


def _backend(url: str, deadline: Deadline) -> EmailBackend:
    parts = urlsplit(url)

    class Watched:
        """Tells the deadline which socket to cut."""

        sock: socket.socket | None

        def _get_socket(self, *arguments: Any) -> Any:  # the library's own signature
            deadline.watch(lambda: self.sock)
            return super()._get_socket(*arguments)  # type: ignore[misc]  # of smtplib.SMTP, beside which this stands

    class Backend(EmailBackend):
        @property
        def connection_class(self) -> Any:  # a class of smtplib
            kind = smtplib.SMTP_SSL if self.use_ssl else smtplib.SMTP
            return type("WatchedSMTP", (Watched, kind), {})

    return Backend(
        host=parts.hostname or "",
        port=parts.port or _DEFAULT_PORTS[parts.scheme],
        username=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        use_tls=parts.scheme == "smtp+starttls",
        use_ssl=parts.scheme == "smtps",
        timeout=deadline.seconds,
    )
