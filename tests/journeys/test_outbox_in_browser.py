"""The operator's work in Chromium: what did not go out, why, sending it again; and the officer who is told of a decision."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from dancu.cli.demo_operations import OPERATOR
from dancu.cli.demo_registry import REGISTRAR
from tests.journeys.instance import Instance
from tests.journeys.seen import MARKS, nothing_serious, picture, sign_in

pytestmark = MARKS


@pytest.fixture
def opened(browser: Any, instance: Instance) -> Iterator[Any]:
    context = browser.new_context(base_url=instance.web, locale="vi-VN", viewport={"width": 1366, "height": 768})
    page = context.new_page()
    page.set_default_timeout(10_000)
    yield page
    context.close()


def seen(page: Any, name: str) -> None:
    for details in page.locator("main details").all():
        details.evaluate("node => node.open = true")
    picture(page, name)
    nothing_serious(page)


def test_an_operator_sees_why_something_did_not_go_and_sends_it_again(opened: Any):
    page = opened
    sign_in(page, OPERATOR, "/van-hanh/gui-di")
    page.get_by_role("link", name="Đã cách ly", exact=True).click()
    page.wait_for_selector("text=Nội dung không đúng mẫu")
    seen(page, "hang-gui")

    page.get_by_role("link", name="Thông báo cho người dân").first.click()
    page.wait_for_selector("text=Vì sao chưa gửi được")
    assert "Các lần gửi" in page.inner_text("main")
    seen(page, "hang-gui-mot-buoc")
    page.get_by_role("button", name="Gửi lại").click()
    page.wait_for_selector("text=Đã ghi nhận")
    assert OPERATOR in page.inner_text("main")


def test_an_officer_is_told_what_became_of_her_requests(opened: Any):
    page = opened
    sign_in(page, REGISTRAR, "/dan-cu")
    assert "chưa đọc" in page.inner_text("a.bell")
    page.click("a.bell")
    page.wait_for_url("**/thong-bao")
    assert "đã được duyệt" in page.inner_text("main")
    seen(page, "thong-bao")
    page.get_by_role("button", name="Đánh dấu tất cả đã đọc").click()
    page.wait_for_load_state()
    assert "chưa đọc" not in page.inner_text("a.bell")
