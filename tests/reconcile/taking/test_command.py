"""What the operator types and what happens every night."""

from __future__ import annotations

import json
import os
import random
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings

from dancu.kernel.config import Config
from dancu.ledger import api as ledger
from dancu.reconcile import api
from dancu.reconcile.tasks import take_tonights_snapshot
from tests.factories.people import NOW
from tests.population.scene import dancu, load_rows
from tests.reconcile.taking.registry import some_rows

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Config:
    monkeypatch.setenv("DANCU_SNAPSHOTS", str(tmp_path / "snapshots"))
    made = replace(settings.CONFIG, snapshots=str(tmp_path / "snapshots"), database_url=os.environ["DATABASE_URL"])
    monkeypatch.setattr(settings, "CONFIG", made)
    return made


def test_the_operator_takes_lists_and_removes_versions(config: Config, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    load_rows(some_rows(random.Random(1), 30), tmp_path)

    code, said, _ = dancu(capsys, "snapshot", "take", "--json", "--officer", "quantri01")
    first = json.loads(said)
    _, said_again, _ = dancu(capsys, "snapshot", "take")
    listed = [json.loads(line) for line in dancu(capsys, "snapshot", "list", "--json")[1].splitlines()]
    removed = dancu(capsys, "snapshot", "prune", "--keep", 1)[1]

    assert (code, first["full"], first["persons"] > 0) == (0, True, True)
    assert ledger.entry_by_reference(first["ledger"]).officer == "quantri01"
    assert "0 read again" in said_again
    assert [each["current"] for each in listed] == [True, False]
    assert {each["sha256"] for each in listed} == {first["sha256"]}
    assert removed == f"removed {first['version']}\n"


def test_a_hold_that_was_forgotten_is_taken_off(config: Config, capsys: pytest.CaptureFixture[str]) -> None:
    version = json.loads(dancu(capsys, "snapshot", "take", "--json")[1])["version"]
    api.home_of(config).hold(version, "job-17")

    held = dancu(capsys, "snapshot", "list")[1]
    code, _, _ = dancu(capsys, "snapshot", "release", version, "job-17")
    missing, _, said = dancu(capsys, "snapshot", "release", "20200101T000000Z", "job-17")

    assert "held by job-17" in held
    assert (code, missing) == (0, 1)
    assert "Không có bản chụp này" in said
    assert api.home_of(config).version(version).holders == ()


def test_while_a_version_is_made_another_is_refused_and_says_so(config: Config, capsys: pytest.CaptureFixture[str]) -> None:
    with api.home_of(config).making(NOW):
        code, said, told = dancu(capsys, "snapshot", "take")

    assert (code, said) == (1, "")
    assert "đang được lập" in told


def test_where_none_are_taken_the_command_says_why(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DANCU_SNAPSHOTS", "off")

    code, _, told = dancu(capsys, "snapshot", "take")

    assert code == 1
    assert "DANCU_SNAPSHOTS=off" in told


def test_every_night_a_version_is_taken_and_old_ones_go(config: Config) -> None:
    for _ in range(api.KEPT_VERSIONS + 1):
        take_tonights_snapshot(timestamp=0)

    assert len(api.home_of(config).versions()) == api.KEPT_VERSIONS


def test_the_nightly_one_waits_for_nobody(config: Config) -> None:
    with api.home_of(config).making(NOW):
        assert api.take_nightly(config, now=NOW) is None
    assert api.take_nightly(replace(config, snapshots="off"), now=NOW) is None


def test_the_worker_s_role_may_take_one(config: Config, tmp_path: Path) -> None:
    """No rights of the owner's are needed: the role of pages and worker reads the registry anyway."""
    from urllib.parse import urlsplit

    role = urlsplit(os.environ["DANCU_TEST_WEB"]).netloc
    own = urlsplit(os.environ["DATABASE_URL"])
    load_rows(some_rows(random.Random(1), 10), tmp_path)

    taken = api.take_nightly(replace(config, database_url=own._replace(netloc=role).geturl()), now=NOW)

    assert taken is not None
    assert taken.persons > 0


def test_keys_of_names_are_the_installation_s_own(tmp_path: Path) -> None:
    for place, folder in enumerate((tmp_path / "a", tmp_path / "b")):
        folder.mkdir()
        (folder / "secrets.key").write_bytes(bytes([place]) * 32)

    keys = [api.name_key(each) for each in (tmp_path / "a", tmp_path / "a", tmp_path / "b")]
    ids = [api.key_id(each) for each in (tmp_path / "a", tmp_path / "a", tmp_path / "b")]

    assert keys[0] == keys[1] != keys[2]
    assert ids[0] == ids[1] != ids[2]
    assert ids[0] not in f"{keys[0].first:x}{keys[0].second:x}"
