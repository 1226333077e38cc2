"""Questions to the tables of kept lists; rows are held to their organisation by the database."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef

from dancu.exchange.api import WrittenChange
from dancu.kernel.errors import NotFound
from dancu.reconcile.kept.domain import Counts, Event, Ground, KeptList, Linking, ToldEvent
from dancu.reconcile.kept.models import KeptEvent, KeptLink, KeptLinking, KeptSubscription
from dancu.reconcile.kept.models import KeptList as KeptListRow

LISTS_MAX = 200
_LIST = (
    "id", "organisation", "name", "profile", "client_id", "integration_code", "procedure", "purpose", "legal_basis", "ground",
    "document", "made_by", "made_at", "taken_to", "last_number", "ended_at", "end_reason",
)  # fmt: skip
_LINKING = ("list_id", "round_id", "round_code", "asked_by", "asked_at", "done_at", "linked", "failure", "failure_en")
_EVENT = ("number", "reference", "change_number", "written_at", "told_at", "kind", "acknowledged_at")


def add_list(kept: KeptList) -> None:
    KeptListRow.objects.create(**{name: getattr(kept, name) for name in _LIST})


def get_list(list_id: UUID, *, lock: bool = False) -> KeptList:
    """Raises `NotFound`, also for somebody else's."""
    rows = KeptListRow.objects.filter(id=list_id)
    row = (rows.select_for_update() if lock else rows).values(*_LIST).first()
    if row is None:
        raise NotFound("kept.none", "Không có danh sách này.", "There is no such list.")
    return KeptList(**{**row, "ground": Ground(row["ground"])})


def lists(limit: int = LISTS_MAX) -> list[KeptList]:
    """Those within reach, standing ones first, then the newest."""
    rows = KeptListRow.objects.order_by("ended_at", "-made_at").values(*_LIST)[:limit]
    return sorted((KeptList(**{**row, "ground": Ground(row["ground"])}) for row in rows), key=lambda k: k.ended_at is not None)


def standing_ids() -> list[UUID]:
    """Every list that is followed: lists are made by people one by one."""
    return list(KeptListRow.objects.filter(ended_at=None).order_by("id").values_list("id", flat=True))


def ended_with_links() -> list[KeptList]:
    """Lists whose ending was interrupted."""
    left = KeptLink.objects.filter(list_id=OuterRef("id"), organisation=OuterRef("organisation"), ended_at=None)
    rows = KeptListRow.objects.exclude(ended_at=None).filter(Exists(left)).values(*_LIST)
    return [KeptList(**{**row, "ground": Ground(row["ground"])}) for row in rows]


def end_list(kept: KeptList, reason: str, now: datetime) -> None:
    KeptListRow.objects.filter(organisation=kept.organisation, id=kept.id).update(ended_at=now, end_reason=reason)


def counts_of(kept: KeptList) -> Counts:
    links = KeptLink.objects.filter(organisation=kept.organisation, list_id=kept.id, ended_at=None).count()
    events = KeptEvent.objects.filter(organisation=kept.organisation, list_id=kept.id, acknowledged_at=None)
    return Counts(links, events.filter(told_at=None).count(), events.exclude(told_at=None).exclude(kind="").count())


_LINK = """insert into reconcile_keptlink (organisation, list_id, reference, subscription_id, round, linked_by, linked_at)
select %s, %s, ref, subscription, %s, %s, %s from unnest(%s::text[], %s::uuid[]) as made(ref, subscription)
on conflict (organisation, list_id, reference) do update set subscription_id = excluded.subscription_id, round = excluded.round,
    linked_by = excluded.linked_by, linked_at = excluded.linked_at, ended_at = null
where reconcile_keptlink.ended_at is not null or reconcile_keptlink.subscription_id <> excluded.subscription_id"""


def put_links(kept: KeptList, links: Mapping[str, UUID], round_code: str, by: str, now: datetime) -> int:
    """Records with the subscriptions of their persons; a record that was linked elsewhere is moved. Gives how many are new."""
    with connection.cursor() as cursor:
        owner: list[Any] = [kept.organisation, kept.id, round_code, by, now]
        cursor.execute(_LINK, [*owner, list(links), list(links.values())])
        return int(cursor.rowcount)


def subscriptions_of(kept: KeptList, references: Collection[str]) -> dict[str, UUID]:
    """Of these records, those that are linked."""
    rows = KeptLink.objects.filter(organisation=kept.organisation, list_id=kept.id, reference__in=list(references), ended_at=None)
    return dict(rows.values_list("reference", "subscription_id"))


def linked_batch(kept: KeptList, limit: int) -> dict[str, UUID]:
    """Some records that are still linked."""
    rows = KeptLink.objects.filter(organisation=kept.organisation, list_id=kept.id, ended_at=None).order_by("reference")
    return dict(rows.values_list("reference", "subscription_id")[:limit])


def end_links(kept: KeptList, references: Collection[str], now: datetime) -> int:
    rows = KeptLink.objects.filter(organisation=kept.organisation, list_id=kept.id, reference__in=list(references), ended_at=None)
    return rows.update(ended_at=now)


def add_made(kept: KeptList, made: Collection[UUID]) -> None:
    rows = [KeptSubscription(organisation=kept.organisation, subscription_id=each) for each in made]
    KeptSubscription.objects.bulk_create(rows, ignore_conflicts=True)


_UNUSED = """delete from reconcile_keptsubscription s where s.organisation = %s and s.subscription_id = any(%s) and not exists (
    select from reconcile_keptlink l where l.organisation = s.organisation and l.subscription_id = s.subscription_id
        and l.ended_at is null) returning s.subscription_id"""


def take_unused(kept: KeptList, subscriptions: Collection[UUID]) -> list[UUID]:
    """Of these, those that were made for links and have none left; they are not ours from here on."""
    with connection.cursor() as cursor:
        cursor.execute(_UNUSED, [kept.organisation, list(subscriptions)])
        return [row[0] for row in cursor.fetchall()]


def records_of(kept: KeptList, subscriptions: Collection[UUID]) -> dict[UUID, list[str]]:
    """The records of this list behind subscriptions; a person may stand in it twice."""
    rows = KeptLink.objects.filter(
        organisation=kept.organisation, subscription_id__in=list(subscriptions), list_id=kept.id, ended_at=None
    )
    found: dict[UUID, list[str]] = {}
    for subscription, reference in rows.order_by("reference").values_list("subscription_id", "reference"):
        found.setdefault(subscription, []).append(reference)
    return found


def add_events(kept: KeptList, events: Sequence[tuple[str, WrittenChange]], taken_to: int) -> None:
    """Number the events behind those there are, and move the list to where the feed was read."""
    rows = [
        KeptEvent(
            organisation=kept.organisation,
            list_id=kept.id,
            number=number,
            reference=reference,
            change_number=change.number,
            written_at=change.written_at,
        )
        for number, (reference, change) in enumerate(events, kept.last_number + 1)
    ]
    KeptEvent.objects.bulk_create(rows, batch_size=1000)
    KeptListRow.objects.filter(organisation=kept.organisation, id=kept.id).update(
        taken_to=taken_to, last_number=kept.last_number + len(rows)
    )


def events_to_tell(kept: KeptList, after: int, limit: int, *, only_new: bool) -> list[Event]:
    """Events nobody has acknowledged, in order; all of them, or those nobody was told of."""
    rows = KeptEvent.objects.filter(organisation=kept.organisation, list_id=kept.id, acknowledged_at=None, number__gt=after)
    if only_new:
        rows = rows.filter(told_at=None)
    return [Event(*row) for row in rows.order_by("number").values_list(*_EVENT)[:limit]]


def told_events(kept: KeptList, before: int, limit: int) -> list[Event]:
    """Events that were told, the newest first."""
    rows = KeptEvent.objects.filter(organisation=kept.organisation, list_id=kept.id).exclude(kind="")
    if before:
        rows = rows.filter(number__lt=before)
    return [Event(*row) for row in rows.order_by("-number").values_list(*_EVENT)[:limit]]


_MARK = """update reconcile_keptevent e set told_at = %s, kind = t.kind, entry = t.entry
from unnest(%s::bigint[], %s::text[], %s::text[]) as t(number, kind, entry)
where e.organisation = %s and e.list_id = %s and e.number = t.number"""


def mark_told(kept: KeptList, numbers: Sequence[int], told: Sequence[ToldEvent], now: datetime) -> None:
    """What was told, and that of the rest nothing may be."""
    said = {each.number: (each.kind, each.entry) for each in told}
    kinds, entries = ([said.get(number, ("", ""))[at] for number in numbers] for at in (0, 1))
    with connection.cursor() as cursor:
        cursor.execute(_MARK, [now, list(numbers), kinds, entries, kept.organisation, kept.id])


def acknowledge(kept: KeptList, up_to: int, by: str, now: datetime) -> int:
    rows = KeptEvent.objects.filter(
        organisation=kept.organisation, list_id=kept.id, number__lte=up_to, acknowledged_at=None, told_at__isnull=False
    )
    return rows.update(acknowledged_at=now, acknowledged_by=by)


def forget_events(before: datetime) -> int:
    """Events that were acknowledged, and those of which nothing can be told any more."""
    old = KeptEvent.objects.filter(written_at__lt=before)
    gone, _tables = old.exclude(acknowledged_at=None).delete()
    silent, _tables = old.filter(acknowledged_at=None, kind="").delete()
    return gone + silent


def ask_linking(kept: KeptList, round_id: UUID, round_code: str, by: str, now: datetime) -> None:
    """Asked again, it is done again: one that failed, or that the worker has not come to."""
    anew = {"asked_by": by, "asked_at": now, "done_at": None, "linked": 0, "failure": "", "failure_en": ""}
    KeptLinking.objects.update_or_create(
        organisation=kept.organisation, list_id=kept.id, round_id=round_id, defaults={"round_code": round_code, **anew}
    )


def linkings_of(kept: KeptList) -> list[Linking]:
    """The newest first."""
    rows = KeptLinking.objects.filter(organisation=kept.organisation, list_id=kept.id).order_by("-asked_at", "round_code")
    return [Linking(**row) for row in rows.values(*_LINKING)[:LISTS_MAX]]


def linkings_due() -> list[Linking]:
    """The oldest first."""
    rows = KeptLinking.objects.filter(done_at=None).order_by("asked_at", "round_code")
    return [Linking(**row) for row in rows.values(*_LINKING)[:LISTS_MAX]]


def end_linking(asked: Linking, now: datetime, *, linked: int = 0, failure: str = "", failure_en: str = "") -> None:
    rows = KeptLinking.objects.filter(list_id=asked.list_id, round_id=asked.round_id)
    rows.update(done_at=now, linked=linked, failure=failure, failure_en=failure_en)
