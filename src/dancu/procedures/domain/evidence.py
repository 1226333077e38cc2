"""How the desk learned who stands before it: the ways of the decree that ended the paper household book."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Way(StrEnum):
    """How a person's data were obtained (*cách khai thác thông tin*, Decree 104/2022/NĐ-CP, Article 14, clause 2)."""

    SYSTEM = "system"  # the procedure system asks the population database
    CARD = "card"  # 1 the chip card itself
    QR = "qr"  # 2 the QR code of the card, then the population database
    CHIP = "chip"  # 3 a reader of the chip
    PORTAL = "portal"  # 4 the citizen's own look-up on the residence portal
    VNEID = "vneid"  # 5 the VNeID application
    CT07 = "ct07"  # 6 confirmation of residence
    NOTICE = "notice"  # 7 notice of the personal number


WAY_WORDS: Mapping[Way, str] = {
    Way.SYSTEM: "Tra cứu Cơ sở dữ liệu quốc gia về dân cư qua hệ thống giải quyết thủ tục hành chính",
    Way.CARD: "Thẻ căn cước, thẻ CCCD gắn chip",
    Way.QR: "Quét mã QR trên thẻ, đối chiếu với Cơ sở dữ liệu quốc gia về dân cư",
    Way.CHIP: "Thiết bị đọc chip trên thẻ",
    Way.PORTAL: "Tra cứu trên Cổng dịch vụ công quản lý cư trú",
    Way.VNEID: "Ứng dụng VNeID",
    Way.CT07: "Giấy xác nhận thông tin về cư trú (CT07)",
    Way.NOTICE: "Giấy thông báo số định danh cá nhân và thông tin công dân",
}

# What a citizen may be asked to show, only when the data cannot be had from the database.
PAPERS_INSTEAD = (Way.CARD, Way.VNEID, Way.CT07, Way.NOTICE)
