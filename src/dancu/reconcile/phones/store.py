"""Questions to the tables of telephone numbers. What a number is, is known to the key of the installation only."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from uuid import UUID

import msgspec
from django.conf import settings
from django.db import connection
from django.db.models import Count, F, Max, Min, QuerySet

from dancu.kernel.sealing import SealingKey
from dancu.reconcile.phones.domain import Brought, Claim, Ending, Source, Standing
from dancu.reconcile.phones.models import PhoneClaim, PhoneStep


class Sealed(msgspec.Struct, frozen=True):
    """Whose number, and which (*phần niêm phong*)."""

    personal_no: int
    phone: str


@dataclass(frozen=True, slots=True)
class Line:
    """A claim as those concerned see it (*dòng thông tin thuê bao*)."""

    id: UUID
    phone: str
    source: Source
    organisation: str
    verified_on: date
    at: datetime
    standing: Standing
    ended_at: datetime | None
    end_reason: str
    written_at: datetime | None  # since when the registry has it from here


@dataclass(frozen=True, slots=True)
class Unsettled:
    """A claim the registry does not say yet, or says no longer rightly."""

    id: UUID
    person_mark: bytes
    personal_no: int
    phone: str
    organisation: str
    source: Source
    verified_on: date
    round: str


@dataclass(frozen=True, slots=True)
class NewClaim:
    """A word that was not said before."""

    claim: Claim
    phone_mark: bytes
    brought: Brought
    round_code: str


@dataclass(frozen=True, slots=True)
class WaitingOf:
    """How many claims of one origin the registry does not say rightly yet (*số chờ ghi theo nguồn*)."""

    organisation: str  # empty for what citizens declared
    round: str
    count: int
    first_day: date
    last_day: date


class Keys:
    """What seals a claim, and what tells equal numbers (*khoá của thông tin thuê bao*)."""

    def __init__(self, key: SealingKey) -> None:
        self._key, self._marking = key, key.derived("reconcile phone marks")

    def phone(self, phone: str) -> bytes:
        return hmac.digest(self._marking, b"phone:" + phone.encode(), hashlib.sha256)[:16]

    def person(self, personal_no: int) -> bytes:
        return hmac.digest(self._marking, b"person:" + personal_no.to_bytes(8), hashlib.sha256)[:16]

    def seal(self, claim_id: UUID, content: Sealed) -> bytes:
        return self._key.seal(msgspec.json.encode(content), belongs_to=f"phone:{claim_id}")

    def unseal(self, claim_id: UUID, sealed: bytes) -> Sealed:
        return msgspec.json.decode(self._key.unseal(sealed, belongs_to=f"phone:{claim_id}"), type=Sealed)


@cache
def keys() -> Keys:
    """The keys of the installation, read once."""
    return Keys(SealingKey.from_folder(settings.CONFIG.key_dir))


def hold_phones(phones: Iterable[str]) -> None:
    """Alone with these numbers until the transaction ends; always in one order."""
    with connection.cursor() as cursor:
        marks = sorted(int.from_bytes(keys().phone(phone)[:8], signed=True) for phone in set(phones))
        cursor.execute("select pg_advisory_xact_lock(m) from (select unnest(%s::bigint[]) as m) as marks", [marks])


def standing_claims(phones: Collection[str]) -> dict[bytes, list[Claim]]:
    """Every claim on these numbers that has not ended, by the number's mark."""
    rows = PhoneClaim.objects.filter(phone_mark__in=[keys().phone(each) for each in set(phones)], ended_at=None)
    found: dict[bytes, list[Claim]] = {}
    for row in rows.only("phone_mark", "id", "person_mark", "source", "organisation", "verified_on"):
        claim = Claim(row.id, bytes(row.person_mark), Source(row.source), row.organisation, row.verified_on)
        found.setdefault(bytes(row.phone_mark), []).append(claim)
    return found


def add_claims(new: Collection[NewClaim], now: datetime) -> None:
    """Standings are written when they are judged, in the same transaction."""
    key = keys()
    PhoneClaim.objects.bulk_create(
        PhoneClaim(
            phone_mark=each.phone_mark,
            id=each.claim.id,
            person_mark=each.claim.person,
            sealed=key.seal(each.claim.id, Sealed(each.brought.personal_no, each.brought.phone)),
            source=each.claim.source,
            organisation=each.claim.operator,
            verified_on=each.brought.verified_on,
            round=each.round_code,
            at=now,
            standing="",
        )
        for each in new
    )


def verify_again(days: Mapping[UUID, date]) -> None:
    """These were verified once more, on a later day."""
    if days:
        with connection.cursor() as cursor:
            cursor.execute(
                "update reconcile_phoneclaim c set verified_on = n.day"
                " from unnest(%s::uuid[], %s::date[]) as n(id, day) where c.id = n.id",
                [list(days), list(days.values())],
            )


def put_standings(standings: Mapping[UUID, Standing]) -> list[UUID]:
    """Write what claims are worth; gives those that changed, which the registry has to be held against again."""
    with connection.cursor() as cursor:
        cursor.execute(
            "update reconcile_phoneclaim c set standing = n.standing, is_settled = false"
            " from unnest(%s::uuid[], %s::text[]) as n(id, standing)"
            " where c.id = n.id and c.standing <> n.standing returning c.id",
            [list(standings), [str(each) for each in standings.values()]],
        )
        return [row[0] for row in cursor.fetchall()]


def end_claims(claims: Collection[UUID], reason: Ending, now: datetime) -> None:
    PhoneClaim.objects.filter(id__in=list(claims)).update(ended_at=now, end_reason=reason, is_settled=False)


def add_steps(claims: Iterable[UUID], what: str, organisation: str, by: str, now: datetime) -> None:
    """One step more for each claim."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into reconcile_phonestep (claim_id, number, organisation, at, what, by)"
            " select id, coalesce((select max(number) from reconcile_phonestep s where s.claim_id = c.id), 0) + 1, %s, %s, %s, %s"
            " from unnest(%s::uuid[]) as c(id)",
            [organisation, now, what, by, list(claims)],
        )


def own_claim(claim_id: UUID, organisation: str) -> tuple[str, Claim] | None:
    """An operator's own standing claim with its number; None for none and for somebody else's."""
    row = _own_rows(organisation).filter(id=claim_id).first()
    if row is None:
        return None
    phone = keys().unseal(row.id, bytes(row.sealed)).phone
    return phone, Claim(row.id, bytes(row.person_mark), Source(row.source), row.organisation, row.verified_on)


def own_line(claim_id: UUID, organisation: str) -> Line | None:
    row = _own_rows(organisation).filter(id=claim_id).first()
    return _line(row) if row else None


def own_line_of(phone: str, organisation: str) -> Line | None:
    row = _own_rows(organisation).filter(phone_mark=keys().phone(phone)).first()
    return _line(row) if row else None


def persons_of(claims: Collection[UUID]) -> dict[UUID, int]:
    """Whose personal number each claim was made under."""
    rows = PhoneClaim.objects.filter(id__in=list(claims)).values_list("id", "sealed")
    return {claim: keys().unseal(claim, bytes(sealed)).personal_no for claim, sealed in rows}


def lines_of_person(personal_nos: Collection[int], limit: int) -> list[Line]:
    """Everything that was ever said of a person's numbers, what stands first."""
    marks = [keys().person(number) for number in personal_nos]
    rows = PhoneClaim.objects.filter(person_mark__in=marks).order_by(F("ended_at").desc(nulls_first=True), "-at", "id")[:limit]
    return [_line(row) for row in rows]


def disputed_of(organisation: str, limit: int) -> list[Line]:
    """What an operator is asked to confirm or to give up, the oldest first."""
    rows = PhoneClaim.objects.filter(organisation=organisation, standing=Standing.DISPUTED, ended_at=None)
    return [_line(row) for row in rows.order_by("at", "id")[:limit]]


def waiting_by_source() -> list[WaitingOf]:
    """What the registry was not held against yet, the most first."""
    rows = PhoneClaim.objects.filter(is_settled=False).exclude(standing=Standing.DISPUTED, ended_at=None)
    counted = rows.values("organisation", "round").annotate(
        count=Count("id"), first_day=Min("verified_on"), last_day=Max("verified_on")
    )
    return [WaitingOf(**row) for row in counted.order_by("-count", "organisation", "round")]


def disputed_count() -> int:
    """Claims nobody gave way in; both persons of a number count."""
    return int(PhoneClaim.objects.filter(standing=Standing.DISPUTED, ended_at=None).count())


def unsettled(limit: int, up_to: datetime) -> list[Unsettled]:
    """Claims made until a moment that the registry has not been held against yet, the oldest first."""
    rows = PhoneClaim.objects.select_for_update(skip_locked=True).filter(is_settled=False, at__lte=up_to)
    rows = rows.order_by("at", "id")[:limit]
    found = []
    for row in rows:
        sealed = keys().unseal(row.id, bytes(row.sealed))
        found.append(
            Unsettled(
                row.id,
                bytes(row.person_mark),
                sealed.personal_no,
                sealed.phone,
                row.organisation,
                Source(row.source),
                row.verified_on,
                row.round,
            )
        )
    return found


def rests_on(person_mark: bytes, phone: str) -> tuple[bool, bool, bool]:
    """Of all claims for one person on one number: does any stand, is any in dispute, did the registry get it from here?"""
    rows = PhoneClaim.objects.filter(person_mark=person_mark, phone_mark=keys().phone(phone))
    said = list(rows.values_list("standing", "ended_at", "written_at"))
    live = {standing for standing, ended_at, _written_at in said if ended_at is None}
    was_written = any(written_at is not None for _standing, _ended_at, written_at in said)
    return Standing.STANDS in live, Standing.DISPUTED in live, was_written


def settle(claims: Sequence[UUID], *, written: datetime | None) -> None:
    PhoneClaim.objects.filter(id__in=list(claims)).update(is_settled=True, written_at=written)


def forget_written(person_mark: bytes, phone: str) -> None:
    """The registry has it from here no more."""
    PhoneClaim.objects.filter(person_mark=person_mark, phone_mark=keys().phone(phone)).update(written_at=None)


def steps_of(claim: UUID) -> list[tuple[datetime, str, str]]:
    """What became of a claim, in order: when, what, whose word."""
    return list(PhoneStep.objects.filter(claim_id=claim).order_by("number").values_list("at", "what", "organisation"))


def _own_rows(organisation: str) -> QuerySet[PhoneClaim]:
    return PhoneClaim.objects.filter(organisation=organisation, source=Source.OPERATOR, ended_at=None)


def _line(row: PhoneClaim) -> Line:
    phone = keys().unseal(row.id, bytes(row.sealed)).phone
    standing = Standing(row.standing)
    return Line(
        row.id,
        phone,
        Source(row.source),
        row.organisation,
        row.verified_on,
        row.at,
        standing,
        row.ended_at,
        row.end_reason,
        row.written_at,
    )
