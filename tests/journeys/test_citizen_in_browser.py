"""From a look at the desk to the citizen who checks it: sign in, read, verify in Chromium, object; by keyboard, without script."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from dancu.cli.demo import PASSWORD
from dancu.synth.api import MOTHER
from tests.journeys.instance import Instance
from tests.journeys.seen import MARKS, nothing_serious, picture
from tests.journeys.test_desk_in_browser import CARD

pytestmark = MARKS
LAST = "ul.looks li a >> nth=0"
ALTER = (
    "update ledger_entry set body = convert_to(replace(convert_from(body, 'UTF8'), '\"match\"', '\"fulda\"'), 'UTF8') where id = %s"
)


def sign_in_as_citizen(page: Any, number: str = MOTHER) -> None:
    page.goto("/dan/dang-nhap")
    page.wait_for_selector("#so:focus")
    page.keyboard.type(number)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/cua-toi")


@pytest.fixture
def citizen(browser: Any, instance: Instance) -> Iterator[Any]:
    context = browser.new_context(
        base_url=instance.web, locale="vi-VN", viewport={"width": 1366, "height": 768}, accept_downloads=True
    )
    page = context.new_page()
    page.set_default_timeout(10_000)
    yield page
    context.close()


def look_her_up(page: Any) -> None:
    """The officer of the `page` fixture compares the mother at the desk."""
    page.goto("/mot-cua")
    page.fill("#f-scan", CARD)
    page.press("#f-scan", "Enter")
    page.wait_for_selector(".verdict")


def wait_until_signed(page: Any) -> str:
    """Reload the page of a look until the tree has it; its reference."""
    for _ in range(60):
        if page.locator("[data-proof-url]").count():
            return str(page.url.rpartition("/")[2])
        page.wait_for_timeout(500)
        page.reload()
    raise AssertionError("the tree did not take the entry")


def check_here(page: Any) -> str:
    page.click("[data-proof-url] button")
    page.wait_for_selector(".verdict-said:not(:empty)")
    return str(page.inner_text(".verdict-said"))


def test_a_look_at_the_desk_is_read_checked_and_found_out_when_altered(page: Any, citizen: Any, instance: Instance, tmp_path: Path):
    look_her_up(page)
    sign_in_as_citizen(citizen)

    assert "đã đối chiếu họ tên, số định danh và ngày sinh của bạn" in citizen.inner_text(LAST)
    assert "Đăng ký khai sinh" in citizen.inner_text(LAST)
    picture(citizen, "ai-da-xem")
    nothing_serious(citizen)
    citizen.click(LAST)
    look = wait_until_signed(citizen)
    picture(citizen, "mot-luot-xem")
    nothing_serious(citizen)

    said = check_here(citizen)
    assert "Đã có trong sổ, có chữ ký của" in said
    assert all(word in citizen.inner_text(".entry-said") for word in ("đối chiếu (verify): match", f"…{MOTHER[-4:]}"))
    picture(citizen, "da-kiem-chung")
    nothing_serious(citizen)
    with citizen.expect_download() as download:
        citizen.click("[data-proof-url] a")
    file = tmp_path / "bang-chung.json"
    download.value.save_as(file)
    key = citizen.get_attribute("[data-proof-url]", "data-log-key")
    assert offline(file, key) == 0

    with psycopg.connect(instance.environment["DATABASE_OWNER_URL"]) as connection:
        connection.execute(ALTER, [look])
    citizen.reload()
    assert "Bằng chứng sai" in check_here(citizen)
    picture(citizen, "bang-chung-sai")
    nothing_serious(citizen)
    assert offline(file, key) == 0, "what she kept before is still sound"
    with citizen.expect_download() as download:
        citizen.click("[data-proof-url] a")
    download.value.save_as(file)
    assert offline(file, key) == 1


def offline(file: Path, key: str) -> int:
    command = [sys.executable, "-m", "dancu.cli.main", "ledger", "verify", str(file), "--key", key]
    return subprocess.run(command, capture_output=True, check=False).returncode


def test_after_the_salts_are_erased_the_proof_holds_and_the_entry_says_nothing(page: Any, citizen: Any, instance: Instance):
    look_her_up(page)
    sign_in_as_citizen(citizen)
    citizen.click(LAST)
    look = wait_until_signed(citizen)

    with psycopg.connect(instance.environment["DATABASE_OWNER_URL"]) as connection:
        connection.execute("delete from ledger_entrydetail where entry_id = %s", [look])
    citizen.reload()

    assert "Mục đã xoá phần cá nhân" in citizen.inner_text("h1")
    assert "Bàn một cửa" not in citizen.inner_text("main")
    assert "Đã có trong sổ" in check_here(citizen)
    picture(citizen, "da-xoa-phan-ca-nhan")
    nothing_serious(citizen)
    citizen.goto("/cua-toi")
    assert citizen.locator(f'a[href$="{look}"]').count() == 0


def test_an_objection_by_keyboard_alone(page: Any, citizen: Any):
    look_her_up(page)
    sign_in_as_citizen(citizen)
    citizen.focus(LAST)
    citizen.keyboard.press("Enter")
    citizen.wait_for_url("**/cua-toi/muc/*")

    citizen.focus("a.main")
    citizen.keyboard.press("Enter")
    citizen.wait_for_url("**/phan-doi")
    picture(citizen, "phan-doi")
    nothing_serious(citizen)
    citizen.wait_for_selector("button.main:focus")
    citizen.keyboard.press("Enter")

    citizen.wait_for_url("**/cua-toi/yeu-cau/*")
    assert "Đã gửi yêu cầu" in citizen.inner_text(".note.ok")
    code = citizen.inner_text("h1 small")
    picture(citizen, "yeu-cau")
    nothing_serious(citizen)
    citizen.goto("/cua-toi/yeu-cau")
    assert code in citizen.inner_text(LAST), "the newest stands first"
    picture(citizen, "yeu-cau-cua-toi")
    nothing_serious(citizen)
    citizen.click(LAST)
    citizen.click("text=Rút yêu cầu này")
    picture(citizen, "rut-yeu-cau")
    nothing_serious(citizen)
    citizen.click("button.main")
    assert "Bạn đã rút" in citizen.inner_text("main")


def test_a_request_of_another_kind_by_keyboard_alone(citizen: Any, instance: Instance):
    sign_in_as_citizen(citizen)
    citizen.goto("/cua-toi/yeu-cau")
    citizen.focus("a.button[href$='/moi']")
    citizen.keyboard.press("Enter")
    citizen.wait_for_url("**/cua-toi/yeu-cau/moi")
    picture(citizen, "yeu-cau-moi")
    nothing_serious(citizen)
    citizen.focus("#c-loai-0")
    citizen.keyboard.press("ArrowDown")
    citizen.keyboard.press("Tab")
    citizen.keyboard.press("Tab")
    citizen.keyboard.press("Enter")

    citizen.wait_for_selector(".errors:focus")
    picture(citizen, "yeu-cau-moi-sai")
    nothing_serious(citizen)
    assert citizen.is_checked("#c-loai-1")
    citizen.focus(".errors a")
    citizen.keyboard.press("Enter")
    citizen.wait_for_selector("#f-noi-dung:focus")
    citizen.keyboard.type("Xin bản sao dữ liệu của tôi")
    citizen.keyboard.press("Tab")
    citizen.keyboard.press("Enter")

    citizen.wait_for_selector(".note.ok")
    assert "Hạn trả lời dự kiến" in citizen.inner_text(".note.ok")
    nothing_serious(citizen)
    citizen.goto("/cua-toi/yeu-cau")
    assert "Xem, nhận bản sao dữ liệu" in citizen.inner_text(LAST)


def test_without_script_everything_is_there_but_the_check_and_it_says_how_else(page: Any, browser: Any, instance: Instance):
    look_her_up(page)
    context = browser.new_context(base_url=instance.web, java_script_enabled=False)
    bare = context.new_page()
    bare.goto("/dan/dang-nhap")
    bare.fill("#so", MOTHER)
    bare.fill("#mat_khau", PASSWORD)
    bare.press("#mat_khau", "Enter")
    bare.wait_for_url("**/cua-toi")
    bare.click(LAST)
    wait_until_signed(bare)

    shown = bare.inner_text("main")
    assert "đã đối chiếu họ tên" in shown
    assert "Căn cứ pháp lý" in shown
    assert "Trình duyệt đang tắt script" in shown
    assert bare.locator("[data-proof-url] button").count() == 0
    bare.click("details summary >> nth=-1")
    assert "dancu ledger verify" in bare.inner_text("main")
    bare.click("a.main")
    bare.click("button.main")
    assert "Đã gửi yêu cầu" in bare.inner_text(".note.ok")
    context.close()


def test_the_pages_around_have_their_looks(page: Any, citizen: Any):
    look_her_up(page)
    citizen.goto("/dan/dang-nhap")
    picture(citizen, "cong-dan-dang-nhap")
    nothing_serious(citizen)
    citizen.fill("#so", "0461950000")
    citizen.fill("#mat_khau", "x")
    citizen.press("#mat_khau", "Enter")
    assert "Bạn đã nhập 10 số" in citizen.inner_text(".errors")
    picture(citizen, "cong-dan-dang-nhap-sai")
    nothing_serious(citizen)
    sign_in_as_citizen(citizen)
    citizen.click("text=Lọc theo việc")
    citizen.fill("#f-tu", "31/02/2026")
    citizen.click("text=Lọc >> nth=-1")
    assert citizen.input_value("#f-tu") == "31/02/2026"
    picture(citizen, "loc-sai")
    nothing_serious(citizen)
    citizen.goto("/cua-toi/so-du-khong")
    picture(citizen, "so-du-khong")
    nothing_serious(citizen)
    citizen.goto("/cua-toi")
    citizen.click("text=English")
    assert "Who looked at my data" in citizen.inner_text("h1")
    picture(citizen, "who-looked")
    nothing_serious(citizen)
    citizen.click(LAST)
    citizen.wait_for_selector("[data-proof-url] button")
    picture(citizen, "one-look")
    nothing_serious(citizen)


def test_a_consent_is_taken_back_with_one_question(citizen: Any):
    sign_in_as_citizen(citizen)
    citizen.click("text=Đồng ý của tôi")
    citizen.wait_for_url("**/cua-toi/dong-y")
    assert "Còn hiệu lực" in citizen.inner_text("main")
    picture(citizen, "dong-y-cua-toi")
    nothing_serious(citizen)

    citizen.focus("main .deeds a.button")
    citizen.keyboard.press("Enter")
    citizen.wait_for_url("**/rut")
    picture(citizen, "rut-dong-y")
    nothing_serious(citizen)
    citizen.click("button.main")

    assert "Đã rút lại đồng ý DY-" in citizen.inner_text(".note.ok")
    assert "Đã rút lại" in citizen.inner_text("main section .state")
    citizen.click("text=Thông báo")
    citizen.wait_for_url("**/cua-toi/thong-bao")
    picture(citizen, "thong-bao-cua-toi")
    nothing_serious(citizen)


def test_a_number_is_declared_mended_and_taken_back_with_one_question(citizen: Any):
    sign_in_as_citizen(citizen)
    citizen.click("text=Số điện thoại của tôi")
    citizen.wait_for_url("**/cua-toi/so-dien-thoai")
    citizen.fill("#f-phone", "0912 345")
    citizen.press("#f-phone", "Enter")
    citizen.wait_for_selector("#e-phone")
    assert citizen.input_value("#f-phone") == "0912 345"
    picture(citizen, "so-dien-thoai-sai")
    nothing_serious(citizen)

    citizen.fill("#f-phone", "+84 912 345 678")
    citizen.press("#f-phone", "Enter")
    assert "Đã nhận lời khai số 0912345678" in citizen.inner_text(".note.ok")
    picture(citizen, "so-dien-thoai-cua-toi")
    nothing_serious(citizen)

    citizen.focus("main section .deeds a.button")
    citizen.keyboard.press("Enter")
    citizen.wait_for_url("**/rut")
    picture(citizen, "rut-so-dien-thoai")
    nothing_serious(citizen)
    citizen.click("button.main")
    assert "Đã rút lại lời khai số 0912345678" in citizen.inner_text(".note.ok")
    citizen.click("main > details summary")
    picture(citizen, "so-dien-thoai-da-rut")
    nothing_serious(citizen)
