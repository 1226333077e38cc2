"""Rows judged without any file: what is forgiven, what is told as a fault or a warning, and where a list ends."""

from __future__ import annotations

import unicodedata
from datetime import date

import pytest

from dancu.kernel.errors import Invalid
from dancu.onboarding.accounts import columns
from dancu.onboarding.accounts.columns import COLUMNS, ORDINAL, Choice, column_of, tidy
from dancu.onboarding.accounts.domain import AccountRow, Checked, SheetRow, check
from dancu.onboarding.accounts.faults import KINDS
from dancu.onboarding.accounts.letters import is_vietnamese
from tests.onboarding.accounts.lists import ON, Row, a_context, a_row, sheet_row


def checked(*rows: Row, **known: object) -> Checked:
    return check([sheet_row(row, at) for at, row in enumerate(rows, start=9)], a_context(**known))


def found_with(**cells: str) -> list[tuple[str, str]]:
    """Columns and codes told about a good row with these cells instead."""
    told = checked({**a_row(), "account": "can.bo", **cells})
    return [(fault.column, fault.code) for fault in (*told.faults, *told.warnings)]


def accepted_with(**cells: str) -> AccountRow:
    told = checked({**a_row(), "account": "can.bo", **cells})
    assert [fault.code for fault in told.faults] == []
    return told.accepted[0]


def test_a_good_row_is_accepted_with_its_values_read() -> None:
    row = a_row() | {
        "personal_id": "005 090-000001",
        "birth_date": "24/11/1990",
        "level": "cấp xã",
        "role": "CÁN BỘ TRA CỨU",
        "services": "037 - Tra cứu thông tin công dân; 3",
        "phone": "+84 24 3999 0000 máy lẻ 12",
    }

    account = checked(row).accepted[0]

    assert (account.row, account.personal_id.digits, account.birth_date.iso) == (9, "005090000001", "1990-11-24")
    assert (account.level, account.role, account.services) == ("commune", "lookup", ("037", "003"))
    assert account.phone == "024 3999 0000 máy lẻ 12"


def test_composition_and_blanks_are_put_right_in_silence() -> None:
    decomposed = unicodedata.normalize("NFD", "  Nguyễn\u00a0Thuý \u200bPhượng ")

    account = accepted_with(full_name=decomposed, unit=unicodedata.normalize("NFD", " Phòng  Tư\npháp"))

    assert (account.full_name, account.unit) == ("Nguyễn Thuý Phượng", "Phòng Tư pháp")


@pytest.mark.parametrize("name", ["Êñuôl Y Bhăm", "H'Hen Niê", "NGUYỄN VĂN QUYỀN", "Đỗ Hoàng Phương Thảo Nguyên Anh", "Ƀkrông Hơ"])
def test_names_of_every_people_of_the_country_pass(name: str) -> None:
    assert accepted_with(full_name=name).full_name == name


@pytest.mark.parametrize(
    "name",
    [
        "NguyÔn V¨n An",
        "PhÊn Thanh An",
        "Ñan Thanh An",
        "TrÇn ThÞ Lan",
        "Nguyeãn Vaên An",
        "Ñaëng Thò Haïnh",
        "Nguyá»…n VÄƒn An",
        "Nguy?n V?n An",
        "Tr\u00ad¬ng An",
        "x̃y An",
    ],
)
def test_names_of_old_fonts_and_wrong_code_pages_are_told(name: str) -> None:
    assert not is_vietnamese(unicodedata.normalize("NFC", name))
    assert found_with(full_name=name) == [("full_name", "full_name.legacy")]


@pytest.mark.parametrize(
    ("typed", "code", "said"),
    [
        ("05090000001", "personal_id.length", "Ô này có 11 chữ số"),  # a zero stands in front: none was lost
        ("5090000001", "personal_id.lost_zero", "005090000001"),
        ("50900000011", "personal_id.length", "Ô này có 11 chữ số"),  # 050 is no province of the context
        ("123456789", "personal_id.length", "Ô này có 9 chữ số"),
        ("0050900000012", "personal_id.length", "Ô này có 13 chữ số"),
        ("7,9123E+10", "personal_id.scientific", "7,9123E+10"),
        ("7.9123e10", "personal_id.scientific", "7.9123e10"),
        ("00509000000l", "personal_id.not_digits", "không phải chữ số"),
        ("005490000001", "personal_id.impossible", "2190"),
    ],
)
def test_a_number_says_what_is_wrong_with_it(typed: str, code: str, said: str) -> None:
    (fault,) = checked(a_row() | {"personal_id": typed, "account": "can.bo"}).faults

    assert (fault.column, fault.code, fault.value) == ("personal_id", code, typed)
    assert said in fault.message


def test_eleven_digits_get_their_zero_back_as_a_suggestion() -> None:
    (fault,) = checked(a_row() | {"personal_id": "79090000001", "account": "can.bo"}, provinces=frozenset({"079"})).faults

    assert fault.code == "personal_id.lost_zero"
    assert "079090000001" in fault.to_do


def test_without_a_list_of_provinces_none_is_doubted_and_zeros_are_still_suggested() -> None:
    told = checked(
        a_row() | {"personal_id": "013090000001", "birth_date": "01/01/1990", "account": "a"},
        a_row() | {"personal_id": "79090000001", "account": "b"},
        provinces=frozenset(),
    )

    assert [fault.code for fault in (*told.faults, *told.warnings)] == ["personal_id.lost_zero"]


def test_what_may_be_true_of_a_number_is_a_warning_and_the_row_is_taken() -> None:
    told = checked(
        a_row() | {"personal_id": "013090000001", "birth_date": "24/11/1990", "account": "a"},
        a_row() | {"personal_id": "005091000001", "birth_date": "24/11/1990", "account": "b"},
        a_row() | {"personal_id": "107090000001", "birth_date": "24/11/1990", "account": "c"},  # a birth registered abroad
    )

    assert [(fault.row, fault.code) for fault in told.warnings] == [(9, "personal_id.province"), (10, "personal_id.birth_year")]
    assert (told.faults, len(told.accepted)) == ((), 3)
    assert told.is_whole


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("31/02/1990", "birth_date.unreadable"),
        ("11/24/1990", "birth_date.unreadable"),
        ("hôm qua", "birth_date.unreadable"),
        ("33201", "birth_date.serial"),
        ("25/11/2026", "birth_date.future"),
        ("25/11/2008", "birth_date.under_age"),
        ("2009", "birth_date.under_age"),
    ],
)
def test_a_birth_date_says_what_is_wrong_with_it(typed: str, code: str) -> None:
    assert ("birth_date", code) in found_with(birth_date=typed)


@pytest.mark.parametrize("typed", ["24/11/2008", "24-11-1990", "1990-11-24", "1955", "24/11/1990 00:00:00"])
def test_birth_dates_are_read_as_people_write_them(typed: str) -> None:
    assert accepted_with(birth_date=typed).birth_date.year in (1955, 1990, 2008)


def test_somebody_is_of_age_on_the_day_and_not_the_day_before() -> None:
    row = a_row() | {"birth_date": "24/11/2008"}

    assert checked(row, on=ON).faults == ()
    (fault,) = checked(row, on=date(2026, 11, 23)).faults
    assert fault.code == "birth_date.under_age"
    assert "18 tuổi vào ngày 23/11/2026" in fault.message


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("can bo", "account.blanks"),
        ("cán.bộ", "account.marks"),
        ("can/bo", "account.characters"),
        ("c" * 65, "account.long"),
        ("7.9E+10", "account.scientific"),
        ("5090000001", "account.lost_zero"),
        ("005090000002", "account.other_number"),
        ("Noi.Khac7", "account.taken"),
    ],
)
def test_an_account_name_says_what_is_wrong_with_it(typed: str, code: str) -> None:
    assert found_with(personal_id="005090000001", birth_date="24/11/1990", account=typed) == [("account", code)]


def test_the_rows_own_number_is_a_good_account_name_even_where_its_cell_lost_a_zero() -> None:
    own = a_row() | {"personal_id": "005090000001", "birth_date": "24/11/1990", "account": "005090000001"}

    assert checked(own).is_whole
    assert [fault.code for fault in checked(own | {"personal_id": "5090000001"}).faults] == ["personal_id.lost_zero"]


def test_an_account_without_marks_is_suggested() -> None:
    (fault,) = checked(a_row() | {"account": "Đặng.Thuý"}).faults

    assert "Dang.Thuy" in fault.to_do


def test_duplicates_name_the_row_they_repeat_even_a_faulty_one() -> None:
    first = a_row(1) | {"account": "chung", "position": ""}
    second = a_row(2) | {"account": "CHUNG", "personal_id": first["personal_id"]}

    told = checked(first, second)

    assert [(f.row, f.code) for f in told.faults] == [(9, "cell.missing"), (10, "personal_id.duplicate"), (10, "account.duplicate")]
    assert all("dòng 9" in fault.message for fault in told.faults[1:])


@pytest.mark.parametrize(
    "phone", ["024 3999 0000", "(0232) 3999000", "2439990000", "1900 1234", "069 2345678", "024.39990000/ 02439990001"]
)
def test_lines_of_offices_pass(phone: str) -> None:
    assert found_with(phone=phone) == []


@pytest.mark.parametrize("phone", ["0912 000 111", "912000111", "+84 912 000 111", "024 3999 0000; 0352000111"])
def test_a_mobile_number_is_told_and_kept(phone: str) -> None:
    assert found_with(phone=phone) == [("phone", "phone.private")]
    assert accepted_with(phone=phone).phone == phone


@pytest.mark.parametrize("mail", ["a@tinh.gov.vn", "A.B@so.tinh.GOV.VN", "x@congtymau.vn", "x@thu.congtymau.vn"])
def test_official_mailboxes_pass(mail: str) -> None:
    assert found_with(mail=mail) == []


@pytest.mark.parametrize(
    ("mail", "code"),
    [
        ("x@gmail.example", "mail.unofficial"),
        ("x@kgov.vn", "mail.unofficial"),
        ("x@gov.vn.example", "mail.unofficial"),
        ("x@khongcongtymau.vn", "mail.unofficial"),
        ("khong co", "mail.shape"),
        ("a@b.gov.vn, c@d.gov.vn", "mail.shape"),
    ],
)
def test_other_mailboxes_are_told(mail: str, code: str) -> None:
    assert found_with(mail=mail) == [("mail", code)]


@pytest.mark.parametrize("text", ["=1+1", "@SUM(A1)", "-2+3", "+cmd", "'=1+1"])
def test_what_a_spreadsheet_would_compute_is_told_in_every_column_but_the_running_number(text: str) -> None:
    for column in COLUMNS:
        expected = [] if column.key == ORDINAL else [(column.key, "cell.formula")]
        assert found_with(**{column.key: text}) == expected


def test_a_computed_cell_is_told_whatever_it_gives() -> None:
    row = SheetRow(9, {key: str(value) for key, value in a_row().items()}, frozenset({"unit"}))

    (fault,) = check([row], a_context()).faults

    assert (fault.column, fault.code) == ("unit", "cell.formula")


def test_every_required_column_that_is_empty_is_told() -> None:
    for column in COLUMNS:
        for nothing in ("", "  ", "-"):
            expected = [(column.key, "cell.missing")] if column.is_required else []
            assert found_with(**{column.key: nothing}) == expected


def test_levels_roles_and_services_are_those_that_are_known() -> None:
    assert found_with(level="Thôn") == [("level", "level.unknown")]
    assert found_with(role="Giám sát") == [("role", "role.unknown")]
    assert found_with(services="²") == [("services", "service.not_registered")]
    (fault,) = checked(a_row() | {"services": "037, 099"}).faults
    assert fault.code == "service.not_registered"
    assert "“099”" in fault.what
    assert "037 - Tra cứu thông tin công dân" in fault.to_do
    assert [f.code for f in checked(a_row(), services=()).faults] == ["service.not_registered"]


def test_a_long_list_of_choices_is_not_told_whole() -> None:
    many = tuple(Choice(f"{at:03d}", f"Dịch vụ {at}") for at in range(100, 200))

    (fault,) = checked(a_row() | {"services": "999"}, services=many).faults

    assert fault.to_do.count("Dịch vụ") == 12
    assert "…" in fault.to_do


def test_a_unit_is_compared_only_with_a_list_of_units() -> None:
    assert found_with(unit="Phòng khác") == [("unit", "unit.unknown")]
    assert checked(a_row() | {"unit": "Phòng khác"}, units=()).warnings == ()


def test_rows_that_hold_nothing_but_a_running_number_are_no_rows() -> None:
    told = checked(a_row(1), {"ordinal": "2"}, a_row(3), {"ordinal": "4", "phone": "-"})

    assert told.rows == 2
    assert told.is_whole


def test_the_end_of_the_paper_is_no_part_of_the_list() -> None:
    told = checked(
        a_row(1),
        {"full_name": "Tổng số: 1 tài khoản"},
        {"birth_date": "Nơi Mẫu, ngày 24 tháng 11 năm 2026"},
        {"full_name": "NGƯỜI LẬP BIỂU", "account": "KT. CHỦ TỊCH"},
        {"account": "Nguyễn Mẫu Mực"},
    )

    assert (told.rows, told.last_row) == (1, 9)
    assert told.is_whole


def test_stray_text_is_told_once_where_it_stands() -> None:
    told = checked({"full_name": "Tổng số cũ"}, a_row(1), {"unit": "hỏi lại"}, {"account": "x", "note": "y"})

    assert [(f.row, f.column, f.code) for f in told.faults] == [
        (9, "full_name", "row.stray"),
        (11, "unit", "row.stray"),
        (12, "account", "row.stray"),
    ]


def test_stray_text_beside_the_table_is_told_without_a_column() -> None:
    beside = SheetRow(10, {}, beside=("hỏi lại",))

    (fault,) = check([sheet_row(a_row()), beside], a_context()).faults

    assert (fault.row, fault.column, fault.code, fault.value) == (10, "", "row.stray", "hỏi lại")


def test_a_list_without_rows_is_refused() -> None:
    with pytest.raises(Invalid) as refused:
        check([SheetRow(9, {"ordinal": "1"})], a_context())

    assert refused.value.code == "accounts.no_rows"


def test_a_list_longer_than_the_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dancu.onboarding.accounts.domain.ROWS_MAX", 2)

    assert checked(a_row(1), a_row(2)).rows == 2
    with pytest.raises(Invalid) as refused:
        checked(a_row(1), a_row(2), a_row(3))

    assert refused.value.code == "accounts.too_many"


def test_a_long_cell_is_told_and_shown_short() -> None:
    (fault,) = checked(a_row() | {"note": "a" * 501}).faults

    assert fault.code == "cell.long"
    assert len(fault.value) <= 101
    assert accepted_with(note="a" * 500).note == "a" * 500


def test_nothing_about_a_person_stands_in_what_is_logged_of_a_fault() -> None:
    row = a_row() | {"personal_id": "123456", "account": "ten.rieng", "birth_date": "31/02/1977"}

    told = checked(row, a_row(2))

    for value in (*told.faults, *told.accepted, sheet_row(row)):
        for secret in ("123456", "ten.rieng", "31/02/1977", str(row["full_name"]), str(told.accepted[0].personal_id)):
            assert secret not in repr(value)


@pytest.mark.parametrize(
    ("label", "key"),
    [
        ("HỌ VÀ TÊN", "full_name"),
        ("Họ, tên cán bộ", "full_name"),
        ("Số định danh\ncá nhân (12 số)", "personal_id"),
        ("Số CCCD/CMND", "personal_id"),
        ("(3) Ngày, tháng, năm sinh", "birth_date"),
        ("Ngay sinh", "birth_date"),
        ("Đơn vị công tác", "unit"),
        ("Cấp", "level"),
        ("Cấp (trung ương/tỉnh/huyện/xã)", "level"),
        ("Cấp đơn vị", "level"),
        ("Số điện thoại cơ quan", "phone"),
        ("Địa chỉ thư công vụ", "mail"),
        ("Email", "mail"),
        ("Tên đăng nhập", "account"),
        ("Tên tài khoản *", "account"),
        ("Dịch vụ khai thác", "services"),
        ("TT", "ordinal"),
        (unicodedata.normalize("NFD", "Chức vụ, chức danh"), "position"),
        ("Cần sửa", columns.FIX),
        ("Mã hồ sơ", None),
        ("Danh sách tài khoản đăng ký sử dụng khai thác dịch vụ dân cư", None),
    ],
)
def test_columns_are_told_by_their_words(label: str, key: str | None) -> None:
    assert column_of(label) == key


def test_tidying_twice_changes_nothing() -> None:
    for text in ("'=1+1", " a\u00a0 b ", "\ufeffÊ\u0323", "'0790"):
        assert tidy(tidy(text)) == tidy(text)


def test_every_kind_of_fault_has_its_own_words() -> None:
    assert len({kind.what for kind in KINDS.values()}) == len(KINDS)
