"""What is published of every answer: the two OpenAPI documents and the types of the WSDL, as validators."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import yaml
from lxml import etree

import dancu.gateway
from tests.faults.fuzz.wire import Answer

FOLDER = Path(dancu.gateway.__file__ or next(iter(dancu.gateway.__path__)) + "/__init__.py").parent
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
XS = "http://www.w3.org/2001/XMLSchema"
FACTS = "http://www.mic.gov.vn/dancu/1.0"
PROBLEM, PLAIN_TEXT = "application/problem+json", "text/plain; charset=utf-8"


class Breach(Exception):
    """An answer that is not as published. Its text never holds a value."""


class Operation:
    """One operation of a document: which answers it may give."""

    def __init__(self, document: dict[str, Any], path: str, method: str) -> None:
        self.name = f"{method} {path}"
        self.method = method
        self.address = re.compile(re.sub(r"\\\{[^}]*\\\}", "[^/]+", re.escape(path)))
        self._answers: dict[int, dict[str, jsonschema_rs.Validator | None]] = {}
        for status, given in document["paths"][path][method.lower()]["responses"].items():
            told = _resolved(document, given)
            self._answers[int(status)] = {
                kind: _validator(document, content.get("schema")) for kind, content in told.get("content", {}).items()
            }

    def check(self, answer: Answer) -> None:
        """Raises `Breach`."""
        given = self._answers.get(answer.status)
        if given is None:
            raise Breach(f"{self.name}: status {answer.status} is not published")
        kind = answer.content_type.partition(";")[0]
        if not given:
            return
        if kind not in given:
            raise Breach(f"{self.name}: {answer.status} as {kind or 'nothing'}")
        if answer.status == 204 and answer.body:
            raise Breach(f"{self.name}: a body after 204")
        _fits(given[kind], answer, self.name)


def _resolved(document: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in given:
        found: Any = document
        for part in given["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        given = found
    return given


def _validator(document: dict[str, Any], schema: dict[str, Any] | None) -> jsonschema_rs.Validator | None:
    if schema is None:
        return None
    return jsonschema_rs.Draft202012Validator({**schema, "components": document["components"]}, validate_formats=True)


def _fits(validator: jsonschema_rs.Validator | None, answer: Answer, name: str) -> None:
    kind = answer.content_type.partition(";")[0]
    if kind == "text/xml":
        check_envelope(answer.body)
    if validator is None:
        return
    told: Any = answer.body.decode() if kind.startswith("text/") else read_json(answer.body)
    for failure in validator.iter_errors(told):
        place = "/".join(str(part) for part in failure.instance_path if isinstance(part, str) and part.isidentifier())
        raise Breach(f"{name}: {answer.status} does not fit its schema at {place or 'its root'} ({type(failure.kind).__name__})")


def read_json(body: bytes) -> Any:
    """JSON by the letter. Raises `Breach`."""
    try:
        return json.loads(body.decode(), parse_constant=_no_constant, object_pairs_hook=_once)
    except (ValueError, UnicodeDecodeError):
        raise Breach("the body is not JSON in UTF-8") from None


def _no_constant(_: str) -> Any:
    raise ValueError


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) < len(pairs):
        raise ValueError
    return dict(pairs)


@cache
def documents() -> tuple[dict[str, Any], ...]:
    return tuple(yaml.safe_load((FOLDER / name).read_text(encoding="utf-8")) for name in ("openapi.yaml", "dialects.openapi.yaml"))


@cache
def operations() -> tuple[Operation, ...]:
    return tuple(_operations())


def _operations() -> Iterator[Operation]:
    for document in documents():
        for path, item in document["paths"].items():
            for method in item:
                if method in ("get", "post", "put", "delete", "patch"):
                    yield Operation(document, path, method.upper())


def operation_at(method: str, path: str) -> Operation | None:
    """The published operation of an address, the one with the fewest free parts first."""
    found = [each for each in operations() if each.method == method and each.address.fullmatch(path)]
    return min(found, key=lambda each: each.name.count("{"), default=None)


def problem_validator() -> jsonschema_rs.Validator:
    return _problem()


@cache
def _problem() -> jsonschema_rs.Validator:
    made = _validator(documents()[0], {"$ref": "#/components/schemas/Problem"})
    assert made is not None
    return made


# -- SOAP -------------------------------------------------------------------------------------------------------------


@cache
def _types() -> etree.XMLSchema:
    wsdl = etree.parse(str(FOLDER / "wsdl" / "national.wsdl"))
    for schema in wsdl.iter(f"{{{XS}}}schema"):
        if schema.get("targetNamespace") == FACTS:
            return etree.XMLSchema(etree.fromstring(etree.tostring(schema)))
    raise AssertionError("the WSDL has no types for answers")


def check_envelope(body: bytes, *, is_for_hub: bool = False) -> str:
    """What is inside: the local name of the answer, or Fault. Raises `Breach`. A hub is told more, in two attributes."""
    if not body.startswith(b'<?xml version="1.0" encoding="UTF-8"?>'):
        raise Breach("SOAP: no declaration")
    try:
        root = etree.fromstring(body, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError:
        raise Breach("SOAP: not well-formed") from None
    if root.tag == "{http://schemas.xmlsoap.org/wsdl/}definitions":
        return "wsdl"
    parts = [part.tag for part in root]
    if root.tag != f"{{{SOAP}}}Envelope" or parts not in ([f"{{{SOAP}}}Body"], [f"{{{SOAP}}}Header", f"{{{SOAP}}}Body"]):
        raise Breach("SOAP: no envelope of version 1.1")
    inner = list(root[-1])
    if len(inner) != 1:
        raise Breach("SOAP: not one element in the body")
    if inner[0].tag == f"{{{SOAP}}}Fault":
        _check_fault(inner[0])
        return "Fault"
    if is_for_hub:
        for name in ("GhiChu", "id"):
            inner[0].attrib.pop(name, None)
    if not _types().validate(etree.fromstring(etree.tostring(inner[0]))):
        failure = _types().error_log[0]
        raise Breach(f"SOAP: {etree.QName(inner[0]).localname} does not fit the WSDL ({failure.type_name})")
    return etree.QName(inner[0]).localname


def _check_fault(fault: etree._Element) -> None:
    names = [part.tag for part in fault]
    if names[:2] != ["faultcode", "faultstring"] or fault[0].text not in ("soapenv:Client", "soapenv:Server"):
        raise Breach("SOAP: a fault without its code and words")
