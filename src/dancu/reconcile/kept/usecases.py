"""What is done with kept lists: make one, link what a comparison found, follow, hand over events, unlink, end.

Who may follow whom is the exchange's to decide, each time; its ledger entries are written there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import islice
from uuid import UUID, uuid4

from django.db import transaction

from dancu.exchange import api as exchange
from dancu.kernel.clock import local
from dancu.kernel.errors import Conflict, NotAllowed, NotFound
from dancu.onboarding import api as onboarding
from dancu.reconcile.kept import domain, store
from dancu.reconcile.kept.domain import EndReason, Event, KeptList, Link, Stated, ToldEvent
from dancu.reconcile.profiles.table import get_profile

LINKED_AT_ONCE = 2000
CHANGES_AT_ONCE = 2000
UNLINKED_AT_ONCE = 5000
DOWNLOADED_MAX = 20_000


def make_list(organisation: str, officer: str, stated: Stated, *, now: datetime) -> KeptList:
    """An organisation begins to keep a list, under one of its grants (*lập danh sách giữ liên kết*).

    Purpose and legal basis are the grant's. Refuses what the grant does not carry; the refusal stands in the ledger.
    """
    stated = domain.check_stated(stated)
    get_profile(stated.profile)
    _check_own(organisation, stated.client_id)
    list_id = uuid4()
    use = exchange.Use(stated.client_id, stated.integration_code, stated.procedure, officer, domain.code_of(list_id))
    decided = exchange.decide_following(use, now=now)
    if isinstance(decided, exchange.Refused):
        raise _refused(decided)
    kept = KeptList(
        list_id,
        organisation,
        stated.name,
        stated.profile,
        stated.client_id,
        stated.integration_code,
        stated.procedure,
        *decided,
        stated.ground,
        stated.document,
        officer,
        now,
        exchange.last_written(stated.client_id),
        0,
        None,
        "",
    )
    with transaction.atomic():
        store.add_list(kept)
    return kept


def link(list_id: UUID, links: Iterable[Link], *, round_code: str, since: datetime, by: str, now: datetime) -> int:
    """Link records to the persons a finished round found for certain (*liên kết các bản ghi đã khớp*); gives how many are new.

    `since` is the moment of the snapshot they were compared with: what happened after it is told too. Piece by piece, each in
    its own transaction, safe to repeat: a run that was killed begins again. Refuses for a list that has ended.
    """
    linked = 0
    for piece in _pieces(links, LINKED_AT_ONCE):
        with transaction.atomic():
            kept = store.get_list(list_id, lock=True)
            domain.check_open(kept)
            matched = [exchange.Matched(each.personal_no, each.reference) for each in piece]
            before = store.subscriptions_of(kept, [each.reference for each in piece])
            followed = exchange.follow(_use(kept, by), matched, since=since, now=now, held=before.values())
            if not isinstance(followed, exchange.Refused):
                pairs = dict(zip((each.reference for each in piece), followed.subscriptions, strict=True))
                store.add_made(kept, followed.made)
                linked += store.put_links(kept, pairs, round_code, by, now)
                left = {*before.values(), *followed.subscriptions} - set(pairs.values())
                _end_unused(kept, list(left), by, now)
        if isinstance(followed, exchange.Refused):
            raise _refused(followed)
    return linked


def take_changes(*, now: datetime) -> int:
    """Bring what was written for the systems of kept lists to the records it concerns (*chuyển biến động về danh sách*).

    Each list has read its system's feed up to a number; that and its events move in one transaction. Gives how many events.
    """
    taken = 0
    for list_id in store.standing_ids():
        while (found := _take_some(list_id)) is not None:
            taken += found
    return taken


def receive(list_id: UUID, officer: str, *, now: datetime) -> list[ToldEvent]:
    """Tell an organisation the next events of its list (*nhận biến động mới*); every one stands in the ledger."""
    kept = store.get_list(list_id)
    return _tell(kept, store.events_to_tell(kept, 0, exchange.TOLD_MAX, only_new=True), officer, now)


def download(list_id: UUID, officer: str, *, now: datetime) -> list[ToldEvent]:
    """Tell every event nobody acknowledged, as things stand now (*tải biến động chưa xử lý*); each telling stands in the ledger."""
    kept, told, after = store.get_list(list_id), list[ToldEvent](), 0
    while len(told) < DOWNLOADED_MAX:
        events = store.events_to_tell(kept, after, exchange.TOLD_MAX, only_new=False)
        if not events:
            break
        told += _tell(kept, events, officer, now)
        after = events[-1].number
    return told


def acknowledge(list_id: UUID, up_to: int, officer: str, *, now: datetime) -> int:
    """The organisation has brought its own list up to date (*xác nhận đã cập nhật*): events told so far are done."""
    with transaction.atomic():
        return store.acknowledge(store.get_list(list_id), up_to, officer, now)


def unlink(list_id: UUID, reference: str, officer: str, *, now: datetime) -> None:
    """A record is no longer followed: she left, or withdrew her consent (*gỡ liên kết*). Raises `NotFound` for none."""
    with transaction.atomic():
        kept = store.get_list(list_id, lock=True)
        subscriptions = store.subscriptions_of(kept, [reference])
        if not subscriptions:
            raise NotFound(
                "kept.no_link",
                "Không có bản ghi nào mang mã này đang được liên kết.",
                "No linked record has this reference.",
                field="reference",
            )
        store.end_links(kept, [reference], now)
        _end_unused(kept, list(subscriptions.values()), officer, now)


def end_list(list_id: UUID, officer: str, *, now: datetime, reason: EndReason = EndReason.PURPOSE) -> None:
    """The purpose has been served, or its ground is gone: nobody of the list is followed any more (*kết thúc danh sách*).

    Events that were told stay to be read; nothing else is told. What is left of two million links the worker ends at once.
    """
    with transaction.atomic():
        kept = store.get_list(list_id, lock=True)
        domain.check_open(kept)
        store.end_list(kept, reason, now)
        _end_some(kept, officer, now)


def finish_ending(*, now: datetime) -> int:
    """Go on where the ending of a list was interrupted (*hoàn tất việc kết thúc*); gives how many lists had links left."""
    left = store.ended_with_links()
    for kept in left:
        is_more = True
        while is_more:
            with transaction.atomic():
                is_more = _end_some(kept, kept.made_by, now)
    return len(left)


def end_without_grant(*, now: datetime) -> int:
    """End lists whose grant is gone, has run out or is for something else (*kết thúc danh sách hết căn cứ*)."""
    ended, today, grants = 0, local(now).date(), onboarding.subscribing_grants()
    for list_id in store.standing_ids():
        kept = store.get_list(list_id)
        if not any(_carries(grant, kept, today) for grant in grants):
            end_list(list_id, kept.made_by, now=now, reason=EndReason.GRANT)
            ended += 1
    return ended


def forget_old_events(*, now: datetime) -> int:
    """Delete events that were acknowledged long ago (*xoá biến động quá hạn lưu*)."""
    return store.forget_events(now - timedelta(days=domain.EVENTS_KEPT_DAYS))


def _end_some(kept: KeptList, officer: str, now: datetime) -> bool:
    """Unlink some records of a list that ended; False when none were left."""
    links = store.linked_batch(kept, UNLINKED_AT_ONCE)
    store.end_links(kept, links, now)
    _end_unused(kept, list(links.values()), officer, now)
    return bool(links)


def _take_some(list_id: UUID) -> int | None:
    """Events of the next changes; None where there are none."""
    with transaction.atomic():
        kept = store.get_list(list_id, lock=True)
        changes = exchange.written_after(kept.client_id, kept.taken_to, CHANGES_AT_ONCE)
        if not changes or kept.ended_at is not None:
            return None
        records = store.records_of(kept, {change.subscription_id for change in changes})
        events = [(reference, change) for change in changes for reference in records.get(change.subscription_id, ())]
        store.add_events(kept, events, changes[-1].number)
        return len(events)


def _tell(kept: KeptList, events: Sequence[Event], officer: str, now: datetime) -> list[ToldEvent]:
    """Told first, marked after: whoever is interrupted in between is told again."""
    if not events:
        return []
    domain.check_open(kept)
    news = exchange.tell_news(_use(kept, officer), [each.change_number for each in events], now=now)
    if isinstance(news, exchange.Refused):
        raise _refused(news)
    said = {each.number: each for each in news}
    told = [
        ToldEvent(e.number, e.reference, n.kind, n.successor, n.recorded_at, n.reference)
        for e in events
        if (n := said.get(e.change_number)) is not None
    ]
    with transaction.atomic():
        store.mark_told(kept, [each.number for each in events], told, now)
    return told


def _end_unused(kept: KeptList, subscriptions: Sequence[UUID], by: str, now: datetime) -> None:
    unused = store.take_unused(kept, subscriptions)
    if unused:
        exchange.end_following(_use(kept, by), unused, reason="kept", now=now)


def _use(kept: KeptList, officer: str) -> exchange.Use:
    return exchange.Use(kept.client_id, kept.integration_code, kept.procedure, officer, domain.code_of(kept.id))


def _check_own(organisation: str, client_id: str) -> None:
    """A list is kept through a system of one's own; somebody else's looks like none."""
    if onboarding.get_system(client_id).organisation != organisation:
        raise Conflict(
            "kept.system",
            "Hệ thống này không phải của cơ quan bạn. Bạn chọn lại hệ thống.",
            "This system is not your organisation's. Choose another.",
            field="grant",
        )


def _carries(grant: onboarding.Grant, kept: KeptList, today: date) -> bool:
    use = (grant.client_id, grant.integration_code, grant.procedure, grant.purpose, grant.legal_basis)
    own = (kept.client_id, kept.integration_code, kept.procedure, kept.purpose, kept.legal_basis)
    return use == own and grant.valid_from <= today and (grant.valid_to is None or today <= grant.valid_to)


def _pieces(links: Iterable[Link], size: int) -> Iterator[list[Link]]:
    walk = iter(links)
    while piece := list(islice(walk, size)):
        yield piece


def _refused(refused: exchange.Refused) -> NotAllowed:
    return NotAllowed(f"kept.{refused.reason}", refused.message, refused.message_en)
