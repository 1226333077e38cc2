"""The national contract in JSON or in a query: the same names in other clothes, read into the same call; answers as a JSON tree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from lxml import etree

from dancu.gateway.dialects.national_request import BIRTH, NAMESPACES, PLAIN, SoapCall, call_of
from dancu.kernel.errors import Invalid

LOOK_UP = "TraCuuThongTinCongDan"
MEMBERS_MAX = 200
# Members in small letters, and the element each is. Clients write camelCase or the contract's own capitals; OpenCPS has two names
# of its own.
NAMES = {name.lower(): name for name in (*PLAIN, "NgayThangNam", "Nam")} | {"staffemail": "MaCanBo", "govagencycode": "MaDonVi"}


def read_json(body: bytes) -> SoapCall:
    """A look-up as a JSON object. Members it does not know are passed over. Raises `Invalid`, never anything else."""
    try:
        sent = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as failure:
        raise _invalid("body", "Nội dung không phải JSON.", "The body is not JSON.") from failure
    if not isinstance(sent, dict) or len(sent) > MEMBERS_MAX:
        raise _invalid("body", "Nội dung phải là một đối tượng JSON.", "The body must be a JSON object.")
    return call_of(LOOK_UP, NAMESPACES[0], _stated(sent))


def read_query(parameters: Mapping[str, str], names: Mapping[str, str], operation: str = LOOK_UP) -> SoapCall:
    """A question as the parameters of an address; `names`: parameter, in small letters, to element."""
    found = ((names.get(name.lower()), value) for name, value in parameters.items())
    return call_of(operation, NAMESPACES[0], [(name, value) for name, value in found if name])


def _stated(sent: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    for member, value in sent.items():
        name = NAMES.get(member.lower())
        if name == BIRTH and isinstance(value, dict):
            yield from _stated({part: inner for part, inner in value.items() if part.lower() in ("ngaythangnam", "nam")})
        elif name:
            yield name, _text(name, value)


def _text(name: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise _invalid("value", f"{name} phải là chuỗi ký tự.", f"{name} must be text.", name)


def as_tree(envelope: bytes) -> dict[str, Any]:
    """One of our own answers as a JSON tree: envelope and namespaces dropped, leaves as text, attributes as members."""
    root = etree.fromstring(envelope, etree.XMLParser(resolve_entities=False, no_network=True))
    return {_local(part): _members(part) for part in root}


def _members(block: etree._Element) -> dict[str, Any]:
    tree: dict[str, Any] = {str(name): value for name, value in block.attrib.items()}
    for child in block:
        name = _local(child)
        value = _members(child) if len(child) or _is_block(name) else child.text or ""
        if name in tree:
            known = tree[name]
            tree[name] = [*known, value] if isinstance(known, list) else [known, value]
        else:
            tree[name] = value
    return tree


def _is_block(name: str) -> bool:
    return name.endswith("Collection")  # an object also where it is empty


def _local(element: etree._Element) -> str:
    return etree.QName(element).localname


def _invalid(code: str, message: str, message_en: str, field: str | None = None) -> Invalid:
    return Invalid(f"plain.{code}", message, message_en, field=field)
