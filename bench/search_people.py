"""A registry of any size made inside the database, and what an officer would type about its people, with the usual slips.

Family, middle and given names follow published shares (Nguyễn 31 of 100) with a tail of a thousand rare syllables, because a
search is as slow as its most frequent words and as lost as its rarest. Everybody is arithmetic; nobody is anybody.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

import psycopg

from dancu.kernel.names import folded_name


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


PROVINCES = _words(  # of today's list
    "01 04 08 11 12 14 15 19 20 22 24 25 31 33 37 38 40 42 44 46 48 51 52 56 66 68 75 79 80 82 86 91 92 96"
)
YEARS = range(1930, 2026)
SLOTS = 2000
_FAMILY = {
    "Nguyễn": 31, "Trần": 10.9, "Lê": 8.9, "Phạm": 5.9, "Hoàng": 3.6, "Huỳnh": 2.3, "Phan": 2.8, "Vũ": 2.9, "Võ": 1.9, "Đặng": 2.1,
    "Bùi": 2.1, "Đỗ": 1.9, "Hồ": 1.5, "Ngô": 1.4, "Dương": 1.2, "Lý": 0.9, "Đinh": 1.1, "Trương": 1.4, "Lương": 0.7, "Mai": 0.7,
    "Cao": 0.7, "Hà": 0.7, "Đoàn": 0.8, "Trịnh": 0.7, "Đào": 0.7, "Lâm": 0.6, "Phùng": 0.4, "Tô": 0.3, "Tạ": 0.4, "Châu": 0.3,
    "Quách": 0.2, "Thạch": 0.2, "Nông": 0.3, "Lò": 0.3, "Vàng": 0.2, "Giàng": 0.2, "Ksor": 0.1, "Niê": 0.1, "Chu": 0.4, "Tăng": 0.2,
}  # fmt: skip
_MIDDLE = (
    {"Văn": 30, "Đức": 6, "Hữu": 5, "Quang": 5, "Minh": 6, "Xuân": 4, "Ngọc": 4, "Đình": 4, "Thanh": 4, "Công": 3, "Quốc": 4,
     "Hoàng": 4, "Anh": 3, "Trọng": 2, "Duy": 3, "Tuấn": 2, "Gia": 2, "Bảo": 2, "Thế": 2, "Mạnh": 2, "Viết": 1, "Bá": 1, "Sỹ": 1},
    {"Thị": 45, "Ngọc": 7, "Thu": 5, "Thanh": 5, "Kim": 4, "Phương": 3, "Minh": 3, "Hồng": 3, "Mỹ": 3, "Bích": 2, "Thùy": 2,
     "Khánh": 2, "Bảo": 2, "Như": 2, "Quỳnh": 2, "Diệu": 1, "Tuyết": 1, "Cẩm": 1, "Ánh": 1, "Yến": 1, "Hải": 1},
)  # fmt: skip
_GIVEN = (
    _words(
        "Anh Hùng Dũng Minh Thành Bình Sơn Hải Tâm Thắng Hòa Quang Long Đức Lợi Phước Huy Khang Bảo Phúc Khoa "
        "Phát Đạt Khôi Nam Duy Quân Kiệt Thịnh Tuấn Hưng Hoàng Hiếu Nhân Trí Tài Phong Nguyên Phú Lâm Cường "
        "Trung Kiên Việt Tùng Giang Khánh Toàn Vinh Tú Tiến Chiến Mạnh Công Đông Hậu Thuận Nghĩa Lộc Thiện "
        "Danh Quý Sang Tân Vũ An Ân Bách Chương Điền Hiển Khải Luân Nhật Quyết Sáng Thái Triều"
    ),
    _words(
        "Lan Hoa Hồng Hương Mai Nga Thủy Hà Liên Tuyết Nguyệt Lành Bé Anh Vy Ngọc Nhi Hân Thư Linh Như Ngân "
        "Phương Thảo My Trân Quỳnh Nghi Trang Trâm An Thy Châu Trúc Uyên Yến Ý Tiên Hằng Huyền Hiền Hạnh Thu "
        "Xuân Đào Cúc Loan Phượng Vân Oanh Nhung Thắm Thơm Dung Diễm Duyên Giang Hậu Huệ Kiều Lệ Loan Ly Mỹ "
        "Na Nhàn Oanh Quyên Sương Tâm Thoa Thúy Tình Tươi Vui Xoan Yên Ánh Bích Chi Đan Hòa"
    ),
)
_ONSETS = _words("B C Ch D Đ G Gi H K Kh L M N Ng Nh P Ph Q S T Th Tr V X")
_RIMES = _words("a an ang anh ao ay ăm âm ân âu e em ên ênh i iêm iên in inh o oan oang ôi ông ơn u ung uy ư ưng ương y yên oa uê")
# Full of 12 digits: province, century and sex, year, and a place within the cell.
_PERSONS = """
insert into population_person (personal_no, full_name, birth_year, birth_month, birth_day,
 number_state, sex, ethnicity, religion, blood_type, marital_status, life_status,
 other_name, nationality, old_id_no, temporary_absence, residence_file_no, household_relation, household_book_no, phone, email,
 birth_place_version, birth_place_code, birth_place_detail,
 birth_registration_version, birth_registration_code, birth_registration_detail,
 home_town_version, home_town_code, home_town_detail, permanent_version, permanent_code, permanent_detail,
 temporary_version, temporary_code, temporary_detail, current_version, current_code, current_detail,
 id_cards, relatives, household_head, attached, load_batch)
select p.province::bigint * 1000000000 + (p.sex - 1 + case when p.year < 2000 then 0 else 2 end) * 100000000::bigint
  + mod(p.year, 100) * 1000000::bigint + p.place * {step} + mod(p.luck, {step}),
 family.name || ' ' || middle.name || ' '
  || case when mod(p.luck, 5) = 0 and extra.name <> middle.name then extra.name || ' ' else '' end || given.name, p.year,
 case when p.year < 1960 and mod(p.luck, 4) = 0 then 0 else 1 + mod(p.luck / 7, 12) end,
 case when p.year < 1960 and mod(p.luck, 4) = 0 then 0 else 1 + mod(p.luck / 89, 28) end,
 0, p.sex, 1, 0, 0, 1, case when p.year < 1945 and mod(p.luck, 2) = 0 then 1 else 0 end,
 '', 'VN', case when p.year < 1990 then lpad(mod(p.luck, 1000000000)::text, 9, '0') else '' end, '', '', '01', '', '', '',
 '', '', '', 'L2-2025', p.province, '', 'L2-2025', p.province, '', 'L2-2025',
 case when mod(p.luck / 3, 5) = 0 then (%(provinces)s::text[])[1 + mod(p.luck / 11, 34)] else p.province end, 'Số 1 đường Mô Phỏng',
 '', '', '', '', '', '', '[]', '{{}}', '{{}}', '{{}}', 0
from (
  select (%(provinces)s::text[])[1 + cell / {cells}] as province, 1 + mod(cell, 2) as sex,
   {first} + mod(cell, {cells}) / 2 as year, place, abs(hashint4(cell * 4096 + place)::bigint) as luck
  from generate_series(0, {all_cells} - 1) cell, generate_series(0, {per_cell} - 1) place
) p
join bench_name family on family.kind = 0 and family.slot = mod(p.luck / 13, {slots})
join bench_name middle on middle.kind = p.sex and middle.slot = mod(p.luck / 17, {slots})
join bench_name extra on extra.kind = p.sex and extra.slot = mod(p.luck / 1009, {slots})
join bench_name given on given.kind = 2 + p.sex and given.slot = mod(p.luck / 26003, {slots})
"""


def fill(owner_url: str, persons: int) -> int:
    """Make about that many persons; gives how many there are."""
    cells = 2 * len(YEARS)
    all_cells = cells * len(PROVINCES)
    per_cell = max(1, round(persons / all_cells))
    with psycopg.connect(owner_url, autocommit=True) as connection:
        connection.execute("create table bench_name (kind int, slot int, name text, primary key (kind, slot))")
        with connection.cursor().copy("copy bench_name from stdin") as out:
            for kind, names in enumerate(_slots()):
                for slot, name in enumerate(names):
                    out.write_row((kind, slot, name))
        connection.execute("analyze bench_name")
        connection.execute(
            _PERSONS.format(  # type: ignore[arg-type]  # our own numbers
                cells=cells, all_cells=all_cells, per_cell=per_cell, step=1_000_000 // per_cell, first=YEARS.start, slots=SLOTS
            ),
            {"provinces": list(PROVINCES)},
        )
        connection.execute("drop table bench_name")
        connection.execute("vacuum analyze population_person")
    return all_cells * per_cell


def _slots() -> list[list[str]]:
    """Family, middle of men and of women, given of men and of women: `SLOTS` each, as many slots as the share."""
    chance = random.Random(7)
    tail = sorted({(onset + rime).capitalize() for onset in _ONSETS for rime in _RIMES})
    given = [{name: 1 / (at + 8) for at, name in enumerate(names)} for names in _GIVEN]
    columns = [_FAMILY, *_MIDDLE, *given]
    slots = []
    for column, tail_share in zip(columns, (0.02, 0.05, 0.05, 0.15, 0.15), strict=True):
        names, weights = list(column), list(column.values())
        ordinary = chance.choices(names, weights, k=round(SLOTS * (1 - tail_share)))
        slots.append(ordinary + chance.choices(tail, k=SLOTS - len(ordinary)))
    return slots


@dataclass(frozen=True)
class Asked:
    """What was typed, and who was meant."""

    kind: str
    personal_no: int
    text: str
    birth_date: str = ""
    province: str = ""


def questions(owner_url: str, count: int, seed: int = 5) -> list[Asked]:
    """People drawn evenly from the registry, and what is typed about each of them."""
    chance = random.Random(seed)
    with psycopg.connect(owner_url) as connection:
        rows = connection.execute(
            "select personal_no, full_name, birth_year, birth_month, birth_day, left(permanent_code, 2), old_id_no "
            "from population_person tablesample bernoulli (%s) repeatable (5)",
            [min(100.0, 100 * 4 * count / max(1, _rough_count(connection)))],
        ).fetchall()
    return [_asked(chance, row) for row in chance.sample(rows, min(count, len(rows)))]


def _rough_count(connection: Any) -> int:
    row = connection.execute("select reltuples::bigint from pg_class where relname = 'population_person'").fetchone()
    return int(row[0])


def _asked(chance: random.Random, row: Any) -> Asked:
    number, name, year, month, day, province, old = row
    digits = f"{number:012d}"
    luck = chance.random()
    if luck < 0.08:
        return Asked("number", number, digits)
    if luck < 0.16:
        return Asked("number, one slip", number, _slip(chance, digits, "0123456789"))
    if luck < 0.20 and old:
        return Asked("old number, one slip", number, _slip(chance, old, "0123456789"))
    born = f"{day:02d}/{month:02d}/{year}" if day else str(year)
    if luck < 0.32:
        return Asked("name, date", number, name, born)
    if luck < 0.62:
        return Asked("dirty name, date", number, dirty(chance, name), born)
    if luck < 0.70 and day:
        return Asked("name, dirty date", number, name, _dirty_date(chance, day, month, year))
    if luck < 0.84:
        return Asked("dirty name, year, province", number, dirty(chance, name), str(year), province)
    if luck < 0.92:
        return Asked("dirty name, year", number, dirty(chance, name), str(year))
    return Asked("name, year", number, name, str(year))


def dirty(chance: random.Random, name: str) -> str:
    """As people type in a hurry: without marks, words exchanged, joined or left out, one letter wrong; sometimes two of these."""
    slips = [_typo, _typo, _plain, _exchanged, _joined, _without_middle, _extra_middle]
    for slip in chance.sample(slips, chance.choice((1, 1, 2))):
        name = slip(chance, name)
    return name


def _plain(chance: random.Random, name: str) -> str:
    return " ".join(folded_name(word) for word in name.split())


def _typo(chance: random.Random, name: str) -> str:
    words = _plain(chance, name).split()
    at = chance.randrange(len(words))
    words[at] = _slip(chance, words[at], "abcdeghiklmnopqrstuvxy")
    return " ".join(words)


def _exchanged(chance: random.Random, name: str) -> str:
    words = name.split()
    return " ".join([*words[1:], words[0]])


def _joined(chance: random.Random, name: str) -> str:
    words = name.split()
    if len(words) < 3:  # one short word alone is not searched
        return name
    at = chance.randrange(len(words) - 1)
    return " ".join([*words[:at], "".join(words[at : at + 2]), *words[at + 2 :]])


def _without_middle(chance: random.Random, name: str) -> str:
    words = name.split()
    return " ".join([words[0], *words[2:]]) if len(words) > 2 else name


def _extra_middle(chance: random.Random, name: str) -> str:
    words = name.split()
    return " ".join([*words[:-1], chance.choice(["Ngọc", "Minh", "Thanh"]), words[-1]])


def _slip(chance: random.Random, text: str, letters: str) -> str:
    at = chance.randrange(len(text))
    match chance.randrange(4):
        case 0:
            return text[:at] + chance.choice(letters) + text[at + 1 :]
        case 1 if len(text) > 2:
            return text[:at] + text[at + 1 :]
        case 2:
            return text[:at] + chance.choice(letters) + text[at:]
        case _ if at + 1 < len(text):
            return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    return text


def _dirty_date(chance: random.Random, day: int, month: int, year: int) -> str:
    return chance.choice(
        [f"{day % 28 + 1:02d}/{month:02d}/{year}", f"{day:02d}/{month % 12 + 1:02d}/{year}", f"{day:02d}/{month:02d}/{year - 1}"]
    )
