"""Requests as the field sends them are understood; hostile and broken ones are refused, and by `Invalid` only."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dancu.gateway.dialects import national_request, operations
from dancu.gateway.dialects.national_request import SoapCall, parse_request, to_claim
from dancu.kernel.errors import Invalid
from dancu.kernel.names import folded_name
from tests.field_clients.clients import BUILDERS, Person
from tests.gateway.dialects.people import HOA, YEAR_ONLY

COURT = BUILDERS["court"](HOA)
NUMBER = b"<dan:SoDinhDanh>046090000101</dan:SoDinhDanh>"


def refusal(body: bytes) -> str:
    with pytest.raises(Invalid) as failure:
        to_claim(parse_request(body))
    return failure.value.code


def a_call(operation: str = "TraCuuThongTinCongDan", **values: str) -> SoapCall:
    stated = {"SoDinhDanh": HOA.number, "HoVaTen": HOA.name, "NgayThangNam": HOA.born, **values}
    return SoapCall(operation, national_request.NAMESPACES[0], stated)


@pytest.mark.parametrize("client", [name for name in BUILDERS if name != "letter_761_bare"])
def test_every_client_states_the_same_three_keys(client: str) -> None:
    call = parse_request(BUILDERS[client](HOA))
    claim = to_claim(call)

    assert claim.personal_id is not None
    assert claim.personal_id.digits == HOA.number
    assert folded_name(claim.full_name) == folded_name(HOA.name)
    assert claim.birth_date.iso == "1990-05-17"
    assert claim.old_id_no == "", "the 12-digit number leads"
    assert call.procedure == "1.001193"
    assert call.integration_code in ("037", "003", "033")
    assert call.officer in ("canbo01", "VDXP_H57"), "trailing blanks are gone"


@pytest.mark.parametrize("client", [name for name in BUILDERS if name != "letter_761_bare"])
def test_every_client_may_state_the_year_only(client: str) -> None:
    assert to_claim(parse_request(BUILDERS[client](YEAR_ONLY))).birth_date.iso == "1955"


def test_the_letters_own_six_elements_lack_the_third_key() -> None:
    body = BUILDERS["letter_761_bare"](HOA)

    assert parse_request(body).integration_code == "033"
    assert parse_request(body).procedure == ""
    assert refusal(body) == "birth_date.missing"


def test_an_old_number_alone_is_a_key() -> None:
    claim = to_claim(parse_request(BUILDERS["php"](Person("", HOA.name, HOA.born, HOA.old_number))))

    assert claim.personal_id is None
    assert claim.old_id_no == HOA.old_number


@pytest.mark.parametrize("text", [HOA.number, "046 090 000 101"])
def test_twelve_digits_in_the_place_of_the_old_number_are_the_number(text: str) -> None:
    claim = to_claim(a_call(SoDinhDanh="", SoCMND=text))

    assert claim.personal_id is not None
    assert claim.personal_id.digits == HOA.number


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("19900517", "1990-05-17"),
        ("1990-05-17", "1990-05-17"),
        ("17/05/1990", "1990-05-17"),
        (" 19900517 ", "1990-05-17"),
        ("1955", "1955"),
        ("19550000", "1955"),
        ("1955-00-00", "1955"),
    ],
)
def test_dates_are_read_in_every_shape_of_the_field(text: str, iso: str) -> None:
    assert to_claim(a_call(NgayThangNam=text)).birth_date.iso == iso


def test_an_empty_date_beside_a_year_leaves_the_year() -> None:
    assert to_claim(a_call(NgayThangNam="", Nam="1955")).birth_date.iso == "1955"
    assert to_claim(a_call(NgayThangNam="19900517", Nam="1990")).birth_date.iso == "1990-05-17"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"SoDinhDanh": ""}, "soap.number"),
        ({"SoDinhDanh": "04609000010"}, "personal_id.length"),
        ({"SoDinhDanh": "", "SoCMND": "1910001"}, "old_id_no.length"),
        ({"HoVaTen": ""}, "full_name.missing"),
        ({"NgayThangNam": ""}, "birth_date.missing"),
        ({"NgayThangNam": "19900230"}, "birth_date.day"),
    ],
)
def test_a_missing_or_wrong_key_is_named(change: dict[str, str], code: str) -> None:
    with pytest.raises(Invalid) as failure:
        to_claim(a_call(**change))

    assert failure.value.code == code
    assert failure.value.field in ("SoDinhDanh", "SoCMND", "HoVaTen", "NgayThangNamSinh")


def test_operations_seen_elsewhere_are_told_apart_from_unknown_ones() -> None:
    assert refusal(COURT.replace(b"TraCuuThongTinCongDan", b"CungCapDanhSachTheoDoTuoi")) == "soap.not_offered"
    assert refusal(COURT.replace(b"TraCuuThongTinCongDan", b"XoaCongDan")) == "soap.operation"
    window = COURT.replace(NUMBER, b"<dan:TuNgay>1795402800000</dan:TuNgay><dan:DenNgay>1795402900000</dan:DenNgay>")
    assert refusal(window) == "soap.not_offered"


@pytest.mark.parametrize(
    "body",
    [
        b"\xef\xbb\xbf" + COURT,
        b"\r\n \t" + COURT,
        b'\xef\xbb\xbf<?xml version="1.0" encoding="utf-8"?>\r\n' + COURT,
        b'<?xml version="1.0" encoding="utf-16"?>' + COURT,  # declared by habit, sent as UTF-8
        ('<?xml version="1.0" encoding="utf-16"?>' + COURT.decode()).encode("utf-16"),
        COURT.decode().encode("utf-16-le"),
        COURT.decode().encode("utf-16-be"),
        COURT.replace(b"<soapenv:Header/>", b'\r\n">stray text]]&gt;<soapenv:Header/>'),
        COURT.replace(b"<soapenv:Header/>", b""),
        COURT.replace(b"dan:", b"x:").replace(b"xmlns:dan", b"xmlns:x"),
        COURT.replace(b"TRANVANHOA", b"<![CDATA[TRAN]]><!-- a -->VAN<?b c?>HOA"),
        COURT.replace(NUMBER, b"<dan:SoDinhDanh/>" + NUMBER + NUMBER),  # repeated, but of one mind
        COURT.replace(b"<soapenv:Body>", b"<Body><a/></Body><soapenv:Body>"),
        COURT.replace(b"http://schemas.xmlsoap.org/soap/envelope/", b"http://www.w3.org/2003/05/soap-envelope"),
        COURT.replace(NUMBER, NUMBER + b"<dan:La>" + b"x" * 5000 + b"</dan:La>"),
    ],
    ids=range(15),
)
def test_harmless_habits_change_nothing(body: bytes) -> None:
    assert to_claim(parse_request(body)) == to_claim(parse_request(COURT))


def test_children_may_carry_the_namespace_or_none() -> None:
    body = COURT.replace(b"<dan:SoDinhDanh>", b"<SoDinhDanh>").replace(b"</dan:SoDinhDanh>", b"</SoDinhDanh>")

    assert to_claim(parse_request(body)) == to_claim(parse_request(COURT))


@pytest.mark.parametrize(
    "decoy",
    [
        b"<dan:ChuHo><dan:SoDinhDanh>046090000999</dan:SoDinhDanh><dan:HoVaTen>KHAC</dan:HoVaTen></dan:ChuHo>",
        b"<dan:paging><dan:Nam>1901</dan:Nam></dan:paging>",
        b'<x:SoDinhDanh xmlns:x="urn:khac">046090000999</x:SoDinhDanh>',
    ],
)
def test_a_number_inside_an_unknown_block_is_never_the_person_asked_about(decoy: bytes) -> None:
    body = COURT.replace(b"<dan:MaYeuCau>", decoy + b"<dan:MaYeuCau>", 1)

    assert parse_request(body) == parse_request(COURT)


def test_two_different_numbers_are_refused_not_chosen_from() -> None:
    assert refusal(COURT.replace(NUMBER, NUMBER + b"<dan:SoDinhDanh>046090000999</dan:SoDinhDanh>")) == "soap.repeated"


_LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))


def laughing(encoding: str) -> bytes:
    text = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE a [<!ENTITY l0 "ha">{_LAUGHS}]>'
    return (text + COURT.decode().replace("TRANVANHOA", "&l11;")).encode(encoding)


@pytest.mark.parametrize(
    "body",
    [
        b"<!DOCTYPE a>" + COURT,
        b'<?xml version="1.0"?>\n<!DOCTYPE a SYSTEM "http://127.0.0.1:9/x.dtd">' + COURT,
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + COURT.replace(b"TRANVANHOA", b"&x;"),
        b'<!DOCTYPE a [<!ENTITY % p SYSTEM "http://127.0.0.1:9/p"> %p;]>' + COURT,
        laughing("utf-8"),
        laughing("utf-16"),
        laughing("utf-16-le"),
    ],
    ids=range(7),
)
def test_a_document_type_is_refused_in_any_encoding(body: bytes) -> None:
    assert refusal(body) == "soap.doctype"


def test_no_other_encoding_hides_a_document_type() -> None:
    declared = b'<?xml version="1.0" encoding="utf-7"?>+ADwAIQ-DOCTYPE a+AD4-'

    assert refusal(declared + COURT) == "soap.xml"
    assert refusal(laughing("cp037")) == "soap.xml"
    assert refusal(laughing("utf-32")) == "soap.xml"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "xml"),
        (b"<", "xml"),
        (b"{}", "xml"),
        (b"\x00", "xml"),
        (b"<a/>", "envelope"),
        (b"<Envelope/>", "envelope"),
        (COURT[:-3], "xml"),
        (COURT.replace(b"TRAN", b"TR\x00AN"), "xml"),
        (COURT.replace(b"TRAN", b"TR&#0;AN"), "xml"),
        (COURT.replace(b"TRAN", b"TR\xed\xa0\x80AN"), "xml"),
        (COURT.replace(b"TRAN", b"TR&#xD800;AN"), "xml"),
        (COURT.decode().replace("TRAN", "TR\ud800").encode("utf-16", "surrogatepass"), "xml"),
        (COURT.replace(b"TRAN", b"TR\xffAN"), "xml"),
        (COURT.replace(b"TRANVANHOA", b"&undefined;"), "xml"),
        (COURT.replace(b"TRANVANHOA", b"<a>" * 5000 + b"</a>" * 5000), "xml"),
        (COURT.replace(b"TRANVANHOA", b"A" * 300_000), "too_large"),
        (COURT.replace(b"TRANVANHOA", b"A" * 501), "length"),
        (COURT.replace(NUMBER, b"<dan:a/>" * 201), "elements"),
        (COURT.replace(b"http://dancuquocgia.bca", b"urn:khac"), "namespace"),
        (BUILDERS["hue"](HOA).replace(b"soapenv:Body", b"soapenv:Than"), "body"),
        (b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body> text </s:Body></s:Envelope>', "body"),
    ],
    ids=range(21),
)
def test_attacks_and_broken_bytes_are_refused_by_name(body: bytes, code: str) -> None:
    assert refusal(body) == f"soap.{code}"


@pytest.mark.parametrize(
    "body",
    [
        COURT.replace(b"<soapenv:Header/>", b"<soapenv:Header>" + b"<a/>" * 60_000 + b"</soapenv:Header>"),
        COURT.replace(b"<soapenv:Header/>", b"<soapenv:Header " + b" ".join(b'a%d=""' % n for n in range(25_000)) + b"/>"),
        b"<a>" * 80_000,
        laughing("utf-16"),
    ],
    ids=["many elements", "many attributes", "deep", "laughs"],
)
def test_the_costliest_bodies_stay_cheap(body: bytes) -> None:
    assert len(body) <= national_request.BYTES_MAX
    started = time.process_time()
    with suppress(Invalid):
        parse_request(body)
    assert time.process_time() - started < 1.0


def test_no_refusal_repeats_what_was_sent() -> None:
    with pytest.raises(Invalid) as failure:
        parse_request(COURT.replace(b"</soapenv:Envelope>", b""))

    assert "TRANVANHOA" not in str(failure.value) + failure.value.message + failure.value.message_en


def understood_or_invalid(body: bytes) -> None:
    with suppress(Invalid):
        to_claim(parse_request(body))


@given(st.binary(max_size=300))
@settings(max_examples=300, deadline=None, database=None, derandomize=True)
def test_no_bytes_raise_anything_but_invalid(body: bytes) -> None:
    understood_or_invalid(body)


@given(
    st.sampled_from(sorted(BUILDERS)),
    st.integers(0, 900),
    st.integers(0, 40),
    st.binary(max_size=12),
    st.sampled_from(["utf-8", "utf-16", "utf-16-be"]),
)
@settings(max_examples=600, deadline=None, database=None, derandomize=True)
def test_no_damage_to_a_real_request_raises_anything_but_invalid(
    client: str,
    at: int,
    removed: int,
    inserted: bytes,
    encoding: str,
) -> None:
    body = BUILDERS[client](HOA).decode().encode(encoding)

    understood_or_invalid(body[:at] + inserted + body[at + removed :])


_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


@given(
    st.fixed_dictionaries({}, optional=dict.fromkeys(sorted(national_request.PLAIN | {"Nam", "NgayThangNam"}), _TEXT)),
    st.sampled_from(sorted(operations.OFFERED)),
)
@settings(max_examples=600, deadline=None, database=None, derandomize=True)
def test_no_values_raise_anything_but_invalid(values: dict[str, str], operation: str) -> None:
    with suppress(Invalid):
        to_claim(SoapCall(operation, national_request.NAMESPACES[0], values))
