"""Elements of the national contract's list operations. Public evidence shows the operations' names and `paging`; these are ours."""

from __future__ import annotations

PAGING = "paging"
PAGING_PARTS = frozenset({"Trang", "SoBanGhi"})
LIST_ELEMENTS = frozenset(
    {
        PAGING,
        "IdYeuCau",
        "PhienBanDVHC",
        "MaTinhThanh",
        "MaQuanHuyen",
        "MaPhuongXa",
        "TuTuoi",
        "DenTuoi",
        "GioiTinh",
        "DanToc",
        "TonGiao",
        "NhomMau",
    }
)
