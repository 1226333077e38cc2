"""The operator sees what failed, why and what to do, sends it again once, and leaves a trace; everybody sees her own notices."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from django.test import Client

from dancu.identity.api import Organisation, add_officer, add_organisation
from dancu.kernel import clock
from dancu.notices import api as notices
from dancu.notices.domain.delivery import Failed, Rejected
from dancu.notices.models import StepAction
from dancu.notices.usecases import tell
from tests.factories.people import NOW, NUMBER
from tests.identity.scene import PASSWORD
from tests.notices.scene import OWNER, Clock, Receiver, a_step, delivered, row_of, sent, states

pytestmark = pytest.mark.django_db(transaction=True)
LIST = "/van-hanh/gui-di"


@pytest.fixture(autouse=True)
def _office(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    add_organisation(Organisation(OWNER, "UBND phường Thử"), {"MC": "Bộ phận Một cửa"})
    add_officer("vanhanh", "Cán bộ Vận Hành", OWNER, "MC", ["operator"], PASSWORD)
    add_officer("canbo.a", "Cán bộ A", OWNER, "MC", ["desk"], PASSWORD)


def browser(account: str = "vanhanh") -> Client:
    client = Client()
    assert client.post("/dang-nhap", {"tai_khoan": account, "mat_khau": PASSWORD}).status_code == 302
    return client


def words(answer: Any) -> str:
    assert answer.status_code < 500
    return " ".join(re.sub(r"<[^>]*>", " ", answer.content.decode()).split())


def quarantined(*keys: str, code: str = "mail.recipient") -> list[UUID]:
    steps = sent(*[a_step(key, kind="mail", about="H57-1", to="địa chỉ thư", payload={"so": NUMBER}) for key in keys])
    delivered(Clock(), mail=Receiver(Rejected(code, "550")))
    return steps


def test_the_list_says_what_failed_why_and_how_many():
    quarantined("a", "b")

    page = words(browser().get(LIST))

    assert "2 bước đã cách ly, chờ người vận hành" in page
    assert "Máy chủ thư 2 đã cách ly" in page
    assert "Thư điện tử: H57-1" in page
    assert "Máy chủ thư không nhận địa chỉ người nhận." in page
    assert NUMBER not in page


def test_the_page_of_a_step_says_what_to_do_and_shows_its_attempts():
    (step,) = quarantined("a")

    page = words(browser().get(f"{LIST}/{step}"))

    assert "Hỏi lại địa chỉ thư với người nhận" in page
    assert "Nơi nhận từ chối hẳn" in page
    assert str(step) in page
    assert NUMBER not in page


def test_what_an_operator_sends_again_goes_out_and_stands_with_her_name():
    (step,) = quarantined("a")
    client = browser()

    answer = client.post(f"{LIST}/{step}", {"action": "resend", "key": "k1"}, follow=True)
    delivered(Clock(), mail=(receiver := Receiver()))

    assert states([step]) == ["done"]
    assert receiver.got[0].step_id == step
    assert "Đã ghi nhận" in words(answer)
    assert [(a.account, a.action) for a in StepAction.objects.all()] == [("vanhanh", "resend")]
    assert "vanhanh" in words(client.get(f"{LIST}/{step}"))


def test_a_second_click_is_the_same_deed():
    (step,) = quarantined("a")
    client = browser()

    for _ in range(2):
        assert client.post(f"{LIST}/{step}", {"action": "resend", "key": "k1"}).status_code == 302

    assert StepAction.objects.count() == 1


def test_all_chosen_are_sent_again_at_once():
    steps = quarantined("a", "b", "c")

    answer = browser().post(LIST, {"buoc": [str(s) for s in steps[:2]], "key": "k1"}, follow=True)

    assert "Đã đưa 2 bước vào hàng gửi lại" in words(answer)
    assert states(steps) == ["waiting", "waiting", "quarantined"]


def test_cancelling_needs_a_reason_that_names_nobody_and_keeps_what_was_typed():
    (step,) = quarantined("a")
    client = browser()

    without = client.post(f"{LIST}/{step}", {"action": "cancel", "key": "k1", "ly_do": "ừ"})
    naming = client.post(f"{LIST}/{step}", {"action": "cancel", "key": "k2", "ly_do": f"của {NUMBER} đó"})

    assert (without.status_code, naming.status_code) == (422, 422)
    assert "Ghi lý do huỷ" in words(without)
    assert ">ừ</textarea>" in without.content.decode()
    assert states([step]) == ["quarantined"]
    client.post(f"{LIST}/{step}", {"action": "cancel", "key": "k3", "ly_do": "Người nhận đã đổi địa chỉ"})
    assert states([step]) == ["cancelled"]
    assert "Người nhận đã đổi địa chỉ" in words(client.get(f"{LIST}/{step}"))


def test_what_is_done_is_not_sent_again():
    (step,) = sent(a_step())
    delivered(Clock(), thu=Receiver())

    answer = browser().post(f"{LIST}/{step}", {"action": "resend", "key": "k1"})

    assert (answer.status_code, states([step])) == (409, ["done"])


def test_sending_again_closes_the_breaker_for_one_attempt():
    steps = sent(*[a_step(f"k{n}", destination="chet") for n in range(6)])
    delivered(Clock(), thu=Receiver(Failed("x.down")))
    waiting = next(s for s in steps if row_of(s).attempts == 0)

    page = words(browser().get(LIST))
    browser().post(f"{LIST}/{waiting}", {"action": "resend", "key": "k1"})
    delivered(Clock(), thu=(receiver := Receiver()))

    assert "Tạm nghỉ đến" in page
    assert waiting in receiver.counted


@pytest.mark.parametrize("path", [LIST, f"{LIST}/00000000-0000-0000-0000-000000000000"])
def test_others_than_operators_are_turned_away(path: str):
    assert browser("canbo.a").get(path).status_code == 403
    assert Client().get(path).status_code == 302


def test_a_step_nobody_knows_is_not_found():
    assert browser().get(f"{LIST}/00000000-0000-0000-0000-000000000000").status_code == 404


def test_filters_and_paging_reach_every_step_once():
    steps = sent(*[a_step(f"k{n}") for n in range(60)])
    client, seen = browser(), list[str]()
    path = f"{LIST}?loc=waiting&noi=khac"
    while path:
        text = client.get(path).content.decode()
        seen += re.findall(r'name="buoc" value="([^"]+)"', text)
        following = re.search(r'rel="next" href="([^"]+)"', text)
        path = following.group(1).replace("&amp;", "&") if following else ""

    assert sorted(seen) == sorted(map(str, steps))
    assert "Không có bước gửi nào như vậy" in words(client.get(f"{LIST}?loc=done"))


def tell_her(key: str) -> None:
    said = notices.message("dossier.compared", {"number": "H57-1"}, href="/mot-cua/ho-so/H57-1", now=NOW)
    with transaction.atomic():
        step = notices.officer_notice(said, notices.Addressee(account="canbo.a"), key=key, owner=OWNER, room="test")
        notices.send(step, now=NOW)
    notices.deliver_due({"notice.officer": tell.deliver_to_officer}, Clock())


def test_the_bell_counts_and_the_page_lists_and_marks_as_read():
    client = browser("canbo.a")
    tell_her("k1")
    tell_her("k2")

    page = client.get("/thong-bao")

    assert "Thông báo 2 chưa đọc" in words(page)
    assert words(page).count("Hồ sơ H57-1 đã đối chiếu xong") >= 2
    (first, *_) = re.findall(r'name="id" value="(\d+)"', page.content.decode())
    client.post("/thong-bao", {"id": first})
    assert "Thông báo 1 chưa đọc" in words(client.get("/mot-cua"))
    client.post("/thong-bao", {"tat_ca": "1"})
    assert "chưa đọc" not in words(client.get("/mot-cua")).lower()


def test_english_pages_are_english():
    quarantined("a")
    client = browser()
    client.post("/ngon-ngu", {"language": "en"})

    (step,) = re.findall(r'name="buoc" value="([^"]+)"', client.get(LIST).content.decode())
    for path in (LIST, f"{LIST}/{step}", "/thong-bao"):
        page = words(client.get(path))
        for name in ("Tiếng Việt", "Cán bộ Vận Hành", "địa chỉ thư", "Bộ phận Một cửa, UBND phường Thử"):
            page = page.replace(name, "")
        assert not re.findall(r"\w*[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệịỉĩọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]\w*", page, re.I), page


def test_a_page_of_a_failure_asks_no_database_for_a_bell():
    client = browser()

    assert 'class="bell"' in client.get(LIST).content.decode()
    assert 'class="bell"' not in client.get(f"{LIST}/00000000-0000-0000-0000-000000000000").content.decode()
