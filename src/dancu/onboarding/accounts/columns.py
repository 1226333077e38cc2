"""The columns of the account list and the values that are chosen from a list. Data, and how one of them is told by its words. Pure.

Letter 1658/CV-TCTTKĐA of 24 March 2022: a connection needs the list of accounts, and no undertaking of each person any more.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from dancu.kernel.names import folded_name

ROWS_MAX = 20_000
LABEL_LENGTH_MAX = 40  # folded; a longer text is a sentence, not the label of a column
ORDINAL = "ordinal"  # the running number, which nobody reads
FIX = "fix"  # the column our own returned workbook adds; it is read past
FIX_WORDS = "Cần sửa"

# Nothing is seen of these and input methods leave them behind.
_INVISIBLE = str.maketrans("", "", "\u200b\u200c\u200d\u2060\ufeff")
_IN_BRACKETS = re.compile(r"\([^)]*\)|\[[^\]]*\]|^\W*\d{1,2}\W+")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the list (*cột của danh sách tài khoản*)."""

    key: str
    words: str
    hint: str
    is_required: bool = True
    width: int = 14
    also: tuple[str, ...] = ()  # other labels, folded, as a whole
    parts: tuple[str, ...] = ()  # folded words that tell the column wherever they stand in a label

    @property
    def in_sentence(self) -> str:
        return self.words[0].lower() + self.words[1:] if self.key != ORDINAL else self.words


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a list that is chosen from (*giá trị được chọn*): as it is kept, and as people write it."""

    code: str
    words: str
    also: tuple[str, ...] = ()  # other ways to write it, folded

    @property
    def shown(self) -> str:
        """As the lists of the template offer it."""
        return f"{self.code} - {self.words}" if self.code.isdigit() else self.words


COLUMNS = (
    Column(ORDINAL, "STT", "Số thứ tự, có thể để trống.", False, 5, ("tt", "sott", "sothutu", "thutu")),
    Column(
        "full_name",
        "Họ và tên",
        "Ghi đủ họ, chữ đệm và tên như trên thẻ căn cước, gõ bằng Unicode.",
        width=22,
        also=("ten", "canbo", "tencanbo", "hotencanbo"),
        parts=("hovaten", "hoten", "hovatendem", "hotendem"),
    ),
    Column(
        "personal_id",
        "Số định danh",
        "Đủ 12 chữ số như trên thẻ căn cước. Ô đã để dạng văn bản nên số 0 ở đầu không mất.",
        width=14,
        parts=("dinhdanh", "cccd", "cancuoc"),
    ),
    Column(
        "birth_date", "Ngày sinh", "Ngày/tháng/năm, ví dụ 24/11/1990.", width=12, also=("namsinh",), parts=("ngaysinh", "namsinh")
    ),
    Column("position", "Chức vụ", "Chức vụ hoặc chức danh hiện nay.", width=16, parts=("chucvu", "chucdanh")),
    Column(
        "unit",
        "Đơn vị",
        "Phòng, ban hoặc uỷ ban nơi người này làm việc.",
        width=22,
        also=("phongban", "noicongtac"),
        parts=("donvi", "coquan"),
    ),
    Column(
        "level",
        "Cấp",
        "Chọn: Trung ương, Tỉnh, Huyện hoặc Xã.",
        width=10,
        also=("capdonvi", "capcoquan", "caphanhchinh", "captwtinhhuyenxa", "captinhhuyenxa", "captrunguongtinhhuyenxa"),
    ),
    Column(
        "phone",
        "Điện thoại cơ quan",
        "Số máy bàn của cơ quan. Không ghi số di động riêng.",
        False,
        14,
        also=("sdt", "sdtcoquan", "dt", "dtcoquan"),
        parts=("dienthoai",),
    ),
    Column(
        "mail",
        "Thư công vụ",
        "Hộp thư công vụ, ví dụ hoten@tinh.gov.vn.",
        width=24,
        also=("mail",),
        parts=("thucongvu", "email", "thudientu", "hopthu"),
    ),
    Column(
        "account",
        "Tên tài khoản",
        "Chữ không dấu và số, không có khoảng trắng. Dùng số định danh làm tên thì phải là số của chính người này.",
        width=16,
        also=("username",),
        parts=("taikhoan", "tendangnhap"),
    ),
    Column(
        "role", "Vai trò", "Chọn trong danh sách vai trò.", width=14, also=("quyen",), parts=("vaitro", "nhomquyen", "phanquyen")
    ),
    Column(
        "services",
        "Dịch vụ được khai thác",
        "Mã dịch vụ đã đăng ký trong hồ sơ. Nhiều dịch vụ thì cách nhau bằng dấu chấm phẩy.",
        width=20,
        parts=("dichvu",),
    ),
    Column("note", "Ghi chú", "Có thể để trống.", False, 14, parts=("ghichu",)),
)
BY_KEY = {column.key: column for column in COLUMNS}
REQUIRED = tuple(column for column in COLUMNS if column.is_required)
# What tells a person from a line that closes the paper or was left behind.
TELLING = ("personal_id", "birth_date", "account", "mail")

LEVELS = (
    Choice("central", "Trung ương", ("tw", "bo", "bonganh")),
    Choice("province", "Tỉnh", ("thanhphotructhuoctrunguong", "tinhthanhpho")),
    Choice("district", "Huyện", ("quan", "thixa", "quanhuyen")),
    Choice("commune", "Xã", ("phuong", "thitran", "xaphuong", "phuongxa", "dackhu")),
)

_WHOLE = {folded_name(FIX_WORDS): FIX} | {
    label: column.key for column in COLUMNS for label in (folded_name(column.words), *column.also)
}
# In this order: "điện thoại cơ quan" is a telephone, "tên tài khoản thư công vụ" a mailbox.
_ORDER = ("phone", "mail", "personal_id", "birth_date", "account", "full_name", "position", "role", "services", "unit", "note")
_PARTS = tuple((part, key) for key in _ORDER for part in BY_KEY[key].parts)


def tidy(text: str) -> str:
    """Composed (NFC), without invisible characters, single blanks; without the mark that keeps a text from being a formula."""
    clean = (text if text.isascii() else unicodedata.normalize("NFC", text.translate(_INVISIBLE))).strip(" ")
    if clean[:1] == "'" and clean[1:2] in tuple("=+-@\t\r0123456789"):
        clean = clean[1:]
    return " ".join(clean.split())


@lru_cache(maxsize=4096)
def column_of(label: str) -> str | None:
    """The key of the column a label names, whatever its case, marks, breaks and remarks in brackets; None: of no column."""
    folded = folded_name(_IN_BRACKETS.sub(" ", tidy(label))) or folded_name(label)
    if not folded or len(folded) > LABEL_LENGTH_MAX:
        return None
    return _WHOLE.get(folded) or next((key for part, key in _PARTS if part in folded), None)


def chosen(text: str, choices: Iterable[Choice], prefix: str = "") -> Choice | None:
    """The choice a text names, by its code or its words; `prefix`: a folded word people put before it."""
    wanted = folded_name(text)
    bare = wanted.removeprefix(prefix) or wanted
    for choice in choices:
        codes, words = _written(choice)
        if wanted in codes or wanted in words or bare in words:
            return choice
        # A spreadsheet makes 37 of the code 037.
        if wanted.isdigit() and choice.code.isdigit() and wanted.lstrip("0") == choice.code.lstrip("0"):
            return choice
    return None


@lru_cache(maxsize=4096)
def _written(choice: Choice) -> tuple[frozenset[str], frozenset[str]]:
    """Folded: the code alone or before the words, and the words however they are written."""
    code, words = folded_name(choice.code), folded_name(choice.words)
    return frozenset({code, code + words}), frozenset({words, *choice.also})
