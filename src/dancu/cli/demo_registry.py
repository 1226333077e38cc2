"""The demo's registry office: two officers of two units, their grant, and a few persons with a history made by requests."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

PROVINCE, COMMUNE = "H57", "H57.12.3"
REGISTRAR, APPROVER = "canbo.dancu", "lanhdao.dancu"
CASE = "H57.12.3-261121-0001"
# Invented people beside the simulated province: a corrected name, a double, a replaced number, a family that moved.
NAMED, KEPT, DOUBLE, OLD, NEW = 46190000901, 46190000902, 46190000903, 46090000904, 46090000905
FATHER, MOTHER, CHILD, REVOKED = 46088000906, 46190000907, 46215000908, 46092000909
STORIES = 13
HOME, MOVED = ("46..19789", "27 Mô Phỏng"), ("46..19753", "108 Mô Phỏng")


def prepare_registry(password: str, say: Callable[[str], None]) -> None:
    """Officers, grant and the persons with a history; what is there already stays."""
    from dancu.onboarding import api as onboarding

    if any(system.client_id == onboarding.REGISTRY_SYSTEM for system, _ in onboarding.systems_with_grants()):
        return
    _appoint(password)
    began = time.monotonic()
    _load_people()
    _tell_stories()
    _connect()  # last: what was stopped half-way is taken up again
    say(f"a registry office with a history of {STORIES} requests in {time.monotonic() - began:.1f} s")


def _appoint(password: str) -> None:
    from dancu.identity.api import Organisation, add_officer, add_organisation
    from dancu.kernel import clock
    from dancu.onboarding import api as onboarding

    add_organisation(Organisation(PROVINCE, "UBND thành phố Huế (mô phỏng)"), {"QLDC": "Phòng Quản lý dân cư (mô phỏng)"})
    add_organisation(Organisation(COMMUNE, "UBND phường Thuận Hóa (mô phỏng)", PROVINCE), {"DC": "Bộ phận dân cư"})
    add_officer(REGISTRAR, "Cán bộ Dân Cư", COMMUNE, "DC", ["registrar"], password)
    add_officer(APPROVER, "Lãnh đạo Dân Cư", PROVINCE, "QLDC", ["registrar-approver"], password)
    onboarding.list_accounts_for(PROVINCE, [REGISTRAR, APPROVER], by="demo", now=clock.now())


def _connect() -> None:
    from dancu.kernel import clock
    from dancu.kernel.config import read_config
    from dancu.kernel.sealing import SealingKey
    from dancu.kernel.warrants import SENSITIVE_FIELDS, Field
    from dancu.onboarding import api as onboarding

    now, key = clock.now(), SealingKey.from_folder(read_config().key_dir)
    name, official = onboarding.REGISTRY_SYSTEM, onboarding.ConnectionState.OFFICIAL
    system = onboarding.InformationSystem(name, PROVINCE, "Phòng dân cư của dancu", onboarding.ConnectionState.REGISTERED)
    onboarding.register_system(system, key=key, by="demo", now=now)
    onboarding.set_state(name, official, reason="mô phỏng", by="demo", now=now)
    onboarding.grant(
        onboarding.Grant(
            name,
            "DAN-CU",
            "DC-TRA-CUU",
            frozenset(Field),
            "Quản lý, cập nhật Cơ sở dữ liệu quốc gia về dân cư",
            "Luật Căn cước 26/2023/QH15, Điều 9, Điều 10",
            date(2020, 1, 1),
            sensitive_fields=SENSITIVE_FIELDS,
            registry=True,
        ),
        by="demo",
        now=now,
    )


def _load_people() -> None:
    from dancu.kernel import clock
    from dancu.population.api import index_loaded, load_persons
    from dancu.synth.api import write_persons

    rows = [
        _person(NAMED, "Lê Thị Mô Phỏng Bính", "1990-04-12", 2, religion="2"),
        _person(KEPT, "Phạm Thị Mô Phỏng Cúc", "1990-09-30", 2),
        _person(DOUBLE, "Phạm Thị Mô Phỏng Cúc", "1990-09-03", 2, phone="0000000903", old_id_no="190000903"),
        _person(OLD, "Hồ Văn Mô Phỏng Dũng", "1990-12-01", 1),
        _person(FATHER, "Nguyễn Văn Mô Phỏng Hải", "1988-02-14", 1, id_cards=_card(FATHER)),
        _person(MOTHER, "Nguyễn Hoàng Phương Thảo Nguyên Anh", "1990-07-20", 2),
        _person(CHILD, "Nguyễn Mô Phỏng An", "2015-05-05", 2),
        _person(REVOKED, "Trần Văn Mô Phỏng Khoa", "1992-01-31", 1),
    ]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "stories.csv"
        write_persons(rows, file)
        load_persons(file, now=clock.now())
        index_loaded(now=clock.now())


def _person(number: int, name: str, born: str, sex: int, **more: str) -> dict[str, Any]:
    home = {"permanent_version": "L2-2025", "permanent_code": HOME[0], "permanent_detail": HOME[1]}
    return {
        "personal_id": f"{number:012d}",
        "full_name": name,
        "birth_date": born,
        "sex": str(sex),
        "ethnicity": "1",
        **home,
        **more,
    }


def _card(number: int) -> str:
    return f'[{{"kind": "cccd_chip", "number": "{number:012d}", "issued_on": "2021-06-01", "expires_on": "2028-02-14"}}]'


def _tell_stories() -> None:
    """Every change by the real requests: one officer asks, another of another unit approves."""
    from dancu.population.api import follow_changes
    from dancu.registrar.api import Correct, Event, FormHousehold, Merge, RegisterResidence, Relate, ReplaceNumber, Revoke

    married, born = date(2014, 3, 8), date(2015, 5, 5)
    wedding, birth = "Giấy chứng nhận kết hôn", "Trích lục khai sinh"
    old_home: dict[str, Any] = {"version": "L2-2025", "code": HOME[0], "detail": HOME[1], "valid_from": date(2025, 7, 1)}
    new_home: dict[str, Any] = {"version": "L2-2025", "code": MOVED[0], "detail": MOVED[1], "valid_from": date(2026, 3, 1)}
    family = {str(FATHER): "01", str(MOTHER): "02", str(CHILD): "03"}
    done = [
        (NAMED, Correct(items={"full_name": "Lê Thị Mô Phỏng Bình"}), birth),
        (KEPT, Merge(double_no=DOUBLE, items={"phone": "0000000903", "old_id_no": "190000903"}), "Biên bản đối chiếu hồ sơ"),
        (OLD, ReplaceNumber(new_number=NEW), "Quyết định xác lập lại số định danh"),
        (FATHER, Relate(relation="spouse", other_no=MOTHER, valid_from=married), wedding),
        (FATHER, Event(items={"marital_status": 2}, valid_from=married), wedding),
        (CHILD, Relate(relation="father", other_no=FATHER, valid_from=born), birth),
        (CHILD, Relate(relation="mother", other_no=MOTHER, valid_from=born), birth),
        (
            FATHER,
            FormHousehold(members=family, **old_home),
            "CT01",
        ),
        (
            FATHER,
            FormHousehold(members=family, **new_home),
            "CT01",
        ),
        (
            MOTHER,
            RegisterResidence(residence="current", version="L2-2025", code=HOME[0], detail=HOME[1], valid_from=date(2026, 9, 1)),
            "Tờ khai nơi ở hiện tại",
        ),
        (REVOKED, Correct(items={"birth_year": 1993, "birth_month": 1, "birth_day": 31}), birth),
        (REVOKED, Revoke(seq=1), "Biên bản kiểm tra"),
    ]
    assert len(done) + 1 == STORIES
    for at, (number, payload, paper) in enumerate(done):
        _ask(at, number, payload, paper, approve=True)
    _ask(len(done), REVOKED, Correct(items={"full_name": "Trần Văn Mô Phỏng Khoá"}), birth, approve=False)
    follow_changes()


def _ask(at: int, number: int, payload: Any, paper: str, *, approve: bool) -> None:
    from dancu.kernel import clock
    from dancu.kernel.errors import Conflict
    from dancu.population.api import Evidence, Hand
    from dancu.registrar.api import ActionKind, Actor, Content, Step, take_step, write_request

    author = Actor(Hand(REGISTRAR, f"{COMMUNE}/DC", REGISTRAR), frozenset({"registrar"}))
    approver = Actor(Hand(APPROVER, f"{PROVINCE}/QLDC", APPROVER), frozenset({"registrar-approver"}))
    evidence = Evidence(paper, f"{at + 1:02d}/2026", "UBND phường Thuận Hóa (mô phỏng)", "2026-11-02")
    content = Content(number, payload, evidence, "Người dân đề nghị, giấy tờ gốc đã đối chiếu", {})
    try:
        request = write_request(author, _story(at), content, seen="", now=clock.now())
    except Conflict:  # told before
        return
    take_step(author, Step(request.id, ActionKind.SUBMIT, request.digest), now=clock.now())
    if approve:
        take_step(approver, Step(request.id, ActionKind.APPROVE, request.digest), now=clock.now())


def _story(at: int) -> UUID:
    return uuid5(NAMESPACE_URL, f"dancu:demo:story:{at}")
