"""Answers of the national contract as the kit gives them when it plays the service: about simulated persons only."""

from __future__ import annotations

from xml.sax.saxutils import escape

from dancu.cli.conformance_kit.elements import ELEMENTS
from dancu.cli.conformance_kit.national import ANSWER, NATIONAL, SOAP
from dancu.cli.conformance_kit.persons import Persona

_OPEN = (
    f'<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="{SOAP}"><soapenv:Header xmlns:dan="{NATIONAL}"/>'
    f'<soapenv:Body xmlns:dan="{NATIONAL}">'
)
_CLOSE = "</soapenv:Body></soapenv:Envelope>"


def citizen(persona: Persona) -> bytes:
    """One citizen, every element present."""
    told = {
        "SoDinhDanh": persona.number,
        "SoCMND": persona.old_number,
        "HoVaTen/Ten": persona.name.upper(),
        "GioiTinh": persona.sex,
        "NgayThangNamSinh/Nam": persona.born[:4],
        "VoChong/HoVaTen": persona.spouse,
        "QuocTich": "VN",
    }
    parts = []
    for name, children in ELEMENTS.items():
        inner = "".join(_leaf(child, told.get(f"{name}/{child}", "")) for child in children) or escape(told.get(name, ""))
        if name == "NgayThangNamSinh" and len(persona.born) == 8:
            inner += _leaf("NgayThangNam", persona.born)
        parts.append(f"<ns1:{name}>{inner}</ns1:{name}>")
    return _collection(f"<ns1:CongDan>{''.join(parts)}</ns1:CongDan>")


def nobody() -> bytes:
    """Not found."""
    return _collection("")


def verified(exists: bool, operation: str) -> bytes:
    """Yes or no, in the style of the operation's name."""
    name = "KetQuaXacThucResponse" if operation.endswith("Request") else "KetQuaXacThuc"
    value = "true" if exists else "false"
    return f'{_OPEN}<ns1:{name} xmlns:ns1="{ANSWER}"><ns1:TonTai>{value}</ns1:TonTai></ns1:{name}>{_CLOSE}'.encode()


def _collection(inner: str) -> bytes:
    return f'{_OPEN}<ns1:CongdanCollection xmlns:ns1="{ANSWER}">{inner}</ns1:CongdanCollection>{_CLOSE}'.encode()


def _leaf(name: str, value: str) -> str:
    return f"<ns1:{name}>{escape(value)}</ns1:{name}>"
