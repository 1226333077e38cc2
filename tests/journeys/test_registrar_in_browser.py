"""The registry officer's whole story in Chromium: search, open, look, ask, decide by another, and the ledger has it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from dancu.cli.demo_registry import APPROVER, CASE, FATHER, KEPT, REGISTRAR
from tests.journeys.instance import Instance
from tests.journeys.seen import MARKS, nothing_serious, picture, sign_in

pytestmark = MARKS


@pytest.fixture
def office(browser: Any, instance: Instance) -> Iterator[Any]:
    """A page signed in as the registry officer."""
    context = browser.new_context(base_url=instance.web, locale="vi-VN", viewport={"width": 1366, "height": 768})
    page = context.new_page()
    page.set_default_timeout(10_000)
    sign_in(page, REGISTRAR, "/dan-cu")
    yield page
    context.close()


def look_up(page: Any, text: str) -> None:
    page.goto("/dan-cu")
    page.wait_for_selector("#f-text:focus")
    page.keyboard.type(text)
    page.keyboard.press("Tab")
    page.keyboard.type(CASE)
    page.keyboard.press("Enter")
    page.wait_for_url("**/dan-cu/tra-cuu")


def open_first(page: Any) -> None:
    page.wait_for_selector("table button:focus")  # the first line has the focus
    page.keyboard.press("Enter")
    page.wait_for_url("**/dan-cu/nguoi/*")


def seen(page: Any, name: str) -> None:
    for details in page.locator("main details").all():
        details.evaluate("node => node.open = true")
    picture(page, name)
    nothing_serious(page)


def test_from_a_misspelt_name_to_a_change_by_two_people(office: Any, browser: Any, instance: Instance):
    page = office
    seen(page, "dan-cu")
    look_up(page, "nguyen van mo phong hia 1988")  # the given name has a typing error
    assert "NGUYỄN VĂN MÔ PHỎNG HẢI" in page.inner_text("table")
    seen(page, "dan-cu-ket-qua")

    open_first(page)
    assert "Số đang dùng" in page.inner_text(".verdict .word")
    assert page.locator("#gia-dinh svg").count() == 1
    assert page.locator("#cu-tru svg").count() >= 1
    for said in ("Thay đổi hộ", "NGUYỄN HOÀNG PHƯƠNG THẢO NGUYÊN ANH"):
        assert said.lower() in page.inner_text("main").lower(), said
    seen(page, "dan-cu-nguoi")
    person = page.url
    page.goto(f"{person}?ngay=01/01/2014#thoi-diem")
    assert "khác hiện nay" in page.inner_text("#thoi-diem")
    page.goto(f"{person}/trich-luc")
    seen(page, "dan-cu-trich-luc")

    page.goto(f"{person}/de-nghi/dieu-chinh")
    page.fill("#f-full_name", "1")
    page.click("button.main")
    assert page.input_value("#f-full_name") == "1"
    seen(page, "dan-cu-de-nghi-loi")
    page.fill("#f-full_name", "Nguyễn Văn Mô Phỏng Hài")
    page.fill("#f-ev_kind", "Trích lục khai sinh")
    page.fill("#f-reason", "Khai sinh ghi Hài, hồ sơ ghi Hải")
    page.click("button.main")
    page.wait_for_url("**/dan-cu/de-nghi/*")
    assert "Nguyễn Văn Mô Phỏng Hài" in page.inner_text("main")
    seen(page, "dan-cu-de-nghi")
    page.click("button[value=submit]")
    page.wait_for_selector(".note.ok")
    request = page.url.split("?")[0]
    page.goto("/dan-cu/de-nghi?loc=gui")
    seen(page, "dan-cu-danh-sach")
    page.click(".who button:has-text('Đăng xuất')")

    context = browser.new_context(base_url=instance.web, locale="vi-VN", viewport={"width": 1366, "height": 768})
    decides = context.new_page()
    decides.set_default_timeout(10_000)
    sign_in(decides, APPROVER, "/dan-cu/de-nghi")
    seen(decides, "dan-cu-cho-duyet")
    decides.goto(request)
    seen(decides, "dan-cu-quyet-dinh")
    decides.click("button[value=approve]")
    decides.wait_for_selector(".note.ok")
    assert "Đã duyệt và thực hiện" in decides.inner_text(".note.ok")
    seen(decides, "dan-cu-da-duyet")
    decides.click("text=Mở hồ sơ đầy đủ")
    decides.wait_for_url("**/dan-cu/nguoi/*")
    assert "NGUYỄN VĂN MÔ PHỎNG HÀI" in decides.inner_text(".person").upper()
    context.close()
    assert outcomes(instance, request.rpartition("/")[2]) >= {"registrar.submit", "registrar.approve", "registrar.applied.correct"}


def outcomes(instance: Instance, request: str) -> set[str]:
    query = (
        "select convert_from(e.body, 'utf8')::json ->> 'outcome' from ledger_entry e"
        " join ledger_entrydetail d on d.at = e.at and d.entry_id = e.id where d.dossier_no = %s"
    )
    with psycopg.connect(instance.environment["DATABASE_OWNER_URL"]) as connection:
        return {row[0] for row in connection.execute(query, [request]).fetchall()}


# How far the middle of each radio button is from the middle of the first line of its label, where that is seen.
_ASKEW = """() => [...document.querySelectorAll('.choice')].map(each => {
    const mark = each.querySelector('input').getBoundingClientRect(), label = each.querySelector('label');
    const style = getComputedStyle(label);
    const line = label.getBoundingClientRect().top + parseFloat(style.paddingTop) + parseFloat(style.lineHeight) / 2;
    return Math.abs(mark.top + mark.height / 2 - line);
}).filter(far => far > 2)"""
_LEADING_DOT = "() => getComputedStyle(document.querySelector('.person > :first-child + *'), '::before').content"


def test_the_other_pages_are_looked_at_too(office: Any):
    page = office
    look_up(page, f"{KEPT:012d}")
    open_first(page)
    assert "Nhận hợp nhất từ số khác" in page.inner_text("#thay-doi")
    seen(page, "dan-cu-hop-nhat-xong")
    person = page.url
    page.goto(f"{person}/de-nghi/hop-nhat")
    page.fill("#f-double_no", f"{FATHER:012d}")
    page.keyboard.press("Enter")
    page.wait_for_selector("input[name=take_full_name]")
    seen(page, "dan-cu-hop-nhat")
    assert page.evaluate(_ASKEW) == []
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate(_LEADING_DOT) == "none"
    page.set_viewport_size({"width": 1366, "height": 768})
    page.goto(f"{person}/de-nghi/lap-ho")
    seen(page, "dan-cu-lap-ho")
    page.goto(f"{person}/de-nghi/co-luu-y")
    seen(page, "dan-cu-co-luu-y")
    look_up(page, "khong co ai 1990")
    seen(page, "dan-cu-khong-thay")
    look_up(page, "Trần Văn Mô Phỏng Khoa 1992")
    open_first(page)
    assert "đã thu hồi bởi" in page.inner_text("#thay-doi")
    seen(page, "dan-cu-thu-hoi")
    page.goto("/mot-cua")
    assert "không được giao việc này" in page.inner_text("main")
