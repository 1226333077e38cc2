"""The records a finished round found for certain are linked to a kept list: asked for by its owner, done by the worker."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import structlog
from django.db import transaction

from dancu.kernel.config import Config
from dancu.kernel.errors import Conflict, DancuError, Invalid
from dancu.reconcile import folders
from dancu.reconcile import store as rounds
from dancu.reconcile.domain import Round
from dancu.reconcile.kept import domain, store, usecases
from dancu.reconcile.kept.domain import KeptList, Linking
from dancu.reconcile.kept.from_round import matched_links
from dancu.reconcile.taking.home import SnapshotHome, home_of

log = structlog.get_logger("reconcile")


def rounds_to_link(kept: KeptList) -> list[Round]:
    """Finished rounds of the same kind of list whose work is still there, the newest first (*các đợt có thể liên kết*)."""
    asked = {each.round_id for each in store.linkings_of(kept) if not each.failure}
    return [each for each in rounds.rounds_with_work(kept.profile) if each.id not in asked]


def ask_linking(list_id: UUID, round_id: UUID, officer: str, config: Config, *, now: datetime) -> None:
    """Ask that the records of a round that matched be linked (*đề nghị liên kết các bản ghi đã khớp*). Safe to repeat.

    Raises `Invalid` for a round of another kind or whose work is gone, `Conflict` for a list that has ended.
    """
    found = rounds.get_round(round_id)
    with transaction.atomic():
        kept = store.get_list(list_id, lock=True)
        domain.check_open(kept)
        if found.id not in {each.id for each in rounds.rounds_with_work(kept.profile)}:
            raise _cannot_be_linked()
        home = home_of(config)
        try:
            home.hold(found.snapshot_version, _holder(kept.id, found.id))  # its rows say who the records led to
        except DancuError:
            raise _cannot_be_linked() from None
        store.ask_linking(kept, found.id, found.code, officer, now)


def link_due(config: Config, *, now: datetime) -> int:
    """Link what was asked for (*liên kết các đợt đang chờ*); gives how many records. One that was cut off begins again."""
    linked = 0
    for asked in store.linkings_due():
        try:
            made = _link(asked, config, now)
            store.end_linking(asked, now, linked=made)
            linked += made
        except DancuError as failure:
            store.end_linking(asked, now, failure=failure.message, failure_en=failure.message_en)
        except FileNotFoundError:
            refused = _cannot_be_linked()
            store.end_linking(asked, now, failure=refused.message, failure_en=refused.message_en)
        _let_go(asked, config)
    return linked


def _link(asked: Linking, config: Config, now: datetime) -> int:
    found = rounds.get_round(asked.round_id)
    if not found.is_done:
        raise Conflict("kept.round_gone", "Đợt đối soát này đã bị xoá.", "The round was deleted.")
    version = home_of(config).version(found.snapshot_version)
    from dancu.reconcile.engine.snapshot import open_snapshot  # heavy, and only the worker links

    links = matched_links(folders.round_folder(config.home, found.id), open_snapshot(version.folder).numbers_of)
    return usecases.link(asked.list_id, links, round_code=found.code, since=version.taken_at, by=asked.asked_by, now=now)


def _let_go(asked: Linking, config: Config) -> None:
    found = rounds.get_round(asked.round_id)
    if config.snapshot_home is not None:
        SnapshotHome(config.snapshot_home).release(found.snapshot_version, _holder(asked.list_id, asked.round_id))


def _holder(list_id: UUID, round_id: UUID) -> str:
    return f"link-{list_id}-{round_id}"


def _cannot_be_linked() -> Invalid:
    return Invalid(
        "kept.round",
        "Đợt này không liên kết được: khác loại danh sách, hoặc tệp trung gian đã được dọn. "
        "Bạn gửi lại danh sách rồi liên kết đợt mới.",
        "This round cannot be linked: it is of another kind, or its work was tidied away. Send the list again.",
        field="round",
    )
