"""A citizen reads which telephone numbers are said to be hers and by whom, declares the ones she uses, takes her word back."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.test import Client

from dancu.identity.api import Organisation, add_organisation
from dancu.kernel import clock
from dancu.kernel.reach import SYSTEM, acting
from dancu.ledger import api as ledger
from dancu.portal.phone_pages import ADVICE, ENDING_WORDS, STANDING_WORDS
from dancu.portal.phones import DECLARED_MAX
from dancu.reconcile.api import PhoneEnding, PhoneLine, PhoneStanding, declare_phone, phone_lines
from dancu.reconcile.phones import usecases, writing
from dancu.reconcile.phones.domain import Brought
from dancu.ui.words import in_english
from tests.factories.approvals import an_approval
from tests.factories.people import NOW, NUMBER, a_person_row
from tests.factories.web_role import web_role
from tests.population.scene import load_rows
from tests.portal.scene import OTHER, admit, lines_in, signed_in, text_of

PAGE = "/cua-toi/so-dien-thoai"
HER, SOMEBODY = int(NUMBER), int(OTHER)
PHONE, ANOTHER = "0912345678", "0387654321"
FOLDED = re.compile(r'<details class="instead"><summary>Thông tin không còn hiệu lực.*?</details>', re.S)


def verified(person: int = HER, operator: str = "VT-A", phone: str = PHONE) -> None:
    """An operator says that a number is a person's."""
    said = Brought(person, phone, date(2026, 11, 16))
    usecases.bring(operator, [said], round_code="DS-1", by="nhamang", now=clock.now())


def declare(browser: Client, typed: str = PHONE) -> Any:
    return browser.post(f"{PAGE}/khai", {"phone": typed})


def lines_of(person: int = HER) -> list[PhoneLine]:
    return phone_lines(person)


def own_line(person: int = HER) -> UUID:
    return next(line.id for line in lines_of(person) if line.source == "citizen")


def page_of(browser: Client, address: str = PAGE) -> str:
    return html.unescape(text_of(browser.get(address)))


def withdraw(browser: Client, line: UUID) -> Any:
    return browser.post(f"{PAGE}/{line}/rut", {"sure": "1"}, follow=True)


def numbers_in(page: str) -> list[str]:
    """The numbers that have a part of the page of their own."""
    return re.findall(r'<h2 id="p-\d+">(\d+)</h2>', page)


def test_without_any_the_page_says_so_and_asks_for_the_number_she_uses(citizen: Client):
    page = page_of(citizen)

    assert "Chưa có số nào. Bạn khai số đang dùng ở dưới." in page
    assert 'name="phone" value=""' in page
    assert "không còn hiệu lực" not in page


def test_an_operators_word_is_shown_with_its_name_its_day_and_what_to_do_when_it_is_wrong(citizen: Client):
    add_organisation(Organisation("VT-A", "Nhà mạng Thử"), {"DL": "Dữ liệu"})
    verified()

    page = page_of(citizen)

    assert numbers_in(page) == [PHONE]
    assert "<dt>Nhà mạng Thử</dt><dd>xác thực ngày 16/11/2026</dd>" in page
    assert STANDING_WORDS[PhoneStanding.STANDS][1] in page
    assert ADVICE[PhoneStanding.STANDS, False] in page
    assert "Bạn báo nhà mạng (Nhà mạng Thử) kiểm tra" in page
    assert 'href="/cua-toi/yeu-cau/moi?loai=correct"' in page
    assert "/rut" not in page, "an operator's word is not hers to take back"
    assert "Tôi đang dùng số này" not in page, "it counts as hers already"


@pytest.mark.parametrize("typed", [PHONE, "0912 345 678", "+84 912.345.678", "0084912345678", "84-912-345-678"])
def test_she_declares_a_number_however_she_types_it_and_is_told_that_an_officer_approves(citizen: Client, typed: str):
    sent = declare(citizen, typed)

    assert (sent.status_code, sent["Location"]) == (302, f"{PAGE}?khai={own_line()}"), "no number stands in an address"
    page = page_of(citizen, sent["Location"])
    assert f"Đã nhận lời khai số {PHONE}. Số này được ghi vào cơ sở dữ liệu dân cư sau khi cán bộ duyệt." in page
    assert "<dt>Bạn tự khai</dt>" in page
    assert ADVICE[PhoneStanding.STANDS, True] in page
    assert "Đã nhận lời khai" not in page_of(citizen), "the next look says it no more"


def test_pressed_twice_it_is_declared_once_and_recorded_once(citizen: Client):
    answers = [declare(citizen, typed)["Location"] for typed in (PHONE, f"+84{PHONE[1:]}")]

    assert answers[0] == answers[1]
    assert [line.phone for line in lines_of()] == [PHONE]
    assert [entry.body["outcome"] for entry in ledger.latest(2)].count("phone.declared") == 1


@pytest.mark.parametrize("typed", ["", "091234567", "0243 825 1234", "không nhớ", "<b>0912345678</b>"])
def test_what_is_no_mobile_number_is_said_at_the_field_and_stays_typed(citizen: Client, typed: str):
    answer = declare(citizen, typed)
    page = text_of(answer)

    assert answer.status_code == 422
    assert "Số di động có 10 chữ số" in page
    assert 'href="#f-phone"' in page
    assert 'id="e-phone"' in page
    assert f'value="{html.escape(typed)}"' in page
    assert lines_of() == []


def test_one_citizen_declares_only_so_many_until_she_takes_one_back(citizen: Client):
    for each in range(DECLARED_MAX):
        declare(citizen, f"09123456{each:02}")

    refused = declare(citizen, ANOTHER)

    assert refused.status_code == 409
    assert f"Bạn đã khai {DECLARED_MAX} số." in text_of(refused)
    assert f'value="{ANOTHER}"' in text_of(refused)
    assert declare(citizen, "0912345600").status_code == 302, "one she declared before is none more"
    withdraw(citizen, own_line())
    assert declare(citizen, ANOTHER).status_code == 302


def test_in_dispute_she_is_told_so_and_one_press_makes_her_word_count(citizen: Client):
    verified()
    verified(SOMEBODY, "VT-B")
    page = page_of(citizen)
    assert ADVICE[PhoneStanding.DISPUTED, False] in page
    assert f'<input type="hidden" name="phone" value="{PHONE}">' in page
    assert "VT-B" not in page, "who else it is said of, and by whom, is not told"

    told = page_of(citizen, declare(citizen)["Location"])

    assert ADVICE[PhoneStanding.STANDS, True] in told
    assert numbers_in(told) == [PHONE], "her word and the operator's are one number"
    assert "Tôi đang dùng số này" not in told
    assert "Không phải số của bạn?" not in told, "she says herself that it is"


def test_outranked_by_somebody_elses_declaration_she_is_told_and_may_declare_it_too(citizen: Client):
    verified()
    verified(SOMEBODY, "VT-B")
    declare_phone(SOMEBODY, PHONE, now=clock.now())
    page = page_of(citizen)
    assert STANDING_WORDS[PhoneStanding.OUTRANKED][1] in page
    assert ADVICE[PhoneStanding.OUTRANKED, False] in page
    assert OTHER not in page
    assert "Không phải số của bạn?" not in page, "nobody takes it for hers"

    told = page_of(citizen, declare(citizen)["Location"])

    assert ADVICE[PhoneStanding.DISPUTED, True] in told
    assert "/rut" in told
    assert "Tôi đang dùng số này" not in told


def test_her_word_alone_takes_the_number_from_nobody_and_she_is_told_where_to_go(citizen: Client):
    verified(SOMEBODY, "VT-B")

    told = page_of(citizen, declare(citizen)["Location"])

    assert ADVICE[PhoneStanding.DISPUTED, True] in told
    assert [line.standing for line in lines_of(SOMEBODY)] == [PhoneStanding.DISPUTED]
    declare_phone(SOMEBODY, PHONE, now=clock.now())
    assert ADVICE[PhoneStanding.OUTRANKED, True] in page_of(citizen)
    assert [line.standing for line in lines_of(SOMEBODY)] == [PhoneStanding.STANDS] * 2


def test_she_is_told_whether_the_registry_has_it(citizen: Client, tmp_path: Path):
    with acting(SYSTEM):
        load_rows([a_person_row()], tmp_path)
    declare(citizen)
    assert "Chờ cán bộ duyệt để ghi vào cơ sở dữ liệu dân cư." in page_of(citizen)

    with acting(SYSTEM):
        writing.write_some(an_approval(), NOW, now=NOW)

    assert "Đã có trong cơ sở dữ liệu dân cư từ" in page_of(citizen)
    assert "Chờ cán bộ duyệt" not in page_of(citizen)


def test_she_takes_her_word_back_after_one_question_and_it_is_folded_with_why(citizen: Client):
    declare(citizen)
    line = own_line()
    asked = page_of(citizen, f"{PAGE}/{line}/rut")
    assert f"Rút lại số {PHONE}?" in asked
    assert "Bạn khai lại số này lúc nào cũng được." in asked
    citizen.get(f"{PAGE}/{line}/rut?sure=1")
    citizen.post(f"{PAGE}/{line}/rut")
    assert lines_of()[0].ended_at is None, "neither a look nor the question takes anything back"

    told = html.unescape(text_of(withdraw(citizen, line)))

    assert f"Đã rút lại lời khai số {PHONE}." in told
    assert numbers_in(told) == []
    (folded,) = FOLDED.findall(told)
    assert PHONE in folded
    assert ENDING_WORDS[PhoneEnding.WITHDRAWN] in folded
    assert "Đã nhận lời khai" not in page_of(citizen, f"{PAGE}?khai={line}"), "an old address says nothing that is over"


def test_taken_back_twice_it_is_taken_back_once_and_declared_again_it_is_a_new_word(citizen: Client):
    declare(citizen)
    line = own_line()

    answers = [citizen.post(f"{PAGE}/{line}/rut", {"sure": "1"}) for _twice in range(2)]
    assert [each["Location"] for each in answers] == [f"{PAGE}?rut={line}"] * 2
    declare(citizen)
    citizen.post(f"{PAGE}/{line}/rut", {"sure": "1"})

    assert [each.end_reason for each in lines_of()] == ["", PhoneEnding.WITHDRAWN], "the old word takes back no new one"


def test_taken_back_between_the_question_and_the_press_is_what_she_wants(citizen: Client, monkeypatch: pytest.MonkeyPatch):
    declare(citizen)
    line, seen = own_line(), lines_of()
    citizen.post(f"{PAGE}/{line}/rut", {"sure": "1"})
    monkeypatch.setattr("dancu.reconcile.api.phone_lines", lambda _number: seen)

    assert citizen.post(f"{PAGE}/{line}/rut", {"sure": "1"}).status_code == 302


def test_when_her_word_is_gone_the_operators_is_judged_again(citizen: Client):
    verified()
    verified(SOMEBODY, "VT-B")
    declare(citizen)

    told = html.unescape(text_of(withdraw(citizen, own_line())))

    assert ADVICE[PhoneStanding.DISPUTED, False] in told


def test_nobody_elses_word_is_shown_or_taken_back_and_none_looks_the_same(citizen: Client):
    verified()
    declare(citizen)
    declare(citizen, ANOTHER)
    (operators,) = (line.id for line in lines_of() if line.source == "operator")
    stranger = admit(OTHER)

    answers = [withdraw(stranger, each) for each in (own_line(), uuid4())] + [withdraw(citizen, operators)]

    assert [each.status_code for each in answers] == [404] * 3
    assert all("Bạn không tự khai số điện thoại này." in text_of(each) for each in answers)
    assert all(phone not in text_of(each) for each in answers for phone in (PHONE, ANOTHER))
    assert [line.ended_at for line in lines_of()] == [None] * 3
    shown = page_of(stranger, f"{PAGE}?khai={own_line()}")
    assert numbers_in(shown) == []
    assert PHONE not in shown


def test_an_ending_by_an_operator_says_why(citizen: Client):
    verified()
    verified(SOMEBODY)
    verified(HER, "VT-B", ANOTHER)
    verified(SOMEBODY, "VT-C", ANOTHER)
    (contested,) = (line for line in lines_of() if line.phone == ANOTHER)
    usecases.give_up("VT-B", contested.id, by="nhamang", now=clock.now())

    (folded,) = FOLDED.findall(page_of(citizen))

    assert "VT-A, xác thực ngày 16/11/2026." in folded
    assert ENDING_WORDS[PhoneEnding.SUPERSEDED] in folded
    assert ENDING_WORDS[PhoneEnding.GIVEN_UP] in folded


@pytest.fixture
def renumbered(db: None, tmp_path: Path) -> Client:
    """She had another number before; it leads to the one she signs in with."""
    from dancu.population.models import Person

    with acting(SYSTEM):
        load_rows([a_person_row(), a_person_row(OTHER)], tmp_path)
        Person.objects.filter(pk=SOMEBODY).update(successor_no=HER, number_state=1)
    return admit()


def before_her_number_was_replaced(said: Callable[[], None]) -> None:
    from dancu.population.models import Person

    with acting(SYSTEM):
        Person.objects.filter(pk=SOMEBODY).update(successor_no=None, number_state=0)
        said()
        Person.objects.filter(pk=SOMEBODY).update(successor_no=HER, number_state=1)


def test_what_was_said_under_an_older_number_of_hers_is_hers_and_she_is_in_no_dispute_with_herself(renumbered: Client):
    before_her_number_was_replaced(lambda: verified(SOMEBODY))
    assert numbers_in(page_of(renumbered)) == [PHONE]

    told = page_of(renumbered, declare(renumbered)["Location"])

    assert ADVICE[PhoneStanding.STANDS, True] in told
    assert [line.standing for line in lines_of(SOMEBODY)] == [PhoneStanding.STANDS] * 2
    withdraw(renumbered, own_line(SOMEBODY))
    assert ADVICE[PhoneStanding.STANDS, False] in page_of(renumbered)


def test_her_word_counts_for_what_is_said_under_each_of_her_numbers(renumbered: Client):
    before_her_number_was_replaced(lambda: verified(SOMEBODY, "VT-A"))
    verified(HER, "VT-B")

    told = page_of(renumbered, declare(renumbered)["Location"])

    assert ADVICE[PhoneStanding.STANDS, True] in told
    assert "Người khác" not in told


def test_an_operator_that_found_her_under_her_new_number_did_not_give_hers_to_somebody_else(renumbered: Client):
    before_her_number_was_replaced(lambda: verified(SOMEBODY))
    verified(HER)

    page = page_of(renumbered)

    assert numbers_in(page) == [PHONE]
    assert ENDING_WORDS[PhoneEnding.SUPERSEDED] not in page


def test_what_she_did_stands_among_the_looks_as_her_own_deed_and_counts_as_no_look(citizen: Client):
    declare(citizen)
    withdraw(citizen, own_line())

    page = text_of(citizen.get("/cua-toi"))
    withdrawn, declared = lines_in(page)

    assert declared.startswith("Bạn tự khai một số điện thoại đang dùng lúc ")
    assert withdrawn.startswith("Bạn rút lại một số điện thoại đã khai lúc ")
    assert "<figure" not in page, "no picture of looks is drawn where nobody looked"
    line = re.findall(r'href="(/cua-toi/muc/[0-9a-f-]{36})"', page)[-1]
    told = text_of(citizen.get(line))
    assert "Số được ghi vào cơ sở dữ liệu dân cư sau khi cán bộ duyệt." in told
    assert PHONE not in told


def test_an_account_of_level_1_reads_and_declares_nothing(db: None):
    verified()
    declare_phone(HER, ANOTHER, now=clock.now())
    browser = admit(level=1)

    answers = [browser.get(PAGE), declare(browser, "0912000000"), withdraw(browser, own_line())]

    assert [each.status_code for each in answers] == [403] * 3
    assert all(phone not in text_of(each) for each in answers for phone in (PHONE, ANOTHER))
    assert [line.ended_at for line in lines_of()] == [None, None]


def test_the_address_of_the_form_alone_shows_the_page(citizen: Client):
    answer = citizen.get(f"{PAGE}/khai")

    assert answer.status_code == 200
    assert "Khai số đang dùng" in text_of(answer)


@pytest.mark.parametrize("path", [PAGE, f"{PAGE}/khai", f"{PAGE}/{UUID(int=7)}/rut"])
def test_signed_out_she_is_sent_to_her_sign_in(db: None, path: str):
    answer = Client().get(path)

    assert answer.status_code == 302
    assert answer["Location"].startswith("/dan/dang-nhap")


def test_what_was_typed_survives_a_session_that_ran_out(citizen: Client):
    citizen.cookies.clear()

    answer = declare(citizen)

    assert answer.status_code == 401
    assert f'name="kept:phone" value="{PHONE}"' in text_of(answer)
    assert lines_of() == []


def test_the_way_there_stands_beside_her_consents(citizen: Client):
    assert f'href="{PAGE}"' in text_of(citizen.get("/cua-toi/dong-y"))


def test_every_sentence_is_said_in_english_too(citizen: Client):
    sentences = [*ADVICE.values(), *ENDING_WORDS.values(), *(word for _look, word in STANDING_WORDS.values())]
    assert [each for each in sentences if in_english(each) == each] == []
    assert {*ENDING_WORDS} == {*PhoneEnding}
    citizen.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"

    assert "Your declaration of 0912345678 was received." in text_of(citizen.get(declare(citizen)["Location"]))
    assert "A mobile number has 10 digits" in text_of(declare(citizen, "12"))


@pytest.mark.django_db(transaction=True)
def test_everything_works_under_the_pages_own_database_role() -> None:
    with acting(SYSTEM):
        admit()
        verified()
        verified(SOMEBODY, "VT-B")

    with web_role():
        browser = signed_in()
        told = page_of(browser, declare(browser)["Location"])
        with acting(SYSTEM):
            line = own_line()
        back = html.unescape(text_of(withdraw(browser, line)))

    assert ADVICE[PhoneStanding.STANDS, True] in told
    assert ADVICE[PhoneStanding.DISPUTED, False] in back
