"""The pages of telephone numbers as the pages' own database role: pass on, answer a dispute, ask, decide; who may not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from dancu.kernel import clock
from dancu.kernel.config import Config
from dancu.kernel.reach import SYSTEM, acting
from dancu.population.models import Person
from dancu.reconcile.phones import flow_store, passing, usecases, writing
from dancu.reconcile.phones.domain import Brought
from tests.factories.people import NAME, NOW, NUMBER
from tests.factories.web_role import web_role
from tests.identity.scene import PASSWORD
from tests.reconcile import scene as lists
from tests.reconcile.phones import scene
from tests.reconcile.phones.scene import APPROVER, HER_PHONE, OTHER_TEAM, REGISTRAR, SAME_UNIT, TEAM
from tests.reconcile.scene import BINH

pytestmark = pytest.mark.django_db(transaction=True)
NUMBERS, WRITINGS = "/doi-soat/so-thue-bao", "/doi-soat/ghi-so-dien-thoai"
HER, HIM = int(NUMBER), int(BINH)


@pytest.fixture
def config(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Config]:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    with acting(SYSTEM):
        settings.CONFIG = scene.prepare(tmp_path)
    with web_role():
        yield settings.CONFIG


def browser(account: str = TEAM) -> Client:
    client = Client()
    assert client.post("/dang-nhap", {"tai_khoan": account, "mat_khau": PASSWORD}).status_code == 302
    return client


def text_of(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def a_dispute() -> None:
    with acting(SYSTEM):
        usecases.bring(lists.OPERATOR, [Brought(HER, HER_PHONE, date(2026, 3, 2))], round_code="DS-1", by="a", now=NOW)
        usecases.bring(lists.OTHER, [Brought(HIM, HER_PHONE, date(2026, 3, 9))], round_code="DS-2", by="b", now=NOW)


def test_an_operator_passes_a_round_on_and_sees_how_far_it_is(config: Config) -> None:
    with acting(SYSTEM):
        found = scene.a_round(config)
    team, report = browser(), f"/doi-soat/dot/{found.id}/bao-cao"
    assert "Chuyển số đã khớp" in text_of(team.get(report))

    asked = team.post(f"/doi-soat/dot/{found.id}/so-thue-bao", {"verified_on": "01/10/2026"})
    assert (asked.status_code, asked["Location"]) == (302, f"{NUMBERS}?xong=chuyen")
    with acting(SYSTEM):
        passing.pass_due(config, now=NOW, seconds=60)

    page = text_of(team.get(NUMBERS))
    assert found.code in page
    assert "Đã chuyển xong" in page
    assert "2 / 2" in text_of(team.get(report))
    assert found.code not in text_of(browser(OTHER_TEAM).get(NUMBERS)), "it is somebody else's"


@pytest.mark.parametrize("typed", ["", "hôm qua", "10/2026", "31/02/2026", "01/10/2030"])
def test_a_wrong_day_is_told_on_the_report_and_stays_typed(config: Config, typed: str) -> None:
    with acting(SYSTEM):
        found = scene.a_round(config)
    team = browser()

    back = team.post(f"/doi-soat/dot/{found.id}/so-thue-bao", {"verified_on": typed})

    page = team.get(back["Location"]).content.decode()
    assert "Ngày xác thực" in page
    assert "Bạn xem lại ngày đã nhập." in page
    assert f'value="{typed}"' in page or not typed
    with acting(SYSTEM):
        assert flow_store.passings() == []


def test_an_operator_answers_a_dispute_and_never_learns_whose_else_it_is(config: Config) -> None:
    a_dispute()
    team = browser()
    page = team.get(NUMBERS).content.decode()
    assert HER_PHONE in page
    assert lists.OTHER not in page
    assert NUMBER not in page
    question = re.search(rf"{NUMBERS}/[0-9a-f-]+/tra-lai", page)
    assert question is not None
    assert "chuyển mạng giữ số" in team.get(question[0]).content.decode()

    first, second = team.post(question[0]), team.post(question[0])

    assert (first["Location"], second.status_code) == (f"{NUMBERS}?xong=tra", 404)
    assert "Số này không còn chờ bạn xác nhận." in text_of(second)
    assert "Không có số nào chưa thống nhất" in text_of(team.get(first["Location"]))
    assert [line.standing for line in usecases.lines_of(HIM)] == ["stands"]


def test_an_operator_gives_up_a_number_its_customer_came_about(config: Config) -> None:
    with acting(SYSTEM):
        usecases.bring(lists.OPERATOR, [Brought(HER, HER_PHONE, date(2026, 3, 2))], round_code="DS-1", by="a", now=NOW)
    team = browser()
    wrong, nobodys = team.post(NUMBERS, {"phone": "12"}), team.post(NUMBERS, {"phone": "0387654321"})
    assert (wrong.status_code, nobodys.status_code) == (422, 404)
    assert 'value="12"' in wrong.content.decode()
    assert browser(OTHER_TEAM).post(NUMBERS, {"phone": HER_PHONE}).status_code == 404

    found = team.post(NUMBERS, {"phone": "+84 912 345 678"})["Location"]
    assert HER_PHONE not in found, "no number stands in an address"
    assert "xác thực số này ngày 02/03/2026" in text_of(team.get(found))
    team.post(found)

    assert [line.end_reason for line in usecases.lines_of(HER)] == ["given_up"]


def test_nobody_answers_for_another_operator(config: Config) -> None:
    a_dispute()
    [line] = usecases.disputed(lists.OPERATOR)

    back = browser(OTHER_TEAM).post(f"{NUMBERS}/{line.id}/tra-lai")

    assert back.status_code == 404
    assert [each.standing for each in usecases.lines_of(HER)] == ["disputed"]


def test_two_hands_write_what_waits(config: Config) -> None:
    usecases.declare(HER, HER_PHONE, now=NOW)
    registrar, approver = browser(REGISTRAR), browser(APPROVER)
    assert "Công dân tự khai" in text_of(registrar.get(WRITINGS))
    assert "Đề nghị ghi" not in approver.get(WRITINGS).content.decode(), "who decides does not ask"

    assert registrar.post(WRITINGS, {"step": "de-nghi"})["Location"] == f"{WRITINGS}?xong=de-nghi"
    page = approver.get(WRITINGS).content.decode()
    asked = re.search(r'name="writing" value="([0-9a-f-]+)"', page)
    assert asked is not None
    assert "Duyệt và ghi" not in browser(SAME_UNIT).get(WRITINGS).content.decode()
    assert approver.post(WRITINGS, {"step": "duyet", "writing": asked[1]})["Location"] == f"{WRITINGS}?xong=duyet"
    assert "Đang ghi" in text_of(registrar.get(WRITINGS))
    with acting(SYSTEM):
        writing.write_due(now=NOW, seconds=60)

    assert Person.objects.values_list("phone", flat=True).get(pk=HER) == HER_PHONE
    assert "Đã ghi xong" in text_of(registrar.get(WRITINGS))


def test_what_may_not_be_done_is_refused_with_words(config: Config) -> None:
    usecases.declare(HER, HER_PHONE, now=NOW)
    registrar, approver, colleague = browser(REGISTRAR), browser(APPROVER), browser(SAME_UNIT)
    registrar.post(WRITINGS, {"step": "de-nghi"})
    with acting(SYSTEM):
        [asked] = flow_store.writings()

    assert registrar.post(WRITINGS, {"step": "duyet", "writing": asked.id}).status_code == 403
    assert colleague.post(WRITINGS, {"step": "duyet", "writing": asked.id}).status_code == 403
    assert approver.post(WRITINGS, {"step": "de-nghi"}).status_code == 403
    assert approver.post(WRITINGS, {"step": "duyet", "writing": uuid4()}).status_code == 409
    assert approver.post(WRITINGS, {"step": "duyet", "writing": "x"}).status_code == 409
    assert approver.post(WRITINGS, {"step": "gi-day"}).status_code == 422
    refused = approver.post(WRITINGS, {"step": "tu-choi", "writing": asked.id, "reason": "x"})
    assert refused.status_code == 422
    assert "Lý do từ chối" in text_of(refused)
    assert browser(TEAM).get(WRITINGS).status_code == 403
    assert registrar.get(NUMBERS).status_code == 403

    with acting(SYSTEM):
        assert flow_store.writings()[0].is_open


def test_a_round_of_other_people_has_no_such_section(config: Config) -> None:
    with acting(SYSTEM):
        found = lists.finished(scene.team(), lists.a_list(scene.team(), "associations"), config)

    page = text_of(browser().get(f"/doi-soat/dot/{found.id}/bao-cao"))

    assert NAME not in page
    assert "Chuyển số đã khớp" not in page
