"""The desk's pages: who gets in, what they show and keep back, a case and a breach from end to end through the forms."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from dancu.identity.api import Organisation, add_officer, add_organisation
from dancu.kernel import clock
from dancu.ledger import api as ledger
from dancu.protection.api import ConsentChannel, ConsentGiven, give_consent, open_case
from dancu.protection.store import affected, breaches
from dancu.protection.usecases.affected import read_on
from dancu.protection.usecases.cases import appoint_desk
from dancu.protection.usecases.register import file_version
from tests.factories.database import connect_system
from tests.factories.people import NUMBER
from tests.identity.scene import PASSWORD, browser_of
from tests.protection.scene import ELSEWHERE, WORDS, looked_at

pytestmark = pytest.mark.django_db
HANDLES, DECIDES, ASKED, DESK = "canbo.bvdl", "lanhdao.bvdl", "canbo.hoi", "canbo.motcua"
ROOM = "/bao-ve-du-lieu"


@pytest.fixture(autouse=True)
def _office() -> None:
    now = clock.now()
    add_organisation(Organisation("H57", "UBND thành phố Thử"), {"BVDL": "Bộ phận bảo vệ dữ liệu", "LD": "Lãnh đạo"})
    add_organisation(Organisation(ELSEWHERE, "UBND thành phố Khác"), {"BVDL": "Bộ phận bảo vệ dữ liệu"})
    for account, organisation, unit, role in (
        (HANDLES, "H57", "BVDL", "data-protection"),
        (DECIDES, "H57", "LD", "data-protection"),
        (ASKED, ELSEWHERE, "BVDL", "data-protection"),
        (DESK, "H57", "LD", "desk"),
    ):
        add_officer(account, f"Cán bộ {account}", organisation, unit, [role], PASSWORD)
    appoint_desk("H57", by="test", now=now - timedelta(days=90))
    connect_system()


def text_of(answer: Any) -> str:
    return unescape(answer.content.decode())


def a_case(kind: str = "objection", *, about: bool = True, ago: timedelta = timedelta(hours=1)) -> UUID:
    at = clock.now() - ago
    reference = looked_at(at=at - timedelta(hours=1)) if about else ""
    return open_case(kind, NUMBER, reference, WORDS, ["Không phải tôi"], f"{kind}{ago}", at).id


def send(browser: Client, path: str, **typed: str) -> Any:
    """A step through the form of a page: what it saw goes with it."""
    seen = re.search(r'name="seen" value="(\d+)"', text_of(browser.get(path)))
    return browser.post(path, {"seen": seen.group(1) if seen else "0", **typed})


@pytest.mark.parametrize("path", ["", "/yeu-cau", "/su-co", "/su-co/moi", "/dong-y", "/so-dang-ky", "/so-dang-ky/thay-doi"])
def test_only_officers_of_the_desk_get_in(path: str):
    assert Client().get(ROOM + path).status_code == 302
    assert browser_of(DESK).get(ROOM + path).status_code == 403
    assert browser_of(HANDLES).get(ROOM + path).status_code == 200


def test_late_cases_come_first_and_say_so():
    a_case(ago=timedelta(hours=79, minutes=30))
    a_case("know", about=False)

    page = text_of(browser_of(HANDLES).get(ROOM))

    assert "quá hạn 8 giờ" in page
    assert "còn 70 giờ" in page
    assert page.index("quá hạn 8 giờ") < page.index("còn 70 giờ")


def test_what_is_due_soon_is_shown_however_much_is_late():
    for at in range(26):
        a_case("know", about=False, ago=timedelta(hours=80 + at))
    soon = a_case("correct", about=False)

    page = text_of(browser_of(HANDLES).get(ROOM))

    assert f"{ROOM}/yeu-cau/{soon}" in page


def test_cases_another_desk_asks_about_are_paged_and_narrowed():
    browser, elsewhere = browser_of(HANDLES), browser_of(ASKED)
    cases = [a_case(ago=timedelta(hours=1, minutes=at)) for at in range(26)]
    for case in cases:
        path = f"{ROOM}/yeu-cau/{case}"
        send(browser, path, action="assign")
        send(browser, path, action="ask_organisation", text="Đề nghị giải trình", organisation=ELSEWHERE)
    path, shown = f"{ROOM}/yeu-cau?loc=hoi", set()

    for _page in range(2):
        page = text_of(elsewhere.get(path))
        shown |= {UUID(each) for each in re.findall(r'/yeu-cau/([0-9a-f-]{36})"', page)}
        following = re.search(r'href="([^"]*sau=[^"]*)"', page)
        path = following.group(1) if following else ""

    assert shown == set(cases)
    assert path == ""
    assert not re.findall(r"/yeu-cau/[0-9a-f-]{36}", text_of(elsewhere.get(f"{ROOM}/yeu-cau?loc=hoi&loai=know")))


def test_a_number_is_shown_only_for_a_stated_need_that_the_ledger_keeps():
    case, browser = a_case(), browser_of(HANDLES)
    path = f"{ROOM}/yeu-cau/{case}"

    before = text_of(browser.get(path))
    without = browser.post(f"{path}/but-toan", {"need": ""})
    shown = text_of(browser.post(f"{path}/but-toan", {"need": "Xem xét phản đối"}))

    assert WORDS in before
    assert NUMBER[-6:] not in before
    assert without.status_code == 422
    assert "Ghi vì sao cần mở" in text_of(without)
    assert NUMBER[-6:] in shown
    assert "canbo01" in shown
    entry = next(e for e in ledger.latest(20) if e.body["outcome"] == "protection.case.open_look")
    assert (entry.subject, entry.body["purpose"]) == (NUMBER, "Xem xét phản đối")


def test_an_objection_goes_from_the_person_to_the_organisation_and_to_a_finding():
    case, browser, elsewhere = a_case(), browser_of(HANDLES), browser_of(ASKED)
    path = f"{ROOM}/yeu-cau/{case}"
    assert elsewhere.get(path).status_code == 404

    assert send(browser, path, action="assign").status_code == 302
    assert f'<option value="{ELSEWHERE}">{ELSEWHERE} · ' in text_of(browser.get(path))
    mistyped = send(browser, path, action="ask_organisation", text="Đề nghị giải trình", organisation="H49")
    assert mistyped.status_code == 422
    assert f"Lượt xem này là của cơ quan {ELSEWHERE}" in text_of(mistyped)
    assert send(browser, path, action="ask_organisation", text="Đề nghị giải trình", organisation=ELSEWHERE).status_code == 302
    assert WORDS not in text_of(elsewhere.get(path))
    assert "Mở lượt xem" in text_of(elsewhere.get(path))
    assert "1" in text_of(elsewhere.get(ROOM))
    assert send(elsewhere, path, action="explain", text="Cán bộ nhập nhầm số").status_code == 302
    assert elsewhere.post(f"{path}/but-toan", {"need": "Xem lại"}).status_code == 403
    assert "Mở lượt xem" not in text_of(elsewhere.get(path))
    assert "Đã đóng" not in text_of(elsewhere.get(path))
    missing = send(browser, path, action="find_unlawful", text="Không có hồ sơ nào")
    assert missing.status_code == 422
    assert "Không có hồ sơ nào" in text_of(missing)
    assert (
        send(browser, path, action="find_unlawful", text="Không có hồ sơ nào", legal_basis="Luật 91/2025, Điều 3").status_code
        == 302
    )
    assert "Kết luận: trái quy định" in text_of(browser.get(path))


def test_an_unlawful_look_leads_to_a_breach_and_to_a_grant_taken_back():
    case, browser, decides = a_case(), browser_of(HANDLES), browser_of(DECIDES)
    path = f"{ROOM}/yeu-cau/{case}"
    send(browser, path, action="assign")
    send(browser, path, action="find_unlawful", text="Không có hồ sơ nào", legal_basis="Luật 91/2025, Điều 3")

    browser.post(f"{path}/thu-hoi", {"action": "ask"})
    own = browser.post(f"{path}/thu-hoi", {"action": "carry_out"})
    unclear = [decides.post(f"{path}/thu-hoi", typed).status_code for typed in ({}, {"action": "x"})]
    assert unclear == [422, 422]
    other = decides.post(f"{path}/thu-hoi", {"action": "carry_out"})
    form = text_of(browser.get(f"{ROOM}/su-co/moi?tu={case}"))

    assert own.status_code == 403
    assert other.status_code == 302
    assert "Đã thu hồi" in text_of(browser.get(path))
    assert "BVDL-" in form


def reported(browser: Client, **more: str) -> str:
    form = text_of(browser.get(f"{ROOM}/su-co/moi"))
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form)) | dict(
        re.findall(r'id="f-(\w+)" name="\w+"[^>]*value="([^"]*)"', form)
    )
    typed = {**fields, "title": "Lộ tài khoản", "text": "Mật khẩu bị lộ", "system": "he-thong", "since_day": "01/01/2026", **more}
    answer = browser.post(f"{ROOM}/su-co/moi", typed)
    return str(answer["Location"]) if answer.status_code == 302 else text_of(answer)


def test_what_was_typed_about_a_breach_is_never_lost():
    page = reported(browser_of(HANDLES), since_day="31/02/2026")

    assert "Không có ngày 31/02/2026" in page
    assert "Mật khẩu bị lộ" in page
    assert 'value="31/02/2026"' in page


@pytest.mark.parametrize(
    "typed",
    [
        {"noticed_day": "31/12/2025"},
        {"noticed_day": f"{clock.now() + timedelta(days=2):%d/%m/%Y}"},
        {"until_day": "01/01/2025"},
        {"since_day": ""},
        {"system": ""},
    ],
)
def test_the_summary_of_a_report_leads_to_a_field_that_is_there(typed: dict[str, str]):
    page = reported(browser_of(HANDLES), **typed)

    (leads_to,) = re.findall(r'<a href="#(f-\w+)">', page)
    assert f'id="{leads_to}"' in page


@pytest.mark.parametrize("typed", ["", "hôm qua", "31/02/2026", "01/13/2026", "01/01/0026", "2026", "99999999"])
def test_a_day_that_cannot_be_read_is_said_of_a_day_with_an_example(typed: str):
    browser = browser_of(HANDLES)

    page = reported(browser, since_day=typed)

    (sentence,) = re.findall(r'<a href="#f-since_day">([^<]*)</a>', page)
    assert "sinh" not in sentence
    assert "24/11/2026" in sentence


def test_every_form_of_a_breach_has_fields_of_its_own():
    browser, decides = browser_of(HANDLES), browser_of(DECIDES)
    path = reported(browser)
    for kind in ("tell_nobody", "tell_nobody"):
        send(browser, path, action="propose", proposal_kind=kind, text="Không có rủi ro")

    for page in (text_of(browser.get(path)), text_of(decides.get(path)), text_of(browser.get(f"{ROOM}/yeu-cau/{a_case()}"))):
        ids = re.findall(r' id="([^"]+)"', page)
        assert len(ids) == len(set(ids))
        labels = re.findall(r'<label for="([^"]+)">([^<]*)', page)
        assert labels
        assert all(name in ids and words.strip() for name, words in labels)


@pytest.mark.parametrize(
    ("action", "field", "more"),
    [
        ("note", "text", {}),
        ("amend", "text", {"system": "he-thong", "since_day": "01/01/2026", "until_day": "02/01/2026"}),
        ("tell_authority", "paper_no", {"told_day": "01/01/2026"}),
        ("propose", "proposal_kind", {}),
        ("do_task", "task", {}),
    ],
)
def test_what_was_typed_stands_again_in_its_own_form_and_the_summary_leads_there(action: str, field: str, more: dict[str, str]):
    browser = browser_of(HANDLES)
    path = reported(browser)

    page = text_of(send(browser, path, action=action, text="abc&", **more))

    (leads_to,) = re.findall(r'<a href="#(f-[\w-]+)">', page)
    assert leads_to == f"f-{action}-{field}"
    assert f'id="{leads_to}"' in page
    assert re.findall(r'<textarea id="f-([\w-]+)-text"[^>]*>abc&', page) == ([] if action == "do_task" else [action])


def test_a_decision_that_lacks_its_reason_is_answered_at_its_own_proposal():
    browser, decides = browser_of(HANDLES), browser_of(DECIDES)
    path = reported(browser)
    send(browser, path, action="propose", proposal_kind="tell_nobody", text="Không có rủi ro")

    page = text_of(send(decides, path, action="reject", proposal="2", text="abc"))

    assert 'href="#f-decide-2-text"' in page
    assert re.findall(r'<textarea id="f-([\w-]+)-text"[^>]*>abc', page) == ["decide-2"]


def test_a_proposal_with_a_broken_list_is_refused():
    browser = browser_of(HANDLES)
    path = reported(browser)

    answer = send(browser, path, action="propose", proposal_kind="export", run="x", text="Xuất danh sách")

    assert answer.status_code == 422
    assert "Mẫu này đã hỏng" in text_of(answer)


def test_a_breach_from_report_to_letters_export_and_notice():
    looked_at(at=clock.now() - timedelta(days=1))
    browser, decides = browser_of(HANDLES), browser_of(DECIDES)
    path = reported(browser)
    breach = UUID(path.rpartition("/")[2])
    assert "Còn 71 giờ" in text_of(browser.get(path))
    run = re.search(r'name="run" value="([^"]+)"', text_of(browser.get(path)))
    assert run is not None
    browser.post(f"{path}/danh-sach", {"run": run.group(1)})
    assert "Đang đọc sổ" in text_of(browser.get(path))
    while read_on(UUID(run.group(1)), now=clock.now()):
        pass
    assert "Họ, chữ đệm và tên khai sinh" in text_of(browser.get(path))
    parts = {"action": "propose", "run": run.group(1), "text": "Dữ liệu bị xem", "advice": "Cảnh giác", "contact": "Bộ phận BVDL"}
    for kind in ("tell_persons", "export"):
        assert send(browser, path, proposal_kind=kind, **parts).status_code == 302
    first, second = (p.sequence for p in breaches.get_breach(breach).open_proposals)
    assert send(browser, path, action="approve", proposal=str(first)).status_code == 403
    for sequence in (first, second):
        assert send(decides, path, action="approve", proposal=str(sequence)).status_code == 302
    assert affected.letters_of(breach)[0].letter.advice == "Cảnh giác"
    file = browser.post(f"{path}/danh-sach/{run.group(1)}")
    lines = b"".join(file.streaming_content).decode()
    assert NUMBER in lines
    assert "SC-" in file["Content-Disposition"]
    assert decides.post(f"{path}/danh-sach/{run.group(1)}").status_code == 403
    notice = text_of(browser.get(f"{path}/thong-bao"))
    assert "1 người" in notice
    assert "………" in notice
    assert NUMBER not in notice + text_of(browser.get(path))


def test_a_consent_is_shown_with_its_proof_and_without_the_person():
    until = clock.now() + timedelta(days=30)
    given = ConsentGiven("NH-MO-PHONG", "diem-tin-dung", 1, ["full_name"], until, ConsentChannel.PORTAL, "phiên mức 2")
    consent = give_consent(NUMBER, given, "key", clock.now())

    page = text_of(browser_of(HANDLES).get(f"{ROOM}/dong-y/{consent.id}"))

    assert "chứng minh được" in page
    assert consent.text in page
    assert NUMBER not in page


def test_consents_are_shown_at_the_desk_of_the_nation_and_nowhere_else():
    until = clock.now() + timedelta(days=30)
    given = ConsentGiven("NH-MO-PHONG", "diem-tin-dung", 1, ["full_name"], until, ConsentChannel.PORTAL, "phiên mức 2")
    consent = give_consent(NUMBER, given, "key", clock.now())
    elsewhere = browser_of(ASKED)

    assert consent.code in text_of(browser_of(HANDLES).get(f"{ROOM}/dong-y"))
    assert consent.code not in text_of(elsewhere.get(f"{ROOM}/dong-y"))
    assert elsewhere.get(f"{ROOM}/dong-y/{consent.id}").status_code == 404


def test_the_register_is_filtered_exported_and_public_without_officers():
    file_version(clock.now())
    browser = browser_of(HANDLES)

    everything = text_of(browser.get(f"{ROOM}/so-dang-ky"))
    nothing = text_of(browser.get(f"{ROOM}/so-dang-ky?field=religion"))
    file = browser.get(f"{ROOM}/so-dang-ky?tep=csv").content.decode()
    open_to_all = text_of(Client().get("/so-dang-ky-xu-ly")) + text_of(Client().get("/so-dang-ky-xu-ly/thay-doi"))

    assert "Đăng ký khai sinh" in everything
    assert "Không có mục đích xử lý nào như vậy" in nothing
    assert "he-thong" in file
    assert "Phiên bản 1" in open_to_all
    assert "danh-gia" not in open_to_all
    assert "canbo" not in open_to_all


def test_headings_skip_no_level():
    browser = browser_of(HANDLES)

    for path in (f"{ROOM}/so-dang-ky", "/so-dang-ky-xu-ly", reported(browser), f"{ROOM}/yeu-cau/{a_case()}"):
        levels = [int(level) for level in re.findall(r"<h([1-6])", text_of(browser.get(path)))]
        assert levels[0] == 1
        assert all(after <= before + 1 for before, after in pairwise(levels)), path


def test_the_assessment_says_what_is_known_and_what_a_human_adds():
    page = text_of(browser_of(HANDLES).get(f"{ROOM}/so-dang-ky/danh-gia/he-thong"))

    assert "Hệ thống thử" in page
    assert "Nơi thường trú" in page
    assert page.count("………") >= 4
    assert browser_of(HANDLES).get(f"{ROOM}/so-dang-ky/danh-gia/khong-co").status_code == 404
