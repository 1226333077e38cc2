"""Name weights: family names of the centre, middle and given names by sex and cohort, some minority habits.

Weights from published samples of names (percent, rounded); they are proposals for a generator, not statistics.
"""

from __future__ import annotations

import numpy as np

_FAMILY = {
    "Nguyễn": 31.0,
    "Trần": 9.6,
    "Lê": 9.2,
    "Phạm": 5.0,
    "Hoàng": 4.2,
    "Huỳnh": 1.4,
    "Phan": 3.8,
    "Võ": 3.4,
    "Vũ": 0.9,
    "Đặng": 2.2,
    "Bùi": 1.6,
    "Đỗ": 1.1,
    "Hồ": 3.2,
    "Ngô": 1.7,
    "Dương": 1.1,
    "Trương": 2.0,
    "Đinh": 1.2,
    "Mai": 1.0,
    "Hà": 1.0,
    "Cao": 1.0,
    "Đoàn": 1.0,
    "Lương": 0.6,
    "Đào": 0.6,
    "Tôn Thất": 0.5,
    "Tôn Nữ": 0.4,
    "Châu": 0.6,
    "Thái": 0.6,
    "Văn": 0.5,
    "Lý": 0.4,
    "Lâm": 0.4,
    "Tạ": 0.3,
    "Trịnh": 0.8,
    "Phùng": 0.4,
    "Tô": 0.3,
    "Lưu": 0.4,
    "Nông": 0.1,
    "Đậu": 0.1,
}
FAMILY_NAMES = tuple(_FAMILY)
_FAMILY_WEIGHTS = np.array(list(_FAMILY.values())) / sum(_FAMILY.values())
_MALE_MIDDLE = (
    "Hữu",
    "Đức",
    "Minh",
    "Quang",
    "Ngọc",
    "Xuân",
    "Đình",
    "Công",
    "Quốc",
    "Hoàng",
    "Anh",
    "Thanh",
    "Trọng",
    "Duy",
    "Tuấn",
    "Gia",
    "Bảo",
)
_FEMALE_MIDDLE = (
    "Ngọc",
    "Thu",
    "Thanh",
    "Kim",
    "Phương",
    "Minh",
    "Hồng",
    "Mỹ",
    "Bích",
    "Thùy",
    "Khánh",
    "Bảo",
    "Gia",
    "Như",
    "Quỳnh",
    "Diệu",
)
_MALE_OLD = (
    "Hùng",
    "Dũng",
    "Minh",
    "Thành",
    "Bình",
    "Sơn",
    "Hải",
    "Tâm",
    "Thắng",
    "Hòa",
    "Quang",
    "Long",
    "Đức",
    "Tư",
    "Lợi",
    "Phước",
    "Cần",
)
_FEMALE_OLD = (
    "Lan",
    "Hoa",
    "Hồng",
    "Hương",
    "Mai",
    "Nga",
    "Thủy",
    "Hà",
    "Bình",
    "Liên",
    "Tuyết",
    "Nguyệt",
    "Gái",
    "Lành",
    "Đẹp",
    "Bé",
)
_MALE_NEW = (
    "Anh",
    "Huy",
    "Khang",
    "Bảo",
    "Minh",
    "Phúc",
    "Khoa",
    "Phát",
    "Đạt",
    "Khôi",
    "Long",
    "Nam",
    "Duy",
    "Quân",
    "Kiệt",
    "Thịnh",
    "Tuấn",
    "Hưng",
    "Hoàng",
    "Hiếu",
    "Nhân",
    "Trí",
    "Tài",
    "Phong",
    "Nguyên",
    "Phú",
    "Thành",
    "Đức",
    "Dũng",
    "Lâm",
)
_FEMALE_NEW = (
    "Anh",
    "Vy",
    "Ngọc",
    "Nhi",
    "Hân",
    "Thư",
    "Linh",
    "Như",
    "Ngân",
    "Phương",
    "Thảo",
    "My",
    "Trân",
    "Quỳnh",
    "Nghi",
    "Trang",
    "Trâm",
    "An",
    "Thy",
    "Châu",
    "Trúc",
    "Uyên",
    "Yến",
    "Ý",
    "Tiên",
    "Mai",
    "Hằng",
    "Huyền",
    "Hiền",
    "Hương",
)
# Share of Văn and Thị by first year of the cohort.
_VAN = ((2010, 0.03), (2000, 0.08), (1990, 0.18), (1980, 0.32), (1960, 0.50), (0, 0.65))
_THI = ((2010, 0.10), (2000, 0.25), (1990, 0.45), (1980, 0.65), (1960, 0.85), (0, 0.90))
_TA_OI, _CO_TU, _BRU = 31, 26, 23
STREETS = (
    "đường Lê Lợi",
    "đường Hùng Vương",
    "đường Nguyễn Huệ",
    "đường Trần Hưng Đạo",
    "tổ dân phố 3",
    "tổ dân phố 7",
    "thôn An Hòa",
    "thôn Phú Lương",
    "thôn Đông Hải",
    "kiệt 12 đường Bà Triệu",
    "đường Điện Biên Phủ",
    "thôn Vĩnh Trị",
)


def family_index(chance: np.random.Generator) -> int:
    return int(chance.choice(len(FAMILY_NAMES), p=_FAMILY_WEIGHTS))


def ethnicity(luck: float) -> int:
    """Kinh for 95 of 100; Tà Ôi, Cơ Tu and Bru - Vân Kiều live in the mountains of the west."""
    if luck < 0.95:
        return 1
    return _TA_OI if luck < 0.975 else _CO_TU if luck < 0.992 else _BRU


def full_name(chance: np.random.Generator, sex: int, born: int, family: int, group: int) -> str:
    """A name as it would stand in the register, NFC."""
    if group != 1 and chance.random() < 0.6:
        return _highland_name(chance, sex)
    given, middle = _given(chance, sex, born), _middle(chance, sex, born)
    name = FAMILY_NAMES[family]
    if name in ("Tôn Nữ", "Tôn Thất"):
        name = "Tôn Nữ" if sex == 2 else "Tôn Thất"
    if chance.random() < (0.5 if sex == 2 and born > 2000 else 0.2 if born > 1990 else 0.05):
        extra = (_FEMALE_MIDDLE if sex == 2 else _MALE_MIDDLE)[int(chance.integers(16))]
        middle = f"{middle} {extra}" if extra != middle else middle
    return f"{name} {middle} {given}"


def _middle(chance: np.random.Generator, sex: int, born: int) -> str:
    share = next(s for year, s in (_VAN if sex == 1 else _THI) if born >= year)
    if chance.random() < share:
        return "Văn" if sex == 1 else "Thị"
    pool = _MALE_MIDDLE if sex == 1 else _FEMALE_MIDDLE
    return pool[int(chance.integers(len(pool)))]


def _given(chance: np.random.Generator, sex: int, born: int) -> str:
    old = born < 1965 or (born < 1985 and chance.random() < 0.5)
    pool = (_MALE_OLD if old else _MALE_NEW) if sex == 1 else (_FEMALE_OLD if old else _FEMALE_NEW)
    return pool[min(int(chance.exponential(len(pool) / 2.5)), len(pool) - 1)]


def _highland_name(chance: np.random.Generator, sex: int) -> str:
    family = ("Hồ", "A Viết", "Alăng", "Bling", "Zơrâm", "Rah Lan")[int(chance.integers(6))]
    given = ("Bhlao", "Nhơn", "Thêm", "Pơloong", "Đhia", "Kưn")[int(chance.integers(6))]
    return f"{family} {given}" if chance.random() < 0.8 else given if sex == 1 else f"Kăn {given}"
