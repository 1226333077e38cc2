"""The proof of a look: checked by the offline verifier, wrong once the body is altered, silent once its salts are erased."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from html import unescape
from pathlib import Path

import psycopg
import pytest
from django.db import connection
from django.test import Client

from dancu.kernel import clock
from dancu.ledger import api as ledger
from dancu.ledger import counts
from dancu.ledger.notes import parse_key
from dancu.ledger.proofs import Checked, Flaw, check_proof, read_proof
from tests.factories.people import NUMBER
from tests.ledger.sequenced import Desk
from tests.portal.scene import ACCOUNT, CASE, OTHER, admit, lines_in, looked, settled, text_of

ALTERED = """
update ledger_entry set body = convert_to(replace(convert_from(body, 'UTF8'), 'H57.12.3', 'H58.12.3'), 'UTF8') where id = %s
"""
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(os.environ["DATABASE_URL"], tmp_path)


@pytest.fixture
def browser(desk: Desk) -> Client:
    return admit()


def checked(browser: Client, look: str, desk: Desk) -> Checked:
    answer = browser.get(f"/cua-toi/muc/{look}/bang-chung")
    assert answer.status_code == 200
    assert answer["Content-Disposition"] == f'attachment; filename="bang-chung-{look}.json"'
    return check_proof(read_proof(answer.content), desk.key)


def test_until_the_tree_has_it_the_page_says_so(browser: Client, desk: Desk):
    look = looked(at=clock.now())

    assert "đang chờ vào sổ đã ký, không quá một phút" in text_of(browser.get(f"/cua-toi/muc/{look}"))
    assert browser.get(f"/cua-toi/muc/{look}/bang-chung").status_code == 409
    desk.sequence()

    page = unescape(text_of(browser.get(f"/cua-toi/muc/{look}")))
    assert f'data-proof-url="/cua-toi/muc/{look}/bang-chung"' in page
    assert f'data-log-key="{desk.key}"' in page
    assert parse_key(str(desk.key)) == desk.key


def test_the_offline_verifier_agrees_and_the_file_opens_her_number_alone(browser: Client, desk: Desk):
    look = looked(at=clock.now())
    desk.sequence()

    assert checked(browser, look, desk).flaws == ()

    told = json.loads(browser.get(f"/cua-toi/muc/{look}/bang-chung").content)
    assert {name: each["value"] for name, each in told["openings"].items()} == {"subject": NUMBER}
    assert ACCOUNT not in json.dumps(told)


def test_the_registrys_case_number_is_not_opened_for_her(browser: Client, desk: Desk):
    look = looked("disclose", at=clock.now(), outcome="opened", procedure="DC-TRA-CUU", dossier_no=CASE)
    desk.sequence()

    told = browser.get(f"/cua-toi/muc/{look}/bang-chung").content.decode()

    assert checked(browser, look, desk).flaws == ()
    assert CASE not in told


def test_an_altered_body_is_found(browser: Client, desk: Desk):
    look = looked(at=clock.now())
    desk.sequence()

    with connection.cursor() as cursor:
        cursor.execute(ALTERED, [look])

    assert checked(browser, look, desk).flaws == (Flaw.PATH,)


def test_a_look_put_under_another_persons_number_is_found(browser: Client, desk: Desk):
    look = looked(at=clock.now(), subject=OTHER)
    desk.sequence()
    with connection.cursor() as cursor:
        cursor.execute("update ledger_entrydetail set subject = %s where entry_id = %s", [NUMBER, look])

    assert checked(browser, look, desk).flaws == (Flaw.OPENING,)


def test_after_erasing_it_still_verifies_and_says_nothing(browser: Client, desk: Desk):
    look = looked(at=clock.now())
    desk.sequence()
    before = browser.get(f"/cua-toi/muc/{look}/bang-chung").content

    ledger.erase(look, organisation="H57", by="bvdl01", legal_basis="Luật 91/2025/QH15, Điều 14", dossier_no="", now=clock.now())

    assert lines_in(text_of(browser.get("/cua-toi"))) == []
    page = text_of(browser.get(f"/cua-toi/muc/{look}"))
    assert "Mục đã xoá phần cá nhân" in page
    assert [word for word in ("Hệ thống", "đối chiếu họ tên", "khai sinh", NUMBER) if word in page.split("<main")[1]] == []
    after = browser.get(f"/cua-toi/muc/{look}/bang-chung").content
    assert json.loads(after)["openings"] == {}
    assert check_proof(read_proof(after), desk.key).flaws == ()
    assert check_proof(read_proof(before), desk.key).flaws == (), "what she kept still holds"
    assert browser.post(f"/cua-toi/muc/{look}/phan-doi", {"ly-do": "not-mine"}).status_code == 404


def test_what_was_erased_within_a_dossier_is_not_told_either(browser: Client, desk: Desk):
    look = looked("disclose", at=clock.now(), dossier_no=CASE)
    desk.sequence()
    ledger.erase(look, organisation="H57", by="bvdl01", legal_basis="Luật 91/2025/QH15", dossier_no="", now=clock.now())

    assert "không tải về được" in text_of(browser.get(f"/cua-toi/muc/{look}"))
    assert browser.get(f"/cua-toi/muc/{look}/bang-chung").status_code == 403


def test_a_sealed_look_has_no_proof_and_takes_no_other_way(browser: Client, desk: Desk):
    tomorrow = clock.now().date() + timedelta(days=2)
    sealed = looked(at=clock.now(), sealed_until=tomorrow)
    desk.sequence()

    assert browser.get(f"/cua-toi/muc/{sealed}/bang-chung").status_code == 404


def test_the_ledgers_figures_are_the_same_for_everybody(browser: Client, desk: Desk):
    yesterday = clock.now() - timedelta(days=1)
    looked(at=yesterday)
    looked(at=yesterday, subject=OTHER, sealed_until=clock.now().date() + timedelta(days=9), organisation="G01")
    desk.sequence()
    with psycopg.connect(desk.url, autocommit=True) as counting:
        assert counts.count_day(counting, desk.signer, clock.now() + timedelta(days=1)) is not None

    hers, others = (settled(text_of(each.get("/cua-toi/so-du-khong"))).split("<main")[1] for each in (browser, admit(OTHER)))

    assert hers == others
    assert "Đang niêm phong, cả nước</dt><dd>1<" in hers
    assert "Bộ Công an" not in hers
    assert "Hai bên đếm khớp" in hers
    with connection.cursor() as cursor:
        cursor.execute("update ledger_answercount set count = count + 1")
    assert "Hai bên đếm lệch" in text_of(browser.get("/cua-toi/so-du-khong"))
    with connection.cursor() as cursor:
        cursor.execute("delete from ledger_answercount")
    assert "Trục chưa có số đếm" in text_of(browser.get("/cua-toi/so-du-khong"))
