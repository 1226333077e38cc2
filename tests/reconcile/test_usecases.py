"""A list from its file to its report, and round again: what its owner does, what stands in the ledger, what stays for persons."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from dancu.kernel.config import Config
from dancu.kernel.errors import Conflict, DancuError, Invalid
from dancu.kernel.personal_id import PersonalId
from dancu.kernel.reach import SYSTEM, acting
from dancu.reconcile import folders, store, work
from dancu.reconcile.domain import RoundState, Scope
from dancu.reconcile.usecases import lists, rounds
from dancu.reconcile.usecases.persons import was_compared
from tests.factories.people import NOW, NUMBER
from tests.reconcile.scene import (
    CLEAN,
    DIRTY,
    MAPPING,
    OPERATOR,
    VERSION,
    a_file,
    a_home,
    a_list,
    a_round,
    an_officer,
    appoint,
    entries,
    finished,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _office():
    with acting(SYSTEM):
        appoint()
        yield


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return a_home(tmp_path)


def test_a_list_needs_its_purpose_and_takes_the_legal_basis_of_its_kind():
    with pytest.raises(Invalid) as refused:
        lists.add_list(an_officer(), lists.ListWanted("Thuê bao", "subscribers", "BSS", " ", ""), now=NOW)

    assert refused.value.field == "purpose"
    assert a_list(an_officer()).legal_basis == "Nghị định 163/2024/NĐ-CP"
    assert entries("reconcile.list") == ["reconcile.list"]


def test_a_round_ends_with_a_report_and_one_entry_that_holds_counts_and_root(config: Config):
    done = finished(an_officer(), a_list(an_officer()), config)

    assert done.report is not None
    assert done.report["counters"] == {"requested": 3, "matched": 1, "mismatched": 2, "cleaned": None}
    assert done.report["grades"]["GAN_KHOP"] == done.report["grades"]["KHONG_TIM_THAY"] == 1
    assert done.snapshot_version == VERSION
    folder = folders.round_folder(config.home, done.id)
    assert entries("reconcile.started") == [f"reconcile.started:{done.code}"]
    assert entries("reconcile.finished") == [
        f"reconcile.finished:{done.code}:requested=3,matched=1,mismatched=2,root={work.root_of(folder)}"
    ]


def test_what_was_mended_is_clean_in_the_next_round_and_counted(config: Config):
    officer = an_officer()
    of = a_list(officer)
    finished(officer, of, config)

    again = finished(officer, of, config, (*CLEAN, DIRTY[2]), now=NOW + timedelta(hours=1))

    assert again.number == 2
    assert again.report is not None
    assert again.report["since"] == {"round": 1, "cleaned": 1, "still": 1, "gone": 0, "new": 0}
    assert again.report["counters"]["cleaned"] == 1


def test_a_round_of_mended_rows_alone_is_compared_by_the_references_of_the_owner(config: Config):
    officer = an_officer()
    of = a_list(officer)
    finished(officer, of, config)

    again = finished(officer, of, config, (CLEAN[1],), Scope.MENDED, NOW + timedelta(hours=1))

    assert again.report is not None
    assert again.report["since"] == {"round": 1, "cleaned": 1, "still": 0, "gone": 1, "new": 0}


def test_mended_rows_alone_need_a_round_before(config: Config):
    of = a_list(an_officer())

    with pytest.raises(Conflict) as refused:
        a_round(an_officer(), of, config.home, scope=Scope.MENDED)

    assert refused.value.code == "reconcile.nothing_before"


def test_the_same_file_is_not_compared_twice(config: Config):
    of = a_list(an_officer())
    finished(an_officer(), of, config)

    with pytest.raises(Conflict) as refused:
        a_round(an_officer(), of, config.home)

    assert refused.value.code == "reconcile.same_file"
    assert len(store.rounds_of(of.id)) == 1


def test_a_file_that_cannot_be_read_is_kept_and_says_why(config: Config):
    of = a_list(an_officer())
    arrived = a_file(config.home)
    arrived.path.write_bytes(b"%PDF-1.7 not a list")
    made = rounds.receive_file(an_officer(), of.id, arrived, Scope.WHOLE, config.home, now=NOW)

    seen = rounds.look_at(made, config.home)

    assert isinstance(seen, DancuError)
    assert "PDF" in seen.message
    assert rounds.file_of(made, config.home).read_bytes().startswith(b"%PDF")


def test_columns_that_lack_what_is_needed_are_refused_by_name(config: Config):
    made = a_round(an_officer(), a_list(an_officer()), config.home)
    lacking = {role: at for role, at in MAPPING.items() if role != "birth_date"}

    with pytest.raises(Invalid) as refused:
        rounds.choose_columns(an_officer(), made.id, rounds.Columns(lacking), config.home, now=NOW)

    assert refused.value.field == "birth_date"
    with pytest.raises(Conflict):
        rounds.start(an_officer(), made.id, now=NOW)


def test_a_worklist_holds_the_rows_of_the_owner_and_nothing_of_the_registry(config: Config):
    done = finished(an_officer(), a_list(an_officer()), config)
    folder = folders.round_folder(config.home, done.id)

    lines = work.worklist(folder, work.Wanted())
    told = "".join(work.write_worklist(folder, work.Wanted(), {3: "Cùng một người: tên không dấu"}))

    assert [(line.row, line.reference, line.grade) for line in lines] == [(3, "KH2", "GAN_KHOP"), (4, "KH4", "KHONG_TIM_THAY")]
    assert "Cùng một người: tên không dấu" in told
    assert "Nguyễn Văn Bình" not in told
    assert [line.row for line in work.worklist(folder, work.Wanted(cause="NO_MARKS"))] == [3]
    assert [line.row for line in work.worklist(folder, work.Wanted(), after=3)] == [4]


def test_deleted_results_are_gone_and_whoever_was_compared_still_knows(config: Config):
    officer = an_officer()
    done = finished(officer, a_list(officer), config)
    folder = folders.round_folder(config.home, done.id)

    rounds.delete(officer, done.id, config.home, now=NOW + timedelta(hours=1))

    assert not (folder / "results.csv").exists()
    assert not folders.kept_file(config.home, done.list_id, done.file_digest).exists()
    assert store.get_round(done.id).state is RoundState.DELETED
    found = was_compared(PersonalId.parse(NUMBER), config.home)
    assert [(each.organisation, each.purpose, each.reference) for each in found] == [(OPERATOR, "Chuẩn hoá thuê bao", done.code)]
    assert was_compared(PersonalId.parse("046090000999"), config.home) == []


def test_every_download_stands_in_the_ledger(config: Config):
    officer = an_officer()
    done = finished(officer, a_list(officer), config)

    rounds.download(officer, done.id, "csv", config.home, now=NOW)

    assert entries("reconcile.downloaded") == [f"reconcile.downloaded:{done.code}:csv"]


def test_a_round_that_is_not_done_has_nothing_to_download(config: Config):
    made = a_round(an_officer(), a_list(an_officer()), config.home)

    with pytest.raises(Conflict):
        rounds.download(an_officer(), made.id, "csv", config.home, now=NOW)

    assert entries("reconcile.downloaded") == []
