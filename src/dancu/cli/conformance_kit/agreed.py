"""What kit and candidate have agreed on before the run: who asks, under which codes, at which addresses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

# Where the platform serves each contract; `{client}` is the system that an address without credentials names.
PATHS: Mapping[str, str] = {
    "soap": "/soap/NPDService",
    "token": "/token",
    "lgsp": "/lgsp/NPD/1.0",
    "lgsp-token": "/lgsp/token",
    "json": "/json/api/v1/DanCu/TraCuu",
    "json-token": "/json/api/v1/Authentication/Token",
    "adapter": "/adapter/{client}/apiCSDLDanCu/ChiaSeThongTinCongDan",
    "opencps": "/opencps/{client}/o/rest/v2/qldc/dvcqg",
    "sharepoint": "/sharepoint/{client}/_vti_bin/CommonServices.svc/GetInfoCitizenFromCSDLQG",
    "warehouse": "/warehouse/{client}/dancutracuu_vngoai/kiemtra-congdan",
    "warehouse-two-keys": "/warehouse/{client}/dancutracuu_vngoai/socancuoc-congdan",
    "rest": "/v1",
    "openapi": "/openapi.yaml",
}


@dataclass(frozen=True, slots=True)
class Agreed:
    """One registration at the candidate, as the kit uses it."""

    client_id: str
    secret: str
    officer: str = "canbo01"
    procedure: str = "1.001193"
    code: str = "037"  # integration code of look-ups
    verify_code: str = "033"  # of verifications
    rest_code: str = "REST"
    purpose: str = "Giải quyết thủ tục đăng ký khai sinh"
    legal_basis: str = "Luật Hộ tịch 60/2014/QH13, Điều 16"
    network_client: str = ""  # the system that addresses without credentials name; the same one when empty
    service_url: str = ""  # the string hashed; the path of each call when empty
    base_path: str = ""  # path of the candidate's address, before those below
    error_code: str = "text"  # or number: how this registration reads `error_code`
    paths: Mapping[str, str] = field(default_factory=lambda: PATHS)

    def path(self, name: str, client: str = "") -> str:
        return {**PATHS, **self.paths}[name].replace("{client}", client or self.network_client or self.client_id)
