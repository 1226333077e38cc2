"""Where snapshots lie: a folder a version under one home, one of them `current`, old ones removed when nobody needs them.

A version is made in a hidden folder and renamed when it is whole; `current` is a link that is exchanged by a rename. Whoever was
reading goes on reading: what is mapped stays mapped. A job that must find its version again after a pause holds it by name.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from dancu.kernel.config import Config
from dancu.kernel.errors import Conflict, NotFound
from dancu.reconcile.engine.snapshot import Snapshot, open_snapshot

DESCRIPTION = "snapshot.json"
KEPT_VERSIONS = 3
KEPT_DAYS = 30
_CURRENT, _UNFINISHED, _REMOVED, _HOLDS = "current", ".unfinished-", ".removed-", ".holds"
_VERSION = re.compile(r"\d{8}T\d{6}Z(-\d+)?")
_HOLDER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


@dataclass(frozen=True, slots=True)
class Version:
    """One snapshot on disk (*phiên bản bản chụp*)."""

    name: str
    folder: Path
    described: dict[str, Any]
    holders: tuple[str, ...]
    is_current: bool

    @property
    def taken_at(self) -> datetime:
        return datetime.fromisoformat(self.described["taken_at"])

    @property
    def bytes(self) -> int:
        return sum(each["bytes"] for each in (*self.described["files"], *self.described["parts"]))


class SnapshotHome:
    """The folder of all versions (*nơi giữ các bản chụp*). Readable by its owner only: it holds numbers and names."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def versions(self) -> list[Version]:
        """Newest first."""
        if not self.folder.is_dir():
            return []
        current = self._current_name()
        names = sorted((each.name for each in self.folder.iterdir() if _VERSION.fullmatch(each.name)), key=_order, reverse=True)
        return [self._version(name, current) for name in names if (self.folder / name / DESCRIPTION).is_file()]

    def current(self) -> Version | None:
        name = self._current_name()
        return self._version(name, name) if name else None

    def version(self, name: str) -> Version:
        """Raises `NotFound`."""
        if not _VERSION.fullmatch(name) or not (self.folder / name / DESCRIPTION).is_file():
            raise NotFound(
                "snapshot.none", "Không có bản chụp này, hoặc đã bị xoá.", "There is no such snapshot, or it was removed."
            )
        return self._version(name, self._current_name())

    def open_current(self) -> tuple[Version, Snapshot]:
        """Map the newest whole version (*mở bản chụp hiện hành*). Raises `NotFound` before the first one."""
        while version := self.current():
            try:
                return version, open_snapshot(version.folder)
            except FileNotFoundError:
                if self._current_name() == version.name:
                    raise
        raise NotFound(
            "snapshot.not_taken",
            "Chưa có bản chụp dân cư. Người quản trị chạy `dancu snapshot take` trước.",
            "There is no snapshot yet. The operator runs `dancu snapshot take` first.",
        )

    # -- who needs a version -----------------------------------------------------------------------------------------

    def hold(self, name: str, holder: str) -> None:
        """Keep a version until it is released under the same name (*giữ một bản chụp*). Raises `NotFound`."""
        assert _HOLDER.fullmatch(holder), "a holder is named like a file"
        with self._exclusive(".holding"):
            self.version(name)
            held = self._holds(name)
            held.mkdir(mode=0o700, exist_ok=True)
            (held / holder).touch()

    def release(self, name: str, holder: str) -> None:
        """Safe to repeat (*thôi giữ bản chụp*)."""
        assert _HOLDER.fullmatch(holder), "a holder is named like a file"
        with self._exclusive(".holding"):
            (self._holds(name) / holder).unlink(missing_ok=True)

    def prune(self, *, now: datetime, keep: int = KEPT_VERSIONS, days: int = KEPT_DAYS, dry: bool = False) -> list[Version]:
        """Remove versions beyond the newest `keep` and those older than so many days (*xoá bản chụp cũ*); gives them.

        Never the current one, never one that is held.
        """
        with self._exclusive(".holding"):
            gone = [
                version
                for place, version in enumerate(self.versions())
                if (place >= keep or now - version.taken_at > timedelta(days=days))
                and not version.is_current
                and not version.holders
            ]
            if not dry:
                for version in gone:
                    version.folder.rename(self.folder / f"{_REMOVED}{version.name}")
                    shutil.rmtree(self._holds(version.name), ignore_errors=True)
        if not dry:
            self._sweep(_REMOVED)
        return gone

    # -- making a version --------------------------------------------------------------------------------------------

    @contextmanager
    def making(self, now: datetime) -> Iterator[tuple[str, Path]]:
        """A name and a folder to work in; what a killed run left is cleared. One at a time: raises `Conflict`."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self._exclusive(".taking", is_waiting=False):
            self._sweep(_UNFINISHED)
            name = self._free_name(now)
            folder = self.folder / f"{_UNFINISHED}{name}"
            folder.mkdir(mode=0o700)
            try:
                yield name, folder
            finally:
                shutil.rmtree(folder, ignore_errors=True)

    def publish(self, name: str, folder: Path) -> Path:
        """Everything is on disk before the name is there; the link is exchanged last."""
        for file in [*folder.rglob("*"), folder]:
            _flush(file)
        final = self.folder / name
        folder.rename(final)
        link = self.folder / f"{_UNFINISHED}link"
        link.symlink_to(name)
        link.replace(self.folder / _CURRENT)
        _flush(self.folder)
        return final

    def _free_name(self, now: datetime) -> str:
        """Later than every name there is, whatever the clock says: the newest name is the newest state."""
        moment = f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
        last = max((each.name for each in self.folder.iterdir() if _VERSION.fullmatch(each.name)), key=_order, default="")
        if not last or _order(moment) > _order(last):
            return moment
        base, number = _order(last)
        return f"{base}-{number + 1}"

    def _version(self, name: str, current: str) -> Version:
        folder = self.folder / name
        described = json.loads((folder / DESCRIPTION).read_text(encoding="utf-8"))
        held = self._holds(name)
        holders = tuple(sorted(each.name for each in held.iterdir())) if held.is_dir() else ()
        return Version(name, folder, described, holders, name == current)

    def _current_name(self) -> str:
        link = self.folder / _CURRENT
        return os.readlink(link) if link.is_symlink() else ""

    def _holds(self, name: str) -> Path:
        return self.folder / f"{name}{_HOLDS}"

    def _sweep(self, prefix: str) -> None:
        for left in self.folder.glob(f"{prefix}*"):
            if left.is_dir() and not left.is_symlink():
                shutil.rmtree(left, ignore_errors=True)
            else:
                left.unlink(missing_ok=True)

    @contextmanager
    def _exclusive(self, name: str, *, is_waiting: bool = True) -> Iterator[None]:
        """A lock of the system's: it goes with the process, however that ends."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (self.folder / name).open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | (0 if is_waiting else fcntl.LOCK_NB))
            except BlockingIOError:
                raise Conflict(
                    "snapshot.being_taken",
                    "Một bản chụp khác đang được lập. Chờ xong rồi chạy lại nếu cần.",
                    "Another snapshot is being taken.",
                ) from None
            yield


def home_of(config: Config) -> SnapshotHome:
    """Raises `Conflict` where the installation takes no snapshots: the registry is at the hub above, or they are turned off."""
    folder = config.snapshot_home
    if folder is None:
        raise Conflict(
            "snapshot.off",
            "Hệ thống này không lập bản chụp: cơ sở dữ liệu dân cư ở nơi khác, hoặc DANCU_SNAPSHOTS=off.",
            "This installation takes no snapshots: the registry is elsewhere, or DANCU_SNAPSHOTS=off.",
        )
    return SnapshotHome(folder)


def _order(name: str) -> tuple[str, int]:
    base, _, number = name.partition("-")
    return base, int(number or 0)


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
