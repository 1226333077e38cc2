"""The demo's steering: a secretary, a ministry and a province that follow the tasks of the documents on file."""

from __future__ import annotations

import time
from collections.abc import Callable

SECRETARY, MINISTRY, PROVINCE = "thuky.tct", "daumoi.yte", "daumoi.hue"


def prepare_steering(password: str, say: Callable[[str], None]) -> None:
    """Accounts and tasks; what is there already stays."""
    from dancu.identity.api import Organisation, add_officer, add_organisation
    from dancu.kernel import clock
    from dancu.steering import api as steering

    for code, name, unit, account, role in (
        ("G22", "Văn phòng Chính phủ (mô phỏng)", "TCT", SECRETARY, "steering-secretary"),
        ("G18", "Bộ Y tế (mô phỏng)", "VP", MINISTRY, "steering-body"),
        ("H57", "UBND thành phố Huế (mô phỏng)", "VP", PROVINCE, "steering-body"),
    ):
        add_organisation(Organisation(code, name), {unit: "Bộ phận theo dõi"})
        add_officer(account, f"Cán bộ {account}", code, unit, [role], password)
    began = time.monotonic()
    new = steering.load_documents(organisation="G22", account="demo", now=clock.now())
    if new:
        say(f"{new} tasks of five documents in {time.monotonic() - began:.1f} s")
