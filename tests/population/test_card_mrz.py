"""Reading the lines on the back of the card as they are typed or as a camera misreads them.

The check digits are held against the specimen of the standard (ICAO Doc 9303, part 5, appendix B) and against a second
implementation in `mrz_lines`. What is proven: a misread field is either mended where a check digit proves it, or refused
with its line; nothing else is ever changed silently.
"""

from __future__ import annotations

import contextlib
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dancu.kernel.errors import Invalid
from dancu.population.api import check_digit, differences, is_mrz, read_card, read_mrz
from tests.population.mrz_lines import a_mrz, lines_of
from tests.population.telex import typed_through_telex

QR = "046090000101|191000101|TRẦN VĂN HÒA|17051990|Nam|12 Lê Lợi, Huế|01072021"


@pytest.mark.parametrize(
    ("field", "digit"),
    [("D23145890", 7), ("740812", 2), ("120415", 9), ("D231458907<<<<<<<<<<<<<<<74081221204159<<<<<<<<<<<", 6)],
)
def test_the_check_digits_are_those_of_the_specimen_of_the_standard(field, digit):
    assert check_digit(field) == digit


def test_every_field_of_the_lines_is_read():
    mrz = read_mrz(a_mrz())

    assert mrz.personal_id.digits == "046090000101"
    assert mrz.birth_date.iso == "1990-05-17"
    assert (mrz.sex, mrz.nationality) == (1, "VNM")
    assert mrz.expires_on == date(2030, 5, 17)
    assert (mrz.surname, mrz.given_names, mrz.full_name) == ("TRAN", "VAN HOA", "TRAN VAN HOA")
    assert (mrz.is_name_cut, mrz.repaired) == (False, ())


@pytest.mark.parametrize(
    "arrived",
    [
        "".join(lines_of()),
        " ".join(lines_of()),
        "\r\n".join(lines_of()),
        a_mrz().lower(),
        a_mrz().replace("<<", "«"),
        a_mrz().replace("<", "＜"),
        "  " + a_mrz().replace("\n", "\t\n ") + "\n",
    ],
)
def test_the_lines_are_read_however_they_arrive(arrived):
    assert is_mrz(arrived)
    assert read_mrz(arrived) == read_mrz(a_mrz())


def test_the_lines_are_read_through_a_vietnamese_input_method():
    lines = lines_of(name="KSOR<<HBIA")

    assert read_mrz(typed_through_telex("\n".join(lines))).surname == "KSOR"


def test_the_century_of_birth_is_the_one_the_number_states():
    assert read_mrz(a_mrz(number="046205000101", born="050517")).birth_date.iso == "2005-05-17"
    assert read_mrz(a_mrz(number="046005000101", born="050517")).birth_date.iso == "1905-05-17"
    assert read_mrz(a_mrz(number="046090000101", born="910517")).birth_date.iso == "1991-05-17"  # corrected after issue


@pytest.mark.parametrize(("born", "iso"), [("5505<<", "1955-05"), ("55<<<<", "1955")])
def test_a_birth_date_is_kept_as_far_as_it_is_known(born, iso):
    assert read_mrz(a_mrz(number="046155000101", born=born)).birth_date.iso == iso


def test_a_card_for_life_has_no_expiry():
    assert read_mrz(a_mrz(expires="991231")).expires_on is None


def test_a_name_that_fills_the_line_may_be_cut():
    mrz = read_mrz(a_mrz(name="CONG<TANG<TON<NU<<HUYEN<TRANG<NGOC<ANH"))

    assert mrz.is_name_cut
    assert mrz.full_name == "CONG TANG TON NU HUYEN TRANG"


def test_a_name_of_one_word_is_read():
    assert read_mrz(a_mrz(name="Y")).full_name == "Y"
    assert read_mrz(a_mrz(name="<<BLAN")).full_name == "BLAN"


def with_char(line: int, place: int, char: str) -> str:
    lines = lines_of()
    lines[line] = lines[line][:place] + char + lines[line][place + 1 :]
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("line", "place", "char", "field"),
    [
        (0, 9, "O", "số thẻ"),
        (0, 11, "I", "số thẻ"),
        (0, 15, "O", "số định danh"),
        (1, 2, "O", "ngày sinh"),
        (1, 4, "I", "ngày sinh"),
        (1, 11, "S", "ngày hết hạn"),
    ],
)
def test_a_letter_read_for_a_digit_is_mended_where_a_check_digit_proves_it(line, place, char, field):
    assert lines_of()[line][place] == {"O": "0", "I": "1", "S": "5"}[char]

    mrz = read_mrz(with_char(line, place, char))

    assert mrz.repaired == (field,)
    assert (mrz.personal_id.digits, mrz.birth_date.iso) == ("046090000101", "1990-05-17")


@pytest.mark.parametrize(
    ("line", "place", "char", "told"),
    [
        (0, 9, "B", 1),  # the letter of another digit: the check digit says so
        (0, 9, "7", 1),
        (0, 16, "7", 2),  # the first three digits stand under the last check digit only
        (0, 0, "X", 1),
        (1, 1, "7", 2),
        (1, 9, "7", 2),
        (1, 29, "A", 2),
        (2, 4, "1", 3),
    ],
)
def test_what_no_check_digit_confirms_is_refused_with_its_line(line, place, char, told):
    with pytest.raises(Invalid) as refused:
        read_mrz(with_char(line, place, char))

    assert refused.value.field == "scan"
    assert refused.value.details == {"line": told}
    assert refused.value.message.startswith(f"Dòng {told} ở mặt sau thẻ")


@pytest.mark.parametrize("place", range(30))
def test_no_single_wrong_digit_of_the_first_two_lines_passes(place):
    for line in (0, 1):
        right = lines_of()[line][place]
        for wrong in set("0123456789") - {right}:
            if not right.isdigit() or (line, place) == (0, 29):
                continue
            with pytest.raises(Invalid):
                read_mrz(with_char(line, place, wrong))


@pytest.mark.parametrize("born", ["901332", "<<0517", "900230"])
def test_a_birth_date_that_does_not_exist_is_refused_though_its_check_digit_fits(born):
    with pytest.raises(Invalid) as refused:
        read_mrz(a_mrz(born=born))

    assert refused.value.details == {"line": 2}


def test_a_number_that_does_not_end_with_the_document_number_is_refused():
    lines = lines_of()
    other = lines_of(number="046090000109")
    first = other[0][:15] + lines[0][15:27] + other[0][27:]

    with pytest.raises(Invalid):
        read_mrz("\n".join([first, other[1], lines[2]]))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (lines_of()[0], "nhận được 30 ký tự"),
        ("\n".join(lines_of()[:2]), "nhận được 60 ký tự"),
        ("\n".join([*lines_of()[:2], lines_of()[2][:-1]]), "Dòng 3"),
        ("\n".join([lines_of()[0].replace("<", "*", 1), *lines_of()[1:]]), "Dòng 1"),
    ],
)
def test_lines_that_did_not_arrive_whole_are_said(text, told):
    assert is_mrz(text)
    with pytest.raises(Invalid) as refused:
        read_mrz(text)

    assert told in refused.value.message


@pytest.mark.parametrize("text", ["", "046090000101", QR, "Xin chào", "https://example.test/the-can-cuoc"])
def test_what_is_not_the_back_of_a_card_is_not_taken_for_it(text):
    assert not is_mrz(text)


@given(st.text(max_size=120))
def test_no_text_breaks_the_reader(text):
    with contextlib.suppress(Invalid):
        assert read_mrz(text).personal_id


def test_both_sides_of_one_card_agree():
    assert differences(read_card(QR), read_mrz(a_mrz())) == []
    assert differences(read_card(QR.replace("17051990", "1990")), read_mrz(a_mrz())) == []


@pytest.mark.parametrize(
    ("back", "told"),
    [
        ({"number": "046090000102"}, "Số định danh"),
        ({"born": "900518"}, "Ngày sinh"),
        ({"sex": "F"}, "Giới tính"),
        ({"name": "TRAN<<VAN<HAI"}, "Họ và tên"),
        ({"expires": "200517"}, "Ngày cấp"),
    ],
)
def test_what_the_two_sides_say_differently_is_one_hint(back, told):
    (hint,) = differences(read_card(QR), read_mrz(a_mrz(**back)))

    assert hint.startswith(told)


def test_a_cut_name_agrees_with_the_whole_one():
    front = QR.replace("TRẦN VĂN HÒA", "CÔNG TẰNG TÔN NỮ HUYỀN TRANG NGỌC ANH")

    assert differences(read_card(front), read_mrz(a_mrz(name="CONG<TANG<TON<NU<<HUYEN<TRANG<NGOC<ANH"))) == []


def test_the_lines_serve_as_a_card_without_marks_and_address():
    card = read_mrz(a_mrz()).as_card()

    assert (card.full_name, card.address, card.is_from_mrz) == ("TRAN VAN HOA", "", True)
    assert not card.name_doubtful
