"""The demo's lists: a simulated operator with its data team, a snapshot of the province, a dirty list and the same mended."""

from __future__ import annotations

import csv
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dancu.kernel.config import Config

OPERATOR, REGISTRY = "VT-MO-PHONG", "H57.12.3"
TEAM, REVIEWER = "nhom.dulieu", "xemlai.dancu"
LIST_NAME = "Thuê bao trả trước (mô phỏng)"
ROWS = 2_000
HEADINGS = ("Mã khách hàng", "Số giấy tờ", "Họ và tên", "Ngày sinh", "Chi nhánh", "Số thuê bao", "Ngày xác thực")
MAPPING = {"record_key": 0, "number": 1, "name": 2, "birth_date": 3, "source": 4, "phone": 5, "verified_on": 6}
# Mobile numbers in form, that ring nowhere: 095 was of a network that closed, and no other has it.
PHONE = "0950{:06d}"
SYSTEM, FOLLOWING, PROCEDURE = "thue-bao-mo-phong", "GIU", "DOI-SOAT"
BRANCHES = ("Chi nhánh Bắc", "Chi nhánh Nam", "Đại lý")
FILES = ("thue-bao-dot-1.csv", "thue-bao-dot-2-da-sua.csv")


def prepare_reconcile(config: Config, persons: int, password: str, say: Callable[[str], None]) -> None:
    """Accounts, snapshot, files to try with, and one round that waits for the worker; what is there already stays."""
    from dancu.reconcile.api import lists_of

    _appoint(password)
    officer = _team(password)
    if lists_of(officer):
        return
    began = time.monotonic()
    _connect(config)
    _take(config)
    files = _draw(config, persons)
    _start_first(officer, config, files[0])
    say(f"a snapshot and a list of {ROWS} subscribers to compare in {time.monotonic() - began:.1f} s; files in {files[0].parent}")


def folder_of(config: Config) -> Path:
    """Where the files to try with lie."""
    return config.home / "thu-doi-soat"


def _appoint(password: str) -> None:
    from dancu.identity.api import Organisation, add_officer, add_organisation
    from dancu.kernel import clock
    from dancu.onboarding import api as onboarding

    add_organisation(Organisation(OPERATOR, "Nhà mạng Mô Phỏng"), {"DL": "Nhóm dữ liệu (mô phỏng)"})
    add_organisation(Organisation(REGISTRY, "UBND phường Thuận Hóa (mô phỏng)", "H57"), {"DC": "Bộ phận dân cư"})
    add_officer(TEAM, "Nhóm Dữ Liệu", OPERATOR, "DL", ["data-team"], password)
    add_officer(REVIEWER, "Cán bộ Xem Lại", REGISTRY, "DC", ["list-reviewer"], password)
    onboarding.list_accounts_for("H57", [REVIEWER], by="demo", now=clock.now())
    onboarding.list_accounts_for(OPERATOR, [TEAM], by="demo", now=clock.now())


def _connect(config: Config) -> None:
    """A system of the operator that is told when one of its subscribers moves, dies or gets another number."""
    from dancu.kernel import clock
    from dancu.kernel.sealing import SealingKey
    from dancu.kernel.warrants import Field
    from dancu.onboarding import api as onboarding

    now, key = clock.now(), SealingKey.from_folder(config.key_dir)
    name, official = "Hệ thống quản lý thuê bao (mô phỏng)", onboarding.ConnectionState.OFFICIAL
    system = onboarding.InformationSystem(SYSTEM, OPERATOR, name, onboarding.ConnectionState.REGISTERED)
    onboarding.register_system(system, key=key, by="demo", now=now)
    onboarding.set_state(SYSTEM, official, reason="mô phỏng", by="demo", now=now)
    fields = frozenset({Field.PERSONAL_ID, Field.FULL_NAME, Field.BIRTH_DATE, Field.PERMANENT_RESIDENCE})
    purpose, basis = "Giữ đúng thông tin thuê bao", "Nghị định 163/2024/NĐ-CP"
    given = onboarding.Grant(SYSTEM, FOLLOWING, PROCEDURE, fields, purpose, basis, date(2020, 1, 1), may_subscribe=True)
    onboarding.grant(given, by="demo", now=now)


def _team(password: str) -> Any:
    """The data team, signed in as it would be."""
    from dancu.identity.api import SignInRefused, sign_in
    from dancu.kernel import clock

    found = sign_in(TEAM, password, "127.0.0.1", now=clock.now())
    if isinstance(found, SignInRefused):
        raise RuntimeError("the demonstration's own data team may not sign in")
    return found


def _draw(config: Config, persons: int) -> list[Path]:
    """The persons of the simulated province once more, and a list of some of them that knows its own truth."""
    import tempfile

    import polars as pl

    from dancu.population.api import UNITS_FILE
    from dancu.synth.api import Against, Order, Source, rates_of, write_against

    made = folder_of(config)
    made.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as drawn:
        order = Order(Source(1, UNITS_FILE), persons)
        rates = rates_of(order.source.read()[0], "subscribers")
        write_against(Against(order, min(1.0, ROWS / persons), rates), Path(drawn), 1)
        register = pl.read_parquet(f"{drawn}/register/part-*.parquet")
        lines = pl.read_parquet(f"{drawn}/list/part-*.parquet")
    names = dict(register.select("personal_id", "full_name").iter_rows())
    born = dict(register.select("personal_id", "birth_date").iter_rows())
    dirty, mended = [], []
    for at, row in enumerate(lines.iter_rows(named=True)):
        reference = f"KH{at + 1:06d}"
        own = (BRANCHES[at % len(BRANCHES)], PHONE.format(at), f"{at % 28 + 1:02d}/{at % 10 + 1:02d}/2026")
        dirty.append((reference, row["paper_no"], row["full_name"], row["birth_date"], *own))
        true = row["true_personal_id"]
        # A team mends most of what was told: every fifth is left for the round after.
        is_mended = row["causes"] and at % 5
        mended.append((reference, true, names[true], _as_written(born[true]), *own) if is_mended else dirty[-1])
    files = [made / name for name in FILES]
    for file, rows in zip(files, (dirty, mended), strict=True):
        with file.open("w", encoding="utf-8-sig", newline="") as out:
            csv.writer(out).writerows([HEADINGS, *rows])
    return files


def _as_written(iso: str) -> str:
    return "/".join(reversed(iso.split("-")))


def _take(config: Config) -> None:
    """A snapshot of the simulated registry, as one is taken of a real one."""
    from dancu.kernel import clock
    from dancu.reconcile import api as reconcile

    if reconcile.home_of(config).current() is None:
        reconcile.take_nightly(config, now=clock.now(), by="demo")


def _start_first(officer: Any, config: Config, file: Path) -> None:
    """The first round, sent, mapped and started as the data team would."""
    import hashlib
    import shutil

    from dancu.kernel import clock
    from dancu.reconcile.api import Arrived, Columns, ListWanted, Scope, add_list, choose_columns, receive_file, start

    now = clock.now()
    purpose = "Chuẩn hoá thông tin thuê bao"
    of = add_list(officer, ListWanted(LIST_NAME, "subscribers", "Hệ thống quản lý thuê bao (mô phỏng)", purpose, ""), now=now)
    copy = file.with_suffix(".arriving")
    shutil.copyfile(file, copy)
    content = copy.read_bytes()
    arrived = Arrived(copy, hashlib.sha256(content).hexdigest(), len(content), file.name)
    made = receive_file(officer, of.id, arrived, Scope.WHOLE, config.home, now=now)
    choose_columns(officer, made.id, Columns(MAPPING, "source"), config.home, now=now)
    start(officer, made.id, now=now)
