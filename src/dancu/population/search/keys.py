"""How a person is filed without her number: 32-bit keys of name words, whole name, birthday and province, each with the year.

No posting list of a frequent word grows with the nation as a whole: the year is part of every key. Pure.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dancu.kernel.dates import PartialDate
from dancu.kernel.names import folded_name

_SUCCESSORS = Path(__file__).parents[1] / "data" / "province_successors.csv"
_DAY = "d:"


class Key(NamedTuple):
    """One thing a person is filed under (*khóa tra cứu*): a text with its kind, and the year or the day."""

    text: str
    number: int


def word_key(word: str, year: int) -> Key:
    return Key("w:" + word, year)


def whole_key(joined: str, year: int) -> Key:
    """The whole name without blanks: finds names whose words were joined or split otherwise."""
    return Key("n:" + joined, year)


def day_key(year: int, month: int, day: int) -> Key:
    return Key(_DAY, (year * 16 + month) * 32 + day)


def place_key(province: str, year: int) -> Key:
    return Key("p:" + province, year)


def folded_words(name: str) -> list[str]:
    """Words without marks and case, in their order."""
    return [folded for word in name.split() if (folded := _folded(word))]


_folded = lru_cache(maxsize=131072)(folded_name)  # a nation's names are made of few words


def name_texts(names: Iterable[str]) -> list[str]:
    """Texts a person's names are filed under: each word, each whole name; nothing twice."""
    texts: dict[str, None] = {}
    for name in names:
        words = folded_words(name)
        if words:
            for word in words:
                texts["w:" + word] = None
            texts["n:" + "".join(words)] = None
    return list(texts)


def keys_of(names: Iterable[str], born: PartialDate, province: str) -> list[int]:
    """Everything one person is filed under. `names`: full name and other name; `province` of today's list, may be empty."""
    keys = [Key(text, born.year) for text in name_texts(names)]
    keys.append(day_key(born.year, born.month, born.day))
    if province:
        keys.append(place_key(province, born.year))
    return hashed(keys)


def hashed(keys: Sequence[Key]) -> list[int]:
    """The 32-bit form of keys, signed as `int4` is."""
    texts = np.array([text_hash(key.text) for key in keys], dtype=np.uint64)
    numbers = np.array([key.number for key in keys], dtype=np.uint64)
    found: list[int] = mixed(texts, numbers).tolist()
    return found


def text_hash(text: str) -> int:
    """64 bits of BLAKE2b: the same in every process and on every machine."""
    return _word_hash(text) if text.startswith("w:") else _hash(text)


def _hash(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest())


_word_hash = lru_cache(maxsize=131072)(_hash)  # whole names are too many to be met again


def mixed(texts: NDArray[np.uint64], numbers: NDArray[np.uint64]) -> NDArray[np.int32]:
    """Text and number in one 32-bit value, element by element (finaliser of SplitMix64, Steele et al. 2014)."""
    value = texts ^ (numbers * np.uint64(0x9E3779B97F4A7C15))
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    value ^= value >> np.uint64(31)
    keys: NDArray[np.int32] = value.astype(np.uint32).view(np.int32)
    return keys


@cache
def _successors() -> dict[str, str]:
    with _SUCCESSORS.open(encoding="utf-8", newline="") as file:
        return {row["code"]: row["successor"] for row in csv.DictReader(file)}


def province_today(version: str, code: str) -> str:
    """Two digits of today's list for a dotted code of any list (*tỉnh hiện nay*); empty where nothing is known.

    The three-level lists had 63 provinces (Resolution 202/2025/QH15 joined them into 34); a code may mean another
    province in the new list, so the version decides.
    """
    province = code.partition(".")[0]
    successors = _successors()
    if version.startswith("L3"):
        return successors.get(province, "")
    return province if province in successors.values() else ""
