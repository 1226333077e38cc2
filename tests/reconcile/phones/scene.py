"""A round of subscribers whose matched numbers may flow: two persons of the registry, an operator, an officer on each side."""

from __future__ import annotations

import csv
import hashlib
from datetime import timedelta
from pathlib import Path

from dancu.identity.api import Officer, Organisation, add_officer, add_organisation
from dancu.kernel.config import Config
from dancu.reconcile import folders
from dancu.reconcile.domain import Round, RoundState
from dancu.reconcile.usecases import rounds
from tests.factories.database import load
from tests.factories.people import NAME, NOW, NUMBER, a_person_row
from tests.identity.scene import PASSWORD
from tests.reconcile import scene as lists
from tests.reconcile.scene import BINH

TEAM, OTHER_TEAM = lists.TEAM, lists.COLLEAGUE
REGISTRAR, APPROVER, SAME_UNIT = "canbo.danCu", "lanhdao.duyet", "lanhdao.cungdonvi"
HEADINGS = ("Mã khách hàng", "Số CCCD", "Họ và tên", "Ngày sinh", "Số thuê bao", "Ngày xác thực")
MAPPING = {"record_key": 0, "number": 1, "name": 2, "birth_date": 3, "phone": 4, "verified_on": 5}
HER_PHONE, HIS_PHONE = "0912345678", "0387654321"
LINES = (
    ("KH1", NUMBER, NAME, "17/05/1990", "+84 912 345 678", "02/03/2026"),
    ("KH2", BINH, "Nguyễn Văn Bình", "20/05/1993", HIS_PHONE, ""),
    ("KH3", BINH, "Nguyen Van Binh", "20/05/1993", "0700000001", "02/03/2026"),  # near: without marks
    ("KH4", NUMBER, NAME, "17/05/1990", "02438251234", "02/03/2026"),  # a fixed line
)


def prepare(tmp_path: Path) -> Config:
    """A home with a snapshot, two persons in the registry, officers of two operators and of the registry."""
    config = lists.a_home(tmp_path)
    (tmp_path / "nation").mkdir()
    load([a_person_row(NUMBER, NAME), a_person_row(BINH, "Nguyễn Văn Bình")], tmp_path / "nation")
    lists.appoint()
    add_organisation(Organisation("A05", "Cục thử"), {"DC": "Phòng dân cư"})
    add_officer(REGISTRAR, "Cán bộ Dân Cư", lists.REGISTRY, "DC", ["registrar"], PASSWORD)
    add_officer(APPROVER, "Lãnh đạo Duyệt", "A05", "DC", ["registrar-approver"], PASSWORD)
    add_officer(SAME_UNIT, "Lãnh đạo Cùng Đơn Vị", lists.REGISTRY, "DC", ["registrar-approver"], PASSWORD)
    return config


def team(account: str = TEAM) -> Officer:
    return lists.an_officer(account)


def a_file(home: Path, lines: tuple[tuple[str, ...], ...], headings: tuple[str, ...] = HEADINGS) -> rounds.Arrived:
    path = folders.incoming(home) / "thue-bao.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([headings, *lines])
    content = path.read_bytes()
    return rounds.Arrived(path, hashlib.sha256(content).hexdigest(), len(content), path.name)


def a_round(
    config: Config, lines: tuple[tuple[str, ...], ...] = LINES, account: str = TEAM, mapping: dict[str, int] | None = None
) -> Round:
    """A round that was compared to its end."""
    officer = team(account)
    of = lists.a_list(officer)
    made = rounds.receive_file(officer, of.id, a_file(config.home, lines), lists.Scope.WHOLE, config.home, now=NOW)
    rounds.choose_columns(officer, made.id, rounds.Columns(mapping or MAPPING), config.home, now=NOW)
    rounds.start(officer, made.id, now=NOW)
    assert lists.worked(config, NOW + timedelta(seconds=2)) == [RoundState.DONE]
    return lists.store.get_round(made.id)
