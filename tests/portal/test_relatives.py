"""What a look within a relative's dossier may tell: that it happened, by whom, which items; never the relative's act.

The father (Trần Văn Hòa) applies at the real desk; the mother (Lê Thị Hoa) is looked up for his form.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.test import Client

from tests.factories.people import NUMBER
from tests.portal.scene import admit, lines_in, text_of
from tests.procedures.pages import open_form, received
from tests.procedures.scene import MOTHER, open_desk
from tests.procedures.scene import signed_in as signed_in_at_desk

ACT = "Đăng ký khai sinh"


@pytest.fixture
def dossier(db: None, tmp_path: Path) -> str:
    """The number of the father's dossier, in which the mother has a part."""
    officer = open_desk(tmp_path)
    desk = signed_in_at_desk(officer.account)
    form = open_form(desk)
    mother = {"mother_number": MOTHER[0], "mother_name": MOTHER[1], "mother_birth_date": MOTHER[2], "look": "mother"}
    assert desk.post(form, mother).status_code == 302
    answer = received(desk, form, relation="father")
    return str(answer.redirect_chain[-1][0].split("?")[0].rpartition("/")[2])


def everything_about(browser: Client) -> str:
    """All pages of her area that speak of looks, and the files."""
    overview = text_of(browser.get("/cua-toi"))
    found = [f"/cua-toi/muc/{line}" for line in _references(overview)]
    return overview + text_of(browser.get("/cua-toi/tep-csv")) + "".join(text_of(browser.get(address)) for address in found)


def _references(page: str) -> list[str]:
    return re.findall(r'href="/cua-toi/muc/([0-9a-f-]{36})"', page)


def test_the_applicant_is_told_the_procedure_and_the_number_of_his_dossier(dossier: str):
    lines = lines_in(text_of(admit(NUMBER).get("/cua-toi")))

    assert len(lines) == 2
    assert f"để giải quyết thủ tục {ACT}, hồ sơ {dossier} của bạn." in lines[0]


def test_the_relative_is_told_who_looked_at_what_and_not_why(dossier: str):
    browser = admit(MOTHER[0])

    (line,) = lines_in(text_of(browser.get("/cua-toi")))

    assert "UBND phường H57.12.3 (hệ thống Hệ thống thử) đã xem họ tên" in line
    assert line.endswith(", trong một hồ sơ của người khác.")
    told = everything_about(browser)
    assert [word for word in (dossier, ACT, "1.001193", NUMBER, "Luật Hộ tịch") if word in told] == []


def test_the_proof_that_would_tell_the_relatives_act_is_not_given(dossier: str):
    mother, father = admit(MOTHER[0]), admit(NUMBER)
    (hers,) = _references(text_of(mother.get("/cua-toi")))
    his = _references(text_of(father.get("/cua-toi")))[0]

    refused = mother.get(f"/cua-toi/muc/{hers}/bang-chung")
    waiting = father.get(f"/cua-toi/muc/{his}/bang-chung")

    assert refused.status_code == 403
    assert ACT not in text_of(refused)
    assert waiting.status_code == 409, "nothing sequences in this test: the proof is not refused, it waits"
    assert mother.get(f"/cua-toi/muc/{his}/bang-chung").status_code == 404


def test_before_the_dossier_is_received_nobody_is_told_what_a_look_at_a_relative_was_for(db: None, tmp_path: Path):
    officer = open_desk(tmp_path)
    desk = signed_in_at_desk(officer.account)
    form = open_form(desk)
    desk.post(form, {"mother_number": MOTHER[0], "mother_name": MOTHER[1], "mother_birth_date": MOTHER[2], "look": "mother"})

    told = everything_about(admit(MOTHER[0]))

    assert "đã xem họ tên" in told
    assert ACT not in told
