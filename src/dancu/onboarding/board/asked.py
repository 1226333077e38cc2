"""What the address of the board asks for: day, what was known by when, filters; nothing it names is trusted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from urllib.parse import urlencode

from dancu.kernel.errors import Invalid
from dancu.onboarding.board.events import BoardAxis, ConnectionStanding, HostingStanding, SecurityStanding, Standing
from dancu.onboarding.board.lineage import PartyKind
from dancu.onboarding.board.standing import BodyStanding
from dancu.onboarding.board.stated import AppliedCount
from dancu.onboarding.board.view import BoardView
from dancu.ui.words import is_english

BOARD = "/ket-noi/bang-theo-doi"
CSV = f"{BOARD}.csv"
FIRST_DAY = date(2020, 7, 22)  # Decision 20/2020/QĐ-TTg: before it no body has its code
UNKNOWN = "chua-ro"
VIEWS = ("viec", "don-vi")  # beside the overview: who must do what, and every body
TO_DO = "can-lam"
KINDS = {
    "bo-nganh": PartyKind.MINISTRY,
    "dia-phuong": PartyKind.PROVINCE,
    "doanh-nghiep": PartyKind.ENTERPRISE,
    "vien-thong": PartyKind.TELECOM,
    "hoi": PartyKind.ASSOCIATION,
}
CONNECTIONS: dict[str, Standing] = {
    "chinh-thuc": ConnectionStanding.OFFICIAL,
    "tam-dung": ConnectionStanding.SUSPENDED,
    "thu-nghiem": ConnectionStanding.TRIAL,
    "hoan-thien": ConnectionStanding.PREPARING,
    "da-dong": ConnectionStanding.CLOSED,
    "chua": ConnectionStanding.NONE,
}
SECURITIES: dict[str, Standing] = {
    "dat": SecurityStanding.PASSED,
    "can-bo-sung": SecurityStanding.NEEDS_SUPPLEMENT,
    "co-lich": SecurityStanding.SCHEDULED,
    "chua-kiem-tra": SecurityStanding.NOT_INSPECTED,
    "het-hieu-luc": SecurityStanding.LAPSED,
    "chua-bao-dam": SecurityStanding.SHORT,
}
HOSTINGS: dict[str, Standing] = {
    "doanh-nghiep": HostingStanding.PROVIDER,
    "don-vi": HostingStanding.OWN,
    "noi-khac": HostingStanding.OTHER,
}
AXES = {
    "ket_noi": (BoardAxis.CONNECTION, CONNECTIONS),
    "an_toan": (BoardAxis.SECURITY, SECURITIES),
    "noi_dat": (BoardAxis.HOSTING, HOSTINGS),
}
_NAMES = ("xem", "ngay", "biet_den", "loai", "ket_noi", "an_toan", "noi_dat", "viec")


@dataclass(frozen=True, slots=True)
class Asked:
    """The board as its address asks for it (*yêu cầu xem bảng*)."""

    day: date
    known_by: date | None
    today: date
    typed: Mapping[str, str]
    errors: Mapping[str, str]

    def href(self, path: str = BOARD, **changes: str) -> str:
        """The same page with something else; empty takes it out."""
        said = {name: value for name, value in {**self.typed, **changes}.items() if value}
        return f"{path}?{urlencode(said)}" if said else path

    @property
    def is_narrowed(self) -> bool:
        return any(self.typed[name] for name in ("loai", "ket_noi", "an_toan", "noi_dat", "viec"))


def read_asked(given: Mapping[str, str], today: date) -> Asked:
    """Read an address. A day that cannot be read is told beside its field, and today is shown; a filter nobody has is none."""
    typed = {name: given.get(name, "").strip()[:100] for name in _NAMES}
    errors: dict[str, str] = {}
    days = {}
    for name in ("ngay", "biet_den"):
        try:
            days[name] = _day(typed[name], name, today) if typed[name] else None
        except Invalid as failure:
            errors[name] = failure.message_en if is_english() else failure.message
            days[name] = None
    offered = {
        "xem": {*VIEWS},
        "loai": {*KINDS},
        "viec": {TO_DO},
        **{name: {*states, UNKNOWN} for name, (_axis, states) in AXES.items()},
    }
    for name, words in offered.items():
        if typed[name] not in words:
            typed[name] = ""
    return Asked(days["ngay"] or today, days["biet_den"], today, typed, errors)


def narrowed(asked: Asked, name: str, key: str) -> Asked:
    """The same with one filter set otherwise."""
    return replace(asked, typed={**asked.typed, name: key})


def found_by(asked: Asked, view: BoardView) -> tuple[BodyStanding, ...]:
    """The bodies that pass every filter (*các đơn vị được lọc*)."""
    return tuple(each for each in view.board.bodies if _passes(each, asked, view))


def unnamed_by(asked: Asked, view: BoardView) -> tuple[AppliedCount, ...]:
    """The counts of papers whose bodies are not all named, where the filters leave them room (*số không nêu tên*)."""
    chosen = {axis: states[key] for name, (axis, states) in AXES.items() if (key := asked.typed[name]) and key != UNKNOWN}
    if asked.typed["viec"] or any(asked.typed[name] == UNKNOWN for name in AXES):
        return ()
    return tuple(
        each
        for each in view.board.counts
        if each.unnamed
        and each.is_same_circle
        and each.stated.kind is KINDS.get(asked.typed["loai"], each.stated.kind)
        and all(axis is each.stated.axis and state in each.stated.states for axis, state in chosen.items())
    )


def _passes(body: BodyStanding, asked: Asked, view: BoardView) -> bool:
    typed = asked.typed
    if typed["loai"] and KINDS[typed["loai"]] is not body.party.kind:
        return False
    if typed["viec"] and body.party.code not in view.next_work:
        return False
    return all(_stands(body, axis, states, typed[name]) for name, (axis, states) in AXES.items())


def _stands(body: BodyStanding, axis: BoardAxis, states: Mapping[str, Standing], wanted: str) -> bool:
    if not wanted:
        return True
    is_known = body.is_recorded(axis) and not body.is_unknown(axis)
    return not is_known if wanted == UNKNOWN else is_known and states[wanted] in body.states(axis)


def _day(text: str, field: str, today: date) -> date:
    for shape in ("%d/%m/%Y", "%Y-%m-%d"):
        try:
            day = datetime.strptime(text, shape).date()
        except ValueError:
            continue
        if FIRST_DAY <= day <= today:
            return day
    raise Invalid(
        "board.day",
        f"Nhập ngày theo mẫu 24/11/2026, từ {FIRST_DAY:%d/%m/%Y} đến hôm nay.",
        f"Write the day as 24/11/2026, from {FIRST_DAY:%d/%m/%Y} until today.",
        field=field,
    )
