"""A job in its folder, from where it stands to its end: stage after stage, each kept when it is whole, none done twice."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from dancu.reconcile.engine.exact import Batch
from dancu.reconcile.engine.name_keys import NameKey
from dancu.reconcile.engine.snapshot import Snapshot
from dancu.reconcile.reading.files import OpenedList
from dancu.reconcile.reading.limits import Limits
from dancu.reconcile.running import duplicates, elsewhere, refusals, report, searching, writing
from dancu.reconcile.running.commitment import commit
from dancu.reconcile.running.comparing import Comparison, OwnChecks, compare_list, records_of
from dancu.reconcile.running.elsewhere import CompareElsewhere, Said, Task
from dancu.reconcile.running.folder import (
    CANCELLED,
    COMMITMENT,
    PARTS,
    PLAN,
    QUARANTINE,
    REPORT,
    TIMING,
    WORK,
    disk_errors,
    held,
    remove_made,
    remove_work,
    sweep,
    write_file,
)
from dancu.reconcile.running.keys import check_key, key_id
from dancu.reconcile.running.parts import about_parts
from dancu.reconcile.running.plan import LOCAL, Plan, list_print, mapping_of, open_known, open_listed, read_plan
from dancu.reconcile.running.progress import Outcome, Stage, StoppedError, Watch, Watcher, Wish
from dancu.reconcile.running.searching import FindCandidates
from dancu.reconcile.running.whole import look_at_whole

COMPARED_ALL = "compared.json"
NOT_ASKED, NOBODY_SEARCHES = "not asked for", "no search is installed"


@dataclass(frozen=True, slots=True)
class Others:
    """What a job takes from elsewhere (*phần mở rộng*): who searches candidates, what a profile looks at,
    who does the exact part where the plan does not leave it to this process."""

    find: FindCandidates | None = None
    checks: OwnChecks | None = None
    elsewhere: CompareElsewhere | None = None


def run(folder: Path, key: NameKey, watch: Watch, others: Others | None = None) -> Outcome:
    """Run a job from where it stands (*chạy đối soát*); a killed, paused or failed one goes on.

    Raises `NotFound` for a list or snapshot that is gone, `Conflict` where another process runs it, it was cancelled, or list,
    snapshot or key are not those it began with, `Unavailable` when the disk is full.
    """
    plan = read_plan(folder)
    with disk_errors(), held(folder):
        if (folder / CANCELLED).exists():
            remove_made(folder)  # the process that cancelled may have been killed meanwhile
            raise refusals.cancelled()
        sweep(folder)
        if (folder / REPORT).exists():
            return Outcome.DONE
        if plan.key_id != key_id(key):
            raise refusals.other_key()
        job = _Job(folder, plan, key, watch, others or Others())
        try:
            job.run()
        except StoppedError as stopped:
            if stopped.wish is Wish.PAUSE:
                return Outcome.PAUSED
            _cancel(folder)
            return Outcome.CANCELLED
        return Outcome.DONE


def cancel(folder: Path) -> None:
    """End a job that does not run and take away what it made (*huỷ đối soát*). Raises `Conflict` while a process runs it."""
    read_plan(folder)
    with held(folder):
        _cancel(folder)


def _cancel(folder: Path) -> None:
    write_file(folder / CANCELLED, b"")
    remove_made(folder)


def is_done(folder: Path) -> bool:
    """Are all results of a job there?"""
    return (folder / PLAN).exists() and (folder / REPORT).exists()


def timing_of(folder: Path) -> dict[str, float]:
    """Seconds each stage took so far, over all runs (*thời gian từng bước*)."""
    try:
        found: dict[str, float] = json.loads((folder / TIMING).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return found


class _Job:
    """One run."""

    def __init__(self, folder: Path, plan: Plan, key: NameKey, watch: Watch, others: Others) -> None:
        self._folder, self._plan, self._key, self._watch, self._others = folder, plan, key, watch, others

    def run(self) -> None:
        with self._stage(Stage.COMPARING) as watcher:
            self._compare(watcher)
        if self._plan.duplicates and not duplicates.is_found(self._folder):
            with self._stage(Stage.DUPLICATES) as watcher:
                duplicates.find_repeated(self._folder, self._snapshot.persons, self._plan.one_to_one, watcher)
        if self._plan.candidates and self._others.find and not (self._folder / WORK / searching.CANDIDATES).exists():
            with self._stage(Stage.CANDIDATES) as watcher:
                searching.search(self._folder, self._snapshot, self._others.find, self._plan.one_to_one, watcher)
        with self._stage(Stage.RESULTS) as watcher:
            self._write_results(watcher)
        with self._stage(Stage.REPORT) as watcher:
            why = NOBODY_SEARCHES if self._plan.candidates else NOT_ASKED
            report.write_report(self._folder, self._plan, self._legacy(), why, watcher)

    @contextlib.contextmanager
    def _stage(self, stage: Stage) -> Iterator[Watcher]:
        watcher = Watcher(self._watch, stage)
        try:
            yield watcher
        finally:
            seconds = timing_of(self._folder)
            seconds[stage.value] = round(seconds.get(stage.value, 0.0) + watcher.seconds, 3)
            with contextlib.suppress(OSError):  # a full disk has said so already
                write_file(self._folder / TIMING, json.dumps(seconds, indent=1).encode() + b"\n")

    def _compare(self, watcher: Watcher) -> None:
        whole = self._folder / PARTS / COMPARED_ALL
        if whole.exists():
            return
        said = None if self._plan.engine == LOCAL else self._said_elsewhere(watcher)
        comparison = Comparison(self._plan, self._snapshot, self._key, self._others.checks, said)
        with self._list_read():
            compare_list(self._folder, self._opened, comparison, watcher)
        mapped = mapping_of(self._opened, self._plan).columns
        legacy = {role.value: column.legacy.value for role, column in mapped.items() if column.legacy}
        write_file(whole, json.dumps({"legacy": legacy}).encode() + b"\n")

    @contextlib.contextmanager
    def _list_read(self) -> Iterator[None]:
        """The list is read to its end, and it is the one the job began with."""
        try:
            yield
        except FileNotFoundError:
            raise refusals.list_gone() from None
        if list_print(Path(self._plan.list_file)) != self._plan.list_print:
            remove_work(self._folder)  # nobody knows of which of the two lists the parts are
            raise refusals.list_changed()

    def _said_elsewhere(self, watcher: Watcher) -> Said:
        """The verdicts of the engine the plan names, from it or from before a kill."""
        if (said := elsewhere.said_before(self._folder)) is not None:
            return said
        if self._others.elsewhere is None:
            raise refusals.unknown_engine(self._plan.engine)

        def tick() -> None:
            watcher.tell(0, 0)

        def records() -> Iterator[Batch]:
            with self._list_read():
                for batch in records_of(self._opened, self._plan):
                    tick()
                    yield batch

        work = elsewhere.own_folder(self._folder)
        task = Task(records, self._snapshot, work, self._folder.absolute().parent, tick)
        return elsewhere.say(self._folder, task, self._others.elsewhere)

    def _legacy(self) -> dict[str, str]:
        """Columns whose letters were of before Unicode; the list itself is not needed any more."""
        whole = json.loads((self._folder / PARTS / COMPARED_ALL).read_text(encoding="utf-8"))
        legacy: dict[str, str] = whole["legacy"]
        return legacy

    def _write_results(self, watcher: Watcher) -> None:
        total = sum(each.records for each in about_parts(self._folder))
        checks = self._others.checks
        self._once(COMMITMENT, lambda: commit(self._folder, self._snapshot, self._plan.salt, watcher))
        self._once(QUARANTINE, lambda: writing.write_quarantine(self._folder, Limits()))
        if checks and checks.whole:
            look_at_whole(self._folder, checks.whole, watcher)
        writing.write_results(self._folder, self._plan.formats, checks, self._plan.day, watcher, total)

    def _once(self, name: str, write: Callable[[], None]) -> None:
        if not (self._folder / name).exists():
            write()

    @cached_property
    def _opened(self) -> OpenedList:
        """The list the job began with."""
        opened = open_listed(Path(self._plan.list_file))
        if list_print(opened.path) != self._plan.list_print:
            raise refusals.list_changed()
        return opened

    @cached_property
    def _snapshot(self) -> Snapshot:
        """The snapshot the job began with."""
        snapshot = open_known(Path(self._plan.snapshot))
        if snapshot.version != self._plan.snapshot_version:
            raise refusals.snapshot_changed()
        check_key(snapshot, self._key)
        return snapshot
