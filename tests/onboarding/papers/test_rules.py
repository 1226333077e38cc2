"""Which papers a day asks for, and that the data behind them holds together."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from dancu.kernel.errors import NotFound
from dancu.onboarding.papers.domain import (
    Confidence,
    FieldKind,
    PaperKind,
    bases_on,
    blocks_of,
    duties_on,
    fields_of,
    form_of,
    required_papers,
)
from tests.onboarding.papers.samples import DAY, GENERATED

BEFORE, FROM = date(2022, 3, 23), date(2022, 3, 24)
K = PaperKind


def kinds(day: date) -> list[PaperKind]:
    return [rule.kind for rule in required_papers(day)]


def test_the_undertaking_of_each_person_is_asked_for_until_the_day_before_the_letter_and_not_from_that_day() -> None:
    assert K.INDIVIDUAL_UNDERTAKING in kinds(date(2021, 9, 9))
    assert K.INDIVIDUAL_UNDERTAKING in kinds(BEFORE)
    assert K.INDIVIDUAL_UNDERTAKING not in kinds(FROM)
    assert K.INDIVIDUAL_UNDERTAKING not in kinds(DAY)


def test_from_the_letter_on_four_papers_and_the_survey_are_asked_for() -> None:
    assert kinds(FROM) == [K.UNDERTAKING, K.ACCOUNT_LIST, K.SERVICE_REGISTRATION, K.SECURITY_CONFIRMATION, K.SURVEY]
    assert kinds(DAY) == kinds(FROM)


def test_nothing_was_asked_for_before_the_first_letter() -> None:
    assert required_papers(date(2021, 9, 8)) == ()


def test_no_paper_is_asked_for_twice_on_one_day() -> None:
    days = [date(2021, 9, 1) + timedelta(days=n) for n in range(0, 1000)]

    assert all(len(set(kinds(day))) == len(kinds(day)) for day in days)


def test_the_confirmation_of_two_departments_is_never_made_by_the_applicant() -> None:
    rule = next(rule for rule in required_papers(DAY) if rule.kind is K.SECURITY_CONFIRMATION)

    assert (rule.generated, rule.uploaded, rule.confidence) == (False, True, Confidence.CERTAIN)
    with pytest.raises(NotFound) as refused:
        form_of(K.SECURITY_CONFIRMATION, DAY)
    assert refused.value.code == "paper.no_form"


@pytest.mark.parametrize("day", [date(2021, 9, 9), BEFORE, FROM, DAY])
def test_every_paper_that_is_printed_has_a_form_on_every_day_it_is_asked_for(day: date) -> None:
    for rule in required_papers(day):
        if rule.generated:
            assert form_of(rule.kind, day).kind is rule.kind


def test_every_row_names_its_source_and_how_sure_we_are() -> None:
    for rule in required_papers(BEFORE) + required_papers(DAY):
        assert rule.source
        assert rule.signed_by
        assert rule.confidence in Confidence


@pytest.mark.parametrize("kind", GENERATED)
def test_a_form_asks_nothing_twice_and_its_conditions_point_at_answers_that_exist(kind: PaperKind) -> None:
    form = form_of(kind, DAY)
    fields = fields_of(form)

    assert len(fields) == sum(len(block.field) for block in blocks_of(form))
    for field in fields.values():
        assert field.label
        assert field.label_en
        assert bool(field.options) == (field.kind in (FieldKind.CHOICE, FieldKind.MANY))
        assert set(field.wanted) <= {key for key, _label in field.options}
        assert not field.wanted or (field.wanted_note and field.wanted_note_en)
        if field.needed_if:
            other, *answers = field.needed_if
            assert set(answers) <= {key for key, _label in fields[other].options}


@pytest.mark.parametrize("kind", GENERATED)
def test_the_columns_of_a_table_fill_the_page_between_the_margins(kind: PaperKind) -> None:
    form = form_of(kind, DAY)

    assert sum(column.width for column in form.columns) in (0, 252 if form.wide else 165)


def test_the_columns_of_the_lists_are_those_of_the_letters() -> None:
    accounts = [column.key for column in form_of(K.ACCOUNT_LIST, DAY).columns]
    services = [column.key for column in form_of(K.SERVICE_REGISTRATION, DAY).columns]

    assert accounts == [
        "no", "full_name", "personal_id", "birth_date", "position", "unit", "level", "phone", "mail", "account", "role",
        "services", "remark",
    ]  # fmt: skip
    assert services == [
        "no", "procedure_name", "procedure_code", "field", "level", "service", "items", "legal_basis", "purpose", "volume",
        "period",
    ]  # fmt: skip


def test_a_duty_rests_on_the_law_of_the_day() -> None:
    names = {day: {basis.name for basis in bases_on(day).values()} for day in (date(2024, 6, 30), date(2024, 7, 1))}

    assert "Luật Căn cước công dân số 59/2014/QH13" in names[date(2024, 6, 30)]
    assert "Luật Căn cước số 26/2023/QH15" in names[date(2024, 7, 1)]
    assert not names[date(2024, 7, 1)] & {"Luật Căn cước công dân số 59/2014/QH13"}


# Before the circular of 19 December 2022 some duties rested on practice alone.
@pytest.mark.parametrize("day", [date(2022, 12, 19), date(2023, 7, 1), DAY, date(2026, 7, 1)])
def test_every_duty_of_a_day_has_a_document_of_that_day_behind_it(day: date) -> None:
    bases = bases_on(day)

    assert len(duties_on(day)) == 13
    assert [duty.text for duty in duties_on(day) if not set(duty.bases) & set(bases)] == []


def test_collecting_each_persons_undertaking_is_a_duty_only_while_it_was_asked_for() -> None:
    said = {day: " ".join(duty.text for duty in duties_on(day)) for day in (BEFORE, FROM)}

    assert "bản cam kết của từng cá nhân" in said[BEFORE]
    assert "bản cam kết của từng cá nhân" not in said[FROM]
    assert "danh sách cá nhân được cấp tài khoản" in said[FROM]
