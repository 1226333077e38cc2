"""A round's matched subscribers flow towards the registry: which, since when, once, and on after a kill."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from dancu.kernel.config import Config
from dancu.kernel.errors import Conflict, Invalid, NotFound
from dancu.kernel.reach import SYSTEM, acting, acting_for
from dancu.reconcile import folders
from dancu.reconcile.domain import Round
from dancu.reconcile.phones import flow_store, from_batches, passing, usecases
from dancu.reconcile.phones.domain import Passing, Standing
from dancu.reconcile.taking.home import home_of
from tests.factories.people import NAME, NOW, NUMBER
from tests.factories.web_role import web_role
from tests.reconcile import scene as lists
from tests.reconcile.phones import scene
from tests.reconcile.phones.scene import HER_PHONE, HIS_PHONE, LINES, MAPPING
from tests.reconcile.scene import BINH, VERSION

pytestmark = pytest.mark.django_db(transaction=True)
LATER = NOW + timedelta(seconds=5)
DAY = date(2026, 10, 1)
HER, HIM = int(NUMBER), int(BINH)


@pytest.fixture
def config(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Config]:
    monkeypatch.setattr("dancu.kernel.clock.now", lambda: NOW)
    with acting(SYSTEM):
        settings.CONFIG = scene.prepare(tmp_path)
    with web_role(), acting(SYSTEM):
        yield settings.CONFIG


def asked(config: Config, found: Round, day: date = DAY) -> None:
    passing.ask_passing(scene.team(), found.id, day, config, now=LATER)


def passed(config: Config, seconds: float = 60) -> Passing:
    passing.pass_due(config, now=LATER, seconds=seconds)
    return flow_store.passings()[0]


def said_of(person: int) -> list[tuple[str, str, date]]:
    return [(line.phone, line.standing, line.verified_on) for line in usecases.lines_of(person)]


def holders(config: Config) -> tuple[str, ...]:
    return home_of(config).version(VERSION).holders


def test_what_matched_as_written_flows_with_its_own_day_or_the_one_its_operator_names(config: Config) -> None:
    found = scene.a_round(config)
    asked(config, found)
    held = holders(config)

    done = passed(config)

    assert (done.total, done.done, done.new, done.contradictory, done.failure) == (2, 2, 2, 0, "")
    assert done.done_at == LATER
    assert said_of(HER) == [(HER_PHONE, Standing.STANDS, date(2026, 3, 2))], "the fixed line of the same person stays"
    assert said_of(HIM) == [(HIS_PHONE, Standing.STANDS, DAY)], "the near match stays"
    assert (len(held), holders(config)) == (1, ()), "the snapshot is held until the worker has come"


def test_asked_again_it_brings_nothing_new(config: Config) -> None:
    found = scene.a_round(config)
    asked(config, found)
    passed(config)

    passing.ask_passing(scene.team(), found.id, DAY, config, now=LATER + timedelta(seconds=1))
    again = passed(config)

    assert (again.done, again.new) == (2, 0)


def test_a_number_the_list_gives_to_several_persons_does_not_flow(config: Config) -> None:
    torn = (("KH1", NUMBER, NAME, "17/05/1990", HER_PHONE, ""), ("KH2", BINH, "Nguyễn Văn Bình", "20/05/1993", HER_PHONE, ""))
    asked(config, scene.a_round(config, torn))

    done = passed(config)

    assert (done.total, done.contradictory) == (0, 2)
    assert said_of(HER) == said_of(HIM) == []


def test_one_person_may_stand_twice_with_one_number(config: Config) -> None:
    twice = (LINES[0], ("KH9", NUMBER, NAME, "17/05/1990", HER_PHONE, "05/03/2026"))
    asked(config, scene.a_round(config, twice))

    done = passed(config)

    assert (done.done, done.new, done.contradictory) == (2, 1, 0)
    assert said_of(HER) == [(HER_PHONE, Standing.STANDS, date(2026, 3, 5))]


def test_a_worker_that_ends_in_between_goes_on_where_it_was(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    asked(config, scene.a_round(config))
    monkeypatch.setattr(passing, "BROUGHT_A_STEP", 1)
    brought = []
    whole = usecases.bring

    def counted(*given: Any, **named: Any) -> int:
        brought.append(given[1])
        return whole(*given, **named)

    monkeypatch.setattr(usecases, "bring", counted)

    first = passed(config, seconds=0)
    second = passed(config, seconds=0)

    assert (first.done, first.done_at) == (1, None)
    assert (second.done, second.done_at, second.new) == (2, LATER, 2)
    assert [len(each) for each in brought] == [1, 1], "nothing was brought twice"


def test_the_list_is_read_once_however_often_the_worker_comes(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    asked(config, scene.a_round(config))
    monkeypatch.setattr(passing, "BROUGHT_A_STEP", 1)
    opened = []
    whole = from_batches.open_list
    monkeypatch.setattr(from_batches, "open_list", lambda file: opened.append(file) or whole(file))

    passed(config, seconds=0)
    passed(config, seconds=0)

    assert len(opened) == 1


def test_a_day_that_cannot_be_is_the_one_the_operator_names(config: Config) -> None:
    lines = (
        ("KH1", NUMBER, NAME, "17/05/1990", HER_PHONE, "31/02/2026"),
        ("KH2", BINH, "Nguyễn Văn Bình", "20/05/1993", HIS_PHONE, "01/01/2090"),
    )
    asked(config, scene.a_round(config, lines))

    passed(config)

    assert (said_of(HER)[0][2], said_of(HIM)[0][2]) == (DAY, DAY)


@pytest.mark.parametrize("day", [date(1990, 1, 1), date(2030, 1, 1)])
def test_a_day_before_there_were_mobile_numbers_or_to_come_is_refused(config: Config, day: date) -> None:
    found = scene.a_round(config)

    with pytest.raises(Invalid) as refusal:
        asked(config, found, day)

    assert refusal.value.field == "verified_on"
    assert flow_store.passings() == []


def test_a_round_without_telephones_of_another_kind_or_tidied_is_refused(config: Config) -> None:
    without = {role: at for role, at in MAPPING.items() if role != "phone"}
    found = scene.a_round(config, mapping=without)
    with pytest.raises(Conflict):
        asked(config, found)
    other = lists.finished(scene.team(), lists.a_list(scene.team(), "associations"), config)
    with pytest.raises(Conflict):
        asked(config, other)
    tidied = scene.a_round(config, LINES[:2])
    lists.store.keep_facts(tidied.id, work_removed_at=NOW)
    with pytest.raises(Conflict):
        asked(config, tidied)

    assert holders(config) == ()


def test_a_list_that_is_gone_ends_with_words_and_holds_nothing(config: Config) -> None:
    found = scene.a_round(config)
    asked(config, found)
    folders.remove_work(folders.round_folder(config.home, found.id))

    done = passed(config)

    assert done.done_at == LATER
    assert "gửi lại danh sách" in done.failure
    assert done.failure_en
    assert holders(config) == ()


def test_a_file_that_is_not_the_one_that_was_compared_is_refused(config: Config) -> None:
    found = scene.a_round(config)
    asked(config, found)
    folders.kept_file(config.home, found.list_id, found.file_digest).write_text("a,b\n1,2\n", encoding="utf-8")

    done = passed(config)

    assert done.failure
    assert said_of(HER) == []


def test_an_operator_sees_its_own_rounds_only(config: Config) -> None:
    found = scene.a_round(config)
    asked(config, found)

    with acting(acting_for(lists.OTHER)):
        assert flow_store.passings() == []
        with pytest.raises(NotFound):
            passing.ask_passing(scene.team(scene.OTHER_TEAM), found.id, DAY, config, now=LATER)
