"""The decisions of the exchange as tables, without a database."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from tests.factories.people import BORN, NAME, NOW, NUMBER, a_claim, a_grant, a_standing, a_system, an_actor

from dancu.exchange.budgets import Budget, Use, budget_on, hour_and_day, is_spent
from dancu.exchange.domain import (
    AccessRequest,
    Comparison,
    Kind,
    Outcome,
    Refusal,
    compare_dates,
    compare_names,
    decide,
    decide_opening,
    decide_with_keys,
    judge,
)
from dancu.exchange.reasons import Reason
from dancu.kernel.claims import PersonClaim
from dancu.kernel.dates import PartialDate
from dancu.kernel.warrants import SENSITIVE_FIELDS, Field, Warrant
from dancu.onboarding.domain import ConnectionState, Standing
from dancu.population.domain import Flag
from dancu.population.reader import PersonRow


def a_request(kind: Kind = Kind.VERIFY, **more):
    defaults = {"purpose": "Đăng ký khai sinh", "legal_basis": "Luật Hộ tịch", "dossier_no": "H57-1"}
    return AccessRequest(an_actor(), kind, "REST", "1.001193", **{**defaults, **more})


def a_row(**changes) -> PersonRow:
    row = PersonRow(int(NUMBER), 0, None, NAME, 1990, 5, 17, 0, 1, "", "VN", 1)
    return row._replace(**changes)


def test_an_official_system_with_a_grant_and_a_listed_officer_gets_a_warrant():
    decision = decide(a_standing(), a_request(), NOW)

    assert isinstance(decision, Warrant)
    assert decision.fields == a_grant().fields
    assert decision.expires_at > NOW


@pytest.mark.parametrize(
    ("standing", "request_", "reason"),
    [
        (a_standing(a_system(state=ConnectionState.SUSPENDED)), a_request(), Reason.CLIENT_SUSPENDED),
        (a_standing(a_system(state=ConnectionState.REGISTERED)), a_request(), Reason.CONNECTION_NOT_OFFICIAL),
        (a_standing(a_system(state=ConnectionState.CLOSED)), a_request(), Reason.CONNECTION_NOT_OFFICIAL),
        (Standing(a_system(), None, True), a_request(), Reason.NO_GRANT),
        (a_standing(grant=a_grant(valid_to=date(2026, 11, 23))), a_request(), Reason.GRANT_NOT_VALID),
        (a_standing(grant=a_grant(valid_from=date(2026, 11, 25))), a_request(), Reason.GRANT_NOT_VALID),
        (a_standing(listed=False), a_request(), Reason.OFFICER_NOT_LISTED),
        (a_standing(grant=a_grant(may_disclose=False)), a_request(Kind.DISCLOSE), Reason.DISCLOSURE_NOT_GRANTED),
        (a_standing(), a_request(purpose="Mục đích khác"), Reason.PURPOSE_NOT_GRANTED),
        (a_standing(), a_request(legal_basis="Căn cứ khác"), Reason.LEGAL_BASIS_NOT_GRANTED),
        (a_standing(grant=a_grant(purpose="")), a_request(purpose=""), Reason.PURPOSE_NOT_GRANTED),
        (a_standing(grant=a_grant(dossier_required=True)), a_request(dossier_no=""), Reason.DOSSIER_MISSING),
        (a_standing(grant=a_grant(dossier_required=True)), a_request(dossier_no="  "), Reason.DOSSIER_MISSING),
        (
            a_standing(grant=a_grant(fields=frozenset({Field.FULL_NAME}))),
            a_request(stated=frozenset({Field.MARITAL_STATUS})),
            Reason.FIELD_NOT_GRANTED,
        ),
        (
            a_standing(grant=a_grant(fields=frozenset({Field.SEX}))),
            a_request(fields=frozenset({Field.FULL_NAME})),
            Reason.FIELD_NOT_GRANTED,
        ),
    ],
)
def test_each_reason_refuses_by_itself(standing, request_, reason):
    assert decide(standing, request_, NOW) == Refusal(reason)


@pytest.mark.parametrize("kind", [Kind.SEARCH, Kind.OPEN])
def test_the_registry_s_own_kinds_need_its_own_grant(kind):
    without, with_it = a_standing(), a_standing(grant=a_grant(registry=True))

    assert decide(without, a_request(kind), NOW) == Refusal(Reason.REGISTRY_NOT_GRANTED)
    assert isinstance(decide(with_it, a_request(kind), NOW), Warrant)


@pytest.mark.parametrize("kind", [Kind.SEARCH, Kind.OPEN])
def test_with_three_keys_the_registry_s_own_kinds_are_refused_whatever_the_grant(kind):
    everything = a_standing(grant=a_grant(registry=True, protected=True))

    assert decide_with_keys(everything, a_request(kind), NOW) == Refusal(Reason.REGISTRY_NOT_GRANTED)
    assert isinstance(decide_with_keys(everything, a_request(Kind.DISCLOSE), NOW), Warrant)


def test_protected_persons_are_for_a_warrant_whose_grant_says_so():
    for protected in (False, True):
        decision = decide(a_standing(grant=a_grant(registry=True, protected=protected)), a_request(Kind.SEARCH), NOW)

        assert isinstance(decision, Warrant)
        assert decision.protected is protected


def test_an_opening_masks_what_is_sensitive_and_reveals_it_under_a_warrant_of_its_own():
    grant = a_grant(registry=True, fields=frozenset(Field), sensitive_fields=frozenset({Field.RELIGION}))
    religion = frozenset({Field.RELIGION})

    masked = decide_opening(a_standing(grant=grant), a_request(Kind.OPEN), NOW)
    revealed = decide_opening(a_standing(grant=grant), a_request(Kind.OPEN), NOW, religion)
    refused = decide_opening(a_standing(grant=grant), a_request(Kind.OPEN), NOW, frozenset({Field.ETHNICITY}))

    assert [warrant.fields for warrant in masked] == [frozenset(Field) - SENSITIVE_FIELDS]
    assert [warrant.fields for warrant in revealed] == [frozenset(Field) - SENSITIVE_FIELDS, religion]
    assert refused == Refusal(Reason.FIELD_NOT_GRANTED)


@pytest.mark.parametrize(
    ("done", "opens", "spent"),
    [
        ((Use(), Use()), False, False),
        ((Use(searched=2), Use(searched=2)), False, True),
        ((Use(), Use(searched=5)), False, True),
        ((Use(), Use(listed=50)), False, True),
        ((Use(searched=2), Use(searched=5)), True, False),
        ((Use(opened=1), Use(opened=1)), True, True),
        ((Use(), Use(opened=3)), True, True),
    ],
)
def test_a_budget_is_spent_in_the_hour_or_in_the_day(done, opens, spent):
    budget = Budget(Use(2, 20, 1), Use(5, 50, 3), NOW.date(), "own")

    assert is_spent(*done, budget, opens=opens) is spent


def test_limits_are_data_with_a_source_and_a_day_begins_at_midnight_in_viet_nam():
    budget = budget_on(NOW.date())
    hour, day = hour_and_day(NOW)

    assert budget.source
    assert 0 < budget.hour.searched < budget.day.searched
    assert (hour.isoformat(), day.isoformat()) == ("2026-11-24T10:00:00+07:00", "2026-11-24T00:00:00+07:00")


def test_the_last_day_of_a_grant_still_counts_in_viet_nam_time():
    late_evening = NOW + timedelta(hours=13, minutes=30)  # 23:30 on the 24th in Viet Nam

    assert isinstance(decide(a_standing(grant=a_grant(valid_to=date(2026, 11, 24))), a_request(), late_evening), Warrant)


def test_sensitive_fields_are_masked_unless_named_as_sensitive():
    everything = frozenset(Field)

    masked = decide(a_standing(grant=a_grant(fields=everything)), a_request(), NOW)
    opened = decide(a_standing(grant=a_grant(fields=everything, sensitive_fields=frozenset({Field.RELIGION}))), a_request(), NOW)

    assert isinstance(masked, Warrant)
    assert isinstance(opened, Warrant)
    assert Field.RELIGION not in masked.fields
    assert Field.RELIGION in opened.fields
    assert Field.ETHNICITY not in opened.fields


def test_defaults_taken_from_the_grant_are_marked():
    decision = decide(a_standing(), a_request(purpose="", legal_basis=""), NOW)

    assert isinstance(decision, Warrant)
    assert decision.defaulted == ("purpose", "legal_basis")


@pytest.mark.parametrize(
    ("stated", "recorded", "expected"),
    [
        ("Trần Văn Hòa", "Trần Văn Hòa", Comparison.EXACT),
        ("TRẦN VĂN HÒA", "Trần Văn Hòa", Comparison.EXACT),
        ("Trần  Văn\u00a0Hoà", "Trần Văn Hòa", Comparison.EXACT),  # tone placement, blanks
        ("Tra\u0302\u0300n Va\u0306n Ho\u0300a", "Trần Văn Hòa", Comparison.EXACT),  # decomposed
        ("TRầN VăN HòA", "Trần Văn Hòa", Comparison.EXACT),  # byte-wise upper case
        ("TRANVANHOA", "Trần Văn Hòa", Comparison.FOLDED),
        ("Tran Van Hoa", "Trần Văn Hòa", Comparison.FOLDED),
        ("Đặng Thị Đẹp", "DANG THI DEP", Comparison.FOLDED),
        ("H'Hen Niê", "HHENNIE", Comparison.FOLDED),
        ("Trần Văn Hoá", "Trần Văn Hòa", Comparison.FOLDED),  # another tone is not exact
        ("Trần Văn Hoàng", "Trần Văn Hòa", Comparison.DIFFERS),
        ("", "Trần Văn Hòa", Comparison.DIFFERS),
    ],
)
def test_names_are_exact_folded_or_different(stated, recorded, expected):
    assert compare_names(stated, recorded) is expected


@pytest.mark.parametrize(
    ("stated", "recorded", "expected"),
    [
        ("1990-05-17", (1990, 5, 17), Comparison.EXACT),
        ("1990", (1990, 0, 0), Comparison.EXACT),
        ("1990", (1990, 5, 17), Comparison.FOLDED),
        ("1990-05-17", (1990, 0, 0), Comparison.FOLDED),
        ("19900000", (1990, 0, 0), Comparison.EXACT),
        ("1990-05-18", (1990, 5, 17), Comparison.DIFFERS),
        ("1990-06", (1990, 5, 17), Comparison.DIFFERS),
        ("1991", (1990, 0, 0), Comparison.DIFFERS),
    ],
)
def test_birth_dates_agree_at_the_coarser_precision(stated, recorded, expected):
    assert compare_dates(PartialDate.parse(stated), *recorded) is expected


def test_unknown_wrong_name_wrong_date_and_cancelled_look_the_same():
    negatives = [
        judge(a_claim(), [], a_grant()),
        judge(a_claim(name="Lê Thị Khác"), [a_row()], a_grant()),
        judge(a_claim(born="1991-05-17"), [a_row()], a_grant()),
        judge(a_claim(), [a_row(number_state=2)], a_grant()),
        judge(a_claim(name="TRANVANHOA"), [a_row()], a_grant(passes_folded=False)),
    ]

    assert all(negative == negatives[0] for negative in negatives)
    assert negatives[0].outcome is Outcome.NO_MATCH


def test_two_persons_that_agree_are_not_told_apart():
    twins = [a_row(), a_row(personal_no=46090000102)]

    assert judge(a_claim(), twins, a_grant()).outcome is Outcome.NO_MATCH


def test_the_differing_key_is_told_only_with_the_grant_and_only_when_one_more_agrees():
    explaining = a_grant(explain=True)

    assert judge(a_claim(name="Lê Khác"), [a_row()], explaining).explanation is Field.FULL_NAME
    assert judge(a_claim(born="1980-01-01"), [a_row()], explaining).explanation is Field.BIRTH_DATE
    assert judge(a_claim(name="Lê Khác", born="1980-01-01"), [a_row()], explaining).explanation is None
    assert judge(a_claim(name="Lê Khác"), [a_row()], a_grant()).explanation is None
    assert judge(a_claim(name="Lê Khác"), [a_row()], explaining).recorded_outcome == "no_match:explained"


def test_dead_and_replaced_are_told_only_to_whoever_stated_all_three_keys():
    dead = judge(a_claim(), [a_row(life_status=1)], a_grant())
    replaced = judge(a_claim(), [a_row(number_state=1, successor_no=46090000999)], a_grant())
    guessed = judge(a_claim(born=BORN.replace("17", "18")), [a_row(life_status=1)], a_grant())

    assert dead.life_status is not None
    assert dead.life_status.name == "DEAD"
    assert replaced.successor is not None
    assert replaced.successor.digits == "046090000999"
    assert guessed.life_status is None


def test_who_explains_needs_more_than_the_number():
    grant = a_grant(explain=True)

    def explained(**claim):
        return judge(a_claim(**claim), [a_row()], grant).explanation

    assert explained(name="Lê Khác") is Field.FULL_NAME
    assert explained(name="Lê Khác", born="1990") is None  # the year stands in the number
    assert explained(name="Lê Khác", born="1990-05") is None
    assert explained(born="1991") is Field.BIRTH_DATE
    assert judge(a_claim(name="Lê Khác"), [a_row(number_state=2)], grant).explanation is None


def test_a_replaced_number_and_its_successor_are_one_person_to_the_old_card():
    rows = [a_row(personal_no=1, number_state=1, successor_no=2), a_row(personal_no=2)]
    claim = PersonClaim(NAME, PartialDate.parse(BORN), None, "191000101")

    assert judge(claim, rows, a_grant()).person == rows[1]
    assert judge(claim, [a_row(personal_no=1), a_row(personal_no=2)], a_grant()).outcome is Outcome.NO_MATCH


@pytest.mark.parametrize("flag", [Flag.PROTECTED, Flag.BLOCKED, Flag.PROTECTED | Flag.UNDER_INVESTIGATION])
def test_a_sealed_person_looks_like_nobody_to_whoever_asks_from_outside(flag: Flag):
    sealed = a_row(flags=int(flag))

    found = judge(a_claim(), [sealed], a_grant(explain=True))

    assert found == judge(a_claim(), [], a_grant(explain=True))
    assert judge(a_claim(name="Sai Tên"), [sealed], a_grant(explain=True)).explanation is None


def test_a_person_whose_data_are_being_checked_still_agrees():
    assert judge(a_claim(), [a_row(flags=int(Flag.UNDER_INVESTIGATION))], a_grant()).outcome is Outcome.MATCH


def test_a_sealed_person_does_not_make_another_one_of_the_same_old_number_ambiguous():
    claim = PersonClaim(NAME, PartialDate.parse(BORN), None, "191000001")
    two = [a_row(old_id_no="191000001"), a_row(personal_no=46090000999, old_id_no="191000001", flags=int(Flag.PROTECTED))]

    assert judge(claim, two, a_grant()).outcome is Outcome.MATCH
