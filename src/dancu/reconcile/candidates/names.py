"""Two names word by word, where keys say no more: shortened words, words lost, one letter other (compiled)."""

from __future__ import annotations

from dancu.reconcile.compiling import compiled
from dancu.reconcile.engine.letters import SKIP

WORDS_MAX = 12  # of a name; the place behind the last begins holds how many there are
_BLANK = 32
_NOTHING, _TYPED, _SHORT, _SAME = 0, 1, 2, 3  # how two words agree
_OTHER_MARKS, _ANY_ORDER, _ABBREVIATED, _MIDDLE_LOST, _TYPO, _MIDDLE_OTHER = 4, 5, 6, 7, 8, 9
_GIVEN_OTHER, _FAMILY_OTHER, _PART, _GIVEN_SAME, _OTHER = 10, 11, 12, 13, 14
_SHORT_LETTERS = 2  # `Ng`, `V`: what stands for a word
_TONE_FIRST, _TONE_LAST = 49, 53


@compiled
def split(units, length, bare, letters, starts):  # type: ignore[no-untyped-def]
    """Letters without marks of a canonical form, and where each word begins; gives how many words there are."""
    words, kept, is_open = 0, 0, False
    for at in range(length):
        if units[at] == _BLANK:
            is_open = False
            continue
        found = bare[units[at]] if units[at] < len(bare) else SKIP
        if found == SKIP or _TONE_FIRST <= units[at] <= _TONE_LAST:
            continue
        if not is_open:
            if words == WORDS_MAX - 1:
                break
            starts[words], is_open = kept, True
            words += 1
        letters[kept] = found
        kept += 1
    starts[words] = kept
    return words


@compiled
def _words_agree(first, a, b, second, c, d):  # type: ignore[no-untyped-def]
    """How the word a..b of one name and c..d of the other agree; a short form is the beginning of what it stands for."""
    length, other = b - a, d - c
    same = 0
    while same < length and same < other and first[a + same] == second[c + same]:
        same += 1
    if same == length and same == other:
        return _SAME
    if (same == length and length <= _SHORT_LETTERS) or (same == other and other <= _SHORT_LETTERS):
        return _SHORT
    return _TYPED if max(length, other) >= 3 and _is_one_edit(first, a, b, second, c, d, same) else _NOTHING


@compiled
def _is_one_edit(first, a, b, second, c, d, same):  # type: ignore[no-untyped-def]
    """One letter other, lost or too many, or two neighbours exchanged (Damerau), behind `same` equal letters."""
    length, other = b - a, d - c
    if abs(length - other) > 1:
        return False
    tail = 0
    while tail < length - same and tail < other - same and first[b - 1 - tail] == second[d - 1 - tail]:
        tail += 1
    if same + tail >= max(length, other) - 1:
        return True
    is_pair = length == other and same + tail == length - 2
    return is_pair and first[a + same] == second[c + same + 1] and first[a + same + 1] == second[c + same]


@compiled
def _is_part(first, starts, words, second, others, count):  # type: ignore[no-untyped-def]
    """Are all words of the one among those of the other, in their order?"""
    at = 0
    for word in range(words):
        while at < count and _words_agree(first, starts[word], starts[word + 1], second, others[at], others[at + 1]) < _SHORT:
            at += 1
        if at == count:
            return False
        at += 1
    return True


@compiled
def _turned(first, starts, second, others, words, by):  # type: ignore[no-untyped-def]
    """Are the words the same, `by` places further?"""
    for word in range(words):
        at = (word + by) % words
        if _words_agree(first, starts[word], starts[word + 1], second, others[at], others[at + 1]) != _SAME:
            return False
    return True


@compiled
def level_of_names(first, starts, words, second, others, count):  # type: ignore[no-untyped-def]
    """The level of two names as letters without marks with their words; see `NameLevel`."""
    if words == 0 or count == 0:
        return 0
    if words == count:
        return _level_word_by_word(first, starts, second, others, words)
    if _is_one_edit(first, 0, starts[words], second, 0, others[count], _same(first, starts[words], second, others[count])):
        return _TYPO
    ends = min(
        _words_agree(first, starts[0], starts[1], second, others[0], others[1]),
        _words_agree(first, starts[words - 1], starts[words], second, others[count - 1], others[count]),
    )
    shorter_is_part = (
        _is_part(first, starts, words, second, others, count)
        if words < count
        else _is_part(second, others, count, first, starts, words)
    )
    if shorter_is_part and min(words, count) > 1:
        return _MIDDLE_LOST if ends >= _SHORT else _PART
    return _level_of_given(first, starts, words, second, others, count)


@compiled
def _same(first, length, second, other):  # type: ignore[no-untyped-def]
    same = 0
    while same < length and same < other and first[same] == second[same]:
        same += 1
    return same


@compiled
def _level_word_by_word(first, starts, second, others, words):  # type: ignore[no-untyped-def]
    unlike, typed, short, at = 0, 0, 0, 0
    for word in range(words):
        agree = _words_agree(first, starts[word], starts[word + 1], second, others[word], others[word + 1])
        if agree == _NOTHING:
            unlike, at = unlike + 1, word
        typed += agree == _TYPED
        short += agree == _SHORT
    if unlike == 0 and typed == 0:
        return _ABBREVIATED if short else _OTHER_MARKS
    if unlike == 0 and typed == 1:
        return _TYPO
    if words > 1 and (_turned(first, starts, second, others, words, 1) or _turned(first, starts, second, others, words, words - 1)):
        return _ANY_ORDER
    if unlike == 1 and typed == 0 and words > 1:
        return _GIVEN_OTHER if at == words - 1 else (_FAMILY_OTHER if at == 0 else _MIDDLE_OTHER)
    return _level_of_given(first, starts, words, second, others, words)


@compiled
def _level_of_given(first, starts, words, second, others, count):  # type: ignore[no-untyped-def]
    agree = _words_agree(first, starts[words - 1], starts[words], second, others[count - 1], others[count])
    return _GIVEN_SAME if agree == _SAME else _OTHER
