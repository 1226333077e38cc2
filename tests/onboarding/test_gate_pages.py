"""The pages of the gate as each party opens them: another province's addresses lead nowhere, files are handed out to be saved."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import docx
import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings

from dancu.kernel.reach import SYSTEM, acting
from dancu.onboarding import api as onboarding
from dancu.onboarding import store as gate_store
from dancu.onboarding.dossiers import store
from dancu.onboarding.dossiers.domain import DossierState
from dancu.onboarding.models import Account, Dossier
from tests.factories.people import NOW
from tests.factories.web_role import web_role
from tests.identity.scene import browser_of, text_of
from tests.journeys.gate_story import PDF
from tests.onboarding.gate_scene import DECIDER, EXAMINER, OPERATOR, OTHER_OWNER, OTHER_POLICE, OWNER, POLICE, appoint, filled

pytestmark = pytest.mark.django_db(transaction=True)
SYSTEM_PAGE, ACCOUNTS = "/ket-noi/he-thong/tthc.hue", "/ket-noi/tai-khoan"
UNDER_DOSSIER = ("", "/giay/undertaking", "/giay/undertaking.docx", "/giay/undertaking/ban-ky", "/dich-vu", "/tai-khoan")
UNDER_DOSSIER += ("/tai-khoan/mau.xlsx", "/tai-khoan/can-sua.xlsx")


@pytest.fixture(autouse=True)
def parties() -> Iterator[None]:
    with acting(SYSTEM):
        appoint()
        onboarding.list_accounts_for("H57", ["canbo.57"], by="test", now=NOW)
    with web_role():
        yield


@pytest.fixture
def dossier(parties: None, tmp_path: Path) -> UUID:
    return filled(tmp_path).id


@pytest.mark.parametrize("under", UNDER_DOSSIER)
@pytest.mark.parametrize("account", [OTHER_OWNER, OTHER_POLICE])
def test_the_dossier_of_another_province_is_not_there(dossier: UUID, account: str, under: str) -> None:
    browser, path = browser_of(account), f"/ket-noi/ho-so/{dossier}{under}"

    assert browser.get(path).status_code == 404
    assert browser.post(path, {"step": "withdraw", "text": "không cần nữa"}).status_code in (403, 404, 405)


@pytest.mark.parametrize("under", ["/trang-thai", "/khoa", "/thu-nghiem"])
def test_the_system_of_another_province_is_not_there(dossier: UUID, under: str) -> None:
    assert browser_of(OTHER_OWNER).get(SYSTEM_PAGE + under).status_code in (403, 404)


@pytest.mark.parametrize("step", ["secret", "revoke", ""])
def test_secret_and_keys_of_another_province_are_out_of_reach(dossier: UUID, step: str) -> None:
    sealed = gate_store.sealed_secret("tthc.hue")

    answer = browser_of(OTHER_OWNER).post(f"{SYSTEM_PAGE}/khoa", {"step": step, "kid": "x", "reason": "thử", "key": "x"})

    assert answer.status_code == 404
    assert gate_store.sealed_secret("tthc.hue") == sealed


def test_the_owner_s_fresh_secret_is_shown_once_and_kept_by_no_browser(dossier: UUID) -> None:
    answer = browser_of(OWNER).post(f"{SYSTEM_PAGE}/khoa", {"step": "secret"})

    assert (answer.status_code, "thu-" in text_of(answer)) == (200, True)
    assert "no-store" in answer.headers["Cache-Control"]


def test_the_accounts_of_another_province_are_not_listed_nor_touched() -> None:
    browser, path = browser_of(OTHER_OWNER), f"{ACCOUNTS}?co_quan=H57"

    page = browser.get(path)
    changed = browser.post(path, {"step": "lock", "account": "canbo.57", "why": "thử xem được không"})

    assert (page.status_code, changed.status_code, "canbo.57" in text_of(page)) == (403, 403, False)
    assert Account.objects.get(account="canbo.57").locked_at is None


def test_accounts_do_not_go_to_nobody() -> None:
    answer = browser_of(EXAMINER).post(f"{ACCOUNTS}?co_quan=H57", {"step": "transfer", "account": "canbo.57", "after": ""})

    assert (answer.status_code, "Ghi đúng mã" in text_of(answer)) == (422, True)


@pytest.mark.parametrize("account", [POLICE, DECIDER])
@pytest.mark.parametrize("under", ["/giay/survey", "/dich-vu", "/tai-khoan"])
def test_who_only_reads_writes_nothing_into_a_dossier(dossier: UUID, account: str, under: str) -> None:
    file = SimpleUploadedFile("x.pdf", PDF, "application/pdf")

    answer = browser_of(account).post(f"/ket-noi/ho-so/{dossier}{under}", {"step": "attach", "file": file})

    assert answer.status_code == 403


def test_a_signed_copy_is_handed_out_to_be_saved_and_never_shown(dossier: UUID) -> None:
    browser, path = browser_of(OWNER), f"/ket-noi/ho-so/{dossier}/giay/survey"
    file = SimpleUploadedFile('a"b\r\n046088000201.html', PDF, "text/html")
    assert browser.post(path, {"step": "attach", "file": file}).status_code == 302

    answer = browser.get(f"{path}/ban-ky")

    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("attachment; ")
    assert "046088000201" not in answer.headers["Content-Disposition"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def feet_of(content: bytes) -> list[str]:
    """What stands at the foot of the first page, and of those after it."""
    [section] = docx.Document(io.BytesIO(content)).sections
    return [edge.paragraphs[0].text for edge in (section.first_page_footer, section.footer)]


@pytest.mark.parametrize("kind", ["undertaking", "survey", "service_registration"])
def test_papers_of_a_simulation_say_so_at_the_foot_of_every_page_and_real_ones_do_not(dossier: UUID, kind: str) -> None:
    browser, path = browser_of(OWNER), f"/ket-noi/ho-so/{dossier}/giay/{kind}.docx"

    with override_settings(CONFIG=replace(settings.CONFIG, profile="mo-phong")):
        simulated = feet_of(browser.get(path).content)
    with override_settings(CONFIG=replace(settings.CONFIG, profile="tinh")):
        real = feet_of(browser.get(path).content)

    assert ["Dữ liệu mô phỏng" in foot for foot in simulated] == [True, True]
    assert ["mô phỏng" in foot for foot in real] == [False, False]


def test_the_mark_of_a_simulation_is_no_change_of_the_paper(dossier: UUID) -> None:
    browser, path = browser_of(OWNER), f"/ket-noi/ho-so/{dossier}/giay/survey"
    printed = SimpleUploadedFile("x.docx", browser.get(f"{path}.docx").content)

    browser.post(path, {"step": "attach", "file": printed})

    with acting(SYSTEM):
        findings = store.get_dossier(dossier).papers["survey"].findings
    assert [each for each in findings if each["blocks"]] == []


@pytest.mark.parametrize("content", [b"<html><script>alert(1)</script>", b"MZ\x90\x00", b""])
def test_what_is_no_document_is_not_taken(dossier: UUID, content: bytes) -> None:
    file = SimpleUploadedFile("x.pdf", content, "application/pdf")

    answer = browser_of(OWNER).post(f"/ket-noi/ho-so/{dossier}/giay/survey", {"step": "attach", "file": file})

    assert answer.status_code == 422


def test_a_dossier_sent_twice_is_sent_once(dossier: UUID) -> None:
    browser, path = browser_of(OWNER), f"/ket-noi/ho-so/{dossier}"

    answers = [browser.post(path, {"step": "submit"}).status_code for _ in range(2)]

    assert answers == [302, 409]
    with acting(SYSTEM):
        assert store.get_dossier(dossier).state is DossierState.AT_POLICE


@pytest.mark.parametrize("step", ["forward", "accept", "return", "connect", "refuse"])
def test_the_owner_reviews_nothing_herself(dossier: UUID, step: str) -> None:
    browser, path = browser_of(OWNER), f"/ket-noi/ho-so/{dossier}"
    browser.post(path, {"step": "submit"})

    assert browser.post(path, {"step": step, "text": "Đủ điều kiện kết nối"}).status_code == 403


@pytest.mark.parametrize(("account", "may_look"), [(OWNER, True), (POLICE, False)])
def test_a_page_leads_only_where_its_reader_may_go(dossier: UUID, account: str, may_look: bool) -> None:
    with acting(SYSTEM):
        Dossier.objects.filter(id=dossier).update(state=DossierState.AT_POLICE)
    browser, path = browser_of(account), f"/ket-noi/ho-so/{dossier}"
    shown = browser.get(path).content.decode()

    assert (f'href="{path}/kiem-tra"' in shown) is may_look
    assert (browser.get(f"{path}/kiem-tra").status_code == 200) is may_look


def test_what_another_body_said_of_its_system_is_not_filled_in(dossier: UUID) -> None:
    assert browser_of(OTHER_OWNER).get("/ket-noi/ho-so/moi?bo-sung=tthc.hue").status_code == 404


@pytest.mark.parametrize(("typed", "shown"), [("01/12/2022", "Tỉnh Bắc Kạn"), ("31/02/2022", "Ngày viết như 01/12/2022.")])
def test_the_directory_is_read_for_a_day_as_it_is_written_here(typed: str, shown: str) -> None:
    text = text_of(browser_of(OPERATOR).get(f"/ket-noi/co-quan?ngay={typed}"))

    assert shown.lower() in text.lower()
