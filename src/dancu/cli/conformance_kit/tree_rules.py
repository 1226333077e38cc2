"""What must hold of the same answer as a JSON tree, which front ends read without a check."""

from __future__ import annotations

import unicodedata
from typing import Any

from dancu.cli.conformance_kit.checks import Failed
from dancu.cli.conformance_kit.elements import ELEMENTS
from dancu.cli.conformance_kit.persons import Persona
from dancu.cli.conformance_kit.reading import read_json

Tree = dict[str, Any]  # of any JSON


def hold(body: bytes, persona: Persona) -> None:
    """Raises `Failed` with the first thing that is not as it must be."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise Failed("byte không phải UTF-8", "JSON bằng UTF-8", "mã hoá câu trả lời bằng UTF-8") from None
    citizen = _citizen(read_json(body))
    if not unicodedata.is_normalized("NFC", text):
        raise Failed("chữ có dấu tách rời (NFD)", "chữ dựng sẵn (Unicode NFC)", "chuẩn hoá NFC trước khi ghi câu trả lời")
    for name, children in ELEMENTS.items():
        if name not in citizen:
            raise Failed(f"thiếu {name}", f"{name} luôn có mặt, rỗng khi không có", f"thêm {name}")
        _member(citizen[name], name, children)
    _facts(citizen, persona)


def _citizen(told: Any) -> Tree:  # any JSON value
    """`Body.CongdanCollection.CongDan`, with these very letters."""
    for name in ("Body", "CongdanCollection", "CongDan"):
        if not isinstance(told, dict) or name not in told:
            given = ", ".join(list(told)[:4]) if isinstance(told, dict) else type(told).__name__
            wanted = "đường dẫn Body.CongdanCollection.CongDan đúng từng chữ"
            raise Failed(f"chỗ cần {name} chỉ có “{given}”", wanted, "bỏ phong bì và không gian tên, giữ nguyên tên phần tử")
        told = told[name]
    if isinstance(told, list):
        raise Failed(f"CongDan là một mảng {len(told)} phần tử", "CongDan là một đối tượng", "trả đúng một người, không phải mảng")
    if not isinstance(told, dict):
        raise Failed("CongDan không phải đối tượng", "CongDan là một đối tượng", "trả đủ các phần tử của công dân")
    return told


def _member(value: Any, name: str, children: tuple[str, ...]) -> None:  # any JSON value
    if not children:
        if not isinstance(value, str):
            raise Failed(f"{name} là {_kind(value)}", f"{name} là chuỗi", f"ghi {name} thành chuỗi, rỗng khi không có")
        return
    if not isinstance(value, dict):
        raise Failed(f"{name} là {_kind(value)}", f"{name} là khối có {', '.join(children)}", f"ghi {name} thành đối tượng")
    for child in children:
        if not isinstance(value.get(child), str):
            raise Failed(
                f"{name}.{child} là {_kind(value.get(child))}",
                f"{name}.{child} là chuỗi",
                f"ghi {child} thành chuỗi, rỗng khi không có",
            )


def _facts(citizen: Tree, persona: Persona) -> None:
    if citizen["SoDinhDanh"] not in ("", persona.number):
        raise Failed("SoDinhDanh của một người khác", "SoDinhDanh đã hỏi, hoặc rỗng", "kiểm tra việc ghép câu hỏi với câu trả lời")
    if citizen["HoVaTen"]["Ten"] != persona.name.upper():
        raise Failed(
            "Ten không phải họ tên viết hoa có dấu", "Ten là họ tên đầy đủ viết hoa có dấu", "ghi họ tên như hợp đồng SOAP"
        )
    born = citizen["NgayThangNamSinh"]
    whole = persona.born if len(persona.born) == 8 else None
    if born["Nam"] != persona.born[:4] or born.get("NgayThangNam") != whole:
        raise Failed("ngày sinh không đúng dạng", "Nam bốn chữ số và NgayThangNam yyyyMMdd", "ghi ngày sinh như hợp đồng SOAP")


def _kind(value: Any) -> str:  # any JSON value
    if value is None:
        return "không có (null)"
    return {dict: "đối tượng", list: "mảng", str: "chuỗi", bool: "đúng/sai", int: "số", float: "số"}.get(type(value), "giá trị lạ")
