"""Rounds of a list for a program: by a key, piece by piece, and nothing of any other list."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from dancu.kernel.config import Config
from dancu.kernel.errors import Conflict, Invalid
from dancu.kernel.reach import SYSTEM, acting
from dancu.reconcile import folders, store
from dancu.reconcile.domain import CONCLUSION_WORDS, Conclusion, RoundState
from dancu.reconcile.keys import store as keys_store
from dancu.reconcile.keys.domain import KEYS_MAX, digest_of
from dancu.reconcile.keys.usecases import make_key, withdraw_key
from dancu.reconcile.models import ListKey
from dancu.reconcile.pieces import ARRIVING_MAX
from dancu.reconcile.usecases import review
from tests.factories.people import NOW
from tests.reconcile.scene import (
    COLLEAGUE,
    MAPPING,
    REVIEWER,
    a_file,
    a_home,
    a_list,
    an_officer,
    appoint,
    entries,
    sealing,
    worked,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _office():
    with acting(SYSTEM):
        appoint()
        yield


@pytest.fixture
def config(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Config:
    settings.CONFIG = a_home(tmp_path)
    monkeypatch.setattr("dancu.kernel.clock.now", lambda: NOW)
    return settings.CONFIG


class Program:
    """A client that shows a key."""

    def __init__(self, secret: str) -> None:
        self._client, self._head = Client(), {"Authorization": f"Bearer {secret}"}

    def get(self, path: str) -> Any:
        return self._client.get(f"/api/reconcile/{path}", headers=self._head)

    def post(self, path: str, body: Any = None) -> Any:
        return self._client.post(f"/api/reconcile/{path}", body or {}, content_type="application/json", headers=self._head)

    def put(self, digest: str, offset: int, piece: bytes) -> Any:
        path = f"/api/reconcile/files/{digest}?offset={offset}"
        return self._client.put(path, piece, content_type="application/octet-stream", headers=self._head)

    def forget(self, digest: str) -> Any:
        return self._client.delete(f"/api/reconcile/files/{digest}", headers=self._head)


def a_program(account: str = "", **more: Any) -> tuple[Program, Any]:
    officer = an_officer(account) if account else an_officer()
    of = a_list(officer)
    _made, secret = make_key(officer, of.id, "máy chủ dữ liệu", "30", now=NOW)
    return Program(secret), of


def sent(program: Program, content: bytes, piece: int = 50) -> str:
    digest = hashlib.sha256(content).hexdigest()
    for begin in range(0, len(content), piece):
        assert program.put(digest, begin, content[begin : begin + piece]).json() == {"offset": min(begin + piece, len(content))}
    return digest


def test_a_program_sends_a_list_in_pieces_and_fetches_its_results(config: Config):
    program, _of = a_program()
    content = a_file(config.home).path.read_bytes()

    digest = sent(program, content)
    made = program.post("rounds", {"sha256": digest, "file_name": "thue-bao.csv", "mapping": MAPPING, "grouped_by": "province"})
    worked(config, NOW + timedelta(seconds=2))
    told = program.get(f"rounds/{made.json()['id']}").json()

    assert made.status_code == 201
    assert made.json()["state"] == RoundState.QUEUED
    assert told["state"] == RoundState.DONE
    assert told["report"]["counters"] == {"requested": 3, "matched": 1, "mismatched": 2, "cleaned": None}
    results = program.get(f"rounds/{told['id']}/results/csv")
    assert b"KH4" in b"".join(results.streaming_content)
    assert entries("reconcile.downloaded")
    assert program.get("list").json()["rounds"][0]["id"] == told["id"]
    assert program.get("list").json()["needed"] == ["number", "name", "birth_date"]


def test_what_reviewers_concluded_is_a_file_of_its_own(config: Config):
    program, _of = a_program()
    digest = sent(program, a_file(config.home).path.read_bytes())
    made = program.post("rounds", {"sha256": digest, "file_name": "thue-bao.csv", "mapping": MAPPING}).json()["id"]
    worked(config, NOW + timedelta(seconds=2))
    review.ask_review(an_officer(), UUID(made), sealing(config), config.home, now=NOW)
    (case,) = store.open_cases()

    before = program.get(f"rounds/{made}/results/conclusions").content.decode("utf-8-sig").splitlines()
    review.conclude(an_officer(REVIEWER), case.id, "same", "Chỉ thiếu dấu", now=NOW)
    after = program.get(f"rounds/{made}/results/conclusions").content.decode("utf-8-sig").splitlines()

    assert before == ["Dòng,Kết luận xem lại"]
    assert after == [*before, f"3,{CONCLUSION_WORDS[Conclusion.SAME]}: Chỉ thiếu dấu"]
    assert len(entries("reconcile.downloaded")) == 2


def test_whoever_was_cut_off_goes_on_where_the_file_stands(config: Config):
    program, _of = a_program()
    content = a_file(config.home).path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    program.put(digest, 0, content[:40])

    twice = program.put(digest, 0, content[:40])
    early = program.post("rounds", {"sha256": digest, "mapping": MAPPING})

    assert twice.status_code == 409
    assert twice.json()["code"] == "reconcile.piece_offset"
    assert program.get(f"files/{digest}").json() == {"offset": 40}
    assert early.status_code == 409
    assert early.json()["code"] == "reconcile.pieces_differ"
    program.put(digest, 40, content[40:])
    assert program.post("rounds", {"sha256": digest, "mapping": MAPPING}).status_code == 201


def test_a_file_above_the_limit_is_refused_and_what_came_can_be_forgotten(config: Config, monkeypatch: pytest.MonkeyPatch):
    program, _of = a_program()
    from dancu.reconcile import store

    usual = store.limits_of
    monkeypatch.setattr(store, "limits_of", lambda *given: dataclasses.replace(usual(*given), file_bytes=100))
    digest = "0" * 64

    program.put(digest, 0, b"x" * 80)
    over = program.put(digest, 80, b"x" * 30)

    assert over.status_code == 422
    assert over.json()["field"] == "file"
    assert program.get(f"files/{digest}").json() == {"offset": 80}
    program.forget(digest)
    assert program.get(f"files/{digest}").json() == {"offset": 0}


@pytest.mark.parametrize("way", ["none", "wrong", "ended", "withdrawn", "gone"])
def test_without_a_key_in_force_every_address_says_the_same(config: Config, way: str):
    officer = an_officer()
    of = a_list(officer)
    made, secret = make_key(officer, of.id, "máy", "30", now=NOW)
    match way:
        case "none":
            secret = ""
        case "wrong":
            secret += "x"
        case "ended":
            ListKey.objects.update(ends_at=NOW)
        case "withdrawn":
            withdraw_key(officer, of.id, made.id, now=NOW)
        case "gone":
            from dancu.identity.models import Officer as Row

            Row.objects.filter(pk=officer.id).update(roles=["desk"])
    program = Program(secret)

    answers = [program.get("list"), program.put("0" * 64, 0, b"x"), program.post("rounds"), program.get(f"rounds/{of.id}")]

    assert {answer.status_code for answer in answers} == {403}
    assert {answer.json()["code"] for answer in answers} == {"reconcile.key"}
    assert not list(folders.incoming(config.home).iterdir())


def test_a_key_opens_its_own_list_only(config: Config):
    program, of = a_program()
    stranger, _other = a_program(COLLEAGUE)
    content = a_file(config.home).path.read_bytes()
    digest = sent(program, content)
    made = program.post("rounds", {"sha256": digest, "mapping": MAPPING}).json()
    officer = an_officer()
    second = a_list(officer)
    sibling = Program(make_key(officer, second.id, "máy khác", "30", now=NOW)[1])

    for other in (stranger, sibling):
        assert other.get(f"rounds/{made['id']}").status_code == 404
        assert other.post(f"rounds/{made['id']}/cancel").status_code == 404
        assert other.get(f"rounds/{made['id']}/results/csv").status_code == 404
        assert other.get(f"files/{digest}").json() == {"offset": 0}
        assert other.get("list").json()["rounds"] == []
    assert program.get(f"rounds/{made['id']}").json()["state"] == RoundState.QUEUED
    assert of.id != second.id


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"mapping": MAPPING}, "sha256"),
        ({"sha256": "../../x", "mapping": MAPPING}, "sha256"),
        ({"sha256": "0" * 64, "mapping": MAPPING}, "sha256"),
        ({"sha256": "0" * 64}, "mapping"),
        ({"sha256": "0" * 64, "mapping": {"number": "1"}}, "mapping"),
        ({"sha256": "0" * 64, "mapping": MAPPING, "scope": "half"}, "scope"),
    ],
)
def test_a_wrong_question_says_which_field_and_why(config: Config, body: dict[str, Any], field: str):
    program, _of = a_program()

    told = program.post("rounds", body)

    assert told.status_code in (404, 422)
    assert told["Content-Type"] == "application/problem+json"
    assert told.json()["field"] == field
    assert told.json()["title"]
    assert told.json()["title_en"]


def test_columns_that_do_not_fit_make_no_round_and_the_file_waits_for_the_right_ones(config: Config):
    program, _of = a_program()
    digest = sent(program, a_file(config.home).path.read_bytes())

    wrong = program.post("rounds", {"sha256": digest, "mapping": {"number": 0}})

    assert wrong.status_code == 422
    assert program.get("list").json()["rounds"] == []
    assert program.post("rounds", {"sha256": digest, "mapping": MAPPING}).json()["state"] == RoundState.QUEUED
    assert program.post("rounds", {"sha256": digest, "mapping": MAPPING}).json()["number"] == 1
    assert len(program.get("list").json()["rounds"]) == 1


def test_a_key_does_not_fill_the_disk_with_beginnings(config: Config):
    program, _of = a_program()
    digests = [f"{at:064x}" for at in range(ARRIVING_MAX + 1)]
    answers = [program.put(digest, 0, b"x").status_code for digest in digests]

    assert answers == [200] * ARRIVING_MAX + [429]
    assert program.put(digests[0], 1, b"y").status_code == 200
    program.forget(digests[1])
    assert program.put(digests[-1], 0, b"x").status_code == 200


def test_a_round_is_paused_resumed_and_cancelled_by_its_program(config: Config):
    program, _of = a_program()
    digest = sent(program, a_file(config.home).path.read_bytes())
    made = program.post("rounds", {"sha256": digest, "mapping": MAPPING}).json()

    states = [program.post(f"rounds/{made['id']}/{act}").json()["state"] for act in ("pause", "resume", "cancel")]

    assert states == [RoundState.PAUSED, RoundState.QUEUED, RoundState.CANCELLED]
    assert program.post(f"rounds/{made['id']}/explode").status_code == 422


def test_the_secret_is_kept_nowhere_and_keys_are_few(config: Config):
    officer = an_officer()
    of = a_list(officer)
    secrets = [make_key(officer, of.id, f"máy {at}", "30", now=NOW)[1] for at in range(KEYS_MAX)]

    with pytest.raises(Conflict):
        make_key(officer, of.id, "một nữa", "30", now=NOW)
    with pytest.raises(Invalid):
        make_key(officer, of.id, " ", "30", now=NOW)
    with pytest.raises(Invalid):
        make_key(officer, of.id, "máy", "3650", now=NOW)

    rows = json.dumps(list(ListKey.objects.values()), default=str)
    assert not any(secret in rows for secret in secrets)
    assert digest_of(secrets[0]) in rows
    assert len(entries("reconcile.key_made")) == KEYS_MAX
    assert len(keys_store.keys_of(of.id)) == KEYS_MAX
