"""Changes pushed to a subscriber: through the outbox, in order for each person, read and recorded when the receiver is reached."""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from uuid import UUID

import msgspec
from django.conf import settings
from django.db import connection, transaction
from msgspec.structs import replace

from dancu.exchange import subscriptions as pure
from dancu.exchange import usage
from dancu.exchange.desk_limits import Asked, count_usage, refusal_for, standings_of
from dancu.exchange.domain import Refusal, decide_with_keys
from dancu.exchange.extraction import Channel
from dancu.exchange.models import Subscriber
from dancu.exchange.subscribing import SELECTED, Keys, change_from_row
from dancu.exchange.webhooks import Answer, NotOurs, connected
from dancu.kernel.sealing import SealingKey
from dancu.ledger import api as ledger
from dancu.notices import api as notices
from dancu.onboarding import api as onboarding
from dancu.population import api as population

KIND = "exchange.change"
REJECTED_FOR_GOOD = range(400, 500)
TRIED_AGAIN = frozenset({408, 409, 423, 425, 429})
# What signs a body for a system that has a key for messages: further headers. Nothing is signed until one is put here.
Sign = Callable[[str, bytes], Mapping[str, str]]
_signers: list[Sign] = []


class Push(msgspec.Struct, frozen=True):
    """Payload of a pushed change: where it stands, nothing about anybody (*biến động gửi đi*)."""

    client_id: str
    number: int


def sign_with(sign: Sign) -> None:
    """Let bodies be signed; called once, where the rooms are put together (*ký nội dung gửi đi*)."""
    _signers[:] = [sign]


def push_step(client_id: str, owner: str, number: int, subscription_id: UUID) -> notices.Step:
    """The step that brings one change to its subscriber: its own destination, one order for each person."""
    return notices.Step(
        KIND,
        f"{client_id}:n{number}",  # never a run of digits by itself: that would read as a personal number
        msgspec.to_builtins(Push(client_id, number)),
        owner,
        "exchange",
        to=client_id,
        about=f"{client_id} #n{number}",
        destination=f"webhook:{client_id}",
        order_key=f"{KIND}:{subscription_id}",
    )


def deliver_change(delivery: notices.Delivery) -> notices.Outcome:
    """Handler of `exchange.change`: reach the receiver, read and record what may be told now, post it.

    Nothing is lost while the system is suspended: the step waits. What may not be told any more is told to nobody.
    """
    push = msgspec.convert(delivery.payload, Push)
    url = Subscriber.objects.filter(pk=push.client_id).values_list("webhook", flat=True).first()
    if not url:
        return notices.Postponed("webhook.none", push.client_id)
    if (reason := _paused(push)) is not None:
        return notices.Postponed("exchange.paused", reason)
    try:
        with connected(url, delivery.timeout_seconds, is_demo=settings.CONFIG.demo) as post:
            told = _told(push, delivery.now)
            if told is None:
                return notices.Delivered()
            if isinstance(told, str):
                return notices.Postponed("exchange.paused", told)
            body = msgspec.json.encode(told)
            headers = {
                "Content-Type": "application/json",
                "Dancu-Event": str(told["id"]),
                "Dancu-Attempt": str(delivery.attempt),
                "User-Agent": "dancu",
            }
            for sign in _signers:
                headers |= sign(push.client_id, body)
            return _judged(post(body, headers))
    except NotOurs:
        return notices.Rejected("webhook.private", "địa chỉ nội bộ")
    except TimeoutError:
        return notices.Failed("destination.timeout")
    except ConnectionRefusedError:
        return notices.Failed("destination.refused")
    except (OSError, ssl.SSLError, http.client.HTTPException) as failure:
        return notices.Failed("destination.broken", type(failure).__name__)


def _judged(answer: Answer) -> notices.Outcome:
    if 200 <= answer.status < 300:
        return notices.Delivered(answer.digest)
    if 300 <= answer.status < 400:
        return notices.Rejected("webhook.redirect", str(answer.status))
    if answer.status in REJECTED_FOR_GOOD and answer.status not in TRIED_AGAIN:
        return notices.Rejected("webhook.rejected", str(answer.status))
    return notices.Failed("webhook.failed", str(answer.status))


def _paused(push: Push) -> str | None:
    state = onboarding.get_system(push.client_id).state
    return None if state is onboarding.ConnectionState.OFFICIAL else str(state)


def _told(push: Push, now: datetime) -> dict[str, object] | str | None:
    """The change as JSON, its entry committed; why it must wait; None where nothing may be told."""
    with transaction.atomic(durable=True):
        change = _find(push)
        if change is None:
            return None
        subscription = change.subscription
        officer = subscription.sealed.officer
        standing = onboarding.standing_of(push.client_id, subscription.integration_code, subscription.procedure, officer)
        if standing.grant is None:
            return None
        items = change.items & pure.tellable(standing.grant)
        request = pure.request_for(standing.system, subscription, officer, items)
        decision = decide_with_keys(standing, request, now)
        if not isinstance(decision, Refusal):
            limit = refusal_for(standings_of(Asked(request.actor, ""), now=now, channel=Channel.SYSTEM), now=now)
            decision = limit or decision
        if isinstance(decision, Refusal):
            return str(decision.reason) if decision.reason in pure.PAUSING else None
        warrant = replace(decision, fields=items)
        rows = population.present_rows(subscription.sealed.personal_no, warrant, now=now)
        if rows is None:
            return None
        told = pure.told_change(change, warrant, *rows, discloses=standing.grant.may_disclose)
        if told is None:
            return None
        count_usage(request, standing.grant, usage.MATCHED, now=now)
        return pure.as_json(told, ledger.record(told.act, now=now))


def _find(push: Push) -> pure.Change | None:
    with connection.cursor() as cursor:
        cursor.execute(SELECTED + " where c.client_id = %s and c.number = %s", [push.client_id, push.number])
        row = cursor.fetchone()
    return change_from_row(row, keys()) if row else None


@cache
def keys() -> Keys:
    """The keys of the installation, read once."""
    return Keys(SealingKey.from_folder(settings.CONFIG.key_dir))
