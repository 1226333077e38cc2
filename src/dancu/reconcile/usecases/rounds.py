"""What a data team does with a round: send a file, say what its columns are, start, pause, resume, cancel, download, delete it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID, uuid4

from django.db import transaction

from dancu.identity.api import Officer
from dancu.kernel.errors import Conflict, DancuError, Invalid, NotFound
from dancu.reconcile import folders, store, work
from dancu.reconcile.domain import Asked, Round, RoundAct, RoundState, Scope, SourceList, check_start, file_too_large
from dancu.reconcile.usecases.lists import record
from dancu.reconcile.work import SeenList

FILE_NAME_LENGTH_MAX = 200


@dataclass(frozen=True, slots=True)
class Arrived:
    """A file that arrived whole, where it lies for now (*tệp vừa nhận*)."""

    path: Path
    digest: str
    size: int
    name: str


@dataclass(frozen=True, slots=True)
class Columns:
    """What an owner says her columns are (*ghép cột*): role → column from 0, and the role the report counts by."""

    mapping: Mapping[str, int]
    grouped_by: str = ""


def receive_file(officer: Officer, list_id: UUID, arrived: Arrived, scope: Scope, home: Path, *, now: datetime) -> Round:
    """A new round of a list from a file that arrived (*nhận tệp danh sách*). Raises `Invalid` for its size, `Conflict`, `NotFound`.

    What cannot be read is kept all the same: the page of columns says what is wrong.
    """
    of = store.get_list(list_id)
    limits = store.limits_of(of.organisation, now)
    if arrived.size > limits.file_bytes:
        raise file_too_large(limits)
    if not arrived.size:
        raise Invalid("reconcile.file_empty", "Tệp không có nội dung. Bạn chọn lại tệp.", "The file is empty.", field="file")
    with transaction.atomic():
        number = store.next_number(list_id)
        if scope is Scope.MENDED and number == 1:
            raise Conflict(
                "reconcile.nothing_before",
                "Danh sách chưa có đợt nào nên chưa gửi riêng các dòng đã sửa được. Bạn gửi cả danh sách.",
                "There is no round before this one. Send the whole list.",
                field="scope",
            )
        _check_not_sent(of, arrived.digest)
        name = arrived.name[-FILE_NAME_LENGTH_MAX:]
        made = Round(
            uuid4(), list_id, of.organisation, number, RoundState.WAITING, scope, name, arrived.digest, arrived.size,
            officer.account, now, now,
        )  # fmt: skip
        store.add_round(made)
        store.record_action(made, RoundAct.UPLOAD, officer.account, now, {"bytes": arrived.size, "sha256": arrived.digest})
        arrived.path.replace(folders.kept_file(home, list_id, arrived.digest))
    return made


def receive_said(
    officer: Officer, list_id: UUID, arrived: Arrived, columns: Columns, scope: Scope, home: Path, *, now: datetime
) -> Round:
    """The same from a program, which says its columns at once: a file they do not fit makes no round. Raises as both do."""
    work.checked_mapping(arrived.path, columns.mapping, store.get_list(list_id).profile)
    return receive_file(officer, list_id, arrived, scope, home, now=now)


def _check_not_sent(of: SourceList, digest: str) -> None:
    """The same file again says nothing new; a round that was cancelled or failed does not count."""
    same = store.live_round_with(of.id, digest)
    if same is not None:
        raise Conflict(
            "reconcile.same_file",
            f"Tệp này giống hệt tệp của đợt {same.number}. Bạn gửi tệp đã sửa, hoặc xem kết quả của đợt {same.number}.",
            f"This file is the one of round {same.number}. Send the mended file.",
            field="file",
        )


def look_at(round_: Round, home: Path) -> SeenList | DancuError:
    """What a round's file holds, or why it cannot be read (*xem qua tệp*); the refusal is a value: the file stays."""
    try:
        return work.look(file_of(round_, home))
    except DancuError as failure:
        return failure


def choose_columns(officer: Officer, round_id: UUID, columns: Columns, home: Path, *, now: datetime) -> Round:
    """Say what the columns are (*ghép cột*). Raises `Invalid` naming what is missing, `Conflict` once the round began."""
    found = store.get_round(round_id)
    of = store.get_list(found.list_id)
    mapping = work.checked_mapping(file_of(found, home), columns.mapping, of.profile)
    grouped_by = work.group_of(mapping, columns.grouped_by)
    with transaction.atomic():
        found = store.get_round(round_id, lock=True)
        if found.state is RoundState.FAILED:
            folders.start_over(folders.round_folder(home, round_id))
        store.change_round(found, RoundState.MAPPING, at=now, mapping=mapping, grouped_by=grouped_by)
        store.record_action(found, RoundAct.MAP, officer.account, now, {"roles": sorted(mapping)})
    return store.get_round(round_id)


def start(officer: Officer, round_id: UUID, *, now: datetime) -> Round:
    """Start a round, or let one that failed go on (*bắt đầu đối soát*). Recorded. Raises `Conflict`, `TooMany` for a limit."""
    return _queue(officer, round_id, RoundAct.START, now)


def resume(officer: Officer, round_id: UUID, *, now: datetime) -> Round:
    """Let a paused round go on where it was (*chạy tiếp*). Raises as above."""
    return _queue(officer, round_id, RoundAct.RESUME, now)


def _queue(officer: Officer, round_id: UUID, act: RoundAct, now: datetime) -> Round:
    with transaction.atomic():
        found = store.get_round(round_id, lock=True)
        if not found.mapping:
            raise Conflict(
                "reconcile.not_mapped",
                "Bạn ghép cột trước khi bắt đầu đối soát.",
                "Say what the columns are first.",
                field="mapping",
            )
        check_start(store.limits_of(found.organisation, now), store.use_of(found.organisation, now, but=round_id))
        entry = ""
        if act is RoundAct.START:
            of = store.get_list(found.list_id)
            entry = record(officer.account, of, f"reconcile.started:{found.code}", now)
        anew = {"asked": Asked.NOTHING, "failure": "", "failure_en": "", "failures": 0, "heartbeat_at": None}
        store.change_round(found, RoundState.QUEUED, at=now, queued_at=now, **anew)
        store.record_action(found, act, officer.account, now, entry=entry)
    return store.get_round(round_id)


def pause(officer: Officer, round_id: UUID, *, now: datetime) -> Round:
    """Let a round rest (*tạm dừng*): at once where it only waits, else as soon as the worker hears of it. Raises `Conflict`."""
    with transaction.atomic():
        found = store.get_round(round_id, lock=True)
        if found.state is RoundState.COMPARING:
            store.keep_facts(found.id, asked=Asked.PAUSE)
        else:
            store.change_round(found, RoundState.PAUSED, at=now)
        store.record_action(found, RoundAct.PAUSE, officer.account, now)
    return store.get_round(round_id)


def cancel(officer: Officer, round_id: UUID, home: Path, *, now: datetime) -> Round:
    """End a round before its end (*huỷ đợt đối soát*); what it made is removed, its file stays. Raises `Conflict`."""
    with transaction.atomic():
        found = store.get_round(round_id, lock=True)
        if found.state is RoundState.COMPARING:
            store.keep_facts(found.id, asked=Asked.CANCEL)
        else:
            store.change_round(found, RoundState.CANCELLED, at=now)
            work.cancel(folders.round_folder(home, found.id))
        of = store.get_list(found.list_id)
        entry = record(officer.account, of, f"reconcile.cancelled:{found.code}", now)
        store.record_action(found, RoundAct.CANCEL, officer.account, now, entry=entry)
    return store.get_round(round_id)


def delete(officer: Officer, round_id: UUID, home: Path, *, now: datetime) -> None:
    """Delete the results and the file of a round (*xoá đợt đối soát*). What says who was compared stays for those persons.

    Raises `Conflict` while it runs.
    """
    with transaction.atomic():
        found = store.get_round(round_id, lock=True)
        of = store.get_list(found.list_id)
        store.change_round(found, RoundState.DELETED, at=now, work_removed_at=now)
        entry = record(officer.account, of, f"reconcile.deleted:{found.code}", now)
        store.record_action(found, RoundAct.DELETE, officer.account, now, entry=entry)
        if not store.other_rounds_with(found):
            folders.kept_file(home, found.list_id, found.file_digest).unlink(missing_ok=True)
        folders.remove_results(folders.round_folder(home, found.id))


def download(officer: Officer, round_id: UUID, what: str, home: Path, *, now: datetime) -> Path:
    """The folder of a finished round, for a file of it (*tải kết quả*). Recorded. Raises `NotFound`, `Conflict`."""
    found = store.get_round(round_id)
    if not found.is_done:
        raise Conflict("reconcile.no_results", "Đợt này chưa có kết quả để tải.", "This round has no results yet.")
    folder = folders.round_folder(home, found.id)
    if what in work.RESULT_FILES and not (folder / work.RESULT_FILES[what][0]).is_file():
        raise NotFound("reconcile.no_file", "Không có tệp kết quả này.", "There is no such file of results.")
    with transaction.atomic():
        entry = record(officer.account, store.get_list(found.list_id), f"reconcile.downloaded:{found.code}:{what}", now)
        store.record_action(found, RoundAct.DOWNLOAD, officer.account, now, {"what": what}, entry)
    return folder


def file_of(round_: Round, home: Path) -> Path:
    """The kept file of a round. Raises `NotFound` once it was deleted."""
    path = folders.kept_file(home, round_.list_id, round_.file_digest)
    if not path.is_file():
        raise NotFound("file.none", "Không có tệp này, hoặc tệp đã bị xoá.", "There is no such file, or it was deleted.")
    return path
