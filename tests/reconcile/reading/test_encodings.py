"""Letters of old alphabets: whole files, columns, single cells. What is right is never changed."""

from __future__ import annotations

import random
import subprocess
import unicodedata
from functools import cache

import pytest

from dancu.kernel.names import canonical_name
from dancu.reconcile.reading.encodings import (
    Encoding,
    Legacy,
    converted,
    decoded,
    detect_bytes,
    detect_texts,
    from_vni,
    legacy_name,
)
from dancu.reconcile.reading.legacy_tables import tcvn3_letters, viscii_table, vni_letters
from dancu.reconcile.reading.syllables import is_syllable, share_of_syllables, words_of
from dancu.reconcile.reading.vni_bytes import vni_to_utf_8
from dancu.synth.api import read_statistics
from dancu.synth.errors import Entry, Known, legacy_encoding
from tests.reconcile.reading.lists import PEOPLE, as_tcvn3, as_viscii, as_vni, as_windows_1258, csv_text
from tests.synth.nations import a_province

TABLE = read_statistics().table("legacy_letters")
TCVN3, VNI = ({a: b for a, b in TABLE.select("letter", column).iter_rows() if b} for column in ("tcvn3", "vni"))
WRITTEN = {
    Encoding.UTF_16_LE: lambda text: text.encode("utf-16-le"),
    Encoding.UTF_16_BE: lambda text: text.encode("utf-16-be"),
    Encoding.TCVN3: as_tcvn3,
    Encoding.VNI: as_vni,
    Encoding.VISCII: as_viscii,
    Encoding.WINDOWS_1258: as_windows_1258,
    Encoding.UTF_8: str.encode,
}


@cache
def names() -> tuple[str, ...]:
    """Of a simulated province, and every name of other peoples the nation is drawn from."""
    drawn = set(a_province()["persons"]["full_name"].to_list())
    others = [*read_statistics().table("minority_names")["name"], *read_statistics().table("family_names")["name"]]
    chance = random.Random(8)
    mixed = {" ".join(chance.choices(others, k=chance.choice((1, 2, 3)))) for _ in range(4000)}
    return tuple(sorted(drawn | mixed))


def test_the_tables_are_those_errors_are_planted_with() -> None:
    assert {code: letter for letter, code in TCVN3.items()} == {chr(c): letter for c, letter in tcvn3_letters().items()}
    assert {pair: vni_letters().get(pair) for pair in VNI.values()} == {pair: letter for letter, pair in VNI.items()}


def test_viscii_has_every_vietnamese_letter_once_and_agrees_with_the_machine() -> None:
    table = viscii_table()

    assert len(set(table)) == 256
    assert set(TABLE["letter"]) <= set(table)
    told = subprocess.run(["iconv", "-f", "VISCII", "-t", "UTF-8"], input=bytes(range(256)), capture_output=True, check=False)
    assert told.returncode != 0 or told.stdout.decode() == table


@pytest.mark.parametrize("encoding", WRITTEN)
def test_the_encoding_of_a_file_is_told_and_every_name_comes_back(encoding: Encoding) -> None:
    text = csv_text()

    data = WRITTEN[encoding](text)

    assert detect_bytes(data) is encoding
    assert canonical_name(decoded(data, encoding)) == canonical_name(text)


def test_the_compiled_reader_of_vni_says_the_same_as_the_definition() -> None:
    every_pair = bytes(byte for first in range(256) for second in range(256) for byte in (first, second, 32))

    for data in (every_pair, every_pair[1:], as_vni(csv_text()), b"", b"a"):
        assert vni_to_utf_8(data).decode() == from_vni(data.decode("latin-1"))


def test_a_damaged_line_does_not_make_a_file_legacy_and_a_western_file_is_none_of_ours() -> None:
    lines = [",".join(PEOPLE[0]).encode()] * 100

    damaged = b"\n".join([*lines, b"\xc3(,\xff"])
    western = "Müller,Jérôme,Ångström,Citroën,Çelik".encode("latin-1")

    assert detect_bytes(damaged) is Encoding.UTF_8
    assert detect_bytes(western) is None


@pytest.mark.parametrize(
    ("written", "meant", "which"),
    [
        ("NguyÔn V¨n An", "Nguyễn Văn An", Legacy.TCVN3),
        ("TRÇN THÞ H\u00adêNG", "TRẦN THỊ HƯỜNG", Legacy.TCVN3),
        ("Nguyeãn Vaên Sôn", "Nguyễn Văn Sơn", Legacy.VNI),
        ("Ñaëng Thò Aùnh", "Đặng Thị Ánh", Legacy.VNI),
        ("Nguyá»…n VÄƒn Äáº¡t", "Nguyễn Văn Đạt", Legacy.MOJIBAKE),
        ("Phạm Văn Đô".encode().decode("latin-1"), "Phạm Văn Đô", Legacy.MOJIBAKE),
        ("NguyêÞn Thu", "Nguyễn Thu", Legacy.WINDOWS_1258),
    ],
)
def test_a_single_cell_is_healed(written: str, meant: str, which: Legacy) -> None:
    # The two bytes Windows does not show are kept by programs as control characters.
    healed = legacy_name(written.replace("Äáº¡t", "Ä\x90áº¡t"))

    assert healed == (meant, which)


@pytest.mark.parametrize("form", [str, str.upper, str.lower, lambda name: unicodedata.normalize("NFD", name)])
def test_a_right_name_is_never_made_another(form) -> None:  # type: ignore[no-untyped-def]
    changed = [
        name for name in map(form, names()) if (healed := legacy_name(name)) and canonical_name(healed[0]) != canonical_name(name)
    ]

    assert len(names()) > 5000
    assert changed == []


def test_planted_cells_come_back_or_stay_as_they_are() -> None:
    chance, known = random.Random(3), Known(tcvn3=TCVN3, vni=VNI)
    planted = [(name, legacy_encoding(Entry("1", name, "", "1", "", ""), known, chance)) for name in names()]
    spoiled = [(name, entry.full_name) for name, entry in planted if entry is not None]

    healed = [(name, found[0]) for name, text in spoiled if (found := legacy_name(text))]

    assert [pair for pair in healed if canonical_name(pair[0]) != canonical_name(pair[1])] == []
    assert len(healed) > 0.85 * len(spoiled)


@pytest.mark.parametrize("text", ["", "An", "NGUYEN VAN AN", "Nguyễn Văn An", "H'Hen Niê", "Müller", "☎ 0912", "Ksor Y Blŭn"])
def test_what_nobody_can_tell_is_left_alone(text: str) -> None:
    assert legacy_name(text) is None


def test_a_column_is_told_by_most_of_its_values_and_then_converted_whole() -> None:
    column = [as_tcvn3(name).decode("latin-1") for _number, name, _date in PEOPLE] + ["Lª V¨n Sòng", "Sang"]

    assert detect_texts(column) is Legacy.TCVN3
    assert converted("Vò", Legacy.TCVN3) == "Vũ"  # alone it could be a name as it stands
    assert detect_texts([name for _number, name, _date in PEOPLE]) is None
    assert detect_texts([unicodedata.normalize("NFD", name) for _number, name, _date in PEOPLE]) is Legacy.NFD
    assert detect_texts([*[name for _n, name, _d in PEOPLE], "NguyÔn V¨n An"]) is None


def test_converting_leaves_what_was_never_in_those_letters() -> None:
    assert converted("Nguyễn", Legacy.TCVN3) == "Nguyễn"
    assert converted("Nguyễn", Legacy.MOJIBAKE) == "Nguyễn"


@pytest.mark.parametrize(
    "word", ["nguyễn", "Đắk", "Quốc", "giàng", "khuyển", "thuở", "Ích", "nghiêng", "quyết", "ỷ", "yến", "gì", "khoắt", "hoà", "hòa"]
)
def test_syllables_are_known(word: str) -> None:
    assert is_syllable(word)


@pytest.mark.parametrize("word", ["nguyôn", "vaên", "trçn", "quoác", "hoàc", "leâ", "£m", "V¨n", "tót̀", "àa"])
def test_other_words_are_no_syllables(word: str) -> None:
    assert not is_syllable(word)


def test_the_share_counts_words_with_marks_only() -> None:
    assert share_of_syllables(words_of("Nguyễn V¨n An")) == 0.5
    assert share_of_syllables(["An"]) == 0.0
