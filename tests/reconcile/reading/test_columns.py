"""Columns are told by headings in any spelling, by what stands in them, and by what whoever sent the list says."""

from __future__ import annotations

from pathlib import Path

import pytest

from dancu.kernel.errors import Invalid
from dancu.reconcile.reading.columns import BY_NUMBER, Mapping, detect, mapped, preview, require, sex_codes
from dancu.reconcile.reading.encodings import Legacy
from dancu.reconcile.reading.files import OpenedList, open_list
from dancu.reconcile.reading.headings import Role, role_of
from dancu.reconcile.reading.sexes import codes_of
from tests.reconcile.reading.lists import HEADINGS, PEOPLE, as_tcvn3, csv_text, put


def a_list(folder: Path, headings: tuple[str, ...], *rows: tuple[str, ...]) -> OpenedList:
    return open_list(put(folder, csv_text(rows, headings, ";")))


@pytest.mark.parametrize(
    ("heading", "role"),
    [
        ("Số CCCD", Role.NUMBER),
        ("SO CMND/CCCD", Role.NUMBER),
        ("Số định danh cá nhân (*)", Role.NUMBER),
        ("id_number", Role.NUMBER),
        ("Số giấy tờ tuỳ thân", Role.NUMBER),
        ("Họ, chữ đệm và tên", None),
        ("HỌ VÀ TÊN", Role.NAME),
        ("ho_va_ten", Role.NAME),
        ("Full name", Role.NAME),
        ("Tên khách hàng", Role.NAME),
        ("Hä vµ tªn", Role.NAME),
        ("Họ tên cha", Role.FATHER),
        ("Họ và tên mẹ", Role.MOTHER),
        ("Ngày sinh", Role.BIRTH_DATE),
        ("Ngày, tháng, năm sinh", Role.BIRTH_DATE),
        ("DOB", Role.BIRTH_DATE),
        ("Năm sinh", Role.BIRTH_YEAR),
        ("Ngày", Role.BIRTH_DAY),
        ("Giới tính", Role.SEX),
        ("GT", Role.SEX),
        ("Tỉnh/TP", Role.PROVINCE),
        ("Địa chỉ thường trú", Role.ADDRESS),
        ("HKTT", Role.ADDRESS),
        ("SĐT", Role.PHONE),
        ("Số thuê bao", Role.PHONE),
        ("MST", Role.TAX_NUMBER),
        ("Mã số thuế", Role.TAX_NUMBER),
        ("Mã số BHXH", Role.INSURANCE_NUMBER),
        ("Số thẻ BHYT", Role.HEALTH_CARD),
        ("Quê quán", Role.HOME_TOWN),
        ("Mã xã", Role.COMMUNE),
        ("ma_xa", Role.COMMUNE),
        ("Mã phường/xã", Role.COMMUNE),
        ("ma_phuong_xa", Role.COMMUNE),
        ("commune_code", Role.COMMUNE),
        ("Mã xã thường trú", Role.COMMUNE),
        ("Mã xác nhận", None),
        ("Mã phương tiện", None),
        ("Nguồn", Role.SOURCE),
        ("NHÀ MẠNG", Role.SOURCE),
        ("Tên nhà mạng", Role.SOURCE),
        ("ma_nha_mang", Role.SOURCE),
        ("operator", Role.SOURCE),
        ("source", Role.SOURCE),
        ("don_vi_cung_cap", Role.SOURCE),
        ("Nguồn dữ liệu", Role.SOURCE),
        ("Chi nhánh", Role.SOURCE),
        ("Nguồn gốc đất", None),
        ("STT", Role.RECORD_KEY),
        ("Mã khách hàng", Role.RECORD_KEY),
        ("Ngày cấp CCCD", None),
        ("Nơi cấp", None),
        ("Số CCCD của cha", None),
        ("Ghi chú", None),
    ],
)
def test_a_heading_names_its_role(heading: str, role: Role | None) -> None:
    found = role_of(heading)

    assert (found[0] if found else None) is role


def test_columns_are_told_by_their_headings(tmp_path: Path) -> None:
    opened = a_list(
        tmp_path,
        ("STT", "Họ tên cha", "Số CCCD", "Ngày cấp", "Họ và tên", "Ngày sinh", "SĐT"),
        *[
            (str(at), "Trần Văn Cha", number, "01/01/2021", name, day, "0912345678")
            for at, (number, name, day) in enumerate(PEOPLE)
        ],
    )

    found = detect(opened)

    assert {role: column.at for role, column in found.columns.items()} == {
        Role.RECORD_KEY: 0,
        Role.FATHER: 1,
        Role.NUMBER: 2,
        Role.NAME: 4,
        Role.BIRTH_DATE: 5,
        Role.PHONE: 6,
    }
    assert all(found.columns[role].confidence > 0.8 for role in BY_NUMBER)


def test_columns_without_headings_are_told_by_what_stands_in_them(tmp_path: Path) -> None:
    rows = [(day, "0912345678", "Nam", name, number) for number, name, day in PEOPLE]

    found = detect(a_list(tmp_path, (), *rows))

    places = {role: column.at for role, column in found.columns.items()}
    assert places == {Role.BIRTH_DATE: 0, Role.PHONE: 1, Role.SEX: 2, Role.NAME: 3, Role.NUMBER: 4}
    assert max(column.confidence for column in found.columns.values()) < 0.8


def test_a_heading_that_its_content_contradicts_gives_way(tmp_path: Path) -> None:
    opened = a_list(tmp_path, ("Số CCCD", "Số giấy tờ", "Họ tên", "Ngày sinh"), *[("không có", *row) for row in PEOPLE])

    number = detect(opened).columns[Role.NUMBER]

    assert (number.at, number.alternative) == (1, 0)
    alone = a_list(tmp_path, ("Số CCCD", "Họ tên"), *[("không có", name) for _number, name, _day in PEOPLE])
    assert detect(alone).columns[Role.NUMBER].confidence < 0.5


def test_the_day_a_paper_was_issued_is_no_birth_date_however_it_looks(tmp_path: Path) -> None:
    found = detect(a_list(tmp_path, ("Số CCCD", "Họ tên", "Ngày cấp"), *PEOPLE))

    assert not found.has(Role.BIRTH_DATE)


@pytest.mark.parametrize("values", [("19789", "00001"), ("46.474.19789", "01..00001"), ("19789", "1")])
def test_codes_of_communes_are_told_by_their_heading_and_by_nothing_else(tmp_path: Path, values: tuple[str, str]) -> None:
    rows = [(*row, values[at % 2]) for at, row in enumerate(PEOPLE)]

    assert detect(a_list(tmp_path, (*HEADINGS, "Mã xã"), *rows)).at(Role.COMMUNE) == 3
    assert detect(a_list(tmp_path, (*HEADINGS, "Ghi chú"), *rows)).at(Role.COMMUNE) is None


def coded(folder: Path, *codes: str, times: int = 1, swapped: bool = False) -> OpenedList:
    """The people with codes in turn, and so many times as many more whose numbers say the sex that 1 = men has, or the opposite."""
    rows = [(*row, codes[at % len(codes)]) for at, row in enumerate(PEOPLE)]
    for at in range(12 * (times - 1)):
        code = codes[at % len(codes)]
        sex = "0" if (code == "1") != swapped else "1"
        rows.append((f"001{sex}9000{at:04d}", "Trần Văn An", "03/02/1990", code))
    return a_list(folder, (*HEADINGS, "Giới tính"), *rows)


@pytest.mark.parametrize(
    ("codes", "read"),
    [
        (("1", " 2 "), "được đọc là 1 = Nam, 2 = Nữ."),
        (("2", "2"), "được đọc là 2 = Nữ."),
        (("0", "1", "2"), "được đọc là 1 = Nam, 2 = Nữ; riêng 0 không rõ là Nam hay Nữ nên không được đối chiếu."),
        (("1", "0"), "0, 1 không rõ là Nam hay Nữ nên không được đối chiếu."),
    ],
)
def test_whoever_codes_the_sex_in_digits_is_told_how_they_are_read(tmp_path: Path, codes: tuple[str, ...], read: str) -> None:
    opened = coded(tmp_path, *codes)

    (note,) = preview(opened, detect(opened)).notes

    assert f"Cột “Giới tính” ghi bằng chữ số, {read}" in note
    assert preview(opened, Mapping({})).notes == ()


@pytest.mark.parametrize(("swapped", "read"), [(False, {"0": "Nữ", "1": "Nam"}), (True, {"0": "Nam", "1": "Nữ"})])
def test_zero_and_one_mean_what_the_numbers_beside_them_say(tmp_path: Path, swapped: bool, read: dict[str, str]) -> None:
    opened = coded(tmp_path, "1", "0", times=10, swapped=swapped)

    (note,) = preview(opened, detect(opened)).notes

    assert sex_codes(opened, 3, 0) == read
    assert sex_codes(opened, 3, None) == {}
    assert sex_codes(opened, None, 0) == {}
    assert f"0 = {read['0']}, 1 = {read['1']}." in note


def test_numbers_that_do_not_agree_with_each_other_say_nothing_of_the_codes() -> None:
    men, women = "001090000001", "001190000001"

    assert codes_of([("1", men), ("1", women)] * 20) == {}
    assert codes_of([("1", men)] * 9) == {}
    assert codes_of([("1", men)] * 10) == {"1": "Nam"}


def test_nothing_is_said_of_a_sex_in_words(tmp_path: Path) -> None:
    opened = a_list(tmp_path, (*HEADINGS, "Giới tính"), *[(*row, ("Nam", "Nữ")[at % 2]) for at, row in enumerate(PEOPLE)])

    assert detect(opened).at(Role.SEX) == 3
    assert preview(opened, detect(opened)).notes == ()


def test_numbers_that_lost_their_zero_are_still_numbers(tmp_path: Path) -> None:
    found = detect(a_list(tmp_path, (), *[(number.lstrip("0"), name, day) for number, name, day in PEOPLE[2:]]))

    assert found.at(Role.NUMBER) == 0


def test_a_date_in_three_columns_is_one_date_and_a_year_beside_a_date_is_none(tmp_path: Path) -> None:
    rows = [(number, name, "24", "11", "1990") for number, name, _day in PEOPLE]
    three = a_list(tmp_path, ("CCCD", "Họ tên", "Ngày", "Tháng", "Năm"), *rows)

    found = detect(three)

    assert [found.at(role) for role in (Role.BIRTH_DAY, Role.BIRTH_MONTH, Role.BIRTH_YEAR)] == [2, 3, 4]
    require(three, found)
    both = a_list(tmp_path, (*HEADINGS, "Năm sinh"), *[(*row, "1990") for row in PEOPLE])
    assert detect(both).at(Role.BIRTH_YEAR) is None


def test_what_the_user_chose_counts(tmp_path: Path) -> None:
    opened = a_list(tmp_path, ("a", "b", "c"), *[(day, name, number) for number, name, day in PEOPLE])

    by_name = mapped(opened, {Role.NUMBER: "a", Role.BIRTH_DATE: 2})

    assert (by_name.at(Role.NUMBER), by_name.at(Role.BIRTH_DATE), by_name.at(Role.NAME)) == (0, 2, 1)
    assert by_name.columns[Role.NUMBER].confidence == 1.0
    assert len({column.at for column in by_name.columns.values()}) == len(by_name.columns)


@pytest.mark.parametrize("wanted", ["Không có", 3, -1])
def test_a_column_the_list_does_not_have_is_refused(tmp_path: Path, wanted: str | int) -> None:
    opened = a_list(tmp_path, HEADINGS, *PEOPLE)

    with pytest.raises(Invalid) as caught:
        mapped(opened, {Role.NAME: wanted})

    assert (caught.value.code, caught.value.field) == ("list.column_unknown", "name")


def test_a_list_that_lacks_a_needed_column_is_refused_by_name(tmp_path: Path) -> None:
    opened = a_list(tmp_path, ("Số CCCD", "Họ và tên", "Ghi chú"), *[(number, name, "x") for number, name, _day in PEOPLE])

    with pytest.raises(Invalid) as caught:
        require(opened, detect(opened))

    assert (caught.value.code, caught.value.field) == ("list.column_missing", "birth_date")
    assert "ngày sinh" in caught.value.message
    assert "“Ghi chú”" in caught.value.message


def test_a_preview_shows_twenty_rows_under_their_roles_in_readable_letters(tmp_path: Path) -> None:
    old = [(number, as_tcvn3(name).decode("latin-1"), day) for number, name, day in PEOPLE]
    opened = a_list(tmp_path, HEADINGS, *old * 10)

    found = detect(opened)
    seen = preview(opened, found)

    assert found.columns[Role.NAME].legacy is Legacy.TCVN3
    assert len(seen.rows) == 20
    assert seen.rows[:5] == PEOPLE
    assert seen.roles == (Role.NUMBER, Role.NAME, Role.BIRTH_DATE)
