"""Queries of what goes out and what came in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from dancu.kernel.errors import NotFound
from dancu.notices.domain.delivery import Breaker
from dancu.notices.domain.steps import Step, StepState
from dancu.notices.models import Attempt, Destination, Inbox, StepAction
from dancu.notices.models import Step as StepRow

_ADD = """insert into notices_step (id, position, kind, key, destination, order_key, owner, room, "to", about, content, payload,
    state, created_at, began_at, due_at, attempts, code, words)
values (%s, nextval('notices_position'), %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 'waiting', %s, %s, %s, 0, '', '')
on conflict (kind, key) do nothing"""
# Claimable: waiting and due, or under way with a lease that ran out (its worker died). One of an order key at a time, the oldest.
_READY = """s.due_at <= %(now)s
    and (s.state = 'waiting' or (s.state = 'under_way' and s.leased_until <= %(now)s))
    and (s.order_key = '' or not exists (
        select from notices_step e where e.order_key = s.order_key and e.order_key <> '' and e.position < s.position
            and e.state in ('waiting', 'under_way', 'quarantined')))"""
_CLAIM = f"""with ready as (
    select s.id, s.state, s.claimed_at, s.attempts from notices_step s
    where s.destination = %(destination)s and s.state in ('waiting', 'under_way') and {_READY}
    order by s.due_at, s.position limit %(limit)s for update skip locked)
update notices_step t set state = 'under_way', attempts = t.attempts + 1, claimed_at = %(now)s, leased_until = %(until)s
from ready where t.id = ready.id
returning t.id, t.kind, t.key, t.destination, t.owner, t.payload, t.attempts, t.created_at, t.began_at,
    ready.state, ready.claimed_at"""  # noqa: S608 - our own text
_DUE = f"""select distinct s.destination from notices_step s where s.state in ('waiting', 'under_way') and {_READY}
limit 1000"""  # noqa: S608 - our own text


@dataclass(frozen=True, slots=True)
class Claimed:
    """A step a worker holds. `left_by` is when an earlier worker took it that never came back."""

    id: UUID
    kind: str
    key: str
    destination: str
    owner: str
    payload: bytes
    attempt: int
    created_at: datetime
    began_at: datetime
    left_by: datetime | None


def add(step_id: UUID, step: Step, destination: str, content: bytes, payload: bytes, now: datetime) -> bool:
    """Write a step unless its kind has the key; waits for a transaction that is just writing the same."""
    with connection.cursor() as cursor:
        if step.order_key:
            # Who comes later also commits later: positions of one order key are in the order of their transactions.
            cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 20))", [step.order_key])
        due = max(step.due_at or now, now)
        cursor.execute(
            _ADD,
            [
                step_id,
                step.kind,
                step.key,
                destination,
                step.order_key,
                step.owner,
                step.room,
                step.to,
                step.about,
                content,
                payload,
                now,
                due,
                due,
            ],
        )
        return bool(cursor.rowcount == 1)


def find_content(kind: str, key: str) -> tuple[UUID, bytes] | None:
    row = StepRow.objects.filter(kind=kind, key=key).values_list("id", "content").first()
    return (row[0], bytes(row[1])) if row else None


def destinations_due(now: datetime) -> list[str]:
    """Where something waits to go, or was left under way by a worker that died."""
    with connection.cursor() as cursor:
        cursor.execute(_DUE, {"now": now})
        return [name for (name,) in cursor.fetchall()]


def claim(destination: str, now: datetime, lease: timedelta, limit: int) -> list[Claimed]:
    """Take what is due, for as long as the lease. What another worker is taking is skipped."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_CLAIM, {"destination": destination, "now": now, "until": now + lease, "limit": limit})
        rows = cursor.fetchall()
    return [
        Claimed(
            row[0],
            row[1],
            row[2],
            row[3],
            row[4],
            bytes(row[5]),
            row[6],
            row[7],
            row[8],
            row[10] if row[9] == "under_way" else None,
        )
        for row in rows
    ]


def add_attempt(step_id: UUID, number: int, began_at: datetime, took: timedelta, outcome: str, **more: str) -> None:
    Attempt.objects.create(
        step_id=step_id, number=number, began_at=began_at, milliseconds=round(took.total_seconds() * 1000), outcome=outcome, **more
    )


def settle(held: Claimed, state: StepState, **values: Any) -> bool:
    """End the attempt; False when the lease ran out and somebody else holds the step by now."""
    rows = StepRow.objects.filter(pk=held.id, state=StepState.UNDER_WAY, attempts=held.attempt)
    return rows.update(state=state, leased_until=None, **values) == 1


@contextmanager
def breaker_for_update(destination: str, now: datetime) -> Iterator[Destination]:
    """The row of a destination, locked until the end of the transaction."""
    with transaction.atomic():
        Destination.objects.bulk_create([Destination(name=destination, changed_at=now)], ignore_conflicts=True)
        yield Destination.objects.select_for_update().get(pk=destination)


def breaker_of(destination: str) -> Breaker:
    row = Destination.objects.filter(pk=destination).values_list("failures", "open_until").first()
    return Breaker(*row) if row else Breaker()


def state_for_update(step_ids: Sequence[UUID]) -> dict[UUID, tuple[StepState, str]]:
    """State and kind of steps, locked in one order."""
    rows = StepRow.objects.select_for_update().filter(pk__in=step_ids).order_by("position").values_list("id", "state", "kind")
    return {row[0]: (StepState(row[1]), row[2]) for row in rows}


def begin_again(step_id: UUID, now: datetime) -> None:
    """A new round, and one attempt through at once where the destination rests."""
    destination = StepRow.objects.filter(pk=step_id).values("destination")
    Destination.objects.filter(name__in=destination).update(open_until=None, changed_at=now)
    StepRow.objects.filter(pk=step_id).update(
        state=StepState.WAITING, attempts=0, began_at=now, due_at=now, ended_at=None, leased_until=None
    )


def cancel(step_id: UUID, now: datetime) -> None:
    StepRow.objects.filter(pk=step_id).update(state=StepState.CANCELLED, ended_at=now, leased_until=None)


def add_action(step_id: UUID, account: str, action: str, reason: str, now: datetime) -> None:
    StepAction.objects.create(step_id=step_id, at=now, account=account, action=action, reason=reason)


def no_step() -> NotFound:
    return NotFound("step.unknown", "Không có bước gửi này. Về danh sách để chọn lại.", "There is no such step.")


def empty_old(before: datetime, limit: int = 10_000) -> int:
    """Forget the content of what ended before that moment."""
    old = StepRow.objects.filter(ended_at__lt=before).exclude(payload=b"").values("pk")[:limit]
    return StepRow.objects.filter(pk__in=old).update(payload=b"")


_RECEIVE = """insert into notices_inbox (source, message_id, digest, at) values (%s, %s, %s, %s)
on conflict (source, message_id) do nothing"""


def add_receipt(source: str, message_id: str, digest: bytes, now: datetime) -> bool:
    """False when it is there; waits for a transaction that is just doing the same message."""
    with connection.cursor() as cursor:
        cursor.execute(_RECEIVE, [source, message_id, digest, now])
        return bool(cursor.rowcount == 1)


def get_receipt(source: str, message_id: str) -> tuple[bytes, bytes | None]:
    digest, result = Inbox.objects.values_list("digest", "result").get(source=source, message_id=message_id)
    return bytes(digest), None if result is None else bytes(result)


def keep_result(source: str, message_id: str, result: bytes) -> None:
    Inbox.objects.filter(source=source, message_id=message_id).update(result=result)


def forget_receipts(beginning: str, except_: Sequence[str], before: datetime) -> int:
    rows = Inbox.objects.filter(source__startswith=beginning, at__lt=before)
    for other in except_:
        rows = rows.exclude(source__startswith=other)
    return rows.delete()[0]
