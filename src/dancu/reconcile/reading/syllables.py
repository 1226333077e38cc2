"""Can this word be a Vietnamese syllable? Consonant, rhyme and tone by the rules of the spelling, not by a list of words. Pure."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")
_STOP_TONES = frozenset("\u0301\u0323")  # a syllable that ends in p, t, c or ch has one of these two
_ONSETS = tuple(_words("ngh ng nh gh gi kh ch ph qu th tr b c d đ g h k l m n p r s t v x"))
_RHYMES = _words(
    "a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây e ec em en eng eo ep et ê êch êm "
    "ên ênh êp êt êu i ich im in inh ip it iu ia iêc iêm iên iêng iêp iêt iêu o oc oi om on ong op ot oa oac oach oai oam "
    "oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oe oem oen oeo oet oong ooc ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp "
    "ơt ơng u uc ui um un ung up ut ua uôc uôi uôm uôn uông uôt uân uâng uât uây uê uêch uên uênh uêt uy uya uych uyên uyêt "
    "uynh uyt uyn uyu uơ uơn ư ưc ưi ưm ưn ưng ưt ưu ưa ươc ươi ươm ươn ương ươp ươt ươu y yêm yên yêng yêt yêu ynh yt ych "
    "yn"
)
# Spellings of other peoples of the country that the rules above do not make, as they stand in names.
_OTHERS = _words("đắk lắk niê kpă kpơr êban mlô hđơk ayŭn ƀing čil đêk alê arất katơr chamaléa zơrâm brêu bkrông hmŏk ênuôl kbuôr")
_SIGNS = re.compile(r"[\s.,;()/\"'’ʼ`\-]+")
# The commonest family names: a text that begins with one is more likely a Vietnamese name.
FAMILY_NAMES = _words(
    "nguyễn trần lê phạm hoàng huỳnh phan vũ võ đặng bùi đỗ hồ ngô dương lý đinh trương đoàn đào trịnh mai lương cao hà tạ "
    "tô lưu triệu phùng đàm chu văn vi thái lâm vương hứa đậu châu nông giàng vàng thào lò quàng thạch"
)


@lru_cache(maxsize=1 << 16)
def is_syllable(word: str) -> bool:
    """Spelled as a Vietnamese syllable, in any case, composed or not (*âm tiết tiếng Việt*)."""
    apart = unicodedata.normalize("NFD", word.casefold())
    tones = [c for c in apart if c in _TONES]
    letters = unicodedata.normalize("NFC", "".join(c for c in apart if c not in _TONES))
    if len(tones) > 1:
        return False
    if unicodedata.normalize("NFC", word.casefold()) in _OTHERS:
        return True
    return any(_fits(letters, onset, tones) for onset in ("", *_ONSETS))


def _fits(letters: str, onset: str, tones: list[str]) -> bool:
    if not letters.startswith(onset):
        return False
    rhyme = letters[len(onset) :]
    if rhyme not in _RHYMES or (onset == "qu" and rhyme[0] in "ouư"):
        return False
    return not (rhyme.endswith(("p", "t", "c", "ch")) and tones and tones[0] not in _STOP_TONES)


def words_of(text: str) -> list[str]:
    """The words between blanks and signs."""
    return [word for word in _SIGNS.split(text) if word]


def share_of_syllables(words: list[str]) -> float:
    """Of the words with a letter beyond ASCII, how many are syllables; 0 where there is none (*tỷ lệ âm tiết hợp lệ*)."""
    marked = [word for word in words if not word.isascii()]
    return sum(map(is_syllable, marked)) / len(marked) if marked else 0.0
