"""The registry's office as browsers see it: officers who may search, ask and decide; their pages read and sent."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from typing import Any

from django.test import Client

from dancu.identity.api import Organisation, add_officer, add_organisation
from dancu.onboarding import api as onboarding
from dancu.population.api import refresh_search
from dancu.population.search.asking import forget_words
from tests.factories.people import NOW
from tests.factories.registry import connect_registry
from tests.identity.scene import PASSWORD, browser_of
from tests.registrar.scene import load_people

CASE = "H57.12.3-261124-0007"
ASKS, DECIDES, BESIDE, DESK = "canbo.dancu", "lanhdao.dancu", "lanhdao.cungdonvi", "canbo.motcua"
GROUND = {
    "ev_kind": "Trích lục khai sinh",
    "ev_number": "12/2026",
    "ev_issuer": "UBND phường Mô Phỏng",
    "reason": "Ghi sai tên đệm",
}


def open_office(folder: Path) -> None:
    load_people(folder)
    refresh_search()
    forget_words()
    connect_registry()
    add_organisation(Organisation("H57", "UBND thành phố Thử"), {"C06": "Phòng quản lý dân cư"})
    add_organisation(Organisation("H57.12.3", "UBND phường Thử"), {"DC": "Bộ phận dân cư", "MC": "Bộ phận Một cửa"})
    for account, organisation, unit, roles in (
        (ASKS, "H57.12.3", "DC", ["registrar"]),
        (BESIDE, "H57.12.3", "DC", ["registrar-approver"]),
        (DECIDES, "H57", "C06", ["registrar-approver"]),
        (DESK, "H57.12.3", "MC", ["desk"]),
    ):
        add_officer(account, f"Cán bộ {account}", organisation, unit, roles, PASSWORD)
    onboarding.list_accounts_for("H57", [ASKS, BESIDE, DECIDES, DESK], by="test", now=NOW)


def text_of(answer: Any) -> str:
    return unescape(answer.content.decode())


def words_of(answer: Any) -> str:
    """What somebody reads: the page without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", text_of(answer)).split())


def search(browser: Client, text: str, **more: str) -> Any:
    return browser.post("/dan-cu/tra-cuu", {"text": text, "case_no": CASE, **more})


def open_person(browser: Client, text: str = "046090000101") -> str:
    """Search and open the first line; the address of the person's page."""
    found = re.search(r'name="person" value="([^"]+)"', text_of(search(browser, text)))
    assert found, "nobody was found"
    answer = browser.post("/dan-cu/mo", {"person": found.group(1)})
    assert answer.status_code == 302
    return str(answer["Location"])


def form_of(answer: Any, marker: str = "") -> dict[str, str]:
    """Every field of a form as a browser would send it again; `marker` stands in the form that is meant."""
    form = next(f for f in re.findall(r"<form.*?</form>", answer.content.decode(), re.S) if marker in f and "/ngon-ngu" not in f)
    fields = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name = re.search(r' name="([^"]+)"', tag)
        value = re.search(r' value="([^"]*)"', tag)
        kind = re.search(r' type="([^"]+)"', tag)
        if name and not (kind and kind.group(1) in ("checkbox", "radio", "file") and " checked" not in tag):
            fields[name.group(1)] = unescape(value.group(1)) if value else ""
    for name, body in re.findall(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.search(r'<option value="([^"]*)"[^>]* selected', body)
        fields[name] = unescape(chosen.group(1)) if chosen else ""
    for name, body in re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>(.*?)</textarea>', form, re.S):
        fields[name] = unescape(body)
    return fields


def ask(browser: Client, slug: str = "dieu-chinh", person: str = "", **typed: Any) -> Any:
    """Fill the form of a request; gives the answer of saving it."""
    path = f"{person or open_person(browser)}/de-nghi/{slug}"
    form = form_of(browser.get(path), 'name="version"')
    return browser.post(path, {**form, **GROUND, **typed})


def step(browser: Client, path: str, action: str, **more: str) -> Any:
    digest = re.search(r'name="digest" value="(\w+)"', text_of(browser.get(path)))
    return browser.post(path, {"action": action, "digest": digest.group(1) if digest else "", **more})


def handed_in(browser: Client, **typed: Any) -> str:
    path = str(ask(browser, **typed)["Location"])
    assert step(browser, path, "submit").status_code == 302
    return path


__all__ = ["browser_of"]
