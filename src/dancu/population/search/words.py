"""The words of the nation's names in memory, and which of them are one typing error away from a word. Pure.

Deletions of one letter meet in a dictionary (W. Garbe, SymSpell, 2012): no word is compared with all others.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

NEAR_MAX = 64
SEGMENT_LETTERS_MIN = 5
SEGMENT_LETTERS_MAX = 40
_TELEX_DOUBLES = re.compile(r"(aa|ee|oo|dd)")
_TELEX_TONE = re.compile(r"(?<=[aeiouy])([bcdghklmnpqtvw]*)[sfrxj]$")


class NameWords:
    """Folded words of names with how many persons carry each (*từ điển từ trong họ tên*)."""

    def __init__(self, persons_by_word: Mapping[str, int]) -> None:
        self._persons = dict(persons_by_word)
        self._by_deletion: dict[str, list[str]] = {}
        self._total = sum(self._persons.values()) or 1
        for word in self._persons:
            for short in deletions(word):
                self._by_deletion.setdefault(short, []).append(word)

    def __contains__(self, word: str) -> bool:
        return word in self._persons

    def __len__(self) -> int:
        return len(self._persons)

    def has(self, persons_by_word: Mapping[str, int]) -> bool:
        """Whether these are the words it knows: then nothing is built anew."""
        return self._persons.keys() == persons_by_word.keys()

    def near(self, word: str) -> list[str]:
        """Known words one typing error away, or what is left of it without telex keys; frequent first, at most `NEAR_MAX`."""
        found = {known for short in (word, *deletions(word)) for known in self._by_deletion.get(short, ())}
        found.update(short for short in deletions(word) if short in self._persons)
        near = {known for known in found if is_one_error(word, known)}
        near.update(plain for plain in telex_readings(word) if plain in self._persons)
        near.discard(word)
        return sorted(near, key=lambda known: (-self._persons[known], known))[:NEAR_MAX]

    def segmented(self, word: str) -> list[str]:
        """The likeliest known words an unknown word is made of: `tranvanhoa` → tran, van, hoa; empty when there are none."""
        if word in self._persons or not SEGMENT_LETTERS_MIN <= len(word) <= SEGMENT_LETTERS_MAX:
            return []
        best: list[tuple[float, int]] = [(0.0, 0)] + [(-math.inf, 0)] * len(word)
        for end in range(1, len(word) + 1):
            for start in range(max(0, end - 8), end):
                persons = self._persons.get(word[start:end])
                if persons and best[start][0] > -math.inf:
                    likelihood = best[start][0] + math.log(persons / self._total)
                    best[end] = max(best[end], (likelihood, start))
        if best[-1][0] == -math.inf:
            return self._split_with_error(word)
        parts, end = [], len(word)
        while end:
            start = best[end][1]
            parts.append(word[start:end])
            end = start
        return parts[::-1] if len(parts) > 1 else []

    def _split_with_error(self, word: str) -> list[str]:
        """Two joined words of which one has a typing error, as typed: `vabhau` → vab, hau."""
        splits: list[tuple[int, list[str]]] = []
        for at in range(2, len(word) - 1):
            left, right = word[:at], word[at:]
            for exact, wrong in ((left, right), (right, left)):
                if exact in self._persons and (near := self.near(wrong)):
                    splits.append((min(self._persons[exact], self._persons[near[0]]), [left, right]))
        return max(splits, default=(0, []))[1]


def deletions(word: str) -> set[str]:
    return {word[:at] + word[at + 1 :] for at in range(len(word))}


def is_one_error(typed: str, known: str) -> bool:
    """One letter changed, added or left out, or two neighbours exchanged (Damerau 1964); False for equal words."""
    if typed == known or abs(len(typed) - len(known)) > 1:
        return False
    at = next((i for i, (a, b) in enumerate(zip(typed, known, strict=False)) if a != b), min(len(typed), len(known)))
    if len(typed) == len(known):
        if typed[at + 1 :] == known[at + 1 :]:
            return True
        return typed[at + 2 :] == known[at + 2 :] and typed[at : at + 2] == known[at : at + 2][::-1]
    longer, shorter = (typed, known) if len(typed) > len(known) else (known, typed)
    return longer[at + 1 :] == shorter[at:]


@lru_cache(maxsize=4096)
def telex_readings(word: str) -> frozenset[str]:
    """What a word may be once the keys of the telex input method are taken out: `nguyeenx` → nguyen, `hoaf` → hoa."""
    plain = _TELEX_DOUBLES.sub(lambda found: found.group()[0], word)
    readings = {plain, _TELEX_TONE.sub(r"\1", plain)}
    readings |= {reading.replace("w", "") for reading in readings}
    return frozenset(readings) - {"", word}


def readings_of(words: Iterable[str], known: NameWords) -> list[tuple[str, ...]]:
    """The words as typed, and where one is unknown a second reading with words split or joined (*cách đọc tên*)."""
    typed = tuple(words)
    mended: list[str] = []
    for word in typed:
        if mended and (word not in known or mended[-1] not in known) and mended[-1] + word in known:
            mended[-1] += word
        else:
            mended += known.segmented(word) or [word]
    return [typed] if tuple(mended) == typed else [typed, tuple(mended)]
