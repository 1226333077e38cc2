"""A data team's own machine and a service: what leaves, what stays, what happens when the line breaks."""

from __future__ import annotations

import csv
import dataclasses
import json
import threading
from datetime import timedelta
from http.client import BadStatusLine, IncompleteRead
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from dancu.cli import reconcile
from dancu.kernel.config import Config
from dancu.kernel.errors import Conflict, Invalid, NotAllowed, TooMany, Unavailable
from dancu.kernel.reach import SYSTEM, acting
from dancu.reconcile import store
from dancu.reconcile.keys.usecases import make_key
from dancu.reconcile.profiles.table import PROFILES
from dancu.reconcile.reading.columns import mapped
from dancu.reconcile.reading.files import open_list
from dancu.reconcile.reading.headings import Role
from dancu.reconcile.sending import service as of_service
from dancu.reconcile.sending.narrowing import KEPT, Narrowed, narrow
from dancu.reconcile.sending.putting_back import put_back
from dancu.reconcile.sending.round_trip import _sent_of, send_and_fetch
from dancu.reconcile.sending.service import Service
from tests.factories.people import NOW
from tests.reconcile.scene import CLEAN, DIRTY, HEADINGS, a_home, a_list, an_officer, appoint, worked


@pytest.fixture
def config(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Config:
    settings.CONFIG = a_home(tmp_path)
    monkeypatch.setattr("dancu.kernel.clock.now", lambda: NOW)
    return settings.CONFIG


@pytest.fixture
def secret(transactional_db: None, config: Config) -> str:
    with acting(SYSTEM):
        appoint()
        return make_key(an_officer(), a_list(an_officer()).id, "máy", "30", now=NOW)[1]


def own_list(tmp_path: Path) -> Path:
    path = tmp_path / "thue-bao.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEADINGS, *DIRTY])
        file.write('hỏng,"dấu nháy không đóng\n')
    return path


def narrowed(tmp_path: Path) -> Narrowed:
    opened = open_list(own_list(tmp_path))
    return narrow(opened, mapped(opened), tmp_path, reference=Role.RECORD_KEY)


def test_only_what_is_compared_leaves_the_machine(tmp_path: Path) -> None:
    made = narrowed(tmp_path)

    sent = pl.read_parquet(made.file)
    assert sent.columns == ["record_key", "number", "name", "birth_date"]
    assert sent["record_key"].to_list() == ["2", "3", "4"]
    assert (made.records, made.bad_rows) == (3, 1)
    whole = made.file.read_bytes()
    assert not any(line[0].encode() in whole or line[4].encode() in whole for line in DIRTY)
    assert pl.read_parquet(tmp_path / KEPT)["reference"].to_list() == ["KH1", "KH2", "KH4"]


def test_a_list_goes_to_the_service_and_its_results_come_back_with_the_owners_keys(
    tmp_path: Path, secret: str, live_server: Any, config: Config
) -> None:
    made, service = narrowed(tmp_path), Service(live_server.url, secret)

    service.send(made.file, made.digest)
    begun = service.start(made.digest, "thue-bao.csv", made.mapping, "whole")
    again = service.start(made.digest, "thue-bao.csv", made.mapping, "whole")
    with acting(SYSTEM):
        worked(config, NOW + timedelta(seconds=2))
    told = service.round(begun["id"])
    service.fetch(begun["id"], "parquet", tmp_path / "came.parquet")
    rows = put_back(tmp_path / "came.parquet", tmp_path / KEPT, tmp_path / "ket-qua")

    assert again["id"] == begun["id"], "an answer that was lost begins no second round"
    assert told["state"] == "done"
    assert told["report"]["counters"]["matched"] == 1
    assert rows == 3
    back = pl.read_parquet(tmp_path / "ket-qua.parquet")
    assert dict(zip(back["reference"], back["grade"], strict=True)) == {"KH1": "KHOP", "KH2": "GAN_KHOP", "KH4": "KHONG_TIM_THAY"}
    assert (tmp_path / "ket-qua.csv").read_text(encoding="utf-8-sig").splitlines()[1].split(",")[:2] == ["2", "KH1"]


def test_a_file_that_broke_off_is_sent_from_where_it_stood(
    tmp_path: Path, secret: str, live_server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = narrowed(tmp_path)
    monkeypatch.setattr(of_service, "PIECE_BYTES", 300)
    steps: list[int] = []

    def break_off(done: int, of: int) -> None:
        steps.append(done)
        if len(steps) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Service(live_server.url, secret).send(made.file, made.digest, break_off)
    Service(live_server.url, secret).send(made.file, made.digest, break_off)

    assert steps == [min(300 * (at + 1), made.size) for at in range(len(steps))]
    assert steps[-1] == made.size > 600


def test_a_line_that_fails_is_tried_again_and_given_up_with_words(tmp_path: Path, secret: str, live_server: Any) -> None:
    waits: list[float] = []
    gone = Service("http://127.0.0.1:9", secret, sleep=waits.append)

    with pytest.raises(Unavailable) as refused:
        gone.list()

    assert refused.value.code == "service.unreachable"
    assert waits == sorted(waits)
    assert len(waits) == of_service.TRIES - 1


def test_what_the_service_refuses_is_told_as_it_says_it(tmp_path: Path, secret: str, live_server: Any) -> None:
    with pytest.raises(NotAllowed) as refused:
        Service(live_server.url, secret + "x").list()
    service = Service(live_server.url, secret)
    service._told("PUT", "files/" + "0" * 64 + "?offset=0", b"x")
    with pytest.raises(Conflict) as early:
        service.start("0" * 64, "x", {}, "whole")

    assert refused.value.code == "reconcile.key"
    assert refused.value.message
    assert early.value.code == "reconcile.pieces_differ"


@pytest.mark.parametrize("address", ["http://doi-soat.vidu.vn", "ftp://x", "doi-soat", "file:///etc/passwd"])
def test_a_key_never_travels_without_encryption(address: str) -> None:
    with pytest.raises(Invalid) as refused:
        Service(address, "x")

    assert refused.value.field == "service"


def test_a_redirect_is_not_followed_with_the_key() -> None:
    from http.server import BaseHTTPRequestHandler, HTTPServer

    seen: list[str] = []

    class Elsewhere(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append(self.path)
            self.send_response(302)
            self.send_header("Location", f"http://127.0.0.1:{self.server.server_address[1]}/taken")
            self.end_headers()

        def log_message(self, *given: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Elsewhere)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        with pytest.raises(Unavailable):
            Service(f"http://127.0.0.1:{server.server_address[1]}", "x", sleep=lambda _: None).list()
    finally:
        server.shutdown()
        server.server_close()

    assert seen == ["/api/reconcile/list"]


def test_a_row_without_a_result_is_not_lost(tmp_path: Path) -> None:
    pl.DataFrame({"list_row": [2, 3], "reference": ["a", "=b"]}).write_parquet(tmp_path / "kept")
    pl.DataFrame({"list_row": [1], "reference": ["2"], "grade": ["KHOP"], "reason_bits": [0]}).write_parquet(tmp_path / "came")

    assert put_back(tmp_path / "came", tmp_path / "kept", tmp_path / "out") == 2
    assert (tmp_path / "out.csv").read_text(encoding="utf-8-sig").splitlines() == ["list_row,reference,grade", "2,a,KHOP", "3,'=b,"]


def test_the_command_sends_waits_and_fetches_and_run_again_sends_nothing_twice(
    tmp_path: Path, secret: str, live_server: Any, config: Config
) -> None:
    def worker_works(_seconds: float) -> None:
        with acting(SYSTEM):
            worked(config, NOW + timedelta(seconds=2))

    file, service, said = own_list(tmp_path), Service(live_server.url, secret), list[str]()

    first = send_and_fetch(file, tmp_path / "out", [], service, said.append, worker_works)
    again = send_and_fetch(file, tmp_path / "out", [], service, said.append, worker_works)

    assert first == again
    assert len([line for line in said if line.startswith("Đã gửi")]) == 1
    assert first["counters"]["matched"] == 1
    assert len(service.list()["rounds"]) == 1
    back = pl.read_csv(tmp_path / "out" / "results.csv", infer_schema=False)
    assert back["reference"].to_list() == ["KH1", "KH2", "KH4"]


def test_what_is_wrong_with_tax_numbers_comes_back_by_the_owners_own_rows(
    tmp_path: Path, transactional_db: None, live_server: Any, config: Config
) -> None:
    def worker_works(_seconds: float) -> None:
        with acting(SYSTEM):
            worked(config, NOW + timedelta(seconds=2))

    with acting(SYSTEM):
        appoint()
        secret = make_key(an_officer(), a_list(an_officer(), "tax").id, "máy", "30", now=NOW)[1]
    lines = [(*HEADINGS[:4], "Mã số thuế"), ("hỏng",), *((*line[:4], "8000000019") for line in CLEAN)]
    file = tmp_path / "thue.csv"
    with file.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows(lines)

    report = send_and_fetch(file, tmp_path / "out", [], Service(live_server.url, secret), str, worker_works)

    told = list(csv.reader((tmp_path / "out" / "tax-links.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert told[0][:2] == ["Dòng", "Mã của bạn"]
    assert [line[:2] for line in told[1:]] == [["3", "KH1"], ["4", "KH2"]]
    assert report["tax_links"]["one_tax_number_several_persons"] == {"groups": 1, "rows": 2}


def test_a_limit_in_the_way_leaves_nothing_stuck_and_run_again_the_file_is_not_sent_anew(
    tmp_path: Path, secret: str, live_server: Any, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    def worker_works(_seconds: float) -> None:
        with acting(SYSTEM):
            worked(config, NOW + timedelta(seconds=2))

    usual, file, said = store.limits_of, own_list(tmp_path), list[str]()
    service = Service(live_server.url, secret)
    monkeypatch.setattr(store, "limits_of", lambda *given: dataclasses.replace(usual(*given), rounds_at_once=0))
    with pytest.raises(TooMany):
        send_and_fetch(file, tmp_path / "out", [], service, said.append, worker_works)
    monkeypatch.setattr(store, "limits_of", usual)

    report = send_and_fetch(file, tmp_path / "out", [], service, said.append, worker_works)

    assert report["counters"]["matched"] == 1
    assert len([line for line in said if line.startswith("Đã gửi")]) == 1
    assert [each["state"] for each in service.list()["rounds"]] == ["done"]


def test_a_line_that_breaks_inside_an_answer_is_tried_again(secret: str, live_server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    whole, breaks = json.load, [IncompleteRead(b"{"), BadStatusLine("")]

    def torn(answer: Any) -> Any:
        if breaks:
            raise breaks.pop()
        return whole(answer)

    monkeypatch.setattr(of_service.json, "load", torn)

    assert Service(live_server.url, secret, sleep=lambda _: None).list()["name"]
    assert not breaks


@pytest.mark.parametrize("profile", list(PROFILES))
def test_no_address_telephone_or_relative_leaves_unless_the_list_is_told_apart_by_them(profile: str) -> None:
    kept = {Role.ADDRESS, Role.PHONE, Role.RECORD_KEY, Role.FATHER, Role.MOTHER, Role.HOME_TOWN}

    for keys in PROFILES[profile].keys:
        assert kept & set(_sent_of(PROFILES[profile], keys)) <= set(keys)


def test_without_a_key_nothing_is_sent(tmp_path: Path) -> None:
    with pytest.raises(Invalid) as refused:
        reconcile.run([str(own_list(tmp_path)), "--service", "https://doi-soat.vidu.vn", "--key-file", str(tmp_path / "none")])

    assert refused.value.field == "key_file"
