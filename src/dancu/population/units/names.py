"""Names of units as they compare: without the kind of unit, without marks, also where people write them otherwise."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# Longest first: "thị xã" is no "xã".
KINDS = (
    ("Thành phố", "thanh pho"),
    ("Thị trấn", "thi tran"),
    ("Thị xã", "thi xa"),
    ("Đặc khu", "dac khu"),
    ("Phường", "phuong"),
    ("Huyện", "huyen"),
    ("Quận", "quan"),
    ("Tỉnh", "tinh"),
    ("Xã", "xa"),
)
_STRANGE_D = str.maketrans({"đ": "d", "Đ": "d", "ð": "d", "Ð": "d", "Ɖ": "d"})
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8, "ix": 9, "x": 10}


@lru_cache(maxsize=65536)
def folded(text: str) -> str:
    """Small letters and digits without marks, everything else a blank: `Ia H'Drai` gives `ia h drai`."""
    plain = unicodedata.normalize("NFD", text.translate(_STRANGE_D)).casefold()
    letters = "".join(char for char in plain if not unicodedata.combining(char))
    return " ".join(re.sub(r"[^a-z0-9]+", " ", letters).split())


@lru_cache(maxsize=65536)
def split_kind(name: str) -> tuple[str, str]:
    """Kind and proper name: `Phường Bến Nghé` gives `("Phường", "Bến Nghé")`."""
    for kind, _ in KINDS:
        if name.startswith(kind + " "):
            return kind, name[len(kind) + 1 :]
    return "", name


@lru_cache(maxsize=65536)
def bare_name(name: str) -> str:
    """The proper name as it compares, without kind, marks and blanks; numbers in one form (`Phường 01` is `Phường 1`)."""
    proper = folded(split_kind(name)[1])
    if proper.isdigit():
        return str(int(proper))
    return str(_ROMAN[proper]) if proper in _ROMAN and split_kind(name)[0] == "Phường" else proper.replace(" ", "")
