"""How lists kept elsewhere differ from the register: eighteen causes, each a pure function from an entry to a spoiled one.

A cause answers None where it cannot apply (no marks to lose, no old number to give), so that the truth column names only what
really happened.
"""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import NamedTuple

_TONES = "\u0300\u0301\u0303\u0309\u0323"
_YEAR_FIRST = re.compile(r"(\d{2})/(\d{2})/(\d{4})")


class Entry(NamedTuple):
    """A line of somebody's list (*một dòng trong danh sách đối chiếu*)."""

    paper_no: str
    full_name: str
    birth_date: str  # dd/mm/yyyy, mm/yyyy or yyyy
    sex: str
    area_version: str
    area_code: str


class Known(NamedTuple):
    """What the register knows besides, and a mistake may draw on."""

    old_id_no: str = ""
    relatives: tuple[str, ...] = ()  # personal numbers
    former_number: str = ""  # replaced by the present one
    stranger: str = ""  # number of somebody else
    older_code: str = ""  # the commune in the three-level list
    other_name: str = ""  # a given name of the same sex
    tcvn3: Mapping[str, str] = {}
    vni: Mapping[str, str] = {}


Cause = Callable[[Entry, Known, random.Random], Entry | None]


def decomposed(entry: Entry, known: Known, chance: random.Random) -> Entry | None:
    """1: letters and marks apart, in the canonical or the typed order of marks."""
    name = unicodedata.normalize("NFD", entry.full_name)
    if chance.random() < 0.3:
        # As typed: the shape of the vowel first, then the tone; canonical order has the dot below first.
        name = re.sub("(\u0323)([\u0302\u0306\u031b])", r"\2\1", name)
    return _renamed(entry, name)


def half_composed(entry: Entry, known: Known, chance: random.Random) -> Entry | None:
    """2: Windows-1258, the vowel composed and the tone apart."""
    return _renamed(entry, "".join(map(_half, entry.full_name)))


def _half(letter: str) -> str:
    apart = unicodedata.normalize("NFD", letter)
    tones = "".join(c for c in apart if c in _TONES)
    return unicodedata.normalize("NFC", "".join(c for c in apart if c not in _TONES)) + tones


def look_alike(entry: Entry, known: Known, chance: random.Random) -> Entry | None:
    """3: another letter of the same look: Icelandic and African Đ, Cyrillic or full-width letters."""
    choices = [{"Đ": "Ð", "đ": "ð"}, {"Đ": "Ɖ", "đ": "ɖ"}, {"a": "а", "o": "о", "e": "е", "T": "Т"}, {"n": "ｎ", "N": "Ｎ"}]
    fitting = [c for c in choices if set(c) & set(entry.full_name)]
    if not fitting:
        return None
    look = chance.choice(fitting)
    return _renamed(entry, "".join(look.get(letter, letter) for letter in entry.full_name))


_OPEN: dict[str, str] = {}
for _first, _second in ("oa", "oe", "uy"):
    for _tone in _TONES:
        _pair = (unicodedata.normalize("NFC", _first + _tone) + _second, _first + unicodedata.normalize("NFC", _second + _tone))
        _OPEN[_pair[0]], _OPEN[_pair[1]] = _pair[1], _pair[0]


def tone_placement(entry: Entry, known: Known, chance: random.Random) -> Entry | None:
    """4: hòa or hoà, in open syllables only; after q the u belongs to the consonant."""
    return _renamed(entry, " ".join(_moved_tone(word) for word in entry.full_name.split(" ")))


def _moved_tone(word: str) -> str:
    ending = word[-2:]
    return word[:-2] + _OPEN[ending] if ending in _OPEN and word[-3:-2].lower() != "q" else word


_I_Y = dict(zip("yýỳỷỹỵiíìỉĩị", "iíìỉĩịyýỳỷỹỵ", strict=True))
_ALONE = re.compile(r"^(?:[hklmst]|qu)[yýỳỷỹỵiíìỉĩị]$", re.IGNORECASE)


def i_or_y(entry: Entry, known: Known, chance: random.Random) -> Entry | None:
    """5: Lý or Lí, Mỹ or Mĩ, Quý or Quí; never in Thúy or Thúi, which differ."""
    words = [w[:-1] + _I_Y[w[-1]] if _ALONE.match(w) else w for w in entry.full_name.split(" ")]
    return _renamed(entry, " ".join(words))


def legacy_encoding(entry: Entry, known: Known, chance: random.Random) -> Entry | None:
    """6: TCVN3 or VNI bytes read as if they were something else: `NguyÔn V¨n An`, `Nguyeãn Vaên An`."""
    letters = chance.choice([known.tcvn3, known.vni])
    # TCVN3 had no capital vowels with tones; their small codes were shown by a font of capitals.
    return _renamed(entry, "".join(letters.get(c) or letters.get(c.lower()) or c for c in entry.full_name))


def no_marks(entry: Entry, known: Known, chance: random.Random) -> Entry | None:
    """7: capitals without marks."""
    apart = unicodedata.normalize("NFD", entry.full_name.replace("đ", "d").replace("Đ", "D"))
    plain = "".join(c for c in apart if not unicodedata.combining(c))
    return _renamed(entry, plain.upper()) if plain != entry.full_name else None


def blanks_and_case(entry: Entry, known: Known, chance: random.Random) -> Entry | None:
    """8: case, double and odd blanks, a dot at the end, other apostrophes."""
    name = entry.full_name
    spoiled = [name.upper(), name.lower(), name.replace(" ", "  ", 1), name.replace(" ", "\u00a0", 1), name + ".", f" {name} "]
    spoiled += [name.replace(" ", " \u200b", 1), name.replace("'", "\u2019"), name.replace("'", " ")]
    return _renamed(entry, chance.choice([s for s in spoiled if s != name]))


_SHORT = {
    "Nguyễn": ("Ng.", "Ng~", "Ngyễn"),
    "Trần": ("Tr.",),
    "Phạm": ("P.", "Ph."),
    "Hoàng": ("H.",),
    "Huỳnh": ("H.",),
    "Đặng": ("Đ.",),
}


def abbreviated(entry: Entry, known: Known, chance: random.Random) -> Entry | None:
    """9: `Ng. V. An`."""
    words = entry.full_name.split(" ")
    if len(words) < 3:
        return None
    words[0] = chance.choice(_SHORT.get(words[0], (words[0],)))
    if words[1] in ("Văn", "Thị", "Hữu", "Đình") or words[0] == entry.full_name.split(" ")[0]:
        words[1] = f"{words[1][0]}."
    return _renamed(entry, " ".join(words))


def words_missing_or_swapped(entry: Entry, known: Known, chance: random.Random) -> Entry | None:
    """10: the middle name missing, or the given name first."""
    words = entry.full_name.split(" ")
    if len(words) < 2:
        return None
    swapped = [words[-1], *words[:-1]]
    return _renamed(entry, " ".join(chance.choice([swapped, [words[0], *words[2:]] if len(words) > 2 else swapped])))


def birth_date(entry: Entry, known: Known, chance: random.Random) -> Entry | None:
    """11: year only, 01/01, day and month swapped, two digits of the year, the lunar date a month behind."""
    if not (found := _YEAR_FIRST.fullmatch(entry.birth_date)):
        return entry._replace(birth_date=f"01/01/{entry.birth_date[-4:]}")
    day, month, year = found.groups()
    behind = (int(month) - 2) % 12 + 1
    spoiled = [
        year,
        f"01/01/{year}",
        f"{day}/{month}/{year[2:]}",
        f"{min(int(day), 28):02d}/{behind:02d}/{year if behind < 12 else int(year) - 1}",
    ]
    if int(day) <= 12 and day != month:
        spoiled.append(f"{month}/{day}/{year}")
    return _changed(entry, entry._replace(birth_date=chance.choice([s for s in spoiled if s != entry.birth_date])))


def other_paper(entry: Entry, known: Known, chance: random.Random) -> Entry | None:
    """12: the old nine-digit number, or the card of a relative."""
    numbers = [known.old_id_no] * 4 if known.old_id_no else []
    numbers += [chance.choice(known.relatives)] if known.relatives else []
    return entry._replace(paper_no=chance.choice(numbers)) if numbers else None


def leading_zero_lost(entry: Entry, known: Known, chance: random.Random) -> Entry | None:
    """13: a spreadsheet took the number for a quantity."""
    if not entry.paper_no.startswith("0"):
        return None
    short = str(int(entry.paper_no))
    as_quantity = len(short) > 10 and chance.random() < 0.15
    return entry._replace(paper_no=f"{int(entry.paper_no):.1E}" if as_quantity else short)


def digits_mistyped(entry: Entry, known: Known, chance: random.Random) -> Entry | None:
    """14: O for 0, I for 1, blanks and dots, two neighbours exchanged."""
    number = entry.paper_no
    at = chance.randrange(len(number) - 1)
    swapped = number[:at] + number[at + 1] + number[at] + number[at + 2 :]
    spoiled = [
        number.replace("0", "O", 1),
        number.replace("1", "I", 1),
        f"{number[:3]} {number[3:6]} {number[6:]}",
        f"{number[:3]}.{number[3:]}",
        swapped,
    ]
    return entry._replace(paper_no=chance.choice([s for s in spoiled if s != number]))


def legally_changed(entry: Entry, known: Known, chance: random.Random) -> Entry | None:
    """15: the list has the sex or the name from before it was changed."""
    if chance.random() < 0.2 or not known.other_name:
        return entry._replace(sex=str(3 - int(entry.sex)))
    return _renamed(entry, " ".join([*entry.full_name.split(" ")[:-1], known.other_name]))


def dead_still_active(entry: Entry, known: Known, chance: random.Random) -> Entry | None:
    """16: nothing changes in the entry; the person it names is dead, which is seen to when entries are chosen."""
    return entry


def number_of_another(entry: Entry, known: Known, chance: random.Random) -> Entry | None:
    """17: the number of somebody else, or the number that was replaced."""
    numbers = [n for n in (known.former_number, known.stranger) if n]
    return entry._replace(paper_no=numbers[0]) if numbers else None


def former_unit(entry: Entry, known: Known, chance: random.Random) -> Entry | None:
    """18: the address stands in the units before 1 July 2025."""
    return entry._replace(area_version="L3-2025", area_code=known.older_code) if known.older_code else None


CAUSES: dict[int, Cause] = {
    number: cause
    for number, cause in enumerate(
        (
            decomposed,
            half_composed,
            look_alike,
            tone_placement,
            i_or_y,
            legacy_encoding,
            no_marks,
            blanks_and_case,
            abbreviated,
            words_missing_or_swapped,
            birth_date,
            other_paper,
            leading_zero_lost,
            digits_mistyped,
            legally_changed,
            dead_still_active,
            number_of_another,
            former_unit,
        ),
        start=1,
    )
}
DEAD_STILL_ACTIVE = 16
# Facts first, then words, then letters, digits last: later ones spoil what earlier ones wrote, as in the field.
_ORDER = (16, 15, 17, 12, 18, 11, 10, 9, 5, 4, 3, 7, 8, 6, 2, 1, 14, 13)
# A text is in one encoding only.
_EXCLUDED = {6: {7, 3}, 2: {6, 7}, 1: {2, 6, 7}, 13: {14}}


def spoiled(entry: Entry, causes: set[int], known: Known, chance: random.Random) -> tuple[Entry, list[int]]:
    """The entry after the causes, and those that really changed it (*bản ghi có sai lệch*)."""
    done: list[int] = []
    for number in _ORDER:
        if number in causes and not _EXCLUDED.get(number, set()) & set(done):
            after = CAUSES[number](entry, known, chance)
            if after is not None:
                entry = after
                done.append(number)
    return entry, sorted(done)


def _renamed(entry: Entry, name: str) -> Entry | None:
    return _changed(entry, entry._replace(full_name=name))


def _changed(before: Entry, after: Entry) -> Entry | None:
    return after if after != before else None
