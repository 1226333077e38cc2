"""The elements of one citizen in the national answer, as every typed reader of the field expects them."""

from __future__ import annotations

from collections.abc import Mapping

ADDRESS = ("MaTinhThanh", "MaQuanHuyen", "MaPhuongXa", "ChiTiet", "QuocGia")
RELATIVE = ("HoVaTen", "QuocTich", "SoDinhDanh", "SoCMND")
ADDRESSES = ("NoiDangKyKhaiSinh", "QueQuan", "ThuongTru", "NoiOHienTai")
RELATIVES = ("Cha", "Me", "VoChong", "NguoiDaiDien")
# Element to the children it must have; none for a leaf.
ELEMENTS: Mapping[str, tuple[str, ...]] = {
    "SoDinhDanh": (),
    "SoCMND": (),
    "HoVaTen": ("Ho", "ChuDem", "Ten"),
    "GioiTinh": (),
    "DanToc": (),
    "TonGiao": (),
    "TinhTrangHonNhan": (),
    "NhomMau": (),
    "NgayThangNamSinh": ("Nam",),
    "NoiDangKyKhaiSinh": ADDRESS,
    "QuocTich": (),
    "QueQuan": ADDRESS,
    "ThuongTru": ADDRESS,
    "NoiOHienTai": ADDRESS,
    **dict.fromkeys(RELATIVES, RELATIVE),
    "ChuHo": ("QuanHe", "SoDinhDanh", "SoCMND", "HoVaTen"),
    "SoSoHoKhau": (),
}
# How a code looks where it is told at all.
CODES: Mapping[str, str] = {
    "SoDinhDanh": r"\d{12}",
    "SoCMND": r"\d{9}",
    "GioiTinh": r"[0-2]",
    "DanToc": r"\d{2}",
    "TonGiao": r"\d{2}",
    "TinhTrangHonNhan": r"[0-3]",
    "NhomMau": r"0[0-4]",
    "QuocTich": r"[A-Z]{2}",
}
CODE_WORDS: Mapping[str, str] = {
    "SoDinhDanh": "12 chữ số",
    "SoCMND": "9 chữ số",
    "GioiTinh": "0, 1 hoặc 2",
    "DanToc": "2 chữ số, giữ số 0 ở đầu",
    "TonGiao": "2 chữ số, giữ số 0 ở đầu",
    "TinhTrangHonNhan": "0, 1, 2 hoặc 3",
    "NhomMau": "00 đến 04",
    "QuocTich": "2 chữ cái, như VN",
}
