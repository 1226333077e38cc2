"""Where an address names units: every reading of every stretch of words, each with how well it fits."""

from __future__ import annotations

from dataclasses import dataclass, replace

from dancu.population.units.places import Place, alias_keys, is_one_letter_apart, names_close_to, places_by_name
from dancu.population.units.words import COMMUNE, DISTRICT, PLACES_BELOW, PROVINCE, Prefix, Word, prefix_at

NAME_WORDS_MAX = 7
FIT_MIN = 0.5  # what fits worse is no mention
_ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5", "vi": "6", "vii": "7", "viii": "8", "ix": "9", "x": "10"}
# How much each observation says for or against a mention. Found by trial on the addresses of the tests that are not held out.
_RIGHT_KIND, _OTHER_KIND, _BARE_COMMUNE, _PER_WORD = 0.3, -0.1, 0.1, 0.04
_RIGHT_MARKS, _LOST_MARKS, _WRONG_MARKS, _CLOSE_MARKS, _WRONG_LETTER = 0.1, -0.1, -0.35, 0.2, -0.4
_ALIAS, _AFTER_NUMBER, _OTHER_PREFIX = -0.1, -0.7, -0.7
_CUT_SHORT, _INSIDE_ANOTHER, _STRAY_WORD = 0.2, 0.6, 0.25


@dataclass(frozen=True, slots=True)
class Mention:
    """A stretch of words read as one unit (*chỗ nhắc tới một đơn vị*)."""

    first: int  # index of its first word, the kind included
    name: int  # index of the first word of the name
    last: int  # index after its last word
    place: Place
    fit: float
    has_kind: bool
    is_kind: bool  # its kind is said, and it is the right one
    is_exact: bool  # letters and marks as in the list


def mentions_in(words: list[Word], *, forgiving: bool = False) -> list[Mention]:
    """All mentions; `forgiving` also reads names that are one letter wrong."""
    found: list[Mention] = []
    for index in range(len(words)):
        prefix = prefix_at(words, index)
        if prefix and index + prefix.length < len(words) and not words[index + prefix.length].breaks_before:
            found += _longest_first(_named(words, index, index + prefix.length, prefix, forgiving=forgiving))
        found += _longest_first(_named(words, index, index, None, forgiving=forgiving))
    exact = {(each.name, each.last) for each in found if each.is_exact}
    starts = {each.first for each in found if each.is_exact}
    return [kept for each in found if (kept := _in_company(each, exact, starts, words)).fit >= FIT_MIN]


def _longest_first(mentions: list[Mention]) -> list[Mention]:
    """`Phường An Lạc A` is no `Phường An Lạc`: a shorter name gives way to a longer one that starts at the same word."""
    longest = {level: max((m.last for m in mentions if m.is_exact and m.place.level == level), default=0) for level in (1, 2, 3)}
    return [replace(m, fit=m.fit - _CUT_SHORT) if m.last < longest[m.place.level] else m for m in mentions]


def _in_company(mention: Mention, exact: set[tuple[int, int]], starts: set[int], words: list[Word]) -> Mention:
    """Seen with the rest: `Đông Hà` inside `Nam Đông Hà` is no mention; `Phường Thới An` before a stray word is doubtful."""
    length, after = mention.last - mention.first, mention.last
    if not mention.has_kind and any(name <= mention.first and last >= after and last - name > length for name, last in exact):
        return replace(mention, fit=mention.fit - _INSIDE_ANOTHER)
    ends = after >= len(words) or words[after].breaks_before or after in starts or prefix_at(words, after) is not None
    return mention if ends or not mention.has_kind else replace(mention, fit=mention.fit - _STRAY_WORD, is_exact=False)


def _named(words: list[Word], first: int, start: int, prefix: Prefix | None, *, forgiving: bool) -> list[Mention]:
    found: list[Mention] = []
    context = _context(words, start) if prefix is None else 0.0
    forgiving = forgiving and (prefix is not None or _stands_alone(words, start))
    is_marked = any(word.has_marks for word in words)
    key = ""
    for end in range(start + 1, min(start + NAME_WORDS_MAX, len(words)) + 1):
        if end > start + 1 and words[end - 1].breaks_before:
            break
        key += words[end - 1].plain
        stretch = words[start:end]
        for name, penalty in _names(key, stretch, prefix, forgiving=forgiving):
            for place in places_by_name().get(name, ()):
                spelling, is_exact = _spelling(
                    place, stretch, has_kind=prefix is not None, is_marked=is_marked, is_wrong=penalty == _WRONG_LETTER
                )
                is_kind = prefix is not None and prefix.kind in place.kinds
                fit = _kind(place, stretch, prefix) + penalty + spelling + context
                if fit >= FIT_MIN:
                    found.append(Mention(first, start, end, place, fit, prefix is not None, is_kind, is_exact))
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


def _kind(place: Place, stretch: list[Word], prefix: Prefix | None) -> float:
    """What the length of the name and the kind before it say; zero where the kind is of another level."""
    fit = 0.9 + _PER_WORD * len(stretch)
    if prefix is None:
        return fit - _BARE_COMMUNE if place.level == COMMUNE else fit
    if place.level not in prefix.levels:
        return 0.0
    return fit + (_RIGHT_KIND if prefix.kind in place.kinds else _OTHER_KIND)


def _spelling(place: Place, stretch: list[Word], *, has_kind: bool, is_marked: bool, is_wrong: bool) -> tuple[float, bool]:
    """What the marks say, and whether the name stands as in the list. In a text without any marks they say nothing."""
    written, name = [word.marked for word in stretch], list(place.marked)
    if is_wrong:
        return (_CLOSE_MARKS if is_one_letter_apart("".join(written), "".join(name)) else 0.0), False
    if not is_marked or len(written) != len(name):
        return 0.0, True
    if written == name:
        return _RIGHT_MARKS, True
    if len(stretch) == 1 and not has_kind:
        return -1.0, False  # `Huệ` alone is nobody's `Huế`
    contradicts = any(word.has_marks and word.marked != theirs for word, theirs in zip(stretch, name, strict=True))
    return (_WRONG_MARKS if contradicts else _LOST_MARKS), False


__all__ = ["COMMUNE", "DISTRICT", "PROVINCE", "Mention", "mentions_in"]
