"""The papers of a connection dossier as dated data: which are due on a day, what their forms ask, what is undertaken. Pure."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec

from dancu.kernel.errors import NotFound

_FILE = Path(__file__).parent.parent / "data" / "papers.toml"
LINES_MAX = 5000  # of one table on paper: two hundred pages

Values = Mapping[str, str | Sequence[str]]
Lines = Sequence[Sequence[str]]
Faults = dict[str, tuple[str, str]]  # field → what is wrong, in Vietnamese and English


class PaperKind(StrEnum):
    """A paper of the dossier (*loại giấy tờ của hồ sơ kết nối*)."""

    UNDERTAKING = "undertaking"
    INDIVIDUAL_UNDERTAKING = "individual_undertaking"
    ACCOUNT_LIST = "account_list"
    SERVICE_REGISTRATION = "service_registration"
    SECURITY_CONFIRMATION = "security_confirmation"
    SURVEY = "survey"


class Confidence(StrEnum):
    """How sure we are of a row of reference data (*mức tin cậy*)."""

    CERTAIN = "certain"
    LIKELY = "likely"
    UNSURE = "unsure"


class Dated(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A row that holds from one day to another, both included (*có hiệu lực từ ngày đến ngày*)."""

    valid_from: date
    valid_to: date | None = None

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


class PaperRule(Dated, frozen=True, kw_only=True):
    """One paper the dossier needs while the rule holds (*giấy tờ phải có*)."""

    kind: PaperKind
    name: str  # the official title
    name_en: str  # what it means; no title of a paper
    signed_by: str
    generated: bool  # printed here from the form
    uploaded: bool  # comes back as a file
    source: str
    confidence: Confidence

    @property
    def title_en(self) -> str:
        """The official title, and what it means."""
        return f"{self.name} ({self.name_en})"


class FieldKind(StrEnum):
    """How a field is asked (*kiểu của mục khai*)."""

    TEXT = "text"
    AREA = "area"
    DAY = "day"
    CHOICE = "choice"
    MANY = "many"
    NUMBER = "number"


Options = tuple[tuple[str, str], ...]


class PaperField(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One item of a form (*mục khai*)."""

    key: str
    label: str
    label_en: str
    kind: FieldKind
    required: bool = False
    hint: str = ""
    options: Options = ()
    length_max: int = 200
    min: int = 0
    max: int = 1_000_000_000
    past: bool = False  # a day not after the day of the check
    needed_if: tuple[str, ...] = ()  # a field, then the values of it that make this one required
    wanted: tuple[str, ...] = ()  # of a choice one of these, of many all of them
    wanted_min: int | None = None
    wanted_max: int | None = None
    wanted_note: str = ""
    wanted_note_en: str = ""


class FieldBlock(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Items asked together under a heading (*nhóm mục khai*)."""

    name: str
    title: str
    field: tuple[PaperField, ...]


class PaperColumn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A column of a printed table, its width in millimetres (*cột của bảng*)."""

    key: str
    label: str
    label_en: str
    width: int
    align: Literal["left", "center"] = "left"
    required: bool = False
    length_max: int = 200
    digits: int = 0  # exactly so many digits
    number: bool = False
    options: Options = ()


class PaperForm(Dated, frozen=True, kw_only=True):
    """What one kind of paper asks and says (*mẫu giấy tờ*)."""

    kind: PaperKind
    title: str
    subject: str
    symbol: str  # in its number, before the abbreviation of the office
    blocks: tuple[str, ...]
    source: str
    confidence: Confidence
    recipients: tuple[str, ...]
    note: str = ""
    opening: str = ""
    closing: str = ""
    first: str = ""  # headings of an undertaking
    second: str = ""
    wide: bool = False
    in_table: bool = False  # the answers are printed in a table
    blank_rows: int = 0  # printed for the pen when there are no lines
    columns: tuple[PaperColumn, ...] = ()

    @property
    def typed_columns(self) -> tuple[PaperColumn, ...]:
        """The columns of a line as it is given: all but the running number."""
        return () if self.in_table else self.columns[1:]


class LegalBasis(Dated, frozen=True, kw_only=True):
    """A document by the name it has on a day (*căn cứ pháp lý*)."""

    key: str
    name: str
    short: str
    confidence: Confidence


class Duty(Dated, frozen=True, kw_only=True):
    """One thing an organisation undertakes (*nội dung cam kết*)."""

    text: str
    bases: tuple[str, ...]


class PaperContext(msgspec.Struct, frozen=True, kw_only=True):
    """For which dossier a paper is printed, and to whom it goes (*bối cảnh của giấy tờ*)."""

    dossier: str
    day: date  # the law and the forms of this day
    addressees: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()  # of copies; empty: those of the form
    notice: str = ""  # printed at the foot of every page, for example that data are simulated


class _Book(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    paper: tuple[PaperRule, ...]
    basis: tuple[LegalBasis, ...]
    duty: tuple[Duty, ...]
    block: tuple[FieldBlock, ...]
    form: tuple[PaperForm, ...]


def required_papers(day: date) -> tuple[PaperRule, ...]:
    """The papers a dossier needs on a day, in their order (*thành phần hồ sơ kết nối*)."""
    return tuple(rule for rule in _book().paper if rule.holds_on(day))


def form_of(kind: PaperKind, day: date) -> PaperForm:
    """The form of a kind on a day (*mẫu giấy tờ theo ngày*). Raises `NotFound`: some papers are only uploaded."""
    for form in _book().form:
        if form.kind is kind and form.holds_on(day):
            return form
    raise NotFound(
        "paper.no_form",
        "Giấy tờ này không lập trên hệ thống. Bạn tải lên bản đã được cấp.",
        "This paper is not made here. Upload the one that was issued.",
        field="kind",
    )


def blocks_of(form: PaperForm) -> tuple[FieldBlock, ...]:
    """The items of a form in groups (*các nhóm mục khai*)."""
    named = {block.name: block for block in _book().block}
    return tuple(named[name] for name in form.blocks)


def fields_of(form: PaperForm) -> dict[str, PaperField]:
    """Every item of a form by its key (*các mục khai*)."""
    return {field.key: field for block in blocks_of(form) for field in block.field}


def duties_on(day: date) -> tuple[Duty, ...]:
    """What is undertaken by the law of a day (*các nội dung cam kết*)."""
    return tuple(duty for duty in _book().duty if duty.holds_on(day))


def bases_on(day: date) -> dict[str, LegalBasis]:
    """The documents in force on a day, by key (*căn cứ pháp lý theo ngày*)."""
    return {basis.key: basis for basis in _book().basis if basis.holds_on(day)}


@cache
def _book() -> _Book:
    return msgspec.convert(tomllib.loads(_FILE.read_text(encoding="utf-8")), _Book)
