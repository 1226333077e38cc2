"""Whose demonstration it is: a province, one of its communes, and the systems that ask there."""

from __future__ import annotations

from dataclasses import dataclass

OFFICER, PASSWORD = "canbo.motcua", "mo-phong-2026"
SOAP_SECRET, REST_SECRET = "bi-mat-mo-phong", "bi-mat-mo-phong-2"
BIRTH = "1.001193"
PURPOSE, BASIS = "Giải quyết thủ tục đăng ký khai sinh", "Luật Hộ tịch 60/2014/QH13, Điều 16"


@dataclass(frozen=True)
class Scene:
    """One simulated province."""

    province: str
    province_name: str
    commune: str
    commune_name: str
    soap_client: str
    rest_client: str

    @property
    def hub(self) -> str:
        """Its id at the national hub."""
        return f"hub-{self.province.lower()}"

    @property
    def accounts(self) -> tuple[str, str]:
        """The accounts of the two systems: a shared one, as field clients send, and a human's."""
        return self.soap_client.upper(), "canbo01"


HUE = Scene("H57", "UBND thành phố Huế (mô phỏng)", "H57.12.3", "UBND phường Thuận Hóa (mô phỏng)", "vdxp_hue", "dvc-hue")
AN_GIANG = Scene(
    "H01", "UBND tỉnh An Giang (mô phỏng)", "H01.12.3", "UBND phường Long Xuyên (mô phỏng)", "vdxp_angiang", "dvc-angiang"
)
SCENES = {scene.province: scene for scene in (HUE, AN_GIANG)}
