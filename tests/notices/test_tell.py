"""Notices reach the account, the role or the citizen they are for, once, and can be read by nobody in the database."""

from __future__ import annotations

import pytest
from django.db import transaction

from dancu.kernel.errors import Invalid
from dancu.kernel.personal_id import PersonalId
from dancu.notices import api as notices
from dancu.notices.models import Notice as NoticeRow
from dancu.notices.usecases import tell
from dancu.project.wiring import OUTBOX_HANDLERS
from tests.factories.people import NOW, NUMBER
from tests.notices.scene import OWNER, Clock, a_step, row_of, sent

pytestmark = pytest.mark.django_db(transaction=True)
HANDLERS = {"notice.officer": tell.deliver_to_officer, "notice.citizen": tell.deliver_to_citizen}
HERS = ("canbo.a", OWNER, frozenset({"desk"}))
OTHERS = ("canbo.b", OWNER, frozenset({"registrar"}))


def said(number: str = "H57-1") -> notices.Message:
    return notices.message("dossier.result", {"number": number, "place": "Một cửa"}, href="/mot-cua/ho-so/H57-1", now=NOW)


def told(to: notices.Addressee, key: str = "k1") -> None:
    with transaction.atomic():
        notices.send(notices.officer_notice(said(), to, key=key, owner=OWNER, room="test"), now=NOW)
    notices.deliver_due(HANDLERS, Clock())


def test_a_notice_for_an_account_is_seen_by_it_alone():
    told(notices.Addressee(account="canbo.a"))

    (notice,) = tell.notices_of_officer(*HERS)
    assert notices.in_words(notice.message, "vi")[0] == "Hồ sơ H57-1 đã có kết quả"
    assert notices.in_words(notice.message, "en")[0] == "Dossier H57-1 has its result"
    assert tell.notices_of_officer(*OTHERS) == []


def test_a_notice_for_a_role_is_seen_by_everybody_with_it_in_the_organisation():
    told(notices.Addressee(organisation=OWNER, role="desk"))

    assert len(tell.notices_of_officer(*HERS)) == 1
    assert tell.notices_of_officer(*OTHERS) == []
    assert tell.notices_of_officer("canbo.a", "H57.12.4", frozenset({"desk"})) == []


def test_reading_is_each_officers_own():
    told(notices.Addressee(organisation=OWNER, role="desk"))
    colleague = ("canbo.c", OWNER, frozenset({"desk"}))

    tell.mark_read(*HERS, None, now=NOW)

    assert (tell.unread_of_officer(*HERS), tell.unread_of_officer(*colleague)) == (0, 1)
    assert tell.notices_of_officer(*HERS)[0].is_read


def test_nobody_marks_what_is_not_hers():
    told(notices.Addressee(account="canbo.a"))
    (notice,) = tell.notices_of_officer(*HERS)

    tell.mark_read(*OTHERS, [notice.id], now=NOW)

    assert tell.unread_of_officer(*HERS) == 1


def test_the_same_step_told_twice_is_one_notice():
    told(notices.Addressee(account="canbo.a"))
    step = NoticeRow.objects.get().step_id
    delivery = notices.Delivery(
        step, "notice.officer", "k1", "", OWNER, {"to": {"account": "canbo.a"}, "said": said_plain()}, 2, 5.0, NOW
    )

    tell.deliver_to_officer(delivery)

    assert len(tell.notices_of_officer(*HERS)) == 1


def said_plain() -> dict[str, object]:
    return {"template": "dossier.result", "version": 1, "values": {"number": "H57-1", "place": "Một cửa"}}


def test_a_citizen_finds_her_notices_by_her_number_and_the_database_shows_neither():
    number = PersonalId.parse(NUMBER)
    with transaction.atomic():
        notices.send(notices.citizen_notice(said(), number, key="c1", owner=OWNER, room="test"), now=NOW)
    notices.deliver_due(HANDLERS, Clock())

    assert [n.message for n in notices.notices_of_citizen(number)] == [said()]
    assert notices.notices_of_citizen(PersonalId.parse("046190000104")) == []
    row = NoticeRow.objects.get()
    assert all(NUMBER.encode() not in bytes(each) for each in (row.citizen, row.content))
    assert b"H57-1" not in bytes(row.content)


def test_what_no_template_says_is_refused_before_it_is_sent():
    for template, values, href in (
        ("khong-co", {}, ""),
        ("dossier.result", {"number": "1"}, ""),
        ("dossier.result", {"number": "1", "place": "x"}, "https://noi-khac.example"),
        ("dossier.result", {"number": "1", "place": "x"}, "//noi-khac.example"),
    ):
        with pytest.raises(Invalid):
            notices.message(template, values, href=href, now=NOW)
    with pytest.raises(Invalid):
        notices.officer_notice(said(), notices.Addressee(role="desk"), key="k", owner=OWNER, room="test")


def test_a_value_that_is_a_sentence_is_said_in_the_reader_s_language_too():
    values, english = {"number": "H57-1", "place": "Quầy số 3"}, {"place": "desk 3"}

    said = notices.message("dossier.result", values, english=english, now=NOW)

    assert "Quầy số 3" in " ".join(notices.in_words(said, "vi"))
    told = " ".join(notices.in_words(said, "en"))
    assert ("desk 3" in told, "Quầy" in told, "H57-1" in told) == (True, False, True)


def test_a_word_of_the_dictionary_needs_no_english_of_its_own():
    said = notices.message("dossier.result", {"number": "1", "place": "Chờ bổ sung"}, now=NOW)

    assert "Waiting for the supplement" in " ".join(notices.in_words(said, "en"))


@pytest.mark.parametrize("english", [{"who": "x"}, {"place": "x" * 301}])
def test_english_for_no_value_of_the_template_or_without_end_is_refused(english: dict[str, str]):
    with pytest.raises(Invalid):
        notices.message("dossier.result", {"number": "1", "place": "x"}, english=english, now=NOW)


def test_a_value_is_never_read_as_a_place():
    values = {"number": "{place}", "place": "Một cửa"}

    assert notices.in_words(notices.message("dossier.result", values, now=NOW), "vi")[0] == "Hồ sơ {place} đã có kết quả"


def test_what_is_no_notice_is_set_aside():
    (step,) = sent(a_step(kind="notice.citizen", payload={"number": "123"}))

    notices.deliver_due(HANDLERS, Clock())

    assert (row_of(step).state, row_of(step).code) == ("quarantined", "step.malformed")


def test_every_wired_kind_has_a_handler_and_rules_of_its_own():
    from dancu.notices import policies
    from dancu.notices.tasks import handlers

    assert set(handlers()) == set(OUTBOX_HANDLERS)
    assert set(OUTBOX_HANDLERS) <= {kind for kind, _ in policies.named_kinds()}
