"""One call of a system through the gateway's own code, in this process, at a moment the test names."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TypeVar

from dancu.exchange.hot import HotPath
from dancu.kernel.config import read_config
from dancu.kernel.sealing import SealingKey
from dancu.onboarding.reader import KnownCaller

T = TypeVar("T")


def ask(work: Callable[[HotPath, KnownCaller], Awaitable[T]], now: datetime, client_id: str = "he-thong") -> T:
    """Do it as a gateway that starts now, so that it knows every grant as it stands."""

    async def run() -> T:
        hot = HotPath(os.environ["DATABASE_URL"], SealingKey.from_folder(read_config().key_dir), lambda: now)
        await hot.start()
        try:
            while not hot.is_ready:
                await asyncio.sleep(0.01)
            return await work(hot, hot.directory().callers[client_id])
        finally:
            await hot.stop()

    return asyncio.run(run())
