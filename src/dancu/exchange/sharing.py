"""How gateway processes share what they counted: one exchange a second with PostgreSQL, on a connection of its own.

Every process writes its own totals and reads those of the others. Suspensions and alarms are carried out here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

import asyncpg
import structlog

from dancu.exchange import extraction
from dancu.exchange.extraction import COUNTS, GRAINS, REASON, TIGHTENED_FOR, Crossing, Level, Verdict, Window
from dancu.exchange.marks import ADD_ATTEMPT
from dancu.exchange.planted import open_planted
from dancu.exchange.watch import Row, Watch
from dancu.kernel.clock import local
from dancu.kernel.sealing import SealingKey
from dancu.kernel.warrants import Actor
from dancu.ledger import journal
from dancu.ledger.domain import seal
from dancu.onboarding import hot as onboarding
from dancu.onboarding.domain import REGISTRY_SYSTEM, ConnectionState, InformationSystem

_COLUMNS = ", ".join(COUNTS)
_SUMS = ", ".join(f"sum({name})::bigint" for name in COUNTS)
_LEARN = """insert into exchange_learned (mark, day) select m, $2::date from unnest($1::bigint[]) as asked(m)
on conflict do nothing returning mark"""
_SPENT = """select mark from exchange_attempt
where (day = $1 and in_day >= $2) or (since > $1 - 30 and in_thirty_days >= $3)"""
_WRITE = f"""insert into exchange_extractionuse as kept (scope, minutes, slot, writer, {_COLUMNS})
select s, m, t, $1, c1, c2, c3, c4, c5, c6, c7
from unnest($2::text[], $3::smallint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[],
    $10::bigint[], $11::bigint[]) as counted(s, m, t, c1, c2, c3, c4, c5, c6, c7)
on conflict (scope, minutes, slot, writer) do update set {", ".join(f"{name} = excluded.{name}" for name in COUNTS)}"""  # noqa: S608 - our own columns
_OTHERS = f"""select scope, minutes, slot, {_SUMS} from exchange_extractionuse
where scope = any($1) and writer <> $2 and (minutes, slot) in ((5, $3), (60, $4), (1440, $5)) group by 1, 2, 3"""  # noqa: S608 - our own columns
_BEFORE = f"""select scope, {_SUMS} from exchange_extractionuse
where scope = any($1) and minutes = 1440 and slot < $2 and slot >= $3 group by 1"""  # noqa: S608 - our own columns
_AT_START = """select distinct scope from exchange_extractionuse
where (minutes, slot) in ((5, $1), (60, $2)) or (minutes = 1440 and slot >= $3) limit $4"""
_PAST = """select client_id, organisation, level, scope, at > $1 from exchange_alarm where verdict = 'suspend'"""
_ALARM = """insert into exchange_alarm (client_id, organisation, officer, level, line, verdict, scope, slot, at, reference)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict do nothing returning id"""
_ASKED_WRONG = """select distinct scope from exchange_extractionuse
where scope = any($1) and minutes = 1440 and slot = $2 and unknown + differs + planted > 0"""
_PLANTED_STATE = "select count(*), coalesce(max(id), 0) from exchange_planted"
_PLANTED = "select sealed from exchange_planted"
SCOPES_AT_START_MAX = 50_000
START_SECONDS_MAX = 60.0  # a nation's counts of thirty days: nobody is answered before they are read
_AT_START_PATIENCE = f"set local statement_timeout = '{START_SECONDS_MAX:.0f}s'"
SHUT_FOR = timedelta(seconds=60)

log = structlog.get_logger("exchange")


class Sharing:
    """One process's side of the exchange of counts (*đồng bộ bộ đếm*)."""

    def __init__(self, watch: Watch, key: SealingKey, writer: str) -> None:
        self._watch, self._key, self._writer = watch, key, writer
        self._planted_state: tuple[int, int] = (0, 0)
        self._spent_read_on: date | None = None

    async def begin(self, connection: asyncpg.Connection, now: datetime) -> None:
        """Read what stands: a process that starts again forgets nothing."""
        watch, (five, hour, day) = self._watch, _slots(now)
        async with connection.transaction(readonly=True):
            await connection.execute(_AT_START_PATIENCE)
            await self._read_past(connection, now)
            await self._read_planted(connection)
            rows = await connection.fetch(_AT_START, five, hour, day - 29 * 86400, SCOPES_AT_START_MAX)
            names = [row[0] for row in rows]
            for name in names:
                watch.read_at_start(name, Level(name.partition(":")[0]))
            await self._read_others(connection, names, now)
            await self._read_spent(connection, now)
        watch.pass_over_harmless(now)

    async def exchange(self, connection: asyncpg.Connection, systems: Mapping[str, InformationSystem], now: datetime) -> None:
        """Write what was counted, read the others, carry out what follows."""
        watch = self._watch
        await self._learn(connection, now)
        await self._write_missed(connection, now)
        await self._read_spent(connection, now)
        rows = watch.take_dirty(now)
        if rows:
            try:
                await self._write(connection, rows)
            except BaseException:
                watch.put_back(rows)
                raise
        await self._read_past(connection, now)
        await self._read_planted(connection)
        touched = sorted({row.scope for row in rows} | set(watch.closed))
        await self._read_others(connection, touched, now)
        for name in touched:
            if (scope := watch.scopes.get(name)) is not None and scope.last_actor is not None:
                watch.look_again(scope.last_actor, now)
        await self._tell_alarms(connection, now)
        await self._suspend_who_crossed(connection, systems, now)

    async def _write(self, connection: asyncpg.Connection, rows: Sequence[Row]) -> None:
        scopes, minutes, slots, counts = zip(*rows, strict=True)
        columns = zip(*counts, strict=True)
        await connection.execute(
            _WRITE, self._writer, list(scopes), list(minutes), list(slots), *(list(column) for column in columns)
        )

    async def _learn(self, connection: asyncpg.Connection, now: datetime) -> None:
        """Which of the persons counted as new are new to the table; the others are taken back."""
        watch = self._watch
        if not (taken := watch.take_pending()):
            return
        try:
            marked = watch.marked(taken.values())
            rows = await connection.fetch(_LEARN, [mark for mark, _ in marked], local(now).date())
        except BaseException:
            watch.put_back_pending(taken)
            raise
        if len(rows) < len(marked):
            new = {row[0] for row in rows}
            for mark, each in marked:
                if mark not in new:
                    watch.take_back(each)

    async def _write_missed(self, connection: asyncpg.Connection, now: datetime) -> None:
        watch = self._watch
        missed, watch.missed = watch.missed, {}
        if not missed:
            return
        today, limits = local(now).date(), extraction.limits_on(local(now).date())
        marks = sorted(missed)
        try:
            rows = await connection.fetch(ADD_ATTEMPT, marks, [missed[mark] for mark in marks], today)
        except BaseException:
            watch.put_back_missed(missed)
            raise
        for mark, in_day, in_thirty_days in rows:
            if in_day >= limits.attempts_a_day or in_thirty_days >= limits.attempts_in_thirty_days:
                watch.spent[mark] = extraction.slot_of(Window.DAY, now)

    async def _read_spent(self, connection: asyncpg.Connection, now: datetime) -> None:
        """Once a day: what was spent yesterday is open again, what was spent for thirty days is not."""
        today = local(now).date()
        if today == self._spent_read_on:
            return
        limits, slot = extraction.limits_on(today), extraction.slot_of(Window.DAY, now)
        rows = await connection.fetch(_SPENT, today, limits.attempts_a_day, limits.attempts_in_thirty_days)
        self._watch.spent, self._spent_read_on = {row[0]: slot for row in rows}, today

    async def _read_others(self, connection: asyncpg.Connection, names: Sequence[str], now: datetime) -> None:
        if not names:
            return
        watch, (five, hour, day) = self._watch, _slots(now)
        found: dict[str, dict[tuple[int, int], Sequence[int]]] = {}
        for row in await connection.fetch(_OTHERS, names, self._writer, five, hour, day):
            found.setdefault(row[0], {})[row[1], row[2]] = tuple(row)[3:]
        unread = {name for name in names if (scope := watch.scopes.get(name)) is not None and not scope.is_read}
        before: dict[str, Sequence[int]] = {}
        if unread:
            rows = await connection.fetch(_BEFORE, sorted(unread), day, day - 29 * 86400)
            before = {row[0]: tuple(row)[1:] for row in rows}
        nothing, starts = (0,) * len(COUNTS), dict(zip(GRAINS, (five, hour, day), strict=True))
        for name in names:
            watch.heard(name, starts, found.get(name, {}), before.get(name, nothing) if name in unread else None)

    async def _read_past(self, connection: asyncpg.Connection, now: datetime) -> None:
        systems: dict[str, int] = {}
        organisations: dict[str, set[str]] = {}
        tightened: dict[str, int] = {}
        recent: dict[str, set[str]] = {}
        for client_id, organisation, level, scope, is_recent in await connection.fetch(_PAST, now - TIGHTENED_FOR):
            systems[client_id] = systems.get(client_id, 0) + 1
            if is_recent:
                tightened[f"{Level.SYSTEM}:{client_id}"] = tightened.get(f"{Level.SYSTEM}:{client_id}", 0) + 1
            if level == Level.ORGANISATION:
                organisations.setdefault(organisation, set()).add(scope)
                if is_recent:
                    recent.setdefault(organisation, set()).add(scope)
        tightened |= {f"{Level.ORGANISATION}:{name}": len(scopes) for name, scopes in recent.items()}
        self._watch.set_past(systems, {name: len(scopes) for name, scopes in organisations.items()}, tightened)

    async def _read_planted(self, connection: asyncpg.Connection) -> None:
        row = await connection.fetchrow(_PLANTED_STATE)
        state = (row[0], row[1])
        if state != self._planted_state:
            sealed = await connection.fetch(_PLANTED)
            self._watch.planted = frozenset(open_planted(self._key, bytes(each[0])) for each in sealed)
            self._planted_state = state

    # -- what follows ----------------------------------------------------------------------------------------------

    async def _tell_alarms(self, connection: asyncpg.Connection, now: datetime) -> None:
        alarms = self._watch.alarms
        for key, (crossing, actor) in list(alarms.items()):
            scope, code, slot = key
            told = await connection.fetchval(
                _ALARM, actor.system, actor.organisation, actor.officer, crossing.level, code, "alarm", scope, slot, now, ""
            )
            del alarms[key]  # only now: what could not be written is written the next time
            if told is not None:
                log.warning("exchange.extraction.alarm", client_id=actor.system, organisation=actor.organisation, line=code)

    async def _suspend_who_crossed(
        self, connection: asyncpg.Connection, systems: Mapping[str, InformationSystem], now: datetime
    ) -> None:
        watch = self._watch
        for name, crossing in list(watch.closed.items()):
            scope = watch.scopes.get(name)
            if crossing.verdict is not Verdict.SUSPEND or scope is None or scope.last_actor is None:
                continue
            actor = scope.last_actor
            clients = [actor.system]
            if crossing.level is Level.ORGANISATION:
                clients = await self._who_asked_wrong(connection, actor, systems, now)
            for client_id in clients:
                await self._suspend(connection, client_id, actor, crossing, name, now)
            await self._read_past(connection, now)

    async def _who_asked_wrong(
        self, connection: asyncpg.Connection, actor: Actor, systems: Mapping[str, InformationSystem], now: datetime
    ) -> list[str]:
        """Open systems of the organisation that missed today: all of them had their part, and none that only asked rightly."""
        suspended = self._watch.systems_suspended
        scopes = {
            extraction.system_scope(client, suspended.get(client, 0)): client
            for client, system in systems.items()
            if system.organisation == actor.organisation and system.state is ConnectionState.OFFICIAL and client != REGISTRY_SYSTEM
        }
        rows = await connection.fetch(_ASKED_WRONG, list(scopes), extraction.slot_of(Window.DAY, now))
        return sorted({scopes[row[0]] for row in rows}) or [actor.system]

    async def _suspend(
        self, connection: asyncpg.Connection, client_id: str, actor: Actor, crossing: Crossing, scope: str, now: datetime
    ) -> None:
        """Close the system, record it and leave the alarm from which the operator is told; one transaction."""
        officer = actor.officer if client_id == actor.system else ""
        reference = ""
        async with connection.transaction():
            if await onboarding.suspend(connection, client_id, REASON, now=now):
                self._watch.shut[client_id] = now + SHUT_FOR
                entry = seal(onboarding.suspension_act(actor.organisation, client_id, REASON, crossing.code), now)
                await journal.append(connection, [entry], "")
                reference = entry.reference
            elif crossing.level is not Level.ORGANISATION:
                return  # somebody else was sooner
            until, place = int(crossing.until.timestamp()), (client_id, actor.organisation, officer)
            await connection.fetchval(_ALARM, *place, crossing.level, crossing.code, "suspend", scope, until, now, reference)
        log.warning("exchange.extraction.suspended", client_id=client_id, organisation=actor.organisation, line=crossing.code)


def _slots(now: datetime) -> tuple[int, int, int]:
    return (
        extraction.slot_of(Window.FIVE_MINUTES, now),
        extraction.slot_of(Window.HOUR, now),
        extraction.slot_of(Window.DAY, now),
    )
