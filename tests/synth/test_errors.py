"""Each of the eighteen causes does what its example in the catalogue says, to whom it can happen, and to nobody else."""

from __future__ import annotations

import random
import re
import unicodedata
from collections import Counter
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from dancu.kernel.errors import Invalid, NotFound
from dancu.kernel.names import canonical_name, folded_name
from dancu.population.api import UNITS_FILE
from dancu.synth.api import Order, Source, dirty_list, rates_of, read_statistics, write_dirty, write_nation
from dancu.synth.errors import CAUSES, Entry, Known, spoiled
from tests.synth.nations import a_province

LETTERS = read_statistics().table("legacy_letters")
TCVN3, VNI = ({a: b for a, b in LETTERS.select("letter", column).iter_rows() if b} for column in ("tcvn3", "vni"))
KNOWN = Known(
    old_id_no="190009991",
    relatives=("046055009992",),
    former_number="046090009993",
    stranger="046070009994",
    older_code="46.474.19789",
    other_name="Hương",
    tcvn3=TCVN3,
    vni=VNI,
)
SOURCE = Source(1, UNITS_FILE)


def an_entry(name: str = "Nguyễn Văn An", born: str = "24/11/1990", number: str = "046090009991") -> Entry:
    return Entry(number, name, born, "1", "L2-2025", "46..19789")


def after(cause: int, entry: Entry, known: Known = KNOWN) -> set[Entry | None]:
    """All that a cause makes of an entry over many throws of the dice."""
    return {CAUSES[cause](entry, known, random.Random(seed)) for seed in range(60)}


def names_after(cause: int, name: str) -> set[str]:
    return {entry.full_name for entry in after(cause, an_entry(name)) if entry is not None}


def test_1_letters_and_marks_come_apart_in_both_orders() -> None:
    made = names_after(1, "Lê Thị Bệ")

    assert any("e\u0323\u0302" in name for name in made)
    assert any("e\u0302\u0323" in name for name in made)
    assert {unicodedata.normalize("NFC", name) for name in made} == {"Lê Thị Bệ"}
    assert after(1, an_entry("An")) == {None}


def test_2_the_vowel_stays_composed_and_the_tone_stands_apart() -> None:
    assert names_after(2, "Lê Bệ") == {"Lê Bê\u0323"}
    assert after(2, an_entry("Lê")) == {None}  # no tone


def test_3_letters_of_the_same_look_take_the_place() -> None:
    made = names_after(3, "Đoàn An")

    assert {"Ðoàn An", "Ɖoàn An"} <= made
    assert all(len(name) == len("Đoàn An") and name != "Đoàn An" for name in made)
    assert after(3, an_entry("Ý")) == {None}


@pytest.mark.parametrize(
    ("name", "other"), [("Hòa", "Hoà"), ("Hoà", "Hòa"), ("Thúy", "Thuý"), ("Khỏe", "Khoẻ"), ("Lê Hóa Bình", "Lê Hoá Bình")]
)
def test_4_the_tone_moves_in_open_syllables(name: str, other: str) -> None:
    assert names_after(4, name) == {other}
    assert canonical_name(name) == canonical_name(other)


@pytest.mark.parametrize("name", ["Hoàn", "Thuyền", "Quý", "An", "Hoan"])
def test_4_the_tone_stays_elsewhere(name: str) -> None:
    assert after(4, an_entry(name)) == {None}


@pytest.mark.parametrize(("name", "other"), [("Lý", "Lí"), ("Mỹ", "Mĩ"), ("Quý", "Quí"), ("Lí Kỳ", "Lý Kì")])
def test_5_i_for_y_and_back(name: str, other: str) -> None:
    assert names_after(5, name) == {other}


@pytest.mark.parametrize("name", ["Thúy", "Thủy", "May", "Duy", "Y Thanh"])
def test_5_where_they_differ_they_stay(name: str) -> None:
    assert after(5, an_entry(name)) == {None}


def test_6_old_encodings_are_read_as_another() -> None:
    assert names_after(6, "Nguyễn Văn An") == {"NguyÔn V¨n An", "Nguyeãn Vaên An"}
    assert after(6, an_entry("An")) == {None}


def test_6_the_letters_are_the_verified_map_and_every_vietnamese_letter_is_in_both() -> None:
    letters = "".join(unicodedata.normalize("NFC", v + t) for v in "aăâeêioôơuưy" for t in ["", *"\u0300\u0301\u0303\u0309\u0323"])
    marked = {c for c in letters if not c.isascii()} | {"đ"}

    assert marked - set(TCVN3) == marked - set(VNI) == set()
    assert len(set(TCVN3.values())) == len(TCVN3) == 74
    assert len({VNI[c] for c in marked}) == len(marked)
    assert (TCVN3["ư"], VNI["ệ"], VNI["ự"], VNI["ỉ"]) == ("\u00ad", "eä", "öï", "æ")


def test_7_capitals_without_marks() -> None:
    assert names_after(7, "Đỗ Thị Ước") == {"DO THI UOC"}
    assert after(7, an_entry("AN")) == {None}


def test_8_case_blanks_dots_and_apostrophes() -> None:
    made = names_after(8, "H'Hen Niê")

    assert {"H'HEN NIÊ", "h'hen niê", "H'Hen  Niê", "H'Hen\u00a0Niê", "H'Hen Niê.", "H’Hen Niê", "H Hen Niê"} <= made
    assert len({folded_name(name) for name in made}) == 1


def test_9_family_and_middle_names_are_abbreviated() -> None:
    assert {"Ng. V. An", "Ng~ V. An"} <= names_after(9, "Nguyễn Văn An")
    assert names_after(9, "Lê Minh Tú") == {"Lê M. Tú"}
    assert after(9, an_entry("Ksor Blan")) == {None}


def test_10_the_middle_name_is_missing_or_the_order_swapped() -> None:
    assert names_after(10, "Nguyễn Văn An") == {"Nguyễn An", "An Nguyễn Văn"}
    assert after(10, an_entry("Thuận")) == {None}


def test_11_the_birth_date_is_shortened_defaulted_swapped_or_lunar() -> None:
    made = {e.birth_date for e in after(11, an_entry(born="05/11/1990")) if e}

    assert made == {"1990", "01/01/1990", "11/05/1990", "05/11/90", "05/10/1990"}
    assert {e.birth_date for e in after(11, an_entry(born="31/01/1990")) if e} >= {"28/12/1989"}
    assert {e.birth_date for e in after(11, an_entry(born="1955")) if e} == {"01/01/1955"}


def test_12_the_old_number_or_the_card_of_a_relative() -> None:
    assert {e.paper_no for e in after(12, an_entry()) if e} == {"190009991", "046055009992"}
    assert after(12, an_entry(), Known()) == {None}


def test_13_a_spreadsheet_takes_the_zero_or_all_but_two_digits() -> None:
    assert {e.paper_no for e in after(13, an_entry()) if e} == {"46090009991", "4.6E+10"}
    assert {e.paper_no for e in after(13, an_entry(number="012345678")) if e} == {"12345678"}
    assert after(13, an_entry(number="190009991")) == {None}


def test_14_letters_for_digits_blanks_dots_and_exchanged_neighbours() -> None:
    made = {e.paper_no for e in after(14, an_entry(number="046190123456")) if e}

    assert {"O46190123456", "046I90123456", "046 190 123456", "046.190123456"} <= made
    assert any(sorted(n) == sorted("046190123456") and n != "046190123456" for n in made)
    assert "046190123456" not in made


def test_15_the_list_has_the_sex_or_the_name_from_before() -> None:
    made = after(15, an_entry())

    assert {e.sex for e in made if e} == {"1", "2"}
    assert {e.full_name for e in made if e} == {"Nguyễn Văn An", "Nguyễn Văn Hương"}


def test_16_the_entry_of_a_dead_person_looks_like_any_other() -> None:
    assert after(16, an_entry()) == {an_entry()}


def test_17_the_number_is_that_of_another_or_was_replaced() -> None:
    assert {e.paper_no for e in after(17, an_entry()) if e} == {"046090009993"}
    assert {e.paper_no for e in after(17, an_entry(), Known(stranger="046070009994")) if e} == {"046070009994"}
    assert after(17, an_entry(), Known()) == {None}


def test_18_the_address_stands_in_the_former_units() -> None:
    assert {(e.area_version, e.area_code) for e in after(18, an_entry()) if e} == {("L3-2025", "46.474.19789")}


def test_only_what_happened_is_told_and_a_name_is_in_one_encoding() -> None:
    entry, done = spoiled(an_entry("Thuận"), set(range(1, 19)), KNOWN, random.Random(1))

    assert entry != an_entry("Thuận")
    assert not {9, 10} & set(done)
    assert len({1, 2, 6, 7} & set(done)) == 1
    assert spoiled(an_entry(), set(), KNOWN, random.Random(1)) == (an_entry(), [])


@pytest.fixture(scope="module")
def dirty() -> pl.DataFrame:
    statistics, places = SOURCE.read()
    rates = dict.fromkeys(range(1, 19), 0.05)
    return dirty_list(np.random.default_rng(1), a_province()["persons"], 4000, rates, statistics, places)


def test_every_cause_comes_at_about_its_rate_where_it_can(dirty: pl.DataFrame) -> None:
    told = Counter(int(c) for causes in dirty["causes"] if causes for c in causes.split(";"))

    assert set(told) == set(range(1, 19))
    for cause in (7, 8, 11, 12, 14, 16, 18):  # those that fit nearly everybody
        assert 100 < told[cause] < 300


def test_the_truth_stands_beside_each_line(dirty: pl.DataFrame) -> None:
    persons = a_province()["persons"]
    joined = dirty.join(persons, left_on="true_personal_id", right_on="personal_id", suffix="_true")
    clean = joined.filter(pl.col("causes") == "")
    dead = joined.filter(pl.col("life_status") == "1")

    assert len(joined) == len(dirty)
    assert (clean["full_name"] == clean["full_name_true"]).all()
    assert (clean["paper_no"] == clean["true_personal_id"]).all()
    assert dead["causes"].str.split(";").list.contains("16").all()
    assert (joined["number_state"] == "0").all()
    changed = joined.filter(pl.col("causes") == "7")["full_name"]
    assert len(changed) > 20
    assert all(re.fullmatch(r"[A-Z' ]+", name) for name in changed)


def test_the_same_seed_gives_the_same_list_and_no_phone_or_child_is_in_it(tmp_path: Path) -> None:
    statistics, places = SOURCE.read()
    write_nation(Order(SOURCE, 3000), tmp_path / "n", 1)
    rates = rates_of(statistics, "subscribers")

    wrong = [write_dirty(tmp_path / "n", tmp_path / f"{i}.csv", 1500, 9, rates, statistics, places) for i in range(2)]

    assert (tmp_path / "0.csv").read_bytes() == (tmp_path / "1.csv").read_bytes()
    made = pl.read_csv(tmp_path / "0.csv", infer_schema=False)
    assert len(made) == 1500
    assert made["true_personal_id"].n_unique() == 1500
    assert (made["causes"].fill_null("") != "").sum() == wrong[0]
    assert 0.15 < wrong[0] / 1500 < 0.45


def test_an_unknown_profile_and_an_empty_folder_are_refused(tmp_path: Path) -> None:
    statistics, places = SOURCE.read()
    with pytest.raises(Invalid) as refused:
        rates_of(statistics, "neighbours")
    assert "subscribers" in refused.value.message

    with pytest.raises(NotFound):
        write_dirty(tmp_path, tmp_path / "x.csv", 10, 1, rates_of(statistics, "subscribers"), statistics, places)
