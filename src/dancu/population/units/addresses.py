"""Reading an address that somebody typed: which unit it names, in which list, how surely, and what else it may be.

Every mention of a commune is tried with the districts and provinces that are mentioned beside it; what explains most of the
text wins. Two that explain it equally well are both named: nothing is guessed silently.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from dancu.kernel.areas import AreaCode
from dancu.kernel.errors import Invalid
from dancu.population.units.mentions import COMMUNE, DISTRICT, PROVINCE, Mention, mentions_in
from dancu.population.units.succession import OLDEST, THREE_LEVELS, Succession, successors
from dancu.population.units.table import unit_names
from dancu.population.units.words import Word, prefix_at, words_of

ADDRESS_LENGTH_MAX = 500
WORDS_MAX = 40  # of a longer text the last are read: units stand at the end
ALTERNATIVES_MAX = 10
_MIXED_DISTRICT, _MIXED_PROVINCE = 0.4, 0.6  # what a unit of the other list is worth as a witness
_NEW_WITHOUT_DISTRICT = 0.2  # without a district an address has the form of the new list
_GONE = 0.05  # units that were gone by 2025 give way to those that were not
_TIE, _NEAR = 0.15, 0.6
_WRONG_WORD, _WRONG_KIND, _OTHER_LIST, _TWO_LISTS, _UNREAD = 0.88, 0.92, 0.85, 0.75, 0.6


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another unit the text may mean (*khả năng khác*)."""

    area: AreaCode
    confidence: float


@dataclass(frozen=True, slots=True)
class AddressReading:
    """What an address says (*kết quả đọc địa chỉ*). Ambiguous: `area` is what all candidates have in common, or None."""

    text: str
    area: AreaCode | None
    confidence: float  # 0 to 1
    is_new_list: bool | None  # the list since 1 July 2025, or the one with districts; None when nothing was found
    is_ambiguous: bool
    alternatives: tuple[Alternative, ...]
    used: tuple[str, ...]  # the words that name units, as written
    detail: str  # the rest: house, street, hamlet
    succession: Succession | None  # what an old unit is today


@dataclass(frozen=True, slots=True)
class _Hypothesis:
    area: AreaCode
    is_new: bool
    mentions: tuple[Mention, ...]
    score: float
    is_mixed: bool


def resolve_address(text: str) -> AddressReading:
    """Read a Vietnamese address, old or new, abbreviated, without marks or in any order (*nhận dạng địa chỉ*).

    Raises `Invalid` only for texts longer than `ADDRESS_LENGTH_MAX`; a text that names no unit gives a reading without one.
    """
    text = unicodedata.normalize("NFC", text)
    if len(text) > ADDRESS_LENGTH_MAX:
        raise Invalid(
            "units.address_length",
            f"Địa chỉ dài quá {ADDRESS_LENGTH_MAX} ký tự ({len(text)}). Chỉ nhập một địa chỉ.",
            f"The address is longer than {ADDRESS_LENGTH_MAX} characters ({len(text)}). Give one address.",
            field="address",
        )
    words = words_of(text)[-WORDS_MAX:]
    ranked = _ranked(mentions_in(words))
    if not ranked or not _explains(ranked[0], words):
        ranked = _ranked(mentions_in(words, forgiving=True)) or ranked
    return _reading(text, words, ranked)


def _explains(best: _Hypothesis, words: list[Word]) -> bool:
    """Is nothing left that says it is a unit, and does the smallest have one above it, all spelled rightly?"""
    has_parent = bool(best.area.commune) and len(best.mentions) > 1
    return has_parent and not _is_unread(best, words) and all(mention.is_exact for mention in best.mentions)


def _is_unread(best: _Hypothesis, words: list[Word]) -> bool:
    """Does something say it is a unit and was not understood?"""
    read = {index for mention in best.mentions for index in range(mention.first, mention.last)}
    return any(i not in read and len(words[i].plain) > 1 and prefix_at(words, i) for i in range(len(words)))


def _ranked(mentions: list[Mention]) -> list[_Hypothesis]:
    """Every unit that the text may mean with its best explanation, the best first."""
    by_district: dict[tuple[str, str], list[Mention]] = defaultdict(list)
    by_province: dict[tuple[bool, str], list[Mention]] = defaultdict(list)
    for mention in mentions:
        if mention.place.level == DISTRICT:
            by_district[mention.place.district].append(mention)
        elif mention.place.level == PROVINCE:
            by_province[mention.place.is_new, mention.place.area.province].append(mention)
    best: dict[AreaCode, _Hypothesis] = {}
    for mention in mentions:
        hypothesis = _hypothesis(mention, by_district, by_province)
        held = best.get(hypothesis.area)
        if held is None or hypothesis.score > held.score:
            best[hypothesis.area] = hypothesis
    ranked = [each for each in best.values() if len(each.mentions) > 1 or each.mentions[0].has_kind or not each.area.commune]
    return sorted(ranked, key=lambda h: (-h.score, h.area.code))


def _hypothesis(
    mention: Mention,
    by_district: dict[tuple[str, str], list[Mention]],
    by_province: dict[tuple[bool, str], list[Mention]],
) -> _Hypothesis:
    """A mention with the best witnesses above it. One stretch of words is district or province, not both."""
    place = mention.place
    options = [_with_province([mention], 0.0, by_province, is_mixed=False)]
    if place.level == COMMUNE:
        for district, worth in [(place.district, 1.0), *((each, _MIXED_DISTRICT) for each in place.mixed_districts)]:
            found = _best(by_district.get(district, ()) if district[0] else (), [mention])
            if found:
                options.append(_with_province([mention, found], worth * found.fit, by_province, is_mixed=worth < 1))
    return max(options, key=lambda option: option.score)


def _with_province(
    taken: list[Mention],
    district_score: float,
    by_province: dict[tuple[bool, str], list[Mention]],
    *,
    is_mixed: bool,
) -> _Hypothesis:
    place = taken[0].place
    score = taken[0].fit + district_score + (_NEW_WITHOUT_DISTRICT if place.is_new else 0.0)
    if place.area.version == OLDEST:
        score -= _GONE
    if place.level == PROVINCE:
        return _Hypothesis(place.area, place.is_new, tuple(taken), score, is_mixed)
    own = _best(by_province.get((place.is_new, place.area.province), ()), taken)
    other = None if own else _best((m for p in place.mixed_provinces for m in by_province.get((not place.is_new, p), ())), taken)
    score += (own.fit if own else 0.0) + (_MIXED_PROVINCE * other.fit if other else 0.0)
    witnesses = (*taken, *(each for each in (own, other) if each))
    return _Hypothesis(place.area, place.is_new, witnesses, score, is_mixed or other is not None)


def _best(candidates: Iterable[Mention], taken: list[Mention]) -> Mention | None:
    free = [c for c in candidates if all(c.last <= t.first or c.first >= t.last for t in taken)]
    return max(free, key=lambda c: c.fit, default=None)


def _reading(text: str, words: list[Word], ranked: list[_Hypothesis]) -> AddressReading:
    if not ranked:
        return AddressReading(text, None, 0.0, None, False, (), (), text.strip(), None)
    best = ranked[0]
    ties = [each for each in ranked if best.score - each.score < _TIE and each.is_new == best.is_new and each is not best]
    near = [each for each in ranked[1 : 4 * ALTERNATIVES_MAX] if best.score - each.score < _NEAR]
    ties = [each for each in ties if not _contains(each.area, best.area) and not _became(each.area, best.area)]
    near = [each for each in near if not _contains(each.area, best.area)]
    confidence = _confidence(best, near, len(ties))
    if not ties and not best.area.commune and _is_unread(best, words):
        confidence = round(confidence * _UNREAD, 2)
    area = _common([best.area, *(each.area for each in ties)]) if ties else best.area
    others = [best, *near] if ties else near
    return AddressReading(
        text,
        area,
        confidence,
        best.is_new,
        bool(ties),
        tuple(_alternative(each, best, confidence) for each in others[:ALTERNATIVES_MAX]),
        tuple(text[words[m.first].start : words[m.last - 1].end] for m in best.mentions),
        _detail(text, words, best.mentions),
        successors(area) if area is not None and not best.is_new else None,
    )


def _contains(outer: AreaCode, inner: AreaCode) -> bool:
    """Is it only the district or province of what was found?"""
    if outer.version != inner.version or outer.commune:
        return False
    return outer.province == inner.province and outer.district in ("", inner.district)


def _became(one: AreaCode, other: AreaCode) -> bool:
    """Is one the unit of 2021 that the other continues?"""
    if {one.version, other.version} != {OLDEST, THREE_LEVELS}:
        return False
    if one.district == other.district and unit_names(one)[:1] == unit_names(other)[:1]:
        return True
    then, later = (one, other) if one.version == OLDEST else (other, one)
    return successors(then, THREE_LEVELS).only == later


def _alternative(each: _Hypothesis, best: _Hypothesis, confidence: float) -> Alternative:
    return Alternative(each.area, round(max(0.05, confidence - 0.6 * (best.score - each.score)), 2))


def _common(areas: list[AreaCode]) -> AreaCode | None:
    """The smallest unit that all of them lie in."""
    if len({(a.version, a.province) for a in areas}) > 1:
        return None
    first = areas[0]
    district = first.district if len({a.district for a in areas}) == 1 else ""
    return AreaCode(first.version, first.province, district)


def _confidence(best: _Hypothesis, near: list[_Hypothesis], ties: int) -> float:
    if ties:
        return round(0.5 / (ties + 1), 2)
    levels = {mention.place.level for mention in best.mentions}
    value = 0.98
    if COMMUNE in levels and len(levels) == 1:
        value = 0.6
    elif PROVINCE not in levels or (best.area.commune and not best.is_new and DISTRICT not in levels):
        value = 0.9
    value *= _WRONG_WORD ** sum(not mention.is_exact for mention in best.mentions)
    value *= _WRONG_KIND ** sum(mention.has_kind and not mention.is_kind for mention in best.mentions)
    value *= _OTHER_LIST if best.is_mixed else 1.0
    elsewhere = [each for each in near if each.is_new != best.is_new and not _is_same_place(best, each)]
    return round(value * (_TWO_LISTS if elsewhere else 1.0), 2)


def _is_same_place(one: _Hypothesis, other: _Hypothesis) -> bool:
    """Is the unit of the old list (part of) the unit of the new one?"""
    new, old = (one, other) if one.is_new else (other, one)
    if old.is_new or not new.is_new:
        return False
    return new.area in {each.area for each in successors(old.area).successors}


def _detail(text: str, words: list[Word], mentions: tuple[Mention, ...]) -> str:
    """What is left when the units are taken out."""
    left = list(text)
    for mention in mentions:
        for index in range(words[mention.first].start, words[mention.last - 1].end):
            left[index] = "\0"
    parts = (re.sub(r"\s+", " ", part).strip(" ,;.-–|") for part in re.split(r"[,;\n|]|\0+", "".join(left)))
    return ", ".join(part for part in parts if re.search(r"\w", part))
