"""Lists, rounds and cases as rows: the only file that touches the tables of the room."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import connection
from django.db.models import F, Max, Q, Sum

from dancu.kernel.clock import local
from dancu.kernel.errors import NotFound
from dancu.reconcile import models
from dancu.reconcile.domain import (
    GIVEN_UP,
    OPEN,
    Asked,
    Conclusion,
    OrganisationLimits,
    ReviewCase,
    Round,
    RoundAct,
    RoundState,
    Scope,
    SourceList,
    Use,
    require,
)

LISTS_LIMIT, ROUNDS_LIMIT, CASES_LIMIT, ACTIONS_LIMIT = 200, 100, 50, 200
_ROUND = (
    "id", "list_id", "organisation", "number", "state", "scope", "file_name", "file_digest", "file_bytes", "account",
    "created_at", "changed_at", "asked", "mapping", "grouped_by", "stage", "done", "total", "rate", "counts", "records",
    "snapshot_version", "report", "failure", "failure_en", "started_at", "finished_at", "heartbeat_at", "work_removed_at",
)  # fmt: skip
_LIST = ("id", "organisation", "name", "profile", "source", "purpose", "legal_basis", "account", "created_at")


def add_list(added: SourceList) -> None:
    models.SourceList.objects.create(**{name: getattr(added, name) for name in _LIST})


def lists_of(organisation: str) -> list[SourceList]:
    """The newest first."""
    rows = models.SourceList.objects.filter(organisation=organisation).order_by("-created_at", "id")
    return [SourceList(**row) for row in rows.values(*_LIST)[:LISTS_LIMIT]]


def get_list(list_id: UUID) -> SourceList:
    """Raises `NotFound`, the same for what is somebody else's."""
    row = models.SourceList.objects.filter(pk=list_id).values(*_LIST).first()
    if row is None:
        raise NotFound("reconcile.no_list", "Không có danh sách này.", "There is no such list.")
    return SourceList(**row)


def lists_by_id(ids: Sequence[UUID]) -> dict[UUID, SourceList]:
    rows = models.SourceList.objects.filter(pk__in=ids).values(*_LIST)
    return {row["id"]: SourceList(**row) for row in rows[:LISTS_LIMIT]}


def rounds_of(list_id: UUID) -> list[Round]:
    """The newest first."""
    rows = models.Round.objects.filter(list_id=list_id).order_by("-number").values(*_ROUND)
    return [_round(row) for row in rows[:ROUNDS_LIMIT]]


def latest_rounds(lists: Sequence[UUID]) -> dict[UUID, Round]:
    """The newest round of each list."""
    rows = models.Round.objects.filter(list_id__in=lists).order_by("list_id", "-number").distinct("list_id").values(*_ROUND)
    return {row["list_id"]: _round(row) for row in rows}


def no_round() -> NotFound:
    return NotFound("reconcile.no_round", "Không có đợt đối soát này.", "There is no such round.")


def get_round(round_id: UUID, *, lock: bool = False) -> Round:
    """Raises `NotFound`, the same for what is somebody else's. `lock` holds it for this transaction."""
    rows = models.Round.objects.filter(pk=round_id)
    row = (rows.select_for_update() if lock else rows).values(*_ROUND).first()
    if row is None:
        raise no_round()
    return _round(row)


def live_round_with(list_id: UUID, digest: str) -> Round | None:
    """The round of a list with this very file that was not cancelled, deleted or failed."""
    rows = models.Round.objects.filter(list_id=list_id, file_digest=digest).exclude(state__in=GIVEN_UP)
    row = rows.order_by("-number").values(*_ROUND).first()
    return _round(row) if row else None


def done_before(of: Round) -> Round | None:
    """The last round of the same list before this one that was compared to its end."""
    rows = models.Round.objects.filter(list_id=of.list_id, number__lt=of.number, state=RoundState.DONE)
    row = rows.order_by("-number").values(*_ROUND).first()
    return _round(row) if row else None


def next_number(list_id: UUID) -> int:
    """Of the next round; the list is held until the end of this transaction."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 9))", [f"list:{list_id}"])
    return int(models.Round.objects.filter(list_id=list_id).aggregate(last=Max("number"))["last"] or 0) + 1


def add_round(added: Round) -> None:
    models.Round.objects.create(**{name: getattr(added, name) for name in _ROUND})


def change_round(of: Round, state: RoundState, *, at: datetime, **more: Any) -> None:
    """To another state, with what goes with it. Raises `Conflict`."""
    require(of.state, state)
    models.Round.objects.filter(pk=of.id).update(state=state, changed_at=at, **more)


def keep_facts(round_id: UUID, **facts: Any) -> None:
    """What is no change of state: columns chosen, a wish, work removed."""
    models.Round.objects.filter(pk=round_id).update(**facts)


def record_action(
    of: Round, kind: RoundAct, account: str, at: datetime, data: Mapping[str, Any] | None = None, entry: str = ""
) -> None:
    last = models.RoundAction.objects.filter(round_id=of.id).aggregate(last=Max("sequence"))["last"] or 0
    models.RoundAction.objects.create(
        round_id=of.id,
        sequence=last + 1,
        organisation=of.organisation,
        kind=kind,
        at=at,
        account=account,
        data=dict(data or {}),
        entry=entry,
    )


def actions_of(round_id: UUID) -> list[dict[str, Any]]:
    """The newest first."""
    rows = models.RoundAction.objects.filter(round_id=round_id).order_by("-sequence")
    return [dict(row) for row in rows.values("kind", "at", "account", "data", "entry")[:ACTIONS_LIMIT]]


def limits_of(organisation: str, now: datetime) -> OrganisationLimits:
    """The limits of an organisation: its own row, or the usual ones."""
    rows = models.Limit.objects.filter(organisation=organisation, since__lte=now).order_by("-since")
    row = rows.values("rounds_at_once", "records_a_day", "file_bytes").first()
    return OrganisationLimits(**row) if row else OrganisationLimits()


def set_limits(organisation: str, limits: OrganisationLimits, *, by: str, since: datetime) -> None:
    models.Limit.objects.create(
        organisation=organisation,
        since=since,
        rounds_at_once=limits.rounds_at_once,
        records_a_day=limits.records_a_day,
        file_bytes=limits.file_bytes,
        author=by,
    )


def use_of(organisation: str, now: datetime, *, but: UUID) -> Use:
    """What an organisation uses now besides one round; whoever asks holds its use until the end of this transaction."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 9))", [f"use:{organisation}"])
    rounds = models.Round.objects.filter(organisation=organisation)
    day = local(now).replace(hour=0, minute=0, second=0, microsecond=0)
    records = rounds.filter(started_at__gte=day).aggregate(all=Sum("records"))["all"] or 0
    return Use(rounds.filter(state__in=OPEN).exclude(pk=but).count(), int(records))


def claim_due(now: datetime, *, stale: timedelta, at_once: int) -> list[tuple[UUID, int]]:
    """Rounds to run now, the oldest first, marked as begun; nobody claims one twice.

    One whose worker fell silent is due again. Gives beside each how many of its runs ended without a word.
    """
    silent = Q(state=RoundState.COMPARING) & (Q(heartbeat_at__isnull=True) | Q(heartbeat_at__lt=now - stale))
    running = models.Round.objects.filter(state=RoundState.COMPARING).exclude(silent).count()
    free = max(at_once - running, 0)
    due = models.Round.objects.select_for_update(skip_locked=True).filter(Q(state=RoundState.QUEUED) | silent)
    ids = list(due.order_by("queued_at", "id").values_list("id", flat=True)[:free])
    models.Round.objects.filter(silent, pk__in=ids).update(failures=F("failures") + 1)
    models.Round.objects.filter(pk__in=ids).update(state=RoundState.COMPARING, heartbeat_at=now, changed_at=now)
    models.Round.objects.filter(pk__in=ids, started_at__isnull=True).update(started_at=now)
    failures = dict(models.Round.objects.filter(pk__in=ids).values_list("id", "failures"))
    return [(each, failures[each]) for each in ids]


def beat(round_id: UUID, now: datetime, **progress: Any) -> Asked:
    """Write how far a running round is, and hear what its owner asks."""
    models.Round.objects.filter(pk=round_id).update(heartbeat_at=now, **progress)
    return Asked(models.Round.objects.filter(pk=round_id).values_list("asked", flat=True).first() or "")


def count_failure(round_id: UUID) -> int:
    """One run more that ended without a word; gives how many."""
    models.Round.objects.filter(pk=round_id).update(failures=F("failures") + 1)
    return int(models.Round.objects.values_list("failures", flat=True).get(pk=round_id))


def finished_before(moment: datetime, *, limit: int = ROUNDS_LIMIT) -> list[Round]:
    """Rounds that ended before a moment and still have their work."""
    states = (RoundState.DONE, RoundState.CANCELLED, RoundState.FAILED)
    rows = models.Round.objects.filter(state__in=states, changed_at__lt=moment, work_removed_at__isnull=True)
    return [_round(row) for row in rows.order_by("changed_at").values(*_ROUND)[:limit]]


def rounds_with_work(profile: str) -> list[Round]:
    """Finished rounds of lists of a kind whose work is still there, the newest first."""
    lists = models.SourceList.objects.filter(profile=profile).values("id")
    rows = models.Round.objects.filter(list_id__in=lists, state=RoundState.DONE, work_removed_at__isnull=True)
    return [_round(row) for row in rows.order_by("-finished_at").values(*_ROUND)[:ROUNDS_LIMIT]]


def compared_rounds(limit: int) -> list[Round]:
    """Rounds that were compared to their end, the newest first, also those whose results were deleted since."""
    rows = models.Round.objects.filter(finished_at__isnull=False, snapshot_version__gt="").order_by("-finished_at")
    return [_round(row) for row in rows.values(*_ROUND)[:limit]]


def other_rounds_with(of: Round) -> int:
    """How many other rounds of the list have the same file."""
    same = models.Round.objects.filter(list_id=of.list_id, file_digest=of.file_digest).exclude(pk=of.id)
    return int(same.exclude(state=RoundState.DELETED).count())


def add_cases(cases: Sequence[tuple[int, str, str, bytes]], of: Round, account: str, at: datetime) -> int:
    """Row, reference, reasons and the sealed record of each; what is there already stays. Gives how many there are now."""
    models.ReviewCase.objects.bulk_create(
        (
            models.ReviewCase(
                id=uuid4(),
                round_id=of.id,
                list_id=of.list_id,
                organisation=of.organisation,
                row=row,
                reference=reference,
                reasons=reasons,
                sealed=sealed,
                asked_by=account,
                asked_at=at,
            )
            for row, reference, reasons, sealed in cases
        ),
        ignore_conflicts=True,
    )
    return int(models.ReviewCase.objects.filter(round_id=of.id).count())


def open_cases() -> list[ReviewCase]:
    """The oldest first."""
    return _cases(models.ReviewCase.objects.filter(conclusion="").order_by("asked_at", "row"))


def cases_count() -> int:
    return int(models.ReviewCase.objects.filter(conclusion="").count())


def get_case(case_id: UUID, *, lock: bool = False) -> tuple[ReviewCase, bytes]:
    """A case and its sealed record. Raises `NotFound`."""
    rows = models.ReviewCase.objects.filter(pk=case_id)
    row = (rows.select_for_update() if lock else rows).first()
    if row is None:
        raise NotFound("reconcile.no_case", "Không có trường hợp này.", "There is no such case.")
    return _cases(rows)[0], bytes(row.sealed)


def decide_case(case_id: UUID, conclusion: Conclusion, reason: str, account: str, at: datetime) -> None:
    """The record is not needed any more and goes."""
    values = {"conclusion": conclusion, "reason": reason, "account": account, "decided_at": at, "sealed": b""}
    models.ReviewCase.objects.filter(pk=case_id).update(**values)


def cases_of(round_id: UUID) -> dict[int, tuple[str, str]]:
    """Row → conclusion and reason, of every case of a round; empty where it is open."""
    rows = models.ReviewCase.objects.filter(round_id=round_id)
    return {row: (conclusion, reason) for row, conclusion, reason in rows.values_list("row", "conclusion", "reason")}


def _cases(rows: Any) -> list[ReviewCase]:
    names = ("id", "round_id", "organisation", "row", "reference", "reasons", "asked_at", "reason", "account", "decided_at")
    found = list(rows.values(*names, "conclusion", "list_id")[:CASES_LIMIT])
    lists = lists_by_id([row["list_id"] for row in found])
    made = []
    for row in found:
        of, said = lists.get(row.pop("list_id")), row.pop("conclusion")
        words: dict[str, Any] = {"list_name": of.name if of else "", "purpose": of.purpose if of else ""}
        made.append(ReviewCase(**row, **words, conclusion=Conclusion(said) if said else None))
    return made


def _round(row: Mapping[str, Any]) -> Round:
    values = dict(row)
    values |= {"state": RoundState(row["state"]), "scope": Scope(row["scope"]), "asked": Asked(row["asked"])}
    return Round(**values)
