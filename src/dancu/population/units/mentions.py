"""Where an address names units: every reading of every stretch of words, each with how well it fits."""

from __future__ import annotations

from dataclasses import dataclass, replace

from dancu.population.units.places import Place, alias_keys, names_close_to, places_by_name
from dancu.population.units.words import COMMUNE, DISTRICT, PLACES_BELOW, PROVINCE, Prefix, Word, prefix_at

NAME_WORDS_MAX = 7
FIT_MIN = 0.5  # what fits worse is no mention
_ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5", "vi": "6", "vii": "7", "viii": "8", "ix": "9", "x": "10"}
# How much each observation says for or against a mention. Found by trial on the addresses of the tests that are not held out.
_RIGHT_KIND, _OTHER_KIND, _WRONG_MARKS, _RIGHT_MARKS, _WRONG_LETTER = 0.3, -0.1, -0.35, 0.05, -0.35
_ALIAS, _AFTER_NUMBER, _OTHER_PREFIX, _PER_WORD, _CUT_SHORT = -0.1, -0.7, -0.7, 0.04, 0.2


@dataclass(frozen=True, slots=True)
class Mention:
    """A stretch of words read as one unit (*chỗ nhắc tới một đơn vị*)."""

    first: int  # index of its first word, the kind included
    last: int  # index after its last word
    place: Place
    fit: float
    has_kind: bool
    is_exact: bool  # letters and marks as in the list


def mentions_in(words: list[Word], *, forgiving: bool = False) -> list[Mention]:
    """All mentions; `forgiving` also reads names that are one letter wrong."""
    found: list[Mention] = []
    for index in range(len(words)):
        prefix = prefix_at(words, index)
        if prefix and index + prefix.length < len(words) and not words[index + prefix.length].breaks_before:
            found += _longest_first(_named(words, index, index + prefix.length, prefix, forgiving=forgiving))
        found += _longest_first(_named(words, index, index, None, forgiving=forgiving))
    return found


def _longest_first(mentions: list[Mention]) -> list[Mention]:
    """`Phường An Lạc A` is no `Phường An Lạc`: a shorter name gives way to a longer one that starts at the same word."""
    longest = {level: max((m.last for m in mentions if m.is_exact and m.place.level == level), default=0) for level in (1, 2, 3)}
    return [replace(m, fit=m.fit - _CUT_SHORT) if m.last < longest[m.place.level] else m for m in mentions]


def _named(words: list[Word], first: int, start: int, prefix: Prefix | None, *, forgiving: bool) -> list[Mention]:
    found: list[Mention] = []
    context = _context(words, start) if prefix is None else 0.0
    key = ""
    for end in range(start + 1, min(start + NAME_WORDS_MAX, len(words)) + 1):
        if end > start + 1 and words[end - 1].breaks_before:
            break
        key += words[end - 1].plain
        stretch = words[start:end]
        for name, penalty in _names(key, stretch, prefix, forgiving=forgiving and (prefix is not None or _stands_alone(words, start))):
            for place in places_by_name().get(name, ()):
                fit, is_exact = _fit(place, stretch, prefix, spelled=penalty == 0)
                fit += penalty + (context if place.level != PROVINCE or prefix is None else 0.0)
                if fit >= FIT_MIN:
                    found.append(Mention(first, end, place, fit, prefix is not None, is_exact and penalty == 0))
    return found


def _names(key: str, stretch: list[Word], prefix: Prefix | None, *, forgiving: bool) -> list[tuple[str, float]]:
    """Keys of the list that a stretch may stand for, with what each costs."""
    if len(stretch) == 1 and prefix is not None:
        key = _ROMAN.get(key, key) if prefix.kind == "Phường" else key
        if key.isdigit():
            number = str(int(key))
            return [(number, 0.0), ("q" + number, _ALIAS)] if prefix.kind == "Quận" else [(number, 0.0)]
    if key.isdigit():
        return []  # a bare number is a house
    if key in alias_keys():
        is_short = len(key) <= 3
        told = stretch[0].is_capital or (prefix is not None and len(key) > 2) or key in ("hcm", "tphcm", "brvt")
        return [(key, _ALIAS)] if told or not is_short else []
    names = [(key, 0.0)]
    return names + [(near, _WRONG_LETTER) for near in names_close_to(key)] if forgiving else names


def _stands_alone(words: list[Word], start: int) -> bool:
    return words[start].breaks_before or _follows_prefix(words, start)


def _follows_prefix(words: list[Word], start: int) -> bool:
    before = prefix_at(words, start - 1) if start else None
    return before is not None and before.length == 1 and not words[start].breaks_before


def _context(words: list[Word], start: int) -> float:
    """What stands before a name without its kind: a number or `đường` makes it a street, another kind another unit."""
    if start == 0 or words[start].breaks_before:
        return 0.0
    before = words[start - 1]
    if _follows_prefix(words, start) or (start > 1 and (two := prefix_at(words, start - 2)) and two.length == 2):
        return _OTHER_PREFIX
    return _AFTER_NUMBER if before.plain in PLACES_BELOW or any(c.isdigit() for c in before.plain) else 0.0


def _fit(place: Place, stretch: list[Word], prefix: Prefix | None, *, spelled: bool) -> tuple[float, bool]:
    fit = 0.9 + _PER_WORD * len(stretch)
    if prefix is not None:
        if place.level not in prefix.levels:
            return 0.0, False
        fit += _RIGHT_KIND if place.kind == prefix.kind else _OTHER_KIND
    elif place.level == COMMUNE:
        fit -= 0.1
    wrong, right = _marks(place, stretch) if spelled else (False, False)
    return fit + (_WRONG_MARKS if wrong else _RIGHT_MARKS if right else 0.0), not wrong


def _marks(place: Place, stretch: list[Word]) -> tuple[bool, bool]:
    """Do marks that were written contradict the name, do they confirm it? Missing marks say nothing."""
    written = [word for word in stretch if word.has_marks]
    if not written:
        return False, False
    if len(stretch) != len(place.marked):
        return False, False
    pairs = [(word.marked, name) for word, name in zip(stretch, place.marked, strict=True) if word.has_marks]
    wrong = any(mine != theirs for mine, theirs in pairs)
    return wrong, not wrong


__all__ = ["COMMUNE", "DISTRICT", "PROVINCE", "Mention", "mentions_in"]
