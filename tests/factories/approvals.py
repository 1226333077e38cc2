"""Two officers of two units behind a change, and a document."""

from __future__ import annotations

from uuid import UUID, uuid4

from dancu.population.api import Approval, Evidence, Hand


def a_hand(account: str = "canbo.a", unit: str = "H57.12.3/DC", holder: str = "") -> Hand:
    return Hand(account, unit, holder or account)


def an_approval(author: Hand | None = None, approver: Hand | None = None, request: UUID | None = None) -> Approval:
    return Approval(request or uuid4(), author or a_hand(), approver or a_hand("lanhdao.b", "H57/C06"))


def a_document(kind: str = "Trích lục khai sinh") -> Evidence:
    return Evidence(kind, "12/2026", "UBND phường Mô Phỏng", "2026-11-20")
