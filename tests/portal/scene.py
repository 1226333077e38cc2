"""A citizen who may sign in, looks at her in the ledger, and her browser."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from django.test import Client

from dancu.identity.api import add_citizen
from dancu.kernel.personal_id import PersonalId
from dancu.ledger import api as ledger
from tests.factories.people import NOW, NUMBER

PASSWORD = "mat-khau-cong-dan"
OTHER = "046190000103"
ACCOUNT, CASE = "canbo-bi-mat", "H57.12-261124-0007"
PURPOSE, BASIS = "Giải quyết thủ tục đăng ký khai sinh", "Luật Hộ tịch 60/2014/QH13, Điều 16"


def admit(number: str = NUMBER, *, level: int = 2) -> Client:
    """Give her access and sign her in."""
    add_citizen(PersonalId.parse(number), PASSWORD, level=level)
    return signed_in(number)


def signed_in(number: str = NUMBER) -> Client:
    browser = Client()
    answer = browser.post("/dan/dang-nhap", {"so": number, "mat_khau": PASSWORD})
    assert (answer.status_code, answer["Location"]) == (302, "/cua-toi")
    return browser


def an_act(kind: str = "verify", **more: Any) -> ledger.Act:
    """A look at her through a connected system, at the counter and without a dossier."""
    given: dict[str, Any] = {
        "outcome": "match",
        "organisation": "H57.12.3",
        "system": "mot-cua",
        "officer": ACCOUNT,
        "subject": NUMBER,
        "purpose": PURPOSE,
        "legal_basis": BASIS,
        "procedure": "1.001193",
        "integration_code": "MOT-CUA",
        **more,
    }
    return ledger.Act(ledger.ActKind(kind), **given)


def looked(kind: str = "verify", *, at: datetime = NOW, **more: Any) -> str:
    """A look that stands in the ledger; its reference."""
    return ledger.record(an_act(kind, **more), now=at)


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def settled(page: str) -> str:
    """A page without what differs from request to request: the tokens of its forms."""
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page)


def lines_in(page: str) -> list[str]:
    """The sentences of the list."""
    return re.findall(r'<li><a href="/cua-toi/muc/[^"]+">([^<]+)</a>', page)
