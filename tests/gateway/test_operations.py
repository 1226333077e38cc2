"""Every operation of the national contract that asks about one person: what it tells, what the ledger names, what it refuses."""

from __future__ import annotations

import re
import time
from typing import Any
from xml.etree import ElementTree

import psycopg
import pytest

from dancu.cli.launcher.postgres import Urls
from dancu.gateway.dialects.operations import OPERATIONS, Shape
from tests.field_clients import clients
from tests.field_clients.clients import Person
from tests.gateway.above import HUB
from tests.gateway.process import BASIS, CLIENT, PURPOSE, SECRET, GatewayProcess, command, with_registry
from tests.gateway.subscriber import until
from tests.gateway.wired import HOA, entries

pytestmark = pytest.mark.slow
MOTHER, DEAD, SISTER, SEALED = "046155000102", "046048000103", "046171000107", "046070000106"
LEARNED = "select coalesce(max(learned), 0) from exchange_extractionuse where scope like 'system:%' and minutes = 1440"
ADDRESS = ("L2-2025", "46..19753", "Số 7 đường Thử Nghiệm")


def ask(gateway: GatewayProcess, operation: str, person: Person = HOA, **changes: str) -> tuple[int, bytes]:
    body = clients.court(person).replace(b"TraCuuThongTinCongDan", operation.encode())
    for name, value in changes.items():
        body = re.sub(rf"<dan:{name}>[^<]*<".encode(), f"<dan:{name}>{value}<".encode(), body)
    status, answer, _ = gateway.post(clients.SERVICE_PATH, body, clients.headers(CLIENT, SECRET))
    return status, answer


def filled(answer: bytes) -> set[str]:
    """Names of the elements that hold a value, by the first block they stand in."""
    tree = ElementTree.fromstring(answer)
    citizen = tree.find(".//{*}CongDan")
    assert citizen is not None, answer
    return {part.tag.rpartition("}")[2] for part in citizen if "".join(part.itertext()).strip()}


def with_a_household(urls: Urls) -> None:
    members = [(int(HOA.number), "01"), (int(MOTHER), "04"), (int(DEAD), "04"), (int(SISTER), "07"), (int(SEALED), "99")]
    with psycopg.connect(urls.owner) as connection:
        connection.execute(
            "insert into population_household (household_no, version, code, detail, residence_file_no, formed_on) "
            "values (700, %s, %s, %s, '000000700', '2020-01-01')",
            ADDRESS,
        )
        connection.cursor().executemany(
            "insert into population_membership (household_no, personal_no, relation, kind, valid_from) "
            "values (700, %s, %s, 'permanent', '2020-01-01')",
            members,
        )
        connection.execute("update population_person set flags = 2 where personal_no = %s", [int(SEALED)])
        connection.execute(
            "insert into population_membership (household_no, personal_no, relation, kind, valid_from, valid_to) "
            "values (700, %s, '08', 'permanent', '2020-01-01', '2021-01-01')",
            [int("046190000104")],
        )


def test_each_operation_asks_only_for_what_it_is_about(gateway: GatewayProcess, fresh_database: Urls):
    with psycopg.connect((gateway.above or fresh_database).owner) as connection:
        connection.execute(
            "update population_person set household_head = %s, household_relation = '01', marital_status = 2, relatives = %s, "
            "current_version = %s, current_code = %s, current_detail = %s where personal_no = %s",
            (
                '{"full_name": "Trần Văn Hòa"}',
                '{"father": {"full_name": "Trần Văn Cha"}, "representative": {"full_name": "Trần Thị Giám Hộ"}}',
                *ADDRESS,
                int(HOA.number),
            ),
        )
    told = {name: ask(gateway, name) for name, each in OPERATIONS.items() if each.shape not in (Shape.EXISTS, Shape.HOUSEHOLD)}
    answered = [each for each in entries(fresh_database) if each["kind"] != "forward"]
    recorded = {name: each["fields"] for name, each in zip(told, answered, strict=False)}

    blood = told.pop("CungCapThongTinNhomMau")
    assert b'GhiChu="DANCU-403"' in blood[1], "sensitive, and not granted"
    assert all(status == 200 for status, _ in told.values())
    number = {"SoDinhDanh"}
    assert {"HoVaTen", "NgayThangNamSinh", "GioiTinh", "ChuHo"} <= filled(told["CungCapThongTinCongDan"][1])
    assert told["CungCapThongTinCongDan"] == told["TraCuuThongTinCongDan"]
    assert filled(told["XacMinhThongTinNhanThan"][1]) == {*number, "SoCMND", "HoVaTen", "NgayThangNamSinh", "Cha"}
    assert filled(told["XacMinhThongTinChuHo"][1]) == {*number, "ChuHo"}
    assert filled(told["XacMinhThongTinNguoiGiamHo"][1]) == {*number, "NguoiDaiDien"}
    assert filled(told["XacMinhThongTinNoiOHienTai"][1]) == {*number, "NoiOHienTai"}
    assert filled(told["XacMinhTinhTrangHonNhan"][1]) == {*number, "TinhTrangHonNhan"}
    assert filled(told["XacMinhTinhTrangChetMatTich"][1]) == {*number, "TinhTrangChetMatTich"}
    assert recorded["XacMinhTinhTrangHonNhan"] == ["marital_status"]
    assert recorded["XacMinhThongTinNoiOHienTai"] == ["current_residence"]
    assert recorded["XacMinhThongTinChuHo"] == ["household", "household_relation"]
    assert clients.read_by_stripping_prefixes(told["XacMinhTinhTrangHonNhan"][1])["number"] == HOA.number


def test_a_name_with_the_suffix_and_the_older_namespace_asks_the_same(gateway: GatewayProcess):
    plain = ask(gateway, "XacMinhThongTinNhanThan")
    suffixed = ask(gateway, "XacMinhThongTinNhanThanRequest")
    body = clients.gtel(HOA).replace(b"TraCuuThongTinCongDan", b"XacMinhThongTinNhanThan")
    older = gateway.post(clients.SERVICE_PATH, body, clients.headers(CLIENT, SECRET))[:2]

    assert plain == suffixed == older
    assert clients.read_by_literal_tags(plain[1])["number"] == HOA.number
    assert b"<ns1:DanToc>" not in plain[1], "the six elements of its schema and no other"


def test_the_dead_and_the_blood_group_are_told_where_granted(gateway: GatewayProcess, fresh_database: Urls):
    grant = ("--integration-code", "999", "--procedure", "1.001193", "--purpose", PURPOSE, "--legal-basis", BASIS)
    told = ("--field", "full_name", "--sensitive", "blood_type")
    command(fresh_database, "exchange", "client", "grant", CLIENT, *grant, *told)
    if gateway.above:
        command(gateway.above, "exchange", "client", "grant", f"{HUB}.{CLIENT}", *grant, *told)
    dead = ask(gateway, "XacMinhTinhTrangChetMatTich", Person(DEAD, "Phạm Khuất", "19480719"))[1]
    until(lambda: b"DANCU-403" not in ask(gateway, "CungCapThongTinNhomMau", MaTichHop="999")[1])  # both gateways heard of it
    blood = ask(gateway, "CungCapThongTinNhomMau", MaTichHop="999")[1]

    assert b"<ns1:TinhTrangChetMatTich>1</" in dead
    assert b'GhiChu="DA-CHET"' in dead
    assert filled(blood) == {"SoDinhDanh", "NhomMau"}
    assert entries(fresh_database)[-1]["fields"] == ["blood_type"]


@with_registry
def test_a_household_is_told_with_an_entry_for_each_of_its_people(gateway: GatewayProcess, fresh_database: Urls):
    with_a_household(fresh_database)
    before = len(entries(fresh_database))

    status, answer = ask(gateway, "CungCapThongTinHoGiaDinh")

    assert status == 200
    told = ElementTree.fromstring(answer).find(".//{*}HoGiaDinh")
    assert told is not None
    assert told.findtext("{*}SoHoSoCuTru") == "000000700"
    assert told.findtext("{*}DiaChi/{*}MaPhuongXa") == "19753"
    assert told.findtext("{*}ChuHo/{*}HoVaTen") == "Trần Văn Hòa"
    members = told.findall("{*}DanhSachThanhVien/{*}ThanhVien")
    assert [each.findtext("{*}SoDinhDanh") for each in members] == [HOA.number, MOTHER, SISTER], "neither dead, sealed nor gone"
    assert [each.findtext("{*}QuanHe") for each in members] == ["01", "04", "07"]
    assert members[1].find("{*}NgayThangNamSinh/{*}NgayThangNam") is None
    recorded = entries(fresh_database)[before:]
    assert sorted((each["kind"], each["outcome"]) for each in recorded) == [
        ("disclose", "folded"),
        ("disclose", "household_member"),
        ("disclose", "household_member"),
    ]
    other = next(each for each in recorded if each["outcome"] == "household_member")
    assert other["fields"] == ["birth_date", "full_name", "household_relation", "old_id_no", "personal_id", "sex"]
    assert (other["procedure"], other["integration"], other["purpose"]) == ("1.001193", "037", PURPOSE)
    with psycopg.connect(fresh_database.owner) as connection:
        subjects = connection.execute("select subject from ledger_entrydetail order by at desc, subject limit 3").fetchall()
    assert {subject for (subject,) in subjects} == {HOA.number, MOTHER, SISTER}


@with_registry
def test_everybody_told_about_counts_as_a_new_person_under_the_limits(gateway: GatewayProcess, fresh_database: Urls):
    with_a_household(fresh_database)

    ask(gateway, "CungCapThongTinHoGiaDinh")

    deadline = time.monotonic() + 10
    with psycopg.connect(fresh_database.owner, autocommit=True) as connection:
        while (row := connection.execute(LEARNED).fetchone()) is None or row[0] < 3:
            assert time.monotonic() < deadline, row
            time.sleep(0.05)
    assert row[0] == 3


@with_registry
def test_a_household_needs_its_grant_and_the_three_keys(gateway: GatewayProcess, fresh_database: Urls):
    with_a_household(fresh_database)
    grant = ("--integration-code", "999", "--procedure", "1.001193", "--purpose", PURPOSE, "--legal-basis", BASIS)
    command(fresh_database, "exchange", "client", "grant", CLIENT, *grant, "--field", "household")

    without_relation = ask(gateway, "CungCapThongTinHoGiaDinh", MaTichHop="999")[1]
    wrong_name = ask(gateway, "CungCapThongTinHoGiaDinh", HoVaTen="LEKHAC")[1]
    unknown = ask(gateway, "CungCapThongTinHoGiaDinh", Person("046090999999", HOA.name, HOA.born))[1]
    garbled = ask(gateway, "CungCapThongTinHoGiaDinh", Person("0460909999", HOA.name, HOA.born))[1]

    assert b'<ns1:HoGiaDinhCollection xmlns:ns1="http://www.mic.gov.vn/dancu/1.0" GhiChu="DANCU-403"></' in without_relation
    assert wrong_name == unknown
    assert b"<ns1:HoGiaDinh>" not in wrong_name
    assert b'GhiChu="DANCU-422"' in garbled
    assert [each["outcome"] for each in entries(fresh_database)[-4:]] == ["field_not_granted", "no_match", "no_match", "malformed"]


def test_who_has_no_household_of_rows_is_answered_from_her_own_and_a_hub_says_that_it_is_not_all(gateway: GatewayProcess):
    answer = ask(gateway, "CungCapThongTinHoGiaDinh")[1]
    told = ElementTree.fromstring(answer).find(".//{*}HoGiaDinh")

    assert (b'GhiChu="CHUA-DU-THANH-VIEN"' in answer) == (gateway.above is not None)
    assert told is not None
    assert told.find("{*}DanhSachThanhVien/{*}ThanhVien") is None


@with_registry
def test_a_modern_library_calls_every_operation(gateway: GatewayProcess, fresh_database: Urls):
    zeep = pytest.importorskip("zeep")
    from requests import Session

    with_a_household(fresh_database)
    session = Session()
    client = zeep.Client(f"{gateway.root}{clients.SERVICE_PATH}?wsdl", transport=zeep.transports.Transport(session=session))
    stated: dict[str, Any] = {
        "MaYeuCau": "1",
        "MaDVC": "1.001193",
        "MaTichHop": "037",
        "MaCanBo": "canbo01",
        "SoDinhDanh": HOA.number,
        "HoVaTen": HOA.name,
        "NgayThangNamSinh": {"NgayThangNam": HOA.born},
    }
    told = {}
    for name in OPERATIONS:
        session.headers.update(clients.headers(CLIENT, SECRET))
        told[name] = client.service[name](**stated)

    assert told["XacThucThongTinCongDan"] is True
    household = told["CungCapThongTinHoGiaDinh"].HoGiaDinh
    assert [each.QuanHe for each in household.DanhSachThanhVien.ThanhVien] == ["01", "04", "07"]
    assert told["CungCapThongTinNhomMau"].GhiChu == "DANCU-403"
    lookups = set(OPERATIONS) - {"XacThucThongTinCongDan", "CungCapThongTinHoGiaDinh", "CungCapThongTinNhomMau"}
    assert {told[name].CongDan[0].SoDinhDanh for name in lookups} == {HOA.number}
