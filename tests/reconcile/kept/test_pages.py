"""The pages of kept lists as the pages' own database role: an organisation sees its own, from making a list to the last event."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from dancu.identity.api import Organisation, add_officer, add_organisation
from dancu.kernel import clock
from dancu.kernel.reach import SYSTEM, acting, acting_for
from dancu.onboarding import api as onboarding
from dancu.reconcile.kept import pages, store
from dancu.reconcile.kept.models import KeptEvent, KeptLink, KeptList, KeptSubscription
from tests.factories.database import connect_system, load
from tests.factories.people import NOW, NUMBER, a_person_row
from tests.factories.web_role import web_role
from tests.identity.scene import PASSWORD
from tests.reconcile.kept import scene
from tests.reconcile.kept.scene import EVERYTHING, NEW_NUMBER, OTHER

pytestmark = pytest.mark.django_db(transaction=True)
LISTS = "/doi-soat/danh-sach-giu"
TYPED = {
    "name": "Hội viên Hội Nông dân",
    "profile": "associations",
    "grant": "he-thong|REST|1.001193",
    "ground": "consent",
    "document": "Quyết định 12/QĐ-HND",
}


@pytest.fixture(autouse=True)
def _scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    with acting(SYSTEM):
        load([a_person_row(), a_person_row(OTHER, "Lê Thị Khác")], tmp_path)
        connect_system(grants=[scene.kept_grant(fields=EVERYTHING)])
        for code in ("H57", "H30"):
            add_organisation(Organisation(code, f"Hội {code}"), {"CNTT": "Trung tâm"})
            add_officer(f"tichhop.{code}", "Cán bộ Tích Hợp", code, "CNTT", ["data-team"], PASSWORD)
        add_officer("canbo.a", "Cán bộ A", "H57", "CNTT", ["desk"], PASSWORD)
        onboarding.list_accounts_for("H57", ["canbo01", "tichhop.H57"], by="test", now=NOW)
    with web_role():
        yield


def browser(account: str = "tichhop.H57") -> Client:
    client = Client()
    assert client.post("/dang-nhap", {"tai_khoan": account, "mat_khau": PASSWORD}).status_code == 302
    return client


def words(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status
    return " ".join(re.sub(r"<[^>]*>", " ", answer.content.decode()).split())


def a_list_with(*changes: Any) -> str:
    """Its address; what happened was brought to it by the workers."""
    with acting(SYSTEM):
        kept = scene.a_list()
        scene.linked(kept)
        for change in changes:
            change()
        scene.brought()
    return f"{LISTS}/{kept}"


def test_an_organisation_makes_a_list_under_its_grant() -> None:
    client = browser()

    made = client.post(LISTS, TYPED)

    page = words(client.get(made.headers["Location"]))
    assert "Hội viên Hội Nông dân" in page
    assert "Người trong danh sách đồng ý: Quyết định 12/QĐ-HND" in page
    assert "Đang liên kết 0 bản ghi" in page


def test_what_is_missing_is_said_at_its_field_and_what_was_typed_stays() -> None:
    answer = browser().post(LISTS, {**TYPED, "document": ""})

    assert "Ghi số văn bản làm căn cứ" in words(answer, 422)
    assert "Hội viên Hội Nông dân" in answer.content.decode()


def test_events_are_received_downloaded_and_acknowledged() -> None:
    address, client = a_list_with(scene.renumbered), browser()
    assert "Nhận biến động mới" in words(client.get(address))

    client.post(address, {"step": "nhan"})
    assert "Số định danh đã được thay, gộp" in words(client.get(address))
    file = client.post(f"{address}/bien-dong.csv")
    rows = list(csv.reader(io.StringIO(file.content.decode("utf-8-sig"))))
    client.post(address, {"step": "xong", "den": rows[-1][0]})

    assert [row[1:4] for row in rows[1:]] == [["HV-1", "Số định danh đã được thay, gộp", NEW_NUMBER]]
    page = words(client.get(address))
    assert "Chưa có biến động mới." in page
    assert "Đã nhận, chưa cập nhật 0 biến động" in page


def test_no_number_stands_on_a_page_that_only_shows_what_was_received() -> None:
    address, client = a_list_with(scene.renumbered), browser()
    client.post(address, {"step": "nhan"})

    page = client.get(address).content.decode()

    assert NEW_NUMBER not in page
    assert NUMBER not in page


def test_a_record_is_unlinked_and_a_list_ended_by_its_owner() -> None:
    address, client = a_list_with(), browser()

    client.post(address, {"step": "go", "reference": "HV-1"})
    assert "Đang liên kết 1 bản ghi" in words(client.get(address))
    assert "Không có bản ghi nào mang mã này" in words(client.post(address, {"step": "go", "reference": "HV-1"}), 404)
    client.post(address, {"step": "ket-thuc"})

    assert "đã đạt mục đích" in words(client.get(address))


def test_somebody_elses_list_looks_like_none() -> None:
    address, other = a_list_with(scene.died), browser("tichhop.H30")

    assert "Hội viên Hội Nông dân" not in words(other.get(LISTS))
    for answer in (
        other.get(address),
        other.post(address, {"step": "nhan"}),
        other.post(address, {"step": "ket-thuc"}),
        other.post(f"{address}/bien-dong.csv"),
        other.get(f"{LISTS}/{uuid4()}"),
    ):
        assert answer.status_code == 404


def test_whoever_is_not_given_this_work_does_not_get_in() -> None:
    assert browser("canbo.a").get(LISTS).status_code == 403


def test_the_database_itself_shows_no_row_to_another_organisation() -> None:
    a_list_with(scene.died)

    with acting(acting_for("H57")):
        assert all(model.objects.exists() for model in (KeptList, KeptLink, KeptEvent, KeptSubscription))
    with acting(acting_for("H30")):
        assert not any(model.objects.exists() for model in (KeptList, KeptLink, KeptEvent, KeptSubscription))


def test_every_kind_that_can_be_told_has_words_and_advice() -> None:
    from dancu.exchange.api import ToldKind

    assert set(pages.KIND_WORDS) == set(pages.ADVICE) == set(ToldKind)


def test_the_counts_of_a_list_are_those_of_its_own_links() -> None:
    address = a_list_with(scene.died)

    with acting(SYSTEM):
        counts = store.counts_of(store.get_list(KeptList.objects.values_list("id", flat=True).get()))

    assert (counts.linked, counts.waiting, counts.unacknowledged) == (2, 1, 0), address
