"""Which log an entry belongs to, what a log is called, and what was signed of it. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from dancu.kernel.clock import local
from dancu.kernel.errors import Invalid

_ORIGIN = re.compile(r"(?P<book>[^\s+]+)/(?P<shard>\d{4}h[12])/e(?P<epoch>[1-9]\d{0,8})")


@dataclass(frozen=True, slots=True)
class Log:
    """One tree: the entries of one half year, in one epoch (*quyển sổ*)."""

    id: int
    origin: str
    shard: str
    epoch: int
    key: str  # the verifier key its heads are signed with, as `name+hash+key`
    is_open: bool
    created_at: datetime
    closed_at: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Head:
    """How far a log goes and the root over all of it (*đầu sổ*)."""

    origin: str
    size: int
    root: bytes


def shard_of(at: datetime) -> str:
    """The half year of an entry, by the calendar of Viet Nam, as the partitions are cut (*nửa năm*)."""
    day = local(at)
    return f"{day.year:04d}h{1 if day.month <= 6 else 2}"


def book_of(installation: str) -> str:
    """What all logs of an installation begin with, and the name of the key that signs them (*tên bộ sổ*)."""
    return f"{installation}/so"


def origin_of(book: str, shard: str, epoch: int) -> str:
    """The first line of every head of a log (*tên quyển sổ*)."""
    return f"{book}/{shard}/e{epoch}"


def parse_origin(origin: str) -> tuple[str, str, int]:
    """Book, shard and epoch of an origin. Raises `Invalid`."""
    found = _ORIGIN.fullmatch(origin)
    if found is None:
        raise Invalid("ledger.origin", "Tên quyển sổ không đọc được.", f"No log is called {origin!r}.")
    return found["book"], found["shard"], int(found["epoch"])
