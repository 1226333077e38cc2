"""A whole job of taxpayers: what is wrong with the links of tax numbers stands in a file of its own and in the report."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from dancu.reconcile.alone import others_of
from dancu.reconcile.engine.snapshot import save_arrays
from dancu.reconcile.profiles import tax_links
from dancu.reconcile.profiles.tax_links import LinkColumns, LinkFinding, Standing, find_to_mend
from dancu.reconcile.running.job import run
from dancu.reconcile.running.parts import own_file
from dancu.reconcile.running.plan import prepare, read_plan
from dancu.reconcile.running.progress import Outcome, Progress, Stage, Wish
from tests.reconcile.engine.columns import KEY
from tests.reconcile.running.jobs import AN, BINH, CHI, content, done, known, plan_of, report, write_list

OLD_OF_AN = "191000001"
NOBODY = "079099000009"
HEADINGS = ("Mã khách hàng", "Số CCCD", "Họ và tên", "Ngày sinh", "Mã số thuế")
AN_IS, BINH_IS, CHI_IS = (
    ("Trần Thị An", "03/02/1993"),
    ("Nguyễn Văn Bình", "20/05/1993"),
    ("Lê Thị Chi", "30/11/1993"),
)
LINES = (
    ("=a", AN, *AN_IS, "8000000019"),
    ("b", OLD_OF_AN, *AN_IS, "8000000026"),  # her old number: the same person with another tax number
    ("c", BINH, *BINH_IS, BINH),
    ("d", BINH, "Lò Văn Páo", "01/09/1950", "8000000033"),  # his number under another name is his number
    ("e", CHI, *CHI_IS, AN),  # of somebody else
    ("f", NOBODY, "Lò Văn Páo", "01/09/1950", "8000000019"),  # the number of the first row
    ("g", OLD_OF_AN, "Lò Văn Páo", "01/09/1950", "8000000026"),  # who this is nobody can say
    ("h", CHI, *CHI_IS, ""),
)
FOUND = {
    "one_tax_number_several_persons": {"groups": 1, "rows": 2},
    "one_person_several_tax_numbers": {"groups": 1, "rows": 2},
    "is_personal_number": {"groups": 1, "rows": 1},
    "is_another_persons_number": {"groups": 1, "rows": 1},
    "old_beside_personal": {"groups": 1, "rows": 1},
}


def a_job(folder: Path, lines: tuple[tuple[str, ...], ...] = LINES, profile: str = "tax", **more: object) -> Path:
    folder.mkdir(exist_ok=True)
    save_arrays(folder / "snapshot", known(), {})
    path = write_list(folder / "list.csv", lines, HEADINGS)
    plan = plan_of(path, folder / "snapshot", **{"formats": ("parquet",), "profile": profile, "rows_a_batch": 3, **more})
    prepare(folder / "job", plan, KEY)
    return folder / "job"


def lines_of(job: Path) -> list[list[str]]:
    return list(csv.reader((job / "tax-links.csv").read_text(encoding="utf-8-sig").splitlines()))


def worked(job: Path) -> Path:
    return done(job, others_of(read_plan(job), KEY))


def test_rows_to_mend_stand_in_a_file_in_the_lists_order_and_all_are_counted(tmp_path: Path) -> None:
    job = worked(a_job(tmp_path))

    heading, *lines = lines_of(job)

    several, one, beside, anothers = (
        LinkFinding.ONE_TAX_NUMBER_SEVERAL_PERSONS,
        LinkFinding.ONE_PERSON_SEVERAL_TAX_NUMBERS,
        LinkFinding.OLD_BESIDE_PERSONAL,
        LinkFinding.IS_ANOTHER_PERSONS_NUMBER,
    )
    assert heading == ["Dòng", "Mã của bạn", "Kết quả rà soát", "Nhóm", "Việc cần làm"]
    assert lines == [
        ["2", "'=a", several.words, "1", several.advice],
        ["2", "'=a", one.words, "2", one.advice],
        ["3", "b", one.words, "2", one.advice],
        ["5", "d", beside.words, "3", beside.advice],
        ["6", "e", anothers.words, "4", anothers.advice],
        ["7", "f", several.words, "1", several.advice],
    ]
    assert report(job)["tax_links"] == FOUND
    assert report(job)["files"] == ["results.parquet", "tax-links.csv"]


def test_what_is_found_does_not_depend_on_how_many_are_sorted_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = content(worked(a_job(tmp_path / "whole")))
    chance = np.random.default_rng(3)
    persons = chance.integers(-1, 300, 4000)
    standings = chance.choice([Standing.NONE, Standing.TEN_DIGITS, Standing.HERS, Standing.ANOTHERS], 4000).astype(np.uint8)
    columns = LinkColumns(chance.integers(0, 400, 4000), persons, standings)

    once, shared = find_to_mend(columns), find_to_mend(columns, 300)
    monkeypatch.setattr(tax_links, "RECORDS_AT_ONCE", 3)
    again = content(worked(a_job(tmp_path / "shares")))

    for kind in LinkFinding:
        assert once.count(kind) == shared.count(kind)
        assert sorted(once.rows[once.kinds == kind]) == sorted(shared.rows[shared.kinds == kind])
    assert len(once.rows) > 1000
    assert again["tax-links.csv"] == whole["tax-links.csv"]


def test_a_job_that_is_stopped_at_any_moment_ends_with_the_same_bytes(tmp_path: Path) -> None:
    clean = worked(a_job(tmp_path / "clean"))
    job, pauses, outcome = a_job(tmp_path / "stopped"), 0, Outcome.PAUSED

    while outcome is not Outcome.DONE:
        left = iter(range(pauses + 1))  # a moment later each time

        def watch(_progress: Progress, left: Iterator[int] = left) -> Wish:
            return Wish.PAUSE if next(left, None) is None else Wish.GO_ON

        outcome, pauses = run(job, KEY, watch, others_of(read_plan(job), KEY)), pauses + 1

    assert pauses > 3
    assert content(job) == content(clean)


def test_a_cancelled_job_leaves_no_rows_behind(tmp_path: Path) -> None:
    job = a_job(tmp_path)

    outcome = run(job, KEY, lambda told: Wish.CANCEL if told.stage is Stage.REPORT else Wish.GO_ON, others_of(read_plan(job), KEY))

    assert outcome is Outcome.CANCELLED
    assert not (job / "tax-links.csv").exists()


def test_other_lists_have_no_such_file_and_parts_of_before_say_nothing(tmp_path: Path) -> None:
    other = worked(a_job(tmp_path / "other", profile="subscribers"))
    job = a_job(tmp_path / "before")

    def watch(told: Progress) -> Wish:
        if told.stage is Stage.RESULTS:
            own_file(job, 0).unlink(missing_ok=True)
        return Wish.GO_ON

    assert run(job, KEY, watch, others_of(read_plan(job), KEY)) is Outcome.DONE

    assert "tax_links" not in report(other)
    assert report(job)["tax_links"] is None
    assert not (other / "tax-links.csv").exists()
    assert not (job / "tax-links.csv").exists()
    assert report(job)["files"] == ["results.parquet"]


def test_a_job_cut_off_behind_its_file_and_before_its_figures_ends_with_the_same_bytes(tmp_path: Path) -> None:
    job = worked(a_job(tmp_path))
    clean = content(job)

    for name in ("report.json", "work/own.json"):
        (job / name).unlink()
    (job / "tax-links.csv").write_text("half", encoding="utf-8")

    assert content(worked(job)) == clean
