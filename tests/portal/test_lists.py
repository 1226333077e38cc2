"""A citizen sees in which organisations' lists she was compared, and nothing of anybody else's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dancu.kernel.reach import SYSTEM, acting
from tests.factories.people import NUMBER, a_person_row
from tests.population.scene import load_rows
from tests.portal.scene import OTHER, admit, text_of
from tests.reconcile.scene import a_home, a_list, an_officer, appoint, finished

pytestmark = pytest.mark.django_db


@pytest.fixture
def done(tmp_path: Path, settings: Any):
    settings.CONFIG = a_home(tmp_path)
    with acting(SYSTEM):
        appoint()
        load_rows([a_person_row(), a_person_row(OTHER, "Lê Thị Khác", "1990-01-01")], tmp_path)
        return finished(an_officer(), a_list(an_officer()), settings.CONFIG)


def test_she_is_told_who_compared_a_list_with_her_and_what_for(done):
    page = text_of(admit(NUMBER).get("/cua-toi"))

    assert "Danh sách có bạn đã được đối soát" in page
    assert "Nhà mạng Thử: Chuẩn hoá thuê bao" in page
    assert done.code in page


def test_whoever_stood_in_no_list_is_told_of_none(done):
    page = text_of(admit(OTHER).get("/cua-toi"))

    assert "Danh sách có bạn" not in page
    assert done.code not in page
