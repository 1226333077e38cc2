"""What journeys in the browser share: where Chromium is, signing in, pictures at two sizes, the look for barriers."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from dancu.cli.demo import OFFICER, PASSWORD

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
REQUIRED = os.environ.get("DANCU_REQUIRE_BROWSER") == "1"
MARKS = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None and not REQUIRED, reason="browser tests were not run: no Chromium on this machine"),
]
SIZES = {"1366x768": (1366, 768), "390x844": (390, 844)}


def sign_in(page: Any, account: str = OFFICER, leads_to: str = "/mot-cua") -> None:
    page.goto("/dang-nhap")
    page.wait_for_selector("#tai_khoan:focus")  # the focus is already there
    page.keyboard.type(account)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{leads_to}")


def picture(page: Any, name: str) -> None:
    """The page at both sizes, when screenshots are asked for; the layout must not overflow sideways either way."""
    for label, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert overflow <= 1, f"{name} is {overflow} px too wide at {label}"
        if folder := os.environ.get("DANCU_SCREENSHOTS"):
            Path(folder).mkdir(exist_ok=True)
            page.screenshot(path=f"{folder}/{name}-{label}.png", full_page=True)
    page.set_viewport_size({"width": 1366, "height": 768})


def nothing_serious(page: Any) -> None:
    from axe_playwright_python.sync_playwright import Axe

    found = [v for v in Axe().run(page).response["violations"] if v["impact"] in ("serious", "critical")]
    assert not found, [(v["id"], [n["target"] for n in v["nodes"]][:3]) for v in found]


def without_barriers(page: Any) -> None:
    """Nothing at all for axe to say, however light."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    assert not found, [(v["impact"], v["id"], [n["target"] for n in v["nodes"]][:3]) for v in found]
