"""One line of a search taken apart: name, birth date or year, province, in the order officers say them. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from dancu.kernel.names import folded_name

_BORN = re.compile(r"(?<!\d)((?:\d{1,2}[/.-]){0,2}(?:18|19|20)\d\d)(?!\d)")
_KINDS = ("thanhpho", "tinh", "tp")


@dataclass(frozen=True, slots=True)
class SearchLine:
    """What one line says (*dòng tra cứu*)."""

    text: str
    birth_date: str = ""
    province: str = ""  # two digits of today's list
    left_over: str = ""  # stood after the date and names no province


def read_line(line: str, provinces: Mapping[str, str]) -> SearchLine:
    """Take a line apart; `provinces`: code → name. A line of digits, or without a year, is left whole."""
    born = _BORN.search(line)
    if born is None or not any(c.isalpha() for c in line[: born.start()]):
        return SearchLine(line.strip())
    place = line[born.end() :].strip(" ,;-")
    code = _province(place, provinces)
    day = born.group(1).replace("-", "/").replace(".", "/")
    return SearchLine(line[: born.start()].strip(" ,;-"), day, code, "" if code else place)


def _province(place: str, provinces: Mapping[str, str]) -> str:
    wanted = _bare(place)
    return next((code for code, name in provinces.items() if wanted and _bare(name) == wanted), "")


def _bare(name: str) -> str:
    folded = folded_name(name)
    return next((folded.removeprefix(kind) for kind in _KINDS if folded.startswith(kind) and folded != kind), folded)
