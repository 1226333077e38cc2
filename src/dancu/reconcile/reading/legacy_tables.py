"""Letters of the alphabets Vietnamese was written in before Unicode: TCVN3 (ABC), VNI, VISCII. Data, and nothing that decides.

TCVN 5712:1993 had no capital vowels with tones: a font of capitals showed the small codes, so the case is lost. VNI writes a
mark as a letter of its own behind the vowel. VISCII is RFC 1456; six of its capitals stand where control characters do.
"""

from __future__ import annotations

import unicodedata
from functools import cache

_TCVN3 = (
    "¸á µà ¶ả ·ã ¹ạ ¨ă ¾ắ »ằ ¼ẳ ½ẵ Æặ ©â Êấ Çầ Èẩ Éẫ Ëậ ®đ Ðé Ìè Îẻ Ïẽ Ñẹ ªê Õế Òề Óể Ôễ Öệ Ýí ×ì Øỉ Üĩ Þị ãó ßò áỏ âõ äọ «ô "
    "èố åồ æổ çỗ éộ ¬ơ íớ êờ ëở ìỡ îợ óú ïù ñủ òũ ôụ \u00adư øứ õừ öử ÷ữ ùự ýý úỳ ûỷ üỹ þỵ ¡Ă ¢Â §Đ £Ê ¤Ô ¥Ơ ¦Ư"
)
_VISCII_LOW = {0x02: "Ẳ", 0x05: "Ẵ", 0x06: "Ẫ", 0x14: "Ỷ", 0x19: "Ỹ", 0x1E: "Ỵ"}
_VISCII_HIGH = (
    "ẠẮẰẶẤẦẨẬẼẸẾỀỂỄỆỐỒỔỖỘỢỚỜỞỊỎỌỈỦŨỤỲÕắằặấầẩậẽẹếềểễệốồổỗỠƠộờởịỰỨỪỬơớƯ"
    "ÀÁÂÃẢĂẳẵÈÉÊẺÌÍĨỳĐứÒÓÔạỷừửÙÚỹỵÝỡưàáâãảăữẫèéêẻìíĩỉđựòóôõỏọụùúũủýợỮ"
)
VISCII_CONTROLS = bytes(_VISCII_LOW)
# Vowel and mark of VNI: the tone alone, on the circumflex, on the breve; the horn and what has no pair are letters of their own.
_VNI_TONES = dict(zip("ùøûõï", "\u0301\u0300\u0309\u0303\u0323", strict=True))
_VNI_CIRCUMFLEX = {"â": ""} | dict(zip("áàåãä", "\u0301\u0300\u0309\u0303\u0323", strict=True))
_VNI_BREVE = {"ê": ""} | dict(zip("éèúüë", "\u0301\u0300\u0309\u0303\u0323", strict=True))
_VNI_ALONE = {"ñ": "đ", "ô": "ơ", "ö": "ư", "í": "í", "ì": "ì", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ"}


@cache
def tcvn3_letters() -> dict[int, str]:
    """Code point of the byte → letter."""
    return {ord(pair[0]): pair[1] for pair in _TCVN3.split(" ")}


@cache
def tcvn3_table() -> str:
    """All 256 bytes, as `codecs.charmap_decode` takes them."""
    return "".join(tcvn3_letters().get(byte, chr(byte)) for byte in range(256))


@cache
def viscii_table() -> str:
    """All 256 bytes, as `codecs.charmap_decode` takes them."""
    return "".join(_VISCII_LOW.get(byte, chr(byte)) for byte in range(128)) + _VISCII_HIGH


@cache
def vni_letters() -> dict[str, str]:
    """One or two characters → letter, small and capital; the case of a pair is that of its vowel."""
    small = dict(_VNI_ALONE)
    for vowel in "aeouy":
        small |= {vowel + mark: _composed(vowel + tone) for mark, tone in _VNI_TONES.items()}
    for vowel in "aeo":
        small |= {vowel + mark: _composed(vowel + "\u0302" + tone) for mark, tone in _VNI_CIRCUMFLEX.items()}
    small |= {"a" + mark: _composed("a\u0306" + tone) for mark, tone in _VNI_BREVE.items()}
    for vowel, horned in (("ô", "ơ"), ("ö", "ư")):
        small |= {vowel + mark: _composed(horned + tone) for mark, tone in _VNI_TONES.items()}
    cased = {key[0].upper() + key[1:]: letter.upper() for key, letter in small.items()}
    cased |= {key.upper(): letter.upper() for key, letter in small.items()}
    cased |= {key[0] + key[1:].upper(): letter for key, letter in small.items()}
    return cased | small


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)
