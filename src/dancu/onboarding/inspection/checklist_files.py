"""Checklists read from TOML: those delivered with the platform and those of an installation's own folder.

Whatever is wrong is said at once, in the words of who edits such a file. A version may extend another one: it names it, what
it drops, and the items it adds or words anew under the same code. What was read once is kept: a restart reads again.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from dancu.kernel.errors import Invalid
from dancu.onboarding.inspection.checklists import (
    LEVELS,
    Checklist,
    Confidence,
    Group,
    HostingCase,
    Item,
    Periods,
    Scope,
    Severity,
)

_SHIPPED = Path(__file__).parent.parent / "data" / "checklists"
_CODE = re.compile(r"[A-Z]{2,12}-\d{2}")
FAULTS_SAID_MAX = 10
_WORDS: dict[str, tuple[str, type[StrEnum]]] = {
    "group": ("nhóm", Group),
    "severity": ("mức độ", Severity),
    "confidence": ("độ tin cậy", Confidence),
    "scope": ("phạm vi", Scope),
    "hosting": ("nơi đặt hệ thống", HostingCase),
}


class Fault(NamedTuple):
    """What is wrong in a file, in both languages (*lỗi của tệp*)."""

    message: str
    message_en: str


class _Base(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    version: int


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file as it is written."""

    id: str
    version: int
    name: str
    valid_from: date
    source: str
    author: str
    valid_to: date | None = None
    note: str = ""
    periods: Periods | None = None  # may be left to the version that is extended
    item: list[dict[str, Any]] = []
    extends: _Base | None = None
    dropped: list[str] = []


class _Read(NamedTuple):
    where: str
    file: _File
    is_local: bool


_Key = tuple[str, int]  # id and version
_Files = Mapping[_Key, _Read]


@cache
def checklists(folder: Path | None = None) -> tuple[Checklist, ...]:
    """Every version of every checklist, ours and those of an installation's folder (*các bộ tiêu chí*). Raises `Invalid`."""
    return read_checklists(_texts(_SHIPPED), _texts(folder) if folder else {})


def read_checklists(texts: Mapping[str, str], local: Mapping[str, str] | None = None) -> tuple[Checklist, ...]:
    """Read and check files, name to text; `local` ones are the installation's own. Raises `Invalid` naming all that is wrong."""
    faults: list[Fault] = []
    files: dict[_Key, _Read] = {}
    named = [(name, text, False) for name, text in texts.items()] + [(name, text, True) for name, text in (local or {}).items()]
    for where, text, is_local in named:
        file = _parsed(where, text, faults)
        if file and (file.id, file.version) in files:
            faults.append(_twice(where, file, files[file.id, file.version].where))
        elif file:
            files[file.id, file.version] = _Read(where, file, is_local)
    built = [_built(key, files, faults) for key in files] if not faults else []
    if faults:
        raise _invalid(faults)
    return tuple(each for each in built if each)


def _texts(folder: Path) -> dict[str, str]:
    if not folder.is_dir():
        raise _invalid([Fault(f"{folder.name}: không có thư mục này", f"{folder.name}: there is no such folder")])
    found = {}
    for path in sorted(folder.glob("*.toml")):
        try:
            found[path.name] = path.read_text(encoding="utf-8")
        except UnicodeDecodeError as failure:
            said = Fault(f"{path.name}: không phải UTF-8. Lưu lại tệp với mã UTF-8", f"{path.name}: not UTF-8")
            raise _invalid([said]) from failure
    return found


def _parsed(where: str, text: str, faults: list[Fault]) -> _File | None:
    try:
        file = msgspec.convert(tomllib.loads(text), _File)
    except tomllib.TOMLDecodeError as failure:
        faults.append(Fault(f"{where}: không đọc được TOML ({failure})", f"{where}: no TOML ({failure})"))
        return None
    except msgspec.ValidationError as failure:
        faults.append(Fault(f"{where}: {failure}", f"{where}: {failure}"))
        return None
    if file.valid_to is not None and file.valid_to < file.valid_from:
        faults.append(Fault(f"{where}: ngày hết hiệu lực trước ngày hiệu lực", f"{where}: it ends before it begins"))
    if not (file.id.strip() and file.version >= 1 and file.source.strip() and file.author.strip()):
        said = "phải có id, version từ 1, source (căn cứ) và author (người soạn)"
        faults.append(Fault(f"{where}: {said}", f"{where}: id, version from 1, source and author are needed"))
    return file


def _twice(where: str, file: _File, other: str) -> Fault:
    # Inspections name id and version: what they were done by must not change under them.
    said = f"bộ tiêu chí {file.id} phiên bản {file.version} đã có ở {other}. Đặt số phiên bản mới"
    return Fault(f"{where}: {said}", f"{where}: {file.id} version {file.version} stands in {other}; give a new version")


def _built(key: _Key, files: _Files, faults: list[Fault]) -> Checklist | None:
    """A version with all it takes over from those it extends."""
    where, file, is_local = files[key]
    items: dict[str, Item] = {}
    periods: Periods | None = None
    for step in _chain(key, files, faults):
        each = files[step]
        of_this = faults if step == key else []  # the others say themselves what is wrong with them
        if missing := ", ".join(sorted(set(each.file.dropped) - set(items))):
            of_this.append(Fault(f"{where}: bỏ tiêu chí không có: {missing}", f"{where}: drops what is not there: {missing}"))
        kept = {code: item for code, item in items.items() if code not in each.file.dropped}
        items = kept | _items(each.where, each.file, of_this)
        periods = each.file.periods or periods
    if not items:
        faults.append(Fault(f"{where}: không có tiêu chí nào", f"{where}: it has no items"))
    if periods is None or not _are_sound(periods):
        said = "phần [periods] phải có đủ các thời hạn, đều lớn hơn 0, cho cả ba mức độ"
        faults.append(Fault(f"{where}: {said}", f"{where}: [periods] needs every period, above 0, for all severities"))
        return None
    return Checklist(
        id=file.id,
        version=file.version,
        name=file.name,
        valid_from=file.valid_from,
        valid_to=file.valid_to,
        source=file.source,
        author=file.author,
        periods=periods,
        items=tuple(sorted(items.values(), key=lambda item: (list(Group).index(item.group), item.code))),
        note=file.note,
        is_local=is_local,
    )


def _chain(key: _Key, files: _Files, faults: list[Fault]) -> list[_Key]:
    """The version itself, last, and those it goes back to, the first of them first."""
    chain = [key]
    while base := files[chain[0]].file.extends:
        before, where = (base.id, base.version), files[chain[0]].where
        if before not in files:
            said = f"mở rộng {base.id} phiên bản {base.version}, nhưng không có bộ tiêu chí đó"
            faults.append(Fault(f"{where}: {said}", f"{where}: extends {base.id} version {base.version}, which is not there"))
            break
        if before in chain:
            faults.append(Fault(f"{where}: các phiên bản mở rộng lẫn nhau", f"{where}: versions extend each other"))
            break
        chain.insert(0, before)
    return chain


def _items(where: str, file: _File, faults: list[Fault]) -> dict[str, Item]:
    found: dict[str, Item] = {}
    for position, raw in enumerate(file.item, start=1):
        code = str(raw.get("code") or f"thứ {position}")
        place = f"{where}, tiêu chí {code}"
        wrong = _unknown_words(place, raw)
        if not wrong:
            try:
                item = msgspec.convert(raw, Item)
            except msgspec.ValidationError as failure:
                wrong = [Fault(f"{place}: {failure}", f"{place}: {failure}")]
            else:
                wrong = _unsound(place, item)
                if item.code in found:
                    wrong.append(Fault(f"{place}: mã này đã dùng trong tệp", f"{place}: this code stands twice"))
                found[item.code] = item
        faults.extend(wrong)
    return found


def _unknown_words(place: str, raw: Mapping[str, Any]) -> list[Fault]:
    found = []
    for field, (word, known) in _WORDS.items():
        said = raw.get(field, [])
        values = list(known)
        for each in said if isinstance(said, list) else [said]:
            if each not in values:
                listed = ", ".join(values)
                found.append(Fault(f"{place}: {word} “{each}” không có; dùng {listed}", f"{place}: unknown {field}; use {listed}"))
    return found


def _unsound(place: str, item: Item) -> list[Fault]:
    found = []
    if not _CODE.fullmatch(item.code):
        found.append(Fault(f"{place}: mã phải như MANG-03", f"{place}: a code looks like MANG-03"))
    if not (item.text.strip() and item.check.strip() and item.source.strip()):
        found.append(Fault(f"{place}: thiếu nội dung, cách kiểm tra hoặc căn cứ", f"{place}: text, check or source is empty"))
    if not item.levels or not item.hosting or not set(item.levels) <= set(LEVELS):
        found.append(Fault(f"{place}: levels phải nằm trong {list(LEVELS)}, hosting không rỗng", f"{place}: levels or hosting"))
    if item.confidence is Confidence.CERTAIN and not item.clause.strip():
        said = "ghi là chắc chắn thì phải dẫn điều khoản"
        found.append(Fault(f"{place}: {said}", f"{place}: what is certain names its clause"))
    if item.confidence is Confidence.UNSURE and item.severity is Severity.MANDATORY:
        # What nobody is sure of must not keep a province from connecting.
        said = "chưa chắc về căn cứ thì không được ghi bắt buộc; đối chiếu văn bản hoặc hạ mức độ"
        found.append(Fault(f"{place}: {said}", f"{place}: what is unsure is not mandatory"))
    return found


def _are_sound(periods: Periods) -> bool:
    numbers = [periods.validity_months, periods.answer_working_days, periods.conclude_working_days, periods.remind_days]
    is_whole = set(periods.mend_working_days) == set(Severity)
    return is_whole and all(number > 0 for number in [*numbers, *periods.mend_working_days.values()])


def _invalid(faults: list[Fault]) -> Invalid:
    said = faults[:FAULTS_SAID_MAX]
    return Invalid(
        "checklist.file",
        "Bộ tiêu chí có lỗi, hãy sửa rồi đọc lại. " + "; ".join(fault.message for fault in said) + ".",
        "The checklist has errors; mend it and read it again. " + "; ".join(fault.message_en for fault in said) + ".",
        details={"faults": [fault.message for fault in faults]},
    )
