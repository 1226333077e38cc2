"""Answers, byte for byte against kept files, and through the eyes of every client that reads them.

The kept files are the contract: a change of one byte is a change for programs that nobody can mend.
"""

from __future__ import annotations

import re
import time
import unicodedata
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dancu.gateway.dialects import national_response
from dancu.kernel.areas import Address
from dancu.kernel.dates import PartialDate
from dancu.population.domain import PersonFacts, Relative
from tests.field_clients.clients import READERS, read_answer
from tests.gateway.dialects.people import HOA, YEAR_ONLY, everything_granted, facts_of

GOLDEN = Path(__file__).parent / "golden"
ANSWERS = {
    "citizen_all_items": national_response.citizen_answer(everything_granted()),
    "citizen_claim_only": national_response.citizen_answer(facts_of(YEAR_ONLY)),
    "citizen_note": national_response.citizen_answer(facts_of(HOA), "DA-CHET"),
    "empty": national_response.empty_answer(),
    "empty_note": national_response.empty_answer("DANCU-403"),
    "verified_true": national_response.verified_answer(True, "XacThucThongTinCongDan"),
    "verified_761_false": national_response.verified_answer(False, "XacThucThongTinCongDanRequest"),
    "fault_client": national_response.fault(
        "DANCU-401", "Không xác thực được hệ thống gọi.", "The calling system could not be authenticated."
    ),
}
LOOKING_UP = [name for name, reader in READERS.items() if reader.__name__ != "read_yes_or_no"]
# The list of the contract, written down apart from the code that follows it.
_PLACE = ("MaTinhThanh", "MaQuanHuyen", "MaPhuongXa", "ChiTiet", "QuocGia")
_RELATIVE = ("HoVaTen", "QuocTich", "SoDinhDanh", "SoCMND")
_BLOCKS: list[tuple[str, tuple[str, ...]]] = [
    ("SoDinhDanh", ()),
    ("SoCMND", ()),
    ("HoVaTen", ("Ho", "ChuDem", "Ten")),
    ("GioiTinh", ()),
    ("DanToc", ()),
    ("TonGiao", ()),
    ("TinhTrangHonNhan", ()),
    ("NhomMau", ()),
    ("NgayThangNamSinh", ("Nam", "NgayThangNam")),
    ("NoiDangKyKhaiSinh", _PLACE),
    ("QuocTich", ()),
    ("QueQuan", _PLACE),
    ("ThuongTru", _PLACE),
    ("NoiOHienTai", _PLACE),
    ("Cha", _RELATIVE),
    ("Me", _RELATIVE),
    ("VoChong", _RELATIVE),
    ("NguoiDaiDien", _RELATIVE),
    ("ChuHo", ("QuanHe", "SoDinhDanh", "SoCMND", "HoVaTen")),
    ("SoSoHoKhau", ()),
]
ORDER = [path for name, parts in _BLOCKS for path in ([f"{name}/{part}" for part in parts] or [name])]


def citizen_of(answer: bytes) -> ElementTree.Element:
    found = ElementTree.fromstring(answer).find(".//{http://www.mic.gov.vn/dancu/1.0}CongDan")
    assert found is not None
    return found


def leaves(answer: bytes) -> dict[str, str]:
    """Path to text of every leaf, in order."""
    told: dict[str, str] = {}
    for child in citizen_of(answer):
        name = child.tag.rpartition("}")[2]
        for part in list(child) or [child]:
            told[name if part is child else f"{name}/{part.tag.rpartition('}')[2]}"] = part.text or ""
    return told


@pytest.mark.parametrize("name", sorted(ANSWERS))
def test_an_answer_is_its_kept_file_byte_for_byte(name: str) -> None:
    assert ANSWERS[name] == (GOLDEN / f"{name}.xml").read_bytes()


def test_every_kept_file_is_an_answer() -> None:
    assert {path.stem for path in GOLDEN.glob("*.xml")} == set(ANSWERS)


def test_every_element_stands_in_the_order_of_the_contract_whatever_is_granted() -> None:
    assert list(leaves(ANSWERS["citizen_all_items"])) == ORDER
    assert list(leaves(ANSWERS["citizen_note"])) == ORDER
    assert list(leaves(ANSWERS["citizen_claim_only"])) == [name for name in ORDER if name != "NgayThangNamSinh/NgayThangNam"]


def test_what_was_not_granted_is_empty() -> None:
    told = {name: text for name, text in leaves(ANSWERS["citizen_note"]).items() if text}

    assert told == {
        "SoDinhDanh": HOA.number,
        "HoVaTen/Ten": "TRẦN VĂN HÒA",
        "NgayThangNamSinh/Nam": "1990",
        "NgayThangNamSinh/NgayThangNam": "19900517",
    }


@pytest.mark.parametrize("name", sorted(ANSWERS))
def test_the_envelope_is_literal(name: str) -> None:
    text = ANSWERS[name].decode()

    assert text.startswith('<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv=')
    assert set(re.findall(r"</?(\w+):", text)) <= {"soapenv", "ns1"}
    bearers = {tag for tag in re.findall(r"<([\w:]+) [^>]*xmlns", text)}
    assert bearers <= {
        "soapenv:Envelope",
        "soapenv:Header",
        "soapenv:Body",
        "ns1:CongdanCollection",
        "ns1:KetQuaXacThuc",
        "ns1:KetQuaXacThucResponse",
    }


@pytest.mark.parametrize("client", LOOKING_UP)
def test_every_client_reads_the_citizen(client: str) -> None:
    for name in ("citizen_all_items", "citizen_note"):
        found = read_answer(client, ANSWERS[name])

        assert found["number"] == HOA.number
        assert found["name"] == "TRẦN VĂN HÒA"
        assert found.get("born", "19900517") in ("19900517", date(1990, 5, 17))
        assert found.get("day", "17/05/1990") == "17/05/1990"


@pytest.mark.parametrize("client", LOOKING_UP)
def test_every_client_reads_a_year_only_birth(client: str) -> None:
    found = read_answer(client, ANSWERS["citizen_claim_only"])

    assert found["name"] == "LÊ THỊ NĂM SINH"
    assert found.get("born") in (None, "1955")
    assert found.get("year", "1955") == "1955"


@pytest.mark.parametrize("client", LOOKING_UP)
@pytest.mark.parametrize("name", ["empty", "empty_note"])
def test_every_client_sees_nobody_in_an_empty_collection(client: str, name: str) -> None:
    assert read_answer(client, ANSWERS[name]) == {}


def test_verifying_clients_read_yes_and_no_and_neither_from_a_refusal() -> None:
    assert read_answer("hue", ANSWERS["verified_true"]) == {"exists": True}
    assert read_answer("letter_761", ANSWERS["verified_761_false"]) == {"exists": False}
    assert read_answer("hue", ANSWERS["empty_note"]) == {}


def test_readers_break_where_the_rules_are_broken() -> None:
    good = ANSWERS["citizen_all_items"]

    with pytest.raises(AssertionError):
        read_answer("tan_dan", good.replace(b"<ns1:GioiTinh>", b'<ns1:GioiTinh a="b">'))
    with pytest.raises(AssertionError):
        read_answer("tan_dan", good.replace(b'"UTF-8"?>', b'"utf-8"?>'))
    with pytest.raises(KeyError):
        read_answer("vue", good.replace(b"ns1:MaQuanHuyen", b"ns1:Khac"))
    with pytest.raises(TypeError):
        read_answer("tan_dan", good.replace(b"</ns1:CongDan>", b"</ns1:CongDan><ns1:CongDan></ns1:CongDan>"))
    with pytest.raises(ValueError):
        read_answer("court", good.replace(b"<ns1:NgayThangNam>19900517", b"<ns1:NgayThangNam>"))
    assert read_answer("php", good.replace(b"ns1:", b"ns2:")) == {}


def test_two_level_units_leave_the_district_present_and_empty() -> None:
    told = leaves(ANSWERS["citizen_all_items"])

    assert (told["ThuongTru/MaTinhThanh"], told["ThuongTru/MaQuanHuyen"], told["ThuongTru/MaPhuongXa"]) == ("46", "", "19753")
    assert told["QueQuan/MaQuanHuyen"] == "474"
    assert read_answer("tan_dan", ANSWERS["citizen_all_items"])["permanent"] == "46..19753"


def test_a_date_known_to_the_month_has_no_exact_date() -> None:
    facts = PersonFacts(facts_of(HOA).personal_id, birth_date=PartialDate.of(1955, 3))

    assert b"NgayThangNam>" not in national_response.citizen_answer(facts)
    assert leaves(national_response.citizen_answer(facts))["NgayThangNamSinh/Nam"] == "1955"


def test_the_name_is_upper_case_with_its_marks_in_composed_form() -> None:
    decomposed = unicodedata.normalize("NFD", "Đỗ Thị Hường Ỷ")
    facts = PersonFacts(facts_of(HOA).personal_id, full_name=decomposed)

    assert leaves(national_response.citizen_answer(facts))["HoVaTen/Ten"] == "ĐỖ THỊ HƯỜNG Ỷ"


def test_markup_in_facts_stays_text() -> None:
    detail = """Số 1 <b> & "hai" 'ba' ]]> &amp;"""
    facts = everything_granted(permanent_residence=Address(None, detail), relatives={"father": Relative("A<B")})

    told = leaves(national_response.citizen_answer(facts, note='a"b<c&'))

    assert told["ThuongTru/ChiTiet"] == detail
    assert told["Cha/HoVaTen"] == "A<B"


def test_a_fault_blames_the_side_that_must_act() -> None:
    assert b"<faultcode>soapenv:Server</faultcode>" in national_response.fault("DANCU-503", "Chờ", "Wait")
    assert b"<faultcode>soapenv:Client</faultcode>" in ANSWERS["fault_client"]
    assert b"a &lt; b" in national_response.fault("X", "a < b", "")


@given(st.text(st.characters(), max_size=40), st.text(st.characters(), max_size=40), st.text(st.characters(), max_size=10))
@settings(max_examples=300, deadline=None, database=None, derandomize=True)
def test_no_text_in_the_registry_breaks_an_answer(name: str, detail: str, note: str) -> None:
    answer = national_response.citizen_answer(
        everything_granted(full_name=name, permanent_residence=Address(None, detail), household_book_no=detail), note
    )

    assert len(leaves(answer)) == len(ORDER)
    assert unicodedata.is_normalized("NFC", answer.decode())


def test_building_an_answer_is_a_small_part_of_a_request() -> None:
    facts = everything_granted()
    rounds = []
    for _ in range(5):
        started = time.process_time()
        for _ in range(200):
            national_response.citizen_answer(facts)
        rounds.append((time.process_time() - started) / 200)

    assert min(rounds) < 0.0005  # far above the measured tens of microseconds, so that only a blunder fails
