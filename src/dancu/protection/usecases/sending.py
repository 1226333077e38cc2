"""Where letters to affected persons go: the outbox is connected by the project, which knows both rooms."""

from __future__ import annotations

from dancu.protection.usecases.affected import Sender

_connected: list[Sender] = []


def connect_sender(send: Sender) -> None:
    """Say how a letter is handed to the outbox, in the caller's transaction (*nối hộp gửi*)."""
    _connected[:] = [send]


def connected() -> Sender | None:
    """The outbox, None while none is connected: letters wait (*hộp gửi đã nối*)."""
    return _connected[0] if _connected else None
