"""A name as a scanner mangled it: its readings are ours to make, from the form as from the scan."""

from __future__ import annotations

import html

import pytest
from django.test import Client
from tests.factories.people import NAME
from tests.procedures.pages import KEYS, hidden

from dancu.procedures.models import Draft

TELEXED = "066090000106||Ksỏ H'Bia|04031990|Nữ|Buôn Ma Thuột|01072021"  # typed `Ksor H'Bia` by the scanner


def test_a_scanned_name_that_lost_its_letters_opens_its_form(browser: Client):
    fields = hidden(browser.post("/mot-cua", {"procedure": "1.001193", "scan": TELEXED}))
    fields = {name: html.unescape(value) for name, value in fields.items()}

    assert browser.post("/mot-cua/to-khai", fields).status_code == 302
    assert Draft.objects.get().persons["requester"]["facts"]["full_name"] == "Ksor H'Bia"


@pytest.mark.parametrize("way", ["qr", "system"])
def test_a_browser_sends_no_names_to_be_tried_beside_the_one_stated(browser: Client, way: str):
    fields = hidden(browser.post("/mot-cua", KEYS)) | {"name": "Lê Thị Lạ", "way": way}

    answer = browser.post("/mot-cua/to-khai", {**fields, "reading": ["Phạm Văn Mới", NAME, "a\nb"]})

    assert answer.status_code == 409
    assert not Draft.objects.exists()
