"""An installation whose registry is another's: nothing leads to the registry officer's pages, and their addresses say why."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID

import pytest
from django.conf import settings
from django.test import Client, override_settings

from dancu.identity.api import Organisation, add_officer, add_organisation
from dancu.kernel.upstream import Upstream
from dancu.ledger import api as ledger
from dancu.project import wiring
from dancu.registrar.urls import urlpatterns
from tests.identity.scene import PASSWORD, browser_of
from tests.registrar.office import ASKS, words_of

pytestmark = pytest.mark.django_db
HUB = "quoc-gia.vi-du.vn"
ABOVE = Upstream("http://127.0.0.1:9/soap", "hub", "hub-h57", HUB, "/soap", (), "yes-or-no", "", 1.0, "", "")
SENTENCE = "Cơ sở dữ liệu dân cư không đặt ở bản cài này"


def addresses() -> list[str]:
    kinds = {"<str:handle>": "abc", "<slug:slug>": "dinh-chinh", "<uuid:request_id>": str(UUID(int=7))}
    found = []
    for each in urlpatterns:
        path = str(each.pattern)
        for kind, value in kinds.items():
            path = path.replace(kind, value)
        found.append(f"/{path}")
    return found


@pytest.fixture
def _without_registry() -> Iterator[None]:
    config = replace(settings.CONFIG, upstream=ABOVE)
    with override_settings(CONFIG=config, NAVIGATION=wiring.navigation(has_registry=False)):
        yield


@pytest.fixture
def officer() -> Client:
    """Somebody who keeps both: at the desk and in the registry's office."""
    add_organisation(Organisation("H57.12.3", "UBND phường Thử"), {"MC": "Bộ phận Một cửa"})
    add_officer(ASKS, "Cán bộ Thử", "H57.12.3", "MC", ["desk", "registrar"], PASSWORD)
    return browser_of(ASKS)


@pytest.mark.parametrize("path", addresses())
@pytest.mark.usefixtures("_without_registry")
def test_an_address_of_the_registry_says_that_it_is_not_here_and_what_to_do(officer: Client, path: str):
    before = ledger.count()

    for answer in (officer.get(path), officer.post(path, {"text": "Trần Văn Hòa 1990"})):
        said = words_of(answer)
        assert answer.status_code == 404
        assert f"{SENTENCE} Thông tin dân cư được hỏi từ hệ thống cấp trên ({HUB})" in said
        assert "dùng trang Tra cứu, đối chiếu" in said
        assert "cơ quan công an quản lý cư trú" in said
    assert ledger.count() == before


@pytest.mark.usefixtures("_without_registry")
def test_nobody_signs_in_for_a_page_that_is_not_there():
    assert SENTENCE in words_of(Client().get("/dan-cu"))


@pytest.mark.usefixtures("_without_registry")
def test_nothing_leads_there(officer: Client):
    for path in ("/", "/mot-cua", "/mot-cua/ho-so", "/dan-cu"):
        assert 'href="/dan-cu' not in officer.get(path).content.decode()


def test_with_a_registry_of_its_own_the_way_is_open(officer: Client):
    assert 'href="/dan-cu"' in officer.get("/mot-cua").content.decode()
    assert SENTENCE not in words_of(officer.get("/dan-cu"))


def test_an_installation_takes_its_navigation_from_whether_it_has_a_registry():
    both = {has: [item.path for item in wiring.navigation(has_registry=has)] for has in (True, False)}

    assert both[True] == [item.path for item in wiring.NAVIGATION]
    assert [path for path in both[True] if path not in both[False]] == [
        "/dan-cu",
        "/dan-cu/de-nghi",
        "/dan-cu/de-nghi",
        "/doi-soat/so-thue-bao",
        "/doi-soat/ghi-so-dien-thoai",
        "/doi-soat/ghi-so-dien-thoai",
        "/doi-soat/xem-lai",
    ]


@pytest.mark.parametrize(("url", "leads"), [("", True), (ABOVE.url, False)])
def test_the_settings_of_a_process_follow_its_source(url: str, leads: bool):
    environment = {**os.environ, "DANCU_UPSTREAM_URL": url, "DANCU_UPSTREAM_CLIENT": ABOVE.client}
    tell = "from dancu.project import settings; print(*(item.path for item in settings.NAVIGATION))"

    told = subprocess.run([sys.executable, "-c", tell], env=environment, capture_output=True, text=True, check=True).stdout

    assert "/mot-cua" in told
    assert ("/dan-cu" in told) == leads
