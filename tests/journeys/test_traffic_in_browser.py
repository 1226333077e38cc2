"""An integrator looks after her organisation's systems and an operator after all: state, traffic, deeper and deeper, a file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dancu.cli.demo_operations import INTEGRATOR, OPERATOR
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
    picture(page, name)
    nothing_serious(page)


def test_an_integrator_finds_why_and_how_much(opened: Any):
    page = opened
    sign_in(page, INTEGRATOR, "/ket-noi")
    assert "Chính thức" in page.inner_text("main")
    seen(page, "ket-noi")

    page.click("a.row >> nth=0")
    page.wait_for_selector("text=Phạm vi được duyệt")
    assert "lượt mỗi giây" in page.inner_text("main")
    seen(page, "ket-noi-he-thong")

    page.click("text=Xem lưu lượng")
    page.wait_for_selector("text=Lưu lượng khai thác")
    assert page.get_attribute("details.narrow", "open") is not None


def test_an_operator_goes_from_the_whole_to_one_procedure_and_takes_the_file(opened: Any):
    page = opened
    sign_in(page, OPERATOR, "/van-hanh/gui-di")
    page.goto("/ket-noi/luu-luong")
    assert "lượt" in page.inner_text("figcaption >> nth=0")
    seen(page, "luu-luong")

    page.click("table.rows a.row >> nth=0")
    page.wait_for_url("**theo=he-thong**")
    page.click("table.rows a.row >> nth=0")
    page.wait_for_url("**theo=dich-vu**")
    page.click("table.rows a.row >> nth=0")
    page.wait_for_url("**theo=thu-tuc**")
    seen(page, "luu-luong-mot-dich-vu")
    with page.expect_download() as taken:
        page.click(".under >> text=Tải tệp CSV")
    lines = Path(taken.value.path()).read_text(encoding="utf-8-sig").splitlines()
    assert lines[0].startswith("Ngày,Mã cơ quan,")
    assert len(lines) > 1

    page.get_by_role("link", name="12 tháng", exact=True).click()
    page.wait_for_url("**ky=12-thang**")
    seen(page, "luu-luong-12-thang")
