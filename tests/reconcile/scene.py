"""Two organisations that keep lists, a reviewer of the registry, a home of their own with a small snapshot."""

from __future__ import annotations

import csv
import dataclasses
import hashlib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings

from dancu.identity.api import Officer, Organisation, add_officer, add_organisation
from dancu.kernel import clock
from dancu.kernel.config import Config
from dancu.kernel.sealing import SealingKey
from dancu.reconcile import folders, store
from dancu.reconcile.domain import Round, RoundState, Scope, SourceList
from dancu.reconcile.engine.build import build
from dancu.reconcile.engine.snapshot import MARK_DEAD, save_arrays
from dancu.reconcile.running.keys import name_key
from dancu.reconcile.usecases import lists, rounds, working
from tests.factories.people import NAME, NOW, NUMBER
from tests.identity.scene import PASSWORD
from tests.reconcile.engine.columns import persons

OPERATOR, OTHER, REGISTRY = "VT-THU", "VT-KHAC", "H57"
TEAM, COLLEAGUE, REVIEWER, DESK = "nhom.dulieu", "nhom.khac", "canbo01", "canbo.motcua"
VERSION = "20261123T170000Z"
BINH, CHI = "046093000002", "001193000003"
PEOPLE = ((NUMBER, NAME, "1990-05-17"), (BINH, "Nguyễn Văn Bình", "1993-05-20"), (CHI, "Lê Thị Chi", "1993-11-30"))
HEADINGS = ("Mã khách hàng", "Số CCCD", "Họ và tên", "Ngày sinh", "Tỉnh")
MAPPING = {"record_key": 0, "number": 1, "name": 2, "birth_date": 3, "province": 4}
CLEAN = (
    ("KH1", NUMBER, NAME, "17/05/1990", "Huế"),
    ("KH2", BINH, "Nguyễn Văn Bình", "20/05/1993", "Huế"),
)
# The third has no marks: near. The fourth is nobody's.
DIRTY = (
    CLEAN[0],
    ("KH2", BINH, "Nguyen Van Binh", "20/05/1993", "Huế"),
    ("KH4", "046099999999", "Phan Văn Không", "01/02/1990", "Hà Nội"),
)


def a_home(folder: Path) -> Config:
    """The configuration with a home of its own, which has keys and a snapshot of three persons."""
    home = folder / "home"
    config = dataclasses.replace(settings.CONFIG, home=home)
    config.key_dir.mkdir(parents=True)
    (config.key_dir / "secrets.key").write_bytes(bytes(range(32)))
    made = build([persons(*PEOPLE, marks={CHI: MARK_DEAD})], name_key(config.key_dir), VERSION)
    assert config.snapshot_home is not None
    save_arrays(config.snapshot_home / VERSION, made, {"taken_at": NOW.isoformat(), "files": [], "parts": []})
    (config.snapshot_home / "current").symlink_to(VERSION)
    return config


def appoint() -> None:
    add_organisation(Organisation(OPERATOR, "Nhà mạng Thử"), {"DL": "Nhóm dữ liệu"})
    add_organisation(Organisation(OTHER, "Nhà mạng Khác"), {"DL": "Nhóm dữ liệu"})
    add_organisation(Organisation(REGISTRY, "UBND thành phố Thử"), {"DC": "Bộ phận dân cư", "MC": "Một cửa"})
    for account, organisation, unit, role in (
        (TEAM, OPERATOR, "DL", "data-team"),
        (COLLEAGUE, OTHER, "DL", "data-team"),
        (REVIEWER, REGISTRY, "DC", "list-reviewer"),
        (DESK, REGISTRY, "MC", "desk"),
    ):
        add_officer(account, f"Cán bộ {account}", organisation, unit, [role], PASSWORD)


def an_officer(account: str = TEAM, organisation: str = OPERATOR, role: str = "data-team") -> Officer:
    from dancu.identity.models import Officer as Row
    from dancu.identity.usecases import officer_by_id

    found = officer_by_id(Row.objects.values_list("id", flat=True).get(account=account))
    assert found is not None
    return found


def a_list(officer: Officer, profile: str = "subscribers", now: datetime = NOW) -> SourceList:
    wanted = lists.ListWanted("Thuê bao trả trước", profile, "Hệ thống thuê bao", "Chuẩn hoá thuê bao", "")
    return lists.add_list(officer, wanted, now=now)


def a_file(home: Path, lines: Any = DIRTY, name: str = "thue-bao.csv") -> rounds.Arrived:
    """A file as it arrives."""
    path = folders.incoming(home) / name
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEADINGS, *lines])
    content = path.read_bytes()
    return rounds.Arrived(path, hashlib.sha256(content).hexdigest(), len(content), name)


def a_round(
    officer: Officer, of: SourceList, home: Path, lines: Any = DIRTY, scope: Scope = Scope.WHOLE, now: datetime = NOW
) -> Round:
    return rounds.receive_file(officer, of.id, a_file(home, lines), scope, home, now=now)


def started(
    officer: Officer, of: SourceList, home: Path, lines: Any = DIRTY, scope: Scope = Scope.WHOLE, now: datetime = NOW
) -> Round:
    made = a_round(officer, of, home, lines, scope, now)
    rounds.choose_columns(officer, made.id, rounds.Columns(MAPPING, "province"), home, now=now)
    return rounds.start(officer, made.id, now=now)


def worked(config: Config, now: datetime = NOW) -> list[RoundState]:
    """What the worker does now, in this process."""
    return [working.work_on(each, config, lambda: now) for each in working.take_due(now=now)]


def finished(
    officer: Officer, of: SourceList, config: Config, lines: Any = DIRTY, scope: Scope = Scope.WHOLE, now: datetime = NOW
) -> Round:
    made = started(officer, of, config.home, lines, scope, now)
    assert worked(config, now + timedelta(seconds=2)) == [RoundState.DONE]
    return store.get_round(made.id)


def sealing(config: Config) -> SealingKey:
    return SealingKey.from_folder(config.key_dir)


def entries(outcome: str) -> list[str]:
    """Outcomes that stand in the ledger and begin so."""
    import json

    from dancu.ledger.models import Entry

    bodies = [json.loads(bytes(body)) for body in Entry.objects.order_by("id").values_list("body", flat=True)]
    return [each["outcome"] for each in bodies if each["outcome"].startswith(outcome)]


def moment() -> datetime:
    return clock.now()
