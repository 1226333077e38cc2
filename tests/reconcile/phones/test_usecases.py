"""Numbers flow from a comparison into the registry under the rule; every word keeps its source and its time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from dancu.kernel.errors import Invalid, NotFound
from dancu.kernel.personal_id import PersonalId
from dancu.kernel.reach import SYSTEM, acting, acting_for
from dancu.ledger import api as ledger
from dancu.population import api as population
from dancu.population.models import Change, Person
from dancu.reconcile.phones import store, usecases, writing
from dancu.reconcile.phones.domain import Brought, Standing
from dancu.reconcile.phones.models import PhoneClaim
from tests.factories.approvals import a_document, an_approval
from tests.factories.database import load
from tests.factories.people import NOW, NUMBER, a_person_row
from tests.factories.web_role import web_role

pytestmark = pytest.mark.django_db(transaction=True)
HER, HIM = int(NUMBER), 46090000502
MONDAY, TUESDAY = date(2026, 11, 16), date(2026, 11, 17)
PHONE, ANOTHER = "0912345678", "0387654321"


@pytest.fixture(autouse=True)
def _scene(tmp_path: Path) -> Iterator[None]:
    with acting(SYSTEM):
        load([a_person_row(), a_person_row(f"{HIM:012d}", "Lê Văn Khác", phone=ANOTHER)], tmp_path)
        yield


def brought(person: int, operator: str = "VT-A", day: date = MONDAY, phone: str = PHONE) -> int:
    return usecases.bring(operator, [Brought(person, phone, day)], round_code="DS-1", by="nhamang", now=NOW)


def written() -> int:
    """What waits is written; gives how many persons changed."""
    return writing.write_some(an_approval(), NOW, now=NOW)[0]


def phones_of(person: int) -> str:
    return Person.objects.values_list("phone", flat=True).get(pk=person)


def standings(person: int) -> list[str]:
    return [line.end_reason or line.standing for line in usecases.lines_of(person)]


def test_a_verified_number_reaches_the_registry_with_its_source_day_and_two_hands() -> None:
    assert brought(HER) == 1

    assert written() == 1

    assert phones_of(HER) == PHONE
    change = Change.objects.filter(personal_no=HER).latest("seq")
    assert (change.kind, change.evidence["issuer"], change.evidence["issued_on"]) == ("event", "VT-A", "2026-11-16")
    assert change.author != change.approver


def test_bringing_and_writing_again_changes_nothing() -> None:
    brought(HER)
    written()

    assert (brought(HER), written()) == (0, 0)
    assert PhoneClaim.objects.count() == 1


def test_two_operators_and_two_persons_are_in_dispute_and_nothing_is_written() -> None:
    brought(HER, "VT-A", MONDAY)
    brought(HIM, "VT-B", TUESDAY)

    assert written() == 0

    assert (phones_of(HER), phones_of(HIM)) == ("", ANOTHER)
    assert standings(HER) == standings(HIM) == [Standing.DISPUTED], "both are shown it"


def test_the_later_one_wins_once_the_earlier_operator_confirms() -> None:
    brought(HER, "VT-A", MONDAY)
    written()
    brought(HIM, "VT-B", TUESDAY)
    written()
    assert phones_of(HER) == PHONE, "what is in dispute stays as it is"
    [asked] = usecases.disputed("VT-A")

    usecases.give_up("VT-A", asked.id, by="nhamang", now=NOW)
    assert written() == 2

    assert (phones_of(HER), phones_of(HIM)) == ("", f"{ANOTHER}; {PHONE}")
    assert (standings(HER), standings(HIM)) == (["given_up"], [Standing.STANDS])


def test_nobody_gives_up_somebody_elses_word() -> None:
    brought(HER, "VT-A")
    brought(HIM, "VT-B")
    [asked] = usecases.disputed("VT-A")

    with pytest.raises(NotFound):
        usecases.give_up("VT-B", asked.id, by="nhamang", now=NOW)


def test_a_citizens_word_ends_a_dispute_and_is_shown_with_its_source() -> None:
    brought(HER, "VT-A")
    brought(HIM, "VT-B")

    assert usecases.declare(HIM, "+84 912 345 678", now=NOW) == PHONE
    written()

    assert (phones_of(HER), phones_of(HIM)) == ("", f"{ANOTHER}; {PHONE}")
    assert standings(HER) == [Standing.OUTRANKED]
    assert {(line.source, line.organisation) for line in usecases.lines_of(HIM)} == {("citizen", ""), ("operator", "VT-B")}
    assert ledger.latest(1)[0].body["outcome"] == "phone.declared"


def test_a_declaration_that_is_taken_back_leaves_the_dispute_it_had_ended() -> None:
    brought(HER, "VT-A")
    brought(HIM, "VT-B")
    usecases.declare(HIM, PHONE, now=NOW)

    usecases.withdraw(HIM, PHONE, now=NOW)

    assert sorted(standings(HIM)) == [Standing.DISPUTED, "withdrawn"]
    with pytest.raises(NotFound):
        usecases.withdraw(HIM, PHONE, now=NOW)


def test_an_operator_that_verified_somebody_else_ends_its_own_word() -> None:
    brought(HER, "VT-A", MONDAY)
    written()

    brought(HIM, "VT-A", TUESDAY)
    written()

    assert (phones_of(HER), phones_of(HIM)) == ("", f"{ANOTHER}; {PHONE}")
    assert standings(HER) == ["superseded"]


def test_what_the_registry_has_from_elsewhere_is_never_taken_out() -> None:
    brought(HIM, "VT-A", MONDAY, ANOTHER)
    written()
    brought(HER, "VT-A", TUESDAY, ANOTHER)
    written()

    assert phones_of(HIM) == ANOTHER, "it stood there before any operator said so"


def test_nothing_is_deleted_and_every_step_has_its_time() -> None:
    brought(HER, "VT-A", MONDAY)
    written()
    brought(HER, "VT-A", TUESDAY)
    [claim] = PhoneClaim.objects.values_list("id", flat=True)
    brought(HIM, "VT-A", TUESDAY)
    written()

    assert [what for _at, what, _by in store.steps_of(claim)] == [
        "brought",
        "stands",
        "written",
        "verified",
        "superseded",
        "taken_out",
    ]


def test_a_number_that_was_replaced_leads_to_the_one_in_force() -> None:
    brought(HER)
    population.replace_number(HER, PersonalId(46090000510), an_approval(), a_document(), now=NOW)

    written()

    assert phones_of(46090000510) == PHONE


def test_nobody_is_in_dispute_with_her_own_older_number() -> None:
    brought(HER, "VT-A")
    population.replace_number(HER, PersonalId(46090000510), an_approval(), a_document(), now=NOW)

    brought(HER, "VT-B", TUESDAY)

    assert standings(HER) == standings(46090000510) == [Standing.STANDS]


def test_an_operator_finds_its_own_word_of_a_number_and_no_other() -> None:
    brought(HER, "VT-A")

    found = usecases.own_number("VT-A", "+84 912 345 678")
    assert found is not None
    assert usecases.own_line("VT-A", found.id) == found
    assert usecases.own_number("VT-B", PHONE) is None
    assert usecases.own_line("VT-B", found.id) is None
    with pytest.raises(Invalid):
        usecases.own_number("VT-A", "abc")


def test_what_is_no_mobile_number_is_refused_by_its_field() -> None:
    with pytest.raises(Invalid) as refusal:
        usecases.declare(HER, "02438251234", now=NOW)

    assert refusal.value.field == "phone"


def test_no_number_of_a_person_or_telephone_lies_open_in_the_tables() -> None:
    brought(HER)

    stored = repr(list(PhoneClaim.objects.values_list()))

    assert NUMBER not in stored
    assert str(HER) not in stored
    assert PHONE not in stored


def test_an_operator_at_work_sees_its_own_rows_and_still_cannot_win_by_not_seeing_the_others() -> None:
    brought(HER, "VT-A")
    with web_role(), acting(acting_for("VT-B")):
        brought(HIM, "VT-B")

        assert set(PhoneClaim.objects.values_list("organisation", flat=True)) == {"VT-B"}

    assert standings(HIM) == [Standing.DISPUTED]
