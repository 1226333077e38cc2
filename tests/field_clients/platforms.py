"""Clients that reach the population service through a provincial platform or adapter, with their habits of asking and of reading.

Each builds what it sends, whole, and reads what comes back as its code does: by text, by JSON path, by prefix. They know nothing of
the server. Names of platforms say whose public code shows the habit.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

from tests.field_clients import clients
from tests.field_clients.clients import Person

GRANT = b"grant_type=client_credentials"


@dataclass(frozen=True)
class Sent:
    method: str
    path: str
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None


# -- tokens ---------------------------------------------------------------------------------------------------------


def access_header(client: str, secret: str) -> str:
    """Five names in this very order, in base64."""
    stated = {
        "AccessKey": client,
        "SecretKey": secret,
        "AppName": "MOTCUA",
        "PartnerCode": "000.00.00.H57",
        "PartnerCodeCus": "H57",
    }
    return base64.b64encode(json.dumps(stated).encode()).decode()


def _pair(client: str, secret: str) -> str:
    return base64.b64encode(f"{client}:{secret}".encode()).decode()


def hau_giang_token(client: str, secret: str) -> Sent:
    """Also the style of Ho Chi Minh City and of price-database clients."""
    headers = {"Content-Type": "application/x-www-form-urlencoded", "lgspaccesstoken": access_header(client, secret)}
    return Sent("POST", "/lgsp/token", headers, GRANT)


def api_manager_form(client: str, secret: str) -> Sent:
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Authorization": f"Basic {_pair(client, secret)}"}
    return Sent("POST", "/token", headers, GRANT)


def api_manager_json(client: str, secret: str) -> Sent:
    body = {"grant_type": "client_credentials", "client_id": client, "client_secret": secret}
    return Sent("POST", "/token", {"Content-Type": "application/json"}, json.dumps(body).encode())


def api_manager_static_key(client: str, secret: str) -> Sent:
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Authorization": f"Bearer {_pair(client, secret)}"}
    return Sent("POST", "/token", headers, GRANT)


def dong_thap_token(client: str, secret: str) -> Sent:
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Auth": _pair(client, secret)}
    return Sent("POST", "/json/api/v1/Authentication/Token", headers, b"")


def read_access_token(answer: bytes) -> str:
    told = json.loads(answer)
    assert isinstance(told["access_token"], str)
    assert told["token_type"] == "Bearer"
    assert isinstance(told["expires_in"], int)
    return str(told["access_token"])


def read_dong_thap_token(answer: bytes) -> str:
    told = json.loads(answer)
    assert isinstance(told["refreshToken"], str)
    assert datetime.strptime(told["expiryDate"], "%Y-%m-%dT%H:%M:%S.%fZ")
    assert len(told["expiryDate"]) == len("2026-11-24T00:00:00.000Z")
    return str(told["token"])


# -- data calls -----------------------------------------------------------------------------------------------------


def hau_giang(person: Person, client: str, secret: str, token: str) -> Sent:
    headers = {
        "Content-Type": "application/xml",
        "Accept": "*",
        "Authorization": f"Bearer {token}",
        "lgspaccesstoken": access_header(client, secret),
        "AuthHash": base64.b64encode(b"canbo01:khoa-can-bo").decode(),
    }
    return Sent("POST", "/lgsp/dancu/TraCuuThongTinCongDan", headers, clients.opencps(person))


def api_manager(person: Person, token: str) -> Sent:
    headers = {"Content-Type": "application/xml", "authorization": f"Bearer {token}", "dstcode": ""}
    return Sent("POST", "/lgsp/NPD/1.0", headers, clients.vue(person))


def dong_thap(person: Person, token: str) -> Sent:
    born = f"{person.born[:4]}-{person.born[4:6]}-{person.born[6:]}" if len(person.born) == 8 else person.born
    body = {
        "maYeuCau": "1795235806157",
        "maDVC": "1.001193",
        "maCanBo": "VDXP_H57",
        "soDinhDanh": person.number,
        "soCMND": person.old_number,
        "hoVaTen": person.name,
        "ngayThangNam": born,
        "userNameService": "dvcdongthap",
    }
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    return Sent("POST", "/json/api/v1/DanCu/TraCuu", headers, json.dumps(body).encode())


def thanh_hoa(person: Person, client: str, *, short: bool = False) -> Sent:
    """`short`: the path by which a citizen signs in leaves two members out."""
    body = {
        "hoVaTen": person.name,
        "soDinhDanh": person.number,
        "soCMND": person.old_number,
        "ngayThangNam": person.born,
        "nam": person.born[:4],
        "maTichHop": "037",
        "maDVC": "1.001193",
        "maCanBo": "VDXP_H57",
        "maYeuCau": "TANDAN_12",
    }
    if short:
        del body["soCMND"], body["ngayThangNam"]
    headers = {"Content-Type": "application/json; charset=utf-8"}
    return Sent("POST", f"/adapter/{client}/apiCSDLDanCu/ChiaSeThongTinCongDan", headers, json.dumps(body).encode())


def sharepoint(person: Person, client: str) -> Sent:
    born = f"{person.born[6:]}/{person.born[4:6]}/{person.born[:4]}" if len(person.born) == 8 else person.born
    query = f"cccd={person.number or person.old_number}&fullName={quote(person.name)}&dob={quote(born)}"
    return Sent("GET", f"/sharepoint/{client}/_vti_bin/CommonServices.svc/GetInfoCitizenFromCSDLQG?{query}")


def opencps_form(person: Person, client: str) -> Sent:
    body = {
        "MaYeuCau": "1795235806157",
        "MaTichHop": "037",
        "StaffEmail": "canbo01",
        "GovAgencyCode": "H57",
        "MaDVC": "1.001193",
        "HoVaTen": clients._mark_less(person.name),
        "type": "citizen",
        "NgayThangNamSinh": {"NgayThangNam": f"{person.born[:4]}-{person.born[4:6]}-{person.born[6:]}"},
        "SoDinhDanh": person.number,
    }
    path = f"/opencps/{client}/o/rest/v2/qldc/dvcqg"
    return Sent("POST", path, {"Content-Type": "application/json"}, json.dumps(body).encode())


def opencps_signed(person: Person, client: str, secret: str) -> Sent:
    """The same form behind a proxy that keeps the address and adds the credentials."""
    sent = opencps_form(person, client)
    return Sent("POST", "/o/rest/v2/qldc/dvcqg", {**sent.headers, "Authorization": f"Basic {_pair(client, secret)}"}, sent.body)


def warehouse_check(person: Person, client: str, gender: str = "1") -> Sent:
    stated = {
        "citizen_pid": person.number,
        "identify_number": person.old_number,
        "birth_date": person.born,
        "gender": gender,
        "full_name": person.name,
    }
    return Sent("GET", f"/warehouse/{client}/dancutracuu_vngoai/kiemtra-congdan?{urlencode(stated)}")


def warehouse_two_keys(person: Person, client: str) -> Sent:
    return Sent("GET", f"/warehouse/{client}/dancutracuu_vngoai/socancuoc-congdan/{person.number}/{person.born}")


# -- readers --------------------------------------------------------------------------------------------------------


def read_thanh_hoa(answer: bytes) -> dict[str, object]:
    """`error_code` must be text; `message` is read as XML only where it begins with "<"."""
    told = json.loads(answer)
    assert isinstance(told["error_code"], str)
    assert told["message"].startswith("<")
    return clients.read_by_stripping_prefixes(told["message"].encode())


def read_tree(answer: bytes) -> dict[str, object]:
    """The browser form: `Body.CongdanCollection.CongDan`, dates by slices, blocks without a check."""
    told: Any = json.loads(answer)
    citizen = told["Body"]["CongdanCollection"].get("CongDan")
    if citizen is None:
        return {}
    born = citizen["NgayThangNamSinh"].get("NgayThangNam", "")
    return {
        "number": citizen["SoDinhDanh"],
        "name": citizen["HoVaTen"]["Ten"],
        "day": f"{born[6:8]}/{born[4:6]}/{born[:4]}",
        "permanent": citizen["ThuongTru"]["MaTinhThanh"],
        "relation": citizen["ChuHo"]["QuanHe"],
    }


def read_sharepoint(answer: bytes) -> dict[str, object]:
    return clients.read_by_stripping_prefixes(answer)


def read_result(answer: bytes) -> int:
    told = json.loads(answer)["RESULT"]
    assert told in (0, 1)
    assert not isinstance(told, bool)
    return int(told)
