"""Lists and windows of the national contract: what a call asks for, and the bytes of the answers.

Public evidence shows the operations' names, the window's request and the outline of its answer; everything else here is ours.
"""

from __future__ import annotations

import base64
import csv
import io
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from dancu.exchange.feeds import Asked, ListCriteria, ListedPerson, ListLine, ListState, Window, WindowPerson
from dancu.gateway.dialects import national_response
from dancu.gateway.dialects.national_request import SoapCall
from dancu.kernel.areas import Address
from dancu.kernel.errors import Invalid
from dancu.kernel.spreadsheets import harmless
from dancu.population.domain import PersonFacts

PAGE_MAX = 100
_CRITERIA: Mapping[str, tuple[str, ...]] = {  # operation → elements of which one must be stated
    "CungCapDanhSachTheoDiaPhuong": ("MaTinhThanh",),
    "CungCapDanhSachTheoDoTuoi": ("TuTuoi", "DenTuoi"),
    "CungCapDanhSachTheoNhomMau": ("NhomMau",),
    "CungCapDanhSachTheoGioiTinh": ("GioiTinh",),
    "CungCapDanhSachTheoDanToc": ("DanToc",),
    "CungCapDanhSachTheoTonGiao": ("TonGiao",),
}
REQUESTING = tuple(_CRITERIA)
_STATE_WORDS = {
    ListState.RECEIVED: "DA_TIEP_NHAN",
    ListState.RUNNING: "DANG_XU_LY",
    ListState.READY: "DA_CO_KET_QUA",
    ListState.REFUSED: "TU_CHOI",
    ListState.FAILED: "LOI",
    ListState.DELETED: "DA_XOA",
    ListState.EXPIRED: "HET_HAN",
}
_FILE_COLUMNS = ("SoDinhDanh", "SoCMND", "HoVaTen", "NgaySinh", "GioiTinh", "DanToc", "TonGiao", "NhomMau", "ThuongTru")


def window_of(call: SoapCall) -> Window:
    """The window a call names, in epoch milliseconds, its last one within. Raises `Invalid` naming the element."""
    since, until = _moment(call, "TuNgay"), _moment(call, "DenNgay")
    if until < since:
        raise _wrong("DenNgay", "DenNgay phải sau TuNgay.", "DenNgay must come after TuNgay.")
    end = until + timedelta(milliseconds=1)
    return Window(since, end, page_of(call), _whole(call, "SoBanGhi", 1, 1_000_000, PAGE_MAX, cap=PAGE_MAX))


def criteria_of(call: SoapCall) -> ListCriteria:
    """The criteria of a list operation: its own, and beside it any other. Raises `Invalid` naming the element."""
    needed = _CRITERIA[call.operation]
    if not any(call.values.get(name) for name in needed):
        raise _wrong(needed[0], f"Thiếu {' hoặc '.join(needed)}.", f"{' or '.join(needed)} is missing.")
    stated = call.values
    sex = stated.get("GioiTinh")
    version = {"units_version": stated["PhienBanDVHC"]} if stated.get("PhienBanDVHC") else {}
    return ListCriteria(
        province=stated.get("MaTinhThanh", ""),
        district=stated.get("MaQuanHuyen", ""),
        commune=stated.get("MaPhuongXa", ""),
        age_from=_whole(call, "TuTuoi", 0, 150, None),
        age_to=_whole(call, "DenTuoi", 0, 150, None),
        sex=_whole(call, "GioiTinh", 0, 2, None) if sex else None,
        ethnicity=stated.get("DanToc", ""),
        religion=stated.get("TonGiao", ""),
        blood_type=stated.get("NhomMau", ""),
        **version,
    )


def page_of(call: SoapCall) -> int:
    return int(_whole(call, "Trang", 1, 10_000_000, 1))


def window_answer(persons: Iterable[WindowPerson]) -> bytes:
    """Many `CongDan`, each a number and the JSON text of a list with one object; birth dates as yyyyMMdd."""
    items = (
        national_response.block(
            "CongDan",
            {"SoDinhDanh": each.number, "Body": json.dumps([_flat(each.facts, each.number)], ensure_ascii=False)},
        )
        for each in persons
    )
    return national_response.collection("CongdanCollection", items)


def requests_answer(lines: Iterable[ListLine]) -> bytes:
    return national_response.collection("YeuCauCollection", [_request(line) for line in lines])


def detail_answer(line: ListLine, asked: Asked) -> bytes:
    criteria = asked.criteria
    stated = {
        "PhienBanDVHC": criteria.units_version if criteria.province else "",
        "MaTinhThanh": criteria.province,
        "MaQuanHuyen": criteria.district,
        "MaPhuongXa": criteria.commune,
        "TuTuoi": criteria.age_from,
        "DenTuoi": criteria.age_to,
        "GioiTinh": criteria.sex,
        "DanToc": criteria.ethnicity,
        "TonGiao": criteria.religion,
        "NhomMau": criteria.blood_type,
    }
    return national_response.collection("YeuCauCollection", [_request(line), national_response.block("TieuChi", stated)])


def history_answer(steps: Iterable[tuple[datetime, str, str]]) -> bytes:
    items = (
        national_response.block("BuocXuLy", {"ThoiDiem": _iso(at), "TrangThai": _STATE_WORDS[ListState(state)], "LyDo": reason})
        for at, state, reason in steps
    )
    return national_response.collection("LichSuCollection", items)


def records_answer(persons: Iterable[ListedPerson]) -> bytes:
    return national_response.citizens_answer(each.facts for each in persons)


def file_answer(persons: Iterable[ListedPerson], page: int) -> bytes:
    """The same page as a CSV file in base64, UTF-8 with its mark so that spreadsheets read the names."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(_FILE_COLUMNS)
    for each in persons:
        flat = _flat(each.facts, each.facts.personal_id.digits if each.facts.personal_id else "")
        writer.writerow([harmless(str(flat.get(name, ""))) for name in _FILE_COLUMNS])
    content = base64.b64encode(out.getvalue().encode("utf-8-sig")).decode()
    file = national_response.block("TepKetQua", {"TenTep": f"danh-sach-{page}.csv", "NoiDung": content})
    return national_response.collection("TepKetQuaCollection", [file])


def _request(line: ListLine) -> str:
    is_ready = line.state is ListState.READY
    return national_response.block(
        "YeuCau",
        {
            "IdYeuCau": line.id,
            "TrangThai": _STATE_WORDS[line.state],
            "LyDo": line.reason,
            "TongSo": line.count,
            "SoTrang": line.pages if is_ready else None,
            "ThoiDiem": _iso(line.at),
            "HetHan": _iso(line.expires_at) if line.expires_at else None,
        },
    )


def _flat(facts: PersonFacts, number: str) -> dict[str, Any]:
    born = facts.birth_date
    named: dict[str, Any] = {
        "SoDinhDanh": number,
        "SoCMND": facts.old_id_no,
        "HoVaTen": facts.full_name,
        "NgaySinh": f"{born.year:04d}{born.month:02d}{born.day:02d}" if born and born.is_full else None,
        "NamSinh": f"{born.year:04d}" if born else None,
        "GioiTinh": None if facts.sex is None else str(int(facts.sex)),
        "DanToc": facts.ethnicity,
        "TonGiao": facts.religion,
        "NhomMau": facts.blood_type,
        "QuocTich": facts.nationality,
        "TinhTrangHonNhan": None if facts.marital_status is None else str(int(facts.marital_status)),
        "ThuongTru": _place(facts.permanent_residence),
        "NoiOHienTai": _place(facts.current_residence),
        "TinhTrangConSong": None if facts.life_status is None else str(int(facts.life_status)),
    }
    return {name: value for name, value in named.items() if value is not None}


def _place(address: Address | None) -> str | None:
    if address is None:
        return None
    area = address.area
    codes = ".".join(filter(None, (area.province, area.district, area.commune))) if area else ""
    return " ".join(filter(None, (address.detail, f"({codes})" if codes else "")))


def _moment(call: SoapCall, name: str) -> datetime:
    text = call.values.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) in (12, 13)):
        raise _wrong(
            name, f"{name} là thời điểm tính bằng mili giây, 13 chữ số.", f"{name} is a moment in milliseconds, 13 digits."
        )
    return datetime.fromtimestamp(int(text) / 1000, UTC)


def _whole(call: SoapCall, name: str, least: int, most: int, otherwise: Any, cap: int | None = None) -> Any:
    text = call.values.get(name, "")
    if not text:
        return otherwise
    if not (text.isascii() and text.isdigit() and len(text) <= 9 and least <= int(text) <= most):
        raise _wrong(name, f"{name} từ {least} đến {most}.", f"{name} is from {least} to {most}.")
    return int(text) if cap is None else min(int(text), cap)


def _iso(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds")


def _wrong(name: str, message: str, message_en: str) -> Invalid:
    return Invalid("soap.list", message, message_en, field=name)
