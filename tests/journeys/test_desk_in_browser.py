"""The whole desk story in Chromium: sign in, scan, compare, prefill, receive, print; by keyboard, on small screens, with axe."""

from __future__ import annotations

import os
from typing import Any

import psycopg
import pytest

from dancu.cli.demo import OFFICER, PASSWORD
from dancu.synth.api import FATHER, MOTHER, PERSONAS
from tests.journeys.instance import Instance
from tests.journeys.seen import MARKS, nothing_serious, picture

pytestmark = MARKS
PERSON = {p["personal_id"]: p for p in PERSONAS}[MOTHER]
CARD = f"{MOTHER}|{PERSON['old_id_no']}|{PERSON['full_name']}|24111995|Nữ|Số 1 đường Mô Phỏng|01012021"


CHILD = {
    "child_name": "Trần Mô Phỏng An",
    "child_birth_date": "18/11/2026",
    "child_birth_place": "Bệnh viện",
    "child_ethnicity": "Kinh",
    "child_nationality": "Việt Nam",
    "child_home_town": "Huế",
}


def fill_in(page: Any, fields: dict[str, str], *, sex: str) -> None:
    for field, value in fields.items():
        page.fill(f"#f-{field}", value)
    page.select_option("#f-child_sex", sex)


def test_the_whole_story_by_keyboard_alone(page: Any, instance: Instance):
    assert page.evaluate("document.activeElement.id") == "f-scan"
    picture(page, "tra-cuu")
    nothing_serious(page)

    page.keyboard.type(CARD)
    page.keyboard.press("Enter")
    page.wait_for_selector(".verdict")
    assert page.inner_text(".verdict .word").endswith("Khớp")
    picture(page, "doi-chieu-khop")
    nothing_serious(page)

    page.keyboard.press("Enter")  # the next step is under Enter
    page.wait_for_url("**/mot-cua/to-khai/*")
    assert PERSON["full_name"] in page.inner_text("#p-requester")
    assert page.locator("#p-requester .locked").count() >= 7
    picture(page, "to-khai")
    nothing_serious(page)

    page.select_option("#f-relation", "mother")
    page.click("button[name=look][value=mother]")
    page.wait_for_selector("#p-mother .locked")
    page.click("button[name=receive]")
    assert "Chưa điền" in page.inner_text(".errors")
    assert page.input_value("#f-relation") == "mother"
    picture(page, "to-khai-loi")
    nothing_serious(page)
    page.locator("#p-requester details").first.evaluate("node => node.open = true")
    page.locator("#p-requester details input").first.fill("Người dân nói khác")
    fill_in(page, CHILD, sex="1")
    page.click("button[name=receive]")
    page.wait_for_url("**/mot-cua/ho-so/*")
    assert "Đã tiếp nhận hồ sơ H57.12.3-" in page.inner_text(".note.ok")
    assert "Người dân nói khác" in page.inner_text("main")
    picture(page, "ho-so")
    nothing_serious(page)
    dossier = page.url.split("?")[0]
    page.keyboard.type(CARD)  # the next card, while the focus is still on printing
    page.keyboard.press("Enter")
    page.wait_for_selector(".verdict")
    assert page.inner_text(".verdict .word").endswith("Khớp")
    page.goto(dossier)

    page.fill("#f-reason", "Bổ sung bản chính giấy chứng sinh")
    page.click("button[value=request_supplement]")
    page.goto(page.url + "/phieu/bo-sung")
    assert "Bổ sung bản chính giấy chứng sinh" in page.inner_text("main")
    picture(page, "phieu-bo-sung")
    page.goto(page.url.replace("bo-sung", "tiep-nhan"))
    assert page.locator("img.qr").count() == 1
    picture(page, "phieu-tiep-nhan")
    nothing_serious(page)
    page.goto("/mot-cua/ho-so")
    assert page.locator("tbody tr").count() >= 1
    picture(page, "danh-sach")
    nothing_serious(page)
    with psycopg.connect(instance.environment["DATABASE_OWNER_URL"]) as connection:
        looks = connection.execute(
            "select count(*) from ledger_entrydetail where subject = %s and officer = %s", [MOTHER, OFFICER]
        ).fetchone()
    assert looks is not None
    assert looks[0] >= 2


def test_the_other_slips_are_printed_from_the_dossier(page: Any):
    page.fill("#f-scan", CARD)
    page.press("#f-scan", "Enter")
    page.click("text=Điền tờ khai")
    page.select_option("#f-relation", "mother")
    fill_in(page, CHILD, sex="2")
    page.click("button[name=save]:not([hidden])")
    assert "Đã lưu tạm" in page.inner_text(".note.ok")
    form = page.url
    page.goto("/mot-cua/ho-so?loc=drafts")
    picture(page, "to-khai-do-dang")
    nothing_serious(page)
    page.goto(form)
    page.click("button[name=receive]")
    page.wait_for_url("**/mot-cua/ho-so/*")
    dossier = page.url.split("?")[0]

    for action, slip, words, date in (
        ("extend", "xin-loi", "Chờ xác nhận của nơi sinh", "30/11/2026"),
        ("refuse", "tu-choi", "Giấy chứng sinh không do cơ sở y tế cấp", ""),
        ("", "kiem-soat", "Từ chối giải quyết", ""),
    ):
        page.goto(dossier)
        if action:
            page.fill("#f-reason", words)
            page.fill("#f-new_date", date)
            page.click(f"button[value={action}]")
            if action == "refuse":  # asked once more: no leaves it as it is, yes does it
                assert "Việc này không hoàn tác được." in page.inner_text("main")
                picture(page, "hoi-lai")
                nothing_serious(page)
                page.click("text=Không, quay lại")
                assert page.locator(f"button[value={action}]").count() == 1
                page.fill("#f-reason", words)
                page.click(f"button[value={action}]")
                page.click("button.main")
                page.wait_for_url(dossier)
        page.goto(f"{dossier}/phieu/{slip}")
        assert words in page.inner_text("main")
        picture(page, f"phieu-{slip}")
        nothing_serious(page)


def test_the_pages_around_the_desk_have_their_looks(page: Any):
    page.goto("/mot-cua/khong-co-trang-nay")
    assert "Không có trang này" in page.inner_text("main")
    picture(page, "khong-co-trang")
    nothing_serious(page)
    page.goto("/mot-cua")
    page.click("text=English")
    picture(page, "tra-cuu-english")
    nothing_serious(page)
    page.click("text=Tiếng Việt")
    page.click("text=Đăng xuất")
    page.goto("/dang-nhap")
    picture(page, "dang-nhap")
    nothing_serious(page)
    page.fill("#tai_khoan", OFFICER)
    page.fill("#mat_khau", "sai mat khau")
    page.press("#mat_khau", "Enter")
    page.wait_for_selector(".errors, .note")
    assert page.input_value("#tai_khoan") == OFFICER
    picture(page, "dang-nhap-sai")
    nothing_serious(page)


@pytest.mark.parametrize(
    ("scan", "number", "name", "born", "sentence"),
    [
        ("https://example.org/abc|x|y|z", "", "", "", "không phải mã QR trên thẻ"),
        ("", "04619500000", "Nguyễn Thử", "1995", "Bạn đã nhập 11 số"),
        ("", MOTHER, "Nguyễn Thử", "30/02/1995", "Không có ngày 30/02/1995"),
        ("", MOTHER, "A" * 300, "1995", "dài quá 200 ký tự"),
        ("", MOTHER, "", "1995", "Chưa nhập họ và tên"),
    ],
)
def test_wrong_input_gets_a_sentence_and_stays(page: Any, scan, number, name, born, sentence):
    for field, value in (("scan", scan), ("number", number), ("name", name), ("birth_date", born)):
        page.fill(f"#f-{field}", value)
    page.click("#look button:not([type])")

    assert sentence in page.inner_text(".errors")
    assert page.input_value("#f-number") == number
    assert page.input_value("#f-name") == name
    assert page.input_value("#f-birth_date") == born
    if number and name == "Nguyễn Thử" and born == "1995":
        picture(page, "tra-cuu-loi")
        nothing_serious(page)


def test_a_card_scanned_onto_the_button_is_the_next_person_not_the_form_of_the_one_before(page: Any):
    page.keyboard.type(CARD)
    page.keyboard.press("Enter")
    page.wait_for_selector(".verdict")
    assert page.evaluate("document.activeElement.className") == "main"
    father = {p["personal_id"]: p for p in PERSONAS}[FATHER]
    born = "".join(reversed(father["birth_date"].split("-")))

    page.keyboard.type(f"{FATHER}|{father['old_id_no']}|{father['full_name']}|{born}|Nam|Số 1 đường Mô Phỏng|01012021")
    page.keyboard.press("Enter")
    page.wait_for_selector(f".person strong:text-is('{father['full_name']}')")

    assert page.url.endswith("/mot-cua")
    assert page.inner_text(".verdict .word").endswith("Khớp")


def test_a_wrong_name_tells_nothing_and_a_decomposed_one_matches(page: Any):
    import unicodedata

    def look(name: str) -> str:
        page.goto("/mot-cua")
        page.fill("#f-number", MOTHER)
        page.fill("#f-name", name)
        page.fill("#f-birth_date", "24/11/1995")
        page.click("#look button:not([type])")
        return str(page.inner_text(".verdict"))

    assert "Không tìm thấy" in look("Nguyễn Khác")
    page.click(".instead summary")
    picture(page, "khong-tim-thay")
    nothing_serious(page)
    assert PERSON["full_name"] not in page.inner_text("main")
    assert "Khớp" in look(unicodedata.normalize("NFD", PERSON["full_name"]))


def test_it_works_with_script_off(browser: Any, instance: Instance):
    context = browser.new_context(base_url=instance.web, java_script_enabled=False)
    page = context.new_page()
    page.goto("/dang-nhap")
    page.fill("#tai_khoan", OFFICER)
    page.fill("#mat_khau", PASSWORD)
    page.press("#mat_khau", "Enter")
    page.wait_for_url("**/mot-cua")
    page.fill("#f-scan", CARD)
    page.press("#f-scan", "Enter")

    assert "Khớp" in page.inner_text(".verdict")
    context.close()


def test_english_by_switch(page: Any):
    page.click("text=English")

    assert page.get_attribute("html", "lang") == "en"
    assert "Look up and compare" in page.inner_text("h1")
    page.click("text=Tiếng Việt")
    assert "Tra cứu, đối chiếu" in page.inner_text("h1")


def test_a_registry_that_does_not_answer_never_stops_the_desk(page: Any, instance: Instance):
    with psycopg.connect(instance.environment["DATABASE_OWNER_URL"]) as connection:
        connection.execute("lock table population_person in access exclusive mode")
        page.fill("#f-scan", CARD)
        page.press("#f-scan", "Enter")
        page.wait_for_selector(".verdict")
        assert "Chưa đối chiếu được" in page.inner_text(".verdict")
        picture(page, "doi-chieu-sau")
        nothing_serious(page)
        page.click("text=Nhận hồ sơ, đối chiếu sau")
        page.select_option("#f-relation", "mother")
        fill_in(page, CHILD, sex="1")
        page.click("button[name=receive]")
        page.wait_for_selector(".note.ok")
        assert "Chờ đối chiếu" in page.inner_text("main")
        connection.rollback()

    for _ in range(60):  # the worker looks every quarter of a minute
        page.wait_for_timeout(1000)
        page.reload()
        if "Chờ đối chiếu" not in page.inner_text("main"):
            break
    assert "Đối chiếu sau khi tiếp nhận" in page.inner_text(".timeline")


def test_a_database_killed_under_the_page_keeps_what_was_typed(page: Any, instance: Instance):
    import signal

    page.fill("#f-number", MOTHER)
    page.fill("#f-name", "Nguyễn Đang Gõ")
    page.fill("#f-birth_date", "24/11/1995")
    postmaster = int((instance.home / "db" / "postmaster.pid").read_text().split()[0])
    os.kill(postmaster, signal.SIGKILL)
    page.click("#look button:not([type])")

    shown = page.inner_text("main")
    assert "Traceback" not in shown
    if page.locator(".verdict").count() == 0:  # it was down when we asked
        assert "Nguyễn Đang Gõ" in page.content()
        assert "Thử lại" in shown
        assert "Số định danh" in shown
        assert "birth_date" not in shown
        picture(page, "may-chu-khong-tra-loi")
    for _ in range(30):  # it comes back by itself
        page.wait_for_timeout(500)
        page.goto("/mot-cua")
        if page.locator("#f-scan").count() == 1:
            break
    assert page.locator("#f-scan").count() == 1
