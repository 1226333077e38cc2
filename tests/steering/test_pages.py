"""The pages of steering as the pages' own database role: the board, tasks by what is wanted, a part and what may be done."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from dancu.kernel import clock
from dancu.kernel.reach import SYSTEM, acting
from dancu.steering import pages, store
from dancu.steering.domain import TaskState
from tests.factories.people import NOW
from tests.factories.web_role import web_role
from tests.identity.scene import PASSWORD
from tests.steering import scene
from tests.steering.scene import DESK, HEALTH, JUSTICE, SECRETARY, a_task, set_tasks

pytestmark = pytest.mark.django_db(transaction=True)
BOARD, TASKS = "/theo-doi", "/theo-doi/nhiem-vu"


@pytest.fixture(autouse=True)
def _scene(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    with acting(SYSTEM):
        scene.appoint()
        set_tasks(a_task(), a_task("NV-2", "2026-11-30", ("G18", "G15")), a_task("NV-3", "thuong-xuyen", ("G15",)))
    with web_role():
        yield


def browser(account: str = SECRETARY) -> Client:
    client = Client()
    assert client.post("/dang-nhap", {"tai_khoan": account, "mat_khau": PASSWORD}).status_code == 302
    return client


def text_of(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def post(account: str, code: str = "NV-1", body: str = "G18", **typed: str) -> Any:
    return browser(account).post(f"{TASKS}/{code}/{body}", {"text": "Đã làm như văn bản kèm theo", **typed})


def state_of(code: str = "NV-1", body: str = "G18") -> TaskState:
    with acting(SYSTEM):
        return next(each.standing.state for each in store.parts_of(store.get_task(code)) if each.body == body)


def test_the_board_counts_per_body_and_says_who_is_behind() -> None:
    assert "Quá hạn, chưa có báo cáo 1" in text_of(browser().get(BOARD))
    post(HEALTH, kind="report")

    page = text_of(browser().get(BOARD))

    assert "Bộ Y tế có nhiều nhiệm vụ chậm nhất: 1" in page
    assert "Nhiệm vụ 3" in page
    assert "Sắp đến hạn 1" in page
    assert "4 phần việc" in page


def test_the_board_of_a_past_day_and_a_wrong_day() -> None:
    secretary = browser()

    assert "tính đến hết ngày 31/05/2026" in text_of(secretary.get(f"{BOARD}?ngay=31/05/2026"))
    assert "Chậm 0" in text_of(secretary.get(f"{BOARD}?ngay=31/05/2026"))
    for typed in ("01/01/2030", "hôm qua", "2026"):
        wrong = secretary.get(BOARD, {"ngay": typed})
        assert wrong.status_code == 422
        assert f'value="{typed}"' in wrong.content.decode()


def test_tasks_are_found_by_body_state_document_and_what_is_late() -> None:
    post(HEALTH, kind="report")
    secretary = browser()

    def shown(query: str) -> set[str]:
        return set(re.findall(r"dữ liệu (NV-\d)", text_of(secretary.get(f"{TASKS}{query}"))))

    assert shown("") == {"NV-1", "NV-2", "NV-3"}
    assert shown("?co-quan=G15") == {"NV-2", "NV-3"}
    assert shown("?cham=1") == {"NV-1"}
    assert shown("?chua-bao-cao=1") == set()
    assert shown("?trang-thai=done") == set()
    assert shown("?van-ban=bc-2026&nhom=Kết nối, chia sẻ") == {"NV-1", "NV-2", "NV-3"}
    assert shown("?van-ban=khac") == set()
    assert "Không có nhiệm vụ nào như vậy." in text_of(secretary.get(f"{TASKS}?van-ban=khac"))


def test_many_tasks_are_paged_without_losing_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "PAGE_ROWS", 3)
    secretary = browser()
    first = secretary.get(f"{TASKS}?van-ban=bc-2026").content.decode()
    following = re.search(r'href="([^"]*sau=3[^"]*)"', first)
    assert following is not None

    rows = [
        re.findall(r"/theo-doi/nhiem-vu/(NV-\d/G\d\d)", page)
        for page in (first, secretary.get(following[1].replace("&amp;", "&")).content.decode())
    ]

    assert len({*rows[0], *rows[1]}) == 4


def test_a_body_reports_and_the_secretary_confirms() -> None:
    assert "Ghi diễn biến" in text_of(browser(HEALTH).get(f"{TASKS}/NV-1/G18"))
    assert post(HEALTH, kind="report", percent="40%").status_code == 302
    assert post(HEALTH, kind="report_done", evidence="Báo cáo số 1/BC").status_code == 302
    assert state_of() is TaskState.REPORTED

    assert post(SECRETARY, kind="confirm", done_on="20/05/2026").status_code == 302

    assert state_of() is TaskState.DONE
    page = text_of(browser(JUSTICE).get(f"{TASKS}/NV-1/G18"))
    assert "Đã hoàn thành" in page
    assert "Báo cáo số 1/BC" in page


def test_an_extension_is_asked_for_as_people_write_it() -> None:
    assert post(HEALTH, kind="ask_extension", deadline="Quý I/2027").status_code == 302
    assert "Xin gia hạn đến Quý I/2027" in text_of(browser().get(f"{TASKS}/NV-1/G18"))

    assert post(SECRETARY, kind="extend", deadline="tháng 3/2027").status_code == 302

    page = text_of(browser().get(f"{TASKS}/NV-1/G18"))
    assert "Tháng 03/2027 (ban đầu: Tháng 05/2026)" in page


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"kind": "report", "text": "x"}, "Nội dung dài từ"),
        ({"kind": "report", "percent": "nhiều"}, "Tiến độ là số"),
        ({"kind": "ask_extension", "deadline": "mai"}, "Không đọc được thời hạn"),
        ({"kind": "ask_extension", "deadline": "2025"}, "Thời hạn mới phải sau"),
        ({"kind": "confirm"}, "không còn ở trạng thái cho phép"),
        ({"kind": "gi-day"}, "Không có việc này"),
    ],
)
def test_wrong_input_is_told_and_stays_typed(typed: dict[str, str], says: str) -> None:
    page = post(HEALTH, **{"evidence": "Công văn 7/CV", **typed})

    assert page.status_code in (409, 422)
    assert says in text_of(page)
    assert 'value="Công văn 7/CV"' in page.content.decode()
    assert state_of() is TaskState.OPEN


def test_nobody_reports_for_another_body_and_others_do_not_come_in() -> None:
    assert post(JUSTICE, kind="report").status_code == 422
    assert "Ghi diễn biến" not in text_of(browser(JUSTICE).get(f"{TASKS}/NV-1/G18"))
    assert browser(DESK).get(BOARD).status_code == 403
    assert browser(DESK).post(f"{TASKS}/NV-1/G18", {"kind": "confirm"}).status_code == 403
    assert Client().get(BOARD).status_code == 302


def test_a_task_of_one_body_leads_to_its_part_and_one_of_several_shows_them() -> None:
    secretary = browser()

    assert secretary.get(f"{TASKS}/NV-1")["Location"] == f"{TASKS}/NV-1/G18"
    assert "Hoàn thành 0 / 2" in text_of(secretary.get(f"{TASKS}/NV-2"))
    assert secretary.get(f"{TASKS}/NV-9").status_code == 404
    assert secretary.get(f"{TASKS}/NV-1/G15").status_code == 404
