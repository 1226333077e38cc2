"""The gate read in English: what is lacking, what comes due, what is told, what is decided. Only official titles and names stay."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from html import unescape
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.translation import override

from dancu.identity.api import propose
from dancu.identity.proposals.domain import content_words
from dancu.identity.proposals.domain import policies as acts
from dancu.kernel import clock
from dancu.kernel.errors import Conflict
from dancu.kernel.reach import SYSTEM, acting
from dancu.kernel.work_days import work_calendar
from dancu.notices import api as notices
from dancu.notices.usecases import tell
from dancu.onboarding import proposals as own_proposals
from dancu.onboarding.axes.domain import STATE_WORDS as AXIS_WORDS
from dancu.onboarding.axes.domain import state_word, transitions
from dancu.onboarding.domain import Grant
from dancu.onboarding.dossiers import requirements
from dancu.onboarding.dossiers import usecases as dossiers
from dancu.onboarding.dossiers.domain import ACTION_WORDS, STATE_WORDS, ActionKind
from dancu.onboarding.inspection import usecases as inspections
from dancu.onboarding.inspection import words as inspection_words
from dancu.onboarding.inspection.actions import Mode
from dancu.onboarding.models import System
from dancu.onboarding.papers.documents import paper_docx
from dancu.onboarding.papers.domain import PaperKind, required_papers
from dancu.onboarding.parties import usecases as parties
from dancu.onboarding.parties.domain import Change, Move, Reorganisation
from dancu.onboarding.reminders.domain import days_before
from dancu.onboarding.reminders.domain import policies as reminders
from dancu.onboarding.reminders.usecases import remind
from tests.factories.people import NOW
from tests.factories.web_role import web_role
from tests.identity.scene import browser_of, text_of
from tests.notices.scene import Clock
from tests.onboarding.gate_scene import (
    DECIDER,
    EXAMINER,
    LINE,
    OWNER,
    POLICE,
    appoint,
    at_work,
    complete,
    filled,
    opened,
    proposed,
    write,
)
from tests.onboarding.papers.samples import CONTEXT, a_form
from tests.ui.test_words import KNOWN

pytestmark = pytest.mark.django_db(transaction=True)
MARKS = re.compile(r"[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹáàãéèíìĩóòõúùũý]", re.I)
HANDLERS = {"notice.officer": tell.deliver_to_officer}
TITLES = [rule.name for rule in required_papers(NOW.date())]
NAMES = ["Hệ thống một cửa", *TITLES]
MORNING = NOW + timedelta(days=1)


@pytest.fixture(autouse=True)
def everybody() -> Iterator[None]:
    with acting(SYSTEM):
        appoint()
    with web_role():
        yield


def english(account: str) -> Client:
    browser = browser_of(account)
    browser.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return browser


def vietnamese_in(text: str) -> list[str]:
    """The words with marks that are no official title and no name somebody gave."""
    for name in sorted(NAMES, key=len, reverse=True):
        text = text.replace(name, "")
    return [word for word in text.split() if MARKS.search(word)]


def part(page: str, start: str, end: str) -> str:
    """The words of one part of a page."""
    found = re.search(f"{re.escape(start)}(.*?){re.escape(end)}", page, re.S)
    assert found, start
    return unescape(re.sub(r"<[^>]+>", " ", found.group(1)))


def told_in_english(account: str, organisation: str, role: str, now: datetime = NOW) -> list[str]:
    with acting(SYSTEM):
        notices.deliver_due(HANDLERS, Clock(now))
        found = tell.notices_of_officer(account, organisation, frozenset({role}))
    return [" ".join(notices.in_words(each.message, "en")) for each in found]


def test_what_a_dossier_lacks_is_said_in_english_beside_the_official_title() -> None:
    found = opened()

    lacks = part(text_of(english(OWNER).get(f"/ket-noi/ho-so/{found.id}")), '<ul class="checks">', "</ul>")

    assert vietnamese_in(lacks) == []
    assert f"{TITLES[1]} (list of accounts registered to use the population services)" in lacks
    assert "there is no signed copy" in lacks
    assert "Security of the system: not inspected" in lacks


def test_whoever_hands_in_too_early_is_told_in_english_what_is_lacking() -> None:
    found = opened()

    answer = english(OWNER).post(f"/ket-noi/ho-so/{found.id}", {"step": "submit"})

    assert answer.status_code == 409
    assert "The dossier lacks: " + TITLES[0] in unescape(text_of(answer))


def test_a_refusal_names_in_both_languages_everything_that_is_lacking(tmp_path: Path) -> None:
    found = complete(tmp_path)
    with acting(SYSTEM):
        System.objects.update(security="lapsed")

    with at_work(EXAMINER) as examiner, pytest.raises(Conflict) as refused:
        dossiers.propose_decision(examiner, found.id, "Đủ điều kiện kết nối", connect=True, now=NOW)

    assert refused.value.details == {"missing": ["security"]}
    assert refused.value.message == "Chưa trình được: An ninh, an toàn của hệ thống: kết luận đã hết hạn."
    assert refused.value.message_en == "This cannot be proposed yet: Security of the system: conclusion lapsed."


def test_every_way_to_lack_something_has_its_english(tmp_path: Path) -> None:
    """Nothing there; filled in wrongly; a copy that differs; a list with faults, and one of a service that went."""
    empty, wrong = opened(), filled(tmp_path, client_id="tthc.hai")
    survey = {"paper": PaperKind.SURVEY.value, "file": "b" * 64, "file_name": "x.docx", "findings": [{"says": "x", "blocks": True}]}
    write(OWNER, wrong.id, ActionKind.ATTACH, survey)
    write(OWNER, wrong.id, ActionKind.WRITE, {"paper": PaperKind.UNDERTAKING.value, "values": {"place": "Huế"}})
    found = write(OWNER, wrong.id, ActionKind.LINES, {"lines": [{**LINE, "integration_code": "SOAP"}]})
    faulty = write(OWNER, wrong.id, ActionKind.LIST, {**found.account_list, "faults": 3})

    with acting(SYSTEM):
        lacking = [each for one in (empty, found, faulty) for each in requirements.of(one, now=NOW) if not each.is_met]

    said, said_en = requirements.in_words(lacking)
    assert len(set(said.split("; "))) == len(set(said_en.split("; "))) == 11
    assert vietnamese_in(said_en) == []


def test_the_head_of_a_paper_keeps_its_official_title_and_says_what_it_means() -> None:
    found = opened()

    head = part(text_of(english(OWNER).get(f"/ket-noi/ho-so/{found.id}/giay/survey")), '<p class="hint">', ". Signed")

    assert head == "Phiếu khảo sát đánh giá an ninh, an toàn (security survey)"


def test_what_was_found_in_a_signed_copy_is_said_in_english() -> None:
    found = opened()
    write(OWNER, found.id, ActionKind.WRITE, {"paper": PaperKind.SURVEY.value, "values": a_form(PaperKind.SURVEY)})
    path = f"/ket-noi/ho-so/{found.id}/giay/survey"
    file = SimpleUploadedFile("x.docx", paper_docx(PaperKind.UNDERTAKING, CONTEXT, {}))
    browser = english(OWNER)

    browser.post(path, {"step": "attach", "file": file})

    notes = re.findall(r'<div class="note (?:bad|warn)"[^>]*>(.*?)</div>', text_of(browser.get(path)), re.S)
    assert notes
    assert [vietnamese_in(unescape(re.sub(r"<[^>]+>|“[^”]*”", " ", note))) for note in notes] == [[]] * len(notes)


def test_the_button_that_returns_a_dossier_is_no_state_it_is_in(tmp_path: Path) -> None:
    found = filled(tmp_path)
    with at_work(OWNER) as owner:
        dossiers.submit(owner, found.id, now=NOW)

    page = text_of(english(POLICE).get(f"/ket-noi/ho-so/{found.id}"))

    assert "Return, ask for a supplement" in page
    assert "Returned to be completed" not in page


def test_who_has_the_next_step_is_told_in_english(tmp_path: Path) -> None:
    found = filled(tmp_path)
    with at_work(OWNER) as owner:
        dossiers.submit(owner, found.id, now=NOW)

    [said] = told_in_english(POLICE, "G01.357", "gate-reviewer")

    assert said.startswith(f"Connection dossier {found.code}: With the provincial police ")
    assert vietnamese_in(said) == []


@pytest.mark.parametrize(("days", "left"), [(5, "5 working days left"), (1, "1 working day left"), (-1, "1 working day late")])
def test_a_reminder_is_read_in_english(days: int, left: str) -> None:
    opened()
    with acting(SYSTEM):
        System.objects.update(security_until=work_day(days), name="Kho du lieu")
        remind(now=MORNING)

    [said] = told_in_english(OWNER, "H57", "integrator", MORNING)

    assert said.startswith("The conclusion of the security inspection lapses: ")
    assert "the conclusion of the inspection of Kho du lieu, due " in said
    assert left in said
    assert vietnamese_in(said) == []


def test_an_inspection_is_told_in_english() -> None:
    opened()
    with at_work(EXAMINER) as officer:
        order = inspections.Order(MORNING.date(), Mode.ON_SITE, ("G01.105/KT",), client_id="tthc.hue")
        inspections.schedule(officer, order, now=MORNING)

    [said] = told_in_english(OWNER, "H57", "integrator", MORNING)

    assert said.startswith("Inspection of tthc.hue: Scheduled ")
    assert vietnamese_in(said) == []


def test_what_comes_due_is_read_in_english_on_the_board(tmp_path: Path) -> None:
    found = filled(tmp_path)
    with at_work(OWNER) as owner:
        dossiers.submit(owner, found.id, now=clock.now())

    page = unescape(text_of(english(EXAMINER).get("/ket-noi/bang-theo-doi?xem=viec")))

    assert f"the dossier {found.code}: With the provincial police" in page
    assert f"hồ sơ {found.code}" not in page


@pytest.mark.parametrize("connect", [True, False])
def test_whoever_decides_reads_words_for_what_a_proposal_carries(tmp_path: Path, connect: bool) -> None:
    found = proposed(tmp_path, connect=connect)
    path = f"/quyen/de-xuat/{found.actions[-1].content['proposal']}"

    facts = labels_of(english(DECIDER), path)

    assert facts["System"] == "tthc.hue"
    assert facts["Dossier number"] == found.code
    assert {"Accounts: 2", "Service lines: 1"} <= set(facts.values())
    assert [label for label in facts if "_" in label or label.islower() or MARKS.search(label)] == []


def test_a_reorganisation_is_decided_on_in_words_and_nothing_of_it_is_hidden() -> None:
    moves = (Move("system", "tthc.cu", "H25", "H42"), Move("accounts", "", "H25", "H42"))
    plan = Reorganisation(Change.MERGED, NOW.date(), "202/2025/QH15", moves)
    with at_work(EXAMINER) as officer:
        asked = propose(officer, "onboarding.reorganise", parties.plan_as_content(plan), plan.basis, now=NOW)

    facts = labels_of(english(DECIDER), f"/quyen/de-xuat/{asked.id}")

    moved = "Kind: system, Subject: tthc.cu, From: H25, To: H42; Kind: all accounts, Subject: –, From: H25, To: H42"
    assert facts["What is moved"] == moved
    assert facts["Kind of reorganisation"] == "merger"


def test_how_a_system_stands_is_said_in_words_to_whoever_reopens_it() -> None:
    opened()
    with acting(SYSTEM):
        System.objects.update(state="suspended")
    content = own_proposals.reopening_as_content("tthc.hue", "mended")

    with override("en"):
        [(_label, state), *_more] = own_proposals.standing_of_reopening(content)

    assert state == "Suspended"


def test_every_key_a_proposal_of_the_gate_can_carry_has_a_word() -> None:
    carried = {"dossier", "code", "client_id", "actions", "reason", "document", "seen", "replaces", "jwk", "request"}
    for record in (Grant, Reorganisation, Move):
        carried |= set(record.__dataclass_fields__)

    assert carried - set(content_words()) == set()
    assert {f"change.{each}" for each in Change} - set(content_words()) == set()


def test_every_word_of_data_that_pages_show_is_in_the_dictionary() -> None:
    shown = {*STATE_WORDS.values(), *ACTION_WORDS.values(), *content_words().values()}
    shown |= {state_word(state) for state in AXIS_WORDS} | {row.says for row in transitions()}
    shown |= {row.says for row in reminders().values()} | {row.says for row in acts()}
    shown |= {rule.signed_by for rule in required_papers(NOW.date())}
    shown |= {word for name in inspection_words.__all__ for word in getattr(inspection_words, name).values()}

    assert shown - set(KNOWN) == set()


def labels_of(browser: Client, path: str) -> dict[str, str]:
    pairs = re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", text_of(browser.get(path)), re.S)
    return {unescape(label): unescape(value) for label, value in pairs}


def work_day(days: int) -> date:
    """The day so many working days from the morning of the reminder."""
    calendar, today = work_calendar(), MORNING.date()
    return calendar.after(today, days) if days > 0 else days_before(today, -days, calendar)
