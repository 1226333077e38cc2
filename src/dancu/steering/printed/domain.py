"""An official document before it has a form: who issues it, what it says, who signs. Pure.

Decree 30/2020/NĐ-CP, Appendix I, says how each part looks; `writing.py` gives it that look.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dancu.kernel.errors import Invalid
from dancu.steering.printed.keys import fits

PREFIXES = ("", "TM.", "KT.", "TL.", "TUQ.", "Q.")


@dataclass(frozen=True, slots=True)
class TextRun:
    """Words in one face (*đoạn chữ*)."""

    text: str
    is_bold: bool = False
    is_italic: bool = False


@dataclass(frozen=True, slots=True)
class NumberRun:
    """A number that stays traceable in the file (*số liệu có khóa truy vết*): `text` as printed, `key` of where it comes from."""

    text: str
    key: str
    is_bold: bool = False
    is_italic: bool = False

    def __post_init__(self) -> None:
        if not fits(self.key):
            raise Invalid(
                "steering.number_key",
                "Khóa của số liệu chỉ gồm chữ không dấu, chữ số, các dấu . / : _ - và không quá 34 ký tự (mỗi dấu tính hai).",
                "The key of a number has letters, digits or the signs . / : _ - and at most 34 characters (a sign counts as two).",
                field="key",
            )


@dataclass(frozen=True, slots=True)
class Note:
    """A footnote where it is referred to (*chú thích cuối trang*); numbers are given in the order of the document."""

    runs: tuple[TextRun | NumberRun, ...]


Run = TextRun | NumberRun | Note
Runs = tuple[Run, ...]


def words(text: str) -> Runs:
    """Plain words as the runs of a paragraph (*chữ thường*)."""
    return (TextRun(text),)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of the body (*đoạn văn*); `mark` is a dash or a plus before it."""

    runs: Runs
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table (*cột*): its share of the width in parts of all the shares."""

    label: str
    share: int = 1
    align: str = "left"  # or center, right


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table (*dòng*); a single cell is a heading over all columns."""

    cells: tuple[Runs, ...]
    is_bold: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A ruled table whose head is repeated on every page (*bảng*)."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    caption: str = ""

    def __post_init__(self) -> None:
        assert self.columns, "a table has columns"
        assert all(len(row.cells) in (1, len(self.columns)) for row in self.rows), "a row has a cell for every column"


@dataclass(frozen=True, slots=True)
class Section:
    """A numbered part (*mục*): I. / 1. / (1) / a) by its depth. A heading stands alone and bold, any other is a sentence."""

    title: Runs
    blocks: tuple[Block, ...] = ()
    is_heading: bool = True


Block = Paragraph | Table | Section


@dataclass(frozen=True, slots=True)
class IssueDay:
    """The day of issue, its day or month left open until it is signed (*ngày ban hành*)."""

    year: int
    month: int | None = None
    day: int | None = None


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signs, by office (*khối chữ ký*): "KT. TỔ TRƯỞNG", "TỔ PHÓ", perhaps a further office; the name is left open."""

    title: str
    prefix: str = ""
    of: str = ""  # for whom: "TỔ TRƯỞNG"
    further: str = ""  # the office the signer holds elsewhere, below
    name: str = ""

    def __post_init__(self) -> None:
        if self.prefix not in PREFIXES:
            raise Invalid(
                "steering.signing_prefix",
                f"Quyền hạn ký phải là một trong: {', '.join(PREFIXES[1:])}.",
                f"The authority to sign is one of {', '.join(PREFIXES[1:])}.",
                field="prefix",
            )


@dataclass(frozen=True, slots=True)
class Appendix:
    """A further part with pages of its own (*phụ lục*)."""

    title: str
    blocks: tuple[Block, ...]
    number: str = ""  # "I", "II"; empty when there is only one
    wide: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficialDocument:
    """A document as it goes out (*văn bản hành chính*). Without a kind it is a letter: its subject stands under the number."""

    issuer: str
    symbol: str  # "BC-TCTTKĐA"
    place: str
    day: IssueDay
    subject: str
    blocks: tuple[Block, ...]
    superior: str = ""
    number: str = ""  # left open until it is registered
    kind: str = ""  # "BÁO CÁO"
    period: str = ""  # "(Từ 25/12/2022 đến 18/02/2023)"
    addressees: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    signature: Signature | None = None
    appendices: tuple[Appendix, ...] = ()


def runs_of(blocks: tuple[Block, ...]) -> Iterator[Run]:
    """Every run in the order of the document (*các đoạn chữ theo thứ tự*), those of footnotes at their references."""
    for block in blocks:
        match block:
            case Paragraph():
                yield from block.runs
            case Table():
                for row in block.rows:
                    for cell in row.cells:
                        yield from cell
            case Section():
                yield from block.title
                yield from runs_of(block.blocks)
