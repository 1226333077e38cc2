"""What a correction may not touch is not offered by its forms, and the requests that do it are named where one looks for them."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from dancu.kernel import clock
from dancu.kernel.errors import Conflict
from dancu.population import own_acts
from dancu.population.families import MembershipRow, RelationRow, ResidenceRow
from dancu.population.history import Change, ChangeKind
from dancu.population.own_acts import OWN_ACT_COLUMNS, Rows
from dancu.registrar import values
from dancu.registrar.domain import payloads
from dancu.registrar.domain.payloads import KIND_WORDS
from dancu.registrar.domain.requests import ActionKind
from dancu.registrar.pages.slugs import SLUG_OF
from dancu.registrar.pages.write import OWN_ACTS
from dancu.registrar.typed import EDITABLE
from tests.factories.people import NOW
from tests.registrar.office import ASKS, browser_of, open_office, open_person, step, text_of, words_of
from tests.registrar.scene import AUTHOR, CHILD, DOUBLE, PERSON, a_content, approved, moment, taken, written

DAY = date(2020, 1, 1)
HOUSEHOLD = payloads.FormHousehold(
    version="L2-2025", code="46..19789", detail="1 Mô Phỏng", members={str(PERSON): "01", str(CHILD): "03"}, valid_from=DAY
)


def test_no_form_offers_what_an_act_of_its_own_keeps():
    offered = {column for name in EDITABLE for column in values.GROUPS[name].columns}

    assert offered & OWN_ACT_COLUMNS == set()


def refusals() -> list[Conflict]:
    """Every sentence the registry has for an item that belongs to an act of its own."""
    residences = [
        ResidenceRow(personal_no=1, kind=kind, valid_from=DAY) for kind in ("permanent", "temporary", "current", "absence")
    ]
    home = [MembershipRow(household_no=1, personal_no=1, relation="01", valid_from=DAY)]
    spouse = [RelationRow(personal_no=1, kind="spouse", other_no=2, valid_from=DAY)]
    dead = {"life_status": 1, "life_status_on": "2020-01-01", "relatives": {}}
    alive = {**dead, "life_status": 0, "life_status_on": None}
    death = [Change(1, 1, ChangeKind.EVENT, DAY, NOW, {"life_status": 1})]
    tries = [
        *[({name: ""}, alive, Rows([row])) for row in residences for name in own_acts._RESIDENCE[row.kind][:1]],
        ({"household_relation": ""}, alive, Rows(memberships=home)),
        ({"relatives": {"spouse": {}}}, alive, Rows(relations=spouse)),
        ({"life_status": 1}, alive, Rows()),
        ({"life_status": 0}, dead, Rows()),
    ]
    found = []
    for items, state, rows in tries:
        with pytest.raises(Conflict) as refused:
            own_acts.check_own_acts(items, state, death, rows)
        found.append(refused.value)
    with pytest.raises(Conflict) as refused:
        own_acts.check_death_by_revocation(alive, dead, Rows(memberships=home), DAY)
    return [*found, refused.value]


def test_the_registry_names_requests_as_the_pages_name_them():
    for refusal in refusals():
        named = set(re.findall("“([^”]+)”", refusal.message)) - {"Đã mất"}

        assert named, refusal.message
        assert named <= set(KIND_WORDS.values())


@pytest.mark.django_db(transaction=True)
def test_the_forms_lead_to_the_requests_for_what_they_do_not_offer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(clock, "now", moment)
    open_office(tmp_path)
    browser = browser_of(ASKS)
    person = open_person(browser)
    pages = [browser.get(f"{person}/de-nghi/{slug}") for slug in ("dieu-chinh", "bien-dong")]
    pages.append(browser.post(f"{person}/de-nghi/hop-nhat", {"double_no": f"{DOUBLE:012d}"}))

    for page in pages:
        links = dict(re.findall(r'<a href="([^"]+/de-nghi/[^"]+)">([^<]+)</a>', text_of(page)))
        assert list(links.values()) == [KIND_WORDS[kind] for kind in OWN_ACTS]
        assert [path.rpartition("/")[2] for path in links] == [SLUG_OF[kind] for kind in OWN_ACTS]
        assert {browser.get(path).status_code for path in links} == {200}
    assert "Tình trạng sống" in words_of(pages[2])
    assert 'name="take_life_status"' not in text_of(pages[2])


@pytest.mark.django_db(transaction=True)
def test_a_draft_around_a_household_is_refused_when_it_is_handed_in_and_the_page_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(clock, "now", moment)
    open_office(tmp_path)
    approved(a_content(HOUSEHOLD))
    draft = written(a_content(payloads.Correct(items={"household_relation": "99"})))

    with pytest.raises(Conflict, match=r"household\.own_act"):
        taken(draft, ActionKind.SUBMIT, AUTHOR)
    page = step(browser_of(ASKS), f"/dan-cu/de-nghi/{draft.id}", "submit")

    assert "Lập đề nghị “Nhập hộ”" in words_of(page)
    assert 'href="#f-' not in text_of(page), "the page has no such field"
