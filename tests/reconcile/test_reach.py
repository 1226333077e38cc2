"""As the pages' own role, under row-level security: one organisation never meets another's list, by no page and no row."""

from __future__ import annotations

import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import ProgrammingError, transaction

from dancu.kernel.config import Config
from dancu.kernel.reach import NOBODY, SYSTEM, Reach, acting
from dancu.reconcile import folders, models, store
from dancu.reconcile.usecases import review
from tests.factories.people import NOW
from tests.factories.web_role import web_role
from tests.identity.scene import browser_of
from tests.reconcile.scene import (
    COLLEAGUE,
    OPERATOR,
    OTHER,
    REVIEWER,
    TEAM,
    a_home,
    a_list,
    an_officer,
    appoint,
    finished,
    sealing,
)

pytestmark = pytest.mark.django_db(transaction=True)
TABLES = (models.SourceList, models.Round, models.RoundAction, models.ReviewCase, models.Limit)


@pytest.fixture(autouse=True)
def config(tmp_path: Path, settings: Any) -> Any:
    settings.CONFIG = a_home(tmp_path)
    with acting(SYSTEM):
        appoint()
    with web_role():
        yield settings.CONFIG


@pytest.fixture
def done(config: Config):
    """A finished round of one organisation with a near match under review, done by the rights of the pages and the worker."""
    with acting(SYSTEM):
        made = finished(an_officer(), a_list(an_officer()), config)
        review.ask_review(an_officer(), made.id, sealing(config), config.home, now=NOW)
        store.set_limits(OPERATOR, store.limits_of(OPERATOR, NOW), by="test", since=NOW)
    return made


def test_rows_are_seen_by_their_organisation_the_reviewers_and_nobody_else(done):
    for reach, seen in ((Reach("organisation", OPERATOR), True), (Reach("organisation", OTHER), False), (NOBODY, False)):
        with acting(reach):
            assert [model.objects.exists() for model in TABLES] == [seen] * len(TABLES)
    with acting(Reach("nation", "H57")):
        assert len(store.open_cases()) == 1


def test_nobody_writes_a_row_for_another_organisation(done):
    with acting(Reach("organisation", OTHER)):
        assert models.Round.objects.filter(pk=done.id).update(asked="cancel") == 0
        with pytest.raises(ProgrammingError), transaction.atomic():
            models.Limit.objects.create(
                organisation=OPERATOR, since=NOW, rounds_at_once=99, records_a_day=1, file_bytes=1, author="test"
            )


def test_what_was_done_to_a_round_is_only_added_to(done):
    with acting(SYSTEM), pytest.raises(ProgrammingError), transaction.atomic():
        models.RoundAction.objects.filter(round_id=done.id).delete()


def test_every_page_of_somebody_elses_list_is_as_if_it_were_not_there(done, config: Config):
    other, list_, round_ = browser_of(COLLEAGUE), f"/doi-soat/{done.list_id}", f"/doi-soat/dot/{done.id}"
    nowhere = f"/doi-soat/dot/{uuid.uuid4()}"

    read = [other.get(path) for path in (list_, f"{list_}/gui", *(f"{round_}{part}" for part in PARTS))]
    file = SimpleUploadedFile("x.csv", b"a,b\n1,2\n")
    written = [other.post(round_, {"viec": "delete"}), other.post(f"{round_}/tai", {"tep": "csv"}), other.post(f"{round_}/xem-lai")]
    written += [other.post(f"{list_}/gui", {"file": file})]

    assert {answer.status_code for answer in read + written} == {404}
    assert read[2].content.decode().count("Không có đợt") == other.get(nowhere).content.decode().count("Không có đợt") == 1
    assert "Thuê bao trả trước" not in other.get("/doi-soat").content.decode()
    assert (folders.round_folder(config.home, done.id) / "results.csv").exists()
    assert list(folders.incoming(config.home).iterdir()) == []


PARTS = ("", "/cot", "/tien-do", "/bao-cao", "/can-lam", "?hoi=xoa")


def test_its_own_team_meets_all_of_them_under_the_same_policies(done):
    own, round_ = browser_of(TEAM), f"/doi-soat/dot/{done.id}"

    answers = [own.get(f"{round_}{part}").status_code for part in PARTS]

    assert answers == [200, 200, 205, 200, 200, 200]


def test_a_reviewer_meets_cases_and_no_list(done):
    reviewer = browser_of(REVIEWER)

    assert "Thuê bao trả trước" in reviewer.get("/doi-soat/xem-lai").content.decode()
    assert reviewer.get(f"/doi-soat/dot/{done.id}/bao-cao").status_code == 403


def test_a_worker_goes_on_with_everybodys_rounds(config: Config):
    from dancu.reconcile.usecases import working
    from tests.reconcile.scene import started

    with acting(SYSTEM):
        made = started(an_officer(), a_list(an_officer()), config.home)
        assert working.take_due(now=NOW + timedelta(seconds=1)) == [made.id]
