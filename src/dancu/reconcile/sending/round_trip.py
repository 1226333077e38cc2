"""A list compared at a service: narrowed, sent, waited for, fetched, and the owner's own keys put back."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dancu.kernel.errors import Conflict
from dancu.reconcile.profiles.choosing import keys_of
from dancu.reconcile.profiles.table import ROLE_OF, Keys, Profile, get_profile
from dancu.reconcile.reading.columns import mapped
from dancu.reconcile.reading.headings import Role
from dancu.reconcile.running.folder import REPORT, TAX_LINKS
from dancu.reconcile.running.plan import REFERENCES, columns_said, open_listed
from dancu.reconcile.sending.narrowing import KEPT, narrow
from dancu.reconcile.sending.putting_back import put_back, put_back_links
from dancu.reconcile.sending.service import Service

ASKED_EVERY_SECONDS = 2.0
CAME, CAME_LINKS = "came.parquet", "came-links.csv"
_ALSO_COMPARED = (Role.SEX, Role.PROVINCE, Role.COMMUNE)
_ENDED = ("done", "failed", "cancelled", "deleted")


def send_and_fetch(
    file: Path,
    folder: Path,
    columns: list[str],
    service: Service,
    say: Callable[[str], None],
    sleep: Callable[[float], None] = time.sleep,
) -> dict[str, Any]:
    """Send a list, wait, fetch its results (*gửi danh sách và lấy kết quả*); run again, it goes on where it was. Gives the report.

    `columns` as `columns_said` reads them. Raises `Invalid` for a list that cannot be compared, `Conflict` when the round
    failed, and what the service refuses.
    """
    of = service.list()
    profile, opened = get_profile(str(of["profile"])), open_listed(file)
    found = mapped(opened, columns_said(columns))
    keys = keys_of(profile, opened, found)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    reference = next((role for role in REFERENCES if role in found.columns), None)
    made = narrow(opened, found, folder, also=_sent_of(profile, keys), reference=reference)
    say(f"{made.records:,} bản ghi, {made.bad_rows:,} dòng không đọc được (để lại ở máy này). Gửi {made.size:,} byte.")
    if not service.holds(made.digest):
        service.send(made.file, made.digest, lambda done, size: say(f"Đã gửi {done:,} / {size:,} byte"))
    begun = service.start(made.digest, file.name, made.mapping, "whole")
    ended = _wait(service, str(begun["id"]), say, sleep)
    if ended["state"] != "done":
        raise Conflict("service.round", ended["failure"] or "Đợt đối soát đã dừng ở dịch vụ.", "The round ended at the service.")
    service.fetch(ended["id"], "parquet", folder / CAME)
    put_back(folder / CAME, folder / KEPT, folder / "results")
    report: dict[str, Any] = ended["report"]
    if TAX_LINKS in report["files"]:
        service.fetch(ended["id"], "tax_links", folder / CAME_LINKS)
        put_back_links(folder / CAME_LINKS, folder / KEPT, folder / TAX_LINKS)
    (folder / REPORT).write_text(json.dumps(report, ensure_ascii=False, indent=1), encoding="utf-8")
    return report


def _sent_of(profile: Profile, keys: Keys) -> list[Role]:
    """What leaves besides number, name and birth date: what this list is told apart by, and what is looked at in it."""
    checked = (*keys, *_ALSO_COMPARED, *(ROLE_OF[each] for each in profile.checks))
    return [*(role for role in checked if role not in REFERENCES and role is not Role.PHONE), *profile.own]


def _wait(service: Service, round_id: str, say: Callable[[str], None], sleep: Callable[[float], None]) -> dict[str, Any]:
    told = ""
    while (now := service.round(round_id))["state"] not in _ENDED:
        stage = "Đang tạm dừng ở dịch vụ, chạy tiếp ở trang của đợt" if now["state"] == "paused" else now["stage"] or now["state"]
        line = f"{stage}: {now['done']:,} / {now['total']:,}"
        if line != told:
            say(line)
            told = line
        sleep(ASKED_EVERY_SECONDS)
    return now
