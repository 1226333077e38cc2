"""Where the rooms are put together: what none of them may know of another."""

from __future__ import annotations

from dancu.ui.navigation import NavItem

NAVIGATION = (
    NavItem("/mot-cua", "Tra cứu, đối chiếu", "desk", "look", "Một cửa: tra cứu, đối chiếu, tiếp nhận hồ sơ"),
    NavItem("/mot-cua/ho-so", "Hồ sơ", "desk", "dossiers", "Hồ sơ của đơn vị: hạn trả, chờ đối chiếu, tờ khai đang làm dở"),
)
