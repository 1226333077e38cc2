"""What a system in trial is answered: the table of cases holds line by line, and the decisions are those of everybody else."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
from tests.exchange.trying import CLIENT, ATrial, a_tried_system
from tests.factories.people import a_grant

from dancu.exchange.domain import Disclosure, Kind, Outcome
from dancu.exchange.sandbox import personas_table
from dancu.exchange.trial import asking
from dancu.exchange.trial.cases import Case, Effect, Handled, cases
from dancu.exchange.trial.findings import NOT_KEPT, SENTENCES, found, scrubbed
from dancu.exchange.trial.people import people
from dancu.exchange.trial.secrets import trial_secret, with_trial_secrets
from dancu.exchange.trial.tried import is_trial_reference, is_tried, trial_reference
from dancu.kernel.errors import Conflict, TooMany, Unavailable
from dancu.kernel.personal_id import PersonalId
from dancu.kernel.sealing import SealingKey
from dancu.kernel.warrants import Field
from dancu.onboarding.domain import ConnectionState
from dancu.onboarding.reader import TRIAL_PREFIX, Directory, KnownCaller
from dancu.population.domain import LifeStatus
from dancu.synth.personas import PERSONAS
from dancu.synth.plan import scatter

TABLE = personas_table()
KEY = SealingKey(bytes(32))
OF_PERSONS = [case for case in TABLE.cases if case.subject and not case.effect]


@pytest.fixture(autouse=True)
def nothing_is_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "SLOW_SECONDS", 0.0)


def ask_case(trial: ATrial, case: Case, **more: object):
    """As the table says: its person's own name and date, or where it asks for a miss somebody else's."""
    person = TABLE.person_of(case)
    is_missed = case.answer == "no_match" and case.code not in ("protected", "cancelled")
    name, born = ("Thuận", "1985-06-07") if person is None or is_missed else (person.full_name, str(person.birth_date))
    if case.code == "partly":
        born = "1960-11-24"
    return trial.ask(case.number, name, born, old=case.old_id_no, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("case", OF_PERSONS, ids=lambda case: case.code)
def test_a_line_of_the_table_is_answered_as_it_says(case: Case):
    told = ask_case(ATrial(), case)

    assert (told.verification.outcome is not Outcome.NO_MATCH) == (case.answer == "agrees")
    assert told.tried.scenario == case.code
    assert told.tried.is_handled == (case.handled is Handled.ANSWERED)
    assert is_trial_reference(told.verification.reference)


def test_a_client_that_knows_old_numbers_only_meets_its_persons_too():
    told = ATrial().ask(old="191000002")

    assert (told.tried.scenario, told.tried.is_handled) == ("found", True)


def test_the_persons_of_the_table_are_those_the_cases_promise():
    trial = ATrial()
    by_code = {case.code: ask_case(trial, case) for case in OF_PERSONS}

    def facts(code: str):
        answer = by_code[code].answer
        assert isinstance(answer, Disclosure)
        assert answer.facts is not None
        return answer.facts

    assert by_code["found"].verification.outcome is Outcome.MATCH
    assert by_code["partly"].verification.outcome is Outcome.FOLDED
    assert by_code["dead"].verification.life_status is LifeStatus.DEAD
    assert by_code["missing"].verification.life_status is LifeStatus.MISSING
    assert by_code["replaced"].verification.successor == PersonalId.parse("046190000006")
    assert (facts("year_only").birth_date.month, facts("month_only").birth_date.day) == (0, 0)
    assert set('&"<') <= set(facts("special_characters").permanent_residence.detail)
    assert facts("sex_differs_from_number").sex != PersonalId.parse("046090000118").stated_sex
    assert set(facts("born_after_2000").relatives) == {"father", "mother"}
    assert facts("no_household").permanent_residence.area is None
    assert facts("earlier_units").permanent_residence.area.district == "474"
    assert len(facts("long_name").full_name.split()) == 6


def test_a_household_is_told_with_its_members_and_none_for_who_is_in_none():
    trial = ATrial()

    large = trial.ask("046060000121", "Trần Văn Ông", "1960-05-21", household=True).answer
    alone = trial.ask("046089000115", "Cao Văn Một Mình", "1989-10-15", household=True).answer

    assert isinstance(large, Disclosure)
    assert isinstance(alone, Disclosure)
    assert [each.household_relation for each in large.household.members] == ["01", "02", "03", "04"]
    assert large.household.residence_file_no == "HS-THU-0001"
    assert alone.household is None


def test_everybody_of_the_sandbox_lives_in_the_block_that_the_nation_keeps_free_for_personas():
    given = scatter(np.arange(999_000), np.full(999_000, 12_345))
    numbers = [*(f"{number:012d}" for number in people().by_number), *(case.number for case in cases().cases if case.number)]
    own = {row["personal_id"] for row in PERSONAS}

    assert given.min() >= 1000
    assert all(0 < int(number[6:]) < 1000 for number in numbers)
    assert all(number[:3] == "046" for number in numbers)
    assert len(people().by_number) == len(own) + 13, "nobody of the sandbox has the number of a persona"
    born = {number: row[4] for number, row in people().by_number.items()}
    assert all(PersonalId(number).stated_birth_year == year for number, year in born.items())


def test_the_table_is_whole_and_in_both_languages():
    assert len({case.code for case in cases().cases}) == len(cases().cases)
    assert {case.effect for case in cases().cases} == set(Effect)
    assert {case.handled for case in cases().cases} == set(Handled)
    assert all(case.vi and case.en and case.title_vi and case.title_en for case in cases().cases)
    assert all(TABLE.person_of(case) for case in OF_PERSONS if case.code != "not_found")
    assert any(each.is_listed for each in TABLE.accounts)
    assert any(not each.is_listed for each in TABLE.accounts)


# -- decisions -----------------------------------------------------------------------------------------------------------


def test_nobody_has_to_approve_anything_before_a_trial_begins():
    told = ATrial().ask(code="123", procedure="9.999999").answer

    assert isinstance(told, Disclosure)
    assert told.facts.full_name == "Trần Văn Thử"
    assert told.facts.ethnicity is None, "what is sensitive was registered by nobody"


def test_what_was_registered_is_told_and_asked_for_in_a_trial_too():
    sensitive = frozenset({Field.ETHNICITY})
    grant = a_grant(
        CLIENT, "037", fields=sensitive, sensitive_fields=sensitive, dossier_required=True, purpose="Cư trú", legal_basis="Luật"
    )
    trial = ATrial(grants=[grant])

    told = trial.ask(dossier_no="H57-1").answer

    assert isinstance(told, Disclosure)
    assert told.facts.ethnicity == "01"
    assert trial.ask().reason == "dossier_missing"
    assert trial.ask(dossier_no="H57-1", purpose="Khác").reason == "purpose_not_granted"
    assert trial.ask(dossier_no="H57-1", fields=frozenset({Field.RELIGION})).reason == "field_not_granted"
    verify_only = ATrial(grants=[a_grant(CLIENT, "037", may_disclose=False)])
    assert verify_only.ask().reason == "disclosure_not_granted"


@pytest.mark.parametrize(
    ("asked", "reason", "scenario"),
    [
        ({"officer": "canbo.thu-hoi"}, "officer_not_listed", "officer_refused"),
        ({"officer": "canbo-that"}, "officer_not_listed", ""),
        ({"code": "999"}, "no_grant", "code_refused"),
        ({"code": ""}, "no_grant", ""),
        ({"procedure": ""}, "no_grant", ""),
        ({"code": "998"}, "dossier_missing", "dossier_missing"),
        ({"code": "997"}, "disclosure_not_granted", "verify_only"),
        ({"kind": Kind.OPEN}, "registry_not_granted", ""),
    ],
)
def test_refusals_are_those_of_an_official_connection(asked: dict[str, object], reason: str, scenario: str):
    told = ATrial().ask(**asked)  # type: ignore[arg-type]

    assert told.reason == reason
    assert (told.tried.scenario, told.tried.is_handled) == (scenario, bool(scenario))


def test_an_account_its_organisation_listed_may_ask_in_a_trial_too():
    assert ATrial(accounts=frozenset({("H57", "canbo01")})).ask(officer="canbo01").verification.outcome is Outcome.MATCH
    assert ATrial(accounts=frozenset({("H57", "canbo.thu-hoi")})).ask(officer="canbo.thu-hoi").reason == "officer_not_listed"


def test_a_system_behind_a_hub_is_not_tried():
    assert is_tried(a_tried_system())
    assert not is_tried(a_tried_system("hub.a", via="hub"))


# -- cases of more than one call ---------------------------------------------------------------------------------------


def case_of(code: str) -> Case:
    return next(case for case in cases().cases if case.code == code)


def test_unavailable_once_and_then_fine():
    trial = ATrial()

    first, second, third = (ask_case(trial, case_of("unavailable_once")) for _ in range(3))

    assert isinstance(first.failure, Unavailable)
    assert second.verification.outcome is Outcome.MATCH
    assert second.tried.again is first.tried.begun
    assert isinstance(third.failure, Unavailable), "it can be tried again from the beginning"


def test_who_is_told_to_wait_and_does_is_answered_and_who_does_not_is_told_again():
    trial, case = ATrial(), case_of("throttled")

    first = ask_case(trial, case)
    trial.seconds += 4
    too_soon = ask_case(trial, case)
    trial.seconds += 5
    waited = ask_case(trial, case)

    assert isinstance(first.failure, TooMany)
    assert isinstance(too_soon.failure, TooMany)
    assert ("retry.too_soon", ()) in too_soon.tried.notes
    assert (waited.verification.outcome, waited.tried.is_handled) == (Outcome.MATCH, True)


def test_a_replaced_number_is_handled_by_asking_for_the_new_one_and_not_before():
    trial = ATrial()
    by_new = ("046190000006", "Võ Thị Số Mới", "1990-05-17")

    unasked = trial.ask(*by_new)
    replaced = ask_case(trial, case_of("replaced"))
    followed, again = trial.ask(*by_new), trial.ask(*by_new)

    assert (unasked.tried.scenario, replaced.tried.is_handled) == ("", False)
    assert (followed.tried.scenario, followed.tried.is_handled) == ("replaced", True)
    assert again.tried.scenario == ""


def test_what_was_begun_long_ago_is_forgotten():
    trial, case = ATrial(), case_of("throttled")
    ask_case(trial, case)

    trial.seconds += asking.PENDING_SECONDS + 1

    assert isinstance(ask_case(trial, case).failure, TooMany)


def test_two_systems_do_not_meet_each_others_cases():
    trial = ATrial()
    ask_case(trial, case_of("unavailable_once"))
    other = ATrial(a_tried_system("thu-hai"))
    other.sandbox = trial.sandbox
    other.sandbox._gate.set_rates([trial.system, other.system])

    assert isinstance(ask_case(other, case_of("unavailable_once")).failure, Unavailable)


def test_slow_answers_are_bounded(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(asking, "SLOW_MAX", 0)

    assert isinstance(ask_case(ATrial(), case_of("slow")).failure, TooMany)
    monkeypatch.setattr(asking, "SLOW_MAX", 1)
    assert ask_case(ATrial(), case_of("slow")).tried.is_handled


def test_the_same_key_gets_the_same_answer_and_no_other_question_one():
    trial = ATrial()

    first, again, other = trial.ask(key="k"), trial.ask(key="k"), trial.ask(name="Thuận", key="k")

    assert first.answer is not None
    assert (again.answer, again.failure, again.tried.scenario) == (None, None, "repeated")
    assert isinstance(other.failure, Conflict)
    assert trial.ask(key="k", officer="canbo.thu-hoi").reason == "officer_not_listed", "who is refused now gets no answer of before"


def test_a_trial_has_a_rate_of_its_own():
    trial = ATrial()

    told = [trial.ask() for _ in range(120)]

    assert sum(isinstance(each.failure, TooMany) for each in told) >= 15
    assert told[-1].tried.outcome == "too_fast"


# -- references, secrets, sentences ----------------------------------------------------------------------------------------


def test_a_trial_reference_is_a_uuid_that_no_ledger_entry_has():
    references = {trial_reference() for _ in range(100)}

    assert len(references) == 100
    assert all(re.fullmatch(r"[0-9a-f]{8}-0000-8000-80[0-9a-f]{2}-[0-9a-f]{12}", each) for each in references)
    assert not is_trial_reference("019aa4c1-9d3f-7c1e-8a51-0c2f6f0f3b1d")


def test_only_a_system_in_trial_is_believed_by_another_secret():
    states = {"a": ConnectionState.TRIAL, "b": ConnectionState.OFFICIAL, "c": ConnectionState.REGISTERED}
    callers = {name: KnownCaller(replace(a_tried_system(name), state=state), "S") for name, state in states.items()}
    directory = with_trial_secrets(Directory(callers, {}, frozenset()), KEY)

    assert {name: caller.secret == "S" for name, caller in directory.callers.items()} == {"a": False, "b": True, "c": True}
    assert directory.callers["a"].secret == trial_secret(KEY, "a", "S")
    assert directory.callers["a"].secret.startswith(TRIAL_PREFIX)
    assert len({trial_secret(KEY, "a", "S"), trial_secret(KEY, "b", "S"), trial_secret(KEY, "a", "T")}) == 3
    assert trial_secret(SealingKey(bytes(31) + b"x"), "a", "S") != trial_secret(KEY, "a", "S")


def test_a_sentence_says_numbers_of_ours_and_no_others():
    assert scrubbed("046093000002 và 046093000003, 123 456 789, 12345678") == f"046093000002 và {NOT_KEPT}, {NOT_KEPT}, 12345678"
    assert "999999" in found("body.xml", 123_456_789_012, 1).vi
    assert all(len(each) == 3 and each[1] and each[2] for each in SENTENCES.values())
    assert all(vi.count("{}") == en.count("{}") for _, vi, en in SENTENCES.values())
