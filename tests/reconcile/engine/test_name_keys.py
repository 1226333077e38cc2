"""The compiled key of a name is the definition's, for every spelling; and two keys agree exactly where the names do."""

from __future__ import annotations

import random
import subprocess
import sys
import unicodedata

import numpy as np
import pytest

from dancu.kernel.names import canonical_name
from dancu.reconcile.engine.name_keys import NameKey, hash_units, key_of_text, keys_of_column
from tests.reconcile.engine.columns import KEY, column

NAMES = (
    "Nguyễn Văn An", "Trần Thị Thùy Linh", "H'Hen Niê", "Ksor Y Blan", "Lê Hoàng Quý", "LÊ HOÀ", "Phạm Thị Hường", "Võ Ngọc Ánh",
    "Đỗ Ước Nguyện", "Y Ƀlam Êban", "Müller Straße", "Ngô\u00a0Bảo  Châu ", "", " ", "K'Brêu", "Ḱatơr", "ﬁ", "Ｎguyễn", "𝒩",
    "Ánh.", "Trần Văn Ba 2", "ŵ", "İ",
)  # fmt: skip
PIECES = (
    "a", "ă", "â", "e", "ê", "i", "o", "ô", "ơ", "u", "ư", "y", "đ", "Đ", "n", "g", " ", "\u00a0", "\u200b", "'", "’",
    "\u0300", "\u0301", "\u0303", "\u0309", "\u0323", "\u0302", "\u0306", "\u031b", "ấ", "Ệ", "ỵ", "1", "5", "ñ",
)  # fmt: skip


def spelled(name: str, chance: random.Random) -> str:
    ways = (str.upper, str.lower, lambda n: unicodedata.normalize("NFD", n), lambda n: n.replace(" ", "  "), lambda n: n)
    return chance.choice(ways)(name)


def test_the_compiled_key_is_the_definitions_for_every_spelling() -> None:
    chance = random.Random(7)
    names = [spelled(chance.choice(NAMES), chance) for _ in range(3000)]
    names += ["".join(chance.choice(PIECES) for _ in range(chance.randint(0, 14))) for _ in range(20_000)]

    keys = keys_of_column(*column(names), KEY)

    assert [name for name, key in zip(names, keys, strict=True) if int(key) != key_of_text(name, KEY)] == []


def test_names_have_one_key_exactly_where_their_canonical_forms_are_one() -> None:
    chance = random.Random(8)
    names = [spelled("".join(chance.choice(PIECES) for _ in range(chance.randint(1, 5))), chance) for _ in range(20_000)]

    keys = [int(key) for key in keys_of_column(*column(names), KEY)]

    forms = {canonical_name(name): key for name, key in zip(names, keys, strict=True)}
    assert len(set(forms.values())) == len(forms)
    assert all(forms[canonical_name(name)] == key for name, key in zip(names, keys, strict=True))


@pytest.mark.parametrize(
    ("first", "second"),
    [("Nguyễn Văn Hoà", "NGUYỄN VĂN HÒA"), ("Trần  Thuý", "Trần Thúy"), ("Lê Ánh", unicodedata.normalize("NFD", "lê ánh"))],
)
def test_case_composition_blanks_and_tone_placement_do_not_count(first: str, second: str) -> None:
    one, other = keys_of_column(*column([first, second]), KEY)

    assert one == other


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Trần Thị Hoa", "Trần Thị Hòa"),
        ("Trần Thị Tam", "Trần Thị Tâm"),
        ("Đặng Văn Đô", "Đặng Văn Độ"),
        ("Nguyễn Văn An", "Nguyễn Vân An"),
        ("Nguyễn Thị Thúy", "Nguyễn Thị Thúi"),
        ("Nguyễn Văn An", "Nguyễn An"),
        ("Lê Mỹ", "Lê Mĩ"),
        ("Đinh", "Dinh"),
    ],
)
def test_a_letter_or_a_mark_makes_another_key(first: str, second: str) -> None:
    one, other = keys_of_column(*column([first, second]), KEY)

    assert one != other


def test_another_key_of_the_installation_makes_other_keys_of_every_name() -> None:
    names = column(["Nguyễn Văn An", "Trần Thị Bình"])

    assert not set(keys_of_column(*names, KEY)) & set(keys_of_column(*names, NameKey(1, 2)))
    assert NameKey.from_bytes(bytes(range(16))) == NameKey(0x0706050403020100, 0x0F0E0D0C0B0A0908)


@pytest.mark.skipif(sys.hash_info.algorithm != "siphash13", reason="this Python hashes otherwise")
def test_the_hash_is_the_siphash_python_itself_uses() -> None:
    """With PYTHONHASHSEED=0 its key is zero."""
    text = "nguyên4 văn an".encode("utf-16-le")
    units = np.frombuffer(text, np.uint16).copy()
    command = [sys.executable, "-c", f"print(hash({text!r}) & (1 << 64) - 1)"]
    said = subprocess.run(command, env={"PYTHONHASHSEED": "0"}, capture_output=True, text=True, check=True)

    assert int(hash_units(units, len(units), 0, 0)) == int(said.stdout)


def test_halves_of_a_key_are_large_numbers_also_behind_one_whose_halves_are_small() -> None:
    """In a process of its own: which kinds of numbers the compiled hash met first is what it went wrong by."""
    program = "from dancu.reconcile.engine.name_keys import NameKey, key_of_text; "
    program += "[key_of_text('a', NameKey(1, second)) for second in (2, 2**64 - 1)]"

    made = subprocess.run([sys.executable, "-c", program], check=False)

    assert made.returncode == 0
