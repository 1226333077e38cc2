"""A provincial gateway in front of a hub that misbehaves: clear words, in time, nothing told, everything recorded, back alone."""

from __future__ import annotations

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from dancu.cli.launcher.postgres import Urls
from dancu.exchange.upstream.line import REST_SECONDS
from tests.gateway.above import entries_of
from tests.gateway.bad_hub import LINE_SECONDS, BadHub
from tests.gateway.process import GatewayProcess

pytestmark = pytest.mark.slow


def forwarded(urls: Urls) -> list[tuple[str, str]]:
    return [(each["kind"], each["outcome"]) for each in entries_of(urls) if each["kind"] in ("forward", "verify", "disclose")]


@pytest.mark.parametrize(
    ("manner", "code"),
    [
        ("silent", "timed_out"),
        ("drips", "timed_out"),
        ("drops", "unreachable"),
        ("half", "unreachable"),
        ("endless", "garbled"),
        ("html", "garbled"),
        ("entities", "garbled"),
        ("redirects", "failed"),
        ("404", "failed"),
        ("401", "credentials"),
        ("503", "busy"),
        ("429", "throttled"),
    ],
)
def test_a_hub_that_misbehaves_is_explained_in_time(
    province: GatewayProcess, hub: BadHub, fresh_database: Urls, manner: str, code: str
):
    hub.manner = manner

    began = time.monotonic()
    status, told = province.ask()

    assert (status, told["type"]) == (503, f"/problems/upstream.{code}")
    assert time.monotonic() - began < LINE_SECONDS + 1.5
    assert told["title"]
    assert told["title_en"]
    assert forwarded(fresh_database) == [("forward", "asked:verify"), ("forward", f"failed:{code}")]


def test_nothing_that_may_have_had_its_effect_is_sent_again(province: GatewayProcess, hub: BadHub):
    hub.manner = "drops"

    province.ask()

    assert len(hub.seen) == 1


def test_a_person_of_two_or_somebody_else_is_never_told(province: GatewayProcess, hub: BadHub, fresh_database: Urls):
    hub.manner = "two"
    assert province.ask("/v1/disclosures")[0] == 503

    hub.manner = "somebody else"
    status, told = province.ask("/v1/disclosures")

    assert (status, told["outcome"], told["facts"]) == (201, "no_match", None)
    assert forwarded(fresh_database)[-1] == ("disclose", "no_match")


def test_a_failing_line_rests_and_comes_back_by_itself(province: GatewayProcess, hub: BadHub):
    hub.manner = "drops"
    for _ in range(5):
        province.ask()
    hub.manner, seen = "good", len(hub.seen)

    status, told = province.ask()
    assert (status, told["type"]) == (503, "/problems/upstream.resting")
    assert len(hub.seen) == seen  # a line that rests is left alone

    deadline = time.monotonic() + 15
    while province.ask()[0] != 201:
        assert time.monotonic() < deadline, "the line did not come back"
        time.sleep(0.2)


def test_while_a_line_is_tried_again_one_question_waits_for_it(province: GatewayProcess, hub: BadHub):
    hub.manner = "drops"
    for _ in range(5):
        province.ask()
    hub.manner, seen = "silent", len(hub.seen)
    time.sleep(REST_SECONDS + 0.5)

    with ThreadPoolExecutor(12) as pool:
        told = Counter(answer["type"] for _, answer in pool.map(lambda _: province.ask(), range(12)))

    assert told == {"/problems/upstream.timed_out": 1, "/problems/upstream.resting": 11}
    assert len(hub.seen) == seen + 1


def test_one_system_that_asks_too_fast_does_not_stop_the_others(province: GatewayProcess, hub: BadHub):
    hub.manner = "429"

    assert {province.ask()[1]["type"] for _ in range(8)} == {"/problems/upstream.throttled"}
    hub.manner = "good"
    assert province.ask()[0] == 201


def test_wrong_credentials_do_not_look_like_a_dead_line(province: GatewayProcess, hub: BadHub):
    hub.manner = "401"

    told = [province.ask()[1]["type"] for _ in range(7)]

    assert set(told) == {"/problems/upstream.credentials"}


def test_nobody_without_a_grant_causes_a_question_above(province: GatewayProcess, hub: BadHub):
    assert province.ask(procedure="9.999")[0] == 403
    assert province.ask(officer="la-mat")[0] == 403
    assert province.ask(secret="sai")[0] == 401

    assert hub.seen == []


def test_no_answer_without_its_entry(province: GatewayProcess, hub: BadHub, fresh_database: Urls):
    """The outcome cannot be written: what the hub above told stays untold."""
    with psycopg.connect(fresh_database.owner, autocommit=True) as owner:
        owner.execute(
            "create function no_outcome() returns trigger language plpgsql as $$ begin"
            " if convert_from(new.body, 'UTF8') like '%\"kind\":\"verify\"%' then raise 'no room'; end if; return new; end $$"
        )
        owner.execute("create trigger no_outcome before insert on ledger_entry for each row execute function no_outcome()")

    status, told = province.ask()

    assert status == 503
    assert "outcome" not in told
    assert forwarded(fresh_database) == [("forward", "asked:verify")]


def test_the_line_shows_in_the_health_of_the_gateway(province: GatewayProcess, hub: BadHub):
    import json
    import urllib.request

    with urllib.request.urlopen(f"{province.root}/health", timeout=5) as answer:
        assert json.load(answer)["upstream"] == "closed"
