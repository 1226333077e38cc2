"""Documents attached to a request: kept by what is in them, asked for again where they were lost, refused unread when large."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from dancu.kernel import clock, files
from dancu.registrar.pages import write
from tests.factories.web_role import web_role
from tests.identity.scene import PASSWORD
from tests.registrar.office import ASKS, DECIDES, ask, browser_of, form_of, open_office, step, words_of
from tests.registrar.scene import moment

pytestmark = pytest.mark.django_db(transaction=True)
RIGHT = "Trần Văn Đúng"


@pytest.fixture(autouse=True)
def _office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(clock, "now", moment)
    open_office(tmp_path)
    with web_role():
        yield


def test_a_document_is_kept_by_what_is_in_it_and_told_apart_from_what_it_is_called():
    browser = browser_of(ASKS)
    scan = b"%PDF-1.7 mo phong"

    refused = ask(browser, full_name=RIGHT, file=SimpleUploadedFile("trich-luc.pdf", b"MZ program"))
    path = ask(browser, full_name=RIGHT, file=SimpleUploadedFile("trich-luc.pdf", scan))["Location"]
    kept = browser.get(f"{path}/tep")

    assert refused.status_code == 422
    assert "Chỉ nhận tệp PDF, PNG hoặc JPEG" in words_of(refused)
    assert kept.content == scan
    assert kept["Content-Disposition"].startswith("attachment")
    step(browser, path, "submit")
    assert browser_of(DECIDES).get(f"{path}/tep").content == scan


def test_a_file_sent_after_the_session_ended_is_asked_for_again_and_the_one_before_does_not_stand_in():
    browser = browser_of(ASKS)
    scan, better = SimpleUploadedFile("a.pdf", b"%PDF-1.7 mo"), SimpleUploadedFile("b.pdf", b"%PDF-1.7 ro net")
    path = ask(browser, full_name=RIGHT, file=scan)["Location"]
    form = form_of(browser.get(f"{path}/sua"), 'name="version"')
    browser.cookies.clear()

    ended = browser.post(f"{path}/sua", {**form, "file": better})
    assert (ended.status_code, "chọn lại tệp" in words_of(ended)) == (401, True)
    secrets = {"tai_khoan": ASKS, "mat_khau": PASSWORD}
    back = browser.post("/dang-nhap", {**form_of(ended, 'name="tiep"'), **secrets})
    assert "chọn lại tệp" in words_of(back)
    again = browser.post(f"{path}/sua", form_of(back, 'name="version"'))

    assert (again.status_code, "Chọn lại tệp" in words_of(again)) == (422, True)
    chosen = {**form_of(again, 'name="version"'), "file": SimpleUploadedFile("b.pdf", b"%PDF-1.7 ro net")}
    assert browser.post(f"{path}/sua", chosen).status_code == 302
    assert browser.get(f"{path}/tep").content == b"%PDF-1.7 ro net"


def test_a_file_too_large_is_refused_before_it_is_read(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(files, "BYTES_MAX", 10)
    monkeypatch.setattr(write, "keep_file", lambda *_: pytest.fail("it was read"))

    refused = ask(browser_of(ASKS), full_name=RIGHT, file=SimpleUploadedFile("a.pdf", b"%PDF-1.7 mo phong"))

    assert (refused.status_code, "Tệp lớn hơn" in words_of(refused)) == (422, True)
