"""Whose a telephone number is said to be: brought by operators, declared by citizens, judged together, confirmed or given up."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from itertools import islice
from uuid import UUID, uuid4

from django.db import transaction

from dancu.kernel.clock import local
from dancu.kernel.errors import Invalid, NotFound
from dancu.kernel.reach import SYSTEM, acting
from dancu.ledger import api as ledger
from dancu.population import api as population
from dancu.reconcile.phones import domain, store
from dancu.reconcile.phones.domain import Brought, Claim, Ending, Source, Standing
from dancu.reconcile.phones.store import Line

BROUGHT_AT_ONCE = 500
LINES_MAX = 200
LEGAL_BASIS = "Luật Căn cước 26/2023/QH15, Điều 9, mục 25"
EVIDENCE = {Source.OPERATOR: "Dữ liệu thuê bao đã đối soát", Source.CITIZEN: "Công dân tự khai số điện thoại"}


def bring(organisation: str, subscribers: Iterable[Brought], *, round_code: str, by: str, now: datetime) -> int:
    """An operator's subscribers who matched the registry flow towards it (*chuyển thuê bao đã khớp*); gives how many are new.

    Piece by piece, safe to repeat. Its word for somebody else ends its earlier one; a conflict with another's is judged by `RULE`.
    """
    new = 0
    for subscribers_at_once in _pieces(subscribers):
        with alone():
            piece = _Piece({each.phone for each in subscribers_at_once}, now)
            leads = population.led_to([each.personal_no for each in subscribers_at_once])
            for each in subscribers_at_once:
                in_force = replace(each, personal_no=leads.get(each.personal_no, each.personal_no))
                piece.say(in_force, Source.OPERATOR, organisation, round_code)
            new += piece.write(organisation, by)
    return new


def declare(personal_no: int, phone: str, *, now: datetime) -> str:
    """A citizen says which number she uses (*công dân tự khai số điện thoại*): it ranks above every operator's word.

    She proved who she is; gives the number as it is kept. Raises `Invalid` for what is no mobile number.
    """
    number = _mobile(phone)
    with alone():
        piece = _Piece({number}, now)
        piece.say(Brought(personal_no, number, local(now).date()), Source.CITIZEN, "", "")
        piece.write("", "")
        _record("phone.declared", personal_no, now)
    return number


def withdraw(personal_no: int, phone: str, *, now: datetime) -> None:
    """A citizen takes her declaration back (*rút lại số đã khai*). Raises `NotFound` for none."""
    number = _mobile(phone)
    with alone():
        piece = _Piece({number}, now)
        person = store.keys().person(personal_no)
        claims = store.standing_claims([number]).get(store.keys().phone(number), [])
        own = [each.id for each in claims if each.source is Source.CITIZEN and each.person == person]
        if not own:
            raise _none()
        _end(own, Ending.WITHDRAWN, "", "", now)
        piece.end(own)
        piece.write("", "")
        _record("phone.withdrawn", personal_no, now)


def give_up(organisation: str, claim_id: UUID, *, by: str, now: datetime) -> None:
    """An operator confirms that a number is no longer its subscriber's (*nhà mạng xác nhận không còn thuê bao*).

    Then the other one's verification stands. Raises `NotFound`, also for somebody else's claim.
    """
    with alone():
        found = store.own_claim(claim_id, organisation)
        if found is None:
            raise _none()
        phone, claim = found
        piece = _Piece({phone}, now)
        if store.own_claim(claim_id, organisation) is None:  # ended while this waited for the number
            raise _none()
        _end([claim.id], Ending.GIVEN_UP, organisation, by, now)
        piece.end([claim.id])
        piece.write(organisation, by)


def lines_of(personal_no: int) -> list[Line]:
    """What is said of a citizen's own numbers, by whom, what it is worth (*số điện thoại của tôi*): for her alone."""
    with acting(SYSTEM):
        return store.lines_of_person([personal_no], LINES_MAX)


def disputed(organisation: str) -> list[Line]:
    """What an operator is asked to confirm or to give up (*số thuê bao chưa thống nhất*): its own word, never whose else."""
    with acting(SYSTEM):
        return store.disputed_of(organisation, LINES_MAX)


def own_number(organisation: str, phone: str) -> Line | None:
    """What an operator says of a number itself (*tra số thuê bao của đơn vị*). Raises `Invalid` for what is no mobile number."""
    with acting(SYSTEM):
        return store.own_line_of(_mobile(phone), organisation)


def own_line(organisation: str, claim_id: UUID) -> Line | None:
    """An operator's own standing word (*thông tin thuê bao của đơn vị*); None for none and for somebody else's."""
    with acting(SYSTEM):
        return store.own_line(claim_id, organisation)


@contextmanager
def alone() -> Iterator[None]:
    """One transaction that sees everybody's word: judged by one operator's rows alone a number would never be in dispute."""
    with acting(SYSTEM), transaction.atomic():
        yield


class _Piece:
    """What is said of some numbers, held for this transaction: words are added in memory, and written once."""

    def __init__(self, phones: set[str], now: datetime) -> None:
        store.hold_phones(phones)
        keys = store.keys()
        self._marks = {phone: keys.phone(phone) for phone in phones}
        claims = store.standing_claims(phones)
        self._claims = {phone: claims.get(mark, []) for phone, mark in self._marks.items()}
        self._new: list[store.NewClaim] = []
        self._again: dict[UUID, date] = {}
        self._ended: list[UUID] = []
        self._now = now

    def say(self, brought: Brought, source: Source, organisation: str, round_code: str) -> None:
        """One word more; one that was said before is only newer."""
        person = store.keys().person(brought.personal_no)
        claims = self._claims[brought.phone]
        ended = set(domain.superseded(claims, organisation, person))
        self._ended += ended
        kept = [each for each in claims if each.id not in ended]
        own = next((e for e in kept if (e.person, e.source, e.operator) == (person, source, organisation)), None)
        if own is None:
            claim = Claim(uuid4(), person, source, organisation, brought.verified_on)
            self._new.append(store.NewClaim(claim, self._marks[brought.phone], brought, round_code))
            kept.append(claim)
        elif brought.verified_on > max(own.verified_on, self._again.get(own.id, own.verified_on)):
            self._again[own.id] = brought.verified_on
        self._claims[brought.phone] = kept

    def end(self, claims: Collection[UUID]) -> None:
        """These hold no more, for whatever reason their caller writes down."""
        self._claims = {phone: [each for each in said if each.id not in claims] for phone, said in self._claims.items()}

    def write(self, organisation: str, by: str) -> int:
        """Write what was said and judge it; gives how many claims are new."""
        store.add_claims(self._new, self._now)
        store.verify_again(self._again)
        _end(self._ended, Ending.SUPERSEDED, organisation, by, self._now)
        store.add_steps([each.claim.id for each in self._new], "brought", organisation, by, self._now)
        store.add_steps(self._again, "verified", organisation, by, self._now)
        self._judge()
        return len(self._new)

    def _judge(self) -> None:
        standings: dict[UUID, Standing] = {}
        for claims in _with_persons_of_today(list(self._claims.values())):
            standings |= domain.judged(claims)
        changed = store.put_standings(standings)
        for standing in set(standings.values()):
            store.add_steps([each for each in changed if standings[each] is standing], standing, "", "", self._now)


def _with_persons_of_today(said: list[list[Claim]]) -> list[list[Claim]]:
    """A person whose number was replaced is one: nobody is in dispute with herself."""
    torn = [claim.id for claims in said if len({each.person for each in claims}) > 1 for claim in claims]
    if not torn:
        return said
    numbers = store.persons_of(torn)
    leads = population.led_to(list(set(numbers.values())))
    marks = {claim: store.keys().person(leads[number]) for claim, number in numbers.items() if number in leads}
    return [[replace(each, person=marks.get(each.id, each.person)) for each in claims] for claims in said]


def _end(claims: Collection[UUID], reason: Ending, organisation: str, by: str, now: datetime) -> None:
    if claims:
        store.end_claims(claims, reason, now)
        store.add_steps(claims, reason, organisation, by, now)


def _mobile(phone: str) -> str:
    number = domain.mobile_of(phone)
    if not number:
        raise Invalid(
            "phone.form",
            "Số di động có 10 chữ số, bắt đầu bằng 03, 05, 07, 08 hoặc 09. Bạn xem lại số vừa nhập.",
            "A mobile number has 10 digits and begins with 03, 05, 07, 08 or 09. Check what you typed.",
            field="phone",
        )
    return number


def _record(outcome: str, personal_no: int, now: datetime) -> None:
    act = ledger.Act(ledger.ActKind.CHANGE, outcome, "", "portal", "", f"{personal_no:012d}", legal_basis=LEGAL_BASIS)
    ledger.record(act, now=now)


def _pieces(subscribers: Iterable[Brought]) -> Iterator[list[Brought]]:
    walk = iter(subscribers)
    while piece := list(islice(walk, BROUGHT_AT_ONCE)):
        yield piece


def _none() -> NotFound:
    return NotFound("phone.none", "Không có thông tin số thuê bao này.", "There is no such telephone number here.")
