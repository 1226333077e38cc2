"""The check of one look in her own browser: a true proof of something else is not taken, and the entry speaks for itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.template.loader import render_to_string

from dancu.ledger.domain import Act, ActKind, SealedEntry, seal
from dancu.ledger.keyring import ProofKeys
from dancu.ledger.tree import leaf_hash
from dancu.portal.proofs import ProofShown
from tests.factories.people import NUMBER
from tests.journeys.seen import MARKS, without_barriers
from tests.journeys.test_proof_in_browser import Pages
from tests.ledger.published_log import PublishedLog
from tests.ledger.tampered_proofs import WHEN

pytestmark = MARKS
PAGE = """<!doctype html><html lang="vi"><head><meta charset="utf-8"><title>Một lượt xem</title></head><body><main>
<h1>Một lượt xem</h1>{part}</main><script type="module" src="/static/ui/look-proof.js"></script>
<script type="module" src="/static/ui/proof.js"></script></body></html>"""


class Shown:
    """One look on its page, with the proof that the server gives for it."""

    def __init__(self, served: Pages, browser_page: Any) -> None:
        self.served, self.page = served, browser_page
        looks = [("disclose", NUMBER), ("verify", NUMBER), ("administer", "")]
        self.entries = [seal(_act(kind, subject), WHEN) for kind, subject in looks]
        self.log = self.logged()

    def logged(self) -> PublishedLog:
        return PublishedLog(self.served.log).extend([leaf_hash(entry.body) for entry in self.entries])

    def check(self, about: SealedEntry, given: SealedEntry, *, opened: bool = True, erased: bool = False) -> str:
        keys = ProofKeys(self.log.origin, len(self.log.leaves), str(self.log.key), (), "/log")
        proof = ProofShown("ready", about.reference, keys)
        self.served.given["/"] = PAGE.format(part=render_to_string("portal/proof.html", {"proof": proof, "erased": erased}))
        self.served.given[proof.href] = json.dumps(self._proof(given, opened), ensure_ascii=False)
        self.page.goto("/")
        self.page.click("[data-proof-url] button")
        self.page.wait_for_selector(".verdict-said:not(:empty)")
        return str(self.page.inner_text(".verdict-said"))

    def _proof(self, entry: SealedEntry, opened: bool) -> dict[str, Any]:
        index = self.entries.index(entry)
        return {
            "v": 1,
            "entry": entry.body.decode(),
            "index": index,
            "path": [step.hex() for step in self.log.tree().inclusion(index)],
            "checkpoint": str(self.log.head()),
            "openings": {"subject": {"value": entry.subject, "salt": entry.salts[:32].hex()}} if opened else {},
        }


def _act(kind: str, subject: str) -> Act:
    return Act(
        ActKind(kind),
        "match",
        "G01",
        "doanh-nghiep",
        "canbo01",
        subject=subject,
        purpose="Cho vay",
        procedure="1.001193",
        fields=["full_name", "birth_date"] if kind == "disclose" else [],
    )


@pytest.fixture
def shown(browser: Any, tmp_path: Path) -> Iterator[Shown]:
    served = Pages(tmp_path)
    context = browser.new_context(base_url=served.url)
    page = context.new_page()
    page.set_default_timeout(20_000)
    yield Shown(served, page)
    context.close()
    served.stop()


def test_the_entry_itself_says_who_did_what_beside_the_verdict(shown: Shown):
    look = shown.entries[0]

    assert shown.check(look, look).startswith("Đã có trong sổ, có chữ ký của so.vidu.vn/so")

    told = shown.page.inner_text(".entry-said")
    for word in ("02/11/2026, 10:04:05", "tra cứu thông tin (disclose): match", "G01", "doanh-nghiep", "1.001193", "Cho vay"):
        assert word in told
    assert "full_name, birth_date" in told
    assert f"…{NUMBER[-4:]}" in told
    assert NUMBER not in told
    assert "Mục thông tin" in told
    without_barriers(shown.page)


def test_what_the_entry_does_not_say_has_no_line(shown: Shown):
    look = shown.entries[1]

    shown.check(look, look)

    told = shown.page.inner_text(".entry-said")
    assert "Thủ tục" in told
    assert "Mục thông tin" not in told, "a comparison that matched names no item"


def test_a_true_proof_of_another_look_is_bad(shown: Shown):
    shown_look, milder = shown.entries[:2]

    assert shown.check(shown_look, milder).startswith("Bằng chứng sai.")

    assert shown.page.inner_text("[data-proof-url] .note.bad") == "KHÔNG đúng: bằng chứng là của một mục khác."
    assert not shown.page.is_visible(".entry-said")


@pytest.mark.parametrize(("at", "opened"), [(0, False), (2, False), (2, True)])
def test_a_proof_that_opens_nobodys_number_is_bad(shown: Shown, at: int, opened: bool):
    look = shown.entries[at]

    assert shown.check(look, look, opened=opened).startswith("Bằng chứng sai.")

    assert shown.page.inner_text("[data-proof-url] .note.bad") == "KHÔNG đúng: bằng chứng không mở ra số định danh nào."


def test_what_was_erased_needs_no_number(shown: Shown):
    look, other = shown.entries[:2]

    assert shown.check(look, look, opened=False, erased=True).startswith("Đã có trong sổ")
    assert shown.check(look, other, opened=False, erased=True).startswith("Bằng chứng sai.")


def test_a_log_that_is_not_the_one_seen_before_gets_no_good_verdict(shown: Shown):
    look = shown.entries[0]
    shown.log.grow(300).publish()
    assert shown.check(look, look).startswith("Đã có trong sổ")

    shown.log = shown.logged().grow(300, "khác")
    shown.log.publish()
    verdict = shown.check(look, look)

    assert "không phải là sổ máy của bạn đã xem trước đây" in verdict
    assert "Đã có trong sổ" not in verdict
    note = shown.page.inner_text("[data-proof-url] .note.bad")
    assert note.startswith("Cảnh báo: sổ KHÁC")
