"""The operations of the national contract that ask about one person: what each asks for and how its answer looks.

Each asks only for what it is about, so that the ledger names only that. Which answers public evidence shows, and which are
ours, stands in the WSDL.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from dancu.exchange.domain import Kind
from dancu.kernel.warrants import Field


class Shape(StrEnum):
    """How an answer looks."""

    CITIZEN = "citizen"  # every element of a citizen, empty where it was not asked for
    IDENTITY = "identity"  # the six elements of XacMinhThongTinNhanThan
    STATUS = "status"  # a citizen, with two elements of ours on death or absence
    EXISTS = "exists"  # yes or no
    HOUSEHOLD = "household"  # a household with its members


class Operation(NamedTuple):
    """One operation: refused without a grant for `fields`, while `also` is told where it is granted."""

    kind: Kind = Kind.DISCLOSE
    shape: Shape = Shape.CITIZEN
    fields: frozenset[Field] = frozenset()  # none: all that is granted
    also: frozenset[Field] = frozenset()
    relatives: tuple[str, ...] = ("father", "mother", "spouse", "representative")  # of those granted, who is shown


_IDENTITY = frozenset({Field.PERSONAL_ID, Field.OLD_ID_NO, Field.FULL_NAME, Field.BIRTH_DATE})
_HOME = frozenset({Field.PERMANENT_RESIDENCE, Field.RESIDENCE_FILE_NO, Field.SEX})
OPERATIONS: dict[str, Operation] = {
    "TraCuuThongTinCongDan": Operation(),
    "CungCapThongTinCongDan": Operation(),
    "XacThucThongTinCongDan": Operation(Kind.VERIFY, Shape.EXISTS),
    "XacMinhThongTinNhanThan": Operation(
        shape=Shape.IDENTITY,
        fields=frozenset({Field.FULL_NAME, Field.BIRTH_DATE}),
        also=_IDENTITY | {Field.RELATIVES},
        relatives=("father", "mother"),
    ),
    "CungCapThongTinNhomMau": Operation(fields=frozenset({Field.BLOOD_TYPE})),
    "XacMinhThongTinChuHo": Operation(fields=frozenset({Field.HOUSEHOLD}), also=frozenset({Field.HOUSEHOLD_RELATION})),
    "XacMinhThongTinNguoiGiamHo": Operation(fields=frozenset({Field.RELATIVES}), relatives=("representative",)),
    "XacMinhThongTinNoiOHienTai": Operation(fields=frozenset({Field.CURRENT_RESIDENCE})),
    "XacMinhTinhTrangHonNhan": Operation(fields=frozenset({Field.MARITAL_STATUS})),
    "XacMinhTinhTrangChetMatTich": Operation(shape=Shape.STATUS, fields=frozenset({Field.LIFE_STATUS})),
    "CungCapThongTinHoGiaDinh": Operation(
        shape=Shape.HOUSEHOLD,
        fields=frozenset({Field.HOUSEHOLD, Field.HOUSEHOLD_RELATION}),
        also=_IDENTITY | _HOME,
    ),
}
OFFERED = frozenset(OPERATIONS)
# Names that public code shows beside those: lists, and the ways to follow a list that was asked for.
LISTS = frozenset(
    {
        "CungCapDanhSachTheoDiaPhuong",
        "CungCapDanhSachTheoDoTuoi",
        "CungCapDanhSachTheoNhomMau",
        "CungCapDanhSachTheoGioiTinh",
        "CungCapDanhSachTheoDanToc",
        "CungCapDanhSachTheoTonGiao",
        "GetRequests",
        "GetRequestStatus",
        "GetRequestDetail",
        "GetRequestResult",
        "GetRequestHistory",
        "GetResultDetailAsRecords",
        "GetResultDetailAsFile",
        "DeleteRequest",
    }
)


def find_operation(name: str) -> Operation | None:
    """The operation of a name, with or without the suffix `Request` of the style of letter 761."""
    return OPERATIONS.get(name) or OPERATIONS.get(name.removesuffix("Request"))
