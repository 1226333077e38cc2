"""Telephone numbers from comparison to registry: brought, judged together, confirmed or given up, written by two hands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from uuid import UUID

from django.db import transaction

from dancu.kernel.clock import local
from dancu.kernel.errors import Invalid, NotFound
from dancu.kernel.reach import SYSTEM, acting
from dancu.ledger import api as ledger
from dancu.population import api as population
from dancu.reconcile.phones import domain, store
from dancu.reconcile.phones.domain import Brought, Ending, Source, Standing
from dancu.reconcile.phones.store import Line

BROUGHT_AT_ONCE = 500
WRITTEN_AT_ONCE = 200
LINES_MAX = 200
LEGAL_BASIS = "Luật Căn cước 26/2023/QH15, Điều 9, mục 25"
EVIDENCE = {Source.OPERATOR: "Dữ liệu thuê bao đã đối soát", Source.CITIZEN: "Công dân tự khai số điện thoại"}


def bring(organisation: str, subscribers: Iterable[Brought], *, round_code: str, by: str, now: datetime) -> int:
    """An operator's subscribers who matched the registry flow towards it (*chuyển thuê bao đã khớp*); gives how many are new.

    Piece by piece, safe to repeat. Its word for somebody else ends its earlier one; a conflict with another's is judged by `RULE`.
    """
    new = 0
    for piece in _pieces(subscribers):
        with _alone():
            store.hold_phones(each.phone for each in piece)
            new += sum(_claim(each, Source.OPERATOR, organisation, round_code, by, now) for each in piece)
            _judge({each.phone for each in piece}, now)
    return new


def declare(personal_no: int, phone: str, *, now: datetime) -> str:
    """A citizen says which number she uses (*công dân tự khai số điện thoại*): it ranks above every operator's word.

    She proved who she is; gives the number as it is kept. Raises `Invalid` for what is no mobile number.
    """
    number = _mobile(phone)
    with _alone():
        store.hold_phones([number])
        _claim(Brought(personal_no, number, local(now).date()), Source.CITIZEN, "", "", "", now)
        _judge({number}, now)
        _record("phone.declared", personal_no, now)
    return number


def withdraw(personal_no: int, phone: str, *, now: datetime) -> None:
    """A citizen takes her declaration back (*rút lại số đã khai*). Raises `NotFound` for none."""
    number = _mobile(phone)
    with _alone():
        store.hold_phones([number])
        person = store.keys().person(personal_no)
        claims = store.standing_claims([number]).get(store.keys().phone(number), [])
        own = [each.id for each in claims if each.source is Source.CITIZEN and each.person == person]
        if not own:
            raise _none()
        _end(own, Ending.WITHDRAWN, "", "", now)
        _judge({number}, now)
        _record("phone.withdrawn", personal_no, now)


def give_up(organisation: str, claim_id: UUID, *, by: str, now: datetime) -> None:
    """An operator confirms that a number is no longer its subscriber's (*nhà mạng xác nhận không còn thuê bao*).

    Then the other one's verification stands. Raises `NotFound`, also for somebody else's claim.
    """
    with _alone():
        found = store.own_claim(claim_id, organisation)
        if found is None:
            raise _none()
        phone, claim = found
        store.hold_phones([phone])
        _end([claim.id], Ending.GIVEN_UP, organisation, by, now)
        _judge({phone}, now)


def write_to_registry(approval: population.Approval, *, now: datetime) -> int:
    """Bring the registry up to what stands (*ghi số thuê bao vào CSDL dân cư*): two hands stand behind every change.

    What is in dispute is neither written nor taken out; what the registry has from elsewhere stays. Gives how many persons changed.
    """
    changed = 0
    while True:
        with _alone():
            waiting = store.unsettled(WRITTEN_AT_ONCE)
            if not waiting:
                return changed
            changed += sum(_write(each, approval, now) for each in waiting)


def lines_of(personal_no: int) -> list[Line]:
    """What is said of a citizen's own numbers, by whom, what it is worth (*số điện thoại của tôi*): for her alone."""
    with acting(SYSTEM):
        return store.lines_of_person([personal_no], LINES_MAX)


def disputed(organisation: str) -> list[Line]:
    """What an operator is asked to confirm or to give up (*số thuê bao chưa thống nhất*): its own word, never whose else."""
    with acting(SYSTEM):
        return store.disputed_of(organisation, LINES_MAX)


@contextmanager
def _alone() -> Iterator[None]:
    """One transaction that sees everybody's word: judged by one operator's rows alone a number would never be in dispute."""
    with acting(SYSTEM), transaction.atomic():
        yield


def _claim(brought: Brought, source: Source, organisation: str, round_code: str, by: str, now: datetime) -> bool:
    """Add a claim, or note that it was verified again; True for a new one."""
    person = store.keys().person(brought.personal_no)
    claims = store.standing_claims([brought.phone]).get(store.keys().phone(brought.phone), [])
    own = next((e for e in claims if (e.person, e.source, e.operator) == (person, source, organisation)), None)
    _end(domain.superseded(claims, organisation, person), Ending.SUPERSEDED, organisation, by, now)
    if own is None:
        made = store.add_claim(brought, source, organisation, round_code, now)
        store.add_steps([made], "brought", organisation, by, now)
        return True
    if brought.verified_on > own.verified_on:
        store.verify_again(own.id, brought.verified_on)
        store.add_steps([own.id], "verified", organisation, by, now)
    return False


def _judge(phones: set[str], now: datetime) -> None:
    standings: dict[UUID, Standing] = {}
    for claims in store.standing_claims(phones).values():
        standings |= domain.judged(claims)
    changed = store.put_standings(standings)
    for standing in set(standings.values()):
        store.add_steps([each for each in changed if standings[each] is standing], standing, "", "", now)


def _end(claims: Sequence[UUID], reason: Ending, organisation: str, by: str, now: datetime) -> None:
    if claims:
        store.end_claims(claims, reason, now)
        store.add_steps(claims, reason, organisation, by, now)


def _write(claim: store.Unsettled, approval: population.Approval, now: datetime) -> bool:
    stands, is_disputed, was_written = store.rests_on(claim.person_mark, claim.phone)
    add = [claim.phone] if stands else []
    drop = [claim.phone] if was_written and not stands and not is_disputed else []
    change = None
    if add or drop:
        number = population.led_to([claim.personal_no]).get(claim.personal_no, claim.personal_no)
        source = "" if claim.source is Source.CITIZEN else claim.organisation
        evidence = population.Evidence(EVIDENCE[claim.source], claim.round, source, claim.verified_on.isoformat())
        change = population.record_phones(number, add, drop, approval, evidence, now=now)
    if drop:
        store.forget_written(claim.person_mark, claim.phone)
    # What she had from elsewhere was not written here, and will not be taken out from here.
    is_ours = stands and (change is not None or was_written)
    store.settle([claim.id], written=now if is_ours or (is_disputed and was_written) else None)
    if change is not None:
        store.add_steps([claim.id], "written" if add else "taken_out", "", approval.approver.account, now)
    return change is not None


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
