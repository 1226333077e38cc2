"""What the gateway knows of systems and grants follows every change within moments."""

from __future__ import annotations

import asyncio
import os
from typing import Any

import asyncpg
import pytest
from django.db import connection
from tests.factories.database import connect_system
from tests.factories.people import NOW, NUMBER, an_actor

from dancu.exchange import hot
from dancu.exchange.hot import HotPath
from dancu.exchange.models import Alarm, Attempt
from dancu.exchange.sharing import Sharing
from dancu.exchange.watch import Watch
from dancu.kernel.config import read_config
from dancu.kernel.sealing import SealingKey
from dancu.kernel.warrants import Actor
from dancu.onboarding.api import get_system
from dancu.onboarding.reader import CHANGED_CHANNEL

pytestmark = [pytest.mark.django_db(transaction=True)]


def test_a_change_told_while_the_directory_is_read_is_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    reads = 0
    read_again = asyncio.Event()
    read_directory = hot.read_directory

    async def slow_read(connection: asyncpg.Connection, key: SealingKey) -> Any:
        nonlocal reads
        reads += 1
        directory = await read_directory(connection, key)
        if reads == 1:  # somebody changes a grant after we looked and before we are done
            other = await asyncpg.connect(os.environ["DATABASE_URL"])
            await other.execute("select pg_notify($1, '')", CHANGED_CHANNEL)
            await other.close()
            for _ in range(20):
                await connection.fetch("select 1")  # what was told arrives with the next answer
        else:
            read_again.set()
        return directory

    async def run() -> None:
        path = HotPath(os.environ["DATABASE_URL"], SealingKey.from_folder(read_config().key_dir), lambda: NOW)
        await path.start()
        try:
            await asyncio.wait_for(read_again.wait(), 5)
        finally:
            await path.stop()

    monkeypatch.setattr(hot, "read_directory", slow_read)
    asyncio.run(run())

    assert reads >= 2


def test_what_is_stopped_leaves_no_connection_behind() -> None:
    """A listener nobody reads fills up, and then holds up every other session of its database server."""

    async def sessions(asking: asyncpg.Connection) -> set[int]:
        said = "select pid from pg_stat_activity where datname = current_database() and application_name = 'dancu-gateway'"
        return {row[0] for row in await asking.fetch(said)}

    async def run() -> tuple[int, int]:
        asking = await asyncpg.connect(os.environ["DATABASE_URL"])
        before = await sessions(asking)
        path = HotPath(os.environ["DATABASE_URL"], SealingKey.from_folder(read_config().key_dir), lambda: NOW)
        await path.start()
        while not path.is_ready:
            await asyncio.sleep(0.01)
        running = await sessions(asking) - before
        await path.stop()
        for _ in range(50):  # the server notices a closed connection in its own time
            if not (left := await sessions(asking) & running):
                break
            await asyncio.sleep(0.1)
        await asking.close()
        return len(running), len(left)

    running, left = asyncio.run(run())

    assert running > 1
    assert left == 0


def test_a_row_nobody_can_read_closes_its_own_system_and_the_directory_stays_fresh() -> None:
    connect_system("he-thong")
    connect_system("he-thong-hai")
    with connection.cursor() as cursor:
        cursor.execute("alter table onboarding_grant disable trigger of_a_line")  # a line of a newer version would have it too
        cursor.execute("update onboarding_grant set fields = '[\"a_field_of_tomorrow\"]' where client_id = 'he-thong-hai'")
        cursor.execute("update onboarding_system set secret_sealed = 'x' where client_id = 'he-thong-hai'")

    async def run() -> tuple[set[str], set[str]]:
        path = HotPath(os.environ["DATABASE_URL"], SealingKey.from_folder(read_config().key_dir), lambda: NOW)
        await path.start()
        try:
            while not path.is_ready:
                await asyncio.sleep(0.01)
            directory = path.directory()
            return set(directory.callers), {client_id for client_id, *_ in directory.grants}
        finally:
            await path.stop()

    assert asyncio.run(run()) == ({"he-thong"}, {"he-thong"})


def test_a_directory_that_could_not_be_read_is_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    read_directory, failures = hot.read_directory, [ValueError("once"), RuntimeError("twice")]

    async def failing(connection: asyncpg.Connection, key: SealingKey) -> Any:
        if failures:
            raise failures.pop()
        return await read_directory(connection, key)

    async def run() -> bool:
        path = HotPath(os.environ["DATABASE_URL"], SealingKey.from_folder(read_config().key_dir), lambda: NOW)
        await path.start()
        try:
            for _ in range(500):
                if path.is_ready:
                    return True
                await asyncio.sleep(0.01)
            return False
        finally:
            await path.stop()

    monkeypatch.setattr(hot, "read_directory", failing)
    assert asyncio.run(run())


def test_counts_and_alarms_that_could_not_be_written_are_written_the_next_time() -> None:
    connect_system()
    key = SealingKey.from_folder(read_config().key_dir)
    watch = Watch(key)
    sharing = Sharing(watch, key, "writer")
    actor = an_actor()
    watch.count_miss(actor, NUMBER, (1, 0, 1, 0, 0, 0, 0), NOW)
    watch.count_planted(actor)
    watch.look(NOW)
    assert (len(watch.missed), len(watch.alarms)) == (1, 1)

    async def run() -> None:
        lost = await asyncpg.connect(os.environ["DATABASE_URL"])
        for step in (sharing._write_missed, sharing._tell_alarms):
            lost.terminate()
            with pytest.raises(asyncpg.InterfaceError):
                await step(lost, NOW)
        found = await asyncpg.connect(os.environ["DATABASE_URL"])
        await sharing._write_missed(found, NOW)
        await sharing._tell_alarms(found, NOW)
        await found.close()

    asyncio.run(run())

    assert (watch.missed, watch.alarms) == ({}, {})
    assert Attempt.objects.count() == 1
    assert Alarm.objects.get().line == "planted-noticed"


def test_only_systems_that_asked_wrong_are_closed_with_their_organisation() -> None:
    for client in ("he-thong", "he-thong-hai"):
        connect_system(client)
    key = SealingKey.from_folder(read_config().key_dir)
    watch = Watch(key)
    sharing = Sharing(watch, key, "writer")
    lawful, guessing = (Actor("H57", client, "canbo01") for client in ("he-thong-hai", "he-thong"))
    for at in range(1_000):
        watch.count_miss(guessing, f"{at:012d}", (1, 0, 1, 0, 0, 0, 0), NOW)
    watch.look(NOW)
    watch.count_hit(lawful, NUMBER, NOW)  # the last who asked, and rightly

    systems = {client: get_system(client) for client in ("he-thong", "he-thong-hai")}

    async def run() -> list[str]:
        connection = await asyncpg.connect(os.environ["DATABASE_URL"])
        rows = watch.take_dirty(NOW)
        await sharing._write(connection, rows)
        found = await sharing._who_asked_wrong(connection, lawful, systems, NOW)
        await connection.close()
        return found

    assert asyncio.run(run()) == ["he-thong"]
