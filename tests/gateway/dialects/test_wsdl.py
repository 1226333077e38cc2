"""The published contract: a modern library loads it, sends what our parser reads and reads what we answer."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import zeep
from lxml import etree

import dancu.gateway
from dancu.exchange.feeds import ListedPerson, ListLine, ListState
from dancu.gateway.dialects import national_lists, national_response, operations
from dancu.gateway.dialects.national_request import parse_request, to_claim
from dancu.gateway.national_lists import OPERATIONS
from tests.factories.people import NOW
from tests.gateway.dialects.people import HOA, YEAR_ONLY, everything_granted, facts_of

WSDL = Path(dancu.gateway.__file__ or "").parent / "wsdl" / "national.wsdl"
ADDRESS = "http://127.0.0.1:9/soap"
KEYS = {
    "MaYeuCau": "1",
    "MaDVC": "1.001193",
    "MaTichHop": "037",
    "MaCanBo": "canbo01",
    "SoDinhDanh": HOA.number,
    "HoVaTen": HOA.name,
    "NgayThangNamSinh": {"NgayThangNam": HOA.born},
}


class OneAnswer(zeep.Transport):
    """Stands at the process border in place of the network."""

    def __init__(self, answer: bytes) -> None:
        super().__init__()
        self.answer, self.sent = answer, b""

    def post(self, address: str, message: bytes, headers: dict[str, str]) -> Any:
        import requests

        self.sent = message
        response = requests.Response()
        response.status_code, response._content = 200, self.answer
        response.headers["Content-Type"] = "text/xml; charset=utf-8"
        return response


def client_of(answer: bytes, folder: Path) -> tuple[zeep.Client, OneAnswer]:
    file = folder / "national.wsdl"
    file.write_bytes(WSDL.read_bytes().replace(b"{location}", ADDRESS.encode()))
    transport = OneAnswer(answer)
    return zeep.Client(str(file), transport=transport, settings=zeep.Settings(strict=True)), transport


def test_a_strict_library_looks_up_and_reads_every_item(tmp_path: Path) -> None:
    client, transport = client_of(national_response.citizen_answer(everything_granted()), tmp_path)

    [citizen] = client.service.TraCuuThongTinCongDan(**KEYS).CongDan

    assert to_claim(parse_request(transport.sent)).birth_date.iso == "1990-05-17"
    assert (citizen.SoDinhDanh, citizen.HoVaTen.Ten, citizen.ThuongTru.MaPhuongXa) == (HOA.number, "TRẦN VĂN HÒA", "19753")
    assert (citizen.VoChong.HoVaTen, citizen.ChuHo.QuanHe, citizen.SoSoHoKhau) == ("Nguyễn Thị Vợ", "CH01", "460000123")


def test_a_strict_library_reads_a_year_only_birth_and_nobody(tmp_path: Path) -> None:
    client, transport = client_of(national_response.citizen_answer(facts_of(YEAR_ONLY)), tmp_path)
    [citizen] = client.service.TraCuuThongTinCongDan(**{**KEYS, "NgayThangNamSinh": {"Nam": "1955"}}).CongDan
    assert (citizen.NgayThangNamSinh.Nam, citizen.NgayThangNamSinh.NgayThangNam) == ("1955", None)
    assert to_claim(parse_request(transport.sent)).birth_date.iso == "1955"

    client, _ = client_of(national_response.empty_answer("DANCU-403"), tmp_path)
    nobody = client.service.TraCuuThongTinCongDan(**KEYS)
    assert (nobody.CongDan, nobody.GhiChu) == ([], "DANCU-403")


@pytest.mark.parametrize("exists", [True, False])
def test_a_strict_library_verifies(exists: bool, tmp_path: Path) -> None:
    client, transport = client_of(national_response.verified_answer(exists, "XacThucThongTinCongDan"), tmp_path)

    assert client.service.XacThucThongTinCongDan(**KEYS) is exists
    assert parse_request(transport.sent).operation == "XacThucThongTinCongDan"


def test_a_fault_is_raised_with_our_code(tmp_path: Path) -> None:
    client, _ = client_of(national_response.fault("DANCU-403", "Không được chấp nhận.", "Refused."), tmp_path)

    with pytest.raises(zeep.exceptions.Fault, match="DANCU-403"):
        client.service.TraCuuThongTinCongDan(**KEYS)


def test_offered_operations_are_published_and_what_is_ours_is_marked() -> None:
    tree = etree.parse(WSDL)
    ns = {"w": "http://schemas.xmlsoap.org/wsdl/"}
    published = {node.get("name") for node in tree.findall("w:portType/w:operation", ns)}

    # Names with the suffix Request are served to those who have them and not offered to new users.
    assert published == operations.OFFERED | operations.LISTS
    assert published == {node.get("name") for node in tree.findall("w:binding/w:operation", ns)}
    assert WSDL.read_text(encoding="utf-8").count("{location}") == 1
    remarks = " ".join(node.text or "" for node in tree.iter("{*}documentation"))
    assert all(f"Ours: {word}" in remarks for word in ("faults", "GhiChu", "the namespace of KetQuaXacThuc"))


def test_a_strict_library_asks_for_a_list_and_reads_its_answers(tmp_path: Path) -> None:
    line = ListLine(UUID(int=7), ListState.READY, "", 12, 1, NOW, NOW, NOW)
    client, transport = client_of(national_lists.requests_answer([line]), tmp_path)
    asked = {"MaYeuCau": "1", "MaDVC": "1.001193", "MaTichHop": "037", "MaCanBo": "canbo01"}

    [request] = client.service.CungCapDanhSachTheoDoTuoi(**asked, TuTuoi="80").YeuCau

    assert national_lists.criteria_of(parse_request(transport.sent)).age_from == 80
    assert (request.IdYeuCau, request.TrangThai, request.TongSo) == (str(UUID(int=7)), "DA_CO_KET_QUA", "12")
    client, transport = client_of(national_lists.records_answer([ListedPerson(everything_granted(), "r")]), tmp_path)
    [citizen] = client.service.GetResultDetailAsRecords(**asked, IdYeuCau=str(UUID(int=7)), paging={"Trang": "2"}).CongDan
    assert (citizen.SoDinhDanh, national_lists.page_of(parse_request(transport.sent))) == (HOA.number, 2)


def test_every_list_operation_that_is_served_is_published_and_marked_as_ours() -> None:
    port = etree.parse(str(WSDL)).find("{http://schemas.xmlsoap.org/wsdl/}portType")
    assert port is not None
    said = {each.get("name"): (each.findtext("{http://schemas.xmlsoap.org/wsdl/}documentation") or "") for each in port}

    assert set(OPERATIONS) == set(operations.LISTS)
    assert all(said[name].startswith("Ours") for name in OPERATIONS)
