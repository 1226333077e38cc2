"""Names: what counts as the same spelling, what as the same letters, and what is no name."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dancu.kernel.errors import Invalid
from dancu.kernel.names import NAME_LENGTH_MAX, canonical_name, clean_name, folded_name

LETTERS = "aăâbcdđeêghiklmnoôơpqrstuưvxyAĂÂĐÊÔƠƯ"
TONES = ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
words = st.lists(st.tuples(st.sampled_from(LETTERS), st.sampled_from(TONES)), min_size=1, max_size=6).map(
    lambda pairs: unicodedata.normalize("NFC", "".join(letter + tone for letter, tone in pairs))
)
names = st.lists(words, min_size=1, max_size=5).map(" ".join)


@given(names)
def test_composition_case_and_blanks_are_the_same_spelling(name: str):
    for variant in (unicodedata.normalize("NFD", name), name.upper(), f"  {name.replace(' ', '   ')} "):
        assert canonical_name(variant) == canonical_name(name)
        assert folded_name(variant) == folded_name(name)


@given(names, names)
def test_the_same_spelling_has_the_same_letters(one: str, other: str):
    if canonical_name(one) == canonical_name(other):
        assert folded_name(one) == folded_name(other)


@given(names)
def test_a_cleaned_name_is_cleaned_already(name: str):
    assert clean_name(clean_name(name)) == clean_name(name)


@pytest.mark.parametrize(("one", "other"), [("Hoà", "Hòa"), ("Thuý", "Thúy"), ("NGUYỄN", "Nguyễn"), ("Khoẻ", "khỏe")])
def test_the_place_of_the_tone_is_no_difference(one: str, other: str):
    assert canonical_name(one) == canonical_name(other)


@pytest.mark.parametrize(("one", "other"), [("Hòa", "Hóa"), ("Hòa", "Hoa"), ("Đinh", "Dinh"), ("Thư", "Thu"), ("Y Bim", "I Bim")])
def test_another_mark_or_letter_is_another_spelling(one: str, other: str):
    assert canonical_name(one) != canonical_name(other)


@pytest.mark.parametrize("stated", ["TRAN VAN HOA", "TRANVANHOA", "tran  van hoa", "Trần Văn Hóa", "TRẦN-VĂN-HÒA"])
def test_letters_without_marks_and_blanks_agree(stated: str):
    assert folded_name(stated) == folded_name("Trần Văn Hòa")


@pytest.mark.parametrize("name", ["Ksor H'Bia", "Y Ƀhăm Ênuôl", "Nguyễn Thị Ánh-Tuyết", "K’Brếu"])
def test_names_of_all_peoples_are_names(name: str):
    assert clean_name(name) == name
    assert folded_name(name)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "missing"),
        (" \t\n", "missing"),
        ("A" * (NAME_LENGTH_MAX + 1), "length"),
        ("Trần\u0000Hòa", "characters"),
        ("Trần\u202eHòa", "characters"),
        ("Trần \ud800", "characters"),
        ("123 456", "letters"),
    ],
)
def test_what_is_no_name_is_said_so(text: str, code: str):
    with pytest.raises(Invalid) as refused:
        clean_name(text)

    assert refused.value.code == f"full_name.{code}"
    assert refused.value.field == "full_name"
    assert refused.value.message
