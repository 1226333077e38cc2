"""The connection says for whom it works. What one request might see, the next on the same connection does not."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import date

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from dancu.identity import actions
from dancu.identity.actions import Scope, Target
from dancu.identity.domain import Officer
from dancu.identity.guard import reach_of
from dancu.kernel.reach import NOBODY, SYSTEM, Reach, acting, acting_for, present, with_glass
from dancu.procedures.models import DossierSerial
from tests.factories.web_role import web_role

pytestmark = pytest.mark.django_db(transaction=True)
MINE, OTHER = "H57.12.3", "H57.12.4"
HERE = acting_for(MINE)


@pytest.fixture(autouse=True)
def _two_tenants():
    for organisation in (MINE, OTHER):
        DossierSerial.objects.create(organisation=organisation, day=date(2026, 11, 24), last=7)
    with web_role():
        yield


def seen() -> list[str]:
    return sorted(DossierSerial.objects.values_list("organisation", flat=True))


def held() -> str:
    with connection.cursor() as cursor:
        cursor.execute("select current_setting('dancu.scope', true) || '|' || current_setting('dancu.organisation', true)")
        return str(cursor.fetchone()[0])


def test_work_that_says_nothing_sees_nothing_and_changes_nothing():
    assert present() == NOBODY
    assert seen() == []
    assert DossierSerial.objects.update(last=9) == 0
    assert DossierSerial.objects.all().delete()[0] == 0
    with pytest.raises(ProgrammingError, match="row-level security"):
        DossierSerial.objects.create(organisation=MINE, day=date(2026, 11, 25), last=1)


def test_each_sees_its_own_and_the_system_sees_all():
    with acting(HERE):
        assert seen() == [MINE]
        assert DossierSerial.objects.update(last=9) == 1
    with acting(SYSTEM):
        assert seen() == [MINE, OTHER]
    assert seen() == []


def test_a_row_cannot_be_moved_to_another_tenant():
    with acting(HERE), pytest.raises(ProgrammingError, match="row-level security"):
        DossierSerial.objects.update(organisation=OTHER)


def test_the_reach_before_holds_again_after_a_failure():
    def fail() -> None:
        with acting(SYSTEM):
            raise RuntimeError(len(seen()))

    with acting(HERE):
        with pytest.raises(RuntimeError, match="2"):
            fail()
        assert seen() == [MINE]
    assert seen() == []


def test_a_rollback_takes_the_setting_back_and_the_connection_knows():
    with acting(HERE):
        assert seen() == [MINE]
    with pytest.raises(RuntimeError, match="2"):
        _fail_in_a_transaction_as(SYSTEM)

    with acting(SYSTEM):
        assert len(seen()) == 2
    assert seen() == []


def test_a_rollback_to_a_savepoint_does_too():
    with acting(HERE), transaction.atomic():
        assert seen() == [MINE]
        with pytest.raises(IntegrityError), transaction.atomic(), acting(SYSTEM):
            DossierSerial.objects.create(organisation=OTHER, day=date(2026, 11, 24), last=1)
        assert seen() == [MINE]
        with pytest.raises(RuntimeError, match="0"):
            _fail_in_a_transaction_as(NOBODY)
        assert seen() == [MINE]


def test_a_savepoint_of_the_work_before_does_too():
    with acting(SYSTEM), transaction.atomic():
        seen()
        before = transaction.savepoint()
        with acting(HERE):
            assert seen() == [MINE]
            transaction.savepoint_rollback(before)
            assert seen() == [MINE], "the server is back at the reach of the system"


def _fail_in_a_transaction_as(reach: Reach) -> None:
    with transaction.atomic(), acting(reach):
        raise RuntimeError(len(seen()))


def test_a_commit_that_was_a_rollback_does_too():
    """PostgreSQL answers COMMIT of a failed transaction with a silent rollback."""
    assert seen() == []
    with acting(SYSTEM):
        connection.set_autocommit(False)
        try:
            assert len(seen()) == 2
            with pytest.raises(IntegrityError):
                DossierSerial.objects.create(organisation=OTHER, day=date(2026, 11, 24), last=1)
            connection.commit()
        finally:
            connection.set_autocommit(True)
        assert len(seen()) == 2
    assert seen() == []


def test_a_new_connection_begins_as_nobody_and_is_told():
    with acting(HERE):
        assert seen() == [MINE]
        connection.close()
        assert seen() == [MINE]


def test_a_cursor_kept_open_asks_for_whoever_works_now():
    with connection.cursor() as cursor:
        counted = []
        for reach in (HERE, NOBODY, SYSTEM, NOBODY):
            with acting(reach):
                cursor.execute("select count(*) from procedures_dossierserial")
                counted.append(cursor.fetchone()[0])

    assert counted == [1, 0, 2, 0]


def test_what_goes_past_execute_is_told_as_well():
    copied = []
    for reach in (HERE, NOBODY):
        with (
            acting(reach),
            connection.cursor() as cursor,
            cursor.copy("copy (select organisation from procedures_dossierserial) to stdout") as lines,
        ):
            copied.append([row[0] for row in lines.rows()])

    assert copied == [[MINE], []]


def test_threads_have_a_reach_of_their_own():
    found = []
    with acting(SYSTEM):
        thread = threading.Thread(target=lambda: found.append(present()))
        thread.start()
        thread.join()

    assert found == [NOBODY]


def test_nothing_is_said_twice():
    """One more statement where the reach changed, none where it did not."""
    from django.test.utils import CaptureQueriesContext

    with acting(HERE):
        seen()
        before = connection.connection.info.backend_pid
        with CaptureQueriesContext(connection) as asked:
            held()
            held()
    assert len(asked) == 2
    assert connection.connection.info.backend_pid == before


OFFICER = Officer(1, "canbo01", "Cán bộ", "H57.12", "UBND thử", "MC", "Một cửa", frozenset(), 1)
TARGETS = [
    Target("H57.12", "H57.12/MC", "canbo01"),
    Target("H57.12", "H57.12/MC", "canbo02"),
    Target("H57.12", "H57.12/DC", "canbo03"),
    Target("H57.12.3", "H57.12.3/MC", "canbo04"),
    Target("H57", "H57/MC", "canbo05"),
    Target("H57.13", "H57.13/MC", "canbo06"),
    Target("H57.120", "H57.120/MC", "canbo07"),
    Target("H57.12", "", ""),
    Target(),
]


@pytest.mark.parametrize("scope", Scope)
@pytest.mark.parametrize("officer", [OFFICER, replace(OFFICER, organisation_code="", unit_code="")])
def test_the_database_reaches_as_far_as_the_table_says(scope: Scope, officer: Officer):
    """Two deciders, written twice: the pure one and the policies'. An officer of no organisation reaches only the nation."""
    with acting(reach_of(officer, scope)), connection.cursor() as cursor:
        for target in TARGETS:
            cursor.execute("select dancu_reaches(%s, %s, %s)", [target.organisation, target.unit, target.account])
            decided = actions.reaches(officer, scope, target) and (bool(officer.organisation_code) or scope is Scope.NATION)
            assert cursor.fetchone()[0] is decided, target


@pytest.mark.parametrize("reach", [NOBODY, Reach("", MINE, f"{MINE}/MC", "canbo01"), Reach("everything"), Reach("SYSTEM")])
def test_a_scope_nobody_knows_reaches_nothing(reach: Reach):
    with acting(reach):
        assert seen() == []


def test_one_glass_shows_one_row_to_read():
    from dancu.procedures.models import Dossier, DossierAction
    from tests.factories.people import NOW

    common = {"organisation_name": "", "unit_name": "", "procedure": "1.001193", "applicant_name": "", "applicant_number": ""}
    with acting(SYSTEM):
        for number in ("a", "b"):
            more = {"draft_id": f"00000000-0000-0000-0000-00000000000{number}", "form": {}, "received_at": NOW, "due_at": NOW}
            Dossier.objects.create(organisation=OTHER, number=number, state=2, **common, **more)
            DossierAction.objects.create(organisation=OTHER, number=number, sequence=1, kind="receive", at=NOW, by="x")
    with acting(HERE), acting(with_glass(OTHER, "b")):
        assert list(Dossier.objects.values_list("number", flat=True)) == ["b"]
        assert list(DossierAction.objects.values_list("number", flat=True)) == ["b"]
        assert Dossier.objects.update(state=3) == 0
        with transaction.atomic():
            assert Dossier.objects.select_for_update().first() is None
