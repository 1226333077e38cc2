"""Under the pages' own database role, which the policies of the tables hold: rows of others are closed to her.

What may not be told must still be known as somebody else's, or a relative's act would pass for an act of nobody's.
"""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import pytest

from dancu.exchange.api import AccessRequest, Kind, Verification, verify_person
from dancu.kernel import clock
from dancu.kernel.claims import PersonClaim
from dancu.kernel.dates import PartialDate
from dancu.kernel.personal_id import PersonalId
from dancu.kernel.reach import SYSTEM, acting
from dancu.kernel.warrants import Actor
from tests.factories.people import NAME, NUMBER
from tests.factories.web_role import web_role
from tests.portal.scene import OTHER, admit, lines_in, looked, text_of
from tests.procedures.scene import open_desk

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_look_within_anothers_dossier_is_known_as_that(tmp_path: Path):
    from dancu.procedures.models import Dossier

    with acting(SYSTEM):
        open_desk(tmp_path)
        Dossier.objects.create(
            organisation="H57.12.3",
            number="H57.12.3-261124-0042",
            organisation_name="UBND phường",
            unit_name="MC",
            procedure="1.001193",
            draft_id="00000000-0000-4000-8000-000000000001",
            applicant_name="Người khác",
            applicant_number=OTHER,
            form={},
            received_at=clock.now(),
            due_at=clock.now(),
            state=2,
        )
        admit(NUMBER)
    looked(at=clock.now(), dossier_no="H57.12.3-261124-0042")

    with web_role():
        browser = admit(NUMBER)
        (line,) = lines_in(text_of(browser.get("/cua-toi")))

    assert line.endswith(", trong một hồ sơ của người khác.")
    assert "UBND phường H57.12.3" in line, "names of organisations are public"


def test_every_page_of_hers_opens_under_the_pages_role(tmp_path: Path):
    with acting(SYSTEM):
        open_desk(tmp_path)
        admit(NUMBER)
        claim = PersonClaim(NAME, PartialDate.parse("1990-05-17"), PersonalId.parse(NUMBER))
        request = AccessRequest(Actor("H57.12.3", "mot-cua", "canbo01"), Kind.VERIFY, "MOT-CUA", "1.001193")
        told = verify_person(claim, request, now=clock.now())
        assert isinstance(told, Verification)

    with web_role():
        browser = admit(NUMBER)
        look = f"/cua-toi/muc/{told.reference}"
        sent = browser.post(f"{look}/phan-doi", {"ly-do": "not-mine", "noi-dung": ""})
        form = "/cua-toi/yeu-cau/moi"
        asked = browser.post(form, {"loai": "access", "noi-dung": "Xin bản sao dữ liệu của tôi", "ma": str(uuid4())})
        pages = ["/cua-toi", look, "/cua-toi/tep-csv", "/cua-toi/yeu-cau", form, sent["Location"], asked["Location"]]
        pages += ["/cua-toi/so-du-khong"]
        statuses = [browser.get(address).status_code for address in pages]

    assert statuses == [200] * len(pages)
