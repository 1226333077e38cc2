"""A result of the conformance kit, handed in on the page of the trial: believed by a living key of that very system, or refused."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from html import unescape
from typing import Any
from uuid import UUID

import pytest

from dancu.kernel import clock
from dancu.kernel.reach import SYSTEM, acting
from dancu.kernel.signing import MessageKey
from dancu.onboarding import api as onboarding
from dancu.onboarding.conformance import CheckOutcome, sign_result
from dancu.onboarding.dossiers import store
from tests.factories.web_role import web_role
from tests.identity.scene import browser_of, text_of
from tests.onboarding.gate_scene import OTHER_OWNER, OWNER, POLICE, appoint, opened
from tests.onboarding.test_conformance import a_check, a_result

pytestmark = pytest.mark.django_db(transaction=True)
CLIENT, OTHER = "tthc.hue", "tthc.hai"
PAGE = f"/ket-noi/he-thong/{CLIENT}/thu-nghiem"
KEY, KEY_OF_OTHER, SHORT, UNKNOWN = (MessageKey.generate() for _ in range(4))
FAILED = a_check("soap.wrapper", CheckOutcome.FAILED)
SKIPPED = a_check("soap.wrapper", CheckOutcome.SKIPPED)


@pytest.fixture(autouse=True)
def dossier() -> Iterator[UUID]:
    """Two systems of one province on trial, each with a key of its own, and the dossier of the first."""
    with acting(SYSTEM):
        appoint()
    with web_role():
        found = opened(client_id=CLIENT)
        opened(client_id=OTHER)
        with acting(SYSTEM):
            for client_id, key in ((CLIENT, KEY), (OTHER, KEY_OF_OTHER)):
                ends = clock.now() + timedelta(days=30)
                onboarding.add_message_key(client_id, key.public, by="test", now=clock.now(), not_after=ends)
        yield found.id


def signed(*checks: Any, key: MessageKey = KEY, client_id: str = CLIENT) -> str:
    return sign_result(a_result(*checks, client_id=client_id), key)


def hand_in(text: str, account: str = OWNER) -> tuple[int, str]:
    answer = browser_of(account).post(PAGE, {"step": "signed", "signed": text})
    return answer.status_code, unescape(text_of(answer))


def kept(dossier: UUID) -> dict[str, Any]:
    with acting(SYSTEM):
        return dict(store.get_dossier(dossier).result)


def test_a_good_result_goes_into_the_dossier_with_its_text_and_its_key(dossier: UUID) -> None:
    text = signed(a_check("soap.prefixes"), a_check("soap.wrapper"))

    status, _page = hand_in(f"\n{text}\n")

    assert status == 302
    assert kept(dossier) == {"passed": True, "by": "kit", "role": "server", "checks": 2, "kid": KEY.kid, "signed": text}


def revoked() -> str:
    onboarding.revoke_key(CLIENT, KEY.kid, reason="máy ký bị mất", by="test", now=clock.now())
    return signed()


def run_out() -> str:
    began, ended = clock.now() - timedelta(days=2), clock.now() - timedelta(minutes=1)
    onboarding.add_message_key(CLIENT, SHORT.public, by="test", now=began, not_after=ended)
    return signed(key=SHORT)


def tampered() -> str:
    """The document of a success over the signature of a failure, by the right key."""
    header, _document, signature = signed(FAILED).split(".")
    return ".".join((header, signed().split(".")[1], signature))


@dataclass(frozen=True)
class Wrong:
    name: str
    text: Callable[[], str]
    says: str


WRONG = (
    Wrong("a key nobody registered", lambda: signed(key=UNKNOWN), "không được ký bằng khoá đang dùng"),
    Wrong("the key of another system", lambda: signed(key=KEY_OF_OTHER), "không được ký bằng khoá đang dùng"),
    Wrong("a revoked key", revoked, "không được ký bằng khoá đang dùng"),
    Wrong("a key whose time is over", run_out, "không được ký bằng khoá đang dùng"),
    Wrong("the result of another system", lambda: signed(client_id=OTHER), "của hệ thống khác"),
    Wrong("a check that failed", lambda: signed(a_check(), FAILED), "1 phép kiểm tra chưa đạt"),
    Wrong("nothing that passed", lambda: signed(SKIPPED), "không có phép kiểm tra nào đạt"),
    Wrong("another document under the signature", tampered, "Chữ ký của kết quả kiểm tra không đúng"),
    Wrong("no signed text", lambda: "không phải kết quả", "không phải kết quả kiểm tra đã ký"),
)


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong.name)
def test_what_is_no_good_result_of_this_system_is_refused_says_why_and_stays_on_the_page(dossier: UUID, wrong: Wrong) -> None:
    with acting(SYSTEM):
        text = wrong.text()

    status, page = hand_in(text)

    assert (status, wrong.says in page) == (422, True)
    assert f">{text}</textarea>" in page
    assert kept(dossier) == {}


def test_a_key_under_the_kid_of_the_registered_one_is_not_believed(dossier: UUID) -> None:
    forger = MessageKey.parse(json.dumps(UNKNOWN.as_jwk()).encode(), KEY.kid)

    status, page = hand_in(signed(key=forger))

    assert (status, "Chữ ký của kết quả kiểm tra không đúng" in page) == (422, True)
    assert kept(dossier) == {}


@pytest.mark.parametrize("account", [OTHER_OWNER, POLICE])
def test_nobody_else_hands_in_a_result(dossier: UUID, account: str) -> None:
    status, _page = hand_in(signed(), account)

    assert status in (403, 404)
    assert kept(dossier) == {}


def test_a_result_needs_a_dossier_that_is_open(dossier: UUID) -> None:
    browser_of(OWNER).post(f"/ket-noi/ho-so/{dossier}", {"step": "withdraw", "text": "thôi không kết nối nữa"})

    status, page = hand_in(signed())

    assert (status, "không có hồ sơ đang mở" in page) == (409, True)
