"""What the gateway knows of systems and grants follows every change within moments."""

from __future__ import annotations

import asyncio
import os
from typing import Any

import asyncpg
import pytest
from django.db import connection
from tests.factories.database import connect_system
from tests.factories.people import NOW

from dancu.exchange import hot
from dancu.exchange.hot import HotPath
from dancu.kernel.config import read_config
from dancu.kernel.sealing import SealingKey
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


def test_a_row_nobody_can_read_closes_its_own_system_and_the_directory_stays_fresh() -> None:
    connect_system("he-thong")
    connect_system("he-thong-hai")
    with connection.cursor() as cursor:
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
