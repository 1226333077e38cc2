"""Versions on disk: whole or not there, exchanged in one step, kept while somebody needs them."""

from __future__ import annotations

import fcntl
import json
import stat
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from dancu.kernel.config import read_config
from dancu.kernel.errors import Conflict, NotFound
from dancu.kernel.upstream import Upstream
from dancu.reconcile.engine.snapshot import save_arrays
from dancu.reconcile.taking.home import SnapshotHome, home_of
from tests.factories.people import NOW
from tests.reconcile.engine.columns import snapshot

SOMEBODY = ("046090000101", "Trần Văn Hòa", "1990-05-17")


@pytest.fixture
def home(tmp_path: Path) -> SnapshotHome:
    return SnapshotHome(tmp_path / "snapshots")


def a_version(home: SnapshotHome, days_ago: int = 0) -> str:
    moment = NOW - timedelta(days=days_ago)
    with home.making(moment) as (name, folder):
        save_arrays(folder, replace(snapshot(SOMEBODY), version=name), {"taken_at": moment.isoformat(), "files": [], "parts": []})
        home.publish(name, folder)
    return name


def test_what_is_half_made_is_nobodys_version_and_is_cleared_by_the_next(home: SnapshotHome) -> None:
    first = a_version(home, 1)
    left = home.folder / ".unfinished-20261124T030000Z"
    left.mkdir()
    (left / "rows.npy").write_bytes(b"half")

    assert [each.name for each in home.versions()] == [first]
    second = a_version(home)

    assert [each.name for each in home.versions()] == [second, first]
    assert not left.exists()


def test_a_failure_while_making_leaves_everything_as_it_was(home: SnapshotHome) -> None:
    first = a_version(home, 1)

    def make_half() -> None:
        with home.making(NOW) as (_, folder):
            (folder / "rows.npy").write_bytes(b"half")
            raise OSError("disk full")

    with pytest.raises(OSError, match="full"):
        make_half()

    assert home.open_current()[0].name == first
    assert not list(home.folder.glob(".unfinished*"))


def test_one_version_is_made_at_a_time(home: SnapshotHome) -> None:
    with home.making(NOW), pytest.raises(Conflict, match=r"snapshot\.being_taken"), home.making(NOW):
        pass


def test_the_lock_of_a_process_that_ended_is_gone(home: SnapshotHome) -> None:
    a_version(home)
    with (home.folder / ".taking").open("w") as dead:
        fcntl.flock(dead, fcntl.LOCK_EX)

    assert a_version(home)


def test_two_versions_of_one_second_have_two_names_in_their_order(home: SnapshotHome) -> None:
    names = [a_version(home) for _ in range(11)]

    assert names[:2] == ["20261124T030000Z", "20261124T030000Z-1"]
    assert [each.name for each in home.versions()] == names[::-1]
    assert home.open_current()[0].name == names[-1]


def test_whoever_reads_a_version_goes_on_reading_when_it_is_removed(home: SnapshotHome) -> None:
    a_version(home, 1)
    version, mapped = home.open_current()
    a_version(home)

    home.prune(now=NOW, keep=1)

    assert not version.folder.exists()
    assert mapped.name_of(0) == snapshot(SOMEBODY).name_of(0)


def test_old_versions_go_by_count_and_by_age_but_not_the_current_one(home: SnapshotHome) -> None:
    names = [a_version(home, days) for days in (50, 40, 35, 20)]

    gone_by_age = home.prune(now=NOW, keep=3, days=30)
    gone_by_count = home.prune(now=NOW + timedelta(days=90), keep=1, days=1)

    assert [each.name for each in gone_by_age] == [names[2], names[1], names[0]]
    assert gone_by_count == []
    assert [each.name for each in home.versions()] == [names[3]]


def test_a_version_that_is_held_stays_until_it_is_released(home: SnapshotHome) -> None:
    first = a_version(home, 2)
    home.hold(first, "job-17")
    a_version(home)

    kept = home.prune(now=NOW, keep=1)
    home.release(first, "job-17")
    home.release(first, "job-17")
    gone = home.prune(now=NOW, keep=1)

    assert kept == []
    assert [each.name for each in gone] == [first]
    with pytest.raises(NotFound):
        home.hold(first, "job-17")


@pytest.mark.parametrize("name", ["", "current", "../../etc", "20261124T030000Z", ".unfinished-20261124T030000Z"])
def test_only_a_version_that_is_there_can_be_held(home: SnapshotHome, name: str) -> None:
    home.folder.mkdir()

    with pytest.raises(NotFound):
        home.hold(name, "job-17")


def test_a_trial_removes_nothing(home: SnapshotHome) -> None:
    first = a_version(home, 2)
    a_version(home)

    assert [each.name for each in home.prune(now=NOW, keep=1, dry=True)] == [first]
    assert len(home.versions()) == 2


def test_before_the_first_version_there_is_none_to_open(home: SnapshotHome) -> None:
    with pytest.raises(NotFound, match=r"snapshot\.not_taken"):
        home.open_current()


def test_only_its_owner_looks_into_the_home(home: SnapshotHome) -> None:
    name = a_version(home)

    for folder in (home.folder, home.folder / name):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_version_whose_description_is_missing_is_none(home: SnapshotHome) -> None:
    name = a_version(home)
    description = json.loads((home.folder / name / "snapshot.json").read_text())
    (home.folder / name / "snapshot.json").unlink()

    assert home.versions() == []
    assert description["version"] == name


def test_where_the_registry_is_elsewhere_or_they_are_off_there_is_no_home(tmp_path: Path) -> None:
    here = read_config({"DANCU_HOME": str(tmp_path)})
    chosen = read_config({"DANCU_HOME": str(tmp_path), "DANCU_SNAPSHOTS": "/srv/ban-chup"})
    off = read_config({"DANCU_SNAPSHOTS": "off"})
    below = read_config({"DANCU_UPSTREAM_URL": "https://tren.example/dan-cu", "DANCU_UPSTREAM_CLIENT": "tinh"})

    assert home_of(here).folder == tmp_path / "snapshots"
    assert home_of(chosen).folder == Path("/srv/ban-chup")
    assert isinstance(below.upstream, Upstream)
    for config in (off, below):
        with pytest.raises(Conflict, match=r"snapshot\.off"):
            home_of(config)
