"""The worker's half: take rounds that are due, also those whose worker fell silent, and compare each from where it stands."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import structlog
from django.db import transaction

from dancu.kernel.clock import local
from dancu.kernel.config import Config
from dancu.kernel.errors import DancuError
from dancu.reconcile import folders, store, work
from dancu.reconcile.domain import Asked, Round, RoundAct, RoundState, Scope
from dancu.reconcile.running.progress import Outcome, Progress, Wish
from dancu.reconcile.usecases.lists import SYSTEM, record

ROUNDS_AT_ONCE = 2  # on this installation
STALE = timedelta(seconds=60)  # a worker that said nothing for so long is gone
TOLD_EVERY_SECONDS = 1.0
FAILURES_MAX = 3
WORK_KEPT = timedelta(days=30)
INCOMING_KEPT = timedelta(days=1)
RUNNING_ELSEWHERE = "reconcile.running_elsewhere"

log = structlog.get_logger("reconcile")
Moment = Callable[[], datetime]


def take_due(*, now: datetime) -> list[UUID]:
    """Rounds to work on now, the oldest first, also those whose worker was killed (*nhận việc đối soát*).

    One that ended its worker again and again is not tried for ever.
    """
    with transaction.atomic():
        claimed = store.claim_due(now, stale=STALE, at_once=ROUNDS_AT_ONCE)
        for round_id, failures in claimed:
            if failures >= FAILURES_MAX:
                _give_up(store.get_round(round_id), "killed", now)
    return [round_id for round_id, failures in claimed if failures < FAILURES_MAX]


@dataclass(slots=True)
class _Watching:
    """Tells the row how far the work is, about once a second, and hears from it what its owner asks."""

    round_id: UUID
    now: Moment
    is_wanted: Callable[[], bool]
    told_at: float = 0.0
    stage: str = ""
    asked: Asked = field(default=Asked.NOTHING)

    def __call__(self, progress: Progress) -> Wish:
        moment = time.monotonic()
        if progress.stage.value == self.stage and moment - self.told_at < TOLD_EVERY_SECONDS:
            return Wish.GO_ON
        self.told_at, self.stage = moment, progress.stage.value
        counts = {name: int(count) for name, count in progress.counts.items()}
        facts = {"stage": self.stage, "done": progress.done, "total": progress.of, "rate": progress.rate}
        self.asked = store.beat(self.round_id, self.now(), **facts, **({"counts": counts} if counts else {}))
        if self.asked is Asked.CANCEL:
            return Wish.CANCEL
        return Wish.GO_ON if self.asked is Asked.NOTHING and self.is_wanted() else Wish.PAUSE


def work_on(round_id: UUID, config: Config, now: Moment, is_wanted: Callable[[], bool] = lambda: True) -> RoundState:
    """Compare one round from where it stands (*đối soát một đợt*); whatever ends it stands in its row.

    Ends early, to be taken up again, once `is_wanted` says no.
    """
    found = store.get_round(round_id)
    if found.state is not RoundState.COMPARING:
        return found.state
    folder = folders.round_folder(config.home, round_id)
    watching = _Watching(round_id, now, is_wanted)
    try:
        _prepare(found, folder, config, now())
        outcome = work.run(folder, config.key_dir, watching)
        if outcome is Outcome.DONE:
            _finish(found, folder, config.home, now())
        elif outcome is Outcome.CANCELLED:
            _end(found, RoundState.CANCELLED, now())
        else:
            _end(found, RoundState.PAUSED if watching.asked is Asked.PAUSE else RoundState.QUEUED, now())
    except DancuError as failure:
        if failure.code == RUNNING_ELSEWHERE:
            return found.state
        _fail(found, failure.message, failure.message_en, failure.code, now())
    except Exception as failure:
        log.error("reconcile.round.failed", round=str(round_id), error=type(failure).__name__, exc_info=config.debug)
        _try_again(found, type(failure).__name__, now())
    state = store.get_round(round_id).state
    if state in (RoundState.DONE, RoundState.CANCELLED):
        work.let_snapshot_go(config, store.get_round(round_id).snapshot_version, _holder(round_id))
    return state


def _holder(round_id: UUID) -> str:
    return f"round-{round_id}"


def _prepare(found: Round, folder: Path, config: Config, now: datetime) -> None:
    if work.is_prepared(folder):
        return
    of = store.get_list(found.list_id)
    snapshot = work.hold_snapshot(config, _holder(found.id))  # a pause may outlast it otherwise
    file = folders.kept_file(config.home, found.list_id, found.file_digest)
    order = work.Order(file, snapshot, of.profile, found.mapping, local(now).date(), found.grouped_by)
    version = work.prepare(folder, order, config.key_dir)
    store.keep_facts(found.id, snapshot_version=version)


def _finish(found: Round, folder: Path, home: Path, now: datetime) -> None:
    """The figures, the comparison with the round before, and one entry of the ledger with the root over who was compared."""
    report, of = work.report_of(folder), store.get_list(found.list_id)
    before = store.done_before(found)
    if before is not None:
        made = work.since(folders.round_folder(home, before.id), folder, whole=found.scope is Scope.WHOLE)
        report["since"] = {"round": before.number, **made} if made else None
        report["counters"]["cleaned"] = made["cleaned"] if made else None
    told = {**report["counters"], "root": work.root_of(folder)}
    said = ",".join(f"{name}={value}" for name, value in told.items() if value is not None)
    with transaction.atomic():
        fresh = store.get_round(found.id, lock=True)
        entry = record(fresh.account, of, f"reconcile.finished:{fresh.code}:{said}", now)
        facts = {"finished_at": now, "report": report, "records": report["requested"], "heartbeat_at": None, "failures": 0}
        # A wish that came too late: it is done.
        store.change_round(fresh, RoundState.DONE, at=now, asked=Asked.NOTHING, **facts)
        store.record_action(fresh, RoundAct.FINISH, SYSTEM, now, told, entry)


def _end(found: Round, state: RoundState, now: datetime) -> None:
    with transaction.atomic():
        fresh = store.get_round(found.id, lock=True)
        store.change_round(fresh, state, at=now, asked=Asked.NOTHING, heartbeat_at=None)


def _fail(found: Round, words: str, words_en: str, code: str, now: datetime) -> None:
    with transaction.atomic():
        fresh = store.get_round(found.id, lock=True)
        told = {"failure": words, "failure_en": words_en, "asked": Asked.NOTHING, "heartbeat_at": None}
        store.change_round(fresh, RoundState.FAILED, at=now, **told)
        store.record_action(fresh, RoundAct.FAIL, SYSTEM, now, {"code": code})


def _try_again(found: Round, name: str, now: datetime) -> None:
    if store.count_failure(found.id) < FAILURES_MAX:
        _end(found, RoundState.QUEUED, now)
        return
    _give_up(found, name, now)


def _give_up(found: Round, name: str, now: datetime) -> None:
    words = "Hệ thống gặp sự cố khi đối soát; tệp và phần đã làm vẫn được giữ. Bạn bấm Chạy lại; nếu vẫn dừng, báo người vận hành."
    _fail(found, words, "The comparison broke off; what was done is kept. Run it again, or tell the operator.", name, now)


def tidy(config: Config, *, now: datetime) -> int:
    """Remove work files of rounds that ended long ago, and files that never arrived whole (*dọn tệp trung gian*)."""
    ended = store.finished_before(now - WORK_KEPT)
    for each in ended:
        folders.remove_work(folders.round_folder(config.home, each.id))
        work.let_snapshot_go(config, each.snapshot_version, _holder(each.id))
        with transaction.atomic():
            store.keep_facts(each.id, work_removed_at=now)
            store.record_action(each, RoundAct.TIDY, SYSTEM, now)
    for path in folders.incoming(config.home).iterdir():
        if path.stat().st_mtime < (now - INCOMING_KEPT).timestamp():
            path.unlink(missing_ok=True)
    return len(ended)
