"""Lists by criteria as values: what may be asked, the states of a request, what is kept sealed. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

import msgspec

from dancu.exchange.domain import AccessRequest, Kind, Refusal, decide
from dancu.kernel.errors import Conflict, Invalid
from dancu.kernel.sealing import SealingKey
from dancu.kernel.warrants import Actor, Field, Warrant
from dancu.onboarding.domain import Standing
from dancu.population.units.table import CURRENT_VERSION, is_known

PAGE_PERSONS = 100
KEPT_DAYS = 7
KEPT = timedelta(days=KEPT_DAYS)
OPEN_MAX = 20  # of one system
TELLINGS_MAX = 20  # of one page, each of another officer
PAUSED_MAX = timedelta(days=7)  # since it was asked: a request that may not be worked on then is refused
COUNT_FLOOR = 5  # fewer are not counted for anybody: a small number says who they are
FAILURES_MAX = 3
AGE_MAX = 150
LISTED_OUTCOME = "listed"


class ListState(StrEnum):
    """Where a request for a list stands (*trạng thái yêu cầu danh sách*)."""

    RECEIVED = "received"
    RUNNING = "running"
    READY = "ready"
    REFUSED = "refused"
    FAILED = "failed"
    DELETED = "deleted"
    EXPIRED = "expired"


OPEN = (ListState.RECEIVED, ListState.RUNNING)
_NEXT: Mapping[ListState, frozenset[ListState]] = {
    ListState.RECEIVED: frozenset({ListState.RUNNING, ListState.REFUSED, ListState.FAILED, ListState.DELETED}),
    ListState.RUNNING: frozenset({ListState.READY, ListState.REFUSED, ListState.FAILED, ListState.DELETED}),
    ListState.READY: frozenset({ListState.DELETED, ListState.EXPIRED}),
    ListState.REFUSED: frozenset({ListState.DELETED}),
    ListState.FAILED: frozenset({ListState.DELETED}),
    ListState.DELETED: frozenset(),
    ListState.EXPIRED: frozenset(),
}


class ListCriteria(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Whom a list is to hold, as a caller states it (*tiêu chí danh sách*); codes are those of the contract."""

    units_version: str = CURRENT_VERSION
    province: str = ""
    district: str = ""
    commune: str = ""
    age_from: int | None = None
    age_to: int | None = None
    sex: int | None = None
    ethnicity: str = ""
    religion: str = ""
    blood_type: str = ""

    @property
    def has_area(self) -> bool:
        return bool(self.province)

    @property
    def items(self) -> frozenset[Field]:
        """What a list tells of everybody in it by its criteria alone: learning that needs the grant."""
        return frozenset(field for field, is_stated in self._stated() if is_stated)

    def _stated(self) -> tuple[tuple[Field, bool], ...]:
        return (
            (Field.PERMANENT_RESIDENCE, self.has_area),
            (Field.BIRTH_DATE, self.age_from is not None or self.age_to is not None),
            (Field.SEX, self.sex is not None),
            (Field.ETHNICITY, bool(self.ethnicity)),
            (Field.RELIGION, bool(self.religion)),
            (Field.BLOOD_TYPE, bool(self.blood_type)),
        )


class Asked(msgspec.Struct, frozen=True):
    """What was asked, by whom, under which grant: kept sealed (*nội dung yêu cầu danh sách*)."""

    criteria: ListCriteria
    officer: str
    integration_code: str
    procedure: str
    purpose: str
    legal_basis: str
    dossier_no: str = ""
    fields: tuple[Field, ...] = ()

    def request(self, organisation: str, client_id: str, officer: str = "") -> AccessRequest:
        """The question, decided again at every step and every page."""
        return AccessRequest(
            Actor(organisation, client_id, officer or self.officer),
            Kind.LIST,
            self.integration_code,
            self.procedure,
            self.dossier_no,
            self.purpose,
            self.legal_basis,
            frozenset(self.fields),
            self.criteria.items,
        )


class Progress(msgspec.Struct, frozen=True):
    """How far the work has come: the last number looked at, and found persons that do not fill a page yet (*tiến độ*)."""

    after: int = 0
    rest: tuple[int, ...] = ()


class Telling(msgspec.Struct, frozen=True):
    """What one officer was told of a page: number, ledger entry, facts of each person (*lần cung cấp trang danh sách*)."""

    officer: str
    persons: tuple[tuple[int, str, msgspec.Raw], ...]


class Page(msgspec.Struct, frozen=True):
    """Persons of one page, and what was told of them, the newest telling last (*trang danh sách*)."""

    numbers: tuple[int, ...]
    tellings: tuple[Telling, ...] = ()

    def told_to(self, officer: str) -> Telling | None:
        return next((each for each in self.tellings if each.officer == officer), None)

    def with_telling(self, telling: Telling) -> Page:
        """The page with one more telling; the oldest is given up, its officer's next reading is a new look."""
        return Page(self.numbers, (*self.tellings, telling)[-TELLINGS_MAX:])


class ListLine(msgspec.Struct, frozen=True):
    """One request as its owner sees it (*dòng yêu cầu danh sách*)."""

    id: UUID
    state: ListState
    reason: str
    found: int
    pages: int
    at: datetime
    changed_at: datetime
    expires_at: datetime | None

    @property
    def count(self) -> int | None:
        """How many it holds; None while nobody knows, and where so few would say who they are."""
        return self.found if self.state is ListState.READY and self.found >= COUNT_FLOOR else None


class ListKeys:
    """What seals requests, progress and pages, each for its own place (*khoá của danh sách*)."""

    def __init__(self, key: SealingKey) -> None:
        self._key = key

    def seal(self, content: Asked | Progress | Page, place: str) -> bytes:
        return self._key.seal(msgspec.json.encode(content), belongs_to=f"list:{place}")

    def asked(self, request_id: UUID, sealed: bytes) -> Asked:
        return msgspec.json.decode(self._key.unseal(sealed, belongs_to=f"list:{request_id}"), type=Asked)

    def progress(self, request_id: UUID, sealed: bytes) -> Progress:
        return msgspec.json.decode(self._key.unseal(sealed, belongs_to=f"list:{request_id}:progress"), type=Progress)

    def page(self, request_id: UUID, number: int, sealed: bytes) -> Page:
        return msgspec.json.decode(self._key.unseal(sealed, belongs_to=f"list:{request_id}:{number}"), type=Page)


def decide_list(standing: Standing, request: AccessRequest, now: datetime) -> Warrant | Refusal:
    """May this system have a list by these criteria, now (*quyết định lập danh sách*)? What they say is told of everybody in it."""
    assert request.kind is Kind.LIST
    return decide(standing, request, now)


def may_follow(state: ListState, next_: ListState) -> bool:
    return next_ in _NEXT[state]


def check_criteria(criteria: ListCriteria) -> None:
    """Raises `Invalid` naming the criterion that is wrong; no criterion at all is wrong too."""
    if not criteria.items:
        raise _wrong("criteria", "Nêu ít nhất một tiêu chí.", "State at least one criterion.")
    if (criteria.commune or criteria.district) and not criteria.province:
        raise _wrong("province", "Nêu mã tỉnh cùng với mã xã, mã huyện.", "Give the province with the commune or district.")
    if criteria.has_area and not is_known(criteria.units_version, dotted_of(criteria)):
        raise _wrong("commune" if criteria.commune else "province", "Không có đơn vị hành chính này.", "There is no such unit.")
    ages = [age for age in (criteria.age_from, criteria.age_to) if age is not None]
    if any(not 0 <= age <= AGE_MAX for age in ages) or ages != sorted(ages):
        raise _wrong("age_from", f"Tuổi từ 0 đến {AGE_MAX}, từ nhỏ đến lớn.", f"Ages are 0 to {AGE_MAX}, the smaller first.")
    if criteria.sex is not None and criteria.sex not in (0, 1, 2):
        raise _wrong("sex", "Giới tính là 0, 1 hoặc 2.", "The sex is 0, 1 or 2.")
    for name, digits in (("ethnicity", criteria.ethnicity), ("religion", criteria.religion), ("blood_type", criteria.blood_type)):
        if digits and not (len(digits) == 2 and digits.isascii() and digits.isdigit()):
            raise _wrong(name, "Mã gồm 2 chữ số.", "The code has two digits.")


def dotted_of(criteria: ListCriteria) -> str:
    return f"{criteria.province}.{criteria.district}.{criteria.commune}".rstrip(".")


def not_ready(state: ListState) -> Conflict:
    """Why a list has no pages to read, and what is possible."""
    return Conflict(
        "list.not_ready",
        f"Danh sách đang ở trạng thái {state}, không có trang nào để đọc. " + _POSSIBLE[state],
        f"The list is {state}: there is no page to read.",
        details={"state": str(state)},
    )


_POSSIBLE: Mapping[ListState, str] = {
    ListState.RECEIVED: "Hỏi lại trạng thái sau ít phút.",
    ListState.RUNNING: "Hỏi lại trạng thái sau ít phút.",
    ListState.READY: "",
    ListState.REFUSED: "Xem lý do ở trạng thái rồi lập yêu cầu khác.",
    ListState.FAILED: "Lập lại yêu cầu; nếu vẫn hỏng, báo người vận hành.",
    ListState.DELETED: "Lập yêu cầu mới.",
    ListState.EXPIRED: "Kết quả chỉ lưu 7 ngày. Lập yêu cầu mới.",
}


def _wrong(field: str, message: str, message_en: str) -> Invalid:
    return Invalid(f"list.{field}", message, message_en, field=field)
