"""The figures over a board, each with its formula in words, the names behind it, and what is known only as a number. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from dancu.onboarding.board.domain import Board
from dancu.onboarding.board.events import (
    IN_PROVIDER_CENTRE,
    INSPECTED,
    OFFICIAL,
    PASSED,
    SHORT,
    BoardAxis,
    ConnectionStanding,
    Said,
    Standing,
)
from dancu.onboarding.board.lineage import PartyKind
from dancu.onboarding.board.standing import BodyStanding

_TRIED = OFFICIAL | {ConnectionStanding.TRIAL, ConnectionStanding.SUSPENDED}
_STARTED = _TRIED | {ConnectionStanding.PREPARING}


class FigureKey(StrEnum):
    """What is counted (*chỉ số của bảng*)."""

    CONNECTED = "connected"
    INSPECTED = "inspected"
    PASSED = "passed"
    PASSED_OF_INSPECTED = "passed_of_inspected"
    PASSED_OF_CONNECTED = "passed_of_connected"
    NOT_INSPECTED_OF_CONNECTED = "not_inspected_of_connected"
    TO_ACT = "to_act"
    SHORT = "short"
    SHORT_OF_CONNECTED = "short_of_connected"
    IN_PROVIDER_CENTRE = "in_provider_centre"


@dataclass(frozen=True, slots=True)
class Tally:
    """How many stand somewhere (*kết quả đếm*): known by name, and between which numbers with those no paper names."""

    names: frozenset[str]
    low: int
    high: int

    @property
    def unnamed(self) -> int:
        """How many at the most are behind it without a name."""
        return self.high - len(self.names)


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of the board (*số liệu trên bảng*). `low` and `high` differ where papers leave it open."""

    key: FigureKey
    kind: PartyKind
    low: int
    high: int
    total: int
    names: tuple[str, ...]  # codes of the bodies behind it
    formula: Said
    sources: tuple[str, ...] = ()

    @property
    def is_exact(self) -> bool:
        return self.low == self.high

    @property
    def unnamed(self) -> int:
        return self.high - len(self.names)

    @property
    def says_nothing(self) -> bool:
        """Could it be anything from none to all, or is it none only because nothing is on file?"""
        return (self.low == 0 and self.high == self.total > 0) or (self.high == 0 and not self.sources)


def tally(board: Board, kind: PartyKind, axis: BoardAxis, states: frozenset[Standing]) -> Tally:
    """How many of a kind stand in one of some states (*đếm theo tình trạng*).

    A count of a paper adds those it does not name; of whom something was said later they may be the same ones. Where the
    circle of bodies has changed since, a bare number cannot be carried on: whoever is not known may be one of them.
    """
    names = frozenset(each.party.code for each in board.members(kind, axis, states))
    count = board.count_of(kind, axis, states)
    doubts = [{d for d in each.doubts if d.axis is axis} for each in board.of_kind(kind)]
    own = {count.stated} if count else set()
    low, most = len(names), sum(bool(each - own) for each in doubts)
    if count is not None:
        low += max(0, count.unnamed - len(count.named_since))
        most = max(most, count.unnamed)
    return Tally(names, low, max(low, min(len(names) + most, _room(board, kind, axis, states))))


def _room(board: Board, kind: PartyKind, axis: BoardAxis, states: frozenset[Standing]) -> int:
    """How many there can be at the most: all, without those that a paper counts in other states of the axis."""
    others = [
        each.stated.count
        for each in board.counts
        if each.is_same_circle
        and each.stated.kind is kind
        and each.stated.axis is axis
        and not each.stated.states & states
        and not each.named_since
    ]
    return board.total(kind) - max(others, default=0)


def figures_of(board: Board) -> tuple[Figure, ...]:
    """Every figure that the parties of a day bear (*các số liệu của bảng*)."""
    found: list[Figure] = []
    for kind in PartyKind:
        if board.of_kind(kind):
            found += _of_kind(board, kind)
    return tuple(found)


def figure(board: Board, key: FigureKey, kind: PartyKind) -> Figure | None:
    """One figure; None where nothing bears it."""
    return next((each for each in figures_of(board) if (each.key, each.kind) == (key, kind)), None)


def _of_kind(board: Board, kind: PartyKind) -> list[Figure]:
    connected = tally(board, kind, BoardAxis.CONNECTION, OFFICIAL)
    found = [_plain(board, FigureKey.CONNECTED, kind, connected, BoardAxis.CONNECTION, OFFICIAL)]
    if kind not in (PartyKind.MINISTRY, PartyKind.PROVINCE):
        return found
    inspected = tally(board, kind, BoardAxis.SECURITY, INSPECTED)
    passed = tally(board, kind, BoardAxis.SECURITY, PASSED)
    found.append(_plain(board, FigureKey.INSPECTED, kind, inspected, BoardAxis.SECURITY, INSPECTED))
    found.append(_plain(board, FigureKey.PASSED, kind, passed, BoardAxis.SECURITY, PASSED))
    found.append(_within(FigureKey.PASSED_OF_INSPECTED, kind, passed, inspected))
    found.append(_within(FigureKey.PASSED_OF_CONNECTED, kind, passed, connected))
    found.append(_not_inspected(board, kind, connected))
    stated = board.count_of(kind, BoardAxis.SECURITY, INSPECTED)
    if stated is None or not stated.stated.among:
        found.append(_to_act(board, kind, inspected))
    short = tally(board, kind, BoardAxis.SECURITY, SHORT)
    if short.high:
        found.append(_plain(board, FigureKey.SHORT, kind, short, BoardAxis.SECURITY, SHORT))
        found.append(_overlap(board, kind, connected, short))
    hosted = tally(board, kind, BoardAxis.HOSTING, IN_PROVIDER_CENTRE)
    if hosted.high:
        found.append(_plain(board, FigureKey.IN_PROVIDER_CENTRE, kind, hosted, BoardAxis.HOSTING, IN_PROVIDER_CENTRE))
    return found


def _plain(board: Board, key: FigureKey, kind: PartyKind, told: Tally, axis: BoardAxis, states: frozenset[Standing]) -> Figure:
    total = board.total(kind)
    count = board.count_of(kind, axis, states)
    sources = (count.stated.source,) if count else ()
    return Figure(key, kind, told.low, told.high, total, _sorted(told.names), _formula(told, total), sources)


def _formula(told: Tally, total: int) -> Said:
    named = len(told.names)
    if not told.unnamed:
        return Said(f"{named} đơn vị có tên trên {total}", f"{named} named of {total}")
    if told.low == told.high:
        return Said(
            f"{named} có tên + {told.unnamed} văn bản không nêu tên = {told.low}, trên {total}",
            f"{named} named + {told.unnamed} the paper does not name = {told.low}, of {total}",
        )
    return Said(
        f"{named} có tên, nhiều nhất {told.unnamed} chưa rõ: từ {told.low} đến {told.high}, trên {total}",
        f"{named} named, at most {told.unnamed} not known: {told.low} to {told.high}, of {total}",
    )


def _within(key: FigureKey, kind: PartyKind, part: Tally, whole: Tally) -> Figure:
    """How many of one list stand on another; every name that is missing on either can add one at the most."""
    both = part.names & whole.names
    high = len(both) + min(part.unnamed + whole.unnamed, min(part.high, whole.high) - len(both))
    formula = Said(
        f"{_span(len(both), high)} trong {_range(whole)} đơn vị: thuộc cả hai danh sách",
        f"{_span(len(both), high)} of {_range(whole)}: on both lists",
    )
    return Figure(key, kind, len(both), high, whole.high, _sorted(both), formula)


def _not_inspected(board: Board, kind: PartyKind, connected: Tally) -> Figure:
    """Connected officially, never inspected: what the two axes are for."""
    bodies = {each.party.code: each for each in board.of_kind(kind)}
    names = {code for code in connected.names if _is_not_inspected(bodies[code])}
    unsure = sum(not _is_told(bodies[code]) for code in connected.names)
    stated = board.count_of(kind, BoardAxis.SECURITY, INSPECTED)
    counted = board.count_of(kind, BoardAxis.CONNECTION, OFFICIAL)
    are_all_told = stated is not None and stated.stated.is_complete and (counted is None or stated.stated.on >= counted.stated.on)
    low = len(names) + (connected.low - len(connected.names) if are_all_told else 0)
    high = len(names) + unsure + connected.unnamed
    done = len(connected.names) - len(names) - unsure
    formula = Said(
        f"{_range(connected)} đã kết nối chính thức − {done} trong số đó đã kiểm tra = {_span(low, high)}",
        f"{_range(connected)} connected officially − {done} of them inspected = {_span(low, high)}",
    )
    return Figure(FigureKey.NOT_INSPECTED_OF_CONNECTED, kind, low, high, connected.high, _sorted(names), formula)


def _to_act(board: Board, kind: PartyKind, inspected: Tally) -> Figure:
    """Not inspected yet, connected or not: who was asked to act in December 2022."""
    total = board.total(kind)
    names = [each.party.code for each in board.of_kind(kind) if _is_not_inspected(each)]
    low, high = len(names), total - inspected.low
    formula = Said(
        f"{total} − {_range(inspected)} đã kiểm tra = {_span(low, high)}",
        f"{total} − {_range(inspected)} inspected = {_span(low, high)}",
    )
    return Figure(FigureKey.TO_ACT, kind, low, high, total, _sorted(names), formula)


def _is_not_inspected(body: BodyStanding) -> bool:
    return _is_told(body) and not body.states(BoardAxis.SECURITY) & INSPECTED


def _is_told(body: BodyStanding) -> bool:
    return body.is_recorded(BoardAxis.SECURITY) and not body.is_unknown(BoardAxis.SECURITY)


def _overlap(board: Board, kind: PartyKind, connected: Tally, short: Tally) -> Figure:
    """Connected and short of requirements; where names are missing, what the two numbers leave as possible."""
    total, both = board.total(kind), connected.names & short.names
    low = max(len(both), connected.low + short.low - total)
    high = min(connected.high, short.high)
    formula = Said(
        f"{_range(connected)} đã kết nối, {_range(short)} chưa bảo đảm, trên {total}: thuộc cả hai là {_span(low, high)}",
        f"{_range(connected)} connected, {_range(short)} short, of {total}: both are {_span(low, high)}",
    )
    if low > len(both):
        formula = Said(
            f"{formula.vi} (ít nhất {connected.low} + {short.low} − {total} = {low})",
            f"{formula.en} (at least {connected.low} + {short.low} − {total} = {low})",
        )
    return Figure(FigureKey.SHORT_OF_CONNECTED, kind, low, high, connected.high, _sorted(both), formula)


@dataclass(frozen=True, slots=True)
class FunnelStage:
    """A stage of the way to a safe connection (*bước kết nối*): every stage is part of the one before."""

    key: str
    count: int
    names: tuple[str, ...]
    unnamed: int = 0


def funnel_of(board: Board, kind: PartyKind) -> tuple[FunnelStage, ...]:
    """All → begun → tried → official → official and inspected → official and passed (*phễu kết nối*).

    The way of the rules has the inspection before the official connection. Drawn like that it would hide what the board is
    there to show, that bodies skipped it; so inspection is counted among the connected.
    """
    bodies = board.of_kind(kind)
    sure = [each for each in bodies if not each.is_unknown(BoardAxis.CONNECTION)]
    official = [each for each in sure if each.states(BoardAxis.CONNECTION) & OFFICIAL]
    tried = [each for each in sure if each.states(BoardAxis.CONNECTION) & _TRIED]
    begun = [each for each in sure if each.states(BoardAxis.CONNECTION) & _STARTED or each.states(BoardAxis.SECURITY) & INSPECTED]
    checked = [each for each in official if each.states(BoardAxis.SECURITY) & INSPECTED and not each.is_unknown(BoardAxis.SECURITY)]
    safe = [each for each in checked if each.states(BoardAxis.SECURITY) & PASSED]
    unnamed = tally(board, kind, BoardAxis.CONNECTION, OFFICIAL).low - len(official)
    stages = (("begun", begun), ("tried", tried), ("official", official), ("inspected", checked), ("passed", safe))
    told = [FunnelStage("all", board.total(kind), _sorted(each.party.code for each in bodies))]
    for key, among in stages:
        more = unnamed if key in ("begun", "tried", "official") else 0
        told.append(FunnelStage(key, len(among) + more, _sorted(each.party.code for each in among), more))
    return tuple(told)


def _sorted(codes: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(codes))


def _range(told: Tally) -> str:
    return _span(told.low, told.high)


def _span(low: int, high: int) -> str:
    return str(low) if low == high else f"{low}–{high}"
