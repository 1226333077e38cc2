"""What the exchange keeps for a while only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from django.db import connection
from django.db.models import Count, F, Max, Q, Sum

from dancu.exchange import extraction, usage
from dancu.exchange.budgets import Use
from dancu.exchange.extraction import COUNTS, GRAINS, Crossing, Level, Window, system_scope
from dancu.exchange.marks import ADD_ATTEMPT
from dancu.exchange.models import Alarm, Attempt, ExtractionUse, Idempotency, Planted, RegistryUse, SecurityEvent
from dancu.exchange.planted import open_planted
from dancu.kernel.sealing import SealingKey
from dancu.kernel.warrants import Actor

_ADD_USE = f"""insert into exchange_extractionuse as kept (scope, minutes, slot, writer, {", ".join(COUNTS)})
select s, m, t, %s, {", ".join(["%s"] * len(COUNTS))} from unnest(%s::text[], %s::smallint[], %s::bigint[]) as counted(s, m, t)
order by 1, 2, 3
on conflict (scope, minutes, slot, writer) do update set
{", ".join(f"{name} = kept.{name} + excluded.{name}" for name in COUNTS)}"""  # noqa: S608 - our own columns


def delete_answers(before: datetime) -> int:
    return int(Idempotency.objects.filter(at__lt=before).delete()[0])


def delete_nonces(before: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute("delete from exchange_nonce where at < %s", [before])
        return int(cursor.rowcount)


def delete_security_events(before: datetime) -> int:
    return int(SecurityEvent.objects.filter(hour__lt=before).delete()[0])


def delete_registry_use(before: datetime) -> int:
    return int(RegistryUse.objects.filter(hour__lt=before).delete()[0])


def registry_use_for_update(officer: str, hour: datetime, day: datetime) -> tuple[Use, Use]:
    """What an officer did in this hour and since the day began. Her next request waits until this one is counted."""
    RegistryUse.objects.bulk_create([RegistryUse(officer=officer, hour=hour)], ignore_conflicts=True)
    this = RegistryUse.objects.select_for_update().values_list("searched", "listed", "opened").get(officer=officer, hour=hour)
    hours = RegistryUse.objects.filter(officer=officer, hour__gte=day).values_list("searched", "listed", "opened")
    searched, listed, opened = (sum(column) for column in zip(*hours, strict=True))
    return Use(*this), Use(searched, listed, opened)


def add_registry_use(officer: str, hour: datetime, more: Use) -> None:
    RegistryUse.objects.filter(officer=officer, hour=hour).update(
        searched=F("searched") + more.searched, listed=F("listed") + more.listed, opened=F("opened") + more.opened
    )


# -- limits on extraction ----------------------------------------------------------------------------------------------


def use_of(scopes: Sequence[str], now: datetime) -> dict[str, dict[Window, list[int]]]:
    """What each scope did in every window, all processes together."""
    slots = {grain: extraction.slot_of(grain, now) for grain in GRAINS}
    wanted = Q(minutes=Window.DAY, slot__gt=slots[Window.DAY] - 30 * 86400)
    for grain in (Window.FIVE_MINUTES, Window.HOUR):
        wanted |= Q(minutes=grain, slot=slots[grain])
    rows = (
        ExtractionUse.objects.filter(wanted, scope__in=scopes)
        .values_list("scope", "minutes", "slot")
        .annotate(*(Sum(name) for name in COUNTS))
    )
    found = {scope: {window: [0] * len(COUNTS) for window in Window} for scope in scopes}
    for scope, minutes, slot, *counts in rows:
        if slot == slots[Window(minutes)]:
            _add(found[scope][Window(minutes)], counts)
        if minutes == Window.DAY:
            _add(found[scope][Window.THIRTY_DAYS], counts)
    return found


def _add(total: list[int], more: Sequence[int]) -> None:
    for at, number in enumerate(more):
        total[at] += number


def add_use(places: Sequence[tuple[str, int, int]], writer: str, counts: Sequence[int]) -> None:
    """Add one question to the rows of `writer`; `places` are scope, minutes and slot."""
    columns = [list(column) for column in zip(*places, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(_ADD_USE, [writer, *counts, *columns])


def add_usage(key: usage.UsageKey, ending: int, times: int, writer: str, day: date) -> None:
    """Count one question in the transaction of its entries."""
    counts = [times if at == ending else 0 for at in range(len(usage.Ending))]
    with connection.cursor() as cursor:
        cursor.execute(usage.ADD_NAMED, {"day": day, "writer": writer, **usage.named({key: counts})})


def learn(mark: int, day: date) -> int:
    """Remember whom an organisation learned about; 1 where she is new, else 0."""
    with connection.cursor() as cursor:
        cursor.execute("insert into exchange_learned (mark, day) values (%s, %s) on conflict do nothing", [mark, day])
        return int(cursor.rowcount)


def add_attempt(mark: int, day: date) -> None:
    named = ADD_ATTEMPT.replace("$1", "%(marks)s").replace("$2", "%(misses)s").replace("$3", "%(day)s::date")
    with connection.cursor() as cursor:
        cursor.execute(named, {"marks": [mark], "misses": [1], "day": day})


def has_spent_attempts(mark: int, day: date, in_day: int, in_thirty_days: int) -> bool:
    spent = Q(day=day, in_day__gte=in_day) | Q(since__gt=day - timedelta(days=30), in_thirty_days__gte=in_thirty_days)
    return Attempt.objects.filter(spent, mark=mark).exists()


def suspensions(client_id: str, organisation: str, since: datetime) -> tuple[dict[Level, int], dict[Level, int]]:
    """How often a system was suspended for extraction and its organisation crossed a line of its own: ever, and since a moment."""
    rows = Alarm.objects.filter(Q(client_id=client_id) | Q(organisation=organisation), verdict="suspend")
    found = list(rows.values_list("client_id", "organisation", "level", "scope", "at"))
    ever, recent = ([each for each in found if each[4] > moment] for moment in (datetime.min.replace(tzinfo=UTC), since))
    return _suspended(ever, client_id, organisation), _suspended(recent, client_id, organisation)


def _suspended(rows: Sequence[tuple[str, str, str, str, datetime]], client_id: str, organisation: str) -> dict[Level, int]:
    scopes = {scope for _, of, level, scope, _ in rows if of == organisation and level == Level.ORGANISATION}
    return {Level.SYSTEM: sum(client == client_id for client, *_ in rows), Level.ORGANISATION: len(scopes)}


def who_asked_wrong(clients: Sequence[str], day: int) -> list[str]:
    """Of these systems who missed, or asked for somebody planted, in the day that begins at the slot `day`."""
    ever = dict(Alarm.objects.filter(client_id__in=clients, verdict="suspend").values_list("client_id").annotate(n=Count("pk")))
    scopes = {system_scope(client, ever.get(client, 0)): client for client in clients}
    wrong = Q(unknown__gt=0) | Q(differs__gt=0) | Q(planted__gt=0)
    found = ExtractionUse.objects.filter(wrong, scope__in=scopes, minutes=Window.DAY, slot=day)
    return sorted({scopes[scope] for scope in found.values_list("scope", flat=True)})


def add_alarm(actor: Actor, crossing: Crossing, verdict: str, scope: str, now: datetime, reference: str) -> bool:
    """Keep an alarm, once a window. False where it is kept already."""
    _, is_new = Alarm.objects.get_or_create(
        scope=scope,
        line=crossing.code,
        slot=int(crossing.until.timestamp()),
        client_id=actor.system,
        defaults={
            "organisation": actor.organisation,
            "officer": actor.officer,
            "level": crossing.level,
            "verdict": verdict,
            "at": now,
            "reference": reference,
        },
    )
    return is_new


def alarms_to_tell(limit: int = 100) -> list[Alarm]:
    return list(Alarm.objects.filter(told_at=None).order_by("id").select_for_update(skip_locked=True)[:limit])


def alarms_of(client_id: str, limit: int) -> list[Alarm]:
    return list(Alarm.objects.filter(client_id=client_id).order_by("-id")[:limit])


def planted_numbers(key: SealingKey) -> frozenset[int]:
    return frozenset(open_planted(key, bytes(sealed)) for sealed in Planted.objects.values_list("sealed", flat=True))


def planted_state() -> tuple[int, int]:
    """Changes whenever somebody is planted."""
    state = Planted.objects.aggregate(n=Count("pk"), last=Max("pk"))
    return state["n"], state["last"] or 0


def add_planted(sealed: Sequence[bytes], now: datetime) -> None:
    Planted.objects.bulk_create([Planted(sealed=each, planted_at=now) for each in sealed])


def count_planted() -> int:
    return Planted.objects.count()


def mark_told(alarms: Sequence[Alarm], now: datetime) -> None:
    for alarm in alarms:
        Alarm.objects.filter(pk=alarm.pk).update(told_at=now, reference=alarm.reference)


def delete_old_use(minutes: int, before: datetime) -> int:
    return int(ExtractionUse.objects.filter(minutes=minutes, slot__lt=int(before.timestamp())).delete()[0])


def delete_old_attempts(before: date) -> int:
    return int(Attempt.objects.filter(day__lt=before).delete()[0])
