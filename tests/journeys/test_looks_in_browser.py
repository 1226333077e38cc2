"""How pages look and weigh in Chromium: the catalogue in every light, large, on paper, by keyboard, in English."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dancu.synth.api import MOTHER, PERSONAS
from tests.journeys.instance import Instance
from tests.journeys.seen import MARKS, picture, without_barriers

pytestmark = MARKS
WEIGHT_MAX = 100_000  # bytes on the wire of a whole page with its styles and fonts, without script
PERSON = {p["personal_id"]: p for p in PERSONAS}[MOTHER]
CARD = f"{MOTHER}|{PERSON['old_id_no']}|{PERSON['full_name']}|24111995|Nữ|Số 1 đường Mô Phỏng|01012021"
VIETNAMESE = re.compile(r"[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]", re.I)
# What the frame of a page says: everything but what people typed and what is coded in Vietnamese.
SAID = "label, legend, th, dt, h1, h2, summary, button, option, caption, .hint, .state, nav a, .timeline .what, p.small"


@pytest.fixture
def plain(browser: Any, instance: Instance) -> Iterator[Any]:
    """A page of a browser without script, which counts what comes over the wire."""
    context = browser.new_context(base_url=instance.web, java_script_enabled=False, viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.set_default_timeout(10_000)
    yield page
    context.close()


def sign_in_plainly(page: Any) -> None:
    from dancu.cli.demo import OFFICER, PASSWORD

    page.goto("/dang-nhap")
    page.fill("#tai_khoan", OFFICER)
    page.fill("#mat_khau", PASSWORD)
    page.press("#mat_khau", "Enter")
    page.wait_for_url("**/mot-cua")


def weight_of(page: Any, path: str, *, cold: bool = True) -> dict[str, int]:
    """Bytes on the wire of a page by kind, headers and bodies as they were sent; `cold` when nothing is kept yet."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": cold})
    kinds: dict[str, str] = {}
    weights: dict[str, int] = {}
    session.on("Network.responseReceived", lambda event: kinds.update({event["requestId"]: event["type"]}))

    def count(event: dict[str, Any]) -> None:
        kind = kinds.get(event["requestId"], "Other")
        weights[kind] = weights.get(kind, 0) + int(event["encodedDataLength"])

    session.on("Network.loadingFinished", count)
    page.goto(path, wait_until="networkidle")
    session.detach()
    return weights


@pytest.mark.parametrize("path", ["/", "/dang-nhap", "/mot-cua", "/mot-cua/ho-so", "/giao-dien?co=citizen"])
def test_a_whole_page_without_script_is_light(plain: Any, path: str):
    if path.startswith("/mot-cua"):
        sign_in_plainly(plain)

    weights = weight_of(plain, path)

    print(f"\n{path}: {sum(weights.values())} bytes, {weights}")
    assert "Script" not in weights
    assert weights["Document"] > 0
    assert weights["Stylesheet"] > 0
    assert ("Font" in weights) == ("citizen" not in path)
    assert sum(weights.values()) <= WEIGHT_MAX


def test_the_next_page_brings_only_itself(plain: Any):
    first = weight_of(plain, "/", cold=False)

    second = weight_of(plain, "/dang-nhap", cold=False)

    assert first["Font"] > 50_000
    assert sum(second.values()) == second["Document"] < 4_000


@pytest.mark.parametrize("look", ["light", "dark", "forced", "large", "citizen"])
def test_the_catalogue_has_no_barrier_and_no_overflow(browser: Any, instance: Instance, look: str):
    context = browser.new_context(
        base_url=instance.web,
        locale="vi-VN",
        color_scheme="dark" if look == "dark" else "light",
        forced_colors="active" if look == "forced" else "none",
        reduced_motion="reduce",
        viewport={"width": 683, "height": 384} if look == "large" else {"width": 1366, "height": 768},
        device_scale_factor=2 if look == "large" else 1,  # 200 % zoom: half the width, twice the points
    )
    page = context.new_page()
    page.goto("/giao-dien?co=citizen" if look == "citizen" else "/giao-dien")

    without_barriers(page)
    if look == "large":
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 1
        if folder := os.environ.get("DANCU_SCREENSHOTS"):
            page.screenshot(path=f"{folder}/giao-dien-200.png", full_page=True)
    else:
        picture(page, f"giao-dien-{look}")
    context.close()


def test_dark_by_choice_is_drawn_without_script(plain: Any):
    plain.goto("/giao-dien")
    light = plain.locator("body").evaluate("node => getComputedStyle(node).backgroundColor")

    plain.click("button[value=dark]")

    assert plain.get_attribute("html", "data-theme") == "dark"
    assert plain.locator("body").evaluate("node => getComputedStyle(node).backgroundColor") != light
    plain.click("button[value='']")
    assert plain.get_attribute("html", "data-theme") is None


def test_a_map_is_walked_by_keyboard_and_a_year_is_chosen(plain: Any):
    plain.goto("/giao-dien#ban-do")
    first = plain.locator("#ban-do svg a").first

    first.focus()
    plain.keyboard.press("Enter")

    plain.wait_for_url("**tinh=**")
    assert plain.locator("#ban-do svg a.chosen").count() == 1
    plain.locator("#ban-do .periods a", has_text="2024").focus()
    plain.keyboard.press("Enter")
    plain.wait_for_url("**nam=2024**")
    assert "năm 2024" in plain.inner_text("#ban-do figcaption >> nth=0")


def test_a_number_is_shown_in_groups_and_copied_without_gaps(page: Any):
    page.goto("/giao-dien")

    copied = page.evaluate(
        "() => { const range = document.createRange(); range.selectNodeContents(document.querySelector('.person .number'));"
        "getSelection().removeAllRanges(); getSelection().addRange(range); return getSelection().toString(); }"
    )

    assert copied == "046195000101"
    assert page.locator(".person .number span").count() >= 3


def test_figures_in_a_column_have_one_width(page: Any):
    page.goto("/giao-dien")

    widths = page.evaluate(
        "() => { const box = document.createElement('span'); document.querySelector('main').append(box);"
        "return [...'0123456789'].map(digit => { box.textContent = digit.repeat(20);"
        "return box.getBoundingClientRect().width; }); }"
    )

    assert max(widths) - min(widths) < 0.5


def said_in_vietnamese(page: Any) -> list[str]:
    """What the frame still says in Vietnamese; coded names carry their language and may."""
    texts = page.eval_on_selector_all(
        SAID, "nodes => nodes.filter(n => !n.closest('[lang=vi]') && !n.querySelector('[lang=vi]')).map(n => n.textContent)"
    )
    return sorted({text.strip() for text in texts if VIETNAMESE.search(text)})


def test_english_by_switch_is_whole(page: Any):
    page.click("text=English")
    assert said_in_vietnamese(page) == []
    page.fill("#f-scan", CARD)
    page.press("#f-scan", "Enter")
    page.wait_for_selector(".verdict")
    assert said_in_vietnamese(page) == []
    assert "24 Nov 1995" in page.inner_text("main")

    page.click("text=Fill in the form")
    page.wait_for_url("**/mot-cua/to-khai/*")
    assert said_in_vietnamese(page) == []
    page.click("button[name=receive]")
    assert not VIETNAMESE.search(page.inner_text(".errors"))
    picture(page, "to-khai-english")
    page.select_option("#f-relation", "mother")
    for field, value in (
        ("name", "Tran Thu An"),
        ("birth_date", "18/11/2026"),
        ("birth_place", "x"),
        ("ethnicity", "x"),
        ("nationality", "x"),
        ("home_town", "x"),
    ):
        page.fill(f"#f-child_{field}", value)
    page.select_option("#f-child_sex", "2")
    page.click("button[name=receive]")
    page.wait_for_url("**/mot-cua/ho-so/*")
    assert said_in_vietnamese(page) == []
    picture(page, "ho-so-english")
    slip = f"{page.url.split('?')[0]}/phieu/kiem-soat"
    page.goto("/mot-cua/ho-so?loc=all")
    assert said_in_vietnamese(page) == []
    page.goto(slip)  # an official paper stays Vietnamese
    assert "Tiếp nhận hồ sơ" in page.inner_text("main")


def test_a_slip_fits_on_half_a_sheet_of_paper(page: Any):
    page.fill("#f-scan", CARD)
    page.press("#f-scan", "Enter")
    page.click("text=Điền tờ khai")
    page.select_option("#f-relation", "mother")
    for field in ("name", "birth_place", "ethnicity", "nationality", "home_town"):
        page.fill(f"#f-child_{field}", "Trần Mô Phỏng An")
    page.fill("#f-child_birth_date", "18/11/2026")
    page.select_option("#f-child_sex", "2")
    page.click("button[name=receive]")
    page.wait_for_url("**/mot-cua/ho-so/*")
    page.goto(f"{page.url.split('?')[0]}/phieu/tiep-nhan")

    paper = page.pdf(prefer_css_page_size=True)

    assert len(re.findall(rb"/Type\s*/Page\b", paper)) == 1
    page.emulate_media(media="print")
    assert not page.is_visible(".noprint")
    if folder := os.environ.get("DANCU_SCREENSHOTS"):
        page.set_viewport_size({"width": 469, "height": 703})  # A5 without its margins at 96 dpi
        page.screenshot(path=f"{folder}/phieu-tiep-nhan-giay.png", full_page=True)
        (Path(folder) / "phieu-tiep-nhan.pdf").write_bytes(paper)


def test_the_start_page_shows_the_work_that_is_given(page: Any):
    page.goto("/")

    assert page.locator(".cards a[href^='/mot-cua']").count() == 2
    picture(page, "trang-dau")
    without_barriers(page)
