"""Administrative units. A code alone is ambiguous: seven province codes changed their meaning in 2025."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AreaCode:
    """A unit as `(version, code)` (*mã đơn vị hành chính*): province 2 digits, district 3, commune 5, leading zeros kept.

    `version` names the state of the country the code belongs to: `L3-2021`, `L3-2025`, `L2-2025`, `L2-2026`
    (levels and first year). Decision 124/2004/QĐ-TTg; from 1 July 2025 Decision 19/2025/QĐ-TTg.
    """

    version: str
    province: str
    district: str = ""
    commune: str = ""

    @property
    def code(self) -> str:
        return self.commune or self.district or self.province


@dataclass(frozen=True, slots=True)
class Address:
    """A place: unit, free-text detail below it, country (*địa chỉ*, ISO 3166 alpha-2)."""

    area: AreaCode | None = None
    detail: str = ""
    country: str = "VN"
