"""From a finished round to a list that stays linked: asked for on the page, done by the worker, told of when it cannot be."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client

from dancu.identity.api import Officer, add_officer
from dancu.kernel.config import Config
from dancu.kernel.errors import Conflict, Invalid, NotFound
from dancu.kernel.reach import SYSTEM, acting, acting_for
from dancu.onboarding import api as onboarding
from dancu.reconcile import folders
from dancu.reconcile.domain import Round
from dancu.reconcile.kept import linking, store, usecases
from dancu.reconcile.taking.home import home_of
from dancu.reconcile.usecases import rounds
from tests.factories.database import connect_system, load
from tests.factories.people import NAME, NOW, NUMBER, a_person_row
from tests.factories.web_role import web_role
from tests.identity.scene import PASSWORD
from tests.reconcile import scene as lists
from tests.reconcile.kept import scene
from tests.reconcile.scene import BINH, MAPPING, VERSION

pytestmark = pytest.mark.django_db(transaction=True)
TEAM = "nhom.hoi"
LATER = NOW + timedelta(seconds=5)
LINES = (
    ("HV-1", NUMBER, NAME, "17/05/1990", "Huế"),
    ("HV-2", BINH, "Nguyễn Văn Bình", "20/05/1993", "Huế"),
    ("HV-3", BINH, "Nguyen Van Binh", "20/05/1993", "Huế"),
)


@pytest.fixture
def config(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Config]:
    settings.CONFIG = lists.a_home(tmp_path)
    monkeypatch.setattr("dancu.kernel.clock.now", lambda: NOW)
    with acting(SYSTEM):
        (tmp_path / "nation").mkdir()
        load([a_person_row(NUMBER, NAME), a_person_row(BINH, "Nguyễn Văn Bình")], tmp_path / "nation")
        connect_system(grants=[scene.kept_grant(fields=scene.EVERYTHING)])
        lists.appoint()
        add_officer(TEAM, "Cán bộ Hội", "H57", "DC", ["data-team"], PASSWORD)
        onboarding.list_accounts_for("H57", [scene.OFFICER, TEAM], by="test", now=NOW)
    with web_role():
        yield settings.CONFIG


def officer() -> Officer:
    return lists.an_officer(TEAM)


def a_round(config: Config, profile: str = "associations") -> Round:
    of = lists.a_list(officer(), profile)
    made = rounds.receive_file(officer(), of.id, lists.a_file(config.home, LINES), lists.Scope.WHOLE, config.home, now=NOW)
    rounds.choose_columns(officer(), made.id, rounds.Columns(MAPPING), config.home, now=NOW)
    rounds.start(officer(), made.id, now=NOW)
    lists.worked(config, NOW + timedelta(seconds=2))
    return lists.store.get_round(made.id)


def asked(config: Config, kept: UUID, found: Round) -> None:
    linking.ask_linking(kept, found.id, TEAM, config, now=LATER)


def holders(config: Config) -> tuple[str, ...]:
    return home_of(config).version(VERSION).holders


def test_the_records_that_matched_are_linked_and_the_rest_are_not(config: Config) -> None:
    with acting(SYSTEM):
        kept, found = scene.a_list(), a_round(config)
        asked(config, kept, found)
        held = holders(config)

        linked = linking.link_due(config, now=LATER)

        assert linked == 2
        assert store.subscriptions_of(store.get_list(kept), ["HV-1", "HV-2", "HV-3"]).keys() == {"HV-1", "HV-2"}
        [done] = store.linkings_of(store.get_list(kept))
        assert (done.round_code, done.linked, done.done_at, done.failure) == (found.code, 2, LATER, "")
        assert len(held) == 1, "the snapshot is held until the worker has come"
        assert holders(config) == ()
        assert linking.link_due(config, now=LATER) == 0


def test_what_was_cut_off_begins_again_and_links_nobody_twice(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    with acting(SYSTEM):
        kept, found = scene.a_list(), a_round(config)
        asked(config, kept, found)
        monkeypatch.setattr(usecases, "LINKED_AT_ONCE", 1)
        whole, calls = usecases.store.put_links, []

        def cut(*given: Any) -> int:
            calls.append(given)
            if len(calls) == 2:
                raise KeyboardInterrupt
            return whole(*given)

        monkeypatch.setattr(usecases.store, "put_links", cut)
        with pytest.raises(KeyboardInterrupt):
            linking.link_due(config, now=LATER)
        linking.link_due(config, now=LATER)

        assert store.counts_of(store.get_list(kept)).linked == 2
        assert len(calls) == 4


def test_a_round_of_another_kind_or_one_that_was_tidied_is_refused_with_words(config: Config) -> None:
    with acting(SYSTEM):
        kept, other, found = scene.a_list(), a_round(config, "subscribers"), a_round(config)
        with pytest.raises(Invalid):
            asked(config, kept, other)
        lists.store.keep_facts(found.id, work_removed_at=NOW)
        with pytest.raises(Invalid):
            asked(config, kept, found)
        with pytest.raises(NotFound):
            linking.ask_linking(kept, uuid4(), TEAM, config, now=LATER)

        assert linking.rounds_to_link(store.get_list(kept)) == []
        assert holders(config) == ()


def test_a_list_that_ended_takes_no_more(config: Config) -> None:
    with acting(SYSTEM):
        kept, found = scene.a_list(), a_round(config)
        usecases.end_list(kept, TEAM, now=NOW)

        with pytest.raises(Conflict):
            asked(config, kept, found)


def test_work_that_is_gone_when_the_worker_comes_is_told_on_the_page_and_may_be_asked_again(config: Config) -> None:
    with acting(SYSTEM):
        kept, found = scene.a_list(), a_round(config)
        asked(config, kept, found)
        parts = folders.round_folder(config.home, found.id) / "parts"
        shutil.move(parts, parts.with_name("away"))

        linking.link_due(config, now=LATER)
        [failed] = store.linkings_of(store.get_list(kept))
        shutil.move(parts.with_name("away"), parts)

        assert failed.failure
        assert failed.failure_en
        assert holders(config) == ()
        assert [each.id for each in linking.rounds_to_link(store.get_list(kept))] == [found.id]
        asked(config, kept, found)
        assert linking.link_due(config, now=LATER) == 2


def test_the_page_offers_the_round_and_says_what_became_of_it(config: Config) -> None:
    with acting(SYSTEM):
        kept, found = scene.a_list(), a_round(config)
    client = Client()
    client.post("/dang-nhap", {"tai_khoan": TEAM, "mat_khau": PASSWORD})
    page = f"/doi-soat/danh-sach-giu/{kept}"

    before = words_of(client.get(page))
    wrong = client.post(page, {"step": "lien-ket", "round": "x"})
    made = client.post(page, {"step": "lien-ket", "round": str(found.id)})
    waiting = words_of(client.get(page))
    with acting(SYSTEM):
        linking.link_due(config, now=LATER)
    after = words_of(client.get(page))

    assert found.code in before
    assert wrong.status_code == 422
    assert "Bạn chọn một đợt đối soát." in words_of(wrong)
    assert made.status_code == 302
    assert "Chờ liên kết" in waiting
    assert "Liên kết mới: 2" in after
    assert "Chưa có đợt đối soát nào" in after


def test_another_organisation_links_nothing_of_somebody_elses(config: Config) -> None:
    with acting(SYSTEM):
        kept, found = scene.a_list(), a_round(config)

    with acting(acting_for(lists.OPERATOR)), pytest.raises(NotFound):
        asked(config, kept, found)


def words_of(answer: Any) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", answer.content.decode()).split())
