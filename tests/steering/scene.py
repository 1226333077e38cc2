"""A secretary, two bodies with an officer each, and a few tasks."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

from dancu.identity.api import Officer, Organisation, add_officer, add_organisation
from dancu.steering import usecases
from dancu.steering.deadlines import parse_deadline
from dancu.steering.domain import Task
from tests.factories.people import NOW
from tests.identity.scene import PASSWORD

SECRETARY, HEALTH, JUSTICE, DESK = "thuky.tct", "daumoi.yte", "daumoi.tuphap", "canbo.motcua"
ASSIGNED = date(2026, 1, 6)


def appoint() -> None:
    add_organisation(Organisation("G01", "Bộ Công an"), {"TCT": "Tổ công tác"})
    add_organisation(Organisation("G18", "Bộ Y tế"), {"VP": "Văn phòng"})
    add_organisation(Organisation("G15", "Bộ Tư pháp"), {"VP": "Văn phòng"})
    for account, organisation, unit, role in (
        (SECRETARY, "G01", "TCT", "steering-secretary"),
        (HEALTH, "G18", "VP", "steering-body"),
        (JUSTICE, "G15", "VP", "steering-body"),
        (DESK, "G15", "VP", "desk"),
    ):
        add_officer(account, f"Cán bộ {account}", organisation, unit, [role], PASSWORD)


def an_officer(account: str) -> Officer:
    from dancu.identity.models import Officer as Row
    from dancu.identity.usecases import officer_by_id

    found = officer_by_id(Row.objects.values_list("id", flat=True).get(account=account))
    assert found is not None
    return found


def a_task(code: str = "NV-1", deadline: str = "2026-05", owners: tuple[str, ...] = ("G18",), **more: str) -> Task:
    words = {"document": "bc-2026", "clause": "III.1", "wording": f"Hoàn thành dữ liệu {code}", "group": "Kết nối, chia sẻ", **more}
    return Task(
        uuid4(), code, words["document"], words["clause"], words["wording"], words["group"], owners, ("G01",),
        parse_deadline(deadline), "", "Quyết định 06/QĐ-TTg", ASSIGNED,
    )  # fmt: skip


def set_tasks(*tasks: Task) -> int:
    return usecases.set_tasks([(task, task.owners) for task in tasks], organisation="G01", account=SECRETARY, now=NOW)
