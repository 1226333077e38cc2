"""What a citizen may see of the looks at them, and whom an organisation looked at."""

from __future__ import annotations

import os
from datetime import date, timedelta

import psycopg
import pytest

from dancu.kernel.errors import Conflict, NotFound
from dancu.ledger import api
from dancu.ledger.proofs import check_proof
from tests.ledger.sequenced import NOW, SUBJECT, Desk, an_act, written

pytestmark = pytest.mark.django_db(transaction=True)
URL = os.environ.get("DATABASE_URL", "")


def test_entries_of_a_person_come_newest_first_under_every_identifier_page_by_page() -> None:
    acts = [an_act(subject=(SUBJECT, "cmnd:191000101", "046090000999")[n % 3]) for n in range(9)]
    entries = written(URL, acts, apart=timedelta(minutes=1))

    first = api.entries_about([SUBJECT, "cmnd:191000101"], limit=4, now=NOW)
    second = api.entries_about([SUBJECT, "cmnd:191000101"], api.Position.parse(str(first[-1].position)), 4, now=NOW)

    expected = [entry.reference for entry in reversed(entries) if entry.subject != "046090000999"]
    assert [each.reference for each in first + second] == expected
    assert not first[0].is_in_tree
    assert api.entries_about(["046090000888", ""], now=NOW) == []


def test_a_sealed_entry_is_shown_from_its_day_on_and_looks_like_any_other() -> None:
    sealed, plain = written(URL, [an_act(sealed_until=date(2027, 2, 1), legal_basis="BLTTHS Điều 223"), an_act()])
    day_before = NOW.replace(year=2027, month=1, day=31, hour=16)  # 23:00 in Viet Nam

    assert [each.reference for each in api.entries_about([SUBJECT], now=day_before)] == [plain.reference]
    assert len(api.entries_about([SUBJECT], now=day_before + timedelta(hours=1))) == 2
    marked = {each.reference: each.sealed_until for each in api.entries_about([SUBJECT], now=NOW, with_sealed=True)}
    assert marked == {sealed.reference: date(2027, 2, 1), plain.reference: None}
    assert b"2027" not in sealed.body
    assert b"seal" not in sealed.body


def test_a_seal_that_is_lifted_shows_the_entry_at_once() -> None:
    (sealed,) = written(URL, [an_act(sealed_until=date(2027, 2, 1), legal_basis="BLTTHS Điều 223")])

    api.lift_seal(sealed.reference, organisation="H57", by="thanhtra", legal_basis="Quyết định 12", now=NOW)

    assert [each.reference for each in api.entries_about([SUBJECT], now=NOW)] == [sealed.reference]
    with pytest.raises(NotFound):
        api.lift_seal(sealed.reference, organisation="H57", by="thanhtra", legal_basis="Quyết định 12", now=NOW)


@pytest.mark.parametrize("reference", ["", "không phải mã", "f" * 32, "00000000-0000-4000-8000-000000000000"])
def test_what_is_no_reference_is_not_found(reference: str) -> None:
    with pytest.raises(NotFound):
        api.prove(reference)
    with pytest.raises(NotFound):
        api.lift_seal(reference, organisation="H57", by="thanhtra", legal_basis="Quyết định 12", now=NOW)


def test_whom_an_organisation_a_system_or_an_officer_looked_at_is_told_in_windows() -> None:
    acts = [an_act(subject=f"0460900{n:05d}") for n in range(50)]
    entries = written(URL, acts, apart=timedelta(minutes=1))

    windows = list(api.subjects_of(NOW + timedelta(minutes=10), NOW + timedelta(minutes=40), organisation="H57", window=7))

    assert [each.subject for found, _ in windows for each in found] == [act.subject for act in acts[10:40]]
    assert all(len(found) <= 7 for found, _ in windows)
    assert windows[-1][1] is None
    stopped = windows[1][1]
    rest = api.subjects_of(NOW, NOW + timedelta(minutes=40), system="he-thong", officer="canbo01", after=stopped)
    assert [each.reference for found, _ in rest for each in found] == [entry.reference for entry in entries[24:40]]
    for other in ({"organisation": "H58"}, {"system": "x"}, {"officer": "canbo02"}):
        assert [found for found, _ in api.subjects_of(NOW, NOW + timedelta(hours=1), **other)] == [[]]


def test_an_erased_entry_says_nothing_and_still_verifies(tmp_path: object) -> None:
    desk = Desk(URL, tmp_path)  # type: ignore[arg-type]
    (entry,) = written(URL, [an_act()])
    desk.sequence()

    reference = api.erase(
        entry.reference, organisation="A05", by="canbo.xoa", legal_basis="Luật 91/2025/QH15", dossier_no="YC-1", now=NOW
    )

    proof = api.prove(entry.reference, {"subject", "officer", "dossier"})
    assert check_proof(proof, desk.key).flaws == ()
    assert proof.openings == {}
    assert api.entries_about([SUBJECT], now=NOW) == []
    recorded = api.entry_by_reference(reference)
    assert (recorded.body["kind"], recorded.body["outcome"]) == ("erase", f"detail.erased:{entry.reference}")
    with pytest.raises(Conflict):
        api.erase(entry.reference, organisation="A05", by="x", legal_basis="Luật 91/2025/QH15", dossier_no="", now=NOW)


def test_nothing_is_erased_past_the_record() -> None:
    first, second = written(URL, [an_act(), an_act()])

    with psycopg.connect(URL) as connection, pytest.raises(psycopg.errors.RestrictViolation):
        connection.execute("select ledger_erase_detail(%s, %s, %s, %s)", [first.at, first.reference, second.at, second.reference])
