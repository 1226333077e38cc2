"""What a form says of what was typed: which item, why, what to do; and what falls short without being a mistake."""

from __future__ import annotations

import pytest

from dancu.kernel.errors import Invalid
from dancu.onboarding.papers.checking import FAULTS_MAX, check_form, check_lines, day_in, number_in, shortfalls
from dancu.onboarding.papers.domain import LINES_MAX, PaperKind, fields_of, form_of
from dancu.onboarding.papers.printed import printed
from tests.onboarding.papers.samples import CONTEXT, DAY, GENERATED, a_form, accounts, lines_for, services

K = PaperKind


@pytest.mark.parametrize("kind", GENERATED)
def test_a_form_filled_in_rightly_has_no_fault_and_falls_short_of_nothing(kind: PaperKind) -> None:
    assert check_form(kind, a_form(kind), DAY) == {}
    assert check_lines(kind, lines_for(kind, 3), DAY) == {}
    assert shortfalls(kind, a_form(kind), DAY) == {}


@pytest.mark.parametrize("kind", GENERATED)
def test_an_empty_form_names_every_required_item_and_no_other(kind: PaperKind) -> None:
    required = {field.key for field in fields_of(form_of(kind, DAY)).values() if field.required}

    faults = check_form(kind, {}, DAY)

    assert set(faults) == required
    assert faults["organisation"] == ("Chưa ghi “Cơ quan, tổ chức”.", "Fill in “Organisation”.")


@pytest.mark.parametrize(
    ("kind", "field", "typed", "said"),
    [
        (K.UNDERTAKING, "organisation", "   ", "Chưa ghi “Cơ quan, tổ chức”."),
        (K.UNDERTAKING, "signer_title", "x" * 81, "“Chức vụ của người ký” dài 81 ký tự, nhiều nhất là 80. Viết gọn lại."),
        (K.UNDERTAKING, "address", "Số 1\nphường Mẫu", "“Địa chỉ trụ sở” chỉ viết trên một dòng."),
        (K.UNDERTAKING, "purpose", "dòng\n" * 21 + "hết", "“Mục đích kết nối” viết nhiều nhất 20 dòng."),
        (K.UNDERTAKING, "address", "Số 1\u202e đường", "“Địa chỉ trụ sở” có ký tự không in được. Gõ lại mục này."),
        (K.UNDERTAKING, "address", "Số 1\x00", "“Địa chỉ trụ sở” có ký tự không in được. Gõ lại mục này."),
        (K.UNDERTAKING, "signed_on", "31/02/2026", "Không đọc được ngày ở “Ngày ký”. Nhập theo mẫu 24/11/2026."),
        (K.UNDERTAKING, "signed_on", "2026", "Không đọc được ngày ở “Ngày ký”. Nhập theo mẫu 24/11/2026."),
        (K.UNDERTAKING, "authority", "XX.", "Chọn lại “Quyền hạn của người ký” trong các lựa chọn đã cho."),
        (K.UNDERTAKING, "authority_of", "", "Chưa ghi “Ký thay mặt, ký thay, thừa lệnh ai”."),
        (K.SERVICE_REGISTRATION, "platform", ["lgsp"], "Chọn lại “Kết nối qua nền tảng” trong các lựa chọn đã cho."),
        (K.SURVEY, "users", "12,5", "“Số người sử dụng” phải là số, chỉ gồm chữ số."),
        (K.SURVEY, "users", "0", "“Số người sử dụng” phải từ 1 đến 1000000. Bạn đã nhập 0."),
        (K.SURVEY, "network", "lgsp", "Chọn lại “Mô hình mạng” trong các lựa chọn đã cho."),
        (K.SURVEY, "network", ["lgsp", "sao"], "Chọn lại “Mô hình mạng” trong các lựa chọn đã cho."),
        (K.SURVEY, "level_decided_on", "06/02/2026", "“Ngày phê duyệt” không được sau ngày 05/02/2026."),
        (K.SURVEY, "centre_owner", "", "Chưa ghi “Đơn vị quản lý trung tâm”."),
        (K.SURVEY, "soc_provider", "", "Chưa ghi “Đơn vị giám sát”."),
        (K.SURVEY, "hosting", "", "Chưa chọn “Trường hợp đặt hệ thống”."),
    ],
)
def test_a_wrong_answer_is_named_with_why_and_what_to_do(kind: PaperKind, field: str, typed: str | list[str], said: str) -> None:
    values = {**a_form(kind), field: typed}

    faults = check_form(kind, values, DAY)

    assert faults[field][0] == said
    assert set(faults) == {field}


def test_who_rents_no_centre_need_not_name_its_owner() -> None:
    assert check_form(K.SURVEY, a_form(K.SURVEY, hosting="own", centre_owner=""), DAY) == {}


def test_an_item_the_form_does_not_have_is_not_swallowed() -> None:
    assert set(check_form(K.ACCOUNT_LIST, {**a_form(K.ACCOUNT_LIST), "purpose": "x"}, DAY)) == {"purpose"}


@pytest.mark.parametrize(
    ("field", "answer"),
    [
        ("level", "2"),
        ("log_months", "23"),
        ("password_days", "93"),
        ("network", ["lgsp"]),
        ("internet", "yes"),
        ("protection", ["firewall"]),
        ("soc", "none"),
        ("source_review", "doing"),
        ("account_rules", ["named"]),
    ],
)
def test_a_true_answer_below_what_is_asked_of_a_system_is_told_and_can_still_be_printed(
    field: str, answer: str | list[str]
) -> None:
    values = a_form(K.SURVEY, **{field: answer})

    short = shortfalls(K.SURVEY, values, DAY)

    assert set(short) == {field}
    assert all(short[field])
    assert field not in check_form(K.SURVEY, values, DAY)


@pytest.mark.parametrize(
    ("at", "cell", "key", "said"),
    [
        (0, "", "2.full_name", "Dòng 2: chưa ghi “Họ và tên”."),
        (1, "12345678901", "2.personal_id", "Dòng 2: “Số định danh” phải đủ 12 chữ số."),
        (1, "١٢٣٤٥٦٧٨٩٠١٢", "2.personal_id", "Dòng 2: “Số định danh” phải đủ 12 chữ số."),
        (3, "Chuyên\nviên", "2.position", "Dòng 2: “Chức vụ” chỉ viết trên một dòng."),
    ],
)
def test_a_wrong_cell_is_named_by_line_and_column(at: int, cell: str, key: str, said: str) -> None:
    lines = accounts(3)
    lines[1] = (*lines[1][:at], cell, *lines[1][at + 1 :])

    faults = check_lines(K.ACCOUNT_LIST, lines, DAY)

    assert faults.keys() == {key}
    assert faults[key][0] == said


def test_a_line_of_another_length_and_an_unknown_service_are_named() -> None:
    lines = [services(1)[0][:-1], (*services(1)[0][:4], "all", *services(1)[0][5:])]

    faults = check_lines(K.SERVICE_REGISTRATION, lines, DAY)

    assert faults["1"][0] == "Dòng 1 phải có 10 cột, đang có 9."
    assert faults["2.service"][0] == "Dòng 2: chọn lại “Dịch vụ cần sử dụng” trong các lựa chọn đã cho."


def test_too_many_lines_are_refused_and_faults_are_bounded() -> None:
    lines = [("",) * 12] * (LINES_MAX + 1)

    assert set(check_lines(K.ACCOUNT_LIST, lines, DAY)) == {"lines"}
    assert FAULTS_MAX <= len(check_lines(K.ACCOUNT_LIST, lines[:-1], DAY)) < FAULTS_MAX + 12


@pytest.mark.parametrize(
    ("text", "number"), [("1200", 1200), ("1.200", 1200), ("1.20", None), ("", None), ("-1", None), ("²", None)]
)
def test_numbers_are_read_as_they_are_written_here(text: str, number: int | None) -> None:
    assert number_in(text) == number


def test_a_day_is_read_as_people_and_browsers_write_it() -> None:
    assert day_in("05/02/2026") == day_in("2026-02-05") == DAY
    assert day_in("02/2026") is None


def test_a_paper_with_a_wrong_answer_is_not_printed_and_says_which() -> None:
    with pytest.raises(Invalid) as refused:
        printed(K.SURVEY, CONTEXT, a_form(K.SURVEY, users="nhiều"))

    assert (refused.value.code, refused.value.field) == ("paper.form", "users")


def test_a_paper_with_a_wrong_line_is_not_printed() -> None:
    lines = [(*accounts(1)[0][:1], "123", *accounts(1)[0][2:])]

    with pytest.raises(Invalid) as refused:
        printed(K.ACCOUNT_LIST, CONTEXT, a_form(K.ACCOUNT_LIST), lines)

    assert refused.value.field == "1.personal_id"
