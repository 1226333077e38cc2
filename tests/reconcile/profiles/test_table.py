"""The table of profiles: seven kinds, what each needs of a list, and what each says of a batch with planted faults."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from dancu.kernel.errors import Invalid
from dancu.reconcile.profiles.checking import own_flags
from dancu.reconcile.profiles.choosing import group_of, keys_of
from dancu.reconcile.profiles.flags import NOTES, OWN_FAULTS, OwnFlag, own_words
from dancu.reconcile.profiles.table import BY_NUMBER, BY_PARENTS, PROFILES, Check, get_profile
from dancu.reconcile.reading.batches import batches
from dancu.reconcile.reading.columns import detect
from dancu.reconcile.reading.files import open_list
from dancu.reconcile.reading.headings import Role, role_of
from tests.reconcile.profiles.columns import HER_NUMBER, a_column, records, said
from tests.reconcile.reading.lists import csv_text, put

BEFORE, AFTER = date(2025, 6, 30), date(2025, 7, 1)


def test_there_are_seven_kinds_of_lists_and_each_says_its_law() -> None:
    assert list(PROFILES) == ["subscribers", "tax", "insurance", "civil_status", "driving_licences", "associations", "merit"]
    assert all(
        profile.legal_basis and profile.name and profile.name_en and profile.keys[0] == BY_NUMBER for profile in PROFILES.values()
    )
    assert {check for profile in PROFILES.values() for check in profile.checks} == set(Check)


def test_every_flag_has_words_and_says_what_to_do() -> None:
    assert set(OWN_FAULTS) == set(OwnFlag)
    assert all(fault.words and fault.words_en and fault.advice and fault.advice_en for fault in OWN_FAULTS.values())
    assert own_words()[OwnFlag.TAX_CHECK_DIGIT][0] == "Chữ số kiểm tra của mã số thuế sai"
    assert OwnFlag.TAX_REPLACED in NOTES
    assert OwnFlag.TAX_CHECK_DIGIT not in NOTES


def test_an_unknown_kind_names_those_there_are() -> None:
    with pytest.raises(Invalid, match=r"reconcile\.profile") as refusal:
        get_profile("land")

    assert refusal.value.field == "profile"


@pytest.mark.parametrize(
    ("roles", "chosen", "by"),
    [
        (("number", "source", "province"), "", "source"),
        (("number", "source", "province"), "province", "province"),
        (("number", "province"), "", ""),
    ],
)
def test_a_report_counts_by_what_was_chosen_or_else_by_the_source(roles: tuple[str, ...], chosen: str, by: str) -> None:
    assert group_of(roles, chosen) == by


@pytest.mark.parametrize("chosen", ["name", "sex", "operator"])
def test_a_report_that_cannot_be_counted_so_is_refused_naming_what_it_can_be_by(chosen: str) -> None:
    with pytest.raises(Invalid, match=r"reconcile\.group") as refusal:
        group_of(("number", "name", "source", "province"), chosen)

    assert refusal.value.field == "grouped_by"
    assert "source, province" in refusal.value.message


@pytest.mark.parametrize("heading", ["Số GPLX", "Số giấy phép lái xe", "GPLX", "Driving licence no"])
def test_the_heading_of_a_driving_licence_is_known(heading: str) -> None:
    found = role_of(heading)

    assert found is not None
    assert found[0] is Role.LICENCE_NUMBER


@pytest.mark.parametrize("heading", ["Hạng GPLX", "Ngày cấp GPLX", "Hạng giấy phép lái xe"])
def test_what_stands_beside_a_licence_is_no_number_of_it(heading: str) -> None:
    assert role_of(heading) is None


def test_a_list_with_numbers_is_found_by_number(tmp_path: Path) -> None:
    opened = open_list(put(tmp_path, csv_text()))

    assert keys_of(get_profile("civil_status"), opened, detect(opened)) == BY_NUMBER


def test_a_register_of_births_without_numbers_is_found_by_parents(tmp_path: Path) -> None:
    rows = [("Trần Thị Hường", "02/09/1955", "Trần Văn Bách", "Lê Thị Cúc", "xã Đại Đồng, Vĩnh Phúc")]
    opened = open_list(put(tmp_path, csv_text(rows * 3, ("Họ và tên", "Ngày sinh", "Họ tên cha", "Họ tên mẹ", "Quê quán"))))

    assert keys_of(get_profile("civil_status"), opened, detect(opened)) == BY_PARENTS


def test_a_list_of_subscribers_without_numbers_is_refused_and_says_which_column(tmp_path: Path) -> None:
    rows = [("Trần Thị Hường", "02/09/1955", "0912345678")]
    opened = open_list(put(tmp_path, csv_text(rows * 3, ("Họ và tên", "Ngày sinh", "Số thuê bao"))))

    with pytest.raises(Invalid) as refusal:
        keys_of(get_profile("subscribers"), opened, detect(opened))

    assert refusal.value.field == Role.NUMBER


def test_a_tax_list_needs_its_tax_numbers(tmp_path: Path) -> None:
    opened = open_list(put(tmp_path, csv_text()))

    with pytest.raises(Invalid) as refusal:
        keys_of(get_profile("tax"), opened, detect(opened))

    assert refusal.value.field == Role.TAX_NUMBER


def test_the_old_tax_number_is_a_note_from_the_day_on_which_it_was_replaced() -> None:
    more = {Role.TAX_NUMBER: a_column("0101234565", HER_NUMBER)}
    list_of = records([HER_NUMBER] * 2)

    assert said(own_flags(get_profile("tax"), list_of, more, BEFORE)) == [[], []]
    assert said(own_flags(get_profile("tax"), list_of, more, AFTER)) == [[OwnFlag.TAX_REPLACED], []]


def test_a_profile_looks_at_its_own_columns_only() -> None:
    more = {Role.TAX_NUMBER: a_column("1"), Role.PHONE: a_column("1")}

    assert said(own_flags(get_profile("subscribers"), records([HER_NUMBER]), more, AFTER)) == [[OwnFlag.PHONE_FORM]]
    assert said(own_flags(get_profile("merit"), records([HER_NUMBER]), more, AFTER)) == [[]]


def test_a_card_is_compared_with_the_insured_number_beside_it() -> None:
    more = {Role.INSURANCE_NUMBER: a_column("7912345678", ""), Role.HEALTH_CARD: a_column("DN4797912345670", "DN4797912345670")}

    found = said(own_flags(get_profile("insurance"), records([HER_NUMBER] * 2), more, AFTER))

    assert found == [[OwnFlag.CARD_NOT_HERS], [OwnFlag.INSURANCE_MISSING]]


def test_a_record_without_a_number_needs_all_that_stands_for_it() -> None:
    more = {
        Role.FATHER: a_column("", "Trần Văn Bách", "", "", ""),
        Role.MOTHER: a_column("Lê Thị Cúc", "", "", "", "Lê Thị Cúc"),
        Role.HOME_TOWN: a_column("Vĩnh Phúc", "Vĩnh Phúc", "Vĩnh Phúc", "", ""),
    }

    found = said(own_flags(get_profile("civil_status"), records(["", " ", "", HER_NUMBER, ""]), more, AFTER))

    assert found == [[], [], [OwnFlag.KEYS_MISSING], [], [OwnFlag.KEYS_MISSING]]


def test_a_subscriber_without_a_number_cannot_be_found() -> None:
    assert said(own_flags(get_profile("subscribers"), records([""]), {}, AFTER)) == [[OwnFlag.KEYS_MISSING]]


def test_planted_faults_of_a_file_come_out_row_by_row(tmp_path: Path) -> None:
    rows = [
        (HER_NUMBER, "Trần Thị Hường", "02/09/1955", "0912345678"),
        (HER_NUMBER, "Trần Thị Hường", "02/09/1955", "01201234567"),
        (HER_NUMBER, "Trần Thị Hường", "02/09/1955", "0112345678"),
        (HER_NUMBER, "Trần Thị Hường", "02/09/1955", "0352345678"),
    ]
    opened = open_list(put(tmp_path, csv_text(rows, ("Số CCCD", "Họ và tên", "Ngày sinh", "Số thuê bao"))))
    profile, mapping = get_profile("subscribers"), detect(opened)

    [batch] = batches(opened, mapping, 10, also=profile.also)

    assert said(own_flags(profile, batch.records, batch.more, AFTER)) == [[], [OwnFlag.PHONE_OLD_PREFIX], [OwnFlag.PHONE_FORM], []]
