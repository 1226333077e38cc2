"""Taking a snapshot: the whole registry, or whoever changed since the last version; the same arrays either way, byte for byte."""

from __future__ import annotations

import hashlib
import json
import shutil
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
from django.db import transaction
from numpy.typing import NDArray

from dancu.ledger import api as ledger
from dancu.population import api as population
from dancu.reconcile.engine.name_keys import NameKey
from dancu.reconcile.engine.snapshot import FORMAT
from dancu.reconcile.taking.arrays import ArraysWriter
from dancu.reconcile.taking.authority import warrant_to_take
from dancu.reconcile.taking.communes import Communes
from dancu.reconcile.taking.home import DESCRIPTION, SnapshotHome, Version
from dancu.reconcile.taking.parts import ROWS_A_PART, merged, part_of, read_part, write_part
from dancu.reconcile.taking.runs import Runs, RunWriter, cut, numbers_of

CONNECTIONS = 2
SAMPLE = 20_000
FULL_AFTER = timedelta(days=7)  # what was changed past the history (by hand, by a restore) comes in with the next full one
CHANGED_SHARE_MAX = 0.25  # beyond that reading everybody is cheaper
_PARTS_AHEAD = 4
_PARTS, _SCRATCH = "parts", ".scratch"


@dataclass(frozen=True, slots=True)
class Settings:
    """For whom, with which rights and keys a snapshot is taken (*thiết lập lập bản chụp*)."""

    url: str  # a role that may read the registry: the worker's
    key: NameKey
    key_id: str
    organisation: str
    by: str
    left_out: frozenset[int] = frozenset()  # planted persons
    connections: int = CONNECTIONS
    rows_a_part: int = ROWS_A_PART


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a take is (*tiến độ lập bản chụp*)."""

    stage: str  # reading, parts, index, disk
    done: int
    of: int
    persons: int


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of it (*kết quả lập bản chụp*)."""

    version: str
    folder: Path
    persons: int
    is_full: bool
    why_full: str  # empty where it was asked for, or is not
    changed: int  # looked at again; everybody in a full one
    sha256: str  # of the arrays: equal for equal registries, however they were taken
    reference: str
    seconds: dict[str, float] = field(default_factory=dict)


Watch = Callable[[Progress], None]


def take_snapshot(
    home: SnapshotHome, settings: Settings, *, now: datetime, full: bool = False, progress: Watch = lambda _: None
) -> Taken:
    """Read the registry into a new version and make it the current one (*lập bản chụp dân cư*).

    Nothing of it can be used before its entry stands in the ledger. Raises `Conflict` while another one is being taken.
    """
    with home.making(now) as (name, folder):
        warrant = warrant_to_take(settings.organisation, settings.by, now=now)
        with population.bulk_reading(
            settings.url, warrant, now=now, outcome=f"snapshot.read:{name}", connections=settings.connections
        ) as reading:
            taking = _Taking(home, settings, name, folder, reading, progress)
            base, why_full = (None, "") if full else taking.base(now)
            changed = taking.changed_since(base) if base is not None else None
            if base is not None and changed is None:
                base, why_full = None, "too many changes, or another database"
            taking.read(base, changed)
        taking.write(base)
        described = taking.describe(now, base)
        with transaction.atomic():
            outcome = f"snapshot.taken:{name}:{taking.persons}:{described['sha256']}"
            act = population.warranted_act(warrant, ledger.ActKind.ADMINISTER, outcome, "", population.BULK_FIELDS)
            reference = ledger.record(act, now=now)
        final = taking.publish({**described, "ledger": reference})
        return Taken(
            name, final, taking.persons, base is None, why_full, taking.looked_at, described["sha256"], reference, taking.seconds
        )


class _Taking:
    """One version while it is made."""

    def __init__(
        self,
        home: SnapshotHome,
        settings: Settings,
        name: str,
        folder: Path,
        reading: population.BulkReading,
        progress: Watch,
    ) -> None:
        self._home, self._settings, self._name, self._folder = home, settings, name, folder
        self._reading, self._moment, self._progress = reading, reading.moment, progress
        self._scratch, self._parts = folder / _SCRATCH, folder / _PARTS
        self._scratch.mkdir(mode=0o700)
        self._parts.mkdir(mode=0o700)
        self._left_out = np.array(sorted(settings.left_out), np.int64)
        self._read_again: NDArray[np.int64] = np.zeros(0, np.int64)
        self._bounds: list[int] = [0, 10**12]
        self._described_parts: list[dict[str, Any]] = []
        self.persons, self.looked_at, self.seconds = 0, 0, dict[str, float]()

    # -- what to go on from ------------------------------------------------------------------------------------------

    def base(self, now: datetime) -> tuple[Version | None, str]:
        """The version to go on from, or why everybody has to be read."""
        version = self._home.current()
        if version is None:
            return None, "there is no version yet"
        described = version.described
        if described.get("format") != FORMAT or "moment" not in described:
            return None, "another format"
        if described["key_id"] != self._settings.key_id:
            return None, "another key"
        if now - datetime.fromisoformat(described["full_at"]) > FULL_AFTER:
            return None, f"the last full one is older than {FULL_AFTER.days} days"
        return version, ""

    def changed_since(self, base: Version) -> population.ChangedSince | None:
        changed = self._reading.changed_since(msgspec.convert(base.described["moment"], population.Moment))
        if changed is None or len(changed.numbers) + changed.loaded > CHANGED_SHARE_MAX * base.described["persons"] + 1000:
            return None
        return changed

    # -- reading -----------------------------------------------------------------------------------------------------

    def read(self, base: Version | None, changed: population.ChangedSince | None) -> None:
        started = time.perf_counter()
        if base is None or changed is None:
            self._read_blocks(self._reading.everybody())
            about = self._reading.sample(SAMPLE)
            self._bounds = cut(about, self.looked_at, self._settings.rows_a_part)
        else:
            self._bounds = base.described["bounds"]
            if changed.loads and changed.loaded:
                self._read_blocks(self._reading.everybody(changed.loads))
            loaded = numbers_of(self._scratch)
            numbers = np.setdiff1d(changed.numbers, loaded)
            self._read_into("again", self._reading.of(numbers))
            self._read_again = np.union1d(loaded, numbers)
            self.looked_at = len(self._read_again)
        self.seconds["reading"] = time.perf_counter() - started

    def _read_blocks(self, iterators: Sequence[Iterator[population.BulkRows]]) -> None:
        """One thread a connection: while one waits for the server, another cuts what it got."""
        communes, done, lock = Communes(), 0, threading.Lock()

        def read(place: int) -> None:
            nonlocal done
            writer = RunWriter(self._scratch, f"run-{place}", communes, self._left_out)
            for block in iterators[place]:
                brought = writer.add(block)
                with lock:
                    done += 1
                    self.looked_at += brought
                    self._progress(Progress("reading", done, self._reading.blocks, self.looked_at))
            writer.finish()

        with ThreadPoolExecutor(len(iterators)) as pool:
            for each in [pool.submit(read, place) for place in range(len(iterators))]:
                each.result()

    def _read_into(self, run: str, blocks: Iterator[population.BulkRows]) -> None:
        writer = RunWriter(self._scratch, run, Communes(), self._left_out)
        for block in blocks:
            writer.add(block)
        writer.finish()

    # -- writing -----------------------------------------------------------------------------------------------------

    def write(self, base: Version | None) -> None:
        started = time.perf_counter()
        runs, arrays = Runs(self._scratch, self._bounds), ArraysWriter(self._folder, self._scratch)
        count = len(self._bounds) - 1

        def one(place: int) -> tuple[dict[str, Any], pa.Table]:
            return self._write_part(place, runs, base)

        for place, (described, part) in enumerate(_in_order(one, count, self._settings.connections)):
            self._described_parts.append(described)
            arrays.add(part)
            self._progress(Progress("parts", place + 1, count, arrays.persons))
        self.persons = arrays.persons
        self.seconds["parts"] = time.perf_counter() - started
        self._progress(Progress("index", 0, 1, self.persons))
        arrays.finish()
        self.seconds["index"] = time.perf_counter() - started - self.seconds["parts"]

    def _write_part(self, place: int, runs: Runs, base: Version | None) -> tuple[dict[str, Any], pa.Table]:
        file = self._parts / f"part-{place:05d}.parquet"
        begin, end = self._bounds[place : place + 2]
        if base is None:
            part = part_of(*runs.part(place), self._settings.key)
        else:
            before = base.folder / _PARTS / file.name
            again = self._read_again[slice(*np.searchsorted(self._read_again, [begin, end]))]
            if not len(again):
                file.hardlink_to(before)
                return {**base.described["parts"][place]}, read_part(file)
            part = merged(read_part(before), again, part_of(*runs.part(place), self._settings.key))
        write_part(part, file)
        return {**_digest(file), "begin": begin, "end": end, "persons": part.num_rows}, part

    # -- describing --------------------------------------------------------------------------------------------------

    def describe(self, now: datetime, base: Version | None) -> dict[str, Any]:
        started = time.perf_counter()
        self._progress(Progress("disk", 0, 1, self.persons))
        with ThreadPoolExecutor(self._settings.connections) as pool:
            files = list(pool.map(_digest, sorted(self._folder.glob("*.npy"))))
        whole = hashlib.sha256("".join(f"{each['sha256']}  {each['file']}\n" for each in files).encode()).hexdigest()
        self.seconds["digest"] = time.perf_counter() - started
        return {
            "format": FORMAT, "version": self._name, "persons": self.persons, "key_id": self._settings.key_id,
            "taken_at": now.isoformat(), "full_at": base.described["full_at"] if base else now.isoformat(),
            "base": base.name if base else "", "moment": msgspec.to_builtins(self._moment), "bounds": self._bounds,
            "sha256": whole, "files": files, "parts": self._described_parts,
        }  # fmt: skip

    def publish(self, described: dict[str, Any]) -> Path:
        started = time.perf_counter()
        shutil.rmtree(self._scratch)
        text = json.dumps(described, indent=1, sort_keys=True, ensure_ascii=False)
        (self._folder / DESCRIPTION).write_text(text, encoding="utf-8")
        final = self._home.publish(self._name, self._folder)
        self.seconds["publishing"] = time.perf_counter() - started
        return final


def _in_order(work: Callable[[int], Any], count: int, threads: int) -> Iterator[Any]:
    """What `work` gives for 0, 1, 2…, a few made ahead."""
    with ThreadPoolExecutor(threads) as pool:
        waiting: deque[Future[Any]] = deque()
        for place in range(count):
            waiting.append(pool.submit(work, place))
            if len(waiting) >= _PARTS_AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _digest(file: Path) -> dict[str, Any]:
    with file.open("rb") as source:
        digest = hashlib.file_digest(source, "sha256").hexdigest()
    return {"file": file.name, "bytes": file.stat().st_size, "sha256": digest}
