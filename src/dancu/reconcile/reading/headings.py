"""What the heading of a column says it holds: the words people use for it, with marks or without, in full or short. Data. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from dancu.kernel.names import folded_name
from dancu.reconcile.reading.encodings import legacy_name
from dancu.reconcile.reading.limits import HEADER_SEARCHED_ROWS

HEADING_LENGTH_MAX = 60  # folded; a longer text is a sentence


class Role(StrEnum):
    """What a column is to the comparison (*vai trò của cột*)."""

    NUMBER = "number"
    NAME = "name"
    BIRTH_DATE = "birth_date"
    BIRTH_DAY = "birth_day"
    BIRTH_MONTH = "birth_month"
    BIRTH_YEAR = "birth_year"
    SEX = "sex"
    PROVINCE = "province"
    COMMUNE = "commune"
    ADDRESS = "address"
    PHONE = "phone"
    TAX_NUMBER = "tax_number"
    INSURANCE_NUMBER = "insurance_number"
    HEALTH_CARD = "health_card"
    LICENCE_NUMBER = "licence_number"
    FATHER = "father"
    MOTHER = "mother"
    HOME_TOWN = "home_town"
    SOURCE = "source"
    VERIFIED_ON = "verified_on"
    RECORD_KEY = "record_key"

    @property
    def words(self) -> str:
        return _WORDS[self][0]

    @property
    def words_en(self) -> str:
        return _WORDS[self][1]


_WORDS = {
    Role.NUMBER: ("số định danh hoặc số giấy tờ", "the paper number"),
    Role.NAME: ("họ và tên", "the full name"),
    Role.BIRTH_DATE: ("ngày sinh", "the birth date"),
    Role.BIRTH_DAY: ("ngày (trong ngày sinh)", "the day of birth"),
    Role.BIRTH_MONTH: ("tháng (trong ngày sinh)", "the month of birth"),
    Role.BIRTH_YEAR: ("năm sinh", "the year of birth"),
    Role.SEX: ("giới tính", "the sex"),
    Role.PROVINCE: ("tỉnh, thành phố", "the province"),
    Role.COMMUNE: ("mã xã, phường thường trú", "the code of the commune of residence"),
    Role.ADDRESS: ("địa chỉ", "the address"),
    Role.PHONE: ("số điện thoại", "the telephone"),
    Role.TAX_NUMBER: ("mã số thuế", "the tax number"),
    Role.INSURANCE_NUMBER: ("mã số bảo hiểm xã hội", "the social-insurance number"),
    Role.HEALTH_CARD: ("số thẻ bảo hiểm y tế", "the health-insurance card"),
    Role.LICENCE_NUMBER: ("số giấy phép lái xe", "the driving-licence number"),
    Role.FATHER: ("họ tên cha", "the father's name"),
    Role.MOTHER: ("họ tên mẹ", "the mother's name"),
    Role.HOME_TOWN: ("quê quán", "the home town"),
    Role.SOURCE: ("nguồn hoặc nhà mạng", "the source or operator"),
    Role.VERIFIED_ON: ("ngày xác thực thuê bao", "the day the subscriber was verified"),
    Role.RECORD_KEY: ("mã bản ghi", "the key of the record"),
}


@dataclass(frozen=True, slots=True)
class _Words:
    """Folded words: the heading as a whole, and pieces that tell it wherever they stand."""

    role: Role
    whole: frozenset[str]
    parts: tuple[str, ...]


def _of(role: Role, whole: str, parts: str = "") -> _Words:
    return _Words(role, frozenset(whole.split()), tuple(parts.split()))


# In this order: "họ tên cha" is a father, "ngày sinh" no day, "số điện thoại" no paper number,
# "ngày xác thực thuê bao" no telephone.
_VOCABULARY = (
    _of(
        Role.VERIFIED_ON,
        "verifiedon ngayxacthuc",
        "ngayxacthuc verifiedon verificationdate dateverified",
    ),
    _of(
        Role.FATHER,
        "cha bo father chahoten tencha tenbo",
        "hotencha hovatencha hotenbo hovatenbo tencha fathername fathersname",
    ),
    _of(
        Role.MOTHER,
        "me mother tenme mehoten",
        "hotenme hovatenme tenme mothername mothersname",
    ),
    _of(
        Role.HEALTH_CARD,
        "bhyt sothe",
        "thebhyt bhyt baohiemyte healthcard healthinsurance",
    ),
    _of(
        Role.LICENCE_NUMBER,
        "gplx sogplx banglai",
        "gplx giaypheplaixe banglaixe drivinglicence drivinglicense licenceno licenseno",
    ),
    _of(
        Role.INSURANCE_NUMBER,
        "bhxh sosobhxh sosobh",
        "bhxh baohiemxahoi socialinsurance insuranceno insurancenumber",
    ),
    _of(
        Role.TAX_NUMBER,
        "mst tin",
        "masothue msthue taxcode taxno taxnumber taxid",
    ),
    _of(
        Role.PHONE,
        "sdt dt tel phone mobile msisdn sothuebao thuebao didong",
        "dienthoai sdt phone mobile msisdn thuebao",
    ),
    _of(
        Role.BIRTH_DAY,
        "ngay day ngaysinhngay birthday_day dd",
        "dayofbirth birthdd",
    ),
    _of(
        Role.BIRTH_MONTH,
        "thang month thangsinh mm",
        "thangsinh monthofbirth birthmonth",
    ),
    _of(
        Role.BIRTH_YEAR,
        "nam namsinh year yyyy yob birthyear",
        "yearofbirth birthyear",
    ),
    _of(
        Role.BIRTH_DATE,
        "ngaysinh dob birthday birthdate ns ntns",
        "ngaysinh ngaythangnamsinh namsinh sinhngay birthdate dateofbirth ngthsinh ntns",
    ),
    _of(
        Role.SEX,
        "gioitinh gt phai sex gender nam/nu",
        "gioitinh gender",
    ),
    _of(
        Role.HOME_TOWN,
        "quequan nguyenquan que",
        "quequan nguyenquan hometown placeoforigin nativeplace",
    ),
    _of(
        Role.NUMBER,
        "cccd cmnd cmt cmtnd cancuoc giayto id nationalid socccd socmnd sogt sogtto sogiayto ddcn sdd sodd mdd personalid "
        "pid cc cancuoc",
        "cccd cmnd cmtnd cancuoc dinhdanh giaytotuythan sogiayto idnumber idno personalid nationalid idcard paperno "
        "papernumber chungminh",
    ),
    _of(
        Role.NAME,
        "hoten hovaten ten name fullname hovatendem hotenkhachhang tenkhachhang tennguoi",
        "hoten hovaten fullname tenkhachhang tenthuebao tennguoi subscribername",
    ),
    _of(  # no pieces like "maxa": "mã xác nhận" has them too
        Role.COMMUNE,
        "maxa maphuong maxatt maxathuongtru maphuongthuongtru communecode communeid wardcode wardid",
        "maxaphuong maphuongxa communecode wardcode madonvihanhchinh madvhc",
    ),
    _of(
        Role.PROVINCE,
        "tinh tp tinhtp tinhthanh tinhthanhpho province matinh city",
        "tinhthanh matinh tentinh province",
    ),
    _of(
        Role.ADDRESS,
        "diachi dc address thuongtru hktt noio noicutru",
        "diachi thuongtru tamtru hktt noiohientai cutru address residence",
    ),
    _of(
        Role.SOURCE,
        "nguon source operator carrier network chinhanh nhacungcap",
        "nhamang nguondulieu nguoncungcap donvicungcap datasource networkoperator operatorname sourcename",
    ),
    _of(
        Role.RECORD_KEY,
        "stt tt ma key recordid recordkey rowid mabanghi mahoso makhachhang makh madoituong sohoso customerid",
        "mabanghi mahoso makhachhang madoituong recordid recordkey customerid",
    ),
)
# Of the paper, of somebody else, of an office: near the words above and none of them.
_NOT_OURS = (
    "ngaycap",
    "noicap",
    "coquancap",
    "hethan",
    "hieuluc",
    "loaigiay",
    "ngaydangky",
    "ngaykichhoat",
    "issue",
    "expiry",
    "nguoigiamho",
    "hanggplx",
    "hanggiayphep",
    "hangbang",
)
_OF_PARENT = re.compile(r"(cccd|cmnd|cmt|dinhdanh|giayto|ngaysinh|namsinh|sdt|dienthoai).*(cua)?(cha|bo|me|chahm|father|mother)$")
_REMARK = re.compile(r"\([^)]*\)|\[[^\]]*\]")
_LONG_DIGITS = re.compile(r"\d{6}|\d{1,4}[/.\-]\d{1,2}[/.\-]\d{1,4}")


@lru_cache(maxsize=4096)
def role_of(heading: str) -> tuple[Role, bool] | None:
    """The role a heading names, and whether it names it as a whole (*nhận biết tiêu đề cột*)."""
    folded = _folded(heading)
    if not folded or is_of_others(heading):
        return None
    for words in _VOCABULARY:
        if folded in words.whole:
            return words.role, True
    for words in _VOCABULARY:
        if any(part in folded for part in words.parts):
            return words.role, False
    return None


@lru_cache(maxsize=4096)
def is_of_others(heading: str) -> bool:
    """A heading that says that the column is about something else, however its values look: when a paper was issued, say."""
    folded = _folded(heading)
    return bool(_OF_PARENT.search(folded)) or any(each in folded for each in _NOT_OURS)


def _folded(heading: str) -> str:
    """Letters and digits of a heading; nothing of a sentence."""
    readable = legacy_name(heading)
    text = readable[0] if readable else heading
    folded = folded_name(_REMARK.sub(" ", text)) or folded_name(text)
    return folded if len(folded) <= HEADING_LENGTH_MAX else ""


def find_header(rows: Sequence[Sequence[str]]) -> int | None:
    """Which of the first rows has the headings (*tìm hàng tiêu đề*); None: there are none, the rows begin at once."""
    best, known_best = None, 0
    for at, row in enumerate(rows[:HEADER_SEARCHED_ROWS]):
        filled = [text for text in row if text.strip()]
        known = sum(role_of(text) is not None for text in filled)
        if known > known_best and known >= min(2, len(row)) and not any(map(_LONG_DIGITS.search, filled)):
            best, known_best = at, known
    if best is not None:
        return best
    return _unknown_header(rows)


def _unknown_header(rows: Sequence[Sequence[str]]) -> int | None:
    """A first row of words above rows of numbers has headings, whatever they say."""
    filled = [at for at, row in enumerate(rows) if any(text.strip() for text in row)]
    if len(filled) < 2 or any(map(_LONG_DIGITS.search, rows[filled[0]])):
        return None
    below = rows[filled[1]]
    is_data = any(map(_LONG_DIGITS.search, below))
    return filled[0] if is_data and all(text.strip() for text in rows[filled[0]]) else None
