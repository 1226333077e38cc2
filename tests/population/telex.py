"""A Telex engine as it sits between a scanner and a page: it sees ASCII keys only and rewrites the word it is in.

Written for the tests from the rules people learn (s f r x j for tones, aa ee oo dd, w), not from the product.
"""

from __future__ import annotations

import unicodedata

TONES = {"s": "\u0301", "f": "\u0300", "r": "\u0309", "x": "\u0303", "j": "\u0323"}
VOWELS = "aeiouy"
CIRCUMFLEX, BREVE, HORN = "\u0302", "\u0306", "\u031b"


def typed_through_telex(text: str) -> str:
    """What arrives when a scanner types `text` while Telex is on. Letters that are no ASCII keys end the word."""
    done, word = "", []  # a letter of the word: [base, shape, tone]
    for char in text:
        if not (char.isascii() and char.isalpha()):
            done, word = done + _spell(word) + char, []
        elif not _rewrites(word, char):
            word.append([char, "", ""])
    return done + _spell(word)


def _rewrites(word: list[list[str]], key: str) -> bool:
    low = key.lower()
    vowels = [letter for letter in word if letter[0].lower() in VOWELS]
    if low in TONES and vowels:
        # The tone sits on the shaped vowel, else on the last but one of two open vowels, else on the last.
        letter = next((v for v in vowels if v[1]), vowels[-1])
        letter[2] = TONES[low]
        return True
    if low in "aeo" and vowels and vowels[-1][0].lower() == low and not vowels[-1][1]:
        vowels[-1][1] = CIRCUMFLEX
        return True
    if low == "d" and word and word[0][0].lower() == "d" and len(word) == 1:
        word[0][0] = "Đ" if word[0][0].isupper() else "đ"
        return True
    if low == "w":
        target = next((v for v in reversed(vowels) if v[0].lower() in "aou" and not v[1]), None)
        if target is None:
            word.append(["U" if key.isupper() else "u", HORN, ""])
        else:
            target[1] = BREVE if target[0].lower() == "a" else HORN
        return True
    return False


def _spell(word: list[list[str]]) -> str:
    return unicodedata.normalize("NFC", "".join("".join(letter) for letter in word))
