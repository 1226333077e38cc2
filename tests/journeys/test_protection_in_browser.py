"""The data-protection desk in Chromium: a late case, an objection, a breach with its clock; the affected from the ledger."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from dancu.cli.demo_protection import HANDLER, LEADER
from tests.journeys.instance import Instance
from tests.journeys.seen import MARKS, nothing_serious, picture, sign_in

pytestmark = MARKS
ROOM = "/bao-ve-du-lieu"


@pytest.fixture
def page(browser: Any, instance: Instance) -> Iterator[Any]:
    context = browser.new_context(base_url=instance.web, locale="vi-VN", viewport={"width": 1366, "height": 768})
    page = context.new_page()
    page.set_default_timeout(10_000)
    sign_in(page, HANDLER, ROOM)
    yield page
    context.close()


def test_the_desk_starts_with_what_is_late(page: Any):
    assert "quá hạn" in page.inner_text("main")
    picture(page, "bao-ve-du-lieu")
    nothing_serious(page)
    page.goto(f"{ROOM}/yeu-cau")
    picture(page, "yeu-cau")
    nothing_serious(page)


def test_an_objection_is_opened_for_a_need_and_concluded(page: Any):
    page.goto(f"{ROOM}/yeu-cau?loai=objection")
    page.click("table a.row")
    page.wait_for_selector("#f-need")
    picture(page, "phan-doi")
    nothing_serious(page)
    page.fill("#f-need", "Xem xét phản đối của người dân")
    page.click("text=Mở lượt xem")
    page.wait_for_selector("text=Mục đích đã khai")
    picture(page, "phan-doi-mo")
    nothing_serious(page)

    page.select_option("#f-action", "find_unlawful")
    page.fill("#f-text", "Không có hồ sơ khai sinh nào của bà trong tuần này.")
    page.click("text=Ghi bước này")
    assert "Ghi căn cứ pháp lý" in page.inner_text(".errors")
    assert "Không có hồ sơ khai sinh" in page.input_value("#f-text")
    picture(page, "phan-doi-loi")
    nothing_serious(page)
    page.fill("#f-legal_basis", "Luật 91/2025/QH15, Điều 3")
    page.click("text=Ghi bước này")
    page.wait_for_selector("text=Kết luận: trái quy định")
    page.click("text=Đề nghị thu hồi phạm vi khai thác")
    page.wait_for_selector("text=Chờ một người khác")
    picture(page, "phan-doi-ket-luan")
    nothing_serious(page)


def test_a_breach_shows_its_clock_and_whom_it_touched_and_needs_two(page: Any, browser: Any, instance: Instance):
    page.goto(f"{ROOM}/su-co")
    picture(page, "su-co")
    page.click("table a.row")
    for _ in range(40):  # the worker reads the ledger
        if page.locator("text=Theo mục thông tin").count():
            break
        page.wait_for_timeout(500)
        page.reload()
    assert "Còn" in page.inner_text(".verdict")
    picture(page, "su-co-dong-ho")
    nothing_serious(page)
    page.click("summary:text-is('Đề nghị')")
    page.check("#c-propose-proposal_kind-0")
    form = page.locator("form", has=page.locator("#f-propose-advice"))
    form.locator("#f-propose-text").fill("Tài khoản của hệ thống một cửa bị lộ; thông tin của ông/bà có thể đã bị xem.")
    form.locator("#f-propose-advice").fill("Cảnh giác với cuộc gọi, tin nhắn lạ; không cung cấp mã xác thực.")
    form.locator("#f-propose-contact").fill("Bộ phận bảo vệ dữ liệu, UBND thành phố Huế (mô phỏng)")
    page.click("button[value=propose]")
    page.wait_for_selector(".four-eyes")
    assert page.locator("button[value=approve]").count() == 0
    path = page.url.split("?")[0]
    page.goto(f"{path}/thong-bao")
    picture(page, "du-thao-thong-bao")
    nothing_serious(page)

    context = browser.new_context(base_url=instance.web, locale="vi-VN", viewport={"width": 1366, "height": 768})
    other = context.new_page()
    other.set_default_timeout(10_000)
    sign_in(other, LEADER, ROOM)
    other.goto(path)
    picture(other, "su-co-duyet")
    other.click("button[value=approve]")
    other.wait_for_selector("text=Thư báo")
    context.close()


def test_a_breach_is_reported_by_keyboard_and_what_is_wrong_is_said(page: Any):
    page.goto(f"{ROOM}/su-co/moi")
    picture(page, "bao-su-co")
    nothing_serious(page)
    page.fill("#f-title", "Gửi nhầm danh sách")
    page.fill("#f-text", "Danh sách gửi nhầm thư điện tử")
    page.fill("#f-since_day", "30/02/2026")
    page.keyboard.press("Enter")
    assert "Không có ngày 30/02/2026" in page.inner_text(".errors")
    assert page.input_value("#f-title") == "Gửi nhầm danh sách"


def test_consents_and_the_register_are_read(page: Any):
    page.goto(f"{ROOM}/dong-y")
    picture(page, "dong-y")
    nothing_serious(page)
    page.click("table a.row")
    page.wait_for_selector("text=chứng minh được")
    picture(page, "dong-y-mot")
    nothing_serious(page)
    page.goto(f"{ROOM}/so-dang-ky")
    picture(page, "so-dang-ky")
    nothing_serious(page)
    page.goto(f"{ROOM}/so-dang-ky/thay-doi")
    picture(page, "so-dang-ky-thay-doi")
    nothing_serious(page)
    page.goto(f"{ROOM}/so-dang-ky/danh-gia/mot-cua")
    picture(page, "danh-gia-tac-dong")
    nothing_serious(page)
