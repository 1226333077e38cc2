"""A job whose exact part other machines do ends with the bytes of one that did it here. What stands in for them answers in another
order; what a cluster of Spark answers is proven in tests/reconcile/spark.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from dancu.kernel.errors import Conflict, Invalid
from dancu.reconcile.alone import others_of
from dancu.reconcile.engine.exact import compare
from dancu.reconcile.running.elsewhere import Answer, CompareElsewhere, Task, own_folder, said_before
from dancu.reconcile.running.job import Others, run
from dancu.reconcile.running.plan import SPARK, prepare, read_plan
from dancu.reconcile.running.progress import Outcome, Progress, Wish
from tests.reconcile.running.jobs import AN, BINH, CHI, DAY, KEY, content, done, drawn, job, on, plan_of, report, write_list

ROWS = [
    ("a", AN, "Trần Thị An", "03/02/1993"), ("b", BINH, "", "20/05/1993"), ("c", CHI, "𝐋ê Thị Chi", "30/11/1993"),
    ("d", "191000001", "TRAN THI AN", "1993"), ("e", "001193999999", "Lê Thị Chi", "30/11/1993"), ("g", "", " \u0300", ""),
]  # fmt: skip


class StandIn:
    """Compares as other machines would, and counts how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self, task: Task) -> Answer:
        self.asked += 1
        (task.work / "list").write_bytes(b"names")
        answers, count = [], 0
        for batch in task.records():
            made, records = compare(batch, task.snapshot, KEY, DAY.year), np.arange(count, count + len(batch))
            signed = made.found.view(np.int8), made.differs.view(np.int8), made.reason.view(np.int32)
            columns = [column[::-1] for column in (records, made.row.astype(np.int64), *signed)]
            answers.append(pa.record_batch(columns, names=["record", "row", "found", "differs", "reason"]))
            count += len(batch)
        return Answer(count, reversed(answers))


def others(folder: Path, elsewhere: CompareElsewhere) -> Others:
    """What a job of the command line takes from elsewhere, candidates too."""
    found = others_of(read_plan(folder), KEY)
    return Others(found.find, found.checks, elsewhere)


def stopped_when(is_time: Callable[[], bool]) -> Callable[[Progress], Wish]:
    return lambda _progress: Wish.PAUSE if is_time() else Wish.GO_ON


def test_a_job_done_elsewhere_ends_with_the_bytes_of_one_done_here(tmp_path: Path) -> None:
    snapshot, path = drawn(tmp_path, 20_000, 12_000)
    asked = {"rows_a_batch": 5_000, "candidates": True, "profile": "subscribers", "formats": ("parquet", "csv")}
    for name, engine in (("here", "local"), ("elsewhere", SPARK)):
        prepare(tmp_path / name, plan_of(path, snapshot, engine=engine, **asked), KEY)

    here = content(done(tmp_path / "here", others_of(read_plan(tmp_path / "here"), KEY)))
    made = content(done(tmp_path / "elsewhere", others(tmp_path / "elsewhere", StandIn())))

    assert made.pop("work/verdicts.npy")
    assert len(made) > 8
    assert made == here


def test_names_of_every_kind_are_described_as_the_comparison_here_does(tmp_path: Path) -> None:
    here = done(job(tmp_path / "here", ROWS, rows_a_batch=4))
    folder = job(tmp_path / "elsewhere", ROWS, engine=SPARK, rows_a_batch=4)

    done(folder, others(folder, StandIn()))

    for name in ("results.parquet", "report.json", "commitment.json"):
        assert (folder / name).read_bytes() == (here / name).read_bytes(), name


def test_a_list_nobody_can_read_a_record_of_is_done_elsewhere_too(tmp_path: Path) -> None:
    folder = job(tmp_path, [("only", "three", "fields")], engine=SPARK)

    done(folder, others(folder, StandIn()))

    assert (report(folder)["readable"], report(folder)["quarantined"]) == (0, 1)


def test_a_job_killed_behind_the_work_elsewhere_goes_on_with_what_was_said(tmp_path: Path) -> None:
    here, folder = done(job(tmp_path / "here", ROWS)), job(tmp_path / "elsewhere", ROWS, engine=SPARK)
    asked = StandIn()

    def killed(_progress: Progress) -> Wish:
        if said_before(folder) is not None:
            raise KeyboardInterrupt
        return Wish.GO_ON

    with pytest.raises(KeyboardInterrupt):
        run(folder, KEY, killed, others(folder, asked))
    assert not list((folder / "parts").glob("*.parquet"))
    assert not own_folder(folder).exists(), "what led to the verdicts holds names and is not kept"
    done(folder, others(folder, asked))

    assert asked.asked == 1
    assert (folder / "results.parquet").read_bytes() == (here / "results.parquet").read_bytes()


def test_whoever_works_elsewhere_hears_that_the_job_is_to_stop(tmp_path: Path) -> None:
    folder, asked = job(tmp_path, ROWS, engine=SPARK), StandIn()

    outcome = run(folder, KEY, stopped_when(lambda: asked.asked == 1), others(folder, asked))

    assert outcome is Outcome.PAUSED
    assert said_before(folder) is None
    done(folder, others(folder, asked))
    assert asked.asked == 2


def test_a_list_that_changes_while_it_is_handed_over_is_refused_before_it_is_compared(tmp_path: Path) -> None:
    folder, came_to_its_end = job(tmp_path, ROWS, engine=SPARK), []

    def slow(task: Task) -> Answer:
        for _batch in task.records():
            write_list(tmp_path / "list.csv", ROWS[:2])
        came_to_its_end.append(True)
        raise AssertionError

    with pytest.raises(Conflict) as told:
        run(folder, KEY, on, others(folder, slow))

    assert told.value.code == "reconcile.list_changed"
    assert came_to_its_end == []
    assert not (folder / "work").exists()


@pytest.mark.parametrize("places", [[0, 1, 2, 3, 4], [0, 1, 2, 3, 4, 4], [0, 1, 2, 3, 4, 5, 5]])
def test_an_answer_that_leaves_a_record_out_or_says_it_twice_is_none(tmp_path: Path, places: list[int]) -> None:
    folder = job(tmp_path, ROWS, engine=SPARK)

    def wrong(task: Task) -> Answer:
        answer = StandIn()(task)
        return Answer(answer.count, [each.take(pa.array([5 - at for at in places])) for each in answer.verdicts])

    with pytest.raises(ValueError, match="one verdict a record"):
        run(folder, KEY, on, others(folder, wrong))

    assert said_before(folder) is None


def test_verdicts_of_fewer_records_than_the_list_has_are_not_used(tmp_path: Path) -> None:
    folder = job(tmp_path, ROWS, engine=SPARK)

    def of_half(task: Task) -> Answer:
        answer = StandIn()(task)
        return Answer(3, [each.slice(3) for each in answer.verdicts])

    with pytest.raises(Conflict) as told:
        run(folder, KEY, on, others(folder, of_half))

    assert told.value.code == "reconcile.list_changed"


def test_an_engine_nobody_knows_is_refused_before_a_job_is_made(tmp_path: Path) -> None:
    with pytest.raises(Invalid) as told:
        job(tmp_path, ROWS, engine="flink")

    assert (told.value.code, told.value.field) == ("reconcile.engine", "engine")
    assert not (tmp_path / "job").exists()


def test_a_job_for_other_machines_is_not_done_here_without_a_word(tmp_path: Path) -> None:
    folder = job(tmp_path, ROWS, engine=SPARK)

    with pytest.raises(Invalid) as told:
        run(folder, KEY, on, Others())

    assert told.value.code == "reconcile.engine"
    assert not (folder / "report.json").exists()
