"""One running instance and one Chromium for all journeys, and a page signed in at the desk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.instance import Instance
from tests.journeys.seen import CHROMIUM, sign_in


@pytest.fixture(scope="module")
def instance(folder: Path) -> Iterator[Instance]:
    running = Instance(folder / "home")
    running.wait_ready()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        running = play.chromium.launch(
            executable_path=CHROMIUM,
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
            ],
        )
        yield running
        running.close()


@pytest.fixture
def page(browser: Any, instance: Instance) -> Iterator[Any]:
    context = browser.new_context(base_url=instance.web, locale="vi-VN", viewport={"width": 1366, "height": 768})
    page = context.new_page()
    page.set_default_timeout(10_000)
    sign_in(page)
    yield page
    context.close()
