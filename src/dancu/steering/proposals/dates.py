"""Deadlines in Vietnamese sentences, in the text form deadlines are kept in. Pure.

"Trước ngày 30/5/2024" is read as on 30 May at the latest, not as on the 29th: offices that report on that day are counted as on
time, and the same notices write "trước 30/5/2024" and "trong tháng 5/2024" for one and the same end.
"""

from __future__ import annotations

import calendar
import re
from datetime import date

from dancu.steering.proposals.domain import NamedDeadline
from dancu.steering.proposals.pasted import Mapped
from dancu.steering.proposals.rules import Rules

STANDING = "thuong-xuyen"
_YEAR = r"(?:(?:\s*[/.,-]\s*|\s*,?\s*năm\s+)(?P<year>(?:19|20)\d{2}))"
_DATES = re.compile(
    rf"""(?<![\w/])(?:
      (?:ngày\s+)?(?P<day>\d{{1,2}})\s*[/.-]\s*(?P<month>\d{{1,2}}){_YEAR.replace("year", "y1")}
    | (?:ngày\s+)?(?P<day2>\d{{1,2}})\s+tháng\s+(?P<month2>\d{{1,2}}){_YEAR.replace("year", "y2")}
    | (?:ngày\s+)(?P<day3>\d{{1,2}})/(?P<month3>\d{{1,2}})(?!\d|\s*/)
    | tháng\s+(?P<month4>\d{{1,2}}){_YEAR.replace("year", "y4")}
    | tháng\s+(?P<month5>\d{{1,2}})(?![\d/])
    | quý\s+(?P<quarter>IV|I{{1,3}}|[1-4]){_YEAR.replace("year", "y6")}
    | (?P<half>(?:nửa|(?:6|sáu)\s+tháng)\s+(?:đầu|cuối))\s+năm\s+(?P<y7>(?:19|20)\d{{2}})
    | năm\s+(?P<y8>(?:19|20)\d{{2}})
    )(?![\w/])""",
    re.I | re.X,
)
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4}
_BEFORE = 40  # letters before a date in which its lead is looked for
_STRONG_BEFORE = 60


def deadlines_in(said: Mapped, rules: Rules, day: date | None = None) -> list[NamedDeadline]:
    """The deadlines of a sentence in their order (*các thời hạn trong câu*). `day` of the document gives a missing year."""
    found = []
    for match in _DATES.finditer(said.text):
        before = said.text[max(0, match.start() - _BEFORE) : match.start()]
        lead = None if rules.no_lead.search(before) else rules.deadline_lead.search(before)
        text = _text_of(match, day) if lead else ""
        if lead and text:
            start = match.start() - len(lead[0])
            words = said.text[start : match.end()]
            strong = rules.strong.search(said.text[max(0, start - _STRONG_BEFORE) : match.start()]) is not None
            found.append(NamedDeadline(text, words, said.source(start, match.end()), strong))
    for match in rules.standing.finditer(said.text):
        found.append(NamedDeadline(STANDING, match[0], said.source(match.start(), match.end())))
    return found


def main_deadline(found: list[NamedDeadline]) -> NamedDeadline | None:
    """The one a task is due by: the first that a word of finishing or reporting leads to, else the first; standing ones last."""
    dated = [each for each in found if each.text != STANDING]
    strong = [each for each in dated if each.is_strong]
    return next(iter(strong or dated or found), None)


def _text_of(match: re.Match[str], day: date | None) -> str:
    got = match.groupdict()
    if got["quarter"]:
        quarter = _ROMAN.get(got["quarter"].casefold()) or int(got["quarter"])
        return f"{got['y6']}-Q{quarter}"
    if got["half"]:
        return f"{got['y7']}-H{1 if 'đầu' in got['half'].casefold() else 2}"
    if got["y8"]:
        return str(got["y8"])
    year = got["y1"] or got["y2"] or got["y4"] or (str(day.year) if day else "")
    month = got["month"] or got["month2"] or got["month3"] or got["month4"] or got["month5"]
    number = got["day"] or got["day2"] or got["day3"]
    if not year or not 1 <= int(month) <= 12:
        return ""
    if number is None:
        return f"{year}-{int(month):02d}"
    if not 1 <= int(number) <= calendar.monthrange(int(year), int(month))[1]:
        return ""  # 31/6 is no day: a person has to read it
    return f"{year}-{int(month):02d}-{int(number):02d}"
