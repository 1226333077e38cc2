"""The lines on the back of an invented card, made by the standard and not by the code under test."""

from __future__ import annotations

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def digit(text: str) -> str:
    """ICAO Doc 9303, part 3, 4.9, written once more."""
    total = 0
    for place, char in enumerate(text):
        total += (7, 3, 1)[place % 3] * (0 if char == "<" else ALPHABET.index(char))
    return str(total % 10)


def lines_of(
    number: str = "046090000101",
    name: str = "TRAN<<VAN<HOA",
    born: str = "900517",
    sex: str = "M",
    expires: str = "300517",
) -> list[str]:
    document_no = number[-9:]
    first = f"IDVNM{document_no}{digit(document_no)}{number}<<{digit(number)}"
    second = f"{born}{digit(born)}{sex}{expires}{digit(expires)}VNM<<<<<<<<<<<"
    second += digit(first[5:30] + second[:7] + second[8:15] + second[18:29])
    return [first, second, name.ljust(30, "<")[:30]]


def a_mrz(**parts: str) -> str:
    return "\n".join(lines_of(**parts))
