"""Many persons followed at once, for a list that was compared with the registry: the subscriptions of the exchange, made in bulk.

Who follows is decided on like every subscriber, by grant, account and connection; what is told of a change is that it happened.
Rows of subscriptions belong to the system's work, whoever's page asks: the reach is set here.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import connection, transaction

from dancu.exchange import subscriptions as pure
from dancu.exchange import usage
from dancu.exchange.desk_limits import Asked, count_usage, refusal_for, standings_of
from dancu.exchange.domain import AccessRequest, Kind, Refusal, Refused, decide_with_keys, refusal_act
from dancu.exchange.extraction import Channel
from dancu.exchange.feeding import CONSUMER, Line, add_lines, fields_of, hold_feed
from dancu.exchange.models import FeedChange, Subscription
from dancu.exchange.pushing import keys
from dancu.exchange.subscribing import SELECTED, change_from_row
from dancu.kernel.reach import SYSTEM, acting
from dancu.kernel.warrants import Actor, Field
from dancu.ledger import api as ledger
from dancu.onboarding import api as onboarding
from dancu.population import api as population

FOLLOWED_MAX = 5000  # at once
TOLD_MAX = 500
# A change is recorded a little before it is seen: what was written around the moment of a snapshot may not be in it.
_MARGIN = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Use:
    """Under which grant of which system, and which of its accounts asks (*căn cứ theo dõi*)."""

    client_id: str
    integration_code: str
    procedure: str
    officer: str
    dossier_no: str = ""


@dataclass(frozen=True, slots=True)
class Matched:
    """A person a comparison found for certain, under the list's own reference (*người đã khớp*)."""

    personal_no: int
    subject_ref: str


@dataclass(frozen=True, slots=True)
class Followed:
    """The subscription of each person, in their order; `made` are those that were not there (*kết quả theo dõi*)."""

    subscriptions: Sequence[UUID]
    made: frozenset[UUID]
    reference: str


@dataclass(frozen=True, slots=True)
class WrittenChange:
    """That something was written down for a subscription; neither what nor about whom (*biến động đã ghi*)."""

    number: int
    id: UUID
    subscription_id: UUID
    written_at: datetime


@dataclass(frozen=True, slots=True)
class ToldNews:
    """What is told of a change: its kind as things stand now, and where the grant says so the new number (*tin đã báo*)."""

    number: int
    kind: pure.ToldKind
    successor: str
    recorded_at: datetime
    reference: str


def decide_following(use: Use, *, now: datetime) -> tuple[str, str] | Refused:
    """Purpose and legal basis this may be followed for (*căn cứ được theo dõi*), or the recorded refusal."""
    with transaction.atomic():
        decided = _decided(use, now)
        if isinstance(decided, Refused):
            return decided
    return decided.purpose, decided.legal_basis


def follow(
    use: Use, persons: Sequence[Matched], *, since: datetime, now: datetime, held: Collection[UUID] = ()
) -> Followed | Refused:
    """Be told of these persons' changes from `since` on, the moment they were compared as of (*theo dõi nhiều người*).

    Safe to repeat: whoever is followed already keeps her subscription. Of those the caller holds she was told already what
    happened meanwhile. Refuses, recorded, what the grant does not carry.
    """
    assert len(persons) <= FOLLOWED_MAX
    with acting(SYSTEM), transaction.atomic():
        grant = _decided(use, now)
        if isinstance(grant, Refused):
            return grant
        hold_feed()
        marks = {person.personal_no: keys().mark(person.personal_no) for person in persons}
        _end_other_purposes(use, grant, list(marks.values()), now)
        found = _standing(use, list(marks.values()))
        new = {p.personal_no: p for p in persons if marks[p.personal_no] not in found}
        made = _add(use, grant, list(new.values()), now)
        own = {number: made[number] if number in made else found[mark] for number, mark in marks.items()}
        _catch_up(use, grant, {number: each for number, each in own.items() if each not in held}, since, now)
        outcome = f"followed:{len(made)}:{len(persons)}"
        reference = ledger.record(_administered(use, grant, outcome), now=now)
    return Followed([own[person.personal_no] for person in persons], frozenset(made.values()), reference)


def end_following(use: Use, subscriptions: Sequence[UUID], *, reason: str, now: datetime) -> int:
    """End these subscriptions (*thôi theo dõi*); nothing more is told under them. Gives how many stood."""
    with acting(SYSTEM), transaction.atomic():
        rows = Subscription.objects.filter(pk__in=subscriptions, client_id=use.client_id, ended_at=None)
        ended = rows.update(ended_at=now, end_reason=reason)
        owner = onboarding.get_system(use.client_id).organisation
        act = ledger.Act(ledger.ActKind.ADMINISTER, f"followed.ended:{ended}", owner, use.client_id, use.officer)
        ledger.record(act, now=now)
    return ended


def written_after(client_id: str, after: int, limit: int) -> list[WrittenChange]:
    """What was written down for a system behind a number, in order (*biến động đã ghi sau một số*). Numbers have no gaps."""
    with acting(SYSTEM):
        rows = FeedChange.objects.filter(client_id=client_id, number__gt=after).order_by("number")
        return [WrittenChange(*row) for row in rows.values_list("number", "id", "subscription_id", "written_at")[:limit]]


def last_written(client_id: str) -> int:
    """The number of the newest change of a system; 0 where there is none (*số biến động mới nhất*)."""
    with acting(SYSTEM):
        return FeedChange.objects.filter(client_id=client_id).order_by("-number").values_list("number", flat=True).first() or 0


def tell_news(use: Use, numbers: Sequence[int], *, now: datetime) -> list[ToldNews] | Refused:
    """Tell what these changes are, each with its entry in the ledger (*báo biến động*). Values are never told.

    What may not be told any more is left out; what may not be told now refuses the whole.
    """
    with acting(SYSTEM), transaction.atomic():
        told: list[tuple[pure.ToldChange, bool]] = []
        for change in _changes(use.client_id, numbers[:TOLD_MAX]):
            shaped = _shaped(use, change, now)
            if isinstance(shaped, Refused):
                return shaped
            if shaped is not None:
                told.append(shaped)
        references = ledger.record_all([each.act for each, _names_successor in told], now=now)
    return [
        ToldNews(
            each.change.number,
            each.kind,
            (each.successor or "") if names_successor else "",
            each.change.recorded_at,
            reference,
        )
        for (each, names_successor), reference in zip(told, references, strict=True)
    ]


def _request(use: Use, organisation: str) -> AccessRequest:
    actor = Actor(organisation, use.client_id, use.officer)
    return AccessRequest(actor, Kind.SUBSCRIBE, use.integration_code, use.procedure, use.dossier_no)


def _decided(use: Use, now: datetime) -> onboarding.Grant | Refused:
    standing = onboarding.standing_of(use.client_id, use.integration_code, use.procedure, use.officer)
    request = _request(use, standing.system.organisation)
    decision = decide_with_keys(standing, request, now)
    if isinstance(decision, Refusal):
        reference = ledger.record(refusal_act(None, request, decision.reason, standing.grant), now=now)
        return Refused.of(decision, reference)
    assert standing.grant is not None
    return standing.grant


def _administered(use: Use, grant: onboarding.Grant, outcome: str) -> ledger.Act:
    owner = onboarding.get_system(use.client_id).organisation
    return ledger.Act(
        ledger.ActKind.ADMINISTER,
        outcome,
        owner,
        use.client_id,
        use.officer,
        purpose=grant.purpose,
        legal_basis=grant.legal_basis,
        procedure=use.procedure,
        integration_code=use.integration_code,
        dossier_no=use.dossier_no,
    )


_STANDING = """select mark, id from exchange_subscription
where mark = any(%s) and client_id = %s and integration_code = %s and procedure = %s and ended_at is null"""
_END_OTHERS = """update exchange_subscription set ended_at = %s, end_reason = 'grant'
where mark = any(%s) and client_id = %s and integration_code = %s and procedure = %s and ended_at is null
and (purpose, legal_basis) <> (%s, %s)"""
_ADD = """insert into exchange_subscription (id, client_id, organisation, integration_code, procedure, purpose, legal_basis,
    subject_ref, mark, sealed, at, end_reason)
select id, %s, %s, %s, %s, %s, %s, ref, mark, sealed, %s, '' from unnest(%s::uuid[], %s::text[], %s::bytea[], %s::bytea[])
    as made(id, ref, mark, sealed)"""
_ADD_MARKS = """insert into exchange_subscriptionmark (mark, subscription_id)
select mark, id from unnest(%s::bytea[], %s::uuid[]) as made(mark, id) on conflict do nothing"""


def _standing(use: Use, marks: Sequence[bytes]) -> dict[bytes, UUID]:
    with connection.cursor() as cursor:
        cursor.execute(_STANDING, [list(marks), use.client_id, use.integration_code, use.procedure])
        return {bytes(mark): subscription for mark, subscription in cursor.fetchall()}


def _end_other_purposes(use: Use, grant: onboarding.Grant, marks: Sequence[bytes], now: datetime) -> None:
    """Made for a purpose or a basis that is no longer granted: nothing would ever be told under it."""
    values: list[Any] = [now, list(marks), use.client_id, use.integration_code, use.procedure, grant.purpose, grant.legal_basis]
    with connection.cursor() as cursor:
        cursor.execute(_END_OTHERS, values)


def _add(use: Use, grant: onboarding.Grant, persons: Sequence[Matched], now: datetime) -> dict[int, UUID]:
    """New subscriptions by number, known under their own number and the one it leads to."""
    made = {person.personal_no: uuid4() for person in persons}
    if not made:
        return made
    refs = {person.personal_no: pure.check_subject_ref(person.subject_ref) for person in persons}
    sealed = [keys().seal(made[n], pure.Sealed(n, use.officer, use.dossier_no)) for n in made]
    owner = onboarding.get_system(use.client_id).organisation
    heirs = population.led_to(list(made))
    known = [(keys().mark(number), made[number]) for number in made]
    known += [(keys().mark(heir), made[number]) for number, heir in heirs.items()]
    values: list[Any] = [use.client_id, owner, use.integration_code, use.procedure, grant.purpose, grant.legal_basis, now]
    with connection.cursor() as cursor:
        cursor.execute(_ADD, [*values, list(made.values()), [refs[n] for n in made], [keys().mark(n) for n in made], sealed])
        cursor.execute(_ADD_MARKS, [[mark for mark, _id in known], [each for _mark, each in known]])
    return made


def _catch_up(use: Use, grant: onboarding.Grant, fresh: dict[int, UUID], since: datetime, now: datetime) -> None:
    """What changed between the comparison and this moment, as far as the writer of changes has come: it will not come again."""
    known = dict(fresh)
    for number, heir in population.led_to(list(fresh)).items():
        known.setdefault(heir, fresh[number])
    lines = []
    for number, at, columns in population.changed_since(list(known), since - _MARGIN, population.position_of(CONSUMER)):
        granted = fields_of(columns) & pure.tellable(grant)
        touched = pure.touched_by(columns, granted)
        if touched is not None:
            lines.append(Line(use.client_id, uuid4(), known[number], touched, sorted(granted), at))
    add_lines(lines, now)


def _changes(client_id: str, numbers: Sequence[int]) -> list[pure.Change]:
    with connection.cursor() as cursor:
        cursor.execute(SELECTED + " where c.client_id = %s and c.number = any(%s) order by c.number", [client_id, list(numbers)])
        return [change_from_row(row, keys()) for row in cursor.fetchall()]


def _shaped(use: Use, change: pure.Change, now: datetime) -> tuple[pure.ToldChange, bool] | Refused | None:
    """One change as it may be told to whoever asks now, and whether the new number may be told with it."""
    subscription = change.subscription
    standing = onboarding.standing_of(use.client_id, subscription.integration_code, subscription.procedure, use.officer)
    if standing.grant is None:
        return None
    items = change.items & pure.tellable(standing.grant)
    request = pure.request_for(standing.system, subscription, use.officer, items)
    decision = decide_with_keys(standing, request, now)
    if not isinstance(decision, Refusal):
        decision = refusal_for(standings_of(Asked(request.actor, ""), now=now, channel=Channel.SYSTEM), now=now) or decision
    if isinstance(decision, Refusal):
        if decision.reason not in pure.PAUSING:
            return None
        return Refused.of(decision, ledger.record(refusal_act(None, request, decision.reason, standing.grant), now=now))
    rows = population.present_rows(subscription.sealed.personal_no, decision, now=now)
    told = pure.told_change(change, decision, *rows, discloses=False) if rows is not None else None
    if told is None:
        return None
    count_usage(request, standing.grant, usage.MATCHED, now=now)
    return told, Field.PERSONAL_ID in standing.grant.fields
