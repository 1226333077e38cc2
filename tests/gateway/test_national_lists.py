"""Lists and the window of changes on the national contract, read as a client of the field reads them."""

from __future__ import annotations

import base64
import json
import re
import time
import xml.etree.ElementTree as ElementTree

import pytest

from tests.exchange.worker import worker
from tests.field_clients import clients
from tests.gateway.process import CLIENT, SECRET, GatewayProcess, with_registry
from tests.gateway.subscriber import Subscriber, allow, entries, subjects, until

pytestmark = [pytest.mark.slow, with_registry]
NS = "{http://www.mic.gov.vn/dancu/1.0}"


@pytest.fixture
def subscriber(gateway: GatewayProcess, fresh_database) -> Subscriber:
    allow(fresh_database, "--subscribe")
    allow(fresh_database, "--list-max", "10", code="037")
    found = Subscriber(gateway)
    until(lambda: found.subscribe(personal_id="046090999999")[0] != 403)
    return found


def call(gateway: GatewayProcess, operation: str, officer: str = "canbo01", **values: object) -> ElementTree.Element:
    paging = "".join(
        f"<{name}>{values.pop(name)}</{name}>" for name in ("Trang",) if operation.startswith("GetResult") and name in values
    )
    inner = "".join(f"<dan:{name}>{value}</dan:{name}>" for name, value in values.items())
    paging = f"<dan:paging>{paging}</dan:paging>" if paging else ""
    body = (
        '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:dan="http://dancuquocgia.bca"><soapenv:Body>'
        f"<dan:{operation}><dan:MaYeuCau>1</dan:MaYeuCau><dan:MaDVC>1.001193</dan:MaDVC><dan:MaTichHop>037</dan:MaTichHop>"
        f"<dan:MaCanBo>{officer}</dan:MaCanBo>{inner}{paging}</dan:{operation}></soapenv:Body></soapenv:Envelope>"
    )
    status, told, _ = gateway.post(clients.SERVICE_PATH, body.encode(), clients.headers(CLIENT, SECRET))
    assert status == 200, told
    return ElementTree.fromstring(told)[1][0]


def test_the_window_tells_subscribed_persons_who_changed_as_the_vaccination_client_reads_it(
    subscriber: Subscriber, gateway: GatewayProcess, fresh_database
):
    subscriber.subscribe()
    subscriber.subscribe(personal_id="046155000102", full_name="Lê Thị Năm Sinh", birth_date="1955", subject_ref="HS-2")
    began = int(time.time() * 1000) - 1000
    for number, name in ((46090000101, "Trần Văn Hoà Một"), (46155000102, "Lê Thị Hai"), (46090000101, "Trần Văn Hoà Hai")):
        worker(fresh_database, "correct", number=number, items={"full_name": name})
    worker(fresh_database, "correct", number=46171000107, items={"full_name": "Không Ai Đăng Ký"})
    worker(fresh_database, "write")
    ended = int(time.time() * 1000) + 61_000  # the moment of a change is a minute after it was written
    before = len(entries(fresh_database))

    told = call(gateway, "TraCuuThongTinCongDan", TuNgay=began, DenNgay=ended, Loai="1", Trang=1, SoBanGhi=50)
    second = call(gateway, "TraCuuThongTinCongDan", TuNgay=began, DenNgay=ended, Trang=2, SoBanGhi=1)
    nobody = call(gateway, "TraCuuThongTinCongDan", TuNgay=began - 9000, DenNgay=began - 8000, Trang=1, SoBanGhi=50)
    backwards = call(gateway, "TraCuuThongTinCongDan", TuNgay=ended, DenNgay=began)
    unlisted = call(gateway, "TraCuuThongTinCongDan", officer="nguoi-la", TuNgay=began, DenNgay=ended)

    citizens = told.findall(f"{NS}CongDan")
    assert [each.findtext(f"{NS}SoDinhDanh") for each in citizens] == ["046090000101", "046155000102"], "each once"
    first, other = (json.loads(each.findtext(f"{NS}Body") or "")[0] for each in citizens)
    assert (first["HoVaTen"], first["NgaySinh"]) == ("Trần Văn Hoà Hai", "19900517")
    assert ("NgaySinh" in other, other["NamSinh"]) == (False, "1955")
    assert [each.findtext(f"{NS}SoDinhDanh") for each in second] == ["046155000102"]
    assert (len(nobody), nobody.get("GhiChu")) == (0, None), "no data is no error"
    assert (backwards.get("GhiChu"), unlisted.get("GhiChu")) == ("DANCU-422", "DANCU-403")
    assert len(entries(fresh_database)) == before + 3 + 1, "three told, one refused"


def test_a_list_is_requested_followed_read_and_deleted(subscriber: Subscriber, gateway: GatewayProcess, fresh_database):
    asked = call(gateway, "CungCapDanhSachTheoGioiTinh", GioiTinh=2, TuTuoi=20)
    request_id = asked[0].findtext(f"{NS}IdYeuCau") or ""
    early = call(gateway, "GetResultDetailAsRecords", IdYeuCau=request_id, Trang=1)
    worker(fresh_database, "lists")
    state = call(gateway, "GetRequestStatus", IdYeuCau=request_id)
    before = len(entries(fresh_database))
    records = call(gateway, "GetResultDetailAsRecords", IdYeuCau=request_id, Trang=1)
    file = call(gateway, "GetResultDetailAsFile", IdYeuCau=request_id)
    history = call(gateway, "GetRequestHistory", IdYeuCau=request_id)
    detail = call(gateway, "GetRequestDetail", IdYeuCau=request_id)
    own = call(gateway, "GetRequests")
    deleted = call(gateway, "DeleteRequest", IdYeuCau=request_id)

    assert asked[0].findtext(f"{NS}TrangThai") == "DA_TIEP_NHAN"
    assert early.get("GhiChu") == "DANCU-409"
    assert (state[0].findtext(f"{NS}TrangThai"), state[0].findtext(f"{NS}TongSo")) == ("DA_CO_KET_QUA", "")
    numbers = [each.findtext(f"{NS}SoDinhDanh") for each in records.findall(f"{NS}CongDan")]
    assert numbers == ["046155000102", "046171000107", "046190000104"]
    assert records[0].find(f"{NS}HoVaTen/{NS}Ten").text == "LÊ THỊ NĂM SINH"  # type: ignore[union-attr]
    rows = base64.b64decode(file[0].findtext(f"{NS}NoiDung") or "").decode("utf-8-sig").splitlines()
    assert [row.split(",")[0] for row in rows] == ["SoDinhDanh", *numbers]
    assert len(entries(fresh_database)) == before + 3 + 1, "once for each person, and the deletion"
    assert [step.findtext(f"{NS}TrangThai") for step in history] == ["DA_TIEP_NHAN", "DANG_XU_LY", "DA_CO_KET_QUA"]
    assert detail[1].findtext(f"{NS}GioiTinh") == "2"
    assert [each.findtext(f"{NS}IdYeuCau") for each in own] == [request_id]
    assert deleted[0].findtext(f"{NS}TrangThai") == "DA_XOA"
    assert call(gateway, "GetResultDetailAsRecords", IdYeuCau=request_id).get("GhiChu") == "DANCU-409"
    assert call(gateway, "GetRequestStatus", IdYeuCau="khong-co").get("GhiChu") == "DANCU-404"
    assert call(gateway, "CungCapDanhSachTheoTonGiao", TonGiao="02").get("GhiChu") == "DANCU-403", "religion is not granted"
    assert call(gateway, "CungCapDanhSachTheoDoTuoi", TuTuoi="x").get("GhiChu") == "DANCU-422"
    assert call(gateway, "CungCapDanhSachTheoDiaPhuong").get("GhiChu") == "DANCU-422"
    assert not re.search("046", ElementTree.tostring(own, encoding="unicode"))
    listed = [each["id"] for each in entries(fresh_database) if each["outcome"] == "listed"]
    assert sorted(subjects(fresh_database, listed)) == numbers
