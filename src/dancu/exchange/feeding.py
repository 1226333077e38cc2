"""The worker's half of subscriptions: what changed is written down for each subscriber, once; what is old is forgotten.

One process writes at a time, so the numbers of a subscriber have no gaps and are in the order of the registry's own feed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from django.conf import settings
from django.db import connection, transaction

from dancu.exchange import subscriptions as pure
from dancu.exchange.models import FeedChange, Subscriber, Subscription, SubscriptionMark
from dancu.exchange.pushing import keys, push_step
from dancu.exchange.webhooks import check_webhook
from dancu.kernel.clock import local
from dancu.kernel.errors import NotFound
from dancu.kernel.warrants import Field
from dancu.ledger import api as ledger
from dancu.notices import api as notices
from dancu.onboarding import api as onboarding
from dancu.population import api as population

CONSUMER = "subscriptions"
ANNOUNCEMENTS_AT_ONCE = 500
REPLAYED_AT_ONCE = 500
Grants = Mapping[tuple[str, str, str], onboarding.Grant]


@dataclass(slots=True)
class Line:
    """One change on its way into a subscriber's table."""

    client_id: str
    id: UUID
    subscription_id: UUID
    kind: str
    items: Sequence[str]
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class FeedStanding:
    """How far a subscriber is behind (*độ trễ của hệ thống đăng ký*)."""

    client_id: str
    subscriptions: int
    last_number: int
    pulled: int
    pulled_at: datetime | None
    oldest_waiting: datetime | None
    webhook: str

    @property
    def lag(self) -> int:
        return self.last_number - self.pulled


def write_changes(*, now: Callable[[], datetime], rounds: int = 1000) -> int:
    """Write down what changed about subscribed persons (*ghi biến động cho hệ thống đăng ký*); gives how many changes were read.

    A worker that is killed leaves nothing half written: lines, outbox and the cursor stand in one transaction.
    """
    read = 0
    for _ in range(rounds):
        with transaction.atomic():
            hold_feed()
            moment = now()  # not before: whoever told a window while we waited has told everything up to its end
            taken = population.consume(CONSUMER, lambda news: _write(news, _grants(), moment), ANNOUNCEMENTS_AT_ONCE)  # noqa: B023
        read += taken
        if not taken:
            break
    return read


def end_without_grant(*, now: datetime) -> int:
    """End subscriptions whose grant is gone, expired or of another purpose (*kết thúc đăng ký hết căn cứ*); gives how many."""
    grants, today = _grants(), local(now).date()
    uses = Subscription.objects.filter(ended_at=None).values_list(
        "client_id", "integration_code", "procedure", "purpose", "legal_basis"
    )
    ended = 0
    for use in uses.distinct():
        grant = grants.get(use[:3])
        if grant is None or not _carries(grant, use[3], use[4], today):
            rows = Subscription.objects.filter(
                ended_at=None, client_id=use[0], integration_code=use[1], procedure=use[2], purpose=use[3], legal_basis=use[4]
            )
            ended += rows.update(ended_at=now, end_reason="grant")
    return ended


def forget_old_changes(*, now: datetime) -> int:
    """Delete changes older than they are kept, and remember from where one can still read (*xoá biến động quá hạn lưu*)."""
    gone: dict[str, int] = defaultdict(int)
    with transaction.atomic():
        hold_feed()
        old = FeedChange.objects.filter(written_at__lt=now - pure.KEPT)
        for client_id, number in old.values_list("client_id", "number"):
            gone[client_id] = max(gone[client_id], number)
        for client_id, number in gone.items():
            FeedChange.objects.filter(client_id=client_id, number__lte=number).delete()
            Subscriber.objects.filter(client_id=client_id).update(forgotten_to=number)
        dead = Subscription.objects.filter(ended_at__lt=now - pure.KEPT)
        SubscriptionMark.objects.filter(subscription_id__in=dead.values("id")).delete()
        dead.delete()
    return len(gone)


def replay(client_id: str, after: str, *, by: str, now: datetime) -> int:
    """Tell a subscriber again what was written after a cursor (*gửi lại biến động*): the same ids, new numbers, at the end.

    Raises `NotFound` for who never subscribed, `Invalid` for a cursor that was never given or is too old.
    """
    with transaction.atomic():
        hold_feed()
        standing = Subscriber.objects.filter(pk=client_id).values_list("last_number", "forgotten_to").first()
        if standing is None:
            raise _no_subscriber(client_id)
        start = pure.read_cursor(after, *standing)
        rows = FeedChange.objects.filter(client_id=client_id, number__gt=start, number__lte=standing[0]).order_by("number")
        seen: set[UUID] = set()
        lines: list[Line] = []
        for row in rows.iterator(chunk_size=REPLAYED_AT_ONCE):
            if row.id not in seen:
                seen.add(row.id)
                lines.append(Line(client_id, row.id, row.subscription_id, row.kind, row.items, row.recorded_at))
        add_lines(lines, now)
        system = onboarding.get_system(client_id)
        act = ledger.Act(ledger.ActKind.ADMINISTER, f"feed.replayed:{start}:{len(lines)}", system.organisation, client_id, by)
        ledger.record(act, now=now)
    return len(lines)


def set_webhook(client_id: str, url: str, *, by: str, now: datetime) -> None:
    """Where changes are pushed to; empty ends it (*địa chỉ nhận biến động*). Refuses an address we must not call."""
    if url:
        check_webhook(url, is_demo=settings.CONFIG.demo)
    system = onboarding.get_system(client_id)
    with transaction.atomic():
        Subscriber.objects.update_or_create(client_id=client_id, defaults={"webhook": url})
        act = ledger.Act(
            ledger.ActKind.ADMINISTER, "feed.webhook.set" if url else "feed.webhook.ended", system.organisation, client_id, by
        )
        ledger.record(act, now=now)


def standings() -> list[FeedStanding]:
    """Every subscriber with how far it is behind (*danh sách hệ thống đăng ký*)."""
    with connection.cursor() as cursor:
        cursor.execute(_STANDINGS)
        return [FeedStanding(*row) for row in cursor.fetchall()]


_STANDINGS = """
select client_id, coalesce(n, 0), coalesce(b.last_number, 0), coalesce(b.pulled, 0), b.pulled_at,
    (select min(c.written_at) from exchange_feedchange c where c.client_id = k.client_id and c.number > coalesce(b.pulled, 0)),
    coalesce(b.webhook, '')
from (select client_id from exchange_subscriber union select client_id from exchange_subscription) k
left join (select client_id, count(*) n from exchange_subscription where ended_at is null group by client_id) s using (client_id)
left join exchange_subscriber b using (client_id) order by client_id limit 10000
"""
_KNOWN = """
select m.mark, s.mark, s.id, s.client_id, s.integration_code, s.procedure, s.purpose, s.legal_basis
from exchange_subscriptionmark m join exchange_subscription s on s.id = m.subscription_id and s.ended_at is null
where m.mark = any(%s)
"""


@dataclass(frozen=True, slots=True)
class _Known:
    """A standing subscription as far as it decides what is written."""

    mark: bytes  # of the number she was subscribed under
    id: UUID
    client_id: str
    integration_code: str
    procedure: str
    purpose: str
    legal_basis: str


def _write(news: Sequence[population.Announcement], grants: Grants, now: datetime) -> None:
    named = {number for each in news for number in (each.personal_no, each.led_before, each.leads_now) if number}
    marks: dict[int | None, bytes] = {number: keys().mark(number) for number in named}
    known = _known(list(marks.values()))
    today = local(now).date()
    lines: list[Line] = []
    for each in news:
        mark = marks[each.personal_no]
        _lead_on(known, mark, marks.get(each.led_before), marks.get(each.leads_now))
        fields = fields_of(each.columns)
        for subscription in known.get(mark, ()):
            grant = grants.get((subscription.client_id, subscription.integration_code, subscription.procedure))
            if grant is None or not _carries(grant, subscription.purpose, subscription.legal_basis, today):
                continue
            if each.reappeared:
                lines += _what_was_silent(subscription, grant, each)
                continue
            granted = fields & pure.tellable(grant)  # what is not granted is not even named, and its kind would name it
            touched = pure.touched_by(each.columns, granted)
            if touched is not None:
                lines.append(Line(subscription.client_id, uuid4(), subscription.id, touched, sorted(granted), each.recorded_at))
    add_lines(lines, now)


def _what_was_silent(subscription: _Known, grant: onboarding.Grant, each: population.Announcement) -> list[Line]:
    """Nothing was told while she was sealed or protected: what changed is named again, all at once.

    The registry's own history says what: lines are kept for a while only, and she may have been silent for years.
    """
    sealed = Subscription.objects.values_list("sealed", flat=True).get(pk=subscription.id)
    number = keys().unseal(subscription.id, bytes(sealed)).personal_no
    silent: dict[pure.Touched, set[str]] = defaultdict(set)
    for columns in population.changed_while_silent(each, number, pure.KEPT):
        granted = fields_of(columns) & pure.tellable(grant)
        touched = pure.touched_by(columns, granted)
        if touched is not None:
            silent[touched] |= granted
    return [
        Line(subscription.client_id, uuid4(), subscription.id, touched, sorted(silent[touched]), each.recorded_at)
        for touched in pure.Touched
        if touched in silent
    ]


def fields_of(columns: Sequence[str]) -> frozenset[Field]:
    """The items of the law these columns belong to."""
    return frozenset(population.FIELD_OF[column] for column in columns if column in population.FIELD_OF)


def _known(marks: Sequence[bytes]) -> dict[bytes, list[_Known]]:
    found: dict[bytes, list[_Known]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN, [list(marks)])
        for mark, own, *rest in cursor.fetchall():
            found[bytes(mark)].append(_Known(bytes(own), *rest))
    return found


def _lead_on(known: dict[bytes, list[_Known]], own: bytes, before: bytes | None, after: bytes | None) -> None:
    """Whoever is told of a number is told of the one it leads to, and no longer of one it led to; whatever changed that."""
    led = [each for each in known.get(own, ()) if each.mark == own]
    if before is not None:  # a wrong merge was taken back: that number is somebody else's
        known[before] = [each for each in known.get(before, ()) if each not in led]
        SubscriptionMark.objects.filter(mark=before, subscription_id__in=[each.id for each in led]).delete()
    if after is not None:
        there = known.get(after, [])
        known[after] = [*there, *(each for each in led if each not in there)]
        SubscriptionMark.objects.bulk_create(
            [SubscriptionMark(mark=after, subscription_id=each.id) for each in led], ignore_conflicts=True
        )


def add_lines(lines: Sequence[Line], now: datetime) -> None:
    """Number the lines of each subscriber after those it has, and hand them to the outbox where it is pushed to."""
    by_client: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        by_client[line.client_id].append(line)
    for client_id in sorted(by_client):
        Subscriber.objects.get_or_create(client_id=client_id)
        subscriber = Subscriber.objects.select_for_update().get(client_id=client_id)
        rows = [
            FeedChange(
                client_id=client_id,
                number=number,
                id=line.id,
                subscription_id=line.subscription_id,
                kind=line.kind,
                items=list(line.items),
                recorded_at=line.recorded_at,
                written_at=now,
            )
            for number, line in enumerate(by_client[client_id], subscriber.last_number + 1)
        ]
        FeedChange.objects.bulk_create(rows)
        Subscriber.objects.filter(pk=client_id).update(last_number=rows[-1].number)
        if subscriber.webhook:
            owner = onboarding.get_system(client_id).organisation
            for row in rows:
                notices.send(push_step(client_id, owner, row.number, row.subscription_id), now=now)


def _carries(grant: onboarding.Grant, purpose: str, legal_basis: str, today: date) -> bool:
    is_valid = grant.valid_from <= today and (grant.valid_to is None or today <= grant.valid_to)
    return grant.may_subscribe and is_valid and (grant.purpose, grant.legal_basis) == (purpose, legal_basis)


def _grants() -> Grants:
    return {(grant.client_id, grant.integration_code, grant.procedure): grant for grant in onboarding.subscribing_grants()}


def hold_feed() -> None:
    """Alone with the changes until the transaction ends (*giữ nguồn biến động*)."""
    with connection.cursor() as cursor:
        cursor.execute(pure.FEED_LOCK)


def _no_subscriber(client_id: str) -> NotFound:
    return NotFound("feed.no_subscriber", f"Hệ thống {client_id} chưa có biến động nào.", f"{client_id} has no changes yet.")
