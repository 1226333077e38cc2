"""A data team in Chromium: sends a list, says what its columns are, watches, reads the report, mends, sends again, and is clean.

The worker compares in a process of its own against a snapshot of the simulated registry. Then a reviewer looks at a near match.
"""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dancu.cli.demo_reconcile import FILES, LIST_NAME, REVIEWER, TEAM, folder_of
from dancu.cli.demo_registry import APPROVER, REGISTRAR
from dancu.kernel.config import read_config
from tests.journeys.instance import Instance
from tests.journeys.seen import MARKS, nothing_serious, picture, sign_in

pytestmark = MARKS
ROOM = "/doi-soat"
SECONDS_MAX = 120_000


@pytest.fixture(scope="module")
def files(instance: Instance) -> list[Path]:
    folder = folder_of(read_config(instance.environment))
    return [folder / name for name in FILES]


@pytest.fixture
def page(browser: Any, instance: Instance) -> Iterator[Any]:
    context = browser.new_context(base_url=instance.web, locale="vi-VN", viewport={"width": 1366, "height": 768})
    page = context.new_page()
    page.set_default_timeout(20_000)
    sign_in(page, TEAM, ROOM)
    yield page
    context.close()


def clean_share(page: Any) -> float:
    said = re.search(r"([\d,]+)\s%\sbản ghi khớp", page.inner_text("main"))
    assert said is not None
    return float(said.group(1).replace(",", "."))


def wait_for_report(page: Any) -> None:
    """The page tells by itself that the round has ended."""
    page.wait_for_selector("text=Xem báo cáo", timeout=SECONDS_MAX)
    picture(page, "doi-soat-dot-xong")
    page.click("text=Xem báo cáo")
    page.wait_for_selector("h1:has-text('Báo cáo đối soát')")


def test_the_demos_own_round_was_compared_by_the_worker(page: Any):
    page.click(f"text={LIST_NAME}")
    page.click("table a.row")

    wait_for_report(page)

    assert clean_share(page) > 20


def test_a_list_from_its_upload_to_clean(page: Any, files: list[Path], tmp_path: Path):
    picture(page, "doi-soat")
    nothing_serious(page)
    page.click("text=Lập danh sách")
    page.fill("#f-name", "Thuê bao trả sau")
    page.select_option("#f-profile", "subscribers")
    page.fill("#f-source", "Hệ thống tính cước")
    page.fill("#f-purpose", "Chuẩn hoá thuê bao")
    picture(page, "doi-soat-lap")
    nothing_serious(page)
    page.click("button:has-text('Lập danh sách')")
    page.wait_for_selector("#f-file")
    picture(page, "doi-soat-gui")
    nothing_serious(page)

    page.set_input_files("#f-file", files[0])
    page.click("button:has-text('Gửi tệp')")
    page.wait_for_selector("text=Đã nhận đủ các cột")
    page.select_option("#f-cot-4", "source")
    page.select_option("#f-grouped_by", "source")
    picture(page, "doi-soat-cot")
    nothing_serious(page)
    page.click("button:has-text('Bắt đầu đối soát')")
    picture(page, "doi-soat-tien-do")
    wait_for_report(page)
    picture(page, "doi-soat-bao-cao")
    nothing_serious(page)
    before = clean_share(page)

    page.click("text=Xem việc cần làm")
    page.wait_for_selector("table.rows tbody tr")
    picture(page, "doi-soat-can-lam")
    nothing_serious(page)
    with page.expect_download() as told:
        page.click("button:has-text('Tải danh sách này')")
    rows = list(csv.reader(Path(told.value.path()).read_text(encoding="utf-8-sig").splitlines()))
    assert rows[0][:3] == ["Dòng", "Mã của bạn", "Kết quả"]
    assert len(rows) > 1

    page.go_back()
    page.goto(page.url.replace("/can-lam", "/bao-cao"))
    page.click("text=Gửi lại sau khi sửa")
    page.set_input_files("#f-file", files[1])
    page.click("button:has-text('Gửi tệp')")
    page.wait_for_selector("text=Đã nhận đủ các cột")
    page.select_option("#f-cot-4", "source")
    page.select_option("#f-grouped_by", "source")
    page.click("button:has-text('Bắt đầu đối soát')")
    wait_for_report(page)
    assert clean_share(page) > before
    assert "Đã làm sạch so với đợt 1" in page.inner_text("main")
    picture(page, "doi-soat-bao-cao-2")
    page.click(".back a")
    page.click(".back a")
    page.wait_for_selector("text=Tỷ lệ khớp qua các đợt")
    picture(page, "doi-soat-danh-sach")
    nothing_serious(page)


def test_a_file_that_is_no_list_says_what_to_do(page: Any, tmp_path: Path):
    broken = tmp_path / "anh.png"
    broken.write_bytes(b"\x89PNG\r\n\x1a\n" + hashlib.sha256(b"x").digest())
    page.click(f"text={LIST_NAME}")
    page.click("text=Gửi lại sau khi sửa")
    page.set_input_files("#f-file", broken)

    page.click("button:has-text('Gửi tệp')")

    page.wait_for_selector("text=vẫn được giữ nguyên")
    picture(page, "doi-soat-tep-hong")
    nothing_serious(page)


def test_a_near_match_is_looked_at_side_by_side(page: Any, browser: Any, instance: Instance):
    page.click(f"text={LIST_NAME}")
    page.click("table a.row >> text=Đợt 1")
    wait_for_report(page)
    page.click("button:has-text('Đề nghị xem lại')")
    page.wait_for_selector("text=đã có kết luận 0")

    context = browser.new_context(base_url=instance.web, locale="vi-VN", viewport={"width": 1366, "height": 768})
    reviewer = context.new_page()
    sign_in(reviewer, REVIEWER, f"{ROOM}/xem-lai")
    picture(reviewer, "xem-lai")
    nothing_serious(reviewer)
    reviewer.click("table a.row >> nth=0")
    reviewer.click("button:has-text('Mở bản ghi dân cư')")
    reviewer.wait_for_selector("mark")
    picture(reviewer, "xem-lai-truong-hop")
    nothing_serious(reviewer)
    reviewer.check("input[name=conclusion][value=same]")
    reviewer.fill("#f-reason", "Chỉ khác cách viết tên")
    reviewer.click("button:has-text('Ghi kết luận')")
    reviewer.wait_for_selector("h1")
    context.close()

    page.reload()
    assert "đã có kết luận 1" in page.inner_text("main")


def as_another(browser: Any, instance: Instance, account: str, leads_to: str) -> Any:
    other = browser.new_context(base_url=instance.web, locale="vi-VN", viewport={"width": 1366, "height": 768}).new_page()
    other.set_default_timeout(20_000)
    sign_in(other, account, leads_to)
    return other


def looked_again_until(page: Any, words: str) -> None:
    """The worker comes every fifteen seconds."""
    for _ in range(40):
        if words in page.inner_text("main"):
            return
        page.wait_for_timeout(1_500)
        page.reload()
    raise AssertionError(page.inner_text("main"))


def test_matched_numbers_reach_the_registry_by_two_hands(page: Any, browser: Any, instance: Instance):
    page.click(f"text={LIST_NAME}")
    page.locator("table a.row").last.click()  # the demo's own round
    page.click("text=Xem báo cáo")
    page.fill("#f-verified_on", "hôm qua")
    page.click("button:has-text('Chuyển số đã khớp')")
    page.wait_for_selector("text=Bạn xem lại ngày đã nhập.")
    page.fill("#f-verified_on", "01/10/2026")
    picture(page, "so-thue-bao-bao-cao")
    page.click("button:has-text('Chuyển số đã khớp')")
    page.wait_for_url("**/so-thue-bao?xong=chuyen")
    looked_again_until(page, "Đã chuyển xong")
    picture(page, "so-thue-bao")
    nothing_serious(page)

    registrar = as_another(browser, instance, REGISTRAR, "/dan-cu")
    registrar.click("text=Số điện thoại")
    registrar.wait_for_selector("text=Nhà mạng Mô Phỏng")
    picture(registrar, "so-dien-thoai-cho-ghi")
    registrar.click("button:has-text('Đề nghị ghi')")
    registrar.wait_for_selector("text=Đã gửi đề nghị")
    approver = as_another(browser, instance, APPROVER, "/dan-cu/de-nghi")
    approver.click("text=Số điện thoại")
    approver.wait_for_selector("button:has-text('Duyệt và ghi')")
    picture(approver, "so-dien-thoai-duyet")
    nothing_serious(approver)
    approver.click("button:has-text('Duyệt và ghi')")
    approver.wait_for_selector("text=Đã ghi xong", timeout=SECONDS_MAX)  # the page looks again by itself
    picture(approver, "so-dien-thoai-da-ghi")
    assert "Không có số nào đang chờ ghi" in approver.inner_text("main")


def test_a_kept_list_is_made_and_linked(page: Any):
    page.click("text=Danh sách giữ")
    page.click("summary:has-text('Lập danh sách')")
    page.fill("#f-name", "Thuê bao giữ liên kết")
    page.select_option("#f-profile", "subscribers")
    page.select_option("#f-grant", page.get_attribute("#f-grant option:has-text('thue-bao-mo-phong')", "value"))
    page.select_option("#f-ground", "law")
    page.fill("#f-document", "Nghị định 163/2024/NĐ-CP")
    page.click("button:has-text('Lập danh sách')")
    page.wait_for_selector("text=Liên kết bản ghi đã khớp")
    page.select_option("#f-round", page.get_attribute("#f-round option:has-text('DS-')", "value"))
    page.click("button:has-text('Liên kết')")
    page.wait_for_selector("text=Đã ghi nhận")

    page.goto(page.url.partition("?")[0])
    looked_again_until(page, "Liên kết mới")
    picture(page, "danh-sach-giu")
    nothing_serious(page)
