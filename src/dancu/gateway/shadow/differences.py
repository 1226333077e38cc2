"""Two answers to one question, compared element by element: which differ and how, never with which values. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from enum import StrEnum
from typing import Any, NamedTuple

import msgspec
from lxml import etree

PATH_LENGTH_MAX = 120
PATHS_MAX = 400
# Made anew for every answer, by whoever answers.
_REFUSED = re.compile(rb'GhiChu=\\?"(DANCU-4[0-9]{2}(?:=[a-z_]{1,40})?)')
_OWN_WORDS = frozenset({"MaYeuCau", "TransactionId", "id", "GhiChu", "ThoiDiemDuLieu", "SoCongDan", "timestamp"})


class Mark(StrEnum):
    """How one element of two answers differs (*loại khác biệt*)."""

    CHANGED = "changed"
    MISSING = "missing"  # the service in use has it, ours has not
    EXTRA = "extra"  # ours has it with a value, the service in use has not
    STATUS = "status"
    UNREADABLE = "unreadable"  # one of the two is neither XML nor JSON
    REFUSED = "refused"  # ours would have refused, and why


class Difference(NamedTuple):
    """One element that differs (*một điểm khác biệt*). No value of either side: it may be about a person."""

    kind: Mark
    path: str


class Told(NamedTuple):
    """One side's answer."""

    status: int
    body: bytes


def differences(in_use: Told, ours: Told) -> list[Difference]:
    """Where our answer is not that of the service in use. Namespaces, prefixes, order, blanks and composition do not count."""
    if refusal := _REFUSED.search(ours.body):
        return [Difference(Mark.REFUSED, refusal.group(1).decode("ascii"))]
    found = []
    if in_use.status != ours.status:
        found.append(Difference(Mark.STATUS, f"{in_use.status}/{ours.status}"))
    theirs, mine = _flat(in_use.body), _flat(ours.body)
    if theirs is None or mine is None:
        same = theirs is None and mine is None and in_use.body.strip() == ours.body.strip()
        return found if same else [*found, Difference(Mark.UNREADABLE, "")]
    for path in sorted(theirs.keys() | mine.keys()):
        if path not in mine:
            found.append(Difference(Mark.MISSING, path))  # also an empty one: clients trip over an absent element
        elif theirs.get(path, "") != mine[path]:
            found.append(Difference(Mark.CHANGED if path in theirs else Mark.EXTRA, path))
    return found


def _flat(body: bytes) -> dict[str, str] | None:
    """Every leaf under its path of local names; None for what cannot be read."""
    text = body.lstrip(b"\xef\xbb\xbf \t\r\n")
    found = _of_xml(text) if text.startswith(b"<") else _of_json(text)
    if found is None:
        return None
    flat: dict[str, str] = {}
    counted: dict[str, int] = {}
    for path, value in found:
        if len(counted) >= PATHS_MAX:
            break
        counted[path] = counted.get(path, 0) + 1
        flat[path if counted[path] == 1 else f"{path}[{counted[path]}]"] = _plain(value)
    return flat


def _of_xml(text: bytes) -> list[tuple[str, str]] | None:
    try:
        root = etree.fromstring(
            text, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True)
        )
    except (etree.XMLSyntaxError, ValueError):
        return None
    return list(_leaves(root, ""))


def _leaves(element: etree._Element, above: str) -> Iterator[tuple[str, str]]:
    name = etree.QName(element).localname
    if name in _OWN_WORDS:
        return
    path = f"{above}/{name}"[-PATH_LENGTH_MAX:] if name not in ("Envelope", "Body", "Header") else above
    if len(element) == 0:
        if name not in ("Envelope", "Body", "Header"):
            yield path, element.text or ""
        return
    for child in element:
        yield from _leaves(child, path)


def _of_json(text: bytes) -> list[tuple[str, str]] | None:
    try:
        return list(_members(msgspec.json.decode(text), ""))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _members(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name in sorted(value):
            if name not in _OWN_WORDS:
                yield from _members(value[name], f"{path}/{name}"[-PATH_LENGTH_MAX:])
    elif isinstance(value, list):
        for each in value:
            yield from _members(each, path)
    elif isinstance(value, str) and value.lstrip().startswith("<") and (inner := _of_xml(value.strip().encode())) is not None:
        for below, leaf in inner:  # an envelope carried as text
            yield path + below, leaf
    else:
        yield path, "" if value is None else f"{type(value).__name__[0]}:{value}" if not isinstance(value, str) else value


def _plain(text: str) -> str:
    return unicodedata.normalize("NFC", " ".join(text.split()))
