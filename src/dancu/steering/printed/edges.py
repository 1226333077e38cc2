"""Head and foot of an official document: who issues it, the nation's name, number and day, recipients, signature."""

from __future__ import annotations

from docx.oxml.xmlchemy import BaseOxmlElement

from dancu.steering.printed.domain import OfficialDocument, Signature
from dancu.steering.printed.numbering import number_line, place_line
from dancu.steering.printed.oxml import Elements, paragraph, plain, side_by_side

NATION, MOTTO = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"
_LEFT, _RIGHT = 73, 92  # millimetres of the 165 between the margins: the nation's name fits one line in 12 point
_FOOT_LEFT, _FOOT_RIGHT = 75, 90
_RULE_SHARE = 0.42  # of the line above it: between a third and a half
_MOTTO_LENGTH = 56.2  # millimetres, in bold 13 point: the rule below is as long
_MM_PER_POINT = 25.4 / 72
_PERIODS = ".;,"


def head_of(document: OfficialDocument, width: float) -> Elements:
    """From the issuer's name to the addressees (*phần đầu văn bản*)."""
    head: Elements = [side_by_side([(_office(document), _nation()), (_number(document), _place(document))], (_LEFT, _RIGHT))]
    if document.kind:
        head.append(plain("kind", document.kind.upper()))
        head += [plain("subject", _balanced(document.subject, width - 20, 14))]
        if document.period:
            head.append(plain("period", document.period))
        head.append(_rule_below(document.subject, width, 14))
    return [*head, *_addressees(document)]


def foot_of(document: OfficialDocument) -> Elements:
    """Recipients and the signature beside them (*phần cuối văn bản*)."""
    copies = [plain("copies", "Nơi nhận:", keep=True)] if document.recipients else []
    for at, name in enumerate(document.recipients, start=1):
        last = at == len(document.recipients)
        copies.append(plain("copy", f"- {name.rstrip(_PERIODS)}{'.' if last else ';'}", keep=True))
    signed = _signed(document.signature) if document.signature else []
    rows = [(copies or [paragraph("rule", [])], signed or [paragraph("rule", [])])]
    return [side_by_side(rows, (_FOOT_LEFT, _FOOT_RIGHT))]


def _office(document: OfficialDocument) -> Elements:
    made = [plain("superior", _balanced(document.superior.upper(), _LEFT, 12))] if document.superior else []
    made.append(plain("issuer", _balanced(document.issuer.upper(), _LEFT, 12)))
    return [*made, _rule_below(document.issuer.upper(), _LEFT, 12)]


def _nation() -> Elements:
    return [plain("nation", NATION), plain("motto", MOTTO), _rule(_MOTTO_LENGTH, _RIGHT)]


def _number(document: OfficialDocument) -> Elements:
    made = [plain("number", number_line(document))]
    return made if document.kind else [*made, plain("about", f"V/v {document.subject}")]


def _place(document: OfficialDocument) -> Elements:
    return [plain("place", place_line(document))]


def _addressees(document: OfficialDocument) -> Elements:
    names = document.addressees
    if not names:
        return [paragraph("rule", [])]
    if len(names) == 1:
        return [plain("addressee", f"Kính gửi: {names[0]}", keep=True)]
    lines = [f"- {name.rstrip(_PERIODS)}{'.' if at == len(names) else ';'}" for at, name in enumerate(names, start=1)]
    return [plain("addressees", "Kính gửi:", keep=True), *(plain("addresseeLine", line) for line in lines), paragraph("rule", [])]


def _signed(signature: Signature) -> Elements:
    first = f"{signature.prefix} {signature.of.upper()}".strip()
    made = [plain("authority", first, keep=True)] if signature.of else []
    title = signature.title.upper() if signature.of else f"{signature.prefix} {signature.title.upper()}".strip()
    made.append(plain("authority", title, keep=True))
    if signature.further:  # below the place for the hand and the seal
        made.append(plain("name", signature.further.upper(), keep=True))
        return [*made, plain("authority", signature.name, keep=True)]
    return [*made, plain("name", signature.name, keep=True)]


def _rule_below(text: str, width: float, size: int) -> BaseOxmlElement:
    return _rule(_RULE_SHARE * min(_length_of(_balanced(text, width, size).split("\n")[-1], size), width), width)


def _rule(length: float, width: float) -> BaseOxmlElement:
    return paragraph("rule", [], rule=(width - length) / 2)


def _length_of(text: str, size: int) -> float:
    """About how long a bold line is, in millimetres: capitals are wider."""
    ems = sum(0.7 if each.isupper() else 0.25 if each.isspace() else 0.48 for each in text)
    return ems * size * _MM_PER_POINT


def _balanced(text: str, width: float, size: int) -> str:
    """A name too long for one line in lines of like length, as an office breaks it; the caller's breaks are kept where they fit."""
    if "\n" in text and all(_length_of(line, size) <= width for line in text.split("\n")):
        return text
    fewest = len(_broken(text, width, size))
    narrowest = next((limit for limit in range(1, round(width) + 1) if len(_broken(text, limit, size)) <= fewest), round(width))
    return "\n".join(_broken(text, narrowest, size))


def _broken(text: str, limit: float, size: int) -> list[str]:
    lines: list[str] = []
    for word in text.split():
        if lines and _length_of(f"{lines[-1]} {word}", size) <= limit:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines
