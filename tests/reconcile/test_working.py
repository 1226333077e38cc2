"""The worker's half: who is taken up when, what its owner's wishes do, what a worker that was killed leaves behind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from dancu.kernel.config import Config
from dancu.kernel.errors import TooMany, Unavailable
from dancu.kernel.reach import SYSTEM, acting
from dancu.reconcile import folders, store, work
from dancu.reconcile.domain import OrganisationLimits, RoundState
from dancu.reconcile.running.progress import Progress, Stage, Wish
from dancu.reconcile.taking.home import SnapshotHome
from dancu.reconcile.usecases import rounds, working
from tests.factories.people import NOW
from tests.reconcile.scene import (
    CLEAN,
    COLLEAGUE,
    OPERATOR,
    VERSION,
    a_file,
    a_home,
    a_list,
    an_officer,
    appoint,
    entries,
    finished,
    started,
    worked,
)

pytestmark = pytest.mark.django_db
SOON = NOW + timedelta(seconds=2)


@pytest.fixture(autouse=True)
def _office():
    with acting(SYSTEM):
        appoint()
        yield


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return a_home(tmp_path)


def telling(*wishes: Callable[[], object]):
    """A runner that tells of some progress before each wish and after the last, then hears what to do."""

    def run(folder: Path, key_dir: Path, watch: Callable[[Progress], Wish]):
        from dancu.reconcile.running.progress import Outcome

        for at, wish in enumerate([*wishes, lambda: None]):
            said = watch(Progress(list(Stage)[at], 1, 3, 2.0, {"KHOP": 1}))
            if said is not Wish.GO_ON:
                return Outcome.PAUSED if said is Wish.PAUSE else Outcome.CANCELLED
            wish()
        raise AssertionError("nobody stopped it")

    return run


def test_an_organisation_runs_as_many_rounds_as_its_limit_says_and_no_more(config: Config):
    officer = an_officer()
    first = started(officer, a_list(officer), config.home)

    with pytest.raises(TooMany) as refused:
        started(officer, a_list(officer), config.home, CLEAN)

    assert refused.value.code == "reconcile.rounds_at_once"
    assert started(an_officer(COLLEAGUE), a_list(an_officer(COLLEAGUE)), config.home).state is RoundState.QUEUED
    store.set_limits(OPERATOR, OrganisationLimits(rounds_at_once=2), by="test", since=NOW)
    assert started(officer, a_list(officer), config.home, CLEAN[:1]).state is RoundState.QUEUED
    assert store.get_round(first.id).state is RoundState.QUEUED


def test_the_records_of_a_day_are_counted_and_a_new_day_begins_anew(config: Config):
    officer = an_officer()
    of = a_list(officer)
    store.set_limits(OPERATOR, OrganisationLimits(records_a_day=3), by="test", since=NOW - timedelta(days=1))
    finished(officer, of, config)

    with pytest.raises(TooMany) as refused:
        started(officer, of, config.home, CLEAN, now=NOW + timedelta(hours=1))

    assert refused.value.code == "reconcile.records_a_day"
    waiting = store.rounds_of(of.id)[0]
    assert waiting.state is RoundState.MAPPING, "what was chosen is kept"
    assert rounds.start(officer, waiting.id, now=NOW + timedelta(days=1)).state is RoundState.QUEUED


def test_a_file_above_the_limit_of_its_organisation_is_refused(config: Config):
    from dancu.kernel.errors import Invalid
    from dancu.reconcile.domain import Scope

    officer = an_officer()
    store.set_limits(OPERATOR, OrganisationLimits(file_bytes=10), by="test", since=NOW)

    with pytest.raises(Invalid) as refused:
        rounds.receive_file(officer, a_list(officer).id, a_file(config.home), Scope.WHOLE, config.home, now=NOW)

    assert refused.value.code == "reconcile.file_size"


def test_progress_stands_in_the_row_while_a_round_runs(config: Config, monkeypatch: pytest.MonkeyPatch):
    made = started(an_officer(), a_list(an_officer()), config.home)
    seen = []
    look = lambda: seen.append(store.get_round(made.id))  # noqa: E731
    monkeypatch.setattr(work, "run", telling(look, lambda: rounds.pause(an_officer(), made.id, now=SOON)))

    assert worked(config, SOON) == [RoundState.PAUSED]

    assert (seen[0].stage, seen[0].done, seen[0].total, seen[0].rate) == ("comparing", 1, 3, 2.0)
    assert seen[0].counts == {"KHOP": 1}
    assert seen[0].heartbeat_at == SOON
    assert seen[0].seconds_left == 1


def test_a_paused_round_rests_until_it_is_resumed(config: Config, monkeypatch: pytest.MonkeyPatch):
    officer = an_officer()
    made = started(officer, a_list(officer), config.home)
    with monkeypatch.context() as patched:
        patched.setattr(work, "run", telling(lambda: rounds.pause(officer, made.id, now=SOON)))
        assert worked(config, SOON) == [RoundState.PAUSED]
    assert worked(config, SOON + timedelta(hours=1)) == []

    rounds.resume(officer, made.id, now=SOON + timedelta(hours=1))

    assert worked(config, SOON + timedelta(hours=1)) == [RoundState.DONE]
    assert entries("reconcile.started") == [f"reconcile.started:{made.code}"], "going on is no new start"


def test_a_cancelled_round_ends_and_leaves_nothing_but_its_file(config: Config, monkeypatch: pytest.MonkeyPatch):
    officer = an_officer()
    made = started(officer, a_list(officer), config.home)
    monkeypatch.setattr(work, "run", telling(lambda: rounds.cancel(officer, made.id, config.home, now=SOON)))

    assert worked(config, SOON) == [RoundState.CANCELLED]

    assert entries("reconcile.cancelled") == [f"reconcile.cancelled:{made.code}"]
    assert rounds.file_of(made, config.home).exists()


def test_a_round_whose_worker_fell_silent_is_taken_up_again_and_one_that_speaks_is_not(config: Config):
    made = started(an_officer(), a_list(an_officer()), config.home)
    assert working.take_due(now=SOON) == [made.id]  # and the worker is killed

    assert working.take_due(now=SOON + working.STALE) == []
    assert worked(config, SOON + working.STALE + timedelta(seconds=1)) == [RoundState.DONE]


def test_a_round_that_kills_its_workers_is_given_up_until_somebody_starts_it_again(config: Config):
    made = started(an_officer(), a_list(an_officer()), config.home)
    gone = working.STALE + timedelta(seconds=1)
    taken = [working.take_due(now=SOON + at * gone) for at in range(working.FAILURES_MAX + 1)]

    assert taken == [[made.id]] * working.FAILURES_MAX + [[]]
    assert store.get_round(made.id).state is RoundState.FAILED
    rounds.start(an_officer(), made.id, now=NOW + timedelta(hours=1))
    assert working.take_due(now=NOW + timedelta(hours=1)) == [made.id]


def test_a_worker_that_is_to_end_puts_the_round_back(config: Config, monkeypatch: pytest.MonkeyPatch):
    made = started(an_officer(), a_list(an_officer()), config.home)
    monkeypatch.setattr(work, "run", telling())
    working.take_due(now=SOON)

    assert working.work_on(made.id, config, lambda: SOON, lambda: False) is RoundState.QUEUED

    assert working.take_due(now=SOON) == [made.id]


def test_no_more_rounds_run_at_once_than_the_machine_bears(config: Config):
    store.set_limits(OPERATOR, OrganisationLimits(rounds_at_once=9), by="test", since=NOW)
    later = (NOW + timedelta(seconds=at) for at in range(3))
    made = [started(an_officer(), a_list(an_officer()), config.home, now=each).id for each in later]

    assert working.take_due(now=SOON) == made[: working.ROUNDS_AT_ONCE]
    assert working.take_due(now=SOON) == []


def test_an_expected_failure_is_told_in_words_and_the_round_may_run_again(config: Config):
    officer = an_officer()
    made = started(officer, a_list(officer), config.home)
    current = config.snapshot_home / "current"
    current.unlink()

    assert worked(config, SOON) == [RoundState.FAILED]

    assert "bản chụp" in store.get_round(made.id).failure
    current.symlink_to(VERSION)
    rounds.start(officer, made.id, now=SOON)
    assert worked(config, SOON) == [RoundState.DONE]


def test_a_paused_round_holds_its_snapshot_and_lets_it_go_at_its_end(config: Config, monkeypatch: pytest.MonkeyPatch):
    officer = an_officer()
    made = started(officer, a_list(officer), config.home)
    home = SnapshotHome(config.snapshot_home)
    with monkeypatch.context() as patched:
        patched.setattr(work, "run", telling(lambda: rounds.pause(officer, made.id, now=SOON)))
        worked(config, SOON)
    assert home.version(VERSION).holders == (f"round-{made.id}",)

    rounds.resume(officer, made.id, now=SOON)
    assert worked(config, SOON) == [RoundState.DONE]

    assert home.version(VERSION).holders == ()


def test_a_full_disk_is_told_and_what_was_done_is_kept(config: Config, monkeypatch: pytest.MonkeyPatch):
    made = started(an_officer(), a_list(an_officer()), config.home)

    def full(*_given: object):
        raise Unavailable("reconcile.disk_full", "Ổ đĩa đã đầy.")

    monkeypatch.setattr(work, "run", full)

    assert worked(config, SOON) == [RoundState.FAILED]
    assert store.get_round(made.id).failure == "Ổ đĩa đã đầy."


def test_an_unexpected_failure_is_tried_again_a_few_times_and_then_told(config: Config, monkeypatch: pytest.MonkeyPatch):
    made = started(an_officer(), a_list(an_officer()), config.home)

    def broken(*_given: object):
        raise RuntimeError("of somebody")

    monkeypatch.setattr(work, "run", broken)

    states = [worked(config, SOON)[0] for _ in range(working.FAILURES_MAX)]

    assert states == [RoundState.QUEUED] * (working.FAILURES_MAX - 1) + [RoundState.FAILED]
    told = store.get_round(made.id)
    assert "báo người vận hành" in told.failure
    assert "of somebody" not in str([told, store.actions_of(made.id)])


def test_work_of_old_rounds_is_removed_and_their_results_stay(config: Config):
    done = finished(an_officer(), a_list(an_officer()), config)
    folder = folders.round_folder(config.home, done.id)
    assert working.tidy(config, now=NOW + working.WORK_KEPT) == 0
    assert (folder / "parts").exists()

    assert working.tidy(config, now=NOW + working.WORK_KEPT + timedelta(days=1)) == 1

    assert not (folder / "parts").exists()
    assert (folder / "results.parquet").exists()
    assert working.tidy(config, now=NOW + working.WORK_KEPT + timedelta(days=2)) == 0
