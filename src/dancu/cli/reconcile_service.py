"""`dancu reconcile LIST --service URL`: only what is compared leaves this machine, and the owner's own keys stay on it."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import typer

from dancu.kernel.errors import Conflict, Invalid
from dancu.reconcile.alone import KEPT, Role, Service, get_profile, keys_of, mapped, narrow, put_back
from dancu.reconcile.running.plan import REFERENCES, columns_said, open_listed

ASKED_EVERY_SECONDS = 2.0
CAME, REPORT = "came.parquet", "report.json"
_ENDED = ("done", "failed", "cancelled", "deleted")


def send_and_fetch(file: Path, folder: Path, columns: list[str], service: Service) -> dict[str, Any]:
    """Send a list, wait, fetch its results (*gửi danh sách và lấy kết quả*); run again, it goes on where it was.

    Raises `Invalid` for a list that cannot be compared, `Conflict` when the round failed, and what the service refuses.
    """
    of = service.list()
    profile, opened = get_profile(str(of["profile"])), open_listed(file)
    found = mapped(opened, columns_said(columns))
    keys_of(profile, opened, found)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    reference = next((role for role in REFERENCES if role in found.columns), None)
    also = [role for role in profile.also if role not in REFERENCES and role is not Role.PHONE]
    made = narrow(opened, found, folder, also=[*also, *profile.own], reference=reference)
    typer.echo(
        f"{made.records:,} bản ghi, {made.bad_rows:,} dòng không đọc được (để lại ở máy này). Gửi {made.size:,} byte.", err=True
    )
    if service.begun(made.digest) is None:
        service.send(made.file, made.digest, _tell_sent)
    begun = service.start(made.digest, file.name, made.mapping, "whole")
    ended = _wait(service, str(begun["id"]))
    if ended["state"] != "done":
        raise Conflict("service.round", ended["failure"] or "Đợt đối soát đã dừng ở dịch vụ.", "The round ended at the service.")
    service.fetch(ended["id"], "parquet", folder / CAME)
    put_back(folder / CAME, folder / KEPT, folder / "results")
    report: dict[str, Any] = ended["report"]
    (folder / REPORT).write_text(json.dumps(report, ensure_ascii=False, indent=1), encoding="utf-8")
    return report


def secret_in(file: Path | None) -> str:
    """The key of the list. Raises `Invalid` without one."""
    try:
        secret = file.read_text(encoding="utf-8").strip() if file else ""
    except OSError:
        secret = ""
    if not secret:
        raise Invalid(
            "service.key_file",
            "Cần tệp chứa khoá của danh sách (--key-file). Lập khoá ở trang của danh sách.",
            "A file with the key of the list is needed (--key-file). Make one on the page of the list.",
            field="key_file",
        )
    return secret


def _tell_sent(done: int, of: int) -> None:
    typer.echo(f"Đã gửi {done:,} / {of:,} byte", err=True)


def _wait(service: Service, round_id: str) -> dict[str, Any]:
    told = ""
    while (now := service.round(round_id))["state"] not in _ENDED:
        line = f"{now['stage'] or now['state']}: {now['done']:,} / {now['total']:,}"
        if line != told:
            typer.echo(line, err=True)
            told = line
        time.sleep(ASKED_EVERY_SECONDS)
    return now
