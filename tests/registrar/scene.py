"""Officers of three units, a few persons, and requests about them."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from dancu.population.api import Hand
from dancu.registrar.domain.payloads import AnyPayload, Correct
from dancu.registrar.domain.requests import APPROVER_ROLE, AUTHOR_ROLE, ActionKind, Actor, Content, Request
from dancu.registrar.usecases.requests import Step, take_step, write_request
from tests.factories.approvals import a_document
from tests.factories.people import NOW, NUMBER, a_person_row
from tests.population.scene import load_rows

PERSON, DOUBLE, CHILD = int(NUMBER), 46090000302, 46115000303
NEW_NUMBER = 46090000399


_seconds = [count(1)]


def moment() -> datetime:
    """A second later than the last one: what is done later is recorded later."""
    return NOW + timedelta(seconds=next(_seconds[0]))


def begin_again() -> None:
    """Before a test: after a quarter of an hour of others an entry of `NOW` would wait for the tree so long that less is told."""
    _seconds[0] = count(1)


def an_officer(account: str = "canbo.a", unit: str = "H57.12.3/DC", holder: str = "", *roles: str) -> Actor:
    return Actor(Hand(account, unit, holder or account), frozenset(roles or (AUTHOR_ROLE,)))


AUTHOR = an_officer()
COLLEAGUE = an_officer("canbo.c")
APPROVER = an_officer("lanhdao.b", "H57/C06", "", APPROVER_ROLE)


def load_people(folder: Path) -> None:
    load_rows(
        [
            a_person_row(permanent_version="L2-2025", permanent_code="46..19789", permanent_detail="12 Lê Lợi"),
            a_person_row(f"{DOUBLE:012d}", "Trần Văn Hoà", "1990-05-17", phone="0000000001"),
            a_person_row(f"{CHILD:012d}", "Trần Thị Con", "2015-02-03", sex="2"),
        ],
        folder,
    )


def a_content(payload: AnyPayload | None = None, subject: int = PERSON, **more: Any) -> Content:
    values: dict[str, Any] = {
        "subject": subject,
        "payload": payload or Correct(items={"full_name": "Trần Văn Đúng"}),
        "evidence": a_document(),
        "reason": "Khai sinh ghi tên khác",
        "based_on": {},
    }
    return Content(**{**values, **more})


def written(content: Content | None = None, actor: Actor = AUTHOR, request: UUID | None = None) -> Request:
    return write_request(actor, request or uuid4(), content or a_content(), seen="", now=moment())


def taken(request: Request, kind: ActionKind, actor: Actor, text: str = "") -> Request:
    return take_step(actor, Step(request.id, kind, request.digest, text), now=moment())


def handed_in(content: Content | None = None) -> Request:
    return taken(written(content), ActionKind.SUBMIT, AUTHOR)


def approved(content: Content | None = None) -> Request:
    return taken(handed_in(content), ActionKind.APPROVE, APPROVER)
