"""Which letters a file, a column or a single cell is written in, and how to bring them to Unicode (*bảng mã cũ*). Pure.

Every guess is scored by the share of words that are Vietnamese syllables afterwards. A cell is changed only where it has a word no
Vietnamese spelling allows and one single reading of the bytes heals all of them: a right name is never made another.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable
from enum import StrEnum

from dancu.kernel.names import canonical_name
from dancu.reconcile.reading.legacy_tables import tcvn3_table, viscii_table, vni_letters
from dancu.reconcile.reading.syllables import FAMILY_NAMES, is_syllable, share_of_syllables, words_of

LINES_SCORED_MAX = 2_000
SCORE_MIN = 0.6  # of the words beyond ASCII; addresses and foreign names take some
BROKEN_UTF_8_MAX = 0.05  # lines of a UTF-8 file that may be damaged; more, and it was never UTF-8
COLUMN_SHARE_MIN = 0.5


class Encoding(StrEnum):
    """How the bytes of a text file stand for letters (*bảng mã của tệp*)."""

    UTF_8 = "utf-8"
    UTF_16_LE = "utf-16-le"
    UTF_16_BE = "utf-16-be"
    WINDOWS_1258 = "windows-1258"
    TCVN3 = "tcvn3"
    VNI = "vni"
    VISCII = "viscii"

    @property
    def shown(self) -> str:
        return {"windows-1258": "Windows-1258", "tcvn3": "TCVN3 (ABC)"}.get(self.value, self.value.upper())


class Legacy(StrEnum):
    """What went wrong with the letters of a cell or a column (*lỗi bảng mã của ô*).

    VISCII is read in whole files only: in a single cell too many of its readings are also names.
    """

    TCVN3 = "tcvn3"
    VNI = "vni"
    WINDOWS_1258 = "windows-1258"
    MOJIBAKE = "mojibake"  # UTF-8 that was read as a Western code page
    NFD = "nfd"  # letters and marks apart: no error, and nothing is changed for it


ONE_BYTE = (Encoding.TCVN3, Encoding.VNI, Encoding.WINDOWS_1258, Encoding.VISCII)
_MARKS = {codecs.BOM_UTF8: Encoding.UTF_8, codecs.BOM_UTF16_LE: Encoding.UTF_16_LE, codecs.BOM_UTF16_BE: Encoding.UTF_16_BE}
_VNI_PATTERN = re.compile("|".join(sorted(map(re.escape, vni_letters()), key=len, reverse=True)))
_SPLIT_AT = re.compile(rb"[,;|\t\r\n\"]+")


def order_mark(head: bytes) -> tuple[Encoding, int] | None:
    """The encoding a byte order mark tells, and its length."""
    return next(((encoding, len(mark)) for mark, encoding in _MARKS.items() if head.startswith(mark)), None)


def detect_bytes(sample: bytes) -> Encoding | None:
    """The encoding of whole lines of a text file (*đoán bảng mã*); None: none of those we read."""
    if found := _utf_16(sample):
        return found
    lines = [line for line in sample.split(b"\n") if not line.isascii()]
    if sum(map(_is_broken, lines)) <= BROKEN_UTF_8_MAX * len(lines):
        return Encoding.UTF_8
    texts = b"\n".join(_SPLIT_AT.sub(b" ", line) for line in lines[:LINES_SCORED_MAX])
    scores = {each: share_of_syllables(words_of(decoded(texts, each))) for each in ONE_BYTE}
    best = max(scores, key=lambda each: scores[each])
    return best if scores[best] >= SCORE_MIN else None


def _utf_16(sample: bytes) -> Encoding | None:
    """Digits, separators and ends of lines have a zero byte on one side, and text has none on the other."""
    pairs = max(len(sample) // 2, 1)
    even, odd = sample[0::2].count(0) / pairs, sample[1::2].count(0) / pairs
    if odd > 0.2 and even < 0.01:
        return Encoding.UTF_16_LE
    return Encoding.UTF_16_BE if even > 0.2 and odd < 0.01 else None


def _is_broken(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return True
    return False


def decoded(data: bytes, encoding: Encoding) -> str:
    """Text of bytes that end where a line ends; what cannot be read becomes U+FFFD, which makes its row a bad one."""
    match encoding:
        case Encoding.TCVN3:
            return codecs.charmap_decode(data, "replace", tcvn3_table())[0]
        case Encoding.VISCII:
            return codecs.charmap_decode(data, "replace", viscii_table())[0]
        case Encoding.VNI:
            return from_vni(data.decode("latin-1"))
        case Encoding.WINDOWS_1258:
            return unicodedata.normalize("NFC", data.decode("cp1258", "replace"))
    return data.decode(encoding.value, "replace")


def from_vni(text: str) -> str:
    """Pairs of vowel and mark, all at once."""
    letters = vni_letters()
    return _VNI_PATTERN.sub(lambda found: letters[found[0]], text)


def legacy_name(text: str) -> tuple[str, Legacy] | None:
    """A single cell brought to Unicode, and what had happened to it; None where it is right as it stands, or nobody can tell."""
    if text.isascii():
        return None
    composed = unicodedata.normalize("NFC", text)
    if not any(not word.isascii() and not is_syllable(word) for word in words_of(composed)):
        return None
    found = {which: after for which in _CONVERTERS if (after := _healed(composed, which)) is not None}
    readings = {canonical_name(after) for after in found.values()}
    if len(readings) > 1:
        found = {which: after for which, after in found.items() if canonical_name(after).split()[0] in _FAMILIES}
        readings = {canonical_name(after) for after in found.values()}
    if len(readings) != 1:
        return None
    which, after = next(iter(found.items()))
    return after, which


def _healed(text: str, which: Legacy) -> str | None:
    """The text read that way, if every word with a mark is a syllable then."""
    after = converted(text, which)
    if after == text:
        return None
    words = [word for word in words_of(after) if not word.isascii()]
    return after if words and all(map(is_syllable, words)) else None


def converted(text: str, which: Legacy) -> str:
    """The text with its letters brought to Unicode; as it was where that cannot be."""
    if which is Legacy.NFD or text.isascii():
        return text
    after = _CONVERTERS[which](text)
    return text if after is None else _in_case_of(text, unicodedata.normalize("NFC", after))


def detect_texts(values: Iterable[str]) -> Legacy | None:
    """What is wrong with the letters of a whole column, if it is wrong with most of it (*bảng mã của cột*)."""
    marked = [value for value in values if not value.isascii()]
    tellable = [value for value in marked if not all(map(is_syllable, words_of(value)))]
    counts = Counter(found[1] for value in tellable if (found := legacy_name(value)))
    apart = sum(not unicodedata.is_normalized("NFC", value) for value in marked)
    if counts and (best := counts.most_common(1)[0])[1] > COLUMN_SHARE_MIN * len(marked):
        return best[0]
    return Legacy.NFD if marked and apart > COLUMN_SHARE_MIN * len(marked) else None


def _bytes_of(text: str) -> bytes | None:
    """The bytes behind a text that a Western page had shown; a letter only Vietnamese has shows that no such thing happened."""
    for page in ("latin-1", "cp1252"):
        try:
            return text.encode(page)
        except UnicodeEncodeError:
            continue
    return None


def _by_table(encoding: Encoding) -> Callable[[str], str | None]:
    def convert(text: str) -> str | None:
        data = _bytes_of(text)
        return None if data is None else decoded(data, encoding)

    return convert


def _from_mojibake(text: str) -> str | None:
    # Windows shows five bytes as nothing; the programs that made the mistake kept them as control characters.
    try:
        data = b"".join(_western_byte(char) for char in text)
        return data.decode("utf-8")
    except (UnicodeDecodeError, UnicodeEncodeError):
        return None


def _western_byte(char: str) -> bytes:
    return char.encode("latin-1") if ord(char) < 0x100 else char.encode("cp1252")


_CONVERTERS: dict[Legacy, Callable[[str], str | None]] = {
    Legacy.MOJIBAKE: _from_mojibake,
    Legacy.TCVN3: _by_table(Encoding.TCVN3),
    Legacy.VNI: _by_table(Encoding.VNI),
    Legacy.WINDOWS_1258: _by_table(Encoding.WINDOWS_1258),
}
_FAMILIES = frozenset(map(canonical_name, FAMILY_NAMES))


def _in_case_of(before: str, after: str) -> str:
    """TCVN3 lost the case of vowels with tones: the plain letters beside them tell it."""
    plain = [char for char in before if char.isascii() and char.isalpha()]
    if len(plain) > 1 and all(map(str.isupper, plain)):
        return after.upper()
    words = [word for word in before.split() if word[0].isascii() and word[0].isalpha()]
    if words and all(word[0].isupper() for word in words):
        return " ".join(word[:1].upper() + word[1:] for word in after.split(" "))
    return after
