"""The desk of a test: two organisations, an officer in each, a connected desk system, three people in the registry."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.test import Client
from tests.factories.database import connect_system, load
from tests.factories.ledger import tree_keeps_up
from tests.factories.people import EVERYDAY, NAME, NOW, NUMBER, a_grant, a_person_row

from dancu.identity.api import Officer, Organisation, add_officer, add_organisation, sign_in
from dancu.onboarding import api as onboarding
from dancu.procedures.reference import procedures

ORGANISATION, OTHER_ORGANISATION = "H57.12.3", "H57.12.4"
PASSWORD = "mat-khau-thu"
MOTHER = ("046190000103", "Lê Thị Hoa", "09/09/1990")
DEAD = ("046055000102", "Lê Văn Hai", "1955")
SCAN = f"{NUMBER}||{NAME}|17051990|Nam|12 Lê Lợi, Huế|01072021"
PEOPLE = [
    a_person_row(permanent_detail="12 Lê Lợi", nationality="VN"),
    a_person_row(MOTHER[0], MOTHER[1], "1990-09-09", sex="2"),
    a_person_row(DEAD[0], DEAD[1], DEAD[2], life_status="1"),
    a_person_row("046090000104", "Phạm Văn Mới", "1990-01-02"),
    a_person_row("046090000105", "Phạm Văn Mới", "1990-01-02", number_state="1", successor="046090000104"),
    a_person_row("066090000106", "Ksor H'Bia", "1990-03-04", sex="2"),
]


def open_desk(folder: Path, *, explain: bool = False) -> Officer:
    """Load the people where the registry is here, connect the desk, give the officer."""
    tree_keeps_up()
    if settings.CONFIG.upstream is None:
        load(PEOPLE, folder)
    grants = [a_grant("mot-cua", "MOT-CUA", p.code, fields=EVERYDAY, explain=explain) for p in procedures()]
    connect_system("mot-cua", grants=grants)
    for code, account in ((ORGANISATION, "canbo01"), (OTHER_ORGANISATION, "canbo02")):
        add_organisation(Organisation(code, f"UBND phường {code}"), {"MC": "Bộ phận Một cửa"})
        add_officer(account, "Cán bộ Thử", code, "MC", ["desk"], PASSWORD)
    onboarding.list_accounts_for("H57", ["canbo02"], by="test", now=NOW)
    return the_officer("canbo01")


def the_officer(account: str) -> Officer:
    found = sign_in(account, PASSWORD, "192.0.2.1", now=NOW)
    assert isinstance(found, Officer)
    return found


def signed_in(account: str) -> Client:
    client = Client()
    answer = client.post("/dang-nhap", {"tai_khoan": account, "mat_khau": PASSWORD, "tiep": "/mot-cua"})
    assert answer.status_code == 302
    return client
