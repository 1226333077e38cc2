"""The desk as an officer meets it: pages over HTTP, the real database behind them, the ledger at the end."""

from __future__ import annotations

import re
import unicodedata

import pytest
from django.test import Client
from tests.factories.people import NAME, NOW, NUMBER
from tests.population.mrz_lines import a_mrz
from tests.procedures.pages import BIRTH, KEYS, hidden, open_form, received, shown, text_of, word_of
from tests.procedures.scene import DEAD, MOTHER, SCAN, signed_in

from dancu.exchange import api as exchange
from dancu.kernel.errors import Unavailable
from dancu.ledger.api import entry_by_reference
from dancu.onboarding import api as onboarding
from dancu.procedures import store
from dancu.procedures.models import Dossier, DossierAction, Draft
from dancu.procedures.usecases.compare_later import compare_pending


def test_a_scan_shows_one_verdict_and_puts_the_form_under_enter(browser: Client):
    answer = browser.post("/mot-cua", {"scan": SCAN})

    assert word_of(answer) == "Khớp"
    assert re.search(r'class="main" autofocus>Điền tờ khai', text_of(answer))
    assert text_of(answer).count("autofocus") == 1


def test_the_lines_on_the_back_of_the_card_are_read_in_the_scan_field(browser: Client):
    answer = browser.post("/mot-cua", {"scan": a_mrz()})

    assert word_of(answer) == "Khớp sau chuẩn hoá"  # the lines have no marks
    assert shown(answer)["number"] == NUMBER
    assert hidden(answer)["way"] == "card"


def test_lines_that_are_misread_say_which_and_keep_what_was_scanned(browser: Client):
    answer = browser.post("/mot-cua", {"scan": a_mrz().replace("900517", "900518", 1)})

    assert answer.status_code == 422
    assert "Dòng 2 ở mặt sau thẻ" in text_of(answer)


def test_a_name_too_long_for_the_back_of_the_card_is_asked_for(browser: Client):
    answer = browser.post("/mot-cua", {"scan": a_mrz(name="TRAN<<" + "VAN<" * 8)})

    assert answer.status_code == 422
    assert "không đủ chỗ cho họ tên" in text_of(answer)


@pytest.mark.parametrize(
    ("keys", "word"),
    [
        (KEYS, "Khớp"),
        ({**KEYS, "name": "TRAN VAN HOA"}, "Khớp sau chuẩn hoá"),
        ({**KEYS, "name": unicodedata.normalize("NFD", NAME)}, "Khớp"),
        ({**KEYS, "number": NUMBER[:3] + " " + NUMBER[3:6] + " " + NUMBER[6:]}, "Khớp"),
        ({**KEYS, "name": "Trần Văn Khác"}, "Không tìm thấy"),
        ({**KEYS, "number": "046090000199"}, "Không tìm thấy"),
        (dict(zip(("number", "name", "birth_date"), DEAD, strict=True)), "Đã mất"),
        ({"number": "046090000105", "name": "Phạm Văn Mới", "birth_date": "02/01/1990"}, "Số đã thay thế"),
    ],
)
def test_every_answer_has_its_word(browser: Client, keys: dict[str, str], word: str):
    assert word_of(browser.post("/mot-cua", keys)) == word


def test_the_next_card_is_about_the_next_person_though_the_fields_still_show_the_one_before(browser: Client):
    first = shown(browser.post("/mot-cua", {"scan": SCAN}))
    assert first["number"] == NUMBER
    card = f"{MOTHER[0]}||{MOTHER[1]}|09091990|Nữ|12 Lê Lợi, Huế|01072021"

    answer = browser.post("/mot-cua", {**first, "scan": card})

    assert word_of(answer) == "Khớp"
    assert (shown(answer)["number"], hidden(answer)["number"]) == (MOTHER[0], MOTHER[0])
    assert 'class="note warn"' not in text_of(answer)


def test_a_key_mended_by_hand_stays_beside_the_card(browser: Client):
    first = shown(browser.post("/mot-cua", {"scan": f"{NUMBER}||Trần Văn Hoàn|17051990|Nam|12 Lê Lợi, Huế|01072021"}))

    answer = browser.post("/mot-cua", {**first, "name": NAME})

    assert word_of(answer) == "Khớp"


def test_a_card_after_a_typing_error_is_about_the_card(browser: Client):
    wrong = browser.post("/mot-cua", {"number": MOTHER[0], "name": MOTHER[1], "birth_date": "31/04/1990"})
    assert wrong.status_code == 422

    assert word_of(browser.post("/mot-cua", {**shown(wrong), "scan": SCAN})) == "Khớp"
    bare = browser.post("/mot-cua", {"scan": MOTHER[0]})
    answer = browser.post("/mot-cua", {**shown(bare), "scan": SCAN})
    assert (word_of(answer), shown(answer)["number"]) == ("Khớp", NUMBER)


def test_the_code_on_a_slip_leads_to_its_dossier(browser: Client):
    number = received(browser, open_form(browser)).context["dossier"].number

    answer = browser.post("/mot-cua", {"scan": number})

    assert (answer.status_code, answer.url) == (302, f"/mot-cua/ho-so/{number}")


def test_a_nul_is_refused_in_a_sentence_wherever_it_stands(browser: Client):
    for answer in (
        browser.post("/mot-cua", {"name": "Trần\0Hòa"}),
        browser.get("/mot-cua/ho-so/%00"),
        browser.get("/mot-cua/ho-so?sau=%00"),
        Client().post("/dang-nhap", {"tai_khoan": "a\0b", "mat_khau": "x"}),
    ):
        assert answer.status_code == 400
        assert "Yêu cầu không hợp lệ" in text_of(answer)


def test_a_replaced_number_leads_to_the_new_one_under_enter(browser: Client):
    answer = browser.post("/mot-cua", {"number": "046090000105", "name": "Phạm Văn Mới", "birth_date": "02/01/1990"})

    assert re.search(r'name="number" value="046090000104"', text_of(answer))
    assert re.search(r"autofocus>Tra cứu bằng số mới", text_of(answer))


def test_a_grant_that_explains_says_which_key_differs(browser: Client):
    from tests.factories.people import a_grant

    onboarding.grant(a_grant("mot-cua", "MOT-CUA", explain=True), by="test", now=NOW)

    answer = browser.post("/mot-cua", {**KEYS, "birth_date": "18/05/1990"})

    assert word_of(answer) == "Có sai lệch"
    assert "ngày sinh" in text_of(answer).split('class="verdict')[1].split("</div>")[0]


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({**KEYS, "number": NUMBER[:11]}, "number", "Số định danh phải đủ 12 chữ số. Bạn đã nhập 11 số."),
        ({**KEYS, "birth_date": "30/02/1990"}, "birth_date", "Không có ngày 30/02/1990."),
        ({**KEYS, "name": "A" * 300}, "name", "dài quá 200 ký tự (300)"),
        ({**KEYS, "name": ""}, "name", "Chưa nhập họ và tên."),
        ({"scan": "https://example.vn/the?id=1"}, "scan", "không phải mã QR trên thẻ căn cước"),
        ({"scan": "046090000101|thiếu"}, "scan", "không phải mã QR trên thẻ căn cước"),
        ({"scan": "046090000101"}, "name", "Chưa nhập họ và tên."),
    ],
)
def test_wrong_input_gets_a_sentence_and_keeps_what_was_typed(browser: Client, typed: dict[str, str], field: str, sentence: str):
    answer = browser.post("/mot-cua", typed)

    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert f'href="#f-{field}"' in text_of(answer)
    for value in typed.values():
        assert f'value="{value}"' in text_of(answer)


def test_all_wrong_keys_are_told_at_once(browser: Client):
    answer = browser.post("/mot-cua", {"number": "12", "name": "", "birth_date": "hôm qua"})

    assert [f'href="#f-{name}"' in text_of(answer) for name in ("number", "name", "birth_date")] == [True] * 3


def test_an_empty_registry_answers_like_any_miss(db: None, tmp_path, monkeypatch):
    from tests.procedures import scene

    monkeypatch.setattr(scene, "load", lambda rows, folder: None)
    browser = signed_in(scene.open_desk(tmp_path).account)

    assert word_of(browser.post("/mot-cua", KEYS)) == "Không tìm thấy"
    assert "Chưa có hồ sơ nào" in text_of(browser.get("/mot-cua/ho-so"))


def test_from_scan_to_receipt_the_registry_fills_the_form_and_the_ledger_knows(browser: Client):
    form = open_form(browser)
    page = text_of(browser.get(form))
    assert page.count('class="locked"') >= 4
    assert NUMBER not in form

    answer = received(browser, form)

    number = Dossier.objects.get().number
    assert re.search(rf"Đã tiếp nhận hồ sơ {number}\. Hẹn trả 16:30 ngày \d\d/\d\d/\d{{4}}\.", text_of(answer))
    assert re.fullmatch(r"H57\.12\.3-\d{6}-0001", number)
    look, reception = DossierAction.objects.filter(number=number).order_by("sequence")
    assert (look.kind, reception.kind) == ("look_up", "receive")
    assert entry_by_reference(look.data["reference"]).subject == NUMBER


def test_a_scan_is_recorded_as_the_second_way_of_the_decree(browser: Client):
    form = browser.post("/mot-cua/to-khai", hidden(browser.post("/mot-cua", {"scan": SCAN})))["Location"]

    answer = received(browser, form)

    assert DossierAction.objects.get(kind="look_up").data["way"] == "qr"
    assert "Quét mã QR trên thẻ" in text_of(answer)


def test_receiving_twice_makes_one_dossier_with_one_number(browser: Client):
    form = open_form(browser)

    first, second = received(browser, form), received(browser, form)

    assert first.redirect_chain[-1][0].split("?")[0] == second.redirect_chain[-1][0].split("?")[0]
    assert Dossier.objects.count() == 1


def test_opening_the_form_twice_looks_once_and_keeps_what_was_typed(browser: Client):
    fields = hidden(browser.post("/mot-cua", KEYS))
    form = browser.post("/mot-cua/to-khai", fields)["Location"]
    browser.post(form, {"child_name": "Trần Thử An", "save": "1"})
    reference = Draft.objects.get().persons["requester"]["reference"]

    again = browser.post("/mot-cua/to-khai", fields)["Location"]

    assert again == form
    assert 'value="Trần Thử An"' in text_of(browser.get(again))
    assert Draft.objects.get().persons["requester"]["reference"] == reference


def test_an_incomplete_form_names_every_field_and_keeps_the_rest(browser: Client):
    answer = browser.post(
        open_form(browser),
        {**BIRTH, "child_name": "", "child_birth_date": "30/02/2020", "child_home_town": "Huế <b>", "receive": "1"},
    )

    assert answer.status_code == 422
    assert 'href="#f-child_name"' in text_of(answer)
    assert "Không có ngày 30/02/2020" in text_of(answer)
    assert 'value="Huế &lt;b&gt;"' in text_of(answer)
    assert Dossier.objects.count() == 0


def test_a_child_is_not_born_tomorrow(browser: Client):
    answer = browser.post(open_form(browser), {**BIRTH, "child_birth_date": "01/01/2199", "receive": "1"})

    assert answer.status_code == 422
    assert "không thể sau hôm nay" in text_of(answer)


def test_the_mother_is_compared_inside_the_form(browser: Client):
    form = open_form(browser)
    keys = dict(zip(("mother_number", "mother_name", "mother_birth_date"), MOTHER, strict=True))

    browser.post(form, {**BIRTH, **keys, "look": "mother"})

    assert Draft.objects.get().persons["mother"]["facts"]["full_name"] == MOTHER[1]
    assert 'value="Trần Thử An"' in text_of(browser.get(form))


def test_a_mother_who_does_not_agree_stays_as_stated(browser: Client):
    form = open_form(browser)
    keys = {"mother_number": "046190000199", "mother_name": "Lê Thị Lạ", "mother_birth_date": "1991"}
    answer = browser.post(form, {**BIRTH, **keys, "look": "mother"})
    assert answer.status_code == 409
    assert 'value="Lê Thị Lạ"' in text_of(answer)

    page = received(browser, form, **keys)

    assert "Lê Thị Lạ" in text_of(page)
    assert "Theo lời khai, chưa lấy từ CSDLQG về dân cư" in text_of(page)


def test_the_requester_who_is_the_father_needs_no_second_look(browser: Client):
    form = open_form(browser)

    browser.post(form, {**BIRTH, "relation": "father", "look": "father"})

    persons = Draft.objects.get().persons
    assert persons["father"] == persons["requester"]
    received(browser, form, relation="father")
    assert DossierAction.objects.filter(kind="look_up").count() == 1


def test_items_stand_in_the_order_of_the_declaration(browser: Client):
    form = open_form(browser)
    expected = ["Số định danh", "Họ, chữ đệm, tên", "Ngày, tháng, năm sinh", "Giới tính", "Quốc tịch"]

    shown = re.findall(r'class="locked"><small>([^<]+)<', text_of(browser.get(form)))
    page = text_of(received(browser, form))

    assert shown[:5] == expected
    person = page.split("<h2>Người yêu cầu</h2>")[1].split("</dl>")[0]
    assert re.findall(r"<dt>([^<]+)<", person)[:5] == expected
    answers = page.split("<h2>Nội dung khai</h2>")[1].split("</dl>")[0]
    assert re.findall(r"<dt>([^<]+)<", answers)[0] == "Quan hệ với người được khai sinh"


def test_what_the_citizen_disputes_is_recorded_and_does_not_block(browser: Client):
    form = open_form(browser)

    answer = received(
        browser, form, **{"wrong:requester:full_name": "Trần Văn Hoà Bình", "why:requester:full_name": "Quyết định cải chính"}
    )

    action = DossierAction.objects.get(kind="dispute_field")
    assert action.data == {
        "person": "requester",
        "item": "full_name",
        "stated": "Trần Văn Hoà Bình",
        "reason": "Quyết định cải chính",
    }
    assert "Trần Văn Hoà Bình" in text_of(answer)


def test_someone_recorded_as_dead_cannot_be_the_requester(browser: Client):
    fields = {**hidden(browser.post("/mot-cua", KEYS)), **dict(zip(("number", "name", "birth_date"), DEAD, strict=True))}

    answer = browser.post("/mot-cua/to-khai", fields)

    assert answer.status_code == 409
    assert Draft.objects.count() == 0


def _no_answer(*args: object, **kwargs: object) -> None:
    raise Unavailable("registry.unavailable", "Chưa nối được Cơ sở dữ liệu quốc gia về dân cư.", "No answer.")


def receive_later(browser: Client, monkeypatch: pytest.MonkeyPatch, **keys: str):
    """With the line down: look, receive for later comparison, give the dossier's page."""
    with monkeypatch.context() as down:
        down.setattr(exchange, "verify_person", _no_answer)
        answer = browser.post("/mot-cua", {**KEYS, **keys})
        assert answer.status_code == 503
        assert word_of(answer) == "Chưa đối chiếu được"
        form = browser.post("/mot-cua/to-khai", {**hidden(answer), "later": "Mất đường truyền", "shown": "card"})["Location"]
        return received(browser, form)


def test_when_the_line_is_down_the_dossier_is_received_and_compared_by_itself(browser: Client, monkeypatch):
    page = receive_later(browser, monkeypatch)
    assert "Chờ đối chiếu" in text_of(page)
    assert "Mất đường truyền" in text_of(page)
    number = Dossier.objects.get(comparison="pending").number

    with monkeypatch.context() as down:
        down.setattr(exchange, "verify_person", _no_answer)
        assert compare_pending(now=NOW) == 0
    assert "Đã thử 1 lần" in text_of(browser.get(f"/mot-cua/ho-so/{number}"))
    assert number in text_of(browser.get("/mot-cua/ho-so?loc=pending"))

    assert compare_pending(now=NOW) == 1

    action = DossierAction.objects.get(kind="compare_later")
    entry = entry_by_reference(action.data["reference"])
    assert (entry.dossier_no, entry.officer, entry.subject) == (number, "canbo01", NUMBER)
    assert Dossier.objects.get().comparison == "compared"
    assert compare_pending(now=NOW) == 0


def test_a_later_comparison_that_differs_is_shown_on_the_dossier(browser: Client, monkeypatch):
    receive_later(browser, monkeypatch, name="Trần Văn Khác")

    compare_pending(now=NOW)

    number = Dossier.objects.get(comparison="differs").number
    assert "không khớp. Kiểm tra lại giấy tờ" in text_of(browser.get(f"/mot-cua/ho-so/{number}"))


def test_a_refused_later_comparison_is_visible_and_can_be_repeated_by_hand(browser: Client, monkeypatch):
    receive_later(browser, monkeypatch)
    onboarding.remove_accounts_for("H57", ["canbo01"], by="test", now=NOW)
    compare_pending(now=NOW)
    number = Dossier.objects.get(comparison="refused").number
    assert "Bị từ chối tra cứu" in text_of(browser.get(f"/mot-cua/ho-so/{number}"))
    onboarding.list_accounts_for("H57", ["canbo01"], by="test", now=NOW)

    browser.post(f"/mot-cua/ho-so/{number}", {"action": "compare"})

    assert Dossier.objects.get().comparison == "compared"


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({**KEYS, "name": "Trần Văn Khác"}, "Đối chiếu sau khi tiếp nhận: không khớp"),
        (dict(zip(("number", "name", "birth_date"), DEAD, strict=True)), "người này đã được ghi nhận là đã mất"),
    ],
)
def test_whom_the_registry_does_not_confirm_is_received_on_papers_and_the_dossier_says_so(browser: Client, keys, words: str):
    answer = browser.post("/mot-cua", keys)
    form = text_of(answer).split('class="instead"')[1].split("</form>")[0]
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))

    opened = browser.post("/mot-cua/to-khai", {**fields, "shown": "card"})
    received = browser.post(opened.url, {**BIRTH, "relation": "father", "receive": "1"})
    number = received.url.split("/")[-1].split("?")[0]
    assert "Chờ đối chiếu" in text_of(browser.get(f"/mot-cua/ho-so/{number}"))
    compare_pending(now=NOW)

    page = text_of(browser.get(f"/mot-cua/ho-so/{number}"))
    assert words in page


def test_a_form_opened_while_the_line_breaks_offers_to_receive_anyway(browser: Client, monkeypatch):
    fields = hidden(browser.post("/mot-cua", KEYS))
    monkeypatch.setattr(exchange, "disclose_person", _no_answer)

    answer = browser.post("/mot-cua/to-khai", fields)

    assert answer.status_code == 503
    assert "Nhận hồ sơ, đối chiếu sau" in text_of(answer)
    assert f'name="name" value="{NAME}"' in text_of(answer)


def test_a_refused_desk_says_why_and_that_it_is_recorded(browser: Client):
    fields = hidden(browser.post("/mot-cua", KEYS))
    onboarding.remove_accounts_for("H57", ["canbo01"], by="test", now=NOW)

    answer = browser.post("/mot-cua/to-khai", fields)

    assert answer.status_code == 403
    assert "không có trong danh sách đã duyệt" in text_of(answer)
    reference = re.search(r"<code>([0-9a-f-]{36})</code>", text_of(answer))
    assert entry_by_reference(reference.group(1)).body["kind"] == "refuse"


def test_only_possible_actions_are_offered_and_slips_print_with_the_code(browser: Client):
    page = received(browser, open_form(browser))
    number = Dossier.objects.get().number
    offered = re.findall(r'name="action" value="(\w+)"', text_of(page))
    assert offered == ["process", "request_supplement", "refuse", "extend", "withdraw"]

    page = browser.post(
        f"/mot-cua/ho-so/{number}", {"action": "request_supplement", "reason": "Thiếu giấy chứng sinh"}, follow=True
    )

    assert re.findall(r'name="action" value="(\w+)"', text_of(page)) == ["receive_supplement", "withdraw"]
    assert "tạm dừng tính thời hạn" in text_of(page)
    for slip, words in (
        ("tiep-nhan", "Giấy tiếp nhận hồ sơ"),
        ("bo-sung", "Thiếu giấy chứng sinh"),
        ("kiem-soat", "Yêu cầu bổ sung"),
    ):
        printed = text_of(browser.get(f"/mot-cua/ho-so/{number}/phieu/{slip}"))
        assert words in printed
        assert "data:image/svg+xml" in printed
    assert browser.get(f"/mot-cua/ho-so/{number}/phieu/xin-loi").status_code == 409
    assert browser.get(f"/mot-cua/ho-so/{number}/phieu/khac").status_code == 404


def test_an_action_that_is_not_possible_says_what_is(browser: Client):
    received(browser, open_form(browser))
    number = Dossier.objects.get().number

    answer = browser.post(f"/mot-cua/ho-so/{number}", {"action": "deliver"})

    assert answer.status_code == 409
    assert "Hiện có thể: Chuyển xử lý" in text_of(answer)


def test_a_dossier_of_another_organisation_is_not_found(browser: Client):
    form = open_form(browser)
    received(browser, form)
    number = Dossier.objects.get().number
    neighbour = signed_in("canbo02")

    assert neighbour.get(f"/mot-cua/ho-so/{number}").status_code == 404
    assert neighbour.get(form).status_code == 404
    assert number not in text_of(neighbour.get("/mot-cua/ho-so?loc=all"))


def test_the_list_pages_by_cursor_without_loss(browser: Client, monkeypatch):
    monkeypatch.setattr(store, "PAGE_LENGTH", 2)
    for _ in range(3):
        received(browser, open_form(browser))

    first = text_of(browser.get("/mot-cua/ho-so?loc=all"))
    more = re.search(r'href="(/mot-cua/ho-so\?[^"]*sau=[^"]+)"', first).group(1).replace("&amp;", "&")
    second = text_of(browser.get(more))

    seen = re.findall(r">(H57[^<]+)</a>", first + second)
    assert len(seen) == len(set(seen)) == 3


def test_no_address_of_the_desk_carries_a_personal_number(browser: Client):
    form = open_form(browser)

    page = text_of(received(browser, form))

    assert not re.search(r'(href|action)="[^"]*\d{12}[^"]*"', page + text_of(browser.get("/mot-cua/ho-so")))
