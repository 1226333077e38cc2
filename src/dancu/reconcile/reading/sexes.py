"""What digits in a column of sexes mean, told for a whole list from its first rows, so that nobody reads them in two ways. Pure.

Lists of the health and social insurance write 1 and 2, as does ISO 5218, whose 0 is `not known`: a column with a 2 is one of these.
Lists from databases write 0 and 1, some with 1 for men and some with 1 for women: that is told by the personal numbers beside
them, whose fourth digit is even for men. Where they do not tell it, such a digit says nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

MEN, WOMEN = "Nam", "Nữ"
USUAL: Mapping[str, str] = {"1": MEN, "2": WOMEN}
TOLD_MIN, SHARE_MIN = 10, 0.9  # of so many numbers so many must say the same
_DOUBTFUL = ("0", "1")


def code_in(text: str) -> str:
    """The digit that stands for a sex, 01 as 1; empty for anything else."""
    code = text.strip().lstrip("0") or text.strip()[-1:]
    return code if len(code) == 1 and code.isascii() and code.isdigit() else ""


def codes_of(rows: Iterable[tuple[str, str]]) -> Mapping[str, str]:
    """What each digit means, by rows of sex and personal number (*quy ước mã giới tính*); of one that is left out nobody knows."""
    found = [(code, number) for sex, number in rows if (code := code_in(sex))]
    seen = {code for code, _number in found}
    if "2" in seen:
        return USUAL
    said = [(code == "1") == is_man for code, number in found if code in _DOUBTFUL and (is_man := _is_man(number)) is not None]
    share = sum(said) / len(said) if len(said) >= TOLD_MIN else 0.5
    if share >= SHARE_MIN:
        return {code: words for code, words in (("0", WOMEN), ("1", MEN)) if code in seen}
    if share <= 1 - SHARE_MIN:
        return {code: words for code, words in (("0", MEN), ("1", WOMEN)) if code in seen}
    return {}


def _is_man(number: str) -> bool | None:
    digits = "".join(filter(str.isdigit, number))
    if len(digits) not in (11, 12):  # a spreadsheet may have taken the zero in front
        return None
    return int(digits.zfill(12)[3]) % 2 == 0
