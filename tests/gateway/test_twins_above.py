"""The same key twice at a hub: whoever shares an answer is checked all the same, and nobody waits for ever."""

from __future__ import annotations

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from dancu.cli.launcher.postgres import Urls
from dancu.exchange.messages import HEADER
from tests.gateway.above import entries_of
from tests.gateway.bad_hub import LINE_SECONDS, BadHub
from tests.gateway.process import GatewayProcess
from tests.gateway.signing import BODY, PATH, register_key, signed

pytestmark = pytest.mark.slow


def test_all_who_ask_under_the_key_of_a_refused_question_are_told_so(province: GatewayProcess) -> None:
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: province.ask(key="k-1", procedure="9.999"), range(48)))

    assert {(status, told["type"]) for status, told in answers} == {(403, "/problems/refused/no_grant")}


def test_a_replay_while_its_question_is_away_is_refused_and_learns_nothing(
    province: GatewayProcess, hub: BadHub, fresh_database: Urls, tmp_path: Path
) -> None:
    key = register_key(fresh_database, tmp_path)
    body = json.dumps(BODY).encode()
    headers = {"Content-Type": "application/json", HEADER: signed(key, body), "Idempotency-Key": "k-2"}
    while province.post(PATH, body, {**headers, HEADER: signed(key, body), "Idempotency-Key": "warm"})[0] == 401:
        time.sleep(0.05)  # until the gateway has heard of the key
    hub.manner, seen = "silent", len(hub.seen)
    first: list[int] = []
    asking = threading.Thread(target=lambda: first.append(province.post(PATH, body, headers)[0]))
    asking.start()
    while len(hub.seen) == seen:
        time.sleep(0.01)

    began = time.monotonic()
    replay = province.post(PATH, body, headers)
    took = time.monotonic() - began
    asking.join()

    assert (replay[0], json.loads(replay[1])["type"]) == (409, "/problems/refused/replayed")
    assert took < LINE_SECONDS / 2
    assert first == [503]
    assert "replayed" in [each["outcome"] for each in entries_of(fresh_database)]


def test_a_retry_while_its_question_is_away_shares_its_answer_and_asks_nothing_above(province: GatewayProcess, hub: BadHub) -> None:
    hub.manner = "late"
    with ThreadPoolExecutor(2) as pool:
        asked = pool.submit(province.ask, key="k-3")
        while not hub.seen:
            time.sleep(0.01)
        again = pool.submit(province.ask, key="k-3")

    assert asked.result() == again.result()
    assert asked.result()[0] == 201
    assert len(hub.seen) == 1
