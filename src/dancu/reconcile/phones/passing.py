"""A round's matched subscribers flow towards the registry: asked for by the operator, done by the worker piece by piece."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

import structlog
from django.db import transaction

from dancu.identity.api import Officer
from dancu.kernel.clock import local
from dancu.kernel.config import Config
from dancu.kernel.errors import Conflict, DancuError
from dancu.reconcile import folders
from dancu.reconcile import store as rounds
from dancu.reconcile.domain import Round
from dancu.reconcile.phones import domain, flow_store, usecases
from dancu.reconcile.phones.domain import Passing
from dancu.reconcile.taking.home import SnapshotHome, home_of
from dancu.reconcile.usecases.lists import record
from dancu.reconcile.usecases.rounds import file_of

SUBSCRIBERS, PHONE = "subscribers", "phone"
BROUGHT_A_STEP = 10_000

log = structlog.get_logger("reconcile")


def may_pass(of: Round, profile: str) -> bool:
    """Is there something in this round that could flow (*đợt có thể chuyển số thuê bao*)?"""
    return profile == SUBSCRIBERS and of.is_done and PHONE in of.mapping and of.work_removed_at is None


def ask_passing(officer: Officer, round_id: UUID, verified_on: date, config: Config, *, now: datetime) -> None:
    """Ask that a round's matched subscribers flow towards the registry (*đề nghị chuyển số thuê bao đã khớp*). Safe to repeat.

    `verified_on`: the day the operator verified the records that have no day of their own. Raises `Invalid` for such a day that
    cannot be, `Conflict` for a round without telephone numbers or whose work was tidied away.
    """
    found = rounds.get_round(round_id)
    of = rounds.get_list(found.list_id)
    if not may_pass(found, of.profile):
        raise _cannot_pass()
    domain.check_day(verified_on, local(now).date())
    try:
        home_of(config).hold(found.snapshot_version, _holder(found.id))  # its rows say who the records led to
    except DancuError:
        raise _cannot_pass() from None
    with transaction.atomic():
        record(officer.account, of, f"reconcile.phones:{found.code}", now)
        flow_store.ask_passing(Passing(found.organisation, found.id, found.code, verified_on, officer.account, now))


def pass_due(config: Config, *, now: datetime, seconds: float) -> int:
    """Bring subscribers of rounds that wait, for about so many seconds (*chuyển số thuê bao đang chờ*); gives how many are new.

    One that was cut off goes on where it was; what was brought twice changes nothing.
    """
    until, new = time.monotonic() + seconds, 0
    for asked in flow_store.passings_due():
        before = asked.new
        try:
            asked = _passed(asked, config, now, until)
        except DancuError as failure:
            asked = replace(asked, done_at=now, failure=failure.message, failure_en=failure.message_en)
        except FileNotFoundError:
            refused = _cannot_pass()
            asked = replace(asked, done_at=now, failure=refused.message, failure_en=refused.message_en)
        flow_store.keep_progress(asked)
        new += asked.new - before
        if asked.done_at is not None:
            log.info("phones.passed", round=asked.round_code, total=asked.total, new=asked.new, failed=bool(asked.failure))
            _let_go(asked, config)
        if time.monotonic() >= until:
            break
    return new


def _passed(asked: Passing, config: Config, now: datetime, until: float) -> Passing:
    found = rounds.get_round(asked.round_id)
    if not found.is_done:
        raise Conflict("phone.round_gone", "Đợt đối soát này đã bị xoá.", "The round was deleted.")
    from dancu.reconcile.engine.snapshot import open_snapshot  # heavy, and only the worker reads lists
    from dancu.reconcile.phones import from_batches

    folder = folders.round_folder(config.home, found.id)
    snapshot = open_snapshot(home_of(config).version(found.snapshot_version).folder)
    file, today = file_of(found, config.home), local(now).date()
    flowing = from_batches.find_flowing(folder, file, snapshot.numbers_of, asked.verified_on, today)
    asked = replace(asked, total=flowing.total, contradictory=flowing.contradictory)
    while asked.done < asked.total:
        piece = from_batches.read_flowing(folder, asked.done, BROUGHT_A_STEP)
        new = usecases.bring(asked.organisation, piece, round_code=asked.round_code, by=asked.asked_by, now=now)
        asked = replace(asked, done=asked.done + len(piece), new=asked.new + new)
        flow_store.keep_progress(asked)
        if time.monotonic() >= until and asked.done < asked.total:
            return asked
    return replace(asked, done_at=now)


def _let_go(asked: Passing, config: Config) -> None:
    found = rounds.get_round(asked.round_id)
    if config.snapshot_home is not None:
        SnapshotHome(config.snapshot_home).release(found.snapshot_version, _holder(asked.round_id))


def _holder(round_id: UUID) -> str:
    return f"phones-{round_id}"


def _cannot_pass() -> Conflict:
    return Conflict(
        "phone.round",
        "Đợt này không chuyển được số thuê bao: danh sách không có cột số điện thoại, hoặc tệp trung gian đã được dọn. "
        "Bạn gửi lại danh sách rồi chuyển từ đợt mới.",
        "No number can be passed on from this round: the list has no column of telephone numbers, or its work was tidied away.",
    )
