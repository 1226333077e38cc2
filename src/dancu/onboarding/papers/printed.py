"""What a paper says, line by line and cell by cell, before it has a form: written into a document, compared on return. Pure."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from enum import StrEnum

import msgspec

from dancu.kernel.errors import Invalid
from dancu.onboarding.papers.checking import check_form, check_lines, chosen, day_in, number_in, text_of
from dancu.onboarding.papers.domain import (
    Duty,
    FieldKind,
    LegalBasis,
    Lines,
    PaperColumn,
    PaperContext,
    PaperField,
    PaperForm,
    PaperKind,
    Values,
    bases_on,
    blocks_of,
    duties_on,
    fields_of,
    form_of,
)

GAP = "\N{EN SPACE}" * 4  # left for the office to write into: number, day, name
LEADER = "\t"  # an item left open: dots to the margin
TICKED, UNTICKED = "☒", "☐"
_SIGN_HERE = "(Chức vụ, chữ ký, họ và tên, dấu)"
NATION, MOTTO = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"
_INLINE_LENGTH_MAX = 46  # characters of a row of boxes on one line of a table cell
_SPACE = re.compile(r"\s+")
_UNSEEN = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]")
_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII")


class Role(StrEnum):
    """What a line is in an administrative document (*thành phần thể thức*, Decree 30/2020/NĐ-CP, Article 8)."""

    SUPERIOR = "superior"
    AGENCY = "agency"
    NATION = "nation"
    MOTTO = "motto"
    NUMBER = "number"
    PLACE = "place"
    TITLE = "title"
    SUBJECT = "subject"
    NOTE = "note"
    ADDRESSEE = "addressee"
    RECITAL = "recital"
    SECTION = "section"
    ITEM = "item"
    BODY = "body"
    AUTHORITY = "authority"
    HINT = "hint"
    NAME = "name"
    COPIES = "copies"
    COPY = "copy"


class PrintedLine(msgspec.Struct, frozen=True):
    """One paragraph (*dòng chữ đã in*)."""

    role: Role
    text: str
    key: str = ""  # the item of the form it shows
    label: str = ""  # what it is called when something is said about it


class PrintedRow(msgspec.Struct, frozen=True):
    """One row of a table; a single cell is a heading over all columns (*dòng của bảng đã in*)."""

    cells: tuple[str, ...]
    key: str = ""
    label: str = ""


class PrintedTable(msgspec.Struct, frozen=True):
    """A table under its column heads (*bảng đã in*)."""

    columns: tuple[PaperColumn, ...]
    rows: tuple[PrintedRow, ...]
    is_answers: bool = False  # questions and answers, not running lines


class Printed(msgspec.Struct, frozen=True, kw_only=True):
    """A paper as it is printed (*nội dung bản in*)."""

    kind: PaperKind
    dossier: str
    day: date
    notice: str
    wide: bool
    head: tuple[PrintedLine, ...]
    body: tuple[PrintedLine | PrintedTable, ...]
    copies: tuple[PrintedLine, ...]
    signature: tuple[PrintedLine, ...]
    needed: tuple[str, ...] = ()  # items that must not come back empty

    @property
    def title(self) -> str:
        return " ".join(self.headings)

    @property
    def headings(self) -> tuple[str, ...]:
        """What kind of document it is, and about what."""
        return tuple(line.text for line in self.body if isinstance(line, PrintedLine) and line.role in (Role.TITLE, Role.SUBJECT))

    @property
    def lines(self) -> tuple[PrintedLine, ...]:
        """Every line outside the tables, in the order of the page."""
        return (*self.head, *(each for each in self.body if isinstance(each, PrintedLine)), *self.copies, *self.signature)

    @property
    def table(self) -> PrintedTable | None:
        return next((each for each in self.body if isinstance(each, PrintedTable)), None)

    @property
    def digest(self) -> str:
        """SHA-256 over everything printed, hexadecimal: two prints with the same digest say the same."""
        table = self.table
        rows = [row.cells for row in table.rows] if table else []
        said = [self.kind, self.dossier, [(line.role, plain(line.text)) for line in self.lines], rows]
        return hashlib.sha256(msgspec.json.encode(said)).hexdigest()

    @property
    def code(self) -> str:
        """The short code at the foot of every page, by which a scan is matched to its print."""
        return f"{self.digest[:4]}-{self.digest[4:8]}".upper()


def plain(text: str) -> str:
    """The words without what no reader sees: composition, kinds and numbers of spaces."""
    return _SPACE.sub(" ", _UNSEEN.sub("", unicodedata.normalize("NFC", text))).strip()


def printed(kind: PaperKind, context: PaperContext, values: Values, lines: Lines = ()) -> Printed:
    """What the paper of a kind says (*nội dung giấy tờ*). Empty items stay open for the pen; raises `Invalid` on wrong ones."""
    form = form_of(kind, context.day)
    _refuse_mistakes(kind, context.day, values, lines)
    fields = fields_of(form)
    return Printed(
        kind=kind,
        dossier=context.dossier,
        day=context.day,
        notice=context.notice,
        wide=form.wide,
        head=tuple(_head(form, context, values)),
        body=(*_opening(form, context), *_contents(form, context, values, lines)),
        copies=tuple(_copies(form, context)),
        signature=tuple(_signature(values)),
        needed=tuple(field.key for field in fields.values() if field.required),
    )


def _refuse_mistakes(kind: PaperKind, day: date, values: Values, lines: Lines) -> None:
    known = fields_of(form_of(kind, day))
    wrong = {key: said for key, said in check_form(kind, values, day).items() if key not in known or chosen(values, key)}
    wrong |= {key: said for key, said in check_lines(kind, lines, day).items() if not _is_blank(key, kind, day, lines)}
    if wrong:
        key, (vietnamese, english) = next(iter(wrong.items()))
        raise Invalid("paper.form", vietnamese, english, field=key, details=dict(wrong))


def _is_blank(key: str, kind: PaperKind, day: date, lines: Lines) -> bool:
    number, _dot, column = key.partition(".")
    at = [each.key for each in form_of(kind, day).typed_columns].index(column) if column else -1
    return at >= 0 and not lines[int(number) - 1][at].strip()


def _head(form: PaperForm, context: PaperContext, values: Values) -> Iterator[PrintedLine]:
    if superior := text_of(values, "superior"):
        yield PrintedLine(Role.SUPERIOR, superior.upper(), "superior", "Cơ quan chủ quản cấp trên")
    agency = text_of(values, "organisation").upper() or GAP
    yield PrintedLine(Role.AGENCY, agency, "organisation", "Cơ quan ban hành")
    yield PrintedLine(Role.NATION, NATION, label="Quốc hiệu")
    yield PrintedLine(Role.MOTTO, MOTTO, label="Tiêu ngữ")
    symbol = "-".join(each for each in (form.symbol, text_of(values, "symbol")) if each)
    yield PrintedLine(Role.NUMBER, f"Số:{GAP}/{symbol}", "number", "Số, ký hiệu văn bản")
    yield PrintedLine(Role.PLACE, _place(values, context.day), "signed_on", "Địa danh, ngày tháng năm")


def _place(values: Values, today: date) -> str:
    place, day = text_of(values, "place") or GAP, day_in(text_of(values, "signed_on"))
    if day is None:
        return f"{place}, ngày{GAP}tháng{GAP}năm {today.year}"
    # Decree 30/2020/NĐ-CP, Appendix I, II.4: days below 10 and the months 1 and 2 are written with a leading 0.
    month = f"{day.month:02d}" if day.month < 3 else f"{day.month}"
    return f"{place}, ngày {day.day:02d} tháng {month} năm {day.year}"


def _opening(form: PaperForm, context: PaperContext) -> Iterator[PrintedLine]:
    yield PrintedLine(Role.TITLE, form.title.upper(), label="Tên loại văn bản")
    yield PrintedLine(Role.SUBJECT, form.subject, label="Trích yếu")
    if form.note:
        yield PrintedLine(Role.NOTE, form.note, label="Căn cứ lập")
    if len(context.addressees) == 1:
        yield PrintedLine(Role.ADDRESSEE, f"Kính gửi: {context.addressees[0]}.", label="Nơi gửi đến")
    elif context.addressees:
        ends = [";"] * (len(context.addressees) - 1) + ["."]
        yield PrintedLine(Role.ADDRESSEE, "Kính gửi:", label="Nơi gửi đến")
        for name, end in zip(context.addressees, ends, strict=True):
            yield PrintedLine(Role.ADDRESSEE, f"- {name}{end}", label="Nơi gửi đến")


def _contents(form: PaperForm, context: PaperContext, values: Values, lines: Lines) -> Iterator[PrintedLine | PrintedTable]:
    says = {
        "organisation": text_of(values, "organisation") or "Cơ quan, tổ chức",
        "system_name": text_of(values, "system_name") or "hệ thống thông tin",
        "count": f"{len(lines):02d}" if lines else GAP,
    }
    if form.kind is PaperKind.UNDERTAKING:
        yield from _undertaking(form, context, values, says)
    elif form.in_table:
        yield PrintedTable(form.columns, tuple(_answers(form, values)), is_answers=True)
    else:
        yield from _items(form, values)
        if form.opening:
            yield PrintedLine(Role.BODY, form.opening.format_map(says), label="Lời đăng ký")
        yield _lines_table(form, lines)
    key = "count" if "{count}" in form.closing else ""
    yield PrintedLine(Role.BODY, form.closing.format_map(says) + "/.", key, "Số tài khoản" if key and not lines else "Lời kết")


def _undertaking(form: PaperForm, context: PaperContext, values: Values, says: dict[str, str]) -> Iterator[PrintedLine]:
    bases, duties = bases_on(context.day), duties_on(context.day)
    named = {key for duty in duties for key in duty.bases}
    names = [basis.name for key, basis in bases.items() if key in named]
    for at, name in enumerate(names, start=1):
        yield PrintedLine(Role.RECITAL, f"Căn cứ {name}{'.' if at == len(names) else ';'}", label="Căn cứ pháp lý")
    yield PrintedLine(Role.SECTION, f"I. {form.first}", label="Tên phần I")
    yield from _items(form, values)
    yield PrintedLine(Role.SECTION, f"II. {form.second}", label="Tên phần II")
    yield PrintedLine(Role.BODY, form.opening.format_map(says), label="Lời cam kết")
    for number, duty in enumerate(duties, start=1):
        yield PrintedLine(Role.BODY, f"{number}. {_duty_text(duty, bases)}", label=f"Nội dung cam kết {number}")


def _duty_text(duty: Duty, bases: dict[str, LegalBasis]) -> str:
    shorts = [bases[key].short for key in duty.bases if key in bases]
    return f"{duty.text.removesuffix('.')} ({'; '.join(shorts)})." if shorts else duty.text


def _asked(form: PaperForm) -> Iterator[tuple[str, list[PaperField]]]:
    """The groups of items that stand in the body; issuer and signer stand at head and foot, the office's name in both."""
    organisation = fields_of(form)["organisation"]
    first = True
    for block in blocks_of(form):
        if block.name not in ("issuer", "signing"):
            yield block.title, [organisation, *block.field] if first else list(block.field)
            first = False


def _items(form: PaperForm, values: Values) -> Iterator[PrintedLine]:
    asked = [field for _title, fields in _asked(form) for field in fields]
    for number, field in enumerate(asked, start=1):
        text = answer(field, values, wide=True) or LEADER
        yield PrintedLine(Role.ITEM, f"{number}. {field.label}: {text}", field.key, field.label)


def _answers(form: PaperForm, values: Values) -> Iterator[PrintedRow]:
    number = 0
    for section, (title, fields) in enumerate(_asked(form)):
        yield PrintedRow((f"{_ROMAN[section]}. {title}",), label=f"Nhóm {_ROMAN[section]}")
        for field in fields:
            number += 1
            yield PrintedRow((f"{number}", field.label, answer(field, values)), field.key, field.label)


def answer(field: PaperField, values: Values, *, wide: bool = False) -> str:
    """An answer as it is printed: boxes with their ticks, a day, a grouped number, or the text (*nội dung trả lời*)."""
    if field.options:
        ticked = chosen(values, field.key)
        boxes = [f"{TICKED if key in ticked else UNTICKED}\N{NO-BREAK SPACE}{label}" for key, label in field.options]
        short = wide or sum(map(len, boxes)) + 2 * len(boxes) <= _INLINE_LENGTH_MAX
        return ("    " if short else "\n").join(boxes)
    text = text_of(values, field.key)
    if field.kind is FieldKind.DAY and (day := day_in(text)):
        return f"{day:%d/%m/%Y}"
    if field.kind is FieldKind.NUMBER and (number := number_in(text)) is not None:
        return grouped(number)
    return text


def grouped(number: int) -> str:
    return f"{number:,}".replace(",", ".")


def _lines_table(form: PaperForm, lines: Lines) -> PrintedTable:
    given = lines or [[""] * len(form.typed_columns)] * form.blank_rows
    return PrintedTable(
        form.columns,
        tuple(
            PrintedRow((str(number), *(_cell(column, cell) for column, cell in zip(form.typed_columns, line, strict=True))))
            for number, line in enumerate(given, start=1)
        ),
    )


def _cell(column: PaperColumn, text: str) -> str:
    clean = plain(text)
    if column.options:
        return dict(column.options).get(clean, clean)
    number = number_in(clean) if column.number else None
    return clean if number is None else grouped(number)


def _copies(form: PaperForm, context: PaperContext) -> Iterator[PrintedLine]:
    names = context.recipients or form.recipients
    yield PrintedLine(Role.COPIES, "Nơi nhận:", label="Nơi nhận")
    for at, name in enumerate(names, start=1):
        yield PrintedLine(Role.COPY, f"- {name}{'.' if at == len(names) else ';'}", label="Nơi nhận")


def _signature(values: Values) -> Iterator[PrintedLine]:
    authority, of = "".join(chosen(values, "authority")), text_of(values, "authority_of").upper()
    title = text_of(values, "signer_title").upper()
    if authority in ("TM.", "KT.", "TL.", "TUQ."):
        yield PrintedLine(Role.AUTHORITY, f"{authority} {of}".strip(), "authority_of", "Quyền hạn của người ký")
    if title:
        yield PrintedLine(Role.AUTHORITY, f"Q. {title}" if authority == "Q." else title, "signer_title", "Chức vụ của người ký")
    else:
        yield PrintedLine(Role.HINT, _SIGN_HERE, "signer_title", "Chỗ ký")
    if name := text_of(values, "signer_name"):
        yield PrintedLine(Role.NAME, name, "signer_name", "Họ và tên người ký")
