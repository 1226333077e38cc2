"""The words of order, the short names and the groups, read from data and made into patterns once. Pure but for the reading."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

import msgspec

RULES_FILE = Path(__file__).parent / "data" / "rules.toml"
_GAP = r"[\s,–-]+"  # commas and dashes of long names are written in many ways
_COMMITTEE = re.compile(r"(?:Ủy ban nhân dân|UBND) (?P<kind>tỉnh|thành phố) (?P<place>.+)", re.I)


class Group(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Bodies that are told something together (*nhóm cơ quan*), for example "các bộ, ngành"."""

    code: str
    patterns: tuple[str, ...]
    list_of_ministries: bool = False


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Words around names and deadlines (*từ ngữ giao việc*)."""

    ask: tuple[str, ...]
    stress: tuple[str, ...]
    order: tuple[str, ...]
    tail_near: tuple[str, ...]
    tail_far: tuple[str, ...]
    deliver: tuple[str, ...]
    tells: tuple[str, ...]
    tells_not_after: tuple[str, ...]
    closing: tuple[str, ...]
    grounds: tuple[str, ...]
    lead_in: tuple[str, ...]
    with_: tuple[str, ...] = msgspec.field(name="with")


class DeadlineWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What leads to a deadline (*từ ngữ chỉ thời hạn*)."""

    leads: tuple[str, ...]
    not_leads: tuple[str, ...]
    strong: tuple[str, ...]
    standing: tuple[str, ...]


class _Basis(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    kinds: tuple[str, ...]


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    shorts: dict[str, tuple[str, ...]]
    group: tuple[Group, ...]
    words: Words
    deadline: DeadlineWords
    basis: _Basis


class Rules:
    """All that reading a notice needs (*bộ quy tắc đọc văn bản giao việc*); made once, used for many texts."""

    def __init__(self, data: _File, names: Mapping[str, str]) -> None:
        self.words = data.words
        self.groups = data.group
        self.codes = _codes(data, names)
        self.bare = {key.removeprefix("bộ "): code for key, code in self.codes.items() if key.startswith("bộ ")}
        self.bodies = re.compile(_bodies_pattern(self.codes, data.group), re.I)
        self.bare_bodies = re.compile(rf"(?<!\w)(?:{_alternatives({**self.bare, **self.codes})})(?!\w)", re.I)
        self.order = _opening(data.words.order)
        self.stress = _opening(data.words.stress)
        self.ask = re.compile(rf"(?:^|(?<=\s))(?:{_any(data.words.ask)})\s*:?\s*$", re.I)
        self.asks_body = re.compile(rf"(?:{_any(data.words.ask)})\s+(?:{_bodies_pattern(self.codes, data.group)})", re.I)
        self.grounds = _opening(data.words.grounds)
        self.tells = _opening(data.words.tells)
        self.no_verb = _opening(data.words.tells_not_after)
        self.tail_near = _opening(data.words.tail_near)
        self.tail_far = _opening(data.words.tail_far)
        self.deliver = re.compile(rf"(?<!\w)(?:{_any(data.words.deliver)})(?!\w)", re.I)
        self.closing = re.compile(_any(data.words.closing), re.I)
        self.lead_in = re.compile(rf"(?:{_any(data.words.lead_in)})\s*[,:]\s*", re.I)
        self.together = re.compile(rf"(?<!\w)(?:{_any(data.words.with_)})(?!\w)\s*", re.I)
        self.deadline_lead = re.compile(rf"(?<!\w)(?:{_any(data.deadline.leads)})\s*:?\s*$", re.I)
        self.no_lead = re.compile(rf"(?<!\w)(?:{_any(data.deadline.not_leads)})\s*$", re.I)
        self.strong = re.compile(rf"(?<!\w)(?:{_any(data.deadline.strong)})(?!\w)", re.I)
        self.standing = re.compile(rf"(?<!\w)(?:{_any(data.deadline.standing)})(?!\w)", re.I)
        kinds = _any(data.basis.kinds)
        number = r"(?:số\s+)?\d+(?:/\d{4})?/[\w-]*[A-ZĐ][\w-]*"
        self.basis = re.compile(rf"(?<!\w)(?:{kinds})\s+{number}(?:,?\s+ngày\s+\d{{1,2}}/\d{{1,2}}/\d{{4}})?", re.I)

    def code_of(self, words: str) -> str:
        """The code of a body or group as it is written, empty when the rules do not know it."""
        key = _key(words)
        if code := self.codes.get(key) or self.bare.get(key):
            return code
        named = (group.code for group in self.groups for pattern in group.patterns if re.fullmatch(pattern, words.strip(), re.I))
        return next(named, "")


def read_rules(names: Mapping[str, str], path: Path = RULES_FILE) -> Rules:
    """The rules for bodies of these names (*đọc bộ quy tắc*): `names` leads from a full name to the body's code."""
    return Rules(_file(path), names)


@cache
def _file(path: Path) -> _File:
    return msgspec.toml.decode(path.read_bytes(), type=_File)


def _codes(data: _File, names: Mapping[str, str]) -> dict[str, str]:
    codes: dict[str, str] = {}
    for name, code in names.items():
        for each in _forms(name):
            codes.setdefault(_key(each), code)
    for code in set(names.values()):
        for short in data.shorts.get(code, ()):
            codes.setdefault(_key(short), code)
    return codes


def _forms(name: str) -> Iterable[str]:
    """A name as documents write it: committees also as UBND or by their place alone."""
    yield name
    if found := _COMMITTEE.fullmatch(name):
        kind, place = found["kind"].casefold(), found["place"]
        kinds = ("thành phố", "TP", "TP.") if kind == "thành phố" else ("tỉnh",)
        for each in kinds:
            yield f"UBND {each} {place}"
            yield f"{each} {place}"


def _key(words: str) -> str:
    return " ".join(re.split(r"[\s,–-]+", words.casefold().strip()))


def _bodies_pattern(codes: Iterable[str], groups: Iterable[Group]) -> str:
    grouped = "|".join(pattern for group in groups for pattern in group.patterns)
    return rf"(?<!\w)(?:{grouped}|{_alternatives(codes)})(?!\w)"


def _alternatives(names: Iterable[str]) -> str:
    """Names as a pattern, the longest first, so that no name hides a longer one."""
    ordered = sorted(set(names), key=lambda name: (-len(name), name))
    return "|".join(_GAP.join(re.escape(word) for word in name.split(" ")) for name in ordered) or r"(?!)"


def _any(words: Iterable[str]) -> str:
    return "|".join(r"\s+".join(map(re.escape, word.split())) for word in sorted(words, key=lambda word: (-len(word), word)))


def _opening(words: Iterable[str]) -> re.Pattern[str]:
    return re.compile(rf"(?:{_any(words)})(?!\w)", re.I)
