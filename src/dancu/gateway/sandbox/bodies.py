"""What the body or the query of a call says, element by element, and what of it could not be read.

Texts are handed on as they were sent, for the moment in which they are compared; what is kept of them is decided in `values`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from enum import StrEnum
from typing import Any, NamedTuple

import msgspec
from lxml import etree

from dancu.exchange.trial.findings import Finding, found
from dancu.gateway import rest, sharepoint, warehouse
from dancu.gateway.calls import HttpCall
from dancu.gateway.dialects import plain
from dancu.gateway.dialects.national_request import (
    BIRTH,
    BIRTH_PARTS,
    ENVELOPES,
    NAMESPACES,
    OURS,
    PLAIN,
    TEXT_LENGTH_MAX,
    as_utf8,
)
from dancu.gateway.dialects.operations import LISTS, OPERATIONS, find_operation
from dancu.gateway.sandbox.claimed import dialect_of

UNKNOWN_TOLD_MAX = 5


class Meaning(StrEnum):
    """What an element says."""

    NUMBER = "number"
    OLD_NUMBER = "old_number"
    NAME = "name"
    BIRTH = "birth"
    OFFICER = "officer"
    CODE = "code"
    PROCEDURE = "procedure"
    GROUND = "ground"  # purpose, legal basis
    REQUEST_ID = "request_id"
    FIELDS = "fields"  # names of fields of ours
    OTHER = "other"


class Element(NamedTuple):
    """One element as it was sent. `name` is the contract's own."""

    name: str
    meaning: Meaning
    text: str


class Body(NamedTuple):
    """What was understood of a call."""

    operation: str = ""
    elements: tuple[Element, ...] = ()
    findings: tuple[Finding, ...] = ()


_NATIONAL = {
    "SoDinhDanh": Meaning.NUMBER,
    "SoCMND": Meaning.OLD_NUMBER,
    "HoVaTen": Meaning.NAME,
    "NgayThangNam": Meaning.BIRTH,
    "Nam": Meaning.BIRTH,
    BIRTH: Meaning.BIRTH,
    "MaCanBo": Meaning.OFFICER,
    "MaTichHop": Meaning.CODE,
    "MaDichVu": Meaning.CODE,
    "MaDVC": Meaning.PROCEDURE,
    "MaYeuCau": Meaning.REQUEST_ID,
}
_REST = {
    "personal_id": Meaning.NUMBER,
    "old_id_no": Meaning.OLD_NUMBER,
    "full_name": Meaning.NAME,
    "birth_date": Meaning.BIRTH,
    "officer": Meaning.OFFICER,
    "integration_code": Meaning.CODE,
    "procedure": Meaning.PROCEDURE,
    "purpose": Meaning.GROUND,
    "legal_basis": Meaning.GROUND,
    "fields": Meaning.FIELDS,
    "stated": Meaning.FIELDS,
    "dossier_no": Meaning.OTHER,
}
_REQUIRED = tuple(each.encode_name for each in msgspec.structs.fields(rest.PersonQuestion) if each.required)
_QUERY_NAMES = {"sharepoint": sharepoint.NAMES, "warehouse": warehouse.NAMES}


def read_call(call: HttpCall) -> Body:
    """What a call asks, as far as it can be made out. Never raises."""
    dialect = dialect_of(call)
    read: Callable[[HttpCall], Body] | None = {
        "rest": _read_rest,
        "soap": _read_xml,
        "lgsp": _read_xml,
        "json": _read_json,
        "adapter": _read_json,
        "opencps": _read_json,
        "sharepoint": _read_query,
        "warehouse": _read_query,
    }.get(dialect)
    return read(call) if read is not None else Body()


# -- XML ---------------------------------------------------------------------------------------------------------------


def _read_xml(call: HttpCall) -> Body:
    try:
        text = as_utf8(call.body)
        text.decode()
    except ValueError:
        return _unread("body.encoding")
    if not text.strip():
        return _unread("body.empty")
    if b"<!DOCTYPE" in text:
        return _unread("body.doctype")
    try:
        root = etree.fromstring(
            text, etree.XMLParser(encoding="utf-8", resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
        )
    except etree.XMLSyntaxError as failure:
        line, column = failure.position
        return Body(findings=(found("body.xml", line, column),))
    return _read_envelope(root)


def _read_envelope(root: etree._Element) -> Body:
    name = etree.QName(root)
    if name.localname != "Envelope" or name.namespace not in ENVELOPES:
        return _unread("body.envelope")
    body = root.find(f"{{{name.namespace}}}Body")
    if body is None or len(body) == 0:
        return _unread("body.soap_body")
    return _read_operation(body[0])


def _read_operation(asked: etree._Element) -> Body:
    name = etree.QName(asked)
    wrong: list[Finding] = []
    if name.namespace not in NAMESPACES:
        wrong.append(found("body.namespace"))
    operation = name.localname if find_operation(name.localname) or name.localname in LISTS else ""
    if not operation:
        near = get_close_matches(name.localname, [*OPERATIONS, *LISTS], 1)
        wrong.append(found("body.operation_like", near[0]) if near else found("body.operation"))
    elements: list[Element] = []
    unknown: list[str] = []
    for child in asked:
        space, _, local = child.tag.rpartition("}")
        if local not in PLAIN:
            unknown.append(local)
        elif space not in OURS:
            wrong.append(found("element.namespace", local))
        else:
            elements += _texts_of(child, local)
    wrong += _of_unknown(unknown, PLAIN)
    wrong += _of_elements(elements)
    if operation and operation not in LISTS:
        wrong += _of_missing(elements)
    return Body(operation, tuple(elements), tuple(wrong))


def _texts_of(child: etree._Element, local: str) -> Iterable[Element]:
    if local != BIRTH:
        return [Element(local, _NATIONAL.get(local, Meaning.OTHER), child.text or "")]
    parts = [(part.tag.rpartition("}")[2], part.text or "") for part in child]
    found_parts = [Element(name, Meaning.BIRTH, text) for name, text in parts if name in BIRTH_PARTS]
    return found_parts or [Element(local, Meaning.BIRTH, child.text or "")]


# -- JSON --------------------------------------------------------------------------------------------------------------


def _object_of(body: bytes) -> dict[str, Any] | Finding:
    if not body.strip():
        return found("body.empty")
    try:
        sent = json.loads(body.decode())
    except UnicodeDecodeError:
        return found("body.encoding")
    except json.JSONDecodeError as failure:
        return found("body.json", failure.lineno, failure.colno)
    except (RecursionError, ValueError):
        return found("body.unread")
    return sent if isinstance(sent, dict) else found("body.object")


def _read_json(call: HttpCall) -> Body:
    sent = _object_of(call.body)
    if isinstance(sent, Finding):
        return Body(findings=(sent,))
    flat = dict(sent)
    block = next((value for name, value in sent.items() if name.lower() == BIRTH.lower()), None)
    if isinstance(block, dict):
        flat = {name: value for name, value in sent.items() if name.lower() != BIRTH.lower()} | block
    elements: list[Element] = []
    wrong: list[Finding] = []
    unknown: list[str] = []
    for member, value in flat.items():
        name = plain.NAMES.get(member.lower())
        if name is None:
            unknown.append(member)
        elif value is None or isinstance(value, str | int):
            elements.append(Element(name, _NATIONAL.get(name, Meaning.OTHER), "" if value is None else str(value)))
        else:
            wrong.append(found("element.type", name))
    wrong += [*_of_unknown(unknown, plain.NAMES.values()), *_of_elements(elements), *_of_missing(elements)]
    return Body(plain.LOOK_UP, tuple(elements), tuple(wrong))


def _read_rest(call: HttpCall) -> Body:
    if call.path not in rest.PATHS:
        return Body(_rest_operation(call.path))
    operation = _rest_operation(call.path)
    sent = _object_of(call.body)
    if isinstance(sent, Finding):
        return Body(operation, findings=(sent,))
    wrong = [found("element.missing", name) for name in _REQUIRED if not sent.get(name)]
    if not sent.get("personal_id") and not sent.get("old_id_no"):
        wrong.append(found("element.missing", ("personal_id hoặc old_id_no", "personal_id or old_id_no")))
    elements = []
    for name, meaning in _REST.items():
        if name not in sent:
            continue
        value = sent[name]
        if meaning is Meaning.FIELDS:
            elements.append(Element(name, meaning, " ".join(str(each) for each in value) if isinstance(value, list | dict) else ""))
        elif isinstance(value, str):
            elements.append(Element(name, meaning, value))
        else:
            wrong.append(found("element.type", name))
    unknown = [name for name in sent if name not in _REST]
    if unknown:
        wrong += [found("element.refused", len(unknown)), *_of_near(unknown, _REST)]
    return Body(operation, tuple(elements), (*wrong, *_of_elements(elements)))


def _rest_operation(path: str) -> str:
    """An address of our own contract in our own words; what stands in it beside that is left out."""
    second = [*path.split("/"), "", ""][2]
    return second if second in ("verifications", "disclosures", "subscriptions", "changes", "list-requests") else ""


# -- queries -----------------------------------------------------------------------------------------------------------


def _read_query(call: HttpCall) -> Body:
    names = _QUERY_NAMES[dialect_of(call)]
    elements = [
        Element(name, _NATIONAL[name], value) for each, value in call.parameters.items() if (name := names.get(each.lower()))
    ]
    operation = "XacThucThongTinCongDan" if dialect_of(call) == "warehouse" else plain.LOOK_UP
    return Body(operation, tuple(elements), (*_of_elements(elements), *_of_missing(elements)))


# -- what holds for all --------------------------------------------------------------------------------------------------


def _unread(code: str) -> Body:
    return Body(findings=(found(code),))


def _of_missing(elements: Iterable[Element]) -> list[Finding]:
    stated = {each.meaning for each in elements if each.text.strip()}
    wanted: Mapping[str, set[Meaning]] = {
        "SoDinhDanh": {Meaning.NUMBER, Meaning.OLD_NUMBER},
        "HoVaTen": {Meaning.NAME},
        BIRTH: {Meaning.BIRTH},
    }
    return [found("element.missing", name) for name, meanings in wanted.items() if not meanings & stated]


def _of_elements(elements: Iterable[Element]) -> list[Finding]:
    wrong: list[Finding] = []
    known: dict[str, str] = {}
    for each in elements:
        text = each.text.strip()
        if len(text) > TEXT_LENGTH_MAX:
            wrong.append(found("element.length", each.name, TEXT_LENGTH_MAX))
        if known.get(each.name) and text and known[each.name] != text:
            wrong.append(found("element.repeated", each.name))
        known[each.name] = known.get(each.name) or text
    return wrong


def _of_unknown(unknown: list[str], known: Iterable[str]) -> list[Finding]:
    return [found("element.unknown", len(unknown)), *_of_near(unknown, known)] if unknown else []


def _of_near(unknown: list[str], known: Iterable[str]) -> list[Finding]:
    """Names of ours that something unknown comes near; the unknown name itself may be anything and is not said."""
    by_small = {name.lower(): name for name in known}
    near = [get_close_matches(name.lower()[:60], by_small, 1, 0.8) for name in unknown[:UNKNOWN_TOLD_MAX]]
    return [found("element.like", by_small[each[0]]) for each in near if each]
