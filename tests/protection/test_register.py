"""The register of processing says what is really granted, and what changed when, with the entries that did it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from dancu.kernel.warrants import Field
from dancu.onboarding import api as onboarding
from dancu.protection.domain.register import RegisterChangeKind, changes_between, digest_of
from dancu.protection.store import register as store
from dancu.protection.usecases import register
from dancu.protection.usecases.register import current_lines, file_version
from tests.factories.database import connect_system
from tests.factories.people import EVERYDAY, NOW, a_grant
from tests.protection.scene import looked_at

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)


def test_a_line_says_who_may_learn_what_on_what_grounds():
    connect_system(
        grants=[a_grant(fields=frozenset({Field.FULL_NAME, Field.RELIGION}), sensitive_fields=frozenset({Field.RELIGION}))]
    )

    (line,) = current_lines(NOW)

    assert (line.system, line.organisation, line.purpose) == ("he-thong", "H57", "Đăng ký khai sinh")
    assert line.fields == ("full_name", "religion")
    assert line.sensitive == ("religion",)
    assert line.retention
    assert line.responsible
    assert line.is_in_force(date(2026, 11, 24))
    assert not line.is_in_force(date(2019, 1, 1))


def test_a_changed_grant_is_a_new_version_with_the_entry_that_changed_it():
    connect_system()
    first = file_version(NOW)
    onboarding.grant(a_grant(fields=frozenset({Field.FULL_NAME})), by="lanhdao", now=NOW + timedelta(minutes=5))

    second = file_version(LATER)

    (change,) = second.changes
    assert (first.number, second.number, change.kind) == (1, 2, RegisterChangeKind.CHANGED)
    ((name, before, after),) = change.columns
    assert (name, after) == ("fields", "full_name")
    assert len(before.split()) == len(EVERYDAY)
    assert len(change.references) == 1


def test_nothing_is_filed_while_nothing_changed():
    connect_system()
    file_version(NOW)

    assert file_version(LATER).number == 1
    assert len(store.versions()) == 1


def test_a_long_ledger_is_read_a_piece_a_run_until_the_version_is_filed(monkeypatch: pytest.MonkeyPatch):
    connect_system()
    file_version(NOW)
    onboarding.grant(a_grant(fields=frozenset({Field.FULL_NAME})), by="lanhdao", now=NOW + timedelta(minutes=5))
    for at in range(10):
        looked_at(at=NOW + timedelta(minutes=10 + at))
    monkeypatch.setattr(register, "READ_AT_ONCE", 2)
    monkeypatch.setattr(register, "WINDOWS_AT_ONCE", 2)

    filed = [file_version(LATER + timedelta(minutes=run)) for run in range(5)]

    numbers = [version.number for version in filed]
    assert (numbers[0], numbers[-1]) == (1, 2)
    assert numbers == sorted(numbers)
    (change,) = filed[-1].changes
    assert len(change.references) == 1


def test_what_made_no_difference_is_not_read_again(monkeypatch: pytest.MonkeyPatch):
    connect_system()
    file_version(NOW)
    looked_at(at=NOW + timedelta(days=1))
    file_version(NOW + timedelta(days=2))
    onboarding.grant(a_grant(fields=frozenset({Field.FULL_NAME})), by="lanhdao", now=NOW + timedelta(days=2, minutes=1))
    monkeypatch.setattr(register, "READ_AT_ONCE", 2)
    monkeypatch.setattr(register, "WINDOWS_AT_ONCE", 1)

    (change,) = file_version(NOW + timedelta(days=3)).changes

    assert len(change.references) == 1


def test_added_and_removed_lines_are_told():
    connect_system(grants=[a_grant(), a_grant(integration_code="037")])
    file_version(NOW)
    onboarding.revoke_grant("he-thong", "037", "1.001193", by="test", now=LATER)
    onboarding.grant(a_grant(integration_code="038"), by="test", now=LATER)

    changes = file_version(LATER + timedelta(minutes=1)).changes

    assert [(c.kind.value, c.integration, len(c.references)) for c in changes] == [("removed", "037", 1), ("added", "038", 1)]


def test_the_order_of_lines_does_not_matter():
    connect_system(grants=[a_grant(), a_grant(integration_code="037")])
    lines = current_lines(NOW)

    assert digest_of(lines) == digest_of(lines[::-1])
    assert changes_between(lines, lines[::-1]) == []
